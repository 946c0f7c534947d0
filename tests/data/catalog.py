# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of gettext's files, as msgcat writes them."""
import re
import subprocess

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)
ESCAPES = {'n': '\n', 't': '\t', '"': '"', '\\': '\\'}


class Message:
    """One entry: what is to be translated, into what, and what gettext thinks of it."""

    def __init__(self, entry):
        fields = {name: decode(literals) for name, literals in FIELD.findall(entry)}
        self.context = fields.get('msgctxt')
        self.text = fields['msgid']
        self.plural = fields.get('msgid_plural')
        self.translations = [fields[name] for name in sorted(fields) if name.startswith('msgstr')]
        self.flags = {flag for line in re.findall(r'^#, (.*)$', entry, re.MULTILINE) for flag in line.split(', ')}
        self.comments = re.findall(r'^#\. (.*)$', entry, re.MULTILINE)
        self.places = re.findall(r'^#: (.*)$', entry, re.MULTILINE)

    @property
    def key(self):
        """What tells it from the others, as it stands in po/untranslated."""
        return self.text if self.context is None else f'{self.context}|{self.text}'

    def pairs(self):
        """Each text with its translation; of plural forms the last is for the plural, others may leave out the number."""
        if self.plural is None:
            return [(self.text, self.translations[0])]
        return [(self.plural, translation) for translation in self.translations]


def decode(literals):
    joined = ''.join(STRING.findall(literals))
    return re.sub(r'\\(.)', lambda found: ESCAPES[found[1]], joined)


def read(path):
    """Returns the header's text and all messages but obsolete ones, of which there may be none."""
    done = subprocess.run(['msgcat', '--no-wrap', '--to-code=UTF-8', str(path)], capture_output=True, encoding='utf-8',
                          check=False)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f'{path}: {done.stderr}')
    obsolete = re.search(r'^#~.*$', done.stdout, re.MULTILINE)
    assert not obsolete, f'{path}: {obsolete[0]}'
    header, *messages = [Message(entry) for entry in done.stdout.split('\n\n') if 'msgid' in entry]
    assert header.text == '', path
    return header.translations[0], messages
