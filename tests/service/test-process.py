#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service as a process: how it starts, how it ends, what it does when there is nothing to do."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import BINARY, ECHO, GUID, ROOT, SERVICE, SESSIONS, SLOWNESS, Bus, refused, wait

CONNECTED, TERMINATED = 4, 7
ENDED, APPLICATION_FAILED = 14, 15


def test_options():
    run = lambda *args: subprocess.run([BINARY, *args], capture_output=True, text=True, timeout=20 * SLOWNESS)
    assert run('--version').stdout.startswith('beckon-service ')
    assert '--backend' in run('--help').stdout
    for args in (('--nonsense',), ('--backend=smoke',), ('argument',)):
        result = run(*args)
        assert result.returncode == 2 and result.stderr.strip(), result


def test_without_a_bus():
    with Bus() as bus:
        for address in (f'unix:path={bus.dir}/nothing', 'nonsense'):
            process = bus.start(address=address, wait_for_it=False)
            assert process.wait(timeout=20 * SLOWNESS) == 1
            assert 'needs a session bus' in process.log.read_text()


def test_activation():
    for name in (SERVICE, SESSIONS):
        with Bus(activatable=True) as bus:
            client = bus.client()
            interface = 'Messenger1' if name == SERVICE else 'SessionManager1'
            assert client.call(interface, 'Attach', '(oasa{sv})', '/peer', [], {}) is None
            client.wait_for_name(SERVICE)
            pid = client.bus('GetConnectionUnixProcessID', '(s)', SERVICE)
            assert pid == client.bus('GetConnectionUnixProcessID', '(s)', SESSIONS)
            os.kill(pid, signal.SIGTERM)
            wait(lambda: not client.bus('NameHasOwner', '(s)', SERVICE), 'the end')


def test_two_instances():
    with Bus() as bus, Bus() as other:
        first = bus.start()
        second = bus.start(wait_for_it=False)
        assert second.wait(timeout=20 * SLOWNESS) == 0
        assert 'running already' in second.log.read_text()
        third = other.start(wait_for_it=False, XDG_DATA_HOME=bus.environment['XDG_DATA_HOME'])
        assert third.wait(timeout=20 * SLOWNESS) == 1
        assert 'same data folder' in third.log.read_text()
        bus.stop(first)
        bus.start()


def test_private_files():
    with Bus() as bus:
        bus.register(GUID, '/bin/sh', '-c', '"umask"')
        old = os.umask(0o022)
        try:
            bus.start()
        finally:
            os.umask(old)
        client = bus.client()
        client.attach()
        client.account()
        path = client.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        client.wait_signal('Termination', path)
        log = pathlib.Path(client.get('Session1', 'Log', path))
        assert log.read_text() == '0022\n', log.read_text()
        for path in bus.dir.joinpath('data', 'beckon').rglob('*'):
            if path.is_file() and 'peers' not in path.parts:
                assert path.stat().st_mode & 0o077 == 0, path
        assert log.stat().st_mode & 0o777 == 0o600 and log.parent.stat().st_mode & 0o777 == 0o700
        assert (bus.dir / 'data' / 'beckon' / 'secrets.keyfile').stat().st_mode & 0o777 == 0o600


def test_shutdown_with_calls_in_flight():
    with Bus() as bus:
        process = bus.start()
        client, app = bus.client(), bus.client()
        app.attach(SESSIONS)
        account = client.account()
        done = []
        for _ in range(20):
            client.connection.call(SERVICE, ROOT, 'im.beckon.Messenger1', 'AddAccount',
                                   GLib.Variant('(ssa{sv})', ('bob@localhost', 'x', {})), None, 0, -1, None,
                                   lambda source, result: done.append(result))
            client.connection.call(SERVICE, account, 'im.beckon.Account1', 'SignOut', None, None, 0, -1, None,
                                   lambda source, result: done.append(result))
        process.send_signal(signal.SIGTERM)
        wait(lambda: len(done) == 40, 'an answer to each')
        app.wait_signal('AppShutdown', ROOT)
        bus.stop(process)


def test_the_bus_goes():
    with Bus() as bus:
        process = bus.start()
        bus.client().account()
        bus.daemon.terminate()
        assert process.wait(timeout=20 * SLOWNESS) == 0, process.log.read_text()


def test_history_survives():
    with Bus() as bus:
        process = bus.start()
        client = bus.client()
        account = client.account()
        path = client.call('Account1', 'GetConversation', '(s)', ECHO, path=account)
        client.attach()
        client.call('Conversation1', 'SendMessage', '(sa{sv})', 'kept', {}, path=path)
        client.wait_signal('MessageAdded', path, lambda a: not a[0][2])
        bus.stop(process)
        bus.start()
        client = bus.client()
        account = client.call('Messenger1', 'ListAccounts')[0]
        path = client.call('Account1', 'GetConversation', '(s)', ECHO, path=account)
        texts = [m[3] for m in client.call('Conversation1', 'ListMessages', '(xu)', 0, 10, path=path)]
        assert texts[:2] == ['kept', 'kept'], texts


