# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that are the real thing: beckon-service with a session bus and a disk of its own, driven by beckonctl."""
import asyncio
import contextlib
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

from gi.repository import GLib  # noqa: E402

import world as whole  # noqa: E402 # of tests/e2e
from control import CERTAIN, Control  # noqa: E402
from ledger import Broken  # noqa: E402
from processes import Failure, end_all, wait_for_exit  # noqa: E402
from server import LIBRARY  # noqa: E402

CTL_LIMIT = 20
REST_LIMIT = 60
STRAY = (Failure, GLib.Error, OSError, TimeoutError, subprocess.TimeoutExpired)


class Surroundings:
    """What a user of tests/e2e wants to know of its world."""
    domain = 'localhost'
    screen = None

    def __init__(self, folder, port):
        self.folder = folder
        self.logs = folder / 'logs'
        self.logs.mkdir(exist_ok=True)
        self.address = f'ws://127.0.0.1:{port}'
        self.environment = whole.World.make_environment()


class User(whole.User):
    """One whose service is made to suffer."""

    def __init__(self, surroundings, name, control):
        self.control = control
        super().__init__(surroundings, name, '-service')

    def write_service_files(self):
        settings = [f'{name}={value}' for name, value in self.control.environment(LIBRARY).items()]
        command = shlex.join(['/usr/bin/env', *settings, str(whole.program('beckon-service'))])
        for name in (whole.SERVICE, whole.SESSIONS):
            text = f'[D-BUS Service]\nName={name}\nExec={command}\n'
            (self.folder / 'services' / f'{name}.service').write_text(text, encoding='utf-8')


class ServicePerson:
    def __init__(self, world, account, folder):
        self.world = world
        self.ledger = world.ledger
        self.dice = world.dice
        self.account = account
        self.label = f'{account.name}/service'
        self.control = Control(folder / f'{account.name}.control', zlib.crc32(world.seed.encode()))
        self.user = User(Surroundings(folder, world.proxy.port), account.name, self.control)
        self.user.password = account.password
        self.count = 0
        self.lives = 1
        self.sessions = []  # that it invited to
        self.restarting = asyncio.Lock()

    def note(self, text):
        self.ledger.note(f'  {self.label}: {text}')

    async def ctl(self, *words):
        return await asyncio.to_thread(self.user.ctl, *words, timeout=CTL_LIMIT)

    async def set_up(self):
        await asyncio.to_thread(self.user.add_account)
        await asyncio.to_thread(self.user.wait, 'account-state=online')

    # ---- what its person does

    def tasks(self):
        return [self.chat(), self.invite()]

    async def chat(self):
        """Exit 0 means that it is on the disk here, or with --wait on that of the server: that is a promise."""
        while not self.world.over:
            await asyncio.sleep(self.dice.uniform(0.1, 0.8))
            self.count += 1
            friend = self.dice.choice(self.account.friends)
            text = f'{self.label}>{friend.name}#{self.count:06}'
            waits = self.dice.random() < 0.3
            message = self.ledger.begin_message(text, self.label, friend.name, text)
            self.note(f'sends {text}')
            try:
                await self.ctl('chat', 'send', friend.address, text, *(['--wait'] if waits else []))
                message.acked = time.monotonic()
                self.note(f'sent {text}')
            except STRAY as error:
                self.note(f'did not send {text}: {str(error)[-100:]}')

    async def invite(self):
        while not self.world.over:
            await asyncio.sleep(self.dice.uniform(1, 4))
            if self.world.ending:
                continue
            try:
                said = await self.ctl('invite', self.dice.choice(self.account.friends).address, 'Pipe')
                self.sessions.append(said['id'])
                self.note(f'invites: {said["id"]}')
            except STRAY as error:
                self.note(f'did not invite: {str(error)[-100:]}')

    # ---- what goes wrong

    async def kill(self):
        async with self.restarting:
            try:
                pid = self.user.service_pid()
                os.kill(pid, signal.SIGKILL)
                await asyncio.to_thread(wait_for_exit, pid)
            except STRAY:
                pass
            self.lives += 1
            await self.start()

    async def start(self):
        with contextlib.suppress(*STRAY):
            await asyncio.to_thread(self.user.start_service)

    def break_disk(self, dice):
        kind = dice.choice(['full_write', 'failed_write', 'failed_sync', 'failed_read', 'busy_lock'])
        chances = {kind: dice.choice([CERTAIN, CERTAIN // 10])}
        self.ledger.note(f'TROUBLE disk of {self.label} {chances}')
        self.control.set(**chances)
        asyncio.get_running_loop().call_later(dice.uniform(0.2, 2), lambda: self.control.set(**{kind: 0}))

    # ---- the end

    async def read(self):
        """other → what the service has of the conversation, in its order."""
        chats = {}
        for friend in self.account.friends:
            chats[friend.name] = await self.ctl('chat', friend.address, '--limit', '0')
        return chats

    def lacks(self, chats):
        """What it was promised, or another device has, and it does not have yet; and sessions that are open."""
        texts = {entry['text'] for chat in chats.values() for entry in chat if not entry['session']}
        ours = {fact['text'] for fact in self.account.devices[0].facts if fact['type'] == 'message'}
        lost = [message.text for message in self.ledger.messages.values()
                if self.account.name in (message.account, message.to) and message.text not in texts
                and (message.acked or message.text in ours)]
        unsent = [entry['text'] for chat in chats.values() for entry in chat
                  if not entry['session'] and entry['outgoing'] and entry['delivery'] in ('pending', 'sending')]
        still = [entry['session'] for chat in chats.values() for entry in chat
                 if entry['session'] and entry['result'] == 'none']
        return [*lost, *unsent, *still]

    async def settle(self):
        """Until it has everything."""
        self.control.calm()
        self.control.set(clock_us=0)
        end, chats, left = time.monotonic() + REST_LIMIT, {}, None
        while left is None or (left and time.monotonic() < end):
            with contextlib.suppress(*STRAY):
                await self.start()
                await self.ctl('account', 'sign-in')
                await asyncio.to_thread(self.user.wait, 'account-state=online')
                chats = await self.read()
                left = self.lacks(chats)
        if left:
            raise Broken(f'{self.label} lacks {len(left)}: {left[:5]}', left[0], f'  {self.label}: ')
        return chats

    def check(self, chats, rows):
        """Each message that the file has, once; and what one device sent in its order."""
        for friend in self.account.friends:
            stored = [row[4] for row in rows if friend.address in row[2:4]]
            mine = [entry['text'] for entry in chats[friend.name] if not entry['session']]
            if sorted(stored) != sorted(mine):
                lost, more = sorted(set(stored) - set(mine)), sorted(set(mine) - set(stored))
                twice = sorted({text for text in mine if mine.count(text) > 1})
                raise Broken(f'{self.label} and the file of {self.account.name} differ about {friend.name}: it lacks'
                             f' {lost[:5]}, the file lacks {more[:5]}, twice there are {twice[:5]}',
                             *[*lost, *more, *twice][:1], f'  {self.label}: ')
            last = {}
            for text in mine:
                sender = text.split('>')[0]
                if text < last.get(sender, ''):
                    raise Broken(f'{self.label} has {text} behind {last[sender]}', text, last[sender])
                last[sender] = text

    def close(self):
        end_all(but=())
