#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandboxed program gets the Sessions door and nothing else. The program is tests/flatpak/peer/probe.c in its Flatpak;
it tries all there is against a Beckon of the build tree, alice's, and one that is a Flatpak itself, bob's."""
import os

import box  # noqa: F401 finds the modules of tests/e2e
import tap
from gi.repository import GLib
from guests import GUID, NAME, PROBE, ROOT, Probe, Refused, couple, install, packed
from processes import memory
from test_peers import exchange_words, invited_into
from world import PIPE, SERVICE, SESSIONS, World

DBUS = 'org.freedesktop.DBus.Error.'
GONE = (DBUS + 'ServiceUnknown', DBUS + 'NameHasNoOwner')  # of a name, of a connection
DENIED = (DBUS + 'ServiceUnknown', DBUS + 'AccessDenied')
PROPERTIES = 'org.freedesktop.DBus.Properties'
NUMBERS = range(1, 12)  # of objects, which anybody can guess
OWN = {  # what a program may have of all that there is
    ROOT: {'im.beckon.SessionManager1', 'im.beckon.Lock1'},
    f'{ROOT}/Private': {'im.beckon.MessengerPrivate1', 'im.beckon.Lock1'},
    f'{ROOT}/Session/1': {'im.beckon.Session1'}}


def refused(errors, function, /, *arguments, **named):
    """It fails with that error, or one of them; returns the words."""
    try:
        said = function(*arguments, **named)
    except Refused as error:
        assert error.name in ((errors,) if isinstance(errors, str) else errors), (error, arguments, named)
        return str(error)
    raise AssertionError(f'{arguments} {named} gave {said}')


def owner(user, name):
    return user.ask_bus('GetNameOwner', GLib.Variant('(s)', (name,))).unpack()[0]


# ---- the user's own door ----

def the_service_door(user, probe):
    refused(GONE, probe.call, 'ListAccounts', interface='Messenger1', name=SERVICE)
    for name in (SERVICE, owner(user, SERVICE)):
        for interface in ('Messenger1', 'Registry1', 'Account1', 'Conversation1', 'Session1'):
            for path in (ROOT, f'{ROOT}/Account/1', f'{ROOT}/Conversation/1', f'{ROOT}/Session/1'):
                refused(GONE, probe.call_raw, name, path, PROPERTIES, 'GetAll',
                        GLib.Variant('(s)', (f'im.beckon.{interface}',)))
        refused(GONE, probe.call_raw, name, ROOT, 'org.freedesktop.DBus.Introspectable', 'Introspect',
                GLib.Variant('()', ()))
    listed = probe.bus('ListNames', '()') + probe.bus('ListActivatableNames', '()')
    assert SESSIONS in listed and {name for name in listed if name.startswith('im.beckon.')} <= {SESSIONS, NAME}, listed


def through_the_other_one(user, probe):
    """Objects of the user's own door are not behind the one for applications, whatever it is called."""
    for name in (SESSIONS, owner(user, SESSIONS)):
        for path, own in OWN.items():
            for interface in ('Messenger1', 'Registry1', 'Account1', 'Conversation1', 'SessionManager1', 'Session1'):
                if f'im.beckon.{interface}' not in own:
                    refused((DBUS + 'InvalidArgs', DBUS + 'UnknownMethod', DBUS + 'UnknownInterface', 'NotFound'),
                            probe.call_raw, name, path, PROPERTIES, 'GetAll',
                            GLib.Variant('(s)', (f'im.beckon.{interface}',)))
        for number in NUMBERS:
            for folder, interface in (('Account', 'Account1'), ('Conversation', 'Conversation1')):
                refused((DBUS + 'UnknownMethod', DBUS + 'UnknownObject'), probe.call_raw, name,
                        f'{ROOT}/{folder}/{number}', PROPERTIES, 'GetAll',
                        GLib.Variant('(s)', (f'im.beckon.{interface}',)))
        for interface, method, arguments in (('Messenger1', 'ListAccounts', ()), ('Registry1', 'ListApplications', ()),
                                             ('Messenger1', 'ListSessions', ())):
            refused(DBUS + 'UnknownMethod', probe.call, method, '()', *arguments, interface=interface, name=name)


