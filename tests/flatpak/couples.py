# SPDX-License-Identifier: GPL-3.0-or-later
"""Alice, whose Beckon is that of the build tree, and bob, whose Beckon is the Flatpak: contacts, each at the conversation
with the other."""
import contextlib

import box
from board import Board
from boxed import BoxedUser
from gi.repository import GLib
from portals import Portals
from processes import LIMIT
from windows import MAIN, App
from world import WINDOW, World


class BoxedBoard(Board):
    """In a sandbox the file is chosen outside, by the portal."""

    def choose(self, path):
        self.user.portals.answers['SaveFile'] = (0, {'uris': GLib.Variant('as', [path.as_uri()])})
        self.key('ctrl+s')
        self.user.portals.wait_call('SaveFile', LIMIT)


def board(user):
    return BoxedBoard(user) if isinstance(user, BoxedUser) else Board(user)


@contextlib.contextmanager
def couple(*portals, prepare=None):
    """`portals`: the names of those that bob has; `prepare` is called with bob before any program of his starts."""
    box.install()
    with World() as world:
        world.open_screen()
        alice, bob = world.user('alice'), world.user('bob', kind=BoxedUser)
        if prepare is not None:
            prepare(bob)
        bob.portals = Portals(bob, *portals) if portals else None
        alice.create_account()
        bob.create_account()
        alice.befriend(bob)
        apps = App(alice), App(bob)
        for app, name in zip(apps, ('Bob', 'Alice')):
            app.start()
            app.open(name)
        yield world, *apps
        for app in apps:
            leave(app)


def leave(app):
    """Ends the application, however it was started."""
    if app.user.ask_bus('NameHasOwner', GLib.Variant('(s)', (WINDOW,))).unpack()[0]:
        app.desk.quit()
    if app.process is not None:
        assert app.process.wait(LIMIT) == 0, app.process.returncode
        app.process = None


def close_window(app):
    app.desk.key('ctrl+w', window=app.window)
    app.desk.window_gone(MAIN)
