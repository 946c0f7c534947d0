# SPDX-License-Identifier: GPL-3.0-or-later
"""Two users, two services and the real server between them."""
import subprocess

from gi.repository import Gio, GLib

from bed import BUILD, CONTACTS, GUID, Bus, wait

ALICE, BOB = 'alice@localhost', 'bob@localhost'


class Pair:
    """alice and bob, friends, each with a bus, a service and a watching client."""

    lock = 'off'  # of the server
    kinds = Bus, Bus

    def __init__(self, *options):
        """@options: of both services."""
        self.options = options

    def __enter__(self):
        self.buses = tuple(kind().__enter__() for kind in self.kinds)
        self.folder = self.buses[0].dir / 'server'
        self.folder.mkdir()
        self.log = open(self.buses[0].dir / 'server.log', 'wb')
        self.start_server()
        self.services, self.ui, self.accounts = [], [], []
        for bus, who in zip(self.buses, (ALICE, BOB)):
            bus.register(GUID, '/bin/sleep', '1000')
            self.services.append(self.start_service(bus))
            ui = bus.client()
            ui.attach()
            self.ui.append(ui)
            options = {'server': GLib.Variant('s', self.address_for(who)), 'register': GLib.Variant('b', True)}
            self.accounts.append(ui.call('Messenger1', 'AddAccount', '(ssa{sv})', who, 'correct horse', options))
        a, b = self.ui
        a.call('Account1', 'AddContact', '(ss)', BOB, 'hello', path=self.accounts[0])
        self.wait_relation(1, ALICE, 2)
        b.call('Account1', 'ApproveContact', '(s)', ALICE, path=self.accounts[1])
        self.wait_relation(0, BOB, 3)
        self.wait_relation(1, ALICE, 3)
        return self

    def start_service(self, bus):
        return bus.start(*self.options, backend='native')

    def start_server(self):
        """The second time with the database of the first, and on its port as long as the file of that is there."""
        port = self.folder / 'port'
        number = port.read_text().strip() if port.exists() else '0'
        port.unlink(missing_ok=True)
        changed = []
        monitor = Gio.File.new_for_path(str(self.folder)).monitor_directory(Gio.FileMonitorFlags.WATCH_MOVES, None)
        monitor.connect('changed', lambda *a: changed.append(1))
        self.server = subprocess.Popen(
            [BUILD / 'src' / 'server' / 'beckon-server', 'run', '--domain=localhost', '--registration=open',
             f'--lock={self.lock}', f'--database={self.folder}/db.sqlite', f'--listen=127.0.0.1:{number}',
             f'--port-file={port}'],
            stdout=self.log, stderr=self.log)
        wait(lambda: port.exists() and port.read_text().strip(), 'the server')
        monitor.cancel()
        self.server_address = f'ws://127.0.0.1:{port.read_text().strip()}'

    def administer(self, *words):
        """What the operator's command says."""
        program = BUILD / 'src' / 'server' / 'beckon-server'
        return subprocess.run([program, *words, f'--database={self.folder}/db.sqlite'], check=True,
                              capture_output=True, text=True).stdout

    def address_for(self, _who):
        """Where somebody's service finds the server."""
        return self.server_address

    def wait_relation(self, side, who, relation):
        def there():
            contacts = self.ui[side].call('Account1', *CONTACTS, path=self.accounts[side])
            return any(c[0] == who and c[2] == relation and (relation != 3 or c[4] & 2) for c in contacts)
        wait(there, f'{who} to be {relation}')

    def wait_entry(self, side, result, path=None):
        """The last session with the other one, that of @path if there is one, is in the history with that result, 0 for
        an open one. Before it is on the disk, a crash is one before the invitation."""
        ui = self.ui[side]
        session = ui.get('Session1', 'SessionID', path) if path is not None else None
        conversation = ui.call('Account1', 'GetConversation', '(s)', ALICE if side else BOB, path=self.accounts[side])

        def is_written():
            found = ui.call('Conversation1', 'ListMessages', '(xu)', 2 ** 62, 1, path=conversation)
            return found and found[0][7].get('result') == result and session in (None, found[0][1])
        wait(is_written, 'the entry of the session')

    def invite(self, data=''):
        """alice invites bob; returns her session."""
        return self.ui[0].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', BOB, GUID, data, {})

    def __exit__(self, *error):
        self.buses[1].__exit__(*error)
        try:
            self.buses[0].__exit__(*error)
        finally:
            self.server.terminate()
            self.server.wait()
            self.log.close()


class Shared:
    """One pair for the cases that leave the services as they are."""

    pair = None

    @classmethod
    def get(cls):
        if cls.pair is None:
            cls.pair = Pair().__enter__()
        return cls.pair

    @classmethod
    def close(cls, *error):
        if cls.pair is not None:
            pair, cls.pair = cls.pair, None
            pair.__exit__(*(error or (None, None, None)))
