#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMessengerPrivate and its events as MessengerPrivate1 and Peer1.AlertReceived."""
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, ROOT, SESSIONS, Bus, refused, wait
from locked import ALICE, BOB, FALSE, PRIVATE, TRUE, Door, Program

ERROR = 'im.beckon.Error.'


@contextlib.contextmanager
def private(*others):
    """The door, and a program that has unlocked this object."""
    with Bus() as bus:
        door = Door(bus, *others)
        program = Program(bus)
        assert program.unlock(PRIVATE)
        yield door, program


def relation(door, who):
    return next((c[2] for c in door.ui.call('Account1', *CONTACTS, path=door.alice) if c[0] == who), 0)


def asked(program):
    return [arguments[0] for method, arguments in program.client.asked if method == 'AlertReceived']


def test_object():
    """A second object beside the manager, at the door for programs alone."""
    with private() as (door, program):
        xml = program.client.call_raw(SESSIONS, PRIVATE, 'org.freedesktop.DBus.Introspectable', 'Introspect')
        assert 'im.beckon.MessengerPrivate1' in xml and 'im.beckon.Lock1' in xml
        assert program.client.get('MessengerPrivate1', 'version', PRIVATE, SESSIONS) == 1
        refused('org.freedesktop.DBus.Error.UnknownMethod', door.ui.call_raw, 'im.beckon.Beckon.Service', PRIVATE,
                'im.beckon.MessengerPrivate1', 'AddContact')


def test_locked():
    """API_LOCKED from both methods, where the pages had S_FALSE for one."""
    with private() as (door, program):
        other = Program(door.bus)
        refused('ApiLocked', other.enable_alerts, 1)
        refused('ApiLocked', other.add_contact, 'zoe@localhost')
        program.enable_alerts(1)
        program.add_contact('zoe@localhost')


def test_enable_alert_events():
    """Alerts of the sites named reach the program, until it names others."""
    with private() as (door, program):
        program.client.answers['AlertReceived'] = TRUE
        program.enable_alerts(7)
        door.operator('!alert not for it')
        door.ui.wait_signal('AlertReceived', ROOT, lambda a: a[0][2] == 'not for it')
        assert asked(program) == []
        program.enable_alerts(0)
        door.operator('!alert for it')
        wait(lambda: asked(program), 'the alert')
        program.enable_alerts()
        door.operator('!alert no more')
        door.ui.wait_signal('AlertReceived', ROOT, lambda a: a[0][2] == 'no more')
        assert [alert[2] for alert in asked(program)] == ['for it']
        # The network knows what is wanted, and no longer than it is: alerts of other sites do not come this far.
        told = lambda text: any(s[1] == 'AlertReceived' and s[2][0][2] == text for s in door.ui.signals)
        door.operator('!subscribers unwanted')
        door.operator('!alert obeyed')
        door.ui.wait_signal('AlertReceived', ROOT, lambda a: a[0][2] == 'obeyed')
        program.enable_alerts(7)
        door.operator('!subscribers wanted')
        wait(lambda: len(asked(program)) == 2, 'the alert')
        program.enable_alerts()
        door.operator('!subscribers unwanted')
        door.operator('!alert last')
        door.ui.wait_signal('AlertReceived', ROOT, lambda a: a[0][2] == 'last')
        assert asked(program)[1][0] == 7 and told('wanted') and not told('unwanted')


def test_enable_alert_events_refused():
    """64 sites, and not one more, with all programs together."""
    with private() as (door, program):
        refused('InvalidArgument', program.enable_alerts, *range(65))
        refused('NotFound', program.enable_alerts, 1, account='zoe@localhost')
        program.enable_alerts(*range(64))
        other = Program(door.bus)
        assert other.unlock(PRIVATE)
        refused('LimitExceeded', other.enable_alerts, 64)
        other.enable_alerts(63)


def test_on_alert_received():
    """Site, id, text, address, time and account, as plain text."""
    with private() as (door, program):
        program.client.answers['AlertReceived'] = TRUE
        program.enable_alerts(0)
        door.operator('!alert <b>Bold</b> & "plain"')
        wait(lambda: asked(program), 'the alert')
        site, alert, text, url, time, account = asked(program)[0]
        assert (site, text, url, account) == (0, '<b>Bold</b> & "plain"', '', ALICE)
        assert alert.startswith('{') and time > 1_600_000_000_000_000
        shown = door.ui.wait_signal('AlertReceived', ROOT)[2][0]
        assert shown == asked(program)[0]


def test_alert_suppressed():
    """False suppresses the pop-up; true, an error and silence do not."""
    with private() as (door, program):
        program.enable_alerts(0)
        program.client.answers['AlertReceived'] = FALSE
        door.operator('!alert hushed')
        wait(lambda: len(asked(program)) == 1, 'the question')
        program.client.answers['AlertReceived'] = ValueError('broken')
        door.operator('!alert told')
        assert door.ui.wait_signal('AlertReceived', ROOT)[2][0][2] == 'told'
        del program.client.answers['AlertReceived']
        door.operator('!alert hanging')
        door.ui.wait_signal('AlertReceived', ROOT, lambda a: a[0][2] == 'hanging')
        assert [alert[2] for alert in door.ui.call('Messenger1', 'ListAlerts')] == ['told', 'hanging']


def test_add_contact():
    """Without any window; the service may be named by number, path or sign-in name."""
    with private() as (door, program):
        door.ui.account(BOB)
        for service in ('', door.alice, door.alice.rpartition('/')[2], ALICE):
            program.add_contact(BOB, service)
        wait(lambda: relation(door, BOB) == 1, 'the request')
        assert program.added(BOB) == ''


def test_add_contact_refused():
    with private() as (door, program):
        refused('InvalidArgument', program.add_contact, 'x' * 130)
        refused('NotFound', program.add_contact, BOB, '99')
        refused('NotFound', program.add_contact, BOB, 'zoe@localhost')
        door.ui.call('Account1', 'SignOut', path=door.alice)
        refused('NotLoggedOn', program.add_contact, BOB)


def test_on_contact_list_add():
    """The outcome, also of names that make no sense, to the program that asked alone."""
    with private() as (door, program):
        other = Program(door.bus)
        for who, error in (('nonsense', 'InvalidArgument'), ('zoe@localhost', 'UserNotFound'),
                           (ECHO, 'AlreadyInList')):
            program.add_contact(who)
            assert program.added(who) == ERROR + error
        assert not other.told('ContactListAdd')


tap.run([
    test_object, test_locked, test_enable_alert_events, test_enable_alert_events_refused, test_on_alert_received,
    test_alert_suppressed, test_add_contact, test_add_contact_refused, test_on_contact_list_add])
