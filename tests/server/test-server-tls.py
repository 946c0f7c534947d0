# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS of the program itself, with an authority of our own: what is spoken, what is shown, and a certificate that
changes while people are connected."""
import base64
import datetime
import json
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools'))
import tap  # noqa: E402

PROGRAM = os.path.join(os.environ['BECKON_BUILDDIR'], 'src', 'server', 'beckon-server')
OPENSSL_TOO_OLD = (ssl.SSLError, OSError)
EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
RSA = ['-newkey', 'rsa:2048']

AUTHORITY = '''[ca]
default_ca=own
[own]
database=FOLDER/issued
serial=FOLDER/serial
new_certs_dir=FOLDER
certificate=FOLDER/ca.pem
private_key=FOLDER/ca.key
default_md=sha256
unique_subject=no
policy=any
x509_extensions=names
[any]
commonName=supplied
[names]
subjectAltName=DNS:localhost,IP:127.0.0.1
authorityKeyIdentifier=keyid
'''


def openssl(*words):
    subprocess.run(['openssl', *words], check=True, capture_output=True)


class Authority:
    """Signs what the server shows."""

    def __init__(self, folder):
        self.folder = folder
        self.serial = 0
        openssl('req', '-x509', *EC, '-nodes', '-days', '30', '-subj', '/CN=test authority',
                '-addext', 'keyUsage=critical,keyCertSign,cRLSign',  # without it Python 3.13 trusts none
                '-keyout', self.path('ca.key'), '-out', self.path('ca.pem'))
        self.write('issued', '')
        self.write('ca.conf', AUTHORITY.replace('FOLDER', folder))

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='ascii') as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, days=90, kind=EC):
        """A certificate for localhost and its key, into the two files that the server reads."""
        self.serial += 1
        openssl('req', *kind, '-nodes', '-subj', '/CN=localhost', '-keyout', self.path('new.key'),
                '-out', self.path('new.csr'))
        # By `ca`, which takes any two dates: of one that ended before it began OpenSSL 3.5 makes none.
        today = datetime.datetime.now(datetime.timezone.utc)
        begin, end = (f'{today + datetime.timedelta(days=number):%Y%m%d%H%M%SZ}' for number in (-100, days))
        self.write('serial', f'{self.serial:02X}\n')
        openssl('ca', '-batch', '-notext', '-config', self.path('ca.conf'), '-startdate', begin, '-enddate', end,
                '-in', self.path('new.csr'), '-out', self.path('new.pem'))
        os.replace(self.path('new.key'), self.path('key.pem'))
        os.replace(self.path('new.pem'), self.path('cert.pem'))
        return self.serial


class Server:
    def __init__(self, authority):
        self.authority = authority
        self.database = authority.path('server.db')
        self.process = subprocess.Popen(
            [PROGRAM, 'run', '--database', self.database, '--domain', 'localhost', '--listen', '127.0.0.1:0',
             '--tls-certificate', authority.path('cert.pem'), '--tls-key', authority.path('key.pem')],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith('listening on 127.0.0.1:'), line + self.process.stderr.read()
        self.port = int(line.rpartition(':')[2])

    def wait_for(self, text):
        """Returns the line of the log that has it, and all before it."""
        lines = ''
        for line in self.process.stderr:
            lines += line
            if text in line:
                return lines
        raise AssertionError(f'“{text}” is not in: {lines}')

    def reload(self, answer):
        self.process.send_signal(signal.SIGHUP)
        return self.wait_for(answer)

    def stop(self):
        """Returns what is left of the log."""
        self.process.send_signal(signal.SIGTERM)
        rest = self.process.stderr.read()
        assert self.process.wait() == 0, rest
        self.process.stdout.close()
        self.process.stderr.close()
        return rest

    def context(self):
        return ssl.create_default_context(cafile=self.authority.path('ca.pem'))

    def connect(self, context=None):
        plain = socket.create_connection(('127.0.0.1', self.port))
        try:
            return (context or self.context()).wrap_socket(plain, server_hostname='localhost')
        except BaseException:
            plain.close()
            raise

    def audit(self):
        return subprocess.run([PROGRAM, 'audit', 'list', '--database', self.database], check=True, capture_output=True,
                              text=True).stdout


class Client:
    """Speaks frames, as far as they are short."""

    def __init__(self, server):
        self.tls = server.connect()
        self.file = self.tls.makefile('rb')
        key = base64.b64encode(os.urandom(16)).decode()
        self.tls.sendall(f'GET /beckon HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                         f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n'
                         f'Sec-WebSocket-Protocol: beckon.1\r\n\r\n'.encode())
        status = self.file.readline()
        assert b' 101 ' in status, status
        while self.file.readline() != b'\r\n':
            pass
        assert self.receive()['type'] == 'hello'

    def serial(self):
        return int(self.tls.getpeercert()['serialNumber'], 16)

    def receive(self):
        first, length = self.file.read(2)
        assert first == 0x81 and length < 127, (first, length)
        if length == 126:
            length = struct.unpack('>H', self.file.read(2))[0]
        return json.loads(self.file.read(length))

    def check_alive(self):
        """It asks something and is answered."""
        text = b'{"type":"devices","id":1}'
        self.tls.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
        answer = self.receive()
        assert answer['type'] == 'error' and answer['code'] == 'not-logged-on', answer

    def close(self):
        self.file.close()
        self.tls.close()


def with_server(days=90):
    """A test with a folder, an authority and a server, which is stopped at the end."""
    def decorate(test):
        def run():
            with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
                authority = Authority(folder)
                authority.issue(days)
                server = Server(authority)
                try:
                    test(authority, server)
                    server.stop()
                finally:
                    if server.process.poll() is None:
                        server.process.kill()
                        server.process.wait()
        run.__name__ = test.__name__
        return run
    return decorate


@with_server()
def test_reload(authority, server):
    before = Client(server)
    old = before.serial()
    new = authority.issue()
    assert old != new
    still = Client(server)
    assert still.serial() == old  # nobody has said that there is another one
    server.reload('Read the certificate and its key again')
    after = Client(server)
    assert after.serial() == new, after.serial()
    for client in before, still, after:
        client.check_alive()
        client.close()
    # Of another kind: nothing is left of the one before.
    newest = authority.issue(kind=RSA)
    server.reload('Read the certificate and its key again')
    for _ in range(2):
        client = Client(server)
        assert client.serial() == newest, client.serial()
        client.close()
    assert server.audit().count('operator  reload  done') == 2, server.audit()


def write(path, text):
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)


@with_server()
def test_broken_reload(authority, server):
    """What cannot be used is said, and the certificate until now stays."""
    client = Client(server)
    good = client.serial()
    with open(authority.path('cert.pem'), encoding='ascii') as file:
        certificate = file.read()
    with open(authority.path('key.pem'), encoding='ascii') as file:
        key = file.read()
    authority.issue()
    with open(authority.path('cert.pem'), encoding='ascii') as file:
        other = file.read()
    cases = [
        ('cert.pem', 'no certificate\n', 'there is none in it in PEM form'),
        ('cert.pem', '', 'there is none in it in PEM form'),
        ('cert.pem', certificate[:len(certificate) // 2], 'there is none in it in PEM form'),
        ('cert.pem', certificate + other[:len(other) // 2], 'damaged'),
        ('cert.pem', other, 'do not belong together'),
        ('cert.pem', 'x' * (1024 * 1024 + 1), 'much too long'),
        ('cert.pem', None, 'Cannot read the certificate'),
        ('key.pem', 'no key\n', 'needs a password'),
        ('key.pem', None, 'Cannot read the key'),
    ]
    for name, text, answer in cases:
        write(authority.path('cert.pem'), certificate)
        write(authority.path('key.pem'), key)
        if text is None:
            os.unlink(authority.path(name))
        else:
            write(authority.path(name), text)
        line = server.reload('The certificate until now stays in use')
        assert answer in line, (answer, line)
        assert 'PRIVATE' not in line
        fresh = Client(server)
        assert fresh.serial() == good, name
        fresh.close()
    client.check_alive()
    client.close()
    assert 'operator  reload  failed' in server.audit()
    new = authority.issue()
    server.reload('Read the certificate and its key again')
    fresh = Client(server)
    assert fresh.serial() == new
    fresh.close()


def expect_refused(server, context):
    try:
        server.connect(context).close()
    except OPENSSL_TOO_OLD:
        return
    raise AssertionError('the server took it')


@with_server()
def test_versions(authority, server):
    warnings.simplefilter('ignore', DeprecationWarning)
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        context = server.context()
        context.minimum_version = context.maximum_version = version
        tls = server.connect(context)
        assert tls.version() == version.name.replace('_', '.'), tls.version()
        tls.close()
    for version in ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1:
        context = server.context()
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = context.maximum_version = version
        expect_refused(server, context)


@with_server()
def test_ciphers(authority, server):
    authority.issue(kind=RSA)
    server.reload('Read the certificate and its key again')
    for name, good in [('ECDHE-RSA-AES128-GCM-SHA256', True), ('ECDHE-RSA-CHACHA20-POLY1305', True),
                       ('AES128-GCM-SHA256', False), ('AES128-SHA', False), ('ECDHE-RSA-AES128-SHA', False),
                       ('DHE-RSA-AES128-GCM-SHA256', False)]:
        context = server.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(name + ':@SECLEVEL=0')
        if good:
            tls = server.connect(context)
            assert tls.cipher()[0] == name
            tls.close()
        else:
            expect_refused(server, context)


@with_server()
def test_dates(authority, server):
    lines = server.reload('Read the certificate and its key again')
    assert 'expire' not in lines, lines
    authority.issue(days=-1)
    assert 'has expired, on 20' in server.reload('Read the certificate and its key again')
    authority.issue(days=13)
    assert re.search(r'expires in 1[23] days, on 20', server.reload('Read the certificate and its key again'))
    authority.issue(days=15)
    assert 'expire' not in server.reload('Read the certificate and its key again')


@with_server(days=-1)
def test_expired_at_start(authority, server):
    server.wait_for('has expired, on 20')


@with_server(days=5)
def test_expires_soon_at_start(authority, server):
    server.wait_for(' days, on 20')


def test_key_with_password():
    """Nobody is asked for it."""
    with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
        authority = Authority(folder)
        authority.issue()
        openssl('pkey', '-in', authority.path('key.pem'), '-aes128', '-passout', 'pass:secret',
                '-out', authority.path('locked.pem'))
        done = subprocess.run(
            [PROGRAM, 'run', '--database', authority.path('server.db'), '--listen', '127.0.0.1:0',
             '--tls-certificate', authority.path('cert.pem'), '--tls-key', authority.path('locked.pem')],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 1 and 'or it needs a password' in done.stderr, done


def test_check_config():
    """What --check-config calls good the server can use. One that has expired is a mistake, yet no reason not to run."""
    with tempfile.TemporaryDirectory(prefix='beckon-test-') as folder:
        authority = Authority(folder)
        with open(authority.path('server.conf'), 'w', encoding='ascii') as config:
            config.write(f'[server]\nlisten=127.0.0.1:0\ntls-certificate={folder}/cert.pem\ntls-key={folder}/key.pem\n')

        def check(status, words):
            done = subprocess.run([PROGRAM, '--check-config=' + authority.path('server.conf')], capture_output=True,
                                  text=True, check=False)
            assert done.returncode == status and re.search(words, done.stdout), done

        authority.issue()
        check(0, r'^\S+server.conf: good\n$')
        authority.issue(days=5)
        check(0, r'server.conf:3: note: The certificate .* expires in [45] days, on 20')
        authority.issue(days=-1)
        check(1, 'server.conf:3: The certificate .* has expired, on 20')
        authority.issue()
        os.rename(authority.path('key.pem'), authority.path('first.pem'))
        authority.issue()
        os.rename(authority.path('first.pem'), authority.path('key.pem'))
        check(1, 'server.conf:3: The key .* do not belong together')


tap.run([test_reload, test_broken_reload, test_versions, test_ciphers, test_dates, test_expired_at_start,
         test_expires_soon_at_start, test_check_config, test_key_with_password])
