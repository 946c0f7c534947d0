#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of IMsgrSession as Session1: what they do on both sides, and every error of theirs."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS
from stage import (ALICE, APP, BOB, CONNECTED, INVITATION, READY, SESSIONS, TERMINATED, YES, Duet, program, refused,
                   register, states, wait, wait_until_held)

WIDE = 'ä'  # two bytes of UTF-8: limits are in bytes
stage = Duet()


def test_invite():
    """Contact first, data second; everything is in place when it returns."""
    two = stage()
    mine = two.create()
    two.call_a(mine, 'Invite', '(ssa{sv})', BOB.upper(), 'hello', {})
    assert two.get_a(mine, 'State') == INVITATION and two.get_a(mine, 'User') == BOB
    assert two.get_a(mine, 'AppData') == 'hello' and states(two.a, mine) == [READY]
    two.call_a(mine, 'Cancel', '(us)', 0, '')


def test_invite_without_an_application():
    two = stage()
    mine = two.create(application=None)
    refused('AppNotSpecified', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, '', {})
    assert two.get_a(mine, 'State') == READY


def test_invite_to_an_application_that_went():
    two = stage()
    guid = '{0000DEFA-2345-4678-9ABC-DEF012345678}'
    register(two.buses[0], two.ui[0], guid, Name='Gone', Exec='/bin/cat')
    mine = two.create(application=guid)
    two.ui[0].call('Registry1', 'UnRegisterApplication', '(s)', guid)
    refused('AppNotRegistered', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, '', {})
    assert two.get_a(mine, 'State') == READY


def test_invite_twice():
    two = stage()
    with two.invited() as (mine, theirs):
        refused('SessionNotReady', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, '', {})
        assert two.get_a(mine, 'State') == INVITATION


def test_invite_by_the_invitee():
    two = stage()
    with two.invited() as (mine, theirs):
        refused('NotInviter', two.call_b, theirs, 'Invite', '(ssa{sv})', ALICE, '', {})


def test_invite_oneself():
    two = stage()
    mine = two.create()
    refused('InvitedSelf', two.call_a, mine, 'Invite', '(ssa{sv})', ALICE, '', {})
    assert two.get_a(mine, 'State') == READY and two.get_a(mine, 'User') == ''


def test_invite_somebody_unknown():
    two = stage()
    mine = two.create()
    refused('UserNotFound', two.call_a, mine, 'Invite', '(ssa{sv})', 'zoe@localhost', '', {})
    for bad in ('', 'bob', ' bob@localhost', 'bob @localhost', 'bob@localhost\n', 'x' * 65 + '@' + 'y' * 64):
        refused('InvalidArgument', two.call_a, mine, 'Invite', '(ssa{sv})', bad, '', {})
    assert two.get_a(mine, 'State') == READY


def test_invite_somebody_invisible_or_away():
    """Who is invisible and who is not signed in cannot be told apart: the same error, the same words."""
    two = stage()
    mine = two.create()

    def is_offline():
        contacts = two.ui[0].call('Account1', *CONTACTS, path=two.accounts[0])
        return next(c[4] for c in contacts if c[0] == BOB) == 1
    two.ui[1].call('Account1', 'SetStatus', '(us)', 6, '', path=two.accounts[1])
    wait(is_offline, 'bob to be gone')
    invisible = refused('NotLoggedOn', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, '', {})
    two.ui[1].call('Account1', 'SignOut', path=two.accounts[1])
    away = refused('NotLoggedOn', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, '', {})
    assert invisible == away and two.get_a(mine, 'State') == READY
    two.ui[1].call('Account1', 'SignIn', '(sa{sv})', '', {}, path=two.accounts[1])
    two.ui[1].call('Account1', 'SetStatus', '(us)', 2, '', path=two.accounts[1])
    wait(lambda: not is_offline(), 'bob to be back')


def test_invite_when_not_signed_in():
    two = stage()
    mine = two.create()
    two.ui[0].call('Account1', 'SignOut', path=two.accounts[0])
    assert two.a.wait_signal('Termination', mine)[2] == (16, '')
    refused('NotLoggedOn', two.ui[0].call, 'Messenger1', 'InviteApp', '(osssa{sv})', '/', BOB, APP, '', {})
    two.ui[0].call('Account1', 'SignIn', '(sa{sv})', '', {}, path=two.accounts[0])
    two.pair.wait_relation(0, BOB, 3)
    two.pair.wait_relation(1, ALICE, 3)


