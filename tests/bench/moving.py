# SPDX-License-Identifier: GPL-3.0-or-later
"""How the window moves while it is used, and that it does nothing while it is not. The frame clock and the main loop
are watched by a library that is put before the program: it has nothing for that of its own."""
import os
import signal
import statistics
import subprocess
import time

from gi.repository import Gio, GLib

from processes import LIMIT, Failure, context_switches
from world import BUILD, WINDOW, program

SENTENCE = 'The quick brown fox jumps over the lazy dog and is back before anybody has seen it go. '
IDLE = 30  # seconds
WAYS = {signal.SIGUSR2: 'from end to end', signal.SIGHUP: '4 rows a frame', signal.SIGWINCH: 'upwards, 60,000 pixels'}
FAREWELL = 20  # seconds, in which threads that have nothing to do any more take their leave


def spread(times):
    times = sorted(times)
    return (f'p50 {statistics.median(times):6.1f}  p95 {times[int(len(times) * .95)]:6.1f}  '
            f'p99 {times[int(len(times) * .99)]:6.1f}  max {times[-1]:6.1f} ms')


class Moving:
    """The window of a user, watched."""

    def __init__(self, user, pictures, command=None):
        self.user = user
        self.pictures = pictures
        self.hands = user.world.screen.hands
        self.file = user.folder / 'frames'
        self.file.write_bytes(b'')
        self.place = 0
        pictures.forget()
        self.process = user.start(['env', f'LD_PRELOAD={BUILD}/tests/bench/libframe-probe.so',
                                   f'FRAME_PROBE={self.file}', *(command or [program('beckon')])],
                                  stdout=subprocess.DEVNULL)
        pictures.wait_first()
        pictures.wait_quiet()
        self.window = self.hands.windows_of({self.process.pid})[-1]
        self.hands.activate(self.window)

    def line(self, word):
        """The next line that begins with a word."""
        deadline = time.monotonic() + 8 * LIMIT
        while time.monotonic() < deadline:
            with open(self.file, encoding='utf-8') as lines:
                lines.seek(self.place)
                line = lines.readline()
                if line.endswith('\n'):
                    self.place = lines.tell()
                    if line.startswith(word):
                        return [int(number) / 1000 for number in line.split()[1:]]
                    continue
            time.sleep(0.02)
        raise Failure(f'The window did not tell of {word}')

    def read(self):
        os.kill(self.process.pid, signal.SIGUSR1)
        return self.line('frames'), self.line('cpu'), self.line('busy')

    def measure(self, name, act):
        self.pictures.wait_quiet()
        self.read()
        act()
        frames, cpu, busy = self.read()
        if not frames:
            raise Failure(f'{name}: nothing was drawn')
        print(f'{name:<46}{len(frames):6} frames  {spread(frames)}   of the processor {spread(cpu)}   '
              f'stalls over 16 ms: {len(busy)}, the longest {max(busy, default=0):.0f} ms of it', flush=True)

    def scroll(self, number):
        os.kill(self.process.pid, number)
        self.line('scrolled')

    def type(self, text):
        """One letter after the other, each when the one before has been taken and drawn."""
        for letter in text:
            self.hands.type(letter)
            self.hands.answered(self.window)
            while self.pictures.wait(0.03):
                pass

    def activate(self, action, *arguments):
        parameters = GLib.Variant('(sava{sv})', (action, [GLib.Variant(*argument) for argument in arguments], {}))
        self.user.bus.call_sync(WINDOW, '/im/beckon/Beckon', 'org.gtk.Actions', 'Activate', parameters, None,
                                Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None)

    def close(self):
        self.process.terminate()
        self.process.wait()


def measure_bare(user, pictures):
    """What GTK takes for lists with as little as possible in them: below that no program could go."""
    for rows, number in (('contacts', signal.SIGUSR2), ('contacts', signal.SIGHUP), ('messages', signal.SIGWINCH)):
        window = Moving(user, pictures, [f'{BUILD}/tests/bench/bare-list', rows])
        window.measure(f'bare list, {WAYS[number]}', lambda number=number: window.scroll(number))
        window.close()


def measure_frames(user, who, pictures):
    """`user` has ten thousand contacts and has said much to `who`."""
    measure_bare(user, pictures)
    window = Moving(user, pictures)
    window.measure(f'contact list, {WAYS[signal.SIGUSR2]}', lambda: window.scroll(signal.SIGUSR2))
    window.measure(f'contact list, {WAYS[signal.SIGHUP]}', lambda: window.scroll(signal.SIGHUP))
    window.hands.key('ctrl+f')
    window.hands.answered(window.window)
    window.measure('typing a search', lambda: window.type('person 123'))
    window.hands.key('esc')
    window.activate('open-conversation', ('(ss)', (user.address, who)))
    window.measure('typing a message', lambda: window.type(SENTENCE))
    window.measure(f'conversation, {WAYS[signal.SIGWINCH]}', lambda: window.scroll(signal.SIGWINCH))
    window.close()


def rest(pids):
    """Waits until threads that are not needed have gone; returns how often each had the processor in IDLE seconds."""
    time.sleep(FAREWELL)
    before = [sum(context_switches(pid).values()) for pid in pids]
    time.sleep(IDLE)
    return [sum(context_switches(pid).values()) - count for pid, count in zip(pids, before)]


def measure_rest(user, pictures):
    """With the window open, and then with the window closed."""
    pictures.forget()
    process = user.start([program('beckon')], stdout=subprocess.DEVNULL)
    pictures.wait_first()
    pictures.wait_quiet()
    moving = user.world.screen.hands
    window, service = rest([process.pid, user.service_pid()])
    print(f'at rest for {IDLE} s, the window open: window {window} wake-ups, service {service}', flush=True)
    moving.activate(moving.windows_of({process.pid})[-1])
    moving.key('ctrl+w')
    moving.wait(lambda: not moving.windows_of({process.pid}), 'the window did not close')
    window, service = rest([process.pid, user.service_pid()])
    print(f'at rest for {IDLE} s, the window closed: window {window} wake-ups, service {service}', flush=True)
    process.terminate()
    process.wait()
