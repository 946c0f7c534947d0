# SPDX-License-Identifier: GPL-3.0-or-later
"""A coturn with the configuration that is installed for operators; only what that says to CHANGE is changed."""
import base64
import hashlib
import hmac
import re
import signal
import subprocess
import time

from processes import Failure, LIMIT, Lines, die_with_parent
from world import SOURCES

PORT = 3478
SECRET = 'the secret of the test'
ACCOUNT = '0b5e6c1d2f3a4b5c6d7e8f9012345678'


class Relay:
    def __init__(self, node, folder):
        self.node = node
        self.folder = folder
        self.process = None
        self.secret = SECRET
        self.servers = [f'turn:{node.ipv4}:{PORT}?transport=udp', f'turn:{node.ipv4}:{PORT}?transport=tcp',
                        f'turn:[{node.ipv6}]:{PORT}?transport=udp', f'turn:[{node.ipv6}]:{PORT}?transport=tcp']

    def write_configuration(self):
        text = (SOURCES / 'data/coturn/beckon-turn.conf').read_text(encoding='utf-8')
        changes = {r'^static-auth-secret=.*$': f'static-auth-secret={SECRET}',
                   r'^#listening-ip=.*$': f'listening-ip={self.node.ipv4}\nlistening-ip={self.node.ipv6}',
                   r'^#relay-ip=.*$': f'relay-ip={self.node.ipv4}\nrelay-ip={self.node.ipv6}',
                   r'^syslog$': f'log-file=stdout\nverbose\npidfile={self.folder}/turn.pid\n'
                               f'userdb={self.folder}/turn.db'}
        for pattern, line in changes.items():
            text, count = re.subn(pattern, line, text, flags=re.MULTILINE)
            if count != 1:
                raise Failure(f'beckon-turn.conf has {count} lines like {pattern}')
        path = self.folder / 'turn.conf'
        path.write_text(text, encoding='utf-8')
        return path

    def start(self):
        """Returns when it listens at all its addresses."""
        command = [*self.node.enter, 'turnserver', '-c', self.write_configuration()]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, preexec_fn=die_with_parent, cwd=self.folder)
        self.lines = Lines(self.process.stdout, 'turnserver')
        missing = {f'{words}{address}:{PORT}' for words in ('UDP listener opened on: ', 'TCP listener opened on : ')
                   for address in (self.node.ipv4, self.node.ipv6)}
        while missing:
            line = self.lines.next()
            if line is None:
                raise Failure('turnserver ended:\n' + '\n'.join(self.lines.seen[-30:]))
            missing = {words for words in missing if words not in line}
        self.drain()

    def drain(self):
        """Its output must not fill the pipe: from here on it goes to a file."""
        self.log = open(self.folder / 'turn.log', 'ab')
        self.copier = subprocess.Popen(['cat'], stdin=self.process.stdout, stdout=self.log,
                                       preexec_fn=die_with_parent)

    def log_text(self):
        return '\n'.join(self.lines.seen) + (self.folder / 'turn.log').read_text(encoding='utf-8', errors='replace')

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)
        self.copier.wait(LIMIT)
        self.log.close()

    def credentials(self, ttl=3600, secret=SECRET):
        """A user and a password as beckon-server makes them, by another library."""
        user = f'{int(time.time()) + ttl}:{ACCOUNT}'
        digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
        return user, base64.b64encode(digest).decode()

    def try_client(self, host, peer, peer_port, *options, credentials=None):
        """What coturn's own client says after it sent packets to a peer by way of the relay."""
        user, password = credentials or self.credentials()
        command = [*host.enter, 'turnutils_uclient', '-u', user, '-w', password, '-p', PORT, '-e', peer, '-r',
                   peer_port, '-n', 5, '-m', 1, '-l', 100, '-c', '-v', *options,
                   self.node.ipv4]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                              timeout=LIMIT)
        return done.stdout + done.stderr
