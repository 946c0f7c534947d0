#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMsgrSessionManager and its events as SessionManager1, and Registry1, which shares the registry with it; the values
of a registration."""
import pathlib
import re
import shutil
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ECHO, Bus
from stage import (ALICE, APP, APP_NAME, APP_URL, READY, ROOT, SERVICE, SESSIONS, UNKNOWN, Solo, program, refused,
                   register, text, wait)

DOORS = (('SessionManager1', SESSIONS), ('Registry1', SERVICE))
WIDE = 'ä'  # two bytes of UTF-8: limits are in bytes
stage = Solo()


def fresh_guid():
    return '{%s}' % GLib.uuid_string_random().upper()


def listed(interface='SessionManager1'):
    """guid → the rest of the application."""
    return {one[0]: one[1:] for one in stage.app.call(interface, 'ListApplications')}


# ---- sessions ----

def test_create_session():
    one = stage()
    path = one.app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
    other = one.app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
    assert re.fullmatch(ROOT + r'/Session/[1-9][0-9]*', path) and path != other
    for interface, door in (('Session1', SESSIONS), ('Session1', SERVICE)):
        values = one.app.get_all(interface, path, door)
        assert values['State'] == READY and values['Flags'] == 1 and values['MySigninName'] == ALICE
    one.ui.wait_signal('SessionsChanged', ROOT, lambda a: a[2] == [path])
    for made in (path, other):
        assert made in one.ui.call('Messenger1', 'ListSessions')


def test_create_session_for_an_account():
    one = stage()
    bob = one.ui.call('Messenger1', 'AddAccount', '(ssa{sv})', 'bob@localhost', 'secret', {})
    create = lambda **options: one.app.call('SessionManager1', 'CreateSession', '(a{sv})', options)
    mine = create(account=text('BOB@localhost'))
    assert one.app.get('Session1', 'MySigninName', mine, SESSIONS) == 'bob@localhost'
    refused('NotLoggedOn', create, account=text('zoe@localhost'))
    refused('InvalidArgument', create, account=GLib.Variant('u', 7))
    assert create(something=text('unknown'))
    one.ui.call('Messenger1', 'RemoveAccount', '(o)', bob)


def test_create_session_without_an_account():
    with Bus() as bus:
        bus.start()
        app = bus.client()
        refused('NotLoggedOn', app.call, 'SessionManager1', 'CreateSession', '(a{sv})', {})
        assert app.get('SessionManager1', 'MySigninName', door=SESSIONS) == ''


def test_create_session_limit():
    """One program holds 32 open sessions, and not one more; another one still can."""
    one = stage()
    greedy = program(one.bus)
    greedy.attach(SESSIONS)
    made = [greedy.call('SessionManager1', 'CreateSession', '(a{sv})', {}) for _ in range(32)]
    refused('LimitExceeded', greedy.call, 'SessionManager1', 'CreateSession', '(a{sv})', {})
    one.app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
    greedy.close()
    one.ui.wait_signal('Termination', made[-1])


def test_my_signin_name():
    one = stage()
    assert one.app.get('SessionManager1', 'MySigninName', door=SESSIONS) == ALICE


def launched(one, word):
    """A session with the echo, whose program is `word`, launched; returns alice's path."""
    guid = fresh_guid()
    register(one.bus, one.ui, guid, Name='Launched', Exec=word)
    return one.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})


def test_get_launching_session():
    """A cookie of 256 random bits opens its session once, to whoever has it."""
    one = stage()
    guid = fresh_guid()
    register(one.bus, one.ui, guid, Name='Running', Exec='/bin/cat')
    running, thief = program(one.bus), program(one.bus)
    running.answers.update(BeforeAppLaunch=GLib.Variant('(b)', (True,)), LaunchSession=GLib.Variant('()', ()))
    running.attach(SESSIONS, [guid])
    thief.attach(SESSIONS)
    path = one.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})
    wait(lambda: any(method == 'LaunchSession' for method, _ in running.asked), 'the cookie')
    cookie = running.asked[-1][1][0]
    assert re.fullmatch('[0-9a-f]{64}', cookie), cookie
    get = lambda who, word: who.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', word, {})
    for wrong in ('0' * 64, cookie[:-1], cookie + '0', cookie.upper() + ' '):
        refused('NotFound', get, thief, wrong)
    refused('NotFound', get, thief, '')
    refused('InvalidArgument', get, thief, 'f' * 129)
    refused('NotFound', running.get, 'Session1', 'State', path, SESSIONS)
    assert get(running, cookie) == path
    assert running.get('Session1', 'Application', path, SESSIONS) == guid
    for who in (running, thief):
        refused('NotFound', get, who, cookie)
    running.close()
    assert one.ui.wait_signal('Termination', path)[2] == (14, '')


