#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""MessengerPrivate1: alerts go to the programs that want them, then to the user; contacts are asked within bounds."""
import pathlib
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, ROOT, SESSIONS, Bus, refused, wait
from locked import ALICE, BOB, FALSE, INITIALIZED, PRIVATE, TRUE, Door, Program, response_to

ALERT = 'AlertReceived'


def licensed(bus):
    program = Program(bus)
    assert program.unlock(PRIVATE)
    return program


def heard(program):
    """The words of the alerts that a program was asked about."""
    return [a[1][0][2] for a in program.client.asked if a[0] == ALERT]


def shown(door, text):
    """The alert with that text, as the user's programs are told of it."""
    return door.ui.wait_signal(ALERT, ROOT, lambda a: a[0][2] == text)[2][0]


def test_an_alert_is_asked_about_and_shown():
    with Bus() as bus:
        door = Door(bus)
        program, other, foreign = licensed(bus), licensed(bus), licensed(bus)
        for one in (program, other):
            one.enable_alerts(0, 7, 0)
            one.client.answers[ALERT] = TRUE
        foreign.enable_alerts(7)
        door.operator('!alert All is well.')
        site, alert, text, url, time, account = shown(door, 'All is well.')
        assert (site, text, url, account) == (0, 'All is well.', '', ALICE) and time > 1_600_000_000_000_000
        assert alert == f'{{{uuid.UUID(alert)}}}'.upper()
        for one in (program, other):
            assert one.client.asked == [(ALERT, ((site, alert, text, url, time, account), {}))]
        # One no is enough, and is not waited for longer than that: the other never answers.
        program.client.answers[ALERT] = None
        other.client.answers[ALERT] = FALSE
        door.operator('!alert Hush.')
        wait(lambda: 'Hush.' in heard(other), 'the question')
        # A program that hangs, or has gone wrong, or went away, says yes.
        other.client.answers[ALERT] = ValueError('broken')
        door.operator('!alert Go on.')
        shown(door, 'Go on.')
        other.leave()
        program.leave()
        door.operator('!alert Nobody else.')
        shown(door, 'Nobody else.')
        assert [s[2][0][2] for s in door.ui.signals if s[1] == ALERT] == ['All is well.', 'Go on.', 'Nobody else.']
        assert foreign.client.asked == []
        assert not [s for s in foreign.told(ALERT)]


def test_what_no_window_has_shown_stays():
    with Bus() as bus:
        door = Door(bus)
        ids = []
        for number in range(34):
            door.operator(f'!alert {number}')
            ids.append(shown(door, str(number))[1])
        late = bus.client()
        kept = late.call('Messenger1', 'ListAlerts')
        assert [a[2] for a in kept] == [str(n) for n in range(2, 34)]
        late.call('Messenger1', 'DismissAlert', '(s)', ids[5].lower())
        assert ids[5] not in [a[1] for a in late.call('Messenger1', 'ListAlerts')]
        refused('NotFound', late.call, 'Messenger1', 'DismissAlert', '(s)', ids[5])
        refused('NotFound', late.call, 'Messenger1', 'DismissAlert', '(s)', ids[0])
        refused('InvalidArgument', late.call, 'Messenger1', 'DismissAlert', '(s)', 'x')
        refused('org.freedesktop.DBus.Error.UnknownMethod', late.call, 'Messenger1', 'ListAlerts', door=SESSIONS)


def test_enabling():
    with Bus() as bus:
        door = Door(bus, BOB)
        program, other = licensed(bus), licensed(bus)
        refused('InvalidArgument', program.enable_alerts, *range(65))
        refused('InvalidArgument', program.private, 'EnableAlertEvents', '(asa{sv})', ['7'], {})
        refused('NotFound', program.enable_alerts, 1, account='carol@localhost')
        refused('ApiLocked', program.enable_alerts, 1, account=BOB)
        refused('AccessDenied', Program(bus, attached=False).enable_alerts, 1)
        program.enable_alerts(*range(64))
        program.enable_alerts(*range(63), 4294967295)
        refused('LimitExceeded', other.enable_alerts, 100)
        other.enable_alerts(1, 2, 3)
        program.enable_alerts()
        other.enable_alerts(100)
        program.enable_alerts(*range(63))
        refused('LimitExceeded', program.enable_alerts, *range(64))
        # Who leaves gives its place free.
        other.leave()
        door.ask(lambda: not refuses(program, *range(64)), 'the place')
        assert program.unlock(PRIVATE, BOB)
        program.enable_alerts(*range(1000, 1064), account=BOB)
        door.ui.call('Messenger1', 'RemoveAccount', '(o)', door.others[0])
        refused('NotFound', program.enable_alerts, 1, account=BOB)
        program.enable_alerts(1)


