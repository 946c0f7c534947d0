#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""beckonctl: what it takes, what it prints, how it ends."""
import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import termios
from unittest.mock import ANY

from ctlbed import CTL, ECHO, LIMIT, Bus, Desk, desk, environment_without_bus, tap

NASTY = 'a\t"\\\u202egpj.exe\u2066\n\u200f😀 <b>'
GUID = '{11111111-2222-4333-8444-555555555555}'


def test_usage():
    with Bus() as bus:
        user = Desk(bus)
        for arguments in ((), ('nonsense',), ('chat',), ('chat', 'a', 'b'), ('contacts', 'list', 'x'), ('--nonsense',),
                          ('invite', 'bob'), ('invite', '--wait'), ('account', 'nonsense')):
            user.fails(2, 'beckonctl: ', *arguments)
        assert b'account add' in user.run('--help').stdout and b'--wait' in user.run('invite', '--help').stdout
        done = subprocess.run([CTL, b'\xff'], capture_output=True, env=bus.environment, check=False)
        assert done.returncode == 2 and b'UTF-8' in done.stderr, done
        # Words that nothing will ever become are not waited for.
        bus.start()
        for until in ('nonsense', 'session-state', 'session-state=nonsense', 'contact=bob', 'presence=bob:lying',
                      'ringing=yes', 'account-state=odd'):
            user.fails(2, '--until', 'watch', '--until', until)
        user.fails(2, 'NAME@SERVER', 'account', 'add', 'alice', '--password-stdin', text='x\n')


def test_no_service():
    with Bus() as bus:
        user = Desk(bus)
        user.fails(3, 'not installed', 'contacts')
        user.fails(3, 'beckonctl: ', 'contacts', **environment_without_bus())


def test_no_account():
    with Bus() as bus:
        bus.start()
        user = Desk(bus)
        assert user.one('account', 'list') == []
        user.fails(1, 'no account yet', 'contacts')
        user.add_account()
        user.fails(1, 'no account carol', '--account', 'carol', 'contacts')
        assert user.one('-a', 'alice', 'account', 'list')[0]['state'] == 'online'
        user.fails(1, 'im.beckon.Error.AlreadyLoggedOn', 'account', 'add', 'alice@localhost', '--password-stdin',
                   text='secret\n')
        user.fails(1, 'No password', 'account', 'add', 'bob@localhost', '--password-stdin')
        user.run('account', 'remove', 'alice')
        assert user.one('account', 'list') == []


def test_status():
    with Bus() as bus:
        user = desk(bus)
        assert user.one('status')['wanted_status'] == 'online'
        assert user.json('status', 'busy', '--message', 'in a meeting') == []
        status = user.one('status')
        assert (status['wanted_status'], status['personal_message']) == ('busy', 'in a meeting'), status
        user.fails(2, 'no status', 'status', 'offline')
        user.fails(2, 'no status', 'status', 'local-connecting-to-server')
        assert user.json('account', 'sign-out') == []
        assert user.json('watch', '--until', 'account-state=offline')[-1]['condition'] == 'account-state=offline'
        assert user.json('account', 'sign-in') == []
        assert user.one('account', 'list')[0]['state'] == 'online'


def test_contacts():
    with Bus() as bus:
        user = desk(bus)
        echo = next(c for c in user.one('contacts') if c['signin_name'] == ECHO)
        assert (echo['relation'], echo['status']) == ('accepted', 'online'), echo
        user.fails(1, 'im.beckon.Error.UserNotFound', 'contact', 'add', 'nobody')
        user.fails(1, 'im.beckon.Error.AlreadyInList', 'contact', 'add', 'echo')
        assert user.json('contact', 'block', 'echo') == []
        assert next(c for c in user.one('contacts', 'list') if c['signin_name'] == ECHO)['blocked']
        assert user.json('contact', 'unblock', ECHO) == []
        assert user.json('contact', 'remove', 'echo') == []
        user.json('--timeout', LIMIT, 'watch', '--until', 'contact=echo:none')
        assert user.json('contact', 'add', 'echo', '--message', 'Hello') == []
        user.json('--timeout', LIMIT, 'watch', '--until', 'contact=echo:accepted')


