# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests through the windows have in common."""
import contextlib

from cases import register_peer, tap  # noqa: F401 every test script ends with it
from windows import App
from world import World

NAME = 'Test'  # of the program that register registers


@contextlib.contextmanager
def couple(service_options=()):
    """A world in which alice and bob are friends, and each has the conversation with the other open."""
    with World() as world:
        world.open_screen()
        alice, bob = (App(user) for user in world.friends('alice', 'bob', service_options=service_options))
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.start()
            app.row(name, 'Online')
            app.open(name)
        yield world, alice, bob
        leave(alice, bob)


@contextlib.contextmanager
def single():
    """A world in which alice has never opened Beckon before."""
    with World() as world:
        world.open_screen()
        alice = App(world.user('alice'))
        alice.start().enlarge()
        yield world, alice
        leave(alice)


def leave(*apps):
    """The applications end by themselves, as they do when somebody quits them."""
    for app in apps:
        app.quit()


def ring(alice, bob, application):
    """Alice invites bob, and his dialog is there."""
    alice.invite(application)
    alice.last_card('Their device is ringing')
    return bob.invitation(f'Alice invites you to {application}')


def register(*apps, mode='hold'):
    """Registers tests/e2e/peer, which does what the mode says."""
    register_peer([app.user for app in apps], mode)


def expect_running(*apps):
    for app in apps:
        app.last_card('Running')


def fake_browser(user):
    """Gives a user a web browser that writes the pages it is to show into a file; returns that."""
    pages = user.folder / 'pages'
    browser = user.folder / 'browser'
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{pages}"\n', encoding='utf-8')
    browser.chmod(0o700)
    folder = user.folder / 'data/applications'
    folder.mkdir(exist_ok=True)
    kinds = ('x-scheme-handler/http', 'x-scheme-handler/https')
    (folder / 'browser.desktop').write_text('[Desktop Entry]\nType=Application\nName=Browser\n'
                                            f'Exec={browser} %u\nMimeType={";".join(kinds)};\n', encoding='utf-8')
    lines = [f'{kind}=browser.desktop' for kind in kinds]
    (folder / 'mimeapps.list').write_text('\n'.join(['[Default Applications]', *lines, '']), encoding='utf-8')
    return pages
