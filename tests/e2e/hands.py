# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows on an X screen, and a person's hands on it: keyboard and mouse (XTest)."""
import contextlib
import select
import time

from Xlib import XK, X, Xatom, display, error
from Xlib.ext import composite, res, xtest
from Xlib.protocol import event

from processes import LIMIT, Failure

RECHECK = 0.25
FIRST_PING = 0x10000000  # not one of the window manager's
KEYS = {'enter': 'Return', 'esc': 'Escape', 'ctrl': 'Control_L', 'shift': 'Shift_L', 'alt': 'Alt_L', 'tab': 'Tab',
        'menu': 'Menu', 'up': 'Up', 'down': 'Down', 'left': 'Left', 'right': 'Right', 'home': 'Home', 'end': 'End',
        'backspace': 'BackSpace', 'delete': 'Delete', 'f2': 'F2', 'f10': 'F10', ',': 'comma', '.': 'period',
        '?': 'question'}


class Hands:
    """A connection to an X screen. It moves what it is told to and presses keys that are really on the keyboard."""

    def __init__(self, name):
        self.display = display.Display(name)
        self.root = self.display.screen().root
        self.root.change_attributes(event_mask=X.PropertyChangeMask | X.SubstructureNotifyMask)
        self.spare = None
        self.pings = FIRST_PING
        self.answer = None

    def close(self):
        self.display.close()

    # -- windows

    def atom(self, name):
        return self.display.intern_atom(name)

    def property(self, window, name):
        try:
            found = window.get_full_property(self.atom(name), X.AnyPropertyType)
        except (error.BadWindow, error.BadDrawable):
            return None
        return None if found is None else found.value

    def windows(self):
        """All windows that the window manager knows, the one on top last."""
        ids = self.property(self.root, '_NET_CLIENT_LIST_STACKING')
        return [self.display.create_resource_object('window', number) for number in ids or ()]

    def windows_of(self, pids):
        return [window for window in self.windows() if self.pid(window) in pids]

    def popovers(self, pids):
        """Menus and what else programs put over their windows, the one on top last."""
        found = []
        for window in self.root.query_tree().children:
            with contextlib.suppress(error.BadWindow):
                attributes = window.get_attributes()
                if attributes.override_redirect and attributes.map_state == X.IsViewable and self.pid(window) in pids:
                    found.append(window)
        return found

    def keep_pixels(self):
        """From now on every window has a store of its own, which others do not paint over."""
        composite.redirect_subwindows(self.root, composite.RedirectAutomatic)
        self.display.sync()

    def set_resources(self, text):
        """What programs that are started from now on are told of the screen, as by xrdb."""
        self.root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, text.encode('latin-1'))
        self.display.sync()

    def pid(self, window):
        """The process, as the server knows it: what a window says of itself is another number in a sandbox."""
        with contextlib.suppress(error.BadValue, error.BadWindow):
            specs = [{'client': window.id, 'mask': res.LocalClientPIDMask}]
            for found in self.display.res_query_client_ids(specs).ids:
                return found.value[0]
        return None

    def title(self, window):
        value = self.property(window, '_NET_WM_NAME')
        return value.decode('utf-8', 'replace') if value else ''

    def active(self):
        value = self.property(self.root, '_NET_ACTIVE_WINDOW')
        return value[0] if value else None

    def send(self, window, kind, *data):
        message = event.ClientMessage(window=window, client_type=self.atom(kind),
                                      data=(32, [*data, *[0] * (5 - len(data))]))
        self.root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.flush()

    def activate(self, window):
        """Raises a window and gives it the keyboard. The window manager tells that it has the keyboard a moment before
        it is raised: the mouse would meet what is still over it."""
        if self.is_in_front(window):
            return
        self.send(window, '_NET_ACTIVE_WINDOW', 2, X.CurrentTime)
        self.wait(lambda: self.is_in_front(window), f'the window “{self.title(window)}” did not come to the front')

    def is_in_front(self, window):
        """Whether a window has the keyboard and nothing of other programs is over it, but for its own dialogs."""
        if self.active() != window.id:
            return False
        with contextlib.suppress(error.BadWindow, ValueError):  # one of them may be gone meanwhile
            over = [child.id for child in self.root.query_tree().children]
            over = set(over[over.index(self.outermost(window)) + 1:])
            return not any(self.outermost(other) in over for other in self.windows()
                           if self.pid(other) != self.pid(window) and not self.property(other, 'WM_TRANSIENT_FOR'))
        return False

    def outermost(self, window):
        """What the window manager put around a window."""
        while (parent := window.query_tree().parent) != self.root:
            window = parent
        return window.id

    def geometry(self, window):
        """Where a window is on the screen and how large, without what the window manager puts around it."""
        size = window.get_geometry()
        place = self.root.translate_coords(window, 0, 0)
        return place.x, place.y, size.width, size.height

    def place(self, window, x, y, width, height):
        """Puts a window there; it may stay wider than it was told if its contents need it."""
        self.send(window, '_NET_MOVERESIZE_WINDOW', 0xf << 8 | 2 << 12 | X.NorthWestGravity, x, y, width, height)
        self.wait(lambda: self.geometry(window)[:2] == (x, y), f'the window “{self.title(window)}” did not move')

    # -- waiting

    def wait(self, condition, otherwise, timeout=LIMIT):
        """Waits until the condition, a function, says something true, and returns that: it is looked at whenever the
        screen tells of something."""
        deadline = time.monotonic() + timeout
        while not (result := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failure(f'On the screen, {otherwise} within {timeout:.0f} s')
            select.select([self.display.fileno()], [], [], min(left, RECHECK))
            self.take_events()
        return result

    def take_events(self):
        while self.display.pending_events():
            told = self.display.next_event()
            if told.type == X.ClientMessage and told.client_type == self.atom('WM_PROTOCOLS'):
                self.answer = told.data[1][1]

    def answered(self, window):
        """Waits until the program of a window has taken all keys and clicks that it was sent before: it answers a ping
        in its turn."""
        self.pings += 1
        data = [self.atom('_NET_WM_PING'), self.pings, window.id, 0, 0]
        message = event.ClientMessage(window=window, client_type=self.atom('WM_PROTOCOLS'), data=(32, data))
        window.send_event(message, event_mask=0)
        self.display.flush()
        self.wait(lambda: self.answer == self.pings, f'the window “{self.title(window)}” did not answer')

    # -- keyboard

    def keycode(self, keysym):
        """The key, and whether with Shift; what the keyboard lacks gets a key of its own, for good: then no program
        that reads its keys late reads another letter."""
        for code, level in self.display.keysym_to_keycodes(keysym):
            if level in (0, 1):
                return code, level == 1
        code = self.next_spare()
        self.display.change_keyboard_mapping(code, [(keysym, keysym)])
        self.display.sync()
        self.take_events()
        self.display._update_keymap(code, 1)  # pylint: disable=protected-access # Xlib does it at the event only
        return code, False

    def next_spare(self):
        if self.spare is None:
            first = self.display.display.info.min_keycode
            mapping = self.display.get_keyboard_mapping(first, self.display.display.info.max_keycode - first + 1)
            self.spare = [first + number for number, keys in enumerate(mapping) if not any(keys)]
        if not self.spare:
            raise Failure('The keyboard of the screen has no free key left')
        return self.spare.pop()

    def press(self, code, with_shift=False):
        shift, _ = self.keycode(XK.XK_Shift_L)
        if with_shift:
            xtest.fake_input(self.display, X.KeyPress, shift)
        xtest.fake_input(self.display, X.KeyPress, code)
        xtest.fake_input(self.display, X.KeyRelease, code)
        if with_shift:
            xtest.fake_input(self.display, X.KeyRelease, shift)

    def type(self, text):
        for letter in text:
            keysym = ord(letter) if 0x20 <= ord(letter) <= 0xff else 0x1000000 | ord(letter)
            self.press(*self.keycode(XK.XK_Return if letter == '\n' else keysym))
        self.display.sync()

    def key(self, combination):
        """Presses keys together, as in 'ctrl+shift+n'."""
        codes = []
        for name in combination.split('+'):
            keysym = XK.string_to_keysym(KEYS.get(name.lower(), name))
            if keysym == X.NoSymbol:
                raise Failure(f'There is no key “{name}”')
            codes.append(self.keycode(keysym)[0])
        for code in codes:
            xtest.fake_input(self.display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()

    # -- mouse

    def move(self, x, y):
        xtest.fake_input(self.display, X.MotionNotify, x=int(x), y=int(y))
        self.display.sync()

    def click(self, x, y, button=1):
        self.drag([(x, y)], button)

    def drag(self, points, button=1):
        """Goes along the points with the button down."""
        self.move(*points[0])
        xtest.fake_input(self.display, X.ButtonPress, button)
        for point in points[1:]:
            self.move(*point)
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.sync()
