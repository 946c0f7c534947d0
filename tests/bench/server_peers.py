# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that `./dev bench server` measures, each set up in a folder of its own with no more than the steps need;
those of another make also with all the modules that Debian sets them up with.

No TLS, no servers beside it, nothing slowed, passwords not hashed where that can be chosen. What they write is as they do
it by default, but for ejabberd's archive: it is in SQLite, as its own warning demands of small servers.
"""
import contextlib
import hashlib
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

BUILD = pathlib.Path(os.environ.get('BECKON_BUILDDIR') or sys.exit('Start it with ./dev bench server'))
BECKON = BUILD / 'src/server/beckon-server'
DOMAIN = 'localhost'
PATIENCE = 60


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def allow_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server:
    """A process that listens on a port."""
    protocol = ''
    durability = ''
    registers = True   # its accounts are made by its clients
    name = ''
    under = ()

    def __init__(self):
        self.process = None
        self.folder = None
        self.port = 0
        self.pid = 0

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def prepare(self, folder):
        self.folder = folder
        self.port = free_port()

    def start(self):
        """Returns after how many milliseconds it takes connections."""
        with (self.folder / 'log').open('ab') as log:
            begin = time.monotonic()
            self.process = subprocess.Popen([*self.under, *self.command()], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, **self.environment()},
                                            preexec_fn=allow_descriptors, cwd=None if self.under else self.folder)
        while not self.listens():
            if self.process.poll() is not None or time.monotonic() - begin > PATIENCE:
                raise RuntimeError(f'{self.name} does not start\n{self.log_end()}')
            time.sleep(.001)
        self.pid = self.process.pid
        return (time.monotonic() - begin) * 1000

    def listens(self):
        with socket.socket() as one:
            return one.connect_ex(('127.0.0.1', self.port)) == 0

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def log_end(self):
        return '\n'.join((self.folder / 'log').read_text(errors='replace').splitlines()[-20:])

    def peak_mib(self):
        status = pathlib.Path(f'/proc/{self.pid}/status').read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith('VmHWM'))


class Beckon(Server):
    """Accounts, devices and contacts are written into its file: by its protocol each would cost a password hash."""
    name = 'beckon'
    protocol = 'beckon'
    durability = 'WebSocket; SQLite WAL, synchronous=FULL: acknowledged when it is on disk, kept for both sides'
    registers = False
    binary = BECKON

    def __init__(self, accounts=5001, contacts=1, stored=0):
        super().__init__()
        self.accounts = accounts
        self.contacts = contacts
        self.stored = stored
        self.database = None

    def command(self):
        return [BECKON, 'run', '--config', self.folder / 'config']

    def prepare(self, folder):
        super().prepare(folder)
        self.database = folder / 'server.db'
        (folder / 'config').write_text(
            f'[server]\ndomain={DOMAIN}\nlisten=127.0.0.1:{self.port}\ndatabase={self.database}\n'
            '[limits]\nconnections=20000\nconnections-per-address=20000\nframes-burst=100000\nframes-interval-ms=1\n')
        subprocess.run([BECKON, 'token', 'list', '--config', folder / 'config'], check=True, stdout=subprocess.DEVNULL)
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            db.execute('PRAGMA synchronous = OFF')
            fill_accounts(db, self.accounts)
            fill_contacts(db, pairs(self.accounts, self.contacts))
            fill_messages(db, self.accounts, self.stored)


def fill_accounts(db, number):
    now = int(time.time() * 1e6)
    db.executemany('INSERT INTO accounts (id, name, display_name, password, created) VALUES (?, ?, ?, ?, ?)',
                   ((i + 1, f'u{i:05}@{DOMAIN}', f'u{i:05}', '-', now) for i in range(number)))
    db.executemany('INSERT INTO devices (account, guid, name, token, last_seen) VALUES (?, ?, ?, ?, ?)',
                   ((i + 1, f'{{{i:08X}-0000-4000-8000-000000000001}}', 'bench',
                     hashlib.blake2b(f'bench-token-{i:05}'.encode(), digest_size=32).digest(), now)
                    for i in range(number)))


def pairs(number, contacts):
    """Who knows whom: each the one beside it; the first many; or (a negative number) each so many around it."""
    if contacts < 0:
        return {(i, (i + d) % number) for i in range(number) for d in range(1, -contacts // 2 + 1)}
    return {(i, i + 1) for i in range(0, number - 1, 2)} | {(0, i) for i in range(1, contacts + 1)}


def fill_contacts(db, known):
    both = sorted(known | {(b, a) for a, b in known})
    seqs = {}
    rows = []
    for owner, other in both:
        seqs[owner] = seqs.get(owner, 0) + 1
        rows.append((owner + 1, other + 1, f'u{other:05}@{DOMAIN}', seqs[owner]))
    db.executemany('INSERT INTO contacts (owner, other, name, relation, blocked, seq) VALUES (?, ?, ?, 3, 0, ?)', rows)
    db.executemany('UPDATE accounts SET last_seq = ? WHERE id = ?', ((seq, owner + 1) for owner, seq in seqs.items()))


def fill_messages(db, accounts, number):
    """Old messages, spread over all accounts in the order in which they would have come."""
    if number == 0:
        return
    guid = "printf ('{%08X-0000-4000-9000-%012X}', i / 2 * 2654435761 & 0xFFFFFFFF, i / 2)"
    db.execute('INSERT INTO messages (owner, seq, guid, outgoing, peer, text, time)'
               ' WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)'
               f' SELECT i % ?2 + 1, 2 + i / ?2, {guid}, i % 2 = 0,'
               " printf ('u%05d@localhost', i % ?2 + 1 - i % 2 * 2),"
               " printf ('message number %d of those that lie here', i), i FROM n", (number, accounts))
    db.execute('UPDATE accounts SET n_messages = ?1 / ?2 + 1, last_seq = 3 + ?1 / ?2', (number, accounts))


class Peer(Server):
    """One of another make, with just the modules that the steps need, these and an archive, or all of Debian's."""
    setup = pathlib.Path()  # Debian's configuration of it
    archived = ''

    def __init__(self, websocket=False, archive=False, debian=False):
        super().__init__()
        self.websocket = websocket
        self.archive = archive
        self.debian = debian
        make = type(self).__name__.lower()
        self.protocol = 'xmpp-ws' if websocket else 'xmpp-tcp'
        self.name = f'{make}-{"ws" if websocket else "tcp"}{"-archive" * archive}{"-debian" * debian}'
        kept = f'archive {self.archived}' if archive else 'no archive: nothing is kept'
        self.durability = f'{"WebSocket" if websocket else "TCP"}; {kept}{"; the modules of Debian" * debian}'


