#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the original asked by events with an in/out argument, and the launch: im.beckon.Peer1, as the calls come and as
the answers count."""
import pathlib
import re
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from stage import (ALICE, APP, BOB, CONNECTED, DONE, INVITATION, NO, ROOT, SESSIONS, YES, Duet, program, refused,
                   register, wait, wait_until_held)

# How long a call to a program may take, as the contract says.
LIMIT = 3_000_000
stage = Duet()


def fresh_application(two, exec_there='/bin/cat'):
    """An application that both have and that no program is attached for yet."""
    guid = '{%s}' % GLib.uuid_string_random().upper()
    for bus, ui, command in zip(two.buses, two.ui, ('/bin/cat', exec_there)):
        register(bus, ui, guid, Name='Fresh', Exec=command)
    return guid


def attached(two, guid, **answers):
    """A program of bob's that stands for the application."""
    one = program(two.buses[1])
    one.answers.update(answers)
    one.attach(SESSIONS, [guid])
    return one


def asked(one, method):
    wait(lambda: any(m == method for m, _ in one.asked), method)
    return next(arguments for m, arguments in one.asked if m == method)


def invite(two, guid, data=''):
    mine = two.create(application=guid)
    two.call_a(mine, 'Invite', '(ssa{sv})', BOB, data, {})
    return mine


def over(two, mine):
    two.call_a(mine, 'Cancel', '(us)', 0, '')
    two.a.wait_signal('Termination', mine)


def is_asked(two, session):
    return any(name == 'Invitation' and arguments == (session,) for _, name, arguments in two.ui[1].signals)


# ---- Invitation: OnInvitation and its pfHandled ----

def test_invitation_handled():
    """The program answers, the user is not asked, and the session is the program's."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=YES)
    mine = invite(two, guid, 'for you')
    session, data, options = asked(one, 'Invitation')
    assert re.fullmatch(ROOT + r'/Session/[1-9][0-9]*', session) and data == 'for you' and options == {}
    wait_until_held(one, session)
    one.wait_state(session, INVITATION, SESSIONS)
    assert one.get('Session1', 'SessionID', session, SESSIONS) == two.get_a(mine, 'SessionID')
    assert one.get('Session1', 'User', session, SESSIONS) == ALICE
    one.call('Session1', 'Accept', '(s)', 'yes', path=session, door=SESSIONS)
    assert two.a.wait_signal('Accepted', mine)[2] == ('yes',)
    one.wait_signal('ReadyToLaunch', session)
    assert not is_asked(two, session) and not two.get_b(session, 'Asking')
    # What answered is not launched, nor asked about a launch.
    assert [m for m, _ in one.asked] == ['Invitation'] and two.get_b(session, 'Log') == ''
    over(two, mine)


def test_invitation_not_handled():
    """False is the default: the user is asked, and the program has no access to the session."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=NO)
    mine = invite(two, guid)
    session = asked(one, 'Invitation')[0]
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: a == (session,))
    refused('NotFound', one.get, 'Session1', 'State', session, SESSIONS)
    assert two.get_b(session, 'Asking') is True
    over(two, mine)


def test_invitation_fails():
    """An error counts as the default."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=ValueError('no'))
    mine = invite(two, guid)
    session = asked(one, 'Invitation')[0]
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: a == (session,))
    over(two, mine)


def test_invitation_hangs():
    """After 3 seconds the user is asked; an answer that comes later counts no more."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid)
    before = GLib.get_monotonic_time()
    mine = invite(two, guid)
    session = asked(one, 'Invitation')[0]
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: a == (session,))
    assert GLib.get_monotonic_time() - before > LIMIT - 500_000
    one.held.pop().return_value(YES)
    one.ping(SESSIONS)
    refused('NotFound', one.get, 'Session1', 'State', session, SESSIONS)
    assert two.get_b(session, 'Asking') is True
    over(two, mine)


def test_invitation_vanishes():
    """A program that said it would answer and left: the invitation goes back to the user."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=YES)
    mine = invite(two, guid)
    session = asked(one, 'Invitation')[0]
    wait_until_held(one, session)
    one.wait_state(session, INVITATION, SESSIONS)
    one.close()
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: a == (session,))
    assert two.get_b(session, 'State') == INVITATION
    over(two, mine)


def test_invitation_is_for_those_who_stand_for_it():
    two = stage()
    guid = fresh_application(two)
    watcher, other = program(two.buses[1]), attached(two, fresh_application(two), Invitation=YES)
    watcher.attach(SESSIONS)
    mine = invite(two, guid)
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: two.get_b(a[0], 'Application') == guid)
    assert not watcher.asked and not other.asked
    assert not [t for t in watcher.told if '/Session/' in t[0]]
    over(two, mine)


# ---- BeforeAppLaunch and its pfEnableDefault ----

def test_before_app_launch_disabled():
    """False stops the launch; the session goes on without it, is the program's and ends with it."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=NO, BeforeAppLaunch=NO, LaunchSession=DONE)
    mine = two.create(application=guid)
    theirs = two.send(mine)
    two.call_b(theirs, 'Accept', '(s)', '')
    session, options = asked(one, 'BeforeAppLaunch')
    assert session == theirs and options == {} and two.get_b(theirs, 'State') == CONNECTED
    two.ui[1].wait_signal('Changed', theirs, lambda c: any('nothing is launched' in t for t in c.get('Timeline', [])))
    assert two.get_b(theirs, 'Log') == '' and not any(m == 'LaunchSession' for m, _ in one.asked)
    two.call_b(theirs, 'SendContextData', '(s)', 'it lives')
    assert two.a.wait_signal('ContextDataReceived', mine)[2] == ('it lives',)
    wait_until_held(one, theirs)
    one.close()
    assert two.a.wait_signal('Termination', mine)[2] == (14, '')


