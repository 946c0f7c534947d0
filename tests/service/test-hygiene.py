#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every member of the contract: who reaches it, how it refuses, and that callers leave nothing behind."""
import pathlib
import resource
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import ECHO, GUID, ROOT, SERVICE, SESSIONS, SLOWNESS, SOURCE, Bus, Failure, refused, wait
from proxy import proxy

READY, TERMINATED = 1, 7
CALLERS = 1000
CALLS = 10  # of each
SECRET = 'Only-For-Alice'
FOR_APPLICATIONS = {'im.beckon.SessionManager1', 'im.beckon.Session1', 'im.beckon.Lock1', 'im.beckon.MessengerPrivate1'}
STANDARD = 'org.freedesktop.DBus.'
# Of the right type, and of no use.
PLAIN = {'s': '', 'o': '/', 'q': 0, 'u': 0, 'i': 0, 'x': 0, 'b': False, 'h': 0, 'as': [], 'au': [], 'ay': [], 'a{sv}': {},
         'v': GLib.Variant('s', '')}


def contract():
    """Every interface of the service, read from the files that are its documentation."""
    for page in sorted((SOURCE / 'data' / 'dbus').glob('*.xml')):
        for interface in Gio.DBusNodeInfo.new_for_xml(page.read_text()).interfaces:
            if interface.name != 'im.beckon.Peer1':  # the callers have that one
                yield interface


def plain(method, **others):
    """Arguments for a method, each as empty as can be, but for some texts by name."""
    signature = ''.join(arg.signature for arg in method.in_args)
    texts = {'s': others}  # a cookie is a number elsewhere
    return GLib.Variant(f'({signature})', tuple(texts.get(arg.signature, {}).get(arg.name, PLAIN[arg.signature])
                                                for arg in method.in_args))


def home(bus):
    """Everything that an application is not to see: a contact, a talk, a session of the user's own."""
    bus.register(GUID, '/bin/sleep', '100')
    bus.start()
    user = bus.client()
    user.attach()
    account = user.account()
    talk = user.call('Account1', 'GetConversation', '(s)', ECHO, path=account)
    user.call('Conversation1', 'SendMessage', '(sa{sv})', SECRET, {}, path=talk)
    user.wait_signal('MessageAdded', talk, lambda a: not a[0][2])
    user.call('Account1', 'SetStatus', '(us)', 2, SECRET, path=account)
    session = user.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, GUID, 'ignore', {})
    return user, {'root': ROOT, 'account': account, 'talk': talk, 'session': session, 'private': f'{ROOT}/Private',
                  **{name: f'{ROOT}/{name}' for name in ('Account', 'Conversation', 'Session')}}


def attempt(caller, said, door, path, interface, method, arguments=None):
    """Calls, notes what the answer says beyond the path that was asked for, and returns the name of the error, or
    None."""
    try:
        said.append(repr(caller.call_raw(door, path, interface, method, arguments)))
    except Failure as failure:
        said.append(repr(failure.args).replace(f'“{path}”', ''))
        return failure.name
    return None


def every_member(interface, path):
    for method in interface.methods:
        yield interface.name, method.name, plain(method, peer='/peer', session=path, account=path)
    for name in interface.properties:
        yield f'{STANDARD}Properties', 'Get', GLib.Variant('(ss)', (interface.name, name.name))
        yield f'{STANDARD}Properties', 'Set', GLib.Variant('(ssv)', (interface.name, name.name, GLib.Variant('s', 'x')))
    yield f'{STANDARD}Properties', 'GetAll', GLib.Variant('(s)', (interface.name,))


