#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckon-peer-host does not believe a service that is in a sandbox, nor a service whoever calls itself so."""
import os
import pathlib
import socket
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from activation import listed, warnings
from bed import ECHO, GUID, OTHER_GUID, ROOT, SERVICE, Failure, arrivals, refused, wait
from outside import APPLICATION, HOST, HOST_ROOT, PEER, Outside

UNIX_GUID = '{7A7E0000-1111-4222-8333-444455556666}'
FIXED_GUID = '{7A7E0000-1111-4222-8333-444455557777}'
SESSION = '{0B0E0C0A-1111-4222-8333-0000000000AA}'
COOKIE = 'a' * 64
FAILED = 15
EXEC, HOSTS, JOINS = range(3)
SHARED = f'app/{APPLICATION}'


class Caller:
    """Calls itself im.beckon.Beckon.Service, and asks for what it likes."""

    def __init__(self, bus):
        bus.install_host()
        bus.register_outside(GUID, '/bin/sh', '-c', '"env; exec sleep 1000"')
        bus.register_hosting(OTHER_GUID, 'tcp %h:%p %n', 'tcp %h:%p 10', 'tcp')
        bus.register_hosting(UNIX_GUID, 'unix %s', 'unix %s 10', 'unix')
        bus.register_hosting(FIXED_GUID, 'tcp %h:%p', 'tcp %h:%p 10', 'tcp', Port='7777')
        self.client = bus.client(name=False)
        self.client.bus('RequestName', '(su)', SERVICE, 4)
        self.log = bus.outside / 'output'
        files, more = self.list()
        assert len(files) == 4 and not more
        self.files = {pathlib.Path(path).stem: path for path, _content, _missing in files}

    def list(self):
        return self.client.call_raw(HOST, HOST_ROOT, 'im.beckon.PeerHost1', 'ListRegistrations')

    def launch(self, guid=GUID, output=None, handle=0, **changed):
        """An order that is all right, but for what is changed."""
        order = {'file': self.files.get(guid, guid), 'command': EXEC, 'session': SESSION, 'invitee': False,
                 'cookie': COOKIE, 'address': '', 'port': 0, 'path': '', 'own': '', 'other': '', **changed}
        if order['command'] != EXEC and 'cookie' not in changed:
            order['cookie'] = ''
        fd = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if output is None else output
        done = []

        def on_done(_source, result):
            arrivals[0] += 1
            done.append(result)

        self.client.connection.call_with_unix_fd_list(
            HOST, HOST_ROOT, 'im.beckon.PeerHost1', 'Launch', GLib.Variant('(susbssqsssh)', (*order.values(), handle)), None,
            Gio.DBusCallFlags.NONE, 20000, Gio.UnixFDList.new_from_array([fd]), None, on_done)
        wait(lambda: done, 'the answer to Launch')
        try:
            return self.client.connection.call_with_unix_fd_list_finish(done[0])[0].unpack()[0]
        except GLib.Error as error:
            raise Failure(error) from None

    def host(self, method, signature, *values):
        return self.client.call_raw(HOST, HOST_ROOT, 'im.beckon.PeerHost1', method, GLib.Variant(signature, values))


def words_of(pid):
    return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().decode().split('\0')[:-1]


def test_strangers():
    with Outside() as bus:
        caller = Caller(bus)
        stranger = bus.client()
        for method, values in (('ListRegistrations', None), ('ListSockets', GLib.Variant('(u)', (1,))),
                               ('Stop', GLib.Variant('(ub)', (1, True)))):
            refused('AccessDenied', stranger.call_raw, HOST, HOST_ROOT, 'im.beckon.PeerHost1', method, values)
        owner, caller.client = caller.client, stranger
        refused('AccessDenied', caller.launch)
        caller.client = owner
        # Who has lost the name is a stranger, too; who has it now is not.
        owner.bus('ReleaseName', '(s)', SERVICE)
        refused('AccessDenied', caller.launch)
        stranger.bus('RequestName', '(su)', SERVICE, 4)
        caller.client = stranger
        caller.launch()
        assert len(bus.wait_programs(1)) == 1


