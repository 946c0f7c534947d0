# SPDX-License-Identifier: GPL-3.0-or-later
"""The template of the translations, made outside of the sources: `ninja beckon-pot` writes it into po/."""
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])


def listed():
    """The sources that have texts."""
    return [line for line in (SOURCE / 'po/POTFILES.in').read_text(encoding='utf-8').splitlines()
            if line and not line.startswith('#')]


def make_template(path):
    """Writes the template; a source that cannot be read, or not whole, is an error."""
    options = re.findall(r"'(--[^']+)'", (SOURCE / 'po/meson.build').read_text(encoding='utf-8'))
    done = subprocess.run(['xgettext', *options, '--directory', str(SOURCE), '--output', str(path), *listed()],
                          capture_output=True, encoding='utf-8', check=False)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f'xgettext: {done.stderr}')
