/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-store.h"

/* Ids are never used twice (AUTOINCREMENT): a running server may still hold the id of a device that was removed.
 * Rows of a mailbox carry the name of the other side, so that they outlive its account. */
static const char version_1[] =
  "CREATE TABLE accounts ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL UNIQUE,"
  "  display_name TEXT NOT NULL,"
  "  password TEXT NOT NULL,"
  "  last_seq INTEGER NOT NULL DEFAULT 0,"
  "  n_messages INTEGER NOT NULL DEFAULT 0,"
  "  created INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE devices ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  account INTEGER NOT NULL,"
  "  guid TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  token BLOB NOT NULL UNIQUE,"
  "  last_seen INTEGER NOT NULL,"
  "  UNIQUE (account, guid)"
  ") STRICT;"
  "CREATE TABLE registration_tokens ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  hash BLOB NOT NULL UNIQUE,"
  "  hint TEXT NOT NULL,"
  "  uses INTEGER NOT NULL,"
  "  expires INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE contacts ("
  "  id INTEGER PRIMARY KEY,"
  "  owner INTEGER NOT NULL,"
  "  other INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  relation INTEGER NOT NULL,"
  "  blocked INTEGER NOT NULL,"
  "  request TEXT,"
  "  seq INTEGER NOT NULL,"
  "  UNIQUE (owner, other)"
  ") STRICT;"
  "CREATE INDEX contacts_by_seq ON contacts (owner, seq);"
  "CREATE INDEX contacts_by_other ON contacts (other);"
  "CREATE TABLE messages ("
  "  id INTEGER PRIMARY KEY,"
  "  owner INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  guid TEXT NOT NULL,"
  "  outgoing INTEGER NOT NULL,"
  "  peer TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  time INTEGER NOT NULL"
  ") STRICT;"
  "CREATE UNIQUE INDEX messages_by_seq ON messages (owner, seq);"
  "CREATE UNIQUE INDEX messages_sent ON messages (owner, guid) WHERE outgoing = 1;"
  "CREATE TABLE invitations ("
  "  id INTEGER PRIMARY KEY,"
  "  guid TEXT NOT NULL UNIQUE,"
  "  inviter INTEGER NOT NULL,"
  "  inviter_device INTEGER NOT NULL,"
  "  invitee INTEGER NOT NULL,"
  "  answer_device INTEGER NOT NULL DEFAULT 0,"
  "  installing_device INTEGER NOT NULL DEFAULT 0,"
  "  state INTEGER NOT NULL,"
  "  context_bytes INTEGER NOT NULL DEFAULT 0,"
  "  expires INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX invitations_by_expiry ON invitations (expires);"
  "CREATE INDEX invitations_by_inviter ON invitations (inviter, state);"
  "CREATE TABLE envelopes ("
  "  id INTEGER PRIMARY KEY,"
  "  owner INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  device INTEGER NOT NULL,"
  "  not_device INTEGER NOT NULL,"
  "  session TEXT NOT NULL,"
  "  invite INTEGER NOT NULL,"
  "  frame BLOB NOT NULL,"
  "  expires INTEGER NOT NULL"
  ") STRICT;"
  "CREATE UNIQUE INDEX envelopes_by_seq ON envelopes (owner, seq);"
  "CREATE INDEX envelopes_by_session ON envelopes (session);"
  "CREATE INDEX envelopes_by_expiry ON envelopes (expires);"
  "CREATE TABLE sent_uids ("
  "  account INTEGER NOT NULL,"
  "  uid TEXT NOT NULL,"
  "  expires INTEGER NOT NULL,"
  "  PRIMARY KEY (account, uid)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX sent_uids_by_expiry ON sent_uids (expires);";

/* Lock and Key, alerts, and what the operator's commands leave for the server to do. The key lies here as it is: to verify
 * an answer one needs it. */
static const char version_2[] =
  "CREATE TABLE licenses ("
  "  id TEXT PRIMARY KEY,"
  "  key TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  cloud TEXT NOT NULL,"
  "  issued INTEGER NOT NULL,"
  "  revoked INTEGER NOT NULL DEFAULT 0"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE alerts ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  guid TEXT NOT NULL,"
  "  site INTEGER NOT NULL,"
  "  text TEXT NOT NULL,"
  "  url TEXT,"
  "  time INTEGER NOT NULL,"
  "  expires INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX alerts_by_expiry ON alerts (expires);"
  "CREATE TABLE alert_copies ("
  "  owner INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  alert INTEGER NOT NULL,"
  "  PRIMARY KEY (owner, seq)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX alert_copies_by_alert ON alert_copies (alert);"
  "CREATE TABLE operations ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  operation INTEGER NOT NULL,"
  "  account INTEGER NOT NULL,"
  "  license TEXT,"
  "  alert INTEGER NOT NULL,"
  "  done INTEGER NOT NULL DEFAULT 0"
  ") STRICT;";

/* Groups of contacts; one without a name has been removed. A contact has the ids of its groups, parted by spaces. */
static const char groups[] =
  "CREATE TABLE groups ("
  "  id INTEGER PRIMARY KEY,"
  "  owner INTEGER NOT NULL,"
  "  guid TEXT NOT NULL,"
  "  name TEXT,"
  "  seq INTEGER NOT NULL,"
  "  UNIQUE (owner, guid)"
  ") STRICT;"
  "CREATE INDEX groups_by_seq ON groups (owner, seq);"
  "ALTER TABLE contacts ADD COLUMN groups TEXT;";

/* How many TRANSPORT envelopes each side has sent, and which of those that wait are of that kind. */
static const char transports[] =
  "ALTER TABLE invitations ADD COLUMN inviter_transports INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE invitations ADD COLUMN invitee_transports INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE envelopes ADD COLUMN transport INTEGER NOT NULL DEFAULT 0;";

