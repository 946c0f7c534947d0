#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""There is no window when something comes: the application is started, says so, and what it says can be answered."""
import os
import signal

from app_cases import NAME, expect_running, tap
from cases import administer, register_peer
from stage import Stage
from windows import INVITATION, MAIN
from world import WINDOW, program

ASKS = f'Alice invites you to {NAME}'
SERVICE_FILE = '[D-BUS Service]\nName=im.beckon.Beckon\nExec={program} --gapplication-service\n'


def prepare(user):
    """The session bus can start the application, as it can where it is installed."""
    path = user.folder / 'services/im.beckon.Beckon.service'
    path.write_text(SERVICE_FILE.format(program=program('beckon')), encoding='utf-8')
    user.ask_bus('ReloadConfig', None)
    register_peer([user], 'hold')


def close_window(app):
    """Closes the main window, if it is open."""
    if app.desk.all(name=MAIN, role='frame'):
        app.desk.key('ctrl+w', window=app.window)
    app.desk.window_gone(MAIN)


def leave(app):
    """Ends the application altogether; what comes from now on, the service does not take to the window that was."""
    app.desk.quit()
    app.user.ctl('account', 'list')
    if app.process is not None:
        assert app.process.wait() == 0, app.process.returncode
        app.process = None


def come_back(app, name):
    app.start()
    app.open(name)


def press(app, words, button):
    app.desk.notifications.press(app.desk.notification(words), button)


# ---- the window is closed, the application runs on ----

def test_a_message(_world, alice, bob):
    close_window(bob)
    alice.say('Are you there?')
    press(bob, 'Are you there?', '')
    bob.reads('Are you there?')
    bob.desk.notification_gone('Are you there?')
    bob.say('I am')
    alice.reads('I am')


def test_accept_in_the_notification(_world, alice, bob):
    close_window(bob)
    alice.invite(NAME)
    bob.invitation(ASKS)
    press(bob, ASKS, 'Accept')
    bob.desk.window_gone(INVITATION)
    alice.last_card('Running')
    bob.desk.notification_gone(ASKS)
    alice.press('End', within=alice.last_card('Running'))
    bob.desk.notification('Alice cancelled.')


def test_decline_in_the_notification(_world, alice, bob):
    alice.invite(NAME)
    press(bob, ASKS, 'Decline')
    bob.desk.window_gone(INVITATION)
    alice.last_card('Bob declined.')
    bob.desk.notification_gone(ASKS)


def test_cancel_in_the_notification(_world, alice, bob):
    alice.invite(NAME)
    press(bob, ASKS, 'Cancel')
    bob.desk.window_gone(INVITATION)
    alice.last_card('Bob cancelled.')
    bob.desk.notification_gone(ASKS)


def test_the_notification_itself(_world, alice, bob):
    alice.invite(NAME)
    bob.desk.key('esc', window=bob.invitation(ASKS))
    bob.desk.window_gone(INVITATION)
    press(bob, ASKS, '')
    bob.invitation(ASKS)
    bob.answer('Accept')
    alice.last_card('Running')
    come_back(bob, 'Alice')
    bob.press('End', within=bob.last_card('Running'))
    alice.last_card('Bob cancelled.')


# ---- the application does not run ----

def test_an_invitation_starts_the_application(_world, alice, bob):
    leave(bob)
    alice.invite(NAME)
    bob.invitation(ASKS)
    bob.desk.notification(ASKS)
    assert not bob.desk.all('frame', MAIN), 'more than the question was opened'
    bob.answer('Accept')
    alice.last_card('Running')
    come_back(bob, 'Alice')
    alice.press('End', within=alice.last_card('Running'))
    bob.last_card('Alice cancelled.')


def test_a_message_starts_the_application(_world, alice, bob):
    leave(bob)
    alice.say('Anybody home?')
    press(bob, 'Anybody home?', '')
    bob.reads('Anybody home?')
    bob.say('Now I am')
    alice.reads('Now I am')


def test_an_alert_starts_the_application(world, _alice, bob):
    """Plain words of the operator, and a page only by its button: the notification says no more than that."""
    leave(bob)
    administer(world, 'alert', 'send', 'Tea is at <b>four</b>.', '--to=bob', '--url=https://example.org/tea')
    number = bob.desk.notification('Message from the operator of localhost')
    title, body, actions = bob.desk.notifications.shown[number]
    assert title == 'Message from the operator of localhost' and 'four' in body, (title, body)
    assert 'Open Page' in actions[1::2], actions
    assert not bob.desk.all('frame', MAIN), 'more than the notification was opened'
    # It was told: the next window does not tell it again.
    leave(bob)
    come_back(bob, 'Alice')
    administer(world, 'alert', 'send', 'Supper is at eight.', '--to=bob')
    bob.desk.notification('Supper is at eight.')
    assert len([one for one in bob.desk.notifications.shown.values() if 'Tea' in one[1]]) == 1


def test_a_program_has_it_shown(_world, alice, bob):
    """beckonctl asks for a conversation, and for the preferences: the application is started for it."""
    leave(bob)
    bob.desk.user.ctl('open', 'conversation', 'alice')
    bob.desk.window(MAIN)
    alice.say('Do you see me?')
    bob.reads('Do you see me?')
    bob.desk.user.ctl('open', 'preferences', 'behavior')
    bob.desk.key('esc', window=bob.desk.window('Preferences'))
    bob.desk.window_gone('Preferences')


def test_it_is_killed_while_it_rings(_world, alice, bob):
    alice.invite(NAME)
    dialog = bob.invitation(ASKS)
    pid = bob.desk.bus.process(dialog.bus)
    bob.user.leave_bus({WINDOW}, lambda: os.kill(pid, signal.SIGKILL))
    bob.process = None
    bob.desk.window_gone(INVITATION)
    alice.last_card('Their device is ringing')
    bob.start()
    bob.invitation(ASKS)
    bob.answer('Accept')
    bob.open('Alice')
    expect_running(alice, bob)
    bob.press('End', within=bob.last_card('Running'))
    alice.last_card('Bob cancelled.')


stage = Stage('alice', 'bob', prepare=prepare)

if __name__ == '__main__':
    tap.run(stage.tests([
        test_a_message,
        test_accept_in_the_notification,
        test_decline_in_the_notification,
        test_cancel_in_the_notification,
        test_the_notification_itself,
        test_an_invitation_starts_the_application,
        test_a_message_starts_the_application,
        test_an_alert_starts_the_application,
        test_a_program_has_it_shown,
        test_it_is_killed_while_it_rings,
    ]))
