# SPDX-License-Identifier: GPL-3.0-or-later
"""beckonctl and beckon-pipe on a private bus, with the real service and the network in memory."""
import json
import os
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'tools'), str(TESTS / 'service')]
import tap  # noqa: E402, F401
from bed import BUILD, ECHO, SLOWNESS, Bus  # noqa: E402, F401

CTL = BUILD / 'src/ctl/beckonctl'
PIPE = BUILD / 'src/peers/pipe/beckon-pipe'
PIPE_GUID = '{6E5C7A52-7D0B-4C39-9B6F-0B2C5E8D4A11}'
LIMIT = 20 * SLOWNESS


class Desk:
    """Somebody at a terminal of that bus."""

    def __init__(self, bus):
        self.bus = bus

    def run(self, *arguments, text='', program=CTL, **environment):
        return subprocess.run([program, *map(str, arguments)], input=text.encode(), capture_output=True, check=False,
                              env={**self.bus.environment, **environment}, timeout=LIMIT + 10)

    def start(self, *arguments, program=CTL, **options):
        process = subprocess.Popen([program, *map(str, arguments)], env=self.bus.environment, **options)
        return process

    def json(self, *arguments, text=''):
        done = self.run('--json', *arguments, text=text)
        assert done.returncode == 0, (arguments, done)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def one(self, *arguments, text=''):
        values = self.json(*arguments, text=text)
        assert len(values) == 1, values
        return values[0]

    def fails(self, status, words, *arguments, text='', **environment):
        done = self.run(*arguments, text=text, **environment)
        assert done.returncode == status, (arguments, done)
        assert words in done.stderr.decode(), (words, done.stderr.decode())
        return done

    def add_account(self):
        return self.one('account', 'add', 'alice@localhost', '--password-stdin', text='secret\n')


def desk(bus):
    bus.start()
    desk_ = Desk(bus)
    desk_.add_account()
    return desk_


def environment_without_bus():
    return {'DBUS_SESSION_BUS_ADDRESS': f'unix:path={os.devnull}/none'}
