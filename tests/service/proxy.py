# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox's view of a bus."""
import pathlib
import shutil

import tap


def proxy(bus, name, *rules, around=()):
    """A filtered door to the bus; returns its address once it is open. @around: what the proxy itself runs in."""
    if shutil.which('xdg-dbus-proxy') is None:
        raise tap.Skip('xdg-dbus-proxy is not installed')
    path = bus.dir / name
    process = bus.run([*around, 'sh', '-c', 'exec xdg-dbus-proxy --fd=1 "$@"', 'sh', bus.address, str(path), '--filter',
                       *rules])
    assert process.stdout.read(1) == b'x'  # it is listening now
    return f'unix:path={path}'


def box(bus, *options):
    """The words that put a command into a sandbox as Flatpak marks them, with all files of this machine in it."""
    if shutil.which('bwrap') is None:
        raise tap.Skip('bubblewrap is not installed')
    info = bus.dir / 'flatpak-info'
    info.write_text('[Application]\nname=org.example.Boxed\n', encoding='utf-8')
    words = ['bwrap', '--die-with-parent', *options, '--tmpfs', '/']
    for entry in sorted(pathlib.Path('/').iterdir()):
        if entry.is_symlink():
            words += ['--symlink', str(entry.readlink()), str(entry)]
        elif entry.is_dir() and entry.name != 'proc':
            words += ['--dev-bind', str(entry), str(entry)]
    return [*words, '--proc', '/proc', '--ro-bind', str(info), '/.flatpak-info']
