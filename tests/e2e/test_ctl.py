#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckonctl covers the bus: what is in data/dbus is in one of the tables here, each command really makes the calls that
are said of it (a monitor on the bus looks on), and what it prints is what the bus says."""
import contextlib
import json
import pathlib
import re
import select
import subprocess
import xml.etree.ElementTree as ElementTree

from gi.repository import Gio, GLib

from cases import tap
from processes import LIMIT, Lines
from world import SERVICE, SOURCES, World, program

GUID = '{11111111-2222-4333-8444-555555555555}'
OTHER = '{22222222-2222-4333-8444-555555555555}'
ROOT = '/im/beckon/Beckon'
PICTURE = b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20'

# Method → the command that makes the call.
METHODS = {
    'Messenger1.Attach': 'account list',
    'Messenger1.ListAccounts': 'account list',
    'Messenger1.AddAccount': 'account add',
    'Messenger1.RemoveAccount': 'account remove',
    'Messenger1.ListSessions': 'sessions',
    'Messenger1.InviteApp': 'invite',
    'Messenger1.SetPrimaryAccount': 'account primary',
    'Messenger1.SignIn': 'account sign-in --all',
    'Messenger1.AutoSignIn': 'account sign-in --auto',
    'Messenger1.OpenConversation': 'open conversation',
    'Messenger1.OpenAddContact': 'open add-contact',
    'Messenger1.OpenPreferences': 'open preferences',
    'Messenger1.SignOut': 'account sign-out --all',
    'Messenger1.SetStatus': 'status --all',
    'Messenger1.GetContact': 'contact show',
    'Account1.ListGroups': 'groups',
    'Account1.CreateGroup': 'group create',
    'Account1.RenameGroup': 'group rename',
    'Account1.RemoveGroup': 'group remove',
    'Account1.AddToGroup': 'group put',
    'Account1.RemoveFromGroup': 'group drop',
    'Registry1.UpdateApplication': 'apps update',
    'Registry1.GetRegistration': 'apps show',
    'Registry1.TryApplication': 'apps try',
    'Account1.SignIn': 'account sign-in',
    'Account1.SignOut': 'account sign-out',
    'Account1.SetStatus': 'status',
    'Account1.SetDisplayName': 'account set-name',
    'Account1.ListContacts': 'contacts',
    'Account1.AddContact': 'contact add',
    'Account1.ApproveContact': 'contact approve',
    'Account1.DeclineContact': 'contact decline',
    'Account1.RemoveContact': 'contact remove',
    'Account1.SetContactBlocked': 'contact block',
    'Account1.SetContact': 'contact alias',
    'Account1.SetAvatar': 'account avatar',
    'Account1.ChangePassword': 'account password',
    'Account1.ListDevices': 'account devices',
    'Account1.RemoveDevice': 'account remove-device',
    'Account1.DeleteAccount': 'account delete',
    'Account1.GetConversation': 'chat',
    'Conversation1.SendMessage': 'chat send',
    'Conversation1.ListMessages': 'chat',
    'Conversation1.MarkRead': 'chat',
    'Conversation1.SetDraft': 'chat draft',
    'Messenger1.SearchMessages': 'search',
    'Account1.ClearHistory': 'history clear',
    'Account1.ExportHistory': 'history export',
    'Conversation1.SetTyping': 'chat typing',
    'Registry1.ListApplications': 'apps',
    'Registry1.RegisterApplication': 'apps register',
    'Registry1.UnRegisterApplication': 'apps unregister',
    'Messenger1.AnswerPick': 'pick',
    'Messenger1.SendFile': 'send-file',
    'Session1.AcceptFile': 'accept',
    'Session1.Invite': 'invite --program',
    'Session1.InviteWithPicker': 'invite --pick',
    'Session1.Accept': 'accept',
    'Session1.Decline': 'decline',
    'Session1.Cancel': 'cancel',
    'Session1.SendContextData': 'context',
    'Session1.OpenStream': 'session stream',
    'Session1.OpenDatagram': 'session datagram',
    'Session1.GetChannel': 'session channel',
    'Session1.TrustIdentity': 'session trust',
    'Account1.TestConnection': 'connection test',
    'Messenger1.SetConnectionServers': 'connection set',
    'Messenger1.SetSettings': 'settings',
    'Account1.ListAllowed': 'allowed',
    'Account1.ListSafetyNumbers': 'contact safety-numbers',
    'Account1.SetAllowed': 'contact allow',
    'Messenger1.ListAlerts': 'account list',
    'Messenger1.DismissAlert': 'alerts dismiss',
    'Lock1.RequestChallenge': 'lock unlock',
    'Lock1.SendResponse': 'lock unlock',
    'MessengerPrivate1.AddContact': 'contact add --private',
    'MessengerPrivate1.EnableAlertEvents': 'alerts enable',
    'SessionManager1.Attach': 'invite --program',
    'SessionManager1.CreateSession': 'invite --program',
    'SessionManager1.ListApplications': 'invite --program',
}

# Signal → the event of `watch` that tells of it.
SIGNALS = {
    'Messenger1.AccountsChanged': 'account',
    'Messenger1.SessionsChanged': 'session',
    'Messenger1.Invitation': 'invitation',
    'Messenger1.InvitationOver': 'invitation-over',
    'Messenger1.PickRequested': 'pick-requested',
    'Messenger1.PickOver': 'pick-over',
    'Messenger1.Notice': 'notice',
    'Messenger1.AlertReceived': 'alert',
    'Account1.ContactsChanged': 'contact',
    'Account1.GroupsChanged': 'group',
    'Account1.ContactAddedToGroup': 'group',
    'Account1.ContactRemovedFromGroup': 'group',
    'Conversation1.MessageAdded': 'message',
    'Conversation1.MessageChanged': 'message-changed',
    'Registry1.ApplicationsChanged': 'until',
    'Registry1.AppRegistered': 'app-registered',
    'Registry1.AppUnregistered': 'app-unregistered',
    'Session1.StateChanged': 'session',
    'Session1.AppNotPresent': 'app-not-present',
    'Session1.Accepted': 'accepted',
    'Session1.Declined': 'declined',
    'Session1.Cancelled': 'cancelled',
    'Session1.ReadyToLaunch': 'ready-to-launch',
    'Session1.ContextDataReceived': 'context-data',
    'Session1.StreamOffered': 'stream-offered',
    'Session1.Termination': 'ended',
}

# Signal → the command that waits for it.
AWAITED = {
    'Lock1.LockEnable': 'lock',
    'Lock1.LockStatusChanged': 'lock',
    'Lock1.LockChallenge': 'lock unlock',
    'Lock1.LockResult': 'lock unlock',
    'MessengerPrivate1.ContactListAdd': 'contact add --private',
}

# Property → the member of what `account list` and `show` print.
PROPERTIES = {
    'Account1.SignInName': 'signin_name',
    'Account1.DisplayName': 'display_name',
    'Account1.Avatar': 'avatar',
    'Account1.Server': 'server',
    'Account1.State': 'state',
    'Account1.Status': 'status',
    'Account1.WantedStatus': 'wanted_status',
    'Account1.PersonalMessage': 'personal_message',
    'Account1.ErrorName': 'error',
    'Account1.ErrorText': 'error_text',
    'Session1.SessionID': 'id',
    'Session1.State': 'state',
    'Session1.Flags': 'role',
    'Session1.Application': 'application',
    'Session1.ApplicationName': 'application_name',
    'Session1.ApplicationURL': 'application_url',
    'Session1.User': 'user',
    'Session1.UserName': 'user_name',
    'Session1.MySigninName': 'my_signin_name',
    'Session1.LocalAddress': 'local_address',
    'Session1.RemoteAddress': 'remote_address',
    'Session1.AppData': 'app_data',
    'Session1.Message': 'message',
    'Session1.Automatic': 'automatic',
    'Session1.Ringing': 'ringing',
    'Session1.Installing': 'installing',
    'Session1.Asking': 'asking',
    'Session1.Picking': 'picking',
    'Session1.Result': 'result',
    'Session1.ResultText': 'result_text',
    'Session1.ChannelPath': 'channel_path',
    'Session1.ChannelReason': 'channel_reason',
    'Session1.Identity': 'identity',
    'Session1.SafetyNumber': 'safety_number',
    'Session1.Host': 'host',
    'Session1.Log': 'log',
    'Session1.Created': 'created',
    'Session1.Deadline': 'deadline',
    'Session1.Timeline': 'timeline',
    'Session1.Transfer': 'transfer',
}

# What is found in another way, or is not for a command line.
OTHERWISE = {
    'Messenger1.PrimaryAccount': 'the account that `status` shows without --account, see test_other_properties',
    'Messenger1.SecretsWarning': 'a note of `account list`, see test_other_properties',
    'Messenger1.ConnectionServers': '`connection show`, see test_commands',
    'Messenger1.ConnectionUser': '`connection show`, see test_commands',
    'Messenger1.Settings': '`settings`, see test_commands',
    'Account1.AllowedChanged': '`allowed` asks each time',
    'Session1.OfferedStreams': 'event stream-offered of `watch`, see ctl-ctl',
    'Session1.OfferedDatagrams': 'event stream-offered of `watch`, see ctl-ctl',
    'Registry1.HostPrograms': 'a note of `apps`, see the test of beckonctl on its own',
    'Registry1.Warnings': 'notes of `apps`, see test_other_properties',
    'Session1.ContextData': '`context`, see test_commands',
    'Lock1.Status': '`lock`, which hears it from LockStatusChanged',
    'Lock1.GetStatus': '`lock`, which hears it from LockStatusChanged',
    'Session1.PickWindow': 'for the window that is put in front of it',
    'Conversation1.Account': 'what --account says',
    'Conversation1.Who': 'what the command names',
    'Conversation1.Unread': '`contacts`, see test_other_properties',
    'Conversation1.Draft': '`chat draft`, see test_commands',
    'Conversation1.ListMessagesAfter': 'for lists that go on at both ends; `chat --limit 0` shows all',
    'Conversation1.MessagesCleared': 'for whoever shows what is gone',
    'Conversation1.ReadUpTo': 'what is unread comes after it, see Unread',
    'Conversation1.Typing': '`contacts`, see talk',
    'Session1.SendError': 'event send-error; the network in memory refuses nothing that it took',
    'SessionManager1.MySigninName': 'the same as PrimaryAccount',
    'SessionManager1.GetLaunchingSession': 'for programs that were launched: nobody launches beckonctl',
    'SessionManager1.RegisterApplication': 'the same as in Registry1, for sandboxed callers refused',
    'SessionManager1.UnRegisterApplication': 'the same as in Registry1',
    'SessionManager1.ApplicationsChanged': 'the same as in Registry1',
    'SessionManager1.AppRegistered': 'the same as in Registry1',
    'SessionManager1.AppUnregistered': 'the same as in Registry1',
    'SessionManager1.AppShutdown': 'event service of `watch`, see ctl-ctl',
}


class Monitor:
    """Sees every message of a user's bus, as (kind, interface, member)."""

    def __init__(self, user):
        self.user = user
        self.marks = 0
        process = user.start(['dbus-monitor', '--address', user.environment['DBUS_SESSION_BUS_ADDRESS'], '--profile'])
        self.lines = Lines(process.stdout, 'dbus-monitor')
        assert self.lines.next().startswith('#type')
        # The bus tells of its own the name that the monitor loses; from then on it sees all.
        while 'NameLost' not in self.lines.next():
            pass

    def seen(self):
        """What came since the last time."""
        self.marks += 1
        mark, found = f'Mark{self.marks}', set()
        with contextlib.suppress(GLib.Error):  # nobody has such a method
            self.user.bus.call_sync('org.freedesktop.DBus', '/', 'org.example.Mark', mark, None, None,
                                    Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None)
        while True:
            words = self.lines.next().split('\t')
            if words[0] in ('mc', 'sig') and words[-1] == mark:
                return found
            if words[0] in ('mc', 'sig'):
                found.add((words[0], f'{words[-2].removeprefix("im.beckon.")}.{words[-1]}'))


