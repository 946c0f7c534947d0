#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two whole users and one invitation: every way in which it can go."""
import hashlib
import os
import signal
import subprocess

from cases import (HAS_SESSION, PEER, attach, both_run, end_peer, expect_end, invite, peer_pid, register_peer, tap)
from processes import LIMIT, wait_for_exit
from world import World, program

MISSING = '{0B0E0C0A-1111-4222-8333-777788889999}'


# ---- it works ----

def test_a_file_goes_through_the_pipe():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        data = os.urandom(3 * 1024 * 1024 + 7)
        source, target = world.folder / 'source', world.folder / 'target'
        source.write_bytes(data)
        session = invite(alice, bob)
        both_run(alice, bob, session)
        seen = [alice.session(session), bob.session(session)]
        assert [each['channel_path'] for each in seen] == ['direct', 'direct'], seen
        assert [each['identity'] for each in seen] == ['new', 'new'], seen
        assert len(seen[0]['safety_number']) == 71 and seen[0]['safety_number'] == seen[1]['safety_number'], seen
        with open(source, 'rb') as reading, open(target, 'wb') as writing:
            sender = attach(alice, session, stdin=reading)
            receiver = attach(bob, session, stdout=writing)
        assert sender.wait(60) == 0 and receiver.wait(60) == 0, (sender.returncode, receiver.returncode)
        assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(data).digest()
        expect_end(session, 'ended', alice, bob)


def test_a_slow_reader_holds_up_one_direction_alone():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        files = [world.folder / name for name in ('of alice', 'of bob')]
        for file in files:
            file.write_bytes(os.urandom(16 << 20))
        session = invite(alice, bob)
        both_run(alice, bob, session)
        with open(files[0], 'rb') as one, open(files[1], 'rb') as other:
            ends = attach(alice, session, stdin=one), attach(bob, session, stdin=other)
        # Nobody reads at bob's.
        assert ends[0].stdout.read(16 << 20) == files[1].read_bytes()
        assert ends[0].poll() is None and ends[1].poll() is None
        assert ends[1].stdout.read() == files[0].read_bytes()
        assert [end.wait(60) for end in ends] == [0, 0]
        for end in ends:
            end.stdout.close()
        expect_end(session, 'ended', alice, bob)


def test_pipe_by_hand():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        source, target = world.folder / 'source', world.folder / 'target'
        source.write_bytes(b'by hand\n' * 10000)
        with open(target, 'wb') as writing, bob.watch() as watch:
            receiver = bob.start([program('beckon-pipe'), '--receive'], stdout=writing)
            # Bob is not asked: the program that waits answers.
            with open(source, 'rb') as reading:
                sender = alice.start([program('beckon-pipe'), '--to', bob.address], stdin=reading)
            assert sender.wait(60) == 0, sender.returncode
            assert receiver.wait(60) == 0, receiver.returncode
            ended = watch.until_event('ended')
        assert target.read_bytes() == source.read_bytes()
        assert ended['result'] == 'ended', ended


# ---- the other answers ----

def test_decline():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        with alice.watch('--session', session) as watch:
            bob.ctl('decline', session, '--data', 'not "now", sorry ☹')
            declined = watch.until_event('declined')
            ended = watch.until_event('ended')
        assert declined['app_data'] == 'not "now", sorry ☹', declined
        assert ended['result'] == 'invitation-declined', ended
        expect_end(session, 'invitation-declined', alice, bob)
        assert alice.session(session)['result_text'] == 'Bob declined.'
        # An answer that comes too late is refused.
        assert bob.refused('accept', session).error is not None


def cancel(first, second, session):
    with second.watch('--session', session) as watch:
        first.ctl('cancel', session, '--data', 'changed my mind')
        cancelled = watch.until_event('cancelled')
        watch.until_event('ended')
    assert cancelled['app_data'] == 'changed my mind', cancelled
    expect_end(session, 'cancelled-local', first)
    expect_end(session, 'cancelled-remote', second)


def test_cancel_while_it_rings():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        cancel(alice, bob, invite(alice, bob))
        cancel(bob, alice, invite(alice, bob))
        bob.wait('invitation-over')


def test_cancel_while_connected():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer((alice, bob), 'hold')
        for first, second in ((alice, bob), (bob, alice)):
            session = invite(alice, bob, PEER)
            both_run(alice, bob, session)
            pids = peer_pid(alice, session), peer_pid(bob, session)
            cancel(first, second, session)
            for pid in pids:  # told, not killed
                os.kill(pid, signal.SIGTERM)
                wait_for_exit(pid)


