#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams and packets between two services on this machine: descriptors over the bus, a real channel between them."""
import contextlib
import os
import pathlib
import resource
import signal
import socket
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ROOT, SERVICE, SESSIONS, SLOWNESS, refused, wait
from channel import (CONNECTED, DIRECT, LOST, NONE, RELAY, connect, open_both, program, read, read_end, read_some, when,
                     write)
from pair import ALICE, BOB, Pair, Shared
from proxy import proxy

UNKNOWN, NEW, KNOWN, CHANGED = range(4)
SERVICE_RESTARTED = 17
STREAMS, FLOWS = 256, 64
RESERVED = 128  # descriptors that streams are not given


def end(pair, one, two):
    pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=one)
    for ui, path in zip(pair.ui, (one, two)):
        ui.wait_signal('Termination', path)


# ---- streams ----

def test_a_stream_both_ways():
    pair = Shared.get()
    one, two = connect(pair)
    a, b = open_both(pair, 'talk', one, two)
    assert a.type == socket.SOCK_STREAM and not a.get_inheritable()
    write(a, b'hello')
    assert read(b, 5) == b'hello'
    write(b, b'and back')
    assert read(a, 8) == b'and back'
    # Each direction ends by itself.
    a.shutdown(socket.SHUT_WR)
    assert read_end(b) == b''
    write(b, b'still')
    assert read(a, 5) == b'still'
    b.close()
    assert read_end(a) == b''
    a.close()
    end(pair, one, two)


def test_more_than_any_buffer():
    pair = Shared.get()
    one, two = connect(pair)
    a, b = open_both(pair, '', one, two)
    data = bytes(range(256)) * 4096 * 8  # 8 MiB
    got, sent = bytearray(), 0
    while len(got) < len(data):
        try:
            sent += a.send(data[sent:sent + 65536]) if sent < len(data) else 0
        except BlockingIOError:
            pass
        try:
            got += b.recv(65536)
        except BlockingIOError:
            when(b, GLib.IOCondition.IN, 'data')
    assert got == data
    a.close()
    assert read_end(b) == b''
    end(pair, one, two)


def test_joined_by_name_in_order():
    pair = Shared.get()
    one, two = connect(pair)
    alice, bob = pair.ui
    # bob opens first, and before alice has: what he writes waits.
    early = [bob.open_socket('OpenStream', name, two) for name in ('x', 'x', 'y')]
    for number, stream in enumerate(early):
        write(stream, b'from bob %d' % number)
    alice.wait_signal('StreamOffered', one, lambda a: a == ('y', False))
    wait(lambda: alice.get('Session1', 'OfferedStreams', one) == ['x', 'x', 'y'], 'three offers')
    assert alice.get('Session1', 'OfferedDatagrams', one) == []
    late = [alice.open_socket('OpenStream', name, one) for name in ('y', 'x', 'x')]
    assert [read(stream, 10) for stream in late] == [b'from bob 2', b'from bob 0', b'from bob 1']
    assert alice.get('Session1', 'OfferedStreams', one) == [] == bob.get('Session1', 'OfferedStreams', two)
    write(late[0], b'to y')
    assert read(early[2], 4) == b'to y'
    # And the other way round.
    first = alice.open_socket('OpenStream', 'z', one)
    write(first, b'from alice')
    bob.wait_signal('StreamOffered', two, lambda a: a == ('z', False))
    second = bob.open_socket('OpenStream', 'z', two)
    assert read(second, 10) == b'from alice'
    # The state of offers is told to whoever watches.
    assert bob.wait_signal('Changed', two, lambda c: c.get('OfferedStreams') == ['z'])
    bob.wait_signal('Changed', two, lambda c: c.get('OfferedStreams') == [])
    end(pair, one, two)


def test_offers_that_nobody_takes():
    """What the other side opens, and nobody here wants, is told up to a limit: programs are not buried under it."""
    pair = Shared.get()
    one, two = connect(pair)
    alice, bob = pair.ui
    for number in range(STREAMS + FLOWS + 20):
        alice.open_socket('OpenStream', f's{number}', one).close()
    wait(lambda: len(bob.get('Session1', 'OfferedStreams', two)) == STREAMS + FLOWS, 'as many offers as there can be')
    last = alice.open_socket('OpenStream', 'last', one)
    write(last, b'there')
    assert read(bob.open_socket('OpenStream', 'last', two), 5) == b'there'  # it comes all the same
    assert len(bob.get('Session1', 'OfferedStreams', two)) == STREAMS + FLOWS
    assert len([s for s in bob.signals if s[:2] == (two, 'StreamOffered')]) == STREAMS + FLOWS
    end(pair, one, two)


