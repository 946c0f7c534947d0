/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /health and /metrics: the form line by line, the numbers that must be in it, and clients that behave badly. */
#include "server-fixture.h"

#include "bk-server-metrics.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static void
configure (BkServerConfig *config)
{
  config->metrics = g_strdup ("127.0.0.1:0");
}

/* Sends @text and returns all that is answered. */
static char *
talk (Fixture *f, const char *text)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) spliced = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_client_connect_to_host_async (client, "127.0.0.1", bk_server_get_metrics_port (f->server), NULL,
                                         bk_test_store_result, &connected);
  g_autoptr (GSocketConnection) connection
    = g_socket_client_connect_to_host_finish (client, bk_test_await (&connected), &error);
  g_assert_no_error (error);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL); /* it may have been cut */
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (memory, g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL, bk_test_store_result,
                                &spliced);
  g_output_stream_splice_finish (memory, bk_test_await (&spliced), NULL);
  gsize length = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  return length > 0 ? g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)), length)
                    : g_strdup ("");
}

static char *
get (Fixture *f, const char *path, const char *status)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\n\r\n", path);
  g_autofree char *answer = talk (f, request);
  g_autofree char *start = g_strconcat ("HTTP/1.1 ", status, "\r\n", NULL);
  const char *body = strstr (answer, "\r\n\r\n");

  if (!g_str_has_prefix (answer, start) || body == NULL)
    g_error ("%s: %s", path, answer);
  return g_strdup (body + 4);
}

/* One line of the form: # HELP NAME TEXT, # TYPE NAME WORD, or NAME{LABELS} NUMBER, of a name that was declared. */
static void
check_line (const char *line, GHashTable *declared, GHashTable *seen)
{
  g_autoptr (GRegex) sample = g_regex_new (
    "^(beckon_[a-z_]+?)(_bucket|_sum|_count)?(\\{[a-z]+=\"[a-zA-Z0-9.+-]+\"(,[a-z]+=\"[a-zA-Z0-9.+-]+\")*\\})? "
    "[0-9]+(\\.[0-9]+)?$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (g_str_has_prefix (line, "# HELP beckon_") || g_str_has_prefix (line, "# TYPE beckon_"))
    {
      g_auto (GStrv) words = g_strsplit (line, " ", 4);
      g_assert_cmpuint (g_strv_length (words), ==, 4);
      if (g_str_equal (words[1], "HELP"))
        g_assert_true (g_hash_table_add (declared, g_strdup (words[2]))); /* each once */
      else
        g_assert_true (g_str_equal (words[3], "gauge") || g_str_equal (words[3], "counter")
                       || g_str_equal (words[3], "histogram"));
      return;
    }
  if (!g_regex_match (sample, line, 0, &match))
    g_error ("That is no sample: %s", line);
  g_autofree char *name = g_match_info_fetch (match, 1);
  g_assert_true (g_hash_table_contains (declared, name));
  g_autofree char *key = g_strndup (line, (gsize) (strrchr (line, ' ') - line));
  if (!g_hash_table_insert (seen, g_strdup (key), g_strdup (strrchr (line, ' ') + 1)))
    g_error ("%s is there twice", key);
}

static GHashTable *
read_metrics (Fixture *f)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) declared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = get (f, "/metrics", "200 OK");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (char **line = lines; line[1] != NULL; line++)
    check_line (*line, declared, seen);
  return seen;
}

static void
expect (GHashTable *seen, const char *name, gint64 least, gint64 most)
{
  const char *text = g_hash_table_lookup (seen, name);

  if (text == NULL)
    g_error ("%s is not there", name);
  gint64 value = g_ascii_strtoll (text, NULL, 10);
  if (value < least || value > most)
    g_error ("%s is %s", name, text);
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "hello"));
  client_error (alice, request_message ("carol@example.org", "{00000000-0000-4000-8000-000000000002}", "hello"),
                BECKON_ERROR_NOT_FOUND);
  bk_fake_clock_advance (f->clock, 3000);
  g_autoptr (GHashTable) seen = read_metrics (f);
  expect (seen, "beckon_connections", 2, 2);
  expect (seen, "beckon_accounts_online", 2, 2);
  expect (seen, "beckon_up_seconds", 3, 3);
  expect (seen, "beckon_events_total{family=\"errors\",name=\"not-found\"}", 1, 1);
  expect (seen, "beckon_events_total{family=\"frames\",name=\"requests\"}", 8, 20);
  expect (seen, "beckon_database_bytes", 4096, G_MAXINT32);
  expect (seen, "beckon_commits_total", 5, 100);
  expect (seen, "beckon_jobs", 0, 0);
  expect (seen, "beckon_outgoing_bytes", 0, 0);
  expect (seen, "beckon_write_seconds_count", 8, 12);
  expect (seen, "beckon_write_seconds_bucket{le=\"+Inf\"}", 8, 12);
  client_close (bob);
  client_wait_closed (bob);
  g_autoptr (GHashTable) later = read_metrics (f);
  expect (later, "beckon_accounts_online", 1, 1);
}

