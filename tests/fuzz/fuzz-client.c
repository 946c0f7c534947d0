/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The native backend with a server that says anything in any order. An input is a script:
 *
 *   in, in token, out, forget, nudge, busy   what the engine wants
 *   ask WORD          it asks for something: message, contact, group, mark…, see asks[]
 *   cancel            nobody waits for the answers any more
 *   connect, refuse   how an attempt to connect ends
 *   {"type":…}        a frame of the server; $N is the request that waits longest, $L the last one
 *   bytes 8100…       anything else that it sends, in hexadecimal digits
 *   hang up
 *   + 1000            milliseconds pass
 *
 * The real backend, link and stream, over a pair of sockets. What must hold: facts come only while signed in, never
 * from inside a call, and complete; every question has one answer; what the client says can be read; after signing out
 * there is silence and nothing is left. */
#include "client/client-lines.h"
#include "client/wire.h"
#include "common/script.h"

#include "bk-clock.h"
#include "bk-native-backend.h"

#include <string.h>

#define MAX_STEPS 150
#define MAX_TURNS 100000
#define MAX_WAIT_MS (24u * 60 * 60 * 1000)
#define GUID "{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}"
#define ALICE "alice@example.org"
#define BOB "bob@example.org"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static BkFakeClock *the_clock;
static BkNativeBackend *backend;
static GCancellable *cancellable;
static BkBackendState state;
static gboolean calling;
static gboolean silent; /* signed out, and told so */
static guint n_asked;
static guint n_answered;

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

/* ---- facts ---- */

static void
check_text (const char *text, gboolean needed, const char *promise)
{
  check (text != NULL ? g_utf8_validate (text, -1, NULL) : !needed, promise);
}

static void
on_event (BkBackend *source, const BkBackendEvent *event, gpointer user_data)
{
  gboolean inside = state == BK_BACKEND_SYNCHRONIZING || state == BK_BACKEND_ONLINE;

  check (!calling, "no fact comes from inside a call");
  check (!silent, "who has signed out hears nothing");
  if (event->type == BK_BACKEND_EVENT_STATE)
    {
      state = event->state;
      check (event->error == NULL || g_utf8_validate (event->error->message, -1, NULL), "a reason can be read");
      check (state != BK_BACKEND_WAITING || event->retry_ms > 0, "what waits says how long");
      return;
    }
  check (inside, "facts come while signed in");
  check_text (event->cursor, FALSE, "a cursor is a word");
  check (event->cursor == NULL || g_ascii_strtoll (event->cursor, NULL, 10) >= 0, "a cursor is a number");
  check_text (event->who, event->type == BK_BACKEND_EVENT_CONTACT || event->type == BK_BACKEND_EVENT_PRESENCE
                            || event->type == BK_BACKEND_EVENT_MESSAGE || event->type == BK_BACKEND_EVENT_MARK
                            || event->type == BK_BACKEND_EVENT_TYPING || event->type == BK_BACKEND_EVENT_SESSION,
              "it is said who");
  check_text (event->text, event->type == BK_BACKEND_EVENT_MESSAGE || event->type == BK_BACKEND_EVENT_ALERT,
              "a message has a text");
  check_text (event->message_id, event->type == BK_BACKEND_EVENT_MESSAGE || event->type == BK_BACKEND_EVENT_MARK,
              "a message has an id");
  check_text (event->display_name, event->type == BK_BACKEND_EVENT_PROFILE, "a profile has a name");
  check (event->type != BK_BACKEND_EVENT_SESSION || event->envelope != NULL, "an envelope is there");
  check (event->type != BK_BACKEND_EVENT_CREDENTIALS || (event->token != NULL && event->device != NULL),
         "credentials are there");
}

/* ---- questions ---- */

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  n_answered++;
  check (!calling, "no answer comes from inside a call");
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices
    = BK_BACKEND_KEEPING_GET_IFACE (source)->list_devices_finish (BK_BACKEND_KEEPING (source), result, &error);

  n_answered++;
  check ((devices == NULL) == (error != NULL), "there are devices or there is a reason");
}

static void
on_relays (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkRelays) relays
    = BK_BACKEND_RELAYS_GET_IFACE (source)->get_finish (BK_BACKEND_RELAYS (source), result, &error);

  n_answered++;
  check ((relays == NULL) == (error != NULL), "there are relays or there is a reason");
  check (relays == NULL || relays->servers != NULL, "relays have addresses");
}

static void
on_image (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) image
    = BK_BACKEND_AVATARS_GET_IFACE (source)->get_finish (BK_BACKEND_AVATARS (source), result, &error);

  n_answered++;
  check ((image == NULL) == (error != NULL), "there is a picture or there is a reason");
}

