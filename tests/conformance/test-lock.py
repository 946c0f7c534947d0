#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMsgrLock, LockStatus, LockError and the lock's events as Lock1, at both objects. What the server makes of licenses
stands in tests/server, what time does to a request in tests/engine."""
import contextlib
import pathlib
import re
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ECHO, ROOT, SESSIONS, Bus, refused, wait
from locked import ALICE, BOB, LICENSE, PRIVATE, STRANGER, Door, Program, response_to

BOTH = ROOT, PRIVATE
WRONG = '0' * 64


@contextlib.contextmanager
def locked(*others, **named):
    """The door, and a program at it that is attached."""
    with Bus() as bus:
        door = Door(bus, *others, **named)
        yield door, Program(bus)


def outcome(connection, result):
    """The name of the error that a call ended with, None for none."""
    try:
        connection.call_finish(result)
    except GLib.Error as error:
        return Gio.DBusError.get_remote_error(error).removeprefix('im.beckon.Error.')
    return None


def told(program, name, path=ROOT):
    return [signal[2] for signal in program.told(name) if signal[0] == path]


# ---- the status ----

def test_status():
    """LOCK_INITIALIZED after sign-in, of the caller, of the primary account or of the one that is named."""
    with locked(BOB) as (door, program):
        for path in BOTH:
            assert program.client.get('Lock1', 'Status', path, SESSIONS) == 2
            assert program.status(path) == 2 == program.status(path, BOB.upper())
            refused('NotFound', program.status, path, 'zoe@localhost')
        assert program.unlock()
        assert program.client.get('Lock1', 'Status', ROOT, SESSIONS) == 4 == program.status()
        assert program.status(ROOT, BOB) == 2 and Program(door.bus).status() == 2


def test_not_initialized():
    """LOCK_NOTINITIALIZED until an account is signed in; nothing can be unlocked before."""
    with locked() as (door, program):
        door.ui.call('Account1', 'SignOut', path=door.alice)
        for path in BOTH:
            assert program.status(path) == 1
            refused('ApiNotInitialized', program.request, 7, path=path)
            refused('ApiNotInitialized', program.respond, WRONG, 7, path=path)


def test_disabled():
    """LOCK_DISABLED where the service needs no key: everything is open, and there is nothing to unlock."""
    with locked(open=True) as (door, program):
        for path in BOTH:
            assert program.status(path) == 6
            assert told(program, 'LockEnable', path) == [(False, ALICE)]
            refused('ApiDisabled', program.request, 7, path=path)
            refused('ApiDisabled', program.respond, WRONG, 7, path=path)
        assert program.create()
        program.enable_alerts(1)


# ---- the methods ----

def test_request_challenge():
    """LOCK_PENDINGRESULT from the request on, at this object, for this caller."""
    with locked() as (door, program):
        for cookie, path in zip((7, -2147483648), BOTH):
            program.request(cookie, path)
            assert program.status(path) == 3
            assert program.challenge(cookie, path)
        assert Program(door.bus).status() == 2


def test_request_refused():
    with locked() as (door, program):
        refused('InvalidArgument', program.request, 0)
        refused('NotFound', program.request, 7, account=BOB)
        refused('InvalidArgument', program.client.call, 'Lock1', 'RequestChallenge', '(s)', 'x', door=SESSIONS)
        refused('AccessDenied', Program(door.bus, attached=False).request, 7)
        assert program.status() == 2


def test_request_pending():
    """A request is outstanding, whether its challenge has come or not."""
    with locked() as (door, program):
        program.request(7)
        refused('ApiPendingUnlock', program.request, 8)
        program.challenge(7)
        refused('ApiPendingUnlock', program.request, 7)
        assert program.status() == 3


def test_unlock():
    """LOCK_UNLOCKED by HMAC-SHA-256 of challenge, line feed and id, in lower-case hexadecimal digits."""
    with locked() as (door, program):
        program.request(7)
        program.respond(response_to(program.challenge(7)), 7)
        assert program.result(7) is True and program.status() == 4
        assert program.create()


def test_send_response():
    """Only with the cookie of the challenge, and once."""
    with locked() as (door, program):
        program.request(7)
        challenge = program.challenge(7)
        refused('InvalidArgument', program.respond, response_to(challenge), 8)
        assert program.status() == 3
        program.respond(response_to(challenge), 7)
        assert program.result(7) is True
        refused('ApiAlreadyUnlocked', program.respond, response_to(challenge), 7)


def test_response_refused():
    with locked() as (door, program):
        program.request(7)
        program.challenge(7)
        refused('NotFound', program.respond, WRONG, 7, account=BOB)
        for license, response in (('x' * 129, WRONG), (LICENSE, 'x' * 129)):
            refused('InvalidArgument', program.respond, response, 7, license=license)
        assert program.status() == 3


def test_response_without_a_challenge():
    with locked() as (door, program):
        for path in BOTH:
            refused('ApiLocked', program.respond, WRONG, 7, path=path)
            assert program.status(path) == 2


def test_response_pending():
    """The answer is being checked already."""
    with locked() as (door, program):
        program.request(7)
        challenge = program.challenge(7)
        answer = GLib.Variant('(ssia{sv})', (LICENSE, response_to(challenge), 7, {}))
        done = []
        for _ in range(2):
            program.client.connection.call(SESSIONS, ROOT, 'im.beckon.Lock1', 'SendResponse', answer, None, 0, -1, None,
                                           lambda source, result: done.append(outcome(source, result)))
        program.result(7)
        wait(lambda: len(done) == 2, 'both answers')
        assert done[0] is None and done[1] in ('ApiPendingUnlock', 'ApiAlreadyUnlocked'), done


def test_already_unlocked():
    with locked() as (door, program):
        for path in BOTH:
            assert program.unlock(path)
            refused('ApiAlreadyUnlocked', program.request, 7, path=path)
            refused('ApiAlreadyUnlocked', program.respond, WRONG, 7, path=path)
            assert program.status(path) == 4


def test_unlock_failed():
    """LOCK_UNLOCKFAILED after a wrong answer: there is no second try before the next sign-in."""
    with locked() as (door, program):
        for path in BOTH:
            assert program.unlock(path, key='guessed') is False
            assert program.status(path) == 5
            refused('ApiUnlockFailed', program.request, 7, path=path)
            refused('ApiUnlockFailed', program.respond, WRONG, 7, path=path)
        refused('ApiLocked', program.create)
        door.reconnect(program)
        assert program.unlock() and program.create()


# ---- what is locked ----

def test_what_is_locked():
    """MSGR_E_API_LOCKED, each by itself, and the right key for it opens it."""
    with locked() as (door, program):
        calls = {ROOT: [program.create, program.register, program.unregister],
                 PRIVATE: [lambda: program.enable_alerts(1), lambda: program.add_contact('x@localhost')]}
        for path, locked_calls in calls.items():
            for call in locked_calls:
                refused('ApiLocked', call)
            assert program.unlock(path)
            for call in locked_calls:
                call()
        session = program.create()
        program.choose(session)
        door.reconnect(program)
        refused('ApiLocked', program.invite, session, ECHO)


def test_what_is_not_locked():
    with locked() as (door, program):
        assert program.manager('ListApplications')
        assert program.client.get('SessionManager1', 'MySigninName', ROOT, SESSIONS) == ALICE
        refused('NotFound', program.manager, 'GetLaunchingSession', '(sa{sv})', 'x', {})
        door.ui.call('Registry1', 'RegisterApplication', '(ssssu)', STRANGER, 'S', '', '/bin/cat', 0)


def test_each_object_by_itself():
    """Both are unlocked each for itself, and events come from the object that they are about."""
    with locked() as (door, program):
        for path, other in (BOTH, BOTH[::-1]):
            program.forget()
            assert program.unlock(path) and program.status(path) == 4
            assert not told(program, 'LockResult', other) and not told(program, 'LockChallenge', other)
            assert told(program, 'LockResult', path) and told(program, 'LockStatusChanged', path)
            if path == ROOT:
                assert program.status(other) == 2
                refused('ApiLocked', program.enable_alerts, 1)


def test_gone_on_sign_out():
    with locked() as (door, program):
        assert program.unlock()
        door.ui.call('Account1', 'SignOut', path=door.alice)
        assert program.status() == 1
        program.forget()
        door.ui.call('Account1', 'SignIn', '(sa{sv})', '', {}, path=door.alice)
        program.client.wait_signal('LockStatusChanged', ROOT, lambda a: a == (2, ALICE))
        refused('ApiLocked', program.create)
        assert program.unlock() and program.create()


# ---- events ----

def test_on_lock_enable():
    """Shortly after the sign-in, and again to who attaches later; nobody else hears of it."""
    with locked() as (door, program):
        silent = Program(door.bus, attached=False)
        for path in BOTH:
            assert told(program, 'LockEnable', path) == [(True, ALICE)]
        program.forget()
        door.ui.call('Account1', 'SignOut', path=door.alice)
        assert told(program, 'LockEnable') == []
        door.ui.call('Account1', 'SignIn', '(sa{sv})', '', {}, path=door.alice)
        for path in BOTH:
            program.client.wait_signal('LockEnable', path, lambda a: a == (True, ALICE))
        assert not silent.told('LockEnable')


def test_on_lock_challenge():
    """With the cookie of the request; the text is printable, and another one each time."""
    with locked() as (door, program):
        other = Program(door.bus)
        program.request(-7)
        challenge = program.challenge(-7)
        assert re.fullmatch('[!-~]{16,}', challenge), challenge
        assert told(program, 'LockChallenge') == [(-7, challenge, ALICE)]
        other.request(-7)
        assert other.challenge(-7) != challenge
        assert len(told(program, 'LockChallenge')) == 1


def test_challenge_unasked():
    """The service may ask at any time, with the cookie 0; a wrong answer locks again."""
    with locked() as (door, program):
        assert program.unlock()
        door.operator('!ask')
        program.respond(response_to(program.challenge(0)), 0)
        assert program.result(0) is True and program.status() == 4 and program.create()
        program.forget()
        door.operator('!ask')
        program.challenge(0)
        program.respond(WRONG, 0)
        assert program.result(0) is False and program.status() == 5
        refused('ApiLocked', program.create)


def test_on_lock_result():
    with locked() as (door, program):
        other = Program(door.bus)
        assert program.unlock() and not program.unlock(PRIVATE, key='guessed')
        assert told(program, 'LockResult') == [(101, True, ALICE)]
        assert told(program, 'LockResult', PRIVATE) == [(102, False, ALICE)]
        assert not other.told('LockResult')


def test_on_lock_status_changed():
    """Each move is told, once, with the new status."""
    with locked() as (door, program):
        other = Program(door.bus)
        other.forget()
        program.forget()
        assert program.unlock() and not program.unlock(PRIVATE, key='guessed')
        assert told(program, 'LockStatusChanged') == [(3, ALICE), (4, ALICE)]
        assert told(program, 'LockStatusChanged', PRIVATE) == [(3, ALICE), (5, ALICE)]
        assert not other.told('LockStatusChanged')


tap.run([
    test_status, test_not_initialized, test_disabled, test_request_challenge, test_request_refused,
    test_request_pending, test_unlock, test_send_response, test_response_refused, test_response_without_a_challenge,
    test_response_pending, test_already_unlocked, test_unlock_failed, test_what_is_locked, test_what_is_not_locked,
    test_each_object_by_itself, test_gone_on_sign_out, test_on_lock_enable, test_on_lock_challenge,
    test_challenge_unasked, test_on_lock_result, test_on_lock_status_changed])