def test_settled_about_contacts():
    with Bus() as bus:
        user = desk(bus)
        show = lambda: {key: user.one('contact', 'show', 'dave')[key]
                        for key in ('display_name', 'alias', 'pinned', 'muted')}
        own = {'display_name': 'Dave', 'alias': '', 'pinned': False, 'muted': False}
        assert show() == own
        assert user.json('contact', 'alias', 'dave', 'Davy Jones') == []
        assert user.json('contact', 'pin', 'dave') == [] and user.json('contact', 'mute', 'dave') == []
        assert show() == {'display_name': 'Davy Jones', 'alias': 'Davy Jones', 'pinned': True, 'muted': True}
        assert b'  pinned  muted  Davy Jones\n' in user.run('contacts').stdout
        assert user.json('contact', 'alias', 'dave') == []
        assert user.json('contact', 'unpin', 'dave') == [] and user.json('contact', 'unmute', 'dave') == []
        assert show() == own
        user.fails(1, 'not on the contact list', 'contact', 'pin', 'nobody')
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'contact', 'alias', 'dave', 'x' * 129)


def test_avatar():
    with Bus() as bus:
        user = desk(bus)
        file = bus.dir / 'picture.png'
        file.write_bytes(b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20')
        assert user.one('account', 'avatar') == {'avatar': ''}
        assert user.json('account', 'avatar', file) == []
        path = pathlib.Path(user.one('account', 'avatar')['avatar'])
        assert path.read_bytes() == file.read_bytes() and user.one('account', 'list')[0]['avatar'] == str(path)
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'account', 'avatar', '/etc/passwd')
        user.fails(1, 'empty', 'account', 'avatar', '/dev/null')
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'account', 'avatar', '/dev/zero')
        user.fails(1, '', 'account', 'avatar', bus.dir / 'none')
        user.fails(2, '--none', 'account', 'avatar', file, '--none')
        assert user.json('account', 'avatar', '--none') == []
        assert user.one('account', 'avatar') == {'avatar': ''}
        user.json('--timeout', LIMIT, 'watch', '--until', 'contact=echo:accepted')


def test_password():
    with Bus() as bus:
        user = desk(bus)
        change = ('account', 'password', '--password-stdin')
        user.fails(1, 'No password', *change)
        user.fails(1, 'No password', *change, text='secret\n')
        user.fails(1, 'im.beckon.Error.InvalidArgument', *change, text='secret\nshort\n')
        assert user.json(*change, text='secret\nlong enough\n') == []
        devices = user.one('account', 'devices')
        assert len(devices) == 1 and devices[0]['self'] and devices[0]['seen'] > 10 ** 15, devices
        assert user.run('account', 'devices').stdout.endswith(b'  this one\n')
        user.fails(1, 'im.beckon.Error.NotFound', 'account', 'remove-device', GUID)
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'account', 'remove-device', devices[0]['id'])
        user.fails(1, 'no account bob', 'account', 'delete', 'bob', '--password-stdin', text='x\n')
        user.fails(1, 'No password', 'account', 'delete', 'alice', '--password-stdin')
        assert user.json('account', 'delete', 'alice', '--password-stdin', text='long enough\n') == []
        assert user.one('account', 'list') == []


def test_show_contact():
    with Bus() as bus:
        user = desk(bus)
        assert user.one('contact', 'show', 'echo') == user.one('contact', 'show', ECHO, '--listed')
        stranger = user.one('contact', 'show', 'nobody')
        assert (stranger['signin_name'], stranger['status'], stranger['relation']) == \
            ('nobody@localhost', 'unknown', 'none'), stranger
        user.fails(1, 'im.beckon.Error.UserNotFound', 'contact', 'show', 'nobody', '--listed')
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'contact', 'show', 'no body')


