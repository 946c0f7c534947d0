#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that do not know Beckon: one side hosts, the other joins, over the channel between two services."""
import contextlib
import os
import random
import re
import signal
import socket

import programs
from programs import (GUID, World, command_line, counters, expect_end, friends, invite, log_of, register,
                      run_both, says, tap, until)
from processes import wait_for_exit
from world import CtlError

SIZE = 3 * 1024 * 1024 + 7


shared = []  # the world that most tests are in, one after the other


@contextlib.contextmanager
def stage():
    """After a test that failed the next one has a new world."""
    if not shared:
        shared.append(World().__enter__())
        friends(shared[0], 'alice', 'bob')
    try:
        yield shared[0]
        for user in shared[0].users:
            for session in user.ctl('sessions'):
                with contextlib.suppress(CtlError):
                    user.ctl('cancel', session['id'])
            until(lambda user=user: not programs.processes(user, str(programs.PEER)), 'no program is left')
    except BaseException as error:
        shared.pop().__exit__(type(error), error, None)
        raise


def hosts(world, host, join, transport, **keys):
    """Two users who have it registered in the same way."""
    alice, bob = world.users
    register((alice, bob), host, join, transport, **keys)
    return alice, bob


def peer_process(user):
    found = programs.processes(user, str(programs.PEER))
    assert len(found) == 1, found
    return found[0]


def check_counters(alice, bob, session, size):
    """What one side has sent the other has received, and it is what the program has sent and a few words more."""
    def settled():
        one, other = counters(alice, session), counters(bob, session)
        return one['bytes_sent'] == other['bytes_received'] and other['bytes_sent'] == one['bytes_received']

    until(settled, 'the counters of both sides agree')
    for user in (alice, bob):
        said = counters(user, session)
        assert size <= said['bytes_sent'] < size + 10000 and size <= said['bytes_received'] < size + 10000, (size, said)


# ---- it works ----

def test_bytes_of_tcp_are_counted_in_both_directions():
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p', f'tcp %h:%p {SIZE}', 'tcp')
        session = run_both(alice, bob)
        says(bob, session, f'bytes came back: {SIZE} the same')
        says(alice, session, 'left')
        check_counters(alice, bob, session, SIZE)
        # Each on its own machine's address of this session, and who hosts is said on both sides.
        places = [command_line(peer_process(user))[4] for user in (alice, bob)]
        assert all(re.fullmatch(r'127\.\d+\.\d+\.\d+:\d+', place) for place in places), places
        assert places[0].split(':')[0] != places[1].split(':')[0], places
        assert [user.session(session)['host'] for user in (alice, bob)] == [alice.address] * 2
        programs.cancel(alice, session)
        says(alice, session, 'told to end')
        says(bob, session, 'told to end')


def test_packets():
    with stage() as world:
        alice, bob = hosts(world, 'udp %h:%p', f'udp %h:%p {SIZE // 10}', 'udp')
        session = run_both(alice, bob)
        says(bob, session, f'packets came back: {SIZE // 10}')
        assert counters(alice, session)['datagrams_received'] > 0


def test_packets_of_a_host_that_listens_everywhere():
    with stage() as world:
        alice, bob = hosts(world, 'udp %h:%p everywhere', 'udp %h:%p 1000', 'udp')
        session = run_both(alice, bob)
        says(bob, session, 'packets came back: 1000')


def test_tcp_and_udp_at_one_port():
    with stage() as world:
        alice, bob = hosts(world, 'both %h:%p', 'both %h:%p 200000', 'tcp+udp')
        session = run_both(alice, bob)
        says(bob, session, 'packets came back: 200000')
        says(bob, session, 'bytes came back: 200000 the same')


def test_socket():
    with stage() as world:
        alice, bob = hosts(world, 'unix %s', f'unix %s {SIZE}', 'unix')
        session = run_both(alice, bob)
        says(bob, session, f'bytes came back: {SIZE} the same')
        check_counters(alice, bob, session, SIZE)
        path = command_line(peer_process(bob))[4]
        assert path.startswith('/') and os.stat(path).st_uid == os.getuid(), path
        programs.cancel(bob, session)
        until(lambda: not os.path.exists(path), 'the socket is gone')


