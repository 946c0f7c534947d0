#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckon-peer-host: a service in a sandbox offers the programs outside of it, and starts them there."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from activation import HERE, listed, wait_listed, warnings
from bed import BUILD, ECHO, GUID, OTHER_GUID, ROOT, SESSIONS, Bus, refused, wait
from outside import HOST, PROGRAM, Outside
from pair import BOB, Pair

BROKEN_GUID = '{7A7E0000-1111-4222-8333-444455556666}'
UNNEEDED, MISSING, THERE = range(3)
CONNECTED = 4
LAUNCH_FAILED, ENDED, FAILED = 1, 14, 15


def ui_of(bus):
    ui = bus.client()
    ui.attach()
    return ui


def state(ui):
    return ui.get('Registry1', 'HostPrograms')


def start(bus, **named):
    bus.start(**named)
    return ui_of(bus)


def invite(ui):
    return ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})


def attempt(ui):
    return ui.call('Registry1', 'TryApplication', '(s)', GUID)


def environment_of(pid):
    block = pathlib.Path(f'/proc/{pid}/environ').read_bytes().decode().split('\0')
    return dict(line.partition('=')[::2] for line in block if line)


def test_not_needed():
    """A service in no sandbox does not even ask."""
    with Bus() as bus:
        (bus.services / f'{HOST}.service').write_text(f'[D-BUS Service]\nName={HOST}\nExec=/nonexistent\n')
        bus.start()
        ui = ui_of(bus)
        assert state(ui) == UNNEEDED and listed(ui) == {} and warnings(ui) == []


def test_offered():
    with Outside() as bus:
        bus.install_host()
        bus.register_outside(GUID, '/bin/sleep', '100', name='From outside', user=False, Comment='Sleeps')
        bus.register_outside(OTHER_GUID, str(bus.outside / 'late'), name='Late')
        ui = start(bus)
        wait_listed(ui)
        wait(lambda: state(ui) == THERE, 'the host')
        assert listed(ui)[GUID] == (GUID, 'From outside', '', '', 'Sleeps', 0, True, '', False)
        assert listed(ui)[OTHER_GUID][6:8] == (False, f'The program {bus.outside}/late is not on this computer or '
                                                      'cannot be started.')
        assert ui.call('Registry1', 'GetRegistration', '(s)', GUID) == {
            'guid': GUID, 'name': 'From outside', 'url': '', 'path': '/bin/sleep 100', 'bus-name': '', 'source': 'host',
            'file': str(bus.outside / 'share' / 'beckon' / 'peers' / f'{GUID}.peer')}
        refused('AccessDenied', bus.client().call_raw, HOST, '/im/beckon/Beckon/Peer/Host', 'im.beckon.PeerHost1',
                'ListRegistrations')
        # Its program comes and goes, and the entry stays.
        ui.signals.clear()
        (bus.outside / 'late').write_text('#!/bin/sh\n')
        (bus.outside / 'late').chmod(0o755)
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: a[1] == 1 and a[2][0][0] == OTHER_GUID and a[2][0][6])
        (bus.outside / 'late').unlink()
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: a[2] and a[2][0][0] == OTHER_GUID and not a[2][0][6])
        assert not [s for s in ui.signals if s[1].startswith('App') and s[1] != 'ApplicationsChanged'], ui.signals
        # A broken file is complained about, and a changed one is another.
        bus.register_outside(BROKEN_GUID, '')
        wait(lambda: any(BROKEN_GUID in w for w in warnings(ui)), 'the complaint')
        assert BROKEN_GUID not in listed(ui)
        bus.register_outside(GUID, '/bin/sleep', '100', name='Renamed', user=False)
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        assert listed(ui)[GUID][1] == 'Renamed'
        # The user's own wins outside, and what is inside wins over both, without a word.
        bus.register_outside(GUID, '/bin/sleep', '100', name='Own')
        wait(lambda: listed(ui)[GUID][1] == 'Own', "the user's own")
        assert any('Renamed' not in w and str(bus.outside) in w and 'registers the same' in w for w in warnings(ui))
        (bus.outside / 'share' / 'beckon' / 'peers' / f'{GUID}.peer').unlink()
        (bus.outside / 'data' / 'beckon' / 'peers' / f'{BROKEN_GUID}.peer').unlink()
        wait(lambda: warnings(ui) == [], 'no complaints')
        bus.register(GUID, '/bin/sleep', '100', name='Inside', folder=bus.dir / 'share')
        wait(lambda: listed(ui)[GUID][1] == 'Inside', 'the one inside')
        assert warnings(ui) == []
        refused('NotSupported', ui.call, 'Registry1', 'RegisterApplication', '(ssssu)', BROKEN_GUID, 'N', '', '/x', 0)
        refused('NotFound', ui.call_raw, SESSIONS, ROOT, 'im.beckon.SessionManager1', 'GetLaunchingSession',
                GLib.Variant('(sa{sv})', ('', {})))