def test_killed_and_started_again():
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '1000')
        process = bus.start()
        client = bus.client()
        client.attach()
        client.account()
        path = client.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        client.wait_state(path, CONNECTED)
        wait(lambda: client.get('Session1', 'Log', path) or client.get('Session1', 'State', path) == TERMINATED,
             'the program')
        assert client.get('Session1', 'State', path) == CONNECTED, client.get('Session1', 'ResultText', path)
        programs = bus.wait_programs(1)
        bus.kill(process)
        bus.start()
        assert bus.programs() == programs, 'the program did not survive'
        client = bus.client()
        for path in client.call('Messenger1', 'ListSessions'):
            assert client.get('Session1', 'State', path) == TERMINATED


def launch(bus, client, *argv):
    guid = '{%s}' % GLib.uuid_string_random().upper()
    bus.register(guid, *argv)
    wait(lambda: any(a[0] == guid for a in client.call('Registry1', 'ListApplications')), 'the registration')
    return client.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})


def test_launches():
    with Bus() as bus:
        bus.start()
        client = bus.client()
        client.account()
        client.attach()
        for argv, result, words in ((('/bin/true',), ENDED, ''),
                                    (('/bin/sh', '-c', '"exit 3"'), APPLICATION_FAILED, '3'),
                                    (('/bin/sh', '-c', '"kill -9 $$"'), APPLICATION_FAILED, '9')):
            path = launch(bus, client, *argv)
            assert client.wait_signal('Termination', path)[2][0] == result, (argv, client.get_all('Session1', path))
            text = client.get('Session1', 'ResultText', path)
            assert words in text, text
        path = launch(bus, client, '/bin/sh', '-c', '"echo out; echo err >&2; pwd; echo $BECKON_SESSION; '
                      'test -d $BECKON_RUNTIME_DIR; echo $?; echo ${#BECKON_COOKIE}"')
        client.wait_signal('Termination', path)
        session = client.get('Session1', 'SessionID', path)
        log = pathlib.Path(client.get('Session1', 'Log', path)).read_text()
        assert log.split() == ['out', 'err', str(bus.dir / 'home'), session, '0', '64'], log
        assert list((bus.dir / 'run' / 'beckon').iterdir()) == []
        assert not [s for s in client.signals if s[1] == 'Changed' and 'cookie' in str(s[2]).lower()]


def test_launching_session_by_cookie_and_by_process():
    """The launched program asks for its session: by cookie once, by its process id, a stranger not at all."""
    program = pathlib.Path(__file__).with_name('launched.py')
    with Bus() as bus:
        bus.start(BECKON_TEST_DOOR=SESSIONS)
        client = bus.client()
        client.account()
        client.attach()
        refused('NotFound', client.call, 'SessionManager1', 'GetLaunchingSession', '(sa{sv})', 'f' * 64, {})
        refused('NotFound', client.call, 'SessionManager1', 'GetLaunchingSession', '(sa{sv})', '', {})
        refused('InvalidArgument', client.call, 'SessionManager1', 'GetLaunchingSession', '(sa{sv})', 'f' * 129, {})
        for way in ('cookie', 'process'):
            path = launch(bus, client, '/usr/bin/python3', str(program), way)
            assert client.wait_signal('Termination', path)[2][0] == ENDED, \
                pathlib.Path(client.get('Session1', 'Log', path)).read_text()


def test_idle_service_sleeps():
    with Bus() as bus:
        process = bus.start()
        client = bus.client()
        client.account()
        client.attach()
        status = pathlib.Path(f'/proc/{process.pid}/task')
        quiet = []

        def switches():
            """Of each thread that is there; one may end while we look."""
            for task in status.iterdir():
                with contextlib.suppress(OSError):
                    for line in (task / 'status').read_text().splitlines():
                        if 'ctxt_switches' in line:
                            yield task.name, int(line.split()[1])

        def look():
            quiet.append(tuple(switches()))
            return True
        timer = GLib.timeout_add(1000, look)
        # Three looks a second apart between which nothing of it ran.
        wait(lambda: len(quiet) > 3 and len(set(quiet[-3:])) == 1, 'two seconds without a wake-up', 20)
        GLib.source_remove(timer)


tap.run([test_options, test_without_a_bus, test_activation, test_two_instances, test_private_files,
         test_shutdown_with_calls_in_flight, test_the_bus_goes, test_history_survives, test_killed_and_started_again,
         test_launches, test_launching_session_by_cookie_and_by_process, test_idle_service_sleeps])
