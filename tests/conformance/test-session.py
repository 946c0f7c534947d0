#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMsgrSession and DMsgrSessionEvents as Session1: properties and events, on both sides of real sessions. Numbers and
names stand here as they are in the reference and in the settled contradictions, not as the code has them."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from stage import (ALICE, APP, APP_NAME, APP_URL, BOB, CONNECTED, INVITATION, READY, ROOT, SESSIONS, UNKNOWN, Duet,
                   program, refused, register, states, text, wait)

GUID_FORM = re.compile(r'\{[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}\}')
DEFAULT_ADDRESS = '192.0.2.77'  # of both services of the fixture
WIDE = 'ä'  # two bytes of UTF-8: limits are in bytes
stage = Duet()


# ---- properties ----

def test_session_id():
    with stage().invited() as (mine, theirs):
        there = stage.get_a(mine, 'SessionID')
        assert GUID_FORM.fullmatch(there), there
        assert stage.get_b(theirs, 'SessionID') == there
        other = stage.create()
        assert stage.get_a(other, 'State') == READY
        assert GUID_FORM.fullmatch(stage.get_a(other, 'SessionID')) and stage.get_a(other, 'SessionID') != there


def test_state():
    two = stage()
    mine = two.create()
    assert two.get_a(mine, 'State') == 1
    theirs = two.send(mine)
    assert two.get_a(mine, 'State') == 2 == two.get_b(theirs, 'State')
    two.call_b(theirs, 'Accept', '(s)', '')
    two.wait_connected(mine, theirs)
    assert two.get_a(mine, 'State') == 4 == two.get_b(theirs, 'State')
    two.end(mine, theirs)
    assert two.get_a(mine, 'State') == 7 == two.get_b(theirs, 'State')
    two.a.wait_signal('Changed', mine, lambda c: c.get('State') == 3)


def test_flags():
    two = stage()
    with two.invited() as (mine, theirs):
        assert two.get_a(mine, 'Flags') == 1 and two.get_b(theirs, 'Flags') == 2


def test_flag_of_programs_that_do_not_know_beckon():
    two = stage()
    guid = '{0000C0DE-2345-4678-9ABC-DEF012345678}'
    for bus, ui in zip(two.buses, two.ui):
        register(bus, ui, guid, Name='Game', HostExec='/bin/cat', JoinExec='/bin/cat', Transport='tcp')
    with two.invited(application=guid) as (mine, theirs):
        assert two.get_a(mine, 'Flags') == 1 | 4 and two.get_b(theirs, 'Flags') == 2 | 4


def test_application():
    two = stage()
    mine = two.create(application=None)
    assert two.get_a(mine, 'Application') == ''
    two.set_a(mine, 'Application', APP.lower().strip('{}'))
    assert two.get_a(mine, 'Application') == APP
    two.a.wait_signal('Changed', mine, lambda c: c.get('Application') == APP)
    theirs = two.send(mine)
    assert two.get_b(theirs, 'Application') == APP
    two.end(mine, theirs)


def test_application_refused():
    two = stage()
    mine = two.create()
    refused('AppNotRegistered', two.set_a, mine, 'Application', UNKNOWN)
    for bad in ('', 'x', APP[:-1], APP + '0', APP.replace('A', 'G')):
        refused('InvalidArgument', two.set_a, mine, 'Application', bad)
    assert two.get_a(mine, 'Application') == APP
    theirs = two.send(mine)
    refused('SessionNotReady', two.set_a, mine, 'Application', APP)
    refused('SessionNotReady', two.set_b, theirs, 'Application', APP)
    two.end(mine, theirs)
    refused('SessionNotReady', two.set_a, mine, 'Application', APP)


def test_application_name_and_url():
    two = stage()
    empty = two.create(application=None)
    assert two.get_a(empty, 'ApplicationName') == '' == two.get_a(empty, 'ApplicationURL')
    guid = '{0000ABCD-2345-4678-9ABC-DEF012345678}'
    register(two.buses[0], two.ui[0], guid, Name='Only Alice’s', URL='http://example.org/only', Exec='/bin/cat')
    with two.invited() as (mine, theirs):
        for get, path in ((two.get_a, mine), (two.get_b, theirs)):
            assert get(path, 'ApplicationName') == APP_NAME and get(path, 'ApplicationURL') == APP_URL
    # Where it is not registered, both are what came with the invitation.
    with two.invited(application=guid) as (mine, theirs):
        assert two.get_b(theirs, 'ApplicationName') == 'Only Alice’s'
        assert two.get_b(theirs, 'ApplicationURL') == 'http://example.org/only'


def test_application_without_url():
    two = stage()
    guid = '{0000BCDE-2345-4678-9ABC-DEF012345678}'
    register(two.buses[0], two.ui[0], guid, Name='Local', Exec='/bin/cat')
    with two.invited(application=guid) as (mine, theirs):
        assert two.get_a(mine, 'ApplicationURL') == '' == two.get_b(theirs, 'ApplicationURL')