class Person:
    """Somebody at a terminal who is looked on at."""

    def __init__(self, user):
        self.user = user
        self.monitor = Monitor(user)
        self.calls = {}  # command → calls that were seen while it ran
        self.signals = set()
        self.awaited = {}  # command → signals that were seen while it ran
        self.watch = None

    def __call__(self, command, *arguments, **options):
        self.take()
        value = self.user.ctl(*command.split(), *arguments, **options)
        self.keep(command)
        return value

    def refused(self, command, *arguments):
        """The same for a command that makes its call, and gets an error."""
        self.take()
        error = self.user.refused(*command.split(), *arguments)
        self.keep(command)
        return error.error

    def take(self):
        seen = self.monitor.seen()
        signals = {name for kind, name in seen if kind == 'sig'}
        self.signals |= signals
        return {name for kind, name in seen if kind == 'mc'}, signals

    def keep(self, command):
        """What was seen since the last time is this command's."""
        calls, signals = self.take()
        self.calls.setdefault(command, set()).update(calls)
        self.awaited.setdefault(command, set()).update(signals)

    def start(self, command, *arguments, **options):
        self.take()
        return self.user.start([program('beckonctl'), '--json', *command.split(), *arguments], **options)

    def get(self, path, interface):
        """All properties of an object, as the bus has them."""
        return self.user.bus.call_sync(SERVICE, path, 'org.freedesktop.DBus.Properties', 'GetAll',
                                       GLib.Variant('(s)', (f'im.beckon.{interface}',)), None, Gio.DBusCallFlags.NONE,
                                       int(LIMIT * 1000), None).unpack()[0]

    def objects(self, method):
        return self.user.bus.call_sync(SERVICE, ROOT, 'im.beckon.Messenger1', method, None, None,
                                       Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None).unpack()[0]


