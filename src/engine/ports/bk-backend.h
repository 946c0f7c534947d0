/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend port: what the engine asks of a network, and the closed set of facts a network reports. One BkBackend
 * serves one account. Nothing above this line may ask which network it is. */
#pragma once

#include <gio/gio.h>

#include "beckon-enums.h"
#include "beckon-error.h"
#include "bk-envelope.h"

G_BEGIN_DECLS

typedef enum
{
  BK_BACKEND_OFFLINE,     /* not wanted, or given up: error says why */
  BK_BACKEND_FINDING,     /* looking for the server */
  BK_BACKEND_CONNECTING,
  BK_BACKEND_SIGNING_IN,
  BK_BACKEND_SYNCHRONIZING, /* signed in; events that were missed are coming */
  BK_BACKEND_ONLINE,
  BK_BACKEND_WAITING,     /* connection lost or refused; will try again by itself in retry_ms */
} BkBackendState;

typedef enum
{
  BK_BACKEND_EVENT_STATE,
  BK_BACKEND_EVENT_CREDENTIALS,
  BK_BACKEND_EVENT_PROFILE,
  BK_BACKEND_EVENT_CONTACT,
  BK_BACKEND_EVENT_GROUP,
  BK_BACKEND_EVENT_PRESENCE,
  BK_BACKEND_EVENT_MESSAGE,
  BK_BACKEND_EVENT_MARK,
  BK_BACKEND_EVENT_TYPING,
  BK_BACKEND_EVENT_SESSION,
  BK_BACKEND_EVENT_SESSION_ELSEWHERE,
  BK_BACKEND_EVENT_LOCK,
  BK_BACKEND_EVENT_LOCK_CHALLENGED,
  BK_BACKEND_EVENT_LOCK_REVOKED,
  BK_BACKEND_EVENT_ALERT,
  BK_BACKEND_EVENT_AGAIN, /* the network knows less than it did: what comes until CAUGHT_UP are all contacts and groups */
  BK_BACKEND_EVENT_CAUGHT_UP,
} BkBackendEventType;

/* A fact. Only the members named for its type are set; all are borrowed for the time of the call. Durable facts carry
 * a cursor: an opaque word that, handed back at the next sign-in, makes the backend go on right after this fact. */
typedef struct
{
  BkBackendEventType type;
  const char *cursor; /* CONTACT, GROUP, MESSAGE, MARK, SESSION, SESSION_ELSEWHERE, ALERT, CAUGHT_UP; nullable */

  BkBackendState state; /* STATE */
  const GError *error;  /* STATE: why OFFLINE or WAITING; nullable */
  guint retry_ms;       /* STATE: WAITING */
  gboolean passing;     /* STATE: WAITING: the server said that it will be back in a moment */

  const char *token;  /* CREDENTIALS: to be kept as a secret, for the next sign-in without a password */
  const char *device; /* CREDENTIALS */

  const char *who;              /* CONTACT, PRESENCE; MESSAGE, MARK, TYPING and SESSION: the other person */
  const char *display_name;     /* PROFILE (own), CONTACT (nullable), GROUP (NULL: it is gone) */
  BeckonRelation relation;      /* CONTACT */
  gboolean blocked;             /* CONTACT */
  const char *alias;            /* CONTACT: how the user calls this person; nullable */
  gboolean pinned;              /* CONTACT */
  gboolean muted;               /* CONTACT */
  const char *avatar;           /* CONTACT, PROFILE: id of the picture, hexadecimal digits; nullable: none */
  const char *const *groups;    /* CONTACT: ids of the groups it is in, known already or not; nullable: none */
  const char *group;            /* GROUP: its id, an opaque word of one line */
  BeckonStatus status;          /* PRESENCE */
  const char *personal_message; /* PRESENCE; nullable */

  const char *message_id; /* MESSAGE; MARK: the newest one that it is about */
  gboolean outgoing;      /* MESSAGE: written by this account, on this or another device; MARK: the other person has
                             our messages; else: another device of ours has theirs */
  BeckonDelivery mark;    /* MARK: DELIVERED or READ */
  gboolean typing;        /* TYPING */
  const char *text;       /* MESSAGE; CONTACT: what the request says, nullable */
  gint64 time;            /* MESSAGE, SESSION: microseconds since 1970, when the network took it */

  const BkEnvelope *envelope; /* SESSION; the ttl of an invite is what is left of it now, so no clocks are compared */
  const char *session;        /* SESSION_ELSEWHERE */
  BeckonSessionResult result; /* SESSION_ELSEWHERE: ACCEPTED_ELSEWHERE or DECLINED_ELSEWHERE */

  gboolean locked;       /* LOCK, once after each sign-in: whether programs have to unlock */
  const char *grant;     /* LOCK_CHALLENGED, LOCK_REVOKED */
  const char *challenge; /* LOCK_CHALLENGED: the network asks again who holds the grant */

  const char *alert; /* ALERT: GUID; its words are in `text`, when it was sent in `time` */
  guint32 site;      /* ALERT */
  const char *url;   /* ALERT; nullable, http or https */
} BkBackendEvent;

