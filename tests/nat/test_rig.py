#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of the other tests here prove themselves: each NAT does what is said of it, the counters count, and the
relay with the configuration for operators relays to the internet and to nothing else."""
import contextlib
import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import sandbox  # noqa: E402

sandbox.enter()

import nets  # noqa: E402
from cases import tap  # noqa: E402
from nets import BLOCKED, CONE, IPV6, PORT, PUBLIC, SYMMETRIC, Internet, Router  # noqa: E402
from processes import adopt_orphans, end_all  # noqa: E402
from relay import ACCOUNT, Relay  # noqa: E402

QUIET = 0.3  # seconds in which a packet on cables without delay would have come


@contextlib.contextmanager
def networks():
    adopt_orphans()
    try:
        yield Internet()
    finally:
        end_all()


def hear(made, seconds=5):
    """The next packet and where it seems to come from; None for silence."""
    made.settimeout(seconds)
    try:
        data, sender = made.recvfrom(2048)
    except TimeoutError:
        return None
    return data, sender[:2]


def greet(node):
    """Makes the node and its router know each other, so that no packet has to wait for that."""
    for family, address in ((socket.AF_INET, node.ipv4), (socket.AF_INET6, node.ipv6)):
        made = node.udp(address, 0, family)
        made.connect((address[:-1] + '1', 9))
        made.send(b'nobody there?')
        try:
            raise AssertionError(f'{made.recv(9)} came from a port that nobody has')
        except ConnectionRefusedError:
            made.close()


def mapped(inner, outer):
    """As what a socket behind a NAT appears to a server."""
    inner.sendto(b'who am I', outer.getsockname()[:2])
    return hear(outer)[1]


def sees(kind):
    """What the NAT does, in three words: whether the port is kept for another destination, who gets in before he was
    spoken to."""
    with networks() as internet:
        one, two = internet.server('one'), internet.server('two')
        greet(one)
        greet(two)
        host = internet.host('host', kind)
        first, other_port, second = one.udp(one.ipv4, 7001), one.udp(one.ipv4, 7002), two.udp(two.ipv4, 7001)
        inner = host.udp(port=40000)
        place = mapped(inner, first)
        other_port.sendto(b'other port', place)
        by_port = hear(inner, QUIET) is not None
        second.sendto(b'other address', place)
        by_address = hear(inner, QUIET) is not None
        kept = mapped(inner, second) == place and mapped(inner, other_port) == place
        first.sendto(b'answer', place)
        assert hear(inner) is not None, 'no answer comes in'
        return kept, by_port, by_address


def test_full_cone():
    assert sees(CONE) == (True, True, True)


def test_port_restricted():
    assert sees(PORT) == (True, False, False)


def test_symmetric():
    assert sees(SYMMETRIC) == (False, False, False)


def test_no_nat():
    assert sees(PUBLIC) == (True, True, True)


def test_early_packet():
    """A packet that comes before the host has sent one does not cost the host its port."""
    with networks() as internet:
        peer = internet.server('peer')
        host = internet.host('host', PORT)
        outer, inner = peer.udp(peer.ipv4, 40000), host.udp(port=40000)
        wan = next(address for address in host.addresses if address.startswith('11.'))
        outer.sendto(b'too early', (wan, 40000))
        assert hear(inner, QUIET) is None
        assert mapped(inner, outer) == (wan, 40000)


def test_blocked():
    with networks() as internet:
        server = internet.server('server')
        host = internet.host('host', BLOCKED)
        outer, inner = server.udp(server.ipv4, 7001), host.udp()
        inner.sendto(b'nobody hears', (server.ipv4, 7001))
        assert hear(outer, QUIET) is None
        expect_tcp(host, server, server.ipv4, socket.AF_INET)


def expect_tcp(host, server, address, family):
    with server.inside():
        listener = socket.create_server((address, 7001), family=family)
    with host.inside():
        client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(5)
    client.connect((address, 7001))
    accepted, _where = listener.accept()
    accepted.sendall(b'hello')
    assert client.recv(5) == b'hello'


def test_ipv6():
    with networks() as internet:
        server = internet.server('server')
        greet(server)
        host = internet.host('host', IPV6)
        family = socket.AF_INET6
        outer, stranger = server.udp(server.ipv6, 7001, family), server.udp(server.ipv6, 7002, family)
        inner = host.udp(port=40000, family=family)
        inner.sendto(b'who am I', (server.ipv6, 7001))
        data, place = hear(outer)
        assert place[0] in host.addresses and place[1] == 40000, place
        stranger.sendto(b'who are you', place)
        assert hear(inner, QUIET) is None
        outer.sendto(data, place)
        assert hear(inner) is not None
        expect_tcp(host, server, server.ipv6, family)
        with host.inside(), contextlib.suppress(OSError):
            probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            probe.sendto(b'no', (server.ipv4, 7001))
            raise AssertionError('a host with IPv6 only reached an IPv4 address')


def test_one_nat_for_two():
    with networks() as internet:
        router = Router(internet, PORT)
        one, two = nets.Host('one', PORT), nets.Host('two', PORT)
        first = router.connect(one)
        second = router.connect(two)
        ours, theirs = one.udp(first, 40000), two.udp(second, 40000)
        ours.sendto(b'neighbour', (second, 40000))
        assert hear(theirs) == (b'neighbour', (first, 40000))
        # The far side of its own router is no way back in: as with most that one can buy.
        ours.sendto(b'hairpin', (router.address, 40000))
        assert hear(theirs, QUIET) is None


def test_two_networks():
    with networks() as internet:
        server = internet.server('server')
        host = nets.Host('host', PORT)
        wired, wireless = Router(internet, PORT), Router(internet, PORT)
        wired.connect(host, 'lan0', 100)
        wireless.connect(host, 'lan1', 200)
        outer = server.udp(server.ipv4, 7001)
        assert mapped(host.udp(), outer)[0] == wired.address
        host.ip('link set lan0 down')
        assert mapped(host.udp(), outer)[0] == wireless.address


def test_counters():
    with networks() as internet:
        server = internet.server('server')
        for kind, address, family in ((PORT, server.ipv4, socket.AF_INET), (IPV6, server.ipv6, socket.AF_INET6)):
            host = internet.host('host', kind)
            outer, inner = server.udp(address, 7001, family), host.udp(family=family)
            inner.sendto(bytes(1000), (address, 7001))
            _data, place = hear(outer)
            outer.sendto(bytes(500), place)
            assert hear(inner) is not None
            headers = 48 if family == socket.AF_INET6 else 28
            assert host.traffic('out') == {(address, 'udp', 7001): 1000 + headers}, host.traffic('out')
            assert host.traffic('in') == {(address, 'udp', 7001): 500 + headers}, host.traffic('in')
            host.reset()
            assert host.traffic('out') == {} == host.traffic('in')
            outer.close()


# ---- the relay ----

@contextlib.contextmanager
def relay():
    with networks() as internet, tempfile.TemporaryDirectory(prefix='beckon-nat-') as folder:
        made = Relay(internet.server('turn'), pathlib.Path(folder))
        made.start()
        yield internet, made


def test_relay():
    with relay() as (internet, turn):
        peer = internet.server('peer')
        outer = peer.udp(peer.ipv4, 7001)
        for kind, options in ((SYMMETRIC, ()), (BLOCKED, ('-t',))):
            said = turn.try_client(internet.host('host', kind), peer.ipv4, 7001, *options)
            sent = hear(outer)
            assert sent is not None and sent[1][0] == turn.node.ipv4, (sent, said)
        assert ACCOUNT in turn.log_text()


def test_relay_refuses_strangers():
    with relay() as (internet, turn):
        host, peer = internet.host('host', PORT), internet.server('peer')
        outer = peer.udp(peer.ipv4, 7001)
        for credentials in (turn.credentials(secret='another'), turn.credentials(ttl=-60)):
            said = turn.try_client(host, peer.ipv4, 7001, credentials=credentials)
            assert 'Cannot complete Allocation' in said, said
        assert hear(outer, QUIET) is None


def test_relay_is_no_door():
    """Addresses that only machines of the operator can reach: those of the machine itself, a private network beside
    it, and whatever an IPv6 address can hide."""
    with relay() as (internet, turn):
        host = internet.host('host', PORT)
        inner = nets.Node('inner', ipv6=True)
        nets.join(turn.node, 'inner', inner, 'eth0')
        for node, last in ((turn.node, 1), (inner, 2)):
            device = 'inner' if node is turn.node else 'eth0'
            for network in ('10.1.2', '172.20.1', '192.168.77', '169.254.169', '100.64.3'):
                node.ip(f'addr add {network}.{last}/24 dev {device}')
        for network in ('10.1.2', '172.20.1', '192.168.77', '169.254.169', '100.64.3'):
            victim = inner.udp(f'{network}.2', 7001)
            said = turn.try_client(host, f'{network}.2', 7001)
            assert '403' in said, said
            assert hear(victim, QUIET) is None
        for address in ('127.0.0.1', '224.0.0.251', '255.255.255.255', '0.0.0.0'):
            said = turn.try_client(host, address, 7001)
            assert '403' in said, (address, said)
        for address in ('::1', '::ffff:10.1.2.2', 'fd00::2', 'fe80::1', '64:ff9b::a01:202', 'ff02::1'):
            said = turn.try_client(host, address, 7001, '-x')
            assert '403' in said, (address, said)


if __name__ == '__main__':
    tap.run([test_full_cone, test_port_restricted, test_symmetric, test_no_nat, test_early_packet, test_blocked,
             test_ipv6, test_one_nat_for_two, test_two_networks, test_counters, test_relay,
             test_relay_refuses_strangers, test_relay_is_no_door])
