# SPDX-License-Identifier: GPL-3.0-or-later
"""A display with nothing on it, for tools and programs of the desktop that want one."""
import contextlib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))
from processes import Lines, die_with_parent  # noqa: E402


@contextlib.contextmanager
def screen():
    """Runs a display; gives the environment in which it is found."""
    # Without -noreset it starts anew whenever its last client goes, and loses the one that comes in that moment.
    with subprocess.Popen(['Xvfb', '-displayfd', '1', '-screen', '0', '640x480x24', '-nolisten', 'tcp', '-noreset'],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent) as server:
        try:
            number = Lines(server.stdout, 'Xvfb').next()
            assert number is not None, 'Xvfb did not start'
            yield {'DISPLAY': f':{number}', 'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'none'}
        finally:
            server.terminate()
