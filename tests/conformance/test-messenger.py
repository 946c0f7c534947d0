#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMessenger, services, contacts and conversations as Messenger1, Account1 and Conversation1: two users and the real
server."""
import contextlib
import json
import os
import pathlib
import sqlite3
import sys
import tempfile

from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'tools'))
import tap
from bed import CONTACTS
from stage import (ALICE, APP, BOB, INVITATION, ROOT, TERMINATED, UNKNOWN, Duet, Failure, program, refused, text, wait)

OFFLINE, ONLINE = 1, 2
ASKED, ASKING, FRIENDS = 1, 2, 3
DELIVERED, READ = 4, 5  # BeckonDelivery
WIDE = 'ä'  # two bytes of UTF-8: limits are in bytes
stage = Duet()


def call(side, method, signature='()', *values):
    """A method of the account of alice (0) or bob (1)."""
    return stage.ui[side].call('Account1', method, signature, *values, path=stage.accounts[side])


def get(side, name):
    return stage.ui[side].get('Account1', name, stage.accounts[side])


def contact(side, who):
    """(display name, relation, blocked, status, personal message, request, unread, facts) or None."""
    return next((c[1:] for c in call(side, *CONTACTS) if c[0] == who), None)


def add_account(side, who, password='secret', **options):
    options = {'server': text(stage.pair.server_address), **options}
    return stage.ui[side].call('Messenger1', 'AddAccount', '(ssa{sv})', who, password, options)


def remove_account(side, path):
    stage.ui[side].call('Messenger1', 'RemoveAccount', '(o)', path)


def newcomer(name, side=0):
    """An account beside the one that is there, made on the server."""
    return add_account(side, f'{name}@localhost', register=GLib.Variant('b', True))


# ---- accounts ----

def test_accounts():
    two = stage()
    first = two.accounts[0]
    assert two.ui[0].call('Messenger1', 'ListAccounts') == [first]
    assert two.ui[0].get('Messenger1', 'PrimaryAccount') == first
    second = newcomer('second')
    two.ui[0].wait_signal('AccountsChanged', ROOT, lambda a: a == (1, 0, [second]))
    assert two.ui[0].call('Messenger1', 'ListAccounts') == [first, second]
    assert two.ui[0].get('Messenger1', 'PrimaryAccount') == first
    remove_account(0, second)
    two.ui[0].wait_signal('AccountsChanged', ROOT, lambda a: a == (1, 1, []))
    assert two.ui[0].call('Messenger1', 'ListAccounts') == [first]
    refused('NotFound', two.ui[0].call, 'Messenger1', 'RemoveAccount', '(o)', second)


def test_account_names():
    two = stage()
    assert get(0, 'SignInName') == ALICE and get(0, 'Server') == two.pair.server_address
    path = add_account(0, 'NAMED@localhost', register=GLib.Variant('b', True), **{'display-name': text('Näme')})
    account = two.ui[0].get_all('Account1', path)
    assert account['SignInName'] == 'named@localhost' and account['DisplayName'] == 'Näme'
    remove_account(0, path)


def test_add_account_refused():
    two = stage()
    refused('AlreadyLoggedOn', add_account, 0, ALICE, 'correct horse')
    refused('InvalidPassword', add_account, 0, 'nobody@localhost')
    refused('InvalidPassword', add_account, 0, BOB, 'wrong')
    refused('AccountExists', add_account, 0, BOB, register=GLib.Variant('b', True))
    refused('Connect', add_account, 0, 'x@localhost', server=text('ws://127.0.0.1:1'))
    refused('InvalidServerName', add_account, 0, 'x@localhost', server=text('no address'))
    for bad in ('', 'x', '@localhost', 'x@', 'x @localhost', 'x@local host', 'x@localhost\r\n'):
        refused('InvalidArgument', add_account, 0, bad)
    assert two.ui[0].call('Messenger1', 'ListAccounts') == [two.accounts[0]]


def test_sign_in_name_limit():
    """129 bytes: 64 before the @, 64 behind it, and not one more on either side."""
    stage()
    labels = '.'.join(['x' * 31, 'y' * 32])  # 64 bytes
    refused('UserNotFound', call, 0, 'AddContact', '(ss)', 'n' * 64 + '@' + labels, '')
    for who in ('n' * 65 + '@' + labels, 'n' * 64 + '@' + labels + 'z', 'n' * 65 + '@x'):
        refused('InvalidArgument', call, 0, 'AddContact', '(ss)', who, '')


def test_password_limit():
    """256 bytes, and not one more."""
    stage()
    path = add_account(0, 'long@localhost', WIDE * 128, register=GLib.Variant('b', True))
    remove_account(0, path)
    path = add_account(0, 'long@localhost', WIDE * 128)
    remove_account(0, path)
    refused('InvalidArgument', add_account, 0, 'long@localhost', 'x' * 257)
    refused('InvalidPassword', add_account, 0, 'long@localhost', WIDE * 127)


def test_sign_out_and_in():
    two = stage()
    seen = len(two.ui[1].signals)
    call(1, 'SignOut')
    assert get(1, 'State') == 'offline' and get(1, 'Status') == OFFLINE
    wait(lambda: contact(0, BOB)[3] == OFFLINE, 'bob to be seen leaving')
    two.ui[1].call('Account1', 'SignIn', '(sa{sv})', '', {}, path=two.accounts[1])
    assert get(1, 'State') == 'online' and get(1, 'Status') == ONLINE
    wait(lambda: contact(0, BOB)[3] == ONLINE, 'bob to be seen coming')
    told = [s[2]['Status'] for s in two.ui[1].signals[seen:] if s[1] == 'Changed' and 'Status' in s[2]]
    assert told == [0x400, OFFLINE, 0x100, 0x200, 0x300, ONLINE], told
    refused('InvalidPassword', call, 1, 'SignIn', '(sa{sv})', 'wrong', {})
    call(1, 'SignIn', '(sa{sv})', 'correct horse', {})
    wait(lambda: contact(0, BOB)[3] == ONLINE, 'bob to be seen coming')


def test_error_of_an_account():
    two = stage()
    call(1, 'SignOut')
    assert get(1, 'ErrorName') == '' == get(1, 'ErrorText')
    refused('InvalidPassword', call, 1, 'SignIn', '(sa{sv})', 'wrong', {})
    assert get(1, 'ErrorName') == 'im.beckon.Error.InvalidPassword' and get(1, 'ErrorText') != ''
    call(1, 'SignIn', '(sa{sv})', 'correct horse', {})
    assert get(1, 'ErrorName') == ''
    two.pair.wait_relation(0, BOB, 3)


# ---- status ----

def test_my_status():
    """The own status, each with its number, as its owner and as a friend sees it: invisible looks like offline."""
    stage()
    for status in (0xA, 0xE, 0x12, 0x22, 0x32, 0x42, 0x6, 0x2):
        call(1, 'SetStatus', '(us)', status, f'now {status}')
        assert get(1, 'WantedStatus') == status == get(1, 'Status') and get(1, 'PersonalMessage') == f'now {status}'
        seen = OFFLINE if status == 6 else status
        wait(lambda: contact(0, BOB)[3] == seen, f'status {status}')
        if status != 6:
            assert contact(0, BOB)[4] == f'now {status}'
    call(1, 'SetStatus', '(us)', ONLINE, '')


def test_on_my_status_change():
    two = stage()
    call(0, 'SetStatus', '(us)', 0xA, '')
    two.ui[0].wait_signal('Changed', two.accounts[0], lambda c: c.get('Status') == 0xA)
    call(0, 'SetStatus', '(us)', ONLINE, '')
    two.ui[0].wait_signal('Changed', two.accounts[0], lambda c: c.get('Status') == ONLINE)


def test_status_that_cannot_be_chosen():
    stage()
    for status in (0, 1, 3, 0x100, 0x200, 0x300, 0x400, 0xFFFFFFFF):
        refused('InvalidArgument', call, 0, 'SetStatus', '(us)', status, '')
    assert get(0, 'Status') == ONLINE


def test_my_friendly_name():
    two = stage()
    call(0, 'SetDisplayName', '(s)', 'Alice im Wunderland')
    two.ui[0].wait_signal('Changed', two.accounts[0], lambda c: c.get('DisplayName') == 'Alice im Wunderland')
    assert get(0, 'DisplayName') == 'Alice im Wunderland'
    wait(lambda: contact(1, ALICE)[0] == 'Alice im Wunderland', 'bob to see it')
    for bad in ('', WIDE * 64 + 'x', 'a\nb', 'a\x07'):
        refused('InvalidArgument', call, 0, 'SetDisplayName', '(s)', bad)
    call(0, 'SetDisplayName', '(s)', WIDE * 64)
    call(0, 'SetDisplayName', '(s)', 'Alice')


# ---- contacts ----

def test_contacts():
    """Ordered by sign-in name, without oneself."""
    two = stage()
    paths = [newcomer(name, 1) for name in ('zed', 'amy')]
    for who in ('zed@localhost', 'amy@localhost'):
        call(0, 'AddContact', '(ss)', who, '')
    wait(lambda: contact(0, 'zed@localhost') and contact(0, 'amy@localhost'), 'both')
    assert [c[0] for c in call(0, *CONTACTS)] == ['amy@localhost', BOB, 'zed@localhost']
    page = lambda after, limit: [c[0] for c in call(0, 'ListContacts', '(su)', after, limit)]
    assert page('', 2) == ['amy@localhost', BOB] and page(BOB, 2) == ['zed@localhost'] and page('zed@localhost', 1) == []
    assert page('bo', 1) == [BOB]  # nobody has that name
    for limit in (0, 501):
        refused('InvalidArgument', call, 0, 'ListContacts', '(su)', '', limit)
    assert contact(0, 'zed@localhost')[1] == ASKED
    for who in ('zed@localhost', 'amy@localhost'):
        call(0, 'RemoveContact', '(s)', who)
    for path in paths:
        two.ui[1].call('Account1', 'SignOut', path=path)
        remove_account(1, path)


def test_add_contact_and_the_answers():
    two = stage()
    path = newcomer('carol', 1)
    carol = lambda method, *values: two.ui[1].call('Account1', method, *values, path=path)
    asked = lambda: next((c for c in carol(*CONTACTS) if c[0] == ALICE), None)
    mine = lambda: contact(0, 'carol@localhost')
    call(0, 'AddContact', '(ss)', 'CAROL@localhost', 'It is me')
    wait(lambda: asked() and mine(), 'the request')
    assert asked()[2] == ASKING and asked()[6] == 'It is me' and mine()[1] == ASKED and mine()[3] == 0
    carol('DeclineContact', '(s)', ALICE)
    wait(lambda: asked() is None, 'the end of the request')
    wait(lambda: mine() is None, 'alice to have nobody there')
    call(0, 'AddContact', '(ss)', 'carol@localhost', '')
    wait(lambda: asked() and mine(), 'the next request')
    carol('ApproveContact', '(s)', ALICE)
    wait(lambda: mine()[1] == FRIENDS and mine()[3] == ONLINE, 'the friendship')
    two.ui[0].wait_signal('ContactsChanged', two.accounts[0],
                          lambda a: any(c[0] == 'carol@localhost' and c[2] == FRIENDS for c in a[2]))
    carol('RemoveContact', '(s)', ALICE)
    wait(lambda: mine() is None, 'the end of it')
    two.ui[0].wait_signal('ContactsChanged', two.accounts[0], lambda a: a[1:] == (1, []))
    remove_account(1, path)


def test_add_contact_refused():
    stage()
    refused('UserNotFound', call, 0, 'AddContact', '(ss)', 'zoe@localhost', '')
    refused('AlreadyInList', call, 0, 'AddContact', '(ss)', BOB, '')
    refused('InvalidArgument', call, 0, 'AddContact', '(ss)', ALICE, '')
    for who in ('', 'bob', ' bob@localhost', 'bob@localhost\r', 'bob@local\nhost'):
        refused('InvalidArgument', call, 0, 'AddContact', '(ss)', who, '')
    refused('InvalidArgument', call, 0, 'AddContact', '(ss)', 'zoe@localhost', WIDE * 256 + 'x')
    refused('NotFound', call, 0, 'RemoveContact', '(s)', 'zoe@localhost')
    refused('NotFound', call, 0, 'ApproveContact', '(s)', 'zoe@localhost')
    refused('NotFound', call, 0, 'DeclineContact', '(s)', 'zoe@localhost')


def test_contact_list_limit():
    """10,000, and not one more. That the list of another is full is not told, because a block would show by it: the
    request waits for room. All but one are written straight into the server's database."""
    two = stage()
    full = newcomer('full')
    names = [f'{letter}@localhost' for letter in 'pq']
    others = [newcomer(name.split('@')[0], 1) for name in names]
    with contextlib.closing(sqlite3.connect(two.buses[0].dir / 'server' / 'db.sqlite', timeout=60)) as base, base:
        owner = base.execute("SELECT id FROM accounts WHERE name = 'full@localhost'").fetchone()[0]
        base.executemany('INSERT INTO contacts (owner, other, name, relation, blocked, seq) VALUES (?, ?, ?, 3, 0, 0)',
                         [(owner, 1_000_000 + n, f'n{n}@localhost') for n in range(9_999)])
    add = lambda who: two.ui[0].call('Account1', 'AddContact', '(ss)', who, '', path=full)
    add(names[0])
    refused('ListFull', add, names[1])
    two.ui[1].call('Account1', 'AddContact', '(ss)', 'full@localhost', 'Room?', path=others[1])
    of = lambda side, path, who: next((c for c in two.ui[side].call('Account1', *CONTACTS, path=path) if c[0] == who), None)
    wait(lambda: of(1, others[1], 'full@localhost'), 'the request to be open')
    assert of(0, full, names[1]) is None
    two.ui[0].call('Account1', 'RemoveContact', '(s)', names[0], path=full)
    wait(lambda: of(0, full, names[1]), 'the request to be shown')
    assert of(0, full, names[1])[2] == ASKING and of(0, full, names[1])[6] == 'Room?'
    for side, path in ((0, full), *((1, other) for other in others)):
        remove_account(side, path)


