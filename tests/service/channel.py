# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends of the channel of a session between alice and bob, as programs see them on the bus."""
import contextlib
import pathlib

from gi.repository import GLib

from bed import SERVICE, SESSIONS, arrivals, wait

READY, INVITATION, ACCEPTED, CONNECTED, _, _, TERMINATED = range(1, 8)
NONE, CONNECTING, DIRECT, RELAY, LOST, FAILED = range(6)


def when(socket, condition, what):
    """Lets the main loop run until the socket is ready."""
    seen = []

    def on_ready(_fd, _condition):
        arrivals[0] += 1
        seen.append(True)
        return False

    watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, socket.fileno(), condition, on_ready)
    try:
        wait(lambda: seen, what, 40)
    finally:
        if not seen:
            GLib.source_remove(watch)


def read_some(socket, size=65536):
    while True:
        try:
            return socket.recv(size)
        except BlockingIOError:
            when(socket, GLib.IOCondition.IN | GLib.IOCondition.HUP, 'something to read')


def read(socket, size):
    """So many bytes."""
    got = bytearray()
    while len(got) < size:
        part = read_some(socket, size - len(got))
        assert part, f'it ended after {bytes(got[-80:])}'
        got += part
    return bytes(got)


def read_end(socket):
    """All there is, to the end."""
    got = bytearray()
    while part := read_some(socket):
        got += part
    return bytes(got)


def write(socket, data):
    view = memoryview(data)
    while view:
        try:
            view = view[socket.send(view):]
        except BlockingIOError:
            when(socket, GLib.IOCondition.OUT, 'room to write')


def connect(pair, **options):
    """alice invites bob, who accepts; the two paths once both have a channel."""
    alice, bob = pair.ui
    before = set(bob.call('Messenger1', 'ListSessions'))
    one = pair.invite(**options)
    session = alice.get('Session1', 'SessionID', one)
    found = []

    def there():
        new = set(bob.call('Messenger1', 'ListSessions')) - before
        found[:] = [path for path in new if bob.get('Session1', 'SessionID', path) == session]
        return found
    wait(there, 'the invitation', 20)
    two = found[0]
    bob.call('Session1', 'Accept', '(s)', '', path=two)
    wait_path(alice, one)
    wait_path(bob, two)
    return one, two


def wait_path(ui, path, *wanted, seconds=40):
    wanted = wanted or (DIRECT, RELAY)
    wait(lambda: ui.get('Session1', 'ChannelPath', path) in wanted, f'the path {wanted} of {path}', seconds)


def cookie(bus, path, ui):
    """Of the program that was started for that session."""
    session = ui.get('Session1', 'SessionID', path)
    found = []

    def is_there():
        for pid in bus.programs():
            with contextlib.suppress(OSError):  # it has ended in the meantime
                lines = pathlib.Path(f'/proc/{pid}/environ').read_bytes().split(b'\0')
                values = dict(line.split(b'=', 1) for line in lines if b'=' in line)
                if values.get(b'BECKON_SESSION') == session.encode():
                    found.append(values[b'BECKON_COOKIE'].decode())
        return found or ui.ping()
    wait(is_there, f'the program of {session}')
    return found[0]


def program(bus, path, ui, app=None):
    """A client at the door for applications that holds the session, as the program that was started for it does."""
    wait(lambda: ui.get('Session1', 'Log', path), 'the launch')
    app = app or bus.client()
    app.attach(SESSIONS)
    assert app.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', cookie(bus, path, ui), {}) == path
    return app


def open_both(pair, name, one, two, method='OpenStream'):
    return (pair.ui[0].open_socket(method, name, one, SERVICE), pair.ui[1].open_socket(method, name, two, SERVICE))