def test_time_out():
    with World() as world:
        # On a machine that is busy, it must ring at bob's before that.
        alice, bob = world.friends('alice', 'bob', service_options=['--answer-timeout', str(round(LIMIT / 5))])
        session = alice.ctl('invite', 'bob', 'Pipe')['id']
        waiting = alice.start([program('beckonctl'), 'invite', 'bob', 'Pipe', '--wait', 'accepted'],
                              stderr=subprocess.PIPE)
        bob.wait('session-result=timeout', session=session)
        expect_end(session, 'timeout', alice, bob)
        assert alice.session(session)['result_text'] == 'Bob did not answer in time.'
        assert bob.refused('accept', session).code == 1
        _, said = waiting.communicate(timeout=LIMIT)
        assert waiting.returncode == 5 and b'timeout' in said, said


# ---- invitations that do not even go out ----

def test_refused_invitations():
    with World() as world:
        alice, bob, carol = world.friends('alice', 'bob', 'carol')
        dave = world.user('dave')
        dave.create_account()
        assert alice.refused('invite', 'alice', 'Pipe').error == 'InvitedSelf'
        assert alice.refused('invite', 'nobody', 'Pipe').error == 'UserNotFound'
        assert alice.refused('invite', 'dave', 'Pipe').error == 'UserNotFound'
        assert alice.refused('invite', 'bob', MISSING).error == 'AppNotRegistered'
        bob.ctl('status', 'invisible')
        carol.ctl('account', 'sign-out')
        alice.wait(f'presence={bob.address}:offline')
        alice.wait(f'presence={carol.address}:offline')
        invisible, offline = alice.refused('invite', 'bob', 'Pipe'), alice.refused('invite', 'carol', 'Pipe')
        assert invisible.error == offline.error == 'NotLoggedOn', (invisible, offline)
        assert invisible.text.replace('Bob', '').replace('bob', '') == \
            offline.text.replace('Carol', '').replace('carol', ''), (invisible.text, offline.text)
        assert carol.ctl('sessions', '--all') == [] and bob.ctl('sessions', '--all') == []
        carol.ctl('account', 'sign-in')
        alice.wait(f'presence={carol.address}:online')
        invite(alice, carol)


# ---- programs ----

def test_the_program_is_installed_first():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer([alice], 'hold')
        session = invite(alice, bob, PEER)
        with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
            accepting = bob.start([program('beckonctl'), 'accept', session, '--wait', 'connected'])
            for watch in (one, other):
                assert watch.until_event('app-not-present')['name'] == 'Test'
            assert alice.session(session)['installing'] and alice.session(session)['state'] == 'invitation'
            register_peer([bob], 'hold')
            assert other.until_event('notice')['kind'] == 'installed'
            for watch in (one, other):
                watch.until_note(HAS_SESSION)
            assert accepting.wait() == 0
        for user in (alice, bob):
            end_peer(user, session, signal.SIGTERM)
        expect_end(session, 'ended', alice, bob)


def check_bad_end(mode, result):
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer([alice], 'hold')
        register_peer([bob], mode)
        session = invite(alice, bob, PEER)
        bob.ctl('accept', session)
        expect_end(session, result, alice, bob)
        assert 'Test' in alice.session(session)['result_text'], alice.session(session)


def test_the_program_fails():
    check_bad_end('fail', 'application-failed')


def test_the_program_crashes():
    check_bad_end('crash', 'application-failed')


def test_the_program_does_not_want_its_session():
    check_bad_end('quit', 'ended')


def test_the_program_cannot_be_started():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer([alice], 'hold')
        broken = world.folder / 'broken'
        broken.write_text('no program\n', encoding='utf-8')
        broken.chmod(0o755)
        bob.ctl('apps', 'register', PEER, 'Test', str(broken))
        session = invite(alice, bob, PEER)
        bob.ctl('accept', session)
        expect_end(session, 'application-launch-failed', alice, bob)


def test_the_program_forks_and_leaves():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer([alice], 'hold')
        register_peer([bob], 'fork')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)
        # The first process is gone by now: it is the child that has the session.
        assert bob.session(session)['state'] == 'connected' and alice.session(session)['state'] == 'connected'
        end_peer(bob, session, signal.SIGTERM)
        expect_end(session, 'ended', bob, alice)


if __name__ == '__main__':
    tap.run([
        test_a_file_goes_through_the_pipe,
        test_a_slow_reader_holds_up_one_direction_alone,
        test_pipe_by_hand,
        test_decline,
        test_cancel_while_it_rings,
        test_cancel_while_connected,
        test_time_out,
        test_refused_invitations,
        test_the_program_is_installed_first,
        test_the_program_fails,
        test_the_program_crashes,
        test_the_program_does_not_want_its_session,
        test_the_program_cannot_be_started,
        test_the_program_forks_and_leaves,
    ])
