# SPDX-License-Identifier: GPL-3.0-or-later
"""What the windows of a user say of themselves, and what can be done to them, through the accessibility bus (AT-SPI).

It speaks to the bus itself, without libatspi's calls: those know one bus in a process, and each user has one.
"""
import contextlib
import time

import gi
from gi.repository import Gio, GLib

from processes import LIMIT, Failure

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402 only the names of roles and states

ATSPI = 'org.a11y.atspi.'
ROOT = '/org/a11y/atspi/accessible/root'
REGISTRY = ATSPI + 'Registry'
RECHECK = 0.25  # seconds after which a condition is looked at again though nothing was heard: GTK does not tell all
DEEPEST = 100
AT_ONCE = 64  # the bus refuses calls of a program that waits for 128 answers
RENAMED = {'button': 'push button'}  # by AT-SPI 2.54, and the number is the same
ROLES = [Atspi.Role(number).value_nick.replace('-', ' ') for number in range(Atspi.Role.LAST_DEFINED)]
ROLES = [RENAMED.get(role, role) for role in ROLES]
ITEMS = ('menu item', 'check menu item', 'radio menu item')
LABELLED_BY = int(Atspi.RelationType.LABELLED_BY)
STATES = [Atspi.StateType(bit).value_nick for bit in range(Atspi.StateType.LAST_DEFINED)]


def plain(name):
    """GTK names a button with a label twice: “_Send Send” is “Send”."""
    middle = len(name) // 2
    for cut in (middle - 1, middle, middle + 1):
        first, space, second = name[:cut], name[cut:cut + 1], name[cut + 1:]
        if space == ' ' and first.replace('_', '', 1) == second:
            return second
    return name


class Node:
    """One accessible object, as it was when it was read."""

    def __init__(self, item):
        (self.bus, self.path), _application, (_, self.parent_path), self.index, self.count, interfaces = item[:6]
        name, role, self.description, words = item[6:10]
        self.told = name
        self.name = plain(name)
        self.role = ROLES[role]
        self.interfaces = {interface.removeprefix(ATSPI) for interface in interfaces}
        bits = words[0] | words[1] << 32
        self.states = {name for bit, name in enumerate(STATES) if bits >> bit & 1}
        self.parent = None
        self.children = []

    def anew(self):
        """The same, with nothing around it yet."""
        node = Node.__new__(Node)
        node.__dict__.update(self.__dict__, parent=None, children=[])
        return node

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def is_within(self, path):
        return self.path == path or any(node.path == path for node in self.ancestors())

    def contains(self, text):
        return any(text in node.name for node in self.walk())

    @property
    def frame(self):
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def lines(self, depth=0):
        """The tree below as text, for those who look for what is wrong; without what only holds other things."""
        usual = {'sensitive', 'visible', 'enabled', 'showing', 'horizontal', 'vertical', 'focusable', 'selectable'}
        if self.role == 'scroll bar':
            return
        if self.role not in ('panel', 'filler', 'scroll pane') or 'sensitive' not in self.states:
            words = [*sorted(self.states - usual), *([] if 'sensitive' in self.states else ['insensitive'])]
            yield f'{"  " * depth}{self.role} “{self.name}” {" ".join(words)}'
            depth += 1
        for child in self.children:
            yield from child.lines(depth)

    def __repr__(self):
        return f'{self.role} “{self.name}”'


