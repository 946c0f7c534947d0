#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator does to the server, seen by those who use it: a restart that nobody notices, a backup put in place."""
import json
import time

from cases import PEER, administer, both_run, expect_end, invite, peer_pid, register_peer, tap
from processes import LIMIT, is_alive
from world import World, program


def restart(world):
    world.stop_server()
    world.start_server()


def has_text(text):
    return lambda event: event['event'] == 'message' and event['message']['text'] == text


def has_asked(address):
    return lambda event: (event['event'] == 'contact' and event['contact']['signin_name'] == address
                          and event['contact']['relation'] == 'asked')


def is_offline(event):
    return event['event'] == 'contact' and event['contact']['status'] != 'online'


def news(watch):
    """What happened; before `ready` stands what was there already."""
    names = [event['event'] for event in watch.events]
    return watch.events[names.index('ready') + 1:]


def assert_unnoticed(watch, *new):
    """No word of the connection, of who is there, or of sessions. @new: whom there was nothing to see of before."""
    noticed = [event for event in news(watch) if event['event'] in ('account', 'session', 'notice', 'alert')
               or (is_offline(event) and event['contact']['signin_name'] not in new)]
    assert not noticed, noticed


def test_a_restart_is_not_noticed():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer((alice, bob), 'hold')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)
        peer = peer_pid(bob, session)
        with alice.watch('--with', bob.address) as one, bob.watch('--with', alice.address) as other:
            for number in range(3):
                restart(world)
                # At once: it is kept until somebody takes it, and is told like any other.
                alice.send('bob', f'question {number}')
                bob.send('alice', f'answer {number}')
                other.until(has_text(f'question {number}'), 3 * LIMIT)
                one.until(has_text(f'answer {number}'), 3 * LIMIT)
            assert_unnoticed(one)
            assert_unnoticed(other)
        for user in (alice, bob):
            assert user.ctl('account', 'list')[0]['state'] == 'online'
            assert [contact['status'] for contact in user.ctl('contacts')] == ['online'], user.ctl('contacts')
            assert user.session(session)['state'] == 'connected', user.session(session)
        assert is_alive(peer), 'the program of the session is gone'


def ask(user, *arguments):
    return user.start([program('beckonctl'), '--json', *arguments])


def test_what_is_asked_for_in_a_restart_is_done():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        carol = world.user('carol')
        carol.create_account()
        alice.ctl('group', 'create', 'Work')
        with alice.watch() as watch:
            world.stop_server()
            asked = [ask(alice, 'contact', 'add', carol.address), ask(alice, 'contact', 'alias', bob.address, 'Bobby'),
                     ask(alice, 'group', 'rename', 'Work', 'Club'), ask(alice, 'group', 'create', 'Chess'),
                     ask(carol, 'contact', 'block', bob.address)]
            time.sleep(1)  # how long the server is away
            world.start_server()
            for process in asked:
                assert process.wait(3 * LIMIT) == 0, process.stdout.read()
                process.stdout.close()
            carol.wait(f'contact={alice.address}:asking')
            alice.wait(f'contact={carol.address}:asked')
            watch.until(has_asked(carol.address), 3 * LIMIT)
            assert_unnoticed(watch, carol.address)
        assert [contact['display_name'] for contact in alice.ctl('contacts')].count('Bobby') == 1, alice.ctl('contacts')
        assert sorted(group['name'] for group in alice.ctl('groups')) == ['Chess', 'Club'], alice.ctl('groups')
        assert carol.ctl('contact', 'show', bob.address)['blocked'], carol.ctl('contacts')


def expect_invitation(alice, bob, session):
    bob.wait('invitation', session=session)
    alice.ctl('cancel', session)
    expect_end(session, 'cancelled-remote', bob)


