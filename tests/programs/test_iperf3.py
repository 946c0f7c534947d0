#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""iperf3 through the channel: what it counts, the channel has counted."""
import re

from programs import World, counters, expect_end, friends, log_of, run_both, shipped, tap, until

UNITS = {'': 1, 'K': 1024, 'M': 1024 ** 2, 'G': 1024 ** 3}


def totals(log, role):
    """Bytes that arrived in each direction, as iperf3 says them at its end."""
    found = re.findall(r'\[(?:TX|RX)-[CS]\].*?([\d.]+) ([KMG]?)Bytes .*' + role, log)
    return [float(number) * UNITS[unit] for number, unit in found]


def test_iperf3():
    guid = shipped('Throughput', 'iperf3')['GUID']
    with World() as world:
        alice, bob = friends(world, 'alice', 'bob')
        session = run_both(alice, bob, guid)
        last = {}

        def over():
            state = alice.session(session)['state']
            for user in (alice, bob):
                said = counters(user, session)
                if 'bytes_sent' in said:  # else it is over in the meantime
                    last[user.label] = said
            return state == 'terminated'

        until(over, 'iperf3 has measured', 120)
        expect_end(session, 'ended', alice, bob)
        log = log_of(bob, session)
        arrived = totals(log, 'receiver')
        assert len(arrived) == 2 and min(arrived) > 1024 ** 2, log
        # The counters were read a moment before the end.
        assert len(last) == 2
        for label, said in last.items():
            assert min(said['bytes_sent'], said['bytes_received']) > 0.5 * min(arrived), (label, said)


if __name__ == '__main__':
    tap.run([test_iperf3])