/* What is needed to sign in. */
typedef struct
{
  const char *sign_in_name;
  const char *server;   /* address of the server, NULL: found from the sign-in name */
  const char *password; /* nullable if there is a token */
  const char *token;    /* nullable */
  const char *device;   /* nullable: a new device */
  const char *cursor;   /* nullable: from the beginning */
  BeckonStatus status;  /* presence to show as soon as signed in */
  const char *personal_message; /* nullable */
} BkSignIn;

#define BK_TYPE_BACKEND (bk_backend_get_type ())
G_DECLARE_INTERFACE (BkBackend, bk_backend, BK, BACKEND, GObject)

/* Signal "event" (const BkBackendEvent *): reports a fact, on the main context, never from inside a call. */
struct _BkBackendInterface
{
  GTypeInterface parent_iface;

  /* Starts to be signed in and stays so, reconnecting by itself, until sign_out. Progress comes as STATE events. */
  void (*sign_in) (BkBackend *self, const BkSignIn *sign_in);
  void (*sign_out) (BkBackend *self, gboolean forget);
  /* The network or the machine came back: try at once instead of waiting. */
  void (*nudge) (BkBackend *self);
  void (*set_presence) (BkBackend *self, BeckonStatus status, const char *personal_message);
};

void bk_backend_sign_in (BkBackend *self, const BkSignIn *sign_in);
void bk_backend_sign_out (BkBackend *self, gboolean forget);
void bk_backend_nudge (BkBackend *self);
void bk_backend_set_presence (BkBackend *self, BeckonStatus status, const char *personal_message);
void bk_backend_emit (BkBackend *self, const BkBackendEvent *event);
const char *bk_backend_state_to_nick (BkBackendState state);

/* ---- abilities: a backend that lacks one does not implement its interface ---- */

