# SPDX-License-Identifier: GPL-3.0-or-later
"""The portals of a user's desktop, as far as a test wants them: they do what the test said before, without a question."""
import os

from gi.repository import GLib
from servant import Servant

NAME = 'org.freedesktop.portal.Desktop'
PATH = '/org/freedesktop/portal/desktop'
PORTAL = 'org.freedesktop.portal.'
# Interface → (version, method → types of its arguments, whether the answer comes as a signal)
INTERFACES = {
    'Background': (2, {'RequestBackground': ('s a{sv}', True)}),
    'FileChooser': (3, {'OpenFile': ('s s a{sv}', True), 'SaveFile': ('s s a{sv}', True)}),
    'NetworkMonitor': (3, {'GetStatus': ('', False)}),
    'Notification': (1, {'AddNotification': ('s a{sv}', False), 'RemoveNotification': ('s', False)}),
    'OpenURI': (3, {'OpenURI': ('s s a{sv}', True), 'OpenFile': ('s h a{sv}', True), 'OpenDirectory': ('s h a{sv}', True)}),
    'Secret': (1, {'RetrieveSecret': ('h a{sv}', True)}),
}
ANSWERS = {'GetStatus': 'a{sv}'}
ONLINE = {'available': GLib.Variant('b', True), 'metered': GLib.Variant('b', False),
          'connectivity': GLib.Variant('u', 4)}
SIGNALS = {'NetworkMonitor': '<signal name="changed"/>'}


def describe(name):
    version, methods = INTERFACES[name]
    words = [f'<interface name="{PORTAL}{name}"><property name="version" type="u" access="read"/>']
    for method, (signature, asks) in methods.items():
        arguments = ''.join(f'<arg type="{kind}" direction="in"/>' for kind in signature.split())
        answer = 'o' if asks else ANSWERS.get(method)
        arguments += f'<arg type="{answer}" direction="out"/>' if answer else ''
        words.append(f'<method name="{method}">{arguments}</method>')
    return ''.join([*words, SIGNALS.get(name, ''), '</interface>'])


class Portals(Servant):
    """`answers`: method → (0 or why not, results), by which the questions are answered at once."""

    def __init__(self, user, *names):
        self.answers = {}
        self.files = {}  # method → what file came along with the last call, as os.stat tells it
        self.descriptors = []  # of the call that is being answered
        names = ('NetworkMonitor', *names)  # GLib takes it for granted
        methods = {method: self.ask(method) if asks else lambda *_arguments: None
                   for name in names for method, (_signature, asks) in INTERFACES[name][1].items()}
        methods['GetStatus'] = lambda: GLib.Variant('(a{sv})', (ONLINE,))
        xml = f'<node>{"".join(map(describe, names))}</node>'
        super().__init__(user.environment['DBUS_SESSION_BUS_ADDRESS'], NAME, {PATH: (xml, methods)})

    def read(self, _bus, _sender, _path, interface, name):
        return GLib.Variant('u', INTERFACES[interface.removeprefix(PORTAL)][0]) if name == 'version' else None

    def answer(self, methods):
        on_call = super().answer(methods)

        def with_files(*call):
            files = call[-1].get_message().get_unix_fd_list()
            self.descriptors = files.peek_fds() if files is not None else []
            for descriptor in self.descriptors:
                self.files[call[4]] = os.fstat(descriptor)
            on_call(*call)

        return with_files

    def ask(self, method):
        def asked(*arguments):
            token = arguments[-1].get('handle_token', 'none')
            request = f'{PATH}/request/{self.sender[1:].replace(".", "_")}/{token}'
            said = GLib.Variant('(ua{sv})', self.answers.get(method, (0, {})))
            sender = self.sender
            self.afterwards.append(lambda: self.emit(request, PORTAL + 'Request', 'Response', said, sender))
            return GLib.Variant('(o)', (request,))

        return asked
