#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian package of beckon-peer-host: built from a copy of the sources, looked at, and run."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
RECIPE = SOURCE / 'packaging' / 'beckon-peer-host'
VERSION = re.search(r"^  version: '([^']+)'", (SOURCE / 'meson.build').read_text(encoding='utf-8'), re.MULTILINE)[1]
PROGRAM = 'usr/libexec/beckon-peer-host'
FILES = {
    'usr/lib/systemd/user/beckon-peer-host.service', PROGRAM,
    'usr/share/dbus-1/interfaces/im.beckon.PeerHost1.xml',
    'usr/share/dbus-1/services/im.beckon.Beckon.Peer.Host.service',
    'usr/share/doc/beckon-peer-host/changelog.gz', 'usr/share/doc/beckon-peer-host/copyright',
    'usr/share/man/man8/beckon-peer-host.8.gz',
}


def run(*command, **named):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **named)
    assert done.returncode == 0, f'{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}'
    return done.stdout


def need(program):
    if shutil.which(program) is None:
        assert not os.environ.get('BECKON_TEST_ALL'), f'{program} is not installed'
        raise tap.Skip(f'{program} is not installed')


def build(folder):
    """The package; as a builder has it: nothing of this build is there."""
    copy = folder / 'beckon'
    shutil.copytree(SOURCE, copy, symlinks=True, ignore=shutil.ignore_patterns('_build*', '.git', '.flatpak*', 'debian'))
    shutil.copytree(RECIPE, copy / 'debian')
    environment = {key: value for key, value in os.environ.items() if not key.startswith(('G_', 'MALLOC', 'XDG_'))}
    run('dpkg-buildpackage', '-b', '--no-sign', cwd=copy, env=environment)
    (package,) = folder.glob('beckon-peer-host_*.deb')
    return package


def check_contents(package, inside):
    words = [line.split() for line in run('dpkg-deb', '-c', package).splitlines()]
    files = {word[5].removeprefix('./'): word[0] for word in words if word[0].startswith('-')}
    assert set(files) == FILES, set(files) ^ FILES
    assert {name for name, mode in files.items() if 'x' in mode} == {PROGRAM}
    control = run('dpkg-deb', '-f', package)
    assert f'Version: {VERSION}\n' in control, control
    depends = re.search(r'^Depends: (.*)$', control, re.MULTILINE)[1]
    names = {re.split(r'[ (]', word)[0] for word in re.split(r', | \| ', depends)}
    assert names == {'default-dbus-session-bus', 'dbus-session-bus', 'libc6', 'libglib2.0-0'} or \
        names == {'default-dbus-session-bus', 'dbus-session-bus', 'libc6', 'libglib2.0-0t64'}, depends
    assert int(re.search(r'^Installed-Size: (\d+)$', control, re.MULTILINE)[1]) < 400, control
    run('dpkg-deb', '-x', package, inside)
    for name, key in (('usr/share/dbus-1/services/im.beckon.Beckon.Peer.Host.service', 'Exec'),
                      ('usr/lib/systemd/user/beckon-peer-host.service', 'ExecStart')):
        assert f'\n{key}=/{PROGRAM}\n' in (inside / name).read_text(), name
    assert run(inside / PROGRAM, '--version') == f'beckon-peer-host {VERSION}\n'


def test_package():
    for program in ('dpkg-buildpackage', 'dh', 'dpkg-deb'):
        need(program)
    with tempfile.TemporaryDirectory(prefix='beckon-') as name:
        folder = pathlib.Path(name)
        package = build(folder)
        check_contents(package, folder / 'inside')
        if shutil.which('lintian') is not None:
            (changes,) = folder.glob('*.changes')
            complaints = run('lintian', '--allow-root', '--fail-on', 'error,warning', changes)
            assert not re.findall(r'^[EW]: ', complaints, re.MULTILINE), complaints


def test_recipe_is_of_this_version():
    assert (RECIPE / 'changelog').read_text(encoding='utf-8').startswith(f'beckon-peer-host ({VERSION}) ')


tap.run([test_recipe_is_of_this_version, test_package])
