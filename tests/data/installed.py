# SPDX-License-Identifier: GPL-3.0-or-later
"""Beckon as it is when it is installed: a build of its own below the build folder, with a prefix beside it.

The first call takes about as long as the build of the programs; later ones build what has changed. The paths of a
prefix are compiled in, so an installation of the other build under DESTDIR would not run from there.
"""
import fcntl
import hashlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

import texts

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
PLACE = BUILD / 'tests/data/installed'
TREE = PLACE / 'tree'
PREFIX = PLACE / 'prefix'
USED = []  # keeps the lock
OPTIONS = ('-Dlibdir=lib', '-Dtests=false', '-Doptimization=0', '-Ddebug=false')


def run(*command):
    """The build is the person's own, as that of the tree: a compiler cache is in their home, which tests do not see."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(('XDG_', 'MALLOC_', 'G_')) and name != 'DESTDIR'}
    environment['HOME'] = pwd.getpwuid(os.getuid()).pw_dir
    done = subprocess.run([str(word) for word in command], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8', check=False)
    if done.returncode != 0:
        raise AssertionError(f'{command[:2]} failed:\n{done.stdout}')


def lock(name, kind):
    """Returns the open file; the lock is held until that is closed, or this process ends."""
    file = open(PLACE / name, 'w', encoding='utf-8')
    fcntl.flock(file, kind)
    return file


def sources():
    """Changes when anything does that may be installed."""
    seen = hashlib.sha256()
    for folder in ('data', 'examples', 'po', 'src', 'ui'):
        for path in sorted((SOURCE / folder).rglob('*')):
            facts = path.stat()
            seen.update(f'{path} {facts.st_mtime_ns} {facts.st_size}\n'.encode())
    return seen.hexdigest() + (SOURCE / 'meson.build').read_text(encoding='utf-8')


def install():
    """Returns the prefix, into which everything is installed as it is now. Several tests may use it at the same time:
    it stays as it is as long as one does."""
    if USED:
        return PREFIX
    PLACE.mkdir(parents=True, exist_ok=True)
    with lock('building', fcntl.LOCK_EX):
        now, stamp = sources(), PLACE / 'installed'
        if not stamp.is_file() or stamp.read_text(encoding='utf-8') != now:
            with lock('used', fcntl.LOCK_EX):
                stamp.unlink(missing_ok=True)
                build_and_install()
                stamp.write_text(now, encoding='utf-8')
        USED.append(lock('used', fcntl.LOCK_SH))
    return PREFIX


def build_and_install():
    if not (TREE / 'build.ninja').is_file():
        shutil.rmtree(TREE, ignore_errors=True)
        run('meson', 'setup', f'--prefix={PREFIX}', *OPTIONS, TREE, SOURCE)
    run('ninja', '-C', TREE)
    shutil.rmtree(PREFIX, ignore_errors=True)
    run('meson', 'install', '-C', TREE, '--no-rebuild')
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