# ---- sessions of others ----

def other_sessions(user, friend, probe):
    """That somebody else has a session cannot be told from there being none."""
    session = user.ctl('invite', friend.address, PIPE, '--data', 'not for you')['id']
    nothing = f'{ROOT}/Session/4711'
    attempts = (lambda path: probe.get(path, 'AppData'), lambda path: probe.session(path, 'Cancel', '(us)', 0, ''),
                lambda path: probe.session(path, 'Accept', '(s)', ''),
                lambda path: probe.session(path, 'SendContextData', '(s)', 'x'),
                lambda path: probe.session(path, 'OpenStream', '(sa{sv})', 'x', {}),
                lambda path: probe.session(path, 'InviteWithPicker', '(ssa{sv})', '', '', {}),
                lambda path: probe.set(path, 'LocalAddress', GLib.Variant('s', 'x')))
    for attempt in attempts:
        words = refused('NotFound', attempt, nothing)
        for number in NUMBERS:
            assert refused('NotFound', attempt, f'{ROOT}/Session/{number}') == words
    seen = probe.call_raw(SESSIONS, f'{ROOT}/Session', 'org.freedesktop.DBus.Introspectable', 'Introspect',
                          GLib.Variant('()', ()))
    assert '<node name=' not in seen, seen
    assert user.session(session)['state'] == 'invitation'
    user.ctl('cancel', session)


def cookies(probe):
    for cookie in ('', 'f' * 64, '0' * 64, "' OR 1"):
        refused('NotFound', probe.call, 'GetLaunchingSession', '(sa{sv})', cookie, {})
    for cookie in ('f' * 1000, 'a\n'):
        refused('InvalidArgument', probe.call, 'GetLaunchingSession', '(sa{sv})', cookie, {})


def test_a_spent_cookie():
    """A second sandbox that gets hold of a cookie has nothing of it once it was used, and nothing of the session."""
    install(PROBE)
    with World() as world:
        users = couple(world, PROBE)
        for user, friend in (users, users[::-1]):
            _session, ends = invited_into(friend, user)
            cookie = ends[1][0].wait('LaunchSession')[1][0]
            second = Probe.start(user, 'second')
            for probe in (second, ends[1][0]):
                refused('NotFound', probe.call, 'GetLaunchingSession', '(sa{sv})', cookie, {})
            refused('NotFound', second.get, ends[1][1], 'User')
            refused('NotFound', second.session, ends[1][1], 'Cancel', '(us)', 0, '')
            exchange_words(*ends, number=1)
            ends[1][0].kill()
            ends[0][0].kill()


def test_nothing_else():
    install(PROBE)
    with World() as world:
        users = couple(world, PROBE)
        for user, friend in (users, users[::-1]):
            probe = Probe.activate(user)
            the_service_door(user, probe)
            through_the_other_one(user, probe)
            other_sessions(user, friend, probe)
            cookies(probe)
            probe.kill()


# ---- what it says of itself ----

def names_of_others(probe):
    for name in (SERVICE, SESSIONS, 'im.beckon.Beckon', 'im.beckon.Beckon.Client.x', 'im.beckon.Beckon.Peer.Whiteboard',
                 NAME + '.More', 'im.beckon.Beckon.Peer'):
        refused(DENIED, probe.bus, 'RequestName', '(su)', name, 4)
    for rule in ("eavesdrop='true'", "type='method_call',eavesdrop='true'"):
        refused(DENIED, probe.bus, 'AddMatch', '(s)', rule)


def applications_of_others(user, friend, probe):
    """It says that it stands for Pipe, too, and hears nothing of an invitation to it."""
    probe.answer('Invitation', True)
    probe.answer('BeforeAppLaunch', False)
    probe.attach(GUID, PIPE)
    session = friend.ctl('invite', user.address, PIPE, '--data', 'not for you')['id']
    user.wait('invitation', session=session)
    with user.watch('--session', session) as watch:
        user.ctl('accept', session)
        watch.until_note('the program has its session')
    friend.ctl('cancel', session)
    user.wait_session(session)
    probe.call('ListApplications')
    asked = [what for _connection, _path, what, _arguments in probe.seen() if '.' not in what]
    assert set(asked) <= {'Describe'}, asked
    assert 'not for you' not in str(probe.seen()), probe.seen()


