#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through xdg-dbus-proxy, as in a Flatpak: the service behind one, applications behind another."""
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from activation import PREFIX, World, listed, wait_listed
from bed import BINARY, ECHO, GUID, OTHER_GUID, ROOT, SERVICE, SESSIONS, Bus, refused, wait
from proxy import box, proxy

CONNECTED = 4
APPLICATION_FAILED = 15
EVIL = PREFIX + 'Evil'
NO, DONE = GLib.Variant('(b)', (False,)), GLib.Variant('()', ())


def test_service_in_a_sandbox():
    with Bus() as bus:
        inside = proxy(bus, 'service', '--own=im.beckon.Beckon.*')
        bus.register(GUID, '/bin/sleep', '100')
        process = bus.start(address=inside)
        nameless, ui, app = bus.client(name=False), bus.client(), bus.client()
        refused('AccessDenied', nameless.attach)
        ui.attach()
        app.attach(SESSIONS, [GUID])
        ui.account()
        ui.wait_signal('AccountsChanged', ROOT)
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
        app.call('Session1', 'Invite', '(ssa{sv})', ECHO, 'x', {}, path=path, door=SESSIONS)
        for one in (ui, app):
            one.wait_signal('ReadyToLaunch', path)
        # A program that the user invites to is asked before another one is started.
        app.answers['BeforeAppLaunch'] = GLib.Variant('(b)', (False,))
        second = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        ui.wait_signal('ReadyToLaunch', second)
        ui.wait_signal('Changed', second, lambda c: any('nothing is launched' in t for t in c.get('Timeline', [])))
        assert ('BeforeAppLaunch', (second, {})) in app.asked
        # Whoever leaves the bus is missed through the proxy as well.
        app.close()
        assert ui.wait_signal('Termination', path)[2][0] == 14
        bus.stop(process)


def test_application_in_a_sandbox():
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '100')
        bus.start()
        bus.client().account()
        inside = proxy(bus, 'app', f'--talk={SESSIONS}', '--own=im.beckon.Beckon.Peer.Test')
        app = bus.client(address=inside, name=False)
        refused('org.freedesktop.DBus.Error.ServiceUnknown', app.call, 'Messenger1', 'ListAccounts')
        refused('AccessDenied', app.attach, SESSIONS)
        app.bus('RequestName', '(su)', 'im.beckon.Beckon.Peer.Test', 4)
        app.attach(SESSIONS, [GUID])
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
        app.call('Session1', 'Invite', '(ssa{sv})', ECHO, '', {}, path=path, door=SESSIONS)
        app.wait_state(path, CONNECTED, SESSIONS)
        app.wait_signal('ReadyToLaunch', path)
        assert ROOT + '/Account' not in str(app.signals)


def test_a_question_out_of_a_sandbox():
    """The program inside learns whom the user outside has chosen, and nothing of who else there is."""
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '100')
        bus.start()
        ui = bus.client()
        ui.account()
        ui.attach()
        inside = proxy(bus, 'app', f'--talk={SESSIONS}', '--own=im.beckon.Beckon.Peer.Test')
        app = bus.client(address=inside, name=False)
        app.bus('RequestName', '(su)', 'im.beckon.Beckon.Peer.Test', 4)
        app.attach(SESSIONS)
        path = app.call('SessionManager1', 'CreateSession', '(a{sv})', {'picker': GLib.Variant('b', True)})
        app.set('Session1', 'Application', GLib.Variant('s', GUID), path, SESSIONS)
        asking = app.begin(SESSIONS, path, 'im.beckon.Session1', 'InviteWithPicker',
                           GLib.Variant('(ssa{sv})', ('wayland:x', '', {})))
        assert ui.wait_signal('PickRequested', ROOT)[2] == (path, 'wayland:x')
        refused('org.freedesktop.DBus.Error.ServiceUnknown', app.call, 'Messenger1', 'AnswerPick', '(os)', path, ECHO)
        refused('org.freedesktop.DBus.Error.UnknownMethod', app.call_raw, SESSIONS, ROOT, 'im.beckon.Messenger1',
                'AnswerPick', GLib.Variant('(os)', (path, ECHO)))
        ui.call('Messenger1', 'AnswerPick', '(os)', path, ECHO)
        assert app.finish(asking) is None
        assert app.get('Session1', 'User', path, SESSIONS) == ECHO
        assert 'carol' not in str(app.signals)
        # And one that leaves takes its question along.
        second = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        app.set('Session1', 'Application', GLib.Variant('s', GUID), second, SESSIONS)
        app.begin(SESSIONS, second, 'im.beckon.Session1', 'InviteWithPicker', GLib.Variant('(ssa{sv})', ('', '', {})))
        ui.wait_signal('PickRequested', ROOT, lambda a: a[0] == second)
        app.close()
        ui.wait_signal('PickOver', ROOT, lambda a: a == (second,))


def test_programs_across_sandboxes():
    """The service in one sandbox, a program that the bus starts in another."""
    with World() as bus:
        name = bus.peers.install('Boxed')
        box = proxy(bus, 'peer', f'--talk={SESSIONS}', f'--own={name}')
        script = bus.dir / 'run-Boxed'
        script.write_text(script.read_text().replace('exec ', f'exec env DBUS_SESSION_BUS_ADDRESS={box} '))
        bus.client(name=False).bus('ReloadConfig', '()')  # what is in a sandbox cannot tell the bus to look
        bus.start(address=proxy(bus, 'service', '--own=im.beckon.Beckon.*'))
        ui = bus.ui()
        ui.account()
        wait_listed(ui)
        assert listed(ui)[GUID][1] == 'Peer good'
        bus.peers.kill('Boxed')
        ui.wait_for_name(PREFIX + 'Boxed', there=False)
        path = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        bus.peers.kill('Boxed')
        assert ui.wait_signal('Termination', path)[2][0] == 14