def test_blocked():
    """Who is blocked is not told: for bob, alice is offline."""
    stage()
    call(0, 'SetContactBlocked', '(sb)', BOB, True)
    wait(lambda: contact(0, BOB)[2] is True, 'the block')
    wait(lambda: contact(1, ALICE)[3] == OFFLINE, 'alice to look offline')
    call(0, 'SetContactBlocked', '(sb)', BOB, False)
    wait(lambda: contact(0, BOB)[2] is False, 'the end of it')
    wait(lambda: contact(1, ALICE)[3] == ONLINE, 'alice to look online')


def test_on_contact_status_change():
    two = stage()
    call(1, 'SetStatus', '(us)', 0x22, 'walking')
    two.ui[0].wait_signal('ContactsChanged', two.accounts[0],
                          lambda a: a[1] == 1 and [(c[0], c[4], c[5]) for c in a[2]] == [(BOB, 0x22, 'walking')])
    call(1, 'SetStatus', '(us)', ONLINE, '')
    wait(lambda: contact(0, BOB)[3] == ONLINE, 'bob')


def test_on_contact_friendly_name_change():
    two = stage()
    call(1, 'SetDisplayName', '(s)', 'Robert')
    two.ui[0].wait_signal('ContactsChanged', two.accounts[0],
                          lambda a: a[1] == 1 and [c[:2] for c in a[2]] == [(BOB, 'Robert')])
    call(1, 'SetDisplayName', '(s)', 'Bob')


