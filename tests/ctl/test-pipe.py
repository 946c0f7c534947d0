#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckon-pipe: the frames that its ends speak, its socket, and whom it lets in. The other end is played here."""
import contextlib
import os
import pathlib
import re
import socket
import struct
import subprocess
import tempfile

from ctlbed import LIMIT, PIPE, PIPE_GUID, Bus, desk, tap

END, DONE = struct.pack('>I', 0), struct.pack('>I', 0xffffffff)
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
        self.connection, _ = self.server.accept()
        self.connection.settimeout(LIMIT)
        return self

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
    assert b'NOT ENCRYPTED' in subprocess.run([PIPE, '--help'], capture_output=True, check=True).stdout


# ---- the connection between two machines: the launched inviter is real, the other machine is played here ----

class Offered:
    """An inviter's program that was launched and listens: the data of the invitation say what an invitee would."""

    def __init__(self):
        self.bus = Bus()
        (self.bus.dir / 'run').chmod(0o700)
        self.bus.environment['BECKON_LOCAL_ADDRESS'] = '127.0.0.1'

    def __enter__(self):
        self.bus.__enter__()
        try:
            self.bus.register(PIPE_GUID, str(PIPE), '--session', name='Pipe')
            self.user = desk(self.bus)
            client = self.bus.client()
            client.attach()
            self.session = self.user.one('invite', 'echo', 'Pipe', '--data', 'beckon-pipe 1 ready')['id']
            # The network in memory sends everything back: the offer too.
            offer = client.wait_signal('ContextDataReceived')[2][0]
            words = offer.removeprefix('beckon-pipe 1 listen ').split(' ')
            assert words[0] == '127.0.0.1' and all(re.fullmatch('[0-9a-f]{64}', word) for word in words[2:]), offer
            self.port, self.show, self.expect = int(words[1]), words[2].encode(), words[3].encode()
            assert self.show != self.expect
        except BaseException as error:
            self.bus.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *reason):
        return self.bus.__exit__(*reason)

    def connect(self, greeting):
        connection = socket.create_connection(('127.0.0.1', self.port), LIMIT)
        connection.sendall(greeting)
        return connection

    def result(self):
        self.user.json('--timeout', str(LIMIT), 'watch', '--session', self.session, '--until',
                       'session-state=terminated')
        return self.user.one('show', self.session)['result']


def test_who_does_not_know_the_token_is_dropped():
    with Offered() as offered:
        for greeting in (b'0' * 64 + b'\n', offered.expect + b'\n', offered.show[:-1] + b'x\n', offered.show + b' ',
                         b'\n' * 65):
            with offered.connect(greeting) as connection:
                assert connection.recv(1) == b'', greeting
        # It still listens. Whoever says nothing holds nobody up.
        with offered.connect(b''), offered.connect(offered.show[:10]), \
                offered.connect(offered.show + b'\n') as connection:
            assert read(connection, 65) == offered.expect + b'\n'
            # Nobody else gets in any more.
            try:
                with offered.connect(offered.show + b'\n') as late:
                    assert late.recv(1) == b''
            except (ConnectionRefusedError, ConnectionResetError, BrokenPipeError):
                pass
            # And what flows does.
            process = offered.user.start('--attach', program=PIPE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process.stdin.write(b'hello')
            process.stdin.close()
            assert read_frame(connection) == b'hello' and read_frame(connection) == END
            connection.sendall(DONE + frame(b'world') + END)
            assert read_frame(connection) == DONE
            assert process.stdout.read() == b'world' and process.wait(LIMIT) == 0
            process.stdout.close()
            assert connection.recv(1) == b''
        assert offered.result() == 'ended'


def test_a_broken_link_is_told():
    with Offered() as offered, offered.connect(offered.show + b'\n') as connection:
        read(connection, 65)
        process = offered.user.start('--attach', program=PIPE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        connection.sendall(frame(b'x' * 1000)[:500])
        assert process.stdout.read(496) == b'x' * 496
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        connection.close()  # with a reset
        assert process.wait(LIMIT) == 1 and b'broke off' in process.stderr.read()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
        assert offered.result() == 'application-failed'


def test_cancel_stops_what_flows():
    with Offered() as offered, offered.connect(offered.show + b'\n') as connection:
        read(connection, 65)
        process = offered.user.start('--attach', program=PIPE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL)
        process.stdin.write(b'x')
        process.stdin.flush()
        assert read_frame(connection) == b'x'
        offered.user.run('cancel', offered.session)
        assert process.wait(LIMIT) == 1 and connection.recv(1) == b''
        process.stdin.close()
        process.stdout.close()
        assert offered.result() == 'cancelled-local'
        assert not list((offered.bus.dir / 'run/beckon').glob('pipe-*'))


def test_a_session_that_ends_before_anybody_attached():
    with Offered() as offered:
        sockets = offered.bus.dir / 'run/beckon'
        assert len(list(sockets.glob('pipe-*.sock'))) == 1
        assert (sockets.stat().st_mode & 0o777) == 0o700
        offered.user.run('cancel', offered.session)
        assert offered.result() == 'cancelled-local'


if __name__ == '__main__':
    tap.run([
        test_both_directions,
        test_frames_in_any_pieces,
        test_the_sender_waits_for_the_last_byte,
        test_a_broken_connection_is_no_end,
        test_nonsense_is_refused,
        test_a_full_disk,
        test_a_reader_that_leaves,
        test_a_slow_reader_holds_up_one_direction_alone,
        test_stale_and_several_sockets,
        test_usage,
        test_who_does_not_know_the_token_is_dropped,
        test_a_broken_link_is_told,
        test_cancel_stops_what_flows,
        test_a_session_that_ends_before_anybody_attached,
    ])
