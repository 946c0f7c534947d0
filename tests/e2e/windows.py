# SPDX-License-Identifier: GPL-3.0-or-later
"""Beckon's windows, by what people do in them. Names are those of the untranslated application."""
from processes import LIMIT, Failure
from screen import SIZE
from world import WINDOW

MAIN = 'Beckon'
INVITATION = 'Invitation'
WAITING = 'Waiting'
BUTTON = ('push button', 'toggle button')


def save_as(desk, path):
    """Types where a file is to be saved. GTK's dialog for it has no name, its entry has."""
    entry = desk.find('text', 'Name:')
    desk.wait(lambda: 'focused' in desk.states(entry), 'a name for the file can be typed')
    desk.key('ctrl+a')
    desk.type(str(path))
    desk.wait(lambda: desk.text(entry) == str(path), f'{path} is typed')
    desk.key('enter')
    desk.wait(path.exists, f'{path.name} is saved')


class App:
    """The application of one user."""

    def __init__(self, user):
        self.user = user
        self.desk = user.desk
        self.process = None

    def start(self, *arguments, **options):
        """Starts it, or has the one that runs come to the front; returns when its window is there."""
        process = self.user.start([*self.user.command('beckon'), *arguments], **options)
        self.process = self.process or process
        self.desk.window(MAIN)
        return self

    def enlarge(self):
        """Makes the window as high as the screen: then nothing of a form is scrolled out of sight."""
        self.desk.hands.place(self.desk.raise_window(self.window), 5, 5, 900, SIZE[1] - 20)
        return self

    def quit(self):
        """Leaves it, if it runs; it must have ended well."""
        if self.process is None:
            return
        self.desk.quit()
        if self.process.wait() != 0:
            raise Failure(f'Beckon of {self.user.label} ended with {self.process.returncode}')
        self.process = None

    def kill(self):
        self.user.leave_bus({WINDOW}, self.process.kill)
        self.process.wait()
        self.process = None

    @property
    def window(self):
        return self.desk.window(MAIN)

    def press(self, name, **more):
        return self.desk.activate(BUTTON, name, **more)

    def says(self, words, timeout=LIMIT):
        """Waits until a sentence with these words is to be read somewhere."""
        return self.desk.find({'label', 'alert', 'status bar', 'text', 'notification'}, lambda name: words in name,
                              shown=True, timeout=timeout)

    # -- accounts

    def fill_account(self, password=None, display_name=None):
        self.desk.fill('text', self.user.address, 'Sign-in name, such as alice@example.org')
        self.desk.fill('text', password or self.user.password, 'Password')
        if display_name is not None:
            self.desk.fill('text', display_name, 'Your name, as others see it')
        self.open_server()
        self.desk.fill('text', self.user.world.address, 'Address of the server')

    def open_server(self):
        if not self.desk.all('text', 'Address of the server', shown=True):
            self.desk.activate('list item', 'Server')

    def create_account(self):
        self.press('New Account')
        self.fill_account(display_name=self.user.name.capitalize())
        self.press('Create Account')
        self.is_online()

    def sign_in(self, password=None):
        self.press('I Have an Account')
        self.fill_account(password)
        self.press('Sign In')

    def is_online(self, word='Online'):
        self.desk.find(BUTTON, f'Your status: {word}', shown=True)

    # -- people

    def add_contact(self, address, text):
        self.ask_for_contact(address, text)
        self.desk.window_gone('Add Contact')

    def ask_for_contact(self, address, text):
        """The dialog goes when it is done."""
        self.press('Add Contact')
        dialog = self.desk.window('Add Contact')
        self.desk.fill('text', address, 'Sign-in name or link, such as bob@example.org', within=dialog)
        self.desk.fill('text', text, 'Message (optional)', within=dialog)
        self.press('Add', within=dialog)

    def row(self, name, *words):
        """The row of somebody in the contact list, when it has these words."""
        people = self.desk.find('list', 'Contacts')

        def fitting():
            rows = self.desk.all('list item', within=people, containing=name)
            return [row for row in rows if all(row.contains(word) for word in words)]

        return self.desk.wait(fitting, f'{name} is in the contact list with {words}')[0]

    def approve(self, name):
        self.press('Accept', within=self.row(name))

    def open(self, name):
        """Opens the conversation with somebody."""
        self.desk.activate(self.row(name))
        self.desk.find('text', 'Message', shown=True, states={'sensitive'})

    # -- talking

    def say(self, text):
        message = self.desk.fill('text', text, 'Message')
        self.press('Send')
        self.desk.wait(lambda: self.desk.text(message) == '', 'the message is sent')

    def reads(self, text):
        conversation = self.desk.find('list', 'Conversation')
        return self.desk.find('label', lambda name: text in name, within=conversation)

    def last_card(self, *words):
        """The newest card of the conversation with one of its labels having each of the words."""
        def fitting():
            rows = self.desk.all('list item', within=self.desk.find('list', 'Conversation'))
            return [row for row in rows[-1:] if all(row.contains(word) for word in words)]

        return self.desk.wait(fitting, f'the last entry of the conversation says {words}')[0]

    # -- inviting

    def invite(self, application):
        """Invites the person of the open conversation by the button Invite."""
        self.press('Invite')
        self.desk.activate('list item', within=self.desk.find(None, 'Applications', shown=True),
                           containing=application)

    def row_gone(self, text):
        """Waits until nobody among the contacts has that text any more. Where there is nobody left, there is no list."""
        self.desk.wait(lambda: not any(self.desk.all('list item', within=contacts, containing=text)
                                       for contacts in self.desk.all('list', 'Contacts')), f'no contact has “{text}”')

    def can_pick(self):
        """Whether the list of applications that is open can be used."""
        applications = self.desk.find(None, 'Applications', shown=True)
        return all('sensitive' in node.states for node in (applications, *applications.ancestors()))

    def invitation(self, words=''):
        """The dialog that asks."""
        dialog = self.desk.window(INVITATION)
        if words:
            self.desk.find('label', lambda name: words in name, within=dialog)
        return dialog

    def answer(self, button):
        """Accept, Decline or Cancel in the dialog; it goes at once."""
        self.press(button, within=self.invitation())
        self.desk.window_gone(INVITATION)


class Board:
    """The Whiteboard of one user."""

    TITLE = 'Whiteboard'

    def __init__(self, user):
        self.user = user
        self.desk = user.desk

    def appears(self):
        return self.desk.find(None, 'Board')

    @property
    def window(self):
        return self.appears().frame

    def is_connected(self):
        return self.desk.find('label', lambda name: name.startswith('With '), within=self.window)

    def choose(self, colour):
        pen = self.desk.activate(BUTTON, colour, within=self.window)
        self.desk.wait(lambda: 'pressed' in self.desk.states(pen), f'the pen is {colour}')

    def draw(self, points):
        """Draws with the mouse through points given as parts of the width and the height."""
        x, y, width, height = self.desk.place_of(self.appears())
        self.desk.hands.drag([(x + width * right, y + height * down) for right, down in points])

    def has_strokes(self, number):
        words = f'{number} stroke{"" if number == 1 else "s"}.'
        self.desk.wait(lambda: words in self.appears().description, f'the board has {words}')

    def export(self, path):
        """Saves the picture by the keyboard."""
        self.desk.key('ctrl+s', window=self.window)
        save_as(self.desk, path)

    def close(self):
        self.desk.key('ctrl+w', window=self.window)
        self.desk.gone(None, 'Board')
