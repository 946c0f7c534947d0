# SPDX-License-Identifier: GPL-3.0-or-later
"""The notifications of a user's desktop: it takes them, as a desktop does, and can press their buttons."""
import contextlib
import threading

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.Notifications'
PATH = '/org/freedesktop/Notifications'
INTERFACE = f'''<node><interface name="{NAME}">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>'''


class Notifications:
    """Answers in a thread of its own, so that no program waits while a test does something else."""

    def __init__(self, address):
        self.lock = threading.Lock()
        self.shown = {}  # id → (title, body, [action, label, …])
        self.last = 0
        self.abilities = ['actions', 'body']
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.context.push_thread_default()
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.bus.register_object(PATH, interface, self.on_call, None, None)
        self.context.pop_thread_default()
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (NAME, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
        self.thread = threading.Thread(target=self.loop.run, daemon=True)
        self.thread.start()

    def on_call(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        with self.lock:
            invocation.return_value(getattr(self, 'do_' + method)(*arguments.unpack()))

    def do_Notify(self, _program, replaces, _icon, title, body, actions, _hints, _timeout):
        number = replaces
        if number == 0:
            self.last += 1
            number = self.last
        self.shown[number] = (title, body, actions)
        return GLib.Variant('(u)', (number,))

    def do_CloseNotification(self, number):
        self.shown.pop(number, None)

    def do_GetCapabilities(self):
        return GLib.Variant('(as)', (self.abilities,))

    @staticmethod
    def do_GetServerInformation():
        return GLib.Variant('(ssss)', ('tests', 'Beckon', '1', '1.2'))

    def find(self, words):
        """The number of the notification that has these words in its title or its text; None if there is none."""
        with self.lock:
            return next((number for number, (title, body, _actions) in self.shown.items()
                         if words in title or words in body), None)

    def press(self, number, label):
        """Presses a button of a notification; the notification itself with '' as label. It goes with that, as on
        desktops."""
        with self.lock:
            _title, _body, actions = self.shown.pop(number)
        labels = dict(zip(actions[1::2], actions[::2]))
        action = labels[label] if label else 'default'
        self.bus.emit_signal(None, PATH, NAME, 'ActionInvoked', GLib.Variant('(us)', (number, action)))

    def reply(self, number, text):
        """Answers in place, where the desktop can do that."""
        with self.lock:
            assert 'inline-reply' in self.shown.pop(number)[2]
        self.bus.emit_signal(None, PATH, NAME, 'NotificationReplied', GLib.Variant('(us)', (number, text)))

    def close(self):
        self.loop.quit()
        self.thread.join()
        with contextlib.suppress(GLib.Error):
            self.bus.close_sync(None)
