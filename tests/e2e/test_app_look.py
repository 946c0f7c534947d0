#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen light, dark, narrow, and with longer words: nothing is cut off. The pictures are for people to look at:
they are in tests/e2e/look of the build."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

from gi.repository import Gio, GLib

from app_cases import register, tap
from cases import PEER, invite
from named import SAID, check_named
from processes import Failure
from windows import App
from world import BUILD, SOURCES, World, program

sys.path.append(str(SOURCES / 'tests/data'))
import installed  # noqa: E402
import texts  # noqa: E402

ALBUM = BUILD / 'tests/e2e/look'
INSIDE = 'BECKON_TEST_OWN_MOUNTS'
WIDE, NARROW = (900, 640), (360, 640)
WINDOWS = (('contact', 'ctrl+n'), ('preferences', 'ctrl+,'), ('invite', 'ctrl+i'))
NAMED = {'light', 'narrow'}  # those that differ in what is there to be said
PRINTED = {'label', 'push button', 'toggle button', 'check box', 'text', 'entry', 'list item'}


def enter_own_mounts():
    """Starts this script again where it may mount what it likes, and nobody else sees it."""
    if not os.environ.get(INSIDE):
        for command in (['unshare', '--mount'], ['unshare', '--map-root-user', '--mount']):
            if subprocess.run([*command, 'true'], capture_output=True, check=False).returncode == 0:
                os.execvpe(command[0], [*command, sys.executable, *sys.argv], {**os.environ, INSIDE: '1'})


def use_longer_words(world):
    """Puts the translation that is for looking at where the programs of the build look for theirs."""
    if not os.environ.get(INSIDE):
        raise tap.Skip('nobody may mount anything here')
    options = json.loads((BUILD / 'meson-info/intro-buildoptions.json').read_text(encoding='utf-8'))
    values = {option['name']: option['value'] for option in options}
    locale = pathlib.Path(values['prefix'], values['localedir'])
    if BUILD in locale.parents:
        installed.install()  # there is something to be hidden, and nobody takes it away as long as we run
    there = next(path for path in (locale, *locale.parents) if path.is_dir())
    assert len(there.parts) > 2, f'{there} is too much to be hidden'
    mounted = subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', str(there)], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        raise tap.Skip(f'nothing can be mounted here: {mounted.stderr.strip()}')
    catalog = locale / 'en_XA/LC_MESSAGES/beckon.mo'
    catalog.parent.mkdir(parents=True)
    texts.make_template(world.folder / 'beckon.pot')
    subprocess.run([sys.executable, SOURCES / 'tests/tools/pseudo-locale', world.folder / 'beckon.pot', catalog],
                   check=True)
    world.environment['LANGUAGE'] = 'en_XA'


# ---- looking ----

def is_there(desk, node):
    """What cannot be used is not found at its place: what it is in is."""
    place = node if 'sensitive' in node.states or node.parent is None else node.parent
    return desk.is_shown(place) and desk.extents(node)[2] > 0



def check_fits(desk, frame, what, shown):
    """Whatever is on the screen is within its window; popovers may stick out, GTK keeps them on the screen."""
    width = desk.extents(frame)[2] or desk.hands.geometry(desk.raise_window(frame))[2]
    for node in shown:
        above = {other.name for other in node.ancestors()}
        if node.role in PRINTED and 'GtkPopoverContent' not in above:
            x, _y, its_width, _height = desk.extents(node)
            if x < 0 or x + its_width > width:
                raise Failure(f'{what}: {node} goes from {x} to {x + its_width} in a window that is {width} wide')


