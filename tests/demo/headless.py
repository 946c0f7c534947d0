# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo without windows: two users, one invitation, both programs running, a file that arrived.

Everything is the real thing on this machine: beckon-server on loopback, and for each user a session bus, folders, a
session service and the programs that it launches. All of it is driven through beckonctl.
"""
import os
import re
import shlex
import signal
import sys
import time

from steps import TEXTS, Failure, check, checksum
from world import program

FILE_SIZE = 8 << 20
SHORT_ANSWER = 4  # seconds that an invitation rings where running out of time is shown: it must have come by then
HAS_SESSION = 'the program has its session'


# ---- the steps ----

def make_users(world, steps):
    alice, bob = world.user('alice'), world.user('bob')
    steps.done('alice and bob: a session bus and empty folders each')
    for user in (alice, bob):
        check(user.ctl('account', 'list') == [], f'{user.name} has an account already')
        steps.done(f'{user.name}: session service, started by the bus')
        check(user.create_account()['state'] == 'online', f'{user.name} is not online')
        steps.done(f'{user.name}: account {user.address} made, online')
    return alice, bob


def make_contacts(alice, bob, steps):
    alice.ctl('contact', 'add', bob.address, '--message', 'Hello, it is Alice')
    bob.wait(f'contact={alice.address}:asking')
    check(bob.ctl('contacts')[0]['request_text'] == 'Hello, it is Alice', 'the text of the request did not arrive')
    steps.done('alice asks bob to become a contact, bob sees the request')
    bob.ctl('contact', 'approve', alice.address)
    alice.wait(f'presence={bob.address}:online')
    bob.wait(f'presence={alice.address}:online')
    steps.done('bob approves, they see each other online')


def chat(alice, bob, steps):
    alice.send(bob.address, TEXTS[0])
    bob.wait(f'message={TEXTS[0]}', who=alice.address)
    bob.send(alice.address, TEXTS[1])
    bob.send(alice.address, TEXTS[2])
    alice.wait(f'message={TEXTS[2]}', who=bob.address)
    for user, other in ((alice, bob), (bob, alice)):
        history = user.ctl('chat', other.address)
        check([message['text'] for message in history] == list(TEXTS), f'the history of {user.name} is {history}')
        check([message['outgoing'] for message in history] == [user is alice, user is bob, user is bob],
              f'the history of {user.name} mixes up who wrote')
    steps.done('messages both ways, with quotes, emoji, line ends: both histories hold them')


def moment(session, words):
    """When that came into the timeline of a session, in milliseconds since 1970."""
    for line in session['timeline']:
        found = re.match(r'\+(\d+) ms (.*)', line)
        if found and found.group(2).startswith(words):
            return session['created'] / 1000 + int(found.group(1))
    raise Failure(f'the timeline does not say “{words}”: {session["timeline"]}')


def accept(alice, bob, session):
    """Returns how long it took until both programs ran: seen from outside, and by the services."""
    with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
        before = time.time() * 1000
        bob.ctl('accept', session)
        events = [watch.until_note(HAS_SESSION) for watch in (one, other)]
    outside = max(event['time'] / 1000 for event in events) - before
    there, here = alice.session(session), bob.session(session)
    running = max(moment(there, HAS_SESSION), moment(here, HAS_SESSION))
    for user, said in ((alice, there), (bob, here)):
        check(said['state'] == 'connected', f'the session of {user.name} is {said["state"]}')
        check(any('program launched' in line for line in said['timeline']), f'no program was launched for {user.name}')
    return outside, running - moment(here, 'accepted')


def share_file(world, alice, bob, steps):
    source, copy = world.folder / 'a file', world.folder / 'the copy'
    source.write_bytes(os.urandom(FILE_SIZE))
    session = alice.ctl('invite', bob.address, 'Pipe')['id']
    bob.wait('invitation', session=session)
    alice.wait('ringing', session=session)
    steps.done('alice invites bob to Pipe: it rings, and alice knows')
    outside, inside = accept(alice, bob, session)
    steps.done('bob accepts, both programs are launched and hold their session')
    steps.note(f'accept → both programs running: {inside:.0f} ms ({outside:.0f} ms with the start of beckonctl)')

    ends = [user.session(session) for user in (alice, bob)]
    check(all(end['channel_path'] == 'direct' for end in ends), 'the channel is not direct')
    check(ends[0]['safety_number'] == ends[1]['safety_number'] != '', 'the safety numbers differ')
    steps.done('the channel is there: direct, encrypted, and both see the same safety number')

    began = time.monotonic()
    with open(source, 'rb') as reading, open(copy, 'wb') as writing:
        sender = alice.start([program('beckon-pipe'), '--attach', session], stdin=reading)
        receiver = bob.start([program('beckon-pipe'), '--attach', session], stdout=writing)
        check(sender.wait(60) == 0 and receiver.wait(60) == 0, 'the pipe broke')
    seconds = time.monotonic() - began
    check(checksum(copy) == checksum(source), 'the copy differs from the file')
    steps.done(f'{FILE_SIZE >> 20} MiB went through the pipe, {FILE_SIZE / 1e6 / seconds:.0f} MB/s, '
               f'sha256 {checksum(copy)[:12]}… on both sides')
    for user in (alice, bob):
        result = user.wait_session(session)['result']
        check(result == 'ended', f'the session of {user.name} ended with {result}')
    steps.done('both programs ended, and with them the session')


def decline(alice, bob, steps):
    session = alice.ctl('invite', bob.address, 'Pipe', '--data', 'another one?')['id']
    bob.wait('invitation', session=session)
    check(bob.session(session)['app_data'] == 'another one?', 'the data did not come with the invitation')
    with alice.watch('--session', session) as watch:
        bob.ctl('decline', session, '--data', 'not now, "Alice"')
        told = watch.until_event('declined')['app_data']
        result = watch.until_event('ended')['result']
    check(told == 'not now, "Alice"', f'alice was told {told}')
    check(result == 'invitation-declined', f'alice was told {result}')
    steps.done(f'alice invites, bob declines: alice reads “{told}” ({result})')


def cancel(alice, bob, steps):
    session = alice.ctl('invite', bob.address, 'Pipe')['id']
    bob.wait('invitation', session=session)
    alice.ctl('cancel', session)
    results = [user.wait_session(session)['result'] for user in (alice, bob)]
    check(results == ['cancelled-local', 'cancelled-remote'], f'the session ended with {results}')
    bob.wait('invitation-over')
    steps.done(f'alice invites and cancels while it rings: it stops ringing ({results[1]})')


def run_out(alice, bob, steps):
    for user in (alice, bob):
        user.set_service_options('--answer-timeout', SHORT_ANSWER)
        user.stop_service()
    for user in (alice, bob):
        user.wait('account-state=online')
    for user, other in ((alice, bob), (bob, alice)):
        user.wait(f'presence={other.address}:online')
    steps.done(f'both services restarted, signed in by themselves; invitations ring for {SHORT_ANSWER} s now')
    session = alice.ctl('invite', bob.address, 'Pipe')['id']
    results = [user.wait_session(session)['result'] for user in (alice, bob)]
    check(results == ['timeout', 'timeout'], f'the session ended with {results}')
    steps.done(f'alice invites, bob does not answer: it runs out on both sides ({results[0]})')
    error = bob.refused('accept', session).error
    check(error == 'SessionStateInvalid', f'accepting what ran out fails with {error}')
    steps.done(f'bob accepts all the same and is refused ({error})')
    for user in (alice, bob):
        user.set_service_options()
        user.stop_service()


# ---- all of it ----

def keep(alice, bob):
    for user in (alice, bob):
        user.wait('account-state=online')
        script = user.folder / 'as'
        lines = [f'export {name}={shlex.quote(value)}' for name, value in sorted(user.environment.items())]
        script.write_text('\n'.join(['#!/bin/sh', *lines, 'exec "$@"', '']), encoding='utf-8')
        script.chmod(0o700)
    print(f'''
Everything keeps running. In another terminal, as alice or as bob:

  {alice.folder}/as beckonctl contacts
  {alice.folder}/as beckonctl invite bob Pipe --wait accepted
  {bob.folder}/as beckonctl accept
  {alice.folder}/as beckon-pipe --attach < FILE
  {bob.folder}/as beckon-pipe --attach > COPY
  {bob.folder}/as beckonctl watch

Enter or Ctrl-C ends it.''', flush=True)
    sys.stdin.readline()


def play(world, steps, options):
    steps.done(f'beckon-server at {world.address} with a fresh database')
    alice, bob = make_users(world, steps)
    make_contacts(alice, bob, steps)
    chat(alice, bob, steps)
    share_file(world, alice, bob, steps)
    decline(alice, bob, steps)
    cancel(alice, bob, steps)
    run_out(alice, bob, steps)
    signal.alarm(0)
    if options.keep:
        keep(alice, bob)
    if options.verbose:
        world.show_logs(sys.stdout)
