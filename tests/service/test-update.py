#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update while the service runs: it makes way for the new program as soon as nothing is open, and not before."""
import contextlib
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import BINARY, ECHO, GUID, SERVICE, SESSIONS, Bus, Failure, wait

CONNECTED = 4


class Installed:
    """A program of its own, which the bus can start."""

    def __init__(self, bus):
        self.bus = bus
        self.program = bus.dir / 'beckon-service'
        self.log = bus.dir / 'activated.log'
        self.log.touch()
        shutil.copy(BINARY, self.program)
        (bus.dir / 'start').write_text(f'#!/bin/sh\nexec "{self.program}" --backend=fake 2>>"{self.log}"\n')

    def update(self):
        """As packages do it: another file takes the place of the first."""
        new = self.program.with_suffix('.new')
        shutil.copy(BINARY, new)
        new.rename(self.program)

    def says(self, words):
        client = self.bus.client(name=False)
        wait(lambda: words in self.log.read_text() or client.ping(), f'the service says “{words}”')


def pid_of(client):
    return client.bus('GetConnectionUnixProcessID', '(s)', SERVICE)


def wait_for_next(client, before):
    """The next service has taken both names."""
    def is_there():
        with contextlib.suppress(Failure):  # nobody has it
            return pid_of(client) not in (before, None) and client.bus('NameHasOwner', '(s)', SESSIONS)

    wait(is_there, 'another service')
    assert pid_of(client) == client.bus('GetConnectionUnixProcessID', '(s)', SESSIONS)


def test_at_rest():
    with Bus(activatable=True) as bus:
        installed = Installed(bus)
        client = bus.client()
        client.account()
        before = pid_of(client)
        installed.update()
        wait_for_next(client, before)
        assert [account.split('/')[-1] for account in client.call('Messenger1', 'ListAccounts')], 'the account is lost'
        # What came in its place does the same.
        before = pid_of(client)
        installed.update()
        wait_for_next(client, before)


def test_while_it_starts():
    """The other file is there before anybody looks: what runs has lost its name."""
    with Bus(activatable=True) as bus:
        installed = Installed(bus)
        new = bus.dir / 'new'
        shutil.copy(BINARY, new)
        (bus.dir / 'start').write_text(f'#!/bin/sh\nexec 9<"{installed.program}"\n'
                                       f'[ ! -e "{new}" ] || mv "{new}" "{installed.program}"\n'
                                       f'exec /proc/self/fd/9 --backend=fake 2>>"{installed.log}"\n')
        client = bus.client()
        client.account()
        installed.says('starting anew')
        wait(lambda: client.call('Messenger1', 'ListAccounts'), 'the next service has the account')


def test_while_a_session_is_open():
    with Bus(activatable=True) as bus:
        installed = Installed(bus)
        bus.register(GUID, '/bin/sleep', '100')
        client = bus.client()
        client.attach()
        client.account()
        before = pid_of(client)
        path = client.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        client.wait_state(path, CONNECTED)
        installed.update()
        installed.says('it waits for the end of what is open')
        assert pid_of(client) == before
        client.call('Session1', 'Cancel', '(us)', 0, '', path=path)
        client.wait_signal('Termination', path)
        wait_for_next(client, before)


def test_one_that_is_gone():
    """A package that is removed takes the program away, and puts nothing in its place."""
    with Bus(activatable=True) as bus:
        installed = Installed(bus)
        client = bus.client()
        client.account()
        before = pid_of(client)
        installed.program.unlink()
        assert client.call('Messenger1', 'ListAccounts')
        installed.update()
        wait_for_next(client, before)


def test_started_by_hand():
    """Nobody would start it again: it stays."""
    with Bus() as bus:
        installed = Installed(bus)
        log = open(installed.log, 'wb')
        process = bus.run([str(installed.program), '--backend=fake'], stderr=log)
        client = bus.client()
        client.wait_for_name(SERVICE)
        installed.update()
        installed.says('the bus cannot start it')
        assert pid_of(client) == process.pid


if __name__ == '__main__':
    tap.run([
        test_at_rest,
        test_while_it_starts,
        test_while_a_session_is_open,
        test_one_that_is_gone,
        test_started_by_hand,
    ])
