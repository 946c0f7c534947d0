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
        self.name = plain(name)
        self.role = Atspi.Role(role).value_nick.replace('-', ' ')
        self.interfaces = {interface.removeprefix(ATSPI) for interface in interfaces}
        bits = words[0] | words[1] << 32
        self.states = {Atspi.StateType(bit).value_nick for bit in range(44) if bits >> bit & 1}
        self.parent = None
        self.children = []

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def is_within(self, path):
        node = self
        while node is not None and node.path != path:
            node = node.parent
        return node is not None

    def contains(self, text):
        return any(text in node.name for node in self.walk())

    @property
    def frame(self):
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def lines(self, depth=0):
        """The tree below as text, for those who look for what is wrong."""
        plain = {'sensitive', 'visible', 'enabled', 'showing', 'horizontal', 'vertical'}
        words = [*sorted(self.states - plain), *([] if 'sensitive' in self.states else ['insensitive'])]
        actable = ''.join(sorted(name[0] for name in self.interfaces - {'Accessible', 'Component'}))
        yield f'{"  " * depth}{self.role} “{self.name}” [{actable}] {" ".join(words)}'
        for child in self.children:
            yield from child.lines(depth + 1)

    def __repr__(self):
        return f'{self.role} “{self.name}”'


class AccessibilityBus:
    """The accessibility bus of one user."""

    def __init__(self, address, label):
        self.label = label
        self.changes = 0
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

    def on_signal(self, *_):
        self.changes += 1

    # -- calls

    def call(self, owner, path, interface, method, arguments=None):
        return self.connection.call_sync(owner, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                                         int(LIMIT * 1000), None).unpack()

    def ask(self, node, interface, method, arguments=None):
        """Calls a method of an object."""
        try:
            return self.call(node.bus, node.path, ATSPI + interface, method, arguments)
        except GLib.Error as error:
            raise Failure(f'{self.label}: {node} does not do {interface}.{method}: {error.message}') from error

    def get(self, node, interface, name):
        return self.call(node.bus, node.path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (ATSPI + interface, name)))

    def parent(self, owner, path):
        return self.call(owner, path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (ATSPI + 'Accessible', 'Parent')))[0][1]

    def process(self, owner):
        """The process behind a name of the bus."""
        return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                         'GetConnectionUnixProcessID', GLib.Variant('(s)', (owner,)))[0]

    # -- reading

    def applications(self):
        return self.call(REGISTRY, ROOT, ATSPI + 'Accessible', 'GetChildren')[0]

    def processes(self):
        found = set()
        for owner, _path in self.applications():
            with contextlib.suppress(GLib.Error):  # gone in between
                found.add(self.process(owner))
        return found

    def windows(self):
        """The windows of all programs of the user, each with all that is in it."""
        found = []
        for owner, path in self.applications():
            with contextlib.suppress(GLib.Error):  # gone in between
                found += self.read_application(owner, path)
        return found

    def children(self, owner, path):
        return [child for _bus, child in self.call(owner, path, ATSPI + 'Accessible', 'GetChildren')[0]]

    def read_application(self, owner, path):
        """GTK's cache tells all objects in one call; but those whose parent has not been asked for its children are
        not in it yet, and those that were hidden still are: whoever has another number than it says is asked."""
        for _ in range(DEEPEST):
            items = self.call(owner, '/org/a11y/atspi/cache', ATSPI + 'Cache', 'GetItems')[0]
            nodes = {item[0][1]: Node(item) for item in items}
            below = {}
            for node in sorted(nodes.values(), key=lambda node: node.index):
                below.setdefault(node.parent_path, []).append(node.path)
            windows = [nodes.get(child) for child in self.children(owner, path)]
            complete = None not in windows
            waiting = [window for window in windows if window is not None]
            while waiting:
                node = waiting.pop()
                paths = below.get(node.path, [])
                if node.count != len(paths):
                    paths = self.children(owner, node.path)
                complete = complete and all(child in nodes for child in paths)
                node.children = [nodes[child] for child in paths if child in nodes]
                for child in node.children:
                    child.parent = node
                waiting += node.children
            if complete:
                break
        return [window for window in windows if window is not None]

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
            timer.set_callback(self.on_signal)
            timer.attach(context)
            while self.changes == seen:
                context.iteration(True)
            timer.destroy()
