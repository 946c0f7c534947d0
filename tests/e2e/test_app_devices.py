#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One account at two windows: both are the same person's."""
from app_cases import NAME, expect_running, register, ring, tap
from stage import Stage
from windows import INVITATION, App

stage = Stage('alice', 'bob')
phones = []  # bob's second window, once it is there


def test_a_second_login(world, alice, laptop):
    user = world.user('bob', '-phone')
    phone = App(user).start().enlarge()
    phone.sign_in()
    phone.is_online()
    phones.append(phone)
    phone.open('Alice')
    laptop.is_online()
    laptop.row('Alice', 'Online')
    alice.row('Bob', 'Online')
    phone.say('from the phone')
    laptop.reads('from the phone')
    alice.reads('from the phone')
    laptop.say('from the laptop')
    phone.reads('from the laptop')
    alice.say('to both')
    for app in (laptop, phone):
        app.reads('to both')


def test_an_answer_counts_for_both(_world, alice, laptop):
    phone = phones[0]
    register(alice, laptop, phone)
    for answerer, other in ((laptop, phone), (phone, laptop)):
        ring(alice, answerer, NAME)
        other.invitation(f'Alice invites you to {NAME}')
        answerer.answer('Accept')
        other.desk.window_gone(INVITATION)
        other.desk.notification_gone(f'Alice invites you to {NAME}')
        other.last_card('Accepted on another device.')
        expect_running(alice, answerer)
        alice.press('End', within=alice.last_card('Running'))
        answerer.last_card('Alice cancelled.')
    ring(alice, laptop, NAME)
    phone.invitation()
    phone.answer('Decline')
    laptop.desk.window_gone(INVITATION)
    laptop.last_card('Declined on another device.')
    alice.last_card('Bob declined.')


def test_one_signs_out(_world, alice, laptop):
    phone = phones[0]
    phone.press('Main Menu')
    phone.desk.activate('menu item', 'Sign Out')
    phone.says('You are signed out.')
    laptop.is_online()
    alice.row('Bob', 'Online')
    ring(alice, laptop, NAME)
    laptop.answer('Decline')
    alice.last_card('Bob declined.')
    # What happened meanwhile is there afterwards.
    alice.say('while you were away')
    laptop.reads('while you were away')
    phone.press('Sign In')
    phone.is_online()
    phone.reads('while you were away')


def test_the_same_account_twice(_world, _alice, laptop):
    laptop.press('Main Menu')
    laptop.desk.activate('menu item', 'Preferences')
    preferences = laptop.desk.window('Preferences')
    laptop.press(lambda name: name.startswith('Add an account'), within=preferences)
    dialog = laptop.desk.window('Add an Account')
    laptop.desk.fill('text', laptop.user.address, 'Sign-in name, such as alice@example.org', within=dialog)
    laptop.desk.fill('text', laptop.user.password, 'Password', within=dialog)
    laptop.press('Sign In', within=dialog)
    laptop.says('This account has already been added.')
    laptop.desk.key('esc', window=dialog)
    laptop.desk.window_gone('Add an Account')
    laptop.desk.key('esc', window=preferences)
    laptop.desk.window_gone('Preferences')
    assert len(laptop.user.ctl('account', 'list')) == 1


if __name__ == '__main__':
    tap.run(stage.tests([
        test_a_second_login,
        test_an_answer_counts_for_both,
        test_one_signs_out,
        test_the_same_account_twice,
    ]))
