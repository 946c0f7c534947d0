#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every method of both doors, with good and with bad arguments; who gets which signal; who may see what."""
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import (CONTACTS, ECHO, GUID, OTHER_GUID, ROOT, SERVICE, SESSIONS, Bus, refused, wait)

READY, INVITATION, ACCEPTED, CONNECTED, TERMINATED = 1, 2, 3, 4, 7


def started(bus):
    bus.register(GUID, '/bin/cat')
    bus.start()
    client = bus.client()
    return client, client.account()


def test_attach_needs_a_name():
    with Bus() as bus:
        bus.start()
        nameless, named = bus.client(name=False), bus.client()
        for door, interface in ((SERVICE, 'Messenger1'), (SESSIONS, 'SessionManager1')):
            refused('AccessDenied', nameless.attach, door)
            refused('InvalidArgument', named.attach, door, ['no guid'])
            refused('InvalidArgument', named.attach, door, [GUID] * 65)
            refused('InvalidArgument', named.call, interface, 'Attach', '(s)', '/peer')
            named.attach(door, [GUID.lower()])
            named.attach(door)
        nameless.bus('RequestName', '(su)', 'im.beckon.Beckonish.c1', 4)
        refused('AccessDenied', nameless.attach)
        nameless.bus('RequestName', '(su)', 'im.beckon.Beckon.Client.late', 4)
        nameless.attach()


def test_introspection_and_properties():
    with Bus() as bus:
        client, account = started(bus)
        conversation = client.call('Account1', 'GetConversation', '(s)', ECHO, path=account)
        session = client.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        seen = {}
        for door, path, interfaces in (
                (SERVICE, ROOT, ['Messenger1', 'Registry1']), (SERVICE, account, ['Account1']),
                (SERVICE, conversation, ['Conversation1']), (SERVICE, session, ['Session1']),
                (SESSIONS, ROOT, ['SessionManager1']), (SESSIONS, session, ['Session1'])):
            xml = client.call_raw(door, path, 'org.freedesktop.DBus.Introspectable', 'Introspect')
            for interface in interfaces:
                assert f'im.beckon.{interface}' in xml
                seen[interface] = client.get_all(interface, path, door)
                assert seen[interface]['version'] == 1 == client.get(interface, 'version', path, door)
        assert seen['Messenger1']['PrimaryAccount'] == account
        assert 'secrets.keyfile' in seen['Messenger1']['SecretsWarning']
        assert seen['SessionManager1']['MySigninName'] == 'alice@localhost'
        assert seen['Account1']['State'] == 'online' and seen['Account1']['Status'] == 2
        fresh = {'version': 1, 'Account': account, 'Who': ECHO, 'Unread': 0, 'ReadUpTo': 0, 'Typing': False}
        assert fresh.items() <= seen['Conversation1'].items(), seen['Conversation1']
        assert seen['Session1']['State'] == READY and seen['Session1']['LocalAddress'] == '192.0.2.77'
        for folder, number in (('Account', account), ('Conversation', conversation), ('Session', session)):
            xml = client.call_raw(SERVICE, f'{ROOT}/{folder}', 'org.freedesktop.DBus.Introspectable', 'Introspect')
            assert f'<node name="{number.rsplit("/", 1)[1]}"/>' in xml
        for path in (f'{ROOT}/Session/77', f'{ROOT}/Session/0', f'{ROOT}/Account/x', f'{ROOT}/Account/01'):
            try:
                client.get_all('Session1', path)
                raise AssertionError(path)
            except Exception as failure:
                assert not isinstance(failure, AssertionError), failure