/* Making an account. Works without being signed in. */
#define BK_TYPE_BACKEND_REGISTER (bk_backend_register_get_type ())
G_DECLARE_INTERFACE (BkBackendRegister, bk_backend_register, BK, BACKEND_REGISTER, GObject)
struct _BkBackendRegisterInterface
{
  GTypeInterface parent_iface;
  void (*register_async) (BkBackendRegister *self, const BkSignIn *account, const char *display_name,
                          const char *invitation_token, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
  gboolean (*register_finish) (BkBackendRegister *self, GAsyncResult *result, GError **error);
};

typedef enum
{
  BK_CONTACT_ADD, /* asks; with text */
  BK_CONTACT_APPROVE,
  BK_CONTACT_DECLINE,
  BK_CONTACT_REMOVE,
  BK_CONTACT_BLOCK,
  BK_CONTACT_UNBLOCK,
} BkContactVerb;

/* Requests fail with BECKON_ERROR_DISCONNECTED when the connection is not there or breaks: the caller asks again once
 * the state is ONLINE. All are safe to repeat: the id (message_id, uid) tells the network that it has it already. */
#define BK_TYPE_BACKEND_CONTACTS (bk_backend_contacts_get_type ())
G_DECLARE_INTERFACE (BkBackendContacts, bk_backend_contacts, BK, BACKEND_CONTACTS, GObject)
struct _BkBackendContactsInterface
{
  GTypeInterface parent_iface;
  void (*change_async) (BkBackendContacts *self, BkContactVerb verb, const char *who, const char *text,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*change_finish) (BkBackendContacts *self, GAsyncResult *result, GError **error);
  void (*set_display_name_async) (BkBackendContacts *self, const char *display_name, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*set_display_name_finish) (BkBackendContacts *self, GAsyncResult *result, GError **error);
};

typedef enum
{
  BK_GROUP_RENAME, /* the argument is a name */
  BK_GROUP_REMOVE, /* without an argument; GROUP_NOT_EMPTY while somebody is in it */
  BK_GROUP_PUT,    /* the argument is a contact */
  BK_GROUP_DROP,
} BkGroupVerb;

/* Groups of contacts, kept by the network for all devices. A name is there once, whatever the case of its letters. */
#define BK_TYPE_BACKEND_GROUPS (bk_backend_groups_get_type ())
G_DECLARE_INTERFACE (BkBackendGroups, bk_backend_groups, BK, BACKEND_GROUPS, GObject)
struct _BkBackendGroupsInterface
{
  GTypeInterface parent_iface;
  void (*create_async) (BkBackendGroups *self, const char *name, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
  char *(*create_finish) (BkBackendGroups *self, GAsyncResult *result, GError **error); /* the id */
  void (*change_async) (BkBackendGroups *self, BkGroupVerb verb, const char *group, const char *argument,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*change_finish) (BkBackendGroups *self, GAsyncResult *result, GError **error);
};

#define BK_TYPE_BACKEND_MESSAGES (bk_backend_messages_get_type ())
G_DECLARE_INTERFACE (BkBackendMessages, bk_backend_messages, BK, BACKEND_MESSAGES, GObject)
struct _BkBackendMessagesInterface
{
  GTypeInterface parent_iface;
  void (*send_async) (BkBackendMessages *self, const char *to, const char *message_id, const char *text,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  /* Succeeds once the network has it on disk. Returns the time at which it took it, 0 on error. */
  gint64 (*send_finish) (BkBackendMessages *self, GAsyncResult *result, GError **error);
};

/* How far messages have come, beyond the network. A mark stands for everything up to its message. */
#define BK_TYPE_BACKEND_MARKS (bk_backend_marks_get_type ())
G_DECLARE_INTERFACE (BkBackendMarks, bk_backend_marks, BK, BACKEND_MARKS, GObject)
struct _BkBackendMarksInterface
{
  GTypeInterface parent_iface;
  /* This device has (DELIVERED), or the user has seen (READ), what @who wrote up to @message_id. Own devices are told
   * of READ in any case, @who only if @tell. */
  void (*mark_async) (BkBackendMarks *self, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*mark_finish) (BkBackendMarks *self, GAsyncResult *result, GError **error);
  /* Lost without a word if there is no connection. */
  void (*set_typing) (BkBackendMarks *self, const char *to, gboolean typing);
};

/* What the user has settled about contacts, kept by the network for all devices. */
#define BK_TYPE_BACKEND_ALIASES (bk_backend_aliases_get_type ())
G_DECLARE_INTERFACE (BkBackendAliases, bk_backend_aliases, BK, BACKEND_ALIASES, GObject)
struct _BkBackendAliasesInterface
{
  GTypeInterface parent_iface;
  void (*set_async) (BkBackendAliases *self, const char *who, const char *alias, gboolean pinned, gboolean muted,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*set_finish) (BkBackendAliases *self, GAsyncResult *result, GError **error);
};

/* Pictures of people. */
#define BK_TYPE_BACKEND_AVATARS (bk_backend_avatars_get_type ())
G_DECLARE_INTERFACE (BkBackendAvatars, bk_backend_avatars, BK, BACKEND_AVATARS, GObject)
struct _BkBackendAvatarsInterface
{
  GTypeInterface parent_iface;
  void (*set_async) (BkBackendAvatars *self, GBytes *image, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data); /* @image NULL: none */
  gboolean (*set_finish) (BkBackendAvatars *self, GAsyncResult *result, GError **error);
  /* NOT_FOUND if @who has another one by now. What comes is at most BK_LIMIT_AVATAR long and not checked otherwise. */
  void (*get_async) (BkBackendAvatars *self, const char *who, const char *avatar, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data);
  GBytes *(*get_finish) (BkBackendAvatars *self, GAsyncResult *result, GError **error);
};

/* A device that can sign in without the password. */
typedef struct
{
  char *id;
  char *name;    /* may be empty */
  gint64 seen;   /* microseconds since 1970 */
  gboolean self; /* this one */
} BkBackendDevice;

void bk_backend_device_free (BkBackendDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkBackendDevice, bk_backend_device_free)

/* The account itself, while signed in. */
#define BK_TYPE_BACKEND_KEEPING (bk_backend_keeping_get_type ())
G_DECLARE_INTERFACE (BkBackendKeeping, bk_backend_keeping, BK, BACKEND_KEEPING, GObject)
struct _BkBackendKeepingInterface
{
  GTypeInterface parent_iface;
  void (*change_password_async) (BkBackendKeeping *self, const char *password, const char *new_password,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*list_devices_async) (BkBackendKeeping *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
  GPtrArray *(*list_devices_finish) (BkBackendKeeping *self, GAsyncResult *result, GError **error); /* BkBackendDevice */
  void (*remove_device_async) (BkBackendKeeping *self, const char *id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
  void (*remove_account_async) (BkBackendKeeping *self, const char *password, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*finish) (BkBackendKeeping *self, GAsyncResult *result, GError **error); /* of those without a list */
};

#define BK_TYPE_BACKEND_SESSIONS (bk_backend_sessions_get_type ())
G_DECLARE_INTERFACE (BkBackendSessions, bk_backend_sessions, BK, BACKEND_SESSIONS, GObject)
struct _BkBackendSessionsInterface
{
  GTypeInterface parent_iface;
  /* @grant: with an invitation of a program that had to unlock; NULL: the user's own, or nothing is locked. */
  void (*send_async) (BkBackendSessions *self, const char *to, const char *uid, const BkEnvelope *envelope,
                      const char *grant, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*send_finish) (BkBackendSessions *self, GAsyncResult *result, GError **error);
};

/* Lock and Key. A network without it locks nothing. Grants end with the connection, without an event. */
#define BK_TYPE_BACKEND_LOCK (bk_backend_lock_get_type ())
G_DECLARE_INTERFACE (BkBackendLock, bk_backend_lock, BK, BACKEND_LOCK, GObject)
struct _BkBackendLockInterface
{
  GTypeInterface parent_iface;
  void (*challenge_async) (BkBackendLock *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
  char *(*challenge_finish) (BkBackendLock *self, GAsyncResult *result, GError **error);
  /* Fails with API_UNLOCK_FAILED if the answer is not right. */
  void (*respond_async) (BkBackendLock *self, const char *challenge, const char *license, const char *response,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  char *(*respond_finish) (BkBackendLock *self, GAsyncResult *result, GError **error); /* the grant */
  void (*release) (BkBackendLock *self, const char *grant);
};

/* Alerts for the subscribers of sites; those to the account come without it. The network forgets the sites when the
 * connection breaks; the backend says them again. */
#define BK_TYPE_BACKEND_ALERTS (bk_backend_alerts_get_type ())
G_DECLARE_INTERFACE (BkBackendAlerts, bk_backend_alerts, BK, BACKEND_ALERTS, GObject)
struct _BkBackendAlertsInterface
{
  GTypeInterface parent_iface;
  void (*set_sites) (BkBackendAlerts *self, const guint32 *sites, gsize n_sites);
};

/* STUN and TURN servers of the network, with words that open them for a while. Only while signed in. */
typedef struct _BkRelays BkRelays;
struct _BkRelays
{
  GStrv servers;  /* as bk_relay_parse () reads them: "stun:HOST:PORT", "turn:HOST:PORT?transport=udp" or "=tcp" */
  char *user;     /* nullable */
  char *password; /* nullable */
  guint ttl;      /* seconds for which they are good; 0: for ever */
  BkRelays *more; /* nullable: others, with words of their own */
};

BkRelays *bk_relays_new (const char *const *servers, const char *user, const char *password, guint ttl);
BkRelays *bk_relays_copy (const BkRelays *relays);
void bk_relays_free (BkRelays *relays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkRelays, bk_relays_free)

#define BK_TYPE_BACKEND_RELAYS (bk_backend_relays_get_type ())
G_DECLARE_INTERFACE (BkBackendRelays, bk_backend_relays, BK, BACKEND_RELAYS, GObject)
struct _BkBackendRelaysInterface
{
  GTypeInterface parent_iface;
  void (*get_async) (BkBackendRelays *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data);
  BkRelays *(*get_finish) (BkBackendRelays *self, GAsyncResult *result, GError **error);
};

G_END_DECLS
