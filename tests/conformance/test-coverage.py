#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks coverage.tsv, the table of what became of each name of the original API.

Red if a name of reference-names.txt has no line or two, if a line names a test, a D-Bus member, a value, an error, a
limit or a function that does not exist, if it names neither a test nor a reason, or if a member of data/dbus/ is in no
line. With --summary it only counts.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / 'tools'))
import tap

OURS = 'ours'  # the kind of lines about what the original did not have
GIR = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
Row = collections.namedtuple('Row', 'line name kind places tests reason')


def lines_of(name):
    for number, line in enumerate((HERE / name).read_text(encoding='utf-8').splitlines(), 1):
        if line and not line.startswith('#'):
            yield number, line


def split(words):
    return [word for word in words.split(' ') if word != '-']


def read_rows():
    rows = []
    for number, line in lines_of('coverage.tsv'):
        fields = line.split('\t')
        assert len(fields) in (4, 5) and all(fields), f'line {number} has not its four or five columns: {line}'
        name, kind, places, tests, *reason = fields
        rows.append(Row(number, name, kind, split(places), split(tests), ' '.join(reason)))
    return rows


def complain(wrong):
    found = sorted(wrong)
    assert not found, '\n' + '\n'.join(found)


def count():
    rows = [row for row in read_rows() if row.kind != OURS]
    shown = sum(bool(row.tests) for row in rows)
    return f'{shown} rows shown by tests, {len(rows) - shown} do not apply'


# ---- the table itself ----

def test_table():
    """Each name once; what no test shows has a reason, a place in the product has a test."""
    rows, wrong = read_rows(), []
    for name, number in collections.Counter(row.name for row in rows).items():
        if number > 1:
            wrong.append(f'{name} has {number} lines')
    for row in rows:
        if bool(row.tests) == bool(row.reason):
            wrong.append(f'line {row.line}: {row.name} needs a test or a reason, and not both')
        if row.reason and (row.places or row.kind == OURS):
            wrong.append(f'line {row.line}: {row.name} is somewhere, but no test shows it')
        if row.tests and not row.places:
            wrong.append(f'line {row.line}: {row.name} is nowhere')
        if row.reason and len(row.reason.split()) < 3:
            wrong.append(f'line {row.line}: “{row.reason}” is not much of a reason')
    complain(wrong)


def test_every_name_of_the_reference():
    names = [line for _, line in lines_of('reference-names.txt')]
    known = {row.name for row in read_rows() if row.kind != OURS}
    wrong = [f'{name} is twice in reference-names.txt' for name in set(names) if names.count(name) > 1]
    wrong += [f'{name} has no line' for name in set(names) - known]
    wrong += [f'{name} is no name of the reference' for name in known - set(names)]
    complain(wrong)


# ---- tests ----

def list_cases(test):
    """The cases of a program that prints TAP: GLib's and our Python's name them when asked with -l, newer ones of GLib's
    in a comment."""
    environment = {**os.environ, **test['env']}
    done = subprocess.run([*test['cmd'], '-l'], env=environment, capture_output=True, encoding='utf-8', check=False,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f'{test["name"]} -l: {done.stderr}'
    return {line.removeprefix('# ') for line in done.stdout.split('\n')}


def meson_tests():
    """suite/name → test"""
    build = pathlib.Path(os.environ['BECKON_BUILDDIR'])
    tests = json.loads((build / 'meson-info' / 'intro-tests.json').read_text(encoding='utf-8'))
    return {f'{suite.rpartition(":")[2]}/{test["name"]}': test for test in tests for suite in test['suite']}


def test_every_test_exists():
    tests, wanted = meson_tests(), collections.defaultdict(dict)
    wrong = []
    for row in read_rows():
        for word in row.tests:
            program, _, case = word.partition(':')
            if program not in tests:
                wrong.append(f'line {row.line}: there is no test {program}')
            elif not pathlib.Path(tests[program]['cmd'][0]).exists():
                wrong.append(f'line {row.line}: {program} is not built')
            else:
                wanted[program].setdefault(case, row.line)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(wanted, pool.map(lambda program: list_cases(tests[program]), wanted)))
    for program, cases in wanted.items():
        wrong += [f'line {line}: {program} has no case “{case}”' for case, line in cases.items()
                  if case not in found[program] - {''}]
    complain(wrong)


# ---- places ----

