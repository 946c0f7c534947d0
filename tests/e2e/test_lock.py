#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock and Key with the real server: programs that have a license, and programs that have none."""
import contextlib
import re
import sys

from cases import administer, invite, tap
from world import PIPE, SOURCES, World

sys.path.append(str(SOURCES / 'tests/service'))
from bed import ROOT, SESSIONS, Client, refused, wait  # noqa: E402
from locked import (FAILED, FALSE, INITIALIZED, NOT_INITIALIZED, PRIVATE, STRANGER, TRUE, UNLOCKED,  # noqa: E402
                    Program, response_to)

CONNECTED, TERMINATED = 4, 7
LOCK = 'LockStatusChanged'


class Bus:
    """The bus of a user, for programs at the door of applications."""

    def __init__(self, user):
        self.user = user

    def client(self):
        return Client(self.user.environment['DBUS_SESSION_BUS_ADDRESS'])

    def program(self, guids=()):
        return Program(self, guids=guids)


class License:
    def __init__(self, world, *arguments):
        said = administer(world, 'license', 'issue', '--name=A program', *arguments)
        self.id, self.key = re.search(r'(?ms)^id:? +(\S+)$.*^key:? +(\S+)$', said).groups()


def unlock(program_, user, license, path=ROOT, key=None):
    """Whether the license opened it."""
    program_.cookie += 1
    cookie, account = program_.cookie, user.address
    program_.request(cookie, path)
    response = response_to(program_.challenge(cookie, path, account), key or license.key, license.id)
    program_.respond(response, cookie, license.id, path)
    return program_.result(cookie, path, account)


@contextlib.contextmanager
def pair(lock='on'):
    with World(lock=lock) as world:
        alice, bob = world.user('alice'), world.user('bob')
        for user in (alice, bob):
            user.create_account()
        alice.befriend(bob)
        yield world, alice, bob


def test_a_licensed_program_invites():
    with pair() as (world, alice, bob):
        license = License(world)
        program_ = Bus(alice).program()
        assert program_.status() == INITIALIZED
        refused('ApiLocked', program_.create)
        refused('ApiLocked', program_.register)
        # What people do themselves is never locked.
        alice.ctl('apps', 'register', STRANGER, 'Stranger', '/bin/cat')
        alice.ctl('apps', 'unregister', STRANGER)
        alice.ctl('cancel', invite(alice, bob))
        assert unlock(program_, alice, license)
        assert program_.status() == UNLOCKED and program_.status(PRIVATE) == INITIALIZED
        session = program_.create()
        program_.choose(session, PIPE)
        program_.invite(session, bob.address, 'by a program')
        bob.wait('invitation')
        assert bob.ctl('sessions')[0]['app_data'] == 'by a program'
        bob.ctl('accept')
        program_.client.wait_state(session, CONNECTED, SESSIONS)
        program_.session(session, 'Cancel', '(us)', 0, 'enough')
        bob.wait('session-state=terminated')


def test_what_opens_nothing():
    with pair() as (world, alice, bob):
        good, revoked, test = License(world), License(world), License(world, '--cloud=test')
        administer(world, 'license', 'revoke', revoked.id)
        unknown = License.__new__(License)
        unknown.id, unknown.key = 'NOSUCHLICENSE', good.key
        for license, key in ((good, 'guessed'), (good, good.key[:-1]), (revoked, None), (test, None), (unknown, None),
                             (good, revoked.key)):
            program_ = Bus(alice).program()
            assert unlock(program_, alice, license, key=key) is False
            assert program_.status() == FAILED
            refused('ApiUnlockFailed', program_.request, 77)
            refused('ApiLocked', program_.create)
            program_.leave()
        error = alice.refused('lock', 'unlock', '--id', good.id, '--key-file', '-', text='guessed')
        assert error.error == 'ApiUnlockFailed', error
        alice.ctl('lock', 'unlock', '--id', good.id, '--key-file', '-', text=good.key + '\n')
        assert alice.ctl('lock')['status'] == 'initialized'
        # The account of somebody else is not opened by it.
        program_ = Bus(bob).program()
        assert unlock(program_, bob, good)


def test_a_license_is_revoked_while_it_is_used():
    with pair() as (world, alice, bob):
        license = License(world)
        program_ = Bus(alice).program()
        assert unlock(program_, alice, license)
        session = program_.create()
        program_.choose(session, PIPE)
        program_.forget()
        administer(world, 'license', 'revoke', license.id)
        program_.client.wait_signal(LOCK, ROOT, lambda a: a == (INITIALIZED, alice.address))
        refused('ApiLocked', program_.create)
        refused('ApiLocked', program_.invite, session, bob.address)


def test_the_connection_breaks():
    with pair() as (world, alice, bob):
        license = License(world)
        program_ = Bus(alice).program()
        assert unlock(program_, alice, license)
        session = program_.create()
        program_.choose(session, PIPE)
        program_.forget()
        world.kill_server()
        program_.client.wait_signal(LOCK, ROOT, lambda a: a == (NOT_INITIALIZED, alice.address), seconds=60)
        refused('ApiNotInitialized', program_.request, 1)
        refused('NotLoggedOn', program_.invite, session, bob.address)
        program_.forget()
        world.start_server()
        program_.client.wait_signal('LockEnable', ROOT, lambda a: a == (True, alice.address), seconds=90)
        alice.wait('account-state=online')
        refused('ApiLocked', program_.invite, session, bob.address)
        assert unlock(program_, alice, license)
        alice.wait(f'presence={bob.address}:online', timeout=90)
        program_.invite(session, bob.address)
        bob.wait('invitation')


