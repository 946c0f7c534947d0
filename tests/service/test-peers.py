#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of the service to attached programs."""
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import GUID, ROOT, SESSIONS, refused, wait
from pair import ALICE, Pair

INVITATION, CONNECTED, TERMINATED = 2, 4, 7
CANCELLED_REMOTE, ENDED, SERVICE_RESTARTED = 6, 14, 17
YES, NO = GLib.Variant('(b)', (True,)), GLib.Variant('(b)', (False,))
DONE = GLib.Variant('()', ())


def test_an_application_answers():
    with Pair() as pair:
        app = pair.buses[1].client()
        app.answers['Invitation'] = YES
        app.attach(SESSIONS, [GUID])
        mine = pair.invite('for you')
        wait(lambda: app.asked, 'the question')
        method, (session, data, options) = app.asked[0]
        assert (method, data) == ('Invitation', 'for you')
        wait(lambda: app.get('Session1', 'State', session, SESSIONS) == INVITATION, 'the invitation')
        app.call('Session1', 'Accept', '(s)', 'gladly', path=session, door=SESSIONS)
        assert pair.ui[0].wait_signal('Accepted', mine)[2] == ('gladly',)
        app.wait_signal('ReadyToLaunch', session)
        assert not [s for s in pair.ui[1].signals if s[1] == 'Invitation']
        app.call('Session1', 'SendContextData', '(s)', 'from bob', path=session, door=SESSIONS)
        assert pair.ui[0].wait_signal('ContextDataReceived', mine)[2] == ('from bob',)
        app.close()
        assert pair.ui[0].wait_signal('Termination', mine)[2][0] == ENDED
        # No program was started beside the one that answered.
        assert pair.ui[1].get('Session1', 'Log', session) == ''


def test_an_application_that_declines_to_answer_or_hangs():
    with Pair() as pair:
        hanging, saying_no, failing, foreign = (pair.buses[1].client() for _ in range(4))
        saying_no.answers['Invitation'] = NO
        failing.answers['Invitation'] = ValueError('no')
        for one in (failing, hanging, saying_no):
            one.attach(SESSIONS, [GUID.lower()])
        foreign.attach(SESSIONS, ['{99999999-2222-4333-8444-555555555555}'])
        before = GLib.get_monotonic_time()
        mine = pair.invite()
        session = pair.ui[1].wait_signal('Invitation')[2][0]
        assert 2.5e6 < GLib.get_monotonic_time() - before < 9e6
        assert [len(one.asked) for one in (failing, hanging, saying_no, foreign)] == [1, 1, 1, 0]
        for one in (hanging, saying_no, failing):
            refused('NotFound', one.get_all, 'Session1', session, SESSIONS)
        # An answer after the end of the question changes nothing.
        hanging.held.pop().return_value(YES)
        hanging.ping(SESSIONS)
        refused('NotFound', hanging.get_all, 'Session1', session, SESSIONS)
        # A program that comes late is offered what still rings; then the user need not be asked any more.
        late = pair.buses[1].client()
        late.answers['Invitation'] = YES
        late.attach(SESSIONS, [GUID])
        pair.ui[1].wait_signal('InvitationOver', ROOT, lambda a: a == (session,))
        late.call('Session1', 'Decline', '(s)', 'sorry', path=session, door=SESSIONS)
        assert pair.ui[0].wait_signal('Declined', mine)[2] == ('sorry',)