def test_user():
    two = stage()
    mine = two.create()
    assert two.get_a(mine, 'User') == '' == two.get_a(mine, 'UserName')
    theirs = two.send(mine)
    assert two.get_a(mine, 'User') == BOB and two.get_b(theirs, 'User') == ALICE
    two.ui[0].call('Account1', 'SetDisplayName', '(s)', 'Alice Liddell', path=two.accounts[0])
    wait(lambda: two.get_b(theirs, 'UserName') == 'Alice Liddell', 'the new name')
    two.a.wait_signal('Changed', mine, lambda c: c.get('User') == BOB)
    two.end(mine, theirs)


def test_initial_context():
    """The manager hands out both sign-in names and the application's address from the start."""
    two = stage()
    assert two.a.get('SessionManager1', 'MySigninName', door=SESSIONS) == ALICE
    with two.invited() as (mine, theirs):
        assert two.get_a(mine, 'MySigninName') == ALICE and two.get_a(mine, 'User') == BOB
        assert two.get_b(theirs, 'MySigninName') == BOB and two.get_b(theirs, 'User') == ALICE
        assert two.get_a(mine, 'ApplicationURL') == APP_URL


def test_local_address_is_this_machine_by_default():
    two = stage()
    with two.connected() as (mine, theirs):
        assert two.get_a(mine, 'LocalAddress') == DEFAULT_ADDRESS == two.get_b(theirs, 'LocalAddress')
        assert two.get_a(mine, 'RemoteAddress') == DEFAULT_ADDRESS == two.get_b(theirs, 'RemoteAddress')


def test_addresses_reach_the_other_side():
    two = stage()
    mine = two.create(LocalAddress='198.51.100.1:40000')
    assert two.get_a(mine, 'LocalAddress') == '198.51.100.1:40000'
    two.a.wait_signal('Changed', mine, lambda c: c.get('LocalAddress') == '198.51.100.1:40000')
    theirs = two.send(mine)
    two.set_b(theirs, 'LocalAddress', 'anything at all')
    two.call_b(theirs, 'Accept', '(s)', '')
    two.wait_connected(mine, theirs)
    assert two.get_a(mine, 'RemoteAddress') == 'anything at all'
    assert two.get_b(theirs, 'RemoteAddress') == '198.51.100.1:40000'
    # It is a value of the session: another one has the default again.
    assert two.get_a(two.create(), 'LocalAddress') == DEFAULT_ADDRESS
    two.end(mine, theirs)


def test_remote_address_is_empty_before_connected():
    two = stage()
    mine = two.create(LocalAddress='here')
    theirs = two.send(mine)
    two.set_b(theirs, 'LocalAddress', 'there')
    assert two.get_a(mine, 'RemoteAddress') == '' == two.get_b(theirs, 'RemoteAddress')
    two.call_b(theirs, 'Accept', '(s)', '')
    two.a.wait_signal('ReadyToLaunch', mine)
    # When it became readable, the state was told right after.
    changes = [c for where, name, c in two.a.signals if where == mine and name == 'Changed']
    connected = next(i for i, c in enumerate(changes) if c.get('State') == CONNECTED)
    accepted = next(i for i, c in enumerate(changes) if c.get('State') == 3)
    address = next(i for i, c in enumerate(changes) if 'RemoteAddress' in c)
    assert accepted < address < connected and changes[address]['RemoteAddress'] == 'there'
    two.end(mine, theirs)


def test_local_address_limit():
    two = stage()
    mine = two.create()
    longest = WIDE * 127 + 'x'
    two.set_a(mine, 'LocalAddress', longest)
    for bad in ('x' * 256, WIDE * 128, 'a\nb', 'a\x07'):
        refused('InvalidArgument', two.set_a, mine, 'LocalAddress', bad)
    assert two.get_a(mine, 'LocalAddress') == longest
    theirs = two.send(mine)
    two.call_b(theirs, 'Accept', '(s)', '')
    two.wait_connected(mine, theirs)
    assert two.get_b(theirs, 'RemoteAddress') == longest
    two.end(mine, theirs)


def test_local_address_is_settled_by_invite_and_accept():
    two = stage()
    with two.invited() as (mine, theirs):
        refused('SessionNotReady', two.set_a, mine, 'LocalAddress', 'late')
        two.set_b(theirs, 'LocalAddress', 'in time')
        two.call_b(theirs, 'Accept', '(s)', '')
        two.wait_connected(mine, theirs)
        refused('SessionNotReady', two.set_b, theirs, 'LocalAddress', 'late')
        assert two.get_a(mine, 'RemoteAddress') == 'in time'