# ---- the registry ----

def test_applications():
    """All that is registered, at both doors, ordered by name."""
    one = stage()
    for name, guid in (('Zulu', fresh_guid()), ('Alpha', fresh_guid()), ('Mike', fresh_guid())):
        register(one.bus, one.ui, guid, Name=name, Exec='/bin/cat')
    assert one.app.call('SessionManager1', 'ListApplications') == one.app.call('Registry1', 'ListApplications')
    names = [a[1] for a in one.app.call('SessionManager1', 'ListApplications')]
    order = [name for name in names if name in ('Zulu', 'Alpha', 'Mike')]
    assert order == ['Alpha', 'Mike', 'Zulu'], names
    assert listed()[APP] == (APP_NAME, APP_URL, '', '', 0, True, '', True)


def do_register(interface, *values):
    return stage.app.call(interface, 'RegisterApplication', '(ssssu)', *values)


def test_register_application():
    one = stage()
    for interface, _ in DOORS:
        guid = fresh_guid()
        do_register(interface, guid.lower().strip('{}'), 'Näme', 'https://example.org/x', '/bin/cat --now "a b"', 0)
        assert listed()[guid] == ('Näme', 'https://example.org/x', '', '', 0, True, '', True)
        file = one.bus.dir / 'data' / 'beckon' / 'peers' / f'{guid}.peer'
        keys = GLib.KeyFile()
        keys.load_from_file(str(file), GLib.KeyFileFlags.NONE)
        assert keys.get_string('Beckon Peer', 'GUID') == guid
        assert GLib.shell_parse_argv(keys.get_string('Beckon Peer', 'Exec'))[1] == ['/bin/cat', '--now', 'a b']
        one.app.call(interface, 'UnRegisterApplication', '(s)', guid)
        assert guid not in listed() and not file.exists()


def test_register_application_refused():
    one = stage()
    before = listed()
    guid = fresh_guid()
    good = dict(guid=guid, name='N', url='', path='/bin/cat', flags=0)
    for interface, _ in DOORS:
        for wrong in ({'guid': ''}, {'guid': 'x'}, {'guid': guid[:-1]}, {'guid': guid + '}'}, {'name': ''},
                      {'name': 'a\nb'}, {'url': 'ftp://example.org/'}, {'url': 'file:///etc/passwd'},
                      {'url': 'javascript:alert(1)'}, {'path': ''}, {'path': 'cat'}, {'path': './cat'},
                      {'path': '/bin/cat "'}, {'path': '/bin/'}, {'flags': 1}, {'flags': 0xFFFFFFFF}):
            values = {**good, **wrong}
            refused('InvalidArgument', do_register, interface, *values.values())
    assert listed() == before


