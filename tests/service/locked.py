# SPDX-License-Identifier: GPL-3.0-or-later
"""A service whose network is locked, programs at its door, and an operator: echo, who does what it is told."""
import hashlib
import hmac

from gi.repository import GLib

from bed import ECHO, GUID, ROOT, SERVICE, SESSIONS, arrivals, wait

PRIVATE = f'{ROOT}/Private'
ALICE, BOB = 'alice@localhost', 'bob@localhost'
LICENSE, KEY = 'BKDEMO', 'demo'
NOT_INITIALIZED, INITIALIZED, PENDING, UNLOCKED, FAILED, DISABLED = 1, 2, 3, 4, 5, 6
TRUE, FALSE = GLib.Variant('(b)', (True,)), GLib.Variant('(b)', (False,))
STRANGER = '{55555555-2222-4333-8444-555555555555}'


def response_to(challenge, key=KEY, license=LICENSE):
    return hmac.new(key.encode(), f'{challenge}\n{license}'.encode(), hashlib.sha256).hexdigest()


def options(account=None):
    return {} if account is None else {'account': GLib.Variant('s', account)}


def ask(ui, condition, what):
    """Asks the service until it is so."""
    def turn():
        ui.get('Messenger1', 'version')
        arrivals[0] += 1
        return False
    wait(lambda: condition() or turn(), what)


class Program:
    """A client at the door of applications."""

    def __init__(self, bus, attached=True, guids=()):
        self.client = bus.client()
        self.seen = 0
        self.cookie = 100
        if attached:
            self.client.attach(SESSIONS, guids)

    def lock(self, method, signature, *values, path=ROOT):
        return self.client.call('Lock1', method, signature, *values, path=path, door=SESSIONS)

    def status(self, path=ROOT, account=None):
        return self.lock('GetStatus', '(a{sv})', options(account), path=path)

    def request(self, cookie, path=ROOT, account=None):
        self.lock('RequestChallenge', '(ia{sv})', cookie, options(account), path=path)

    def respond(self, response, cookie, license=LICENSE, path=ROOT, account=None):
        self.lock('SendResponse', '(ssia{sv})', license, response, cookie, options(account), path=path)

    def challenge(self, cookie, path=ROOT, account=ALICE):
        """What came with that cookie."""
        return self.client.wait_signal('LockChallenge', path, lambda a: a[0] == cookie and a[2] == account)[2][1]

    def result(self, cookie, path=ROOT, account=ALICE):
        return self.client.wait_signal('LockResult', path, lambda a: a[0] == cookie and a[2] == account)[2][1]

    def unlock(self, path=ROOT, account=ALICE, key=KEY):
        """All of it; returns whether it is open."""
        self.cookie += 1
        self.request(self.cookie, path, account)
        self.respond(response_to(self.challenge(self.cookie, path, account), key), self.cookie, path=path,
                     account=account)
        return self.result(self.cookie, path, account)

    def manager(self, method, signature='()', *values):
        return self.client.call('SessionManager1', method, signature, *values)

    def create(self, account=None):
        return self.manager('CreateSession', '(a{sv})', options(account))

    def register(self, guid=STRANGER):
        self.manager('RegisterApplication', '(ssssu)', guid, 'Stranger', '', '/bin/cat', 0)

    def unregister(self, guid=STRANGER):
        self.manager('UnRegisterApplication', '(s)', guid)

    def session(self, path, method, signature, *values):
        return self.client.call('Session1', method, signature, *values, path=path, door=SESSIONS)

    def invite(self, path, who=ECHO, data=''):
        self.session(path, 'Invite', '(ssa{sv})', who, data, {})

    def choose(self, path, guid=GUID):
        self.client.set('Session1', 'Application', GLib.Variant('s', guid), path, SESSIONS)

    def private(self, method, signature, *values):
        return self.client.call('MessengerPrivate1', method, signature, *values, path=PRIVATE, door=SESSIONS)

    def enable_alerts(self, *sites, account=None):
        self.private('EnableAlertEvents', '(aua{sv})', sites, options(account))

    def add_contact(self, who, service=''):
        self.private('AddContact', '(ssa{sv})', who, service, {})

    def added(self, who):
        return self.client.wait_signal('ContactListAdd', PRIVATE, lambda a: a[1] == who)[2][0]

    def told(self, *names):
        """Which of these signals have come, with their path."""
        self.client.ping()
        self.client.ping(SESSIONS)
        return [s for s in self.client.signals if s[1] in names]

    def forget(self):
        self.client.signals.clear()

    def leave(self):
        self.client.close()


class Door:
    """alice signed in; the network is locked unless open=True."""

    def __init__(self, bus, *others, open=False):
        bus.register(GUID, '/bin/cat')
        self.bus = bus
        self.process = bus.start()
        self.ui = bus.client()
        self.ui.attach()
        self.alice = self.ui.account(ALICE)
        self.others = [self.ui.account(who) for who in others]
        self.echo = self.ui.call('Account1', 'GetConversation', '(s)', ECHO, path=self.alice)
        if not open:
            self.close()

    def operator(self, *words):
        self.ui.call('Conversation1', 'SendMessage', '(sa{sv})', ' '.join(words), {}, path=self.echo)

    def reconnect(self, program):
        """Everybody's connection breaks, and comes back locked."""
        program.forget()
        self.operator('!lock')
        for account in [ALICE, *[self.name(path) for path in self.others]]:
            program.client.wait_signal('LockEnable', ROOT, lambda a, account=account: a == (True, account))

    def name(self, path):
        return self.ui.get('Account1', 'SignInName', path)

    def close(self):
        observer = Program(self.bus)
        self.reconnect(observer)
        observer.leave()

    def ask(self, condition, what):
        ask(self.ui, condition, what)
