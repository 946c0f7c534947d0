/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server keeps: one file per table, each with the jobs that touch it. Every function here runs on the SQLite
 * worker, except those that make and free the structs. A job's struct begins with a BkStoreChanges: what the others
 * must be told once the commit is on disk. Times are microseconds since 1970. */
#pragma once

#include "beckon-enums.h"
#include "beckon-error.h"
#include "bk-frame.h"
#include "bk-limits.h"
#include "bk-sqlite.h"

G_BEGIN_DECLS

#define BK_STORE_MAX_DEVICES BK_LIMIT_DEVICES
#define BK_STORE_TOKEN_HINT 8

/* A durable fact, ready to be sent to the devices of one account. */
typedef struct
{
  gint64 account;
  gint64 seq;
  gint64 device;     /* for this device only; 0: for all */
  gint64 not_device; /* for all but this one; 0: for all */
  GBytes *frame;
} BkStoreEvent;

/* Whether two accounts may see each other's presence from now on. */
typedef struct
{
  gint64 a;
  gint64 b;
  gboolean visible;
} BkStorePair;

typedef struct
{
  GPtrArray *events; /* element-type BkStoreEvent, owned; in the order of their numbers; nullable */
  GArray *pairs;     /* element-type BkStorePair; nullable */
} BkStoreChanges;

/* Who acts. The numbers are in files. */
typedef enum
{
  BK_STORE_ACTOR_OPERATOR = 0,
  BK_STORE_ACTOR_ACCOUNT = 1, /* a device of it that is signed in, or somebody with its password */
  BK_STORE_ACTOR_NOBODY = 2,  /* somebody who is not signed in */
} BkStoreActor;

#define BK_STORE_MAX_AUDIT 100000 /* rows; those that the operator causes are not bounded but by their age */

/* WRITE: something that is to be in the audit and was not a job of its own, or failed. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  BkStoreActor actor;
  char *act;
  char *about;  /* nullable, as the rest */
  char *origin;
  char *detail;
  char *result; /* NULL: done */
} BkStoreAudit;

/* WRITE: a step of throwing away what is too old. */
typedef struct
{
  BkStoreChanges changes;
  gint64 before;
  gint64 after;  /* bk_store_message_sweep (): the row behind which to begin; out: the last one of this step, 0: none */
  guint patience; /* for whoever runs the steps: how many may still find nothing */
  gboolean more; /* out: there was something, so there may be more of it */
} BkStoreSweep;

/* WRITE: who is to be seen online and will be back in a moment. */
typedef struct
{
  BkStoreChanges changes;
  gint64 time;      /* of this moment; of those that are read, none is older */
  GArray *accounts; /* element-type gint64 */
  GPtrArray *names; /* out: element-type char *, owned; of each of them */
} BkStoreExpected;

/* What one account may have. */
typedef struct
{
  guint contacts; /* blocked people and open requests included */
  guint groups;
  guint devices;
  guint sessions;         /* open at once */
  guint requests_open;    /* of its own, not answered yet */
  guint requests_waiting; /* of others that are shown to it */
  guint transports;       /* of each side of a session; not for the operator to change */
  guint messages;
  guint message_bytes;
  guint envelope_bytes; /* of sessions, that wait or that a device may have to be told again */
} BkStoreQuota;
extern const BkStoreQuota bk_store_default_quota; /* and no quota may be above it */

/* READ: the account behind a name. */
typedef struct
{
  BkStoreChanges changes;
  char *name;
  gint64 account; /* out; 0: there is none */
  char *password; /* out: its argon2id string */
} BkStoreLookup;

/* READ and WRITE: making an account; bk_store_register_check () before the expensive hash, bk_store_register ()
 * after. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  char *name;
  char *display_name;
  char *password;       /* its argon2id string, for the second half */
  gboolean needs_token;
  char *token;          /* nullable */
  char *origin;         /* where it is asked for, for the audit; NULL: the operator does it */
} BkStoreRegister;

/* WRITE: a device signs in, with the account's password already verified, or with a token still to be. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  gboolean by_token;
  char *name;        /* by token: of the account */
  gint64 account;    /* by password; out otherwise */
  char *token;       /* by token: what the client has; by password: the new one */
  char *verified;    /* by password: the argon2id string that it was verified against */
  char *device_guid; /* nullable: a new device; out */
  char *device_name;
  gint64 after;      /* the last number that the device has; out: where it goes on */
  char *known_epoch; /* nullable: in which epoch it got that */
  char *epoch;       /* out */
  gboolean again;    /* out: its number means something else now: contacts, groups and marks are told anew */
  gint64 known_until; /* out, with again: it has the rest up to here */
  char *origin;      /* for the audit */
  BkStoreQuota quota; /* without contacts: the default */
  gint64 device;     /* out */
  char *display_name; /* out */
  char *avatar;      /* out; nullable */
  gint64 last_seq;   /* out */
  GArray *friends;   /* out; element-type gint64: who may see this account and be seen */
  GArray *evicted;   /* out; element-type gint64: devices that had to make room */
} BkStoreSignIn;

