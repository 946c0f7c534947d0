# SPDX-License-Identifier: GPL-3.0-or-later
"""The document portal of a user: files outside of the sandbox that somebody chose, under other paths in there."""
import contextlib
import os
import pathlib
import subprocess

from gi.repository import Gio, GLib
from processes import LIMIT

NAME = 'org.freedesktop.portal.Documents'
PATH = '/org/freedesktop/portal/documents'
STORE = 'org.freedesktop.impl.portal.PermissionStore'
LIBRARIES = pathlib.Path('/usr/libexec')
FOLDER = 8  # the flag that says so
INSIDE = pathlib.Path(f'/run/user/{os.getuid()}/doc')


class Documents:
    """The real one. It has to run before a sandbox starts that is to see its files."""

    def __init__(self, user):
        self.user = user
        self.mount = user.folder / 'run/doc'
        for name, program in ((STORE, 'xdg-permission-store'), (NAME, 'xdg-document-portal')):
            self.add_service(name, LIBRARIES / program)
        user.ask_bus('ReloadConfig', None)
        self.ask('GetMountPoint', None)

    def add_service(self, name, program):
        (self.user.folder / 'services' / f'{name}.service').write_text(f'[D-BUS Service]\nName={name}\nExec={program}\n',
                                                                      encoding='utf-8')

    def ask(self, method, arguments, files=None):
        answer, _files = self.user.bus.call_with_unix_fd_list_sync(NAME, PATH, NAME, method, arguments, None,
                                                                   Gio.DBusCallFlags.NONE, int(LIMIT * 1000), files, None)
        return answer.unpack()

    def give(self, path, *permissions, application='im.beckon.Beckon'):
        """What a file chooser does with what was chosen; returns the address of it in the sandbox."""
        files = Gio.UnixFDList()
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        files.append(descriptor)
        os.close(descriptor)
        arguments = GLib.Variant('(ahusas)', ([0], FOLDER if path.is_dir() else 0, application, ['read', *permissions]))
        (name,), _more = self.ask('AddFull', arguments, files)
        return (INSIDE / name / path.name).as_uri()

    def close(self):
        """What is mounted would stay."""
        with contextlib.suppress(GLib.Error):
            pid, = self.user.ask_bus('GetConnectionUnixProcessID', GLib.Variant('(s)', (NAME,))).unpack()
            self.user.leave_bus({NAME}, lambda: os.kill(pid, 15))
        subprocess.run(['fusermount3', '-uqz', self.mount], check=False, stderr=subprocess.DEVNULL)
