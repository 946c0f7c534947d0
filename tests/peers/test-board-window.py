#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whiteboard alone, as somebody uses it: by keys, by the mouse, and what it says when something goes wrong."""
import os
import pathlib
import signal
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'tools'), str(TESTS / 'e2e')]
import tap  # noqa: E402
from board import Board  # noqa: E402
from windows import BUTTON  # noqa: E402
from processes import LIMIT, context_switches, wait_for_exit  # noqa: E402
from world import World, program  # noqa: E402

NAMED = (*BUTTON, 'image', 'menu item')


class Alone:
    """Alice at her desk with a board for herself."""

    def __enter__(self):
        self.world = World()
        self.world.__enter__()
        try:
            self.world.open_screen()
            self.alice = self.world.user('alice')
            return self.alice, Board(self.alice).start()
        except BaseException:
            self.world.__exit__(*sys.exc_info())
            raise

    def __exit__(self, *reason):
        return self.world.__exit__(*reason)


def test_drawing_by_keys():
    with Alone() as (_, board):
        board.says('Alone')
        board.strokes(0)
        # From the middle: two far steps to the right, one down.
        board.key('2', 'space', 'ctrl+right', 'ctrl+right', 'ctrl+down', 'space')
        board.strokes(1)
        board.key('right', 'right', 'shift+up')  # lifted: draws nothing
        board.strokes(1)
        picture = board.export()
        picture.has('red', (800, 500), (860, 500), (900, 540))
        picture.has('white', (790, 500), (800, 520), (910, 550), (920, 548))


def test_drawing_by_the_mouse():
    with Alone() as (_, board):
        board.take('Blue', 'Thick')
        board.draw((100, 100), (300, 100), (500, 100))
        board.strokes(1)
        board.take('White')
        board.draw((300, 60), (300, 140))
        board.take('Thin', 'Green')
        board.draw((800, 800))
        board.strokes(3)
        picture = board.export()
        picture.has('blue', (100, 100), (200, 108), (400, 92))
        picture.has('white', (300, 100), (200, 120), (802, 804))
        picture.has('green', (800, 800))


def test_undo_redo_clear():
    with Alone() as (_, board):
        board.draw((100, 100), (200, 200))
        board.draw((300, 300), (400, 400))
        board.strokes(2)
        board.press('Undo')
        board.strokes(1)
        board.key('ctrl+z')
        board.strokes(0)
        assert board.export().is_blank()
        board.key('ctrl+shift+z')
        board.strokes(1)
        board.press('Redo')
        board.strokes(2)
        board.press('Clear')
        board.strokes(0)
        board.press('Undo')  # a clear by mistake
        board.strokes(2)
        board.export().has('black', (150, 150), (350, 350))


def test_what_cannot_be_done_now_cannot_be_pressed():
    with Alone() as (_, board):
        def can(name):
            return 'sensitive' in board.find(BUTTON, name).states
        assert not can('Undo') and not can('Redo') and not can('Clear')
        board.key('space', 'right', 'space')
        board.strokes(1)
        board.desk.wait(lambda: can('Undo') and can('Clear') and not can('Redo'), 'a stroke can be undone')
        board.press('Undo')
        board.desk.wait(lambda: not can('Undo') and not can('Clear') and can('Redo'), 'and redone')


def test_whoever_does_not_see_it_is_told():
    with Alone() as (_, board):
        for node in board.frame().walk():
            if node.role in NAMED and 'focusable' in node.states:
                assert node.name and not node.name.startswith('Gtk'), '\n'.join(board.frame().lines())
        assert 'The pen is lifted.' in board.canvas().description
        board.key('space')
        board.desk.wait(lambda: 'The pen is down.' in board.canvas().description, 'the pen is down')
        board.key('tab')  # whoever goes elsewhere leaves no pen on the paper
        board.desk.wait(lambda: 'The pen is lifted.' in board.canvas().description, 'the pen is lifted')
        colours = [node.name for node in board.frame().walk() if node.role in BUTTON]
        for name in ('Black', 'Red', 'Orange', 'Green', 'Blue', 'Purple', 'Brown', 'White', 'Thin', 'Medium', 'Thick'):
            assert name in colours, colours
        assert 'pressed' in board.find(BUTTON, 'Black').states


def test_a_picture_that_cannot_be_saved():
    with Alone() as (alice, board):
        board.draw((100, 100), (200, 200))
        board.strokes(1)
        board.choose('/sys/picture.png')  # where not even root may
        board.says('you may not write to /sys')
        board.export().has('black', (150, 150))
        assert not list(alice.folder.glob('picture-1.png?*')), 'a temporary file was left'


def test_the_board_fits_any_window():
    with Alone() as (_, board):
        hands = board.desk.hands
        board.take('Thick')  # in a small window a pixel of the screen is several of the board
        outer = hands.geometry(board.desk.raise_window(board.frame()))[2]
        borders = outer - board.desk.extents(board.canvas())[2]  # while nothing moves
        for width, height in ((360, 640), (1200, 400), (500, 880)):
            window = board.desk.raise_window(board.frame())
            hands.place(window, 10, 10, width, height)
            board.desk.wait(lambda w=window, size=(width, height): hands.geometry(w)[2:] == size,
                            f'the window has its size, {hands.geometry(window)}')
            inner = width - borders
            board.desk.wait(lambda size=inner: board.desk.extents(board.canvas())[2] == size, 'the board has its size')
            before = width * 7 % 1000
            board.draw((before, 200), (before, 300))
        board.strokes(3)
        picture = board.export()
        for width in (360, 1200, 500):
            picture.has('black', (width * 7 % 1000, 250))


def test_at_rest_nothing_happens():
    """Time is what is measured here."""
    with Alone() as (_, board):
        board.draw((100, 100), (200, 200))
        board.strokes(1)
        # The focus ring of the keyboard fades, and the caches of GTK are emptied, in the seconds after.
        for _ in range(4):
            before = sum(context_switches(board.process.pid).values())
            board.desk.bus.wait(lambda: False, 5)
            count = sum(context_switches(board.process.pid).values()) - before
            if count <= 12:
                break
        assert count <= 12, f'{count} context switches in 5 s'


def test_it_ends_when_it_is_told():
    with Alone() as (_, board):
        os.kill(board.process.pid, signal.SIGTERM)
        assert board.process.wait(LIMIT) == 0
    with Alone() as (_, board):
        board.key('ctrl+w')
        assert board.process.wait(LIMIT) == 0


def test_two_boards_at_once():
    with Alone() as (alice, board):
        other = alice.desk.start(program('beckon-whiteboard'))
        alice.desk.wait(lambda: len(alice.desk.windows()) == 2, 'there are two windows')
        board.process.terminate()
        assert board.process.wait(LIMIT) == 0
        alice.desk.wait(lambda: len(alice.desk.windows()) == 1, 'one is left')
        assert other.poll() is None
        other.terminate()
        wait_for_exit(other.pid)


if __name__ == '__main__':
    tap.run([
        test_drawing_by_keys,
        test_drawing_by_the_mouse,
        test_undo_redo_clear,
        test_what_cannot_be_done_now_cannot_be_pressed,
        test_whoever_does_not_see_it_is_told,
        test_a_picture_that_cannot_be_saved,
        test_the_board_fits_any_window,
        test_at_rest_nothing_happens,
        test_it_ends_when_it_is_told,
        test_two_boards_at_once,
    ])
