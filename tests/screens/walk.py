# SPDX-License-Identifier: GPL-3.0-or-later
"""Going through the windows of somebody in one way to look, and looking at each."""
import subprocess

from gi.repository import Gio, GLib
from Xlib import X

from processes import LIMIT, Failure
from windows import App
from world import WINDOW, program

WIDE, NARROW = (900, 640), (360, 640)
PRINTED = {'label', 'push button', 'toggle button', 'check box', 'text', 'entry', 'list item'}
BUTTON = {'push button', 'toggle button'}
PLACE = (20, 20)
MAX_ROWS = 40
ALL = 0xffffffff
DPI = 96  # that makes text as large as usual
BORDER = 10  # that GTK draws where nobody puts windows together


class Way:
    """How things look."""

    def __init__(self, name, size=WIDE, language='', dpi=DPI, **variables):
        self.name = name
        self.size = size
        self.language = language
        self.dpi = dpi  # for which text is made
        self.variables = variables


class Walk:
    """Opens and closes windows of an application, in any language; `look` is called with a name for what is to be seen
    and with the window that it is about, `after` when all of it has been painted."""

    def __init__(self, user, way, words, look):
        self.app = App(user)
        self.user = user
        self.desk = user.desk
        self.hands = user.desk.hands
        self.way = way
        self.words = words
        self.look = look

    # -- words

    def t(self, text, context=None):
        """A text of the sources in the language of the windows, without its mnemonic."""
        said = self.words.pgettext(context, text) if context else self.words.gettext(text)
        return said.replace('_', '', 1)

    def begins(self, text):
        """Whether a name is the text, in the language, up to what is filled in."""
        start = self.t(text).split('%')[0]
        return lambda name: name.startswith(start)

    # -- the program

    def start(self):
        self.hands.set_resources(f'Xft.dpi: {self.way.dpi}\n')  # GTK's own setting stands behind those of the screen
        self.app.process = self.run('beckon')
        self.desk.window('Beckon')
        self.place(self.main())
        return self

    def run(self, name):
        """A program in this way to look."""
        environment = {**self.user.environment, **self.way.variables, 'LANGUAGE': self.way.language}
        kept, self.user.environment = self.user.environment, environment
        try:
            return self.desk.start(program(name))
        finally:
            self.user.environment = kept

    def stop(self):
        self.app.quit()

    def do(self, action, *arguments):
        """An action of the application, as from a notification. It comes another way than keys: those that were pressed
        before are taken first."""
        self.hands.answered(self.desk.raise_window(self.main()))
        values = [GLib.Variant('s', arguments[0])] if len(arguments) == 1 else []
        if len(arguments) > 1:
            values = [GLib.Variant(f'({"s" * len(arguments)})', arguments)]
        self.user.bus.call_sync(WINDOW, '/im/beckon/Beckon', 'org.gtk.Actions', 'Activate',
                                GLib.Variant('(sava{sv})', (action, values, {})), None, Gio.DBusCallFlags.NONE, -1, None)

    # -- windows

    def main(self):
        return self.desk.find({'frame'}, 'Beckon')

    def place(self, frame):
        window = self.desk.raise_window(frame)
        self.hands.place(window, *PLACE, *self.way.size)
        self.hands.wait(lambda: self.hands.geometry(window)[2] == self.way.size[0],
                        f'the window “{self.hands.title(window)}” did not become {self.way.size[0]} wide')

    def paths(self):
        return {window.path for window in self.desk.windows()}

    def open(self, what, do):
        """Does what opens a window; returns that."""
        before = self.paths()
        do()
        new = self.desk.wait(lambda: [window for window in self.desk.windows() if window.path not in before],
                             f'{what} is opened')[0]
        self.desk.raise_window(new)
        if self.way.size == NARROW and new.role == 'frame':
            # libadwaita has preferences be 360 wide without their border
            self.hands.place(self.desk.raise_window(new), *PLACE, *self.way.size)
        return new

    def close(self, window, key='esc'):
        self.desk.key(key, window=window)
        self.desk.wait(lambda: window.path not in self.paths(), f'{window} closes')

    def picture(self, what, frame=None):
        frame = self.desk.again(frame) if frame is not None else self.main()
        window = self.desk.raise_window(frame)
        self.hands.answered(window)
        if frame.role == 'frame' and what != 'shortcuts':  # that is GTK's
            width = (window.get_wm_normal_hints() or {'min_width': 0})['min_width']
            if width > self.way.size[0] + BORDER:
                raise Failure(f'{what}: a window is {width} wide where there is room for {self.way.size[0]}')
        self.look(what, frame)

    def window(self, what, do, inside=None, key='esc'):
        """Pictures a window that something opens; `inside` is called with it before `key` closes it again."""
        new = self.open(what, do)
        self.picture(what, new)
        if inside is not None:
            inside(new)
        self.close(new, key)

    def key(self, *keys, window=None):
        self.desk.key(*keys, window=window or self.main())

    def by_key(self, key):
        return lambda: self.key(key)

    def press(self, name, within):
        return self.desk.activate(BUTTON, name, within=within)

    # -- places of the main window

    def list(self):
        self.key('ctrl+l')

    def row(self, who):
        """Goes to somebody in the contact list by the keyboard."""
        self.list()
        window = self.desk.raise_window(self.main())
        self.hands.key('end')
        for _ in range(MAX_ROWS):
            self.hands.answered(window)
            here = self.desk.wait(self.desk.focused, 'something has the keyboard')
            if here.role == 'list item' and here.contains(who):
                return here
            self.hands.key('up')
            self.desk.wait(lambda here=here: getattr(self.desk.focused(), 'path', here.path) != here.path,
                           f'the next row after {here} has the keyboard')
        raise Failure(f'{who} is not in the list')

    def conversation(self, user):
        self.do('open-conversation', self.user.address, user.address)
        return self.desk.find('text', self.t('Message'), shown=True, states={'sensitive', 'multi-line'})

    def popover(self, what, do):
        """Pictures a popover over the main window."""
        pids = {self.hands.pid(self.desk.raise_window(self.main()))}
        do()
        self.hands.wait(lambda: self.hands.popovers(pids), f'{what} did not open')
        self.picture(what)
        self.key('esc')
        self.hands.wait(lambda: not self.hands.popovers(pids), f'{what} did not close')


