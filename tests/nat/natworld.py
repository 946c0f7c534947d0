# SPDX-License-Identifier: GPL-3.0-or-later
"""The world of the end-to-end tests, spread over machines: the server on one, each user on another."""
import shlex
import socket
import subprocess

from gi.repository import Gio, GLib

from processes import Failure, LIMIT, Lines, die_with_parent
from world import HERE, User, World, program

SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
SERVER_PORT = 5290
SERVICE = 'im.beckon.Beckon.Service'
MESSENGER = 'im.beckon.Messenger1'
SESSION = 'im.beckon.Session1'
ROOT = '/im/beckon/Beckon'

# A program that takes its session and does nothing with it: what is sent, the test sends itself.
IDLE = '{0C1A55E5-1D1E-4000-8000-000000000001}'
IDLE_REGISTRATION = '[Beckon Peer]\nGUID={guid}\nName=Idle\nExec={program}\nChannel=required\n'


def trust_new_certificate(folder, addresses):
    """A certificate for the addresses, which all programs here take for one of an authority."""
    names = ','.join(f'IP:{address}' for address in addresses)
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', '/CN=beckon-server', '-addext', f'subjectAltName={names}',
                    '-keyout', folder / 'key.pem', '-out', folder / 'certificate.pem'], check=True, capture_output=True)
    subprocess.run(['mount', '--bind', folder / 'certificate.pem', SYSTEM_CERTIFICATES], check=True)


class NatUser(User):
    """A user at a machine: all programs of the user run there."""

    def __init__(self, world, name, host):
        self.host = host
        super().__init__(world, name)
        path = self.folder / 'data/beckon/peers' / f'{IDLE}.peer'
        path.parent.mkdir(parents=True, exist_ok=True)
        program_line = shlex.join([str(HERE / 'peer'), 'hold'])
        path.write_text(IDLE_REGISTRATION.format(guid=IDLE, program=program_line), encoding='utf-8')

    def make_environment(self):
        environment = super().make_environment()
        del environment['BECKON_LOCAL_ADDRESS']
        # Who connects beyond this machine asks for its proxy.
        environment['GSETTINGS_SCHEMA_DIR'] = '/usr/share/glib-2.0/schemas'
        return environment

    @property
    def account_arguments(self):
        address = self.world.address_for(self.host)
        return ('account', 'add', self.address, '--server', address, '--password-stdin')

    def start(self, command, **options):
        return super().start([*self.host.enter, *command], **options)

    def run(self, command, text=None, timeout=LIMIT):
        return super().run([*self.host.enter, *command], text, timeout)

    # -- sessions, directly on the bus: sockets come that way

    def call(self, path, interface, method, arguments=None):
        """Returns the values of the reply, and the descriptors that came with it."""
        reply, descriptors = self.bus.call_with_unix_fd_list_sync(
            SERVICE, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, int(LIMIT * 1000), None, None)
        return reply.unpack(), descriptors.steal_fds() if descriptors is not None else []

    def session_path(self, session_id):
        """Where the session is on the bus."""
        (paths,), _none = self.call(ROOT, MESSENGER, 'ListSessions')
        for path in paths:
            (found,), _none = self.call(path, 'org.freedesktop.DBus.Properties', 'Get',
                                        GLib.Variant('(ss)', (SESSION, 'SessionID')))
            if found == session_id:
                return path
        raise Failure(f'{self.label} has no session {session_id}')

    def open(self, session_id, name, method='OpenStream'):
        """A stream, or a way for packets, to the other side."""
        _handle, (descriptor,) = self.call(self.session_path(session_id), SESSION, method,
                                           GLib.Variant('(sa{sv})', (name, {})))
        made = socket.socket(fileno=descriptor)
        made.settimeout(LIMIT)
        return made


class NatWorld(World):
    """Like World, with the server at a machine, and users made with `user (name, host)`."""

    def __init__(self, server_node, relay=None):
        super().__init__(domain='example.org')
        self.node = server_node
        self.relay = relay
        self.port = SERVER_PORT
        trust_new_certificate(self.folder, [server_node.ipv4, *([server_node.ipv6] if server_node.ipv6 else [])])

    def close(self):
        subprocess.run(['umount', SYSTEM_CERTIFICATES], check=False)
        super().close()

    def address_for(self, host):
        place = self.node.ipv4 if host.kind != 'ipv6' else f'[{self.node.ipv6}]'
        return f'wss://{place}:{self.port}'

    def write_server_config(self):
        config = super().write_server_config()
        places = [f'{self.node.ipv4}:{self.port}', *([f'[{self.node.ipv6}]:{self.port}'] if self.node.ipv6 else [])]
        text = config.read_text(encoding='utf-8')
        text = text.replace(f'listen=127.0.0.1:{self.port}\n',
                            f'listen={";".join(places)}\ntls-certificate={self.folder}/certificate.pem\n'
                            f'tls-key={self.folder}/key.pem\n')
        if self.relay is not None:
            text += f'[relays]\nturn-servers={";".join(self.relay.servers)}\nturn-secret={self.relay.secret}\n'
        config.write_text(text, encoding='utf-8')
        return config

    def start_server(self):
        command = [*self.node.enter, str(program('beckon-server')), 'run', '--config', str(self.write_server_config())]
        with open(self.logs / 'server.log', 'ab') as log:
            self.server = subprocess.Popen(command, env={**self.environment, 'HOME': str(self.folder)},
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                           start_new_session=True, preexec_fn=die_with_parent)
        if Lines(self.server.stdout, 'beckon-server').next() is None:
            raise Failure(f'beckon-server ended with {self.server.wait()}')

    def user(self, name, host):
        user = NatUser(self, name, host)
        self.users.append(user)
        user.create_account()
        return user
