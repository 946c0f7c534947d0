# SPDX-License-Identifier: GPL-3.0-or-later
"""Beckon as it is when it is installed: what the build of the tree makes, in the prefix of that build.

The paths of the prefix are compiled in, so programs would not run from anywhere else: ./dev has the prefix within the
build folder. Where the build is for another one, which belongs to somebody else, nothing is installed and the tests
that need it do not apply.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import texts

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
sys.path.append(str(SOURCE / 'tests/tools'))
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ.get('BECKON_BUILDDIR', SOURCE / '_build'))
OPTIONS = {option['name']: option['value'] for option in
           json.loads((BUILD / 'meson-info/intro-buildoptions.json').read_text(encoding='utf-8'))}
PREFIX = pathlib.Path(OPTIONS['prefix'])
PLACE = BUILD / 'tests/data'
USED = []  # keeps the lock


def run(*command):
    done = subprocess.run([str(word) for word in command], env={**os.environ, 'DESTDIR': ''}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8', check=False)
    if done.returncode != 0:
        raise AssertionError(f'{command[:2]} failed:\n{done.stdout}')


def lock(name, kind):
    """Returns the open file; the lock is held until that is closed, or this process ends."""
    file = open(PLACE / name, 'w', encoding='utf-8')
    fcntl.flock(file, kind)
    return file


def built():
    """Changes when anything does that is installed."""
    seen = hashlib.sha256()
    plan = json.loads((BUILD / 'meson-info/intro-installed.json').read_text(encoding='utf-8'))
    files = [path for path in plan if os.path.isabs(path)]  # the others are links among these
    for path in sorted([*files, *map(str, (SOURCE / 'po').iterdir())]):
        facts = pathlib.Path(path).stat()
        seen.update(f'{path} {plan.get(path)} {facts.st_mtime_ns} {facts.st_size}\n'.encode())
    return seen.hexdigest()


def install():
    """Returns the prefix, into which everything is installed as it is now. Several tests may use it at the same time:
    it stays as it is as long as one does."""
    if USED:
        return PREFIX
    if BUILD not in PREFIX.parents:
        raise tap.Skip(f'the build is for {PREFIX}: ./dev makes one that can be installed')
    with lock('building', fcntl.LOCK_EX):
        now, stamp = built(), PLACE / 'installed.stamp'
        if not stamp.is_file() or stamp.read_text(encoding='utf-8') != now:
            with lock('used', fcntl.LOCK_EX):
                stamp.unlink(missing_ok=True)
                install_anew()
                stamp.write_text(now, encoding='utf-8')
        USED.append(lock('used', fcntl.LOCK_SH))
    return PREFIX


def install_anew():
    shutil.rmtree(PREFIX, ignore_errors=True)
    run('meson', 'install', '-C', BUILD, '--no-rebuild', '--strip')
    install_pseudo_locale()


def install_pseudo_locale():
    """A translation that no package has: programs show it with LANGUAGE=en_XA."""
    texts.make_template(PLACE / 'beckon.pot')
    run(sys.executable, SOURCE / 'tests/tools/pseudo-locale', PLACE / 'beckon.pot',
        PREFIX / 'share/locale/en_XA/LC_MESSAGES/beckon.mo')


def environment(base):
    """The environment in which programs of the prefix are found, made of another one."""
    return {**base, 'PATH': f'{PREFIX}/bin:/usr/bin:/bin', 'LD_LIBRARY_PATH': str(PREFIX / 'lib'),
            'XDG_DATA_DIRS': f'{PREFIX}/share:/usr/share', 'PKG_CONFIG_PATH': str(PREFIX / 'lib/pkgconfig'),
            'GI_TYPELIB_PATH': str(PREFIX / 'lib/girepository-1.0'), 'GSETTINGS_BACKEND': 'memory'}