class AccessibilityBus:
    """The accessibility bus of one user."""

    def __init__(self, address, label):
        self.label = label
        self.changes = 0
        self.focus = None
        self.heard = []  # what a screen reader would have said by itself
        self.below = {}  # program → path → the paths of what is below it, as far as nothing else was heard
        self.known = {}  # program → what it told of an object the last time → that object, taken apart
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        for interface in ('Event.Object', 'Event.Window', 'Cache', 'Socket'):
            self.connection.signal_subscribe(None, ATSPI + interface, None, None, None, Gio.DBusSignalFlags.NONE,
                                             self.on_signal)
        self.connection.signal_subscribe('org.freedesktop.DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', None, None,
                                         Gio.DBusSignalFlags.NONE, self.on_signal)
        for kind in ('object:', 'window:'):  # GTK tells only where somebody has said that they listen
            self.call(REGISTRY, '/org/a11y/atspi/registry', REGISTRY, 'RegisterEvent',
                      GLib.Variant('(sass)', (kind, [], '')))

    def close(self):
        with contextlib.suppress(GLib.Error):
            self.connection.close_sync(None)

    def on_signal(self, _connection, owner, path, _interface, signal, arguments):
        self.changes += 1
        self.listen(path, signal, arguments)
        if signal == 'ChildrenChanged':
            self.below.get(owner, {}).pop(path, None)

    def listen(self, path, signal, arguments):
        """Orca says what is announced, and the description of what has the keyboard when that becomes another one."""
        if signal == 'StateChanged' and arguments[0] == 'focused' and arguments[1]:
            self.focus = path
        if signal == 'Announcement' or (signal == 'PropertyChange' and path == self.focus
                                        and arguments[0] == 'accessible-description' and arguments[3]):
            self.heard.append(arguments[3])

    def on_timer(self):
        self.changes += 1
        self.below.clear()

    # -- calls

    def send(self, owner, path, interface, method, arguments=None):
        return self.connection.call_sync(owner, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                                         int(LIMIT * 1000), None)

    def call(self, owner, path, interface, method, arguments=None):
        return self.send(owner, path, interface, method, arguments).unpack()

    def ask(self, node, interface, method, arguments=None):
        """Calls a method of an object."""
        try:
            return self.call(node.bus, node.path, ATSPI + interface, method, arguments)
        except GLib.Error as error:
            raise Failure(f'{self.label}: {node} does not do {interface}.{method}: {error.message}') from error

    def get(self, node, interface, name):
        return self.call(node.bus, node.path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (ATSPI + interface, name)))

    def parents(self, owner, paths):
        """path → the path of what it is in; nothing of what is gone."""
        name = GLib.Variant('(ss)', (ATSPI + 'Accessible', 'Parent'))
        answers = self.ask_all(owner, {path: (path, 'org.freedesktop.DBus.Properties', 'Get', name) for path in paths})
        return {path: answer[0][1] for path, answer in answers.items() if answer}

    def process(self, owner):
        """The process behind a name of the bus."""
        return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                         'GetConnectionUnixProcessID', GLib.Variant('(s)', (owner,)))[0]

    # -- reading

    def applications(self):
        return self.call(REGISTRY, ROOT, ATSPI + 'Accessible', 'GetChildren')[0]

    def processes(self):
        found = set()
        with contextlib.suppress(GLib.Error):  # gone in between
            for owner, _path in self.applications():
                found.add(self.process(owner))
        return found

    def count_windows(self):
        return sum(len(paths) for owner, path in self.applications() for paths in self.children(owner, [path]).values())

    def windows(self):
        """The windows of all programs of the user, each with all that is in it."""
        found = []
        for owner, path in self.applications():
            with contextlib.suppress(GLib.Error):  # gone in between
                found += self.read_application(owner, path)
        return found

    def read_application(self, owner, path):
        """GTK's cache tells all objects in one call. But it lacks those whose parent has not been asked for its
        children, and keeps what was hidden: so parents are asked, many at once, until nothing new comes up."""
        below = self.below.setdefault(owner, {})
        below.pop(path, None)
        asked = set()
        for _ in range(DEEPEST):
            nodes = {node.path: node for node in self.items(owner)}
            for parent in [parent for parent, paths in below.items() if not all(child in nodes for child in paths)]:
                del below[parent]  # of what is no more
            unsure = {node.path for node in nodes.values() if node.count != len(below.get(node.path, ()))}
            unsure = ({path} - set(below) | unsure) - asked
            if not unsure:
                break
            below.update(self.children(owner, unsure))
            asked |= unsure
            if all(child in nodes for parent in unsure for child in below[parent]):
                break
        self.name_by_text(owner, [node for node in nodes.values() if not node.name and node.role in (*ITEMS, 'status bar')])
        return [self.join(nodes, below, nodes[child]) for child in below.get(path, ()) if child in nodes]

    def name_by_text(self, owner, nodes):
        """In GTK 4.18 a status bar has no name, but a text, and items of a menu have a label that is not among the
        things on the screen. A screen reader looks for both."""
        related = self.ask_all(owner, {node: (node.path, ATSPI + 'Accessible', 'GetRelationSet') for node in nodes})
        labels = {node: node.path for node in nodes if 'Text' in node.interfaces}
        labels |= {node: targets[0][1] for node, answer in related.items() if answer
                   for kind, targets in answer[0] if kind == LABELLED_BY and targets}
        texts = self.ask_all(owner, {node: (path, ATSPI + 'Text', 'GetText', GLib.Variant('(ii)', (0, -1)))
                                     for node, path in labels.items()})
        for node, answer in texts.items():
            node.told = node.name = answer[0] if answer else ''

    def items(self, owner):
        """All objects of a program. To take one apart takes far longer than to see that it is as it was."""
        answer = self.send(owner, '/org/a11y/atspi/cache', ATSPI + 'Cache', 'GetItems').get_child_value(0)
        before, now = self.known.get(owner, {}), {}
        for number in range(answer.n_children()):
            item = answer.get_child_value(number)
            told = item.get_data_as_bytes().get_data()
            now[told] = before.get(told) or Node(item.unpack())
        self.known[owner] = now
        return [node.anew() for node in now.values()]

    def children(self, owner, paths):
        """path → the paths of what is below it; what is gone in between has nothing below it."""
        answers = self.ask_all(owner, {path: (path, ATSPI + 'Accessible', 'GetChildren') for path in paths})
        return {path: [child for _bus, child in answer[0]] if answer else () for path, answer in answers.items()}

    def ask_all(self, owner, calls):
        """key → the answer, for calls of objects of a program: key → path, interface, method and arguments. Many are on
        the way at once. The answer of what is gone in between is None."""
        answers = dict.fromkeys(calls)
        context = GLib.MainContext()
        waiting, left = set(), list(calls)

        def on_answer(connection, result, key):
            waiting.discard(key)
            with contextlib.suppress(GLib.Error):
                answers[key] = connection.call_finish(result).unpack()

        context.push_thread_default()
        try:
            while left or waiting:
                while left and len(waiting) < AT_ONCE:
                    key = left.pop()
                    waiting.add(key)
                    path, interface, method, *arguments = calls[key]
                    self.connection.call(owner, path, interface, method, *(arguments or [None]), None,
                                         Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None, on_answer, key)
                context.iteration(True)
        finally:
            context.pop_thread_default()
        return answers

    def join(self, nodes, below, node):
        node.children = [nodes[child] for child in below.get(node.path, ()) if child in nodes]
        for child in node.children:
            child.parent = node
            self.join(nodes, below, child)
        return node

    # -- waiting

    def wait(self, condition, timeout=LIMIT):
        """Waits until the condition holds, and returns what it said: looked at whenever something is heard of."""
        deadline = time.monotonic() + timeout
        context = GLib.MainContext.default()
        while True:
            seen = self.changes
            result = condition()
            left = deadline - time.monotonic()
            if result or left <= 0:
                return result
            timer = GLib.timeout_source_new(int(min(left, RECHECK) * 1000) + 1)
            timer.set_callback(lambda _data: self.on_timer())
            timer.attach(context)
            while self.changes == seen:
                context.iteration(True)
            timer.destroy()