def test_an_invitation_in_a_restart_comes():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        with alice.watch() as watch:
            world.stop_server()
            inviting = ask(alice, 'invite', bob.address, 'Pipe')
            time.sleep(1)  # how long the server is away
            world.start_server()
            said = inviting.communicate(timeout=3 * LIMIT)[0]
            assert inviting.returncode == 0, said
            expect_invitation(alice, bob, json.loads(said)['id'])
            # Whoever is back first does not find the other one.
            for one, other in ((alice, bob), (bob, alice)) * 2:
                restart(world)
                expect_invitation(one, other, one.ctl('invite', other.address, 'Pipe', timeout=3 * LIMIT)['id'])
            noticed = [event for event in news(watch) if event['event'] in ('account', 'notice') or is_offline(event)]
            assert not noticed, noticed


def test_who_does_not_come_back_is_seen_to_be_gone():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        with alice.watch() as watch:
            world.stop_server()
            bob.stop_service()
            world.start_server()
            watch.until(is_offline, 3 * LIMIT)
            assert not [event for event in news(watch) if event['event'] == 'account'], watch.events


def test_a_server_that_stays_away_is_noticed():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        world.stop_server()
        # What waits for it ends as without it, and then nothing waits any more.
        assert alice.refused('invite', bob.address, 'Pipe', timeout=3 * LIMIT).error == 'NotLoggedOn'
        alice.wait('account-state=waiting', 'account-state=finding', 'account-state=connecting', timeout=3 * LIMIT)
        assert alice.ctl('sessions') == [], alice.ctl('sessions')
        for _number in range(2):
            assert alice.refused('contact', 'alias', bob.address, 'Bobby', timeout=3 * LIMIT).error == 'Disconnected'


def test_a_backup_is_put_in_place():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        backup = world.folder / 'backup.db'
        with bob.watch('--with', alice.address) as watch:
            alice.send('bob', 'before')
            watch.until(has_text('before'))
            administer(world, 'backup', str(backup))
            alice.send('bob', 'after')
            watch.until(has_text('after'))
        carol = world.user('carol')
        carol.create_account()
        carol.befriend(bob)
        world.kill_server()
        administer(world, 'restore', str(backup), '--replace')
        with bob.watch('--with', alice.address) as watch, alice.watch('--with', bob.address) as other:
            world.start_server()
            for user in (alice, bob):
                user.wait('account-state=online', timeout=3 * LIMIT)
            alice.send('bob', 'now')
            bob.send('alice', 'yes')
            watch.until(has_text('now'), 3 * LIMIT)
            other.until(has_text('yes'), 3 * LIMIT)
        # Nothing is missing and nothing is there twice. Carol is nobody whom that server knows.
        assert bob.texts('alice') == ['before', 'after', 'now'], bob.texts('alice')
        assert alice.texts('bob') == ['yes'], alice.texts('bob')
        assert [contact['signin_name'] for contact in bob.ctl('contacts')] == [alice.address], bob.ctl('contacts')


def test_an_account_is_closed_and_opened():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        administer(world, 'account', 'disable', 'bob')
        bob.wait('account-state=offline')
        account = bob.ctl('account', 'list')[0]
        assert account['error'] == 'im.beckon.Error.AccessDenied', account
        assert 'closed this account' in account['error_text'], account
        alice.wait(f'presence={bob.address}:offline')
        assert alice.ctl('contacts')[0]['relation'] == 'accepted'
        assert bob.refused('account', 'sign-in').error == 'AccessDenied'
        alice.send('bob', 'when you are back')
        administer(world, 'account', 'enable', 'bob')
        with bob.watch('--with', alice.address) as watch:
            bob.ctl('account', 'sign-in')  # nobody asks for a password
            watch.until(has_text('when you are back'))
        alice.wait(f'presence={bob.address}:online')


if __name__ == '__main__':
    tap.run([
        test_a_restart_is_not_noticed,
        test_what_is_asked_for_in_a_restart_is_done,
        test_an_invitation_in_a_restart_comes,
        test_who_does_not_come_back_is_seen_to_be_gone,
        test_a_server_that_stays_away_is_noticed,
        test_a_backup_is_put_in_place,
        test_an_account_is_closed_and_opened,
    ])
