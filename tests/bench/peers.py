# SPDX-License-Identifier: GPL-3.0-or-later
"""Other messengers, each with an account that is not connected and with contacts, as far as their own files say who
they are: they are filled as the program would have done it, after a first start made them."""
import json
import os
import pathlib
import shutil
import sqlite3
from xml.sax.saxutils import quoteattr

ADDRESS = 'alice@localhost'


def people(number):
    """Address and name of each contact."""
    return [(f'person{i:05}@localhost', f'Person {i * 7919 % 10007}') for i in range(number)]


class Peer:
    """One of them. `words`: how to call it; `note`: what is to be known of its list."""
    name, program, words, note = '', '', (), ''

    def __init__(self, user, contacts):
        self.user = user
        self.contacts = contacts
        # It is an installed program: it has all that is installed, and its own toolkit's way to draw.
        user.environment['XDG_DATA_DIRS'] = '/usr/share'

    def folder(self, variable, *parts):
        return pathlib.Path(self.user.environment[variable], *parts)

    def before(self):
        """What is there before the first start."""

    def fill(self):
        """After the first start."""


class Dino(Peer):
    name, program, words, note = 'Dino', 'dino-im', ('dino-im',), 'a conversation with each'

    def fill(self):
        database = sqlite3.connect(self.folder('XDG_DATA_HOME', 'dino', 'dino.db'))
        with database:
            # One that is not enabled has no list at all. Nothing answers at its address.
            database.execute('INSERT INTO account (bare_jid, resourcepart, password, enabled, mam_earliest_synced) '
                             "VALUES (?, 'bench', '', 1, 0)", [ADDRESS])
            for number, (who, name) in enumerate(people(self.contacts)):
                database.execute("INSERT INTO roster VALUES (1, ?, ?, 'both')", [who, name])
                jid = database.execute('INSERT INTO jid (bare_jid) VALUES (?)', [who]).lastrowid
                database.execute('INSERT INTO conversation (account_id, jid_id, active, last_active, type, encryption, '
                                 'notification, send_typing, send_marker) VALUES (1, ?, 1, ?, 0, 0, 0, 0, 0)',
                                 [jid, 1700000000 + number])
        database.close()


class Gajim(Peer):
    name, program, words, note = 'Gajim', 'gajim', ('gajim',), 'read, and shown on the page of the account'
    if os.geteuid() == 0:  # which it does not like, and asks for no more than this
        words = ('/usr/bin/python3', '-c', 'import os, sys; os.geteuid = lambda: 1000; sys.argv = ["gajim"]; '
                 'from gajim.gajim import main; main()')

    def fill(self):
        settings = sqlite3.connect(self.folder('XDG_CONFIG_HOME', 'gajim', 'settings.sqlite'))
        with settings:
            settings.execute('INSERT OR REPLACE INTO account_settings VALUES (?, ?)', [ADDRESS, json.dumps({'account': {
                'name': 'alice', 'hostname': 'localhost', 'active': True, 'autoconnect': False,
                'account_label': 'alice'}, 'contact': {}, 'group_chat': {}})])
        settings.close()
        cache = sqlite3.connect(self.folder('XDG_CACHE_HOME', 'gajim', 'cache.db'))
        items = [{'__type': 'RosterItem', 'jid': {'__type': 'JID', 'value': who}, 'name': name, 'ask': None,
                  'subscription': 'both', 'approved': None, 'groups': []} for who, name in people(self.contacts)]
        with cache:
            cache.execute('INSERT OR REPLACE INTO roster VALUES (?, ?)', [ADDRESS, json.dumps(items)])
        cache.close()


class Pidgin(Peer):
    name, program, words = 'Pidgin', 'pidgin', ('pidgin', '-n')
    note = 'read, and not shown while the account is offline'

    def before(self):
        folder = self.folder('HOME', '.purple')
        folder.mkdir()
        (folder / 'accounts.xml').write_text(
            "<?xml version='1.0' encoding='UTF-8' ?>\n<account version='1.0'><account><protocol>prpl-jabber</protocol>"
            f"<name>{ADDRESS}/bench</name><settings ui='gtk-gaim'><setting name='auto-login' type='bool'>1</setting>"
            '</settings></account></account>\n', encoding='utf-8')
        buddies = ''.join(f"<contact><buddy account='{ADDRESS}/bench' proto='prpl-jabber'><name>{who}</name>"
                          f'<alias>{quoteattr(name)[1:-1]}</alias></buddy></contact>'
                          for who, name in people(self.contacts))
        (folder / 'blist.xml').write_text(
            f"<?xml version='1.0' encoding='UTF-8' ?>\n<purple version='1.0'><blist><group name='Buddies'>{buddies}"
            '</group></blist><privacy/></purple>\n', encoding='utf-8')


PEERS = (Dino, Gajim, Pidgin)


def installed(peer):
    return shutil.which(peer.program) is not None