def test_groups():
    with Bus() as bus:
        user = desk(bus)
        assert user.one('groups') == []
        chess = user.one('group', 'create', 'Chess')
        assert (chess['name'], chess['contacts']) == ('Chess', []), chess
        assert user.json('group', 'put', 'chess', 'echo') == []
        assert user.one('groups', 'list') == [{**chess, 'contacts': [ECHO]}]
        assert [c['signin_name'] for c in user.one('group', 'show', 'Chess')] == [ECHO]
        assert user.run('groups').stdout == b'Chess  1\n'
        user.fails(1, 'im.beckon.Error.GroupNotEmpty', 'group', 'remove', 'Chess')
        user.fails(1, 'im.beckon.Error.GroupAlreadyExists', 'group', 'create', 'Chess')
        user.fails(1, 'im.beckon.Error.UserNotFound', 'group', 'put', 'Chess', 'nobody')
        watch = user.start('--json', 'watch', stdout=subprocess.PIPE)
        told = (json.loads(line) for line in watch.stdout)
        groups = (event['group'] for event in told if event['event'] == 'group')
        assert next(groups) == {**chess, 'contacts': [ECHO]}
        assert user.json('group', 'drop', 'Chess', 'echo') == []
        assert next(groups) == chess
        user.fails(1, 'im.beckon.Error.UserNotGroupMember', 'group', 'drop', 'Chess', 'echo')
        assert user.json('group', 'rename', 'Chess', 'Go') == []
        assert next(groups) == {**chess, 'name': 'Go'}
        watch.kill()
        watch.wait()
        watch.stdout.close()
        user.fails(1, 'no group Chess', 'group', 'show', 'Chess')
        assert user.json('group', 'remove', 'go') == []
        assert user.one('groups') == []


def test_all_accounts():
    with Bus() as bus:
        user = desk(bus)
        user.one('account', 'add', 'bob@localhost', '--password-stdin', text='secret\n')
        states = lambda: [(a['signin_name'][:3], a['state']) for a in user.one('account', 'list')]
        user.fails(1, 'im.beckon.Error.AlreadyLoggedOn', 'account', 'sign-in', '--all')
        assert user.json('status', 'busy', '--all') == []
        assert [a['wanted_status'] for a in user.one('account', 'list')] == ['busy', 'busy']
        assert user.json('account', 'sign-out', '--all') == []
        assert states() == [('ali', 'offline'), ('bob', 'offline')]
        user.fails(1, 'im.beckon.Error.NotLoggedOn', 'account', 'sign-out', '--all')
        assert user.json('account', 'sign-in', '--all') == []
        assert states() == [('ali', 'online'), ('bob', 'online')]
        for words in (('account', 'sign-in', 'bob', '--all'), ('account', 'sign-out', 'bob', '--all'),
                      ('-a', 'bob', 'status', 'busy', '--all'), ('status', 'busy', '--all', '--message', 'x'),
                      ('status', '--all')):
            user.fails(2, '--all', *words)
        assert user.one('account', 'primary')['signin_name'] == 'alice@localhost'
        assert user.json('account', 'primary', 'bob') == []
        assert user.one('account', 'primary')['signin_name'] == 'bob@localhost'


def test_open_windows():
    with Bus() as bus:
        user = desk(bus)
        for words in (('conversation', 'echo'), ('add-contact',), ('add-contact', 'zoe'), ('preferences',),
                      ('preferences', 'behavior')):
            user.fails(1, 'im.beckon.Error.NotSupported', 'open', *words)
        user.fails(1, 'im.beckon.Error.UserNotFound', 'open', 'conversation', 'zoe')
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'open', 'preferences', 'odd')