def test_orders_that_are_refused():
    with Outside() as bus:
        caller = Caller(bus)
        wrong = [
            ('AppNotRegistered', {'guid': '/etc/passwd'}), ('AppNotRegistered', {'guid': ''}),
            ('AppNotRegistered', {'command': HOSTS, 'address': '127.0.0.1', 'port': 1000}),
            ('AppNotRegistered', {'guid': OTHER_GUID}),
            ('InvalidArgument', {'command': 3}), ('InvalidArgument', {'session': ''}),
            ('InvalidArgument', {'session': '../../x'}), ('InvalidArgument', {'cookie': ''}),
            ('InvalidArgument', {'cookie': 'two words'}), ('InvalidArgument', {'cookie': 'a' * 129}),
            ('InvalidArgument', {'address': '127.0.0.1'}), ('InvalidArgument', {'path': 'x'}),
            ('InvalidArgument', {'port': 1}), ('InvalidArgument', {'own': 'x' * 2000}),
        ]
        for change in ({'cookie': COOKIE}, {'address': '192.0.2.1'}, {'address': '::1'}, {'address': '127.0.0.1;id'},
                       {'address': ''}, {'port': 0}, {'path': f'{SHARED}/s/socket'}):
            right = {'guid': OTHER_GUID, 'command': HOSTS, 'address': '127.5.5.5', 'port': 5555}
            wrong.append(('InvalidArgument', {**right, **change}))
        wrong.append(('InvalidArgument', {'guid': FIXED_GUID, 'command': JOINS, 'address': '127.5.5.5', 'port': 7778}))
        (bus.shared / 's').mkdir()
        (bus.shared / 'link').symlink_to(bus.outside)
        for path in ('', 's/socket', '/etc/x', f'{bus.shared}/s/socket', f'{SHARED}', f'{SHARED}/../../x/socket',
                     f'{SHARED}/./s/socket', f'{SHARED}/link/socket', f'{SHARED}/nothing/socket', f'{SHARED}/s/',
                     f'{SHARED}/s/a b', f'{SHARED}/s/' + 'x' * 100, 'app/org.example.Other/s/socket'):
            wrong.append(('InvalidArgument', {'guid': UNIX_GUID, 'command': HOSTS, 'path': path}))
        wrong.append(('InvalidArgument', {'guid': UNIX_GUID, 'command': HOSTS, 'path': f'{SHARED}/s/x', 'port': 1}))
        for name, change in wrong:
            try:
                refused(name, caller.launch, **change)
            except AssertionError as error:
                raise AssertionError(f'{change}: {error}') from None
        # What it says goes to a file, and to nothing that acts.
        reader, writer = os.pipe()
        one, other = socket.socketpair()
        folder = os.open(bus.outside, os.O_RDONLY)
        for fd in (writer, one.fileno(), folder, os.open('/dev/null', os.O_WRONLY)):
            refused('InvalidArgument', caller.launch, output=fd)
        for handle in (-1, 1, 2 ** 31 - 1, -2 ** 31):
            refused('InvalidArgument', caller.launch, handle=handle)
        os.close(reader)
        other.close()
        one.detach()
        assert bus.programs() == []
        refused('NotFound', caller.host, 'ListSockets', '(u)', 1)
        assert caller.host('Stop', '(ub)', 1, True) is None


