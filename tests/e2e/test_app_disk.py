#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk with a user's data is full: the window says so, and what was written is not lost."""
import os

from app_cases import ring, tap
from test_disk import INSIDE, Disk, enter_own_mounts
from windows import App
from world import World

FULL = 'Nothing can be saved on this computer: the disk is full or cannot be written to.'


def test_the_disk_is_full():
    if not os.environ.get(INSIDE):
        raise tap.Skip('nobody may mount anything here')
    with World() as world:
        world.expected_warning = 'The disk is full|What came before could not be stored'
        world.open_screen()
        alice, bob = (App(world.user(name)) for name in ('alice', 'bob'))
        disk = Disk(bob.user)
        for app in (alice, bob):
            app.user.create_account()
        alice.user.befriend(bob.user)
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.start()
            app.open(name)
        alice.say('ready')
        bob.reads('ready')
        bob.say('so am I')
        alice.reads('so am I')

        disk.fill()
        message = bob.desk.fill('text', 'nothing may be lost', 'Message')
        bob.press('Send')
        bob.says(FULL)
        bob.desk.wait(lambda: bob.desk.text(message) == 'nothing may be lost', 'the text is where it was written')

        # What comes in cannot be kept either: it waits at the server, and the window says why.
        alice.say('one more')
        bob.desk.find('alert', f'{FULL} Trying again…', shown=True)

        disk.empty()
        bob.press('Try Now')
        bob.is_online()
        bob.reads('one more')
        bob.press('Send')
        alice.reads('nothing may be lost')
        assert alice.user.texts('bob') == ['so am I', 'nothing may be lost'], alice.user.texts('bob')
        ring(alice, bob, 'Pipe')
        bob.answer('Decline')
        alice.last_card('Bob declined.')
        disk.leave()


if __name__ == '__main__':
    enter_own_mounts()
    tap.run([test_the_disk_is_full])
