# SPDX-License-Identifier: GPL-3.0-or-later
"""A locale for programs that are to be translated.

The one for tests, C.UTF-8, is that of newer C libraries (Debian 13) for programs that are not, whatever LANGUAGE says.
This one is the same by another name.
"""
import pathlib

NAME = 'en.UTF-8'
PLACE = pathlib.Path('/usr/lib/locale')


def variables(folder):
    """What programs have in their environment to have the locale, which is put into a folder."""
    found = [path for path in PLACE.glob('C.*') if path.name.lower() in ('c.utf8', 'c.utf-8')]
    assert found, f'There is no C.UTF-8 in {PLACE}'
    link = pathlib.Path(folder) / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(found[0])
    except FileExistsError:
        pass  # of an earlier test
    return {'LC_ALL': NAME, 'LOCPATH': str(link.parent)}
