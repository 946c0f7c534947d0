# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests have in common: steps that many of them take."""
import os
import pathlib
import re
import subprocess
import sys

from world import HERE, SOURCES, program

sys.path.append(str(SOURCES / 'tests/tools'))
import tap  # noqa: F401,E402 every test script ends with it

PEER = '{0B0E0C0A-1111-4222-8333-444455556666}'
HAS_SESSION = 'the program has its session'


def administer(world, *arguments, text=None):
    """What the operator does with beckon-server's commands; returns what they print."""
    command = [str(program('beckon-server')), *arguments, f'--database={world.folder}/server.db',
               f'--domain={world.domain}']
    return subprocess.run(command, input=text, text=True, check=True, capture_output=True).stdout


def lose_server(world, *users):
    """The server is killed; returns when each of the users has noticed."""
    world.kill_server()
    for user in users:
        user.wait('account-state=waiting', 'account-state=finding', 'account-state=connecting')


def regain_server(world, *users):
    """The server is there again and so are the users, who ask for it: by themselves, they wait the longer, the more
    often they have tried. Whoever asks during a try is told how that one ends: it may not be one from before the start.
    """
    world.start_server()
    for user in users:
        user.wait('account-state=waiting', 'account-state=online')
        user.ctl('account', 'sign-in')


def invite(alice, bob, application='Pipe', data='come and join'):
    """Invites and waits until it rings at the other side; returns the session's id."""
    session = alice.ctl('invite', bob.address, application, '--data', data)
    assert session['state'] == 'invitation' and session['role'] == 'inviter', session
    bob.wait('invitation', session=session['id'])
    alice.wait('ringing', session=session['id'])
    assert bob.session(session['id'])['app_data'] == data
    return session['id']


def both_run(alice, bob, session):
    """Bob accepts; returns when both programs hold their session."""
    with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
        bob.ctl('accept', session, '--data', 'here I come')
        accepted = one.until_event('accepted')
        assert accepted['app_data'] == 'here I come', accepted
        one.until_note(HAS_SESSION)
        other.until_note(HAS_SESSION)
    for user in (alice, bob):
        assert user.session(session)['remote_address'] == '127.0.0.1'


def expect_end(session, result, *users):
    """The session is over for each of the users, for the reason given."""
    for user in users:
        said = user.wait_session(session)
        assert said['result'] == result and said['result_text'], (user.label, said)


def wait_entry(user, who, session, wanted, account=None):
    """The history is written a moment after the session has changed."""
    def entry():
        return user.entry(who, session, account)

    with user.watch(*(['--account', account] if account else []), '--with', who) as watch:
        if entry() != wanted:
            watch.until(lambda event: event['event'].startswith('message') and entry() == wanted)
    assert entry() == wanted, entry()


def register_peer(users, mode):
    """Registers tests/e2e/peer, which does what the mode says."""
    for user in users:
        user.ctl('apps', 'register', PEER, 'Test', f'{HERE}/peer {mode}')


def peer_pid(user, session):
    """The process of tests/e2e/peer that has its session."""
    log = pathlib.Path(user.session(session)['log']).read_text(encoding='utf-8')
    return int(re.search(r'process (\d+)', log).group(1))


def end_peer(user, session, number):
    os.kill(peer_pid(user, session), number)


def attach(user, session, **streams):
    return user.start([*user.command('beckon-pipe'), '--attach', session], **streams)