class Prosody(Peer):
    binary = '/usr/bin/prosody'
    setup = pathlib.Path('/etc/prosody/prosody.cfg.lua')
    archived = 'in its own files, appended, not synced'
    UNWANTED = {'limits', 'tls', 'dialback', 'posix', 'admin_shell', 'invites_register'}

    def command(self):
        return [self.binary, '--config', self.folder / 'prosody.cfg.lua', '-F']

    def modules(self):
        enabled = ['roster', 'saslauth', 'disco', 'register'] + ['websocket'] * self.websocket + ['mam'] * self.archive
        if self.debian:
            theirs = re.search(r'^modules_enabled = \{(.*?)^\}', self.setup.read_text(), re.DOTALL | re.MULTILINE)[1]
            enabled += re.findall(r'^\s*"(\w+)"', theirs, re.MULTILINE)
        return dict.fromkeys(name for name in enabled if name not in self.UNWANTED)

    def prepare(self, folder):
        super().prepare(folder)
        (folder / 'data').mkdir()
        ports = (f'c2s_ports = {{ }} http_ports = {{ {self.port} }} http_interfaces = {{ "127.0.0.1" }}\n'
                 'http_paths = { websocket = "/ws" } consider_websocket_secure = true\n' if self.websocket
                 else f'c2s_ports = {{ {self.port} }} c2s_interfaces = {{ "127.0.0.1" }} http_ports = {{ }}\n')
        (folder / 'prosody.cfg.lua').write_text(
            f'data_path = "{folder}/data"\nrun_as_root = true\n'
            f'modules_enabled = {{ {", ".join(map(repr, self.modules()))} }}\n'
            'modules_disabled = { "s2s", "tls" }\nallow_registration = true\nmin_seconds_between_registrations = 0\n'
            'allow_unencrypted_plain_auth = true\nc2s_require_encryption = false\nauthentication = "internal_plain"\n'
            'network_settings = { tcp_backlog = 4096 }\ns2s_ports = { } https_ports = { }\nstorage = "internal"\n'
            'default_archive_policy = true\nlog = { warn = "*console" }\n'
            f'{ports}VirtualHost "{DOMAIN}"\n')


