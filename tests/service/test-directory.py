#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that the session bus can start are registered by being there, and are handed their sessions in a call."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from activation import HERE, PREFIX, World, listed, wait_listed, warnings
from bed import ECHO, GUID, OTHER_GUID, ROOT, SESSIONS, refused, wait

LATE_GUID = '{7A7E0000-1111-4222-8333-444455556666}'
CONNECTED = 4
ENDED, LAUNCH_FAILED = 14, 1


def test_described_once():
    with World() as bus:
        name = bus.peers.install('Good')
        service = bus.start()
        ui = bus.ui()
        wait_listed(ui)
        assert listed(ui)[GUID] == (GUID, 'Peer good', 'https://example.org/', 'org.example.Peer', 'On the bus', 0, True,
                                    '', False)
        read = lambda: ui.call('Registry1', 'GetRegistration', '(s)', GUID)
        assert read() == {'guid': GUID, 'name': 'Peer good', 'url': 'https://example.org/', 'path': '',
                          'bus-name': name, 'source': 'bus', 'file': ''}, read()
        refused('AccessDenied', ui.call, 'Registry1', 'UnRegisterApplication', '(s)', GUID)
        refused('AppAlreadyRegistered', ui.call, 'Registry1', 'RegisterApplication', '(ssssu)', GUID, 'N', '',
                '/bin/cat', 0)
        # One that takes its time to start is asked once more when it is there.
        assert set(bus.peers.log('Good')[1:]) == {'Describe /im/beckon/Beckon/Peer/Good'}, bus.peers.log('Good')
        asked = bus.peers.count('Good', 'Describe')
        # The next service knows it from the first answer on, and starts nothing.
        cache = bus.dir / 'cache' / 'beckon' / 'peers.ini'
        wait(lambda: ui.ping() or cache.exists(), 'the file that keeps it')
        assert cache.stat().st_mode & 0o777 == 0o600
        bus.stop(service)
        ui.wait_for_name('im.beckon.Beckon.Service', there=False)
        service = bus.start()
        ui = bus.ui()
        assert GUID in listed(ui) and bus.peers.count('Good', 'Describe') == asked
        # Installed anew it may have become something else.
        bus.peers.kill('Good')
        bus.peers.install('Good', 'renamed')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        assert listed(ui)[GUID][1] == 'Another name'
        asked = bus.peers.count('Good', 'Describe')
        # A broken file is as good as none.
        bus.stop(service)
        ui.wait_for_name('im.beckon.Beckon.Service', there=False)
        cache.write_bytes(b'[x\0\xff' * 1000)
        bus.start()
        ui = bus.ui()
        wait_listed(ui)
        assert bus.peers.count('Good', 'Describe') > asked


def test_live_and_precedence():
    with World() as bus:
        bus.start()
        ui = bus.ui()
        assert listed(ui) == {}
        bus.peers.install('Good')
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        ui.wait_signal('ApplicationsChanged', ROOT, lambda a: a[2] and a[2][0][1] == 'Peer good')
        name = lambda: listed(ui).get(GUID, (0, None))[1]
        for source, folder in (('System', bus.dir / 'share'), ('User', None)):
            ui.signals.clear()
            bus.register(GUID, '/bin/cat', name=source, folder=folder)
            ui.wait_signal('AppUnregistered', ROOT, lambda a: a == (GUID,))
            ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
            assert name() == source
        assert len(warnings(ui)) == 2 and any(PREFIX + 'Good is ignored' in w for w in warnings(ui)), warnings(ui)
        ui.signals.clear()
        ui.call('Registry1', 'UnRegisterApplication', '(s)', GUID)
        ui.wait_signal('AppRegistered', ROOT)
        assert name() == 'System'
        ui.signals.clear()
        (bus.dir / 'share' / 'beckon' / 'peers' / f'{GUID}.peer').unlink()
        ui.wait_signal('AppRegistered', ROOT)
        assert name() == 'Peer good' and warnings(ui) == []
        ui.signals.clear()
        bus.peers.kill('Good')
        bus.peers.remove('Good')
        ui.wait_signal('AppUnregistered', ROOT, lambda a: a == (GUID,))
        assert listed(ui) == {}


def test_one_that_only_runs():
    with World() as bus:
        bus.start()
        ui = bus.ui()
        bus.run([sys.executable, str(HERE / 'activated.py'), PREFIX + 'Bare', GUID, 'good',
                 str(bus.peers.log_file('Bare'))])
        ui.wait_signal('AppRegistered', ROOT, lambda a: a == (GUID,))
        # A program that has such a name only to attach itself need not describe itself.
        other = bus.client(name=False)
        other.bus('RequestName', '(su)', PREFIX + 'Quiet', 4)
        other.attach(SESSIONS, [OTHER_GUID])
        ui.signals.clear()
        bus.peers.kill('Bare')
        ui.wait_signal('AppUnregistered', ROOT, lambda a: a == (GUID,))
        assert warnings(ui) == [] and listed(ui) == {}


