#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen of tests/screens with longer words, in a narrow window or in the ways that are named: nothing is cut off
at the side of a window, nothing is left in the language of the sources, and everything tells whoever does not see what it
is. The pictures are for people to look at: they are in tests/e2e/look of the build."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'screens'))
import neighbourhood  # noqa: E402

neighbourhood.enter_own_mounts()
import album  # noqa: E402
import named  # noqa: E402
import tap  # noqa: E402
import walk  # noqa: E402
import words  # noqa: E402
from world import BUILD  # noqa: E402

PICTURES = BUILD / 'tests/e2e/look'


class Looks:
    """The tests share a world: nothing of it is changed for the next."""

    def __init__(self):
        self.world = None

    def test(self, name):
        def run():
            self.world = self.world or album.Album('en_XA').__enter__()
            folder = PICTURES / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                self.world.walk(album.WAYS[name], lambda walking, what, frame: look(walking, what, frame, folder))
            except BaseException as error:
                self.close(error)
                raise

        run.__name__ = 'test_' + name.replace('-', '_')
        return run

    def close(self, error=None):
        world, self.world = self.world, None
        if world is not None:
            world.__exit__(type(error) if error else None, error, None)

    def test_nothing_else_went_wrong(self):
        self.close()


def look(walking, what, frame, folder):
    walk.shoot(walking.desk, folder / f'{what}.png', frame)
    walk.check_fits(walking.desk, frame, what)
    words.check(frame, what)
    if what not in words.LIBRARIES:
        named.check_named(walking.desk, frame, what)


if __name__ == '__main__':
    looks = Looks()
    tap.run([*map(looks.test, sys.argv[1:] or ['long-narrow']), looks.test_nothing_else_went_wrong])
