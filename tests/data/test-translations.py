#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every translation is whole, and fits what it translates. `ninja beckon-update-po` brings new texts into po/."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / 'tools'))
import access_keys  # noqa: E402
import catalog  # noqa: E402
import tap  # noqa: E402
import texts  # noqa: E402

SOURCE = pathlib.Path(os.environ['BECKON_SRCDIR'])
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
PO = SOURCE / 'po'
WANTED = {'ar', 'de', 'es', 'fr', 'zh_CN'}
MNEMONIC = re.compile(r'(?<!_)_(?=\w)')
MNEMONIC_LETTER = re.compile(r'(?<!_)_(\w)')


def languages():
    """The languages that are installed, and their files."""
    listed = (PO / 'LINGUAS').read_text(encoding='utf-8').split()
    assert listed == sorted(listed) and WANTED <= set(listed), listed
    assert {path.stem for path in PO.glob('*.po')} == set(listed)
    return {language: PO / f'{language}.po' for language in listed}


def read_all():
    return {language: catalog.read(path) for language, path in languages().items()}


def fail_if(faults):
    assert not faults, '\n' + '\n'.join(faults)


def test_nothing_is_missing():
    """A new text is in every language before it is in the program."""
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'beckon.pot'
        texts.make_template(template)
        _header, messages = catalog.read(template)
    wanted = {(message.key, message.plural) for message in messages}
    assert len(wanted) > 700, len(wanted)
    faults = []
    for language, (_header, there) in read_all().items():
        have = {(message.key, message.plural) for message in there}
        faults += [f'{language} lacks {key!r}' for key in sorted(wanted - have, key=str)]
        faults += [f'{language} has {key!r}, which is in no source' for key in sorted(have - wanted, key=str)]
    fail_if(faults)


def test_everything_is_translated():
    faults = []
    for language, (header, messages) in read_all().items():
        forms = int(re.search(r'nplurals=(\d)', header)[1])
        for message in messages:
            expected = 1 if message.plural is None else forms
            if 'fuzzy' in message.flags or len(message.translations) != expected or not all(message.translations):
                faults.append(f'{language}: {message.key!r}: {message.translations}, {message.flags}')
    fail_if(faults)


def test_gettext_finds_no_fault():
    for path in languages().values():
        done = subprocess.run(['msgfmt', '--check', '--output-file', os.devnull, str(path)], capture_output=True,
                              encoding='utf-8', check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr


def test_what_stays_english_is_meant_to():
    """Names and formats are the same in all languages; each is listed, so that nothing else is."""
    faults = []
    for language, (_header, messages) in read_all().items():
        listed = {line.strip() for line in (PO / 'untranslated' / language).read_text(encoding='utf-8').splitlines()}
        same = {message.key.strip() for message in messages if message.text in message.translations}
        faults += [f'{language}: {key!r} is not translated' for key in sorted(same - listed)]
        faults += [f'{language}: {key!r} is listed, but translated' for key in sorted(listed - same)]
    fail_if(faults)


def shape(text):
    """What a translation must share with its text."""
    before, after = re.match(r'\s*', text)[0], re.search(r'\s*$', text)[0]
    ending = text.strip().endswith('…')
    return {'access keys': len(MNEMONIC.findall(text)), 'white space': (before, after), 'lines': text.count('\n'),
            'an ellipsis at the end': ending}


def test_translations_have_the_shape_of_the_text():
    faults = []
    for language, (_header, messages) in read_all().items():
        for message in messages:
            # What has no words, such as what stands between the names of a list, looks different elsewhere.
            worded = [pair for pair in message.pairs() if re.search(r'\w', pair[0])]
            for text, translation in worded:
                wanted, got = shape(text), shape(translation)
                faults += [f'{language}: {text!r}: {translation!r} has another number of, or other, {what}'
                           for what in wanted if wanted[what] != got[what]]
    fail_if(faults)


def find_clashes(translated):
    """Two things of one place with the same access key: pressing it would not do what it says."""
    for place, items in access_keys.GROUPS.items():
        taken = {}
        for item in items:
            for key in (item,) if isinstance(item, str) else item:
                letter = MNEMONIC_LETTER.search(translated[key])[1].lower()
                if taken.setdefault(letter, item) != item:
                    yield f'{place}: {translated[key]!r} has the access key of {taken[letter]!r}'


def test_access_keys_are_unique():
    """In every language; all that there are stand in access_keys.py, where a new one has to find its place."""
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'beckon.pot'
        texts.make_template(template)
        _header, messages = catalog.read(template)
    with_key = {message.key for message in messages if MNEMONIC.search(message.text)}
    placed = {key for items in access_keys.GROUPS.values() for item in items
              for key in ((item,) if isinstance(item, str) else item)}
    assert with_key == placed, with_key ^ placed
    faults = [f'English, {clash}' for clash in find_clashes({message.key: message.text for message in messages})]
    for language, (_header, there) in read_all().items():
        clashes = find_clashes({message.key: message.translations[0] for message in there})
        faults += [f'{language}, {clash}' for clash in clashes]
    fail_if(faults)


def test_build_has_them():
    """They are compiled, for programs to find when they are installed."""
    for language in languages():
        compiled = BUILD / 'po' / language / 'LC_MESSAGES/beckon.mo'
        assert compiled.is_file() and compiled.stat().st_size > 10000, compiled


def test_files_that_others_read_are_translated():
    """The menus of the desktop, and those of Beckon: what each program that ships is, in every language."""
    files = [*(BUILD / 'data/applications').glob('*.desktop'), *(BUILD / 'data/peers').glob('*.peer')]
    assert len(files) >= 9, files
    for path in files:
        said = path.read_text(encoding='utf-8')
        assert all(f'\nComment[{language}]=' in said for language in languages()), path


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
