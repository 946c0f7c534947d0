#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two users and their whiteboards: what one draws the other has, whatever happens in between."""
import os
import signal

from board import Board
from cases import both_run, expect_end, invite, tap
from world import WINDOW, World


def users(world):
    """Alice and bob, who answer by beckonctl: Beckon's own window need not come for it."""
    world.open_screen()
    found = world.user('alice'), world.user('bob')
    for user in found:
        (user.folder / 'services' / f'{WINDOW}.service').unlink()
        user.ask_bus('ReloadConfig', None)
    return found


def befriend(alice, bob):
    alice.create_account()
    bob.create_account()
    alice.befriend(bob)


class Two:
    """Alice and bob, each with a board that is joined to the other's."""

    def __enter__(self):
        self.world = World()
        self.world.__enter__()
        try:
            alice, bob = users(self.world)
            befriend(alice, bob)
            # The desks first: what is launched from now on is seen on them.
            boards = Board(alice.desk.user), Board(bob.desk.user)
            self.session = invite(alice, bob, 'Whiteboard')
            both_run(alice, bob, self.session)
            boards[0].is_with('Bob')
            boards[1].is_with('Alice')
            return self, *boards
        except BaseException as error:
            self.world.__exit__(type(error), error, None)
            raise

    def __exit__(self, *reason):
        return self.world.__exit__(*reason)


def settle(one, other):
    """What comes from a side comes in its order: when a dot of each has come, all before it has. A board that is busy
    tells the number of its strokes later than it sends them."""
    one.desk.wait(lambda: one.count() == other.count(), 'both boards have as many strokes')
    for board in (one, other):
        number = board.count()
        board.key('space', 'space')
        for each in (one, other):
            each.strokes(number + 1)
        board.key('ctrl+z')
        for each in (one, other):
            each.strokes(number)


def agree(*boards):
    settle(*boards)
    pictures = [board.export() for board in boards]
    assert pictures[0] == pictures[1], 'the pictures differ'
    return pictures[0]


def test_what_one_draws_the_other_has():
    with Two() as (two, alice, bob):
        alice.take('Red')
        alice.draw((200, 200), (400, 200))
        bob.strokes(1)
        agree(alice, bob).has('red', (200, 200), (300, 200), (399, 200))
        bob.take('Blue', 'Thick')
        bob.draw((600, 600), (900, 600))
        alice.strokes(2)
        picture = agree(alice, bob)
        picture.has('red', (300, 200))
        picture.has('blue', (750, 600))
        # Each takes back what is their own.
        alice.press('Undo')
        bob.strokes(1)
        agree(alice, bob).has('blue', (750, 600))
        bob.press('Clear')
        alice.strokes(0)
        assert agree(alice, bob).is_blank()
        # Whoever closes the window ends the session; the other keeps the board.
        alice.key('ctrl+z')
        bob.key('ctrl+z')
        alice.strokes(1)
        bob.key('ctrl+w')
        alice.says('Bob closed Whiteboard. You can go on drawing and export the picture.')
        expect_end(two.session, 'ended', alice.user, bob.user)
        alice.draw((100, 800), (300, 800))
        alice.strokes(2)
        alice.export().has('red', (200, 800))


def test_both_draw_at_once():
    with Two() as (_, alice, bob):
        alice.take('Green')
        bob.take('Orange')
        # Keys go to one window at a time, and what they do is on its way while the other one draws.
        for number in range(6):
            alice.key('space', 'ctrl+right', 'ctrl+down', 'space', 'ctrl+up' if number % 2 else 'right')
            bob.key('space', 'ctrl+right', 'down', 'space', 'ctrl+left')
            if number == 3:
                alice.key('ctrl+z')
        alice.strokes(11)
        bob.strokes(11)
        agree(alice, bob)


def test_a_crash_of_the_other_program():
    with Two() as (two, alice, bob):
        bob.draw((200, 200), (400, 200))
        alice.strokes(1)
        settle(alice, bob)
        os.kill(process_of(bob), signal.SIGKILL)
        alice.says('You can go on drawing and export the picture.')
        expect_end(two.session, 'application-failed', alice.user, bob.user)
        alice.export().has('black', (300, 200))


def process_of(board):
    return board.desk.bus.process(board.frame().bus)


def test_a_cancel():
    with Two() as (two, alice, bob):
        alice.user.ctl('cancel', two.session)
        for board in (alice, bob):
            board.says('You can go on drawing and export the picture.')
        bob.draw((200, 200), (400, 200))
        bob.strokes(1)
        alice.strokes(0)


def test_the_service_goes():
    with Two() as (two, alice, bob):
        bob.draw((200, 200), (400, 200))
        alice.strokes(1)
        settle(alice, bob)  # the first point of a stroke counts as one; the rest may be in the service still
        bob.user.kill_service()
        bob.says('Beckon has stopped. You can go on drawing and export the picture.')
        bob.draw((200, 400), (400, 400))
        bob.strokes(2)
        bob.user.start_service()
        alice.says('You can go on drawing and export the picture.')
        expect_end(two.session, 'service-restarted', alice.user)
        alice.export().has('black', (300, 200))


if __name__ == '__main__':
    tap.run([
        test_what_one_draws_the_other_has,
        test_both_draw_at_once,
        test_a_crash_of_the_other_program,
        test_a_cancel,
        test_the_service_goes,
    ])
