# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ends of a connection, a process each, and what is measured between them."""
import multiprocessing
import os
import resource
import statistics
import time

CHUNK = 256 * 1024
TICK = os.sysconf('SC_CLK_TCK')
FORK = multiprocessing.get_context('fork')


def processor_time(pids):
    """Seconds of user and system time of processes."""
    user = system = 0
    for pid in pids:
        with open(f'/proc/{pid}/stat', encoding='utf-8') as stat:
            fields = stat.read().rpartition(')')[2].split()
        user, system = user + int(fields[11]) / TICK, system + int(fields[12]) / TICK
    return user, system


def own_time():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime, used.ru_stime


def minus(later, earlier):
    return tuple(a - b for a, b in zip(later, earlier))


class End:
    """A process that does one thing with a socket and tells what came of it."""

    def __init__(self, work, *arguments):
        self.ours, theirs = FORK.Pipe()
        self.process = FORK.Process(target=self.body, args=(theirs, work, arguments), daemon=True)
        self.process.start()
        theirs.close()

    @staticmethod
    def body(pipe, work, arguments):
        pipe.send(work(*arguments))

    def result(self, seconds=60):
        if not self.ours.poll(seconds):
            self.process.kill()
            raise SystemExit('one end of the connection does not come to an end')
        value = self.ours.recv()
        self.process.join()
        return value


# ---- bytes ----

def write_until(made, begin, finish):
    """Writes from now on; tells the processor time from begin to finish."""
    made.settimeout(1)
    data, before = bytes(CHUNK), None
    while (now := time.monotonic()) < finish:
        if before is None and now >= begin:
            before = own_time()
        try:
            made.send(data)
        except TimeoutError:
            continue
    return minus(own_time(), before or own_time())


def read_until(made, begin, finish):
    """Counts the bytes that come from begin to finish; tells how many, in how many seconds, and the processor time."""
    made.settimeout(0.2)
    buffer, count, before, started = bytearray(CHUNK), 0, None, None
    while (now := time.monotonic()) < finish:
        if before is None and now >= begin:
            before, started, count = own_time(), now, 0
        try:
            count += made.recv_into(buffer)
        except TimeoutError:
            continue
    return count, time.monotonic() - started, minus(own_time(), before)


def throughput(one, other, seconds, warm_up, carriers=None):
    """MB/s from one to the other, and the processor time, user and system, of both sides for a GiB: of the processes
    that carry it, or of the ends themselves where the kernel does."""
    begin = time.monotonic() + warm_up
    finish = begin + seconds
    writer, reader = End(write_until, one, begin, finish), End(read_until, other, begin, finish)
    time.sleep(max(0, begin - time.monotonic()))
    before = [processor_time(pids) for pids in carriers] if carriers else None
    time.sleep(max(0, finish - time.monotonic()))
    after = [processor_time(pids) for pids in carriers] if carriers else None
    count, took, reading = reader.result()
    writing = writer.result()
    sides = [minus(a, b) for a, b in zip(after, before)] if carriers else [writing, reading]
    gib = max(count, 1) / 2**30
    return count / took / 1e6, [tuple(value / gib for value in side) for side in sides]


# ---- one byte there and back ----

def echo(made, count):
    made.settimeout(30)
    for _ in range(count):
        made.send(made.recv(1))


def ask(made, count):
    made.settimeout(30)
    times = []
    for _ in range(count):
        start = time.monotonic()
        made.send(b'x')
        made.recv(1)
        times.append((time.monotonic() - start) * 1000)
    return times


def round_trip(one, other, count):
    """Median and 99th percentile in ms."""
    replier, asker = End(echo, other, count), End(ask, one, count)
    times = sorted(asker.result(120))
    replier.result()
    return statistics.median(times), times[int(len(times) * 0.99)]


# ---- packets ----

def blast(made, size, finish):
    data, count = bytes(size), 0
    made.settimeout(0.2)
    while time.monotonic() < finish:
        try:
            made.send(data)
            count += 1
        except (TimeoutError, ConnectionRefusedError, BlockingIOError):
            continue
    return count


def collect(made, finish):
    made.settimeout(0.2)
    count = 0
    while time.monotonic() < finish:
        try:
            made.recv(65536)
            count += 1
        except (TimeoutError, ConnectionRefusedError):
            continue
    return count


def packets(one, other, size, seconds):
    """As many packets as the socket takes, unpaced: part that arrived, thousands a second that did."""
    finish = time.monotonic() + seconds
    sender, receiver = End(blast, one, size, finish), End(collect, other, finish + 1)
    received, sent = receiver.result(), sender.result()
    return received / max(sent, 1), received / seconds / 1000
