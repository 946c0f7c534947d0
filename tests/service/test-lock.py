#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock and Key at the door of applications: every wrong order, whose lock it is, what it locks, and when it is gone."""
import pathlib
import re
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, GUID, ROOT, SERVICE, SESSIONS, Bus, refused, wait
from gate import Gate
from locked import (ALICE, BOB, DISABLED, FAILED, FALSE, INITIALIZED, NOT_INITIALIZED, PENDING, PRIVATE, STRANGER, TRUE,
                    UNLOCKED, Door, Program, ask, response_to)
from pair import Pair

READY, INVITATION, CONNECTED = 1, 2, 4
LOCK_SIGNALS = ('LockEnable', 'LockChallenge', 'LockResult', 'LockStatusChanged')


def test_nothing_is_locked():
    with Bus() as bus:
        door = Door(bus, open=True)
        for program in (Program(bus), Program(bus, attached=False)):
            for path in (ROOT, PRIVATE):
                assert program.status(path) == program.status(path, ALICE) == DISABLED
                assert program.client.get('Lock1', 'Status', path, SESSIONS) == DISABLED
                refused('ApiDisabled', program.respond, 'x', 1, path=path)
            session = program.create()
            program.choose(session)
            program.invite(session)
            program.register()
            program.unregister()
            program.add_contact('carol@localhost')
        program = Program(bus)
        assert program.told(*LOCK_SIGNALS) == [
            (path, *signal) for path in (ROOT, PRIVATE)
            for signal in (('LockEnable', (False, ALICE)), ('LockStatusChanged', (DISABLED, ALICE)))]
        refused('ApiDisabled', program.request, 1)
        program.enable_alerts(1)
        door.ui.call('Account1', 'SignOut', path=door.alice)
        refused('NotLoggedOn', program.create)
        refused('NotFound', program.status, ROOT, BOB)
        refused('InvalidArgument', program.lock, 'GetStatus', '(a{sv})', {'account': GLib.Variant('u', 1)})
        assert door.process.poll() is None


def test_nobody_is_there():
    with Bus() as bus:
        bus.register(GUID, '/bin/cat')
        bus.start()
        program = Program(bus)
        assert program.status() == NOT_INITIALIZED
        assert program.client.get_all('Lock1', PRIVATE, SESSIONS) == {'version': 1, 'Status': NOT_INITIALIZED}
        refused('ApiNotInitialized', program.request, 1)
        refused('ApiNotInitialized', program.respond, 'x', 1)
        refused('NotFound', program.status, ROOT, ALICE)
        refused('NotLoggedOn', program.create)
        refused('NotLoggedOn', program.add_contact, BOB)
        refused('NotFound', program.enable_alerts, 1)
        program.register()
        program.unregister()
        # Who is there already hears of an account that comes.
        bus.client().account(ALICE)
        program.client.wait_signal('LockEnable', PRIVATE, lambda a: a == (False, ALICE))
        assert program.status() == DISABLED


def locked_calls(program):
    return {
        'CreateSession': program.create,
        'RegisterApplication': program.register,
        'UnRegisterApplication': lambda: program.unregister(GUID),
        'EnableAlertEvents': lambda: program.enable_alerts(1),
        'AddContact': lambda: program.add_contact('carol@localhost'),
    }


def test_what_is_locked():
    with Bus() as bus:
        door = Door(bus)
        for program in (Program(bus), Program(bus, attached=False)):
            for name, call in locked_calls(program).items():
                if name == 'EnableAlertEvents' and program.client.signals == []:
                    refused('AccessDenied', call)
                else:
                    refused('ApiLocked', call)
            assert [a[0] for a in program.manager('ListApplications')] == [GUID]
            assert program.client.get('SessionManager1', 'MySigninName', ROOT, SESSIONS) == ALICE
            assert program.client.get_all('MessengerPrivate1', PRIVATE, SESSIONS) == {'version': 1}
            refused('NotFound', program.manager, 'GetLaunchingSession', '(sa{sv})', 'x', {})
            assert program.status() == INITIALIZED
            refused('ApiLocked', program.create, ALICE)
            refused('NotLoggedOn', program.create, BOB)
        # The user's own door has no lock.
        ui = door.ui
        ui.call('Registry1', 'RegisterApplication', '(ssssu)', STRANGER, 'Stranger', '', '/bin/cat', 0)
        ui.call('Registry1', 'UnRegisterApplication', '(s)', STRANGER)
        path = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, 'ignore', {})
        ui.call('Session1', 'Cancel', '(us)', 0, '', path=path)
        refused('org.freedesktop.DBus.Error.UnknownMethod', ui.call, 'Lock1', 'GetStatus', '(a{sv})', {}, door=SERVICE)
        # Each object opens what is its own.
        one, other = Program(bus), Program(bus)
        assert one.unlock(ROOT) and other.unlock(PRIVATE)
        for program, opened in ((one, ('CreateSession', 'RegisterApplication', 'UnRegisterApplication')),
                                (other, ('EnableAlertEvents', 'AddContact'))):
            for name, call in locked_calls(program).items():
                if name not in opened:
                    refused('ApiLocked', call)
                elif name == 'UnRegisterApplication':
                    program.unregister()
                else:
                    call()


