# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be read on screens in the pseudo-locale, and nobody has translated."""
import re
import time

import life
import screens
from neighbourhood import BUILD, DOMAIN
from processes import Failure

PLAIN = set('ACDEGIKLNORSTUYZacdegiklnorstuyz')  # what tests/tools/pseudo-locale leaves none of
LIBRARIES = {'emoji', 'shortcuts', 'about'}  # what is on them is GTK's and libadwaita's to translate
# What programs say of themselves in their registrations.
COMMENTS = {line.removeprefix('Comment=') for path in (BUILD / 'data/beckon/peers').glob('*.peer')
            for line in path.read_text(encoding='utf-8').splitlines() if line.startswith('Comment=')}
SAID = {line[-1] for line in (*life.TALK, *life.LAST_WORDS)}
# What people are called, have said and have named is theirs; and what programs and files are called.
THEIRS = {*SAID, *life.NAMES.values(), *life.NAMES, *life.GROUPS, *life.APPLICATIONS, life.REQUEST, life.FILE, DOMAIN,
          *(comment for _guid, comment, _icon, _channel in life.APPLICATIONS.values()),
          *(message for _status, message in life.PRESENCE.values()), *life.SPOKEN, 'Nora',
          *(reason for _error, reason in screens.TROUBLES.values())} - {''}
# What is the same in every language, or comes from GTK and is translated there.
OTHERS = (
    r'\w+://\S+', r'\b[kMG]B\b',
    r'^….*', r'\bbytes\b', r'/\S+', r':\w+:', r'\S+@\S+', r'\{[-0-9A-F]+\}', r'[0-9a-f]{4,}',
    r'Beckon', r'Pipe', r'Whiteboard', r'^Avatar of',  # that is libadwaita's
    r'(?:Ctrl|Shift|Alt|Super)\+\S+',
    *(time.strftime(word, (2026, month, day, 0, 0, 0, weekday, 1, 0)) + r'\b' for word in ('%A', '%B', '%a', '%b')
      for month, day, weekday in zip(range(1, 13), range(1, 13), (0, 1, 2, 3, 4, 5, 6) * 2)),
    *map(re.escape, COMMENTS),
)
THEIRS_OR_OTHERS = re.compile('|'.join([*map(re.escape, sorted(THEIRS, key=len, reverse=True)), *OTHERS]))
GTK = {line.strip() for line in '''
Show Text
Show Password
No Results Found
Try a different search
Try a different search.
Minimize
Maximize
Close
'''.splitlines() if line.strip()}


def untranslated(text):
    """Words of a text that have the letters they have in the sources."""
    if text.startswith(('Gtk', 'Adw', 'BkApp')) or text in GTK or re.fullmatch('[A-Z]{1,2}', text):  # the one is the name of what has none
        return []
    words = re.findall(r'[^\W\d_]+', THEIRS_OR_OTHERS.sub(' ', text))
    return [word for word in words if len(word) > 1 and word.isascii() and PLAIN & set(word)]


def check(frame, what):
    """All names of what is in a window."""
    if what in LIBRARIES:
        return
    found = {node.name: words for node in frame.walk() if (words := untranslated(node.name))}
    if found:
        raise Failure(f'{what}: not translated are ' + '; '.join(
            f'{", ".join(words)} in “{name}”' for name, words in found.items()))