static void
test_health (Fixture *f, gconstpointer data)
{
  g_autofree char *good = get (f, "/health", "200 OK");
  g_assert_cmpstr (good, ==, "ok\n");
  g_autofree char *other = get (f, "/", "404 Not Found");
  g_assert_cmpstr (other, ==, "There are /health and /metrics\n");

  /* Somebody else holds the file: it cannot be written now. */
  sqlite3 *thief = NULL;
  g_assert_cmpint (sqlite3_open (f->database, &thief), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (thief, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  g_autofree char *bad = get (f, "/health", "503 Service Unavailable");
  g_assert_cmpstr (bad, ==, "The database is in use by another program\n");
  g_assert_cmpint (sqlite3_exec (thief, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (thief);
  g_autofree char *again = get (f, "/health", "200 OK");
}

static void
test_bad_clients (Fixture *f, gconstpointer data)
{
  g_autofree char *junk = g_strnfill (10000, 'x');
  g_autofree char *too_long = talk (f, junk);
  g_assert_cmpstr (too_long, ==, "");
  g_autofree char *post = talk (f, "POST /health HTTP/1.1\r\n\r\n");
  g_assert_true (g_str_has_prefix (post, "HTTP/1.1 405 "));
  g_autofree char *strange = talk (f, "GET /metricsx HTTP/1.1\r\n\r\n");
  g_assert_true (g_str_has_prefix (strange, "HTTP/1.1 404 "));
  g_autofree char *binary = talk (f, "\x16\x03\x01\r\n\r\n");
  g_assert_true (g_str_has_prefix (binary, "HTTP/1.1 405 "));
}

static GSocketConnection *
connect_silently (Fixture *f)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_client_connect_to_host_async (client, "127.0.0.1", bk_server_get_metrics_port (f->server), NULL,
                                         bk_test_store_result, &connected);
  GSocketConnection *silent = g_socket_client_connect_to_host_finish (client, bk_test_await (&connected), &error);
  g_assert_no_error (error);
  return silent;
}

/* Nothing more comes from there. */
static void
expect_end (GSocketConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  char byte;

  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), &byte, 1, G_PRIORITY_DEFAULT,
                             NULL, bk_test_store_result, &result);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_assert_cmpint (g_input_stream_read_finish (in, bk_test_await (&result), NULL), <=, 0);
}

/* However many say nothing: who asks is answered, and the one that has said nothing for longest goes. */
static void
test_silent_clients (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 40; i++)
    {
      g_ptr_array_add (silent, connect_silently (f));
      g_autofree char *good = get (f, "/health", "200 OK");
    }
  expect_end (g_ptr_array_index (silent, 0));
  g_autoptr (Client) alice = sign_up (f, ALICE);
}

/* A byte now and then is no reason to wait longer. */
static void
test_slow_client (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) slow = connect_silently (f);

  for (int i = 0; i < 3; i++)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (slow)), "G", 1, NULL, NULL, NULL);
      g_autofree char *good = get (f, "/health", "200 OK"); /* it has been taken */
      bk_fake_clock_advance (f->clock, 4000);
    }
  expect_end (slow);
}

/* A page of the web whose name has been turned to this machine meanwhile: the browser says by which name it asks. */
static void
test_host (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *host;
    gboolean good;
  } cases[] = {
    { "Host: localhost", TRUE },
    { "host:LOCALHOST:9290", TRUE },
    { "HOST:   127.0.0.1:9290  ", TRUE },
    { "Host: 127.5.5.5", TRUE },
    { "Host: [::1]:9290", TRUE },
    { "Host: [::1]", TRUE },
    { "X-Host: example.org", TRUE },
    { "Host: example.org", FALSE },
    { "Host: example.org:9290", FALSE },
    { "hOST:example.org", FALSE },
    { "Host: localhost.example.org", FALSE },
    { "Host: 127.0.0.1.example.org", FALSE },
    { "Host: 192.0.2.1:9290", FALSE },
    { "Host: [2001:db8::1]", FALSE },
    { "Host: [::1", FALSE },
    { "Host:", FALSE },
    { "Host: localhost\r\nHost: example.org", FALSE },
  };
  static const char *const pages[] = { "/metrics", "/health" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (pages); i++)
    {
      const char *host = cases[i / 2].host;
      g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n%s\r\n\r\n", pages[i % 2], host);
      g_autofree char *answer = talk (f, request);
      if (!g_str_has_prefix (answer, cases[i / 2].good ? "HTTP/1.1 200 OK" : "HTTP/1.1 421 Misdirected Request"))
        g_error ("%s: %s", host, answer);
      g_assert_true (cases[i / 2].good || strstr (answer, "beckon_") == NULL);
    }
}

static void
test_address (void)
{
  static const char *const bad[] = { "0.0.0.0:9290", "192.0.2.1:9290", "[::]:9290", "example.org:9290", "9290", "" };
  static const char *const good[] = { "127.0.0.1:9290", "[::1]:9290", "localhost:0", "127.5.5.5:1" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (bk_server_metrics_check (bad[i], &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (bk_server_metrics_check (good[i], NULL));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add ("/server/metrics/numbers", Fixture, configure, fixture_set_up, test_numbers, fixture_tear_down);
  g_test_add ("/server/metrics/health", Fixture, configure, fixture_set_up, test_health, fixture_tear_down);
  g_test_add ("/server/metrics/bad-clients", Fixture, configure, fixture_set_up, test_bad_clients, fixture_tear_down);
  g_test_add ("/server/metrics/silent-clients", Fixture, configure, fixture_set_up, test_silent_clients,
              fixture_tear_down);
  g_test_add ("/server/metrics/slow-client", Fixture, configure, fixture_set_up, test_slow_client, fixture_tear_down);
  g_test_add ("/server/metrics/host", Fixture, configure, fixture_set_up, test_host, fixture_tear_down);
  g_test_add_func ("/server/metrics/address", test_address);
  return g_test_run ();
}