static void
ask_message (void)
{
  BK_BACKEND_MESSAGES_GET_IFACE (backend)->send_async (BK_BACKEND_MESSAGES (backend), BOB, GUID, "Tea?", cancellable,
                                                       on_answer, NULL);
}

static void
ask_contact (void)
{
  BK_BACKEND_CONTACTS_GET_IFACE (backend)->change_async (BK_BACKEND_CONTACTS (backend), BK_CONTACT_ADD, BOB, "It is me",
                                                         cancellable, on_answer, NULL);
}

static void
ask_group (void)
{
  BK_BACKEND_GROUPS_GET_IFACE (backend)->create_async (BK_BACKEND_GROUPS (backend), "Chess", cancellable, on_answer,
                                                       NULL);
}

static void
ask_mark (void)
{
  BK_BACKEND_MARKS_GET_IFACE (backend)->mark_async (BK_BACKEND_MARKS (backend), BOB, GUID, BECKON_DELIVERY_READ, TRUE,
                                                    cancellable, on_answer, NULL);
}

static void
ask_alias (void)
{
  BK_BACKEND_ALIASES_GET_IFACE (backend)->set_async (BK_BACKEND_ALIASES (backend), BOB, "Bobby", TRUE, FALSE,
                                                     cancellable, on_answer, NULL);
}

static void
ask_avatar (void)
{
  BK_BACKEND_AVATARS_GET_IFACE (backend)->get_async (
    BK_BACKEND_AVATARS (backend), BOB, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", cancellable,
    on_image, NULL);
}

static void
ask_password (void)
{
  BK_BACKEND_KEEPING_GET_IFACE (backend)->change_password_async (BK_BACKEND_KEEPING (backend), "secret", "secret2",
                                                                 cancellable, on_answer, NULL);
}

static void
ask_devices (void)
{
  BK_BACKEND_KEEPING_GET_IFACE (backend)->list_devices_async (BK_BACKEND_KEEPING (backend), cancellable, on_devices,
                                                              NULL);
}

static void
ask_challenge (void)
{
  BK_BACKEND_LOCK_GET_IFACE (backend)->challenge_async (BK_BACKEND_LOCK (backend), cancellable, on_answer, NULL);
}

static void
ask_respond (void)
{
  BK_BACKEND_LOCK_GET_IFACE (backend)->respond_async (BK_BACKEND_LOCK (backend), "c4a1", "BK7Q", "00ff", cancellable,
                                                      on_answer, NULL);
}

static void
ask_relays (void)
{
  BK_BACKEND_RELAYS_GET_IFACE (backend)->get_async (BK_BACKEND_RELAYS (backend), cancellable, on_relays, NULL);
}

static void
ask_session (void)
{
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_RINGING, GUID);

  BK_BACKEND_SESSIONS_GET_IFACE (backend)->send_async (BK_BACKEND_SESSIONS (backend), BOB, GUID, envelope, NULL,
                                                       cancellable, on_answer, NULL);
}

/* These have no answer. */
static void
tell_sites (void)
{
  static const guint32 sites[] = { 0, 7 };

  BK_BACKEND_ALERTS_GET_IFACE (backend)->set_sites (BK_BACKEND_ALERTS (backend), sites, G_N_ELEMENTS (sites));
}

static void
tell_typing (void)
{
  BK_BACKEND_MARKS_GET_IFACE (backend)->set_typing (BK_BACKEND_MARKS (backend), BOB, TRUE);
}

static void
tell_release (void)
{
  BK_BACKEND_LOCK_GET_IFACE (backend)->release (BK_BACKEND_LOCK (backend), "9f");
}

static const struct
{
  const char *word;
  void (*ask) (void);
  gboolean answered;
} asks[] = {
  { "message", ask_message, TRUE },     { "contact", ask_contact, TRUE },   { "group", ask_group, TRUE },
  { "mark", ask_mark, TRUE },           { "alias", ask_alias, TRUE },       { "avatar", ask_avatar, TRUE },
  { "password", ask_password, TRUE },   { "devices", ask_devices, TRUE },   { "challenge", ask_challenge, TRUE },
  { "respond", ask_respond, TRUE },     { "relays", ask_relays, TRUE },     { "session", ask_session, TRUE },
  { "sites", tell_sites, FALSE },       { "typing", tell_typing, FALSE },   { "release", tell_release, FALSE },
};

/* ---- steps ---- */

