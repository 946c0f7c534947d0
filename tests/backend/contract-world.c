/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contract-world.h"

#include "bk-fake-backend.h"
#include "bk-native-backend.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

typedef struct
{
  const char *name;
  void (*start) (World *world);
  BkBackend *(*new_backend) (World *world);
  void (*stop) (World *world);
  char *(*issue) (World *world, char **key);
  void (*revoke) (World *world, const char *id);
  void (*ask) (World *world, const char *id);
  void (*alert) (World *world, const char *to, guint32 site, const char *text, const char *url);
  void (*alert_subscribers) (World *world, guint32 site, const char *text);
} Kind;

struct _World
{
  const Kind *kind;
  gboolean locked;
  BkClock *clock;
  char *server; /* nullable */

  BkFakeNetwork *network;
  GSubprocess *process;
  BkTestDir *dir;
  char *database;
};

const char *const contract_servers[] = { "turn:192.0.2.7:3478?transport=udp", "turn:192.0.2.7:3478?transport=tcp",
                                         "stun:[2001:db8::7]:3479", NULL };

/* ---- the networks ---- */

static void
fake_start (World *world)
{
  world->network = bk_fake_network_new (world->clock);
  bk_fake_network_set_locked (world->network, world->locked);
  g_autoptr (BkRelays) relays = bk_relays_new (contract_servers, "1767312000:0b5e", "c2VjcmV0", CONTRACT_TTL);
  bk_fake_network_set_relays (world->network, relays);
}

static BkBackend *
fake_new_backend (World *world)
{
  return BK_BACKEND (bk_fake_backend_new (world->network));
}

static void
fake_stop (World *world)
{
  g_assert_finalize_object (world->network);
}

static char *
fake_issue (World *world, char **key)
{
  *key = bk_token_new ();
  bk_fake_network_add_license (world->network, "BKFAKE", *key);
  return g_strdup ("BKFAKE");
}

static void
fake_revoke (World *world, const char *id)
{
  bk_fake_network_revoke_license (world->network, id);
}

static void
fake_ask (World *world, const char *id)
{
  bk_fake_network_ask_again (world->network, id);
}

static void
fake_alert (World *world, const char *to, guint32 site, const char *text, const char *url)
{
  bk_fake_network_alert (world->network, to, site, text, url);
}

static void
fake_alert_subscribers (World *world, guint32 site, const char *text)
{
  bk_fake_network_alert_subscribers (world->network, site, text, NULL);
}

static const Kind fake = { "fake",      fake_start, fake_new_backend, fake_stop,
                           fake_issue,  fake_revoke, fake_ask,        fake_alert, fake_alert_subscribers };

/* A test that fails ends at once, and must leave no server behind. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static char *
write_config (World *world)
{
  char *path = g_build_filename (world->dir, "server.conf", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path,
                       "[relays]\n"
                       "turn-servers=turn:192.0.2.7:3478?transport=udp;turn:192.0.2.7:3478?transport=tcp\n"
                       "stun-servers=stun:[2001:db8::7]:3479\n"
                       "turn-secret=north\n"
                       "turn-ttl=" G_STRINGIFY (CONTRACT_TTL) "\n",
                       -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
native_start (World *world)
{
  g_autoptr (GError) error = NULL;

  world->dir = bk_test_dir_new ();
  world->database = g_build_filename (world->dir, "server.db", NULL);
  g_autofree char *config = write_config (world);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  world->process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("BECKON_SERVER"), "run", "--config", config,
                                                "--database", world->database, "--listen", "127.0.0.1:0",
                                                "--domain", "localhost", "--registration", "open", "--lock",
                                                world->locked ? "on" : "off", NULL);
  g_assert_no_error (error);

  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (world->process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  world->server = g_strconcat ("ws://", line + strlen ("listening on "), NULL);
}

static BkBackend *
native_new_backend (World *world)
{
  return BK_BACKEND (bk_native_backend_new (world->clock));
}

static void
native_stop (World *world)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (world->process, SIGTERM);
  g_subprocess_wait (world->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (world->process));
  g_assert_cmpint (g_subprocess_get_exit_status (world->process), ==, 0);
  g_object_unref (world->process);
  g_free (world->database);
  bk_test_dir_remove (world->dir);
}

/* Runs a command of the operator. Returns (transfer full) what it prints. */
static char *
command (World *world, const char *group, const char *verb, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list arguments;

  const char *first[] = { g_getenv ("BECKON_SERVER"), group, verb, "--database", world->database };
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (words, (char *) first[i]);
  va_start (arguments, verb);
  do
    g_ptr_array_add (words, va_arg (arguments, char *));
  while (words->pdata[words->len - 1] != NULL);
  va_end (arguments);
  g_autoptr (GSubprocess) process
    = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}

static char *
native_issue (World *world, char **key)
{
  g_autofree char *output = command (world, "license", "issue", "--name", "Test", NULL);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  g_assert_true (g_str_has_prefix (lines[0], "id: ") && g_str_has_prefix (lines[1], "key: "));
  *key = g_strdup (lines[1] + strlen ("key: "));
  return g_strdup (lines[0] + strlen ("id: "));
}

static void
native_revoke (World *world, const char *id)
{
  g_free (command (world, "license", "revoke", id, NULL));
}

static void
native_ask (World *world, const char *id)
{
  g_free (command (world, "license", "challenge", id, NULL));
}

