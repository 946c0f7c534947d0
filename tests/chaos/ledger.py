# SPDX-License-Identifier: GPL-3.0-or-later
"""What was promised to whom: every message, contact and session that a device began, and what it was told about it."""
import re
import time

NEAR = 2.0  # seconds of the time line that are shown around a fact
SHOWN = 120


class Broken(Exception):
    """A promise was not kept."""

    def __init__(self, fact, *keys, times=()):
        super().__init__(re.sub(' x{9,}', ' …', fact))
        self.keys = [key.split(' x')[0] for key in keys if key]
        self.times = list(times)


class Stuck(Broken):
    """The run itself went wrong. That says nothing of what was promised."""


class Message:
    """One that a device sends again and again, until it knows."""

    def __init__(self, guid, sender, to, text):
        self.guid = guid
        self.sender = sender  # label of the device
        self.account = sender.split('/')[0]
        self.to = to
        self.text = text
        self.begun = time.monotonic()
        self.acked = None  # when
        self.refused = None  # why


class Session:
    def __init__(self, guid, inviter, to):
        self.guid = guid
        self.inviter = inviter  # label of the device
        self.to = to
        self.begun = time.monotonic()
        self.acked = None
        self.ends = {}  # label of a device → reason; None: it is open there
        self.said = {}  # label → context data that the server took, in order
        self.heard = {}  # label → context data that came, in order
        self.between = []  # labels: inviter and, once it is answered, who answered


class Ledger:
    def __init__(self):
        self.start = time.monotonic()
        self.line = []  # (when, text)
        self.messages = {}  # guid → Message
        self.by_text = {}
        self.sessions = {}
        self.broken = None

    def note(self, text):
        self.line.append((time.monotonic(), text))

    def begin_message(self, guid, sender, to, text):
        message = self.messages[guid] = self.by_text[text] = Message(guid, sender, to, text)
        return message

    def begin_session(self, guid, inviter, to):
        session = self.sessions[guid] = Session(guid, inviter, to)
        session.ends[inviter] = None
        session.between.append(inviter)
        return session

    def break_promise(self, fact, *keys, times=(), kind=Broken):
        """For what is noticed in the middle: the first one ends the run."""
        self.note(f'BROKEN: {fact}')
        if self.broken is None:
            self.broken = kind(fact, *keys, times=times or [time.monotonic()])

    # ---- a failure, told

    def story(self, broken):
        """The time line around it, and all lines with one of its keys."""
        lines = []
        for when, text in self.line:
            near = any(abs(when - moment) < NEAR for moment in broken.times)
            if near and not text.startswith('  ') or any(key in text for key in broken.keys):
                lines.append(f'{when - self.start:9.3f} {text}')
        cut = lines if len(lines) <= SHOWN else [*lines[:SHOWN // 2], '…', *lines[-SHOWN // 2:]]
        return '\n'.join(cut)
