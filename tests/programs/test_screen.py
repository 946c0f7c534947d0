#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen of one side is seen on the other one's, to the pixel, and cannot be touched from there."""
import os
import random

import Xlib.display

import programs
from programs import Screen, World, command_line, expect_end, friends, run_both, shipped, tap, until

SIZE = (320, 240)


def draw(screen, seed):
    """Rectangles on the background, other ones for each seed."""
    display = Xlib.display.Display(screen.name)
    root = display.screen().root
    numbers = random.Random(seed)
    for _ in range(40):
        gc = root.create_gc(foreground=numbers.randrange(1 << 24))
        root.fill_rectangle(gc, numbers.randrange(SIZE[0]), numbers.randrange(SIZE[1]), numbers.randrange(5, 90),
                            numbers.randrange(5, 90))
    display.sync()
    display.close()


def holds(screen, wanted):
    """Whether the whole picture is somewhere on the screen, in one piece."""
    (width, _), pixels = screen.picture()
    (small_width, small_height), small = wanted
    rows = [small[row * small_width * 3:(row + 1) * small_width * 3] for row in range(small_height)]
    start = pixels.find(rows[0])
    while start >= 0:
        if all(pixels[start + row * width * 3:start + (row * width + small_width) * 3] == rows[row]
               for row in range(small_height)):
            return True
        start = pixels.find(rows[0], start + 1)
    return False


def test_screen():
    guid = shipped('Show My Screen', 'x11vnc', 'xtigervncviewer', 'Xvfb', 'import')['GUID']
    with World() as world:
        own, other = Screen(world, f'{SIZE[0]}x{SIZE[1]}x24'), Screen(world)
        alice, bob = friends(world, 'alice', 'bob', alice={'DISPLAY': own.name}, bob={'DISPLAY': other.name})
        draw(own, 1)
        session = run_both(alice, bob, guid)
        first = own.picture()
        until(lambda: holds(other, first), 'the picture is on the other screen', 60)
        draw(own, 2)
        second = own.picture()
        assert second != first
        until(lambda: holds(other, second), 'the new picture is on the other screen', 60)
        assert alice.session(session)['host'] == alice.address
        viewer = programs.processes(bob, 'xtigervncviewer')
        assert len(viewer) == 1 and '-ViewOnly' in command_line(viewer[0])
        # The one who looks closes the window.
        os.kill(viewer[0], 15)
        until(lambda: bob.session(session)['state'] == 'terminated', 'it is over')
        until(lambda: not programs.processes(alice, 'x11vnc'), 'nobody shows the screen any more')
        for user in (alice, bob):
            assert user.session(session)['result'] in ('ended', 'application-failed'), user.session(session)


if __name__ == '__main__':
    tap.run([test_screen])
