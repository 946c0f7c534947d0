#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in sandboxes of their own, between a user whose Beckon is that of the build tree and one whose Beckon is the
Flatpak: invited to and inviting, with all that goes between two programs."""
import contextlib
import socket

import box  # noqa: F401 finds the modules of tests/e2e
import tap
from gi.repository import Gio, GLib
from guests import DICE, DICE_GUID, GUID, NAME, PROBE, Probe, couple, install, uninstall, wait_for_name
from windows import App
from world import World

SIGNAL = 'im.beckon.Session1.'


def launched(user):
    """The program that was started for a session has it, and listens."""
    wait_for_name(user, NAME)
    probe = Probe(user)
    path = probe.redeem()
    probe.attach()
    return probe, path


def exchange_words(one, other, number=0):
    """Context data between two (probe, path), who have heard so many before."""
    for (probe, path), (partner, _path), text in ((one, other, 'to'), (other, one, 'fro')):
        probe.session(path, 'SendContextData', '(s)', text)
        assert partner.wait(SIGNAL + 'ContextDataReceived', number)[1] == (text,)


def exchange(one, other):
    """Context data, a stream and packets."""
    exchange_words(one, other)
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


def inviting(user):
    """A program, and a session that it has made."""
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


# ---- what each kind of program goes through, at each of both users ----

def being_invited(users):
    for inviter, invitee in (users, users[::-1]):
        session, ends = invited_into(inviter, invitee)
        ends[1][0].kill()
        expect_over(session, inviter, invitee)
        ends[0][0].kill()


def inviting_by_name(users):
    for user, friend in (users, users[::-1]):
        probe, path = inviting(user)
        probe.session(path, 'Invite', '(ssa{sv})', friend.address, 'black', {})
        accepted(probe.get(path, 'SessionID'), friend, probe, path)


def having_the_user_choose(users):
    for user, friend in (users, users[::-1]):
        probe, path = inviting(user)
        asking = probe.begin(path, 'InviteWithPicker', '(ssa{sv})', '', 'black', {})
        user.wait('picking')
        assert probe.get(path, 'User') == '', 'it knows already'
        session = probe.get(path, 'SessionID')
        user.ctl('pick', session, friend.address)
        asking.result()
        accepted(session, friend, probe, path)


def run(users, steps):
    for user in users:
        user.wait(f'application={GUID}')
        found = next(one for one in user.ctl('apps') if one['guid'] == GUID)
        assert found['name'] == 'Probe' and found['present'], found
    for step in steps:
        step(users)


def test_a_flatpak():
    install(PROBE)
    with World() as world:
        run(couple(world, PROBE), [being_invited, inviting_by_name, having_the_user_choose])


def test_a_program_of_the_host():
    install()
    with World() as world:
        users = couple(world)
        for user in users:
            user.add_program()
        run(users, [being_invited, inviting_by_name, having_the_user_choose])


# ---- our own programs, each in a sandbox of its own ----

def test_pipe_by_hand():
    """Bob is not asked: the program that waits answers, though it is not in the sandbox of the service."""
    install()
    with World() as world:
        alice, bob = couple(world)
        source, target = world.folder / 'source', world.folder / 'target'
        source.write_bytes(b'by hand\n' * 10000)
        with open(target, 'wb') as writing, open(source, 'rb') as reading:
            receiver = bob.start([*bob.command('beckon-pipe'), '--receive'], stdout=writing)
            sender = alice.start([*alice.command('beckon-pipe'), '--to', bob.address], stdin=reading)
        assert sender.wait(60) == 0 and receiver.wait(60) == 0, (sender.returncode, receiver.returncode)
        assert target.read_bytes() == source.read_bytes()


# ---- what comes and goes while everything runs ----

def come_and_go(users, add, remove):
    with contextlib.ExitStack() as stack:
        watches = [stack.enter_context(user.watch()) for user in users]
        for number in range(2):
            add()
            for watch, user in zip(watches, users):
                next_event(watch, 'app-registered', number)
                assert GUID in [one['guid'] for one in user.ctl('apps')]
            remove()
            for watch, user in zip(watches, users):
                Probe(user).kill()  # as long as it runs, it is there
                next_event(watch, 'app-unregistered', number)
                assert GUID not in [one['guid'] for one in user.ctl('apps')]


def next_event(watch, name, number):
    """The event of that name, about the probe, that many others later."""
    count = iter(range(number + 1))
    watch.until(lambda event: event['event'] == name and event['guid'] == GUID and next(count) == number)


def test_a_flatpak_comes_and_goes():
    install(PROBE)
    uninstall(PROBE)
    with World() as world:
        come_and_go(couple(world, PROBE), lambda: install(PROBE), lambda: uninstall(PROBE))
    install(PROBE)


def test_a_program_of_the_host_comes_and_goes():
    install()
    with World() as world:
        users = couple(world)
        come_and_go(users, lambda: [user.add_program() for user in users],
                    lambda: [user.remove_program() for user in users])


# ---- with windows: the example of the manual ----

def throws(app, other):
    """What Dice says when both have thrown."""
    return app.desk.find('label', lambda name: name.startswith('You threw') and f', {other} threw' in name)


def test_dice():
    install(DICE)
    with World() as world:
        world.open_screen()
        world.expected_warning = 'Unable to retrieve the Flatpak portal version'
        apps = alice, bob = [App(user) for user in couple(world, DICE)]
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.user.wait(f'application={DICE_GUID}')
            assert not app.desk.windows(), 'a window came up to tell what Dice is'
            app.start()
            app.row(name, 'Online')
            app.open(name)
        alice.invite('Dice')
        bob.invitation('Alice invites you to Dice')
        bob.answer('Accept')
        throws(alice, 'Bob')
        throws(bob, 'Alice')
        alice.user.ctl('cancel')
        # The program invites.
        bob.user.bus.call_sync('org.example.Dice', '/org/example/Dice', 'org.gtk.Actions', 'Activate',
                               GLib.Variant('(sava{sv})', ('invite', [], {})), None, Gio.DBusCallFlags.NONE, -1, None)
        frame = bob.desk.window('Dice wants to invite somebody')
        bob.desk.activate('list item', within=bob.desk.find('list', 'Recipients', within=frame), containing='Alice')
        alice.invitation('Bob invites you to Dice')
        alice.answer('Accept')
        for app in apps:
            app.desk.wait(lambda app=app: len(app.desk.all('label', lambda name: name.startswith('You threw'))) == 2,
                          'a second game')
        bob.user.run(['flatpak', 'kill', 'org.example.Dice'])
        alice.last_card('Bob closed Dice.')
        for app in apps:
            app.quit()


if __name__ == '__main__':
    tap.run([test_a_flatpak, test_a_program_of_the_host, test_pipe_by_hand, test_a_flatpak_comes_and_goes,
             test_a_program_of_the_host_comes_and_goes, test_dice])