def test_the_sessions_door_gives_nothing_away():
    with Bus() as bus:
        user, places = home(bus)
        app = bus.client()
        app.attach(SESSIONS, [GUID])
        mine = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        said, answered = [], set()
        for interface in contract():
            for place in [*places.values(), mine]:
                attempt(app, said, SESSIONS, place, f'{STANDARD}Introspectable', 'Introspect')
                attempt(app, said, SESSIONS, place, f'{STANDARD}ObjectManager', 'GetManagedObjects')
                for name, method, arguments in every_member(interface, place):
                    failure = attempt(app, said, SESSIONS, place, name, method, arguments)
                    if failure is None:
                        answered.add(interface.name)
                        assert place in (ROOT, places['private'], mine), (place, name, method)
                    elif place == places['session']:
                        assert failure in ('NotFound', f'{STANDARD}Error.UnknownMethod',
                                           f'{STANDARD}Error.InvalidArgs', 'InvalidArgument'), (failure, name, method)
        assert {'im.beckon.SessionManager1', 'im.beckon.Session1'} <= answered <= FOR_APPLICATIONS, answered
        app.ping(SESSIONS)
        said += [repr(signal) for signal in app.signals]
        for word in (ECHO, 'Echo', SECRET, '/Account/', '/Conversation/'):
            assert not [text for text in said if word in text], [text for text in said if word in text][:3]
        assert user.get('Session1', 'State', places['session']) != TERMINATED, 'somebody ended it'


def test_a_sandbox_reaches_one_name():
    with Bus() as bus:
        user, places = home(bus)
        inside = proxy(bus, 'app', f'--talk={SESSIONS}', '--own=im.beckon.Beckon.Peer.Test')
        app = bus.client(address=inside, name=False)
        for interface in contract():
            for place in places.values():
                for name, method, arguments in every_member(interface, place):
                    refused(f'{STANDARD}Error.ServiceUnknown', app.call_raw, SERVICE, place, name, method, arguments)
        app.ping(SESSIONS)
        assert not app.signals


def test_wrong_types_name_the_method():
    with Bus() as bus:
        user, places = home(bus)
        where = {'Account1': places['account'], 'Conversation1': places['talk'], 'Session1': places['session']}
        for interface in contract():
            short = interface.name.removeprefix('im.beckon.')
            place = where.get(short, ROOT)
            for door in (SERVICE, SESSIONS):
                if attempt(user, [], door, place, f'{STANDARD}Properties', 'GetAll',
                           GLib.Variant('(s)', (interface.name,))) is not None:
                    continue
                for method in interface.methods:
                    for wrong in (GLib.Variant('(d)', (0.5,)), GLib.Variant('(aas)', ([['x']],))):
                        text = refused('InvalidArgument', user.call_raw, door, place, interface.name, method.name, wrong)
                        assert method.name in text, text


def test_long_texts_are_refused_by_name():
    with Bus() as bus:
        user, places = home(bus)
        app = bus.client()
        app.attach(SESSIONS)
        mine = app.call('SessionManager1', 'CreateSession', '(a{sv})', {})
        where = {'Account1': places['account'], 'Conversation1': places['talk'], 'Session1': mine}
        tried = 0
        for interface in contract():
            short = interface.name.removeprefix('im.beckon.')
            for door, caller in ((SERVICE, user), (SESSIONS, app)):
                place = where.get(short, ROOT)
                if attempt(caller, [], door, place, f'{STANDARD}Properties', 'GetAll',
                           GLib.Variant('(s)', (interface.name,))) is not None:
                    continue
                for method in interface.methods:
                    for arg in (arg for arg in method.in_args if arg.signature == 's'):
                        good = {'who': ECHO, 'user': ECHO, 'sign_in_name': 'zoe@localhost', 'guid': GUID, 'name': 'N',
                                'path': '/bin/cat', 'cookie': 'c', 'text': 't', 'id': GUID}
                        try:
                            result = caller.call_raw(door, place, interface.name, method.name,
                                                     plain(method, **{**good, arg.name: 'x' * 200000}))
                            raise AssertionError(f'{interface.name}.{method.name} took {arg.name}: {result}')
                        except Failure as failure:
                            assert arg.name in failure.args[1] and failure.name.isalpha(), \
                                (interface.name, method.name, arg.name, failure.args)
                        tried += 1
        assert tried > 30, tried


def rules(client):
    """How many match rules the service has at the bus, on both its connections."""
    total = 0
    for door in (SERVICE, SESSIONS):
        owner = client.bus('GetNameOwner', '(s)', door)
        stats = client.call_raw('org.freedesktop.DBus', '/org/freedesktop/DBus', f'{STANDARD}Debug.Stats',
                                'GetConnectionStats', GLib.Variant('(s)', (owner,)))
        total += stats['MatchRules']
    return total


