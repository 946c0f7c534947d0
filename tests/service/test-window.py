#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window is started by what the user should see, unless somebody looks already; and by who asks it to show
something."""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS, ECHO, GUID, ROOT, Bus, arrivals, refused, wait

WINDOW = 'im.beckon.Beckon'
ALICE, BOB = 'alice@localhost', 'bob@localhost'
ASKING = 2  # BeckonRelation
ONLINE = 2  # BeckonStatus

# Writes down what the test calls this moment, waits until it may, and is the window until it is killed.
STAND_IN = '''#!/usr/bin/python3
import pathlib
from gi.repository import Gio, GLib
folder = pathlib.Path({folder!r})
with open(folder / 'starts', 'a', encoding='utf-8') as starts:
    starts.write((folder / 'moment').read_text(encoding='utf-8') + '\\n')
with open(folder / 'gate', 'rb') as gate:
    gate.read()
Gio.bus_own_name(Gio.BusType.SESSION, 'im.beckon.Beckon', 0, None, None, None)
GLib.MainLoop().run()
'''


# Writes down the actions that it is to do.
ACTOR = '''#!/usr/bin/python3
import pathlib
from gi.repository import Gio, GLib
XML = """<node><interface name="org.freedesktop.Application"><method name="ActivateAction">
<arg type="s" direction="in"/><arg type="av" direction="in"/><arg type="a{{sv}}" direction="in"/>
</method></interface></node>"""
def on_call(connection, sender, path, interface, method, arguments, invocation):
    with open(pathlib.Path({folder!r}) / 'actions', 'a', encoding='utf-8') as actions:
        actions.write(repr(arguments.unpack()) + '\\n')
    invocation.return_value(None)
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object('/im/beckon/Beckon', Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], on_call, None, None)
Gio.bus_own_name_on_connection(bus, 'im.beckon.Beckon', 0, None, None)
GLib.MainLoop().run()
'''


class Desk:
    """A service with both alice and bob in it, and a stand-in for the window."""

    def __init__(self, bus, **environment):
        self.bus = bus
        self.client = bus.client()
        (bus.dir / 'gate').touch()
        self.moment('before')
        script = bus.dir / 'window'
        script.write_text(STAND_IN.format(folder=str(bus.dir)), encoding='utf-8')
        script.chmod(0o755)
        (bus.services / f'{WINDOW}.service').write_text(f'[D-BUS Service]\nName={WINDOW}\nExec={script}\n',
                                                        encoding='utf-8')
        self.client.bus('ReloadConfig', '()')
        self.process = bus.start(**environment)
        self.alice, self.bob = self.client.account(ALICE), self.client.account(BOB)

    def moment(self, name):
        (self.bus.dir / 'moment').write_text(name, encoding='utf-8')

    def starts(self):
        path = self.bus.dir / 'starts'
        return path.read_text(encoding='utf-8').split() if path.exists() else []

    def attempts(self):
        """How often the service wanted the window; it says so before it asks the bus."""
        return self.process.log.read_text(encoding='utf-8').count('Nobody looks')

    def close_window(self):
        self.client.wait_for_name(WINDOW)
        os.kill(self.client.bus('GetConnectionUnixProcessID', '(s)', WINDOW), signal.SIGKILL)
        self.client.wait_for_name(WINDOW, there=False)

    def ask(self):
        self.client.call('Account1', 'AddContact', '(ss)', BOB, '', path=self.alice)

    def approve(self):
        self.client.call('Account1', 'ApproveContact', '(s)', ALICE, path=self.bob)

    def contact(self, account, who):
        """Relation, status and unread messages."""
        contacts = self.client.call('Account1', *CONTACTS, path=account) or []
        return next(((c[2], c[4], c[7]) for c in contacts if c[0] == who), (0, 0, 0))

    def wait_contact(self, account, who, condition):
        """Asks until it is so: the fake network is in the service itself, which takes a turn with each question."""
        wait(lambda: condition(*self.contact(account, who)) or self.turn(), f'{who}')

    def turn(self):
        arrivals[0] += 1  # the main loop is not to rest
        return False

    def say(self, text):
        """Alice writes to bob; returns when bob's service has it."""
        before = self.contact(self.bob, ALICE)[2]
        talk = self.client.call('Account1', 'GetConversation', '(s)', BOB, path=self.alice)
        self.client.call('Conversation1', 'SendMessage', '(sa{sv})', text, {}, path=talk)
        self.wait_contact(self.bob, ALICE, lambda relation, status, unread: unread > before)

    def make_friends(self):
        self.ask()
        self.wait_contact(self.bob, ALICE, lambda relation, status, unread: relation == ASKING)
        self.approve()
        self.wait_contact(self.alice, BOB, lambda relation, status, unread: status == ONLINE)