# ---- conversations ----

def talk(side, who):
    return call(side, 'GetConversation', '(s)', who)


def test_conversation():
    two = stage()
    path = talk(0, BOB)
    assert path == talk(0, BOB.upper())
    values = two.ui[0].get_all('Conversation1', path)
    assert values['Who'] == BOB and values['Account'] == two.accounts[0] and values['Unread'] == 0
    for who in ('', 'bob', 'bob@local host'):
        refused('InvalidArgument', talk, 0, who)


def test_messages():
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    say = lambda words: two.ui[0].call('Conversation1', 'SendMessage', '(sa{sv})', words, {}, path=mine)
    sent = say('Grüße\nan dich')
    assert sent[2:4] == (True, 'Grüße\nan dich') and sent[5] == 1
    two.ui[0].wait_signal('MessageChanged', mine, lambda a: a[0][0] == sent[0] and a[0][5] == 2)
    came = two.ui[1].wait_signal('MessageAdded', theirs, lambda a: a[0][1] == sent[1])[2][0]
    assert came[2:4] == (False, 'Grüße\nan dich') and came[5] == 0
    two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Unread') == 1)
    assert contact(1, ALICE)[6] == 1
    two.ui[1].call('Conversation1', 'MarkRead', '(x)', came[0], path=theirs)
    two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Unread') == 0)
    wait(lambda: contact(1, ALICE)[6] == 0, 'the contact to say so too')
    again = say('two')
    page = lambda before, limit: two.ui[0].call('Conversation1', 'ListMessages', '(xu)', before, limit, path=mine)
    assert [m[0] for m in page(0, 2)] == [sent[0], again[0]]
    assert [m[0] for m in page(0, 1)] == [again[0]]
    assert page(again[0], 1)[0][0] == sent[0]
    for limit in (0, 501):
        refused('InvalidArgument', page, 0, limit)
    assert page(0, 500)


