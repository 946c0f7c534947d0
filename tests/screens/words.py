# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be read on screens in the pseudo-locale, and nobody has translated."""
import re

import life
from neighbourhood import DOMAIN
from processes import Failure

PLAIN = set('ACDEGIKLNORSTUYZacdegiklnorstuyz')  # what tests/tools/pseudo-locale leaves none of
SAID = {line[-1] for line in (*life.TALK, *life.LAST_WORDS)}
# What people are called, have said and have named is theirs; and what programs and files are called.
THEIRS = {*SAID, *life.NAMES.values(), *life.NAMES, *life.GROUPS, *life.APPLICATIONS, life.REQUEST, life.FILE, DOMAIN,
          *(comment for _guid, comment, _icon, _channel in life.APPLICATIONS.values()),
          *(message for _status, message in life.PRESENCE.values()), *life.SPOKEN}
# What is the same in every language, or comes from GTK and is translated there.
OTHERS = (
    r'https?://\S+', r'/\S+', r':\w+:', r'\S+@\S+', r'\{[-0-9A-F]+\}', r'[0-9a-f]{4,}',
    r'Beckon', r'Pipe', r'Whiteboard',
    r'(?:Ctrl|Shift|Alt|Super)\+\S+',
)
THEIRS_OR_OTHERS = re.compile('|'.join([*map(re.escape, sorted(THEIRS, key=len, reverse=True)), *OTHERS]))
GTK = {line.strip() for line in '''
Minimize
Maximize
Close
'''.splitlines() if line.strip()}


def untranslated(text):
    """Words of a text that have the letters they have in the sources."""
    if text.startswith(('Gtk', 'Adw')) or text in GTK:  # the one is the name of what has none
        return []
    words = re.findall(r'[^\W\d_]+', THEIRS_OR_OTHERS.sub(' ', text))
    return [word for word in words if len(word) > 1 and word.isascii() and PLAIN & set(word)]


def check(frame, what):
    """All names of what is in a window."""
    found = {node.name: words for node in frame.walk() if (words := untranslated(node.name))}
    if found:
        raise Failure(f'{what}: not translated are ' + '; '.join(
            f'{", ".join(words)} in “{name}”' for name, words in found.items()))
