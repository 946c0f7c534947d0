# SPDX-License-Identifier: GPL-3.0-or-later
"""A small world on this machine: a beckon-server, and users with a session bus, folders and a beckon-service each.

Nothing in it touches the data of the person who runs it, and nothing is left of it afterwards. Whoever waits here waits
for something that happens (a line, the end of a process, the exit of a command), never for time to pass.
"""
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from gi.repository import Gio, GLib

from desk import Desk
from processes import LIMIT, PATIENCE, Failure, Lines, adopt_orphans, die_with_parent, end_all, wait_for_exit
from screen import Screen

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = pathlib.Path(os.environ.get('BECKON_SRCDIR', HERE.parent.parent))
BUILD = pathlib.Path(os.environ.get('BECKON_BUILDDIR', SOURCES / '_build'))

PIPE = '{6E5C7A52-7D0B-4C39-9B6F-0B2C5E8D4A11}'
SERVICE = 'im.beckon.Beckon.Service'
SESSIONS = 'im.beckon.Beckon.Sessions'
WINDOW = 'im.beckon.Beckon'


class CtlError(Failure):
    """A beckonctl that did not exit with 0."""

    def __init__(self, user, args, done):
        self.code = done.returncode
        self.output = done.stdout
        self.text = done.stderr.strip()
        found = re.findall(r'im\.beckon\.Error\.(\w+)', self.text)
        self.error = found[-1] if found else None
        super().__init__(f'{user.label}: beckonctl {shlex.join(args)} exited with {self.code}: {self.text}')


def program(name):
    """The built program of that name."""
    for folder in ('src/ctl', 'src/service', 'src/server', 'src/host', 'src/app', 'src/peers/pipe', 'src/peers/whiteboard'):
        path = BUILD / folder / name
        if path.is_file():
            return path
    raise Failure(f'There is no {name} in {BUILD}: is it built?')


# ---- beckonctl watch ----

class Watch:
    """A running `beckonctl watch --json`: what happens to a user, from the moment on when it was made."""

    def __init__(self, user, arguments):
        self.user = user
        self.process = user.start([*user.command('beckonctl'), 'watch', '--json', *arguments])
        self.lines = Lines(self.process.stdout, f'beckonctl watch of {user.label}')
        self.events = []
        self.until(lambda event: event['event'] == 'ready')

    def next(self, timeout=LIMIT):
        line = self.lines.next(timeout)
        if line is None:
            raise Failure(f'beckonctl watch of {self.user.label} ended with {self.process.wait()}')
        self.events.append(json.loads(line))
        return self.events[-1]

    def until(self, fits, timeout=LIMIT):
        """The first event that fits, those that have come already included."""
        for event in self.events:
            if fits(event):
                return event
        deadline = time.monotonic() + timeout
        while True:
            event = self.next(deadline - time.monotonic())
            if fits(event):
                return event

    def until_event(self, name, timeout=LIMIT):
        return self.until(lambda event: event['event'] == name, timeout)

    def until_note(self, words, timeout=LIMIT):
        """A line of the timeline of a session with these words."""
        return self.until(lambda event: event['event'] == 'timeline' and words in event['line'], timeout)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


# ---- users ----

# The limits are those of /usr/share/dbus-1/session.conf: what is built in is for the system bus.
BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  {services}
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

PIPE_REGISTRATION = '[Beckon Peer]\nGUID={guid}\nName=Pipe\nExec={program}\nChannel=required\n'


