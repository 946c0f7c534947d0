# SPDX-License-Identifier: GPL-3.0-or-later
"""The two fixtures of the conformance tests, each started when a case first wants it and shared by all of its file:
`Solo`, one service on a network in memory, and `Duet`, alice and bob with a service each and the real server between
them. Programs are raw D-Bus clients that write down all that they are told and asked, in one list."""
import contextlib

from gi.repository import GLib

from bed import ROOT, SERVICE, SESSIONS, Bus, Client, Failure, arrivals, refused, wait
from pair import ALICE, BOB, Pair

# Letters in it: what normalises GUIDs has something to do.
APP = '{ABCDEF01-2345-4678-9ABC-DEF012345678}'
UNKNOWN = '{FEDCBA98-7654-4321-8FED-CBA987654321}'
APP_NAME, APP_URL = 'Konferenz', 'https://example.org/get?a=b'
READY, INVITATION, ACCEPTED, CONNECTED, CANCELLED, DECLINED, TERMINATED = range(1, 8)
YES, NO, DONE = GLib.Variant('(b)', (True,)), GLib.Variant('(b)', (False,)), GLib.Variant('()', ())


def text(value):
    return GLib.Variant('s', value)


class Program(Client):
    """A client with one list of all that reaches it: ('Signal', …) and ('Peer1.Method', …), without properties."""

    def __init__(self, address, **named):
        self.told = []
        super().__init__(address, **named)

    def on_signal(self, connection, sender, path, interface, name, arguments, *rest):
        before = len(self.signals)
        super().on_signal(connection, sender, path, interface, name, arguments, *rest)
        if len(self.signals) > before and self.signals[-1][1] != 'Changed':
            self.told.append(self.signals[-1])

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        self.told.append((path, f'Peer1.{method}', arguments.unpack()))
        super().on_call(connection, sender, path, interface, method, arguments, invocation)


def program(bus, **named):
    """A program on that bus; it ends with the bus."""
    client = Program(bus.address, **named)
    bus.clients.append(client)
    return client


def register(bus, client, guid, **keys):
    """Writes a registration file and waits until the service knows it."""
    folder = bus.dir / 'data' / 'beckon' / 'peers'
    folder.mkdir(parents=True, exist_ok=True)
    lines = ['[Beckon Peer]', f'GUID={guid}', *(f'{key}={value}' for key, value in keys.items())]
    (folder / f'{guid}.new').write_text('\n'.join(lines) + '\n')
    (folder / f'{guid}.new').rename(folder / f'{guid}.peer')
    client.wait_signal('AppRegistered', ROOT, lambda arguments: arguments == (guid,))


class Fixture:
    """Made when it is first wanted, taken down by the last case of the file, which is red if a service ended badly."""

    def __init__(self):
        self.world = None

    def __call__(self):
        if self.world is None:
            self.world = self.make()
        return self.world

    def close(self):
        if self.world is not None:
            world, self.world = self.world, None
            world.close()

    def run(self, run, tests):
        """@run: that of tap. What a broken case leaves behind is taken down too."""
        def test_the_services_end_well():
            self.close()
        try:
            run([*tests, test_the_services_end_well])
        finally:
            with contextlib.suppress(Exception):
                self.close()


class Solo(Fixture):
    """One service on the fake network, with alice's account; `ui` is attached at her own door, `app` at the other."""

    def __init__(self, *options):
        super().__init__()
        self.options = options

    def make(self):
        self.bus = Bus().__enter__()
        self.service = self.bus.start(*self.options)
        self.ui, self.app = program(self.bus), program(self.bus)
        self.ui.attach()
        self.app.attach(SESSIONS)
        self.account = self.ui.account(ALICE)
        register(self.bus, self.ui, APP, Name=APP_NAME, URL=APP_URL, Exec='/bin/cat')
        return self

    def close(self):
        if self.world is not None:
            self.world = None
            self.bus.__exit__(None, None, None)


