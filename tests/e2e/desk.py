# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows of one user, as somebody sees and uses them.

Things are found by their role and their name, done by the actions that they offer, by the keyboard or by the mouse.
Whatever is looked for is waited for; what does not come fails with a picture in words of all windows of the user.

What GTK 4.8 and libadwaita 1.2 really offer, as measured, and what follows for the windows:

* Windows are `frame`, those that are modal `dialog`, an AdwMessageDialog too, with its heading as name; its buttons are
  there twice, for wide and for narrow, one of them without size.
* A control without a name has the name of its type, “GtkButton”, or of what is in it, “GtkImage”. A tooltip is no name:
  icon buttons and rows of lists need an accessible label. Rows have no name of themselves, AdwActionRow has its title.
* Buttons, tabs of an AdwViewSwitcher and items of a menu have the action “Click”, switches “Toggle”. Nothing else has
  one: rows of lists, check boxes and entries are reached by the keyboard (`activate` does so) or the mouse. A
  GtkMenuButton is two nodes, the inner one is the one to activate.
* An item of a GtkPopoverMenu is a `menu item`, in the tree below its button while the menu is open.
* Component.GrabFocus does not exist. Which widget has the keyboard is told, except within an AdwEntryRow.
* A GtkTextView keeps Tab to itself unless `accepts-tab` is false.
* Invisible widgets and closed popovers are not in the tree; pages of a stack that are not on top, and what a revealer
  hides, are, and look the same as all others. `shown=True` leaves them out.