def test_messages():
    with Bus() as bus:
        user = desk(bus)
        sent = user.one('chat', 'send', 'echo', NASTY, '--wait')
        assert sent['text'] == NASTY and sent['delivery'] in ('sent', 'read') and sent['outgoing'], sent
        events = user.json('--timeout', LIMIT, 'watch', '--with', 'echo', '--until', f'message={NASTY}')
        assert events[-1] == {**events[-1], 'event': 'until', 'condition': f'message={NASTY}'}
        history = user.one('chat', 'echo')
        assert [(m['text'], m['outgoing']) for m in history] == [(NASTY, True), (NASTY, False)], history
        assert len(user.one('chat', 'echo', '--limit', '1')) == 1
        # From standard input, less the last line feed alone.
        assert user.one('chat', 'send', 'echo', text='one\n\ntwo\n\n')['text'] == 'one\n\ntwo\n'
        user.fails(1, 'im.beckon.Error.MessageTooLong', 'chat', 'send', 'echo', text='x' * 16385)
        user.fails(1, 'no UTF-8', 'chat', 'send', 'echo', text='a\0b')
        assert user.one('chat', 'send', 'echo', '--', '--not-an-option')['text'] == '--not-an-option'
        user.json('--timeout', LIMIT, 'watch', '--with', 'echo', '--until', 'message=--not-an-option')
        assert user.json('--timeout', LIMIT, 'watch', '--with', 'echo', '--until', 'sent', '--until', 'message')
        assert user.json('--timeout', LIMIT, 'watch', '--with', 'echo', '--until', 'delivered', '--until', 'read')
        assert [m['delivery'] for m in user.one('chat', 'echo') if m['outgoing']] == ['read'] * 3
        assert ' > (read) ' in user.run('chat', 'echo').stdout.decode()
        assert user.json('chat', 'typing', 'echo') == user.json('chat', 'typing', 'echo', '--stop') == []
        ui = bus.client()
        ui.attach()
        assert user.json('chat', 'echo', '--mark-read')
        ui.wait_signal('ContactsChanged', None, lambda a: [(c[0], c[7]) for c in a[2]] == [(ECHO, 0)])
        assert next(c for c in user.one('contacts') if c['signin_name'] == ECHO)['unread'] == 0


def test_terminals_are_safe():
    with Bus() as bus:
        user = desk(bus)
        user.one('chat', 'send', 'echo', NASTY, '--wait')
        for options in ((), ('--json',)):
            out = user.run(*options, 'chat', 'echo').stdout.decode()
            assert '\u202e' not in out and '\u2066' not in out and '\u200f' not in out and '\t' not in out, out
            assert '\\u202e' in out and '😀' in out, out


def test_long_history():
    with Bus() as bus:
        user = desk(bus)
        for number in range(60):
            user.run('chat', 'send', 'echo', str(number))
        user.json('--timeout', LIMIT, 'watch', '--with', 'echo', '--until', 'message=59')
        mine = [m['text'] for m in user.one('chat', 'echo', '--limit', '0') if m['outgoing']]
        assert mine == [str(number) for number in range(60)], mine
        assert len(user.one('chat', 'echo', '--limit', '110')) == 110
        assert len(user.one('chat', 'echo')) == 50


def test_history():
    with Bus() as bus:
        user = desk(bus)
        user.one('chat', 'send', 'echo', NASTY, '--wait')
        user.json('--timeout', '10', 'watch', '--with', 'echo', '--until', f'message={NASTY}')
        for number in range(3):
            user.one('chat', 'send', 'echo', f'number {number}', '--wait')
        user.json('--timeout', '10', 'watch', '--with', 'echo', '--until', 'message=number 2')
        found = user.one('search', 'NUMB', '--with', 'echo', '--limit', '3')
        assert len(found) == 3 and {f['who'] for f in found} == {ECHO}, found
        assert len(user.one('search', 'number', '--limit', '0')) == 6
        assert user.one('search', '"number', '2"')[0]['message']['text'] == 'number 2'
        out = user.run('search', 'num').stdout.decode()
        assert ECHO in out and 'number 2' in out, out
        assert user.one('--account', 'alice@localhost', 'search', 'nothing-of-that-kind') == []
        user.fails(1, 'im.beckon.Error.InvalidArgument', 'search', 'x' * 257)

        assert user.one('chat', 'draft', 'echo') == {'draft': ''}
        user.run('chat', 'draft', 'echo', 'not', 'yet')
        assert user.one('chat', 'draft', 'echo') == {'draft': 'not yet'}
        user.run('chat', 'draft', 'echo', '--drop')
        assert user.one('chat', 'draft', 'echo') == {'draft': ''}
        user.fails(2, 'Either', 'chat', 'draft', 'echo', 'x', '--drop')

        file = bus.dir / 'history.json'
        user.run('history', 'export', str(file))
        assert file.stat().st_mode & 0o777 == 0o600
        history = json.loads(file.read_text())
        assert [m['text'] for m in history['conversations'][0]['messages']].count(NASTY) == 2
        assert json.loads(user.run('history', 'export', '-', 'echo').stdout) == {**history, 'exported': ANY}
        user.fails(1, 'no-such-folder', 'history', 'export', str(bus.dir / 'no-such-folder' / 'x'))
        user.fails(2, 'Either', 'history', 'clear')
        user.fails(2, 'Either', 'history', 'clear', 'echo', '--all')
        user.run('history', 'clear', '--all')
        assert user.one('search', 'number') == [] and user.one('chat', 'echo') == []