def test_messages_after():
    """Forwards from any place in the history, without a gap and without one twice."""
    two = stage()
    mine = talk(0, BOB)
    sent = [m[0] for m in say(0, mine, *(f'number {i}' for i in range(5)))]

    def page(after, limit):
        return [m[0] for m in two.ui[0].call('Conversation1', 'ListMessagesAfter', '(xu)', after, limit, path=mine)]
    assert page(sent[0], 2) == sent[1:3]
    assert page(sent[2], 500) == sent[3:]
    assert page(sent[4], 1) == []
    assert page(0, 500)[-5:] == sent
    for after, limit in ((0, 0), (0, 501), (-1, 1)):
        refused('InvalidArgument', page, after, limit)


def test_draft():
    """What was written and not sent stays, and every window and the contact list hear of it."""
    two = stage()
    mine = talk(0, BOB)
    draft = lambda words: two.ui[0].call('Conversation1', 'SetDraft', '(s)', words, path=mine)
    assert two.ui[0].get('Conversation1', 'Draft', mine) == ''
    draft('Dear Bob,\n')
    two.ui[0].wait_signal('Changed', mine, lambda c: c.get('Draft') == 'Dear Bob,\n')
    two.ui[0].wait_signal('ContactsChanged', two.accounts[0],
                          lambda a: any(c[0] == BOB and c[8].get('draft') == 'Dear Bob,\n' for c in a[2]))
    refused('InvalidArgument', draft, 'x' * 16385)
    refused('InvalidArgument', draft, 'bell\a')
    assert two.ui[0].get('Conversation1', 'Draft', mine) == 'Dear Bob,\n'
    draft('')
    two.ui[0].wait_signal('Changed', mine, lambda c: c.get('Draft') == '')