* Names and states change without an event now and then, so every wait looks again four times a second.
"""
import contextlib
import os
import signal

from gi.repository import Gio, GLib

from accessible import AccessibilityBus
from notifications import Notifications
from processes import LIMIT, Failure, behind, wait_for_exit
from sight import Sight

WINDOWS = {'frame', 'dialog', 'alert', 'window'}
UNTOLD = 20  # keys after which it cannot be an AdwEntryRow any more that has the keyboard
ACTIONS = ('Click', 'Toggle', 'Activate', 'Press')


class Desk:
    """Made for a user of a world that has a screen."""

    def __init__(self, user):
        self.user = user
        self.screen = user.world.screen
        self.hands = self.screen.hands
        self.bus = AccessibilityBus(user.environment['AT_SPI_BUS_ADDRESS'], user.label)
        self.notifications = Notifications(user.environment['DBUS_SESSION_BUS_ADDRESS'])

    def end(self):
        """Tells the programs that have windows to end; returns which they are. The second time there are none."""
        pids = self.processes() if not self.bus.connection.is_closed() else ()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        self.bus.close()
        self.notifications.close()
        return pids

    # -- programs

    def start(self, command, *arguments, **options):
        return self.user.start([command, *arguments], **options)

    def processes(self):
        return behind(self.bus.processes())

    def quit(self, application='im.beckon.Beckon'):
        """Has a program leave by its action `quit`, and waits until it is gone and the bus knows it."""
        pid = self.user.ask_bus('GetConnectionUnixProcessID', GLib.Variant('(s)', (application,))).unpack()[0]
        arguments = GLib.Variant('(sava{sv})', ('quit', [], {}))

        def activate():
            with contextlib.suppress(GLib.Error):  # it may be gone before it answers
                self.user.bus.call_sync(application, '/' + application.replace('.', '/'), 'org.gtk.Actions', 'Activate',
                                        arguments, None, Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None)

        self.user.leave_bus({application}, activate)
        wait_for_exit(pid)

    # -- looking

    def windows(self):
        return self.bus.windows()

    def all(self, role=None, name=None, *, within=None, containing=None, states=(), shown=False):
        """All that fits, in the order of the windows. `name` may be a function; `within` is a node, `containing` a
        text that it or something in it has as its name, `shown` leaves out what is not on the screen."""
        found = []
        path = within.path if within is not None else None
        for window in self.windows():
            for node in window.walk():
                if (fits(role, node.role) and fits(name, node.name) and node.states.issuperset(states)
                        and (path is None or node.is_within(path))
                        and (containing is None or node.contains(containing))):
                    found.append(node)
        return self.only_shown(found) if shown else found

    def find(self, role=None, name=None, *, timeout=LIMIT, **more):
        """The first that fits; waits for it."""
        found = self.bus.wait(lambda: self.all(role, name, **more), timeout)
        if not found:
            self.fail(f'There is no {describe(role, name, more)}', timeout)
        return found[0]

    def window(self, name, **options):
        return self.find(WINDOWS, name, **options)

    def gone(self, role=None, name=None, *, timeout=LIMIT, **more):
        """Waits until nothing fits any more."""
        if not self.bus.wait(lambda: not self.all(role, name, **more), timeout):
            self.fail(f'There is still a {describe(role, name, more)}', timeout)

    def window_gone(self, name, **options):
        self.gone(WINDOWS, name, **options)

    def wait(self, condition, what, timeout=LIMIT):
        """Waits until the condition, a function, says something true; returns that."""
        result = self.bus.wait(condition, timeout)
        if not result:
            self.fail(f'It did not come about that {what}', timeout)
        return result

    def notification(self, words):
        """Waits for a notification with these words; returns its number, see Notifications.press."""
        return self.wait(lambda: self.notifications.find(words), f'there is a notification “{words}”')

    def notification_gone(self, words):
        self.wait(lambda: self.notifications.find(words) is None, f'the notification “{words}” goes')

    def hears(self, words):
        """Waits until a screen reader has said these words without having been asked."""
        self.wait(lambda: any(words in text for text in self.bus.heard), f'“{words}” is heard')

    def again(self, node):
        """The same node as it is now; None if it is gone."""
        for window in self.windows():
            for other in window.walk():
                if other.path == node.path and other.bus == node.bus:
                    return other
        return None

    def states(self, node):
        now = self.again(node)
        return now.states if now is not None else {'defunct'}

    def text(self, node):
        """What is written in an entry, a text or a label."""
        length = self.bus.get(node, 'Text', 'CharacterCount')[0]  # entries take no -1 for “to the end”
        return self.bus.ask(node, 'Text', 'GetText', GLib.Variant('(ii)', (0, length)))[0]

    def extents(self, node):
        """x, y, width, height within its window."""
        return self.bus.ask(node, 'Component', 'GetExtents', GLib.Variant('(u)', (1,)))[0]

    def dump(self):
        return '\n'.join(line for window in self.windows() for line in window.lines()) or '(no windows)'

    def fail(self, text, timeout):
        raise Failure(f'{self.user.label}: {text} after {timeout:.0f} s. The windows:\n{self.dump()}')

    # -- doing

    def resolve(self, node, name, more):
        """A node as it is, or the first on the screen that fits; better one that can have the keyboard."""
        if name is None and not isinstance(node, (str, set)):
            return node
        found = self.wait(lambda: self.all(node, name, **{'shown': True, **more}),
                          f'there is a {describe(node, name, more)}')
        # Where two with one name are in each other, as the row of an expander in that expander, the inner one is used.
        outer = {above.path for one in found for above in one.ancestors()}
        found = [one for one in found if one.path not in outer]
        return next((one for one in found if 'focusable' in one.states), found[0])

    def actions(self, node):
        """What it offers to do, in GTK's words: Click, Toggle."""
        return [action[0] for action in self.bus.ask(node, 'Action', 'GetActions')[0]]

    def activate(self, node, name=None, **more):
        """Does what the thing is there for: by its accessible action, or by the keyboard where it offers none."""
        node = self.resolve(node, name, {'states': {'sensitive'}, **more})
        offered = self.actions(node)
        chosen = next((action for action in ACTIONS if action in offered), None)
        if chosen is None:
            self.focus(node)
            self.hands.key('space' if node.role == 'check box' else 'enter')
        elif not self.bus.ask(node, 'Action', 'DoAction', GLib.Variant('(i)', (offered.index(chosen),)))[0]:
            self.fail(f'{node} did not do “{chosen}”', 0)
        return node

    def focus(self, node, name=None, **more):
        """Goes to something by the keyboard: Tab from one to the next, arrows within a list."""
        node = self.resolve(node, name, {'states': {'sensitive'}, **more})
        window = self.raise_window(node.frame)
        self.hands.answered(window)
        seen = []
        here = self.focused()
        while here is None or here.path != node.path:
            if seen.count(here.path if here is not None else None) > (1 if here is not None else UNTOLD):
                self.fail(f'{node} is not reached by the keyboard, after {len(seen)} keys', 0)
            seen.append(here.path if here is not None else None)
            here = self.step(here, node, window)
        return node

    def step(self, here, node, window):
        """One key on the way to a node in a window. Returns what has the keyboard then; None in an AdwEntryRow, which
        does not tell: whether the keyboard went from one of them to the next cannot be seen, only that the key was
        taken."""
        before = here.path if here is not None else None
        key = 'ctrl+tab' if here is not None and 'multi-line' in here.states else 'tab'
        if here is not None and here.parent_path == node.parent_path and here.role == 'list item':
            key = 'down' if here.index < node.index else 'up'
        elif here is not None and here.role == 'list' and here.path == node.parent_path:
            key = 'down'
        self.hands.key(key)
        self.hands.answered(window)

        def moved():
            now = self.focused()
            return (now.path if now is not None else None) != before

        if before is not None:
            self.bus.wait(moved)
        return self.focused()

    def focused(self):
        """What has the keyboard in the window that is active; None if nothing has. A dialog may not tell that it is."""
        windows = self.windows()
        active = [window for window in windows if 'active' in window.states]
        if not active:
            front = {self.hands.title(window) for window in self.hands.windows_of(self.processes())
                     if window.id == self.hands.active()}
            active = [window for window in windows if window.name in front]
        for window in active:
            for node in window.walk():
                if 'focused' in node.states:
                    return node
        return None

    def only_shown(self, nodes):
        """Those that are really there to be clicked: pages of a stack that are not on top are in the tree as well."""
        shown = set()
        for frame in {node.frame.path: node.frame for node in nodes}.values():
            mine = [node for node in nodes if node.frame is frame]
            shown |= self.sight(frame, mine).on_top(mine)
        return [node for node in nodes if node.path in shown]

    def sight(self, frame, nodes):
        return Sight(self.bus, frame, nodes)

    def fill(self, node, text, name=None, **more):
        """Puts a text into an entry at once, as assistive technology does; waits until it is there. Of passwords only
        the number of letters can be seen."""
        node = self.resolve(node, name, {'states': {'sensitive'}, **more})
        self.bus.ask(node, 'EditableText', 'SetTextContents', GLib.Variant('(s)', (text,)))
        self.wait(lambda: self.holds(node, text), f'{node} holds “{text}”')
        return node

    def write(self, node, text, name=None, **more):
        """Goes to a text by the keyboard and types instead of what is in it; waits until it is there."""
        node = self.focus(node, name, **more)
        self.hands.key('ctrl+a')
        self.hands.key('delete')
        self.hands.type(text)
        self.wait(lambda: self.holds(node, text), f'{node} holds “{text}”')
        return node

    def holds(self, node, text):
        return self.text(node) in (text, *(len(text) * dot for dot in '●•*'))

    # -- the keyboard and the mouse, at the window in front

    def raise_window(self, frame=None):
        """Gives the keyboard to a window of the user; without one to that of the user which is most in front. A window
        tells of itself a moment before the window manager knows it."""
        name = 'of the user' if frame is None else f'“{frame.name}”'
        found = self.hands.wait(lambda: self.on_screen(frame), f'the window {name} did not appear')
        active = [window for window in found if frame is not None and window.id == self.hands.active()]
        window = (active or found)[-1]
        self.hands.activate(window)
        return window

    def on_screen(self, frame):
        """What raise_window chooses from; nothing as long as a window is on its way."""
        if frame is None:
            mine = self.hands.windows_of(self.processes())
            return mine if len(mine) == self.bus.count_windows() else []
        mine = self.hands.windows_of(behind({self.bus.process(frame.bus)}))
        titles = {frame.name}
        with contextlib.suppress(GLib.Error):  # it may be gone
            titles.add(self.bus.get(frame, 'Accessible', 'Name')[0])  # it may have changed meanwhile
        if titles == {''}:  # that of the shortcuts tells no name in GTK 4.18: it is the one that no other is
            others = {other.name for other in self.windows()}
            return [window for window in mine if self.hands.title(window) not in others - {''}]
        return [window for window in mine if self.hands.title(window) in titles]

    def key(self, *combinations, window=None):
        self.raise_window(window)
        for combination in combinations:
            self.hands.key(combination)

    def type(self, text, window=None):
        self.raise_window(window)
        self.hands.type(text)

    def place_of(self, node):
        """Where on the screen something is: x, y, width, height."""
        left, top, outer, _ = self.hands.geometry(self.raise_window(node.frame))
        inset, _, inner, _ = self.extents(node.frame)
        # Around what is told of there is a border. GTK 4.18 counts it to the window, and twice in the wrong direction.
        border = (outer - inner) // 2 - 2 * inset
        x, y, width, height = self.extents(node)
        return left + border + x, top + border + y, width, height

    def click(self, node, name=None, button=1, **more):
        """Clicks with the mouse into the middle of something."""
        node = self.resolve(node, name, more)
        x, y, width, height = self.place_of(node)
        self.hands.click(x + width / 2, y + height / 2, button)
        return node

    def shot(self, path, frame=None):
        self.screen.shot(path, None if frame is None else self.raise_window(frame))


def fits(wanted, value):
    if wanted is None:
        return True
    if callable(wanted):
        return wanted(value)
    return value in wanted if isinstance(wanted, (set, tuple)) else value == wanted


def describe(role, name, more):
    role = 'window' if role is WINDOWS else role or 'thing'
    rest = ''.join(f', {key} {value}' for key, value in more.items())
    return f'{role} “{name}”{rest}' if name is not None else f'{role}{rest}'
