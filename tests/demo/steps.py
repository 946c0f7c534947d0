# SPDX-License-Identifier: GPL-3.0-or-later
"""What both demos have in common."""
import hashlib
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))
from processes import Failure  # noqa: E402

TEXTS = ('Hello Bob, do you have "that" file?', 'Sure, wait… 🙂', 'First line\nsecond line, with \'quotes\' & <tags>')


class Steps:
    """Prints what was done, when, and how long it took."""

    def __init__(self):
        self.start = self.last = time.monotonic()

    def done(self, text):
        now = time.monotonic()
        print(f'{now - self.start:7.3f} s  {(now - self.last) * 1000:+6.0f} ms   {text}', flush=True)
        self.last = now

    @staticmethod
    def note(text):
        print(f'{"":23}{text}', flush=True)


def check(condition, text):
    if not condition:
        raise Failure(text)


def checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
