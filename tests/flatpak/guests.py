# SPDX-License-Identifier: GPL-3.0-or-later
"""Flatpaks of others, with which Beckon's users invite each other: examples/flatpak, and tests/flatpak/peer/probe.c, which
does in its sandbox what a test tells it to. Each is installed by itself, so that a user has those alone that a test is
about."""
import concurrent.futures
import hashlib
import os
import signal
import subprocess

import box
from boxed import ACCESSIBILITY, BoxedUser
from gi.repository import Gio, GLib
from processes import LIMIT, Failure
from servant import Servant
from world import BUILD, SERVICE, SESSIONS, SOURCES, User

DICE = SOURCES / 'examples/flatpak/org.example.Dice.json'
PROBE = SOURCES / 'tests/flatpak/peer/org.example.Probe.json'
DICE_GUID = '{5D0F3A4E-2B6C-4E1D-9C57-8A1B3E6F7D20}'
GUID = '{7A1C0E52-93D4-4B6F-8E21-5C0D9F3B6A84}'  # the probe's
NAME = 'im.beckon.Beckon.Peer.Probe'
PATH = '/im/beckon/Beckon/Peer/Probe'
ROOT = '/im/beckon/Beckon'
INSTALLATION = '[Installation "{}"]\nPath={}\nStorageType=harddisk\n'


def home(manifest):
    """The installation of a guest."""
    return box.WORK / 'guests' / manifest.stem


def exports(manifest):
    return home(manifest) / 'exports/share'