def test_what_gets_onto_a_command_line():
    with Outside() as bus:
        caller = Caller(bus)
        (bus.shared / 's').mkdir()
        caller.launch(UNIX_GUID, command=HOSTS, path=f'{SHARED}/s/socket')
        caller.launch(OTHER_GUID, command=HOSTS, address='127.5.5.5', port=5555, other='--evil $(id) `id`; "x" %h\n-b',
                      session='0b0e0c0a-1111-4222-8333-0000000000bb')
        found = bus.wait_programs(2)
        wait(lambda: all(str(PEER) in words_of(pid) for pid in found) or caller.client.ping(), 'both to run')
        words = sorted(words_of(pid)[1:] for pid in found)
        assert words == [[str(PEER), 'host', 'tcp', '127.5.5.5:5555', 'evil id id x h-b'],
                         [str(PEER), 'host', 'unix', f'{bus.shared}/s/socket']], words
        # Nothing of the service's descriptors, and the cookie in the environment alone.
        caller.launch(session='{0B0E0C0A-1111-4222-8333-0000000000CC}')
        wait(lambda: f'BECKON_COOKIE={COOKIE}' in caller.log.read_text() or caller.client.ping(), 'its environment')
        assert 'DBUS_STARTER' not in caller.log.read_text()


def test_one_of_each_side():
    with Outside() as bus:
        caller = Caller(bus)
        first = caller.launch()
        refused('Failed', caller.launch)
        second = caller.launch(invitee=True)
        assert first != second
        assert caller.host('ListSockets', '(u)', first) == []
        caller.host('Stop', '(ub)', first, False)
        told = caller.client.wait_signal('Ended', HOST_ROOT)[2]
        assert told == (first, True, 'It was ended by signal 15 (Terminated).')
        assert caller.launch() > second
        refused('NotFound', caller.host, 'ListSockets', '(u)', first)
        # The registration's own program may be gone by now.
        bus.register_outside(GUID, str(bus.outside / 'none'))
        caller.client.wait_signal('RegistrationsChanged', HOST_ROOT)
        refused('NotFound', caller.launch, session='{0B0E0C0A-1111-4222-8333-0000000000CC}')
        assert [missing for path, _content, missing in caller.list()[0] if GUID in path] == [f'{bus.outside}/none']


def test_very_many_files():
    with Outside() as bus:
        caller = Caller(bus)
        folder = pathlib.Path(caller.files[GUID]).parent
        for number in range(300):
            (folder / f'{number}.peer').write_text('[Beckon Peer]\n')
        (folder / '0.peer').write_text('#' * 1_000_000)
        (folder / 'unreadable.peer').mkdir()

        def complete():
            files, more = caller.list()
            return len(files) == 256 and more
        wait(complete, 'those that are sent')
        assert max(len(content) for _path, content, _missing in caller.list()[0]) == 65537


# ---- the other way round: a false host ----

XML = '''<node><interface name="im.beckon.PeerHost1">
<method name="ListRegistrations"><arg type="{list}" direction="out"/><arg type="b" direction="out"/></method>
<method name="Launch"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="b" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="q" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="h" direction="in"/>
<arg type="{id}" direction="out"/></method></interface></node>'''


class FalseHost:
    """Answers with what it is given."""

    def __init__(self, bus, files, kind='a(says)', number='u'):
        self.client, self.files, self.kind, self.number = bus.client(name=False), files, kind, number
        self.client.connection.register_object(HOST_ROOT, Gio.DBusNodeInfo.new_for_xml(
            XML.format(list=kind, id=number)).interfaces[0], self.on_call, None, None)
        self.client.bus('RequestName', '(su)', HOST, 4)
        self.words = None  # of an error

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        arrivals[0] += 1
        if method == 'ListRegistrations':
            invocation.return_value(GLib.Variant(f'({self.kind}b)', (self.files, False)))
        elif self.words is not None:
            invocation.return_dbus_error(*self.words)
        else:
            invocation.return_value(GLib.Variant(f'({self.number})', ('x' if self.number == 's' else 7,)))

    def emit(self, signal, *values):
        self.client.connection.emit_signal(None, HOST_ROOT, 'im.beckon.PeerHost1', signal, *values)


def entry(number, text=None, path=None, missing=''):
    guid = f'{{7A7E0000-1111-4222-8333-{number:012}}}'
    text = text or f'[Beckon Peer]\nGUID={guid}\nName=Number {number}\nExec=/bin/sleep 100\n'
    return path or f'/somewhere/{guid}.peer', text.encode(), missing


