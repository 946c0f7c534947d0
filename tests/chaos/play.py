# SPDX-License-Identifier: GPL-3.0-or-later
"""A server, the people on it, and what goes wrong, for some seconds; then it is quiet, and everything is compared."""
import asyncio
import random
import signal
import time
import zlib

import audit
from ledger import Broken, Ledger, Stuck
from people import Account, Person
from proxy import Proxy
from server import Server
from trouble import Trouble

QUIET_LIMIT = 90.0
SETUP_LIMIT = 120.0


class World:
    def __init__(self, folder, seed, options, program):
        self.folder = folder
        self.seed = seed
        self.dice = random.Random(f'people {seed}')
        self.trouble_dice = random.Random(f'trouble {seed}')
        self.ledger = Ledger()
        self.server = Server(folder, self.ledger, zlib.crc32(seed.encode()), program)
        self.proxy = Proxy(self.server.port)
        self.accounts = [Account(number) for number in range(options.accounts)]
        self.devices = options.devices
        self.most_devices = options.devices + 2
        self.n_services = options.services
        self.lying_disk = options.lying_disk
        self.planted = options.plant  # with a slow disk it is a common thing that one falls between
        self.services = []
        # Seconds between two messages of a device, on the average.
        self.pace = 0.15 * options.accounts * options.devices / 24
        self.people = []
        self.running = set()
        self.ending = False  # no new sessions
        self.over = False  # nothing new at all
        self.trouble = None
        self.chats = {}  # service → what it has of its conversations

    # ---- tasks

    def check_task(self, task):
        """What fails here is the harness."""
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, Broken):
            self.ledger.break_promise(str(failure), kind=type(failure))
        elif failure is not None:
            self.ledger.break_promise(f'the harness itself failed: {failure!r}', kind=Stuck)
            task.print_stack()

    def start(self, work):
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        task.add_done_callback(self.check_task)
        return task

    # ---- people

    def add_person(self, account):
        person = Person(self, account, len(account.devices))
        account.devices.append(person.device)
        self.people.append(person)
        return person

    def start_person(self, person):
        person.line = asyncio.create_task(person.device.run())
        person.line.add_done_callback(self.check_task)
        person.work = [self.start(task) for task in person.tasks()] if self.trouble else []

    async def befriend(self, account, other):
        keeper, other_keeper = account.devices[0], other.devices[0]
        await keeper.ask({'type': 'contact-add', 'who': other.address})
        await other_keeper.ask({'type': 'contact-approve', 'who': account.address})
        account.friends.append(other)
        other.friends.append(account)

    async def set_up(self):
        for account in self.accounts:
            await self.server.add_account(account.address, account.password)
        await self.server.start()
        await self.proxy.start()
        for account in self.accounts:
            for _device in range(self.devices):
                self.start_person(self.add_person(account))
        n = len(self.accounts)
        await asyncio.gather(*(person.device.online.wait() for person in self.people))
        for i, account in enumerate(self.accounts):
            for step in (1, 2):
                await self.befriend(account, self.accounts[(i + step) % n])
            account.acquaintance = self.accounts[(i + 3) % n]
        if self.n_services > 0:
            from service import ServicePerson  # needs GLib's bindings
            self.services = [ServicePerson(self, account, self.folder) for account in self.accounts[:self.n_services]]
            await asyncio.gather(*(service.set_up() for service in self.services))

    async def run(self, seconds):
        try:
            await self.live(seconds)
        finally:
            await self.server.end(signal.SIGKILL)
            if self.services:
                await asyncio.to_thread(self.services[0].close)

    async def live(self, seconds):
        async with asyncio.timeout(SETUP_LIMIT):
            await self.set_up()
        self.ledger.note('the people begin')
        self.server.control.set(lying=self.lying_disk, sync_us=20000 if self.planted else 0)
        self.trouble = Trouble(self)
        for person in self.people:
            person.work = [self.start(task) for task in person.tasks()]
        for service in self.services:
            for task in service.tasks():
                self.start(task)
        troubling = self.start(self.trouble.run())
        await self.watch(max(0, seconds - 4))
        self.ending = True
        await self.watch(min(seconds, 4))
        self.over = True
        if not self.ledger.broken:
            await self.settle(troubling)
        if self.ledger.broken:
            raise self.ledger.broken
        audit.check(self)

    async def watch(self, seconds):
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and self.ledger.broken is None:
            await asyncio.sleep(0.05)

    # ---- the end

    def busy(self):
        """What is still to be waited for."""
        left = [task for task in self.running if not task.done()]
        books = [task for person in self.people for task in person.book.tasks]
        open_parts = [f'{label}: {session.guid}' for session in self.ledger.sessions.values()
                      for label, reason in session.ends.items() if reason is None]
        return [*left, *books, *open_parts]

    async def settle(self, troubling):
        """All is well again: what was asked is answered, what was begun ends, and every device catches up."""
        await troubling
        self.trouble.calm()
        self.ledger.note('all is well again')
        try:
            async with asyncio.timeout(QUIET_LIMIT):
                while self.busy() and self.ledger.broken is None:
                    await asyncio.sleep(0.05)
                await asyncio.gather(*(service.settle() for service in self.services))
                await self.come_back()  # now nobody has anything more to send
                chats = await asyncio.gather(*(service.settle() for service in self.services))
                self.chats = dict(zip(self.services, chats))
        except TimeoutError as error:
            raise Stuck(f'It does not come to rest: {self.busy()[:5]}', times=[time.monotonic()]) from error
        await self.server.end(self.dice.choice([signal.SIGKILL, signal.SIGTERM]))
        for person in self.people:
            person.device.stays = False
            person.line.cancel()
        self.proxy.listener.close()

    async def come_back(self):
        """Each device signs in once more, and hears that it has everything."""
        for person in self.people:
            person.device.caught_up = 0
            person.device.let_go()
        while any(person.device.caught_up == 0 or not person.device.online.is_set() for person in self.people):
            if self.ledger.broken is not None:
                return
            await asyncio.sleep(0.05)
