# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done in the windows without a mouse, and what is heard of it without looking."""
from desk import fits
from processes import Failure
from windows import BUTTON, App

STOPS = 20  # of Tab, once round a window


def is_jump(name):
    """Whoever goes elsewhere before the newest is read is told by the button how many are new."""
    return name.startswith('Jump to Newest')


class Keys(App):
    """The application of one user who has no mouse and no screen reader."""

    def go(self, role, name, **more):
        """Walks to something and presses Enter."""
        self.desk.focus(role, name, **more)
        self.desk.hands.key('enter')

    def expect(self, entry, text):
        self.desk.wait(lambda: self.desk.holds(self.desk.find('text', entry), text), f'“{entry}” holds “{text}”')

    def has_keyboard(self, name):
        here = self.desk.focused()
        return here is not None and fits(name, here.name)

    def at(self, role):
        here = self.desk.focused()
        return here is not None and here.role == role

    # -- people

    def create_account(self):
        """The first field has the keyboard from the start. The rows do not tell which of them has it: what is typed
        is looked for where it should be."""
        self.desk.find('label', 'Welcome to Beckon', shown=True)
        self.desk.type('nobody')
        self.expect('Sign-in name, such as alice@example.org', 'nobody')
        self.desk.key('tab')
        self.desk.type(self.user.password)
        self.expect('Password', self.user.password)
        self.desk.key('enter')
        self.says('A sign-in name looks like')  # and the keyboard is where that is to be mended
        self.desk.key('ctrl+a')
        self.desk.type(self.user.address)
        self.expect('Sign-in name, such as alice@example.org', self.user.address)
        self.desk.key('tab', 'tab', 'tab')  # beyond the button that shows the password
        self.desk.type(self.user.name.capitalize())
        self.expect('Your name, as others see it', self.user.name.capitalize())
        self.go('list item', 'Server')
        self.desk.find('text', 'Address of the server', shown=True)
        self.desk.key('tab')
        self.desk.type(self.user.world.address)
        self.expect('Address of the server', self.user.world.address)
        self.go(BUTTON, 'Create Account')
        self.is_online()

    def add_contact(self, who, text=''):
        self.desk.key('ctrl+n')
        self.desk.window('Add Contact')
        self.desk.type(who)
        self.expect('Sign-in name or link, such as bob@example.org', who)
        self.desk.key('enter')
        self.desk.window_gone('Add Contact')

    def to_row(self, name):
        """Gives the keyboard to somebody in the contact list."""
        self.desk.key('ctrl+l')
        return self.desk.focus(self.row(name))

    def open(self, name):
        self.to_row(name)
        self.desk.key('enter')
        self.desk.wait(lambda: self.has_keyboard('Message'), 'the message can be written')

    def pick(self, item, goes_on=False):
        """Goes through the menu that is open by the arrows. `goes_on`: to another menu."""
        self.desk.find('menu item', shown=True)
        here = self.desk.wait(self.desk.focused, 'something in the menu has the keyboard')
        passed = set()
        while here.name != item:
            assert here.path not in passed, f'the menu has no {item} for the keyboard'
            passed.add(here.path)
            here = self.moves('down')
        self.desk.hands.key('enter')
        if not goes_on:
            self.desk.gone('menu item')

    def choose_of(self, name, item, key='menu'):
        """Something from the menu of somebody in the list."""
        self.to_row(name)
        self.desk.key(key)
        self.pick(item)

    def confirm(self, heading, button):
        self.go('push button', button, within=self.desk.window(heading), shown=True)
        self.desk.window_gone(heading)

    # -- the conversation

    def to_message(self):
        """On to the line to write in. Tab may stay in a message that has a link, to have Enter open that."""
        window = self.desk.raise_window(self.window)
        for _ in range(STOPS):
            if self.has_keyboard('Message'):
                return
            self.desk.hands.key('tab')
            self.desk.hands.answered(window)
        raise Failure(f'The message cannot be written by the keyboard, which is with {self.desk.focused()}')

    def to_newest(self):
        """From the line to write in it is two steps back to the newest entry in sight; that of all is one key away."""
        self.to_message()
        self.desk.key('ctrl+end')
        self.desk.gone(BUTTON, is_jump)
        self.desk.key('shift+tab', 'shift+tab')
        return self.desk.wait(lambda: self.at('list item') and self.desk.focused(), 'an entry has the keyboard')

    def moves(self, key):
        """Presses a key and waits until something else has the keyboard; returns what."""
        before = self.desk.focused()
        self.desk.hands.key(key)

        def now():
            here = self.desk.focused()
            return here if here is not None and (before is None or here.path != before.path) else None

        return self.desk.wait(now, f'{key} goes on from {before}')

    def to_entry(self, entry):
        """From the newest one by the arrows."""
        here = self.to_newest()
        while here.path != entry.path and here.role == 'list item':
            here = self.moves('up' if here.index > entry.index else 'down')
        assert here.path == entry.path, f'{entry} is not reached by the keyboard, but {here}'
        return entry

    def press_in(self, entry, button):
        """Presses a button of an entry: Tab goes to the first."""
        self.to_entry(entry)
        here = self.moves('tab')
        while here.name != button and here.is_within(entry.path):
            here = self.moves('tab')
        assert here.name == button, f'{entry} has no {button} for the keyboard, but {here}'
        self.desk.hands.key('enter')

    # -- files

    def choose_file(self, name):
        """GTK's dialog takes a path that is typed."""
        path = self.user.folder / name
        path.write_text('1234567', encoding='utf-8')
        self.desk.key('ctrl+o')
        self.desk.wait(lambda: len(self.desk.windows()) == 2, 'files can be chosen')
        self.desk.type(str(path))
        entry = self.desk.wait(lambda: [node for node in self.desk.all('text') if 'focused' in node.states],
                               'a path is typed')[0]
        self.desk.wait(lambda: self.desk.text(entry) == str(path), f'{path} is typed')
        self.desk.key('enter')
        self.send_chosen()

    def send_chosen(self):
        self.desk.window('Send Files')
        self.desk.wait(lambda: self.has_keyboard('Send'), 'Enter sends')
        self.desk.hands.key('enter')
        self.desk.window_gone('Send Files')
