#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk with the user's data is full: the window says so, and what was written is not lost."""
from app_cases import leave, tap
from test_disk import enter_own_mounts, make_world, wait_for_room
from windows import App
from world import World

FULL = 'The disk is full'


def open_bob(world):
    world.open_screen()
    alice, user, disk = make_world(world)
    bob = App(user).start()
    bob.row('Alice', 'Online')
    bob.open('Alice')
    return alice, bob, disk


def test_sending():
    with World() as world:
        alice, bob, disk = open_bob(world)
        disk.fill()
        message = bob.desk.fill('text', 'not lost', 'Message')
        bob.press('Send')
        bob.says(FULL)
        bob.desk.wait(lambda: bob.desk.text(message) == 'not lost', 'the text is still there to be sent')
        disk.empty()
        bob.press('Send')
        alice.wait('message=not lost', who='bob')
        assert alice.texts('bob') == ['before', 'not lost'], alice.texts('bob')
        leave(bob)
        disk.leave()


def test_receiving():
    with World() as world:
        alice, bob, disk = open_bob(world)
        disk.fill()
        alice.send('bob', 'while it is full')
        bob.says(FULL)
        wait_for_room(bob.user, disk)
        bob.reads('while it is full')
        bob.is_online()
        bob.desk.gone('alert', lambda text: FULL in text, shown=True)
        leave(bob)
        disk.leave()


if __name__ == '__main__':
    enter_own_mounts()
    tap.run([test_sending, test_receiving])