def test_wrong_types_are_refused_by_name():
    with Bus() as bus:
        client, account = started(bus)
        session = client.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        text = refused('InvalidArgument', client.call, 'Messenger1', 'InviteApp', '(s)', 'x')
        assert 'InviteApp' in text
        refused('InvalidArgument', client.call, 'Messenger1', 'ListAccounts', '(u)', 1)
        refused('InvalidArgument', client.call, 'Account1', 'SetStatus', '(ss)', 'x', 'y', path=account)
        refused('InvalidArgument', client.call, 'Session1', 'Cancel', '(s)', 'x', path=session)
        refused('InvalidArgument', client.set, 'Session1', 'Application', GLib.Variant('u', 1), path=session)
        refused('InvalidArgument', client.set, 'Session1', 'Application', GLib.Variant('s', 'x'), path=session)
        refused('InvalidArgument', client.set, 'Session1', 'LocalAddress', GLib.Variant('s', 'x' * 256), path=session)
        refused('InvalidArgument', client.set, 'Session1', 'LocalAddress', GLib.Variant('s', 'x\ny'), path=session)
        assert 'sign_in_name' in refused('InvalidArgument', client.call, 'Messenger1', 'AddAccount', '(ssa{sv})',
                                         'nobody', 'x', {})
        for options in ({'server': GLib.Variant('u', 1)}, {'register': GLib.Variant('s', 'x')},
                        {'display-name': GLib.Variant('s', 'x' * 129)}, {'token': GLib.Variant('s', 'a\tb')}):
            refused('InvalidArgument', client.call, 'Messenger1', 'AddAccount', '(ssa{sv})', 'b@localhost', 'x',
                    options)
        for bad in ((SERVICE, ROOT, 'im.beckon.Messenger1', 'NoSuch'), (SERVICE, ROOT, 'im.beckon.Nothing', 'Attach'),
                    (SESSIONS, ROOT, 'im.beckon.Messenger1', 'ListAccounts'),
                    (SERVICE, ROOT, 'im.beckon.SessionManager1', 'ListApplications')):
            refused('org.freedesktop.DBus.Error.UnknownMethod', client.call_raw, *bad)
        refused('org.freedesktop.DBus.Error.InvalidArgs', client.get, 'Messenger1', 'NoSuch')
        refused('org.freedesktop.DBus.Error.InvalidArgs', client.set, 'Messenger1', 'version', GLib.Variant('u', 2))


def test_accounts():
    with Bus() as bus:
        client, account = started(bus)
        other = bus.client()
        other.attach()
        refused('AlreadyLoggedOn', client.account)
        refused('InvalidArgument', client.call, 'Messenger1', 'AddAccount', '(ssa{sv})', 'b@localhost', 'x' * 257, {})
        assert client.call('Messenger1', 'ListAccounts') == [account]
        call = lambda method, *values: client.call('Account1', method, *values, path=account)
        call('SetStatus', '(us)', 0xA, 'in a meeting')
        other.wait_signal('Changed', account, lambda c: c.get('Status') == 0xA)
        assert client.get('Account1', 'PersonalMessage', account) == 'in a meeting'
        for status, text in ((1, ''), (0x100, ''), (0x7, ''), (0xFFFFFFFF, ''), (2, 'x' * 513), (2, 'a\nb')):
            refused('InvalidArgument', call, 'SetStatus', '(us)', status, text)
        call('SetDisplayName', '(s)', 'Alice')
        other.wait_signal('Changed', account, lambda c: c.get('DisplayName') == 'Alice')
        for name in ('', 'x' * 129, 'a\x01'):
            refused('InvalidArgument', call, 'SetDisplayName', '(s)', name)
        call('SignOut')
        wait(lambda: client.get('Account1', 'State', account) == 'offline', 'offline')
        call('SignIn', '(sa{sv})', '', {})
        assert client.get('Account1', 'State', account) == 'online'
        refused('InvalidArgument', call, 'SignIn', '(sa{sv})', 'x' * 257, {})
        refused('NotFound', client.call, 'Messenger1', 'RemoveAccount', '(o)', f'{ROOT}/Account/99')
        client.call('Messenger1', 'RemoveAccount', '(o)', account)
        other.wait_signal('AccountsChanged', ROOT, lambda a: a == (0, 1, []))
        other.wait_signal('Changed', ROOT, lambda c: c.get('PrimaryAccount') == '/')
        refused('NotFound', call, 'SignOut')
        refused('NotLoggedOn', client.call, 'SessionManager1', 'CreateSession', '(a{sv})', {})