def bus_members():
    """Interface1 and Interface1.Member of data/dbus."""
    members = set()
    for path in sorted((SOURCE / 'data' / 'dbus').glob('*.xml')):
        for interface in xml.etree.ElementTree.parse(path).getroot().iter('interface'):
            name = interface.get('name').removeprefix('im.beckon.')
            members |= {name} | {f'{name}.{member.get("name")}' for member in interface}
    return members


def library_symbols():
    """C names of functions, values and types, and Type:property and Type::signal."""
    path = pathlib.Path(os.environ['BECKON_BUILDDIR']) / 'src' / 'lib' / 'Beckon-1.gir'
    root = xml.etree.ElementTree.parse(path).getroot()
    symbols = set()
    for element in root.iter():
        symbols |= {element.get(f'{C}identifier'), element.get(f'{C}type')}
        owner = element.get(f'{C}type')
        symbols |= {f'{owner}:{child.get("name")}' for child in element.findall(f'{GIR}property')}
        symbols |= {f'{owner}::{child.get("name")}' for child in element.findall(f'{GLIB}signal')}
    return symbols - {None}


def words_in(path, pattern):
    return set(re.findall(pattern, (SOURCE / path).read_text(encoding='utf-8')))


def test_every_place_exists():
    members, symbols = bus_members(), library_symbols()
    limits = words_in('src/common/bk-limits.h', r'#define (BK_\w+) ')
    kinds = (
        (r'[A-Z]\w*1(\.\w+)?', members),
        (r'BECKON_\w+|beckon_\w+|Beckon[\w:-]+', symbols),
        (r'im\.beckon\.Error\.\w+', {f'im.beckon.Error.{word}' for word in words_in(
            'src/common/public/beckon-error.c', r'INFO \(\w+,\s*"(\w+)"')}),
        (r'BK_\w+', limits),
        (r'peer:\w+', {f'peer:{word}' for word in words_in(
            'src/engine/bk-engine-application.c', r'file, "(\w+)"')}),
        (r'envelope:[\w-]+', {f'envelope:{word}' for word in words_in(
            'data/protocol/sessions.md', r'### Envelope `([\w-]+)`')}),
        (r'life:[\w-]+', {f'life:{word}' for word in words_in(
            'data/protocol/session-life-cycle.md', r'(?m)^\| [^|]+ \| ([\w-]+) \| \w+ \| [^|]+ \| [^|]+ \|$')}),
        (r'variable:\w+', {f'variable:{word}' for word in words_in(
            'src/service/bk-service-spawn.c', r'"(BECKON_\w+)"')}),
    )
    wrong = []
    for row in read_rows():
        for place in row.places:
            known = next((known for form, known in kinds if re.fullmatch(form, place)), set())
            if place not in known:
                wrong.append(f'line {row.line}: there is no {place}')
    complain(wrong)


def test_every_member_of_the_bus():
    named = {place for row in read_rows() for place in row.places}
    complain(f'{member} of data/dbus is in no line' for member in bus_members() - named)


# ---- what is written down ----

def test_errors_say_what_they_were():
    """The documentation of each error names the original's symbol and number: those that the code returns."""
    table = re.findall(r'INFO \((\w+),\s*"\w+",\s*"[\w-]+",\s*"(\w+)",\s*(0x[0-9A-F]{8})\)',
                       (SOURCE / 'src/common/public/beckon-error.c').read_text(encoding='utf-8'))
    header = (SOURCE / 'src/common/public/beckon-error.h').read_text(encoding='utf-8')
    described = dict(re.findall(r'\* @BECKON_ERROR_(\w+): [^\n]*(?:\n \*   [^\n]*)*?\((`\w+`, 0x[0-9A-F]{8})\)\n',
                                header))
    assert len(table) > 40
    complain(f'{name}: {described.get(name)}' for name, symbol, number in table
             if described.get(name) != f'`{symbol}`, {number}')


def test_summary():
    for row in read_rows():
        if row.reason:
            print(f'# does not apply: {row.name}: {row.reason}')
    print(f'# {count()}')


if __name__ == '__main__':
    if sys.argv[1:] == ['--summary']:
        print(count())
    else:
        tap.run([test_table, test_every_name_of_the_reference, test_every_test_exists, test_every_place_exists,
                 test_every_member_of_the_bus, test_errors_say_what_they_were, test_summary])
