#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckonctl at one end of the channel of a trial, a program at the other."""
import base64
import contextlib
import json
import socket
import struct
import subprocess

from ctlbed import LIMIT, Bus, desk, tap
from channel import read, read_end, read_some, wait_path, write

GUID = '{11111111-2222-4333-8444-555555555555}'
MAX_PACKET = 65507


@contextlib.contextmanager
def trial():
    """Somebody at a terminal, who is the inviter; a client on the bus, and what the other side's session is called."""
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '1000')
        user = desk(bus)
        ui = bus.client()
        ui.attach()
        one, two = ui.call('Registry1', 'TryApplication', '(s)', GUID)
        for path in (one, two):
            wait_path(ui, path)
        user.session = ui.get('Session1', 'SessionID', one).strip('{}')
        yield user, ui, two


def start(user, *words):
    return user.start(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end_of(process):
    """Status, what is left of its output, and its complaints."""
    if not process.stdin.closed:
        process.stdin.close()
    output, complaints = process.stdout.read(), process.stderr.read().decode()
    process.stdout.close()
    process.stderr.close()
    return process.wait(LIMIT), output, complaints


def test_stream():
    with trial() as (user, ui, two):
        process = start(user, 'session', 'stream', user.session, 'talk', '--wait')
        other = ui.open_socket('OpenStream', 'talk', two)
        process.stdin.write(b'one\0two\n')
        process.stdin.flush()
        assert read(other, 8) == b'one\0two\n'
        # The other side's end is not the end of this one's.
        write(other, b'answer')
        other.shutdown(socket.SHUT_WR)
        assert process.stdout.read(6) == b'answer'
        process.stdin.write(b'more')
        process.stdin.close()
        assert read_end(other) == b'more'
        assert end_of(process) == (0, b'', '')
        # Without a name; and more than any buffer holds.
        data = bytes(range(256)) * 16384
        source = user.bus.dir / 'source'
        source.write_bytes(data)
        with open(source, 'rb') as file:
            process = user.start('session', 'stream', user.session, stdin=file, stdout=subprocess.PIPE)
        other = ui.open_socket('OpenStream', '', two)
        assert read_end(other) == data
        other.close()
        assert process.stdout.read() == b'' and process.wait(LIMIT) == 0
        process.stdout.close()


def test_stream_of_a_session_that_ends():
    with trial() as (user, ui, two):
        process = start(user, 'session', 'stream', user.session, 'talk')
        other = ui.open_socket('OpenStream', 'talk', two)
        write(other, b'the last word')
        assert process.stdout.read(13) == b'the last word'
        ui.call('Session1', 'Cancel', '(us)', 0, '', path=two)
        # It does not wait for its input, which goes on.
        assert process.wait(LIMIT) == 5
        status, output, complaints = end_of(process)
        assert (status, output) == (5, b'') and 'cancelled' in complaints, complaints
        user.fails(1, 'SessionStateInvalid', 'session', 'datagram', user.session)
        user.fails(5, 'cancelled', 'session', 'stream', user.session, '--wait')
        user.fails(1, 'There is no session', 'session', 'stream', 'ffffffff')
        user.fails(2, 'Usage', 'session', 'stream')


def listen(process, other, data):
    """Sends to the program until it has it: packets may be lost, and are before it is there."""
    while True:
        with contextlib.suppress(BlockingIOError):
            other.send(data)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            return


def test_packets():
    with trial() as (user, ui, two):
        process = start(user, 'session', 'datagram', user.session, 'moves', '--count', '1')
        other = ui.open_socket('OpenDatagram', 'moves', two)
        process.stdin.write(b'e2e4\n\nlast')
        process.stdin.close()
        # What is still on its way when the program ends may be lost.
        got = {read_some(other) for _ in range(2)}
        assert got == {b'e2e4', b'last'}, got
        listen(process, other, b'e7\x1b[2Je5\xff')
        status, output, complaints = end_of(process)
        assert (status, complaints) == (0, '') and output.startswith(b'e7\\u001b[2Je5'), (status, output, complaints)

        process = start(user, '--json', 'session', 'datagram', user.session, 'json', '--count=1')
        other = ui.open_socket('OpenDatagram', 'json', two)
        process.stdin.close()
        listen(process, other, b'\0\xff')
        status, output, _ = end_of(process)
        told = json.loads(output.splitlines()[0])
        assert status == 0 and told == {'bytes': 2, 'data': base64.b64encode(b'\0\xff').decode()}, output

        process = start(user, 'session', 'datagram', user.session, 'raw', '--binary', '--count=1')
        other = ui.open_socket('OpenDatagram', 'raw', two)
        for packet in (b'a\nb', b'x' * MAX_PACKET):
            process.stdin.write(struct.pack('>I', len(packet)) + packet)
        process.stdin.close()
        assert {read_some(other, 70000) for _ in range(2)} == {b'a\nb', b'x' * MAX_PACKET}
        listen(process, other, b'\nto you\n')
        status, output, _ = end_of(process)
        assert status == 0 and output.startswith(struct.pack('>I', 8) + b'\nto you\n'), (status, output)


def test_packets_that_are_none():
    with trial() as (user, _ui, _two):
        words = ('session', 'datagram', user.session, 'x', '--count=0')
        user.fails(1, f'at most {MAX_PACKET}', *words, text='x' * (MAX_PACKET + 1) + '\n')
        user.fails(1, f'at most {MAX_PACKET}', *words, text='x' * 200000)
        user.fails(1, 'within a packet', *words, '--binary', text='\0\0\0\7six')
        user.fails(1, f'at most {MAX_PACKET}', *words, '--binary', text='\x7f\0\0\0more')
        assert user.run(*words, text='').returncode == 0


def test_show_and_watch():
    with trial() as (user, ui, two):
        watch = start(user, '--json', 'watch', '--until', 'stream-offered=early')
        while json.loads(watch.stdout.readline())['event'] != 'ready':
            pass
        # Each is told in a packet of its own, of which either may be the first to arrive.
        ui.open_socket('OpenStream', 'other', two)
        events = [json.loads(watch.stdout.readline())]
        while events[-1]['event'] != 'stream-offered':
            events.append(json.loads(watch.stdout.readline()))
        ui.open_socket('OpenDatagram', 'early', two)
        events += [json.loads(line) for line in watch.stdout]
        assert watch.wait(LIMIT) == 0
        assert [(event['name'], event['kind']) for event in events if event['event'] == 'stream-offered'] == \
            [('other', 'stream'), ('early', 'datagram')], events
        end_of(watch)
        # For whoever looks late it is there.
        for until in ('stream-offered=early', 'stream-offered', 'channel=direct'):
            assert user.json('watch', '--until', until)[-1]['condition'] == until
        user.fails(2, '--until', 'watch', '--until', 'channel=odd')
        shown = user.one('show', user.session)
        assert shown['channel_path'] == 'direct' and not shown['host'], shown
        assert shown['identity'] in ('unknown', 'new', 'known'), shown
        text = user.run('session', 'show', user.session).stdout.decode()
        assert 'channel          direct' in text and 'identity' in text, text
        channel = user.one('session', 'channel')
        assert channel['path'] == 'direct' and channel['network'] and 'streams' in channel, channel
        assert 'path               direct' in user.run('session', 'channel').stdout.decode()


def test_connection():
    with Bus() as bus:
        user = desk(bus)
        servers = ['stun:127.0.0.1:9', 'turn:127.0.0.1']
        user.json('connection', 'set', *servers, '--user', 'me', '--password-stdin', text='secret\n')
        assert user.one('connection', 'show') == {'servers': servers, 'user': 'me'}
        assert user.run('connection', 'show').stdout == b'stun:127.0.0.1:9\nturn:127.0.0.1  me\n'
        user.fails(1, 'InvalidArgument', 'connection', 'set', 'http://example.org')
        user.fails(2, '--user', 'connection', 'set', servers[0], '--password-stdin', text='secret\n')
        user.json('connection', 'set')
        assert user.one('connection', 'show') == {'servers': [], 'user': ''}
        report = user.one('connection', 'test')
        assert report['nat'] == 'unknown' and report['text'] and report['problems'] == [], report
        assert report['text'] in user.run('connection', 'test').stdout.decode()


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