/* WRITE: what happens to one device of an account. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  gint64 account;
  gint64 device;     /* bk_store_device_remove (): out */
  gint64 not_device; /* the same: that asks */
  gint64 reached;    /* bk_store_device_reached (): the number of the last fact that it has */
  char *guid;        /* the same: in */
  char *name;        /* of the account, for the audit; NULL: not there */
  char *origin;      /* the same */
} BkStoreDevice;

/* READ: the devices of an account, four lists of one length. */
typedef struct
{
  BkStoreChanges changes;
  gint64 account;
  GArray *devices;  /* out; element-type gint64 */
  GPtrArray *guids; /* out; element-type utf8 */
  GPtrArray *names; /* out; element-type utf8 */
  GArray *seen;     /* out; element-type gint64 */
} BkStoreDevices;

/* WRITE: name and picture. */
typedef struct
{
  BkStoreChanges changes;
  gint64 account;
  char *display_name; /* nullable: stays as it is; out: as it is now */
  gboolean sets_image;
  GBytes *image;      /* nullable: none any more */
  char *avatar;       /* out; nullable */
} BkStoreProfile;

/* READ: the picture that @who shows to @account. */
typedef struct
{
  BkStoreChanges changes;
  gint64 account;
  char *who;
  char *avatar;
  GBytes *image; /* out */
} BkStoreAvatar;

/* WRITE: what only the password allows. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  gint64 account;
  gint64 device;   /* that asks */
  char *verified;  /* the argon2id string that the password was verified against */
  char *password;  /* the new one; bk_store_password () only */
  char *name;      /* of the account, for the audit */
  char *origin;    /* the same */
} BkStoreKeeping;

typedef enum
{
  BK_STORE_CONTACT_ADD,
  BK_STORE_CONTACT_APPROVE,
  BK_STORE_CONTACT_DECLINE,
  BK_STORE_CONTACT_REMOVE,
  BK_STORE_CONTACT_BLOCK,
  BK_STORE_CONTACT_UNBLOCK,
  BK_STORE_CONTACT_SET,
} BkStoreContactVerb;

/* WRITE */
typedef struct
{
  BkStoreChanges changes;
  BkStoreQuota quota; /* without contacts: the default */
  BkStoreContactVerb verb;
  gint64 account;
  char *who;
  char *request; /* ADD; nullable */
  char *alias;   /* SET; nullable */
  gboolean pinned;
  gboolean muted;
} BkStoreContact;

typedef enum
{
  BK_STORE_GROUP_CREATE,
  BK_STORE_GROUP_RENAME,
  BK_STORE_GROUP_REMOVE,
  BK_STORE_GROUP_CONTACT,
} BkStoreGroupVerb;

/* WRITE */
typedef struct
{
  BkStoreChanges changes;
  BkStoreQuota quota; /* without contacts: the default */
  BkStoreGroupVerb verb;
  gint64 account;
  char *group;
  char *name; /* CREATE, RENAME */
  char *who;  /* CONTACT */
  gboolean member;
} BkStoreGroup;

/* WRITE */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  gint64 account;
  BkStoreQuota quota; /* without contacts: the default */
  char *to;
  char *guid;
  char *text;
  gint64 time; /* out: when it was taken the first time */
} BkStoreMessage;

/* The numbers are in files. */
typedef enum
{
  BK_STORE_DELIVERED = 1,
  BK_STORE_READ = 2, /* delivered, too */
} BkStoreMarkKind;

/* WRITE */
typedef struct
{
  BkStoreChanges changes;
  gint64 account;
  gint64 device;
  char *who;
  char *guid;
  BkStoreMarkKind mark;
  gboolean tell;
} BkStoreMark;

/* READ: whether @who is a contact. */
typedef struct
{
  BkStoreChanges changes;
  gint64 account;
  char *who;
  gboolean typing; /* for whoever asked, like the next */
  gboolean shown;  /* the account is not invisible */
} BkStoreTyping;

/* WRITE */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  gint64 account;
  gint64 device;
  BkStoreQuota quota; /* without contacts: the default */
  gboolean reachable; /* invite: whether the other side is online as far as this account may know */
  gboolean locked;    /* invite: the program behind it has no right to */
  char *to;
  char *uid;
  BkEnvelope *envelope;
} BkStoreSession;

