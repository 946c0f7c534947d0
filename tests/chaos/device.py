# SPDX-License-Identifier: GPL-3.0-or-later
"""A device as the protocol's pages want it: it stores each fact together with its number, asks again until it knows,
and goes on where it stopped."""
import asyncio
import contextlib
import itertools
import time
import uuid

from websocket import Lost, WebSocket

LIMIT = 4.0  # seconds in which an answer must come, or a sign of life
SIGN_IN_LIMIT = 8.0
DURABLE = {'contact', 'message', 'session', 'session-elsewhere', 'group', 'mark', 'alert'}
AGAIN = {'storage', 'server-too-busy', 'not-logged-on'}


def new_guid():
    return '{' + str(uuid.uuid4()).upper() + '}'


class Device:
    def __init__(self, world, account, number):
        self.world = world
        self.ledger = world.ledger
        self.account = account
        self.label = f'{account.name}/{number}'
        self.guid = new_guid()
        self.token = None
        # What it has stored.
        self.after = 0
        self.epoch = None  # what that number belongs to
        self.facts = []  # durable frames, in order
        self.taken = 0  # the highest number that was acted upon: going back does not undo that
        # What it has in memory.
        self.socket = None
        self.online = asyncio.Event()
        self.ids = itertools.count(1)
        self.waiting = {}  # id → future
        self.caught_up = 0
        self.stays = True
        self.on_fact = lambda frame: None

    def note(self, text):
        self.ledger.note(f'  {self.label}: {text}')

    @property
    def port(self):
        """Our end of the connection."""
        return self.socket.port if self.socket is not None else None

    # ---- the connection

    async def run(self):
        while self.stays:
            try:
                await self.connect()
            except Lost as error:
                self.note(f'lost: {error}')
            self.let_go()
            await asyncio.sleep(self.world.dice.uniform(0.02, 0.3))

    def let_go(self):
        self.online.clear()
        if self.socket is not None:
            self.socket.abort()
        self.socket = None
        waiting, self.waiting = self.waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(Lost('the connection'))

    async def connect(self):
        socket = self.socket = await WebSocket.open(self.world.proxy.port, LIMIT)
        reading = asyncio.create_task(self.read(socket))
        try:
            signing = asyncio.create_task(self.sign_in())
            await asyncio.wait([reading, signing], return_when=asyncio.FIRST_COMPLETED)
            if not signing.done():
                signing.cancel()
            else:
                signing.result()
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def read(self, socket):
        while True:
            frame = await socket.receive()
            if socket is not self.socket:
                raise Lost('let go')
            if 'id' in frame:
                future = self.waiting.pop(frame['id'], None)
                if future is not None and not future.done():
                    future.set_result(frame)
            else:
                self.take(frame)

    async def sign_in(self):
        proof = {'token': self.token} if self.token else {'password': self.account.password}
        if self.epoch is not None:
            proof['epoch'] = self.epoch
        asked = self.after
        reply = await self.request({'type': 'sign-in', 'name': self.account.address, 'device': self.guid,
                                    'after': self.after, 'status': 'online', **proof}, SIGN_IN_LIMIT)
        if reply['type'] != 'signed-in':
            if reply['code'] == 'invalid-password' and self.token:
                self.token = None  # a newer one was made, and we never heard of it
            raise Lost(f'sign-in: {reply["code"]}')
        self.token = reply['token']
        if reply.get('again') or self.epoch not in (None, reply.get('epoch')):
            self.ledger.break_promise(f'{self.label} was told to begin anew, and no file was restored', self.label)
        self.epoch = reply.get('epoch')
        self.note(f'signed in after {asked}')
        self.online.set()

    # ---- facts

    def take(self, frame):
        kind = frame['type']
        if kind in DURABLE and 'seq' in frame:
            self.store(frame)
        elif kind == 'caught-up':
            if frame['seq'] < self.after:
                self.ledger.break_promise(f'{self.label} had {self.after} and was told that {frame["seq"]} is all',
                                          self.label)
            self.after = self.caught_up = frame['seq']
            self.note(f'caught up to {frame["seq"]}')
        elif kind == 'bye':
            self.note(f'bye: {frame["reason"]}')

    def store(self, frame):
        seq = frame['seq']
        if seq <= self.after:
            self.ledger.break_promise(f'{self.label} was told number {seq} after {self.after}', self.label)
            return
        self.facts.append(frame)
        self.after = seq
        if seq > self.taken:
            self.taken = seq
            self.on_fact(frame)

    def go_back(self, dice):
        """A disk that lost the last that was written, facts and place together."""
        keep = dice.randint(max(0, len(self.facts) - 200), len(self.facts))
        del self.facts[keep:]
        self.after = self.facts[-1]['seq'] if self.facts else 0
        self.note(f'goes back to {self.after}')
        self.let_go()

    # ---- requests

    async def request(self, frame, limit=LIMIT):
        socket = self.socket
        if socket is None:
            raise Lost('no connection')
        number = next(self.ids)
        future = self.waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(limit):
                with contextlib.suppress(Lost):  # let_go () says so to all who wait
                    await socket.send({**frame, 'id': number})
                return await future
        except TimeoutError as error:
            socket.abort()  # whoever reads finds out
            raise Lost('no answer') from error
        finally:
            self.waiting.pop(number, None)
            future.cancel()  # if it failed, too, nobody looks

    async def ask(self, frame):
        """Asks until there is an answer that stands. Returns it and how often it was asked before."""
        for asked in itertools.count():
            await self.online.wait()
            try:
                reply = await self.request(frame)
            except Lost:
                continue
            if reply['type'] != 'error' or reply['code'] not in AGAIN:
                return reply, asked
            await asyncio.sleep(reply.get('retry_ms', 50) / 1000)
        raise AssertionError

    # ---- what its person does

    async def send(self, to, text, padding=''):
        message = self.ledger.begin_message(new_guid(), self.label, to.name, text + padding)
        self.note(f'sends {text} {message.guid}')
        reply, asked = await self.ask({'type': 'message-send', 'to': to.address, 'message': message.guid,
                                       'text': text + padding})
        if reply['type'] == 'ok':
            message.acked = time.monotonic()
            self.note(f'sent {text}, asked {asked + 1} times')
        else:
            message.refused = reply['code']
            self.note(f'refused {text}: {reply["code"]}')