class User:
    """A user on one device: a session bus from which beckon-service is activated, and folders of their own."""

    def __init__(self, world, name, device='', service_options=()):
        self.world = world
        self.name = name
        self.label = name + device
        self.address = f'{name}@{world.domain}'
        self.password = f'secret of {name}'
        self.folder = world.folder / self.label
        self.log = world.logs / f'{self.label}.log'
        self.service_options = list(service_options)
        self.environment = self.make_environment()
        if world.screen is not None:
            world.screen.prepare(self)
        self.bus_process = self.start_bus()
        self.desk = Desk(self) if world.screen is not None else None
        self.ensure_pipe()

    def make_environment(self):
        folders = {'HOME': 'home', 'XDG_CONFIG_HOME': 'config', 'XDG_DATA_HOME': 'data', 'XDG_STATE_HOME': 'state',
                   'XDG_CACHE_HOME': 'cache', 'XDG_RUNTIME_DIR': 'run'}
        environment = dict(self.world.environment)
        for variable, folder in folders.items():
            path = self.folder / folder
            path.mkdir(parents=True, mode=0o700)
            environment[variable] = str(path)
        environment['DBUS_SESSION_BUS_ADDRESS'] = f'unix:path={self.folder}/run/bus'
        environment['XDG_DATA_DIRS'] = str(BUILD / 'data')
        return environment

    def ensure_pipe(self):
        """Pipe is registered by the build; if the build has no registration, the user gets one."""
        if not (BUILD / 'data/beckon/peers' / f'{PIPE}.peer').exists():
            path = self.folder / 'data/beckon/peers' / f'{PIPE}.peer'
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PIPE_REGISTRATION.format(guid=PIPE, program=shlex.quote(str(program('beckon-pipe')))),
                            encoding='utf-8')

    # -- the bus and the service

    def start_bus(self):
        (self.folder / 'services').mkdir()
        self.write_service_files()
        services = ''.join(f'<servicedir>{folder}</servicedir>' for folder in self.service_folders())
        config = self.folder / 'bus.conf'
        config.write_text(BUS_CONFIG.format(socket=self.folder / 'run/bus', services=services), encoding='utf-8')
        process = self.start(['dbus-daemon', '--nofork', '--print-address', f'--config-file={config}'])
        self.bus_output = Lines(process.stdout, 'dbus-daemon')
        if self.bus_output.next() is None:
            raise Failure(f'The session bus of {self.label} did not start, see {self.log}')
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(self.environment['DBUS_SESSION_BUS_ADDRESS'], flags, None,
                                                           None)
        return process

    def service_folders(self):
        """Where the bus finds what it can start."""
        return [self.folder / 'services']

    def write_service_files(self):
        command = shlex.join([str(program('beckon-service')), *self.service_options])
        for name in (SERVICE, SESSIONS):
            text = f'[D-BUS Service]\nName={name}\nExec={command}\n'
            (self.folder / 'services' / f'{name}.service').write_text(text, encoding='utf-8')
        if self.world.screen is not None:
            text = f'[D-BUS Service]\nName={WINDOW}\nExec={program("beckon")} --gapplication-service\n'
            (self.folder / 'services' / f'{WINDOW}.service').write_text(text, encoding='utf-8')

    def set_service_options(self, *options):
        """Options from the next start of the service on."""
        self.service_options = [str(option) for option in options]
        self.write_service_files()
        self.ask_bus('ReloadConfig', None)

    def ask_bus(self, method, arguments):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                                  arguments, None, Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None)

    def start_service(self):
        self.ask_bus('StartServiceByName', GLib.Variant('(su)', (SERVICE, 0)))

    def service_pid(self):
        return self.ask_bus('GetConnectionUnixProcessID', GLib.Variant('(s)', (SERVICE,))).unpack()[0]

    def end_service(self, number):
        """Sends a signal to the service and waits until it is gone and the bus knows it."""
        pid = self.service_pid()
        self.leave_bus({SERVICE, SESSIONS}, lambda: os.kill(pid, number))
        wait_for_exit(pid)

    def leave_bus(self, names, end):
        """Calls what ends the owner of the names; returns when the bus knows that nobody has them any more."""
        owned = set(names)
        loop = GLib.MainLoop()

        def on_owner(_bus, _sender, _path, _interface, _signal, arguments):
            name, _old, new = arguments.unpack()
            if not new:
                owned.discard(name)
            if not owned:
                loop.quit()

        subscription = self.bus.signal_subscribe('org.freedesktop.DBus', 'org.freedesktop.DBus', 'NameOwnerChanged',
                                                 None, None, Gio.DBusSignalFlags.NONE, on_owner)
        for name in names:  # the answer comes after the subscription is in force
            if not self.ask_bus('NameHasOwner', GLib.Variant('(s)', (name,))).unpack()[0]:
                owned.discard(name)
        limit = GLib.timeout_add(int(LIMIT * 1000), loop.quit)
        end()
        if owned:
            loop.run()
        self.bus.signal_unsubscribe(subscription)
        if owned:
            raise Failure(f'{" and ".join(owned)} of {self.label} did not leave the bus')
        GLib.source_remove(limit)

    def kill_service(self):
        self.end_service(signal.SIGKILL)

    def stop_service(self):
        self.end_service(signal.SIGTERM)

    # -- programs

    def command(self, name):
        """The words that start one of Beckon's programs."""
        return [program(name)]

    @property
    def config(self):
        """Where their windows read what people have set."""
        return pathlib.Path(self.environment['XDG_CONFIG_HOME'])

    @property
    def visible(self):
        """A folder that their programs have under the same name as we."""
        return self.folder

    def start(self, command, **options):
        """Starts a program as this user; its standard output can be read, its errors go to the log."""
        with open(self.log, 'ab') as log:
            settings = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE, 'stderr': log, **options}
            return subprocess.Popen([str(word) for word in command], env=self.environment, cwd=self.folder,
                                    start_new_session=True, preexec_fn=die_with_parent, **settings)

    def run(self, command, text=None, timeout=LIMIT):
        return subprocess.run([str(word) for word in command], env=self.environment, cwd=self.folder, check=False,
                              input=text if text is not None else '', capture_output=True, encoding='utf-8',
                              timeout=timeout, start_new_session=True)

    def ctl(self, *arguments, text=None, timeout=LIMIT):
        """Runs beckonctl and returns what it says, None for nothing; raises CtlError unless it exits with 0."""
        words = ['--json', *map(str, arguments)]
        done = self.run([*self.command('beckonctl'), *words], text, timeout)
        if done.stderr:
            with open(self.log, 'a', encoding='utf-8') as log:
                log.write(f'beckonctl {shlex.join(words[1:3])}: {done.stderr}')
        if done.returncode != 0:
            raise CtlError(self, words, done)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *arguments, **options):
        """Runs beckonctl, which must fail, and returns the error."""
        try:
            said = self.ctl(*arguments, **options)
        except CtlError as error:
            return error
        raise Failure(f'{self.label}: beckonctl {shlex.join(map(str, arguments))} worked, and should not: {said}')

    def watch(self, *arguments):
        return Watch(self, arguments)

    def wait(self, *conditions, who=None, session=None, timeout=LIMIT):
        """Waits until one of the conditions of `beckonctl watch --until` holds."""
        words = [*(['--with', who] if who else []), *(['--session', session] if session else [])]
        for condition in conditions:
            words += ['--until', condition]
        words = ['watch', '--timeout', str(max(1, int(timeout))), *words]
        done = self.run([*self.command('beckonctl'), *words], timeout=timeout + 10)
        if done.returncode != 0:
            raise CtlError(self, words, done)

    # -- what users do

    @property
    def account_arguments(self):
        return ('account', 'add', self.address, '--server', self.world.address, '--password-stdin')

    def create_account(self):
        return self.ctl(*self.account_arguments, '--create', '--display-name', self.name.capitalize(),
                        text=self.password + '\n')

    def add_account(self):
        return self.ctl(*self.account_arguments, text=self.password + '\n')

    def befriend(self, other):
        """Becomes a contact of the other; waits until each sees the other online."""
        self.ctl('contact', 'add', other.address)
        other.wait(f'contact={self.address}:asking')
        other.ctl('contact', 'approve', self.address)
        self.wait(f'presence={other.address}:online')
        other.wait(f'presence={self.address}:online')

    def send(self, who, text):
        """Sends a message and waits until the server has it."""
        return self.ctl('chat', 'send', who, text, '--wait')

    def texts(self, who):
        """What the other has written, oldest first."""
        return [entry['text'] for entry in self.ctl('chat', who, '--limit', '0')
                if not entry['outgoing'] and not entry['session']]

    def entry(self, who, session, account=None):
        """What is left of a session in the conversation: whether it was outgoing, sentence, result, result in words."""
        chat = self.ctl(*(['--account', account] if account else []), 'chat', who, '--limit', '0')
        found = [entry for entry in chat if entry['session'] == session]
        if len(found) > 1:
            raise Failure(f'{self.label} has a session twice: {found}')
        return tuple(found[0][name] for name in ('outgoing', 'text', 'result', 'result_text')) if found else None

    def session(self, session_id):
        return self.ctl('show', session_id)

    def wait_session(self, session_id, state='terminated', timeout=LIMIT):
        """Waits until the session is or was in the state, and returns it."""
        self.wait(f'session-state={state}', session=session_id, timeout=timeout)
        return self.session(session_id)