class Duet(Fixture):
    """`a` is alice's program, which invites; `b` is bob's, which declines to answer and to be launched: so bob's user
    is asked, at `ui[1]`, and no program is started. Both write down what they are told."""

    def __init__(self, *options):
        super().__init__()
        self.pair = Pair(*options)

    def make(self):
        self.pair.__enter__()
        self.buses, self.ui, self.accounts = self.pair.buses, self.pair.ui, self.pair.accounts
        self.a, self.b = (program(bus) for bus in self.buses)
        for bus, ui in zip(self.buses, self.ui):
            register(bus, ui, APP, Name=APP_NAME, URL=APP_URL, Exec='/bin/cat')
        self.a.attach(SESSIONS)
        self.b.answers.update(Invitation=NO, BeforeAppLaunch=NO)
        self.b.attach(SESSIONS, [APP])
        return self

    def close(self):
        if self.world is not None:
            self.world = None
            self.pair.__exit__(None, None, None)

    # -- alice's side, at the door for programs; bob's, at his own

    def create(self, application=APP, **properties):
        """A session of alice's program, in READY."""
        path = self.a.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        if application is not None:
            properties = {'Application': application, **properties}
        for name, value in properties.items():
            self.set_a(path, name, value)
        return path

    def get_a(self, path, name):
        return self.a.get('Session1', name, path, SESSIONS)

    def set_a(self, path, name, value):
        self.a.set('Session1', name, text(value), path, SESSIONS)

    def call_a(self, path, method, signature, *values):
        return self.a.call('Session1', method, signature, *values, path=path, door=SESSIONS)

    def get_b(self, path, name):
        return self.ui[1].get('Session1', name, path)

    def set_b(self, path, name, value):
        self.ui[1].set('Session1', name, text(value), path)

    def call_b(self, path, method, signature, *values):
        return self.ui[1].call('Session1', method, signature, *values, path=path)

    def send(self, path, data=''):
        """alice's program invites bob with a session in READY. Returns bob's session, once he is asked."""
        session = self.get_a(path, 'SessionID')
        self.call_a(path, 'Invite', '(ssa{sv})', BOB, data, {})
        found = []

        def asked():
            found[:] = [p for p in self.ui[1].call('Messenger1', 'ListSessions')
                        if self.get_b(p, 'SessionID') == session and self.get_b(p, 'Asking')]
            return found
        wait(asked, 'the question to bob')
        return found[0]

    @contextlib.contextmanager
    def invited(self, data='', **properties):
        """An invitation that bob sees: (alice's path, bob's path). Afterwards it is over."""
        mine = self.create(**properties)
        theirs = self.send(mine, data)
        try:
            yield mine, theirs
        finally:
            self.end(mine, theirs)

    @contextlib.contextmanager
    def connected(self, data='', answer='', **properties):
        """A session in CONNECTED on both sides."""
        with self.invited(data, **properties) as (mine, theirs):
            self.call_b(theirs, 'Accept', '(s)', answer)
            self.wait_connected(mine, theirs)
            yield mine, theirs

    def wait_connected(self, mine, theirs):
        self.a.wait_signal('ReadyToLaunch', mine)
        self.ui[1].wait_signal('ReadyToLaunch', theirs)

    def end(self, mine, theirs):
        cancel(self.a, mine, SESSIONS)
        self.a.wait_signal('Termination', mine)
        self.ui[1].wait_signal('Termination', theirs)


def cancel(client, path, door):
    """The session is over, or will be in a moment: the other side may just have ended it, too."""
    try:
        client.call('Session1', 'Cancel', '(us)', 0, '', path=path, door=door)
    except Failure as failure:
        assert failure.name == 'SessionStateInvalid', failure


def wait_until_held(client, path):
    """The program holds the session, which is told by no event: the service is asked until it is so."""
    def held():
        try:
            return client.get('Session1', 'SessionID', path, SESSIONS)
        except Failure as failure:
            assert failure.name == 'NotFound', failure
        arrivals[0] += 1
    wait(held, 'the program to hold the session')


def states(client, path):
    """The previous states that were told of a session, in order."""
    return [arguments[0] for where, name, arguments in client.signals if where == path and name == 'StateChanged']


__all__ = ['ACCEPTED', 'ALICE', 'APP', 'APP_NAME', 'APP_URL', 'BOB', 'CANCELLED', 'CONNECTED', 'DECLINED', 'DONE',
           'Duet', 'INVITATION', 'NO', 'READY', 'ROOT', 'SERVICE', 'SESSIONS', 'Solo', 'TERMINATED', 'UNKNOWN', 'YES',
           'cancel', 'program', 'refused', 'register', 'states', 'text', 'wait', 'wait_until_held']
