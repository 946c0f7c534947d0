#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting at login from the sandbox: the portal is asked for it, and where there is none a sentence says what follows.
Without a window, and without the application, what comes still arrives."""
import box  # noqa: F401 finds the modules of tests/e2e
import tap
from couples import close_window, couple, leave
from gi.repository import GLib
from processes import LIMIT

SWITCH = 'Start when you log in'


def switch(bob):
    """Presses the switch in the preferences."""
    bob.user.ctl('open', 'preferences', 'behavior')
    window = bob.desk.window('Preferences')
    return bob.desk.activate({'toggle button', 'switch', 'check box'}, SWITCH, within=window)


def is_on(bob, node):
    return bool({'checked', 'pressed'} & bob.desk.states(node))


def allow(bob, autostart):
    """What the desktop's answer is from now on."""
    results = {'background': GLib.Variant('b', True), 'autostart': GLib.Variant('b', autostart)}
    bob.user.portals.answers['RequestBackground'] = (0, results)


def asked(bob):
    """What the portal was asked for."""
    parent, options = bob.user.portals.wait_call('RequestBackground', LIMIT)
    assert parent == '' and options.pop('handle_token') and options.pop('reason'), options
    return options


def test_the_portal():
    with couple('Background') as (_world, alice, bob):
        allow(bob, True)
        node = switch(bob)
        command = ['beckon', '--gapplication-service']
        assert asked(bob) == {'autostart': True, 'commandline': command, 'dbus-activatable': False}
        bob.desk.wait(lambda: is_on(bob, node), 'the switch is on')
        allow(bob, False)
        bob.desk.activate(node)
        assert asked(bob)['autostart'] is False
        bob.desk.wait(lambda: not is_on(bob, node), 'the switch is off')
        # A desktop that does not want it: the switch goes back.
        bob.desk.activate(node)
        assert asked(bob)['autostart'] is True
        bob.says('Your desktop does not allow it.')
        bob.desk.wait(lambda: not is_on(bob, node), 'the switch is off again')


def test_no_portal():
    with couple() as (_world, alice, bob):
        node = switch(bob)
        bob.says('Open Beckon yourself to be reached.')
        bob.desk.wait(lambda: not is_on(bob, node), 'the switch is off again')
        bob.desk.key('esc', window=bob.desk.window('Preferences'))
        bob.desk.window_gone('Preferences')
        # The service runs on without any window, and starts the application for what comes.
        close_window(bob)
        leave(bob)
        alice.say('Are you still there?')
        bob.desk.notification('Are you still there?')
        bob.user.stop_service()
        alice.row('Bob', 'Offline')
        # Whatever of Beckon is opened has the bus start it.
        alice.say('Come back!')
        bob.user.wait('message=Come back!', who='alice')


if __name__ == '__main__':
    tap.run([
        test_the_portal,
        test_no_portal,
    ])
