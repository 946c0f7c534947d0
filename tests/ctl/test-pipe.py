#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckon-pipe: the frames that its ends speak, its socket, and whom it lets in. The other end is played here."""
import contextlib
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import threading

from gi.repository import GLib

from ctlbed import LIMIT, PIPE, PIPE_GUID, SLOWNESS, Bus, tap
from bed import wait  # ctlbed knows where that is
from channel import ACCEPTED, CONNECTED, CONNECTING, DIRECT, FAILED, INVITATION, LOST, READY, RELAY
from door import CANCELLED_LOCAL, CANCELLED_REMOTE, CONNECTION_FAILURE, ENDED, SERVICE_RESTARTED, Door, launched

END, DONE = struct.pack('>I', 0), struct.pack('>I', 0xffffffff)
WELCOME = b'!'
ID = '01234567-89ab-cdef-0123-456789abcdef'


def frame(data):
    return struct.pack('>I', len(data)) + data


def read(connection, length):
    data = b''
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise EOFError(data)
        data += more
    return data


def read_frame(connection):
    length, = struct.unpack('>I', read(connection, 4))
    return END if length == 0 else DONE if length == 0xffffffff else read(connection, length)


class Attached:
    """`beckon-pipe --attach` whose launched program is this test."""

    def __init__(self, *arguments, name=ID, session=(), **streams):
        self.folder = tempfile.TemporaryDirectory(prefix='beckon-')
        self.sockets = pathlib.Path(self.folder.name) / 'beckon'
        self.sockets.mkdir(mode=0o700)
        self.server = self.listen(name)
        streams.setdefault('stdin', subprocess.PIPE)
        streams.setdefault('stdout', subprocess.PIPE)
        self.process = subprocess.Popen([PIPE, '--attach', *arguments, *session], stderr=subprocess.PIPE, **streams,
                                        env={**os.environ, 'XDG_RUNTIME_DIR': self.folder.name})
        self.connection = None

    def listen(self, name):
        server = socket.socket(socket.AF_UNIX)
        server.settimeout(LIMIT)
        server.bind(str(self.sockets / f'pipe-{name}.sock'))
        server.listen()
        return server

    def __enter__(self):
        self.accept(self.server)
        return self

    def accept(self, server):
        self.connection, _ = server.accept()
        self.connection.settimeout(LIMIT)
        self.connection.sendall(WELCOME)

    def __exit__(self, *_):
        for thing in (self.connection, self.server, self.process.stdin, self.process.stdout):
            if thing is not None:
                with contextlib.suppress(BrokenPipeError):
                    thing.close()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.folder.cleanup()

    def ends(self, status, words=''):
        error = self.process.stderr.read().decode()
        assert self.process.wait(LIMIT) == status and words in error, (self.process.returncode, error)


def test_both_directions():
    with Attached() as end:
        end.process.stdin.write(b'question')
        end.process.stdin.flush()
        assert read_frame(end.connection) == b'question'
        end.connection.sendall(frame(b'ans') + frame(b'wer'))
        assert end.process.stdout.read(6) == b'answer'
        # One direction ends, the other goes on.
        end.process.stdin.close()
        assert read_frame(end.connection) == END
        end.connection.sendall(DONE + frame(b'!'))
        assert end.process.stdout.read(1) == b'!'
        end.connection.sendall(END)
        assert read_frame(end.connection) == DONE
        end.ends(0)


def test_whoever_is_not_let_in_goes_elsewhere():
    """Two that come at once find the same door: it closes behind the first."""
    end = Attached()
    outside, _ = end.server.accept()
    other = end.listen(ID + '+invitee')
    (end.sockets / f'pipe-{ID}.sock').unlink()
    outside.close()
    end.accept(other)
    end.process.stdin.write(b'here')
    end.process.stdin.flush()
    assert read_frame(end.connection) == b'here'
    other.close()
    end.__exit__()


def test_frames_in_any_pieces():
    with Attached(stdin=subprocess.DEVNULL) as end:
        for byte in frame(b'abc') + frame(b'd') + END + DONE:
            end.connection.sendall(bytes([byte]))
        assert end.process.stdout.read() == b'abcd'
        assert read_frame(end.connection) == END and read_frame(end.connection) == DONE
        end.ends(0)