def test_every_wrong_order():
    with Bus() as bus:
        Door(bus)
        program, nobody = Program(bus), Program(bus, attached=False)
        refused('AccessDenied', nobody.request, 1)
        refused('ApiLocked', nobody.respond, 'x', 1)
        for path in (ROOT, PRIVATE):
            refused('ApiLocked', program.respond, 'x', 1, path=path)
            assert 'cookie' in refused('InvalidArgument', program.request, 0, path=path)
            refused('NotFound', program.request, 1, path=path, account=BOB)
            refused('InvalidArgument', program.lock, 'RequestChallenge', '(i)', 1, path=path)
            program.request(7, path)
            refused('ApiPendingUnlock', program.request, 8, path)
            assert program.status(path) == PENDING
            challenge = program.challenge(7, path)
            assert challenge.isascii() and challenge.isprintable()
            refused('ApiPendingUnlock', program.request, 7, path)
            refused('InvalidArgument', program.respond, response_to(challenge), 8, path=path)
            for word in ('', 'two words', 'x\n', 'ö', 'x' * 129):
                assert 'id' in refused('InvalidArgument', program.respond, 'x', 7, word, path)
                assert 'response' in refused('InvalidArgument', program.respond, word, 7, path=path)
            assert program.status(path) == PENDING
            program.respond(response_to(challenge), 7, path=path)
            assert program.result(7, path) is True
            assert program.status(path) == UNLOCKED
            refused('ApiAlreadyUnlocked', program.request, 9, path)
            refused('ApiAlreadyUnlocked', program.respond, response_to(challenge), 7, path=path)
            program.client.ping(SESSIONS)
            assert [s[2][0] for s in program.client.signals if s[1] == 'LockStatusChanged' and s[0] == path] == [
                INITIALIZED, PENDING, UNLOCKED]


def test_a_wrong_answer():
    with Bus() as bus:
        door = Door(bus)
        program, other = Program(bus), Program(bus)
        assert program.unlock(key='guessed') is False
        assert program.status() == FAILED
        refused('ApiUnlockFailed', program.request, 5)
        refused('ApiUnlockFailed', program.respond, 'x', 5)
        refused('ApiLocked', program.create)
        # An answer to somebody else's challenge.
        other.request(1)
        program.request(2, PRIVATE)
        program.respond(response_to(other.challenge(1)), 2, path=PRIVATE)
        assert program.result(2, PRIVATE) is False
        other.respond(response_to(other.challenge(1)), 1)
        assert other.result(1) is True
        # No second try before the next sign-in.
        door.ui.call('Account1', 'SignOut', path=door.alice)
        program.client.wait_signal('LockStatusChanged', ROOT, lambda a: a == (NOT_INITIALIZED, ALICE))
        refused('ApiNotInitialized', program.request, 6)
        refused('ApiNotInitialized', program.respond, 'x', 6)
        program.forget()
        door.ui.call('Account1', 'SignIn', '(sa{sv})', '', {}, path=door.alice)
        program.client.wait_signal('LockEnable', ROOT, lambda a: a == (True, ALICE))
        assert program.unlock() is True


def test_whose_lock_it_is():
    with Bus() as bus:
        Door(bus, BOB)
        one, other = Program(bus), Program(bus)
        other.forget()
        assert one.unlock(ROOT, ALICE)
        assert [one.status(path, who) for path in (ROOT, PRIVATE) for who in (ALICE, BOB)] == [
            UNLOCKED, INITIALIZED, INITIALIZED, INITIALIZED]
        assert [other.status(path, who) for path in (ROOT, PRIVATE) for who in (ALICE, BOB)] == [INITIALIZED] * 4
        one.create(ALICE)
        one.create()
        refused('ApiLocked', one.create, BOB)
        refused('ApiLocked', other.create)
        assert one.client.get('Lock1', 'Status', ROOT, SESSIONS) == UNLOCKED
        assert one.client.get_all('Lock1', PRIVATE, SESSIONS)['Status'] == INITIALIZED
        assert other.client.get('Lock1', 'Status', ROOT, SESSIONS) == INITIALIZED
        assert one.unlock(PRIVATE, BOB) and one.status(PRIVATE) == INITIALIZED
        assert {(s[0], s[2][-1]) for s in one.told('LockResult')} == {(ROOT, ALICE), (PRIVATE, BOB)}
        assert other.told(*LOCK_SIGNALS) == []
        # Attaching again tells how things stand and changes nothing.
        one.forget()
        one.client.attach(SESSIONS)
        assert [s[2] for s in one.told('LockStatusChanged') if s[0] == ROOT] == [(UNLOCKED, ALICE), (INITIALIZED, BOB)]
        assert [s[2] for s in one.told('LockEnable') if s[0] == PRIVATE] == [(True, ALICE), (True, BOB)]
        one.create()