def test_contacts():
    with Bus() as bus:
        client, alice = started(bus)
        client.attach()
        bob = client.account('bob@localhost')
        contacts = lambda account: {c[0]: c for c in client.call('Account1', *CONTACTS, path=account)}
        relation = lambda account, who: contacts(account).get(who)
        assert relation(alice, ECHO)[1:5] == ('Echo', 3, False, 2)
        client.call('Account1', 'AddContact', '(ss)', 'bob@localhost', 'it is me', path=alice)
        wait(lambda: relation(bob, 'alice@localhost'), 'the request')
        assert relation(bob, 'alice@localhost')[2] == 2 and relation(bob, 'alice@localhost')[6] == 'it is me'
        client.call('Account1', 'ApproveContact', '(s)', 'alice@localhost', path=bob)
        client.wait_signal('ContactsChanged', alice, lambda a: any(c[0] == 'bob@localhost' and c[2] == 3 for c in a[2]))
        client.call('Account1', 'SetContactBlocked', '(sb)', ECHO, True, path=alice)
        wait(lambda: relation(alice, ECHO)[3], 'blocked')
        client.call('Account1', 'SetContactBlocked', '(sb)', ECHO, False, path=alice)
        client.call('Account1', 'RemoveContact', '(s)', 'bob@localhost', path=alice)
        wait(lambda: not relation(alice, 'bob@localhost'), 'the end of it')
        client.call('Account1', 'AddContact', '(ss)', 'bob@localhost', '', path=alice)
        wait(lambda: relation(bob, 'alice@localhost'), 'the next request')
        client.call('Account1', 'DeclineContact', '(s)', 'alice@localhost', path=bob)
        for method in ('AddContact', 'ApproveContact', 'DeclineContact', 'RemoveContact', 'GetConversation'):
            values = ('(ss)', 'nobody', '') if method == 'AddContact' else ('(s)', 'no body@x')
            refused('InvalidArgument', client.call, 'Account1', method, *values, path=alice)
        refused('InvalidArgument', client.call, 'Account1', 'AddContact', '(ss)', ECHO, 'x' * 513, path=alice)
        refused('InvalidArgument', client.call, 'Account1', 'SetContactBlocked', '(sb)', '@', True, path=alice)


def test_conversation():
    with Bus() as bus:
        client, account = started(bus)
        client.attach()
        path = client.call('Account1', 'GetConversation', '(s)', ECHO, path=account)
        assert path == client.call('Account1', 'GetConversation', '(s)', ECHO.upper(), path=account)
        call = lambda method, signature, *values: client.call('Conversation1', method, signature, *values, path=path)
        message = call('SendMessage', '(sa{sv})', 'hello\nyou', {})
        assert message[2:4] == (True, 'hello\nyou') and message[5] == 1
        client.wait_signal('MessageChanged', path, lambda a: a[0][0] == message[0] and a[0][5] == 2)
        answer = client.wait_signal('MessageAdded', path, lambda a: not a[0][2])[2][0]
        assert answer[3] == 'hello\nyou'
        client.wait_signal('Changed', path, lambda c: c.get('Unread') == 1)
        call('MarkRead', '(x)', answer[0])
        client.wait_signal('Changed', path, lambda c: c.get('Unread') == 0)
        assert [m[0] for m in call('ListMessages', '(xu)', 0, 10)] == [message[0], answer[0]]
        assert [m[0] for m in call('ListMessages', '(xu)', answer[0], 10)] == [message[0]]
        for before, limit in ((0, 0), (0, 501), (-1, 5)):
            refused('InvalidArgument', call, 'ListMessages', '(xu)', before, limit)
        refused('InvalidArgument', call, 'SendMessage', '(sa{sv})', '', {})
        refused('InvalidArgument', call, 'SendMessage', '(sa{sv})', 'a\x02b', {})
        refused('MessageTooLong', call, 'SendMessage', '(sa{sv})', 'x' * 16385, {})


