#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckonctl as a licensed program: lock, alerts, contact add --private."""
import json
import signal
import subprocess

from ctlbed import LIMIT, SLOWNESS, Bus, desk, tap

KEY = 'demo'


def locked(bus):
    """alice's desk; echo, whose words the network obeys, has locked it."""
    user = desk(bus)
    watch = bus.client()
    watch.attach('im.beckon.Beckon.Sessions')
    user.run('chat', 'send', 'echo', '!lock')
    watch.wait_signal('LockEnable', None, lambda a: a[0] is True)
    return user


def test_lock():
    with Bus() as bus:
        user = locked(bus)
        assert user.one('lock') == {'account': 'alice@localhost', 'status': 'initialized'}
        assert user.run('lock', 'status').stdout == b'initialized\n'
        user.fails(2, '--key-file', 'lock', 'unlock', '--id', 'BKDEMO')
        done = user.run('lock', 'unlock', '--id', 'BKDEMO', '--key-file', '-', text=f'{KEY}\n')
        assert (done.returncode, done.stdout, done.stderr) == (0, b'', b''), done
        (bus.dir / 'key').write_text(f'{KEY}\n')
        assert user.run('-a', 'alice', 'lock', 'unlock', '--id', 'BKDEMO', '--key-file',
                        bus.dir / 'key').returncode == 0
        user.fails(1, 'im.beckon.Error.ApiUnlockFailed', 'lock', 'unlock', '--id', 'BKDEMO', '--key-file', '-',
                   text='guessed')
        user.fails(1, 'im.beckon.Error.ApiUnlockFailed', 'lock', 'unlock', '--id', 'NOBODY', '--key-file', '-',
                   text=KEY)
        user.fails(1, 'No such file', 'lock', 'unlock', '--id', 'BKDEMO', '--key-file', bus.dir / 'none')
        (bus.dir / 'key').write_bytes(b'a\0b')
        user.fails(1, 'no key', 'lock', 'unlock', '--id', 'BKDEMO', '--key-file', bus.dir / 'key')
        (bus.dir / 'key').write_bytes(b'x' * 4097)
        user.fails(1, 'no key', 'lock', 'unlock', '--id', 'BKDEMO', '--key-file', bus.dir / 'key')
        # What was unlocked is locked again when the program has ended.
        assert user.one('lock')['status'] == 'initialized'


def test_where_nothing_is_locked():
    with Bus() as bus:
        user = desk(bus)
        assert user.one('lock')['status'] == 'disabled'
        assert user.run('lock', 'unlock', '--id', 'x', '--key-file', '-', text='x').returncode == 0
        user.run('account', 'sign-out')
        assert user.one('lock')['status'] == 'not-initialized'
        user.fails(1, 'im.beckon.Error.ApiNotInitialized', 'lock', 'unlock', '--id', 'x', '--key-file', '-', text='x')


def test_contact_add():
    with Bus() as bus:
        user = locked(bus)
        license = ('--lock-id', 'BKDEMO', '--lock-key-file', '-')
        user.fails(1, 'im.beckon.Error.ApiLocked', 'contact', 'add', '--private', 'carol')
        user.fails(2, 'belong together', 'contact', 'add', '--private', '--lock-id', 'x', 'carol')
        user.fails(2, 'without a text', 'contact', 'add', '--private', '-m', 'x', 'carol')
        user.fails(1, 'im.beckon.Error.UserNotFound', 'contact', 'add', '--private', *license, 'zoe', text=KEY)
        user.fails(1, 'im.beckon.Error.AlreadyInList', 'contact', 'add', '--private', *license, 'echo', text=KEY)
        user.fails(1, 'im.beckon.Error.ApiUnlockFailed', 'contact', 'add', '--private', *license, 'carol', text='x')
        bus.client().account('bob@localhost')
        done = user.run('contact', 'add', '--private', *license, 'bob', text=KEY)
        assert (done.returncode, done.stdout) == (0, b''), done
        user.json('--timeout', LIMIT, 'watch', '--until', 'contact=bob:asked')
        assert next(c for c in user.one('contacts') if c['signin_name'] == 'bob@localhost')['relation'] == 'asked'


def test_alerts():
    with Bus() as bus:
        user = locked(bus)
        user.fails(1, 'im.beckon.Error.ApiLocked', 'alerts', 'enable', '0')
        for bad in ('x', '-1', '4294967296', '1.5'):
            user.fails(2, 'no number of a site', 'alerts', 'enable', '--', bad)
        user.fails(2, 'Usage', 'alerts', 'enable')
        ui = bus.client()
        ui.attach()
        process, plain = [
            user.start(*mode, 'alerts', 'enable', *license, '0', '7', stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True) for mode, license in (
                           (('--json',), ('--suppress', '--lock-id', 'BKDEMO', '--lock-key-file', '-')),
                           ((), ('--lock-id', 'BKDEMO', '--lock-key-file', '-')))]
        for one in (process, plain):
            one.stdin.write(KEY)
            one.stdin.close()
        assert json.loads(process.stdout.readline()) == {'event': 'ready'} and plain.stdout.readline() == 'ready\n'
        user.run('chat', 'send', 'echo', '!alert \u202ered')
        event = json.loads(process.stdout.readline())
        alert = event['alert']
        assert (event['event'], alert['site'], alert['text'], alert['url'], alert['account']) == (
            'alert', 0, '\u202ered', '', 'alice@localhost'), event
        assert plain.stdout.readline() == '0  \\u202ered\n'
        # Only an interrupt ends it; and then the other lets the user see what comes.
        process.send_signal(signal.SIGINT)
        assert process.wait(20 * SLOWNESS) == 130
        user.run('chat', 'send', 'echo', '!alert second')
        ui.wait_signal('AlertReceived', None, lambda a: a[0][2] == 'second')
        assert [s[2][0][2] for s in ui.signals if s[1] == 'AlertReceived'] == ['second']
        assert plain.stdout.readline() == '0  second\n'
        # No window has shown it: whoever looks is told, until that is enough.
        with user.start('watch', '--json', stdout=subprocess.PIPE, text=True) as watch:
            event = next(event for event in map(json.loads, watch.stdout) if event['event'] == 'alert')
            watch.terminate()
        assert event['alert']['text'] == 'second', event
        assert user.run('alerts', 'dismiss', event['alert']['id']).returncode == 0
        user.fails(1, 'im.beckon.Error.NotFound', 'alerts', 'dismiss', event['alert']['id'])
        # Nothing is waited for in vain.
        user.run('chat', 'send', 'echo', '!revoke')
        assert plain.wait(20 * SLOWNESS) == 1
        assert 'initialized' in plain.stderr.read()
        for one in (process, plain):
            one.stdout.close()
            one.stderr.close()


tap.run([test_lock, test_where_nothing_is_locked, test_contact_add, test_alerts])
