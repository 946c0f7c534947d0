# SPDX-License-Identifier: GPL-3.0-or-later
"""The end: what was promised, what the devices have, what the server's file has."""
import re
import sqlite3

from ledger import Broken, Stuck

RELATIONS = ('none', 'asked', 'asking', 'accepted')
COMPLAINT = re.compile(r'-CRITICAL \*\*|-ERROR \*\*|Sanitizer: |runtime error: ')


def check_logs(folder):
    """What a program says that should never happen."""
    for path in [folder / 'server.log', *folder.glob('logs/*.log')]:
        for line in path.read_text(encoding='utf-8', errors='replace').splitlines():
            if COMPLAINT.search(line):
                raise Stuck(f'{path.name}: {line}')


def check(world):
    check_logs(world.folder)
    file = sqlite3.connect(world.server.database)
    try:
        check_file(file)
        for account in world.accounts:
            rows = read_mailbox(file, account)
            check_mailbox(world.ledger, account, rows)
            for device in account.devices:
                check_device(world.ledger, account, device, rows)
                check_contacts(file, account, device)
            check_keeping(file, account)
        check_promises(world.ledger, {account.name: read_mailbox(file, account) for account in world.accounts})
        for service, chats in world.chats.items():
            service.check(chats, read_mailbox(file, service.account))
        for session in world.ledger.sessions.values():
            check_session(session, {service.account.name for service in world.services})
    finally:
        file.close()


def check_file(file):
    found = file.execute('PRAGMA integrity_check').fetchall()
    if found != [('ok',)]:
        raise Broken(f'The server\'s file is damaged: {found[:5]}')
    for name, last, count in file.execute('SELECT name, last_seq, n_messages FROM accounts'):
        rows, highest = file.execute('SELECT count (*), max (seq) FROM messages WHERE owner ='
                                     ' (SELECT id FROM accounts WHERE name = ?)', (name,)).fetchone()
        if rows != count or (highest or 0) > last:
            raise Broken(f'{name} has {rows} messages up to {highest}, and the file says {count} up to {last}', name)


# ---- messages

def read_mailbox(file, account):
    """(number, guid, author, receiver, text) of each message, in order."""
    rows = file.execute('SELECT m.seq, m.guid, m.outgoing, m.peer, m.text FROM messages m JOIN accounts a'
                        ' ON a.id = m.owner WHERE a.name = ? ORDER BY m.seq', (account.address,))
    return [(seq, guid, *((account.address, peer) if outgoing else (peer, account.address)), text)
            for seq, guid, outgoing, peer, text in rows]


def check_mailbox(ledger, account, rows):
    """Nothing that nobody sent, nothing twice, and what one device sent to one person in its order."""
    seen, last = set(), {}
    for seq, guid, author, receiver, text in rows:
        message = ledger.messages.get(guid) or ledger.by_text.get(text)
        if message is None:
            raise Broken(f'{account.name} has a message that nobody sent: {seq} {text}', text)
        if text != message.text or not receiver.startswith(message.to + '@'):
            raise Broken(f'{account.name} has {seq} {text} to {receiver}, and sent was {message.text} to {message.to}',
                         message.guid)
        if message.refused:
            raise Broken(f'{account.name} has {text}, which was refused: {message.refused}', text, guid)
        if text in seen:
            raise Broken(f'{account.name} has {text} twice', text, guid)
        seen.add(text)
        way = (message.sender, message.to)
        if text < last.get(way, ''):
            raise Broken(f'{account.name} has {text} behind {last[way]}', text, last[way])
        last[way] = text


def check_device(ledger, account, device, rows):
    """The device has what the file has, with the same numbers."""
    mine = [(fact['seq'], fact['message'], fact['from'], fact['to'], fact['text'])
            for fact in device.facts if fact['type'] == 'message']
    if mine == rows:
        return
    lost, more = sorted(set(rows) - set(mine)), sorted(set(mine) - set(rows))
    said = f'{device.label} and the file of {account.name} differ'
    if lost:
        said += f'; the device lacks {len(lost)}: {lost[0][0]} {lost[0][4]} … {lost[-1][0]} {lost[-1][4]}'
    if more:
        said += f'; the file lacks {len(more)}: {more[0][0]} {more[0][4]} … {more[-1][0]} {more[-1][4]}'
    rows = [*lost, *more]
    times = [ledger.by_text[row[4]].begun for row in rows if row[4] in ledger.by_text]
    raise Broken(said, *(row[4] for row in rows[:1]), f'  {device.label}: ', times=times[:1])


