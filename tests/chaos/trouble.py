# SPDX-License-Identifier: GPL-3.0-or-later
"""All that goes wrong, one thing after the other and several at once, as the seed says."""
import asyncio
import signal

from control import CERTAIN

KINDS = {'kill': 4, 'stop': 1, 'cut': 4, 'half_open': 4, 'stall': 3, 'delay': 2, 'full': 3, 'disk': 4, 'busy': 2,
         'corrupt': 2, 'slow_disk': 4, 'clock': 2, 'go_back': 3, 'new_device': 1,
         'flood': 2}
SERVICE_KINDS = {'service_kill': 3, 'service_disk': 3, 'service_clock': 1}
FIRST_PAUSE = 0.3


class Trouble:
    def __init__(self, world):
        self.world = world
        self.dice = world.trouble_dice
        self.server = world.server
        self.proxy = world.proxy
        self.ledger = world.ledger
        self.counts = {}
        self.ends = set()

    async def run(self):
        chances = KINDS | (SERVICE_KINDS if self.world.services else {})
        kinds, weights = list(chances), list(chances.values())
        while not self.world.over:
            await asyncio.sleep(self.dice.uniform(FIRST_PAUSE, 3 * FIRST_PAUSE))
            kind = self.dice.choices(kinds, weights)[0]
            self.counts[kind] = self.counts.get(kind, 0) + 1
            await getattr(self, kind)()

    # ---- the server

    async def kill(self):
        self.ledger.note('TROUBLE kill')
        await self.server.end(signal.SIGKILL)
        if self.dice.random() < 0.5:
            await asyncio.sleep(self.dice.uniform(0, 1))
        await self.server.start()

    async def stop(self):
        self.ledger.note('TROUBLE stop')
        await self.server.end(signal.SIGTERM)
        await self.server.start()

    # ---- the network

    async def cut(self):
        lines = self.proxy.choose(self.dice, self.dice.uniform(0, 0.5))
        self.ledger.note(f'TROUBLE cut {len(lines)}')
        for line in lines:
            line.abort()

    async def half_open(self):
        lines = self.proxy.choose(self.dice, self.dice.uniform(0, 0.4))
        up, down = self.dice.choice([(True, True), (True, False), (False, True)])
        seconds = self.dice.uniform(1, 8)
        self.ledger.note(f'TROUBLE half-open {len(lines)}: up {up}, down {down}, {seconds:.1f} s')
        for line in lines:
            line.half_open(up, down, seconds)

    async def stall(self):
        lines = self.proxy.choose(self.dice, self.dice.uniform(0, 0.5))
        seconds = self.dice.uniform(0.2, 5)
        self.ledger.note(f'TROUBLE stall {len(lines)} for {seconds:.1f} s')
        for line in lines:
            line.stand_still(seconds)

    async def delay(self):
        seconds = self.dice.choice([0, 0, 0.01, 0.05, 0.2])
        self.ledger.note(f'TROUBLE delay {seconds}')
        self.proxy.set_delay(seconds)

    # ---- the disk

    def for_a_while(self, seconds, **chances):
        """Goes on while other things happen."""
        self.ledger.note(f'TROUBLE disk {chances} for {seconds:.1f} s')
        self.server.control.set(**chances)
        end = asyncio.get_running_loop().call_later(
            seconds, lambda: self.server.control.set(**dict.fromkeys(chances, 0)))
        self.ends.add(end)

    async def full(self):
        self.for_a_while(self.dice.uniform(0.2, 2), full_write=self.dice.choice([CERTAIN, CERTAIN, CERTAIN // 20]))

    async def disk(self):
        chance = self.dice.choice([CERTAIN, CERTAIN // 3, CERTAIN // 30])
        kind = self.dice.choice(['failed_write', 'failed_sync', 'failed_read'])
        self.for_a_while(self.dice.uniform(0.2, 1.5), **{kind: chance})

    async def busy(self):
        self.for_a_while(self.dice.uniform(0.2, 1.5), busy_lock=self.dice.choice([CERTAIN, CERTAIN // 3]))

    async def corrupt(self):
        self.for_a_while(self.dice.uniform(0.2, 1), corrupt_step=self.dice.choice([CERTAIN, CERTAIN // 100]))

    async def slow_disk(self):
        self.for_a_while(self.dice.uniform(0.5, 3), sync_us=self.dice.choice([2000, 10000, 50000]))

    # ---- the rest

    async def clock(self):
        seconds = self.dice.choice([-1800, -5, 5, 60, 1800])
        self.ledger.note(f'TROUBLE clock {seconds:+} s')
        self.server.control.set(clock_us=self.server.control.get('clock_us') + seconds * 1000000)

    async def go_back(self):
        person = self.dice.choice(self.world.people)
        self.ledger.note(f'TROUBLE {person.device.label} goes back')
        person.device.go_back(self.dice)

    async def new_device(self):
        account = self.dice.choice(self.world.accounts)
        if len(account.devices) < self.world.most_devices:
            person = self.world.add_person(account)
            self.ledger.note(f'TROUBLE {person.device.label} is new')
            self.world.start_person(person)

    async def flood(self):
        """Somebody is written more than a connection that stands still takes."""
        person = self.dice.choice(self.world.people)
        friend = self.dice.choice(person.account.friends)
        device, seconds = self.dice.choice(friend.devices), self.dice.uniform(1, 3.5)
        self.ledger.note(f'TROUBLE {person.device.label} floods {friend.name}, {device.label} stands still for'
                         f' {seconds:.1f} s')
        person.start_flood(friend, 100)
        line = self.proxy.find(device.port)
        if line is not None:
            line.stand_still(seconds)

    # ---- services

    async def service_kill(self):
        service = self.dice.choice(self.world.services)
        self.ledger.note(f'TROUBLE kill {service.label}')
        self.world.start(service.kill())

    async def service_disk(self):
        self.dice.choice(self.world.services).break_disk(self.dice)

    async def service_clock(self):
        service, seconds = self.dice.choice(self.world.services), self.dice.choice([-1800, -5, 5, 60])
        self.ledger.note(f'TROUBLE clock of {service.label} {seconds:+} s')
        service.control.set(clock_us=service.control.get('clock_us') + seconds * 1000000)

    def calm(self):
        for end in self.ends:
            end.cancel()
        self.server.control.calm()
        self.proxy.heal()