/* Until nothing happens any more. */
static void
settle (void)
{
  for (guint turns = 0; g_main_context_iteration (NULL, FALSE); turns++)
    check (turns < MAX_TURNS, "the client comes to rest");
  wire_read ();
}

static void
sign_in (gboolean by_token)
{
  BkSignIn wanted = {
    .sign_in_name = ALICE,
    .server = "ws://127.0.0.1:5290",
    .password = by_token ? NULL : "secret",
    .token = by_token ? "t0ken" : NULL,
    .cursor = by_token ? "7" : NULL,
    .status = BECKON_STATUS_ONLINE,
  };

  silent = FALSE;
  bk_backend_sign_in (BK_BACKEND (backend), &wanted);
}

static void
step_ask (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
    if (g_str_equal (asks[i].word, word))
      {
        n_asked += asks[i].answered;
        asks[i].ask ();
      }
}

static void
step_frame (const char *line)
{
  g_autoptr (GString) text = g_string_new (line);
  g_autofree char *last = g_strdup_printf ("%" G_GINT64_FORMAT, wire_last_id ());

  g_string_replace (text, "$L", last, 0);
  while (strstr (text->str, "$N") != NULL)
    {
      g_autofree char *next = g_strdup_printf ("%" G_GINT64_FORMAT, wire_next_id ());
      g_string_replace (text, "$N", next, 1);
    }
  g_debug ("< %s", text->str);
  wire_send_text (text->str);
}

static void
step_bytes (const char *digits)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (; g_ascii_isxdigit (digits[0]) && g_ascii_isxdigit (digits[1]); digits += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (digits[0]) << 4 | g_ascii_xdigit_value (digits[1]));
      g_byte_array_append (bytes, &byte, 1);
    }
  wire_send_bytes (bytes->data, bytes->len);
}

static void
step_wish (const char *line)
{
  if (g_str_has_prefix (line, "in"))
    sign_in (g_str_equal (line, "in token"));
  else if (g_str_equal (line, "out") || g_str_equal (line, "forget"))
    bk_backend_sign_out (BK_BACKEND (backend), g_str_equal (line, "forget"));
  else if (g_str_equal (line, "nudge"))
    bk_backend_nudge (BK_BACKEND (backend));
  else if (g_str_equal (line, "busy"))
    bk_backend_set_presence (BK_BACKEND (backend), BECKON_STATUS_BUSY, "Tea");
  else if (g_str_has_prefix (line, "ask "))
    step_ask (line + strlen ("ask "));
}

static void
step (const char *line)
{
  if (line[0] == '+')
    bk_fake_clock_advance (the_clock, (guint) MIN (g_ascii_strtoull (line + 1, NULL, 10), MAX_WAIT_MS));
  else if (g_str_equal (line, "connect"))
    wire_accept ();
  else if (g_str_equal (line, "refuse"))
    wire_refuse ();
  else if (g_str_equal (line, "hang up"))
    wire_hang_up ();
  else if (g_str_equal (line, "cancel"))
    {
      g_cancellable_cancel (cancellable);
      g_clear_object (&cancellable);
      cancellable = g_cancellable_new ();
    }
  else if (line[0] == '{')
    step_frame (line);
  else if (g_str_has_prefix (line, "bytes "))
    step_bytes (line + strlen ("bytes "));
  else
    {
      calling = TRUE;
      step_wish (line);
      calling = FALSE;
    }
  settle ();
}

/* ---- the end ---- */

static void
finish (void)
{
  bk_backend_sign_out (BK_BACKEND (backend), FALSE);
  settle ();
  check (state == BK_BACKEND_OFFLINE, "who signs out is out");
  silent = TRUE;
  wire_reset ();
  settle ();
  bk_fake_clock_advance (the_clock, MAX_WAIT_MS);
  settle ();
  check (n_asked == n_answered, "every question has one answer");
  check (bk_fake_clock_pending (the_clock) == 0, "nothing wakes up any more");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  the_clock = bk_fake_clock_new ();
  g_random_set_seed (1); /* for how long it waits */
  backend = bk_native_backend_new (BK_CLOCK (the_clock));
  cancellable = g_cancellable_new ();
  state = BK_BACKEND_OFFLINE;
  silent = FALSE;
  n_asked = n_answered = 0;
  g_signal_connect (backend, "event", G_CALLBACK (on_event), NULL);

  script_run (data, size, MAX_STEPS, step);
  finish ();

  g_assert_finalize_object (backend);
  settle ();
  g_clear_object (&cancellable);
  g_assert_finalize_object (the_clock);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return script_mutate (data, size, max_size, seed, client_lines, G_N_ELEMENTS (client_lines));
}
