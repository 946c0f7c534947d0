/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the log says at each level, and what it never says: whatever people write, are called, or know. */
#include "process-fixture.h"

#include "bk-ids.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ALICE "alicesecretname@localhost"
#define BOB "bobsecretname@localhost"

typedef struct
{
  Child child; /* first: the fixture is one */
  char *config;
  char *log;
} Logged;

static void
set_up (Logged *f, gconstpointer data)
{
  child_set_up (&f->child, data);
  f->config = g_build_filename (f->child.dir, "server.conf", NULL);
  f->log = g_build_filename (f->child.dir, "server.log", NULL);
}

static void
tear_down (Logged *f, gconstpointer data)
{
  g_free (f->config);
  g_free (f->log);
  child_tear_down (&f->child, data);
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
configure (Logged *f, const char *level)
{
  g_autofree char *text = g_strdup_printf ("[server]\nlisten=127.0.0.1:0\ndatabase=%s\nlog-level=%s\n[relays]\n"
                                           "turn-servers=turn:turn.example.org\nturn-secret=turnsecretword\n",
                                           f->child.database, level);

  g_assert_true (g_file_set_contents (f->config, text, -1, NULL));
}

static void
start (Logged *f, const char *level)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *program = g_build_filename (g_getenv ("BECKON_BUILDDIR"), "src", "server", "beckon-server", NULL);
  const char *argv[] = { program, "run", "--config", f->config, NULL };
  g_autoptr (GError) error = NULL;

  configure (f, level);
  unlink (f->log);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_set_stderr_file_path (launcher, f->log);
  f->child.process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  f->child.out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->child.process));
  g_autofree char *line = g_data_input_stream_read_line (f->child.out, NULL, NULL, &error);
  g_assert_nonnull (line);
  f->child.port = (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

/* Ends the server. Returns all that it has said. */
static char *
end (Logged *f)
{
  char *text = NULL;

  g_subprocess_send_signal (f->child.process, SIGTERM);
  child_wait (&f->child);
  g_clear_object (&f->child.process);
  g_assert_true (g_file_get_contents (f->log, &text, NULL, NULL));
  return text;
}

static void
refuse_words (const char *log, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (log, *words) != NULL)
      g_error ("The log says “%s”: %s", *words, log);
}

static Client *
join (Logged *f, const char *name, const char *password)
{
  Client *c = child_connect (&f->child);
  BkFrame *frame = request_who (BK_FRAME_REGISTER, "name", name);

  bk_frame_set_string (frame, "password", password);
  bk_frame_set_string (frame, "display_name", "Secret Displayname");
  client_ok (c, frame);
  BkFrame *sign_in = request_sign_in (name, password, NULL, NULL, 0);
  bk_frame_set_string (sign_in, "device_name", "secretlaptop");
  bk_frame_set_string (sign_in, "personal_message", "secretmood");
  g_autoptr (BkFrame) reply = client_call (c, sign_in);
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  c->name = g_strdup (name);
  c->device = g_strdup (bk_frame_get_string (reply, "device"));
  c->token = g_strdup (bk_frame_get_string (reply, "token"));
  client_caught_up (c);
  return c;
}

static void
send_invite (Client *alice)
{
  BkEnvelope *envelope = bk_envelope_new (BK_ENVELOPE_INVITE, "{00000000-0000-4000-8000-0000000000AB}");

  envelope->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AC}");
  envelope->app_name = g_strdup ("Secretgame");
  envelope->data = g_strdup ("secretappdata");
  envelope->ttl = 60;
  bk_frame_free (client_call (alice, request_session (BOB, envelope)));
}

