# SPDX-License-Identifier: GPL-3.0-or-later
"""A bus that can start programs below our name (activated.py), and what they wrote down."""
import os
import pathlib
import shlex
import signal

from bed import GUID, Bus, wait

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = 'im.beckon.Beckon.Peer.'


class Peers:
    """What is installed, and what the programs wrote down."""

    def __init__(self, bus):
        self.bus = bus

    def log_file(self, word):
        return self.bus.dir / f'{word}.log'

    def install(self, word, mode='good', guid=GUID):
        name = PREFIX + word
        self.install_command(name, ['/usr/bin/python3', str(HERE / 'activated.py'), name, guid, mode,
                                    str(self.log_file(word))])
        return name

    def install_command(self, name, command):
        script = self.bus.dir / f'run-{name.removeprefix(PREFIX)}'
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)}\n')
        script.chmod(0o755)
        file = self.bus.services / f'{name}.service'
        new = self.bus.services / f'{name}.new'
        new.write_text(f'[D-BUS Service]\nName={name}\nExec={script}\n')
        new.rename(file)

    def remove(self, word):
        (self.bus.services / f'{PREFIX}{word}.service').unlink()

    def log(self, word):
        file = self.log_file(word)
        return file.read_text().splitlines() if file.exists() else []

    def count(self, word, method):
        return sum(line.startswith(f'{method} ') for line in self.log(word))

    def kill(self, word):
        pid = int([line for line in self.log(word) if line.startswith('start ')][-1].split()[1])
        os.kill(pid, signal.SIGKILL)

    def stop_all(self):
        for file in self.bus.dir.glob('*.log'):
            for line in file.read_text(errors='replace').splitlines():
                if line.startswith('start ') and self.is_ours(int(line.split()[1])):
                    try:
                        os.kill(int(line.split()[1]), signal.SIGKILL)
                    except ProcessLookupError:
                        pass

    def is_ours(self, pid):
        """Its number may be another process's by now."""
        try:
            return str(self.bus.dir).encode() in pathlib.Path(f'/proc/{pid}/environ').read_bytes()
        except OSError:
            return False


class World(Bus):
    def __enter__(self):
        super().__enter__()
        self.peers = Peers(self)
        return self

    def __exit__(self, *error):
        self.peers.stop_all()
        return super().__exit__(*error)

    def ui(self):
        ui = self.client()
        ui.attach()
        return ui


def listed(client):
    return {a[0]: a for a in client.call('Registry1', 'ListApplications')}


def warnings(client):
    return client.get('Registry1', 'Warnings')


def wait_listed(client, guid=GUID):
    wait(lambda: guid in listed(client), f'{guid} in the registry')