def test_newest_entry():
    """The contact list knows the newest entry of each conversation."""
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    two.ui[0].call('Conversation1', 'SendMessage', '(sa{sv})', 'the very last', {}, path=mine)

    def tells(side, who, outgoing, delivery):
        two.ui[side].wait_signal('ContactsChanged', two.accounts[side], lambda a: any(
            (c[0], c[8].get('last-text'), c[8].get('last-outgoing', False), c[8].get('last-delivery')) ==
            (who, 'the very last', outgoing, delivery) and c[8]['last-time'] > 0 for c in a[2]))
    tells(0, BOB, True, 1)
    tells(0, BOB, True, 2)
    tells(1, ALICE, False, 0)
    two.ui[1].call('Conversation1', 'MarkRead', '(x)', 1 << 60, path=theirs)


# ---- the history as a whole ----

def search(side, words, who='', before=0, limit=200, account='/'):
    return stage.ui[side].call('Messenger1', 'SearchMessages', '(sosxu)', words, account, who, before, limit)


def say(side, path, *texts):
    return [stage.ui[side].call('Conversation1', 'SendMessage', '(sa{sv})', words, {}, path=path) for words in texts]


def test_search():
    """All words, each from its beginning, whatever case and accents; newest first, and page after page."""
    two = stage()
    mine = talk(0, BOB)
    sent = say(0, mine, 'Zürich Flughafen', 'zurich airport', 'Flugzeug nach Zürich', '東京へ行く')
    found = search(0, 'ZURICH flug')
    assert [(f[0], f[1], f[2][0]) for f in found] == [(two.accounts[0], BOB, m[0]) for m in (sent[2], sent[0])]
    assert found[0][2][3] == 'Flugzeug nach Zürich'
    assert [f[2][0] for f in search(0, '"zürich flug')] == [sent[0][0]]
    assert [f[2][0] for f in search(0, '東京', who=BOB, account=two.accounts[0])] == [sent[3][0]]
    assert search(0, 'zurich', who=ALICE) == []
    first = search(0, 'zurich', limit=2)
    assert [f[2][0] for f in first] + [f[2][0] for f in search(0, 'zurich', before=first[1][2][0], limit=2)] == \
        [sent[2][0], sent[1][0], sent[0][0]]
    for words in ('', 'x' * 257, 'bell\a'):
        refused('InvalidArgument', search, 0, words)
    refused('InvalidArgument', search, 0, 'x', limit=0)
    refused('InvalidArgument', search, 0, 'x', limit=201)
    refused('InvalidArgument', search, 0, 'x', before=-1)
    refused('InvalidArgument', search, 0, 'x', who='nobody')
    refused('NotFound', search, 0, 'x', account='/im/beckon/Beckon/Account/4711')


