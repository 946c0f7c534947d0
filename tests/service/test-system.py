#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's machine as the service hears of it: locked screens, sleep, networks; what the user settles about it, and
what is always allowed. logind and NetworkManager are those of python-dbusmock, on the bus of the test."""
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, GUID, OTHER_GUID, ROOT, Bus, refused, wait
from gate import Gate
from pair import Pair

ALICE, BOB = 'alice@localhost', 'bob@localhost'
ASKING = 2  # BeckonRelation
ONLINE, BUSY, IDLE = 2, 0xA, 0x12  # BeckonStatus
CONNECTED = 4  # BeckonSessionState
LOGIN, LOGIN_PATH = 'org.freedesktop.login1', '/org/freedesktop/login1'
SEAT_PATH = f'{LOGIN_PATH}/session/auto'
NETWORK, NETWORK_PATH = 'org.freedesktop.NetworkManager', '/org/freedesktop/NetworkManager'
DISCONNECTED, CONNECTED_GLOBAL = 20, 70  # NMState
MOCK = 'org.freedesktop.DBus.Mock'


def mock(client, name, path, method, signature, *values):
    return client.call_raw(name, path, MOCK, method, GLib.Variant(signature, values))


def start_machine(bus, client):
    """The bus is the system's, too, and what is on that one is there."""
    bus.environment |= {'DBUS_SYSTEM_BUS_ADDRESS': bus.address, 'GIO_USE_NETWORK_MONITOR': 'networkmanager'}
    for template, name in (('logind', LOGIN), ('networkmanager', NETWORK)):
        bus.run(['/usr/bin/python3', '-m', 'dbusmock', '--system', '--template', template])
        client.wait_for_name(name)
    mock(client, LOGIN, LOGIN_PATH, 'AddSession', '(ssusb)', 'auto', 'seat0', 1000, 'me', True)


def emit_sleep(client, going):
    mock(client, LOGIN, LOGIN_PATH, 'EmitSignal', '(sssav)', f'{LOGIN}.Manager', 'PrepareForSleep', 'b',
         [GLib.Variant('b', going)])


class Machine:
    """A service with alice and bob in it, on a machine with a system bus; `ui` looks on."""

    def __init__(self, bus):
        self.bus = bus
        self.client = bus.client()
        start_machine(bus, self.client)
        bus.register(GUID, '/bin/sleep', '1000', name='Chess')
        bus.start()
        self.ui = bus.client()
        self.ui.attach()
        self.alice, self.bob = self.client.account(ALICE), self.client.account(BOB)
        self.client.call('Account1', 'AddContact', '(ss)', BOB, '', path=self.alice)
        self.ui.wait_signal('ContactsChanged', self.bob, lambda a: any(c[2] == ASKING for c in a[2]))
        self.client.call('Account1', 'ApproveContact', '(s)', ALICE, path=self.bob)
        self.sees_alice(ONLINE)

    def mock(self, *call):
        return mock(self.client, *call)

    def lock(self, locked):
        self.client.call_raw(LOGIN, SEAT_PATH, f'{LOGIN}.Session', 'SetLockedHint', GLib.Variant('(b)', (locked,)))

    def sleep(self, going):
        emit_sleep(self.client, going)

    def network(self, state):
        self.mock(NETWORK, NETWORK_PATH, 'SetGlobalConnectionState', '(u)', state)

    def settle(self, **settings):
        self.client.call('Messenger1', 'SetSettings', '(a{sv})',
                         {name.replace('_', '-'): value for name, value in settings.items()})

    def status(self, status):
        self.client.call('Account1', 'SetStatus', '(us)', status, '', path=self.alice)

    def is_shown(self, status):
        wait(lambda: self.client.get('Account1', 'Status', self.alice) == status, f'the status {status}')

    def sees_alice(self, status):
        wait(lambda: any(c[0] == ALICE and c[4] == status
                         for c in self.client.call('Account1', *CONTACTS, path=self.bob)), f'alice {status}')

    def is_state(self, state):
        wait(lambda: self.client.get('Account1', 'State', self.alice) == state, f'the account to be {state}')

    def cut(self):
        conversation = self.client.call('Account1', 'GetConversation', '(s)', ECHO, path=self.alice)
        self.client.call('Conversation1', 'SendMessage', '(sa{sv})', '!cut', {}, path=conversation)
        self.is_state('waiting')

    def allow(self, allowed=True, who=ALICE, guid=GUID):
        self.client.call('Account1', 'SetAllowed', '(ssb)', who, guid, allowed, path=self.bob)

    def allowed(self):
        return self.client.call('Account1', 'ListAllowed', path=self.bob)

    def invite(self, **options):
        """Alice invites bob; returns what he has of the session once he is asked, or needs not be."""
        options = {name: GLib.Variant('s', value) for name, value in options.items()}
        mine = self.client.call('Messenger1', 'InviteApp', '(osssa{sv})', self.alice, BOB, GUID, '', options)
        number = self.client.get('Session1', 'SessionID', mine)
        theirs = []

        def settled():
            for path in self.client.call('Messenger1', 'ListSessions'):
                session = self.client.get_all('Session1', path)
                if path != mine and session['SessionID'] == number and (session['Asking'] or session['Automatic']):
                    theirs[:] = [session]
            return theirs

        wait(settled, 'bob to have the invitation')
        self.session = mine
        return theirs[0]

    def end(self):
        self.client.call('Session1', 'Cancel', '(us)', 0, '', path=self.session)