def test_applications():
    with Bus() as bus:
        user = desk(bus)
        assert user.one('apps') == []
        assert user.json('apps', 'register', GUID.lower(), 'Thing', '/bin/cat -', '--url', 'https://example.org') == []
        thing = user.one('apps', 'list')[0]
        assert (thing['guid'], thing['name'], thing['present'], thing['user']) == (GUID, 'Thing', True, True), thing
        user.json('--timeout', LIMIT, 'watch', '--until', f'application={GUID}')
        user.fails(1, 'im.beckon.Error.AppAlreadyRegistered', 'apps', 'register', GUID, 'Thing', '/bin/cat')
        user.fails(1, 'im.beckon.Error.AppNotRegistered', 'invite', 'echo', 'Nothing')
        assert user.json('apps', 'update', GUID, 'Thing 2', "/bin/sleep 1000") == []
        shown = user.one('apps', 'show', GUID)
        assert (shown['name'], shown['path'], shown['source']) == ('Thing 2', '/bin/sleep 1000', 'user'), shown
        assert shown['file'].endswith(f'/{GUID}.peer') and shown['url'] == ''
        user.fails(1, 'im.beckon.Error.AppNotRegistered', 'apps', 'show', GUID.replace('1', '2'))
        user.fails(1, 'im.beckon.Error.Failed', 'apps', 'update', GUID, 'Thing', '/nonexistent/program')
        sides = user.one('apps', 'try', GUID)
        assert [(s['role'], s['application']) for s in sides] == [('inviter', GUID), ('invitee', GUID)], sides
        # Both sides have one SessionID. The inviter's is meant by it, and with it the other one ends.
        session = sides[0]['id']
        assert user.one('show', session)['role'] == user.one('show', session[:12])['role'] == 'inviter'
        user.json('context', session, '--data', 'there')
        assert user.json('cancel', session) == []
        ended = [s for s in user.one('sessions', '--all') if s['id'] == session]
        assert sorted((s['role'], s['result']) for s in ended) == \
            [('invitee', 'cancelled-remote'), ('inviter', 'cancelled-local')], ended
        user.json('apps', 'try', GUID)
        assert user.json('cancel') == [] and user.one('sessions') == []
        assert user.json('apps', 'unregister', GUID) == []
        user.fails(1, 'im.beckon.Error.AppNotRegistered', 'apps', 'unregister', GUID)


