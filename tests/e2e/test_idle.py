#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""At rest nothing happens: no polling, nothing beyond the keep-alive. This is the one test that waits for time to pass:
time is what is measured."""
import pathlib
import re
import select
import subprocess

from app_cases import couple, expect_running, ring
from cases import tap
from processes import context_switches, memory
from windows import Board
from world import World

SECONDS = 10
FAREWELL = 30  # seconds: GLib lets threads wait that have nothing to do any more, and then they take their leave

# The keep-alive is a ping every 20 s: the service wakes up to send it and to read the answer, the server to answer it.
# What is allowed beyond it is what the kernel adds, e.g. an interruption meanwhile; polling once a second would be 10.
ALLOWED = 6


def switches_at_rest(pids):
    """How often each process got the processor in the time that is measured."""
    before = [context_switches(pid) for pid in pids]
    select.select([], [], [], SECONDS)
    after = [context_switches(pid) for pid in pids]
    return [sum(count - was.get(thread, 0) for thread, count in now.items()) for was, now in zip(before, after)]


def expect_rest(processes):
    """`processes`: name → process id. None of them is given the processor more than now and then."""
    for _ in range(0, FAREWELL + 1, SECONDS):
        counts = switches_at_rest(processes.values())
        if max(counts) <= ALLOWED:
            break
    for (name, pid), count in zip(processes.items(), counts):
        resident, proportional = memory(pid)
        print(f'# {name}: {count} context switches in {SECONDS} s, {resident} KiB resident, '
              f'{proportional} KiB proportional, {len(context_switches(pid))} threads')
    for name, count in zip(processes, counts):
        assert count <= ALLOWED, f'{name}: {count} context switches in {SECONDS} s'


def test_nothing_happens_at_rest():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        alice.send('bob', 'good night')
        bob.wait('message=good night', who='alice')
        expect_rest({'service of alice': alice.service_pid(), 'service of bob': bob.service_pid(),
                     'server': world.server.pid})


def pids(apps):
    """The processes of windows and boards, which may have been started by the bus."""
    return {f'{type(app).__name__.lower()} of {app.user.label}': app.desk.bus.process(app.window.bus) for app in apps}


def expect_light(pid):
    """What the service is there for is not in the window: the network, channels, the history."""
    mapped = pathlib.Path('/proc', str(pid), 'maps').read_text(encoding='utf-8')
    # That of Debian 13 brings what fetches pictures of applications.
    theirs = subprocess.run(['ldd', re.search(r'\S+/libadwaita-1\.so\S*', mapped)[0]], check=True, capture_output=True,
                            text=True).stdout
    heavy = [name for name in ('libsoup-', 'libnice', 'libngtcp2', 'libjson-glib') if name in mapped and name not in theirs]
    assert not heavy, f'The window has {heavy} open'


def test_windows_at_rest():
    """Conversations are open, one with the cursor in the line to write in; then two boards that are joined, one of them
    in front. The cursor does not blink here, so nothing has to be drawn."""
    with couple() as (_world, alice, bob):
        alice.say('good night')
        bob.reads('good night')
        alice.desk.focus('text', 'Message')
        windows = pids([alice, bob])
        expect_rest(windows)
        for pid in windows.values():
            expect_light(pid)
        ring(alice, bob, 'Whiteboard')
        bob.answer('Accept')
        expect_running(alice, bob)
        boards = [Board(app.user) for app in (alice, bob)]
        for board in boards:
            board.is_connected()
        boards[0].draw([(0.2, 0.2), (0.6, 0.7)])
        boards[1].has_strokes(1)
        expect_rest(pids([alice, bob, *boards]))
        for board in boards:
            board.close()


if __name__ == '__main__':
    tap.run([test_nothing_happens_at_rest, test_windows_at_rest])