def test_hostile():
    with World() as bus:
        modes = ('crash', 'error', 'hang', 'huge', 'markup', 'wrong-type', 'wrong-value')
        for mode in modes:
            bus.peers.install(mode.title().replace('-', ''), mode, OTHER_GUID if mode == 'markup' else GUID)
        bus.peers.install('Late', 'late', LATE_GUID)  # on the bus in time, and no answer: it is asked once more
        bus.peers.install('Xnonsense', 'good', 'nonsense')
        bus.peers.install('Yfirst', 'good', GUID)
        bus.peers.install('Zthief', 'good', GUID)
        (bus.services / f'{PREFIX}None.service').write_text(f'[D-BUS Service]\nName={PREFIX}None\nExec=/nonexistent\n')
        bus.start()
        ui = bus.ui()
        complaints = {'Crash': 'NoReply', 'Error': '(org.example.No)', 'Hang': 'in time', 'Huge': 'Comment',
                      'None': '(org.freedesktop.DBus.Error.', 'WrongType': 'wrong type', 'WrongValue': 'is not a text',
                      'Xnonsense': 'not a GUID', 'Zthief': f'{PREFIX}Yfirst registers the same application'}
        said = {}

        def all_are_asked():
            """Whoever takes its time to start is complained about until it has been asked once more."""
            said.clear()
            said.update((w.split()[2].removeprefix(PREFIX), w) for w in warnings(ui))
            return said.keys() == complaints.keys() and all(complaints[word] in said[word] for word in said) \
                and LATE_GUID in listed(ui)
        try:
            wait(all_are_asked, 'all to be asked', seconds=30)
        except AssertionError as error:
            raise AssertionError(f'{error}: {said}') from None
        assert len(listed(ui)) == 3
        assert 'secret' not in ''.join(said.values()) and max(map(len, said.values())) < 300
        assert listed(ui)[OTHER_GUID][1] == '<b>bold</b> & "quoted"'
        assert listed(ui)[GUID][1] == 'Peer good'
        ui.ping('im.beckon.Beckon.Service')


def test_thousands_of_names():
    with World() as bus:
        for number in range(2000):
            name = f'{PREFIX}N{number:04}'
            (bus.services / f'{name}.service').write_text(f'[D-BUS Service]\nName={name}\nExec=/nonexistent\n')
        bus.start()
        ui = bus.ui()
        wait(lambda: len(warnings(ui)) == 257, 'the first ones to be asked', seconds=60)
        assert warnings(ui)[0].startswith('Only 256 of the 2000 programs'), warnings(ui)[0]


def invite(ui):
    return ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})


def test_launched_by_the_bus():
    with World() as bus:
        bus.peers.install('Good')
        bus.start()
        ui = bus.ui()
        ui.account()
        wait_listed(ui)
        # It does not run: the bus starts it.
        bus.peers.kill('Good')
        ui.wait_for_name(PREFIX + 'Good', there=False)
        path = invite(ui)
        ui.wait_state(path, CONNECTED)
        ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        assert bus.peers.count('Good', 'LaunchSession') == 1 and bus.peers.count('Good', 'start') == 2
        # A second session goes to the same program, and both end with it.
        second = invite(ui)
        ui.wait_signal('Changed', second, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        assert bus.peers.count('Good', 'start') == 2
        bus.peers.kill('Good')
        for one in (path, second):
            assert ui.wait_signal('Termination', one)[2][0] == ENDED


def test_a_file_with_a_bus_name():
    with World() as bus:
        folder = bus.dir / 'data' / 'beckon' / 'peers'
        folder.mkdir(parents=True)
        name = bus.peers.install('Busy', 'busy')
        (folder / f'{GUID}.peer').write_text(f'[Beckon Peer]\nGUID={GUID}\nName=By file\nBusName={name}\n')
        bus.start()
        ui = bus.ui()
        ui.account()
        assert listed(ui)[GUID][1] == 'By file' and warnings(ui) == []
        path = invite(ui)
        assert ui.wait_signal('Termination', path)[2][0] == LAUNCH_FAILED
        text = ui.get('Session1', 'ResultText', path)
        assert 'org.example.Busy' in text and 'not now' not in text, text
        # The better one is there before the other goes: one that goes while it is asked for its description is started
        # again.
        bus.peers.install('Busy', 'good')
        owner = ui.bus('GetNameOwner', '(s)', name)
        bus.peers.kill('Busy')
        ui.wait_for_name(owner, there=False)
        path = invite(ui)
        ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        ui.call('Session1', 'Cancel', '(us)', 0, '', path=path)


tap.run([test_described_once, test_live_and_precedence, test_one_that_only_runs, test_hostile,
         test_thousands_of_names, test_launched_by_the_bus, test_a_file_with_a_bus_name])