class Photographer:
    """Takes the pictures of one way to look."""

    def __init__(self, name, app, size):
        self.name = name
        self.app = app
        self.desk = app.desk
        self.size = size
        shutil.rmtree(ALBUM / name, ignore_errors=True)
        (ALBUM / name).mkdir(parents=True)

    def picture(self, what, frame):
        shown = [node for node in frame.walk() if node.role in PRINTED | SAID and is_there(self.desk, node)]
        check_fits(self.desk, frame, f'{self.name}, {what}', shown)
        if self.name in NAMED:
            check_named(self.desk, frame, f'{self.name}, {what}', shown)
        self.desk.screen.shot(ALBUM / self.name / f'{what}.png')

    def place(self, frame):
        window = self.desk.raise_window(frame)
        hands = self.desk.hands
        hands.place(window, 20, 20, *self.size)
        hands.wait(lambda: hands.geometry(window)[2] == self.size[0],
                   f'the window “{hands.title(window)}” did not become {self.size[0]} wide')

    def main(self):
        return self.desk.find({'frame'}, 'Beckon')

    def side_window(self, what, keys):
        before = {window.path for window in self.desk.windows()}
        self.desk.key(keys, window=self.main())
        new = self.desk.wait(lambda: [window for window in self.desk.windows() if window.path not in before],
                             f'{keys} opens a window')[0]
        self.picture(what, new)
        self.desk.key('esc')
        self.desk.wait(lambda: {window.path for window in self.desk.windows()} == before, 'the window closes')

    def opened(self, what, do):
        """Pictures a window that is opened by something else than keys; Escape closes it."""
        before = {window.path for window in self.desk.windows()}
        do()
        new = self.desk.wait(lambda: [window for window in self.desk.windows() if window.path not in before],
                             f'{what} is opened')[0]
        if self.size == NARROW:  # libadwaita has preferences be 360 wide without their border
            self.desk.hands.place(self.desk.raise_window(new), 20, 20, *self.size)
        self.picture(what, new)
        self.desk.key('esc', window=new)
        self.desk.wait(lambda: {window.path for window in self.desk.windows()} == before, f'{what} closes')

    def recipients(self):
        """The second step of an invitation from the main menu, reached by typing."""
        before = {window.path for window in self.desk.windows()}
        self.desk.key('ctrl+i', window=self.main())
        new = self.desk.wait(lambda: [window for window in self.desk.windows() if window.path not in before],
                             'the invite dialog opens')[0]
        self.desk.raise_window(new)
        self.desk.hands.type('Test\n')
        self.desk.find('list item', containing='Bob', within=new, shown=True)
        self.picture('recipients', new)
        self.desk.key('esc', window=new)
        self.desk.wait(lambda: {window.path for window in self.desk.windows()} == before, 'the invite dialog closes')

    def popover(self, what, keys, role):
        self.desk.key(keys, window=self.main())
        self.desk.find(role, states={'focused'})
        self.picture(what, self.main())
        self.desk.key('esc')


def look(name, size=WIDE, longer=False, **variables):
    with World() as world:
        if longer:
            use_longer_words(world)
        world.environment.update(variables)
        world.open_screen()
        alice, bob = App(world.user('alice')), App(world.user('bob'))
        alice.start()
        photographer = Photographer(name, alice, size)
        photographer.place(photographer.main())
        alice.desk.find('text', shown=True)
        photographer.picture('welcome', photographer.main())
        for app in (alice, bob):
            app.user.create_account()
        alice.user.befriend(bob.user)
        photograph(photographer, alice, bob)
        alice.quit()


def do_action(app, action, argument):
    arguments = GLib.Variant('(sava{sv})', (action, [GLib.Variant('s', argument)], {}))
    app.user.bus.call_sync('im.beckon.Beckon', '/im/beckon/Beckon', 'org.gtk.Actions', 'Activate', arguments, None,
                           Gio.DBusCallFlags.NONE, -1, None)


