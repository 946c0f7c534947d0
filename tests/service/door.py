# SPDX-License-Identifier: GPL-3.0-or-later
"""The door for peer applications, played by the test: one session, whose other program the test is, too."""
import os
import socket
import subprocess

from bed import ROOT, SESSIONS, SLOWNESS, SOURCE, arrivals, wait
from channel import CONNECTED, DIRECT, TERMINATED
from gi.repository import Gio, GLib

SESSION = f'{ROOT}/Session/1'
CONNECTION_FAILURE, CANCELLED_LOCAL, CANCELLED_REMOTE, ENDED, SERVICE_RESTARTED = 3, 5, 6, 14, 17  # BeckonSessionResult
INVITER, INVITEE = 1, 2  # BeckonSessionFlags
EMPTY = {'s': '', 'u': 0, 'a{sv}': {}, 'x': 0, 'b': False, 'as': [], 'o': '/'}


def interface_of(name):
    text = (SOURCE / 'data' / 'dbus' / f'im.beckon.{name}.xml').read_text(encoding='utf-8')
    return Gio.DBusNodeInfo.new_for_xml(text).lookup_interface(f'im.beckon.{name}')


class Door:
    """Has the name, on a bus where nobody else has. What is opened has its other end in `ends`."""

    def __init__(self, connection, **session):
        self.connection = connection
        self.interfaces = {name: interface_of(name) for name in ('SessionManager1', 'Lock1', 'Session1')}
        self.values = {'SessionID': '{01234567-89AB-CDEF-0123-456789ABCDEF}', 'State': CONNECTED, 'Flags': INVITER,
                       'User': 'bob@localhost', 'UserName': 'Bob', 'ChannelPath': DIRECT, **session}
        self.calls = []  # (method, arguments) of the session and GetLaunchingSession
        self.answers = {'GetLaunchingSession': GLib.Variant('(o)', (SESSION,)),
                        'CreateSession': GLib.Variant('(o)', (SESSION,)),
                        'ListApplications': GLib.Variant('(a(sssssubsb))', ([],))}
        self.peer = None  # who attached, and where it can be asked
        self.ends = {}  # name → sockets, in the order in which they were opened
        self.objects = [self.connection.register_object(path, self.interfaces[name], self.on_call, self.on_get, self.on_set)
                        for path, name in ((ROOT, 'SessionManager1'), (ROOT, 'Lock1'), (SESSION, 'Session1'))]
        self.own('RequestName', '(su)', SESSIONS, 4)

    def own(self, method, signature, *arguments):
        self.connection.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                                  GLib.Variant(signature, arguments), None, Gio.DBusCallFlags.NONE, -1, None)

    def leave(self):
        """As a service that ends does. All that it carried is gone with it: close."""
        self.own('ReleaseName', '(s)', SESSIONS)
        for identifier in self.objects:
            self.connection.unregister_object(identifier)

    def close(self):
        for ends in self.ends.values():
            for end in ends:
                end.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- what the program asks

    def on_get(self, _connection, _sender, _path, interface, name):
        kind = self.interfaces[interface.removeprefix('im.beckon.')].lookup_property(name).signature
        value = self.values.get(name, EMPTY[kind]) if interface == 'im.beckon.Session1' else EMPTY[kind]
        return GLib.Variant(kind, value)

    def on_set(self, _connection, _sender, _path, _interface, name, value):
        arrivals[0] += 1
        self.calls.append(('Set', (name, value.unpack())))
        return True

    def on_call(self, _connection, sender, _path, _interface, method, arguments, invocation):
        arrivals[0] += 1
        if method == 'Attach':
            self.peer = sender, arguments.unpack()[0]
        self.calls.append((method, arguments.unpack()))
        if method in ('OpenStream', 'OpenDatagram') and method not in self.answers:
            kind = socket.SOCK_STREAM if method == 'OpenStream' else socket.SOCK_SEQPACKET
            ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
            ours.settimeout(20 * SLOWNESS)
            self.ends.setdefault(arguments.unpack()[0], []).append(ours)
            descriptors = Gio.UnixFDList.new()
            descriptors.append(theirs.fileno())
            theirs.close()
            invocation.return_value_with_unix_fd_list(GLib.Variant('(h)', (0,)), descriptors)
        elif method in self.answers:
            answer = self.answers[method]
            if isinstance(answer, str):
                invocation.return_dbus_error(f'im.beckon.Error.{answer}', 'No')
            else:
                invocation.return_value(answer)
        else:
            invocation.return_value(None)

    def settle(self):
        """Whatever the program asked because of what happened so far, has been asked."""
        answers = []
        sender, path = self.peer
        self.connection.call(sender, path, 'org.freedesktop.DBus.Properties', 'Get',
                             GLib.Variant('(ss)', ('im.beckon.Peer1', 'version')), None, Gio.DBusCallFlags.NONE, -1,
                             None, lambda _source, result: answers.append(result))
        wait(lambda: answers, 'an answer of the program')

    def asked(self, method):
        return [arguments for name, arguments in self.calls if name == method]

    # -- what it is told

    def tell(self, name, signature, *arguments):
        self.connection.emit_signal(None, SESSION, 'im.beckon.Session1', name, GLib.Variant(signature, arguments))

    def set(self, **values):
        """Changes properties of the session."""
        previous = self.values['State']
        self.values.update(values)
        info = self.interfaces['Session1']
        changed = {name: GLib.Variant(info.lookup_property(name).signature, value) for name, value in values.items()}
        self.connection.emit_signal(None, SESSION, 'org.freedesktop.DBus.Properties', 'PropertiesChanged',
                                    GLib.Variant('(sa{sv}as)', ('im.beckon.Session1', changed, [])))
        if values.get('State', previous) != previous:
            self.tell('StateChanged', '(u)', previous)

    def end(self, result, text='It is over.'):
        self.set(State=TERMINATED, Result=result, ResultText=text)
        self.tell('Termination', '(us)', result, '')

    def stream(self, name, number=1, seconds=20):
        """Waits until the program has opened that stream so often; returns the other end of it."""
        wait(lambda: len(self.ends.get(name, [])) >= number, f'stream {number} of “{name}”', seconds)
        return self.ends[name][number - 1]


def launched(bus, command, **options):
    """Starts a program as the service does."""
    return subprocess.Popen([*map(str, command)], env={**bus.environment, 'BECKON_COOKIE': os.urandom(8).hex()},
                            **options)