def test_what_wakes():
    with Bus() as bus:
        bus.register(GUID, '/bin/true')
        desk = Desk(bus)
        desk.moment('request')
        desk.make_friends()
        desk.close_window()
        desk.moment('message')
        desk.say('hello')
        desk.close_window()
        desk.moment('invitation')
        desk.client.call('Messenger1', 'InviteApp', '(osssa{sv})', desk.alice, BOB, GUID, '', {})
        desk.close_window()
        desk.moment('automatic')
        desk.client.call('Account1', 'SetAllowed', '(ssb)', ALICE, GUID, True, path=desk.bob)
        desk.client.call('Messenger1', 'InviteApp', '(osssa{sv})', desk.alice, BOB, GUID, '', {})
        desk.close_window()
        desk.moment('alert')
        echo = desk.client.call('Account1', 'GetConversation', '(s)', ECHO, path=desk.alice)
        desk.client.call('Conversation1', 'SendMessage', '(sa{sv})', '!alert It is late.', {}, path=echo)
        desk.client.wait_for_name(WINDOW)
        assert desk.starts() == ['request', 'message', 'invitation', 'automatic', 'alert'], desk.starts()
        assert [a[2] for a in desk.client.call('Messenger1', 'ListAlerts')] == ['It is late.']

        sessions = desk.client.call('Messenger1', 'ListSessions')
        asking = [desk.client.get('Session1', 'Asking', path) for path in sessions]
        assert asking == [False, True, False, False], asking
        desk.close_window()


def test_nobody_is_woken_while_somebody_looks():
    with Bus() as bus:
        bus.register(GUID, '/bin/true')
        desk = Desk(bus, G_MESSAGES_DEBUG='beckon-service')
        watcher = bus.client()
        watcher.attach()
        desk.moment('looking')
        desk.make_friends()
        desk.say('one')
        path = desk.client.call('Messenger1', 'InviteApp', '(osssa{sv})', desk.alice, BOB, GUID, '', {})
        watcher.wait_signal('Invitation')
        watcher.wait_signal('Changed', match=lambda changed: changed.get('Asking') is True)
        desk.client.call('Session1', 'Cancel', '(us)', 0, '', path=path)
        watcher.wait_signal('InvitationOver')
        watcher.wait_signal('Changed', match=lambda changed: changed.get('Asking') is False)
        desk.client.ping('im.beckon.Beckon.Service')
        assert desk.attempts() == 0

        watcher.close()
        desk.client.wait_for_name(watcher.name, there=False)
        desk.client.ping('im.beckon.Beckon.Service')
        desk.moment('alone')
        desk.say('two')
        desk.close_window()
        assert desk.starts() == ['alone'] and desk.attempts() == 1, desk.starts()


def test_once_while_it_starts():
    with Bus() as bus:
        desk = Desk(bus, G_MESSAGES_DEBUG='beckon-service')
        (bus.dir / 'gate').unlink()
        os.mkfifo(bus.dir / 'gate')
        desk.make_friends()
        for number in range(5):
            desk.say(str(number))
        (bus.dir / 'gate').write_bytes(b'')
        desk.close_window()
        assert desk.starts() == ['before'], desk.starts()
        assert desk.attempts() == 1

        # Gone: the next message starts it again.
        (bus.dir / 'gate').unlink()
        (bus.dir / 'gate').touch()
        desk.say('more')
        desk.close_window()
        assert desk.starts() == ['before', 'before'], desk.starts()


def test_there_is_no_window():
    with Bus() as bus:
        desk = Desk(bus, G_MESSAGES_DEBUG='beckon-service')
        (bus.services / f'{WINDOW}.service').unlink()
        desk.client.bus('ReloadConfig', '()')
        desk.make_friends()
        desk.say('hello')
        wait(lambda: 'could not be started' in desk.process.log.read_text(encoding='utf-8')
             or desk.client.ping() or desk.turn(), 'the note that there is none')


def test_what_is_asked_for():
    """Whoever looks, it is the window that shows it."""
    with Bus() as bus:
        desk = Desk(bus)
        (bus.dir / 'window').write_text(ACTOR.format(folder=str(bus.dir)), encoding='utf-8')
        watcher = bus.client()
        watcher.attach()
        desk.make_friends()

        def ask(method, signature, *values):
            return desk.client.call('Messenger1', method, signature, *values)

        ask('OpenConversation', '(os)', '/', BOB.upper())
        ask('OpenConversation', '(os)', desk.bob, ALICE)
        ask('OpenAddContact', '(os)', '/', '')
        ask('OpenAddContact', '(os)', desk.bob, 'Zoe@localhost')
        ask('OpenPreferences', '(s)', '')
        ask('OpenPreferences', '(s)', 'privacy')
        lines = (bus.dir / 'actions').read_text(encoding='utf-8').splitlines()
        assert lines == [repr((name, [value], {})) for name, value in (
            ('open-conversation', (ALICE, BOB)), ('open-conversation', (BOB, ALICE)),
            ('open-add-contact', (ALICE, '')), ('open-add-contact', (BOB, 'zoe@localhost')),
            ('open-preferences', ''), ('open-preferences', 'privacy'))], lines

        refused('UserNotFound', ask, 'OpenConversation', '(os)', '/', 'zoe@localhost')
        refused('InvalidArgument', ask, 'OpenConversation', '(os)', '/', 'zoe')
        refused('InvalidArgument', ask, 'OpenAddContact', '(os)', '/', 'no body')
        refused('InvalidArgument', ask, 'OpenPreferences', '(s)', 'no-such-page')
        for method in ('OpenConversation', 'OpenAddContact'):
            refused('NotFound', ask, method, '(os)', f'{ROOT}/Account/99', BOB)

        # Nothing is installed that could show it.
        (bus.services / f'{WINDOW}.service').unlink()
        desk.client.bus('ReloadConfig', '()')
        desk.close_window()
        refused('NotSupported', ask, 'OpenPreferences', '(s)', '')


tap.run([test_what_wakes, test_nobody_is_woken_while_somebody_looks, test_once_while_it_starts,
         test_there_is_no_window, test_what_is_asked_for])