def paths_of_others(probe):
    refused('NotSupported', probe.call, 'RegisterApplication', '(ssssu)', '{00000000-0000-4000-8000-000000000001}',
            'Mine', '', '/bin/true', 0)
    for guid in (GUID, PIPE):
        refused('AccessDenied', probe.call, 'UnRegisterApplication', '(s)', guid)


def without_a_name(user):
    nameless = Probe.start(user, 'nameless')
    refused('AccessDenied', nameless.attach)


def test_it_is_nobody_else():
    install(PROBE)
    with World() as world:
        users = couple(world, PROBE)
        for user, friend in (users, users[::-1]):
            probe = Probe.activate(user)
            names_of_others(probe)
            applications_of_others(user, friend, probe)
            paths_of_others(probe)
            without_a_name(user)
            probe.kill()


# ---- too much of what it may ----

def flood(probe, method, signature, *values, count, path=ROOT, interface='SessionManager1', connection=0):
    """The same call many times at once; how often it came out how."""
    reply = probe.tell('Flood', '(usossvu)', connection, SESSIONS, path, f'im.beckon.{interface}', method,
                       packed(GLib.Variant(signature, values)), count)[0]
    return {name.removeprefix('im.beckon.Error.'): times for name, times in reply.unpack()[0].items()}


def too_many_questions(user, probe):
    """Windows on the user's screen."""
    paths = [probe.call('CreateSession', '(a{sv})', {}) for _ in range(4)]
    for path in paths:
        probe.set(path, 'Application', GLib.Variant('s', GUID))
    asking = [probe.begin(path, 'InviteWithPicker', '(ssa{sv})', '', '', {}) for path in paths[:3]]
    for path in paths[:3]:
        user.wait('picking', session=probe.get(path, 'SessionID'))
    refused('LimitExceeded', probe.session, paths[3], 'InviteWithPicker', '(ssa{sv})', '', '', {})
    for path, one in zip(paths, asking):
        probe.session(path, 'Cancel', '(us)', 0, '')
        refused('Cancelled', one.result)


def quotas(probe):
    outcome = flood(probe, 'CreateSession', '(a{sv})', {}, count=100)
    assert outcome == {'': 28, 'LimitExceeded': 72}, outcome  # it has four already
    picker = {'picker': GLib.Variant('b', True)}
    refused('LimitExceeded', probe.call, 'CreateSession', '(a{sv})', picker)


def many_names(user, friend, probe):
    """One program that comes to the bus many times leaves sessions to the user all the same."""
    for _ in range(8):
        number = probe.tell('Open', '()')[0].unpack()[0]
        outcome = flood(probe, 'CreateSession', '(a{sv})', {}, count=32, connection=number)
        assert outcome.keys() <= {'', 'LimitExceeded'}, outcome
    assert outcome == {'LimitExceeded': 32}, outcome
    session = user.ctl('invite', friend.address, PIPE)['id']
    friend.wait('invitation', session=session)
    user.ctl('cancel', session)


def huge_arguments(probe):
    refused('InvalidArgument', probe.call, 'GetLaunchingSession', '(sa{sv})', 'x' * 10_000_000, {})
    refused('InvalidArgument', probe.attach, *[GUID] * 100_000)
    path = next(f'{ROOT}/Session/{number}' for number in range(1, 200) if holds(probe, f'{ROOT}/Session/{number}'))
    refused('InvalidArgument', probe.session, path, 'Invite', '(ssa{sv})', 'bob@localhost', 'x' * 10_000_000, {})
    refused('InvalidArgument', probe.session, path, 'Invite', '(ssa{sv})', 'x' * 10_000_000, '', {})
    probe.attach()


def holds(probe, path):
    try:
        return probe.get(path, 'State') is not None
    except Refused:
        return False


