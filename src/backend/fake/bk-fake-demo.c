/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who lives in the demonstration, and who of them answers. */
#include "bk-fake-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define ECHO "echo@localhost"
#define LICENSE "BKDEMO"
#define LICENSE_KEY "demo"
#define SITE 7 /* whose subscribers the operator speaks to */

static const struct
{
  const char *name;
  const char *display_name;
  BeckonStatus status; /* OFFLINE: never there */
  const char *personal_message;
  gboolean has_picture;
} people[] = {
  { ECHO, "Echo", BECKON_STATUS_ONLINE, "I say what you say", TRUE },
  { "carol@localhost", "Carol", BECKON_STATUS_BUSY, "In a meeting until four", TRUE },
  { "dave@localhost", "Dave", BECKON_STATUS_OFFLINE, NULL, FALSE },
};

static void
say (BkBackend *echo, const char *to, const char *text)
{
  g_autofree char *id = bk_guid_new ();

  BK_BACKEND_MESSAGES_GET_IFACE (echo)->send_async (BK_BACKEND_MESSAGES (echo), to, id, text, NULL, NULL, NULL);
}

static void
send_envelope (BkBackend *echo, const char *to, const BkEnvelope *envelope)
{
  g_autofree char *uid = bk_guid_new ();

  BK_BACKEND_SESSIONS_GET_IFACE (echo)->send_async (BK_BACKEND_SESSIONS (echo), to, uid, envelope, NULL, NULL, NULL,
                                                    NULL);
}

static void
answer_invite (BkBackend *echo, const char *who, const BkEnvelope *invite)
{
  gboolean decline = g_strcmp0 (invite->data, "decline") == 0;
  g_autoptr (BkEnvelope) ringing = bk_envelope_new (BK_ENVELOPE_RINGING, invite->session);
  g_autoptr (BkEnvelope) answer
    = bk_envelope_new (decline ? BK_ENVELOPE_DECLINE : BK_ENVELOPE_ACCEPT, invite->session);

  send_envelope (echo, who, ringing);
  if (g_strcmp0 (invite->data, "ignore") == 0)
    return;
  if (decline)
    answer->reason = BECKON_SESSION_RESULT_INVITATION_DECLINED;
  else
    answer->address = g_strdup ("127.0.0.1");
  answer->data = g_strdup (invite->data);
  send_envelope (echo, who, answer);
}

/* Devices learn at their next sign-in whether anything is locked. What was revoked is good again. */
static void
set_locked (BkFakeBackend *echo, gboolean locked)
{
  BkFakeNetwork *network = echo->network;

  bk_fake_network_set_locked (network, locked);
  bk_fake_network_add_license (network, LICENSE, LICENSE_KEY);
  for (guint i = 0; i < network->members->len; i++)
    if (!g_ptr_array_find (network->inhabitants, network->members->pdata[i], NULL))
      bk_fake_backend_disconnect (network->members->pdata[i]);
}

/* Returns whether @text is for the operator, and has it done. */
static gboolean
obey (BkFakeBackend *echo, const char *who, const char *text)
{
  if (g_str_equal (text, "!lock") || g_str_equal (text, "!unlock"))
    set_locked (echo, g_str_equal (text, "!lock"));
  else if (g_str_equal (text, "!ask"))
    bk_fake_network_ask_again (echo->network, LICENSE);
  else if (g_str_equal (text, "!revoke"))
    bk_fake_network_revoke_license (echo->network, LICENSE);
  else if (g_str_has_prefix (text, "!alert ") && strlen (text) <= BK_LIMIT_ALERT_TEXT)
    bk_fake_network_alert (echo->network, who, 0, text + strlen ("!alert "), NULL);
  else if (g_str_has_prefix (text, "!subscribers ") && strlen (text) <= BK_LIMIT_ALERT_TEXT)
    bk_fake_network_alert_subscribers (echo->network, SITE, text + strlen ("!subscribers "), NULL);
  else
    return FALSE;
  return TRUE;
}

static void
on_echo_event (BkBackend *echo, const BkBackendEvent *event, gpointer user_data)
{
  switch (event->type)
    {
    case BK_BACKEND_EVENT_CONTACT:
      if (event->relation == BECKON_RELATION_ASKING)
        BK_BACKEND_CONTACTS_GET_IFACE (echo)->change_async (BK_BACKEND_CONTACTS (echo), BK_CONTACT_APPROVE,
                                                            event->who, NULL, NULL, NULL, NULL);
      break;
    case BK_BACKEND_EVENT_MESSAGE:
      if (!event->outgoing && !obey (BK_FAKE_BACKEND (echo), event->who, event->text))
        say (echo, event->who, event->text);
      break;
    case BK_BACKEND_EVENT_SESSION:
      if (event->envelope->kind == BK_ENVELOPE_INVITE)
        answer_invite (echo, event->who, event->envelope);
      else if (event->envelope->kind == BK_ENVELOPE_CONTEXT)
        send_envelope (echo, event->who, event->envelope);
      break;
    case BK_BACKEND_EVENT_STATE:
    case BK_BACKEND_EVENT_CREDENTIALS:
    case BK_BACKEND_EVENT_PROFILE:
    case BK_BACKEND_EVENT_GROUP:
    case BK_BACKEND_EVENT_PRESENCE:
    case BK_BACKEND_EVENT_SESSION_ELSEWHERE:
    case BK_BACKEND_EVENT_LOCK:
    case BK_BACKEND_EVENT_LOCK_CHALLENGED:
    case BK_BACKEND_EVENT_LOCK_REVOKED:
    case BK_BACKEND_EVENT_ALERT:
    case BK_BACKEND_EVENT_MARK:
    case BK_BACKEND_EVENT_TYPING:
    case BK_BACKEND_EVENT_CAUGHT_UP:
      break;
    }
}

/* Makes an account for somebody new and introduces everybody. */
void
bk_fake_demo_welcome (BkFakeNetwork *self, const char *name)
{
  if (!bk_fake_network_add_account (self, name, "", NULL, NULL))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    bk_fake_network_befriend (self, name, people[i].name);
}

/* The network owns its inhabitants and each of them the network: whoever made it and wants to be rid of it runs
 * g_object_run_dispose (). The demonstration lasts as long as its process. */
BkFakeNetwork *
bk_fake_network_new_demo (BkClock *clock)
{
  BkFakeNetwork *self = bk_fake_network_new (clock);

  self->welcomes_all = TRUE;
  bk_fake_network_add_license (self, LICENSE, LICENSE_KEY);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (GBytes) image = people[i].has_picture ? bk_fake_picture_new (people[i].display_name) : NULL;

      bk_fake_network_add_account (self, people[i].name, "", people[i].display_name, NULL);
      bk_fake_network_set_avatar (self, bk_fake_network_find (self, people[i].name), image);
      if (people[i].status == BECKON_STATUS_OFFLINE)
        continue;

      BkFakeBackend *inhabitant = bk_fake_backend_new (self);
      BkSignIn sign_in = {
        .sign_in_name = people[i].name,
        .password = "",
        .status = people[i].status,
        .personal_message = people[i].personal_message,
      };
      if (g_str_equal (people[i].name, ECHO))
        g_signal_connect (inhabitant, "event", G_CALLBACK (on_echo_event), NULL);
      bk_backend_sign_in (BK_BACKEND (inhabitant), &sign_in);
      g_ptr_array_add (self->inhabitants, inhabitant);
    }
  return self;
}
