# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes: who is below whom, what they print, when they end. Whatever is waited for has a deadline."""
import contextlib
import ctypes
import os
import pathlib
import re
import select
import signal
import time

# Sanitizers and loaded machines: how much longer than on a free one everything may take.
PATIENCE = float(os.environ.get('BECKON_TEST_PATIENCE', '1'))
LIMIT = 30 * PATIENCE

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """Something did not come about."""


def die_with_parent():
    """For a child before it becomes its program: it is killed when we end."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans():
    """From now on, processes below us whose parents end become our children."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def parents():
    """pid → parent, of all processes there are."""
    result = {}
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = pathlib.Path('/proc', entry, 'stat').read_text(encoding='utf-8', errors='replace')
                result[int(entry)] = int(stat.rpartition(')')[2].split()[1])
    return result


def descendants(root):
    """The processes below one, those further down first."""
    children = {}
    for pid, parent in parents().items():
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found[::-1]


def sandbox_of(pid):
    """Which Flatpak a process lives in, the proxy between one and a bus included; None if in none."""
    with contextlib.suppress(OSError):
        info = pathlib.Path('/proc', str(pid), 'root/.flatpak-info').read_text(encoding='utf-8')
        return re.search('^instance-id=(.*)$', info, re.M).group(1)
    return None


def behind(pids):
    """The processes that a bus means: what is in a sandbox, it knows as the proxy of that sandbox."""
    sandboxes = {sandbox_of(pid) for pid in pids} - {None}
    return set(pids) | {pid for pid in (descendants(os.getpid()) if sandboxes else ()) if sandbox_of(pid) in sandboxes}


def is_ready(descriptor, timeout):
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(max(0, timeout) * 1000))


def is_alive(pid):
    try:
        stat = pathlib.Path('/proc', str(pid), 'stat').read_text(encoding='utf-8', errors='replace')
    except OSError:
        return False
    return stat.rpartition(')')[2].split()[0] not in 'ZX'


def context_switches(pid):
    """thread → how often it was given the processor, of all threads of a process."""
    result = {}
    for task in pathlib.Path('/proc', str(pid), 'task').iterdir():
        with contextlib.suppress(OSError):
            status = (task / 'status').read_text(encoding='utf-8')
            result[task.name] = sum(int(line.split()[1]) for line in status.splitlines() if 'ctxt_switches' in line)
    return result


def memory(pid):
    """Resident and proportional memory of a process in KiB."""
    rollup = pathlib.Path('/proc', str(pid), 'smaps_rollup').read_text(encoding='utf-8')
    sizes = {line.split(':')[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return sizes['Rss'], sizes['Pss']


def wait_for_exit(pid, timeout=LIMIT):
    """Waits until a process, whoever its parent is, is no more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if not is_ready(descriptor, timeout):
            raise Failure(f'Process {pid} did not end within {timeout:.0f} s')
    finally:
        os.close(descriptor)


class Lines:
    """The output of a process, line by line, each with a deadline."""

    def __init__(self, stream, what):
        self.stream = stream
        self.what = what
        self.buffer = b''
        self.seen = []

    def next(self, timeout=LIMIT):
        """The next line without its end; None at the end of the output."""
        deadline = time.monotonic() + timeout
        while b'\n' not in self.buffer:
            if not is_ready(self.stream, deadline - time.monotonic()):
                raise Failure(f'{self.what} said nothing more within {timeout:.0f} s; so far:\n' +
                              '\n'.join(self.seen[-20:]))
            data = os.read(self.stream.fileno(), 65536)
            if not data:
                return None
            self.buffer += data
        line, self.buffer = self.buffer.split(b'\n', 1)
        text = line.decode('utf-8', 'replace')
        self.seen.append(text)
        return text


def end_all(number=signal.SIGTERM, patience=5 * PATIENCE, but=()):
    """Asks all that was started from here, directly or not, to end, and then sees to it. `but` are pids left alone."""
    deadline = time.monotonic() + patience
    while left := [pid for pid in descendants(os.getpid()) if pid not in but]:
        late = time.monotonic() >= deadline
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else number)
        with contextlib.suppress(Failure):
            wait_for_exit(left[0], 0.2 if late else deadline - time.monotonic())
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