def launches_by_default(answers):
    """The program is started, and a second one if the first does not take the session."""
    two = stage()
    guid = fresh_application(two, '/bin/sleep 1000')
    one = attached(two, guid, Invitation=NO, LaunchSession=ValueError('busy'), **answers)
    mine = two.create(application=guid)
    theirs = two.send(mine)
    two.call_b(theirs, 'Accept', '(s)', '')
    asked(one, 'BeforeAppLaunch')
    two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Log'))
    assert [m for m, _ in one.asked] == ['Invitation', 'BeforeAppLaunch', 'LaunchSession']
    over(two, mine)


def test_before_app_launch_enabled():
    launches_by_default({'BeforeAppLaunch': YES})


def test_before_app_launch_fails():
    """True is the default."""
    launches_by_default({'BeforeAppLaunch': ValueError('no')})


def test_before_app_launch_hangs():
    launches_by_default({})


# ---- LaunchSession: the cookie ----

def test_launch_session():
    """The running program is handed the session by a cookie instead of being started a second time."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=NO, BeforeAppLaunch=YES, LaunchSession=DONE)
    for _ in range(2):
        mine = two.create(application=guid)
        theirs = two.send(mine, 'again')
        one.asked.clear()
        two.call_b(theirs, 'Accept', '(s)', '')
        cookie, options = asked(one, 'LaunchSession')
        assert re.fullmatch('[0-9a-f]{64}', cookie) and options == {}
        got = one.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', cookie, {})
        assert got == theirs and one.get('Session1', 'AppData', got, SESSIONS) == 'again'
        assert two.get_b(theirs, 'Log') == ''
        two.call_a(mine, 'SendContextData', '(s)', 'to the program')
        assert one.wait_signal('ContextDataReceived', theirs)[2] == ('to the program',)
        over(two, mine)


def test_holder_leaves():
    """The bus name that redeemed the cookie is gone: ENDED on both sides."""
    two = stage()
    guid = fresh_application(two)
    one = attached(two, guid, Invitation=NO, BeforeAppLaunch=YES, LaunchSession=DONE)
    mine = two.create(application=guid)
    theirs = two.send(mine)
    two.call_b(theirs, 'Accept', '(s)', '')
    one.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', asked(one, 'LaunchSession')[0], {})
    one.close()
    assert two.a.wait_signal('Termination', mine)[2] == (14, '')
    assert two.ui[1].wait_signal('Termination', theirs)[2] == (14, '')


# ---- Attach ----

def test_attach_replays_what_is_open():
    """Who comes late is offered the invitation that still rings; the user then need not be asked."""
    two = stage()
    guid = fresh_application(two)
    mine = two.create(application=guid)
    theirs = two.send(mine)
    late = attached(two, guid, Invitation=YES)
    assert asked(late, 'Invitation')[0] == theirs
    two.ui[1].wait_signal('InvitationOver', ROOT, lambda a: a == (theirs,))
    late.call('Session1', 'Decline', '(s)', 'late', path=theirs, door=SESSIONS)
    assert two.a.wait_signal('Termination', mine)[2] == (2, 'late')


def test_attach_again_replaces():
    two = stage()
    first, second = fresh_application(two), fresh_application(two)
    one = attached(two, first, Invitation=YES)
    one.attach(SESSIONS, [second])
    mine = invite(two, first)
    two.ui[1].wait_signal('Invitation', ROOT, lambda a: two.get_b(a[0], 'Application') == first)
    assert not one.asked
    over(two, mine)


def test_without_attach_only_replies():
    two = stage()
    one = program(two.buses[0])
    path = one.call('SessionManager1', 'CreateSession', '(a{sv})', {})
    one.set('Session1', 'Application', GLib.Variant('s', APP), path, SESSIONS)
    one.call('Session1', 'Invite', '(ssa{sv})', BOB, '', {}, path=path, door=SESSIONS)
    one.call('Session1', 'Cancel', '(us)', 0, '', path=path, door=SESSIONS)
    one.ping(SESSIONS)
    assert not one.told and not one.signals


stage.run(tap.run, [
    test_invitation_handled, test_invitation_not_handled, test_invitation_fails, test_invitation_hangs,
    test_invitation_vanishes, test_invitation_is_for_those_who_stand_for_it, test_before_app_launch_disabled,
    test_before_app_launch_enabled, test_before_app_launch_fails, test_before_app_launch_hangs, test_launch_session,
    test_holder_leaves, test_attach_replays_what_is_open, test_attach_again_replaces,
    test_without_attach_only_replies])