def members():
    """(kind, Interface1.Member) of all that a caller may use."""
    for path in sorted((SOURCES / 'data/dbus').glob('im.beckon.*.xml')):
        interface = path.stem.removeprefix('im.beckon.')
        if interface in ('Peer1', 'PeerHost1'):  # what programs implement, and what beckon-peer-host does
            continue
        for node in ElementTree.parse(path).getroot().find('interface'):
            if node.tag in ('method', 'signal', 'property') and node.get('name') != 'version':
                yield node.tag, f'{interface}.{node.get("name")}'


def test_nothing_is_left_out():
    tables = {'method': METHODS, 'signal': {**SIGNALS, **AWAITED}, 'property': PROPERTIES}
    real = set(members())
    told = {(kind, name) for kind, table in tables.items() for name in table}
    missing = {name for kind, name in real - told} - set(OTHERWISE)
    assert not missing, f'no command for {sorted(missing)}'
    assert not told - real, f'there is no {sorted(told - real)}'
    strangers = set(OTHERWISE) - {name for _, name in real - told}
    assert not strangers, strangers


# ---- a day of two people ----

def people(alice, bob):
    for person in (alice, bob):
        account = person('account add', person.user.address, '--server', person.user.world.address, '--create',
                         '--password-stdin', text=person.user.password + '\n')
        assert account['state'] == 'online'
    alice('account set-name', 'Alice in the garden')
    assert alice('account list')[0]['display_name'] == 'Alice in the garden'
    alice('account primary', alice.user.address)
    bob('account sign-out --all')
    bob('account sign-in --all')
    bob('status --all', 'online')
    bob('account sign-out')
    bob('account sign-in --auto')
    bob('account sign-out')
    bob('account sign-in')
    alice('status', 'busy', '--message', 'digging')
    alice('status', 'online')
    alice('contact add', bob.user.address)
    bob.user.wait(f'contact={alice.user.address}:asking')
    bob('contact decline', alice.user.address)
    alice.user.wait(f'contact={bob.user.address}:none')
    alice('contact add', bob.user.address)
    bob.user.wait(f'contact={alice.user.address}:asking')
    bob('contact approve', alice.user.address)
    alice.user.wait(f'presence={bob.user.address}:online')
    bob('contact block', alice.user.address)
    bob('contact unblock', alice.user.address)
    alice.user.wait(f'presence={bob.user.address}:online')
    bob.user.wait(f'presence={alice.user.address}:online')
    alice('contact show', bob.user.address)
    keeping(alice, bob)


