#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Games that nobody changed: both play."""
import os
import sys

import programs
from programs import Screen, World, counters, friends, run_both, says, shipped, tap, until

NO_SOUND = {'SDL_AUDIODRIVER': 'dummy', 'LIBGL_ALWAYS_SOFTWARE': '1'}


def two_screens(world, **more):
    return friends(world, 'alice', 'bob', **{name: {'DISPLAY': Screen(world).name, **NO_SOUND, **more.get(name, {})}
                                             for name in ('alice', 'bob')})


def grows(user, session, member):
    """More of it comes."""
    before = counters(user, session)[member]
    until(lambda: counters(user, session)[member] > before + 20, f'{user.label}: {member} grow', 60)


def test_netris():
    """TCP. What the terminals show goes to files."""
    guid = shipped('Netris', '/usr/games/netris', 'xterm', 'Xvfb')['GUID']
    with World() as world:
        shown, more = {}, {}
        for name in ('alice', 'bob'):
            shown[name] = world.folder / f'{name}.shown'
            resources = world.folder / f'{name}.resources'
            resources.write_text(f'XTerm*logging: true\nXTerm*logFile: {shown[name]}\n', encoding='utf-8')
            more[name] = {'XENVIRONMENT': str(resources)}
        alice, bob = two_screens(world, **more)
        session = run_both(alice, bob, guid)
        for path in shown.values():
            until(lambda path=path: path.exists() and b'Playing ' in path.read_bytes(), f'{path.name}: a player joined', 60)
        for user in (alice, bob):
            grows(user, session, 'bytes_received')
        (player,) = programs.processes(bob, '/usr/games/netris')[-1:]
        os.kill(player, 15)
        until(lambda: not programs.processes(alice, '/usr/games/netris'), 'the other program has ended, too')
        alice.wait_session(session)


def test_crack_attack():
    """TCP, with pictures."""
    guid = shipped('Crack Attack!', '/usr/games/crack-attack', 'Xvfb')['GUID']
    with World() as world:
        alice, bob = two_screens(world)
        session = run_both(alice, bob, guid)
        says(alice, session, 'Connection made by 127.', 60)
        says(bob, session, 'Connection made to 127.', 60)
        for user in (alice, bob):
            grows(user, session, 'bytes_received')


def test_freedoom():
    """UDP, a packet for each move of each player."""
    guid = shipped('Freedoom', '/usr/games/chocolate-doom', '/usr/games/freedoom1', 'Xvfb')['GUID']
    with World() as world:
        # It would say what it has to say at its end.
        by_line = {'LD_PRELOAD': '/usr/libexec/coreutils/libstdbuf.so', '_STDBUF_O': 'L'}
        alice, bob = two_screens(world, alice=by_line, bob=by_line)
        session = run_both(alice, bob, guid)
        for number, user in enumerate((alice, bob), 1):
            says(user, session, f'player {number} of 2 (2 nodes)', 60)
        for user in (alice, bob):
            grows(user, session, 'datagrams_received')


if __name__ == '__main__':
    tests = {'netris': [test_netris], 'crack-attack': [test_crack_attack], 'freedoom': [test_freedoom]}
    name = sys.argv.pop(1)
    tap.run(tests[name])
