# SPDX-License-Identifier: GPL-3.0-or-later
"""A history as somebody has it after years: many contacts, a million messages. They are as if an older Beckon had
written them: the index of words is made by whoever opens the file next."""
import bisect
import itertools
import random
import sqlite3
import subprocess

SYLLABLES = ('ka ri to men sal ver in do pel an gro thi us mor bel que sta len fi zu ha der wo nis ä-ö é-lan ñu ßen '
             'tra con ge mi lo su cha bri der ne po xe').replace('-', '').split()


class Words:
    """Words as frequent as those of a language: few make up most of a text."""

    def __init__(self, seed=1, number=40000):
        self.random = random.Random(seed)
        words = set()
        while len(words) < number:
            words.add(''.join(self.random.choices(SYLLABLES, k=self.random.choice((1, 2, 2, 3, 3, 4)))))
        self.words = sorted(words)
        self.random.shuffle(self.words)
        self.weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(number)))
        self.han = [chr(0x4e00 + i) for i in range(3000)]
        self.han_weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(3000)))

    def sentence(self):
        length = 1 + int(self.random.expovariate(1 / 8))
        if self.random.random() < .05:
            return ''.join(self.random.choices(self.han, cum_weights=self.han_weights, k=2 * length))
        return ' '.join(self.random.choices(self.words, cum_weights=self.weights, k=length))

    def any_word(self):
        return self.words[bisect.bisect(self.weights, self.random.random() * self.weights[-1])]


def add_messages(db, words, numbers, count):
    """Much is said with few people: a tenth of them has more than half of it."""
    db.executemany(
        'INSERT INTO messages (conversation, message_id, outgoing, text, time, delivery) VALUES (?, ?, ?, ?, ?, ?)',
        ((numbers[int(len(numbers) * words.random.random() ** 3)], f'id-{i}', i % 2, words.sentence(),
          1_600_000_000_000_000 + i * 60_000_000, 2 if i % 2 else 0) for i in range(count)))


def fill(probe, path, contacts, messages, name='alice@localhost'):
    """@probe: the program history-probe, which makes the file. Returns the words that were used."""
    subprocess.run([probe, path, 'open', '0'], check=True, stdout=subprocess.DEVNULL)
    words = Words()
    db = sqlite3.connect(path)
    db.execute('PRAGMA synchronous = OFF')
    with db:
        account = db.execute("INSERT INTO accounts (sign_in_name, display_name, kept) VALUES (?, 'Alice', 1)",
                             (name,)).lastrowid
        db.executemany('INSERT INTO contacts (account, who, display_name, relation, blocked) VALUES (?, ?, ?, 3, 0)',
                       ((account, f'person{i:05}@localhost', f'Person {i}') for i in range(contacts)))
        db.executemany('INSERT INTO conversations (account, who) VALUES (?, ?)',
                       ((account, f'person{i:05}@localhost') for i in range(contacts)))
        numbers = [row[0] for row in db.execute('SELECT id FROM conversations ORDER BY id')]
        add_messages(db, words, numbers, messages)
        db.execute('UPDATE conversations SET read_up_to = last')
        db.execute('UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)')
    db.close()
    return words


def fill_messages(path, count, most):
    """Adds to what a service has kept, which is not running: messages with all contacts, `most` of them with the first.
    Returns who that is."""
    db = sqlite3.connect(path)
    db.execute('PRAGMA synchronous = OFF')
    with db:
        db.execute('INSERT OR IGNORE INTO conversations (account, who) SELECT account, who FROM contacts')
        numbers = [row[0] for row in db.execute('SELECT id FROM conversations ORDER BY who')]
        words = Words()
        add_messages(db, words, numbers[1:], count - most)
        add_messages(db, words, numbers[:1], most)
        db.execute('UPDATE conversations SET read_up_to = last')
        db.execute('UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)')
        who = db.execute('SELECT who FROM conversations WHERE id = ?', numbers[:1]).fetchone()[0]
    db.close()
    return who


def is_busy(path):
    """There is something left to do in the background."""
    db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    try:
        return db.execute('SELECT max (unindexed, purge) FROM upkeep').fetchone()[0] > 0
    finally:
        db.close()