def test_socket_that_serves_the_first_one_alone():
    with stage() as world:
        alice, bob = hosts(world, 'unix %s once', 'unix %s 1000', 'unix')
        session = invite(alice, bob)
        bob.ctl('accept', session)
        expect_end(session, 'ended', alice, bob)
        says(bob, session, 'bytes came back: 1000 the same')


def test_the_invited_side_hosts():
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp', Host='invitee')
        session = run_both(alice, bob)
        says(alice, session, 'bytes came back: 1000 the same')
        assert [user.session(session)['host'] for user in (alice, bob)] == [bob.address] * 2


def test_fixed_port():
    with stage() as world:
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        alice, bob = hosts(world, f'tcp %h:{port}', f'tcp %h:{port} 1000', 'tcp', Port=port)
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back: 1000 the same')


def test_trial():
    with stage() as world:
        alice, _bob = hosts(world, 'tcp %h:%p', f'tcp %h:%p {SIZE}', 'tcp')
        alice.ctl('apps', 'try', GUID)
        until(lambda: [pid for pid in programs.processes(alice, str(programs.PEER))
                       if command_line(pid)[2] == 'join'], 'both run')
        session = next(s['id'] for s in alice.ctl('sessions') if s['state'] == 'connected')
        until(lambda: f'bytes came back: {SIZE} the same' in trial_logs(alice, session), 'the bytes came back')


def trial_logs(user, session):
    """Of both sides."""
    name = session.strip('{}').replace('-', '').lower()
    return '\n'.join(path.read_text(encoding='utf-8', errors='replace')
                     for path in (user.folder / 'state').rglob(f'{name}*.log'))


# ---- the end ----

def check_end(alice, bob, session, result, words):
    expect_end(session, result, alice, bob)
    for user, text in words.items():
        assert user.session(session)['result_text'] == text, user.session(session)


def test_the_host_ends():
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p once', 'tcp %h:%p 1000', 'tcp')
        session = invite(alice, bob)
        bob.ctl('accept', session)
        check_end(alice, bob, session, 'ended', {alice: 'Test was closed.', bob: 'Alice closed Test.'})
        says(bob, session, 'told to end')


def test_the_joiner_ends():
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp')
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back')
        os.kill(peer_process(bob), signal.SIGTERM)
        check_end(alice, bob, session, 'ended', {alice: 'Bob closed Test.', bob: 'Test was closed.'})
        says(alice, session, 'told to end')


def test_the_joiner_is_killed():
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp')
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back')
        host = peer_process(alice)
        os.kill(peer_process(bob), signal.SIGKILL)
        expect_end(session, 'application-failed', alice, bob)
        wait_for_exit(host)


# ---- it does not come about ----

def check_failure(world, host, words, **keys):
    alice, bob = hosts(world, host, 'tcp %h:%p 1000', 'tcp', **keys)
    session = invite(alice, bob)
    bob.ctl('accept', session)
    expect_end(session, 'application-launch-failed', alice, bob)
    for user in (alice, bob):
        text = user.session(session)['result_text']
        assert all(word in text for word in words), (user.label, text)
    assert log_of(bob, session) == '' and programs.processes(bob, str(programs.PEER)) == []
    return alice, bob


