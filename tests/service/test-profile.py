#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Account1: what is settled about contacts, pictures, the password, the devices, and the end of an account."""
import pathlib
import struct
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, Bus, refused, wait

ALICE, BOB, DAVE = 'alice@localhost', 'bob@localhost', 'dave@localhost'
PICTURE = b'\x89PNG\r\n\x1a\n' + struct.pack('>I4sII', 13, b'IHDR', 32, 32) + b'and so on'


class Desk:
    """A service with alice in it; `ui` looks on."""

    def __init__(self, bus):
        bus.start()
        self.client, self.ui = bus.client(), bus.client()
        self.ui.attach()
        self.alice = self.client.account(ALICE)

    def call(self, method, signature='()', *values, account=None):
        return self.client.call('Account1', method, signature, *values, path=account or self.alice)

    def contact(self, who, account=None):
        return next((c for c in self.call(*CONTACTS, account=account) if c[0] == who), None)

    def seen(self, who, match):
        """The list that the observer was told of has such a row of @who."""
        self.ui.wait_signal('ContactsChanged', self.alice, lambda a: any(c[0] == who and match(c) for c in a[2]))
        self.ui.signals.clear()


def test_what_is_settled_about_contacts():
    with Bus() as bus:
        desk = Desk(bus)
        put = lambda who, **facts: desk.call('SetContact', '(sa{sv})', who, facts)
        put(DAVE, alias=GLib.Variant('s', ' Davy '), pinned=GLib.Variant('b', True))
        desk.seen(DAVE, lambda c: c[1] == 'Davy' and c[8] == {'alias': 'Davy', 'pinned': True})
        # What is absent stays, what is unknown is passed over.
        put(DAVE, muted=GLib.Variant('b', True), colour=GLib.Variant('u', 7))
        desk.seen(DAVE, lambda c: c[8] == {'alias': 'Davy', 'pinned': True, 'muted': True})
        put(DAVE, alias=GLib.Variant('s', ''), pinned=GLib.Variant('b', False), muted=GLib.Variant('b', False))
        desk.seen(DAVE, lambda c: c[1] == 'Dave' and c[8] == {})
        put(DAVE)
        for facts in ({'alias': GLib.Variant('u', 1)}, {'pinned': GLib.Variant('s', 'yes')},
                      {'alias': GLib.Variant('s', 'x' * 129)}, {'alias': GLib.Variant('s', 'a\nb')}):
            refused('InvalidArgument', put, DAVE, **facts)
        refused('NotFound', put, 'nobody@localhost', pinned=GLib.Variant('b', True))
        refused('InvalidArgument', put, 'nobody', pinned=GLib.Variant('b', True))
        desk.call('SignOut')
        refused('Disconnected', put, DAVE, pinned=GLib.Variant('b', True))


def test_pictures():
    with Bus() as bus:
        desk = Desk(bus)
        # People of the demonstration have one, or none.
        wait(lambda: 'avatar' in desk.contact(ECHO)[8], 'the picture of echo')
        path = pathlib.Path(desk.contact(ECHO)[8]['avatar'])
        assert path.read_bytes().startswith(b'\x89PNG') and path.is_relative_to(bus.dir / 'data'), path
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
        assert 'avatar' not in desk.contact(DAVE)[8]

        # The own one, as a contact sees it.
        bob = desk.client.account(BOB)
        desk.call('AddContact', '(ss)', BOB, '')
        desk.seen(BOB, lambda c: c[2] == 1)
        desk.call('ApproveContact', '(s)', ALICE, account=bob)
        desk.seen(BOB, lambda c: c[2] == 3)
        assert desk.client.get('Account1', 'Avatar', bob) == ''
        desk.call('SetAvatar', '(ay)', PICTURE, account=bob)
        own = pathlib.Path(desk.client.get('Account1', 'Avatar', bob))
        assert own.read_bytes() == PICTURE
        desk.ui.wait_signal('Changed', bob, lambda c: c.get('Avatar') == str(own))
        desk.seen(BOB, lambda c: c[8].get('avatar') == str(own))
        for bad in (b'GIF89a', PICTURE + bytes(65536), PICTURE.replace(bytes((0, 32)), bytes((9, 32)))):
            refused('InvalidArgument', desk.call, 'SetAvatar', '(ay)', bad)
        desk.call('SetAvatar', '(ay)', b'', account=bob)
        assert desk.client.get('Account1', 'Avatar', bob) == ''
        desk.seen(BOB, lambda c: 'avatar' not in c[8])
        wait(lambda: not own.exists(), 'the file to go')


def test_password_and_devices():
    with Bus() as bus:
        desk = Desk(bus)
        change = lambda old, new: desk.call('ChangePassword', '(ss)', old, new)
        refused('InvalidArgument', change, 'secret', 'short')
        refused('InvalidArgument', change, 'secret', 'x' * 257)
        change('secret', 'long enough')
        devices = desk.call('ListDevices')
        assert len(devices) == 1 and devices[0][3] and devices[0][2] > 10 ** 15, devices
        refused('InvalidArgument', desk.call, 'RemoveDevice', '(s)', devices[0][0])
        refused('NotFound', desk.call, 'RemoveDevice', '(s)', '{00000000-0000-4000-8000-000000000001}')
        refused('NotFound', desk.call, 'RemoveDevice', '(s)', 'x' * 1000)
        desk.call('SignOut')
        refused('Disconnected', desk.call, 'ListDevices')
        refused('Disconnected', desk.call, 'DeleteAccount', '(s)', 'long enough')


def test_delete():
    with Bus() as bus:
        desk = Desk(bus)
        bob = desk.client.account(BOB)
        desk.call('AddContact', '(ss)', BOB, '')
        desk.seen(BOB, lambda c: c[2] == 1)
        desk.call('ApproveContact', '(s)', ALICE, account=bob)
        desk.seen(BOB, lambda c: c[2] == 3)
        wait(lambda: 'avatar' in desk.contact(ECHO)[8], 'the picture of echo')
        desk.call('DeleteAccount', '(s)', 'whatever', account=bob)
        assert desk.client.get('Messenger1', 'PrimaryAccount') == desk.alice
        assert desk.client.call('Messenger1', 'ListAccounts') == [desk.alice]
        wait(lambda: desk.contact(BOB) is None, 'bob to leave the list')
        # The picture that alice sees, too, is still there.
        assert pathlib.Path(desk.contact(ECHO)[8]['avatar']).exists()


tap.run([test_what_is_settled_about_contacts, test_pictures, test_password_and_devices, test_delete])
