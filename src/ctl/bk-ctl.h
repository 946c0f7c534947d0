/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckonctl: one command is one run of a main loop. A command starts from run () and ends through bk_ctl_done () or
 * bk_ctl_fail (), from whatever callback gets there first. */
#pragma once

#include "beckon.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  BK_CTL_OK = 0,
  BK_CTL_FAILED = 1,
  BK_CTL_USAGE = 2,
  BK_CTL_NO_SERVICE = 3,
  BK_CTL_TIMEOUT = 4,
  BK_CTL_OTHER_END = 5, /* a session ended otherwise than asked */
  BK_CTL_INTERRUPTED = 130,
} BkCtlStatus;

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;  /* of everything under way; cancelled by the end */
  BeckonMessenger *messenger; /* there before run () is called */
  BkCtlStatus status;
  gboolean ended;

  gboolean json;
  char *account_name; /* nullable: --account */
  int timeout;        /* --timeout in seconds, 0 for none */
  char **args;        /* what is left after the options */
  GDataInputStream *lines; /* of standard input; kept, nullable: none was read yet */

  GPtrArray *kept; /* element-type GObject */

  /* Who may have to put the terminal in order again before the program ends. */
  void (*cleanup) (gpointer data);
  gpointer cleanup_data;
} BkCtl;

typedef struct
{
  const char *name; /* one word or two */
  void (*run) (BkCtl *ctl);
  const char *arguments;
  const char *summary;
  int min_args;
  int max_args; /* -1: any number */
  const GOptionEntry *entries; /* nullable */
} BkCtlCommand;

/* One table a family of commands; each ends with a NULL name. */
extern const BkCtlCommand bk_ctl_account_commands[];
extern const BkCtlCommand bk_ctl_keeping_commands[];
extern const BkCtlCommand bk_ctl_contact_commands[];
extern const BkCtlCommand bk_ctl_group_commands[];
extern const BkCtlCommand bk_ctl_chat_commands[];
extern const BkCtlCommand bk_ctl_history_commands[];
extern const BkCtlCommand bk_ctl_application_commands[];
extern const BkCtlCommand bk_ctl_session_commands[];
extern const BkCtlCommand bk_ctl_channel_commands[];
extern const BkCtlCommand bk_ctl_connection_commands[];
extern const BkCtlCommand bk_ctl_program_commands[];
extern const BkCtlCommand bk_ctl_open_commands[];
extern const BkCtlCommand bk_ctl_watch_commands[];
extern const BkCtlCommand bk_ctl_lock_commands[];
extern const BkCtlCommand bk_ctl_settings_commands[];
extern const BkCtlCommand bk_ctl_file_commands[];

/* ---- the end of a command ---- */