def test_sessions():
    with Bus() as bus:
        user = desk(bus)
        user.run('apps', 'register', GUID, 'Thing', '/bin/cat')
        assert user.one('sessions') == []
        user.fails(1, 'no invitation', 'accept')
        user.fails(1, 'no session 0000', 'show', '0000')
        user.fails(1, 'im.beckon.Error.InvitedSelf', 'invite', 'alice', 'Thing')
        user.fails(2, '--wait', 'invite', 'echo', 'thing', '--wait', 'nonsense')
        # By name in any case; the program reads nothing and ends well.
        ended = user.one('--timeout', LIMIT, 'invite', 'echo', 'thing', '--wait', 'ended', '--data', 'some "data"')
        assert (ended['state'], ended['result'], ended['role']) == ('terminated', 'ended', 'inviter'), ended
        assert ended['app_data'] == 'some "data"' and ended['timeline'], ended
        assert user.one('sessions') == []
        assert ended['id'] in [session['id'] for session in user.one('sessions', '--all')]
        assert user.one('show', ended['id'].strip('{}').lower()[:12])['id'] == ended['id']
        user.fails(5, 'invitation-declined', 'invite', 'echo', GUID, '--wait', 'accepted', '--data', 'decline')
        # Nobody answers: the wait ends, the invitation goes on.
        user.fails(4, 'within 3 s', '--timeout', '3', 'invite', 'echo', 'Thing', '--wait', 'connected', '--data',
                   'ignore')
        ringing = user.one('sessions')[0]
        assert ringing['state'] == 'invitation', ringing
        user.json('--timeout', LIMIT, 'watch', '--session', ringing['id'], '--until', 'ringing')
        assert user.json('cancel', '--data', 'enough') == []
        events = user.json('--timeout', LIMIT, 'watch', '--session', ringing['id'], '--until',
                           'session-result=cancelled-local')
        assert events[-1]['event'] == 'until'
        user.fails(1, 'im.beckon.Error.SessionStateInvalid', 'cancel', ringing['id'])


