#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in sandboxes of their own, between a user whose Beckon is that of the build tree and one whose Beckon is the
Flatpak: invited to and inviting, with all that goes between two programs."""
import socket

import box  # noqa: F401 finds the modules of tests/e2e
import tap
from gi.repository import GLib
from guests import GUID, NAME, PROBE, Probe, couple, install, wait_for_name
from world import World

SIGNAL = 'im.beckon.Session1.'


def launched(user):
    """The program that was started for a session has it, and listens."""
    wait_for_name(user, NAME)
    probe = Probe(user)
    path = probe.redeem()
    probe.attach()
    return probe, path


def exchange(one, other):
    """Context data, a stream and packets, each of (probe, path)."""
    for (probe, path), (partner, _path), text in ((one, other, 'to'), (other, one, 'fro')):
        probe.session(path, 'SendContextData', '(s)', text)
        assert partner.wait(SIGNAL + 'ContextDataReceived')[1] == (text,)
    for probe, path in (one, other):
        probe.user.wait('channel=direct', session=probe.get(path, 'SessionID'))
    ends = [socket.socket(fileno=probe.session(path, 'OpenStream', '(sa{sv})', 'board', {}))
            for probe, path in (one, other)]
    for sender, receiver, data in ((*ends, b'x' * 100000), (*ends[::-1], b'y')):
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)
        assert receiver.makefile('rb').read() == data
    flows = [socket.socket(fileno=probe.session(path, 'OpenDatagram', '(sa{sv})', 'moves', {}))
             for probe, path in (one, other)]
    for sender, receiver in (flows, flows[::-1]):
        receiver.settimeout(30)
        received = b''
        while received != b'e4':  # a packet may be lost, and those before the other side has opened it are
            sender.send(b'e4')
            received = receiver.recv(100)
    for end in ends + flows:
        end.close()


def invited_into(inviter, invitee):
    """Both are invited into: what the bus starts gets its session as an argument."""
    session = inviter.ctl('invite', invitee.address, GUID, '--data', 'white')['id']
    invitee.wait('invitation', session=session)
    invitee.ctl('accept', session)
    ends = [launched(user) for user in (inviter, invitee)]
    assert [probe.get(path, 'SessionID') for probe, path in ends] == [session] * 2
    assert ends[1][0].get(ends[1][1], 'AppData') == 'white'
    exchange(*ends)
    return session, ends


def expect_over(session, *users, result=('ended', 'ended')):
    for user, wanted in zip(users, result):
        said = user.wait_session(session)
        assert said['result'] == wanted, (user.label, said)


def test_invited_into_and_killed():
    install(PROBE)
    with World() as world:
        alice, bob = couple(world)
        for user in (alice, bob):
            user.wait(f'application={GUID}')
        for inviter, invitee in ((alice, bob), (bob, alice)):
            session, ends = invited_into(inviter, invitee)
            ends[1][0].kill()
            expect_over(session, inviter, invitee)
            ends[0][0].kill()


def inviting(user):
    """A session that the program has made, and the program."""
    probe = Probe.activate(user)
    probe.attach()
    path = probe.call('CreateSession', '(a{sv})', {'picker': GLib.Variant('b', True)})
    probe.set(path, 'Application', GLib.Variant('s', GUID))
    return probe, path


def accepted(session, friend, probe, path):
    """The friend accepts; both programs talk, and it ends when this side's wants it to."""
    friend.wait('invitation', session=session)
    friend.ctl('accept', session)
    probe.wait(SIGNAL + 'ReadyToLaunch')
    other = launched(friend)
    assert other[0].get(other[1], 'AppData') == 'black'
    exchange((probe, path), other)
    probe.session(path, 'Cancel', '(us)', 0, '')
    expect_over(session, probe.user, friend, result=('cancelled-local', 'cancelled-remote'))
    for one in (probe, other[0]):
        one.kill()


def test_inviting():
    install(PROBE)
    with World() as world:
        users = couple(world)
        for user in users:
            user.wait(f'application={GUID}')
        for user, friend in (users, users[::-1]):
            probe, path = inviting(user)
            probe.session(path, 'Invite', '(ssa{sv})', friend.address, 'black', {})
            accepted(probe.get(path, 'SessionID'), friend, probe, path)


def test_having_the_user_choose():
    install(PROBE)
    with World() as world:
        users = couple(world)
        for user in users:
            user.wait(f'application={GUID}')
        for user, friend in (users, users[::-1]):
            probe, path = inviting(user)
            asking = probe.begin(path, 'InviteWithPicker', '(ssa{sv})', '', 'black', {})
            user.wait('picking')
            assert probe.get(path, 'User') == '', 'it knows already'
            session = probe.get(path, 'SessionID')
            user.ctl('pick', session, friend.address)
            asking.result()
            accepted(session, friend, probe, path)


tap.run([test_invited_into_and_killed, test_inviting, test_having_the_user_choose])
