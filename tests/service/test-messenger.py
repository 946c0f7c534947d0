#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messenger as a whole: all accounts at once, finding somebody, groups; and what an observer sees of each event of
the original (DMessengerEvents)."""
import pathlib
import sys

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, ROOT, Bus, arrivals, refused, wait

ALICE, BOB, DAVE = 'alice@localhost', 'bob@localhost', 'dave@localhost'
NONE, ASKED, ASKING, ACCEPTED = range(4)  # BeckonRelation
UNKNOWN, OFFLINE, ONLINE, INVISIBLE, BUSY, AWAY = 0, 1, 2, 6, 0xA, 0x22  # BeckonStatus


class Desk:
    """A service with alice and bob in it; `ui` looks on, `client` acts."""

    def __init__(self, bus):
        self.bus = bus
        bus.start()
        self.client, self.ui = bus.client(), bus.client()
        self.ui.attach()
        self.alice, self.bob = self.client.account(ALICE), self.client.account(BOB)

    def call(self, account, method, signature='()', *values):
        return self.client.call('Account1', method, signature, *values, path=account)

    def messenger(self, method, signature='()', *values):
        return self.client.call('Messenger1', method, signature, *values)

    def state(self, account):
        return self.client.get('Account1', 'State', account)

    def contact(self, account, who):
        return next((c for c in self.call(account, *CONTACTS) if c[0] == who), None)

    def seen(self, account, who, match):
        """The list that the observer was told of has such a row of @who; only what was told from now on counts."""
        def fits(arguments):
            return any(c[0] == who and match(c) for c in arguments[2])
        self.ui.wait_signal('ContactsChanged', account, fits)
        self.ui.signals.clear()

    def befriend(self):
        self.call(self.alice, 'AddContact', '(ss)', BOB, '')
        self.ui.wait_signal('ContactsChanged', self.bob, lambda a: any(c[2] == ASKING for c in a[2]))
        self.call(self.bob, 'ApproveContact', '(s)', ALICE)
        self.ui.wait_signal('ContactsChanged', self.alice,
                            lambda a: any(c[0] == BOB and c[4] == ONLINE for c in a[2]))
        self.ui.signals.clear()


# ---- all accounts at once ----

def test_sign_out_and_in():
    with Bus() as bus:
        desk = Desk(bus)
        both = (desk.alice, desk.bob)
        refused('AlreadyLoggedOn', desk.messenger, 'SignIn')
        refused('AlreadyLoggedOn', desk.messenger, 'AutoSignIn')
        desk.messenger('SignOut')
        assert [desk.state(account) for account in both] == ['offline', 'offline']
        refused('NotLoggedOn', desk.messenger, 'SignOut')

        desk.messenger('AutoSignIn')
        assert [desk.state(account) for account in both] == ['online', 'offline']
        refused('AlreadyLoggedOn', desk.messenger, 'AutoSignIn')
        desk.messenger('SignIn')
        assert [desk.state(account) for account in both] == ['online', 'online']

        # One that is in is enough for there to be something to do.
        desk.call(desk.bob, 'SignOut')
        desk.messenger('SignOut')
        assert [desk.state(account) for account in both] == ['offline', 'offline']


def test_sign_in_tells_of_trouble():
    with Bus() as bus:
        desk = Desk(bus)
        desk.messenger('SignOut')
        desk.client.call('Messenger1', 'RemoveAccount', '(o)', desk.alice)
        for process in bus.processes:
            bus.stop(process)
        (bus.dir / 'data' / 'beckon' / 'secrets.keyfile').unlink()
        bus.start()
        # The secret is gone: the one account that is left has to be signed in with its password.
        refused('InvalidPassword', desk.messenger, 'SignIn')
        refused('InvalidPassword', desk.messenger, 'AutoSignIn')
        refused('NotLoggedOn', desk.messenger, 'SignOut')


def test_without_an_account():
    with Bus() as bus:
        bus.start()
        client = bus.client()
        for method, *values in (('SignIn',), ('AutoSignIn',), ('SignOut',), ('SetStatus', '(u)', BUSY),
                                ('GetContact', '(os)', '/', BOB), ('OpenConversation', '(os)', '/', BOB),
                                ('OpenAddContact', '(os)', '/', BOB)):
            refused('NotLoggedOn', client.call, 'Messenger1', method, *values)


def test_status_of_all():
    with Bus() as bus:
        desk = Desk(bus)
        desk.call(desk.bob, 'SetStatus', '(us)', ONLINE, 'at work')
        desk.messenger('SetStatus', '(u)', BUSY)
        for account, text in ((desk.alice, ''), (desk.bob, 'at work')):
            properties = desk.client.get_all('Account1', account)
            assert (properties['Status'], properties['PersonalMessage']) == (BUSY, text), properties
        for status in (UNKNOWN, OFFLINE, 0x100, 7, 0xFFFFFFFF):
            assert 'status' in refused('InvalidArgument', desk.messenger, 'SetStatus', '(u)', status)
        assert desk.client.get('Account1', 'Status', desk.alice) == BUSY

        # Kept for the next time where there is no connection.
        desk.messenger('SignOut')
        desk.messenger('SetStatus', '(u)', AWAY)
        desk.messenger('SignIn')
        assert desk.client.get('Account1', 'Status', desk.bob) == AWAY


def test_primary_account():
    with Bus() as bus:
        desk = Desk(bus)
        primary = lambda: desk.client.get('Messenger1', 'PrimaryAccount')
        assert primary() == desk.alice
        refused('NotFound', desk.messenger, 'SetPrimaryAccount', '(o)', f'{ROOT}/Account/99')
        refused('NotFound', desk.messenger, 'SetPrimaryAccount', '(o)', '/')
        desk.messenger('SetPrimaryAccount', '(o)', desk.bob)
        desk.ui.wait_signal('Changed', ROOT, lambda c: c.get('PrimaryAccount') == desk.bob)
        assert primary() == desk.bob
        assert desk.client.get('SessionManager1', 'MySigninName', door='im.beckon.Beckon.Sessions') == BOB
        desk.messenger('SignOut')
        desk.messenger('AutoSignIn')
        assert (desk.state(desk.alice), desk.state(desk.bob)) == ('offline', 'online')

        bus.stop(bus.processes[-1])
        bus.start()
        assert primary() == desk.bob
        desk.client.call('Messenger1', 'RemoveAccount', '(o)', desk.bob)
        assert primary() == desk.alice


# ---- somebody ----

def test_get_contact():
    with Bus() as bus:
        desk = Desk(bus)
        get = lambda account, who: desk.messenger('GetContact', '(os)', account, who)
        desk.befriend()
        listed = desk.contact(desk.alice, BOB)
        assert get(desk.alice, BOB.upper()) == (desk.alice, False, listed)
        assert get('/', ALICE) == (desk.bob, False, desk.contact(desk.bob, ALICE))

        # Who is not on the list is made up, unless only the lists are asked.
        stranger = ('nobody@localhost', 'nobody@localhost', NONE, False, UNKNOWN, '', '', 0, {})
        assert get(desk.alice, 'Nobody@localhost') == (desk.alice, False, stranger)
        refused('UserNotFound', get, '/', 'nobody@localhost')
        assert desk.contact(desk.alice, 'nobody@localhost') is None

        account, is_self, contact = get(desk.alice, ALICE)
        assert is_self and contact[:2] == (ALICE, ALICE) and contact[4] == ONLINE, contact
        refused('NotFound', get, f'{ROOT}/Account/99', BOB)
        for bad in ('', ' bob@localhost', 'bob', 'bob@localhost\n', 'b' * 130 + '@localhost'):
            refused('InvalidArgument', get, desk.alice, bad)
            refused('InvalidArgument', get, '/', bad)

        # Offline the list is kept, and nothing is known of anybody else; nobody is themselves.
        desk.call(desk.alice, 'SignOut')
        assert get(desk.alice, BOB)[2][4] == OFFLINE
        refused('NotLoggedOn', get, desk.alice, 'nobody@localhost')
        refused('NotLoggedOn', get, desk.alice, ALICE)


def test_the_list_is_kept_offline():
    with Bus() as bus:
        desk = Desk(bus)
        desk.befriend()
        before = {c[0] for c in desk.call(desk.alice, *CONTACTS)}
        desk.call(desk.alice, 'SignOut')
        after = desk.call(desk.alice, *CONTACTS)
        assert BOB in before and {c[0] for c in after} == before, after
        assert all(c[4] != ONLINE for c in after), after


def test_block_without_change():
    with Bus() as bus:
        desk = Desk(bus)
        desk.befriend()
        block = lambda who, blocked: desk.call(desk.alice, 'SetContactBlocked', '(sb)', who, blocked)
        block(BOB, False)
        block('nobody@localhost', False)
        block(BOB, True)
        desk.seen(desk.alice, BOB, lambda c: c[3])
        block(BOB, True)
        desk.call(desk.alice, 'SignOut')
        block(BOB, True)
        refused('Disconnected', block, BOB, False)
        desk.client.ping('im.beckon.Beckon.Service')
        told = [s[2][2] for s in desk.ui.signals if s[1] == 'ContactsChanged' and s[0] == desk.alice]
        assert all(c[4] in (OFFLINE, UNKNOWN) and c[3] == (c[0] == BOB) for rows in told for c in rows), told


# ---- groups ----

def test_groups():
    with Bus() as bus:
        desk = Desk(bus)
        desk.befriend()
        call = lambda method, signature, *values: desk.call(desk.alice, method, signature, *values)
        groups = lambda: desk.call(desk.alice, 'ListGroups')
        assert groups() == []
        chess = call('CreateGroup', '(s)', ' Chess club ')
        # The observer was told before the caller had the id.
        desk.ui.wait_signal('GroupsChanged', desk.alice, lambda a: a == (0, 0, [(chess, 'Chess club', [])]))
        work = call('CreateGroup', '(s)', 'Work')
        assert groups() == [(chess, 'Chess club', []), (work, 'Work', [])]
        assert desk.call(desk.bob, 'ListGroups') == []

        for who in (ECHO, BOB):
            call('AddToGroup', '(ss)', chess, who)
            desk.ui.wait_signal('ContactAddedToGroup', desk.alice, lambda a: a == (chess, who))
        assert groups()[0] == (chess, 'Chess club', [BOB, ECHO])
        call('RenameGroup', '(ss)', chess, 'Chess')
        desk.ui.wait_signal('GroupsChanged', desk.alice, lambda a: a == (0, 1, [(chess, 'Chess', [BOB, ECHO])]))
        refused('GroupNotEmpty', call, 'RemoveGroup', '(s)', chess)
        call('RemoveFromGroup', '(ss)', chess, ECHO)
        desk.ui.wait_signal('ContactRemovedFromGroup', desk.alice, lambda a: a == (chess, ECHO))

        # They are there without a connection and after a restart, and who stops being a contact leaves them.
        call('SignOut', '()')
        refused('Disconnected', call, 'CreateGroup', '(s)', 'Family')
        assert groups() == [(chess, 'Chess', [BOB]), (work, 'Work', [])]
        bus.stop(bus.processes[-1])
        bus.start()
        assert groups() == [(chess, 'Chess', [BOB]), (work, 'Work', [])]


def test_groups_go_with_contacts():
    with Bus() as bus:
        desk = Desk(bus)
        call = lambda method, signature, *values: desk.call(desk.alice, method, signature, *values)
        chess = call('CreateGroup', '(s)', 'Chess')
        call('AddToGroup', '(ss)', chess, ECHO)
        desk.ui.wait_signal('ContactAddedToGroup', desk.alice)
        desk.ui.signals.clear()
        call('RemoveContact', '(s)', ECHO)
        desk.ui.wait_signal('ContactsChanged', desk.alice, lambda a: a[1:] == (1, []))
        names = [s[1] for s in desk.ui.signals if s[0] == desk.alice]
        assert names == ['ContactRemovedFromGroup', 'ContactsChanged'], names
        call('RemoveGroup', '(s)', chess)
        desk.ui.wait_signal('GroupsChanged', desk.alice, lambda a: a == (0, 1, []))
        refused('GroupDoesNotExist', call, 'RemoveGroup', '(s)', chess)


def test_group_errors():
    with Bus() as bus:
        desk = Desk(bus)
        call = lambda method, signature, *values: desk.call(desk.alice, method, signature, *values)
        chess, work = (call('CreateGroup', '(s)', name) for name in ('Chess', 'Work'))
        for bad in ('', '  ', 'a\nb', 'a\x01'):
            refused('BadGroupName', call, 'CreateGroup', '(s)', bad)
            refused('BadGroupName', call, 'RenameGroup', '(ss)', chess, bad)
        refused('GroupNameTooLong', call, 'CreateGroup', '(s)', 'x' * 129)
        refused('GroupNameTooLong', call, 'RenameGroup', '(ss)', chess, 'x' * 129)
        refused('GroupAlreadyExists', call, 'CreateGroup', '(s)', 'CHESS')
        refused('GroupAlreadyExists', call, 'RenameGroup', '(ss)', work, 'chess')
        call('RenameGroup', '(ss)', chess, 'CHESS')
        for gone in ('{00000000-0000-4000-8000-000000000000}', '', 'x' * 200):
            refused('GroupDoesNotExist', call, 'RenameGroup', '(ss)', gone, 'x')
            refused('GroupDoesNotExist', call, 'RemoveGroup', '(s)', gone)
            refused('GroupDoesNotExist', call, 'AddToGroup', '(ss)', gone, ECHO)
            refused('GroupDoesNotExist', call, 'RemoveFromGroup', '(ss)', gone, ECHO)
        refused('UserNotFound', call, 'AddToGroup', '(ss)', chess, 'nobody@localhost')
        refused('UserNotGroupMember', call, 'RemoveFromGroup', '(ss)', chess, ECHO)
        refused('UserNotGroupMember', call, 'RemoveFromGroup', '(ss)', chess, 'nobody@localhost')
        for method in ('AddToGroup', 'RemoveFromGroup'):
            refused('InvalidArgument', call, method, '(ss)', chess, 'no body')
        for number in range(126):
            call('CreateGroup', '(s)', f'group {number}')
        refused('TooManyGroups', call, 'CreateGroup', '(s)', 'one more')
        call('RemoveGroup', '(s)', work)
        call('CreateGroup', '(s)', 'one more')


# ---- what an observer sees ----

def changed(account, name, value):
    return lambda desk: desk.ui.wait_signal('Changed', account(desk), lambda c: c.get(name) == value)


def row(account, who, match):
    return lambda desk: desk.ui.wait_signal('ContactsChanged', account(desk),
                                            lambda a: any(c[0] == who and match(c) for c in a[2]))


def alice(desk):
    return desk.alice


def group(desk):
    return desk.call(desk.alice, 'ListGroups')[0][0]


def told(name, *values):
    def see(desk):
        wanted = tuple(value(desk) if callable(value) else value for value in values)
        desk.ui.wait_signal(name, desk.alice, lambda a: a == wanted)
    return see


def by(account, method, signature='()', *values):
    def act(desk):
        filled = [value(desk) if callable(value) else value for value in values]
        desk.call(getattr(desk, account), method, signature, *filled)
    return act


# Event of the original, what makes it happen, what is told to whoever is attached.
EVENTS = (
    ('OnMyStatusChange', by('alice', 'SetStatus', '(us)', BUSY, ''), changed(alice, 'Status', BUSY)),
    ('OnMyPropertyChange', by('alice', 'SetStatus', '(us)', BUSY, 'tea'), changed(alice, 'PersonalMessage', 'tea')),
    ('OnMyFriendlyNameChange', by('alice', 'SetDisplayName', '(s)', 'Alice'), changed(alice, 'DisplayName', 'Alice')),
    ('OnContactListAdd', by('alice', 'AddContact', '(ss)', BOB, ''), row(alice, BOB, lambda c: c[2] == ASKED)),
    ('OnContactListAdd', by('bob', 'ApproveContact', '(s)', ALICE), row(alice, BOB, lambda c: c[2] == ACCEPTED)),
    ('OnContactFriendlyNameChange', by('bob', 'SetDisplayName', '(s)', 'Bob'),
     row(alice, BOB, lambda c: c[1] == 'Bob')),
    ('OnContactStatusChange', by('bob', 'SetStatus', '(us)', AWAY, ''), row(alice, BOB, lambda c: c[4] == AWAY)),
    ('OnContactPropertyChange', by('bob', 'SetStatus', '(us)', AWAY, 'out'), row(alice, BOB, lambda c: c[5] == 'out')),
    ('OnContactStatusChange', by('bob', 'SetStatus', '(us)', INVISIBLE, ''),
     row(alice, BOB, lambda c: c[4] == OFFLINE)),
    ('OnContactBlockChange', by('alice', 'SetContactBlocked', '(sb)', BOB, True), row(alice, BOB, lambda c: c[3])),
    ('OnContactBlockChange', by('alice', 'SetContactBlocked', '(sb)', BOB, False),
     row(alice, BOB, lambda c: not c[3])),
    ('OnGroupAdded', by('alice', 'CreateGroup', '(s)', 'Chess'), told('GroupsChanged', 0, 0,
                                                                      lambda desk: [(group(desk), 'Chess', [])])),
    ('OnGroupNameChanged', by('alice', 'RenameGroup', '(ss)', group, 'Go'),
     told('GroupsChanged', 0, 1, lambda desk: [(group(desk), 'Go', [])])),
    ('OnContactAddedToGroup', by('alice', 'AddToGroup', '(ss)', group, BOB), told('ContactAddedToGroup', group, BOB)),
    ('OnContactRemovedFromGroup', by('alice', 'RemoveFromGroup', '(ss)', group, BOB),
     told('ContactRemovedFromGroup', group, BOB)),
    ('OnGroupRemoved', by('alice', 'RemoveGroup', '(s)', group), told('GroupsChanged', 0, 1, [])),
    ('OnContactListRemove', by('alice', 'RemoveContact', '(s)', BOB),
     lambda desk: desk.ui.wait_signal('ContactsChanged', desk.alice, lambda a: a[1:] == (1, []))),
    ('OnSignout', by('alice', 'SignOut'), changed(alice, 'State', 'offline')),
    ('OnSignin', by('alice', 'SignIn', '(sa{sv})', '', {}), changed(alice, 'State', 'online')),
    ('OnMyStatusChange', by('alice', 'SetStatus', '(us)', ONLINE, ''), changed(alice, 'Status', ONLINE)),
)


def test_events():
    with Bus() as bus:
        desk = Desk(bus)
        for name, act, see in EVENTS:
            print(f'# {name}', flush=True)
            desk.client.ping('im.beckon.Beckon.Service')
            desk.ui.ping()
            desk.ui.signals.clear()
            act(desk)
            see(desk)


def test_failed_sign_in_is_seen():
    """OnSignin with an error: the state stays offline, and why is beside it."""
    with Bus() as bus:
        desk = Desk(bus)
        desk.call(desk.alice, 'SignOut')
        for process in bus.processes:
            bus.stop(process)
        (bus.dir / 'data' / 'beckon' / 'secrets.keyfile').unlink()
        bus.start()
        ui = bus.client()
        ui.attach()
        refused('InvalidPassword', desk.call, desk.alice, 'SignIn', '(sa{sv})', '', {})
        ui.wait_signal('Changed', desk.alice, lambda c: c.get('ErrorName') == 'im.beckon.Error.InvalidPassword')
        assert ui.get('Account1', 'State', desk.alice) == 'offline'


def test_shutdown_is_seen():
    """OnAppShutdown: the name goes."""
    with Bus() as bus:
        desk = Desk(bus)
        bus.stop(bus.processes[-1])
        desk.ui.wait_for_name('im.beckon.Beckon.Service', there=False)


tap.run([test_sign_out_and_in, test_sign_in_tells_of_trouble, test_without_an_account, test_status_of_all,
         test_primary_account, test_get_contact, test_the_list_is_kept_offline, test_block_without_change, test_groups,
         test_groups_go_with_contacts, test_group_errors, test_events, test_failed_sign_in_is_seen, test_shutdown_is_seen])