# ---- packets ----

def say(socket_from, socket_to, data):
    """Sends until it arrives: packets may be lost, and are until the other side is ready."""
    def again():
        try:
            socket_from.send(data)
        except BlockingIOError:
            pass
        return True
    again()
    timer = GLib.timeout_add(100, again)
    try:
        while (got := read_some(socket_to, 70000)) != data:
            assert got, 'it ended'
    finally:
        GLib.source_remove(timer)


def test_packets():
    pair = Shared.get()
    one, two = connect(pair)
    a, b = open_both(pair, 'moves', one, two, 'OpenDatagram')
    assert a.type == socket.SOCK_SEQPACKET and not a.get_inheritable()
    say(a, b, b'one')
    say(b, a, b'two')
    for size in (1, 1100, 1101, 65507):
        say(a, b, b'%c' % (size % 251) * size)
    # Streams and packets of one name are two things, and so are two ways for packets.
    c, d = open_both(pair, 'moves', one, two)
    write(c, b'stream')
    assert read(d, 6) == b'stream'
    channel = pair.ui[0].call('Session1', 'GetChannel', path=one)
    assert channel['path'] in (DIRECT, RELAY) and channel['datagrams-sent'] >= 5, channel
    assert channel['bytes-sent'] > 65507 and channel['streams'] >= 1
    assert channel['local'] in ('host', 'srflx', 'prflx', 'relay') and channel['network'], channel
    end(pair, one, two)


# ---- who the other one is ----

def test_identity():
    with Pair() as pair:
        one, two = connect(pair)
        numbers = [ui.get('Session1', 'SafetyNumber', path) for ui, path in zip(pair.ui, (one, two))]
        # They can be compared later, too, and by who was there alone.
        known = lambda side, who: pair.ui[side].call('Account1', 'ListSafetyNumbers', '(s)', who,
                                                     path=pair.accounts[side])
        assert known(0, BOB) == numbers[:1] and known(1, ALICE) == numbers[:1], (known(0, BOB), numbers)
        assert known(0, ALICE) == known(0, 'carol@localhost') == []
        assert numbers[0] == numbers[1] and len(numbers[0].replace(' ', '')) == 60, numbers
        assert [ui.get('Session1', 'Identity', path) for ui, path in zip(pair.ui, (one, two))] == [NEW, NEW]
        # A program may see it, and not say it.
        app = program(pair.buses[1], two, pair.ui[1])
        assert app.get('Session1', 'SafetyNumber', two, SESSIONS) == numbers[0]
        assert app.get('Session1', 'Identity', two, SESSIONS) == NEW
        refused('AccessDenied', app.call, 'Session1', 'TrustIdentity', path=two, door=SESSIONS)
        pair.ui[1].call('Session1', 'TrustIdentity', path=two)
        end(pair, one, two)
        assert known(0, BOB) == known(1, ALICE) == numbers[:1]
        one, two = connect(pair)
        assert [ui.get('Session1', 'Identity', path) for ui, path in zip(pair.ui, (one, two))] == [KNOWN, KNOWN]
        assert pair.ui[0].get('Session1', 'SafetyNumber', one) == numbers[0]


# ---- the doors ----

def test_programs():
    """The program that holds the session opens streams; others get nothing, and who is not attached only answers."""
    pair = Shared.get()
    one, two = connect(pair)
    alice, bob = pair.ui
    early = alice.open_socket('OpenStream', 'before', one)
    bob.wait_signal('StreamOffered', two)
    app = program(pair.buses[1], two, bob)
    assert app.get('Session1', 'OfferedStreams', two, SESSIONS) == ['before']
    assert app.get('Session1', 'Host', two, SESSIONS) == ''  # both know Beckon
    other = pair.buses[1].client()
    other.attach(SESSIONS)
    for method in ('OpenStream', 'OpenDatagram'):
        refused('NotFound', other.open_socket, method, 'before', two, SESSIONS)
    stream = app.open_socket('OpenStream', 'before', two, SESSIONS)
    write(early, b'to the program')
    assert read(stream, 14) == b'to the program'
    alice.open_socket('OpenDatagram', 'later', one)
    app.wait_signal('StreamOffered', two, lambda a: a == ('later', True))
    other.ping(SESSIONS)
    assert not [s for s in other.signals if s[1] in ('StreamOffered', 'Changed')]
    assert app.get('Session1', 'OfferedDatagrams', two, SESSIONS) == ['later']
    # Without Attach: answers, nothing else.
    silent = pair.buses[1].client(name=False)
    socket_ = silent.open_socket('OpenStream', 'silent', two)
    write(socket_, b'x')
    assert read(alice.open_socket('OpenStream', 'silent', one), 1) == b'x'
    assert not silent.signals
    end(pair, one, two)


