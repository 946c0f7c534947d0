# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox's view of a bus."""
import shutil

import tap


def proxy(bus, name, *rules):
    """A filtered door to the bus; returns its address once it is open."""
    if shutil.which('xdg-dbus-proxy') is None:
        raise tap.Skip('xdg-dbus-proxy is not installed')
    path = bus.dir / name
    process = bus.run(['sh', '-c', 'exec xdg-dbus-proxy --fd=1 "$@"', 'sh', bus.address, str(path), '--filter', *rules])
    assert process.stdout.read(1) == b'x'  # it is listening now
    return f'unix:path={path}'
