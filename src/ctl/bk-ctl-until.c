/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of `beckonctl watch --until`. Each is about how things are, so that nothing is missed by whoever looks
 * a moment late; what only passes (a state, context data) is told to them as it passes. */
#include "bk-ctl-watch.h"

#include <string.h>

typedef enum
{
  TAKES_NOTHING,
  MAY_TAKE_VALUE,
  TAKES_VALUE,
  TAKES_WHO_AND_VALUE,
} Takes;

static const struct
{
  const char *name;
  Takes takes;
} kinds[] = {
  [BK_CTL_UNTIL_INVITATION] = { "invitation", MAY_TAKE_VALUE },
  [BK_CTL_UNTIL_INVITATION_OVER] = { "invitation-over", TAKES_NOTHING },
  [BK_CTL_UNTIL_PICKING] = { "picking", TAKES_NOTHING },
  [BK_CTL_UNTIL_SESSION_STATE] = { "session-state", TAKES_VALUE },
  [BK_CTL_UNTIL_SESSION_RESULT] = { "session-result", TAKES_VALUE },
  [BK_CTL_UNTIL_RINGING] = { "ringing", TAKES_NOTHING },
  [BK_CTL_UNTIL_APP_NOT_PRESENT] = { "app-not-present", TAKES_NOTHING },
  [BK_CTL_UNTIL_CONTEXT_DATA] = { "context-data", TAKES_NOTHING },
  [BK_CTL_UNTIL_CHANNEL] = { "channel", TAKES_VALUE },
  [BK_CTL_UNTIL_STREAM_OFFERED] = { "stream-offered", MAY_TAKE_VALUE },
  [BK_CTL_UNTIL_ALERT] = { "alert", TAKES_NOTHING },
  [BK_CTL_UNTIL_MESSAGE] = { "message", MAY_TAKE_VALUE },
  [BK_CTL_UNTIL_SENT] = { "sent", TAKES_NOTHING },
  [BK_CTL_UNTIL_DELIVERED] = { "delivered", TAKES_NOTHING },
  [BK_CTL_UNTIL_READ] = { "read", TAKES_NOTHING },
  [BK_CTL_UNTIL_TYPING] = { "typing", TAKES_VALUE },
  [BK_CTL_UNTIL_CONTACT] = { "contact", TAKES_WHO_AND_VALUE },
  [BK_CTL_UNTIL_PRESENCE] = { "presence", TAKES_WHO_AND_VALUE },
  [BK_CTL_UNTIL_UNREAD] = { "unread", TAKES_WHO_AND_VALUE },
  [BK_CTL_UNTIL_ACCOUNT_STATE] = { "account-state", TAKES_VALUE },
  [BK_CTL_UNTIL_APPLICATION] = { "application", TAKES_VALUE },
};

void
bk_ctl_until_free (BkCtlUntil *until)
{
  g_free (until->text);
  g_free (until->who);
  g_free (until->value);
  g_free (until);
}

static gboolean
fits (Takes takes, const char *value, const char *colon)
{
  switch (takes)
    {
    case TAKES_NOTHING:
      return value == NULL;
    case MAY_TAKE_VALUE:
      return TRUE;
    case TAKES_VALUE:
      return value != NULL && *value != '\0';
    case TAKES_WHO_AND_VALUE:
      return colon != NULL && colon[1] != '\0';
    }
  return FALSE;
}

static gboolean
is_nick (GType type, const char *nick)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value_by_nick (klass, nick) != NULL;
}

/* A word that is no state would be waited for in vain. */
static gboolean
value_is_known (BkCtlUntilKind kind, const char *value)
{
  static const char *const account_states[]
    = { "offline", "finding", "connecting", "signing-in", "synchronizing", "online", "waiting", NULL };

  if (kind == BK_CTL_UNTIL_SESSION_STATE)
    return is_nick (BECKON_TYPE_SESSION_STATE, value);
  if (kind == BK_CTL_UNTIL_SESSION_RESULT)
    return is_nick (BECKON_TYPE_SESSION_RESULT, value);
  if (kind == BK_CTL_UNTIL_CHANNEL)
    return is_nick (BECKON_TYPE_CHANNEL_PATH, value);
  if (kind == BK_CTL_UNTIL_CONTACT)
    return is_nick (BECKON_TYPE_RELATION, value);
  if (kind == BK_CTL_UNTIL_PRESENCE)
    return is_nick (BECKON_TYPE_STATUS, value);
  return kind != BK_CTL_UNTIL_ACCOUNT_STATE || g_strv_contains (account_states, value);
}

