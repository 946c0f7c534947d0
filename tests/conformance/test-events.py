#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the standard flows of a session with real services and compares all that each side is told, in order, with
events.txt."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import GUID
from stage import (ALICE, BOB, DONE, SERVICE, SESSIONS, TERMINATED, YES, Duet, cancel, program, register, wait,
                   wait_until_held)

TABLE = pathlib.Path(__file__).with_name('events.txt')
STATES = ['UNKNOWN', 'READY', 'INVITATION', 'ACCEPTED', 'CONNECTED', 'CANCELLED', 'DECLINED', 'TERMINATED']
RESULTS = ['NONE', 'APPLICATION_LAUNCH_FAILED', 'INVITATION_DECLINED', 'CONNECTION_FAILURE', 'AUTHENTICATION_FAILED',
           'CANCELLED_LOCAL', 'CANCELLED_REMOTE', 'PROTOCOL_ERROR', 'TIMEOUT', 'INVITATION_SEND_FAILURE',
           'APP_NOT_PRESENT', 'ACCEPTED_ELSEWHERE', 'DECLINED_ELSEWHERE', 'SUPERSEDED', 'ENDED', 'APPLICATION_FAILED',
           'SIGNED_OUT', 'SERVICE_RESTARTED']
# What happens to lists, registrations and locks is told beside the session.
BESIDE = {'SessionsChanged', 'ContactsChanged', 'AccountsChanged', 'MessageAdded', 'MessageChanged',
          'ApplicationsChanged', 'AppRegistered', 'AppUnregistered', 'LockEnable', 'LockStatusChanged'}
SHOWN = {
    'StateChanged': lambda state: f'OnStateChanged({STATES[state]})',
    'AppNotPresent': lambda name, url: f'OnAppNotPresent({name},{url})',
    'Accepted': lambda data: f'OnAccepted({data})',
    'Declined': lambda data: f'OnDeclined({data})',
    'Cancelled': lambda data: f'OnCancelled({data})',
    'Termination': lambda result, data: f'OnTermination({RESULTS[result]},{data})',
    'ReadyToLaunch': lambda: 'OnReadyToLaunch',
    'ContextDataReceived': lambda data: f'OnContextData({data})',
    'SendError': lambda error: f'OnSendError({error})',
    'Invitation': lambda session: 'Invitation',
    'InvitationOver': lambda session: 'InvitationOver',
    'Notice': lambda kind, words, session: f'Notice({kind})',
    'Peer1.Invitation': lambda session, data, options: f'OnInvitation({data})',
    'Peer1.BeforeAppLaunch': lambda session, options: 'BeforeAppLaunch',
    'Peer1.LaunchSession': lambda cookie, options: 'LaunchSession',
}
stage, hasty = Duet(), Duet('--answer-timeout=3')


def read_table():
    """flow → {who: [events]}"""
    flows = {}
    for line in TABLE.read_text(encoding='utf-8').splitlines():
        if line.startswith('flow '):
            current = flows.setdefault(re.match(r'flow ([\w-]+): ', line)[1], {})
        elif line and not line.startswith('#'):
            who, *events = line.split()
            assert who not in current, line
            current[who] = events
    return flows


def equip(two):
    """The windows of both users, which write down what they are told, beside the two programs."""
    if not hasattr(two, 'windows'):
        two.windows = [program(bus) for bus in two.buses]
        for window in two.windows:
            window.attach()
        two.answers = dict(two.b.answers)
    two.b.answers = dict(two.answers)
    return two


def happened(client, path=None):
    """What was told, in the words of the table; of one session, if a path is given."""
    told = [t for t in client.told if t[1] not in BESIDE]
    if path is not None:
        told = [t for t in told if path == t[0] or path in t[2]]
    return [SHOWN[name](*arguments) for _, name, arguments in told]


class Flow:
    """From here on everything counts."""

    def __init__(self, name, two, leaving=()):
        self.name, self.two = name, equip(two)
        self.leaving = leaving  # who is not there any more at the end
        self.clients = {'alice': two.a, 'alice-ui': two.windows[0], 'bob-ui': two.windows[1], 'bob': two.b}
        self.flush()
        for client in self.clients.values():
            client.told.clear()

    def flush(self):
        """All that was sent is here."""
        for who, client in self.clients.items():
            if who not in self.leaving:
                client.ping(SERVICE if who.endswith('-ui') else SESSIONS)

    def compare(self, **paths):
        """With the table. @paths: of sessions, by their number in the table; without, there is one session."""
        expected = read_table()[self.name]
        self.flush()
        if not paths:
            seen = {who: happened(client) for who, client in self.clients.items() if who not in self.leaving}
        else:
            seen = {f'{who}.{number}': happened(self.clients[who], path)
                    for number, by_side in (('1', paths['first']), ('2', paths['second']))
                    for who, path in zip(('alice-ui', 'bob-ui'), by_side) if path is not None}
        for who in sorted(set(seen) | set(expected)):
            assert seen.get(who, []) == expected.get(who, []), \
                f'{self.name}, {who}:\n  was {" ".join(seen.get(who, []))}\n  not {" ".join(expected.get(who, []))}'


