#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry1.TryApplication: both sides of a session on this machine, without network or account."""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from activation import World, wait_listed
from bed import GUID, OTHER_GUID, ROOT, SERVICE, SESSIONS, Bus, refused, wait

INVITER, INVITEE, CONNECTED, TERMINATED = 1, 2, 4, 7
CANCELLED_LOCAL, CANCELLED_REMOTE, ENDED, LAUNCH_FAILED = 5, 6, 14, 1


def attempt(ui):
    return ui.call('Registry1', 'TryApplication', '(s)', GUID)


def started(bus, **environment):
    bus.start(**environment)
    ui = bus.client()
    ui.attach()
    return ui


def cookies(bus):
    found = []
    for pid in bus.wait_programs(2):
        lines = pathlib.Path(f'/proc/{pid}/environ').read_bytes().split(b'\0')
        found.append((pid, *(next(x for x in lines if x.startswith(key)) for key in
                             (b'BECKON_COOKIE=', b'BECKON_SESSION='))))
    return found


def command_line(pid):
    """Nothing if it has ended in the meantime."""
    try:
        return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
    except OSError:
        return b''


def test_both_sides():
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '1000')
        ui = started(bus)
        one, two = attempt(ui)
        for path in (one, two):
            ui.wait_signal('Changed', path, lambda c: c.get('Log'))
        sides = [ui.get_all('Session1', path) for path in (one, two)]
        assert [s['Flags'] for s in sides] == [INVITER, INVITEE]
        assert sides[0]['SessionID'] == sides[1]['SessionID'] and sides[0]['Log'] != sides[1]['Log']
        for side in sides:
            assert (side['State'], side['RemoteAddress'], side['LocalAddress']) == (CONNECTED, '127.0.0.1', '127.0.0.1')
            assert (side['User'], side['MySigninName']) == ('yourself@localhost', 'yourself@localhost')
            assert side['Application'] == GUID and side['ApplicationName'] == 'Thing'
        programs = cookies(bus)
        assert len({p[1] for p in programs}) == 2 and len({p[2] for p in programs}) == 1
        # Each opens one side, and only once.
        app = bus.client()
        app.attach(SESSIONS)
        got = [app.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', p[1].split(b'=')[1].decode(), {})
               for p in programs]
        assert sorted(got) == sorted([one, two])
        ui.call('Session1', 'SendContextData', '(s)', 'there', path=one)
        assert ui.wait_signal('ContextDataReceived', two)[2] == ('there',)
        ui.call('Session1', 'SendContextData', '(s)', 'and back', path=two)
        assert ui.wait_signal('ContextDataReceived', one)[2] == ('and back',)
        assert app.wait_signal('ContextDataReceived', one)[2] == ('and back',)
        # The user was asked nothing, and it is no account's.
        assert not [s for s in ui.signals if s[1] == 'Invitation']
        ui.call('Session1', 'Cancel', '(us)', 0, 'enough', path=one)
        assert ui.wait_signal('Termination', one)[2] == (CANCELLED_LOCAL, 'enough')
        assert ui.wait_signal('Termination', two)[2] == (CANCELLED_REMOTE, 'enough')
        ui.ping(SERVICE)


def test_programs_end():
    with Bus() as bus:
        here = pathlib.Path(__file__).resolve().parent
        bus.register(GUID, '/usr/bin/python3', str(here / 'launched.py'), 'cookie')
        ui = started(bus, BECKON_TEST_DOOR=SESSIONS)
        one, two = attempt(ui)
        for path in (one, two):
            assert ui.wait_signal('Termination', path)[2][0] == ENDED, ui.get('Session1', 'ResultText', path)
        bus.register(GUID, '/bin/sleep', '1000')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        one, two = attempt(ui)
        for path in (one, two):
            ui.wait_signal('Changed', path, lambda c: c.get('Log'))
        ui.signals.clear()
        asleep = []

        def both_sleep():
            asleep[:] = [pid for pid in bus.programs() if b'sleep' in command_line(pid)]
            return len(asleep) == 2 or ui.ping()
        wait(both_sleep, 'both programs')
        os.kill(asleep[0], signal.SIGKILL)
        for path in (one, two):
            ui.wait_signal('Termination', path)


def test_refused():
    with Bus() as bus:
        bus.register(GUID, '/nonexistent/program')
        ui = started(bus)
        assert '/nonexistent/program' in refused('Failed', attempt, ui)
        refused('AppNotRegistered', ui.call, 'Registry1', 'TryApplication', '(s)', OTHER_GUID)
        refused('InvalidArgument', ui.call, 'Registry1', 'TryApplication', '(s)', 'x')
        assert ui.call('Messenger1', 'ListSessions') == []


def test_by_the_bus():
    with World() as bus:
        bus.peers.install('Good')
        ui = started(bus)
        wait_listed(ui)
        one, two = attempt(ui)
        for path in (one, two):
            ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        bus.peers.kill('Good')
        for path in (one, two):
            ui.wait_signal('Termination', path)


tap.run([test_both_sides, test_programs_end, test_refused, test_by_the_bus])