def test_register_application_limits():
    stage()
    for interface, _ in DOORS:
        for key in ('name', 'url'):
            fit = lambda n: 'https://example.org/' + 'x' * (n - 20) if key == 'url' else WIDE * (n // 2) + 'x' * (n % 2)
            guid = fresh_guid()
            values = lambda n: (guid, fit(n) if key == 'name' else 'N', fit(n) if key == 'url' else '', '/bin/cat', 0)
            refused('InvalidArgument', do_register, interface, *values(257))
            do_register(interface, *values(256))
            assert fit(256) in listed()[guid]
            stage.app.call(interface, 'UnRegisterApplication', '(s)', guid)


def test_register_application_path_limit():
    """260 characters, the original's limit, fit well; 4096 bytes are ours."""
    stage()
    for interface, _ in DOORS:
        for length, fits in ((260, True), (4000, True), (4097, False)):
            guid = fresh_guid()
            values = (guid, 'N', '', '/bin/cat ' + 'x' * (length - 9), 0)
            if fits:
                do_register(interface, *values)
                stage.app.call(interface, 'UnRegisterApplication', '(s)', guid)
            else:
                refused('InvalidArgument', do_register, interface, *values)


def test_register_application_twice():
    """A known GUID, however written: APP_ALREADY_REGISTERED. What changes is unregistered first."""
    one = stage()
    for interface, _ in DOORS:
        for guid in (APP, APP.lower(), APP.strip('{}')):
            refused('AppAlreadyRegistered', do_register, interface, guid, 'Other', '', '/bin/cat', 0)
    assert listed()[APP][0] == APP_NAME
    guid = fresh_guid()
    do_register('SessionManager1', guid, 'First', '', '/bin/cat', 0)
    one.app.call('SessionManager1', 'UnRegisterApplication', '(s)', guid)
    do_register('SessionManager1', guid, 'Second', '', '/bin/cat', 0)
    assert listed()[guid][0] == 'Second'


def test_register_application_without_a_place_to_write():
    with Bus() as bus:
        folder = bus.dir / 'data' / 'beckon'
        bus.start()
        app = bus.client()
        shutil.rmtree(folder / 'peers', ignore_errors=True)
        (folder / 'peers').write_text('no folder')
        register_it = lambda interface: refused('Storage', app.call, interface, 'RegisterApplication', '(ssssu)',
                                                UNKNOWN, 'N', '', '/bin/cat', 0)
        for interface, _ in DOORS:
            register_it(interface)
        # A folder is where the file should be.
        (folder / 'peers').unlink()
        (folder / 'peers' / f'{UNKNOWN}.peer').mkdir(parents=True)
        for interface, _ in DOORS:
            register_it(interface)


def test_unregister_application():
    one = stage()
    for interface, _ in DOORS:
        guid = fresh_guid()
        do_register(interface, guid, 'N', '', '/bin/cat', 0)
        one.app.call(interface, 'UnRegisterApplication', '(s)', guid.lower())
        assert guid not in listed()
        refused('AppNotRegistered', one.app.call, interface, 'UnRegisterApplication', '(s)', guid)
        for bad in ('', 'x', guid + ' '):
            refused('InvalidArgument', one.app.call, interface, 'UnRegisterApplication', '(s)', bad)


def test_unregister_application_of_the_system():
    with Bus() as bus:
        folder = bus.dir / 'share' / 'beckon' / 'peers'
        folder.mkdir(parents=True)
        (folder / f'{APP}.peer').write_text(f'[Beckon Peer]\nGUID={APP}\nName=System\nExec=/bin/cat\n')
        bus.start()
        app = bus.client()
        for interface, _ in DOORS:
            refused('AccessDenied', app.call, interface, 'UnRegisterApplication', '(s)', APP)
            assert app.call(interface, 'ListApplications') == [(APP, 'System', '', '', '', 0, True, '', False)]


# ---- events ----

def test_on_app_registered():
    """Told once to each, at both doors, with the GUID in its normal form."""
    one = stage()
    guid = fresh_guid()
    do_register('SessionManager1', guid.lower(), 'N', '', '/bin/cat', 0)
    for client in (one.ui, one.app):
        client.wait_signal('AppRegistered', ROOT, lambda a: a == (guid,))
        client.wait_signal('ApplicationsChanged', ROOT, lambda a: a[1] == 0 and [x[0] for x in a[2]] == [guid])
    register(one.bus, one.ui, fresh_guid(), Name='Later', Exec='/bin/cat')
    assert [s[2] for s in one.ui.signals if s[1] == 'AppRegistered'].count((guid,)) == 1


def test_on_app_unregistered():
    one = stage()
    guid = fresh_guid()
    do_register('SessionManager1', guid, 'N', '', '/bin/cat', 0)
    one.app.call('SessionManager1', 'UnRegisterApplication', '(s)', guid)
    for client in (one.ui, one.app):
        client.wait_signal('AppUnregistered', ROOT, lambda a: a == (guid,))
        client.wait_signal('ApplicationsChanged', ROOT, lambda a: a[1:] == (1, []))


def test_on_app_shutdown():
    with Bus() as bus:
        service = bus.start()
        app, watcher = program(bus), program(bus)
        app.attach(SESSIONS)
        bus.stop(service)
        assert app.wait_signal('AppShutdown', ROOT)[2] == ()
        assert [told[1] for told in app.told].count('AppShutdown') == 1 and not watcher.told


# ---- the values of a registration ----

def test_registration_keys():
    one = stage()
    guid = fresh_guid()
    register(one.bus, one.ui, guid, **{'Name': 'Tic-tac-toe', 'Name[de]': 'Tris', 'URL': 'http://example.org/',
                                       'Icon': 'org.example.Toe', 'Comment': 'For two', 'Channel': 'required',
                                       'Exec': '/bin/cat --session'})
    assert listed()[guid] == ('Tic-tac-toe', 'http://example.org/', 'org.example.Toe', 'For two', 0, True, '', True)
    for keys in ({'Name': 'Bus', 'BusName': 'im.beckon.Beckon.Peer.Test'},
                 {'Name': 'Old', 'HostExec': '/bin/cat --port %p', 'JoinExec': '/bin/cat %h:%p %n', 'Port': '47624',
                  'Transport': 'tcp+udp', 'Host': 'invitee'}):
        guid = fresh_guid()
        register(one.bus, one.ui, guid, **keys)
        assert listed()[guid][0] == keys['Name'] and listed()[guid][4] == (4 if 'HostExec' in keys else 0)


def test_registration_without_a_key():
    """GUID, Name and a way to start are needed; the file that lacks one is named in Warnings and does no harm."""
    one = stage()
    for lacking in ('GUID', 'Name', 'Exec'):
        guid = fresh_guid()
        keys = {'GUID': guid, 'Name': 'N', 'Exec': '/bin/cat'}
        lines = ['[Beckon Peer]', *(f'{key}={value}' for key, value in keys.items() if key != lacking)]
        (one.bus.dir / 'data' / 'beckon' / 'peers' / f'{guid}.peer').write_text('\n'.join(lines) + '\n')
        one.ui.wait_signal('Changed', ROOT, lambda c: any(guid in warning for warning in c.get('Warnings', [])))
        assert guid not in listed()
    assert any(guid in warning for warning in one.ui.get('Registry1', 'Warnings'))


def test_registration_path_may_be_relative():
    """To where the registration file is."""
    one = stage()
    folder = one.bus.dir / 'data' / 'beckon'
    tool = folder / 'tool'
    tool.write_text('#!/bin/sh\necho relative\n')
    tool.chmod(0o755)
    guid = fresh_guid()
    register(one.bus, one.ui, guid, Name='Relative', Exec='../tool')
    assert listed()[guid][5] is True
    path = one.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})
    one.ui.wait_signal('Termination', path)
    assert pathlib.Path(one.ui.get('Session1', 'Log', path)).read_text() == 'relative\n'
    tool.unlink()
    assert listed()[guid][5] is False and 'tool' in listed()[guid][6]


def test_attach():
    """Needs a name below ours and takes 64 GUIDs, and not one more."""
    one = stage()
    for door in (SESSIONS, SERVICE):
        nameless = one.bus.client(name=False)
        refused('AccessDenied', nameless.attach, door)
        named = program(one.bus)
        refused('InvalidArgument', named.attach, door, ['x'])
        refused('InvalidArgument', named.attach, door, [fresh_guid() for _ in range(65)])
        named.attach(door, [fresh_guid() for _ in range(64)])
        register(one.bus, named, fresh_guid(), Name='N', Exec='/bin/cat')


stage.run(tap.run, [
    test_create_session, test_create_session_for_an_account, test_create_session_without_an_account,
    test_create_session_limit, test_my_signin_name, test_get_launching_session, test_applications,
    test_register_application, test_register_application_refused, test_register_application_limits,
    test_register_application_path_limit, test_register_application_twice,
    test_register_application_without_a_place_to_write, test_unregister_application,
    test_unregister_application_of_the_system, test_on_app_registered, test_on_app_unregistered, test_on_app_shutdown,
    test_registration_keys, test_registration_without_a_key, test_registration_path_may_be_relative, test_attach])
