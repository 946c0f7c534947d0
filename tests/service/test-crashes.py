#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every state of a session, and everybody who can die in it: what becomes of it on both sides, told by which signals.

alice's program has made the session; on bob's side the user or a program answers. Who goes on, goes on to the end: the
two are connected, and one hears the other."""
import contextlib
import os
import pathlib
import signal
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import GUID, ROOT, SESSIONS, Failure, wait
from gate import Gate
from pair import ALICE, BOB, Pair

READY, INVITATION, ACCEPTED, CONNECTED, CANCELLED, TERMINATED = 1, 2, 3, 4, 5, 7
CANCELLED_LOCAL, CANCELLED_REMOTE, ENDED, APPLICATION_FAILED, SERVICE_RESTARTED = 5, 6, 14, 15, 17
YES, NO = GLib.Variant('(b)', (True,)), GLib.Variant('(b)', (False,))

# ---- what a side can be expected to do ----

GOES_ON = 'goes on'
NOTHING = 'never heard of it'
GONE = 'was restarted'  # its own service died: the session is history


def ends(state, result):
    """From that state straight to the end."""
    return [('StateChanged', (state,)), ('Termination', (result, ''))]


def cancels(state):
    return [('StateChanged', (state,)), ('StateChanged', (CANCELLED,)), ('Termination', (CANCELLED_LOCAL, ''))]


def is_cancelled(state):
    return [('StateChanged', (state,)), ('Cancelled', ('',)), ('StateChanged', (CANCELLED,)),
            ('Termination', (CANCELLED_REMOTE, ''))]


# state → who dies → what alice and bob see
TABLE = {
    'ready': {
        'caller': (ends(READY, ENDED), NOTHING),
        'windows': (GOES_ON, NOTHING),
        'alice': (GONE, NOTHING),
        'bob': (GOES_ON, NOTHING),
        'server': (GOES_ON, NOTHING),
    },
    'invitation': {
        'caller': (cancels(INVITATION), is_cancelled(INVITATION)),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(INVITATION, SERVICE_RESTARTED)),
        'bob': (ends(INVITATION, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
    'handled': {
        'caller': (cancels(INVITATION), is_cancelled(INVITATION)),
        'peer': (GOES_ON, GOES_ON),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(INVITATION, SERVICE_RESTARTED)),
        'bob': (ends(INVITATION, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
    'installing': {
        'caller': (cancels(INVITATION), is_cancelled(INVITATION)),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(INVITATION, SERVICE_RESTARTED)),
        'bob': (ends(INVITATION, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
    'accepted': {
        # connect came before her last word, and bob saw both.
        'caller': (cancels(ACCEPTED), [('StateChanged', (ACCEPTED,)), ('ReadyToLaunch', ()), *is_cancelled(CONNECTED)]),
        'peer': (GOES_ON, GOES_ON),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(ACCEPTED, SERVICE_RESTARTED)),
        'bob': (ends(ACCEPTED, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
    'connected': {
        'caller': (ends(CONNECTED, ENDED), ends(CONNECTED, ENDED)),
        'peer': (GOES_ON, GOES_ON),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(CONNECTED, SERVICE_RESTARTED)),
        'bob': (ends(CONNECTED, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
    'launched': {
        'caller': (ends(CONNECTED, ENDED), ends(CONNECTED, ENDED)),
        'peer': (ends(CONNECTED, ENDED), ends(CONNECTED, ENDED)),
        'process': (ends(CONNECTED, APPLICATION_FAILED), ends(CONNECTED, APPLICATION_FAILED)),
        'windows': (GOES_ON, GOES_ON),
        'alice': (GONE, ends(CONNECTED, SERVICE_RESTARTED)),
        'bob': (ends(CONNECTED, SERVICE_RESTARTED), GONE),
        'server': (GOES_ON, GOES_ON),
    },
}


class Scene(Pair):
    """alice and bob, each behind a gate."""

    def __enter__(self):
        self.gates = {}
        return super().__enter__()

    def start_server(self):
        """Each time on another port: the one before may be somebody else's by now."""
        (self.folder / 'port').unlink(missing_ok=True)
        super().start_server()
        for gate in self.gates.values():
            gate.lead_to(self.server_address)

    def address_for(self, who):
        self.gates[who] = Gate(self.server_address)
        return self.gates[who].address

    def __exit__(self, *error):
        try:
            super().__exit__(*error)
        finally:
            for gate in self.gates.values():
                gate.close()

    # -- a session comes to a state

    def begin(self):
        self.clients = []
        self.mine = self.theirs = self.peer = None
        self.app = self.client(0)
        for ui in self.ui:
            ui.signals.clear()
        self.before = [ui.call('Messenger1', 'ListSessions') for ui in self.ui]

    def client(self, side, **answers):
        client = self.buses[side].client()
        client.answers.update(answers)
        self.clients.append(client)
        return client

    def program(self, **answers):
        """A program of bob's that stands for the application."""
        self.peer = self.client(1, **answers)
        self.peer.attach(SESSIONS, [GUID])

    def ready(self):
        self.mine = self.app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        self.app.set('Session1', 'Application', GLib.Variant('s', GUID), self.mine, SESSIONS)

    def invitation(self):
        self.ready()
        self.send()

    def send(self):
        self.app.call('Session1', 'Invite', '(ssa{sv})', BOB, '', {}, path=self.mine, door=SESSIONS)
        self.theirs = self.ui[1].wait_signal('SessionsChanged', ROOT, lambda a: a[2])[2][2][0]
        self.ui[0].wait_signal('Changed', self.mine, lambda c: c.get('Ringing'))

    def handled(self):
        self.program(Invitation=YES, BeforeAppLaunch=YES)
        self.invitation()
        wait(lambda: self.can(self.peer, self.theirs), 'the program holds the invitation')

    @staticmethod
    def can(client, path):
        try:
            return client.get('Session1', 'State', path, SESSIONS) == INVITATION
        except Failure:
            return False

    def installing(self):
        file = self.buses[1].dir / 'data' / 'beckon' / 'peers' / f'{GUID}.peer'
        file.unlink()
        self.ui[1].wait_signal('AppUnregistered', ROOT)
        self.invitation()
        self.accept()
        for ui, path in zip(self.ui, (self.mine, self.theirs)):
            ui.wait_signal('Changed', path, lambda c: c.get('Installing'))

    def install(self):
        self.buses[1].register(GUID, '/bin/sleep', '1000')
        self.ui[1].wait_signal('AppRegistered', ROOT)

    def accept(self, client=None):
        (client or self.ui[1]).call('Session1', 'Accept', '(s)', '', path=self.theirs,
                                    **({} if client is None else {'door': SESSIONS}))

    def accepted(self):
        """alice's word that she is ready is on its way, and bob waits for it."""
        self.handled()
        self.gates[ALICE].hold()
        self.accept(self.peer)
        self.ui[0].wait_state(self.mine, ACCEPTED)
        self.ui[1].wait_state(self.theirs, ACCEPTED)

    def connected(self):
        """bob's side is about to launch: a program has been asked whether it may, and has not answered."""
        self.program(Invitation=NO)
        self.invitation()
        self.accept()
        wait(lambda: any(name == 'BeforeAppLaunch' for name, _ in self.peer.asked), 'the question')
        for ui, path in zip(self.ui, (self.mine, self.theirs)):
            ui.wait_state(path, CONNECTED)

    def launched(self):
        self.invitation()
        self.accept()
        self.ui[1].wait_signal('Changed', self.theirs, lambda c: c.get('Log'))
        self.ui[0].wait_state(self.mine, CONNECTED)
        self.process, = self.buses[1].wait_programs(1)
        environment = pathlib.Path(f'/proc/{self.process}/environ').read_bytes().split(b'\0')
        cookie = next(word for word in environment if word.startswith(b'BECKON_COOKIE='))[14:].decode()
        self.peer = self.client(1)
        assert self.peer.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', cookie, {}) == self.theirs

    # -- somebody dies

    def kill(self, who):
        getattr(self, f'kill_{who}')()

    def kill_caller(self):
        self.app.close()

    def kill_peer(self):
        self.peer.close()

    def kill_process(self):
        os.kill(self.process, signal.SIGKILL)

    def kill_windows(self):
        for side in (0, 1):
            signals = self.ui[side].signals
            self.ui[side].close()
            self.ui[side] = self.buses[side].client()
            self.ui[side].attach()
            self.ui[side].signals = signals

    def kill_service(self, side, who):
        if self.theirs is not None:
            self.wait_entry(side, 0, (self.mine, self.theirs)[side])
        self.buses[side].kill(self.services[side])
        self.gates[who].drop()
        self.services[side] = self.buses[side].start(backend='native')
        self.ui[side].attach()
        self.wait_relation(side, ALICE if side else BOB, 3)

    def kill_alice(self):
        self.kill_service(0, ALICE)

    def kill_bob(self):
        self.kill_service(1, BOB)

    def kill_server(self):
        self.server.kill()
        self.server.wait()
        for gate in self.gates.values():
            gate.drop()
        for side in (0, 1):
            wait(lambda: self.ui[side].get('Account1', 'State', self.accounts[side]) != 'online', 'no server')
        self.start_server()
        self.wait_relation(0, BOB, 3)
        self.wait_relation(1, ALICE, 3)

    # -- what became of it

    def told(self, side, path, since):
        """What a side was told of the session from then on."""
        return [(name, arguments) for where, name, arguments in self.ui[side].signals[since:]
                if where == path and name not in ('Changed', 'AppNotPresent')]

    def expect(self, side, path, since, wanted):
        if wanted == NOTHING:
            assert self.ui[side].call('Messenger1', 'ListSessions') == self.before[side]
        elif wanted == GONE:
            self.expect_history(side)
        else:
            self.ui[side].wait_signal('Termination', path)
            told = self.told(side, path, since)
            assert told == wanted, f'{told}, not {wanted}'
            assert self.ui[side].get('Session1', 'State', path) == TERMINATED
            assert self.ui[side].get('Session1', 'ResultText', path) != ''

    def expect_history(self, side):
        """Nothing is open, and the conversation says how it ended."""
        ui = self.ui[side]
        assert ui.call('Messenger1', 'ListSessions') == []
        if self.theirs is None:
            return
        self.wait_entry(side, SERVICE_RESTARTED)

    def go_on(self, state):
        """From where it stands to two programs that hear each other."""
        if state == 'ready':
            self.send()
        if state == 'installing':
            self.install()
        if self.ui[1].get('Session1', 'State', self.theirs) == INVITATION:
            owner = self.peer is not None and not self.peer.connection.is_closed()
            if not owner and state != 'installing':
                wait(lambda: self.ui[1].get('Session1', 'Asking', self.theirs), 'the user is asked')
            self.accept(self.peer if owner else None)
        self.gates[ALICE].open()
        for ui, path in zip(self.ui, (self.mine, self.theirs)):
            ui.wait_state(path, CONNECTED)
        self.app.call('Session1', 'SendContextData', '(s)', state, path=self.mine, door=SESSIONS)
        self.ui[1].wait_signal('ContextDataReceived', self.theirs, lambda a: a == (state,))

    def run(self, state, who):
        self.begin()
        getattr(self, state)()
        since = [len(ui.signals) for ui in self.ui]
        self.kill(who)
        alice, bob = TABLE[state][who]
        if alice == cancels(ACCEPTED):
            self.ui[0].wait_state(self.mine, TERMINATED)  # her service has noticed
            self.gates[ALICE].open()  # her last word is behind the one that was held
        if alice == GOES_ON:
            self.go_on(state)
        else:
            self.expect(0, self.mine, since[0], alice)
            self.expect(1, self.theirs, since[1], bob)
        if state == 'launched' and who != 'process':
            assert self.process in self.buses[1].programs(), 'the program was taken along'
        self.clean_up(state)

    def clean_up(self, state):
        for client in self.clients:
            client.close()
        self.gates[ALICE].open()
        if state == 'installing' and not (self.buses[1].dir / 'data' / 'beckon' / 'peers' / f'{GUID}.peer').exists():
            self.install()
        for ui in self.ui:
            for path in ui.call('Messenger1', 'ListSessions'):
                if INVITATION <= ui.get('Session1', 'State', path) <= CONNECTED:
                    try:
                        ui.call('Session1', 'Cancel', '(us)', 0, '', path=path)
                    except Failure:
                        pass  # its other side was faster
        for ui in self.ui:
            for path in ui.call('Messenger1', 'ListSessions'):
                ui.wait_state(path, TERMINATED)
        wait(self.no_program_runs, 'the programs to be gone')

    def no_program_runs(self):
        """They outlive their sessions; one may just have been started when its session ended."""
        self.ui[1].ping()
        running = self.buses[1].programs()
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not running


def test_of(state):
    def test():
        with Scene() as scene:
            for who in TABLE[state]:
                print(f'# {state}: {who}', flush=True)
                scene.run(state, who)
    test.__name__ = f'test_{state}'
    return test


tap.run([test_of(state) for state in TABLE])