/* NULL: the command has failed. */
BkCtlUntil *
bk_ctl_until_new (BkCtl *ctl, BeckonAccount *account, const char *text)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : g_strdup (text);
  const char *value = equals != NULL ? equals + 1 : NULL;
  const char *colon = value != NULL ? strrchr (value, ':') : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (!g_str_equal (kinds[i].name, name) || !fits (kinds[i].takes, value, colon))
        continue;
      BkCtlUntil *until = g_new0 (BkCtlUntil, 1);
      until->kind = (BkCtlUntilKind) i;
      until->text = g_strdup (text);
      until->value = g_strdup (value);
      if (kinds[i].takes == TAKES_WHO_AND_VALUE)
        {
          g_autofree char *who = g_strndup (value, (gsize) (colon - value));
          until->who = account != NULL ? bk_ctl_dup_who (account, who) : g_strdup (who);
          g_free (until->value);
          until->value = g_strdup (colon + 1);
        }
      if (until->value == NULL || value_is_known (until->kind, until->value))
        return until;
      bk_ctl_until_free (until);
      break;
    }
  bk_ctl_fail (ctl, BK_CTL_USAGE, "--until knows nothing like %s; see beckonctl(1)", text);
  return NULL;
}

/* ---- as things are ---- */

gboolean
bk_ctl_watch_minds (BkCtlWatch *watch, BeckonSession *session)
{
  return watch->session == NULL || bk_ctl_session_has_id (session, watch->session);
}

static gboolean
is_invitation (BeckonSession *session)
{
  return beckon_session_get_state (session) == BECKON_SESSION_STATE_INVITATION
         && (beckon_session_get_flags (session) & BECKON_SESSION_FLAGS_INVITEE) != 0;
}

static gboolean
is_offered (BeckonSession *session, const char *name)
{
  g_auto (GStrv) streams = beckon_session_dup_offered_streams (session);
  g_auto (GStrv) datagrams = beckon_session_dup_offered_datagrams (session);

  if (name == NULL)
    return streams[0] != NULL || datagrams[0] != NULL;
  return g_strv_contains ((const char *const *) streams, name)
         || g_strv_contains ((const char *const *) datagrams, name);
}

static gboolean
session_holds (BkCtlUntil *until, BkCtlWatch *watch, BeckonSession *session)
{
  g_autofree char *who = NULL;

  switch ((guint) until->kind)
    {
    case BK_CTL_UNTIL_INVITATION:
      if (until->value != NULL && watch->account != NULL)
        who = bk_ctl_dup_who (watch->account, until->value);
      return is_invitation (session) && (who == NULL || g_str_equal (who, beckon_session_get_user (session)));
    case BK_CTL_UNTIL_SESSION_STATE:
      return g_str_equal (beckon_session_state_to_nick (beckon_session_get_state (session)), until->value);
    case BK_CTL_UNTIL_SESSION_RESULT:
      return g_str_equal (beckon_session_result_to_nick (beckon_session_get_result (session)), until->value);
    case BK_CTL_UNTIL_CHANNEL:
      return g_str_equal (beckon_channel_path_to_nick (beckon_session_get_channel_path (session)), until->value);
    case BK_CTL_UNTIL_STREAM_OFFERED:
      return is_offered (session, until->value);
    case BK_CTL_UNTIL_PICKING:
      return beckon_session_get_picking (session);
    case BK_CTL_UNTIL_RINGING:
      return beckon_session_get_ringing (session);
    case BK_CTL_UNTIL_APP_NOT_PRESENT:
      return beckon_session_get_installing (session);
    default: /* the others are not about sessions, or only pass */
      return FALSE;
    }
}

static gboolean
any_session_holds (BkCtlUntil *until, BkCtlWatch *watch)
{
  g_autoptr (GPtrArray) sessions = bk_ctl_dup_items (beckon_messenger_get_sessions (watch->ctl->messenger));

  for (guint i = 0; i < sessions->len; i++)
    if (bk_ctl_watch_minds (watch, sessions->pdata[i]) && session_holds (until, watch, sessions->pdata[i]))
      return TRUE;
  return FALSE;
}

static gboolean
no_invitation (BkCtlWatch *watch)
{
  BkCtlUntil invitation = { BK_CTL_UNTIL_INVITATION, NULL, NULL, NULL };

  return !any_session_holds (&invitation, watch);
}

/* With a text: it has come. Without: there is something unread. */
static gboolean
message_is_there (BkCtlUntil *until, BkCtlWatch *watch)
{
  for (guint i = 0; i < watch->conversations->len; i++)
    {
      BeckonConversation *conversation = watch->conversations->pdata[i];
      g_autoptr (GPtrArray) messages = bk_ctl_dup_items (G_LIST_MODEL (conversation));

      if (until->value == NULL && beckon_conversation_get_unread (conversation) > 0)
        return TRUE;
      for (guint n = 0; n < messages->len && until->value != NULL; n++)
        if (!beckon_message_get_outgoing (messages->pdata[n])
            && g_str_equal (beckon_message_get_text (messages->pdata[n]), until->value))
          return TRUE;
    }
  return FALSE;
}

