#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whiteboard as Beckon launches it. Beckon, and the board of the other side, are played here."""
import contextlib
import pathlib
import socket
import struct
import sys
import threading

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / folder) for folder in ('tools', 'e2e', 'service')]
import tap  # noqa: E402
from board import Board  # noqa: E402
from channel import CONNECTING, DIRECT, FAILED, LOST, RELAY  # noqa: E402
from door import CONNECTION_FAILURE, ENDED, SERVICE_RESTARTED, Door  # noqa: E402
from processes import LIMIT  # noqa: E402
from world import World, program  # noqa: E402

SITE = 7
GO_ON = 'You can go on drawing and export the picture.'


def frame(kind, rest=b''):
    return struct.pack('>HB', 1 + len(rest), kind) + rest


HELLO = frame(1, struct.pack('>BQB', 1, SITE, 0))
BYE = frame(3)


def dot(number, x, y):
    """A red one, thick."""
    return frame(2, struct.pack('>QIBIBBHH', SITE, number, 1, number, 1, 2, x * 16, y * 16))


def read_frame(stream):
    length, = struct.unpack('>H', stream.recv(2, socket.MSG_WAITALL))
    return stream.recv(length, socket.MSG_WAITALL)


class Launched:
    """Alice's board, and what it comes to the session by."""

    def __init__(self, **session):
        self.session = session

    def __enter__(self):
        self.world = World()
        self.world.__enter__()
        try:
            self.world.open_screen()
            alice = self.world.user('alice')
            door = Door(alice.bus, **self.session)
            alice.environment['BECKON_COOKIE'] = 'of this session'
            board = Board(alice)
            board.process = alice.desk.start(program('beckon-whiteboard'), '--session')
            board.canvas()
            return board, door
        except BaseException:
            self.world.__exit__(*sys.exc_info())
            raise

    def __exit__(self, *reason):
        return self.world.__exit__(*reason)


def join(board, door):
    """Bob's board is there; returns his end of the stream."""
    stream = door.stream('whiteboard')
    assert read_frame(stream)[0] == 1, 'it says hello first'
    stream.sendall(HELLO)
    board.is_with('Bob')
    return stream


def still_draws(board, number):
    board.draw((200, 200), (400, 200))
    board.strokes(number)
    board.export().has('black', (300, 200))


def test_it_waits_for_the_channel():
    with Launched(ChannelPath=CONNECTING) as (board, door):
        board.says('Connecting with Bob…')
        door.settle()
        assert not door.asked('OpenStream')
        for path in (DIRECT, LOST, RELAY):
            door.set(ChannelPath=path)
        join(board, door)
        assert door.asked('OpenStream') == [('whiteboard', {})]


def test_nobody_can_be_reached():
    with Launched(ChannelPath=CONNECTING) as (board, door):
        board.says('Connecting with Bob…')
        door.set(ChannelPath=FAILED, ChannelReason='Both networks block what is needed.')
        board.says(f'Both networks block what is needed. {GO_ON}')
        assert not door.asked('OpenStream')
    with Launched(ChannelPath=CONNECTING) as (board, door):
        board.says('Connecting with Bob…')
        door.answers['OpenStream'] = 'NotSupported'
        door.set(ChannelPath=DIRECT)
        board.says(f'There is no connection with Bob (No). {GO_ON}')
        still_draws(board, 1)


def test_nonsense_is_refused():
    with Launched() as (board, door):
        stream = join(board, door)
        stream.sendall(b'\0\2\x63\0')
        board.says(f'The program of Bob sent something that makes no sense. {GO_ON}')
        assert stream.recv(1) == b''
        board.desk.wait(lambda: door.asked('Cancel'), 'it gives up')
        assert door.asked('Cancel') == [(CONNECTION_FAILURE, '')]
        still_draws(board, 1)


def test_a_flood_has_an_end():
    with Launched() as (board, door):
        stream = join(board, door)

        def draw():
            number = 0
            with contextlib.suppress(OSError):
                while True:
                    number += 1
                    stream.sendall(dot(number, number % 1600, 500))
        flood = threading.Thread(target=draw)
        flood.start()
        board.says('The program of Bob sent something that makes no sense.')
        flood.join(LIMIT)
        board.strokes(20000)
        still_draws(board, 20001)


def test_a_way_that_is_lost_and_found():
    with Launched() as (board, door):
        stream = join(board, door)
        door.set(ChannelPath=LOST, ChannelReason='Nothing has been heard for a while.')
        board.says('Connecting with Bob again…')
        board.draw((200, 200), (400, 200))
        board.strokes(1)
        door.set(ChannelPath=RELAY)
        board.is_with('Bob')
        assert read_frame(stream)[0] == 2
        stream.sendall(dot(1, 100, 100))
        board.strokes(2)
        board.export().has('red', (100, 100))


def test_the_other_board_is_closed():
    with Launched() as (board, door):
        stream = join(board, door)
        # The session may be over before all that was drawn has come.
        door.end(ENDED)
        stream.sendall(dot(1, 100, 100) + BYE)
        board.says(f'Bob closed Whiteboard. {GO_ON}')
        board.strokes(1)


def test_what_the_session_says():
    with Launched() as (board, door):
        stream = join(board, door)
        door.end(SERVICE_RESTARTED, 'Somebody restarted something.')
        board.says(f'Somebody restarted something. {GO_ON}')
        assert stream.recv(1) == b''
    with Launched() as (board, door):
        stream = join(board, door)
        stream.close()
        board.says('Connecting with Bob again…')
        door.end(CONNECTION_FAILURE, 'The connection is gone.')
        board.says(f'The connection is gone. {GO_ON}')
        still_draws(board, 1)


def test_beckon_leaves():
    with Launched() as (board, door):
        stream = join(board, door)
        door.leave()
        door.settle()
        stream.sendall(dot(1, 100, 100))  # what it carries still comes
        board.strokes(1)
        door.close()
        board.says(f'Beckon has stopped. {GO_ON}')
        still_draws(board, 2)
    with Launched() as (board, door):
        join(board, door)
        door.close()
        board.says('Connecting with Bob again…')
        door.leave()
        board.says(f'Beckon has stopped. {GO_ON}')


def test_it_says_when_it_is_closed():
    with Launched() as (board, door):
        stream = join(board, door)
        board.draw((200, 200))
        board.strokes(1)
        board.key('ctrl+w')
        assert board.process.wait(LIMIT) == 0
        assert read_frame(stream)[0] == 2 and stream.recv(16) == BYE


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