def test_settings():
    with Bus() as bus:
        service = bus.start()
        ui, other = bus.client(), bus.client()
        ui.attach()
        shown = lambda: ui.get('Messenger1', 'Settings')
        put = lambda **values: other.call('Messenger1', 'SetSettings', '(a{sv})', values)
        before = shown()
        assert set(before) == {'read-marks', 'typing', 'idle-minutes', 'download-folder'}, before
        assert before['read-marks'] and before['typing'] and before['idle-minutes'] == 5, before
        assert before['download-folder'] == f'{bus.dir}/home/Downloads', before
        put(**{'typing': GLib.Variant('b', False), 'idle-minutes': GLib.Variant('u', 0),
               'of-the-future': GLib.Variant('x', 1)})
        after = {**before, 'typing': False, 'idle-minutes': 0}
        ui.wait_signal('Changed', ROOT, lambda c: c.get('Settings') == after)
        for name, value in (('typing', GLib.Variant('u', 1)), ('idle-minutes', GLib.Variant('u', 1441)),
                            ('idle-minutes', GLib.Variant('i', 1)), ('download-folder', GLib.Variant('s', 'files')),
                            ('download-folder', GLib.Variant('ay', b'/files'))):
            refused('InvalidArgument', put, **{name: value, 'read-marks': GLib.Variant('b', False)})
        assert shown() == after
        put(**{'download-folder': GLib.Variant('s', '/srv/files')})
        bus.stop(service)
        bus.wait_until_left()
        bus.start()
        assert shown() == {**after, 'download-folder': '/srv/files'}


def test_locked_is_idle():
    with Bus() as bus:
        machine = Machine(bus)
        machine.lock(True)
        machine.is_shown(IDLE)
        machine.sees_alice(IDLE)
        assert machine.client.get('Account1', 'WantedStatus', machine.alice) == ONLINE
        machine.lock(False)
        machine.is_shown(ONLINE)
        machine.sees_alice(ONLINE)
        machine.lock(True)
        machine.sees_alice(IDLE)
        machine.status(BUSY)
        machine.sees_alice(BUSY)
        machine.status(ONLINE)
        machine.sees_alice(IDLE)
        machine.settle(idle_minutes=GLib.Variant('u', 0))
        machine.sees_alice(ONLINE)


