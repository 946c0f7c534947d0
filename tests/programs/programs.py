# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of programs that do not know Beckon have in common: two users, a program on each side, its log."""
import configparser
import contextlib
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import time

from gi.repository import GLib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'e2e'), str(HERE.parent / 'tools')]
import tap  # noqa: E402
from cases import expect_end  # noqa: F401,E402
from processes import LIMIT, Failure, Lines, descendants, die_with_parent  # noqa: E402
from world import BUILD, SOURCES, World  # noqa: F401,E402

GUID = '{0B0E0C0A-1111-4222-8333-0000000000AA}'
PEER = HERE / 'peer'
counter = itertools.count(1)


def registrations():
    """Name → keys, of the registrations that are shipped."""
    found = {}
    for path in (SOURCES / 'data/peers').glob('*.peer.desktop.in'):
        parser = configparser.RawConfigParser(delimiters='=', comment_prefixes='#', strict=True)
        parser.optionxform = str
        parser.read(path, encoding='utf-8')
        found[parser['Beckon Peer']['Name']] = dict(parser['Beckon Peer'])
    return found


def shipped(name, *needed):
    """The registration of that name. Where its programs are not installed the test is skipped, or fails if all tests
    are asked for."""
    missing = [program for program in needed if shutil.which(program) is None]
    if missing and os.environ.get('BECKON_TEST_ALL'):
        raise Failure(f'{", ".join(missing)} is not installed')
    if missing:
        raise tap.Skip(f'{", ".join(missing)} is not installed')
    return registrations()[name]


def register(users, host, join, transport, guid=GUID, **keys):
    """A registration of the user's own, of tests/programs/peer."""
    url = f'https://example.org/{next(counter)}'  # by which the new one is known from the one before
    keys.setdefault('URL', url)
    lines = ['[Beckon Peer]', f'GUID={guid}', 'Name=Test', f'HostExec="{PEER}" host {host}',
             f'JoinExec="{PEER}" join {join}', f'Transport={transport}', *(f'{key}={keys[key]}' for key in keys)]
    for user in users:
        folder = user.folder / 'data/beckon/peers'
        folder.mkdir(parents=True, exist_ok=True)
        # At once: half a file would be complained about.
        (folder / 'new').write_text('\n'.join(lines) + '\n', encoding='utf-8')
        (folder / 'new').rename(folder / f'{guid}.peer')
        until(lambda user=user: any(app['guid'] == guid and app['url'] == keys['URL'] for app in user.ctl('apps')),
              'the registration is known')


def until(holds, what, limit=LIMIT):
    """Asks again and again: for what tells nobody when it changes."""
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            raise Failure(f'In vain: {what}')
        time.sleep(0.05)


class Screen:
    """A screen in memory for the programs of one user."""

    def __init__(self, world, size='800x600x24'):
        with open(world.logs / 'screen.log', 'ab') as log:
            words = ['Xvfb', '-displayfd', '1', '-screen', '0', size, '-nolisten', 'tcp', '-noreset']
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, preexec_fn=die_with_parent)
        number = Lines(self.process.stdout, 'Xvfb').next()
        if number is None:
            raise Failure('Xvfb did not start')
        self.name = f':{number}'

    def run(self, *command):
        return subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=LIMIT,
                              env={**os.environ, 'DISPLAY': self.name})

    def picture(self, window='root', crop=None):
        """Width, height and pixels, of all or of a part."""
        part = ['-crop', crop, '+repage'] if crop else []
        done = self.run('import', '-silent', '-window', window, *part, '-depth', '8', 'ppm:-').stdout
        _, size, _, pixels = done.split(b'\n', 3)
        return tuple(int(word) for word in size.split()), pixels


def friends(world, *names, display_name=None, **environments):
    """Users with accounts; what programs find in their environments can be added for each."""
    users = [world.user(name) for name in names]
    for user in users:
        folders = {'XDG_DATA_DIRS': f'{BUILD}/data/programs:{BUILD}/data:/usr/share'}
        more = {'PATH': user.environment['PATH'] + ':/usr/games', **folders, **environments.get(user.name, {})}
        user.ask_bus('UpdateActivationEnvironment', GLib.Variant('(a{ss})', (more,)))
        user.ctl(*user.account_arguments, '--create', '--display-name', display_name or user.name.capitalize(),
                 text=user.password + '\n')
    for other in users[1:]:
        users[0].befriend(other)
    return users


def invite(alice, bob, guid=GUID):
    session = alice.ctl('invite', bob.address, guid)['id']
    bob.wait('invitation', session=session)
    return session


def run_both(alice, bob, guid=GUID):
    """Returns the session once both programs have been launched."""
    session = invite(alice, bob, guid)
    with alice.watch('--session', session) as one, bob.watch('--session', session) as other:
        bob.ctl('accept', session)
        for watch in (one, other):
            watch.until(lambda event: event['event'] == 'ended'
                        or event['event'] == 'timeline' and 'program launched' in event['line'])
    for user in (alice, bob):
        if user.session(session)['state'] != 'connected':
            raise Failure(f'{user.label}: {user.session(session)["result_text"]}')
    return session


def log_of(user, session):
    """What its program has printed."""
    path = user.session(session)['log']
    return pathlib.Path(path).read_text(encoding='utf-8', errors='replace') if path else ''


def says(user, session, words, limit=LIMIT):
    """Returns the log once it has these words."""
    try:
        until(lambda: words in log_of(user, session), f'{user.label}: the program says “{words}”', limit)
    except Failure as failure:
        raise Failure(f'{failure}\n{log_of(user, session)}\n{user.session(session)}') from None
    return log_of(user, session)


def counters(user, session):
    """What the channel says of itself."""
    return user.ctl('session', 'channel', session)


def processes(user, program):
    """Of a user's programs those whose command line begins so."""
    found = []
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            words = pathlib.Path('/proc', str(pid), 'cmdline').read_bytes().split(b'\0')
            environment = pathlib.Path('/proc', str(pid), 'environ').read_bytes()
            if program.encode() in words and f'XDG_RUNTIME_DIR={user.folder}/'.encode() in environment:
                found.append(pid)
    return found


def command_line(pid):
    return pathlib.Path('/proc', str(pid), 'cmdline').read_bytes().decode().split('\0')[:-1]


def cancel(user, session):
    user.ctl('cancel', session)
    user.wait_session(session)