def test_registry():
    with Bus() as bus:
        client, account = started(bus)
        ui, app = bus.client(), bus.client()
        ui.attach()
        app.attach(SESSIONS)
        assert [a[0] for a in client.call('Registry1', 'ListApplications')] == [GUID]
        assert client.call('SessionManager1', 'ListApplications') == client.call('Registry1', 'ListApplications')
        for interface, guid in (('Registry1', OTHER_GUID), ('SessionManager1', OTHER_GUID.replace('9', '8'))):
            register = lambda *v: client.call(interface, 'RegisterApplication', '(ssssu)', *v)
            register(guid.lower().strip('{}'), 'Other', 'https://example.org/', '/bin/cat --now', 0)
            for one in (ui, app):
                one.wait_signal('AppRegistered', ROOT, lambda a: a == (guid,))
                one.wait_signal('ApplicationsChanged', ROOT, lambda a: any(x[0] == guid for x in a[2]))
            refused('AppAlreadyRegistered', register, guid, 'Other', '', '/bin/cat', 0)
            for bad in (('x', 'N', '', '/bin/cat', 0), (GUID, '', '', '/bin/cat', 0),
                        (GUID, 'x' * 257, '', '/bin/cat', 0), (GUID, 'N', 'file:///etc', '/bin/cat', 0),
                        (GUID, 'N', '', 'cat', 0), (GUID, 'N', '', '', 0), (GUID, 'N', '', '/' + 'x' * 4096, 0),
                        (GUID, 'N', '', '/bin/cat', 1), (GUID, 'N', 'javascript:1', '/bin/cat', 0),
                        (GUID, 'N\n', '', '/bin/cat', 0)):
                refused('InvalidArgument', register, *bad)
            refused('Failed', register, OTHER_GUID.replace('9', '7'), 'N', '', '/nonexistent/program', 0)
            client.call(interface, 'UnRegisterApplication', '(s)', guid)
            app.wait_signal('AppUnregistered', ROOT, lambda a: a == (guid,))
            refused('AppNotRegistered', client.call, interface, 'UnRegisterApplication', '(s)', guid)
            refused('InvalidArgument', client.call, interface, 'UnRegisterApplication', '(s)', 'x')
        bus.register(OTHER_GUID, '/bin/cat', name='')
        ui.wait_signal('Changed', ROOT, lambda c: c.get('Warnings'))


def test_a_program_comes_and_goes():
    """Registered once, it is listed as it is now; that it is registered is no news."""
    with Bus() as bus:
        started(bus)
        ui = bus.client()
        ui.attach()
        program = bus.dir / 'opt' / 'game'
        bus.register(OTHER_GUID, str(program), name='Game')
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: any((x[0], x[6]) == (OTHER_GUID, False) for x in a[2]))
        ui.wait_signal('AppRegistered')
        ui.signals.clear()
        program.parent.mkdir()
        program.write_text('#!/bin/sh\n', encoding='utf-8')
        program.chmod(0o700)
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: [x[6:8] for x in a[2]] == [(True, '')])
        program.unlink()
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: [x[6] for x in a[2]] == [False])
        assert {s[1] for s in ui.signals} == {'ApplicationsChanged'}, ui.signals