def test_the_sender_waits_for_the_last_byte():
    with Attached(stdin=subprocess.DEVNULL) as end:
        assert read_frame(end.connection) == END
        end.connection.sendall(END)
        assert read_frame(end.connection) == DONE
        assert end.process.poll() is None  # nobody said that what it sent was written
        end.connection.close()
        end.ends(1, 'broke off')


def test_a_broken_connection_is_no_end():
    for before in (b'', frame(b'half')[:6], frame(b'whole'), DONE[:2]):
        with Attached() as end:
            end.connection.sendall(before)
            end.connection.close()
            end.ends(1, 'broke off')


def test_nonsense_is_refused():
    for nonsense in (struct.pack('>I', 1 << 20 | 1), DONE, END + END, END + frame(b'x'), b'GET / HTTP/1.1\r\n\r\n'):
        with Attached() as end:
            end.connection.sendall(nonsense)
            end.ends(1, 'makes no sense')


def test_a_full_disk():
    with open('/dev/full', 'wb') as full, Attached(stdout=full, stdin=subprocess.DEVNULL) as end:
        end.connection.sendall(frame(b'x') + END)
        end.ends(1, 'cannot be written')


def test_a_reader_that_leaves():
    with Attached() as end:
        end.process.stdout.close()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may leave before it has taken all
            end.connection.sendall(frame(b'x' * 100000))
        end.ends(1, 'cannot be written')


def test_a_slow_reader_holds_up_one_direction_alone():
    with Attached() as end:
        # More than all buffers between hold: nobody reads it, and the sender is held up.
        end.connection.settimeout(0.5)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while True:
                end.connection.sendall(frame(b'x' * 65536))
                sent += 1
        assert 65536 * sent < 4 << 20, sent
        end.connection.settimeout(LIMIT)
        end.process.stdin.write(b'still here')
        end.process.stdin.flush()
        assert read_frame(end.connection) == b'still here'


def test_stale_and_several_sockets():
    with Attached(session=('{0123456',)) as end:  # the beginning of a SessionID will do
        end.connection.sendall(DONE)
    folder = tempfile.TemporaryDirectory(prefix='beckon-')
    environment = {**os.environ, 'XDG_RUNTIME_DIR': folder.name}
    sockets = pathlib.Path(folder.name) / 'beckon'
    sockets.mkdir(mode=0o700)
    with folder, socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(sockets / 'pipe-aaaa.sock'))  # nobody listens
        done = subprocess.run([PIPE, '--attach', '--timeout', '1'], env=environment, capture_output=True, check=False,
                              timeout=LIMIT)
        assert done.returncode == 4 and not (sockets / 'pipe-aaaa.sock').exists(), done
        for name in ('bbbb', 'bccc'):
            (sockets / f'pipe-{name}.sock').touch()
        done = subprocess.run([PIPE, '--attach', 'b'], env=environment, capture_output=True, check=False, timeout=LIMIT)
        assert done.returncode == 1 and b'name the session' in done.stderr, done
        done = subprocess.run([PIPE, '--attach', '../x'], env=environment, capture_output=True, check=False,
                              timeout=LIMIT)
        assert done.returncode == 1 and b'no SessionID' in done.stderr, done


def test_usage():
    for arguments in ([], ['--to', 'x', '--receive'], ['--nonsense'], ['--receive', 'x'], ['--attach', 'a', 'b']):
        assert subprocess.run([PIPE, *arguments], capture_output=True, check=False).returncode == 2, arguments
    assert b'encrypted from one computer to the other' in subprocess.run([PIPE, '--help'], capture_output=True, check=True).stdout


# ---- the stream: the launched program is real; Beckon, and the program of the other side, are played here ----

