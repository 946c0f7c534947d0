#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--help, the manual page and the completion of beckonctl name the same commands, options and events."""
import re
import shutil
import subprocess

from bed import SOURCE
from ctlbed import CTL, tap

COMMON = {'--json', '--account', '--timeout', '--help'}
PAGE = SOURCE / 'data/man/beckonctl.1'
COMPLETION = SOURCE / 'data/completions/beckonctl'


def run(*words, text=None):
    return subprocess.run([str(word) for word in words], input=text, check=True, capture_output=True,
                          encoding='utf-8').stdout


def options(*words):
    """Those of its --help."""
    text = run(CTL, *words, '--help')
    return set(re.findall(r'^  (?:-\w, )?(--[a-z-]+)', text, re.MULTILINE)) - COMMON


def commands():
    """name → options, as the program has them."""
    text = run(CTL, '--help').partition('Commands:\n')[2].partition('\n\n')[0]
    names = [' '.join(re.match(r'  ((?:-{0,2}[a-z-]+(?= |$) ?)+)', line)[1].split()) for line in text.splitlines()]
    assert len(set(names)) == len(names) > 20, names
    # `apps list` is `apps`, and so on: spelled out for those who look for it.
    names += ['apps list', 'contacts list', 'groups list', 'lock status', 'sessions list']
    return {name: options(*name.split()) for name in names}


def test_manual_page():
    if shutil.which('groff') is None:
        raise tap.Skip('groff is not installed')
    page = run('groff', '-man', '-Tascii', '-P-c', '-rLL=400n', PAGE)
    page = re.sub('.\x08', '', page)
    common = page.partition('\nOPTIONS')[2].partition('\nCOMMANDS')[0]
    assert set(re.findall(r'--[a-z-]+', common)) == COMMON - {'--help'} | {'--version'}
    lines = [line.strip() for line in page.partition('\nCOMMANDS')[2].partition('\nJSON')[0].splitlines()
             if re.match(' {7}[a-z]', line)]
    told = {}
    for line in lines:
        words = re.match(r'((?:-{0,2}[a-z-]+(?= |$) ?)+)', line)[1].split()
        name = ' '.join(words)
        told[name] = set(re.findall(r'--[a-z-]+', line)) - {word for word in words}
        spelled_out = re.match(rf'{name} \[([a-z]+)\]', line)
        if spelled_out:
            told[f'{name} {spelled_out[1]}'] = told[name]
    real = commands()
    assert set(told) == set(real), set(told) ^ set(real)
    assert told == real, {name: told[name] ^ real[name] for name in real if told[name] != real[name]}


def complete(*words):
    """What bash would offer after these words, the last of which is begun."""
    script = (f'. {COMPLETION}; COMP_WORDS=(beckonctl "$@"); COMP_CWORD=$#; _beckonctl; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return set(run('bash', '-c', script, 'bash', *words).split())


def test_completion():
    real = commands()
    assert complete('') - COMMON == {name.split()[0] for name in real}
    for first in {name.split()[0] for name in real}:
        verbs = {name.split()[1] for name in real if ' ' in name and name.split()[0] == first}
        offered = complete(first, '')
        assert offered >= COMMON or first == 'status', first
        assert {word for word in offered - COMMON if not word.startswith('--')} == \
            {verb for verb in verbs if not verb.startswith('--')} or first == 'status', (first, offered)
    for name, known in real.items():
        offered = complete(*name.split(), 'word', '--')
        assert offered == known | COMMON, (name, offered ^ (known | COMMON))


def test_events():
    source = (SOURCE / 'src/ctl/bk-ctl-until.c').read_text(encoding='utf-8')
    known = set(re.findall(r'\[BK_CTL_UNTIL_\w+\] = \{ "([a-z-]+)"', source))
    assert len(known) > 10
    offered = {word.rstrip('=') for word in complete('watch', '--until', '')}
    assert offered == known, offered ^ known
    page = PAGE.read_text(encoding='utf-8').replace('\\-', '-')
    page = page.partition('.SS Watching')[2].partition('.SH JSON')[0]
    missing = [name for name in known if not re.search(rf'(?<![a-z-]){name}(?![a-z-])', page)]
    assert not missing, missing


if __name__ == '__main__':
    tap.run([test_manual_page, test_completion, test_events])
