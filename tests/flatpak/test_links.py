#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links into the sandbox, which the desktop opens by what was exported, and out of it, by the portal."""
import subprocess

import box
import tap
from couples import couple, leave
from desk import WINDOWS
from keys import Keys
from processes import LIMIT, Failure

PAGE = 'https://example.org/rules?a=1&b=%20c#d'
STRANGER = 'carol@localhost'
WHO = 'Sign-in name or link, such as bob@example.org'


def follow(bob, link, *command):
    """Somewhere outside somebody follows a link: what is started may be the application itself, and stay."""
    bob.user.start([*command, link], stdout=subprocess.DEVNULL)


def by_flatpak(bob, link):
    follow(bob, link, 'flatpak', 'run', box.APPLICATION)


def by_desktop(bob, link):
    """As file managers and browsers do it: who opens such links is looked up in what was exported."""
    done = bob.user.run(['gio', 'open', link])
    if done.returncode != 0:
        raise Failure(f'gio open: {done.stderr}')


def asks_for(bob, address):
    """The form for a new contact has the address; it is closed again."""
    form = bob.desk.window('Add Contact')
    entry = bob.desk.find('text', WHO, within=form)
    bob.desk.wait(lambda: bob.desk.text(entry) == address, f'{address} is in the form')
    bob.press('Cancel', within=form)
    bob.desk.window_gone('Add Contact')


def test_links_from_outside():
    """To a window that runs, and to none: then it opens. Whom one knows is talked with, others are asked."""
    with couple('OpenURI') as (_world, alice, bob):
        for come in (by_flatpak, by_desktop):
            come(bob, f'beckon:{STRANGER}')
            asks_for(bob, STRANGER)
        for come in (by_flatpak, by_desktop):
            leave(bob)
            come(bob, f'beckon:{STRANGER}')
            asks_for(bob, STRANGER)
            leave(bob)
            come(bob, f'beckon:{alice.user.address}')
            bob.desk.find('text', 'Message', shown=True, states={'sensitive'})
        assert not bob.desk.all(WINDOWS, 'Add Contact'), bob.desk.dump()


def open_menu(bob, text):
    """That of the newest message, by the keyboard."""
    bob.reads(text)
    Keys(bob.user).to_newest()
    bob.desk.key('menu')
    bob.desk.find('menu item', 'Copy Message')


def test_links_to_outside():
    """What opens addresses on the desktop gets exactly what was written, and nothing else is asked."""
    with couple('OpenURI') as (_world, alice, bob):
        portals = bob.user.portals
        alice.say('Neither file:///etc/passwd nor ftp://example.org')
        open_menu(bob, 'Neither')
        assert not bob.desk.all('menu item', 'Open First Link'), bob.desk.dump()
        bob.desk.key('esc')
        bob.desk.gone('menu item')
        alice.say(f'Look here: {PAGE}, will you?')
        open_menu(bob, PAGE)
        bob.desk.hands.key('o')
        _parent, uri, _options = portals.wait_call('OpenURI', LIMIT)
        assert uri == PAGE, uri
        assert {method for method, _arguments in portals.calls} <= {'GetStatus'}, portals.calls


if __name__ == '__main__':
    tap.run([test_links_from_outside, test_links_to_outside])