def keeping(alice, bob):
    """Names and pictures, passwords and devices."""
    picture = bob.user.folder / 'picture.png'
    picture.write_bytes(PICTURE)
    bob('account avatar', str(picture))
    with alice.user.watch() as watch:
        shown = watch.until(lambda event: event['event'] == 'contact' and event['contact']['avatar'])['contact']
    assert pathlib.Path(shown['avatar']).read_bytes() == PICTURE
    alice('contact alias', bob.user.address, 'Bobby')
    assert alice('contact show', bob.user.address)['display_name'] == 'Bobby'
    bob('account password', '--password-stdin', text=f'{bob.user.password}\nbattery staple\n')
    device, = bob('account devices')
    assert device['self'], device
    assert bob.refused('account remove-device', OTHER) == 'NotFound'


def groups(alice, bob, watch):
    alice('group create', 'Friends')
    alice('group put', 'Friends', bob.user.address)
    alice('groups')
    alice('group drop', 'Friends', bob.user.address)
    alice('group rename', 'Friends', 'Others')
    alice('group remove', 'Others')
    watch.until(lambda event: event['event'] == 'group' and event['group']['name'] == 'Others')
    seen = [(event['group']['name'], event['group']['contacts']) for event in watch.events
            if event['event'] == 'group']
    assert seen == [('Friends', []), ('Friends', [bob.user.address]), ('Friends', []), ('Others', [])], seen