static void
native_alert (World *world, const char *to, guint32 site, const char *text, const char *url)
{
  g_autofree char *about = g_strdup_printf ("--site=%u", site);
  g_autofree char *whom = to != NULL ? g_strconcat ("--to=", to, NULL) : g_strdup ("--all");
  g_autofree char *link = url != NULL ? g_strconcat ("--url=", url, NULL) : NULL;

  g_free (command (world, "alert", "send", text, about, whom, link, NULL));
}

static void
native_alert_subscribers (World *world, guint32 site, const char *text)
{
  g_autofree char *about = g_strdup_printf ("--site=%u", site);

  g_free (command (world, "alert", "send", text, about, "--subscribers", NULL));
}

static const Kind native = { "native",     native_start,  native_new_backend, native_stop,
                             native_issue, native_revoke, native_ask,         native_alert, native_alert_subscribers };

/* ---- the operator ---- */

char *
operator_issue (World *world, char **key)
{
  return world->kind->issue (world, key);
}

void
operator_revoke (World *world, const char *id)
{
  world->kind->revoke (world, id);
}

void
operator_ask (World *world, const char *id)
{
  world->kind->ask (world, id);
}

void
operator_alert (World *world, const char *to, guint32 site, const char *text, const char *url)
{
  world->kind->alert (world, to, site, text, url);
}

void
operator_alert_subscribers (World *world, guint32 site, const char *text)
{
  world->kind->alert_subscribers (world, site, text);
}

/* ---- people ---- */

BkSignIn
as (World *world, const char *name)
{
  return (BkSignIn){
    .sign_in_name = name,
    .server = world->server,
    .password = PASSWORD,
    .status = BECKON_STATUS_ONLINE,
  };
}

BkRecorder *
stranger (World *world)
{
  return bk_recorder_new (world->kind->new_backend (world));
}

BkRecorder *
person (World *world, const char *name)
{
  BkRecorder *recorder = bk_recorder_new (world->kind->new_backend (world));
  BkSignIn sign_in = as (world, name);

  g_assert_cmpint (bk_recorder_register (recorder, &sign_in, NULL), ==, -1);
  bk_recorder_sign_in (recorder, &sign_in);
  bk_recorder_wait_state (recorder, BK_BACKEND_ONLINE);
  return recorder;
}

BkRecorder *
device (World *world, const char *name)
{
  BkRecorder *recorder = bk_recorder_new (world->kind->new_backend (world));
  BkSignIn sign_in = as (world, name);

  bk_recorder_sign_in (recorder, &sign_in);
  bk_recorder_wait_state (recorder, BK_BACKEND_ONLINE);
  return recorder;
}

void
befriend (BkRecorder *alice, BkRecorder *bob)
{
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_ADD, BOB, NULL), ==, -1);
  bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_ASKING);
  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_APPROVE, ALICE, NULL), ==, -1);
  bk_recorder_wait_relation (alice, BOB, BECKON_RELATION_ACCEPTED);
  bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_ACCEPTED);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_ONLINE);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_ONLINE);
}

int
say (BkRecorder *who, const char *to, const char *text)
{
  g_autofree char *id = bk_guid_new ();

  return bk_recorder_say (who, to, id, text, NULL);
}

int
send_envelope (BkRecorder *who, const char *to, const BkEnvelope *envelope)
{
  g_autofree char *uid = bk_guid_new ();

  return bk_recorder_envelope (who, to, uid, envelope);
}

BkEnvelope *
invitation (const char *data)
{
  g_autofree char *session = bk_guid_new ();
  BkEnvelope *envelope = bk_envelope_new (BK_ENVELOPE_INVITE, session);

  envelope->app_guid = bk_guid_new ();
  envelope->app_name = g_strdup ("Whiteboard");
  envelope->data = g_strdup (data);
  envelope->ttl = 120;
  return envelope;
}

BkEnvelope *
reply_to (const BkEnvelope *invite, BkEnvelopeKind kind, const char *data)
{
  BkEnvelope *envelope = bk_envelope_new (kind, invite->session);

  envelope->data = g_strdup (data);
  if (kind == BK_ENVELOPE_ACCEPT || kind == BK_ENVELOPE_CONNECT)
    envelope->address = g_strdup ("192.0.2.1");
  if (kind == BK_ENVELOPE_TRANSPORT)
    {
      envelope->generation = 1;
      envelope->ufrag = g_strdup ("abcd");
      envelope->pwd = g_strdup ("secret");
      envelope->candidates = g_strsplit ("candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host", "\n", -1);
    }
  return envelope;
}

/* ---- running it ---- */

typedef struct
{
  const Kind *kind;
  gboolean locked;
  Body body;
} Case;

static void
run (gconstpointer data)
{
  const Case *test = data;
  World world = { .kind = test->kind, .locked = test->locked, .clock = bk_clock_new_system () };

  world.kind->start (&world);
  test->body (&world);
  world.kind->stop (&world);
  g_free (world.server);
  g_object_unref (world.clock);
}

static void
add_kind (const Kind *kind, const char *name, gboolean locked, Body body)
{
  g_autofree char *path = g_strdup_printf ("/contract/%s/%s", kind->name, name);
  Case *test = g_new (Case, 1);

  *test = (Case){ kind, locked, body };
  g_test_add_data_func_full (path, test, run, g_free);
}

void
contract_add (const char *name, gboolean locked, Body body)
{
  add_kind (&fake, name, locked, body);
  if (g_getenv ("BECKON_SERVER") != NULL)
    add_kind (&native, name, locked, body);
}
