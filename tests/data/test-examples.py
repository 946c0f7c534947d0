#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples for developers, built and run with what is installed: two people play, with real services and a
server."""
import os
import pathlib
import re
import shlex
import sys
import tempfile

import installed
from users import InstalledWorld, run
from processes import wait_for_exit  # of the folders that users.py has added
import tap

EXAMPLES = installed.SOURCE / 'examples'
LINES = {'dice.py': 60, 'dice.c': 100, 'flatpak/dice.c': 200}
GUID = '{5D0F3A4E-2B6C-4E1D-9C57-8A1B3E6F7D20}'
STRICT = ('-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter')
THREW = re.compile(r'You threw ([1-6]), (\w+) threw ([1-6]): (you win|you lose|a draw)')


def build(folder, name='dice.c'):
    """The C peer as the guide builds it."""
    target = pathlib.Path(folder) / 'dice'
    flags = shlex.split(run('pkg-config', '--cflags', '--libs', 'beckon-1', 'gtk4'))
    run(*shlex.split(os.environ.get('CC', 'cc')), *STRICT, EXAMPLES / name, '-o', target, *flags)
    return target


def register(user, *command):
    """By a registration file."""
    path = pathlib.Path(user.environment['XDG_DATA_HOME']) / 'beckon/peers' / f'{GUID}.peer'
    path.parent.mkdir(parents=True, exist_ok=True)
    words = ' '.join(f'"{word}"' for word in command)
    new = path.with_suffix('.new')
    new.write_text(f'[Beckon Peer]\nGUID={GUID}\nName=Dice\nExec={words}\n', encoding='utf-8')
    new.rename(path)
    user.wait(f'application={GUID}')


def outcome(user, other, session):
    """What the window of somebody shows; the log has the same."""
    window = user.desk.window(f'Dice with {other.name.capitalize()}')
    shown = user.desk.find('label', lambda name: THREW.fullmatch(name) is not None, within=window).name
    assert shown in pathlib.Path(user.session(session)['log']).read_text(encoding='utf-8').splitlines(), shown
    mine, who, theirs, words = THREW.fullmatch(shown).groups()
    assert who == other.name.capitalize(), shown
    expected = 'a draw' if mine == theirs else 'you win' if mine > theirs else 'you lose'
    assert words == expected, shown
    return mine, theirs


def play(inviter, invitee):
    session = inviter.ctl('invite', invitee.address, 'Dice')['id']
    invitee.wait('invitation')
    invitee.ctl('accept', session, '--wait', 'connected')
    mine, theirs = outcome(inviter, invitee, session)
    assert outcome(invitee, inviter, session) == (theirs, mine)
    close(inviter, f'Dice with {invitee.name.capitalize()}')
    # It ended well on both sides, and who did not close it reads why.
    assert inviter.wait_session(session)['result'] == invitee.wait_session(session)['result'] == 'ended'
    close(invitee, invitee.session(session)['result_text'])


def close(user, title):
    """What the window manager does when its button is pressed; the program leaves."""
    user.desk.window(title)
    hands = user.desk.hands
    window = next(window for window in hands.windows() if hands.title(window) == title)
    pid = hands.pid(window)
    hands.send(window, '_NET_CLOSE_WINDOW')
    wait_for_exit(pid)


def test_they_are_short():
    for name, most in LINES.items():
        lines = (EXAMPLES / name).read_text(encoding='utf-8').splitlines()
        assert len(lines) <= most, f'{name} has {len(lines)} lines, more than {most}'
    assert {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob('*') if path.suffix in ('.py', '.c')} == set(LINES)


def test_the_flatpak_compiles():
    """The tests of Flatpaks play it; here it is built as strictly as the others."""
    installed.install()
    with tempfile.TemporaryDirectory() as folder:
        assert build(folder, 'flatpak/dice.c').exists()


def test_two_people_play():
    installed.install()
    with tempfile.TemporaryDirectory() as folder, InstalledWorld() as world:
        world.open_screen()
        python, c = (sys.executable, EXAMPLES / 'dice.py'), (build(folder),)
        alice, bob = world.friends('alice', 'bob')
        register(alice, *python)
        register(bob, *c)
        play(alice, bob)
        play(bob, alice)


if __name__ == '__main__':
    tap.run([test_they_are_short, test_the_flatpak_compiles, test_two_people_play])