def test_registration_is_changed():
    with Bus() as bus:
        client, account = started(bus)
        ui = bus.client()
        ui.attach()
        read = lambda guid=GUID: client.call('Registry1', 'GetRegistration', '(s)', guid)
        update = lambda *v: client.call('Registry1', 'UpdateApplication', '(ssssu)', *v)
        before = read(GUID.lower())
        file = bus.dir / 'data' / 'beckon' / 'peers' / f'{GUID}.peer'
        assert before == {'guid': GUID, 'name': 'Thing', 'url': '', 'path': '/bin/cat', 'bus-name': '',
                          'source': 'user', 'file': str(file)}, before
        update(GUID, 'Thing 2', 'https://example.org/', '/bin/cat "a b" 5%', 0)
        for signal in ('AppUnregistered', 'AppRegistered'):
            ui.wait_signal(signal, ROOT, lambda a: a == (GUID,))
        assert read() == {**before, 'name': 'Thing 2', 'url': 'https://example.org/', 'path': "/bin/cat 'a b' '5%'"}
        update(GUID, 'Thing 3', '', read()['path'], 0)
        assert read() == {**before, 'name': 'Thing 3', 'path': "/bin/cat 'a b' '5%'"}
        refused('InvalidArgument', update, GUID, 'N', '', '/bin/cat', 1)
        refused('InvalidArgument', update, GUID, 'N', '', 'cat', 0)
        refused('InvalidArgument', update, 'x', 'N', '', '/bin/cat', 0)
        refused('Failed', update, GUID, 'N', '', '/nonexistent/program', 0)
        refused('AppNotRegistered', update, OTHER_GUID, 'N', '', '/bin/cat', 0)
        refused('AppNotRegistered', read, OTHER_GUID)
        refused('InvalidArgument', read, 'x')
        # What was installed for everybody is not the user's to change, and comes to light again under the user's file.
        bus.register(OTHER_GUID, '/bin/cat', name='Everybody', folder=bus.dir / 'share')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (OTHER_GUID,))
        assert read(OTHER_GUID)['source'] == 'system'
        refused('AccessDenied', update, OTHER_GUID, 'N', '', '/bin/cat', 0)
        refused('AccessDenied', client.call, 'Registry1', 'UnRegisterApplication', '(s)', OTHER_GUID)
        refused('AppAlreadyRegistered', client.call, 'Registry1', 'RegisterApplication', '(ssssu)', OTHER_GUID, 'N', '',
                '/bin/cat', 0)
        ui.signals.clear()
        bus.register(OTHER_GUID, '/bin/cat', name='Mine')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (OTHER_GUID,))
        assert read(OTHER_GUID)['name'] == 'Mine' and read(OTHER_GUID)['source'] == 'user'
        ui.signals.clear()
        client.call('Registry1', 'UnRegisterApplication', '(s)', OTHER_GUID)
        ui.wait_signal('AppUnregistered', ROOT, lambda a: a == (OTHER_GUID,))
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (OTHER_GUID,))
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: any(x[:2] == (OTHER_GUID, 'Everybody') for x in a[2]))
        assert read(OTHER_GUID)['source'] == 'system'


