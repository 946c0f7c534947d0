/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry-world.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bk-limits.h"

#define PATH_A "/usr/share/beckon/peers/" GUID_A ".peer"
#define HEAD "[Beckon Peer]\nGUID=" GUID_A "\nName=Pipe\n"

/* ---- files ---- */

typedef struct
{
  const char *what;
  const char *text;
  const char *complaint; /* NULL: it is good */
} FileCase;

static const FileCase cases[] = {
  { "plain", HEAD "Exec=pipe --session\n", NULL },
  { "every key",
    HEAD "URL=https://example.org/pipe\nIcon=im.example.Pipe\nComment=Joins\nChannel=required\nExec=/bin/pipe\n", NULL },
  { "lower-case GUID", "[Beckon Peer]\nGUID={11111111-aaaa-4aaa-8aaa-000000000001}\nName=Pipe\nExec=pipe\n", NULL },
  { "unknown keys and groups", HEAD "Exec=pipe\nX-More=1\n[Other]\nGUID=x\n", NULL },
  { "bus name", HEAD "BusName=im.beckon.Beckon.Peer.Pipe\n", NULL },
  { "compatible",
    HEAD "HostExec=gamed --port %p\nJoinExec=game --connect %h:%p --name %n\nTransport=tcp+udp\nPort=6112\nHost=invitee\n",
    NULL },
  { "percent", HEAD "Exec=pipe 100%%\n", NULL },
  { "quotes", HEAD "Exec=\"pipe\" 'a b' c\\\\ d\n", NULL },
  { "empty", "", "no group" },
  { "not a key file", "hello\n", "not a key file" },
  { "other group", "[Desktop Entry]\nName=x\n", "no group" },
  { "binary", "[Beckon Peer]\nGUID=\xff\xfe\n", "not text in UTF-8" },
  { "no GUID", "[Beckon Peer]\nName=Pipe\nExec=pipe\n", "GUID is missing" },
  { "bad GUID", "[Beckon Peer]\nGUID={1234}\nName=Pipe\nExec=pipe\n", "not a GUID" },
  { "other GUID", "[Beckon Peer]\nGUID=" GUID_B "\nName=Pipe\nExec=pipe\n", "is not its GUID" },
  { "no name", "[Beckon Peer]\nGUID=" GUID_A "\nExec=pipe\n", "Name is missing" },
  { "empty name", "[Beckon Peer]\nGUID=" GUID_A "\nName=\nExec=pipe\n", "Name is not one line" },
  { "name of two lines", "[Beckon Peer]\nGUID=" GUID_A "\nName=a\\nb\nExec=pipe\n", "Name is not one line" },
  { "malformed name", HEAD "Name=a\\pb\nExec=pipe\n", "Name is not one line" },
  { "script URL", HEAD "URL=javascript:alert(1)\nExec=pipe\n", "URL must be an http" },
  { "file URL", HEAD "URL=file:///etc/passwd\nExec=pipe\n", "URL must be an http" },
  { "icon path", HEAD "Icon=/etc/passwd\nExec=pipe\n", "Icon is not" },
  { "bad channel", HEAD "Channel=perhaps\nExec=pipe\n", "Channel is none of" },
  { "nothing to start", HEAD, "not said how to start" },
  { "two ways", HEAD "Exec=pipe\nBusName=im.beckon.Beckon.Peer.Pipe\n", "more than one way" },
  { "foreign bus name", HEAD "BusName=org.freedesktop.systemd1\n", "BusName is not a bus name" },
  { "bus name with a number", HEAD "BusName=im.beckon.Beckon.Peer.1a\n", "BusName is not a bus name" },
  { "bus name with a hole", HEAD "BusName=im.beckon.Beckon.Peer..a\n", "BusName is not a bus name" },
  { "bus name that ends", HEAD "BusName=im.beckon.Beckon.Peer.\n", "BusName is not a bus name" },
  { "malformed bus name", HEAD "BusName=im.beckon.Beckon.Peer.a b\n", "BusName is not a bus name" },
  { "open quote", HEAD "Exec=pipe \"a\n", "cannot be split" },
  { "empty program", HEAD "Exec=\"\" a\n", "names no program" },
  { "folder as program", HEAD "Exec=/bin/\n", "names no program" },
  { "field code", HEAD "Exec=pipe %f\n", "field code %f" },
  { "field code in program", HEAD "HostExec=%p\nJoinExec=a\nTransport=tcp\n", "field code %p" },
  { "percent at the end", HEAD "Exec=pipe 5%\n", "single %" },
  { "host without join", HEAD "HostExec=a\nTransport=tcp\n", "go together" },
  { "no transport", HEAD "HostExec=a\nJoinExec=b\n", "Transport is missing" },
  { "bad transport", HEAD "HostExec=a\nJoinExec=b\nTransport=sctp\n", "Transport is none of" },
  { "port 0", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nPort=0\n", "Port is not" },
  { "port 65536", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nPort=65536\n", "Port is not" },
  { "port with more", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nPort=1;2\n", "Port is not" },
  { "bad host", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nHost=me\n", "Host is none of" },
  { "port of a socket", HEAD "HostExec=a\nJoinExec=b\nTransport=unix\nPort=1\n", "Port goes with" },
  { "address of a socket", HEAD "HostExec=a\nJoinExec=b %h\nTransport=unix\n", "field code %h" },
  { "socket of a port", HEAD "HostExec=a %s\nJoinExec=b\nTransport=tcp\n", "field code %s" },
  { "no channel", HEAD "Channel=none\nHostExec=a\nJoinExec=b\nTransport=tcp\n", "Channel is none" },
  { "ignored word", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nIgnorePorts=1/udp;all\n", "IgnorePorts is not a list" },
  { "ignored port", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nIgnorePorts=65536/udp\n", "IgnorePorts is not a list" },
  { "ignored kind", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nIgnorePorts=7/sctp\n", "IgnorePorts is not a list" },
  { "nothing ignored", HEAD "HostExec=a\nJoinExec=b\nTransport=tcp\nIgnorePorts=;\n", "IgnorePorts is not a list" },
  { "a command to try", HEAD "Exec=a\nTryExec=b c\n", "TryExec is more" },
};

static void
test_files (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BkEngineApplication) application =
        bk_engine_application_parse (PATH_A, cases[i].text, strlen (cases[i].text), FALSE, &error);

      g_test_message ("%s: %s", cases[i].what, error != NULL ? error->message : "good");
      if (cases[i].complaint == NULL)
        {
          g_assert_no_error (error);
          g_assert_nonnull (application);
          continue;
        }
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].complaint));
      g_assert_null (application);
    }
}

static BkEngineApplication *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BkEngineApplication *application = bk_engine_application_parse (PATH_A, text, strlen (text), FALSE, &error);

  g_assert_no_error (error);
  return application;
}

static void
test_values (void)
{
  g_autoptr (BkEngineApplication) full = parse (cases[1].text);
  g_autoptr (BkEngineApplication) percent = parse (HEAD "Exec=pipe 100%% 'a  b' %%p\n");
  g_autoptr (BkEngineApplication) relative = parse (HEAD "Exec=../bin/./pipe x\n");
  g_autoptr (BkEngineApplication) compatible = parse (cases[5].text);
  g_autoptr (BkEngineApplication) bus = parse (cases[4].text);
  const char *reason = NULL;

  g_assert_cmpstr (bk_engine_application_get_guid (full), ==, GUID_A);
  g_assert_cmpstr (bk_engine_application_get_name (full), ==, "Pipe");
  g_assert_cmpstr (bk_engine_application_get_url (full), ==, "https://example.org/pipe");
  g_assert_cmpstr (bk_engine_application_get_icon (full), ==, "im.example.Pipe");
  g_assert_cmpstr (bk_engine_application_get_comment (full), ==, "Joins");
  g_assert_cmpstr (bk_engine_application_get_path (full), ==, PATH_A);
  g_assert_cmpint (bk_engine_application_get_channel (full), ==, BK_CHANNEL_REQUIRED);
  g_assert_cmpint (bk_engine_application_get_flags (full), ==, BECKON_SESSION_FLAGS_NONE);

  const char *const *argv = bk_engine_application_get_argv (percent);
  g_assert_cmpstr (argv[0], ==, "pipe");
  g_assert_cmpstr (argv[1], ==, "100%");
  g_assert_cmpstr (argv[2], ==, "a  b");
  g_assert_cmpstr (argv[3], ==, "%p");
  g_assert_null (argv[4]);
  g_assert_cmpstr (bk_engine_application_get_argv (relative)[0], ==, "/usr/share/beckon/bin/pipe");

  g_assert_cmpint (bk_engine_application_get_flags (compatible), ==, BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE);
  g_assert_null (bk_engine_application_get_argv (compatible));
  g_assert_false (bk_engine_application_is_present (compatible, &reason));
  g_assert_nonnull (strstr (reason, "gamed"));
  g_assert_cmpint (bk_engine_application_get_channel (compatible), ==, BK_CHANNEL_REQUIRED);
  g_assert_cmpstr (bk_engine_application_get_bus_name (bus), ==, "im.beckon.Beckon.Peer.Pipe");
  g_assert_null (bk_engine_application_get_argv (bus));
  g_assert_true (bk_engine_application_is_present (bus, NULL));
}

static void
test_present (void)
{
  g_autoptr (BkEngineApplication) in_path = parse (HEAD "Exec=sh -c true\n");
  g_autoptr (BkEngineApplication) absolute = parse (HEAD "Exec=/bin/sh\n");
  g_autoptr (BkEngineApplication) missing = parse (HEAD "Exec=/nonexistent/program\n");
  g_autoptr (BkEngineApplication) unknown = parse (HEAD "Exec=no-such-program-anywhere\n");
  g_autoptr (BkEngineApplication) no_program = parse (HEAD "Exec=/etc/passwd\n");
  g_autoptr (BkEngineApplication) folder = parse (HEAD "Exec=/tmp\n");
  const char *reason = "";

  g_assert_true (bk_engine_application_is_present (in_path, &reason));
  g_assert_null (reason);
  g_assert_true (bk_engine_application_is_present (absolute, NULL));
  g_assert_false (bk_engine_application_is_present (missing, &reason));
  g_assert_nonnull (strstr (reason, "/nonexistent/program"));
  g_assert_false (bk_engine_application_is_present (unknown, &reason));
  g_assert_false (bk_engine_application_is_present (no_program, &reason));
  g_assert_false (bk_engine_application_is_present (folder, &reason));
}

static void
test_size_and_nul (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) big = g_string_new (HEAD "Exec=pipe\n#");
  static const char nul[] = HEAD "Exec=pipe\0x\n";

  while (big->len < 65536)
    g_string_append_c (big, 'x');
  g_autoptr (BkEngineApplication) fits = parse (big->str);
  g_string_append_c (big, 'x');
  g_assert_null (bk_engine_application_parse (PATH_A, big->str, big->len, FALSE, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (bk_engine_application_parse (PATH_A, nul, sizeof nul - 1, FALSE, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
}

static void
test_languages (void)
{
  g_autofree char *language = g_strdup (g_getenv ("LANGUAGE"));

  g_setenv ("LANGUAGE", "de", TRUE);
  g_autoptr (BkEngineApplication) application =
    parse (HEAD "Name[de]=Rohr\nComment=Joins\nComment[de]=Verbindet\nExec=pipe\n");
  g_setenv ("LANGUAGE", language != NULL ? language : "", TRUE);
  g_assert_cmpstr (bk_engine_application_get_name (application), ==, "Rohr");
  g_assert_cmpstr (bk_engine_application_get_comment (application), ==, "Verbindet");
}

/* ---- folders ---- */

static void
test_precedence (void)
{
  g_autoptr (World) world = world_new ();

  put_app (world->first, GUID_A, "First");
  put_app (world->second, GUID_A, "Second");
  put_app (world->second, GUID_B, "Another");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*second*" "is ignored*first*registers the same*");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, 2);
  g_assert_cmpstr (name_of (world, GUID_A), ==, "First");
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 1);
  g_autoptr (BkEngineApplication) top = g_list_model_get_item (G_LIST_MODEL (world->registry), 0);
  g_assert_cmpstr (bk_engine_application_get_name (top), ==, "Another");

  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*first*" "is ignored*user*registers the same*");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*second*" "is ignored*user*registers the same*");
  put_app (world->user, GUID_A, "Mine");
  wait_for_log (world, "-11 +11 ");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (name_of (world, "11111111-aaaa-4aaa-8aaa-000000000001"), ==, "Mine");
  g_assert_true (bk_engine_application_is_user (bk_engine_registry_find (world->registry, GUID_A)));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_string_append_printf (user_data, "%u-%u+%u ", position, removed, added);
}

/* The folders do not exist at first, not even those above. */
static void
test_live (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GString) items = g_string_new (NULL);

  world_start (world);
  g_signal_connect (world->registry, "items-changed", G_CALLBACK (on_items_changed), items);
  put_app (world->first, GUID_B, "Board");
  wait_for_log (world, "+22 ");
  put_app (world->user, GUID_A, "Apple");
  wait_for_log (world, "+11 ");
  g_assert_cmpstr (items->str, ==, "0-0+1 0-0+1 ");
  g_string_set_size (items, 0);

  put_app (world->first, GUID_B, "Canvas");
  wait_for_log (world, "-22 +22 ");
  g_assert_cmpstr (items->str, ==, "1-1+1 ");
  g_assert_cmpstr (name_of (world, GUID_B), ==, "Canvas");
  bk_engine_registry_refresh (world->registry, GUID_B);
  bk_engine_registry_refresh (world->registry, "{22222222-0000-4000-8000-00000000FFFF}");
  g_assert_cmpstr (items->str, ==, "1-1+1 1-1+1 ");
  take_away (world->first, GUID_B ".peer");
  wait_for_log (world, "-22 ");
  g_assert_null (name_of (world, GUID_B));
  g_assert_cmpuint (n_items (world), ==, 1);
}

/* A file is not looked at while it is being written. */
static void
test_slow_writer (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *path = g_build_filename (world->second, GUID_A ".peer", NULL);
  g_autofree char *text = registration (GUID_A, "Apple");

  world_start (world);
  FILE *file = fopen (path, "we");
  fputs ("[Beckon", file);
  fflush (file);
  put_app (world->second, GUID_B, "Board");
  wait_for_log (world, "+22 ");
  g_assert_null (name_of (world, GUID_A));
  fputs (text + strlen ("[Beckon"), file);
  fclose (file);
  wait_for_log (world, "+11 ");
}

/* A folder that goes takes its registrations with it; when it comes back it is noticed. */
static void
test_folder_goes (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *aside = g_build_filename (world->dir, "aside", NULL);

  put_app (world->first, GUID_A, "Apple");
  world_start (world);
  g_assert_cmpint (g_rename (world->first, aside), ==, 0);
  wait_for_log (world, "-11 ");
  g_assert_cmpint (g_rename (aside, world->first), ==, 0);
  wait_for_log (world, "+11 ");
  put_app (world->first, GUID_B, "Board");
  wait_for_log (world, "+22 ");
}

static void
test_broken_and_mended (void)
{
  g_autoptr (World) world = world_new ();

  put (world->second, GUID_A ".peer", "rubbish");
  put (world->second, "README.txt", "no registration");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*" GUID_A ".peer is ignored: The file is not a key file*");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, 0);
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 1);

  put_app (world->second, GUID_A, "Mended");
  wait_for_log (world, "+11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Mended");
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 0);
}

