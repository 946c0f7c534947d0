#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""InviteWithPicker: a program asks, the user's window answers."""
import contextlib
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ECHO, GUID, ROOT, SERVICE, SESSIONS, Bus, refused, wait
from locked import Door, Program

READY, INVITATION, CONNECTED, TERMINATED = 1, 2, 4, 7
ENDED, SIGNED_OUT = 14, 16
ALICE = 'alice@localhost'
ONCE = {'once': GLib.Variant('b', True)}


@contextlib.contextmanager
def desk():
    """A service with alice in it, her window, and a program that knows the Sessions door alone."""
    with Bus() as bus:
        bus.register(GUID, '/bin/cat')
        bus.start()
        window, app = bus.client(), bus.client()
        account = window.account()
        window.attach()
        app.attach(SESSIONS)
        yield bus, window, app, account


def create(app, application=GUID):
    path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {'picker': GLib.Variant('b', True)})
    if application:
        app.set('Session1', 'Application', GLib.Variant('s', application), path, SESSIONS)
    return path


def pick(app, path, window='x11:2a', data='', options=None, door=SESSIONS):
    return app.begin(door, path, 'im.beckon.Session1', 'InviteWithPicker',
                     GLib.Variant('(ssa{sv})', (window, data, options or {})), seconds=60)


def answer(window, path, who):
    return window.call('Messenger1', 'AnswerPick', '(os)', path, who)


def asked(window, path):
    return window.wait_signal('PickRequested', ROOT, lambda a: a[0] == path)[2][1]


def over(window, path):
    window.wait_signal('PickOver', ROOT, lambda a: a == (path,))


def test_somebody_is_chosen():
    with desk() as (_bus, window, app, _account):
        path = create(app)
        call = pick(app, path, 'wayland:abc', 'for you')
        assert asked(window, path) == 'wayland:abc'
        assert window.get('Session1', 'Picking', path) and window.get('Session1', 'PickWindow', path) == 'wayland:abc'
        assert app.get('Session1', 'Picking', path, SESSIONS) and app.get('Session1', 'User', path, SESSIONS) == ''
        assert app.get('Session1', 'State', path, SESSIONS) == READY and not call
        # Whoever comes late sees it, too.
        refused('UserNotFound', answer, window, path, 'nobody@localhost')
        refused('NotLoggedOn', answer, window, path, 'dave@localhost')
        refused('InvitedSelf', answer, window, path, ALICE)
        refused('InvalidArgument', answer, window, path, 'x' * 130)
        refused('InvalidArgument', answer, window, path, 'no name')
        assert window.get('Session1', 'Picking', path) and not call
        answer(window, path, ECHO.upper())
        assert app.finish(call) is None
        over(window, path)
        assert app.get('Session1', 'User', path, SESSIONS) == ECHO
        assert app.wait_signal('Accepted', path)[2] == ('for you',)
        app.wait_state(path, CONNECTED, SESSIONS)
        states = [s[2][0] for s in app.signals if s[1] == 'StateChanged' and s[0] == path]
        assert states == [READY, INVITATION, 3], states
        refused('SessionStateInvalid', answer, window, path, ECHO)
        assert not [s for s in app.signals if s[1].startswith('Pick')], 'those are for the window'


def test_nobody_is_chosen():
    with desk() as (_bus, window, app, _account):
        path = create(app)
        call = pick(app, path)
        asked(window, path)
        answer(window, path, '')
        refused('Cancelled', app.finish, call)
        over(window, path)
        assert app.get('Session1', 'State', path, SESSIONS) == READY
        assert window.get('Session1', 'PickWindow', path) == ''
        # It can be asked again, and taken back.
        window.signals.clear()
        call = pick(app, path)
        asked(window, path)
        app.call('Session1', 'Cancel', '(us)', 0, '', path=path, door=SESSIONS)
        refused('Cancelled', app.finish, call)
        over(window, path)
        refused('SessionStateInvalid', app.call, 'Session1', 'Cancel', '(us)', 0, '', path=path, door=SESSIONS)
        # A session for one question goes with it.
        window.signals.clear()
        call = pick(app, path, options=ONCE)
        asked(window, path)
        answer(window, path, '')
        refused('Cancelled', app.finish, call)
        assert app.wait_signal('Termination', path)[2] == (ENDED, '')