def descriptors(process):
    return len(list(pathlib.Path(f'/proc/{process.pid}/fd').iterdir()))


def kilobytes(process):
    return next(int(line.split()[1]) for line in pathlib.Path(f'/proc/{process.pid}/status').read_text().splitlines()
                if line.startswith('VmRSS'))


def is_open(user, path):
    try:
        return user.get('Session1', 'State', path) != TERMINATED
    except Failure as failure:
        assert failure.name == 'NotFound', failure
        return False


def ask_all(callers, interface, method, arguments=None, path=lambda _number: ROOT, door=SESSIONS):
    """Each of them calls; returns the answers, among them errors. Some call before the first one has its answer: one
    after the other, each call would cost what it costs to watch a thousand connections. Not all: the service would need
    room for all at once, now more and now less."""
    answers = []
    for start in range(0, len(callers), 50):
        begun = [(caller, caller.begin(door, path(start + number), interface, method, arguments, 60))
                 for number, caller in enumerate(callers[start:start + 50])]
        for caller, done in begun:
            try:
                answers.append(caller.finish(done, 90))
            except Failure as failure:
                answers.append(failure.name)
    return answers


def crowd(bus, user, count, with_sessions):
    """Many callers at once, some with something to lose; then they all go without a word."""
    manager = 'im.beckon.SessionManager1'
    callers = [bus.client(listens=False) for _ in range(count)]
    some = callers[::10] if with_sessions else []
    others = [caller for caller in callers if caller not in some]
    answers = ask_all(callers, manager, 'Attach', GLib.Variant('(oasa{sv})', ('/peer', [GUID], {})))
    assert answers == [None] * count, answers
    paths = ask_all(some, manager, 'CreateSession', GLib.Variant('(a{sv})', ({},)))
    states = ask_all(some, f'{STANDARD}Properties', 'GetAll', GLib.Variant('(s)', ('im.beckon.Session1',)),
                     lambda number: paths[number])
    assert all(state['State'] == READY for state in states), states
    answers = ask_all(others, manager, 'GetLaunchingSession', GLib.Variant('(sa{sv})', ('x', {})))
    answers += ask_all(others, f'{STANDARD}Properties', 'Get', GLib.Variant('(ss)', ('im.beckon.Session1', 'State')),
                       lambda _number: f'{ROOT}/Session/1000000')
    assert answers == ['NotFound'] * len(answers), answers
    for _ in range(CALLS - 3):
        assert all(isinstance(answer, list) for answer in ask_all(callers, manager, 'ListApplications'))
    for caller in callers:
        caller.close()
        bus.clients.remove(caller)
    wait(lambda: not any(is_open(user, path) for path in user.call('Messenger1', 'ListSessions')),
         'the sessions of those who left to end')


def test_callers_leave_nothing_behind():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    with Bus() as bus:
        bus.register(GUID, '/bin/sleep', '100')
        process = bus.start()
        user = bus.client()
        user.attach()
        user.account()
        alone = rules(user)
        crowd(bus, user, 20, True)
        wait(lambda: rules(user) == alone, 'the rules of those who left to go')
        open_before = descriptors(process)

        def nothing_is_left():
            wait(lambda: rules(user) == alone, 'the rules of those who left to go')
            wait(lambda: descriptors(process) <= open_before, 'the descriptors of those who left to be closed')

        crowd(bus, user, CALLERS, True)
        nothing_is_left()
        if SLOWNESS == 1:  # under the sanitizers the leak checker tells at the end
            # What so many need at once is kept for the next ones; what they leave behind comes on top each time.
            sizes = [kilobytes(process)]
            while len(sizes) < 2 or sizes[-1] - sizes[-2] >= 640:
                assert len(sizes) < 6, sizes
                crowd(bus, user, CALLERS, False)
                nothing_is_left()
                sizes.append(kilobytes(process))
                print(f'# {CALLERS} more callers, {CALLERS * CALLS} more calls: {sizes[-1] - sizes[-2]} KiB more')
        bus.stop(process)


tap.run([test_the_sessions_door_gives_nothing_away, test_a_sandbox_reaches_one_name, test_wrong_types_name_the_method,
         test_long_texts_are_refused_by_name, test_callers_leave_nothing_behind])
