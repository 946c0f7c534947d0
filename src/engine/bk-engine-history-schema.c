/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of the history. */
#include "bk-engine-history-private.h"

/* Steps that were released are never changed. Text that strangers choose (message_id) is unique within its own
 * conversation and direction only: else one contact could make another's message look like one that is known. */
const BkSqliteMigration _bk_history_migrations[] = {
  { "CREATE TABLE accounts ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  sign_in_name TEXT NOT NULL UNIQUE,"
    "  server TEXT,"
    "  display_name TEXT,"
    "  device TEXT,"
    "  cursor TEXT,"
    "  kept INTEGER NOT NULL DEFAULT 0,"
    "  wants_online INTEGER NOT NULL DEFAULT 0,"
    "  wanted_status INTEGER NOT NULL DEFAULT 2,"
    "  personal_message TEXT"
    ") STRICT;"
    "CREATE TABLE contacts ("
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  who TEXT NOT NULL,"
    "  display_name TEXT,"
    "  relation INTEGER NOT NULL,"
    "  blocked INTEGER NOT NULL,"
    "  request_text TEXT,"
    "  PRIMARY KEY (account, who)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE conversations ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  who TEXT NOT NULL,"
    "  read_up_to INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE (account, who)"
    ") STRICT;"
    "CREATE TABLE messages ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,"
    "  message_id TEXT NOT NULL,"
    "  outgoing INTEGER NOT NULL,"
    "  text TEXT NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  delivery INTEGER NOT NULL,"
    "  error TEXT,"
    "  UNIQUE (conversation, outgoing, message_id)"
    ") STRICT;"
    "CREATE INDEX messages_by_conversation ON messages (conversation);"
    "CREATE INDEX messages_pending ON messages (id) WHERE delivery = 1;"
    "CREATE TABLE open_sessions ("
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  session TEXT NOT NULL,"
    "  who TEXT NOT NULL,"
    "  PRIMARY KEY (session, account)"
    ") STRICT, WITHOUT ROWID;" },
  /* Sessions become entries of their conversation, open until the other side knows that they are over. Their ids and
   * those of messages do not get into each other's way. */
  { "CREATE TABLE entries ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,"
    "  message_id TEXT NOT NULL,"
    "  session INTEGER NOT NULL DEFAULT 0,"
    "  outgoing INTEGER NOT NULL,"
    "  text TEXT NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  delivery INTEGER NOT NULL,"
    "  error TEXT,"
    "  application TEXT,"
    "  application_name TEXT,"
    "  result INTEGER NOT NULL DEFAULT 0,"
    "  result_text TEXT,"
    "  open INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE (conversation, outgoing, session, message_id)"
    ") STRICT;"
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'entries', seq FROM sqlite_sequence WHERE name = 'messages';"
    "INSERT INTO entries (id, conversation, message_id, outgoing, text, time, delivery, error)"
    "  SELECT id, conversation, message_id, outgoing, text, time, delivery, error FROM messages;"
    "INSERT INTO conversations (account, who) SELECT DISTINCT account, who FROM open_sessions WHERE true"
    "  ON CONFLICT DO NOTHING;"
    /* Who invited whom to what was not written down. */
    "INSERT INTO entries (conversation, message_id, session, outgoing, text, time, delivery, application, open)"
    "  SELECT c.id, o.session, 1, 1, 'A session with ' || o.who, unixepoch () * 1000000, 2, '', 1"
    "  FROM open_sessions o JOIN conversations c ON c.account = o.account AND c.who = o.who;"
    "DROP TABLE open_sessions;"
    "DROP TABLE messages;"
    "ALTER TABLE entries RENAME TO messages;"
    "CREATE INDEX messages_by_conversation ON messages (conversation);"
    "CREATE INDEX messages_pending ON messages (id) WHERE delivery = 1;"
    "CREATE INDEX messages_open ON messages (id) WHERE open = 1;" },
  /* Groups, and in which of them a contact is: ids, one a line. */
  { "ALTER TABLE accounts ADD COLUMN is_primary INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE contacts ADD COLUMN groups TEXT;"
    "CREATE TABLE groups ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  id TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  UNIQUE (account, id)"
    ") STRICT;" },
  /* Keys by which contacts have proved who they are, and where the user's own STUN and TURN servers are. */
  { "CREATE TABLE identities ("
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  who TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  PRIMARY KEY (account, who, key)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE connection_servers ("
    "  position INTEGER PRIMARY KEY,"
    "  server TEXT NOT NULL,"
    "  user TEXT NOT NULL"
    ") STRICT;" },
  /* What the user has settled about contacts, conversations and everything; files that were sent. */
  { "ALTER TABLE accounts ADD COLUMN avatar TEXT;"
    "ALTER TABLE contacts ADD COLUMN alias TEXT;"
    "ALTER TABLE contacts ADD COLUMN avatar TEXT;"
    "ALTER TABLE contacts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE contacts ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversations ADD COLUMN draft TEXT;"
    "ALTER TABLE messages ADD COLUMN file_name TEXT;"
    "ALTER TABLE messages ADD COLUMN file_size INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE messages ADD COLUMN file_path TEXT;"
    "CREATE TABLE allowed ("
    "  account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    "  who TEXT NOT NULL,"
    "  guid TEXT NOT NULL,"
    "  PRIMARY KEY (account, who, guid)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE settings ("
    "  name TEXT PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;" },
  /* How far messages have come: see bk-engine-history-marks.c. What is older than this step is told nobody. */
  { "ALTER TABLE conversations ADD COLUMN delivered_time INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversations ADD COLUMN read_time INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversations ADD COLUMN delivered_due INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversations ADD COLUMN read_due INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX conversations_due ON conversations (account) WHERE delivered_due > 0 OR read_due > 0;" },
  /* Each conversation knows its newest entry, 0 for none: lists of ten thousand are read without looking for it. */
  { "ALTER TABLE conversations ADD COLUMN last INTEGER NOT NULL DEFAULT 0;"
    "UPDATE conversations SET last ="
    "  ifnull ((SELECT max (id) FROM messages WHERE conversation = conversations.id), 0);"
    "CREATE TRIGGER messages_last AFTER INSERT ON messages BEGIN"
    "  UPDATE conversations SET last = new.id WHERE id = new.conversation;"
    "END;" },
  /* The index of all words, see bk-engine-history-search.c. It holds no text: what a row has to be removed with is
   * computed again. `place` is a letter for private use that stands for the conversation, and for a few others: whoever
   * asks checks. `upkeep` has one row: entries with ids below `unindexed` are not in the index yet; with `purge`, words
   * of removed ones are still in the file, or its pages are not in order. */
  { "CREATE VIRTUAL TABLE search USING fts5 (text, place, content = '', columnsize = 0, prefix = '2 3',"
    "  tokenize = 'unicode61 remove_diacritics 2');"
    "CREATE TABLE upkeep (unindexed INTEGER NOT NULL, purge INTEGER NOT NULL) STRICT;"
    "INSERT INTO upkeep (unindexed, purge) SELECT ifnull (max (id), 0) + 1, 0 FROM messages;" },
  /* Files that are here in part. */
  { "CREATE TABLE parts ("
    "  account INTEGER NOT NULL,"
    "  who TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  size INTEGER NOT NULL,"
    "  folder TEXT NOT NULL,"
    "  part TEXT NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  PRIMARY KEY (folder, part)"
    ") STRICT, WITHOUT ROWID;" },
  /* Whether others may know what was read is settled when it is read, not when there is a connection. */
  { "ALTER TABLE conversations ADD COLUMN read_tell INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX conversations_due;"
    "CREATE INDEX conversations_due ON conversations (account)"
    "  WHERE delivered_due > 0 OR read_due > 0 OR read_tell > 0;" },
};

const guint _bk_history_n_migrations = G_N_ELEMENTS (_bk_history_migrations);

G_STATIC_ASSERT (BECKON_DELIVERY_PENDING == 1); /* in the indices above */
G_STATIC_ASSERT (BECKON_DELIVERY_SENT == 2);    /* in the second step */
