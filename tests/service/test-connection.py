#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own STUN and TURN servers, and the test of what will work from here."""
import pathlib
import socket
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ROOT, SERVICE, Bus, refused

SERVERS = ['stun:stun.example.org:3478', 'turn:turn.example.org', 'turn:[2001:db8::1]:443?transport=tcp']
SECRET = 'Only-For-The-Relay'


def put(ui, servers, user='', password=''):
    ui.call('Messenger1', 'SetConnectionServers', '(asss)', servers, user, password)


def shown(ui):
    return [ui.get('Messenger1', name) for name in ('ConnectionServers', 'ConnectionUser')]


def test_servers():
    with Bus() as bus:
        service = bus.start()
        ui, other, silent = bus.client(), bus.client(), bus.client()
        ui.attach()
        other.attach()
        assert shown(ui) == [[], '']
        put(ui, SERVERS[:1])
        ui.wait_signal('Changed', ROOT, lambda c: c == {'ConnectionServers': SERVERS[:1]})
        put(ui, SERVERS, 'me', SECRET)
        assert shown(ui) == [SERVERS, 'me']
        for client in (ui, other):
            client.wait_signal('Changed', ROOT, lambda c: c.get('ConnectionServers') == SERVERS
                               and c.get('ConnectionUser') == 'me')
        silent.ping(SERVICE)
        assert not silent.signals
        # They are there again after a restart; the password is told to nobody.
        bus.stop(service)
        bus.start()
        assert shown(ui) == [SERVERS, 'me']
        assert SECRET not in repr(ui.get_all('Messenger1')) + repr(ui.signals)
        put(ui, [])
        assert shown(ui) == [[], '']


def test_servers_refused():
    with Bus() as bus:
        bus.start()
        ui = bus.client()
        ui.attach()
        put(ui, SERVERS[:1])
        for servers, user, password in (
                (['http://example.org'], '', ''), (['stun:'], '', ''), (['turn:host:99999'], '', ''),
                ([''], '', ''), (['stun:example.org'] * 9, '', ''), (['stun:' + 'x' * 300], '', ''),
                (['turn:host?transport=sctp'], '', ''), (['stun:two\nlines'], '', ''),
                (SERVERS, 'two\nlines', ''), (SERVERS, 'x' * 300, ''), (SERVERS, 'me', 'x' * 300)):
            refused('InvalidArgument', put, ui, servers, user, password)
        assert shown(ui) == [SERVERS[:1], '']


def begin(client, account):
    return client.begin(SERVICE, account, 'im.beckon.Account1', 'TestConnection', GLib.Variant('(a{sv})', ({},)), 60)


def test_what_will_work():
    with Bus() as bus:
        bus.start()
        ui = bus.client()
        ui.attach()
        account = ui.account()
        report = ui.finish(begin(ui, account), 60)
        # No server is known.
        assert set(report) == {'nat', 'text', 'problems'}, report
        assert report['nat'] == 'unknown' and report['text'] and report['problems'] == [], report
        ui.call('Messenger1', 'RemoveAccount', '(o)', account)
        refused('NotFound', ui.call, 'Account1', 'TestConnection', '(a{sv})', {}, path=account)


def test_one_at_a_time():
    """A server that never answers keeps a test busy, and it ends with the program that wanted it."""
    silence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silence.bind(('127.0.0.1', 0))
    with silence, Bus() as bus:
        bus.start()
        ui, passing = bus.client(), bus.client()
        account = ui.account()
        put(ui, [f'stun:127.0.0.1:{silence.getsockname()[1]}'])
        monitor = bus.run(['dbus-monitor', '--address', bus.address, f"destination='{passing.unique}'"])
        while b'NameLost' not in monitor.stdout.readline():  # from now on it sees all that is said to it
            pass
        begin(passing, account)
        passing.ping(SERVICE)
        refused('LimitExceeded', ui.call, 'Account1', 'TestConnection', '(a{sv})', {}, path=account)
        passing.close()
        # The answer reaches nobody any more, but it is given.
        heard = [next(line for line in monitor.stdout if line.startswith((b'method return', b'error')))
                 for _ in range(2)]
        assert heard[0].startswith(b'method return') and b'im.beckon.Error.Cancelled' in heard[1], heard
        report = ui.finish(begin(ui, account), 60)
        assert report['stun'] is False and len(report['problems']) == 1, report


if __name__ == '__main__':
    tap.run([value for name, value in list(globals().items()) if name.startswith('test_')])