# ---- looking ----

def check_fits(desk, frame, what):
    """Whatever is on the screen is within its window; popovers may stick out, GTK keeps them on the screen."""
    nodes = [node for node in frame.walk() if node.role in PRINTED]
    sight = desk.sight(frame, [frame, *nodes])
    left, width = sight.inside() or (0, desk.hands.geometry(desk.raise_window(frame))[2])
    over = [node for node in nodes if sight.places[node.path][0] < left
            or sum(sight.places[node.path][::2]) > left + width]
    shown = sight.on_top([node for node in over if not sight.is_in_popover(node)])
    for node in over:
        if node.path in shown:
            x, _y, its_width, _height = sight.places[node.path]
            raise Failure(f'{what}: {node} goes from {x} to {x + its_width} in a window that is {width} wide')


def shoot(desk, path, frame):
    """A picture of a window with the popovers over it. Nobody puts together here what programs have painted, as on a
    real screen: what a popover casts its shadow on is looked up in the window's own store."""
    hands = desk.hands
    window = desk.raise_window(frame)
    pids = {hands.pid(window)}
    left, top, width, height = hands.geometry(window)
    command = ['convert', '-depth', '8', *pixels(path, 0, window.get_image(0, 0, width, height, X.ZPixmap, ALL), width),
               '-alpha', 'off']
    for number, popover in enumerate(hands.popovers(pids), 1):
        x, y, its_width, its_height = hands.geometry(popover)
        image = popover.get_image(0, 0, its_width, its_height, X.ZPixmap, ALL)
        command += ['(', *pixels(path, number, image, its_width), '-repage', f'{x - left:+}{y - top:+}', ')']
    command += ['-background', 'none', '-layers', 'merge', '+repage']  # one that sticks out is there as a whole
    done = subprocess.run([*command, '-strip', str(path)], check=False, capture_output=True, text=True, timeout=LIMIT)
    for part in path.parent.glob('.*.bgra'):
        part.unlink()
    if done.returncode != 0:
        raise Failure(f'No picture could be taken: {done.stderr.strip()}')


def pixels(path, number, image, width):
    """What ImageMagick is told to read an image."""
    part = path.with_name(f'.{number}.bgra')
    part.write_bytes(image.data)
    return '-size', f'{width}x{len(image.data) // width // 4}', f'bgra:{part}'