def free_port(kind):
    """Below those which the system gives to everybody who only sends."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(('127.0.0.1', port))
            return port


def test_ports_that_are_not_carried():
    udp, tcp = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    with stage() as world:
        check_failure(world, f'tcp %h:%p open={udp}/udp', ['Test', f'port {udp} (UDP)', 'not in its registration'])
    with stage() as world:
        check_failure(world, f'tcp %h:%p open={tcp}/tcp', ['Test', f'port {tcp} (TCP)', 'not in its registration'])


def test_ports_that_are_ignored():
    udp, tcp = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    with stage() as world:
        alice, bob = hosts(world, f'tcp %h:%p open={udp}/udp open={tcp}/tcp', 'tcp %h:%p 1000', 'tcp',
                           IgnorePorts=f'{udp}/udp;{tcp}/tcp')
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back: 1000 the same')
        says(alice, session, 'listening with 2 more')


def test_the_host_ends_before_it_listens():
    with stage() as world:
        check_failure(world, 'tcp %h:%p early', ['ended before'])
    with stage() as world:
        check_failure(world, 'tcp %h:%p fail', ['3'])


def test_other_registration_on_the_other_side():
    with stage() as world:
        alice, bob = world.users
        register([alice], 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp')
        register([bob], 'udp %h:%p', 'udp %h:%p 1000', 'udp')
        session = invite(alice, bob)
        assert 'different registrations' in bob.refused('accept', session).text
        expect_end(session, 'application-launch-failed', alice, bob)
        assert 'different registrations' in alice.session(session)['result_text']


def test_registered_while_the_other_side_waits():
    with World() as world:
        alice, bob = friends(world, 'alice', 'bob')
        register([alice], 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp', URL='https://example.org/test')
        session = invite(alice, bob)
        with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
            bob.ctl('accept', session)
            one.until_event('app-not-present')
            register([bob], 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp', URL='https://example.org/test')
            for watch in (one, other):
                watch.until_note('program launched', 60)
        says(bob, session, 'bytes came back: 1000 the same')


# ---- what others may not ----

STRANGER = '''
import os, socket, sys
os.setgid(65534); os.setuid(65534)
try:
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
    s.sendall(b'let me in')
    print('read', s.recv(100))
except (ConnectionResetError, BrokenPipeError):
    print('read', b'')
'''


def test_another_user_is_refused():
    if os.geteuid() != 0:
        raise tap.Skip('another user can be tried by root alone')
    with stage() as world:
        alice, bob = hosts(world, 'tcp %h:%p', 'tcp %h:%p 1000', 'tcp')
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back')
        address, port = command_line(peer_process(bob))[4].split(':')
        done = bob.run(['/usr/bin/python3', '-c', STRANGER, address, port], timeout=60)
        assert done.returncode == 0 and done.stdout.strip() == "read b''", (done.stdout, done.stderr)
        assert log_of(alice, session).count('joined') == 1, log_of(alice, session)
        assert alice.session(session)['state'] == 'connected'
        assert 'program of another user' in bob.log.read_text(encoding='utf-8', errors='replace')


def test_nothing_else_went_wrong():
    if shared:
        shared.pop().__exit__(None, None, None)


def test_names_mean_nothing_to_programs():
    with World() as world:
        alice, bob = friends(world, 'alice', 'bob', display_name='--help; $(touch x) %p')
        register((alice, bob), 'tcp %h:%p', 'tcp %h:%p 1000 %n --of=%m', 'tcp')
        session = run_both(alice, bob)
        says(bob, session, 'bytes came back: 1000 the same')
        words = command_line(peer_process(bob))[6:]
        assert words == ['help touch x p', '--of=help touch x p'], words


if __name__ == '__main__':
    tap.run([
        test_bytes_of_tcp_are_counted_in_both_directions,
        test_packets,
        test_packets_of_a_host_that_listens_everywhere,
        test_tcp_and_udp_at_one_port,
        test_socket,
        test_socket_that_serves_the_first_one_alone,
        test_the_invited_side_hosts,
        test_fixed_port,
        test_trial,
        test_the_host_ends,
        test_the_joiner_ends,
        test_the_joiner_is_killed,
        test_ports_that_are_not_carried,
        test_ports_that_are_ignored,
        test_the_host_ends_before_it_listens,
        test_other_registration_on_the_other_side,
        test_another_user_is_refused,
        test_nothing_else_went_wrong,  # from here on each has a world of its own
        test_registered_while_the_other_side_waits,
        test_names_mean_nothing_to_programs,
    ])