def check_promises(ledger, mailboxes):
    """What the server said it has, both sides have."""
    texts = {name: {row[4] for row in rows} for name, rows in mailboxes.items()}
    for message in ledger.messages.values():
        for name in (message.account, message.to):
            if message.acked and message.text not in texts[name]:
                raise Broken(f'The server took {message.text}, and {name} does not have it', message.text,
                             times=[message.begun, message.acked])


# ---- contacts

def read_contacts(file, account):
    rows = file.execute('SELECT c.name, c.relation, c.blocked, c.alias, c.groups FROM contacts c JOIN accounts a'
                        ' ON a.id = c.owner WHERE a.name = ?', (account.address,))
    return {name: (RELATIONS[relation], bool(blocked), alias, tuple(sorted((groups or '').split())))
            for name, relation, blocked, alias, groups in rows}


def read_groups(file, account):
    return dict(file.execute('SELECT g.guid, g.name FROM groups g JOIN accounts a ON a.id = g.owner WHERE a.name = ?'
                             ' AND g.name IS NOT NULL', (account.address,)))


def check_contacts(file, account, device):
    """The last that the device was told of each contact and group is how they are."""
    stored = read_contacts(file, account)
    told = {fact['who']: (fact['relation'], fact['blocked'], fact.get('alias'), tuple(sorted(fact.get('groups', ()))))
            for fact in device.facts if fact['type'] == 'contact'}
    strangers = {who for who, row in stored.items() if row[0] == 'none' and not row[1]}
    for who in stored.keys() | told.keys():
        if told.get(who) != stored.get(who) and not (who in strangers and who not in told):
            raise Broken(f'{device.label} was told that {who} is {told.get(who)}, and the file says {stored.get(who)}',
                         who, f'  {device.label}: ')
    groups = {fact['group']: fact.get('name') for fact in device.facts if fact['type'] == 'group'}
    mine, theirs = {guid: name for guid, name in groups.items() if name is not None}, read_groups(file, account)
    if mine != theirs:
        raise Broken(f'{device.label} has the groups {mine}, and the file {theirs}', device.label)


def check_keeping(file, account):
    """The last change that the server took is what counts."""
    contacts, groups = read_contacts(file, account), read_groups(file, account)
    for who, alias in account.aliases.items():
        if contacts[who][2] != alias:
            raise Broken(f'{account.name} called {who} {alias}, and the file says {contacts[who][2]}', alias,
                         account.name)
    mine = {guid: name for guid, (name, _members) in account.groups.items()}
    if mine != groups:
        raise Broken(f'{account.name} made the groups {mine}, and the file has {groups}', account.name)
    for guid, (name, members) in account.groups.items():
        stored = {who for who, row in contacts.items() if guid in row[3]}
        if stored != members:
            raise Broken(f'{account.name} put {members} into {name}, and the file has {stored}', guid)
    no, yes = ('none', False), ('accepted', False)  # a request that was open is gone with a block
    expected = {None: {no, None}, 'add': {yes}, 'block': {('accepted', True), ('none', True)}, 'unblock': {yes, no},
                'remove': {no}}[account.relation]
    row = contacts.get(account.acquaintance.address)
    if (row and row[:2]) not in expected:
        raise Broken(f'The last that {account.name} did to {account.acquaintance.name} was {account.relation}, and'
                     f' the file says {row}', account.acquaintance.address)


# ---- sessions

def check_session(session, with_services):
    for label, reason in session.ends.items():
        if reason is None:
            raise Broken(f'{label} never heard how session {session.guid} ended', session.guid)
    for label, said in session.said.items():
        others = [other for other in session.between if other != label]
        if not others and session.to in with_services:
            continue  # a service had invited as well, and took this one instead
        heard = session.heard.get(others[0], []) if others else []
        if heard != said:
            raise Broken(f'In session {session.guid}, {label} said {said}, and {others} heard {heard}', session.guid)