def photograph_writing(photographer, alice, bob):
    """What a longer talk looks like: who said what when, marks, links, emoji; the composer with much in it."""
    for text in ('See https://example.org/a_(b), or call beckon:alice@example.org', '🙂🎉', 'مرحبا بالعالم\nand in English',
                 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft' * 2):
        bob.user.send('alice', text)
    alice.user.send('bob', 'One')
    alice.user.send('bob', 'Two, just after it')
    alice.desk.find('label', 'Two, just after it', shown=True)
    photographer.picture('talk', photographer.main())
    alice.desk.focus('text', 'Message')
    for line in ('One line', 'and two'):
        alice.desk.type(line)
        alice.desk.key('shift+enter')
    alice.desk.type(':thum')
    alice.desk.find('list item', containing=':thumbs_up:', shown=True)
    photographer.picture('composer', photographer.main())
    alice.desk.key('esc')
    alice.desk.key('ctrl+shift+f', window=photographer.main())
    alice.desk.find({'text', 'entry'}, 'Find in Conversation', shown=True)
    photographer.picture('find', photographer.main())
    alice.desk.key('esc')


def photograph_running(photographer, alice, bob):
    """A session in the timeline and all that there is to see of it."""
    session = invite(alice.user, bob.user, 'Test')
    bob.user.ctl('accept', session)
    alice.user.wait('channel=direct', session=session)
    photographer.picture('running', photographer.main())
    photographer.opened('details', lambda: do_action(alice, 'session-details', session))
    bob.user.ctl('cancel', session)
    alice.user.wait_session(session)


def photograph_people(photographer, alice):
    """What there is to see of somebody and of the own account: with the keyboard in the contact list."""
    def in_list(keys):
        alice.desk.key('ctrl+l')
        alice.desk.focus('list item', containing='Bob')
        alice.desk.key(keys)

    photographer.opened('profile', lambda: in_list('alt+enter'))
    photographer.opened('rename', lambda: in_list('f2'))
    photographer.side_window('groups', 'ctrl+g')


def photograph(photographer, alice, bob):
    alice.user.send('bob', 'Hello Bob, this is a longer message, so that it must be broken into several lines.')
    bob.user.send('alice', 'Short one 🙂')
    alice.desk.find('list item', containing='Bob')
    photographer.picture('contacts', photographer.main())
    photograph_people(photographer, alice)
    alice.desk.key('ctrl+l')
    alice.desk.focus('list item', containing='Bob')
    alice.desk.key('enter')
    alice.desk.find('text', states={'focused', 'multi-line'})
    register(alice, bob)
    session = invite(alice.user, bob.user, 'Test')
    bob.user.ctl('decline', session)
    alice.user.wait_session(session)
    alice.desk.find('label', lambda text: text.startswith('Hello Bob'))
    alice.desk.key('esc')
    photographer.picture('conversation', photographer.main())
    photographer.popover('invite-menu', 'ctrl+shift+i', {'list', 'list item'})
    photographer.popover('main-menu', 'f10', 'menu item')
    for what, keys in WINDOWS:
        photographer.side_window(what, keys)
    photographer.recipients()
    for page in ('applications', 'connection', 'behavior', 'notifications', 'privacy'):
        photographer.opened(page, lambda: do_action(alice, 'open-preferences', page))
    photographer.opened('pick', lambda: alice.user.start([program('beckonctl'), 'invite', '--pick', PEER]))
    before = {window.path for window in alice.desk.windows()}
    session = bob.user.ctl('invite', alice.user.address, 'Test')['id']
    dialog = alice.desk.wait(lambda: [window for window in alice.desk.windows() if window.path not in before],
                             'alice is asked')[0]
    alice.desk.raise_window(dialog)
    photographer.picture('invitation', dialog)
    alice.user.ctl('decline', session)
    alice.user.wait_session(session)
    photograph_running(photographer, alice, bob)
    photograph_writing(photographer, alice, bob)


def test_light():
    look('light')


def test_dark():
    look('dark', ADW_DEBUG_COLOR_SCHEME='prefer-dark')


def test_narrow():
    look('narrow', NARROW)


def test_longer_words():
    look('long', longer=True)


def test_longer_words_in_a_narrow_window():
    look('long-narrow', NARROW, longer=True)


if __name__ == '__main__':
    enter_own_mounts()
    tap.run([test_light, test_dark, test_narrow, test_longer_words, test_longer_words_in_a_narrow_window])
