# SPDX-License-Identifier: GPL-3.0-or-later
"""What the people do to whom the devices belong."""
import asyncio

from device import Device, new_guid
from sessions import Book

LARGE = 12000  # bytes


class Account:
    def __init__(self, number):
        self.name = f'user{number}'
        self.address = f'{self.name}@localhost'
        self.password = f'secret of {self.name}'
        self.devices = []
        self.friends = []  # whose contact it stays: messages and invitations
        self.acquaintance = None  # added, blocked and removed again and again, by this side alone
        self.aliases = {}  # address → the last alias that the server took
        self.groups = {}  # guid → [name, set of addresses], as the server took them
        self.relation = None  # what was last done to the acquaintance: 'add', 'block', 'unblock', 'remove'


class Person:
    """At one device."""

    def __init__(self, world, account, number):
        self.world = world
        self.ledger = world.ledger
        self.dice = world.dice
        self.account = account
        self.device = Device(world, account, number)
        self.book = Book(world, self.device)
        self.device.on_fact = self.on_fact
        self.keeps = number == 0  # this one alone changes contacts: so there is a last change
        self.count = 0
        self.flooded = None
        self.flood = 0  # how many large messages are still to go there

    def on_fact(self, frame):
        self.book.take(frame)
        if frame['type'] == 'contact' and frame['relation'] == 'asking' and self.keeps:
            self.book.start(self.device.ask({'type': 'contact-approve', 'who': frame['who']}))

    def tasks(self):
        return [self.chat(), self.invite(), *([self.keep_contacts(), self.keep_notes()] if self.keeps else [])]

    def pause(self):
        return asyncio.sleep(self.dice.expovariate(1) * self.world.pace)

    async def chat(self):
        """One message after the other; each waits for the word of the server, so their order is known."""
        while not self.world.over:
            if self.flood == 0:
                await self.pause()
            self.count += 1
            friend = self.flooded if self.flood > 0 else self.dice.choice(self.account.friends)
            padding = ' ' + 'x' * LARGE if self.flood > 0 else ''
            await self.device.send(friend, f'{self.device.label}>{friend.name}#{self.count:06}', padding)
            self.flood = max(0, self.flood - 1)

    def start_flood(self, friend, count):
        """So much at once that a device that reads slowly falls behind."""
        self.flooded, self.flood = friend, count

    async def invite(self):
        while not self.world.over:
            await asyncio.sleep(self.dice.uniform(0.5, 4))
            if not self.world.ending:
                await self.book.invite(self.dice.choice(self.account.friends))

    # ---- contacts

    async def change(self, frame, *fine):
        """A change that must work. Where it was asked twice, the second time may say that it is so already."""
        reply, asked = await self.device.ask(frame)
        code = reply.get('code', 'ok')
        self.device.note(f'{frame["type"]} {frame.get("who", frame.get("group"))}: {code}')
        if code not in ('ok', *fine) and not (asked > 0 and code in ('not-found', 'already-in-list',
                                                                     'group-does-not-exist', 'user-not-found',
                                                                     'user-not-group-member')):
            self.ledger.break_promise(f'{self.device.label}: {frame["type"]} was answered {code}', self.device.label)

    async def keep_contacts(self):
        who = self.account.acquaintance.address
        while not self.world.over:
            for verb, frame, fine in (('add', {'type': 'contact-add'}, ()),
                                      ('block', {'type': 'contact-block', 'blocked': True}, ()),
                                      ('unblock', {'type': 'contact-block', 'blocked': False}, ()),
                                      ('remove', {'type': 'contact-remove'}, ('not-found',))):
                await self.pause()
                await self.pause()
                if self.world.over:
                    return
                self.account.relation = verb
                await self.change({**frame, 'who': who}, *fine)

    async def keep_notes(self):
        """Aliases and groups: the server must have the last ones it took."""
        groups, number = self.account.groups, 0
        while not self.world.over:
            await self.pause()
            friend, number = self.dice.choice(self.account.friends).address, number + 1
            alias = f'alias {number}'
            await self.change({'type': 'contact-set', 'who': friend, 'alias': alias, 'pinned': False, 'muted': False})
            self.account.aliases[friend] = alias
            await self.pause()
            if len(groups) < 3:
                guid = new_guid()
                await self.change({'type': 'group-create', 'group': guid, 'name': f'group {number}'})
                groups[guid] = [f'group {number}', set()]
                continue
            guid = self.dice.choice(sorted(groups))
            name, members = groups[guid]
            if friend not in members:
                await self.change({'type': 'group-contact', 'group': guid, 'who': friend, 'member': True})
                members.add(friend)
            elif len(members) > 1:
                await self.change({'type': 'group-contact', 'group': guid, 'who': friend, 'member': False})
                members.discard(friend)
            else:
                await self.change({'type': 'group-rename', 'group': guid, 'name': f'{name[:20]} {number}'})
                groups[guid][0] = f'{name[:20]} {number}'