void bk_ctl_done (BkCtl *ctl, BkCtlStatus status);
void bk_ctl_fail (BkCtl *ctl, BkCtlStatus status, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Takes @error. Does nothing when the command has ended: that is what cancelled it. */
void bk_ctl_fail_error (BkCtl *ctl, GError *error);
/* Keeps an object until the command ends. */
void bk_ctl_keep (BkCtl *ctl, gpointer object);
/* The command waits for something that only this service can tell: it fails when the service goes away. */
void bk_ctl_hang_on_service (BkCtl *ctl);
/* The end of a command that only does something. Takes @error. */
void bk_ctl_end_verb (BkCtl *ctl, gboolean ok, GError *error);

/* Defines the callback of such a command. */
#define BK_CTL_DEFINE_VERB(name, TYPE, finish) \
  static void name (GObject *source, GAsyncResult *result, gpointer user_data) \
  { \
    GError *error = NULL; \
    gboolean ok = finish (TYPE (source), result, &error); \
    bk_ctl_end_verb (user_data, ok, error); \
  }

/* ---- what commands name ---- */

/* The account meant by --account, or the primary one. NULL: the command has failed. Borrowed. */
BeckonAccount *bk_ctl_account (BkCtl *ctl);
/* The same, or the one that the first argument names. */
BeckonAccount *bk_ctl_named_account (BkCtl *ctl);
/* A sign-in name: a name without a domain is one of the account's own server. */
char *bk_ctl_dup_who (BeckonAccount *account, const char *who);
/* The items of a list as they are now. */
GPtrArray *bk_ctl_dup_items (GListModel *model);

/* ---- input ---- */

void bk_ctl_read_password_async (BkCtl *ctl, gboolean from_stdin, GAsyncReadyCallback callback);
/* Another one, which is to be the password from now on: typed twice, or the next line of standard input. */
void bk_ctl_read_new_password_async (BkCtl *ctl, gboolean from_stdin, GAsyncReadyCallback callback);
char *bk_ctl_read_password_finish (GAsyncResult *result, GError **error);
void bk_ctl_read_stdin_async (BkCtl *ctl, gsize max, GAsyncReadyCallback callback);
char *bk_ctl_read_stdin_finish (GAsyncResult *result, GError **error);

/* ---- output ---- */

/* Text from outside, with everything escaped that could move a terminal's cursor or turn the reading direction. */
char *bk_ctl_safe (const char *text);
/* The same, but for the characters in @allowed. */
char *bk_ctl_escape (const char *text, const char *allowed);
char *bk_ctl_format_time (gint64 microseconds, const char *format);
const char *bk_ctl_role (BeckonSession *session);
/* An account, contact, group, message, application or session: a line for people, or the value of a member. */
char *bk_ctl_dup_line (GObject *object);
const char *bk_ctl_kind (GObject *object);
void bk_ctl_build_object (JsonBuilder *builder, GObject *object);
/* Prints what @builder holds as one line. */
void bk_ctl_print_builder (JsonBuilder *builder);
void bk_ctl_print_object (BkCtl *ctl, GObject *object);
/* Prints one text: a line, or an object with the member @name. */
void bk_ctl_print_text (BkCtl *ctl, const char *name, const char *text);
/* Prints what a dictionary (a{sv}) of the service holds: a line each, or an object. */
void bk_ctl_print_dictionary (BkCtl *ctl, GVariant *dictionary);
/* Prints the objects as lines, or as one array. */
void bk_ctl_print_objects (BkCtl *ctl, GPtrArray *objects);

/* ---- what needs a license ---- */

typedef void (*BkCtlPrivateFunc) (BkCtl *ctl, BeckonMessengerPrivate *private);

extern char *bk_ctl_lock_id;
extern char *bk_ctl_lock_key_file;
/* Options of a command that unlocks first. What was unlocked is locked again when the program ends. */
#define BK_CTL_LOCK_ENTRIES \
  { "lock-id", 0, 0, G_OPTION_ARG_FILENAME, &bk_ctl_lock_id, "Unlock with this license", "ID" }, \
  { \
    "lock-key-file", 0, 0, G_OPTION_ARG_FILENAME, &bk_ctl_lock_key_file, \
    "File with the key of the license; - for standard input", "FILE" \
  }

typedef void (*BkCtlLockFunc) (BkCtl *ctl, gpointer data);
/* Calls @func when @lock is unlocked, if the options say so, else at once. */
void bk_ctl_with_lock (BkCtl *ctl, BeckonLock *lock, BkCtlLockFunc func, gpointer data);
/* Calls @func once it is there and, if the options say so, unlocked. */
void bk_ctl_with_private (BkCtl *ctl, BkCtlPrivateFunc func);
void bk_ctl_add_contact_private (BkCtl *ctl, BeckonMessengerPrivate *private);

/* ---- sessions ---- */

char *bk_ctl_dup_bare_id (const char *id);
gboolean bk_ctl_session_has_id (BeckonSession *session, const char *prefix);
gboolean bk_ctl_session_is_open (BeckonSession *session);
/* The one session that the first argument names, or without it the only one that @fits. NULL: the command has failed. */
BeckonSession *bk_ctl_pick_session (BkCtl *ctl, gboolean (*fits) (BeckonSession *session), const char *what);
/* The GUID of the application that a name or a GUID means. NULL: the command has failed. */
char *bk_ctl_dup_guid (BkCtl *ctl, const char *application);

/* Options of commands that invite as a program does: the user chooses whom, or the program. FALSE: the command has failed. Borrowed. */
extern const GOptionEntry bk_ctl_wait_entries[];
extern const GOptionEntry bk_ctl_plain_wait_entries[]; /* --wait alone */
gboolean bk_ctl_parse_wait (BkCtl *ctl);
/* Prints the session once it has come to what --wait says, at once without it. */
void bk_ctl_follow_session (BkCtl *ctl, BeckonSession *session);
/* Tells on a terminal how far the file is that the session sends, until the command ends. */
void bk_ctl_show_transfer (BkCtl *ctl, BeckonSession *session);
extern const GOptionEntry bk_ctl_program_entries[];
gboolean bk_ctl_program_options (BkCtl *ctl, const char **app_data, const char **address);
/* Follows a session that belongs to this program, to what --wait says, else to its end. */
void bk_ctl_hold_session (BkCtl *ctl, BeckonSession *session);

G_END_DECLS
