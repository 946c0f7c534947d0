# SPDX-License-Identifier: GPL-3.0-or-later
"""Whiteboard, as somebody draws on it: by the mouse and by keys; what it shows is read from the picture it exports."""
import subprocess

from processes import Failure
from windows import BUTTON

SIZE = (1600, 1000)
MARGIN = 6  # around the paper
INK = {'black': (0x1e, 0x1e, 0x1e), 'red': (0xe0, 0x1b, 0x24), 'orange': (0xff, 0x78, 0x00),
       'green': (0x2e, 0xa0, 0x43), 'blue': (0x1c, 0x71, 0xd8), 'purple': (0x81, 0x3d, 0x9c),
       'brown': (0x86, 0x5e, 0x3c), 'white': (255, 255, 255)}


class Picture:
    """A picture that was exported."""

    def __init__(self, path):
        done = subprocess.run(['convert', str(path), '-format', '%wx%h %m', '-write', 'info:fd:2', '-depth', '8',
                               'rgb:-'], capture_output=True, check=True)
        assert done.stderr.decode().split() == ['{}x{}'.format(*SIZE), 'PNG'], done.stderr
        self.pixels = done.stdout

    def at(self, x, y):
        start = 3 * (y * SIZE[0] + x)
        return tuple(self.pixels[start:start + 3])

    def has(self, colour, *places):
        for place in places:
            assert self.at(*place) == INK[colour], f'{place} is {self.at(*place)}, not {colour}'

    def is_blank(self):
        return self.pixels == b'\xff' * len(self.pixels)

    def __eq__(self, other):
        return self.pixels == other.pixels


class Board:
    """A user's board; the first there is, unless its window's title is given."""

    def __init__(self, user, title=None):
        self.user = user
        self.desk = user.desk
        self.title = title or (lambda name: name.startswith('Whiteboard'))
        self.pictures = 0

    def start(self):
        self.process = self.user.start(self.user.command('beckon-whiteboard'))
        self.canvas()
        return self

    # -- looking

    def frame(self):
        return self.desk.window(self.title)

    def find(self, role, name):
        return self.desk.find(role, name, within=self.frame())

    def canvas(self):
        return self.find('image', 'Board')

    def says(self, words):
        """Waits until a sentence with these words is on the window."""
        return self.desk.find('label', lambda name: words in name, within=self.frame(), shown=True)

    def is_with(self, name):
        """Waits until somebody draws along."""
        return self.says(f'With {name}')

    def strokes(self, number):
        """Waits until so many strokes are on the board, as those hear who do not see it."""
        words = '1 stroke.' if number == 1 else f'{number} strokes.'
        self.desk.wait(lambda: self.canvas().description.startswith(words), f'there are {words}')

    def count(self):
        return int(self.canvas().description.split(' ')[0])

    # -- drawing

    def place(self, x, y):
        """Where on the screen a place of the board is."""
        left, top, width, height = self.desk.place_of(self.canvas())
        scale = min((width - 2 * MARGIN) / SIZE[0], (height - 2 * MARGIN) / SIZE[1])
        left += (width - scale * SIZE[0]) // 2
        top += (height - scale * SIZE[1]) // 2
        return left + scale * x, top + scale * y

    def draw(self, *points):
        """Draws from the first point to the last with the mouse. Where it was in between is not sure to be seen: of all
        that comes within a frame, GDK on X11 knows the last place alone."""
        self.desk.hands.drag([self.place(*point) for point in points])

    def press(self, name):
        """Presses a button, when it can be pressed."""
        self.desk.activate(BUTTON, name, within=self.frame(), states={'sensitive'})

    def take(self, *names):
        """Presses buttons that stay pressed: colours and widths."""
        for name in names:
            self.press(name)
            self.desk.wait(lambda name=name: 'pressed' in self.find(BUTTON, name).states, f'{name} is taken')

    def key(self, *keys):
        self.desk.key(*keys, window=self.frame())

    # -- the picture

    def chooser(self):
        """The window in which a file is chosen, if it is there: GTK gives it no role of a window."""
        return next((window for window in self.desk.windows() if window.name == 'Export Picture'), None)

    def name_entry(self):
        chooser = self.chooser()
        texts = [node for node in chooser.walk() if {'focused', 'editable'} <= node.states] if chooser else []
        return texts[0] if texts else None

    def choose(self, path):
        """Exports to a path, by keys alone."""
        self.key('ctrl+s')
        entry = self.desk.wait(self.name_entry, 'the name of the picture can be typed')
        self.desk.raise_window(self.chooser())
        self.desk.hands.key('ctrl+a')
        self.desk.hands.type(str(path))
        self.desk.wait(lambda: self.desk.text(entry) == str(path), 'the path is typed')
        self.desk.hands.key('enter')
        self.desk.wait(lambda: self.chooser() is None, 'the path is chosen')

    def export(self):
        """Exports the picture, and reads it."""
        self.pictures += 1
        path = self.user.visible / f'picture-{self.pictures}.png'
        self.choose(path)
        self.says(f'saved as {path.name}')
        if not path.is_file():
            raise Failure(f'{path} is not there')
        return Picture(path)