/* READ: what happened after a number. */
typedef struct
{
  BkStoreChanges changes; /* out: the events, in order */
  gint64 now;
  gint64 account;
  gint64 device;
  gint64 after;
  gint64 known_until; /* what happened once, unlike what is a state, is not told again up to here */
  guint limit;
  gint64 reached; /* out: everything up to here is in @changes or not for this device */
} BkStoreSync;

/* READ: a license that is good in @cloud. */
typedef struct
{
  BkStoreChanges changes;
  char *id;
  const char *cloud;
  char *key; /* out; NULL: there is none, or it has been revoked */
} BkStoreLicense;

/* What an operator's command has left for the server to do. The numbers are in files. */
typedef enum
{
  BK_STORE_NO_OPERATION = 0,
  BK_STORE_ACCOUNT_REMOVED = 1,
  BK_STORE_LICENSE_ASKED = 2,
  BK_STORE_LICENSE_REVOKED = 3,
  BK_STORE_ALERT_ONE = 4,
  BK_STORE_ALERT_ALL = 5,
  BK_STORE_ALERT_SUBSCRIBERS = 6,
  BK_STORE_DEVICE_REMOVED = 7,
  BK_STORE_ACCOUNT_DISABLED = 8,
} BkStoreOperation;

/* WRITE: a step of it. What happens in the file is in @changes; the rest is for the connections. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  guint limit;    /* accounts that one step may concern */
  gboolean found; /* out: there was something to do, and there may be more */
  BkStoreOperation operation; /* out */
  gint64 account; /* out: that was removed, or has lost a device */
  gint64 device;  /* out: which */
  char *license;  /* out: to be asked about (NULL: all), or revoked */
  gint64 site;    /* out: whose subscribers get @frame */
  GBytes *frame;  /* out; nullable */
} BkStoreOperator;

/* WRITE, for the operator. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  BkStoreOperation operation;
  char *to; /* nullable */
  gint64 site;
  char *text;
  char *url; /* nullable */
} BkStoreAlert;

/* WRITE and READ, for the operator. */
typedef struct
{
  BkStoreChanges changes;
  gint64 now;
  char *token; /* what the job is about: a token, a name, the id of a license */
  guint uses;
  gint64 expires; /* 0: never */
  char *key;      /* of a new license; of an account: the argon2id string of its new password */
  char *name;     /* of a new license; the id of a device */
  char *cloud;    /* of a new license */
  GString *list;  /* out, for the jobs that list */
} BkStoreAdmin;

extern const BkSqliteMigration bk_store_migrations[];
extern const guint bk_store_n_migrations;

/* jobs */
gboolean bk_store_lookup (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_register_check (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_register (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_sign_in (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_forget (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_device_seen (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_device_reached (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_device_remove (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_devices (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_profile (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_avatar (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_password (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_leave (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_contact (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_group (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_message (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_mark (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_typing (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_session (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_expect (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_take_expected (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_sync (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_license (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_operate (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_create_token (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_list_tokens (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_list_accounts (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_show_account (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_disable_account (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_enable_account (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_remove_account (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_reset_password (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_list_devices (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_remove_device (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_issue_license (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_list_licenses (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_ask_license (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_revoke_license (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_send_alert (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_message_sweep (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_begin_epoch (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_audit_add (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_audit_sweep (BkSqlite *db, gpointer data, GError **error);
gboolean bk_store_list_audit (BkSqlite *db, gpointer data, GError **error);

/* freeing their structs */
void bk_store_lookup_free (gpointer data);
void bk_store_register_free (gpointer data);
void bk_store_sign_in_free (gpointer data);
void bk_store_device_free (gpointer data);
void bk_store_devices_free (gpointer data);
void bk_store_profile_free (gpointer data);
void bk_store_avatar_free (gpointer data);
void bk_store_keeping_free (gpointer data);
void bk_store_contact_free (gpointer data);
void bk_store_group_free (gpointer data);
void bk_store_message_free (gpointer data);
void bk_store_mark_free (gpointer data);
void bk_store_typing_free (gpointer data);
void bk_store_session_free (gpointer data);
void bk_store_expected_free (gpointer data);
BkStoreExpected *bk_store_expected_new (gint64 time);
void bk_store_license_free (gpointer data);
void bk_store_operator_free (gpointer data);
void bk_store_alert_free (gpointer data);
void bk_store_audit_free (gpointer data);
void bk_store_plain_free (gpointer data);
void bk_store_admin_free (gpointer data);

G_END_DECLS