def test_accept():
    two = stage()
    with two.invited() as (mine, theirs):
        two.call_b(theirs, 'Accept', '(s)', 'with pleasure')
        two.wait_connected(mine, theirs)
        assert states(two.ui[1], theirs) == [INVITATION, 3] and states(two.a, mine) == [READY, INVITATION, 3]
        refused('SessionStateInvalid', two.call_b, theirs, 'Accept', '(s)', '')
    refused('SessionStateInvalid', two.call_b, theirs, 'Accept', '(s)', '')


def test_accept_by_the_inviter():
    two = stage()
    with two.invited() as (mine, theirs):
        refused('NotInvitee', two.call_a, mine, 'Accept', '(s)', '')
        assert two.get_a(mine, 'State') == INVITATION


def test_decline():
    two = stage()
    with two.invited() as (mine, theirs):
        two.call_b(theirs, 'Decline', '(s)', 'no time')
        assert two.get_b(theirs, 'State') == TERMINATED and states(two.ui[1], theirs) == [INVITATION, 6]
        assert two.ui[1].wait_signal('Termination', theirs)[2] == (2, 'no time')
        assert two.a.wait_signal('Termination', mine)[2] == (2, 'no time')
        assert states(two.a, mine) == [READY, INVITATION, 6]
        refused('SessionStateInvalid', two.call_b, theirs, 'Decline', '(s)', '')


def test_decline_by_the_inviter():
    two = stage()
    with two.invited() as (mine, theirs):
        refused('NotInvitee', two.call_a, mine, 'Decline', '(s)', '')
        assert two.get_a(mine, 'State') == INVITATION


def test_decline_too_late():
    two = stage()
    with two.connected() as (mine, theirs):
        refused('SessionStateInvalid', two.call_b, theirs, 'Decline', '(s)', '')
        assert two.get_b(theirs, 'State') == CONNECTED


def test_cancel_by_the_inviter():
    two = stage()
    with two.invited() as (mine, theirs):
        two.call_a(mine, 'Cancel', '(us)', 0, 'never mind')
        assert two.a.wait_signal('Termination', mine)[2] == (5, 'never mind')
        assert two.ui[1].wait_signal('Cancelled', theirs)[2] == ('never mind',)
        assert two.ui[1].wait_signal('Termination', theirs)[2] == (6, 'never mind')
        assert states(two.a, mine) == [READY, INVITATION, 5] and states(two.ui[1], theirs) == [INVITATION, 5]


def test_cancel_by_the_invitee():
    """The recipient may cancel too, before and after the acceptance."""
    two = stage()
    for accepted in (False, True):
        with two.invited() as (mine, theirs):
            if accepted:
                two.call_b(theirs, 'Accept', '(s)', '')
                two.wait_connected(mine, theirs)
            two.call_b(theirs, 'Cancel', '(us)', 0, 'sorry')
            assert two.a.wait_signal('Cancelled', mine)[2] == ('sorry',)
            assert two.a.wait_signal('Termination', mine)[2] == (6, 'sorry')
            assert two.ui[1].wait_signal('Termination', theirs)[2] == (5, 'sorry')


def test_cancel_with_a_reason():
    two = stage()
    with two.connected() as (mine, theirs):
        for bad in (18, 99, 0xFFFFFFFF):
            refused('InvalidArgument', two.call_a, mine, 'Cancel', '(us)', bad, '')
        two.call_a(mine, 'Cancel', '(us)', 15, '')
        assert two.a.wait_signal('Termination', mine)[2] == (5, '')
        assert two.ui[1].wait_signal('Termination', theirs)[2] == (15, '')


def test_cancel_in_the_wrong_state():
    two = stage()
    mine = two.create()
    refused('SessionStateInvalid', two.call_a, mine, 'Cancel', '(us)', 0, '')
    theirs = two.send(mine)
    two.end(mine, theirs)
    refused('SessionStateInvalid', two.call_a, mine, 'Cancel', '(us)', 0, '')
    refused('SessionStateInvalid', two.call_b, theirs, 'Cancel', '(us)', 0, '')


