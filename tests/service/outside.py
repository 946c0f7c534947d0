# SPDX-License-Identifier: GPL-3.0-or-later
"""A service in a sandbox, put together as Flatpak does it, and beckon-peer-host outside."""
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess

import tap
from bed import BUILD, SOURCE, Bus, wait
from proxy import proxy

APPLICATION = 'im.beckon.Beckon'
HOST = 'im.beckon.Beckon.Peer.Host'
HOST_ROOT = '/im/beckon/Beckon/Peer/Host'
PROGRAM = BUILD / 'src' / 'host' / 'beckon-peer-host'
PEER = SOURCE / 'tests' / 'programs' / 'peer'
TRY = ['bwrap', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true']


class Inside(subprocess.Popen):
    """A process of which bwrap is only the shell: signals are for what is inside."""

    inner = None

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.inner, number)


class Outside(Bus):
    """The folder `outside` and the processes are not to be seen from inside; the bus through a filter alone."""

    launched = b'BECKON_SESSION='  # also in those that do not know Beckon

    def __init__(self, *args, **named):
        if shutil.which('bwrap') is None or subprocess.run(TRY, capture_output=True, check=False).returncode != 0:
            raise tap.Skip('no sandbox can be made here')
        super().__init__(*args, **named)
        self.outside = self.dir / 'outside'
        self.shared = self.dir / 'run' / 'app' / APPLICATION
        self.info = self.dir / 'flatpak-info'
        for folder in (self.outside, self.shared):
            folder.mkdir(parents=True, mode=0o700)
        self.info.write_text(f'[Application]\nname={APPLICATION}\n')
        self.inside = proxy(self, 'filtered', f'--own={APPLICATION}.*')

    def mounts(self):
        for entry in sorted(pathlib.Path('/').iterdir()):
            if entry.is_symlink():
                yield from ('--symlink', os.readlink(entry), str(entry))
            elif entry.is_dir() and entry.name not in ('proc', 'dev'):
                yield from ('--bind', str(entry), str(entry))
        yield from ('--proc', '/proc', '--dev', '/dev', '--tmpfs', str(self.outside), '--tmpfs', str(self.dir / 'run'),
                    '--bind', str(self.shared), str(self.shared), '--ro-bind', str(self.info), '/.flatpak-info')

    def spawn(self, command, environment, log):
        reader, writer = os.pipe()
        words = ['bwrap', '--die-with-parent', '--unshare-pid', '--as-pid-1', '--info-fd', str(writer), *self.mounts()]
        process = Inside([*words, '--', *command], env={**environment, 'DBUS_SESSION_BUS_ADDRESS': self.inside},
                         stdout=log, stderr=log, pass_fds=[writer])
        os.close(writer)
        with open(reader, encoding='utf-8') as info:
            process.inner = json.load(info)['child-pid']
        return process

    def install_host(self, program=PROGRAM, **environment):
        """What the package installs, with the program of the build."""
        script = self.outside / 'run-host'
        folders = {'XDG_DATA_HOME': self.outside / 'data', 'XDG_DATA_DIRS': self.outside / 'share',
                   'XDG_STATE_HOME': self.outside / 'state', **environment}
        command = shlex.join(['env', *(f'{key}={value}' for key, value in folders.items()), str(program)])
        script.write_text(f'#!/bin/sh\nexec {command} 2>>"{self.outside}/log"\n')
        script.chmod(0o755)
        installed = (BUILD / 'data' / f'{HOST}.service').read_text()
        lines = [f'Exec={script}' if line.startswith('Exec=') else line for line in installed.splitlines()
                 if not line.startswith('SystemdService=')]
        assert f'Name={HOST}' in lines
        (self.services / 'new').write_text('\n'.join(lines) + '\n')
        (self.services / 'new').rename(self.services / f'{HOST}.service')
        self.client(name=False).bus('ReloadConfig', '()')

    def remove_host(self):
        (self.services / f'{HOST}.service').unlink()
        self.client(name=False).bus('ReloadConfig', '()')

    def host_pid(self):
        return self.client(name=False).bus('GetConnectionUnixProcessID', '(s)', HOST)

    def kill_host(self):
        """Returns once the bus knows it."""
        client = self.client(name=False)
        owner = client.bus('GetNameOwner', '(s)', HOST)
        os.kill(self.host_pid(), signal.SIGKILL)
        client.wait_for_name(owner, there=False)

    def register_outside(self, guid, *argv, user=True, **keys):
        self.register(guid, *argv, folder=self.outside / ('data' if user else 'share'), **keys)

    def register_hosting(self, guid, host, join, transport, **keys):
        folder = self.outside / 'data' / 'beckon' / 'peers'
        folder.mkdir(parents=True, exist_ok=True)
        lines = ['[Beckon Peer]', f'GUID={guid}', 'Name=Unmodified', f'HostExec="{PEER}" host {host}',
                 f'JoinExec="{PEER}" join {join}', f'Transport={transport}', *(f'{key}={keys[key]}' for key in keys)]
        (folder / 'new').write_text('\n'.join(lines) + '\n')
        (folder / 'new').rename(folder / f'{guid}.peer')

    def log_of(self, ui, path):
        log = ui.get('Session1', 'Log', path)
        return pathlib.Path(log).read_text(errors='replace') if log else ''

    def wait_said(self, ui, path, words):
        """Until the program of a session has said it."""
        wait(lambda: words in self.log_of(ui, path) or ui.ping(), f'“{words}”')