def test_gone_with_connection_and_caller():
    with Bus() as bus:
        door = Door(bus)
        program = Program(bus)
        assert program.unlock()
        session = program.create()
        program.choose(session)
        door.reconnect(program)
        assert program.status() == INITIALIZED
        assert [s[2] for s in program.told('LockStatusChanged') if s[0] == ROOT] == [
            (NOT_INITIALIZED, ALICE), (INITIALIZED, ALICE)]
        refused('ApiLocked', program.create)
        # What it made is its own still, but for inviting.
        assert program.client.get('Session1', 'State', session, SESSIONS) == READY
        program.client.set('Session1', 'LocalAddress', GLib.Variant('s', 'here'), session, SESSIONS)
        refused('ApiLocked', program.invite, session)
        assert program.client.get('Session1', 'State', session, SESSIONS) == READY
        assert program.unlock()
        program.invite(session)
        program.client.wait_state(session, CONNECTED, SESSIONS)
        # Offline, that is what is said.
        door.ui.call('Account1', 'SignOut', path=door.alice)
        program.client.wait_signal('LockStatusChanged', ROOT, lambda a: a == (NOT_INITIALIZED, ALICE))
        door.ui.call('Account1', 'SignIn', '(sa{sv})', '', {}, path=door.alice)
        program.client.wait_signal('LockEnable', ROOT, lambda a: a == (True, ALICE))
        assert program.status() == INITIALIZED
        # A program that is started again has to unlock again.
        assert program.unlock()
        program.leave()
        after = Program(bus)
        assert after.status() == INITIALIZED
        refused('ApiLocked', after.create)


def test_asked_again_and_revoked():
    with Bus() as bus:
        door = Door(bus)
        program, bystander = Program(bus), Program(bus)
        assert program.unlock() and program.unlock(PRIVATE)
        bystander.forget()
        door.operator('!ask')
        for path in (ROOT, PRIVATE):
            challenge = program.challenge(0, path)
            program.create()
            refused('InvalidArgument', program.respond, response_to(challenge), 101, path=path)
            program.respond(response_to(challenge), 0, path=path)
            assert program.result(0, path) is True and program.status(path) == UNLOCKED
        program.forget()
        door.operator('!ask')
        program.respond(response_to(program.challenge(0), 'guessed'), 0)
        assert program.result(0) is False and program.status() == FAILED
        refused('ApiLocked', program.create)
        assert program.status(PRIVATE) == UNLOCKED
        door.operator('!revoke')
        program.client.wait_signal('LockStatusChanged', PRIVATE, lambda a: a == (INITIALIZED, ALICE))
        refused('ApiLocked', program.add_contact, 'carol@localhost')
        assert program.unlock(PRIVATE) is False
        assert bystander.told(*LOCK_SIGNALS) == []


def ring(door, data='hello'):
    """alice invites bob; both are here."""
    return door.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', door.alice, BOB, GUID, data, {})


def befriend(door):
    ui = door.ui
    ui.call('Account1', 'AddContact', '(ss)', BOB, '', path=door.alice)
    contact = lambda path, who: next((c for c in ui.call('Account1', *CONTACTS, path=path) or [] if c[0] == who),
                                     (who, '', 0, False, 0))
    door.ask(lambda: contact(door.others[0], ALICE)[2] == 2, 'the request')
    ui.call('Account1', 'ApproveContact', '(s)', ALICE, path=door.others[0])
    door.ask(lambda: contact(door.alice, BOB)[2] == 3 and contact(door.alice, BOB)[4] & 2, 'that they see each other')