def test_session_of_an_application():
    with Bus() as bus:
        client, account = started(bus)
        app = bus.client()
        app.attach(SESSIONS)
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})',
                        {'account': GLib.Variant('s', 'ALICE@localhost')})
        call = lambda method, signature, *values: app.call('Session1', method, signature, *values, path=path,
                                                           door=SESSIONS)
        refused('NotLoggedOn', app.call, 'SessionManager1', 'CreateSession', '(a{sv})',
                {'account': GLib.Variant('s', 'bob@localhost')})
        refused('InvalidArgument', app.call, 'SessionManager1', 'CreateSession', '(a{sv})',
                {'account': GLib.Variant('u', 1)})
        refused('AppNotSpecified', call, 'Invite', '(ssa{sv})', ECHO, '', {})
        refused('AppNotRegistered', app.set, 'Session1', 'Application', GLib.Variant('s', OTHER_GUID), path, SESSIONS)
        app.set('Session1', 'Application', GLib.Variant('s', GUID.lower()), path, SESSIONS)
        app.set('Session1', 'LocalAddress', GLib.Variant('s', 'here'), path, SESSIONS)
        refused('InvalidArgument', call, 'Invite', '(ssa{sv})', 'nobody', '', {})
        refused('InvalidArgument', call, 'Invite', '(ssa{sv})', ECHO, 'x' * 8193, {})
        refused('InvitedSelf', call, 'Invite', '(ssa{sv})', 'alice@localhost', '', {})
        refused('UserNotFound', call, 'Invite', '(ssa{sv})', 'zoe@localhost', '', {})
        refused('NotLoggedOn', call, 'Invite', '(ssa{sv})', 'dave@localhost', '', {})
        refused('SessionStateInvalid', call, 'SendContextData', '(s)', 'early')
        refused('NotInvitee', call, 'Accept', '(s)', '')
        refused('NotInvitee', call, 'Decline', '(s)', '')
        call('Invite', '(ssa{sv})', ECHO, 'data', {})
        app.wait_state(path, CONNECTED, SESSIONS)
        assert app.wait_signal('Accepted', path)[2] == ('data',)
        app.wait_signal('ReadyToLaunch', path)
        assert [s[2][0] for s in app.signals if s[1] == 'StateChanged'] == [READY, INVITATION, ACCEPTED]
        assert app.get('Session1', 'RemoteAddress', path, SESSIONS) == '127.0.0.1'
        call('SendContextData', '(s)', 'there and back')
        assert app.wait_signal('ContextDataReceived', path)[2] == ('there and back',)
        refused('ContextDataOverLimit', call, 'SendContextData', '(s)', 'x' * 8193)
        refused('InvalidArgument', call, 'Cancel', '(us)', 99, '')
        refused('InvalidArgument', call, 'Cancel', '(us)', 0, 'x' * 8193)
        call('Cancel', '(us)', 0, 'bye')
        assert app.wait_signal('Termination', path)[2][0] == 5
        assert app.signals[-1][1] == 'Termination'
        refused('SessionStateInvalid', call, 'Cancel', '(us)', 0, '')
        # An application cannot use up the sessions of the user.
        for _ in range(32):
            app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        refused('LimitExceeded', app.call, 'SessionManager1', 'CreateSession', '(a{sv})', {})
        client.call('SessionManager1', 'CreateSession', '(a{sv})', {})


def test_programs_leave_sessions_to_the_user():
    """However many they are, or however many names one has: the user can still invite."""
    with Bus() as bus:
        client, account = started(bus)
        client.attach()
        create = lambda one: one.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        apps = [bus.client(name=False) for _ in range(7)]
        for app in apps[:6]:
            made = [create(app) for _ in range(32)]
        refused('LimitExceeded', create, apps[6])
        path = client.call('Messenger1', 'InviteApp', '(osssa{sv})', account, ECHO, GUID, '', {})
        client.wait_state(path, CONNECTED)
        # Who leaves gives its place free.
        apps[5].close()
        client.wait_signal('Termination', made[0])
        create(apps[6])


def test_invite_app():
    with Bus() as bus:
        client, account = started(bus)
        ui = bus.client()
        ui.attach()
        invite = lambda *v: client.call('Messenger1', 'InviteApp', '(osssa{sv})', *v, {})
        refused('NotFound', invite, f'{ROOT}/Account/9', ECHO, GUID, '')
        refused('InvalidArgument', invite, account, 'x', GUID, '')
        refused('InvalidArgument', invite, account, ECHO, 'x', '')
        refused('InvalidArgument', invite, account, ECHO, GUID, 'x' * 8193)
        refused('AppNotRegistered', invite, account, ECHO, OTHER_GUID, '')
        refused('NotLoggedOn', invite, account, 'dave@localhost', GUID, '')
        for path in client.call('Messenger1', 'ListSessions'):
            assert client.get('Session1', 'State', path) == TERMINATED
        path = invite('/', ECHO, GUID, 'ignore')
        ui.wait_signal('SessionsChanged', ROOT, lambda a: path in a[2])
        ui.wait_signal('Changed', path, lambda c: c.get('Ringing') is True)
        assert path in client.call('Messenger1', 'ListSessions')
        client.call('Session1', 'Cancel', '(us)', 0, '', path=path)
        ui.wait_signal('Termination', path)
        path = invite('/', ECHO, GUID, 'decline')
        assert ui.wait_signal('Declined', path)[2] == ('decline',)
        assert ui.wait_signal('Termination', path)[2][0] == 2