def test_installed_later():
    with Outside() as bus:
        bus.register_outside(GUID, '/bin/sleep', '100')
        ui = start(bus)
        wait(lambda: state(ui) == MISSING, 'it to be missed')
        assert listed(ui) == {} and warnings(ui) == []
        assert 'beckon-peer-host' in said(bus)
        bus.install_host()
        ui.wait_signal('Changed', ROOT, lambda c: c.get('HostPrograms') == THERE)
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        assert said(bus) == ''


def said(bus):
    """Beside the list."""
    return subprocess.run([BUILD / 'src/ctl/beckonctl', 'apps'], env=bus.environment, check=True, capture_output=True,
                          text=True).stderr


def test_program_that_knows_beckon():
    with Outside() as bus:
        bus.install_host(BECKON_TEST_DOOR=SESSIONS)
        bus.register_outside(GUID, '/usr/bin/python3', str(HERE / 'launched.py'), 'cookie')
        ui = start(bus)
        ui.account()
        wait_listed(ui)
        path = invite(ui)
        ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        assert ui.wait_signal('Termination', path)[2][0] == ENDED, bus.log_of(ui, path)
        # One that stays: outside, with an environment of its own, what it says in a log that is in here.
        bus.register_outside(GUID, '/bin/sh', '-c', '"echo hello; exec sleep 1000"', name='Talks')
        wait(lambda: listed(ui)[GUID][1] == 'Talks', 'the other one')
        path = invite(ui)
        bus.wait_said(ui, path, 'hello')
        log = ui.get('Session1', 'Log', path)
        assert log.startswith(str(bus.dir / 'state')) and os.stat(log).st_mode & 0o777 == 0o600
        (pid,) = bus.wait_programs(1)
        environment = environment_of(pid)
        assert not os.path.exists(f'/proc/{pid}/root/.flatpak-info')
        assert environment['BECKON_SESSION'] == ui.get('Session1', 'SessionID', path)
        assert len(environment['BECKON_COOKIE']) == 64 and os.path.isdir(environment['BECKON_RUNTIME_DIR'])
        os.kill(pid, signal.SIGKILL)
        assert ui.wait_signal('Termination', path)[2][0] == FAILED
        assert 'signal 9' in ui.get('Session1', 'ResultText', path)
        assert not os.path.exists(environment['BECKON_RUNTIME_DIR'])
        # And one that is gone when it is to be started.
        bus.register_outside(GUID, '/bin/sh', '-c', '"exit 3"', name='Bad')
        wait(lambda: listed(ui)[GUID][1] == 'Bad', 'the last one')
        path = invite(ui)
        assert ui.wait_signal('Termination', path)[2][0] == FAILED
        assert 'status 3' in ui.get('Session1', 'ResultText', path)


def test_programs_that_do_not():
    """Both sides of a trial are outside, and what is between them is inside."""
    with Outside() as bus:
        bus.install_host()
        ui = start(bus)
        for name, place, kind in (('tcp', '%h:%p', 'tcp'), ('udp', '%h:%p', 'udp'), ('both', '%h:%p', 'tcp+udp'),
                                  ('unix', '%s', 'unix')):
            bus.register_hosting(GUID, f'{name} {place}', f'{name} {place} 30000', kind, Comment=kind)
            wait(lambda: listed(ui).get(GUID, [''] * 5)[4] == kind, kind)
            one, two = attempt(ui)
            bus.wait_said(ui, two, 'came back: 30000')
            assert len(bus.wait_programs(2)) == 2
            ui.call('Session1', 'Cancel', '(us)', 0, '', path=one)
            for path in (one, two):
                ui.wait_signal('Termination', path)
            wait(lambda: not bus.programs() or ui.ping(), 'the programs to be told to end')


def test_ports_that_are_not_registered():
    with Outside() as bus:
        bus.install_host()
        ui = start(bus)
        bus.register_hosting(GUID, 'tcp %h:%p open=23456/tcp', 'tcp %h:%p 1000', 'tcp')
        wait_listed(ui)
        one, _two = attempt(ui)
        assert ui.wait_signal('Termination', one)[2][0] == LAUNCH_FAILED
        assert 'port 23456 (TCP)' in ui.get('Session1', 'ResultText', one)


def test_killed_in_the_middle():
    with Outside() as bus:
        bus.install_host()
        bus.register_outside(GUID, '/bin/sleep', '1000')
        ui = start(bus)
        ui.account()
        wait_listed(ui)
        path = invite(ui)
        bus.wait_programs(1)
        bus.kill_host()
        assert ui.wait_signal('Termination', path)[2][0] == FAILED
        assert 'beckon-peer-host' in ui.get('Session1', 'ResultText', path)
        # It is back by itself, and tells what changes from now on.
        ui.wait_for_name(HOST)
        assert GUID in listed(ui) and state(ui) == THERE
        bus.register_outside(OTHER_GUID, '/bin/sleep', '1000')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (OTHER_GUID,))
        path = invite(ui)
        ui.wait_signal('Changed', path, lambda c: c.get('Log'))  # one that came too late would be told to end
        # The service's end is not the end of its programs, and the host waits for theirs.
        bus.stop(bus.processes[-1])
        bus.wait_until_left()
        left = bus.programs()
        assert len(left) == 2 and bus.host_pid() > 0
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        ui.wait_for_name(HOST, there=False)