def test_refused():
    pair = Shared.get()
    alice = pair.ui[0]
    one = pair.invite()
    for method in ('OpenStream', 'OpenDatagram'):
        refused('SessionStateInvalid', alice.open_socket, method, '', one)
    assert alice.call('Session1', 'GetChannel', path=one)['path'] == NONE
    refused('SessionStateInvalid', alice.call, 'Session1', 'TrustIdentity', path=one)
    alice.call('Session1', 'Cancel', '(us)', 0, '', path=one)
    alice.wait_signal('Termination', one)
    refused('SessionStateInvalid', alice.open_socket, 'OpenStream', '', one)
    one, two = connect(pair)
    for method in ('OpenStream', 'OpenDatagram'):
        for name in ('x' * 65, 'ä' * 33, 'two\nlines', '\x1b[2J', 'tab\t'):
            refused('InvalidArgument', alice.open_socket, method, name, one)
        alice.open_socket(method, 'ä' * 32, one).close()
        refused('NotFound', alice.open_socket, method, '', f'{ROOT}/Session/4000000')
    end(pair, one, two)


def test_no_more_than_so_many():
    pair = Shared.get()
    one, two = connect(pair)
    alice = pair.ui[0]
    held = [alice.open_socket('OpenStream', f'{number}', one) for number in range(STREAMS)]
    refused('LimitExceeded', alice.open_socket, 'OpenStream', 'more', one)
    packets = [alice.open_socket('OpenDatagram', f'{number}', one) for number in range(FLOWS)]
    refused('LimitExceeded', alice.open_socket, 'OpenDatagram', 'more', one)
    assert len(set(fd.fileno() for fd in held + packets)) == STREAMS + FLOWS
    end(pair, one, two)
    for fd in held + packets:
        assert read_end(fd) == b''
        fd.close()


def test_one_program_cannot_have_everything():
    pair = Shared.get()
    sessions = [connect(pair) for _ in range(3)]
    app = None
    for _one, two in sessions:
        app = program(pair.buses[1], two, pair.ui[1], app)
    held = [app.open_socket('OpenStream', f'{number}', two, SESSIONS)
            for _one, two in sessions[:2] for number in range(STREAMS)]
    refused('LimitExceeded', app.open_socket, 'OpenStream', '', sessions[2][1], SESSIONS)
    # The user's own programs still can, and so can it when it lets go.
    pair.ui[1].open_socket('OpenStream', 'mine', sessions[2][1]).close()
    for one, two in sessions[:1]:
        end(pair, one, two)
    app.open_socket('OpenStream', '', sessions[2][1], SESSIONS).close()
    for one, two in sessions[1:]:
        end(pair, one, two)
    for fd in held:
        fd.close()


def test_descriptors_run_out():
    with Pair() as pair:
        one, two = connect(pair)
        process, held = pair.services[0], []
        few = descriptors(process) + RESERVED + 10
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (few, few))

        def open_all():
            while len(held) < STREAMS:
                held.append(pair.ui[0].open_socket('OpenStream', '', one))
        refused('LimitExceeded', open_all)
        assert 1 <= len(held) < 20, len(held)
        # Everything else goes on.
        other = pair.buses[0].client()
        other.attach()
        program(pair.buses[1], two, pair.ui[1]).get_all('Session1', two, SESSIONS)
        pair.ui[0].call('Session1', 'SendContextData', '(s)', 'still there', path=one)
        assert pair.ui[1].wait_signal('ContextDataReceived', two)[2] == ('still there',)
        for fd in held:
            fd.close()