def test_invitations_come_to_the_unlocked():
    with Bus() as bus:
        door = Door(bus, BOB)
        befriend(door)
        program = Program(bus, guids=[GUID])
        program.client.answers['Invitation'] = FALSE
        ring(door)
        path = door.ui.wait_signal('Invitation')[2][0]
        program.client.ping(SESSIONS)
        assert program.client.asked == []
        late = Program(bus, guids=[GUID])
        late.client.ping(SESSIONS)
        assert late.client.asked == []
        late.leave()
        assert program.unlock(ROOT, ALICE)
        program.client.ping(SESSIONS)
        assert program.client.asked == [], 'it is not for alice'
        assert program.unlock(ROOT, BOB)
        wait(lambda: program.client.asked, 'the question')
        assert program.client.asked == [('Invitation', (path, 'hello', {}))]
        # It said no. Unlocking once more is no reason to ask once more; attaching is.
        door.reconnect(program)
        assert program.unlock(ROOT, BOB)
        program.client.ping(SESSIONS)
        assert len(program.client.asked) == 1
        program.client.answers['Invitation'] = TRUE
        program.client.attach(SESSIONS, [GUID])
        wait(lambda: len(program.client.asked) == 2, 'the question')
        door.ui.wait_signal('InvitationOver', ROOT, lambda a: a == (path,))
        # What it holds it keeps.
        door.reconnect(program)
        refused('ApiLocked', program.create, BOB)
        program.session(path, 'Decline', '(s)', 'no')
        door.ui.wait_signal('Termination', path)


def test_launched_programs_have_no_lock():
    with Bus() as bus:
        door = Door(bus)
        program = Program(bus, guids=[GUID])
        program.client.answers.update({'BeforeAppLaunch': TRUE, 'LaunchSession': GLib.Variant('()', ())})
        path = door.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, 'hi', {})
        wait(lambda: any(a[0] == 'LaunchSession' for a in program.client.asked), 'the launch')
        cookie = next(a[1][0] for a in program.client.asked if a[0] == 'LaunchSession')
        assert program.manager('GetLaunchingSession', '(sa{sv})', cookie, {}) == path
        program.session(path, 'SendContextData', '(s)', 'there and back')
        assert program.client.wait_signal('ContextDataReceived', path)[2] == ('there and back',)
        refused('ApiLocked', program.invite, path)
        program.session(path, 'Cancel', '(us)', 0, 'bye')
        program.client.wait_signal('Termination', path)


class Locked(Pair):
    """alice's service speaks through a gate to a server that locks."""
    lock = 'on'
    gate = None

    def address_for(self, who):
        if who != ALICE:
            return self.server_address
        self.gate = Gate(self.server_address)
        return self.gate.address

    def __exit__(self, *error):
        try:
            super().__exit__(*error)
        finally:
            if self.gate is not None:
                self.gate.close()

    def issue(self):
        said = self.administer('license', 'issue', '--name=A program')
        self.id, self.key = re.search(r'(?ms)^id:? +(\S+)$.*^key:? +(\S+)$', said).groups()

    def unlock(self):
        """A program that is in, and a session of its own."""
        program = Program(self.buses[0])
        program.request(1)
        program.respond(response_to(program.challenge(1), self.key, self.id), 1, self.id)
        assert program.result(1) is True
        session = program.create()
        program.choose(session)
        return program, session

    def sent(self, kind):
        return [frame for frame in self.gate.frames() if frame['type'] == kind]

    def invites(self):
        return [frame for frame in self.sent('session-send') if frame['envelope']['kind'] == 'invite']


def test_the_grant_goes_along():
    with Locked() as pair:
        pair.issue()
        program, session = pair.unlock()
        program.invite(session, BOB)
        path = pair.invite()
        own, by_hand = pair.invites()
        assert own['grant'] and 'grant' not in by_hand, 'nothing is locked for the user'
        pair.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=path)
        # The license goes while an invitation is on its way: the server is who refuses it.
        session = program.create()
        program.choose(session)
        program.forget()
        pair.gate.hold()
        call = program.client.begin(SESSIONS, session, 'im.beckon.Session1', 'Invite',
                                    GLib.Variant('(ssa{sv})', (BOB, '', {})))
        program.client.wait_state(session, INVITATION, SESSIONS)
        pair.administer('license', 'revoke', pair.id)
        program.client.wait_signal('LockStatusChanged', ROOT, lambda a: a == (INITIALIZED, ALICE))
        pair.gate.open()
        refused('ApiLocked', program.client.finish, call)


def test_who_leaves_gives_its_grant_back():
    with Locked() as pair:
        pair.issue()
        program, session = pair.unlock()
        program.invite(session, BOB)
        invite, = pair.invites()
        assert pair.sent('lock-release') == []
        program.leave()
        ask(pair.ui[0], lambda: pair.sent('lock-release'), 'the release')
        assert [frame['grant'] for frame in pair.sent('lock-release')] == [invite['grant']]


if __name__ == '__main__':
    tap.run([test_nothing_is_locked, test_nobody_is_there, test_what_is_locked, test_every_wrong_order,
             test_a_wrong_answer, test_whose_lock_it_is, test_gone_with_connection_and_caller,
             test_asked_again_and_revoked, test_invitations_come_to_the_unlocked,
             test_launched_programs_have_no_lock, test_the_grant_goes_along, test_who_leaves_gives_its_grant_back])