def test_context_data():
    """First what came with the invitation, then the latest message."""
    two = stage()
    mine = two.create()
    assert two.get_a(mine, 'ContextData') == ''
    theirs = two.send(mine, 'from the start')
    for get, path in ((two.get_a, mine), (two.get_b, theirs)):
        assert get(path, 'ContextData') == 'from the start' == get(path, 'AppData')
    two.call_b(theirs, 'Accept', '(s)', 'accepting')
    two.wait_connected(mine, theirs)
    for number in ('one', 'two'):
        two.call_a(mine, 'SendContextData', '(s)', number)
        two.ui[1].wait_signal('ContextDataReceived', theirs, lambda a: a == (number,))
        assert two.get_b(theirs, 'ContextData') == number
    assert two.get_b(theirs, 'AppData') == 'from the start'
    assert two.get_a(mine, 'ContextData') == 'from the start'
    two.end(mine, theirs)


def test_ringing():
    two = stage()
    mine = two.create()
    assert two.get_a(mine, 'Ringing') is False
    theirs = two.send(mine)
    two.a.wait_signal('Changed', mine, lambda c: c.get('Ringing') is True)
    assert two.get_a(mine, 'Ringing') is True
    two.end(mine, theirs)


def test_asking():
    two = stage()
    with two.invited() as (mine, theirs):
        assert two.get_b(theirs, 'Asking') is True and two.get_a(mine, 'Asking') is False
        two.call_b(theirs, 'Decline', '(s)', '')
        assert two.get_b(theirs, 'Asking') is False
        two.ui[1].wait_signal('InvitationOver', ROOT, lambda a: a == (theirs,))


def test_result_and_its_text():
    two = stage()
    with two.invited() as (mine, theirs):
        assert two.get_a(mine, 'Result') == 0 and two.get_a(mine, 'ResultText') == ''
        two.call_b(theirs, 'Decline', '(s)', '')
        two.a.wait_signal('Termination', mine)
        assert two.get_a(mine, 'Result') == 2 == two.get_b(theirs, 'Result')
        assert two.get_a(mine, 'ResultText').endswith(' declined.')
        assert two.get_b(theirs, 'ResultText') == 'You declined.'


def test_created_and_deadline():
    two = stage()
    mine = two.create()
    created = two.get_a(mine, 'Created')
    assert created > 1_600_000_000_000_000 and two.get_a(mine, 'Deadline') == 0
    theirs = two.send(mine)
    # It rings for two minutes; the invitee has what is left of them.
    left = two.get_a(mine, 'Deadline') - created
    assert 120_000_000 <= left < 240_000_000, left
    assert created < two.get_b(theirs, 'Deadline') < created + 240_000_000
    two.call_b(theirs, 'Accept', '(s)', '')
    two.wait_connected(mine, theirs)
    assert two.get_a(mine, 'Deadline') == 0 == two.get_b(theirs, 'Deadline')
    two.end(mine, theirs)


def test_timeline():
    two = stage()
    with two.connected() as (mine, theirs):
        lines = two.get_b(theirs, 'Timeline')
        assert [line.split()[2] for line in lines[:3]] == ['invited', 'accepted', 'connected'], lines


def test_log_of_the_launched_program():
    two = stage()
    program_file = two.buses[1].dir / 'speaks'
    program_file.write_text('#!/bin/sh\necho from the program\n')
    program_file.chmod(0o755)
    guid = '{0000CDEF-2345-4678-9ABC-DEF012345678}'
    register(two.buses[0], two.ui[0], guid, Name='Speaks', Exec='/bin/cat')
    register(two.buses[1], two.ui[1], guid, Name='Speaks', Exec=program_file)
    with two.invited(application=guid) as (mine, theirs):
        assert two.get_b(theirs, 'Log') == ''
        two.call_b(theirs, 'Accept', '(s)', '')
        two.ui[1].wait_signal('Termination', theirs)
        assert pathlib.Path(two.get_b(theirs, 'Log')).read_text() == 'from the program\n'
        assert two.get_a(mine, 'Log') == ''


# ---- events ----

def test_on_state_changed():
    """Each state that is entered is told, with the one before."""
    two = stage()
    with two.connected() as (mine, theirs):
        two.call_a(mine, 'Cancel', '(us)', 0, '')
        two.ui[1].wait_signal('Termination', theirs)
    assert states(two.a, mine) == [1, 2, 3, 4, 5]
    assert states(two.ui[1], theirs) == [2, 3, 4, 5]


