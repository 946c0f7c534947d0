#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages arrive once and in order, whatever is killed on their way."""
from cases import lose_server, regain_server, tap
from world import World


def expect_texts(user, who, wanted):
    user.wait(f'message={wanted[-1]}', who=who)
    texts = user.texts(who)
    assert texts == wanted, (f'missing: {[text for text in wanted if text not in texts]}',
                             f'twice: {[text for text in texts if texts.count(text) > 1]}', texts)


def test_whoever_was_away_reads_all():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        alice.send('bob', 'before')
        bob.wait('message=before', who='alice')
        bob.stop_service()
        alice.wait(f'presence={bob.address}:offline')
        wanted = ['before', *(f'number {number}\n"é" 🙂' for number in range(20))]
        for text in wanted[1:]:
            alice.send('bob', text)
        expect_texts(bob, 'alice', wanted)
        bob.stop_service()
        expect_texts(bob, 'alice', wanted)
        assert bob.ctl('contacts')[0]['unread'] == len(wanted), bob.ctl('contacts')


def test_the_server_is_killed():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        wanted = []
        for number in range(6):
            wanted += [f'with the server {number}', f'on its way {number}', f'without {number}']
            alice.send('bob', wanted[-3])
            alice.ctl('chat', 'send', 'bob', wanted[-2])
            lose_server(world, alice, bob)
            alice.ctl('chat', 'send', 'bob', wanted[-1])
            regain_server(world, alice, bob)
            # What the server said it has is on its disk; the rest waits at alice's.
            alice.wait('sent', who='bob')
        expect_texts(bob, 'alice', wanted)


def test_the_sender_is_killed():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        wanted = []
        for number in range(5):
            wanted += [f'at once {number}', f'then {number}', f'later {number}']
            alice.ctl('chat', 'send', 'bob', wanted[-3])
            alice.ctl('chat', 'send', 'bob', wanted[-2])
            alice.kill_service()
            alice.ctl('chat', 'send', 'bob', wanted[-1])
        alice.wait('sent', who='bob')
        expect_texts(bob, 'alice', wanted)


def test_the_sender_is_killed_without_a_connection():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        lose_server(world, alice, bob)
        wanted = [f'number {number}' for number in range(5)]
        for text in wanted:
            assert alice.ctl('chat', 'send', 'bob', text)['delivery'] == 'pending'
        alice.kill_service()
        regain_server(world, bob)
        alice.wait('sent', who='bob')
        expect_texts(bob, 'alice', wanted)


def test_the_receiver_is_killed():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        wanted = []
        for number in range(6):
            for text in (f'seen {number}', f'in a hurry {number}', f'too {number}'):
                alice.send('bob', text)
                wanted.append(text)
            bob.kill_service()
            wanted.append(f'while away {number}')
            alice.send('bob', wanted[-1])
            bob.start_service()
        expect_texts(bob, 'alice', wanted)
        bob.kill_service()
        expect_texts(bob, 'alice', wanted)


if __name__ == '__main__':
    tap.run([
        test_whoever_was_away_reads_all,
        test_the_server_is_killed,
        test_the_sender_is_killed,
        test_the_sender_is_killed_without_a_connection,
        test_the_receiver_is_killed,
    ])
