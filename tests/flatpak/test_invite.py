#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alice's Beckon is that of the build tree, bob's the Flatpak: they become contacts, chat, and invite each other."""
import os
import subprocess

import box
import tap
from boxed import BoxedUser
from cases import HAS_SESSION, attach, expect_end, invite
from couples import board
from portals import Portals
from processes import LIMIT, Lines
from test_whiteboard import agree
from windows import App
from world import World


def meet(alice, bob):
    """Bob has never opened Beckon before, and asks alice."""
    alice.user.create_account()
    alice.start()
    bob.start().enlarge()
    bob.create_account()
    bob.add_contact(alice.user.address, 'It is me')
    alice.approve('Bob')
    alice.row('Bob', 'Online')
    bob.row('Alice', 'Online')
    alice.open('Bob')
    bob.open('Alice')


def draw_together(inviter, invitee):
    """From the invitation to the end of the session, both boards show the same."""
    inviter.invite('Whiteboard')
    invitee.invitation(f'{inviter.user.name.capitalize()} invites you to Whiteboard')
    session = inviter.user.ctl('sessions')[0]['id']
    invitee.answer('Accept')
    boards = board(inviter.user), board(invitee.user)
    for one, other in zip(boards, (invitee, inviter)):
        one.pictures = sum(1 for _ in one.user.visible.glob('picture-*'))
        one.is_with(other.user.name.capitalize())
    boards[0].take('Red')
    boards[0].draw((200, 200), (400, 200))
    boards[1].strokes(1)
    boards[1].take('Blue')
    boards[1].draw((200, 600), (400, 600))
    boards[0].strokes(2)
    picture = agree(*boards)
    picture.has('red', (300, 200))
    picture.has('blue', (300, 600))
    boards[1].key('ctrl+w')
    boards[0].says('closed Whiteboard. You can go on drawing and export the picture.')
    expect_end(session, 'ended', inviter.user, invitee.user)
    boards[0].key('ctrl+w')
    for one in boards:
        one.desk.gone('image', 'Board')


def stream(inviter, invitee):
    """Bytes through Pipe in both directions: who is called by hand and who was launched are in different sandboxes."""
    session = invite(inviter, invitee)
    with inviter.watch('--session', session) as one, invitee.watch('--session', session) as other:
        invitee.ctl('accept', session)
        one.until_note(HAS_SESSION)
        other.until_note(HAS_SESSION)
    ends = [attach(user, session, stdin=subprocess.PIPE) for user in (inviter, invitee)]
    for end, text in zip(ends, (b'to\n', b'fro\n')):
        end.stdin.write(text)
        end.stdin.close()
    said = [Lines(end.stdout, 'beckon-pipe').next() for end in ends]
    assert said == ['fro', 'to'], said
    assert [end.wait(LIMIT) for end in ends] == [0, 0]
    expect_end(session, 'ended', inviter, invitee)


def test_invite():
    box.install()
    with World() as world:
        world.open_screen()
        alice, bob = App(world.user('alice')), App(world.user('bob', kind=BoxedUser))
        bob.user.portals = Portals(bob.user, 'FileChooser')
        meet(alice, bob)
        alice.say('Do you hear me in there?')
        bob.reads('Do you hear me in there?')
        bob.say('As if I were outside')
        alice.reads('As if I were outside')
        shot(bob)
        draw_together(alice, bob)
        draw_together(bob, alice)
        stream(alice.user, bob.user)
        stream(bob.user, alice.user)
        bob.quit()
        alice.quit()


def shot(app):
    """A picture for those who want to see it."""
    if os.environ.get('BECKON_TEST_PICTURES'):
        app.desk.shot(f'{os.environ["BECKON_TEST_PICTURES"]}/flatpak.png', app.window)


if __name__ == '__main__':
    tap.run([test_invite])