def start(name, two=stage, data='hello', leaving=(), **properties):
    """Begins a flow with an invitation that bob is asked about."""
    flow = Flow(name, two(), leaving)
    flow.mine = two.create(**properties)
    flow.theirs = two.send(flow.mine, data)
    flow.accept = lambda data='': two.call_b(flow.theirs, 'Accept', '(s)', data)
    return flow


def ended(flow):
    for client, path in ((flow.two.windows[0], flow.mine), (flow.two.windows[1], flow.theirs)):
        client.wait_signal('Termination', path)


def finish(flow):
    """What is still open is of no interest any more."""
    cancel(flow.two.ui[1], flow.theirs, SERVICE)
    ended(flow)


def connect(flow):
    flow.accept()
    flow.two.wait_connected(flow.mine, flow.theirs)
    if 'bob' in read_table()[flow.name]:
        wait_until_held(flow.two.b, flow.theirs)


def test_accept():
    flow = start('accept')
    flow.two.b.answers.update(BeforeAppLaunch=YES, LaunchSession=DONE)
    flow.accept('gladly')
    flow.two.wait_connected(flow.mine, flow.theirs)
    wait(lambda: any(t[1] == 'Peer1.LaunchSession' for t in flow.two.b.told), 'the launch')
    flow.compare()
    finish(flow)


def test_handled():
    two = stage()
    flow = Flow('handled', two)
    two.b.answers['Invitation'] = YES
    flow.mine = two.create()
    two.call_a(flow.mine, 'Invite', '(ssa{sv})', BOB, 'hello', {})
    wait(lambda: two.b.told, 'the question')
    flow.theirs = two.b.told[0][2][0]
    wait_until_held(two.b, flow.theirs)
    two.b.wait_state(flow.theirs, 2, SESSIONS)
    two.b.call('Session1', 'Accept', '(s)', 'mine', path=flow.theirs, door=SESSIONS)
    two.a.wait_signal('ReadyToLaunch', flow.mine)
    two.b.wait_signal('ReadyToLaunch', flow.theirs)
    # That it is bob's program's now is told by no event; the first one may have come before it was.
    flow.compare()
    finish(flow)


def test_decline():
    flow = start('decline')
    flow.two.call_b(flow.theirs, 'Decline', '(s)', 'sorry')
    ended(flow)
    flow.compare()


def test_cancel_by_inviter():
    flow = start('cancel-by-inviter')
    flow.two.call_a(flow.mine, 'Cancel', '(us)', 0, 'bye')
    ended(flow)
    flow.compare()


def test_cancel_by_invitee():
    flow = start('cancel-by-invitee')
    flow.two.call_b(flow.theirs, 'Cancel', '(us)', 0, 'bye')
    ended(flow)
    flow.compare()


def test_cancel_connected_by_inviter():
    flow = start('cancel-connected-by-inviter')
    connect(flow)
    flow.two.call_a(flow.mine, 'Cancel', '(us)', 0, 'bye')
    ended(flow)
    flow.compare()


def test_cancel_connected_by_invitee():
    flow = start('cancel-connected-by-invitee')
    connect(flow)
    flow.two.call_b(flow.theirs, 'Cancel', '(us)', 0, 'bye')
    ended(flow)
    flow.compare()


def test_timeout():
    flow = start('timeout', hasty)
    ended(flow)
    flow.compare()


def rare(two, guid, name, there, **keys):
    """An application that alice has, and bob does only if @there."""
    for bus, ui in list(zip(two.buses, two.ui))[:1 + there]:
        register(bus, ui, guid, Name=name, **{'Exec': '/bin/cat', **keys})


def test_installed():
    guid = '{A0000001-2345-4678-9ABC-DEF012345678}'
    rare(stage(), guid, 'Rare', False, URL='https://example.org/rare')
    flow = start('installed', application=guid)
    flow.accept('gladly')
    flow.two.a.wait_signal('AppNotPresent', flow.mine)
    program_file = flow.two.buses[1].dir / 'rare'
    program_file.write_text('#!/bin/sh\nexec sleep 1000\n')
    program_file.chmod(0o755)
    register(flow.two.buses[1], flow.two.ui[1], guid, Name='Rare', URL='https://example.org/rare', Exec=program_file)
    # A last chance to cancel, ten seconds long.
    wait(lambda: any(s[:2] == (flow.theirs, 'ReadyToLaunch') for s in flow.two.windows[1].signals), 'the start', 40)
    flow.two.wait_connected(flow.mine, flow.theirs)
    flow.compare()
    finish(flow)


def test_install_given_up():
    guid = '{A0000002-2345-4678-9ABC-DEF012345678}'
    rare(stage(), guid, 'Missing', False)
    flow = start('install-given-up', application=guid)
    flow.accept()
    flow.two.a.wait_signal('AppNotPresent', flow.mine)
    flow.two.call_b(flow.theirs, 'Decline', '(s)', '')
    ended(flow)
    flow.compare()