def descriptors(process):
    return len(list(pathlib.Path(f'/proc/{process.pid}/fd').iterdir()))


def memory(process):
    return int(pathlib.Path(f'/proc/{process.pid}/statm').read_text().split()[1]) * 4096


def test_sessions_leave_nothing_behind():
    pair = Shared.get()

    def one_session():
        one, two = connect(pair)
        a, b = open_both(pair, 'x', one, two)
        c, d = open_both(pair, 'x', one, two, 'OpenDatagram')
        write(a, b'x' * 100000)
        assert read(b, 100000) == b'x' * 100000
        end(pair, one, two)
        for fd in (a, b, c, d):
            read_end(fd)
            fd.close()
        for bus in pair.buses:  # they were told, and left alone
            for pid in bus.programs():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    for _ in range(3):
        one_session()
    before = [(descriptors(process), memory(process)) for process in pair.services]
    for _ in range(20):
        one_session()
    for process, (fds, size) in zip(pair.services, before):
        wait(lambda p=process, n=fds: pair.ui[0].ping(SERVICE) or descriptors(p) <= n + 2, 'descriptors to go', 30)
        assert memory(process) < size + 20 * 2 ** 20 * SLOWNESS, (size, memory(process))


# ---- when something breaks ----

def test_without_the_server():
    """What the programs say to each other, and the end, goes over the channel."""
    with Pair() as pair:
        one, two = connect(pair)
        a, b = open_both(pair, 'x', one, two)
        pair.server.terminate()
        pair.server.wait()
        for ui, account in zip(pair.ui, pair.accounts):
            wait(lambda u=ui, p=account: u.get('Account1', 'State', p) != 'online', 'the connection to go')
        app = program(pair.buses[1], two, pair.ui[1])
        app.get_all('Session1', two, SESSIONS)
        pair.ui[0].call('Session1', 'SendContextData', '(s)', 'without a server', path=one)
        assert pair.ui[1].wait_signal('ContextDataReceived', two)[2] == ('without a server',)
        write(a, b'me too')
        assert read(b, 6) == b'me too'
        write(b, b'the last word')
        b.close()
        pair.ui[1].call('Session1', 'Cancel', '(us)', 0, 'bye', path=two)
        assert pair.ui[0].wait_signal('Termination', one)[2][1] == 'bye'
        assert read_end(a) == b'the last word'


def test_one_service_is_killed():
    with Pair() as pair:
        one, two = connect(pair)
        _a, _b = open_both(pair, 'x', one, two)
        pair.wait_entry(1, 0, two)
        pair.buses[1].kill(pair.services[1])
        pair.ui[0].wait_signal('Changed', one, lambda c: c.get('ChannelPath') == LOST)
        assert pair.ui[0].get('Session1', 'State', one) == CONNECTED
        assert pair.ui[0].get('Session1', 'ChannelReason', one)
        # The next one knows nothing of the session any more, and says so.
        pair.buses[1].start(backend='native')
        assert pair.ui[0].wait_signal('Termination', one, seconds=40)[2][0] == SERVICE_RESTARTED


def test_through_sandboxes():
    """The service behind a proxy, and a program behind another."""
    class Boxed(Pair):
        def start_service(self, bus):
            return bus.start(*self.options, backend='native', address=proxy(bus, 'service', '--own=im.beckon.Beckon.*'))

    with Boxed() as pair:
        one, two = connect(pair)
        wait(lambda: pair.ui[1].get('Session1', 'Log', two), 'the launch')
        inside = proxy(pair.buses[1], 'app', f'--talk={SESSIONS}', '--own=im.beckon.Beckon.Peer.Test')
        app = pair.buses[1].client(address=inside, name=False)
        app.bus('RequestName', '(su)', 'im.beckon.Beckon.Peer.Test', 4)
        app = program(pair.buses[1], two, pair.ui[1], app)
        a = pair.ui[0].open_socket('OpenStream', 'boxed', one)
        app.wait_signal('StreamOffered', two, lambda x: x == ('boxed', False))
        b = app.open_socket('OpenStream', 'boxed', two, SESSIONS)
        write(b, b'out of the box')
        assert read(a, 14) == b'out of the box'
        end(pair, one, two)


def test_the_services_end_well():
    Shared.close()


if __name__ == '__main__':
    try:
        tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
    finally:
        Shared.close(*sys.exc_info())