def test_signals_are_for_those_concerned():
    with Bus() as bus:
        client, account = started(bus)
        eavesdropper, ui, app, foreign = bus.client(), bus.client(), bus.client(), bus.client()
        ui.attach()
        app.attach(SESSIONS)
        foreign.attach(SESSIONS)
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
        app.call('Session1', 'Invite', '(ssa{sv})', ECHO, '', {}, path=path, door=SESSIONS)
        app.wait_state(path, CONNECTED, SESSIONS)
        app.call('Session1', 'Cancel', '(us)', 0, '', path=path, door=SESSIONS)
        names = {'StateChanged', 'Accepted', 'ReadyToLaunch', 'Termination', 'Changed'}
        for one in (ui, app):
            one.wait_signal('Termination', path)
            assert names <= {s[1] for s in one.signals if s[0] == path}
        assert not [s for s in app.signals if s[1] in ('SessionsChanged', 'ContactsChanged', 'AccountsChanged')]
        for one in (eavesdropper, foreign):
            for door in (SERVICE, SESSIONS):
                one.ping(door)
            assert not [s for s in one.signals if not s[1].startswith('Lock')], one.signals


def test_foreign_and_missing_sessions_look_alike():
    with Bus() as bus:
        client, account = started(bus)
        app, foreign = bus.client(), bus.client()
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        for call in (lambda p: foreign.call('Session1', 'Cancel', '(us)', 0, '', path=p, door=SESSIONS),
                     lambda p: foreign.get_all('Session1', p, SESSIONS),
                     lambda p: foreign.get('Session1', 'State', p, SESSIONS),
                     lambda p: foreign.set('Session1', 'LocalAddress', GLib.Variant('s', 'x'), p, SESSIONS)):
            assert refused('NotFound', call, path) == refused('NotFound', call, f'{ROOT}/Session/4711')
        introspect = lambda one, p: one.call_raw(SESSIONS, p, 'org.freedesktop.DBus.Introspectable', 'Introspect')
        assert introspect(foreign, path) == introspect(foreign, f'{ROOT}/Session/4711')
        assert '<node name=' not in introspect(foreign, f'{ROOT}/Session')
        assert '<node name=' in introspect(app, f'{ROOT}/Session')
        for interface, p in (('Account1', account), ('Messenger1', ROOT)):
            refused('org.freedesktop.DBus.Error.UnknownMethod', foreign.call_raw, SESSIONS, p,
                    f'im.beckon.{interface}', 'ListContacts')


def test_vanished_application():
    with Bus() as bus:
        client, account = started(bus)
        client.attach()
        for attached in (True, False):
            app = bus.client(name=attached)
            if attached:
                app.attach(SESSIONS)
            path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
            app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
            app.call('Session1', 'Invite', '(ssa{sv})', ECHO, 'ignore', {}, path=path, door=SESSIONS)
            assert client.get('Session1', 'State', path) == INVITATION
            app.close()
            assert client.wait_signal('Termination', path)[2][0] == 5


tap.run([test_attach_needs_a_name, test_introspection_and_properties, test_wrong_types_are_refused_by_name,
         test_accounts, test_contacts, test_conversation, test_registry, test_a_program_comes_and_goes,
         test_registration_is_changed, test_session_of_an_application, test_programs_leave_sessions_to_the_user,
         test_invite_app, test_signals_are_for_those_concerned, test_foreign_and_missing_sessions_look_alike,
         test_vanished_application])