def windows(alice, bob):
    """There is no window to start here: what it then shows is seen in e2e-app-windows and service-window."""
    for command, *words in (('open conversation', bob.user.address), ('open add-contact', 'carol@localhost'),
                            ('open preferences', 'applications')):
        assert alice.refused(command, *words) == 'NotSupported'


def talk(alice, bob):
    alice('chat send', bob.user.address, 'Hello', '--wait')
    bob.user.wait(f'unread={alice.user.address}:1')
    assert [contact['unread'] for contact in bob('contacts')] == [1]
    assert bob('chat', alice.user.address, '--mark-read')[-1]['text'] == 'Hello'
    alice.user.wait('read', who=bob.user.address)
    assert alice('chat', bob.user.address)[-1]['delivery'] == 'read'
    with bob.user.watch() as watch:
        for words, typing in (((), True), (('--stop',), False)):
            before = len(watch.events)
            alice('chat typing', bob.user.address, *words)
            watch.until(lambda event: event not in watch.events[:before] and event['event'] == 'contact'
                        and event['contact']['typing'] == typing)
    alice('chat draft', bob.user.address, 'and')
    assert alice('chat draft', bob.user.address) == {'draft': 'and'}
    found = bob('search', 'hell', '--with', alice.user.address)
    assert [(f['who'], f['message']['text']) for f in found] == [(alice.user.address, 'Hello')], found
    file = alice.user.folder / 'history.json'
    alice('history export', str(file), bob.user.address)
    exported = json.loads(file.read_text())['conversations']
    assert exported[0]['messages'][-1]['text'] == 'Hello'
    assert alice('history export', '-', bob.user.address)['conversations'] == exported
    bob('history clear', alice.user.address)
    assert bob('search', 'hell') == []


def register(person):
    person('apps register', GUID, 'Thing', '/bin/sleep 1000')
    person.user.wait(f'application={GUID}')
    assert GUID in [application['guid'] for application in person('apps')]


def ring(alice, bob, *words):
    session = alice('invite', bob.user.address, 'Thing', *words)['id']
    bob.user.wait('invitation')
    return session


def answers(alice, bob):
    session = ring(alice, bob, '--data', 'a game?')
    bob('decline', '--data', 'not now')
    assert alice.user.wait_session(session)['result'] == 'invitation-declined'
    session = ring(alice, bob)
    bob('cancel', session, '--reason', 'protocol-error')
    assert bob.user.session(session)['result'] == 'cancelled-local'
    assert alice.user.wait_session(session)['result'] == 'protocol-error'
    # Bob has it no more, says yes all the same, and gets it: he could still stop it from starting.
    session = ring(alice, bob)
    bob('apps unregister', GUID)
    bob('accept', session)
    bob.user.wait('app-not-present')
    register(bob)
    bob('cancel', session)
    alice.user.wait_session(session)


def play(alice, bob, hers, watch):
    """All the way; returns the session."""
    session = ring(alice, bob)
    # Whoever watches knows the session before he answers: what passes before that is not told.
    hers.until(lambda event: event['event'] == 'session' and event['session']['id'] == session)
    theirs = bob('accept', '--address', 'the shed', '--wait', 'connected')
    assert theirs['id'] == session and theirs['local_address'] == 'the shed'
    assert alice.user.wait_session(session, 'connected')['remote_address'] == 'the shed'
    alice('context', '--data', 'e2e4')
    watch.until_event('context-data')
    assert bob('context') == {'context_data': 'e2e4'}
    return session


