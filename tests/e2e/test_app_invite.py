#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An invitation through the windows: every answer to it, and what both users read then."""
import signal

from app_cases import NAME, couple, expect_running, fake_browser, leave, register, ring, tap
from cases import PEER
from processes import LIMIT
from windows import INVITATION, App
from world import HERE

PAGE = 'https://example.org/test'


def test_accept_and_end():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        bob.answer('Accept')
        expect_running(alice, bob)
        alice.press('End', within=alice.last_card('Running'))
        alice.last_card('You cancelled.')
        bob.last_card('Alice cancelled.')


def test_decline():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        bob.answer('Decline')
        alice.last_card('Bob declined.')
        bob.last_card('You declined.')


def test_cancel_in_the_dialog():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        bob.answer('Cancel')
        alice.last_card('Bob cancelled.')
        bob.last_card('You cancelled.')


def test_cancelled_while_the_dialog_is_open():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        bob.desk.notification('Alice invites you to Pipe')
        alice.press('Cancel', within=alice.last_card('Their device is ringing'))
        bob.desk.window_gone(INVITATION)
        bob.desk.notification_gone('Alice invites you to Pipe')
        bob.last_card('Alice cancelled.')
        alice.last_card('You cancelled.')


def test_later():
    """Who closes the dialog has not answered: the card still asks."""
    with couple() as (_world, alice, bob):
        register(alice, bob)
        dialog = ring(alice, bob, NAME)
        bob.desk.notification(f'Alice invites you to {NAME}')
        bob.desk.key('esc', window=dialog)
        bob.desk.window_gone(INVITATION)
        assert bob.desk.notifications.find(f'Alice invites you to {NAME}'), 'the notification went with the dialog'
        bob.press('Accept', within=bob.last_card('Waiting for your answer'))
        expect_running(alice, bob)
        bob.desk.notification_gone(f'Alice invites you to {NAME}')


def test_accept_in_the_notification():
    with couple() as (_world, alice, bob):
        register(alice, bob)
        ring(alice, bob, NAME)
        bob.desk.notifications.press(bob.desk.notification(f'Alice invites you to {NAME}'), 'Accept')
        bob.desk.window_gone(INVITATION)
        expect_running(alice, bob)


def test_nobody_answers():
    # Long enough to see the dialog on a machine that is busy, and shorter than what is waited for it to go.
    with couple(['--answer-timeout', str(round(LIMIT / 3))]) as (_world, alice, bob):
        ring(alice, bob, 'Pipe')
        alice.last_card('Bob did not answer in time.')
        bob.last_card('The invitation from Alice ran out.')
        bob.desk.window_gone(INVITATION)


def test_the_contact_is_offline():
    with couple() as (_world, alice, bob):
        bob.user.ctl('account', 'sign-out')
        bob.says('You are signed out.')
        alice.row('Bob', 'Offline')
        alice.press('Invite')
        alice.says('Bob is offline.')
        # GTK tells it of what holds the list, not of its rows.
        assert not alice.can_pick(), 'somebody who is offline can be invited'
        bob.press('Sign In')
        alice.desk.wait(alice.can_pick, 'Bob can be invited again')
        alice.desk.key('esc')


def test_two_devices():
    with couple() as (world, alice, laptop):
        phone_user = world.user('bob', '-phone')
        phone_user.add_account()
        phone = App(phone_user).start()
        phone.row('Alice', 'Online')
        register(alice, laptop, phone)
        ring(alice, laptop, NAME)
        phone.invitation(f'Alice invites you to {NAME}')
        phone.answer('Accept')
        laptop.desk.window_gone(INVITATION)
        laptop.last_card('Accepted on another device.')
        alice.last_card('Running')
        phone.open('Alice')
        phone.last_card('Running')
        leave(phone)


def test_crossing_invitations():
    """Both invite each other at the same time: it starts once, and nobody is asked."""
    with couple() as (world, alice, bob):
        register(alice, bob)
        world.server.send_signal(signal.SIGSTOP)
        for app, name in ((alice, 'Bob'), (bob, 'Alice')):
            app.invite(NAME)
            app.last_card(f'Waiting for {name}…')
        world.server.send_signal(signal.SIGCONT)
        for app in (alice, bob):
            app.desk.find('label', containing='Running')
            app.desk.find('label', 'Both invited each other; the other invitation is used.')
            assert not app.desk.all({'frame', 'dialog'}, INVITATION), 'somebody was asked'


def test_the_program_is_missing():
    """The page of the program is opened once, and when the program comes, both start."""
    with couple() as (_world, alice, bob):
        alice.user.ctl('apps', 'register', PEER, NAME, f'{HERE}/peer hold', '--url', PAGE)
        pages = fake_browser(bob.user)
        dialog = ring(alice, bob, NAME)
        bob.desk.find('label', lambda text: 'Test is not installed here.' in text and PAGE in text, within=dialog)
        assert not pages.exists(), 'the page was opened before bob was asked'
        bob.answer('Accept')
        bob.desk.wait(lambda: pages.exists() and pages.read_text(encoding='utf-8') == PAGE + '\n', 'the page opens')
        alice.last_card('Bob is installing Test…')
        bob.last_card('Test is not installed here. It will start once it is installed.')
        register(bob)
        expect_running(alice, bob)
        assert pages.read_text(encoding='utf-8') == PAGE + '\n', 'the page was opened again'


if __name__ == '__main__':
    tap.run([
        test_accept_and_end,
        test_decline,
        test_cancel_in_the_dialog,
        test_cancelled_while_the_dialog_is_open,
        test_later,
        test_accept_in_the_notification,
        test_nobody_answers,
        test_the_contact_is_offline,
        test_two_devices,
        test_crossing_invitations,
        test_the_program_is_missing,
    ])