/* Everything that a frame can go wrong with, too: refusals are logged. */
static void
misbehave (Logged *f)
{
  g_autoptr (Client) thief = child_connect (&f->child);

  client_error (thief, request_sign_in (ALICE, "secretguess", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (thief, request_sign_in (ALICE, NULL, "secretfalsetoken", NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_send_text (thief, "{\"type\":\"secrettype\",\"id\":99}");
  bk_frame_free (client_reply (thief, 99));
  client_send_text (thief, "secretnonsense");
  client_send_text (thief, "{\"type\":\"message-send\",\"id\":100,\"text\":\"secretbroken\"}");
  bk_frame_free (client_reply (thief, 100));
}

static void
test_secrets (Logged *f, gconstpointer data)
{
  start (f, "debug");
  g_autoptr (Client) alice = join (f, ALICE, "secretpassword1");
  g_autoptr (Client) bob = join (f, BOB, "secretpassword2");
  BkFrame *add = request_who (BK_FRAME_CONTACT_ADD, "who", BOB);
  bk_frame_set_string (add, "message", "secretrequest");
  client_ok (alice, add);
  client_ok (bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", ALICE));
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-0000000000AA}", "secrettext"));
  send_invite (alice);
  g_autoptr (BkFrame) relays = client_call (alice, request (BK_FRAME_RELAYS));
  g_autofree char *relay_password = g_strdup (bk_frame_get_string (relays, "password"));
  client_forget_pushes (alice);
  g_free (child_operate (&f->child, 0, NULL, "alert", "send", "--to", ALICE, "secretalert", NULL));
  g_autoptr (BkFrame) alert = client_push (alice, BK_FRAME_ALERT);
  g_autoptr (BkFrame) challenged = client_call (alice, request (BK_FRAME_LOCK_CHALLENGE));
  g_autofree char *challenge = g_strdup (bk_frame_get_string (challenged, "challenge"));
  BkFrame *password = request_who (BK_FRAME_PASSWORD_SET, "password", "secretpassword1");
  bk_frame_set_string (password, "new_password", "secretpassword3");
  client_ok (alice, password);
  misbehave (f);
  g_subprocess_send_signal (f->child.process, SIGHUP);
  g_autofree char *log = end (f);

  const char *const words[] = {
    "secret", "Secret", alice->token, bob->token, alice->device, challenge, relay_password, "localhost", NULL,
  };
  refuse_words (log, words);
  /* And it was not silent about all that. */
  static const char *const expected[] = {
    "request: register", "request: sign-in", "signed in: by password (account 1, device 1)", "request: message-send",
    "request: session-send", "request: password-set", "refused: invalid-password", "refused: protocol",
    "sent away: shutdown",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    if (strstr (log, expected[i]) == NULL)
      g_error ("“%s” is missing in: %s", expected[i], log);
}

static void
test_levels (Logged *f, gconstpointer data)
{
  static const char *const info[] = { "request: ", "refused: ", NULL };
  static const char *const none[] = { "request: ", "refused: ", "signed in", "sent away", NULL };

  start (f, "info");
  g_autoptr (Client) alice = join (f, ALICE, "correct horse");
  g_autofree char *some = end (f);
  refuse_words (some, info);
  g_assert_nonnull (strstr (some, "signed in"));

  start (f, "warning");
  g_autoptr (Client) bob = join (f, BOB, "correct horse");
  g_subprocess_send_signal (f->child.process, SIGHUP);
  g_autofree char *quiet = end (f);
  refuse_words (quiet, none);
  g_assert_null (strstr (quiet, "The configuration was read again"));
}

/* The level is one of the settings that are read again. */
static void
test_reload (Logged *f, gconstpointer data)
{
  start (f, "message");
  configure (f, "info");
  g_subprocess_send_signal (f->child.process, SIGHUP);
  for (g_autofree char *log = NULL; log == NULL || strstr (log, "read again") == NULL;)
    {
      g_free (log);
      log = NULL;
      g_file_get_contents (f->log, &log, NULL, NULL);
      g_autoptr (Client) poll = child_connect (&f->child);
    }
  g_autoptr (Client) alice = join (f, ALICE, "correct horse");
  g_autofree char *log = end (f);
  g_assert_nonnull (strstr (log, "signed in: by password"));
}

#define LOG_TEST(path, function) g_test_add (path, Logged, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  LOG_TEST ("/server/log/secrets", test_secrets);
  LOG_TEST ("/server/log/levels", test_levels);
  LOG_TEST ("/server/log/reload", test_reload);
  return g_test_run ();
}