def exchange(folder, program):
    """As a package manager does it."""
    shutil.copy(PROGRAM, folder / 'new')
    (folder / 'new').rename(program)


def test_updated_and_removed():
    """What is exchanged leaves once it has no program; what is removed is missed."""
    with Outside() as bus:
        folder = bus.outside / 'libexec'
        folder.mkdir()
        program = folder / 'beckon-peer-host'
        exchange(folder, program)
        bus.install_host(program)
        bus.register_outside(GUID, '/bin/sleep', '1000')
        ui = start(bus)
        ui.account()
        wait_listed(ui)
        first = ui.bus('GetNameOwner', '(s)', HOST)
        path = invite(ui)
        ui.wait_signal('Changed', path, lambda c: c.get('Log'))
        exchange(folder, program)
        (pid,) = bus.programs()
        bus.register_outside(OTHER_GUID, '/bin/sleep', '1000')  # seen by the old one
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (OTHER_GUID,))
        assert ui.bus('GetNameOwner', '(s)', HOST) == first
        os.kill(pid, signal.SIGTERM)
        ui.wait_for_name(first, there=False)
        assert 'signal 15' in ui.get('Session1', 'ResultText', path)
        ui.wait_for_name(HOST)
        second = ui.bus('GetNameOwner', '(s)', HOST)
        exchange(folder, program)
        ui.wait_for_name(second, there=False)
        ui.wait_for_name(HOST)
        wait(lambda: state(ui) == THERE and GUID in listed(ui), 'the third one')
        ui.signals.clear()
        third = ui.bus('GetNameOwner', '(s)', HOST)
        bus.remove_host()
        program.unlink()
        ui.wait_for_name(third, there=False)
        ui.wait_signal('Changed', ROOT, lambda c: c.get('HostPrograms') == MISSING)
        wait(lambda: listed(ui) == {}, 'nothing to be left')


class Sandboxed(Pair):
    """alice's service is in a sandbox, bob's is not."""

    kinds = Outside, Bus


def connect(pair, inviter):
    """Both sessions, the inviter's first."""
    invitee = 1 - inviter
    pair.ui[invitee].signals.clear()
    who = BOB if inviter == 0 else 'alice@localhost'
    mine = pair.ui[inviter].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', who, OTHER_GUID, '', {})
    theirs = pair.ui[invitee].wait_signal('Invitation', ROOT)[2][0]
    pair.ui[invitee].call('Session1', 'Accept', '(s)', '', path=theirs)
    return mine, theirs


def test_invited_to_and_from():
    with Sandboxed() as pair:
        outside, native = pair.buses
        outside.install_host()
        for words in (('tcp %h:%p', 'tcp %h:%p 100000', 'tcp'), ('unix %s', 'unix %s 100000', 'unix')):
            outside.register_hosting(OTHER_GUID, *words, Comment=words[2])
            file = outside.outside / 'data' / 'beckon' / 'peers' / f'{OTHER_GUID}.peer'
            (native.dir / 'data' / 'beckon' / 'peers' / 'new').write_text(file.read_text())
            (native.dir / 'data' / 'beckon' / 'peers' / 'new').rename(
                native.dir / 'data' / 'beckon' / 'peers' / f'{OTHER_GUID}.peer')
            for ui in pair.ui:
                wait(lambda: listed(ui).get(OTHER_GUID, [''] * 5)[4] == words[2], words[2])
            for inviter in (0, 1):  # hosts as well
                mine, theirs = connect(pair, inviter)
                joining = pair.ui[1 - inviter]
                wait(lambda: 'came back: 100000' in outside.log_of(joining, theirs) or joining.ping(), 'the bytes')
                pair.ui[inviter].call('Session1', 'Cancel', '(us)', 0, '', path=mine)
                joining.wait_signal('Termination', theirs)
                wait(lambda: not outside.programs() or joining.ping(), 'the program outside to end')
        # And one that knows Beckon, on one side here and on the other there.
        outside.register_outside(OTHER_GUID, '/bin/sleep', '1000', name='Sleeps')
        native.register(OTHER_GUID, '/bin/sleep', '1000', name='Sleeps')
        for ui in pair.ui:
            wait(lambda: listed(ui)[OTHER_GUID][1] == 'Sleeps', 'the last one')
        for inviter in (0, 1):
            mine, theirs = connect(pair, inviter)
            (pid,) = outside.wait_programs(1)
            os.kill(pid, signal.SIGKILL)
            assert pair.ui[inviter].wait_signal('Termination', mine)[2][0] == FAILED
            pair.ui[1 - inviter].wait_signal('Termination', theirs)


tap.run([test_not_needed, test_offered, test_installed_later, test_program_that_knows_beckon,
         test_programs_that_do_not, test_ports_that_are_not_registered, test_killed_in_the_middle,
         test_updated_and_removed, test_invited_to_and_from])