/* How far messages have come. `outgoing`: those of `owner` at `other`; else those of `other`, which `owner` has seen. The
 * position is that of the message among those of its author. Accounts by number: whoever takes the name of one that was
 * removed starts anew. */
static const char marks[] =
  "CREATE TABLE marks ("
  "  id INTEGER PRIMARY KEY,"
  "  owner INTEGER NOT NULL,"
  "  other INTEGER NOT NULL,"
  "  outgoing INTEGER NOT NULL,"
  "  mark INTEGER NOT NULL,"
  "  message TEXT NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  UNIQUE (owner, other, outgoing, mark)"
  ") STRICT;"
  "CREATE INDEX marks_by_seq ON marks (owner, seq);"
  "CREATE INDEX marks_by_other ON marks (other);";

/* Pictures, each known by its SHA-256, and what somebody has noted about a contact. */
static const char profiles[] =
  "ALTER TABLE accounts ADD COLUMN avatar TEXT;"
  "CREATE TABLE avatars ("
  "  account INTEGER PRIMARY KEY,"
  "  image BLOB NOT NULL"
  ") STRICT;"
  "ALTER TABLE contacts ADD COLUMN alias TEXT;"
  "ALTER TABLE contacts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE contacts ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;";

/* Who did what, and what of it concerns only one device of an account. */
static const char audit[] =
  "CREATE TABLE audit ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  time INTEGER NOT NULL,"
  "  last INTEGER NOT NULL,"
  "  times INTEGER NOT NULL DEFAULT 1,"
  "  actor INTEGER NOT NULL,"
  "  act TEXT NOT NULL,"
  "  about TEXT NOT NULL,"
  "  origin TEXT NOT NULL,"
  "  detail TEXT NOT NULL,"
  "  result TEXT NOT NULL"
  ") STRICT;"
  "CREATE INDEX audit_by_time ON audit (time);"
  "CREATE INDEX audit_by_about ON audit (about, act, id);"
  "ALTER TABLE operations ADD COLUMN device INTEGER NOT NULL DEFAULT 0;";

/* The ages of the file: one more with each time that it was restored from a backup, and where each account stood then. */
static const char epochs[] =
  "CREATE TABLE epochs ("
  "  number INTEGER PRIMARY KEY,"
  "  epoch TEXT NOT NULL UNIQUE,"
  "  began INTEGER NOT NULL"
  ") STRICT;"
  "INSERT INTO epochs (number, epoch, began) VALUES (1, lower (hex (randomblob (16))), 0);"
  "CREATE TABLE restored ("
  "  account INTEGER NOT NULL,"
  "  number INTEGER NOT NULL,"
  "  last_seq INTEGER NOT NULL,"
  "  PRIMARY KEY (account, number)"
  ") STRICT, WITHOUT ROWID;";

/* Who is blocked goes on seeing the name and the picture as they were then: a row is frozen from the block to its end.
 * The picture itself is kept there once the account shows another one. */
static const char frozen[] =
  "ALTER TABLE contacts ADD COLUMN frozen INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE contacts ADD COLUMN frozen_name TEXT;"
  "ALTER TABLE contacts ADD COLUMN frozen_avatar TEXT;"
  "ALTER TABLE contacts ADD COLUMN frozen_image BLOB;"
  "UPDATE contacts SET frozen = 1,"
  "  frozen_name = (SELECT display_name FROM accounts WHERE id = contacts.other),"
  "  frozen_avatar = (SELECT avatar FROM accounts WHERE id = contacts.other)"
  "  WHERE EXISTS (SELECT 1 FROM contacts b WHERE b.owner = contacts.other AND b.other = contacts.owner"
  "  AND b.blocked = 1);"
  "CREATE INDEX contacts_asking ON contacts (other) WHERE relation = 1;";

/* How much each account has: of messages, and of envelopes that wait, which come and go in many places. How far each
 * device has stored what it was sent: what all have may make room. */
static const char sizes[] =
  "ALTER TABLE accounts ADD COLUMN message_bytes INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE accounts ADD COLUMN envelope_bytes INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE devices ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;"
  "UPDATE accounts SET message_bytes ="
  "  (SELECT ifnull (sum (length (CAST (text AS BLOB))), 0) FROM messages WHERE owner = accounts.id),"
  "  envelope_bytes = (SELECT ifnull (sum (length (frame)), 0) FROM envelopes WHERE owner = accounts.id);"
  "CREATE TRIGGER envelope_comes AFTER INSERT ON envelopes BEGIN"
  "  UPDATE accounts SET envelope_bytes = envelope_bytes + length (new.frame) WHERE id = new.owner; END;"
  "CREATE TRIGGER envelope_goes AFTER DELETE ON envelopes BEGIN"
  "  UPDATE accounts SET envelope_bytes = envelope_bytes - length (old.frame) WHERE id = old.owner; END;";

/* When the operator closed the account; 0: it is open. */
static const char disabled[] =
  "ALTER TABLE accounts ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;";

/* Who was to be seen online when the server was ended, and when that was. */
static const char expected[] =
  "CREATE TABLE expected ("
  "  account INTEGER PRIMARY KEY,"
  "  since INTEGER NOT NULL"
  ") STRICT;";

const BkSqliteMigration bk_store_migrations[] = {
  { version_1 }, { version_2 }, { groups }, { transports }, { marks }, { profiles }, { audit }, { epochs },
  { frozen }, { sizes }, { disabled }, { expected },
};
const guint bk_store_n_migrations = G_N_ELEMENTS (bk_store_migrations);
