#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes while bob's window is closed he is told by his desktop, and answers there: across the sandbox, by the
desktop's own interface, and by the portal where that is all there is."""
import box  # noqa: F401 finds the modules of tests/e2e
import tap
from couples import board, close_window, couple, leave
from gi.repository import GLib
from notifications import NAME
from processes import LIMIT
from windows import INVITATION, MAIN
from world import WINDOW

WINDOW_PATH = '/im/beckon/Beckon'
ASKS = 'Alice invites you to Whiteboard'


class Desktop:
    """The notifications of the desktop's own interface."""

    def __init__(self, bob):
        self.notifications = bob.desk.notifications
        self.desk = bob.desk

    def press(self, words, label):
        self.notifications.press(self.desk.notification(words), label)

    def reply(self, words, text):
        self.notifications.reply(self.desk.notification(words), text)


class Portal:
    """Those of the portal, which knows of no replies."""

    def __init__(self, bob):
        self.portals = bob.user.portals
        self.desk = bob.desk

    def told(self, words):
        """The next notification that has these words."""
        while True:
            number, told = self.portals.wait_call('AddNotification', LIMIT)
            if words in told['title'] or words in told.get('body', ''):
                return number, told

    def press(self, words, label):
        number, told = self.told(words)
        if label:
            button = next(button for button in told['buttons'] if button['label'] == label)
            action, target = button['action'], button.get('target')
        else:
            action, target = told['default-action'], told.get('default-action-target')
        targets = [GLib.Variant('s', target)] if isinstance(target, str) else [] if target is None else [
            GLib.Variant(f'({"s" * len(target)})', target)]
        # What belongs to an application, the portal's backend has that do, which is started for it.
        arguments = GLib.Variant('(sava{sv})', (action.removeprefix('app.'), targets, {}))
        self.portals.bus.call_sync(WINDOW, WINDOW_PATH, 'org.freedesktop.Application', 'ActivateAction', arguments, None, 0,
                                   -1, None)


def answer(desktop, alice, bob):
    """The application runs on without a window, and then it does not run at all."""
    close_window(bob)
    alice.say('Are you there?')
    desktop.press('Are you there?', '')
    bob.reads('Are you there?')
    close_window(bob)
    alice.invite('Whiteboard')
    bob.invitation(ASKS)
    desktop.press(ASKS, 'Decline')
    bob.desk.window_gone(INVITATION)
    alice.last_card('Bob declined.')
    leave(bob)
    alice.invite('Whiteboard')
    bob.invitation(ASKS)
    assert not bob.desk.all('frame', MAIN), 'more than the question was opened'
    desktop.press(ASKS, 'Accept')
    bob.desk.window_gone(INVITATION)
    boards = board(alice.user), board(bob.user)
    boards[0].is_with('Bob')
    boards[1].is_with('Alice')
    boards[1].key('ctrl+w')
    boards[0].says('Bob closed Whiteboard.')
    boards[0].key('ctrl+w')


def test_the_interface_of_the_desktop():
    with couple(prepare=lambda bob: bob.desk.notifications.abilities.append('inline-reply')) as (_world, alice, bob):
        desktop = Desktop(bob)
        close_window(bob)
        alice.say('What do you say?')
        desktop.reply('What do you say?', 'This, from where I am')
        alice.reads('This, from where I am')
        bob.start()
        answer(desktop, alice, bob)


def leave_the_bus(bob):
    """A desktop that has no such interface."""
    bob.desk.notifications.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                         'ReleaseName', GLib.Variant('(s)', (NAME,)), None, 0, -1, None)


def test_the_portal_alone():
    with couple('Notification', prepare=leave_the_bus) as (_world, alice, bob):
        answer(Portal(bob), alice, bob)


if __name__ == '__main__':
    tap.run([
        test_the_interface_of_the_desktop,
        test_the_portal_alone,
    ])