def test_on_app_not_present():
    two = stage()
    guid = '{0000EFAB-2345-4678-9ABC-DEF012345678}'
    register(two.buses[0], two.ui[0], guid, Name='Rare', URL='https://example.org/rare', Exec='/bin/cat')
    with two.invited(application=guid) as (mine, theirs):
        two.call_b(theirs, 'Accept', '(s)', '')
        for client, path in ((two.ui[1], theirs), (two.a, mine)):
            assert client.wait_signal('AppNotPresent', path)[2] == ('Rare', 'https://example.org/rare')
        assert two.get_a(mine, 'State') == INVITATION == two.get_b(theirs, 'State')
        assert two.get_a(mine, 'Installing') is True and two.get_b(theirs, 'Installing') is True
        two.call_b(theirs, 'Decline', '(s)', '')
        assert two.a.wait_signal('Termination', mine)[2] == (10, '')


def test_on_accepted():
    two = stage()
    with two.connected(answer='let us') as (mine, theirs):
        assert two.a.wait_signal('Accepted', mine)[2] == ('let us',)
        assert not [s for s in two.ui[1].signals if s[0] == theirs and s[1] == 'Accepted']


def test_on_declined():
    two = stage()
    with two.invited() as (mine, theirs):
        two.call_b(theirs, 'Decline', '(s)', 'not now')
        assert two.a.wait_signal('Declined', mine)[2] == ('not now',)
        assert not [s for s in two.ui[1].signals if s[0] == theirs and s[1] == 'Declined']


def test_on_cancelled():
    two = stage()
    with two.connected() as (mine, theirs):
        two.call_a(mine, 'Cancel', '(us)', 0, 'enough')
        assert two.ui[1].wait_signal('Cancelled', theirs)[2] == ('enough',)
        assert not [s for s in two.a.signals if s[0] == mine and s[1] == 'Cancelled']


def test_on_termination():
    """Once, with reason and data, and nothing after it."""
    two = stage()
    with two.connected() as (mine, theirs):
        two.call_b(theirs, 'Cancel', '(us)', 0, 'data of the end')
        two.ui[1].wait_signal('Termination', theirs)
        two.a.wait_signal('Termination', mine)
        two.a.ping(SESSIONS)
        two.ui[1].ping('im.beckon.Beckon.Service')
    assert [s[2] for s in two.a.signals if s[0] == mine and s[1] == 'Termination'] == [(6, 'data of the end')]
    assert [s[2] for s in two.ui[1].signals if s[0] == theirs and s[1] == 'Termination'] == [(5, 'data of the end')]
    for client, path in ((two.a, mine), (two.ui[1], theirs)):
        assert [s[1] for s in client.signals if s[0] == path][-1] == 'Termination'


def test_on_ready_to_launch():
    two = stage()
    with two.connected() as (mine, theirs):
        for client, path in ((two.a, mine), (two.ui[1], theirs)):
            assert client.wait_signal('ReadyToLaunch', path)[2] == ()
            names = [s[1] for s in client.signals if s[0] == path and s[1] != 'Changed']
            assert names.count('ReadyToLaunch') == 1 and names[-1] == 'ReadyToLaunch'


def test_on_context_data():
    two = stage()
    with two.connected() as (mine, theirs):
        for number in range(10):
            two.call_a(mine, 'SendContextData', '(s)', f'message {number}')
        two.ui[1].wait_signal('ContextDataReceived', theirs, lambda a: a == ('message 9',))
        came = [s[2][0] for s in two.ui[1].signals if s[0] == theirs and s[1] == 'ContextDataReceived']
        assert came == [f'message {number}' for number in range(10)], came


def test_who_made_it_alone_sees_it():
    two = stage()
    stranger = program(two.buses[0])
    stranger.attach(SESSIONS)
    with two.connected() as (mine, theirs):
        gone = f'{ROOT}/Session/4711'
        for call in (lambda p: stranger.get('Session1', 'SessionID', p, SESSIONS),
                     lambda p: stranger.call('Session1', 'SendContextData', '(s)', 'x', path=p, door=SESSIONS),
                     lambda p: stranger.set('Session1', 'LocalAddress', text('x'), p, SESSIONS)):
            assert refused('NotFound', call, mine) == refused('NotFound', call, gone)
    assert not [t for t in stranger.told if t[0] == mine], stranger.told


stage.run(tap.run, [
    test_session_id, test_state, test_flags, test_flag_of_programs_that_do_not_know_beckon, test_application,
    test_application_refused, test_application_name_and_url, test_application_without_url, test_user,
    test_initial_context, test_local_address_is_this_machine_by_default, test_addresses_reach_the_other_side,
    test_remote_address_is_empty_before_connected, test_local_address_limit,
    test_local_address_is_settled_by_invite_and_accept, test_context_data, test_ringing, test_asking,
    test_result_and_its_text, test_created_and_deadline, test_timeline, test_log_of_the_launched_program,
    test_on_state_changed, test_on_app_not_present, test_on_accepted, test_on_declined, test_on_cancelled,
    test_on_termination, test_on_ready_to_launch, test_on_context_data, test_who_made_it_alone_sees_it])
