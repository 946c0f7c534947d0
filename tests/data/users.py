# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and a server whose programs are those of the prefix."""
import os
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'tools'), str(TESTS / 'e2e')]
import installed  # noqa: E402
import world as worlds  # noqa: E402

PREFIX = installed.PREFIX
SHARE = PREFIX / 'share'
ID = 'im.beckon.Beckon'


class InstalledUser(worlds.User):
    """A user whose bus finds what was installed, and nothing else."""

    def make_environment(self):
        return {**installed.environment(super().make_environment()), **self.world.display}

    def write_service_files(self):
        for path in (SHARE / 'dbus-1/services').glob('*.service'):
            if path.stem == ID and not self.world.display:
                continue  # messages would start a window
            (self.folder / 'services' / path.name).write_text(path.read_text(encoding='utf-8'), encoding='utf-8')


class InstalledWorld(worlds.World):
    display = {}  # what programs need to open windows

    def user(self, name, device='', service_options=()):
        user = InstalledUser(self, name, device, service_options)
        self.users.append(user)
        return user


def program(name):
    """What the world runs: programs of the prefix."""
    path = next((path for path in (PREFIX / 'bin' / name, PREFIX / 'libexec' / name) if path.is_file()), None)
    assert path is not None, f'{name} is not installed'
    return path


def run(*command, expected=0, **more):
    environment = installed.environment({**os.environ, **more})
    environment.pop('GSETTINGS_SCHEMA_DIR', None)
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True,
                                    encoding='utf-8', check=False)
    assert done.returncode == expected, f'{command} ended with {done.returncode}: {done.stderr}'
    return done.stdout


worlds.program = program
