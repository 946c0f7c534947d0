# SPDX-License-Identifier: GPL-3.0-or-later
"""The beckon-server that is made to suffer."""
import asyncio
import os
import pathlib
import signal
import socket
import time

from control import Control
from ledger import Broken, Stuck

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = pathlib.Path(os.environ.get('BECKON_SRCDIR', HERE.parent.parent))
BUILD = pathlib.Path(os.environ.get('BECKON_BUILDDIR', SOURCES / '_build'))
LIBRARY = BUILD / 'tests/chaos/libchaos.so'
SERVER = BUILD / 'src/server/beckon-server'
PLANTED = BUILD / 'tests/chaos/beckon-server-planted'  # acknowledges before it commits
START_LIMIT = 60.0

CONFIG = '''[server]
domain=localhost
listen=127.0.0.1:{port}
database={folder}/server.db
registration=closed
lock=off
[limits]
failures-burst=100000
contact-adds-burst=100000
requests-per-day=100000
frames-burst=100000
frames-interval-ms=1
'''


class Server:
    def __init__(self, folder, ledger, seed, program=SERVER):
        self.program = program
        self.folder = folder
        self.ledger = ledger
        self.log = folder / 'server.log'
        self.config = folder / 'server.conf'
        # Held, so that nobody else gets it while the server is away; we never listen.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(('127.0.0.1', 0))
        self.port = self.place.getsockname()[1]
        self.config.write_text(CONFIG.format(port=self.port, folder=folder), encoding='utf-8')
        self.control = Control(folder / 'server.control', seed)
        self.process = None
        self.faults = 0
        self.lives = 0

    @property
    def database(self):
        return self.folder / 'server.db'

    async def launch(self, *words, data=None):
        with open(self.log, 'ab') as log:
            return await asyncio.create_subprocess_exec(
                str(self.program), *words, '--config', str(self.config),
                env={**os.environ, **self.control.environment(LIBRARY), 'HOME': str(self.folder)},
                stdin=asyncio.subprocess.PIPE if data is not None else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=log)

    async def add_account(self, name, password):
        process = await self.launch('account', 'add', name, '--password-stdin', data=True)
        await process.communicate(password.encode() + b'\n')
        if process.returncode != 0:
            raise RuntimeError(f'No account {name}: see {self.log}')

    async def start(self):
        """Starts it until it runs: with a broken disk it may not."""
        for attempt in range(20):
            self.process = await self.launch('run')
            async with asyncio.timeout(START_LIMIT):
                line = await self.process.stdout.readline()
            if line:
                self.lives += 1
                self.ledger.note(f'server runs, pid {self.process.pid}')
                return
            code = await self.process.wait()
            self.ledger.note(f'server did not start ({code})')
            if attempt >= 3:
                self.control.calm()
        kind = Broken if self.says_damaged() else Stuck
        raise kind(f'The server does not start: see {self.log}', times=[time.monotonic()])

    def says_damaged(self):
        """What was promised is not there any more."""
        return self.log.read_bytes().rstrip().endswith(b'The database is damaged')

    async def end(self, number):
        """Ends it, if it runs. SIGTERM is followed by SIGKILL where a broken disk holds it up."""
        process, self.process = self.process, None
        if process is None:
            return
        self.ledger.note(f'server gets {signal.Signals(number).name}')
        try:
            process.send_signal(number)
        except ProcessLookupError:
            pass
        try:
            async with asyncio.timeout(20):
                code = await process.wait()
        except TimeoutError:
            process.kill()
            code = await process.wait()
        self.ledger.note(f'server ended with {code}')
        if code not in (0, -number):
            self.ledger.break_promise(f'The server ended with {code}, see its log', kind=Stuck)
