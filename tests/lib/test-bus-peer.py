#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs made with libbeckon that the session bus starts, in Python and in C: described, handed the session for which
they were started and the next one, gone when there is nothing to do, started again."""
import os
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / 'tools'), str(TESTS / 'service')]
import tap  # noqa: E402
from activation import PREFIX, World, listed, wait_listed, warnings  # noqa: E402
from bed import ECHO, GUID, wait  # noqa: E402

NAME = PREFIX + 'Lib'
PROGRAMS = {'Python': ['/usr/bin/python3', str(TESTS / 'lib/bus-peer.py')],
            'C': [os.environ['BECKON_BUILDDIR'] + '/tests/lib/bus-peer']}
ENDED = 14
ACCESS_DENIED = 3


class Peer:
    """The program of one language on a bus with the service and an account."""

    def __init__(self, bus, language):
        self.bus, self.language = bus, language
        self.command = [*PROGRAMS[language], NAME, GUID, str(bus.peers.log_file('Lib'))]
        bus.peers.install_command(NAME, self.command)
        bus.start()
        self.ui = bus.ui()
        self.ui.account()
        wait_listed(self.ui)

    def log(self):
        return self.bus.peers.log('Lib')

    def count(self, word):
        return sum(line.split()[0] == word for line in self.log())

    def wait(self, word, number):
        wait(lambda: self.ui.ping() or self.count(word) >= number, f'{number} × {word} in {self.log()}', seconds=30)
        assert self.count(word) == number, self.log()

    def leave(self):
        """Stops what was only asked what it is."""
        if self.count('start'):
            self.wait('ready', self.count('start'))
            self.bus.peers.kill('Lib')
            self.ui.wait_for_name(NAME, there=False)

    def invite(self):
        path = self.ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, '', {})
        self.ui.wait_signal('Changed', path, lambda c: any('has its session' in t for t in c.get('Timeline', [])))
        return path

    def cancel(self, path):
        self.ui.call('Session1', 'Cancel', '(us)', 0, '', path=path)
        self.ui.wait_signal('Termination', path)


def check(language):
    with World() as bus:
        peer = Peer(bus, language)
        assert listed(peer.ui)[GUID] == (GUID, 'By the bus', 'https://example.org/', 'org.example.Peer',
                                         f'In {language}', 0, True, '', False), listed(peer.ui)
        assert warnings(peer.ui) == []
        peer.leave()
        started = peer.count('start')
        # The bus starts it for a session, which is there before it listens.
        first = peer.invite()
        peer.wait('data', 1)
        assert peer.count('start') == started + 1 and peer.log()[-1] == 'data hello', peer.log()
        # The next one goes to the same program.
        second = peer.invite()
        peer.wait('data', 2)
        assert peer.count('start') == started + 1 and peer.count('session') == 2, peer.log()
        # A second one of it finds the name taken.
        bus.run(peer.command)
        peer.wait('refused', 1)
        assert peer.log()[-1] == f'refused {ACCESS_DENIED}', peer.log()
        # It leaves with the last session.
        peer.cancel(first)
        peer.wait('ended', 1)
        assert peer.count('idle') == 0, peer.log()
        peer.cancel(second)
        peer.wait('idle', 1)
        peer.ui.wait_for_name(NAME, there=False)
        # And is started again; when it dies, the session is over.
        third = peer.invite()
        peer.wait('data', 3)
        bus.peers.kill('Lib')
        assert peer.ui.wait_signal('Termination', third)[2][0] == ENDED


def test_python():
    check('Python')


def test_c():
    check('C')


tap.run([test_python, test_c])