# ---- the world ----

def hold_port():
    """A port for the server that is nobody else's, also while the server is away: neither another server of this
    machine gets it then, nor a connection. The server shares it with us, who never listen."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(('127.0.0.1', 0))
    return place


class World:
    """Server and users. Use it with `with`; when that is left by an exception, the logs are shown."""

    def __init__(self, domain='localhost', lock='off'):
        self.domain = domain
        self.users = []
        self.screen = None
        self.server = None
        self.expected_warning = None  # a regular expression
        self.place = hold_port()
        self.port = self.place.getsockname()[1]
        self.lock = lock  # what programs have to unlock is for the tests of that
        base = tempfile.gettempdir()
        # Paths of sockets are short.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='beckon-', dir=base if len(base) < 40 else '/tmp'))
        self.logs = self.folder / 'logs'
        self.logs.mkdir()
        self.environment = self.make_environment()
        adopt_orphans()

    @staticmethod
    def make_environment():
        kept = ('LANG', 'TZ', 'PATH', 'TMPDIR', 'LD_LIBRARY_PATH')
        prefixes = ('ASAN_', 'UBSAN_', 'LSAN_', 'MALLOC_', 'G_SLICE', 'G_DEBUG', 'G_MESSAGES_DEBUG')
        environment = {name: value for name, value in os.environ.items()
                       if name in kept or name.startswith(prefixes)}
        folders = [str(BUILD / folder) for folder in ('src/ctl', 'src/peers/pipe', 'src/server')]
        environment['PATH'] = ':'.join([*folders, environment.get('PATH', '/usr/bin:/bin')])
        environment.update({'DBUS_SYSTEM_BUS_ADDRESS': 'disabled:', 'GIO_USE_VFS': 'local', 'LC_ALL': 'C.UTF-8',
                            'GSETTINGS_BACKEND': 'memory', 'BECKON_SECRETS': 'file',
                            'BECKON_LOCAL_ADDRESS': '127.0.0.1', 'PYTHONDONTWRITEBYTECODE': '1'})
        return environment

    @property
    def address(self):
        return f'ws://127.0.0.1:{self.port}'

    # -- the server

    def start_server(self):
        """Starts the server, the second time with the database of the first."""
        with open(self.logs / 'server.log', 'ab') as log:
            self.server = subprocess.Popen(
                [str(program('beckon-server')), 'run', '--config', str(self.write_server_config())],
                env={**self.environment, 'HOME': str(self.folder)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, start_new_session=True, preexec_fn=die_with_parent)
        if Lines(self.server.stdout, 'beckon-server').next() is None:
            raise Failure(f'beckon-server ended with {self.server.wait()}')

    def write_server_config(self):
        config = self.folder / 'server.conf'
        config.write_text('[server]\n'
                          f'domain={self.domain}\n'
                          f'listen=127.0.0.1:{self.port}\n'
                          f'database={self.folder}/server.db\n'
                          'registration=open\n'
                          f'lock={self.lock}\n'
                          '[limits]\nregistrations-burst=1000\nfailures-burst=1000\ncontact-adds-burst=1000\n',
                          encoding='utf-8')
        return config

    def end_server(self, number):
        self.server.send_signal(number)
        code = self.server.wait(LIMIT)
        self.server.stdout.close()
        self.server = None
        return code

    def kill_server(self):
        self.end_server(signal.SIGKILL)

    def stop_server(self):
        code = self.end_server(signal.SIGTERM)
        if code != 0:
            raise Failure(f'beckon-server ended with {code}')

    # -- a screen and users

    def open_screen(self, visible=False):
        """From now on users have a screen: the one of $DISPLAY if it is to be visible, else one of their own."""
        self.screen = Screen(self, visible)
        return self.screen

    def user(self, name, device='', service_options=(), kind=User):
        user = kind(self, name, device, service_options)
        self.users.append(user)
        return user

    def friends(self, *names, service_options=()):
        """Users with accounts, of whom the first is a contact of all others."""
        users = [self.user(name, service_options=service_options) for name in names]
        for user in users:
            user.create_account()
        for other in users[1:]:
            users[0].befriend(other)
        return users

    # -- the end

    def show_logs(self, stream=sys.stderr):
        for path in sorted(self.folder.glob('logs/*.log')) + sorted(self.folder.glob('*/state/**/*.log')):
            text = path.read_text(encoding='utf-8', errors='replace').strip()
            if text:
                print(f'---- {path.relative_to(self.folder)}', *text.splitlines()[-60:], sep='\n# ', file=stream)

    def end_processes(self):
        """Windows first, while they have a screen; then services, so that they can say good-bye to the server; then
        all the rest, and the buses last: a program that is only starting has the bus start a service again."""
        pids = []
        for user in self.users:
            pids += user.desk.end() if user.desk is not None else []
            with contextlib.suppress(GLib.Error, ProcessLookupError):
                pids.append(user.service_pid())
                os.kill(pids[-1], signal.SIGTERM)
        for pid in pids:
            with contextlib.suppress(Failure):
                wait_for_exit(pid, 10 * PATIENCE)
        end_all(but={user.bus_process.pid for user in self.users})
        end_all()

    def check_logs(self):
        """What went wrong without anybody having noticed."""
        bad = re.compile(r'(Sanitizer: |runtime error: |-CRITICAL \*\*|-ERROR \*\*|-WARNING \*\*)')
        for path in self.logs.glob('*.log'):
            for line in path.read_text(encoding='utf-8', errors='replace').splitlines():
                if self.expected_warning and re.search(self.expected_warning, line):
                    continue
                if bad.search(line):
                    raise Failure(f'{path.name}: {line}')

    def close(self):
        self.end_processes()
        for user in self.users:
            with contextlib.suppress(GLib.Error):
                user.bus.close_sync(None)
        self.place.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            self.start_server()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, exception, traceback):
        # A second Ctrl-C must not leave half of it behind.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self.end_processes()
            if kind is None:
                self.check_logs()
        except Failure:
            self.show_logs()
            raise
        finally:
            if kind is not None and issubclass(kind, Exception):
                self.show_logs()
            self.close()
            signal.signal(signal.SIGINT, before)
