# SPDX-License-Identifier: GPL-3.0-or-later
"""Beckon as a Flatpak, built from this tree into _build-flatpak and installed there: nothing of it is ever in the folders
of the person who runs the tests, and only the runtimes are taken from those."""
import fcntl
import hashlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'e2e'), str(HERE.parent / 'tools')]
import tap  # noqa: E402
from processes import Failure  # noqa: E402
from world import SOURCES  # noqa: E402

WORK = SOURCES / '_build-flatpak'
USER = WORK / 'user'
CONFIG = WORK / 'config'
EXPORTS = USER / 'exports/share'
APPLICATION = 'im.beckon.Beckon'
MANIFEST = SOURCES / f'flatpak/{APPLICATION}.Devel.json'
RUNTIMES = ('org.gnome.Platform//48', 'org.gnome.Sdk//48')
TOOLS = ('flatpak', 'flatpak-builder', 'xdg-dbus-proxy')
PARTS = ('data', 'flatpak', 'po', 'src', 'ui', 'meson.build', 'meson_options.txt')
HOME = pwd.getpwuid(os.getuid()).pw_dir  # of the person who runs the tests: these have another one
INSTALLATION = '[Installation "beckon-runtimes"]\nPath={}/.local/share/flatpak\nStorageType=harddisk\n'


def environment():
    """What flatpak is run with: nothing of what this machine sets for its own compilers."""
    kept = {name: os.environ[name] for name in ('http_proxy', 'https_proxy') if name in os.environ}
    return {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': HOME, 'LANG': 'C.UTF-8', 'FLATPAK_USER_DIR': str(USER),
            'FLATPAK_CONFIG_DIR': str(CONFIG), **kept}


def run(*command):
    """Runs a program that says something of use only when it fails."""
    done = subprocess.run([str(word) for word in command], env=environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8', check=False)
    if done.returncode != 0:
        raise Failure(f'{command[0]} ended with {done.returncode}:\n' + '\n'.join(done.stdout.splitlines()[-60:]))
    return done.stdout


def missing():
    """What has to be there for the tests and is not."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            return f'{tool} is not installed'
    for runtime in RUNTIMES:
        if subprocess.run(['flatpak', 'info', runtime], env=environment(), check=False, capture_output=True).returncode:
            return f'{runtime} is not installed, ./dev flatpak sees to it'
    return None


def prepare():
    """The folder in which all of it lives, with the runtimes in sight. Where they are missing the test is skipped, or
    fails if it was asked for."""
    folder = CONFIG / 'installations.d'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'runtimes.conf').write_text(INSTALLATION.format(HOME), encoding='utf-8')
    reason = missing()
    if reason and os.environ.get('BECKON_TEST_ALL'):
        raise Failure(reason)
    if reason:
        raise tap.Skip(reason)


def state_of(sources):
    """Changes when something that is built does."""
    state = hashlib.sha256()
    for part in PARTS:
        for path in sorted([sources / part, *(sources / part).rglob('*')]):
            if path.is_file():
                status = path.stat()
                state.update(f'{path}:{status.st_size}:{status.st_mtime_ns}\n'.encode())
    return state.hexdigest()


def build(manifest, stamp=None):
    """Builds and installs, unless what the stamp says has been before."""
    with open(WORK / 'lock', 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = WORK / f'{manifest.stem}.stamp'
        if stamp is None or not path.is_file() or path.read_text(encoding='utf-8') != stamp:
            path.unlink(missing_ok=True)
            run(SOURCES / 'flatpak/build', manifest, WORK)
            path.write_text(stamp or '', encoding='utf-8')


def install():
    """Beckon as it is in this tree is there when this returns."""
    prepare()
    build(MANIFEST, state_of(SOURCES))