def channel(alice, bob, session, watch):
    """Both are at a terminal instead of the programs that were started for them."""
    ends = [alice.start('session stream', session, 'log', '--wait', stdin=subprocess.PIPE, stdout=subprocess.PIPE)]
    watch.until_event('stream-offered')  # and not, if he had opened it first
    ends.append(bob.start('session stream', session, 'log', '--wait', stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    ends[0].stdin.write(b'one\ntwo\n')
    ends[0].stdin.close()
    assert ends[1].stdout.read(8) == b'one\ntwo\n'
    ends[1].stdin.write(b'enough')
    ends[1].stdin.close()
    assert ends[0].stdout.read() == b'enough' and ends[1].stdout.read() == b''
    assert [end.wait(LIMIT) for end in ends] == [0, 0]
    alice.keep('session stream')
    ends += [person.start('session datagram', session, 'moves', '--count', '1', stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) for person in (alice, bob)]
    # Packets may be lost, and are before the other side is there.
    for sender, receiver in (ends[2:], ends[:1:-1]):
        with contextlib.suppress(BrokenPipeError):
            while not select.select([receiver.stdout], [], [], 0.1)[0]:
                sender.stdin.write(b'e2e4\n')
                sender.stdin.flush()
    for end in ends[2:]:
        end.stdin.close()
        assert json.loads(end.stdout.readline()) == {'bytes': 4, 'data': 'ZTJlNA=='}
        assert end.wait(LIMIT) == 0
    alice.keep('session datagram')
    for end in ends:
        end.stdout.close()
    told = alice('session channel', session)
    assert told['path'] == 'direct' and told['bytes_sent'] >= 8 and told['datagrams_received'] >= 1, told
    bob('session trust', session)
    numbers = alice('contact safety-numbers', bob.user.address)
    assert numbers == bob('contact safety-numbers', alice.user.address) == [bob('show', session)['safety_number']]


def connection(alice):
    servers = ['stun:127.0.0.1:9', 'turn:127.0.0.1:9?transport=tcp']
    alice('connection set', *servers, '--user', 'me', '--password-stdin', text='secret\n')
    assert alice('connection show') == {'servers': servers, 'user': 'me'}
    alice('connection set')
    assert alice('connection show') == {'servers': [], 'user': ''}
    assert alice('connection test')['nat'] == 'unknown'  # nobody here could tell


def settled(alice):
    before = alice('settings')
    assert before['idle_minutes'] == 5 and before['typing'] and before['download_folder'].startswith('/'), before
    alice('settings', 'typing=false', 'idle-minutes=7')
    assert alice('settings') == {**before, 'typing': False, 'idle_minutes': 7}


def without_a_question(alice, bob):
    bob('contact allow', alice.user.address, 'Thing')
    assert bob('allowed') == [{'who': alice.user.address, 'application': GUID}]
    session = alice('invite', bob.user.address, 'Thing', '--message', 'A game?', '--wait', 'connected')
    assert session['message'] == 'A game?' and not session['automatic'], session
    theirs = bob('show', session['id'])
    assert theirs['message'] == 'A game?' and theirs['automatic'], theirs
    alice('cancel', session['id'])
    bob.user.wait_session(session['id'])
    bob('contact disallow', alice.user.address, 'Thing')
    assert bob('allowed') == []


def a_file(alice, bob, watch):
    path = alice.user.folder / 'letter.txt'
    path.write_bytes(b'Dear Bob\n' * 1000)
    folder = bob.user.folder / 'received'
    folder.mkdir()
    error = alice.user.refused('send-file', bob.user.address, alice.user.folder)
    assert error.error == 'InvalidArgument', error
    session = alice('send-file', bob.user.address, path)
    assert session['transfer'] == {'name': 'letter.txt', 'size': 9000, 'done': 0, 'rate': 0, 'state': 'offered',
                                   'outgoing': True, 'folder': '', 'path': ''}, session
    bob.user.wait('invitation')
    # What passes before the watch knows the session is not told.
    watch.until(lambda event: event['event'] == 'session' and event['session']['id'] == session['id'])
    taken = bob('accept', session['id'], '--folder', folder, '--wait', 'ended')
    assert (taken['result'], taken['transfer']['state']) == ('ended', 'done'), taken
    assert pathlib.Path(taken['transfer']['path']).read_bytes() == path.read_bytes()
    assert taken['result_text'] == 'You have received “letter.txt”.'
    alice.user.wait_session(session['id'])
    assert alice('show', session['id'])['transfer']['state'] == 'done'
    told = watch.until(lambda event: event['event'] == 'transfer' and event['state'] == 'done')
    assert (told['session']['id'], told['done']) == (session['id'], '9000'), told


def as_a_program(alice, bob):
    process = alice.start('invite --program', bob.user.address, 'Thing', '--address', 'here', '--data', 'mine')
    bob.user.wait('invitation')
    taken = bob('accept', '--wait', 'connected')
    assert (taken['remote_address'], taken['app_data'], taken['application']) == ('here', 'mine', GUID), taken
    assert alice.user.session(taken['id'])['role'] == 'inviter'
    bob('cancel')
    assert process.wait(LIMIT) == 5  # it held the session to its end, which was not a good one
    process.stdout.close()
    alice.keep('invite --program')


def with_the_picker(alice, bob, watch):
    process = alice.start('invite --pick', 'Thing')
    alice.user.wait('picking')
    alice.keep('invite --pick')
    session = next(one['id'] for one in alice('sessions') if one['picking'])
    alice('pick', session, bob.user.address)
    bob.user.wait('invitation')
    bob('decline')
    assert process.wait(LIMIT) == 5
    process.stdout.close()
    watch.until_event('pick-over')  # read by now: a pipe that is full would hold up what comes


def nick(kind, value):
    """The word that is printed for a value of an enumeration."""
    header = (SOURCES / 'src/common/public/beckon-enums.h').read_text(encoding='utf-8')
    names = re.findall(rf'^  BECKON_{kind}_(\w+) = (\w+),', header, re.MULTILINE)
    return {int(number, 0): name.lower().replace('_', '-') for name, number in names}[value]


ENUMERATIONS = {'Session1.State': 'SESSION_STATE', 'Session1.Result': 'SESSION_RESULT', 'Account1.Status': 'STATUS',
                'Account1.WantedStatus': 'STATUS', 'Session1.ChannelPath': 'CHANNEL_PATH',
                'Session1.Identity': 'IDENTITY'}


def check_properties(person, interface, path, printed):
    told = person.get(path, interface)
    for name, member in PROPERTIES.items():
        if name.startswith(interface) and name != 'Session1.Flags':
            value = told[name.partition('.')[2]]
            if name in ENUMERATIONS:
                value = nick(ENUMERATIONS[name], value)
            assert printed[member] == value, (name, value, printed[member])
    return told


def test_commands():
    """What the tables say is what happens."""
    with World() as world:
        world.expected_warning = r'nonsense\.peer is ignored'
        alice, bob = (Person(world.user(name)) for name in ('alice', 'bob'))
        erin = Person(world.user('erin', service_options=['--backend=fake']))
        empty = bob.user.ctl('account', 'list')
        assert empty == []
        people(alice, bob)
        watches = [alice.user.watch('--with', bob.user.address), bob.user.watch('--with', alice.user.address)]
        groups(alice, bob, watches[0])
        windows(alice, bob)
        talk(alice, bob)
        register(alice)
        register(bob)
        answers(alice, bob)
        alice('apps update', GUID, 'Thing', '/bin/sleep 1000')
        alice('apps show', GUID)
        alice('apps try', GUID)
        alice('cancel', alice.user.ctl('sessions')[0]['id'])
        session = play(alice, bob, *watches)
        channel(alice, bob, session, watches[1])
        connection(alice)
        settled(alice)
        for person in (alice, bob):
            path = person.objects('ListSessions')[-1]
            flags = check_properties(person, 'Session1', path, person('show', session))['Flags']
            assert person('show', session)['role'] == {1: 'inviter', 2: 'invitee'}[flags]
            check_properties(person, 'Account1', person.objects('ListAccounts')[0], person('account list')[0])
        alice('sessions')
        alice('cancel', session)
        bob.user.wait_session(session)  # else there were two that he could mean
        without_a_question(alice, bob)
        a_file(alice, bob, watches[0])
        as_a_program(alice, bob)
        with_the_picker(alice, bob, watches[0])
        others(alice, bob)
        bob('contact remove', alice.user.address)
        bob('apps unregister', GUID)
        bob('account remove', bob.user.address)
        alice('account delete', alice.user.address, '--password-stdin', text=alice.user.password + '\n')
        assert alice('account list') == []
        watches[1].until(lambda event: event['event'] == 'app-unregistered' and event['guid'] == GUID)
        watches.append(licensed(erin))
        check_tables((alice, bob, erin), watches)


def licensed(erin):
    """Erin is on the network in memory, where Echo does what operators do."""
    erin('account add', 'erin@localhost', '--password-stdin', text='secret\n')
    watch = erin.user.watch()
    assert erin('lock')['status'] == 'disabled'
    erin('chat send', 'echo', '!lock')
    # The network hangs up; who signs in again learns of the lock.
    watch.until(lambda event: event['event'] == 'account' and event['account']['state'] != 'online')
    erin.user.wait('account-state=online')
    assert erin('lock')['status'] == 'initialized'
    erin('lock unlock', '--id', 'BKDEMO', '--key-file', '-', text='demo\n')
    key = ('--lock-id', 'BKDEMO', '--lock-key-file', '-')
    assert erin.user.refused('contact', 'add', '--private', 'dave').error == 'ApiLocked'
    erin('contact remove', 'dave')
    erin('contact add --private', 'dave', *key, text='demo\n')
    process = erin.start('alerts enable', '0', *key, stdin=subprocess.PIPE)
    process.stdin.write(b'demo\n')
    process.stdin.close()
    lines = Lines(process.stdout, 'alerts enable')
    assert json.loads(lines.next()) == {'event': 'ready'}
    erin.keep('alerts enable')
    erin('chat send', 'echo', '!alert The server is down on Sunday.')
    assert json.loads(lines.next())['alert']['text'] == 'The server is down on Sunday.'
    alert = watch.until_event('alert')['alert']
    assert alert['text'] == 'The server is down on Sunday.'
    erin('alerts dismiss', alert['id'])
    assert erin.user.refused('alerts', 'dismiss', alert['id']).error == 'NotFound'
    process.terminate()
    process.wait()
    process.stdout.close()
    return watch


def others(alice, bob):
    """What is told beside the tables."""
    primary = alice.get(ROOT, 'Messenger1')
    assert alice('status')['signin_name'] == alice.get(primary['PrimaryAccount'], 'Account1')['SignInName']
    done = alice.user.run([program('beckonctl'), '--json', 'account', 'list'])
    assert primary['SecretsWarning'] and primary['SecretsWarning'] in done.stderr, done
    folder = alice.user.folder / 'data/beckon/peers'
    (folder / 'nonsense.peer').write_text('nonsense', encoding='utf-8')
    later = folder / f'{OTHER}.peer'  # what came before it has been seen when it is there
    later.write_text(f'[Beckon Peer]\nGUID={OTHER}\nName=Other\nExec=/bin/true\n', encoding='utf-8')
    alice.user.wait(f'application={OTHER}')
    alice('apps unregister', GUID)
    warnings = alice.get(ROOT, 'Registry1')['Warnings']
    done = alice.user.run([program('beckonctl'), 'apps'])
    assert len(warnings) == 1 and warnings[0] in done.stderr, (warnings, done)


def check_tables(people_, watches):
    calls, awaited, signals, events = {}, {}, set(), {'until'}
    for person in people_:
        signals |= person.signals | {name for kind, name in person.monitor.seen() if kind == 'sig'}
        for command, seen in person.calls.items():
            calls.setdefault(command, set()).update(seen)
        for command, seen in person.awaited.items():
            awaited.setdefault(command, set()).update(seen)
    for watch in watches:
        watch.process.terminate()
        while (line := watch.lines.next()) is not None:
            watch.events.append(json.loads(line))
        events |= {event['event'] for event in watch.events}
        watch.process.wait()
        watch.process.stdout.close()
    not_made = {member: command for member, command in METHODS.items() if member not in calls.get(command, ())}
    assert not not_made, (not_made, {command: calls.get(command) for command in not_made.values()})
    assert not set(SIGNALS) - signals, set(SIGNALS) - signals
    not_awaited = {signal: command for signal, command in AWAITED.items() if signal not in awaited.get(command, ())}
    assert not not_awaited, (not_awaited, {command: awaited.get(command) for command in not_awaited.values()})
    not_told = {signal: event for signal, event in SIGNALS.items() if event not in events}
    assert not not_told, not_told


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