def invite(ui, guid=GUID):
    return ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})


def register_name(bus, guid, name):
    """A registration whose program is a name on the bus."""
    folder = bus.dir / 'data' / 'beckon' / 'peers'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{guid}.new').write_text(f'[Beckon Peer]\nGUID={guid}\nName=Named\nBusName={name}\n', encoding='utf-8')
    (folder / f'{guid}.new').rename(folder / f'{guid}.peer')


def test_a_sandboxed_program_stands_for_its_own():
    """It may name any application, and is asked about its own alone."""
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '100')
        register_name(bus, OTHER_GUID, EVIL)
        bus.start()
        ui, free = bus.client(), bus.client()
        ui.account()
        ui.attach()
        inside = proxy(bus, 'app', f'--talk={SESSIONS}', f'--own={EVIL}', around=box(bus))
        evil = bus.client(address=inside, name=False)
        evil.bus('RequestName', '(su)', EVIL, 4)
        evil.answers['BeforeAppLaunch'] = NO
        free.answers.update(BeforeAppLaunch=GLib.Variant('(b)', (True,)), LaunchSession=DONE)
        for one in (free, evil):
            one.attach(SESSIONS, [GUID, OTHER_GUID])
        refused('NotSupported', evil.call, 'SessionManager1', 'RegisterApplication', '(ssssu)', GUID, 'Mine', '',
                '/bin/cat', 0)
        refused('AccessDenied', evil.call, 'SessionManager1', 'UnRegisterApplication', '(s)', GUID)
        path = invite(ui)
        wait(lambda: len(free.asked) == 2, 'the session to be handed over')
        evil.ping(SESSIONS)
        assert evil.asked == [], evil.asked
        # What it is handed by the one who was launched makes it one who was launched.
        assert evil.call('SessionManager1', 'GetLaunchingSession', '(sa{sv})', free.asked[1][1][0], {}) == path
        refused('NotFound', free.get_all, 'Session1', path, SESSIONS)
        path = invite(ui)
        wait(lambda: evil.asked, 'the question')
        assert evil.asked == [('BeforeAppLaunch', (path, {}))]
        # Its own: the name is what a sandbox is given, and nobody else has it.
        path = invite(ui, OTHER_GUID)
        wait(lambda: len(evil.asked) == 2, 'the question')
        assert evil.asked[1] == ('BeforeAppLaunch', (path, {}))


def test_a_sandboxed_service_knows_no_process():
    """The numbers that the bus tells are not those of the processes that it sees: nobody outside is trusted for one."""
    program = pathlib.Path(__file__).with_name('launched.py')
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '100')
        bus.register(OTHER_GUID, '/usr/bin/env', f'DBUS_SESSION_BUS_ADDRESS={bus.address}', '/usr/bin/python3',
                     str(program), 'process')
        inside = proxy(bus, 'service', '--own=im.beckon.Beckon.*', around=box(bus))
        bus.run([*box(bus, '--setenv', 'DBUS_SESSION_BUS_ADDRESS', inside, '--setenv', 'BECKON_TEST_DOOR', SESSIONS),
                 str(BINARY), '--backend=fake'])
        ui = bus.client()
        ui.wait_for_name(SERVICE)
        outside = bus.client(address=proxy(bus, 'outside', '--talk=im.beckon.Beckon.*', '--own=im.beckon.Beckon.*'))
        ui.account()
        ui.attach()
        together = bus.client(address=inside)
        together.answers['BeforeAppLaunch'] = NO
        outside.answers['BeforeAppLaunch'] = NO
        for one in (together, outside):
            one.attach(SESSIONS, [GUID])
            for interface in ('Registry1', 'SessionManager1'):
                refused('NotSupported', one.call, interface, 'RegisterApplication', '(ssssu)',
                        OTHER_GUID.replace('9', '8'), 'N', '', '/bin/cat', 0)
                refused('AccessDenied', one.call, interface, 'UnRegisterApplication', '(s)', GUID)
            refused('NotFound', one.call, 'SessionManager1', 'GetLaunchingSession', '(sa{sv})', '', {})
        path = invite(ui)
        wait(lambda: together.asked, 'the question')
        ui.wait_signal('Changed', path, lambda c: any('nothing is launched' in t for t in c.get('Timeline', [])))
        outside.ping(SESSIONS)
        assert outside.asked == [], outside.asked
        # A process that is let in at the user's own door, too, as this one, is the user's.
        shown = bus.client()
        shown.answers['BeforeAppLaunch'] = NO
        shown.attach(SESSIONS, [GUID])
        path = invite(ui)
        wait(lambda: shown.asked, 'the question')
        assert shown.asked == [('BeforeAppLaunch', (path, {}))]
        outside.ping(SESSIONS)
        assert outside.asked == [], outside.asked
        path = invite(ui, OTHER_GUID)
        assert ui.wait_signal('Termination', path)[2][0] == APPLICATION_FAILED
        assert 'NotFound' in pathlib.Path(ui.get('Session1', 'Log', path)).read_text(encoding='utf-8')


tap.run([test_service_in_a_sandbox, test_application_in_a_sandbox, test_a_question_out_of_a_sandbox,
         test_programs_across_sandboxes, test_a_sandboxed_program_stands_for_its_own,
         test_a_sandboxed_service_knows_no_process])
