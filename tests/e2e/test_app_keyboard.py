#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything with the keyboard alone, from the first start on; and what is heard of it without looking."""
import sys

import keyboard
from app_cases import leave, register, tap
from keys import Keys, is_jump
from stage import session_of
from windows import BUTTON, INVITATION, Board
from world import World


def enter(world):
    apps = [Keys(world.user(name)).start().enlarge() for name in ('alice', 'bob')]
    for app in apps:
        app.create_account()
    alice, bob = apps
    alice.add_contact(f'beckon:{bob.user.address}')
    bob.row('Alice')
    bob.desk.key('ctrl+l')
    bob.go(BUTTON, 'Accept')
    alice.row('Bob', 'Online')
    alice.open('Bob')
    bob.row('Alice', 'Online')
    bob.open('Alice')
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


def listen(alice, bob):
    """What a screen reader says of what happens in the window that one is at."""
    alice.desk.raise_window(alice.window)
    alice.desk.wait(lambda: alice.has_keyboard('Message'), 'alice writes')
    bob.user.send('alice', 'Can you hear me?')
    alice.desk.hears('Bob says: Can you hear me?')
    alice.user.ctl('status', 'busy')
    alice.desk.hears('Your status: Busy')
    alice.user.ctl('status', 'online')
    alice.desk.hears('Your status: Online')
    pick_whiteboard(alice)
    bob.invitation()
    session = session_of(alice)
    alice.desk.raise_window(alice.window)
    alice.desk.wait(lambda: 'active' in alice.window.states, 'alice is at her window')
    bob.user.ctl('decline', session)
    alice.desk.hears('Bob declined.')
    bob.desk.window_gone(INVITATION)


def look_after_contact(alice, bob):
    """All that the menu of somebody in the list does, and the keys that are short for it."""
    row = alice.to_row('Bob')
    alice.desk.key('shift+f10')
    alice.desk.find('menu item', 'Mute', shown=True)
    alice.desk.key('esc')
    alice.desk.gone('menu item')
    alice.desk.wait(lambda: alice.desk.focused().path == row.path, 'the row has the keyboard again')
    alice.choose_of('Bob', 'Mute')
    alice.row('Bob', 'Muted')
    alice.choose_of('Bob', 'Unmute', 'shift+f10')
    alice.choose_of('Bob', 'Pin to the Top')
    alice.row('Bob', 'Pinned')
    alice.choose_of('Bob', 'Unpin')
    alice.desk.gone('image', 'Pinned')
    alice.to_row('Bob')
    alice.desk.key('f2')
    alice.desk.window('Rename')
    alice.desk.key('ctrl+a')
    alice.desk.type('Robert')
    alice.desk.key('enter')
    alice.desk.window_gone('Rename')
    alice.choose_of('Robert', 'Block')
    alice.row('Robert', 'Blocked')
    alice.choose_of('Robert', 'Unblock')
    alice.row('Robert', 'Online')
    alice.to_row('Robert')
    alice.desk.key('delete')
    alice.desk.window('Remove Robert?')
    alice.desk.key('esc')
    alice.desk.window_gone('Remove Robert?')
    alice.desk.key('f2')
    alice.desk.window('Rename')
    alice.desk.key('ctrl+a', 'delete', 'enter')
    alice.desk.window_gone('Rename')
    bob.row('Alice', 'Online')


def look_through_messages(alice):
    """Found by the search; each has its menu."""
    alice.desk.key('ctrl+f')
    alice.desk.type('second')
    alice.desk.find('list item', lambda name: name.startswith('Bob: Hi'), shown=True)
    alice.go('list item', None, within=alice.desk.find('list', 'Contacts'), containing='Hi second line')
    alice.to_entry(alice.desk.find('list item', lambda name: name.startswith('Hi\nsecond line'),
                                   within=alice.desk.find('list', 'Conversation')))
    alice.desk.key('menu')
    alice.desk.find('menu item', 'Copy Message', shown=True)
    alice.desk.key('esc')
    alice.desk.gone('menu item', 'Copy Message')


def send_file(alice, bob):
    alice.choose_file('seven.txt')
    bob.desk.key('esc', window=bob.desk.window('File'))  # it lies over the card
    bob.desk.window_gone('File')
    card = bob.last_card('seven.txt', 'Waiting for your answer')
    bob.to_message()
    bob.desk.key('ctrl+end')  # what he sent otherwise than by this window did not take it there
    bob.desk.gone(BUTTON, is_jump)
    bob.go(BUTTON, 'Accept', within=card)
    bob.last_card('seven.txt', 'Received')
    bob.desk.hears('You have received')


def pick_whiteboard(alice):
    alice.desk.key('ctrl+shift+i')
    rows = alice.desk.find(None, 'Applications', shown=True)
    alice.desk.focus('list item', within=rows, containing='Whiteboard')
    alice.desk.hands.key('enter')
    alice.last_card('Their device is ringing')


def play_whiteboard(alice, bob):
    pick_whiteboard(alice)
    bob.desk.focus(BUTTON, 'Accept', within=bob.invitation())
    bob.desk.hands.key('enter')
    alices, bobs = boards = [Board(app.user) for app in (alice, bob)]
    for board in boards:
        board.is_connected()
    alices.desk.focus(alices.appears())
    alices.desk.key('space', 'right', 'right', 'down', 'space', window=alices.window)
    bobs.has_strokes(1)
    alices.desk.key('ctrl+z', window=alices.window)
    bobs.has_strokes(0)
    bobs.close()
    alice.last_card('Bob closed Whiteboard.')
    alices.close()


def put_off_whiteboard(alice, bob):
    """The card of what was put off has the same buttons."""
    pick_whiteboard(alice)
    bob.desk.key('esc', window=bob.invitation())
    bob.desk.window_gone(INVITATION)
    keyboard.use_card(bob, 'Decline', 'Waiting for your answer')
    alice.last_card('Bob declined.')


def test_the_whole_flow():
    with World() as world:
        world.open_screen()
        alice, bob = enter(world)
        chat(alice, bob)
        write_emoji(alice, bob)
        listen(alice, bob)
        look_after_contact(alice, bob)
        ada = world.user('ada')
        keyboard.answer_request(alice, ada)
        keyboard.change_status(alice, bob)
        keyboard.sort_and_filter(alice, ada)
        keyboard.keep_groups(alice)
        keyboard.keep_draft(alice)
        look_through_messages(alice)
        keyboard.go_to_newest(alice, bob)
        send_file(alice, bob)
        play_whiteboard(alice, bob)
        put_off_whiteboard(alice, bob)
        leave(alice, bob)


def test_cards_and_history():
    with World() as world:
        world.open_screen()
        alice, bob = [Keys(user) for user in world.friends('alice', 'bob')]
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.start().enlarge()
            app.row(name, 'Online')
            app.open(name)
        keyboard.use_message(alice, bob)
        keyboard.send_file_again(alice, bob)
        register(alice, bob)
        keyboard.invite_from_window(alice, bob)
        keyboard.end_and_invite_again(alice, bob)
        keyboard.answer_invitations(alice, bob)
        keyboard.keep_history(alice)
        keyboard.pick_emoji(alice)  # there are so many that reading the windows takes longer from here on
        leave(alice, bob)


if __name__ == '__main__':
    tap.run([test_cards_and_history] if 'cards' in sys.argv else [test_the_whole_flow])
