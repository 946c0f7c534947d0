#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches whom, and how: two whole users behind each pair of NATs. Each pair is invited, accepts, sends a MiB each
way over a stream, and the counters at their network cards tell that it went the expected way and no other."""
import contextlib
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import sandbox  # noqa: E402

sandbox.enter()

from cases import tap  # noqa: E402
from natworld import NatWorld  # noqa: E402
from nets import BLOCKED, CONE, IPV6, PORT, PUBLIC, SYMMETRIC, Host, Internet, Router  # noqa: E402
from relay import Relay  # noqa: E402
from steps import (DIRECT, RELAY, connect, end, exchange, expect_silence, expect_way, kinds_sent, ring,  # noqa: E402
                   wait_clean, wait_path)

# The inviter's NAT in front. Two ports that change with each destination, or one that does and one that lets answers
# in only, cannot meet; whoever has no UDP, or not the other one's kind of addresses, cannot either.
TABLE = {
    (PUBLIC, PUBLIC): DIRECT,
    (PUBLIC, CONE): DIRECT,
    (PUBLIC, PORT): DIRECT,
    (SYMMETRIC, PUBLIC): DIRECT,
    (CONE, CONE): DIRECT,
    (CONE, PORT): DIRECT,
    (CONE, SYMMETRIC): DIRECT,
    (PORT, PORT): DIRECT,
    (PORT, SYMMETRIC): RELAY,
    (SYMMETRIC, PORT): RELAY,
    (SYMMETRIC, SYMMETRIC): RELAY,
    (BLOCKED, PUBLIC): RELAY,
    (CONE, BLOCKED): RELAY,
    (PORT, BLOCKED): RELAY,
    (BLOCKED, SYMMETRIC): RELAY,
    (BLOCKED, BLOCKED): RELAY,
    (IPV6, IPV6): DIRECT,
    (IPV6, PUBLIC): RELAY,
    (PORT, IPV6): RELAY,
    (IPV6, SYMMETRIC): RELAY,
    (BLOCKED, IPV6): RELAY,
}
# Sanitizers make it long: then those that differ most.
FEW = {(PORT, PORT), (SYMMETRIC, SYMMETRIC), (BLOCKED, SYMMETRIC), (IPV6, IPV6)}


class Stage:
    """The world that all tests share. Users are made when they are needed first; they are never the same on both sides
    of a pair."""

    def __init__(self, stack):
        self.internet = Internet()
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='beckon-nat-')))
        self.relay = Relay(self.internet.server('turn'), folder)
        self.relay.start()
        self.world = stack.enter_context(NatWorld(self.internet.server('server'), self.relay))
        self.people = {}

    def person(self, name, make_host):
        if name not in self.people:
            self.people[name] = self.world.user(name, make_host())
        return self.people[name]

    def pair(self, first, second):
        return [self.person(f'{kind}-{side}', lambda: self.internet.host(f'{kind}-{side}', kind))
                for side, kind in (('inviter', first), ('invitee', second))]


STAGE = None


def try_pair(alice, bob, expected):
    world = STAGE.world
    alice.befriend(bob)
    for user in (alice, bob):
        user.host.reset()
    session = ring(alice, bob)
    expect_silence(world, alice, bob)
    expect_silence(world, bob, alice)
    assert 'transport' not in kinds_sent(world, session), kinds_sent(world, session)
    connect(alice, bob, session)
    exchange(alice, bob, session)
    for user, other in ((alice, bob), (bob, alice)):
        channel = wait_path(user, session, expected)
        assert (channel['local'] == 'relay' or channel['remote'] == 'relay') == (expected == RELAY), channel
        expect_way(world, user, other, expected)
    end(alice, bob, session)
    for user in (alice, bob):
        wait_clean(user)


def make_test(first, second, expected):
    def test():
        try_pair(*STAGE.pair(first, second), expected)
    test.__name__ = f'test_{first}_{second}'
    return test


def test_one_nat():
    """Neighbours need no NAT, whatever kind theirs is."""
    def make():
        host = Host('neighbour', SYMMETRIC)
        router.connect(host)
        return host
    router = Router(STAGE.internet, SYMMETRIC)
    try_pair(STAGE.person('neighbour-one', make), STAGE.person('neighbour-two', make), DIRECT)


def test_two_networks():
    """A laptop with cable and wireless, each behind a NAT of its own; the better route has the worse NAT."""
    def make():
        host = Host('laptop', PORT)
        Router(STAGE.internet, SYMMETRIC).connect(host, 'lan0', 100)
        Router(STAGE.internet, PORT).connect(host, 'lan1', 200)
        return host
    laptop = STAGE.person('laptop', make)
    try_pair(laptop, STAGE.person('two-invitee', lambda: STAGE.internet.host('two-invitee', CONE)), DIRECT)


def main():
    global STAGE
    few = float(os.environ.get('BECKON_TEST_PATIENCE', '1')) > 1
    tests = [make_test(*pair, path) for pair, path in TABLE.items() if not few or pair in FEW]
    tests += [test_one_nat, test_two_networks]
    with contextlib.ExitStack() as stack:
        if sys.argv[1:] != ['-l']:
            STAGE = Stage(stack)
        tap.run(tests)


if __name__ == '__main__':
    main()
