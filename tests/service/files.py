# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that alice sends to bob, as windows see it on the bus."""
import os
import pathlib

from gi.repository import Gio, GLib

from bed import PATIENCE, ROOT, SERVICE, SLOWNESS, Failure, arrivals, wait
from pair import BOB

FILE_GUID = '{5D3E02AB-6190-11D3-BBBB-00C04F795683}'


def send(ui, path, name=None, who=BOB, flags=os.O_RDONLY, options=None):
    """SendFile; the session."""
    fds, done = Gio.UnixFDList.new(), []
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        handle = fds.append(fd)
    finally:
        os.close(fd)

    def on_done(_source, result):
        arrivals[0] += 1
        done.append(result)

    name = name if name is not None else pathlib.Path(path).name
    ui.connection.call_with_unix_fd_list(
        SERVICE, ROOT, 'im.beckon.Messenger1', 'SendFile',
        GLib.Variant('(oshsa{sv})', ('/', who, handle, name, options or {})), GLib.VariantType('(o)'),
        Gio.DBusCallFlags.NONE, int(PATIENCE * 1000 * SLOWNESS), fds, None, on_done)
    wait(lambda: done, 'the answer to SendFile', PATIENCE + 5)
    try:
        answer, _fds = ui.connection.call_with_unix_fd_list_finish(done[0])
    except GLib.Error as error:
        raise Failure(error) from None
    return answer.unpack()[0]


def transfer(ui, path):
    return ui.get('Session1', 'Transfer', path)


def offer(pair, path, **named):
    """alice sends; her session and bob's, who is being asked."""
    alice, bob = pair.ui
    one = send(alice, path, **named)
    session = alice.get('Session1', 'SessionID', one)
    found = []

    def there():
        found[:] = [p for p in bob.call('Messenger1', 'ListSessions')
                    if bob.get('Session1', 'SessionID', p) == session and bob.get('Session1', 'Asking', p)]
        return found
    wait(there, 'the question')
    return one, found[0]


def accept(pair, two, folder=''):
    pair.ui[1].call('Session1', 'AcceptFile', '(s)', str(folder), path=two)


def wait_end(pair, *paths, seconds=60):
    """Both are over; their results."""
    results = []
    for ui, path in zip(pair.ui, paths):
        ui.wait_signal('Termination', path, seconds=seconds)
        results.append(ui.get('Session1', 'Result', path))
    return results