class Ejabberd(Peer):
    binary = '/usr/sbin/ejabberdctl'
    setup = pathlib.Path('/etc/ejabberd/ejabberd.yml')
    archived = 'in SQLite, as ejabberd sets it up'
    RULES = {'acl', 'access_rules', 'shaper', 'shaper_rules'}

    def command(self):
        """As ejabberdctl does it, but in the folder, and known to no other Erlang node."""
        return ['/usr/bin/erl', '-noinput', '+K', 'true', '+P', '250000', '-mnesia', 'dir', f'"{self.folder}/data"',
                '-s', 'ejabberd']

    def environment(self):
        return {'EJABBERD_CONFIG_PATH': str(self.folder / 'ejabberd.yml'),
                'EJABBERD_LOG_PATH': str(self.folder / 'log.ejabberd'),
                'ERL_CRASH_DUMP': str(self.folder / 'crash'), 'ERL_LIBS': '/usr/lib/x86_64-linux-gnu',
                'ERL_MAX_PORTS': '32000', 'HOME': str(self.folder)}

    def prepare(self, folder):
        super().prepare(folder)
        listener = ('    module: ejabberd_http\n    request_handlers:\n      /ws: ejabberd_http_ws\n' if self.websocket
                    else '    module: ejabberd_c2s\n    starttls: false\n    access: all\n')
        archive = '  mod_mam:\n    default: always\n    db_type: sql\n' if self.archive else ''
        (folder / 'ejabberd.yml').write_text(
            f'hosts:\n  - {DOMAIN}\nloglevel: warning\nlisten:\n  -\n    port: {self.port}\n    ip: "127.0.0.1"\n'
            f'    backlog: 4096\n{listener}auth_method: internal\nauth_password_format: plain\n'
            f'registration_timeout: infinity\nsql_type: sqlite\nsql_database: {folder}/archive.db\n'
            'websocket_origin: []\nwebsocket_ping_interval: 1 hour\n'  # the load generator answers none
            f'{self.modules()}  mod_register:\n    ip_access: all\n    access: all\n{archive}')

    def modules(self):
        if not self.debian:
            return 'modules:\n  mod_roster: {}\n  mod_disco: {}\n'
        sections = dict(re.findall(r'^(\w+):(.*?\n)(?=^\w|\Z)', self.setup.read_text(), re.DOTALL | re.MULTILINE))
        modules = re.sub(r'^  mod_register:.*?\n(?=  \w|\Z)', '', sections['modules'], flags=re.DOTALL | re.MULTILINE)
        return ''.join(f'{name}:{text}' for name, text in sections.items() if name in self.RULES) + 'modules:' + modules


PEERS = [Beckon(), *(kind(websocket, **options) for kind in (Prosody, Ejabberd) for websocket in (False, True)
                     for options in ({}, {'debian': True}, {'archive': True}))]


def cannot_run(peer):
    """Returns why a server cannot be measured here, if so."""
    if shutil.which(str(peer.binary)) is None:
        return f'{peer.binary} is not there'
    return None