def flatpak(manifest, *words):
    """Something about a guest's installation."""
    environment = {**box.environment(), 'FLATPAK_USER_DIR': str(home(manifest))}
    done = subprocess.run([str(word) for word in words], env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure(f'{words[0]} ended with {done.returncode}:\n' + '\n'.join(done.stdout.splitlines()[-60:]))


def stamp_of(manifest):
    state = hashlib.sha256()
    folders = [manifest.parent] + ([SOURCES / 'src/lib', SOURCES / 'src/common'] if manifest == DICE else [])
    for path in sorted(path for folder in folders for path in folder.rglob('*') if path.is_file()):
        state.update(path.read_bytes())
    return state.hexdigest()


def install(*manifests):
    """Beckon as it is in this tree, and those guests, are there when this returns."""
    box.install()
    for manifest in manifests:
        (box.CONFIG / f'installations.d/{manifest.stem}.conf').write_text(
            INSTALLATION.format(manifest.stem, home(manifest)), encoding='utf-8')
        path = home(manifest) / 'stamp'
        if not path.is_file() or path.read_text(encoding='utf-8') != stamp_of(manifest):
            path.unlink(missing_ok=True)
            flatpak(manifest, SOURCES / 'flatpak/build', manifest, box.WORK)
            path.write_text(stamp_of(manifest), encoding='utf-8')


def uninstall(manifest):
    (home(manifest) / 'stamp').unlink(missing_ok=True)
    flatpak(manifest, 'flatpak', 'uninstall', '--user', '-y', '--noninteractive', manifest.stem)


class Host:
    """What a user has beside Beckon: guests, or the probe out here, which the bus starts as well."""

    guests = (PROBE,)

    def guest_folders(self):
        return [exports(manifest) / 'dbus-1/services' for manifest in self.guests]

    def guest_data(self):
        return ''.join(f':{exports(manifest)}' for manifest in self.guests)

    def add_program(self):
        """The probe without a sandbox is installed."""
        folder = self.folder / 'services'
        new = folder / f'{NAME}.new'
        new.write_text(f'[D-BUS Service]\nName={NAME}\nExec={BUILD}/tests/flatpak/probe {NAME}\n', encoding='utf-8')
        new.rename(folder / f'{NAME}.service')

    def remove_program(self):
        (self.folder / f'services/{NAME}.service').unlink()


class NativeUser(Host, User):
    """Beckon is that of the build tree; the guests are there as for every user of Flatpak."""

    def make_environment(self):
        environment = super().make_environment()
        environment.update({'FLATPAK_USER_DIR': str(box.USER), 'FLATPAK_CONFIG_DIR': str(box.CONFIG)})
        environment['XDG_DATA_DIRS'] += self.guest_data()
        return environment

    def service_folders(self):
        return [*super().service_folders(), *self.guest_folders()]

    def start_bus(self):
        process = super().start_bus()
        if 'AT_SPI_BUS_ADDRESS' in self.environment:  # a sandbox is let through to the one that this name tells
            address = GLib.Variant('(s)', (self.environment['AT_SPI_BUS_ADDRESS'],))
            self.accessibility = Servant(self.environment['DBUS_SESSION_BUS_ADDRESS'], 'org.a11y.Bus',
                                         {'/org/a11y/bus': (ACCESSIBILITY, {'GetAddress': lambda: address})})
        return process


class SandboxedUser(Host, BoxedUser):
    def make_environment(self):
        environment = super().make_environment()
        environment['XDG_DATA_DIRS'] += self.guest_data()
        return environment

    def service_folders(self):
        """Without a screen, no window is to be started."""
        if self.world.screen is not None:
            return [*super().service_folders(), *self.guest_folders()]
        for name in (SERVICE, SESSIONS):
            file = f'{name}.service'
            (self.folder / 'services' / file).symlink_to(box.EXPORTS / 'dbus-1/services' / file)
        return [self.folder / 'services', *self.guest_folders()]


def couple(world, *guests):
    """Alice, whose Beckon is that of the build tree, and bob, whose Beckon is the Flatpak, with those guests; they see
    each other online."""
    users = []
    for name, kind in (('alice', NativeUser), ('bob', SandboxedUser)):
        users.append(world.user(name, kind=type(kind.__name__, (kind,), {'guests': guests})))
    for user in users:
        user.create_account()
    users[0].befriend(users[1])
    return users


def packed(arguments):
    """D-Bus knows no empty tuple within a value."""
    return arguments if arguments.n_children() else GLib.Variant('s', '')


class Refused(Exception):
    """A call that a probe made came back with an error; its name."""

    def __init__(self, name, text):
        super().__init__(f'{name}: {text}')
        self.name = name.removeprefix('im.beckon.Error.')


class Probe:
    """The program in a sandbox, spoken to by a name that it has. Everything is done with its permissions."""

    def __init__(self, user, name=NAME):
        self.user = user
        self.name = name
        self.pool = concurrent.futures.ThreadPoolExecutor()

    @classmethod
    def activate(cls, user):
        """The one that the bus starts, with the permissions of the manifest."""
        user.ask_bus('StartServiceByName', GLib.Variant('(su)', (NAME, 0)))
        return cls(user)

    @classmethod
    def start(cls, user, word, *options, names=()):
        """One more of them, with other permissions than those of the manifest: options of `flatpak run`."""
        name = f'org.example.Probe.{word}'
        user.start(['flatpak', 'run', *options, 'org.example.Probe', *names, name])
        wait_for_name(user, name)
        return cls(user, name)

    def tell(self, method, signature, *values):
        """Tells it something; returns what it says, and descriptors."""
        reply, fds = self.user.bus.call_with_unix_fd_list_sync(
            self.name, '/org/example/Probe', 'org.example.Probe', method, GLib.Variant(signature, values), None,
            Gio.DBusCallFlags.NO_AUTO_START, int(LIMIT * 1000), None, None)
        return reply, fds

    def call_raw(self, name, path, interface, method, arguments, connection=0):
        reply, fds = self.tell('Call', '(usossv)', connection, name, path, interface, method, packed(arguments))
        error, value, handles = reply.unpack()
        if error:
            raise Refused(error, value)
        return os.dup(fds.peek_fds()[handles[0]]) if handles else value[0] if len(value) == 1 else value

    def call(self, method, signature='()', *values, path=ROOT, interface='SessionManager1', name=SESSIONS,
             connection=0):
        """A call of one of Beckon's interfaces."""
        return self.call_raw(name, path, f'im.beckon.{interface}', method, GLib.Variant(signature, values), connection)

    def session(self, path, method, signature='()', *values, **named):
        return self.call(method, signature, *values, path=path, interface='Session1', **named)

    def get(self, path, name, interface='Session1', door=SESSIONS, **named):
        return self.call_raw(door, path, 'org.freedesktop.DBus.Properties', 'Get',
                             GLib.Variant('(ss)', (f'im.beckon.{interface}', name)), **named)

    def set(self, path, name, value, interface='Session1'):
        self.call_raw(SESSIONS, path, 'org.freedesktop.DBus.Properties', 'Set',
                      GLib.Variant('(ssv)', (f'im.beckon.{interface}', name, value)))

    def bus(self, method, signature, *values, connection=0):
        return self.call_raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                             GLib.Variant(signature, values), connection)

    def begin(self, *arguments, **named):
        """A call whose answer takes as long as it takes; result () of what is returned waits for it."""
        return self.pool.submit(self.session, *arguments, **named)

    def attach(self, *guids, **named):
        self.call('Attach', '(oasa{sv})', PATH, list(guids or [GUID]), {}, **named)

    def answer(self, method, value):
        self.tell('Answer', '(sv)', method, GLib.Variant('(b)', (value,)))

    def wait(self, what, number=0):
        """The arguments of what it hears, or is asked, for the nth time: a signal with its interface, a method without."""
        return self.tell('Wait', '(su)', what, number)[0].unpack()

    def seen(self):
        """(connection, path, what, arguments) of all that it heard and was asked so far."""
        return self.tell('Seen', '()')[0].unpack()[0]

    def redeem(self, number=0):
        """The session of the nth cookie that it was handed."""
        cookie = self.wait('LaunchSession', number)[1][0]
        return self.call('GetLaunchingSession', '(sa{sv})', cookie, {})

    def kill(self):
        """It, with its sandbox and any other one of it, is there no more, and the bus knows."""
        pid = self.user.ask_bus('GetConnectionUnixProcessID', GLib.Variant('(s)', (self.name,))).unpack()[0]

        def end():
            if self.user.guests:
                self.user.run(['flatpak', 'kill', 'org.example.Probe'])
            else:
                os.kill(pid, signal.SIGKILL)

        self.user.leave_bus({self.name}, end)


def wait_for_name(user, name):
    """A name is there, whoever brought it."""
    loop = GLib.MainLoop()
    limit = GLib.timeout_add(int(LIMIT * 1000), loop.quit)
    seen = []

    def on_name(*_arguments):
        seen.append(True)
        loop.quit()

    watch = Gio.bus_watch_name_on_connection(user.bus, name, Gio.BusNameWatcherFlags.NONE, on_name, None)
    loop.run()
    Gio.bus_unwatch_name(watch)
    if not seen:
        raise Failure(f'{name} of {user.label} did not come')
    GLib.source_remove(limit)
