# SPDX-License-Identifier: GPL-3.0-or-later
"""When windows come and when there is something to see in them, the same for all programs and toolkits: told by the
screen, not by the program."""
import select
import time

from Xlib import X, display, error
from Xlib.ext import damage

from processes import LIMIT, Failure

QUIET = 0.5  # seconds without a change: the picture is whole
LARGE = 200  # pixels; smaller windows are no windows for people
ROWS = 16  # one of so many rows of a picture is looked at
COLOURS = 3  # a background and something on it, drawn smoothly


class Pictures:
    """Hears of every window of a size for people that comes, and of every change of what is in it."""

    def __init__(self, name):
        self.display = display.Display(name)
        self.display.set_error_handler(lambda *_: None)  # windows go while they are looked at
        if not self.display.has_extension('DAMAGE'):
            raise Failure('The screen does not tell of changes')
        self.display.damage_query_version()
        self.display.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self.display.sync()
        self.forget()

    def forget(self):
        """What has come so far does not count."""
        while self.display.pending_events():
            self.display.next_event()
        self.new = {}  # number → window
        self.first = {}  # number of a new window → when there was something to see in it
        self.last = 0.0

    def handle(self, event):
        now = time.monotonic()
        if event.type == X.CreateNotify and not event.override:
            self.new[event.window.id] = event.window
            event.window.damage_create(damage.DamageReportRawRectangles)
            self.display.flush()
        elif event.type == self.display.extension_event.DamageNotify:
            window = self.new.get(event.drawable.id)
            if window is not None and window.id not in self.first and is_painted(window):
                self.first[window.id] = now
            if self.first:
                self.last = now

    def wait(self, timeout):
        """Handles what comes within the time; returns whether something did."""
        if not self.display.pending_events() and not select.select([self.display.fileno()], [], [], timeout)[0]:
            return False
        while self.display.pending_events():
            self.handle(self.display.next_event())
        return True

    def wait_first(self, number=1):
        """Waits until there are pictures in so many windows; returns when the last of them came."""
        deadline = time.monotonic() + LIMIT
        while len(self.first) < number:
            if not self.wait(max(0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                raise Failure(f'{len(self.first)} of {number} windows have come')
        return max(self.first.values())

    def wait_quiet(self):
        """Waits until nothing changes any more; returns when it last did."""
        while self.wait(QUIET):
            pass
        return self.last


def is_painted(window):
    """More is to be seen than the one colour with which the screen fills a window that has just come."""
    try:
        size = window.get_geometry()
        if size.width < LARGE or size.height < LARGE:
            return False
        colours = set()
        for y in range(ROWS // 2, size.height, ROWS):
            row = window.get_image(0, y, size.width, 1, X.ZPixmap, 0xffffffff)
            colours.update(memoryview(row.data[:4 * size.width]).cast('I'))
            if len(colours) >= COLOURS:
                return True
    except (error.BadMatch, error.BadWindow, error.BadDrawable):  # not on the screen yet, or not any more
        pass
    return False
