#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""At rest nothing happens: no polling, nothing beyond the keep-alive. This is the one test that waits for time to pass:
time is what is measured."""
import select

from cases import tap
from processes import context_switches, memory
from world import World

SECONDS = 10

# The keep-alive is a ping every 20 s: the service wakes up to send it and to read the answer, the server to answer it.
# What is allowed beyond it is what the kernel adds, e.g. an interruption meanwhile; polling once a second would be 10.
ALLOWED = 6


def switches_at_rest(pids):
    """How often each process got the processor in the time that is measured."""
    before = [context_switches(pid) for pid in pids]
    select.select([], [], [], SECONDS)
    after = [context_switches(pid) for pid in pids]
    return [sum(count - was.get(thread, 0) for thread, count in now.items()) for was, now in zip(before, after)]


def test_nothing_happens_at_rest():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        alice.send('bob', 'good night')
        bob.wait('message=good night', who='alice')
        names = ['service of alice', 'service of bob', 'server']
        pids = [alice.service_pid(), bob.service_pid(), world.server.pid]
        # Threads that have nothing to do any more may take their leave first: GLib lets them wait for half a minute.
        counts = switches_at_rest(pids)
        if max(counts) > ALLOWED:
            counts = switches_at_rest(pids)
        for name, pid, count in zip(names, pids, counts):
            resident, proportional = memory(pid)
            print(f'# {name}: {count} context switches in {SECONDS} s, {resident} KiB resident, '
                  f'{proportional} KiB proportional, {len(context_switches(pid))} threads')
        for name, count in zip(names, counts):
            assert count <= ALLOWED, f'{name}: {count} context switches in {SECONDS} s'


if __name__ == '__main__':
    tap.run([test_nothing_happens_at_rest])