class Launched:
    """beckon-pipe as the service launches it."""

    def __init__(self, *arguments, **session):
        self.bus = Bus()
        self.session = session
        self.arguments = arguments or ('--session',)

    def __enter__(self):
        self.bus.__enter__()
        self.sockets = self.bus.dir / 'run/beckon'
        self.door = Door(self.bus.client(listens=False).connection, **self.session)
        self.process = launched(self.bus, (PIPE, *self.arguments), stderr=subprocess.PIPE, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE)
        self.processes = [self.process]
        return self

    def __exit__(self, *reason):
        for process in self.processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self.door.close()
        return self.bus.__exit__(*reason)

    def attach(self):
        process = subprocess.Popen([PIPE, '--attach'], env=self.bus.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.processes.append(process)
        return process

    def waits(self):
        """The program has its session, and its socket is there."""
        until(lambda: list(self.sockets.glob('pipe-*.sock')), 'the socket')
        self.door.settle()

    def ends(self, status, words='', process=None):
        process = process or self.process
        until(lambda: process.poll() is not None, 'the end of the program')
        error = process.stderr.read().decode()
        assert process.returncode == status and words in error, (process.returncode, error)
        assert not list(self.sockets.glob('pipe-*')), 'it left its socket behind'


def until(condition, what):
    """For what no signal tells."""
    tick = GLib.timeout_add(20, lambda: True)
    try:
        wait(condition, what, LIMIT / SLOWNESS)
    finally:
        GLib.source_remove(tick)


def test_what_flows_goes_through_the_stream():
    for end_first in (True, False):
        with Launched() as pipe:
            stream = pipe.door.stream('pipe')
            user = pipe.attach()
            user.stdin.write(b'hello')
            user.stdin.flush()
            assert read_frame(stream) == b'hello'
            if end_first:
                user.stdin.close()
                assert read_frame(stream) == END
                stream.sendall(DONE + frame(b'world') + END)
            else:
                stream.sendall(frame(b'world') + END)
                assert user.stdout.read(5) == b'world'
                assert read_frame(stream) == DONE
                user.stdin.close()
                assert read_frame(stream) == END
                stream.sendall(DONE)
            if end_first:
                assert read_frame(stream) == DONE and user.stdout.read() == b'world'
            assert user.wait(LIMIT) == 0 and stream.recv(1) == b''
            stream.shutdown(socket.SHUT_WR)
            pipe.ends(0)
            assert pipe.door.asked('OpenStream') == [('pipe', {})]


def test_much_in_both_directions():
    data = os.urandom(8 << 20)
    with Launched() as pipe:
        stream = pipe.door.stream('pipe')
        user = pipe.attach()
        received, sent = [], [frame(data[at:at + 60000]) for at in range(0, len(data), 60000)]

        def take():
            while (got := read_frame(stream)) != END:
                received.append(got)
        threads = [threading.Thread(target=work) for work in (
            take, lambda: stream.sendall(b''.join(sent)), lambda: (user.stdin.write(data), user.stdin.close()))]
        for thread in threads:
            thread.start()
        assert user.stdout.read(len(data)) == data
        for thread in threads:
            thread.join()
        assert b''.join(received) == data
        stream.sendall(DONE + END)
        assert read_frame(stream) == DONE and user.wait(LIMIT) == 0


def test_it_waits_for_the_channel():
    with Launched(ChannelPath=CONNECTING) as pipe:
        pipe.waits()
        assert pipe.door.asked('GetLaunchingSession') and not pipe.door.asked('OpenStream')
        # One stream is enough, however often the path changes before it is there.
        for path in (RELAY, LOST, DIRECT):
            pipe.door.set(ChannelPath=path)
        pipe.door.stream('pipe')
        pipe.door.settle()
        assert len(pipe.door.asked('OpenStream')) == 1


def test_there_is_no_way():
    with Launched(ChannelPath=CONNECTING) as pipe:
        pipe.waits()
        pipe.door.set(ChannelPath=FAILED, ChannelReason='Both networks block what is needed.')
        pipe.ends(5, 'Both networks block what is needed.')
        assert not pipe.door.asked('OpenStream')
    with Launched(ChannelPath=CONNECTING) as pipe:
        pipe.waits()
        pipe.door.set(ChannelReason='Nothing was heard for 30 seconds.')
        pipe.door.end(CONNECTION_FAILURE)
        pipe.ends(5, 'Nothing was heard for 30 seconds.')
    with Launched(ChannelPath=CONNECTING) as pipe:
        pipe.waits()
        pipe.door.leave()
        pipe.ends(3, 'went away')


def test_a_stream_that_is_refused():
    with Launched(ChannelPath=CONNECTING) as pipe:
        pipe.waits()
        pipe.door.answers['OpenStream'] = 'NotSupported'
        pipe.door.set(ChannelPath=DIRECT)
        pipe.ends(1)


def test_who_is_at_the_other_end():
    with Launched(Identity=3, SafetyNumber='12345 67890') as pipe:
        pipe.door.stream('pipe')
        pipe.door.end(CANCELLED_REMOTE)
        pipe.ends(5, 'bob@localhost does not prove who it is as before. Compare the safety number: 12345 67890')
    with Launched(Identity=2) as pipe:
        pipe.door.stream('pipe')
        pipe.door.end(CANCELLED_REMOTE)
        until(lambda: pipe.process.poll() is not None, 'the end')
        assert b'safety' not in pipe.process.stderr.read()


def test_a_broken_stream_is_told():
    with Launched() as pipe:
        stream = pipe.door.stream('pipe')
        user = pipe.attach()
        stream.sendall(frame(b'x' * 1000)[:500])
        assert user.stdout.read(496) == b'x' * 496
        stream.close()
        pipe.ends(1, 'broke off', user)


def test_a_service_that_dies_breaks_it():
    with Launched() as pipe:
        pipe.door.stream('pipe')
        user = pipe.attach()
        until(lambda: not list(pipe.sockets.glob('pipe-*.sock')), 'it is attached')
        pipe.door.leave()
        pipe.door.settle()
        pipe.door.close()
        pipe.ends(1, 'broke off', user)


def test_what_stops_what_flows():
    for result in (CANCELLED_LOCAL, CONNECTION_FAILURE, SERVICE_RESTARTED):
        with Launched() as pipe:
            stream = pipe.door.stream('pipe')
            user = pipe.attach()
            user.stdin.write(b'x')
            user.stdin.flush()
            assert read_frame(stream) == b'x'
            pipe.door.end(result)
            pipe.ends(5)
            assert user.wait(LIMIT) == 1 and stream.recv(1) == b''


def test_a_session_that_ends_before_anybody_attached():
    with Launched() as pipe:
        pipe.waits()
        assert len(list(pipe.sockets.glob('pipe-*.sock'))) == 1
        assert (pipe.sockets.stat().st_mode & 0o777) == 0o700
        pipe.door.end(CANCELLED_LOCAL)
        pipe.ends(5)


def test_inviting_by_hand():
    with Launched('--to', 'bob@localhost', '--verbose', State=READY, ChannelPath=0) as pipe:
        door, process = pipe.door, pipe.process
        wait(lambda: door.asked('Invite'), 'the invitation')
        assert door.asked('Invite') == [('bob@localhost', '', {})]
        assert door.asked('Set') == [('Application', PIPE_GUID)]
        for state in (INVITATION, ACCEPTED, CONNECTED):
            door.set(State=state)
        door.set(ChannelPath=CONNECTING)
        door.settle()
        assert not door.asked('OpenStream')
        door.set(ChannelPath=RELAY)
        stream = door.stream('pipe')
        process.stdin.write(b'a file')
        process.stdin.close()
        assert read_frame(stream) == b'a file' and read_frame(stream) == END
        # The other side may leave the session before all that it said has come.
        door.end(ENDED)
        door.settle()
        stream.sendall(frame(b'thanks') + END + DONE)
        assert read_frame(stream) == DONE and process.stdout.read() == b'thanks'
        pipe.ends(0, 'Connected with bob@localhost: encrypted, relay')


if __name__ == '__main__':
    tap.run([
        test_both_directions,
        test_whoever_is_not_let_in_goes_elsewhere,
        test_frames_in_any_pieces,
        test_the_sender_waits_for_the_last_byte,
        test_a_broken_connection_is_no_end,
        test_nonsense_is_refused,
        test_a_full_disk,
        test_a_reader_that_leaves,
        test_a_slow_reader_holds_up_one_direction_alone,
        test_stale_and_several_sockets,
        test_usage,
        test_what_flows_goes_through_the_stream,
        test_much_in_both_directions,
        test_it_waits_for_the_channel,
        test_there_is_no_way,
        test_a_stream_that_is_refused,
        test_who_is_at_the_other_end,
        test_a_broken_stream_is_told,
        test_a_service_that_dies_breaks_it,
        test_what_stops_what_flows,
        test_a_session_that_ends_before_anybody_attached,
        test_inviting_by_hand,
    ])
