# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of a user's desktop that stands in for one that is not there: it owns a name and answers calls."""
import contextlib
import threading

from gi.repository import Gio, GLib


class Servant:
    """Answers in a thread of its own, so that no program waits while a test does something else. `objects`: path →
    (introspection, method → function of the arguments), of which the function returns the answer, None for nothing."""

    def __init__(self, address, name, objects):
        self.calls = []  # (method, arguments), oldest first
        self.sender = None  # of the call that is being answered
        self.afterwards = []  # what is to be done when it has been
        self.arrived = threading.Condition()
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop.new(self.context, False)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.context.push_thread_default()
        for path, (xml, methods) in objects.items():
            for interface in Gio.DBusNodeInfo.new_for_xml(xml).interfaces:
                self.bus.register_object(path, interface, self.answer(methods), self.read, None)
        self.context.pop_thread_default()
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (name, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
        self.thread = threading.Thread(target=self.loop.run, daemon=True)
        self.thread.start()

    def answer(self, methods):
        def on_call(_bus, sender, _path, _interface, method, arguments, invocation):
            self.sender = sender
            try:
                said = methods[method](*arguments.unpack())
            except Exception as error:  # the caller is told, whatever it is
                invocation.return_dbus_error('org.freedesktop.DBus.Error.Failed', str(error))
            else:
                invocation.return_value(said)
            while self.afterwards:
                self.afterwards.pop(0)()
            with self.arrived:
                self.calls.append((method, arguments.unpack()))
                self.arrived.notify_all()

        return on_call

    def read(self, _bus, _sender, _path, interface, name):
        """The property of an interface, for those that have some."""
        raise KeyError(f'{interface} has no {name}')

    def wait_call(self, method, limit):
        """The arguments of the next call of this method; each is told once."""
        with self.arrived:
            def taken():
                return next((call for call in self.calls if call[0] == method), None)

            if not self.arrived.wait_for(taken, limit):
                raise TimeoutError(f'Nobody called {method}, but {self.calls}')
            call = taken()
            self.calls.remove(call)
            return call[1]

    def emit(self, path, interface, signal, arguments, to=None):
        self.bus.emit_signal(to, path, interface, signal, arguments)

    def close(self):
        self.loop.quit()
        self.thread.join()
        with contextlib.suppress(GLib.Error):
            self.bus.close_sync(None)