static void
test_strange_files (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *loop = g_build_filename (world->second, GUID_A ".peer", NULL);
  g_autofree char *fifo = g_build_filename (world->second, "{33333333-CCCC-4CCC-8CCC-000000000003}.peer", NULL);
  g_autofree char *folder = g_build_filename (world->second, "{44444444-DDDD-4DDD-8DDD-000000000004}.peer", NULL);
  g_autofree char *link = g_build_filename (world->second, GUID_B ".PEER", NULL);
  g_autofree char *target = g_build_filename (world->dir, "target", NULL);
  g_autofree char *text = registration (GUID_B, "Linked");

  g_assert_cmpint (symlink (loop, loop), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  put (world->dir, "target", text);
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*11111111*");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*33333333*not an ordinary one*");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "*44444444*");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpstr (name_of (world, GUID_B), ==, "Linked");
}

/* ---- registering ---- */

static void
assert_refused (World *world, const char *guid, const char *name, const char *url, const char *path, BeckonError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_engine_registry_register (world->registry, guid, name, url, path, &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
}

static void
assert_registered (World *world, const char *guid, const char *name, const char *url, const char *path)
{
  g_autoptr (GError) error = NULL;

  bk_engine_registry_register (world->registry, guid, name, url, path, &error);
  g_assert_no_error (error);
}

static void
test_register (void)
{
  g_autoptr (World) world = world_new ();
  struct stat info;

  world_start (world);
  assert_registered (world, "{11111111-aaaa-4aaa-8aaa-000000000001}", " A \"name\" with \\ and ü; #",
                     "https://example.org/", "/bin/sh -c 'echo 100% %f; true' \"a b\"");
  g_assert_cmpstr (world->log->str, ==, "+11 ");
  g_string_set_size (world->log, 0);

  BkEngineApplication *application = bk_engine_registry_find (world->registry, GUID_A);
  const char *const *argv = bk_engine_application_get_argv (application);
  g_assert_cmpstr (bk_engine_application_get_name (application), ==, " A \"name\" with \\ and ü; #");
  g_assert_cmpstr (bk_engine_application_get_url (application), ==, "https://example.org/");
  g_assert_cmpstr (argv[0], ==, "/bin/sh");
  g_assert_cmpstr (argv[2], ==, "echo 100% %f; true");
  g_assert_cmpstr (argv[3], ==, "a b");
  g_assert_cmpint (g_stat (bk_engine_application_get_path (application), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (world->user, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  assert_refused (world, GUID_A, "Again", NULL, "/bin/sh", BECKON_ERROR_APP_ALREADY_REGISTERED);

  /* What the monitor tells of our own file later changes nothing: the next thing that is told is the next thing. */
  assert_registered (world, "{33333333-CCCC-4CCC-8CCC-000000000003}", "Third", NULL, "/bin/sh");
  g_assert_cmpstr (world->log->str, ==, "+33 ");
  g_string_set_size (world->log, 0);
  put_app (world->user, GUID_B, "Board");
  wait_for_log (world, "+22 ");
}

static void
test_register_refused (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *long_name = g_strnfill (BK_LIMIT_APP_NAME + 1, 'n');

  world_start (world);
  assert_refused (world, "nonsense", "Name", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, NULL, "Name", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "  ", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "a\nExec=evil", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, long_name, NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", "ftp://example.org/", "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", NULL, "sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", NULL, "bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", NULL, "\"sh\" /bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", NULL, "/nonexistent/program", BECKON_ERROR_FAILED);
  assert_refused (world, GUID_A, "Name", NULL, "/etc/passwd", BECKON_ERROR_FAILED);
  assert_refused (world, GUID_A, "Name", NULL, "/tmp", BECKON_ERROR_FAILED);
  assert_refused (world, GUID_A, "Name", NULL, "/bin/sh 'open", BECKON_ERROR_INVALID_ARGUMENT);
  assert_refused (world, GUID_A, "Name", NULL, "/bin/sh a\nb", BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (n_items (world), ==, 0);
  g_assert_false (g_file_test (world->user, G_FILE_TEST_EXISTS));
}

static void
test_unregister (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;

  put_app (world->second, GUID_B, "Board");
  world_start (world);
  assert_registered (world, GUID_A, "Mine", "", "/bin/sh");
  g_string_set_size (world->log, 0);

  g_assert_true (bk_engine_registry_unregister (world->registry, "11111111-aaaa-4aaa-8aaa-000000000001", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (world->log->str, ==, "-11 ");
  g_assert_false (bk_engine_registry_unregister (world->registry, GUID_A, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED);
  g_clear_error (&error);
  g_assert_false (bk_engine_registry_unregister (world->registry, "nonsense", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_registry_unregister (world->registry, GUID_B, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  g_assert_cmpstr (name_of (world, GUID_B), ==, "Board");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/registry/files", test_files);
  g_test_add_func ("/registry/values", test_values);
  g_test_add_func ("/registry/present", test_present);
  g_test_add_func ("/registry/size-and-nul", test_size_and_nul);
  g_test_add_func ("/registry/languages", test_languages);
  g_test_add_func ("/registry/precedence", test_precedence);
  g_test_add_func ("/registry/live", test_live);
  g_test_add_func ("/registry/slow-writer", test_slow_writer);
  g_test_add_func ("/registry/folder-goes", test_folder_goes);
  g_test_add_func ("/registry/broken-and-mended", test_broken_and_mended);
  g_test_add_func ("/registry/strange-files", test_strange_files);
  g_test_add_func ("/registry/register", test_register);
  g_test_add_func ("/registry/register-refused", test_register_refused);
  g_test_add_func ("/registry/unregister", test_unregister);
  return g_test_run ();
}
