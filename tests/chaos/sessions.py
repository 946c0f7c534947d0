# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations, as a session service treats them: each ends on each device that heard of it, with a reason."""
import asyncio
import time

from device import new_guid

PIPE = '{6E5C7A52-7D0B-4C39-9B6F-0B2C5E8D4A11}'
CONNECT_LIMIT = 8.0
# Errors that say that it is over, or that another device has it.
OVER = {'expired', 'answered-elsewhere', 'access-denied'}


class Part:
    """What one device knows of one session."""

    def __init__(self, book, session, other):
        self.book = book
        self.device = book.device
        self.session = session
        self.other = other  # address
        self.state = 'ringing'
        self.timer = None
        self.session.ends.setdefault(self.device.label, None)

    @property
    def reason(self):
        return self.session.ends[self.device.label]

    def end(self, reason):
        if self.reason is None:
            self.session.ends[self.device.label] = reason
            self.device.note(f'session {self.session.guid} ends: {reason}')
        if self.timer is not None:
            self.timer.cancel()

    def arm(self, seconds, reason):
        if self.timer is not None:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(seconds, self.on_timer, reason)

    def on_timer(self, reason):
        if self.reason is None:
            self.end(reason)
            self.book.start(self.send('cancel' if reason == 'timeout' else 'end', reason=reason))

    async def send(self, kind, **members):
        """Returns the code of what the server says, None if it took it."""
        self.device.note(f'session {self.session.guid}: {kind}')
        reply, _asked = await self.device.ask({
            'type': 'session-send', 'to': self.other, 'uid': new_guid(),
            'envelope': {'kind': kind, 'session': self.session.guid, **members}})
        code = reply.get('code') if reply['type'] == 'error' else None
        self.device.note(f'session {self.session.guid}: {kind} got {code or "ok"}')
        if code == 'not-found' and self.session.acked:
            self.book.ledger.break_promise(f'{self.device.label}: session {self.session.guid} is not known any more',
                                           self.session.guid)
        return code

    async def say(self, count):
        """Context data, one after the other."""
        said = self.session.said.setdefault(self.device.label, [])
        for number in range(1, count + 1):
            if await self.send('context', data=f'{self.device.label} {number}', number=number) is None:
                said.append(f'{self.device.label} {number}')

    # ---- the inviter

    async def invite(self, ttl):
        code = await self.send('invite', guid=PIPE, name='Pipe', ttl=ttl)
        if code is not None:
            self.end(f'refused: {code}')
            return
        self.session.acked = time.monotonic()
        if self.reason is None and self.state == 'ringing':
            self.arm(ttl + 1, 'timeout')

    async def on_accept(self):
        self.state = 'accepted'
        self.arm(CONNECT_LIMIT, 'connection-failure')
        code = await self.send('connect', address='192.0.2.1')
        if code is not None:
            self.end(f'connect: {code}')
            return
        self.timer.cancel()
        await self.say(self.book.dice.randint(0, 6))
        await asyncio.sleep(self.book.dice.uniform(0, 1))
        self.end('ended')
        await self.send('end', reason='ended')

    # ---- the invitee

    async def answer(self, kind):
        await asyncio.sleep(self.book.dice.uniform(0, 0.5))
        if self.reason is not None:
            return
        code = await self.send(kind, **({'address': '192.0.2.2'} if kind == 'accept' else {}))
        if code in OVER:
            self.end(f'{kind}: {code}')
        elif code is None and kind == 'decline':
            self.end('invitation-declined')
        elif code is None and kind == 'accept':
            self.session.between.append(self.device.label)
            if self.reason is None and self.state == 'ringing':
                self.state = 'accepted'
                self.arm(CONNECT_LIMIT, 'connection-failure')


class Book:
    """The sessions of one device."""

    def __init__(self, world, device):
        self.world = world
        self.ledger = world.ledger
        self.dice = world.dice
        self.device = device
        self.parts = {}
        self.tasks = set()

    def start(self, work):
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(self.world.check_task)

    def invite(self, to):
        session = self.ledger.begin_session(new_guid(), self.device.label, to.name)
        part = self.parts[session.guid] = Part(self, session, to.address)
        return part.invite(self.dice.randint(2, 5))

    def take(self, frame):
        if frame['type'] == 'session-elsewhere':
            part = self.parts.get(frame['session'])
            if part is not None:
                part.end(f'{frame["result"]}-elsewhere')
        elif frame['type'] == 'session':
            self.take_envelope(frame, frame['envelope'])

    def take_envelope(self, frame, envelope):
        guid, kind = envelope['session'], envelope['kind']
        self.device.note(f'session {guid}: is told {kind}')
        session = self.ledger.sessions.get(guid)
        if session is None:
            if kind == 'invite' and self.device is self.device.account.devices[0]:
                self.start(self.decline_service(frame['from'], guid))
            return
        part = self.parts.get(guid)
        if kind == 'invite':
            if part is None:
                part = self.parts[guid] = Part(self, session, frame['from'])
                part.arm(envelope['ttl'] + 1, 'timeout')
                self.plan(part)
        elif part is not None:
            self.step(part, session, kind, envelope)

    async def decline_service(self, who, guid):
        """A service invites: it has a clock and a ledger of its own."""
        await self.device.ask({'type': 'session-send', 'to': who, 'uid': new_guid(),
                               'envelope': {'kind': 'decline', 'session': guid}})

    def plan(self, part):
        choice = self.dice.choices(['accept', 'decline', 'ringing', None], [5, 2, 1, 2])[0]
        if choice is not None:
            self.start(part.answer(choice))

    def step(self, part, session, kind, envelope):
        if kind == 'context':
            session.heard.setdefault(self.device.label, []).append(envelope['data'])
        elif kind in ('decline', 'cancel', 'end'):
            part.end(envelope.get('reason', kind))
        elif kind == 'accept' and part.reason is None:
            self.start(part.on_accept())
        elif kind == 'connect' and part.reason is None:
            part.state = 'connected'
            if part.timer is not None:
                part.timer.cancel()
            self.start(part.say(self.dice.randint(0, 4)))
