# SPDX-License-Identifier: GPL-3.0-or-later
"""Users at their windows, for tests of what they see when something goes wrong."""
import contextlib
import os
import traceback

from cases import HAS_SESSION
from windows import App
from world import World


class Stage:
    """Friends, each at the conversation with another. The tests of a file share it, as starting windows takes long;
    after a test that failed the next one has a new one."""

    def __init__(self, *names, service_options=(), prepare=None):
        self.names = names
        self.service_options = service_options
        self.prepare = prepare
        self.world = None
        self.apps = []

    # -- life

    def open(self):
        self.world = World().__enter__()
        self.world.open_screen()
        self.apps = [App(user) for user in self.world.friends(*self.names, service_options=self.service_options)]
        for app in self.apps:
            # The desk first: it is what programs that the service starts are seen on.
            assert app.desk
            if self.prepare is not None:
                self.prepare(app.user)
            app.start()
        for app in self.apps:
            app.open((self.names[0] if app is not self.apps[0] else self.names[1]).capitalize())

    def close(self, error=None):
        world, self.world = self.world, None
        if world is not None:
            world.__exit__(type(error) if error else None, error, None)

    def test(self, function):
        """A test as the list of tests wants it: without arguments."""
        def run():
            if self.world is None:
                self.open()
            try:
                function(self.world, *self.apps)
            except Exception as error:
                traceback.print_exc()
                self.shot(function.__name__)
                self.close(error)
                raise

        run.__name__ = function.__name__
        return run

    def tests(self, functions):
        """The tests, and as the last one that nothing went wrong without anybody having noticed."""
        def test_nothing_else_went_wrong():
            self.close()

        return [*map(self.test, functions), test_nothing_else_went_wrong]

    def shot(self, name):
        """A picture for those who look for what is wrong."""
        folder = os.environ.get('BECKON_TEST_PICTURES')
        if folder:
            with contextlib.suppress(Exception):
                self.world.screen.shot(f'{folder}/{name}.png')


def card(app, *words):
    """A card of the conversation, not only the newest, with one of its labels having each of the words."""
    def fitting():
        rows = app.desk.all('list item', within=app.desk.find('list', 'Conversation'))
        return next((row for row in rows if all(row.contains(word) for word in words)), None)

    return app.desk.wait(fitting, f'an entry of the conversation says {words}')


def run_together(inviter, invitee, application='Test'):
    """Both have it running; returns the session."""
    inviter.invite(application)
    invitee.invitation()
    session = session_of(inviter)
    with inviter.user.watch('--session', session) as one, invitee.user.watch('--session', session) as other:
        invitee.answer('Accept')
        for watch in (one, other):
            watch.until_note(HAS_SESSION)
    for app in (inviter, invitee):
        app.last_card('Running')
    return session


def session_of(app):
    """The one session that is not over."""
    sessions = app.user.ctl('sessions')
    assert len(sessions) == 1, sessions
    return sessions[0]['id']