def test_searching_while_typing():
    """Each search of a program ends the one before: what is answered is the last one, and maybe some before it."""
    two = stage()
    sent = say(0, talk(0, BOB), 'typewriter')
    calls = [two.ui[0].begin('im.beckon.Beckon.Service', ROOT, 'im.beckon.Messenger1', 'SearchMessages',
                             GLib.Variant('(sosxu)', ('typewriter'[:n], '/', '', 0, 50))) for n in range(1, 11)]
    for call_ in calls[:-1]:
        try:
            assert two.ui[0].finish(call_)[0][2][0] == sent[0][0]
        except Failure as failure:
            assert failure.name == 'Cancelled', failure
    assert [f[2][0] for f in two.ui[0].finish(calls[-1])] == [sent[0][0]]


def export(side, fd, who='', handle=0):
    account = stage.accounts[side]
    return stage.ui[side].call_fd('Account1', 'ExportHistory', '(sh)', fd, who, handle, path=account)


def test_export_history():
    two = stage()
    mine = talk(0, BOB)
    sent = say(0, mine, 'for the "record"\n')
    for who in ('', BOB):
        with tempfile.TemporaryFile() as file:
            export(0, file.fileno(), who)
            file.seek(0)
            history = json.load(file)
        assert history['account'] == ALICE and history['exported'].endswith('Z'), history
        talks = {c['who']: c for c in history['conversations']}
        last = talks[BOB]['messages'][-1]
        assert (last['id'], last['from'], last['text']) == (sent[0][0], ALICE, 'for the "record"\n'), last
        assert {'id', 'time', 'from', 'text', 'delivery'} <= last.keys()
    with open('/dev/null', 'rb') as file:
        refused('InvalidArgument', export, 0, file.fileno())
    with tempfile.TemporaryFile() as file:
        refused('InvalidArgument', export, 0, file.fileno(), 'nobody')
        for handle in (-1, 1, -2 ** 31):  # there is one descriptor
            refused('InvalidArgument', export, 0, file.fileno(), handle=handle)
    with open('/dev/full', 'wb') as file:
        refused('Storage', export, 0, file.fileno())
    terminal = os.openpty()
    refused('InvalidArgument', export, 0, terminal[1])
    for end in terminal:
        os.close(end)


def test_export_ends_with_the_caller():
    """Nobody reads what is written into the pipe: a second one is refused, until the first one's caller leaves."""
    two = stage()
    leaving = program(two.buses[0])
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    leaving.begin_fd('Account1', 'ExportHistory', '(sh)', writing, '', 0, path=two.accounts[0])
    leaving.call('Messenger1', 'ListAccounts')  # is looked at after the call before

    def possible():
        with open('/dev/null', 'wb') as file:
            try:
                export(0, file.fileno())
            except Failure as failure:
                assert failure.name == 'LimitExceeded', failure
                return False
            return True
    assert not possible()
    leaving.close()
    wait(possible, 'the export to end')
    os.close(reading)
    os.close(writing)


