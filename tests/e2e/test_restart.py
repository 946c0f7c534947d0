#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What breaks while it is in use, and comes back: services, the server, the connection."""
import signal

from cases import (HAS_SESSION, PEER, both_run, expect_end, invite, lose_server, peer_pid, regain_server, register_peer,
                   tap)
from processes import LIMIT, is_alive
from world import World, program

NO_SERVICE = 3  # what beckonctl ends with


def test_the_invitees_service_is_killed_in_a_session():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer((alice, bob), 'hold')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)
        program = peer_pid(bob, session)
        bob.kill_service()
        bob.start_service()
        expect_end(session, 'service-restarted', alice)
        # Bob's programs run on: what they were doing may not be lost.
        assert is_alive(program), 'the program was taken down with the service'
        assert bob.ctl('sessions') == [], bob.ctl('sessions')
        # And the next invitation works.
        alice.wait(f'presence={bob.address}:online')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)


def test_the_inviters_service_is_killed_in_a_session():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer((alice, bob), 'hold')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)
        alice.kill_service()
        alice.start_service()
        expect_end(session, 'service-restarted', bob)


def test_the_inviters_service_is_killed_while_it_rings():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        alice.kill_service()
        alice.start_service()
        expect_end(session, 'service-restarted', bob)
        bob.wait('invitation-over')


def test_a_service_signs_in_by_itself():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        for end in (alice.stop_service, alice.kill_service):
            end()
            alice.start_service()
            alice.wait('account-state=online')
            alice.wait(f'presence={bob.address}:online')
        alice.stop_service()  # then no file comes or goes any more
        for path in alice.folder.rglob('*'):
            if path.is_file() and path.name != 'server.db' and 'logs' not in path.parts:
                assert alice.password.encode() not in path.read_bytes(), f'{path} holds the password'


def test_whoever_waits_for_a_message_hears_that_the_service_is_gone():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        lose_server(world, alice)
        with alice.watch('--with', bob.address) as watch:
            sending = alice.start([program('beckonctl'), 'chat', 'send', bob.address, 'Are you there?', '--wait'])
            watch.until_event('message')  # on the disk, and the server is away
        alice.kill_service()
        assert sending.wait(LIMIT) == NO_SERVICE
        sending.stdout.close()
        # It is sent all the same.
        alice.start_service()
        regain_server(world, alice, bob)
        bob.wait('message=Are you there?', who='alice')


def test_a_wrong_password():
    with World() as world:
        alice = world.user('alice')
        alice.create_account()
        phone = world.user('alice', '-phone')
        error = phone.refused(*phone.account_arguments, text='wrong\n')
        assert error.error == 'InvalidPassword', error
        assert phone.ctl('account', 'list') == []
        assert phone.add_account()['state'] == 'online'


def test_the_server_goes_and_comes_back():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        for end in (world.kill_server, world.stop_server):
            end()
            for user in (alice, bob):
                user.wait('account-state=waiting', 'account-state=finding', 'account-state=connecting')
            assert alice.refused('invite', 'bob', 'Pipe').error == 'NotLoggedOn'
            world.start_server()
            for user, other in ((alice, bob), (bob, alice)):
                user.wait('account-state=online', timeout=3 * LIMIT)  # each wait is longer than the one before it
                user.wait(f'presence={other.address}:online', timeout=3 * LIMIT)
        invite(alice, bob)


def test_no_server_at_the_start():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        alice.stop_service()
        world.kill_server()
        alice.start_service()
        assert alice.ctl('account', 'list')[0]['state'] != 'online'
        assert [contact['signin_name'] for contact in alice.ctl('contacts')] == [bob.address]
        world.start_server()
        alice.wait('account-state=online', timeout=3 * LIMIT)
        alice.wait(f'presence={bob.address}:online', timeout=3 * LIMIT)
        carol = world.user('carol')
        world.stop_server()
        error = carol.refused(*carol.account_arguments, '--create', text='a password\n')
        assert error.error == 'Connect', error


def test_the_server_is_killed_while_it_rings():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        lose_server(world, alice, bob)
        for user in (alice, bob):
            assert user.session(session)['state'] == 'invitation'
        with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
            # Accepted while there is no connection: it waits for one.
            bob.ctl('accept', session)
            regain_server(world, alice, bob)
            one.until_note(HAS_SESSION)
            other.until_note(HAS_SESSION)


def test_the_server_is_killed_in_a_session():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        register_peer((alice, bob), 'hold')
        session = invite(alice, bob, PEER)
        both_run(alice, bob, session)
        for user in (alice, bob):
            user.wait('channel=direct', session=session)
        world.kill_server()
        # The session lives on its channel: context and the end need no server.
        for one, other in ((alice, bob), (bob, alice)):
            with other.watch('--session', session) as watch:
                one.ctl('context', '--data', f'from {one.name}')
                watch.until_event('context-data')
        alice.ctl('cancel', session)
        expect_end(session, 'cancelled-local', alice)
        expect_end(session, 'cancelled-remote', bob)
        world.start_server()


def test_whoever_signs_out_ends_sessions():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        bob.ctl('account', 'sign-out')
        expect_end(session, 'signed-out', alice, bob)


def test_a_service_that_is_told_to_end_ends_its_sessions():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        bob.end_service(signal.SIGTERM)
        said = alice.wait_session(session)
        assert said['result'] in ('signed-out', 'service-restarted'), said


if __name__ == '__main__':
    tap.run([
        test_the_invitees_service_is_killed_in_a_session,
        test_the_inviters_service_is_killed_in_a_session,
        test_the_inviters_service_is_killed_while_it_rings,
        test_a_service_signs_in_by_itself,
        test_whoever_waits_for_a_message_hears_that_the_service_is_gone,
        test_a_wrong_password,
        test_the_server_goes_and_comes_back,
        test_no_server_at_the_start,
        test_the_server_is_killed_while_it_rings,
        test_the_server_is_killed_in_a_session,
        test_whoever_signs_out_ends_sessions,
        test_a_service_that_is_told_to_end_ends_its_sessions,
    ])
