#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with the keyboard alone: from the first start to a drawing that arrived."""
from app_cases import leave, tap
from windows import BUTTON, INVITATION, App, Board
from world import World


class Keys(App):
    """The application of one user who has no mouse and no screen reader."""

    def go(self, role, name, **more):
        """Walks to something and presses Enter."""
        self.desk.focus(role, name, **more)
        self.desk.hands.key('enter')

    def expect(self, entry, text):
        self.desk.wait(lambda: self.desk.holds(self.desk.find('text', entry), text), f'“{entry}” holds “{text}”')

    def create_account_by_keys(self):
        """The first field has the keyboard from the start. The rows do not tell which of them has it: what is typed
        is looked for where it should be."""
        self.desk.find('label', 'Welcome to Beckon', shown=True)
        self.desk.type(self.user.address)
        self.expect('Sign-in name, such as alice@example.org', self.user.address)
        self.desk.key('tab')
        self.desk.type(self.user.password)
        self.expect('Password', self.user.password)
        self.desk.key('tab', 'tab')  # beyond the button that shows the password
        self.desk.type(self.user.name.capitalize())
        self.expect('Your name, as others see it', self.user.name.capitalize())
        self.go('list item', 'Server')
        self.desk.find('text', 'Address of the server', shown=True)
        self.desk.key('tab')
        self.desk.type(self.user.world.address)
        self.expect('Address of the server', self.user.world.address)
        self.go(BUTTON, 'Create Account')
        self.is_online()

    def add_contact_by_keys(self, address):
        self.desk.key('ctrl+n')
        self.desk.window('Add Contact')
        self.desk.type(address)
        self.expect('Sign-in name or link, such as bob@example.org', address)
        self.desk.key('enter')
        self.desk.window_gone('Add Contact')

    def open_by_keys(self, name):
        self.desk.key('ctrl+l')
        self.desk.focus(self.row(name))
        self.desk.key('enter')
        self.desk.wait(lambda: self.has_keyboard('Message'), 'the message can be written')

    def has_keyboard(self, name):
        here = self.desk.focused()
        return here is not None and here.name == name


def enter(world):
    apps = [Keys(world.user(name)).start().enlarge() for name in ('alice', 'bob')]
    for app in apps:
        app.create_account_by_keys()
    alice, bob = apps
    alice.add_contact_by_keys(bob.user.address)
    bob.row('Alice')
    bob.desk.key('ctrl+l')
    bob.go(BUTTON, 'Accept')
    alice.row('Bob', 'Online')
    alice.open_by_keys('Bob')
    bob.row('Alice', 'Online')
    bob.open_by_keys('Alice')
    return apps


def chat(alice, bob):
    for one, other, text in ((alice, bob, 'Hello — ünïcödé'), (bob, alice, 'Hi')):
        one.desk.type(text)
        one.desk.key('shift+enter')
        one.desk.type('second line')
        one.desk.key('enter')
        other.reads(f'{text}\nsecond line')


def write_emoji(alice, bob):
    """By name: the list takes Enter for itself, the next one sends."""
    alice.desk.type(':thumbs_u')
    alice.desk.find('list item', containing=':thumbs_up:', shown=True)
    alice.desk.key('enter')
    alice.desk.wait(lambda: alice.desk.holds(alice.desk.find('text', 'Message'), '👍'), 'the emoji is there')
    alice.desk.key('enter')
    bob.reads('👍')


def pick_whiteboard(alice):
    alice.desk.key('ctrl+shift+i')
    rows = alice.desk.find(None, 'Applications', shown=True)
    alice.desk.focus('list item', within=rows, containing='Whiteboard')
    alice.desk.hands.key('enter')
    alice.last_card('Their device is ringing')


def test_the_whole_flow():
    with World() as world:
        world.open_screen()
        alice, bob = enter(world)
        chat(alice, bob)
        write_emoji(alice, bob)
        pick_whiteboard(alice)
        bob.desk.focus(BUTTON, 'Accept', within=bob.invitation())
        bob.desk.hands.key('enter')
        boards = [Board(app.user) for app in (alice, bob)]
        for board in boards:
            board.is_connected()
        alices, bobs = boards
        alices.desk.focus(alices.appears())
        alices.desk.key('space', 'right', 'right', 'down', 'space', window=alices.window)
        bobs.has_strokes(1)
        alices.desk.key('ctrl+z', window=alices.window)
        bobs.has_strokes(0)
        bobs.close()
        alice.last_card('Bob closed Whiteboard.')
        alices.close()

        pick_whiteboard(alice)
        bob.invitation()
        bob.desk.key('esc', window=bob.desk.window(INVITATION))
        bob.desk.window_gone(INVITATION)
        card = bob.last_card('Waiting for your answer')
        bob.desk.key('ctrl+l')
        bob.go(BUTTON, 'Decline', within=card)
        alice.last_card('Bob declined.')

        alice.desk.key('f10')
        alice.desk.find('menu item', 'Preferences')
        alice.desk.key('esc')
        leave(alice, bob)


if __name__ == '__main__':
    tap.run([test_the_whole_flow])
