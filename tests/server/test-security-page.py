# SPDX-License-Identifier: GPL-3.0-or-later
"""data/protocol/security.md names a test for each promise, and each of them exists: in meson, and each part in its test."""
import functools
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools'))
import tap  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGE = SOURCE / 'data/protocol/security.md'
BUILD = pathlib.Path(os.environ['BECKON_BUILDDIR'])
# Whom the page must speak of.
ATTACKERS = ['A stranger on the network', 'A registered user', 'Somebody who is blocked', 'A thief of a device',
             'A thief of the database file', 'A thief of a backup', 'The operator', 'A TURN relay',
             'The other side of a session', 'A process of the same user', 'An application in a sandbox']
HEAD = ['| promised | shown by |', '| --- | --- |']


def read_sections(text):
    """Title to lines."""
    sections, title = {}, None
    for line in text.split('\n'):
        if line.startswith('## '):
            title = line[3:]
            assert title not in sections, f'“{title}” is there twice'
            sections[title] = []
        elif title is not None:
            sections[title].append(line)
    return sections


def read_rows(title, lines):
    """The promises of a section with the tests that are named behind them."""
    table = [line for line in lines if line.startswith('|')]
    assert table[:2] == HEAD, f'{title}: the table begins with {table[:2]}'
    rows = []
    for line in table[2:]:
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        assert len(cells) == 2 and cells[0], f'{title}: {line}'
        names = re.fullmatch(r'`[^`]+`(?:, `[^`]+`)*', cells[1])
        assert names, f'{title}: no test stands behind “{cells[0]}”'
        rows.append((cells[0], re.findall(r'`([^`]+)`', cells[1])))
    return rows


@functools.cache
def tests_of_meson():
    with open(BUILD / 'meson-info/intro-tests.json', encoding='utf-8') as file:
        return {test['name']: test for test in json.load(file)}


@functools.cache
def parts_of(name):
    """What a test says that it consists of."""
    test = tests_of_meson()[name]
    environment = dict(os.environ) | test['env']
    done = subprocess.run([*test['cmd'], '-l'], env=environment, cwd=test['workdir'] or BUILD, capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f'{name} -l: {done.stderr}'
    return [line.removeprefix('# ').strip() for line in done.stdout.split('\n') if line.strip()]


def find_problem(reference):
    """What is wrong with a name of a test; None: nothing."""
    known = tests_of_meson()
    if reference in known:
        return None
    name, _, part = reference.partition('/')
    if name not in known:
        return f'there is no test {name}'
    if not any(line == part or line.endswith('/' + part) for line in parts_of(name)):
        return f'{name} has no part {part}'
    return None


def test_everybody_is_there():
    sections = read_sections(PAGE.read_text(encoding='utf-8'))
    assert list(sections) == ATTACKERS, list(sections)
    for title, lines in sections.items():
        assert read_rows(title, lines), f'{title}: nothing is promised'
        honest = [line for line in lines if line.startswith('*Not promised.* ')]
        assert len(honest) == 1, f'{title}: it must be said once what is not promised'


def test_every_test_exists():
    problems = []
    for title, lines in read_sections(PAGE.read_text(encoding='utf-8')).items():
        for promise, references in read_rows(title, lines):
            problems += [f'{title}: {promise}: {problem}' for problem in map(find_problem, references) if problem]
    assert not problems, '\n'.join(problems)


def test_mistakes_are_found():
    """What this test is there for."""
    assert find_problem('server-gate/guess-real') is None
    assert find_problem('sqlite') is None
    assert find_problem('server-gate/guess') is not None
    assert find_problem('server-wall/guess-real') is not None
    for row in '| a promise | |', '| a promise | `server-gate` or so |', '| | `server-gate` |':
        try:
            read_rows('title', [*HEAD, row])
        except AssertionError:
            continue
        raise AssertionError(row)


tap.run([test_everybody_is_there, test_every_test_exists, test_mistakes_are_found])