def test_a_false_host_and_its_list():
    with Outside() as bus:
        false = FalseHost(bus, [entry(n) for n in range(300)] + [('relative', b'', '')])
        bus.start()
        ui = bus.client()
        ui.attach()
        wait(lambda: len(listed(ui)) == 256, 'those that are taken')
        assert len(warnings(ui)) == 1 and 'some are ignored' in warnings(ui)[0]
        false.files = [entry(1, text='[x'), entry(2, text='x' * 70000), entry(3, missing='x' * 9999), entry(4),
                       entry(5, path='relative/x.peer'), entry(6, path='/a\nb.peer'), entry(7, text='\0'),
                       entry(8, text=entry(8)[1].decode().replace('Exec=', 'Exec=%z '))]
        false.emit('RegistrationsChanged', None)
        wait(lambda: len(listed(ui)) == 1, 'the one that is right')
        assert [words[1] for words in listed(ui).values()] == ['Number 4']
        assert len(warnings(ui)) == 3 and max(map(len, warnings(ui))) < 300, warnings(ui)


def test_a_false_host_of_another_type():
    with Outside() as bus:
        FalseHost(bus, ['x'], kind='as')
        bus.start()
        ui = bus.client()
        ui.attach()
        wait(lambda: ui.get('Registry1', 'HostPrograms') == 1, 'it to count as missing')
        assert listed(ui) == {}


def test_a_false_host_that_launches():
    with Outside() as bus:
        guid = entry(1)[0][11:-5]
        false = FalseHost(bus, [entry(1)])
        bus.start()
        ui = bus.client()
        ui.attach()
        ui.account()
        wait(lambda: guid in listed(ui), 'its application')

        def fail(words):
            false.words = words
            path = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})
            ui.wait_signal('Termination', path)
            return ui.get('Session1', 'ResultText', path)
        assert 'could not be started by' in fail(('org.example.No', '<b>secret</b>'))
        assert 'could not be started by' in fail(('im.beckon.Error.Failed', 'x' * 9999))
        assert 'plain words' in fail(('im.beckon.Error.Failed', 'plain words'))
        # The end of a program is told by the one that has started it, and by nobody else.
        false.words = None
        path = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})
        ui.wait_signal('Changed', path, lambda c: any('launched' in t for t in c.get('Timeline', [])))
        stranger = bus.client()
        for values in (GLib.Variant('(ubs)', (7, True, 'by a stranger')), GLib.Variant('(s)', ('x',)), None):
            stranger.connection.emit_signal(ui.bus('GetNameOwner', '(s)', SERVICE), HOST_ROOT, 'im.beckon.PeerHost1',
                                            'Ended', values)
        stranger.ping(SERVICE)
        assert ui.get('Session1', 'State', path) == 4
        for values in (GLib.Variant('(s)', ('x',)), GLib.Variant('(ubs)', (8, True, 'x'))):
            false.emit('Ended', values)
        false.emit('Ended', GLib.Variant('(ubs)', (7, True, 'x' * 9999)))
        assert ui.wait_signal('Termination', path)[2][0] == FAILED
        assert 'xxx' not in ui.get('Session1', 'ResultText', path)


def test_a_false_host_without_a_number():
    with Outside() as bus:
        guid = entry(1)[0][11:-5]
        FalseHost(bus, [entry(1)], number='s')
        bus.start()
        ui = bus.client()
        ui.attach()
        ui.account()
        wait(lambda: guid in listed(ui), 'its application')
        path = ui.call('Messenger1', 'InviteApp', '(osssa{sv})', '/', ECHO, guid, '', {})
        ui.wait_signal('Termination', path)
        assert 'could not be started by' in ui.get('Session1', 'ResultText', path)


tap.run([test_strangers, test_orders_that_are_refused, test_what_gets_onto_a_command_line, test_one_of_each_side,
         test_very_many_files, test_a_false_host_and_its_list, test_a_false_host_of_another_type,
         test_a_false_host_that_launches, test_a_false_host_without_a_number])
