#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak is updated while bob's Beckon runs: nothing is lost, and what runs soon is the new one."""
import json
import pathlib
import shutil

import box
import tap
from couples import board, couple
from gi.repository import GLib
from processes import LIMIT
from world import SERVICE

MARK = 'files/share/update'


def update():
    """What was built, with one file more, takes the place of what is installed, as updates do."""
    build, repo = box.WORK / 'build-update', box.WORK / 'repo-update'
    for old in (build, repo):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(box.WORK / f'build-{box.MANIFEST.stem}', build, symlinks=True)
    (build / MARK).write_text('of the tests\n', encoding='utf-8')
    branch = json.loads(box.MANIFEST.read_text(encoding='utf-8'))['default-branch']
    box.run('flatpak', 'build-export', repo, build, branch)
    box.run('flatpak', 'install', '--user', '--noninteractive', '-y', '--reinstall', repo, f'{box.APPLICATION}//{branch}')


def is_new(user):
    """Whether the service that has the name runs from the new files."""
    return (pathlib.Path('/proc') / str(user.service_pid()) / 'root/app/share/update').is_file()


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
        try:
            update()
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