def test_an_invitation_comes_to_who_has_unlocked():
    with pair() as (world, alice, bob):
        license = License(world)
        program_ = Bus(bob).program([PIPE])
        session = invite(alice, bob)
        assert program_.client.asked == []
        assert unlock(program_, bob, license)
        wait(lambda: program_.client.asked, 'the question')
        assert program_.client.asked[0][0] == 'Invitation'
        alice.ctl('cancel', session)
        bob.wait('invitation-over')


def test_the_server_asks_again():
    with pair() as (world, alice, bob):
        license = License(world)
        program_ = Bus(alice).program()
        for path in (ROOT, PRIVATE):
            assert unlock(program_, alice, license, path)
        for key, right in ((license.key, True), ('guessed', False)):
            program_.forget()
            administer(world, 'license', 'challenge', license.id)
            for path in (ROOT, PRIVATE):
                challenge = program_.challenge(0, path, alice.address)
                program_.respond(response_to(challenge, key, license.id), 0, license.id, path)
                assert program_.result(0, path, alice.address) is right
                assert program_.status(path) == (UNLOCKED if right else FAILED)
        refused('ApiLocked', program_.create)


def alerts(watch, count):
    """The next alerts that the user is told of: their words."""
    seen = [event for event in watch.events if event['event'] == 'alert']
    while len(seen) < count:
        event = watch.next()
        seen += [event] if event['event'] == 'alert' else []
    return [(event['alert']['site'], event['alert']['text'], event['alert']['url']) for event in seen]


def test_alerts():
    with pair() as (world, alice, bob):
        license = License(world)
        program_, other = Bus(alice).program(), Bus(alice).program()
        for one in (program_, other):
            assert unlock(one, alice, license, PRIVATE)
            one.enable_alerts(7)
            one.client.answers['AlertReceived'] = TRUE
        with alice.watch() as at_alice, bob.watch() as at_bob:
            send = lambda *arguments: administer(world, 'alert', 'send', *arguments)
            send('A new level is out.', '--subscribers', '--site=7', '--url=https://example.org/new')
            wait(lambda: program_.client.asked and other.client.asked, 'the question')
            assert alerts(at_alice, 1) == [(7, 'A new level is out.', 'https://example.org/new')]
            for one in (program_, other):
                (method, (alert, _)), = one.client.asked
                assert (method, alert[0], alert[2], alert[5]) == (
                    'AlertReceived', 7, 'A new level is out.', alice.address)
            other.client.answers['AlertReceived'] = FALSE
            send('Only the program knows.', '--subscribers', '--site=7')
            wait(lambda: len(program_.client.asked) == len(other.client.asked) == 2, 'the question')
            send('Hello, <b>Bob</b>.', f'--to={bob.name}')
            assert alerts(at_bob, 1) == [(0, 'Hello, <b>Bob</b>.', '')]
            send('Good night, all.', '--all')
            assert alerts(at_bob, 2)[1] == (0, 'Good night, all.', '')
            assert alerts(at_alice, 2)[1] == (0, 'Good night, all.', '')
            assert len(program_.client.asked) == 2
        # It waits for who is away, and is told once.
        bob.stop_service()
        send('Good morning.', f'--to={bob.name}')
        with bob.watch() as at_bob:
            assert alerts(at_bob, 1) == [(0, 'Good morning.', '')]
            bob.ctl('alerts', 'dismiss', next(e for e in at_bob.events if e['event'] == 'alert')['alert']['id'])
        bob.stop_service()
        bob.wait('account-state=online')
        send('Again.', f'--to={bob.name}')
        with bob.watch() as at_bob:
            assert alerts(at_bob, 1) == [(0, 'Again.', '')]


def test_a_program_makes_contacts():
    with pair() as (world, alice, bob):
        license = License(world)
        carol = world.user('carol')
        carol.create_account()
        program_ = Bus(alice).program()
        refused('ApiLocked', program_.add_contact, carol.address)
        assert unlock(program_, alice, license, PRIVATE)
        for who, error in ((carol.address, ''), (bob.address, 'im.beckon.Error.AlreadyInList'),
                           ('nobody@localhost', 'im.beckon.Error.UserNotFound'),
                           ('nobody', 'im.beckon.Error.InvalidArgument')):
            program_.add_contact(who)
            assert program_.added(who) == error, who
        carol.wait(f'contact={alice.address}:asking')


def test_the_operator_opens_it_for_all():
    with pair('off') as (world, alice, bob):
        program_ = Bus(alice).program()
        assert alice.ctl('lock')['status'] == 'disabled'
        session = program_.create()
        program_.choose(session, PIPE)
        program_.invite(session, bob.address)
        bob.wait('invitation')
        bob.ctl('decline')
        program_.client.wait_state(session, TERMINATED, SESSIONS)


if __name__ == '__main__':
    tap.run([test_a_licensed_program_invites, test_what_opens_nothing, test_a_license_is_revoked_while_it_is_used,
             test_the_connection_breaks, test_an_invitation_comes_to_who_has_unlocked, test_the_server_asks_again,
             test_alerts, test_a_program_makes_contacts, test_the_operator_opens_it_for_all])