def many_calls(user, probe):
    """Memory is bounded, and the user's own programs are answered meanwhile."""
    pid = user.service_pid()
    before = memory(pid)[0]
    for _round in range(10):
        outcome = flood(probe, 'GetLaunchingSession', '(sa{sv})', 'f' * 64, {}, count=10_000)
        assert outcome == {'NotFound': 10_000}, outcome
        user.ctl('account', 'list')
    grown = memory(pid)[0] - before
    print(f'# {user.label}: {grown} KiB more after 100,000 calls')
    assert grown < 16 * 1024, grown


def test_too_much():
    install(PROBE)
    with World() as world:
        users = couple(world, PROBE)
        for user, friend in (users, users[::-1]):
            probe = Probe.activate(user)
            too_many_questions(user, probe)
            quotas(probe)
            many_names(user, friend, probe)
            huge_arguments(probe)
            many_calls(user, probe)
            probe.kill()


def test_too_many_streams():
    """Descriptors are bounded, whether they are taken or not, and the session goes on."""
    install(PROBE)
    with World() as world:
        users = couple(world, PROBE)
        _session, ends = invited_into(*users)
        for user, (probe, path) in zip(users, ends):
            outcome = flood(probe, 'OpenStream', '(sa{sv})', 'x', {}, count=3000, path=path, interface='Session1')
            assert outcome.pop('', 0) > 100 and outcome.keys() <= {'LimitExceeded'}, outcome
            descriptors = len(os.listdir(f'/proc/{user.service_pid()}/fd'))
            print(f'# {user.label}: {outcome}, {descriptors} descriptors are open')
            assert descriptors < 1024, descriptors
            user.ctl('account', 'list')
        exchange_words(*ends, number=1)


# ---- what an operator has locked ----

def test_locked():
    install(PROBE)
    with World(lock='on') as world:
        for user in couple(world, PROBE):
            probe = Probe.activate(user)
            private = {'path': f'{ROOT}/Private', 'interface': 'MessengerPrivate1'}
            refused('ApiLocked', probe.call, 'CreateSession', '(a{sv})', {})
            refused('ApiLocked', probe.call, 'RegisterApplication', '(ssssu)', GUID, 'N', '', '/bin/true', 0)
            refused('ApiLocked', probe.call, 'AddContact', '(ssa{sv})', 'carol@localhost', '', {}, **private)
            probe.attach()
            refused('ApiLocked', probe.call, 'EnableAlertEvents', '(aua{sv})', [1], {}, **private)
            path = probe.call('CreateSession', '(a{sv})', {'picker': GLib.Variant('b', True)})
            probe.set(path, 'Application', GLib.Variant('s', GUID))
            refused('ApiLocked', probe.session, path, 'Invite', '(ssa{sv})', 'bob@localhost', '', {})
            probe.kill()


# ---- other permissions ----

def test_without_permission():
    install(PROBE)
    with World() as world:
        for user in couple(world, PROBE):
            probe = Probe.start(user, 'stranger', '--no-talk-name=im.beckon.Beckon.Sessions')
            for name in (SESSIONS, SERVICE, owner(user, SESSIONS), owner(user, SERVICE)):
                refused(GONE, probe.call_raw, name, ROOT, PROPERTIES, 'GetAll',
                        GLib.Variant('(s)', ('im.beckon.SessionManager1',)))
            listed = probe.bus('ListNames', '()') + probe.bus('ListActivatableNames', '()')
            assert not [name for name in listed if name.startswith('im.beckon.') and name != NAME], listed


def test_a_permission_that_nobody_should_give():
    """The manual says so: whoever may talk to all of it is told all of it."""
    install(PROBE)
    with World() as world:
        for user in couple(world, PROBE):
            probe = Probe.start(user, 'trusted', '--talk-name=im.beckon.Beckon.*')
            account = probe.call('ListAccounts', interface='Messenger1', name=SERVICE)[0]
            assert probe.get(account, 'SignInName', 'Account1', SERVICE) == user.address


if __name__ == '__main__':
    tap.run([test_nothing_else, test_a_spent_cookie, test_it_is_nobody_else, test_too_much, test_too_many_streams,
             test_locked, test_without_permission, test_a_permission_that_nobody_should_give])
