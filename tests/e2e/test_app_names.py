#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen: whatever can have the keyboard or be pressed says what it is and how it is called."""
import re

from app_cases import couple, register, ring, single, tap
from windows import BUTTON, WAITING, App, Board

TYPE_NAME = re.compile(r'(Gtk|Adw|Bk|Gdk)[A-Z]\w*$')  # what GTK says where there is no name
# What GTK and libadwaita make themselves and give no name in the versions that we build on.
NAMELESS = {
    'scroll pane',  # GtkScrolledWindow
    'list',         # GtkListBox within AdwPreferencesGroup, AdwExpanderRow and AdwComboRow
    'entry',        # GtkSearchEntry of AdwPreferencesWindow and GtkShortcutsWindow; ours has a name
}
OF_GTK = {'GtkShortcutsWindow', 'About'}  # windows that are made by GTK and libadwaita
NAMELESS_WITHIN = {
    'text': {'push button'},           # AdwPasswordEntryRow: the button that shows the password
    'combo box': {'list item'},        # AdwComboRow: the chosen item
}


def is_named(node):
    name = node.name.strip()
    if name and not TYPE_NAME.match(name):
        return True
    if node.role in NAMELESS or node.frame.name in OF_GTK:
        return True
    if any(node.role in NAMELESS_WITHIN.get(above.role, ()) for above in node.ancestors()):
        return True
    if node.role == 'panel' and [child for child in node.children if 'expandable' in child.states]:
        return True  # what is between the two rows of an AdwExpanderRow, in libadwaita 1.7
    # AdwExpanderRow is a row around the row that has the name. So is the outer half of a GtkMenuButton.
    return any(child.role == node.role and is_named(child) for below in node.children for child in below.walk())


def is_control(node):
    return 'focusable' in node.states or 'editable' in node.states or node.role in BUTTON


def check(desk, what):
    """All controls of all windows of the user that are on the screen now."""
    windows = desk.windows()
    controls = [node for window in windows for node in window.walk() if is_control(node)]
    assert controls, f'{what}: there is nothing to use'
    nameless = [' < '.join(map(str, (node.children, node, *node.ancestors()))) for node in controls
                if not is_named(node)]
    roleless = [f'{node} in “{node.frame.name}”' for node in controls if node.role in ('unknown', 'invalid', 'filler')]
    assert not nameless and not roleless, f'{what}: {nameless or roleless}\n{desk.dump()}'
    print(f'# {what}: {len(controls)} controls')


def test_welcome():
    with single() as (_world, alice):
        alice.desk.find('label', 'Welcome to Beckon', shown=True)
        check(alice.desk, 'welcome')
        alice.press('I Have an Account')
        check(alice.desk, 'sign in')
        alice.press('New Account')
        alice.create_account()
        alice.desk.find('label', 'No Contacts Yet', shown=True)
        check(alice.desk, 'no contacts')


def menus(app):
    for name in ('Main Menu', 'Contact Menu', 'Your status: Online'):
        app.press(name)
        app.desk.find('menu item', shown=True)
        check(app.desk, f'menu {name}')
        app.desk.key('esc')
        app.desk.gone('menu item')
    app.press('Invite')
    app.desk.find(None, 'Applications', shown=True)
    check(app.desk, 'menu Invite')
    app.desk.key('esc')


def windows(app):
    """The windows that the main window opens, by the items of its menu. That of the shortcuts is GTK's own."""
    for item in ('Preferences', 'About Beckon', 'Invite to an Application…', 'Add Contact…'):
        before = {window.path for window in app.desk.windows()}
        app.press('Main Menu')
        app.desk.activate('menu item', item)
        app.desk.wait(lambda before=before: [window for window in app.desk.windows() if window.path not in before],
                      f'{item} opens a window')
        check(app.desk, item)
        app.desk.key('esc')
        app.desk.wait(lambda before=before: {window.path for window in app.desk.windows()} == before,
                      f'the window of {item} closes')


def test_main_window():
    with couple() as (world, alice, bob):
        register(alice, bob)
        alice.say('Hello')
        bob.reads('Hello')
        carol = App(world.user('carol'))
        carol.user.create_account()
        carol.user.ctl('contact', 'add', alice.user.address)
        alice.row('Carol')
        check(alice.desk, 'main window')
        menus(alice)
        windows(alice)


def test_sessions():
    with couple() as (_world, alice, bob):
        ring(alice, bob, 'Whiteboard')
        check(alice.desk, 'card of the inviter')
        check(bob.desk, 'invitation')
        bob.answer('Accept')
        board = Board(bob.user)
        board.is_connected()
        check(bob.desk, 'whiteboard')
        board.close()
        Board(alice.user).close()
        alice.user.ctl('invite', bob.user.address, 'Pipe')
        alice.desk.window(WAITING)
        check(alice.desk, 'waiting')
        alice.press('Cancel', within=alice.desk.window(WAITING))
        alice.desk.window_gone(WAITING)


if __name__ == '__main__':
    tap.run([test_welcome, test_main_window, test_sessions])