def test_what_is_refused():
    with desk() as (_bus, window, app, account):
        path = create(app, None)
        invite = lambda *args, **named: app.finish(pick(app, path, *args, **named))
        refused('AppNotSpecified', invite)
        app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
        assert 'parent_window' in refused('InvalidArgument', invite, 'x' * 256)
        assert 'parent_window' in refused('InvalidArgument', invite, 'x11:1\n2')
        assert 'app_data' in refused('InvalidArgument', invite, '', 'x' * 8193)
        refused('InvalidArgument', invite, '', '', {'once': GLib.Variant('s', 'x')})
        refused('InvalidArgument', app.call, 'Session1', 'InviteWithPicker', '(s)', '', path=path, door=SESSIONS)
        refused('InvalidArgument', app.call, 'SessionManager1', 'CreateSession', '(a{sv})',
                {'picker': GLib.Variant('s', 'x')})
        refused('NotFound', answer, window, f'{ROOT}/Session/99', ECHO)
        refused('NotFound', answer, window, account, ECHO)
        refused('SessionStateInvalid', answer, window, path, ECHO)
        refused('org.freedesktop.DBus.Error.UnknownMethod', app.call_raw, SESSIONS, ROOT, 'im.beckon.Messenger1',
                'AnswerPick', GLib.Variant('(os)', (path, ECHO)))
        assert not [s for s in window.signals if s[1] == 'PickRequested']
        call = pick(app, path)
        asked(window, path)
        # What the user is being asked about stays as it is.
        refused('SessionNotReady', invite)
        refused('SessionNotReady', app.call, 'Session1', 'Invite', '(ssa{sv})', ECHO, '', {}, path=path, door=SESSIONS)
        for name, value in (('Application', GUID), ('LocalAddress', 'x')):
            refused('SessionNotReady', app.set, 'Session1', name, GLib.Variant('s', value), path, SESSIONS)
        answer(window, path, ECHO)
        app.finish(call)
        refused('SessionNotReady', invite)


def test_a_program_has_few_questions():
    with desk() as (bus, window, app, _account):
        paths = [create(app) for _ in range(4)]
        calls = [pick(app, path) for path in paths[:3]]
        for path in paths[:3]:
            asked(window, path)
        refused('LimitExceeded', app.finish, pick(app, paths[3]))
        other = bus.client()
        foreign = create(other)
        pick(other, foreign)
        asked(window, foreign)
        answer(window, paths[1], '')
        refused('Cancelled', app.finish, calls[1])
        calls.append(pick(app, paths[3]))
        asked(window, paths[3])
        # And all together, under however many names, not many either: there are four.
        crowd = [bus.client(name=False) for _ in range(5)]
        more = [create(one) for one in crowd]
        for one, path in zip(crowd[:4], more):
            pick(one, path)
            asked(window, path)
        refused('LimitExceeded', crowd[4].finish, pick(crowd[4], more[4]))


def test_who_asked_leaves():
    with desk() as (bus, window, app, _account):
        path = create(app)
        pick(app, path)
        asked(window, path)
        app.close()
        over(window, path)
        assert window.wait_signal('Termination', path)[2] == (ENDED, '')
        refused('SessionStateInvalid', answer, window, path, ECHO)
        # One that asks about a session that somebody else holds.
        holder, asker = bus.client(), bus.client()
        path = create(holder)
        pick(asker, path, door=SERVICE)
        asked(window, path)
        asker.close()
        over(window, path)
        assert holder.get('Session1', 'State', path, SESSIONS) == READY


def test_the_account_goes():
    with desk() as (_bus, window, app, account):
        path = create(app)
        call = pick(app, path)
        asked(window, path)
        window.call('Account1', 'SignOut', path=account)
        refused('Cancelled', app.finish, call)
        over(window, path)
        assert app.wait_signal('Termination', path)[2] == (SIGNED_OUT, '')
        path = create(app)
        refused('NotLoggedOn', app.finish, pick(app, path))


def test_the_window_goes_and_comes():
    with desk() as (bus, window, app, _account):
        path = create(app)
        call = pick(app, path)
        asked(window, path)
        window.close()
        late = bus.client()
        late.attach()
        assert path in late.call('Messenger1', 'ListSessions')
        wait(lambda: late.get('Session1', 'Picking', path), 'the question')
        answer(late, path, ECHO)
        assert app.finish(call) is None


def test_what_the_lock_leaves_open():
    with Bus() as bus:
        door, program = Door(bus), Program(bus)
        refused('ApiLocked', program.create)
        refused('ApiLocked', program.manager, 'CreateSession', '(a{sv})', {'picker': GLib.Variant('b', False)})
        path = create(program.client)
        refused('ApiLocked', program.invite, path)
        call = pick(program.client, path)
        asked(door.ui, path)
        answer(door.ui, path, ECHO)
        assert program.client.finish(call) is None
        assert program.client.wait_signal('Accepted', path)
        assert program.client.get('Session1', 'User', path, SESSIONS) == ECHO


tap.run([test_somebody_is_chosen, test_nobody_is_chosen, test_what_is_refused, test_a_program_has_few_questions,
         test_who_asked_leaves, test_the_account_goes, test_the_window_goes_and_comes,
         test_what_the_lock_leaves_open])