def test_an_application_that_vanishes():
    with Pair() as pair:
        # While it is asked…
        app = pair.buses[1].client()
        app.attach(SESSIONS, [GUID])
        mine = pair.invite()
        wait(lambda: app.asked, 'the question')
        before = GLib.get_monotonic_time()
        app.close()
        pair.ui[1].wait_signal('Invitation')
        assert GLib.get_monotonic_time() - before < 2e6, 'a program that is gone is not waited for'
        pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=mine)
        pair.ui[1].wait_signal('Termination', None, lambda a: a[0] == CANCELLED_REMOTE)
        # …and after it said that it would answer: the invitation goes back to the user.
        app = pair.buses[1].client()
        app.answers['Invitation'] = YES
        app.attach(SESSIONS, [GUID])
        pair.ui[1].signals.clear()
        pair.invite()
        wait(lambda: app.asked, 'the question')
        session = app.asked[0][1][0]
        wait(lambda: app.get('Session1', 'State', session, SESSIONS) == INVITATION, 'the invitation')
        app.ping(SESSIONS)
        app.close()
        assert pair.ui[1].wait_signal('Invitation')[2] == (session,)
        assert pair.ui[1].get('Session1', 'State', session) == INVITATION


def test_before_launch_and_hand_over():
    with Pair() as pair:
        runs, foreign = pair.buses[1].client(), pair.buses[1].client()
        runs.answers.update(Invitation=NO, BeforeAppLaunch=YES, LaunchSession=DONE)
        foreign.attach(SESSIONS)
        runs.attach(SESSIONS, [GUID])
        mine = pair.invite()
        session = pair.ui[1].wait_signal('Invitation')[2][0]
        pair.ui[1].call('Session1', 'Accept', '(s)', '', path=session)
        wait(lambda: any(m == 'LaunchSession' for m, _ in runs.asked), 'the session')
        assert [m for m, _ in runs.asked] == ['Invitation', 'BeforeAppLaunch', 'LaunchSession']
        cookie = runs.asked[-1][1][0]
        get = lambda one, word: one.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', word, {})
        refused('NotFound', get, foreign, cookie[:-1] + ('0' if cookie[-1] != '0' else '1'))
        refused('NotFound', runs.get_all, 'Session1', session, SESSIONS)
        assert get(runs, cookie) == session
        refused('NotFound', get, foreign, cookie)
        assert runs.get('Session1', 'User', session, SESSIONS) == ALICE
        assert runs.get('Session1', 'RemoteAddress', session, SESSIONS) == '192.0.2.77'
        pair.ui[0].call('Session1', 'SendContextData', '(s)', 'to bob', path=mine)
        assert runs.wait_signal('ContextDataReceived', session)[2] == ('to bob',)
        assert not [s for s in foreign.signals if not s[1].startswith('Lock')]
        assert pair.ui[1].get('Session1', 'Log', session) == ''
        # One that hangs at BeforeAppLaunch does not stop the launch; its own answer would.
        del runs.answers['BeforeAppLaunch']
        runs.answers['LaunchSession'] = ValueError('busy')
        runs.asked.clear()
        pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=mine)
        pair.ui[1].wait_signal('Termination', session)
        pair.ui[1].signals.clear()
        pair.invite()
        session = pair.ui[1].wait_signal('Invitation')[2][0]
        pair.ui[1].call('Session1', 'Accept', '(s)', '', path=session)
        pair.ui[1].wait_signal('Changed', session, lambda c: c.get('Log'))
        pair.ui[1].call('Session1', 'Cancel', '(us)', 0, '', path=session)


def test_the_other_side_hears_of_a_crash():
    with Pair() as pair:
        mine = pair.invite()
        session = pair.ui[1].wait_signal('Invitation')[2][0]
        pair.ui[1].call('Session1', 'Accept', '(s)', '', path=session)
        for ui, path in zip(pair.ui, (mine, session)):
            ui.wait_signal('ReadyToLaunch', path)
        pair.wait_entry(1, 0, session)
        pair.buses[1].kill(pair.services[1])
        pair.buses[1].start(backend='native')
        assert pair.ui[0].wait_signal('Termination', mine)[2][0] == SERVICE_RESTARTED


tap.run([test_an_application_answers, test_an_application_that_declines_to_answer_or_hangs,
         test_an_application_that_vanishes, test_before_launch_and_hand_over,
         test_the_other_side_hears_of_a_crash])