def test_clear_history():
    """One person's messages, then everybody's; what waits to be sent stays."""
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    last = say(0, mine, 'to be forgotten')[0]
    two.ui[1].wait_signal('MessageAdded', theirs, lambda a: a[0][3] == 'to be forgotten')
    two.ui[0].wait_signal('MessageChanged', mine, lambda a: a[0][0] == last[0] and a[0][5] == 2)
    call(0, 'ClearHistory', '(s)', BOB)
    assert two.ui[0].wait_signal('MessagesCleared', mine)[2][0] >= last[0]
    left = two.ui[0].call('Conversation1', 'ListMessages', '(xu)', 0, 500, path=mine)
    assert all('session' in m[7] for m in left), left
    assert search(0, 'forgotten') == []
    assert 'last-text' not in contact(0, BOB)[7] or contact(0, BOB)[7]['last-text'] != 'to be forgotten'
    assert search(1, 'forgotten')
    call(1, 'ClearHistory', '(s)', '')
    assert search(1, 'forgotten') == []
    call(0, 'ClearHistory', '(s)', 'nobody@localhost')
    refused('InvalidArgument', call, 0, 'ClearHistory', '(s)', 'nobody')


def test_message_limit():
    """16384 bytes, and not one more."""
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    say = lambda words: two.ui[0].call('Conversation1', 'SendMessage', '(sa{sv})', words, {}, path=mine)
    refused('MessageTooLong', say, WIDE * 8192 + 'x')
    refused('InvalidArgument', say, '')
    sent = say(WIDE * 8192)
    two.ui[1].wait_signal('MessageAdded', theirs, lambda a: a[0][1] == sent[1] and a[0][3] == WIDE * 8192)


def test_marks():
    """Ours: a message has been delivered, then read, and whoever does not want others to know that keeps it."""
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    say = lambda words: two.ui[0].call('Conversation1', 'SendMessage', '(sa{sv})', words, {}, path=mine)
    came_to = lambda sent, delivery: two.ui[0].wait_signal(
        'MessageChanged', mine, lambda a: a[0][1] == sent[1] and a[0][5] == delivery)
    read = lambda sent: two.ui[1].call(
        'Conversation1', 'MarkRead', '(x)',
        two.ui[1].wait_signal('MessageAdded', theirs, lambda a: a[0][1] == sent[1])[2][0][0], path=theirs)
    sent = say('seen')
    came_to(sent, DELIVERED)
    read(sent)
    came_to(sent, READ)
    newest = lambda limit: [m[5] for m in two.ui[0].call('Conversation1', 'ListMessages', '(xu)', 0, limit, path=mine)]
    assert newest(1) == [READ]
    up_to = two.ui[1].get('Conversation1', 'ReadUpTo', theirs)
    page = two.ui[1].call('Conversation1', 'ListMessages', '(xu)', 0, 1, path=theirs)
    assert [m[0] for m in page] == [up_to]

    settings = two.ui[1].get('Messenger1', 'Settings')
    two.ui[1].call('Messenger1', 'SetSettings', '(a{sv})', {'read-marks': GLib.Variant('b', False)})
    try:
        secret = say('seen, but not told')
        came_to(secret, DELIVERED)
        read(secret)
        two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('ReadUpTo', 0) > up_to)
    finally:
        two.ui[1].call('Messenger1', 'SetSettings', '(a{sv})',
                       {'read-marks': GLib.Variant('b', settings['read-marks'])})
    later = say('seen and told')
    came_to(later, DELIVERED)
    assert newest(2) == [DELIVERED, DELIVERED]
    read(later)
    came_to(later, READ)
    assert newest(2) == [READ, READ]


def test_typing():
    """Ours: who writes is shown until the message is there."""
    two = stage()
    mine, theirs = talk(0, BOB), talk(1, ALICE)
    two.ui[0].call('Conversation1', 'SetTyping', '(b)', True, path=mine)
    two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Typing') is True)
    two.ui[1].wait_signal('ContactsChanged', two.accounts[1], lambda a: any(c[8].get('typing') for c in a[2]))
    assert two.ui[1].get('Conversation1', 'Typing', theirs)
    two.ui[0].call('Conversation1', 'SendMessage', '(sa{sv})', 'written', {}, path=mine)
    two.ui[1].wait_signal('Changed', theirs, lambda c: c.get('Typing') is False)
    wait(lambda: not contact(1, ALICE)[7].get('typing'), 'the contact to say so too')


# ---- the invitation by hand ----