def test_context_data():
    flow = start('context-data')
    connect(flow)
    for number in '12':
        flow.two.call_a(flow.mine, 'SendContextData', '(s)', f'a{number}')
        flow.two.call_b(flow.theirs, 'SendContextData', '(s)', f'b{number}')
    flow.two.windows[1].wait_signal('ContextDataReceived', flow.theirs, lambda a: a == ('a2',))
    flow.two.windows[0].wait_signal('ContextDataReceived', flow.mine, lambda a: a == ('b2',))
    flow.compare()
    finish(flow)


def play_to_the_end(name, guid, script):
    """bob accepts; his service starts a program, if it can, and its end is the session's."""
    two = stage()
    program_file = two.buses[1].dir / name
    program_file.write_text(script)
    program_file.chmod(0o755)
    register(two.buses[0], two.ui[0], guid, Name=name, Exec='/bin/cat')
    register(two.buses[1], two.ui[1], guid, Name=name, Exec=program_file)
    flow = start(name, application=guid)
    flow.accept()
    ended(flow)
    flow.compare()


def test_launch_failed():
    play_to_the_end('launch-failed', '{A0000003-2345-4678-9ABC-DEF012345678}', '\x7fELF no program\n')


def test_ended():
    play_to_the_end('ended', '{A0000004-2345-4678-9ABC-DEF012345678}', '#!/bin/sh\nexit 0\n')


def test_failed():
    play_to_the_end('failed', '{A0000005-2345-4678-9ABC-DEF012345678}', '#!/bin/sh\nexit 3\n')


def test_sign_out():
    flow = start('sign-out')
    connect(flow)
    flow.two.ui[1].call('Account1', 'SignOut', path=flow.two.accounts[1])
    ended(flow)
    flow.compare()
    flow.two.ui[1].call('Account1', 'SignIn', '(sa{sv})', '', {}, path=flow.two.accounts[1])
    flow.two.pair.wait_relation(0, BOB, 3)
    flow.two.pair.wait_relation(1, ALICE, 3)


def by_id(client, session):
    return next((p for p in client.call('Messenger1', 'ListSessions')
                 if client.get('Session1', 'SessionID', p) == session), None)


def cross():
    """alice invites, and while it rings bob invites her back, to something that runs on. Returns the flow that the
    SessionIDs made of it."""
    two = equip(stage())
    flow = Flow(None, two)
    first = two.windows[0].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', BOB, GUID, '', {})
    first_id = two.windows[0].get('Session1', 'SessionID', first)
    seen = lambda: any(name == 'Invitation' for _, name, _ in two.windows[1].told)
    wait(seen, 'the question to bob')
    second = two.windows[1].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ALICE, GUID, '', {})
    second_id = two.windows[1].get('Session1', 'SessionID', second)
    first_there = by_id(two.windows[1], first_id)
    wins = first_id < second_id
    flow.name = f'superseded-{"first" if wins else "second"}-wins'
    if wins:
        two.windows[0].wait_signal('ReadyToLaunch', first)
        two.windows[1].wait_signal('ReadyToLaunch', first_there)
        two.windows[1].wait_signal('Termination', second)
    else:
        two.windows[1].wait_signal('ReadyToLaunch', second)
        two.windows[0].wait_signal('Termination', first)
        two.windows[1].wait_signal('Termination', first_there)
        wait(lambda: by_id(two.windows[0], second_id), 'the other session')
        two.windows[0].wait_signal('ReadyToLaunch', by_id(two.windows[0], second_id))
    flow.compare(first=(first, first_there), second=(by_id(two.windows[0], second_id), second))
    for client in two.windows:
        for path in client.call('Messenger1', 'ListSessions'):
            if client.get('Session1', 'State', path) != TERMINATED:
                cancel(client, path, SERVICE)
                client.wait_signal('Termination', path)
    return flow.name


def test_superseded():
    """Until each has won once: which one does is in their random SessionIDs."""
    seen = set()
    while len(seen) < 2:
        seen.add(cross())


def test_inviter_left():
    """Last, since it takes alice's program along."""
    flow = start('inviter-left', leaving=('alice',))
    connect(flow)
    flow.two.a.close()
    ended(flow)
    flow.compare()


def test_every_flow_was_played():
    played = {test.__name__.removeprefix('test_').replace('_', '-') for test in FLOWS}
    known = {'superseded' if name.startswith('superseded') else name for name in read_table()}
    assert played == known, played ^ known


def test_the_hasty_services_end_well():
    hasty.close()


FLOWS = [test_accept, test_handled, test_decline, test_cancel_by_inviter, test_cancel_by_invitee,
         test_cancel_connected_by_inviter, test_cancel_connected_by_invitee, test_timeout, test_installed,
         test_install_given_up, test_context_data, test_launch_failed, test_ended, test_failed, test_sign_out,
         test_superseded, test_inviter_left]
stage.run(tap.run, [*FLOWS, test_every_flow_was_played, test_the_hasty_services_end_well])
