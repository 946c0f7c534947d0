#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak is updated while bob's Beckon runs: nothing is lost, and what runs soon is the new one."""
import pathlib
import subprocess

import box
import tap
from couples import board, couple
from gi.repository import GLib
from processes import LIMIT
from world import SERVICE

VERSION = '99.0'


def location():
    return pathlib.Path(box.run('flatpak', 'info', '--user', '--show-location', box.APPLICATION).strip())


def update():
    """A version with another number, made of the one that is installed, takes its place as updates do."""
    build, repo = box.WORK / 'build-update', box.WORK / 'repo-update'
    branch = box.run('flatpak', 'info', '--user', '--show-ref', box.APPLICATION).strip().split('/')[-1]
    subprocess.run(['rm', '-rf', build, repo], check=True)
    build.mkdir()
    for part in ('files', 'export', 'metadata'):
        subprocess.run(['cp', '-a', location() / part, build / part], check=True)
    (build / 'files/.ref').unlink(missing_ok=True)
    (build / 'files/share/version').write_text(VERSION + '\n', encoding='utf-8')
    box.run('flatpak', 'build-export', '--no-update-summary', repo, build, branch)
    box.run('flatpak', 'build-update-repo', repo)
    box.run('flatpak', 'install', '--user', '--noninteractive', '-y', '--reinstall', repo, f'{box.APPLICATION}//{branch}')


def is_new(user):
    """Whether the service that has the name runs from the new files."""
    return (pathlib.Path('/proc') / str(user.service_pid()) / 'root/app/share/version').is_file()


def wait_for_service(user, before):
    """Another one has taken the name; returns its unique name."""
    loop = GLib.MainLoop()
    watched = user.bus.signal_subscribe('org.freedesktop.DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', None, SERVICE,
                                        0, lambda *signal: loop.quit() if signal[5][2] not in ('', before) else None)
    limit = GLib.timeout_add(int(LIMIT * 1000), loop.quit)
    if owner(user) in ('', before):
        loop.run()
    GLib.source_remove(limit)
    user.bus.signal_unsubscribe(watched)
    assert owner(user) not in ('', before), 'the old service is still there'


def owner(user):
    try:
        return user.ask_bus('GetNameOwner', GLib.Variant('(s)', (SERVICE,))).unpack()[0]
    except GLib.Error:
        return ''


def test_an_update_while_a_session_runs():
    with couple() as (_world, alice, bob):
        alice.say('From before')
        bob.reads('From before')
        alice.invite('Whiteboard')
        bob.invitation()
        bob.answer('Accept')
        boards = board(alice.user), board(bob.user)
        boards[1].is_with('Alice')
        before = owner(bob.user)
        update()
        try:
            # The session goes on, in both directions.
            boards[0].draw((200, 200), (400, 200))
            boards[1].strokes(1)
            boards[1].draw((200, 600), (400, 600))
            boards[0].strokes(2)
            assert owner(bob.user) == before and not is_new(bob.user)
            boards[1].key('ctrl+w')
            boards[0].says('Bob closed Whiteboard.')
            wait_for_service(bob.user, before)
            assert is_new(bob.user)
            # Account and history are whole, and the window, which is the old one, goes on with the new service.
            bob.user.wait(f'presence={alice.user.address}:online')
            assert bob.user.texts('alice') == ['From before'], bob.user.texts('alice')
            bob.row('Alice', 'Online')
            alice.row('Bob', 'Online')
            alice.say('From after')
            bob.reads('From after')
            bob.say('And back')
            alice.reads('And back')
            boards[0].key('ctrl+w')
        finally:
            (box.WORK / f'{box.MANIFEST.stem}.stamp').unlink(missing_ok=True)  # whoever comes next wants this tree's


if __name__ == '__main__':
    tap.run([test_an_update_while_a_session_runs])