def test_send_context_data():
    two = stage()
    mine = two.create()
    refused('SessionStateInvalid', two.call_a, mine, 'SendContextData', '(s)', 'early')
    theirs = two.send(mine)
    refused('SessionStateInvalid', two.call_a, mine, 'SendContextData', '(s)', 'early')
    two.call_b(theirs, 'Accept', '(s)', '')
    two.wait_connected(mine, theirs)
    two.call_a(mine, 'SendContextData', '(s)', 'over there')
    assert two.ui[1].wait_signal('ContextDataReceived', theirs)[2] == ('over there',)
    two.call_b(theirs, 'SendContextData', '(s)', 'and back')
    assert two.a.wait_signal('ContextDataReceived', mine)[2] == ('and back',)
    two.end(mine, theirs)
    refused('SessionStateInvalid', two.call_a, mine, 'SendContextData', '(s)', 'late')


def test_send_context_data_for_a_program_that_does_not_know_beckon():
    two = stage()
    guid = '{0000C0DE-2345-4678-9ABC-DEF012345678}'
    for bus, ui in zip(two.buses, two.ui):
        register(bus, ui, guid, Name='Game', HostExec='/bin/sleep 1000', JoinExec='/bin/sleep 1000', Transport='tcp')
    answers = program(two.buses[1])
    answers.answers['Invitation'] = YES
    answers.attach(SESSIONS, [guid])
    mine = two.create(application=guid)
    two.call_a(mine, 'Invite', '(ssa{sv})', BOB, '', {})
    wait(lambda: answers.asked, 'the question')
    theirs = answers.asked[0][1][0]
    wait_until_held(answers, theirs)
    answers.call('Session1', 'Accept', '(s)', '', path=theirs, door=SESSIONS)
    two.wait_connected(mine, theirs)
    refused('NotValidForAppInvite', two.call_a, mine, 'SendContextData', '(s)', 'x')
    refused('NotValidForAppInvite', two.call_b, theirs, 'SendContextData', '(s)', 'x')
    two.end(mine, theirs)


# ---- limits ----

def test_app_data_limit():
    """8192 bytes of UTF-8 with each verb, and not one more."""
    two = stage()
    longest, too_long = WIDE * 4096, WIDE * 4096 + 'x'
    mine = two.create()
    refused('InvalidArgument', two.call_a, mine, 'Invite', '(ssa{sv})', BOB, too_long, {})
    theirs = two.send(mine, longest)
    assert two.get_b(theirs, 'AppData') == longest
    refused('InvalidArgument', two.call_b, theirs, 'Accept', '(s)', too_long)
    refused('InvalidArgument', two.call_b, theirs, 'Decline', '(s)', too_long)
    refused('InvalidArgument', two.call_b, theirs, 'Cancel', '(us)', 0, too_long)
    assert two.get_b(theirs, 'State') == INVITATION
    two.call_b(theirs, 'Accept', '(s)', longest)
    assert two.a.wait_signal('Accepted', mine)[2] == (longest,)
    two.call_a(mine, 'Cancel', '(us)', 0, longest)
    assert two.ui[1].wait_signal('Cancelled', theirs)[2] == (longest,)
    with two.invited() as (mine, theirs):
        two.call_b(theirs, 'Decline', '(s)', longest)
        assert two.a.wait_signal('Declined', mine)[2] == (longest,)


def test_context_data_limit():
    """8192 bytes at once, and not one more."""
    two = stage()
    with two.connected() as (mine, theirs):
        refused('ContextDataOverLimit', two.call_a, mine, 'SendContextData', '(s)', WIDE * 4096 + 'x')
        two.call_a(mine, 'SendContextData', '(s)', WIDE * 4096)
        assert two.ui[1].wait_signal('ContextDataReceived', theirs)[2] == (WIDE * 4096,)
        assert len([s for s in two.ui[1].signals if s[0] == theirs and s[1] == 'ContextDataReceived']) == 1


stage.run(tap.run, [
    test_invite, test_invite_without_an_application, test_invite_to_an_application_that_went, test_invite_twice,
    test_invite_by_the_invitee, test_invite_oneself, test_invite_somebody_unknown,
    test_invite_somebody_invisible_or_away, test_invite_when_not_signed_in, test_accept, test_accept_by_the_inviter,
    test_decline, test_decline_by_the_inviter, test_decline_too_late, test_cancel_by_the_inviter,
    test_cancel_by_the_invitee, test_cancel_with_a_reason, test_cancel_in_the_wrong_state, test_send_context_data,
    test_send_context_data_for_a_program_that_does_not_know_beckon, test_app_data_limit, test_context_data_limit])