def test_wake_up_and_network():
    """Nothing but what the machine tells brings the connection back: it would be tried again in an hour."""
    with Bus() as bus:
        machine = Machine(bus)
        machine.cut()
        machine.sleep(True)
        machine.lock(True)
        # What logind said before has been heard by now.
        wait(lambda: machine.client.get('Account1', 'Status', machine.bob) == IDLE, 'bob to be idle')
        machine.is_state('waiting')
        machine.sleep(False)
        machine.is_state('online')

        machine.cut()
        machine.network(DISCONNECTED)
        machine.network(CONNECTED_GLOBAL)
        machine.is_state('online')


class Cut(Pair):
    """alice's machine has a system bus, and its way to the server leads through a gate."""
    gate = None

    def start_service(self, bus):
        if bus is self.buses[0]:
            start_machine(bus, bus.client(name=False))
        return super().start_service(bus)

    def address_for(self, who):
        if who != ALICE:
            return self.server_address
        self.gate = Gate(self.server_address)
        return self.gate.address

    def __exit__(self, *error):
        try:
            super().__exit__(*error)
        finally:
            if self.gate is not None:
                self.gate.close()


def test_a_dead_connection_is_found_out():
    """A connection died while the machine slept, and nobody told. Without a question it would be taken for good for
    half a minute."""
    with Cut() as pair:
        alice = pair.ui[0]
        pair.gate.freeze()
        emit_sleep(alice, False)
        state = lambda: alice.get('Account1', 'State', pair.accounts[0])
        wait(lambda: pair.gate.pairs and state() == 'online', 'the account on a connection that lives')


def test_allowed():
    with Bus() as bus:
        machine = Machine(bus)
        assert machine.allowed() == []
        session = machine.invite(message='A game?\nNow?')
        assert (session['Message'], session['Automatic'], session['Asking']) == ('A game?\nNow?', False, True), session
        assert machine.client.get('Session1', 'Message', machine.session) == 'A game?\nNow?'
        machine.end()

        machine.allow(who=ALICE.upper(), guid=GUID.lower())
        machine.ui.wait_signal('AllowedChanged', machine.bob)
        machine.allow(guid=OTHER_GUID)
        assert machine.allowed() == [(ALICE, GUID), (ALICE, OTHER_GUID)]
        machine.ui.signals.clear()
        session = machine.invite()
        assert session['Automatic'] and not session['Asking'] and session['Message'] == '', session
        machine.ui.wait_signal('Notice', ROOT, lambda a: a[0] == 'automatic' and 'Chess' in a[1] and ALICE in a[1])
        assert not any(signal[1] == 'Invitation' for signal in machine.ui.signals), machine.ui.signals
        wait(lambda: machine.client.get('Session1', 'State', machine.session) == CONNECTED, 'the session')
        machine.end()

        # Nobody sees a locked screen.
        machine.lock(True)
        machine.is_shown(IDLE)
        session = machine.invite()
        assert session['Asking'] and not session['Automatic'], session
        machine.end()
        machine.lock(False)
        machine.is_shown(ONLINE)

        bus.stop(bus.processes[-1])
        bus.wait_until_left()
        bus.start()
        assert machine.allowed() == [(ALICE, GUID), (ALICE, OTHER_GUID)]
        machine.allow(False)
        assert machine.allowed() == [(ALICE, OTHER_GUID)]
        refused('NotFound', machine.allow, who='nobody@localhost')
        refused('InvalidArgument', machine.allow, who='no body')
        refused('InvalidArgument', machine.allow, guid='chess')
        refused('InvalidArgument', machine.invite, message='x' * 513)
        refused('InvalidArgument', machine.invite, message='\x1b[2J')


def test_allowed_is_revoked():
    with Bus() as bus:
        machine = Machine(bus)
        machine.allow()
        machine.client.call('Account1', 'SetContactBlocked', '(sb)', ALICE, True, path=machine.bob)
        wait(lambda: machine.allowed() == [], 'what was allowed to be revoked')


if __name__ == '__main__':
    tap.run([test_settings, test_locked_is_idle, test_wake_up_and_network, test_a_dead_connection_is_found_out,
             test_allowed, test_allowed_is_revoked])