def test_invite_app():
    two = stage()
    path = two.ui[0].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', BOB, APP.lower(), 'by hand', {})
    values = two.ui[0].get_all('Session1', path)
    assert (values['State'], values['User'], values['Application'], values['AppData']) == \
        (INVITATION, BOB, APP, 'by hand')
    assert path in two.ui[0].call('Messenger1', 'ListSessions')
    two.ui[0].wait_signal('SessionsChanged', ROOT, lambda a: a[1] == 0 and a[2] == [path])
    session = two.ui[1].wait_signal('Invitation', ROOT)[2][0]
    assert two.get_b(session, 'SessionID') == values['SessionID']
    two.ui[0].call('Session1', 'Cancel', '(us)', 0, '', path=path)
    two.ui[1].wait_signal('InvitationOver', ROOT, lambda a: a == (session,))
    two.ui[1].wait_signal('Termination', session)
    # What is over stays listed for a while.
    assert two.ui[0].get('Session1', 'State', path) == TERMINATED
    assert path in two.ui[0].call('Messenger1', 'ListSessions')


def test_invite_app_refused():
    two = stage()
    before = two.ui[0].call('Messenger1', 'ListSessions')
    invite = lambda account, who, guid, data='': two.ui[0].call('Messenger1', 'InviteApp', '(osssa{sv})', account, who,
                                                                guid, data, {})
    refused('InvitedSelf', invite, '/', ALICE, APP)
    refused('UserNotFound', invite, '/', 'zoe@localhost', APP)
    refused('AppNotRegistered', invite, '/', BOB, UNKNOWN)
    refused('NotFound', invite, f'{ROOT}/Account/99', BOB, APP)
    refused('InvalidArgument', invite, '/', BOB, 'x')
    refused('InvalidArgument', invite, '/', 'bob', APP)
    refused('InvalidArgument', invite, '/', BOB, APP, WIDE * 4096 + 'x')
    after = [p for p in two.ui[0].call('Messenger1', 'ListSessions') if p not in before]
    assert all(two.ui[0].get('Session1', 'State', p) == TERMINATED for p in after)


def test_notice():
    two = stage()
    rare = '{0A0B0C0D-2345-4678-9ABC-DEF012345678}'
    two.ui[0].call('Registry1', 'RegisterApplication', '(ssssu)', rare, 'Rare', '', '/bin/cat', 0)
    path = two.ui[0].call('Messenger1', 'InviteApp', '(osssa{sv})', '/', BOB, rare, '', {})
    session = two.ui[1].wait_signal('Invitation', ROOT, lambda a: two.get_b(a[0], 'Application') == rare)[2][0]
    two.call_b(session, 'Accept', '(s)', '')
    notice = two.ui[0].wait_signal('Notice', ROOT, lambda a: a[2] == path)[2]
    assert notice[0] == 'installing' and notice[1].endswith(' is installing Rare.'), notice
    two.ui[1].call('Registry1', 'RegisterApplication', '(ssssu)', rare, 'Rare', '', '/bin/cat', 0)
    notice = two.ui[1].wait_signal('Notice', ROOT, lambda a: a[2] == session)[2]
    assert notice[0] == 'installed' and notice[1].startswith('Rare is installed'), notice
    two.call_b(session, 'Cancel', '(us)', 0, '')


def test_private_to_the_user():
    """The other door has none of this: no accounts, no contacts, no history."""
    two = stage()
    app = program(two.buses[0])
    for path, interface, method in ((ROOT, 'Messenger1', 'ListAccounts'), (two.accounts[0], 'Account1', 'ListContacts'),
                                    (talk(0, BOB), 'Conversation1', 'ListMessages')):
        refused('org.freedesktop.DBus.Error.UnknownMethod', app.call_raw, 'im.beckon.Beckon.Sessions', path,
                f'im.beckon.{interface}', method)


stage.run(tap.run, [
    test_accounts, test_account_names, test_add_account_refused, test_sign_in_name_limit, test_password_limit,
    test_sign_out_and_in, test_error_of_an_account, test_my_status, test_on_my_status_change,
    test_status_that_cannot_be_chosen, test_my_friendly_name, test_contacts, test_add_contact_and_the_answers,
    test_add_contact_refused, test_contact_list_limit, test_blocked, test_on_contact_status_change,
    test_on_contact_friendly_name_change, test_conversation, test_messages, test_messages_after, test_draft,
    test_newest_entry, test_search, test_searching_while_typing, test_export_history, test_export_ends_with_the_caller, test_clear_history,
    test_message_limit, test_marks, test_typing, test_invite_app,
    test_invite_app_refused, test_notice, test_private_to_the_user])
