# SPDX-License-Identifier: GPL-3.0-or-later
"""A private bus, the real beckon-service on it, and clients: what the tests of the service stand on."""
import contextlib
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from gi.repository import Gio, GLib

BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BINARY = BUILD / 'src' / 'service' / 'beckon-service'
SLOWNESS = 10 if os.environ.get('BECKON_SANITIZED') else 1
ROOT = '/im/beckon/Beckon'
SERVICE = 'im.beckon.Beckon.Service'
SESSIONS = 'im.beckon.Beckon.Sessions'
GUID = '{11111111-2222-4333-8444-555555555555}'
OTHER_GUID = '{99999999-2222-4333-8444-555555555555}'
ECHO = 'echo@localhost'
CONTACTS = ('ListContacts', '(su)', '', 500)  # the first page, which is all of them nearly everywhere

# The limits are those of /usr/share/dbus-1/session.conf: what is built in is for the system bus.
BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_completed_connections">100000</limit>
  <limit name="max_connections_per_user">100000</limit>
  <limit name="max_match_rules_per_connection">50000</limit>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
'''

PEER_XML = (SOURCE / 'data' / 'dbus' / 'im.beckon.Peer1.xml').read_text()


PATIENCE = 30  # seconds: what is written to a disk that others use, too, may take some of them

# How many signals and calls have come in so far, to any client.
arrivals = [0]


def wait(condition, what, seconds=PATIENCE):
    """Runs the main loop until condition () is true. Something must happen that makes the loop turn, e.g. a signal. A
    condition that asks the service turns the loop itself: what comes in meanwhile may be the very thing that is waited
    for, later than the answer, so the condition is then looked at again before the loop is left to rest."""
    late = []
    timer = GLib.timeout_add(int(seconds * 1000 * SLOWNESS), lambda: late.append(1) or True)
    try:
        seen = arrivals[0]
        while not condition():
            if seen == arrivals[0]:
                GLib.MainContext.default().iteration(True)
            seen = arrivals[0]
            assert not late, f'waited in vain for {what}'
    finally:
        GLib.source_remove(timer)


class Failure(Exception):
    """A D-Bus error: its name without our prefix."""

    def __init__(self, error):
        name = Gio.DBusError.get_remote_error(error) or str(error)
        super().__init__(name.removeprefix('im.beckon.Error.'), error.message)
        self.name = name.removeprefix('im.beckon.Error.')


def refused(name, function, *args, **named):
    """The call fails with that error."""
    try:
        result = function(*args, **named)
    except Failure as failure:
        assert failure.name == name, f'{failure.args}, not {name}'
        return failure.args[1]
    raise AssertionError(f'{args} gave {result}, not {name}')


class Bus:
    launched = b'BECKON_COOKIE='  # in the environment of what services launch

    def __init__(self, activatable=False):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='beckon-'))
        self.services = self.dir / 'share' / 'dbus-1' / 'services'
        self.services.mkdir(parents=True)
        self.processes = []
        self.clients = []
        self.address = f'unix:path={self.dir}/bus'
        self.environment = {**os.environ, 'HOME': str(self.dir / 'home'), 'XDG_DATA_HOME': str(self.dir / 'data'),
                            'XDG_STATE_HOME': str(self.dir / 'state'), 'XDG_CONFIG_HOME': str(self.dir / 'config'),
                            'XDG_CACHE_HOME': str(self.dir / 'cache'), 'XDG_RUNTIME_DIR': str(self.dir / 'run'),
                            'XDG_DATA_DIRS': str(self.dir / 'share'), 'DBUS_SESSION_BUS_ADDRESS': self.address,
                            'BECKON_SECRETS': 'file', 'BECKON_LOCAL_ADDRESS': '192.0.2.77'}
        for name in ('home', 'run'):
            (self.dir / name).mkdir(mode=0o700)
        if activatable:
            self.write_activation()
        (self.dir / 'bus.conf').write_text(BUS_CONFIG.format(path=self.dir / 'bus', services=self.services))
        self.daemon = subprocess.Popen(['dbus-daemon', '--nofork', '--print-address',
                                        f'--config-file={self.dir}/bus.conf'],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment)
        self.daemon.stdout.readline()

    def write_activation(self):
        """The installed files, with the program of the build and the network in memory."""
        script = self.dir / 'start'
        script.write_text(f'#!/bin/sh\nexec "{BINARY}" --backend=fake "$@"\n')
        script.chmod(0o755)
        for name in (SERVICE, SESSIONS):
            text = (BUILD / 'data' / f'{name}.service').read_text()
            lines = [f'Exec={script}' if line.startswith('Exec=') else line for line in text.splitlines()]
            assert f'Name={name}' in lines and 'SystemdService=beckon-service.service' in lines
            (self.services / f'{name}.service').write_text('\n'.join(lines) + '\n')

    def start(self, *args, address=None, wait_for_it=True, backend='fake', **environment):
        """Starts a service; its messages go to a file that is shown when something fails."""
        log = open(self.dir / f'service-{len(self.processes)}.log', 'wb')
        environment = {**self.environment, **environment}
        if address is not None:
            environment['DBUS_SESSION_BUS_ADDRESS'] = address
        process = self.spawn([BINARY, f'--backend={backend}', *args], environment, log)
        process.log = pathlib.Path(log.name)
        log.close()
        self.processes.append(process)
        if wait_for_it:
            client = self.client(name=False)
            client.wait_for_name(SERVICE)
            client.wait_for_name(SESSIONS)
        return process

    def spawn(self, command, environment, log):
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self, process):
        """kill -9; returns when the bus knows it too, so that the next service finds the names free."""
        process.kill()
        process.wait()
        self.wait_until_left()

    def wait_until_left(self):
        """The service has ended, and the bus knows it."""
        client = self.client(name=False)
        for name in (SERVICE, SESSIONS):
            client.wait_for_name(name, there=False)

    def client(self, **named):
        client = Client(named.pop('address', self.address), **named)
        self.clients.append(client)
        return client

    def run(self, command, **options):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=self.environment, **options)
        self.processes.append(process)
        return process

    def register(self, guid, *argv, name='Thing', folder=None, **keys):
        folder = (folder or self.dir / 'data') / 'beckon' / 'peers'
        folder.mkdir(parents=True, exist_ok=True)
        lines = ['[Beckon Peer]', f'GUID={guid}', f'Name={name}', 'Exec=' + ' '.join(argv)]
        lines += [f'{key}={value}' for key, value in keys.items()]
        (folder / f'{guid}.new').write_text('\n'.join(lines) + '\n')
        (folder / f'{guid}.new').rename(folder / f'{guid}.peer')

    def programs(self):
        """The processes that services of this bus have launched: they outlive them."""
        found = []
        for process in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                environment = (process / 'environ').read_bytes()
            except OSError:
                continue
            if self.launched in environment and f'XDG_RUNTIME_DIR={self.dir}/'.encode() in environment:
                found.append(int(process.name))
        return found

    def wait_programs(self, count):
        """That many, which run themselves by now: the service knows of a start a moment before /proc shows it."""
        found, client = [], self.client(name=False)

        def are_there():
            found[:] = self.programs()
            return len(found) == count or client.ping()
        wait(are_there, f'{count} programs')
        return found

    def stop(self, process, expected=0):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=20 * SLOWNESS)
        assert status == expected, f'the service ended with {status}:\n{process.log.read_text()}'

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for client in self.clients:
            client.close()
        bad = []
        for process in self.processes:
            if hasattr(process, 'log'):
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=20 * SLOWNESS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    bad.append(f'{process.args} did not end')
                text = process.log.read_text()
                if process.returncode not in (0, -signal.SIGKILL, 1) or 'Sanitizer' in text or kind is not None:
                    print(f'# ended with {process.returncode}\n{text}', file=sys.stderr)
                    bad.append(f'the service ended with {process.returncode}')
            else:
                process.kill()
                process.wait()
                process.stdout.close()
        for pid in self.programs():
            with contextlib.suppress(ProcessLookupError):  # some end by themselves
                os.kill(pid, signal.SIGKILL)
        self.daemon.terminate()
        self.daemon.wait()
        self.daemon.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)
        assert kind is not None or not bad, bad


class Client:
    """One connection. With a name below ours, unless name=False; with an object that implements Peer1. It hears
    everything that the bus lets it hear, unless listens=False."""

    def __init__(self, address, name=True, listens=True):
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        self.connection.set_exit_on_close(False)
        self.signals = []  # (path, signal, arguments); of properties (path, 'Changed', {…})
        self.asked = []  # (method, arguments)
        self.answers = {}  # method → value, exception, what is called with us and the call, or None: never answers
        self.held = []
        if listens:
            self.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE, self.on_signal)
        interface = Gio.DBusNodeInfo.new_for_xml(PEER_XML).interfaces[0]
        self.connection.register_object('/peer', interface, self.on_call, None, None)
        self.unique = self.connection.get_unique_name()
        self.name = None
        if name:
            self.name = f'im.beckon.Beckon.Client.c{secrets.token_hex(8)}'
            self.bus('RequestName', '(su)', self.name, 4)
        self.ping()

    def on_signal(self, connection, sender, path, interface, name, arguments, *rest):
        if sender == 'org.freedesktop.DBus' or interface.startswith('org.freedesktop.systemd1'):
            return
        arguments = arguments.unpack()
        if (interface, name) == ('org.freedesktop.DBus.Properties', 'PropertiesChanged'):
            name, arguments = 'Changed', arguments[1]
        arrivals[0] += 1
        self.signals.append((path, name, arguments))

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        arrivals[0] += 1
        self.asked.append((method, arguments.unpack()))
        answer = self.answers.get(method)
        if answer is None:
            self.held.append(invocation)
        elif isinstance(answer, Exception):
            invocation.return_dbus_error('org.example.No', str(answer))
        elif callable(answer):
            answer(self, invocation)
        else:
            invocation.return_value(answer)

    def begin(self, destination, path, interface, method, arguments=None, seconds=PATIENCE):
        """Calls and does not wait for the answer: finish does."""
        done = []

        def on_done(_source, result):
            arrivals[0] += 1
            done.append(result)

        self.connection.call(destination, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                             int(seconds * 1000 * SLOWNESS), None, on_done)
        return done

    def finish(self, done, seconds=PATIENCE + 5):
        wait(lambda: done, 'the answer to a call', seconds)
        try:
            result = self.connection.call_finish(done[0]).unpack()
        except GLib.Error as error:
            raise Failure(error) from None
        return result[0] if len(result) == 1 else result or None

    def call_raw(self, destination, path, interface, method, arguments=None, seconds=PATIENCE):
        return self.finish(self.begin(destination, path, interface, method, arguments, seconds), seconds + 5)

    def bus(self, method, signature, *values):
        return self.call_raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                             GLib.Variant(signature, values))

    def ping(self, name='org.freedesktop.DBus'):
        """Everything that was sent to us before is here when this returns, also what a service said because of what had
        reached it before. (It would answer a real ping while it is still busy with that.)"""
        if name == 'org.freedesktop.DBus':
            self.bus('GetId', '()')
        else:
            self.get('SessionManager1' if name == SESSIONS else 'Messenger1', 'version', door=name)

    def wait_for_name(self, name, there=True):
        seen = []
        watch = Gio.bus_watch_name_on_connection(self.connection, name, Gio.BusNameWatcherFlags.NONE,
                                                 lambda *a: seen.append(True), lambda *a: seen.append(False))
        wait(lambda: there in seen, f'the name {name}' if there else f'the name {name} to go')
        Gio.bus_unwatch_name(watch)

    def call(self, interface, method, signature='()', *values, path=ROOT, door=None):
        if door is None:
            door = SESSIONS if interface == 'SessionManager1' else SERVICE
        return self.call_raw(door, path, f'im.beckon.{interface}', method, GLib.Variant(signature, values))

    def get(self, interface, name, path=ROOT, door=SERVICE):
        return self.call_raw(door, path, 'org.freedesktop.DBus.Properties', 'Get',
                             GLib.Variant('(ss)', (f'im.beckon.{interface}', name)))

    def get_all(self, interface, path=ROOT, door=SERVICE):
        return self.call_raw(door, path, 'org.freedesktop.DBus.Properties', 'GetAll',
                             GLib.Variant('(s)', (f'im.beckon.{interface}',)))

    def set(self, interface, name, value, path=ROOT, door=SERVICE):
        return self.call_raw(door, path, 'org.freedesktop.DBus.Properties', 'Set',
                             GLib.Variant('(ssv)', (f'im.beckon.{interface}', name, value)))

    def attach(self, door=SERVICE, guids=()):
        interface = 'SessionManager1' if door == SESSIONS else 'Messenger1'
        self.call(interface, 'Attach', '(oasa{sv})', '/peer', list(guids), {})

    def account(self, who='alice@localhost'):
        return self.call('Messenger1', 'AddAccount', '(ssa{sv})', who, 'secret', {})

    def begin_fd(self, interface, method, signature, fd, *values, path=ROOT, door=SERVICE):
        """A call with one descriptor; does not wait for the answer."""
        done = []

        def on_done(_source, result):
            arrivals[0] += 1
            done.append(result)

        self.connection.call_with_unix_fd_list(door, path, f'im.beckon.{interface}', method,
                                               GLib.Variant(signature, values), None, Gio.DBusCallFlags.NONE,
                                               int(15000 * SLOWNESS), Gio.UnixFDList.new_from_array([os.dup(fd)]), None,
                                               on_done)
        return done

    def call_fd(self, *args, **named):
        done = self.begin_fd(*args, **named)
        wait(lambda: done, 'the answer to a call', 20)
        try:
            result = self.connection.call_with_unix_fd_list_finish(done[0])[0].unpack()
        except GLib.Error as error:
            raise Failure(error) from None
        return result[0] if len(result) == 1 else result or None

    def open_socket(self, method, name, path, door=SERVICE, interface='im.beckon.Session1'):
        """OpenStream or OpenDatagram: the socket, which does not block."""
        done = []

        def on_done(_source, result):
            arrivals[0] += 1
            done.append(result)

        self.connection.call_with_unix_fd_list(door, path, interface, method, GLib.Variant('(sa{sv})', (name, {})),
                                               GLib.VariantType('(h)'), Gio.DBusCallFlags.NONE,
                                               int(PATIENCE * 1000 * SLOWNESS), None, None, on_done)
        wait(lambda: done, 'a socket', PATIENCE + 5)
        try:
            index, fds = self.connection.call_with_unix_fd_list_finish(done[0])
        except GLib.Error as error:
            raise Failure(error) from None
        assert fds.get_length() == 1
        found = socket.socket(fileno=fds.get(index.unpack()[0]))
        found.setblocking(False)
        return found

    def wait_state(self, path, state, door=SERVICE):
        wait(lambda: self.get('Session1', 'State', path, door) == state, f'state {state} of {path}')

    def wait_signal(self, name, path=None, match=None, seconds=PATIENCE):
        def find():
            return next((s for s in self.signals if s[1] == name and path in (None, s[0])
                         and (match is None or match(s[2]))), None)
        wait(lambda: find() is not None, f'the signal {name}', seconds)
        return find()

    def close(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)
