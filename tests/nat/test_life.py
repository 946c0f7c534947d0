#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a channel lives through, and what it does not: loss, flaps, other addresses, death on either side, sleep, the
end of the relay, the end of the messenger's connection. The programs' streams are the same ones all the time."""
import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import sandbox  # noqa: E402

sandbox.enter()

from gi.repository import GLib  # noqa: E402

from cases import tap  # noqa: E402
from natworld import SESSION, NatWorld  # noqa: E402
from nets import PORT, SYMMETRIC, Host, Internet, Router  # noqa: E402
from processes import PATIENCE  # noqa: E402
from relay import Relay  # noqa: E402
from steps import DIRECT, RELAY, carry, connect, exchange, wait_path  # noqa: E402

SILENT = 8  # seconds after which a channel counts as lost
SEEN = (SILENT + 7) * PATIENCE  # in which it has to be known: the rest is for machines that have much to do
GIVEN_UP = 30 * PATIENCE  # for which a lost one is looked for


class Pair:
    """Two users with a channel, each behind a NAT of the kind."""

    def __init__(self, stack, kind):
        internet = Internet()
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='beckon-nat-')))
        self.relay = Relay(internet.server('turn'), folder)
        self.relay.start()
        self.internet = internet
        self.routers, users = [], []
        self.world = stack.enter_context(NatWorld(internet.server('server'), self.relay))
        for name in ('alice', 'bob'):
            host, router = Host(name, kind), Router(internet, kind)
            router.connect(host)
            self.routers.append(router)
            users.append(self.world.user(name, host))
        self.alice, self.bob = users
        self.alice.befriend(self.bob)
        self.session = connect(self.alice, self.bob)
        self.one, self.other = exchange(self.alice, self.bob, self.session)
        for made in (self.one, self.other):
            made.settimeout(GIVEN_UP)

    def both_ways(self, size=100_000):
        """The streams that were open all the time still carry."""
        carry(self.one, self.other, size)
        carry(self.other, self.one, size)


@contextlib.contextmanager
def pair(kind=PORT):
    with contextlib.ExitStack() as stack:
        yield Pair(stack, kind)


def test_loss():
    with pair() as two:
        for router in two.routers:
            router.node.nft('insert rule inet filter forward meta l4proto udp numgen random mod 100 < 2 drop\n')
        two.both_ways(4_000_000)
        channel = two.alice.ctl('session', 'channel', two.session)
        assert channel['path'] == DIRECT and channel['packets_lost'] > 0, channel


def test_flap():
    """Three seconds without a link are no news to anybody."""
    with pair() as two, two.alice.watch('--session', two.session) as watch:
        router = two.routers[0].node
        router.ip('link set wan down')
        two.one.sendall(b'while it is down')
        time.sleep(3)
        router.ip('link set wan up')
        router.ip(f'route add default via 11.0.{two.routers[0].number}.1')
        assert two.other.recv(100) == b'while it is down'
        two.both_ways()
        assert two.alice.ctl('session', 'channel', two.session)['path'] == DIRECT
        assert not [event for event in watch.events if event['event'] == 'ended']


def test_other_address():
    """The machine gets another address in the same network."""
    with pair() as two:
        host, router = two.alice.host, two.routers[0]
        host.ip('addr flush dev lan0')
        host.ip(f'addr add 192.168.{router.number}.77/24 dev lan0')
        host.ip(f'route add default via 192.168.{router.number}.1')
        two.one.sendall(b'from elsewhere')
        assert two.other.recv(100) == b'from elsewhere'
        two.both_ways()
        assert wait_path(two.alice, two.session, DIRECT)['path'] == DIRECT


def test_other_network():
    """From the cable to wireless, behind another NAT."""
    with pair() as two:
        host = two.alice.host
        Router(two.internet, PORT).connect(host, 'lan1', 200)
        host.ip('link set lan0 down')
        two.one.sendall(b'from elsewhere')
        assert two.other.recv(100) == b'from elsewhere'
        two.both_ways()
        wait_path(two.bob, two.session, DIRECT)


def test_other_side_killed():
    with pair() as two:
        pid = two.bob.service_pid()
        with two.alice.watch('--session', two.session) as watch:
            start = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            watch.until(lambda event: event['event'] in ('channel', 'ended'), 2 * SEEN)
            took = time.monotonic() - start
            print(f'# known after {took:.1f} s')
            assert took <= SEEN


def test_sleep():
    """A service that stands still for a while, as in a machine that sleeps, is lost to the other side, and back."""
    with pair() as two:
        pid = two.bob.service_pid()
        with two.alice.watch('--session', two.session) as watch:
            os.kill(pid, signal.SIGSTOP)
            try:
                watch.until(lambda event: event['event'] == 'channel' and event['path'] == 'lost', 2 * SEEN)
            finally:
                os.kill(pid, signal.SIGCONT)
            wait_path(two.alice, two.session, DIRECT)
        two.both_ways()


def test_relay_restarts():
    with pair(SYMMETRIC) as two, two.alice.watch('--session', two.session) as watch:
        assert two.alice.ctl('session', 'channel', two.session)['path'] == RELAY
        two.relay.kill()
        watch.until(lambda event: event['event'] == 'channel' and event['path'] == 'lost', 2 * SEEN)
        two.relay.start()
        wait_path(two.alice, two.session, RELAY)
        two.both_ways()


def test_relay_dies():
    """Where there was no other way, the session ends and says why."""
    with pair(SYMMETRIC) as two, two.alice.watch('--session', two.session) as watch:
        two.relay.kill()
        watch.until(lambda event: event['event'] == 'channel' and event['path'] == 'lost', 2 * SEEN)
        ended = watch.until(lambda event: event['event'] == 'ended', GIVEN_UP + SEEN)
        assert ended['result'] == 'connection-failure', ended
        assert two.bob.wait_session(two.session)['result'] == 'connection-failure'


def test_without_messenger():
    """What the two programs say to each other, and the end, do without the messenger's server."""
    with pair() as two, two.bob.watch('--session', two.session) as watch:
        two.internet.backbone.nft('add table inet cut\n'
                                  'add chain inet cut forward { type filter hook forward priority 0; }\n'
                                  'add rule inet cut forward tcp dport 5290 drop\n'
                                  'add rule inet cut forward tcp sport 5290 drop\n')
        path = two.alice.session_path(two.session)
        two.alice.call(path, SESSION, 'SendContextData', GLib.Variant('(s)', ('over the channel',)))
        said = watch.until(lambda event: event['event'] == 'context-data')
        assert int(said['bytes']) == len('over the channel'), said
        two.both_ways()
        two.alice.ctl('cancel', two.session)
        assert two.bob.wait_session(two.session)['result'] == 'cancelled-remote'


if __name__ == '__main__':
    tap.run([test_loss, test_flap, test_other_address, test_other_network, test_other_side_killed, test_sleep,
             test_relay_restarts, test_relay_dies, test_without_messenger])
