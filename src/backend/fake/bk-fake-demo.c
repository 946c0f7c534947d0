/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who lives in the demonstration, and who of them answers. */
#include "bk-fake-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define ECHO "echo@localhost"
#define LICENSE "BKDEMO"
#define LICENSE_KEY "demo"
#define CUT_MS (60 * 60 * 1000)
#define SITE 7 /* whose subscribers the operator speaks to */
#define MS_PER_CHARACTER 30 /* Echo types like people do */
#define MAX_TYPING_MS 2000
#define MAX_ANSWERS 256

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

/* ---- answering messages: seen, then typed, then said; one after the other ---- */

typedef struct
{
  char *to;
  char *text;
} Answer;

/* Lives as long as the connection of the handler. */
typedef struct
{
  BkBackend *backend; /* borrowed */
  BkClock *clock;
  GQueue answers; /* element-type Answer, owned; the first is being typed */
  guint timer;
} Echo;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->to);
  g_free (answer->text);
  g_free (answer);
}

static void
echo_free (gpointer data, GClosure *closure)
{
  Echo *echo = data;

  bk_clock_clear (echo->clock, &echo->timer);
  g_queue_clear_full (&echo->answers, answer_free);
  g_object_unref (echo->clock);
  g_free (echo);
}

static Echo *
echo_new (BkFakeBackend *backend, BkClock *clock)
{
  Echo *echo = g_new0 (Echo, 1);

  echo->backend = BK_BACKEND (backend);
  echo->clock = g_object_ref (clock);
  g_queue_init (&echo->answers);
  return echo;
}

static void
say (BkBackend *echo, const char *to, const char *text)
{
  g_autofree char *id = bk_guid_new ();

  BK_BACKEND_MESSAGES_GET_IFACE (echo)->send_async (BK_BACKEND_MESSAGES (echo), to, id, text, NULL, NULL, NULL);
}

static void type_next (Echo *echo);

static void
on_typed (gpointer user_data)
{
  Echo *echo = user_data;
  Answer *answer = g_queue_pop_head (&echo->answers);

  echo->timer = 0;
  say (echo->backend, answer->to, answer->text);
  answer_free (answer);
  type_next (echo);
}

static void
type_next (Echo *echo)
{
  const Answer *answer = g_queue_peek_head (&echo->answers);
  BkBackendMarks *marks = BK_BACKEND_MARKS (echo->backend);

  if (answer == NULL || echo->timer != 0)
    return;
  BK_BACKEND_MARKS_GET_IFACE (marks)->set_typing (marks, answer->to, TRUE);
  guint ms = (guint) MIN (MS_PER_CHARACTER * g_utf8_strlen (answer->text, -1), MAX_TYPING_MS);
  echo->timer = bk_clock_add (echo->clock, ms, on_typed, echo);
}

/* Who says more than Echo can remember is not answered. */
static void
answer_message (Echo *echo, const char *to, const char *text)
{
  Answer answer = { g_strdup (to), g_strdup (text) };

  g_queue_push_tail (&echo->answers, g_memdup2 (&answer, sizeof answer));
  if (echo->answers.length > MAX_ANSWERS)
    answer_free (g_queue_pop_tail (&echo->answers));
  type_next (echo);
}

static void
mark_read (BkBackend *echo, const char *who, const char *message_id)
{
  BkBackendMarks *marks = BK_BACKEND_MARKS (echo);

  BK_BACKEND_MARKS_GET_IFACE (marks)->mark_async (marks, who, message_id, BECKON_DELIVERY_READ, TRUE, NULL, NULL, NULL);
}

/* ---- answering invitations ---- */

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

/* ---- what Echo hears ---- */

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

/* Who asked for it has no network, until something happens on their machine. */
static void
cut (BkFakeBackend *echo, const char *who)
{
  BkFakeNetwork *network = echo->network;

  for (guint i = 0; i < network->members->len; i++)
    {
      BkFakeBackend *member = network->members->pdata[i];

      if (g_strcmp0 (member->sign_in_name, who) == 0)
        bk_fake_backend_lose (member, CUT_MS);
    }
}

/* Returns whether @text is for the operator, and has it done. */
static gboolean
obey (BkFakeBackend *echo, const char *who, const char *text)
{
  if (g_str_equal (text, "!lock") || g_str_equal (text, "!unlock"))
    set_locked (echo, g_str_equal (text, "!lock"));
  else if (g_str_equal (text, "!cut"))
    cut (echo, who);
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
hear (Echo *echo, const BkBackendEvent *event)
{
  if (event->outgoing)
    return;
  mark_read (echo->backend, event->who, event->message_id);
  if (!obey (BK_FAKE_BACKEND (echo->backend), event->who, event->text))
    answer_message (echo, event->who, event->text);
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
      hear (user_data, event);
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
    case BK_BACKEND_EVENT_AGAIN:
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
        g_signal_connect_data (inhabitant, "event", G_CALLBACK (on_echo_event), echo_new (inhabitant, clock), echo_free,
                               0);
      bk_backend_sign_in (BK_BACKEND (inhabitant), &sign_in);
      g_ptr_array_add (self->inhabitants, inhabitant);
    }
  return self;
}
