#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions stay in the conversation, with how they went in words."""
from cases import both_run, expect_end, invite, tap, wait_entry
from world import World

TO_BOB = 'You invited Bob to Pipe.'
FROM_ALICE = 'Alice invited you to Pipe.'


def test_how_it_went():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        alice.send('bob', 'before')
        declined = invite(alice, bob)
        wait_entry(alice, 'bob', declined, (True, TO_BOB, 'none', ''))
        wait_entry(bob, 'alice', declined, (False, FROM_ALICE, 'none', ''))
        bob.ctl('decline', declined)
        wait_entry(alice, 'bob', declined, (True, TO_BOB, 'invitation-declined', 'Bob declined.'))
        wait_entry(bob, 'alice', declined, (False, FROM_ALICE, 'invitation-declined', 'You declined.'))

        missed = invite(alice, bob)
        alice.ctl('cancel', missed)
        wait_entry(bob, 'alice', missed, (False, FROM_ALICE, 'cancelled-remote', 'Alice cancelled.'))
        assert bob.ctl('contacts')[0]['unread'] == 3
        bob.ctl('chat', 'alice', '--mark-read')
        bob.wait(f'unread={alice.address}:0')

        ended = invite(alice, bob)
        both_run(alice, bob, ended)
        alice.ctl('cancel', ended)
        wait_entry(bob, 'alice', ended, (False, FROM_ALICE, 'cancelled-remote', 'Alice cancelled.'))
        alice.send('bob', 'after')
        bob.wait('message=after', who='alice')
        for user in (alice, bob):
            user.stop_service()
        kinds = [entry['session'] or entry['text'] for entry in bob.ctl('chat', 'alice')]
        assert kinds == ['before', declined, missed, ended, 'after'], kinds
        wait_entry(alice, 'bob', declined, (True, TO_BOB, 'invitation-declined', 'Bob declined.'))


def test_a_crash():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        session = invite(alice, bob)
        both_run(alice, bob, session)
        bob.kill_service()
        wait_entry(bob, 'alice', session,
                   (False, FROM_ALICE, 'service-restarted', 'Beckon was restarted on one side.'))
        expect_end(session, 'service-restarted', alice)
        wait_entry(alice, 'bob', session, (True, TO_BOB, 'service-restarted', 'Beckon was restarted where Bob is.'))


def test_both_sides_in_one_service():
    with World() as world:
        alice, bob = world.friends('alice', 'bob')
        account = ('account', 'add', alice.address, '--server', world.address, '--password-stdin')
        alice.stop_service()
        bob.ctl(*account, text=alice.password + '\n')
        bob.wait(f'presence={alice.address}:online')
        both = bob
        session = both.ctl('--account', alice.address, 'invite', bob.address, 'Pipe')['id']
        both.wait('invitation', session=session)
        sessions = [found for found in both.ctl('sessions', '--all') if found['id'] == session]
        assert sorted(found['role'] for found in sessions) == ['invitee', 'inviter'], sessions
        wait_entry(both, 'alice', session, (False, FROM_ALICE, 'none', ''))
        wait_entry(both, 'bob', session, (True, TO_BOB, 'none', ''), account=alice.address)


if __name__ == '__main__':
    tap.run([test_how_it_went, test_a_crash, test_both_sides_in_one_service])