def refuses(program, *sites):
    try:
        program.enable_alerts(*sites)
    except Exception:
        return True
    return False


def test_a_closed_lock_ends_it():
    with Bus() as bus:
        door = Door(bus)
        program = licensed(bus)
        program.client.answers[ALERT] = FALSE
        program.enable_alerts(0)
        door.operator('!alert one')
        wait(lambda: heard(program) == ['one'], 'the question')
        door.reconnect(program)
        door.operator('!alert two')
        shown(door, 'two')
        assert heard(program) == ['one']
        refused('ApiLocked', program.enable_alerts, 0)
        assert program.unlock(PRIVATE)
        door.operator('!alert three')
        shown(door, 'three')
        program.enable_alerts(0)
        door.operator('!alert four')
        wait(lambda: heard(program) == ['one', 'four'], 'the question')
        # Asked again: it stays, as long as the answer is right.
        door.operator('!ask')
        program.respond(response_to(program.challenge(0, PRIVATE)), 0, path=PRIVATE)
        assert program.result(0, PRIVATE) is True
        door.operator('!alert five')
        wait(lambda: heard(program)[-1] == 'five', 'the question')
        program.forget()
        door.operator('!revoke')
        program.client.wait_signal('LockStatusChanged', PRIVATE, lambda a: a == (INITIALIZED, ALICE))
        door.operator('!alert six')
        shown(door, 'six')
        assert heard(program) == ['one', 'four', 'five']


def test_contacts():
    with Bus() as bus:
        door = Door(bus)
        program, other = licensed(bus), licensed(bus)
        relation = lambda who: next((c[2] for c in door.ui.call('Account1', *CONTACTS, path=door.alice)
                                     if c[0] == who), 0)
        for bad in ('nobody', '', 'two words@x', ALICE, 'x@\n', '<b>@x'):
            program.add_contact(bad)
            assert program.added(bad) == 'im.beckon.Error.InvalidArgument', bad
        assert 'sign_in_name' in refused('InvalidArgument', program.add_contact, 'x' * 130)
        program.add_contact(ECHO.upper())
        assert program.added(ECHO.upper()) == 'im.beckon.Error.AlreadyInList'
        program.add_contact('zoe@localhost')
        assert program.added('zoe@localhost') == 'im.beckon.Error.UserNotFound'
        door.ui.account(BOB)
        number = door.alice.rpartition('/')[2]
        for service in (number, door.alice, ALICE.upper()):
            other.add_contact(BOB, service)
            assert other.added(BOB) == ''
            other.forget()
        assert relation(BOB) == 1
        refused('NotFound', other.add_contact, BOB, '99')
        refused('NotFound', other.add_contact, BOB, 'carol@localhost')
        refused('ApiLocked', other.add_contact, ALICE, BOB)
        assert not [s for s in program.told('ContactListAdd') if s[2][1] == BOB] and not other.told('ContactListAdd')
        door.ui.call('Account1', 'SignOut', path=door.alice)
        refused('NotLoggedOn', program.add_contact, BOB)


def test_contacts_are_bounded():
    with Bus() as bus:
        Door(bus)
        program, other = licensed(bus), licensed(bus)
        for _ in range(10):
            program.add_contact('nobody')
        refused('ServerTooBusy', program.add_contact, 'nobody')
        other.add_contact('nobody')
        # What somebody else's connection owes, a new name owes too.
        program.leave()
        other.client.wait_for_name(program.client.unique, there=False)
        again = licensed(bus)
        refused('ServerTooBusy', again.add_contact, 'nobody')
        other.add_contact('nobody')
        wait(lambda: len(other.told('ContactListAdd')) == 2, 'both answers')


if __name__ == '__main__':
    tap.run([test_an_alert_is_asked_about_and_shown, test_what_no_window_has_shown_stays, test_enabling,
             test_a_closed_lock_ends_it, test_contacts, test_contacts_are_bounded])