/* Whether a message has come as far as is waited for. What failed goes no further. */
static gboolean
has_come (BkCtlUntilKind kind, BeckonMessage *message)
{
  BeckonDelivery delivery = beckon_message_get_delivery (message);

  if (kind == BK_CTL_UNTIL_SENT)
    return delivery != BECKON_DELIVERY_PENDING;
  if (!beckon_message_get_outgoing (message) || *beckon_message_get_session (message) != '\0')
    return TRUE;
  return delivery == BECKON_DELIVERY_FAILED || delivery == BECKON_DELIVERY_READ
         || (kind == BK_CTL_UNTIL_DELIVERED && delivery == BECKON_DELIVERY_DELIVERED);
}

static gboolean
all_have_come (BkCtlUntilKind kind, BkCtlWatch *watch)
{
  for (guint i = 0; i < watch->conversations->len; i++)
    {
      g_autoptr (GPtrArray) messages = bk_ctl_dup_items (watch->conversations->pdata[i]);

      for (guint n = 0; n < messages->len; n++)
        if (!has_come (kind, messages->pdata[n]))
          return FALSE;
    }
  return watch->opening == 0;
}

static gboolean
contact_holds (BkCtlUntil *until, BkCtlWatch *watch)
{
  g_autoptr (BeckonContact) contact
    = watch->account != NULL ? beckon_account_find_contact (watch->account, until->who) : NULL;
  BeckonRelation relation = contact != NULL ? beckon_contact_get_relation (contact) : BECKON_RELATION_NONE;

  if (until->kind == BK_CTL_UNTIL_CONTACT)
    return g_str_equal (beckon_relation_to_nick (relation), until->value);
  if (contact == NULL)
    return FALSE;
  if (until->kind == BK_CTL_UNTIL_UNREAD)
    return beckon_contact_get_unread (contact) >= g_ascii_strtoull (until->value, NULL, 10);
  return g_str_equal (beckon_status_to_nick (beckon_contact_get_status (contact)), until->value);
}

static gboolean
is_typing (BkCtlUntil *until, BkCtlWatch *watch)
{
  g_autofree char *who = watch->account != NULL ? bk_ctl_dup_who (watch->account, until->value) : NULL;
  g_autoptr (BeckonContact) contact = who != NULL ? beckon_account_find_contact (watch->account, who) : NULL;

  return contact != NULL && beckon_contact_get_typing (contact);
}

static gboolean
application_holds (BkCtlUntil *until, BkCtlWatch *watch)
{
  g_autoptr (GPtrArray) applications
    = bk_ctl_dup_items (beckon_messenger_get_applications (watch->ctl->messenger));

  for (guint i = 0; i < applications->len; i++)
    if (g_ascii_strcasecmp (beckon_application_get_guid (applications->pdata[i]), until->value) == 0
        && beckon_application_get_present (applications->pdata[i]))
      return TRUE;
  return FALSE;
}

gboolean
bk_ctl_until_holds (BkCtlUntil *until, BkCtlWatch *watch)
{
  switch (until->kind)
    {
    case BK_CTL_UNTIL_INVITATION:
    case BK_CTL_UNTIL_PICKING:
    case BK_CTL_UNTIL_SESSION_STATE:
    case BK_CTL_UNTIL_SESSION_RESULT:
    case BK_CTL_UNTIL_RINGING:
    case BK_CTL_UNTIL_APP_NOT_PRESENT:
    case BK_CTL_UNTIL_CHANNEL:
    case BK_CTL_UNTIL_STREAM_OFFERED:
      return any_session_holds (until, watch);
    case BK_CTL_UNTIL_INVITATION_OVER:
      return no_invitation (watch);
    case BK_CTL_UNTIL_MESSAGE:
      return message_is_there (until, watch);
    case BK_CTL_UNTIL_SENT:
    case BK_CTL_UNTIL_DELIVERED:
    case BK_CTL_UNTIL_READ:
      return all_have_come (until->kind, watch);
    case BK_CTL_UNTIL_TYPING:
      return is_typing (until, watch);
    case BK_CTL_UNTIL_CONTACT:
    case BK_CTL_UNTIL_PRESENCE:
    case BK_CTL_UNTIL_UNREAD:
      return contact_holds (until, watch);
    case BK_CTL_UNTIL_ACCOUNT_STATE:
      return watch->account != NULL && g_str_equal (beckon_account_get_state (watch->account), until->value);
    case BK_CTL_UNTIL_APPLICATION:
      return application_holds (until, watch);
    case BK_CTL_UNTIL_CONTEXT_DATA:
    case BK_CTL_UNTIL_ALERT:
      return FALSE;
    }
  return FALSE;
}
