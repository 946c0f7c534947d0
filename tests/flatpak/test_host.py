#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the computer for a Beckon that is the Flatpak: beckon-peer-host of the build tree stands outside of it, as its
package would."""
import os
import pathlib
import signal
import sys

import box
import tap
from boxed import BoxedUser
from guests import ROOT, couple, install
from windows import App
from world import SERVICE, World, program

sys.path.append(str(box.HERE.parent / 'programs'))
import programs  # noqa: E402
from cases import HERE, both_run, end_peer, expect_end, invite  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402

HOST = 'im.beckon.Beckon.Peer.Host'
GUID = programs.GUID
MISSING, THERE = 1, 2
BYTES = 300000


class Outside:
    """Where a registration is looked for, of a user whose Beckon is the Flatpak."""

    def __init__(self, user):
        self.user = user
        self.folder = user.folder / 'home/.local/share/beckon/peers'
        self.folder.mkdir(parents=True)

    def register(self, text):
        (self.folder / 'new').write_text(text, encoding='utf-8')
        (self.folder / 'new').rename(self.folder / f'{GUID}.peer')

    def install_host(self):
        text = f'[D-BUS Service]\nName={HOST}\nExec={program("beckon-peer-host")}\n'
        (self.user.folder / 'services' / f'{HOST}.service').write_text(text, encoding='utf-8')
        self.user.ask_bus('ReloadConfig', None)

    def state(self):
        return self.user.bus.call_sync(SERVICE, ROOT, 'org.freedesktop.DBus.Properties', 'Get',
                                       GLib.Variant('(ss)', ('im.beckon.Registry1', 'HostPrograms')), None,
                                       Gio.DBusCallFlags.NONE, 20000, None).unpack()[0]


def register(users, outside, *lines):
    """On both sides the same, each where its Beckon finds it."""
    native = users[0].folder / 'data/beckon/peers'
    native.mkdir(parents=True, exist_ok=True)
    url = f'https://example.org/{next(programs.counter)}'
    text = '\n'.join(['[Beckon Peer]', f'GUID={GUID}', 'Name=Test', f'URL={url}', *lines]) + '\n'
    (native / 'new').write_text(text, encoding='utf-8')
    (native / 'new').rename(native / f'{GUID}.peer')
    outside.register(text)
    for user in users:
        programs.until(lambda user=user: any(app['url'] == url for app in user.ctl('apps')), 'the registration is known')


def played(inviter, invitee):
    """One side hosts, the other joins, and what goes there comes back."""
    session = programs.run_both(inviter, invitee, GUID)
    programs.says(invitee, session, f'bytes came back: {BYTES} the same')
    programs.cancel(inviter, session)
    for user in (inviter, invitee):
        programs.says(user, session, 'told to end')


def launched(inviter, invitee):
    """A program that fetches its session by the cookie in its environment, and stays until it is told to end."""
    session = invite(inviter, invitee, GUID)
    both_run(inviter, invitee, session)
    end_peer(invitee, session, signal.SIGTERM)
    expect_end(session, 'ended', inviter, invitee)
    end_peer(inviter, session, signal.SIGTERM)


def test_programs_of_the_computer():
    install()
    with World() as world:
        users = couple(world)
        outside = Outside(users[1])
        programs.until(lambda: outside.state() == MISSING, 'it is missed')
        outside.install_host()
        programs.until(lambda: outside.state() == THERE, 'it is found')
        peer = str(programs.PEER)
        for place, kind in (('tcp %h:%p', 'tcp'), ('unix %s', 'unix')):
            register(users, outside, f'HostExec="{peer}" host {place}', f'JoinExec="{peer}" join {place} {BYTES}',
                     f'Transport={kind}')
            played(*users)
            played(*users[::-1])
        register(users, outside, f'Exec="{HERE}/peer" hold')
        launched(*users)
        launched(*users[::-1])
        for pid in programs.processes(users[1], str(program('beckon-peer-host'))):
            assert not pathlib.Path(f'/proc/{pid}/root/.flatpak-info').exists()


def test_it_is_said_what_is_missing():
    install()
    with World() as world:
        world.open_screen()
        world.expected_warning = 'Unable to retrieve the Flatpak portal version'
        bob = App(world.user('bob', kind=BoxedUser))
        bob.start().enlarge()
        bob.create_account()
        bob.press('Main Menu')
        bob.desk.activate('menu item', 'Preferences')
        preferences = bob.desk.window('Preferences')
        bob.desk.click('page tab', 'Applications', within=preferences)
        bob.desk.find('push button', 'Copy Command', within=preferences, shown=True)
        shot(bob)
        # It goes by itself, and what is out there comes.
        outside = Outside(bob.user)
        outside.register(f'[Beckon Peer]\nGUID={GUID}\nName=Out there\nExec=sleep 100\n')
        outside.install_host()
        bob.desk.gone('push button', 'Copy Command', within=preferences, shown=True)
        bob.desk.find(None, 'Out there', within=preferences, shown=True)
        bob.quit()


def shot(app):
    """A picture for those who want to see it."""
    if os.environ.get('BECKON_TEST_PICTURES'):
        app.desk.shot(f'{os.environ["BECKON_TEST_PICTURES"]}/flatpak-host.png', app.desk.window('Preferences'))


tap.run([test_programs_of_the_computer, test_it_is_said_what_is_missing])