def test_pick():
    with Bus() as bus:
        user = desk(bus)
        user.run('apps', 'register', GUID, 'Thing', '/bin/cat')
        user.fails(2, 'invite --pick APPLICATION', 'invite', '--pick', 'echo', 'Thing')
        user.fails(2, 'primary account', '--account', 'alice', 'invite', '--pick', 'Thing')
        user.fails(1, 'im.beckon.Error.AppNotRegistered', 'invite', '--pick', 'Nothing')

        def ask(*arguments):
            asking = user.start('--json', 'invite', '--pick', 'thing', '--data', 'ignore', *arguments,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            user.json('--timeout', LIMIT, 'watch', '--until', 'picking')
            sessions = user.one('sessions')
            assert [(s['state'], s['picking'], s['user']) for s in sessions] == [('ready', True, '')], sessions
            return asking, sessions[0]['id']

        asking, session = ask()
        user.fails(2, '--nobody', 'pick', session)
        user.fails(2, '--nobody', 'pick', session, 'echo', '--nobody')
        user.fails(1, 'im.beckon.Error.NotLoggedOn', 'pick', session, 'dave')
        assert user.json('pick', session, '--nobody') == []
        _, said = asking.communicate(timeout=LIMIT)
        assert asking.returncode == 1 and 'im.beckon.Error.Cancelled' in said, said
        # Nobody was invited: the session went with the question.
        assert user.one('sessions') == []

        asking, session = ask()
        assert user.json('pick', session, 'echo') == []
        user.json('--timeout', LIMIT, 'watch', '--session', session, '--until', 'ringing')
        assert user.one('show', session)['user'] == 'echo@localhost'
        # The session is beckonctl's, and goes with it.
        asking.terminate()
        assert asking.wait(LIMIT) == 130
        user.json('--timeout', LIMIT, 'watch', '--session', session, '--until', 'session-result=cancelled-local')
        asking.communicate()
        user.fails(1, 'im.beckon.Error.SessionStateInvalid', 'pick', session, 'echo')

        # Ctrl-C takes the question away.
        asking, session = ask()
        asking.terminate()
        assert asking.wait(LIMIT) == 130
        user.json('--timeout', LIMIT, 'watch', '--session', session, '--until', 'session-result=ended')
        asking.communicate()


def test_watch():
    with Bus() as bus:
        user = desk(bus)
        user.fails(4, 'within 1 s', '--timeout', '1', 'watch', '--until', 'invitation')
        watch = user.start('--json', 'watch', '--with', 'echo', stdout=subprocess.PIPE, text=True)
        seen = []
        for line in watch.stdout:
            seen.append(line)
            if '"ready"' in line:
                break
        user.run('chat', 'send', 'echo', 'are you there?')
        for line in watch.stdout:
            seen.append(line)
            if '"message"' in line and '"outgoing":false' in line:
                break
        watch.send_signal(signal.SIGINT)
        assert watch.wait(LIMIT) == 130
        watch.stdout.close()
        assert '"who":"echo@localhost"' in seen[-1] and '"text":"are you there?"' in seen[-1], seen[-1]


def test_the_service_leaves():
    with Bus() as bus:
        service = bus.start()
        user = Desk(bus)
        user.add_account()
        user.run('apps', 'register', GUID, 'Thing', '/bin/cat')
        watch = user.start('--json', 'watch', stdout=subprocess.PIPE, text=True)
        while '"ready"' not in watch.stdout.readline():
            pass
        service.send_signal(signal.SIGTERM)
        while '"event":"service"' not in (line := watch.stdout.readline()):
            assert line
        assert '"connected":"false"' in line
        service.wait(LIMIT)
        bus.wait_until_left()
        bus.start()
        while '"event":"service"' not in (line := watch.stdout.readline()):
            assert line
        assert '"connected":"true"' in line
        watch.terminate()
        assert watch.wait(LIMIT) == 130
        watch.stdout.close()


def read_terminal(master, until):
    text = b''
    poll = select.poll()
    poll.register(master, select.POLLIN)
    while until not in text:
        assert poll.poll(LIMIT * 1000), text
        text += os.read(master, 1000)
    return text


def test_passwords_are_not_shown():
    with Bus() as bus:
        bus.start()
        master, slave = pty.openpty()
        user = Desk(bus)
        # A session of its own, whose controlling terminal the pty becomes when it is opened.
        def own_terminal():
            os.setsid()
            os.close(os.open(os.ttyname(slave), os.O_RDWR))
        process = user.start('account', 'add', 'alice@localhost', stdin=slave, stdout=slave, stderr=slave,
                             preexec_fn=own_terminal)
        before = read_terminal(master, b'Password: ')
        assert not termios.tcgetattr(master)[3] & termios.ECHO
        os.write(master, b'secret\n')
        after = read_terminal(master, b'alice@localhost')
        assert process.wait(LIMIT) == 0
        assert b'secret' not in before + after, after
        assert termios.tcgetattr(master)[3] & termios.ECHO
        # A new one is typed twice.
        for words, status in ((('secret', 'long enough', 'long  enough'), 1),
                              (('secret', 'long enough', 'long enough'), 0)):
            process = user.start('account', 'password', stdin=slave, stdout=slave, stderr=slave,
                                 preexec_fn=own_terminal)
            for prompt, word in zip((b'Password: ', b'New password: ', b'Again: '), words):
                assert b'secret' not in read_terminal(master, prompt)
                os.write(master, f'{word}\n'.encode())
            if status:
                read_terminal(master, b'not the same')
            assert process.wait(LIMIT) == status, words
        # The terminal is put in order after Ctrl-C as well.
        process = user.start('account', 'add', 'bob@localhost', stdin=slave, stdout=slave, stderr=slave,
                             preexec_fn=own_terminal)
        read_terminal(master, b'Password: ')
        os.write(master, b'\x03')
        assert process.wait(LIMIT) == 130
        assert termios.tcgetattr(master)[3] & termios.ECHO
        os.close(master)
        os.close(slave)
        # Without a terminal it says so instead of reading from somewhere.
        done = subprocess.run([CTL, 'account', 'add', 'bob@localhost'], env=bus.environment, capture_output=True,
                              check=False, start_new_session=True, stdin=subprocess.DEVNULL, timeout=LIMIT)
        assert done.returncode == 1 and b'--password-stdin' in done.stderr, done


if __name__ == '__main__':
    tap.run([
        test_usage,
        test_no_service,
        test_no_account,
        test_status,
        test_contacts,
        test_settled_about_contacts,
        test_avatar,
        test_password,
        test_show_contact,
        test_groups,
        test_all_accounts,
        test_open_windows,
        test_messages,
        test_terminals_are_safe,
        test_long_history,
        test_history,
        test_applications,
        test_sessions,
        test_pick,
        test_watch,
        test_the_service_leaves,
        test_passwords_are_not_shown,
    ])
