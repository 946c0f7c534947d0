# SPDX-License-Identifier: GPL-3.0-or-later
"""The template of the translations, made outside of the sources: `ninja beckon-pot` writes it into po/."""
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
# Those of the preset that po/meson.build names.
KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3', 'ngettext:1,2')


def listed():
    """The sources that have texts."""
    return [line for line in (SOURCE / 'po/POTFILES.in').read_text(encoding='utf-8').splitlines()
            if line and not line.startswith('#')]


def make_template(path):
    """Writes the template; a source that cannot be read, or not whole, is an error."""
    words = [f'--keyword={word}' for word in KEYWORDS]
    done = subprocess.run(['xgettext', '--from-code=UTF-8', '--add-comments', *words, '--directory', str(SOURCE),
                           '--output', str(path), *listed()], capture_output=True, encoding='utf-8', check=False)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f'xgettext: {done.stderr}')
