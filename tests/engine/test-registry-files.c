/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registration files that mean harm or that somebody made a mess of: each is passed over by name, none is fatal. And
 * files that are changed by us. */
#include "registry-world.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bk-limits.h"

#define GUID_N(n) "{33333333-CCCC-4CCC-8CCC-0000000000" #n "}"
#define MAX_FILES 1024

static const char *
warning_about (World *world, const char *word)
{
  const char *const *warnings = bk_engine_registry_get_warnings (world->registry);

  for (gsize i = 0; warnings[i] != NULL; i++)
    if (strstr (warnings[i], word) != NULL)
      return warnings[i];
  return NULL;
}

static void
expect_warning (const char *pattern)
{
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, pattern);
}

static void
put_link (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
put_bytes (const char *folder, const char *name, const char *text, gsize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, (gssize) length, &error);
  g_assert_no_error (error);
}

/* A file of 10 MB is read no further than it may be long. */
static void
put_huge (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int descriptor = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (ftruncate (descriptor, 10 * 1024 * 1024), ==, 0);
  close (descriptor);
}

static void
test_hostile (void)
{
  static const char nul[] = "[Beckon Peer]\nGUID=" GUID_N (02) "\nName=a\0b\nExec=/bin/sh\n";
  g_autoptr (World) world = world_new ();

  put_app (world->second, GUID_A, "Good");
  put_huge (world->second, GUID_N (01) ".peer");
  put_bytes (world->second, GUID_N (02) ".peer", nul, sizeof nul - 1);
  put_link (world->second, GUID_N (03) ".peer", GUID_N (04) ".peer");
  put_link (world->second, GUID_N (04) ".peer", GUID_N (03) ".peer");
  put_link (world->second, GUID_N (05) ".peer", "/dev/zero");
  put_link (world->second, GUID_N (06) ".peer", "/nowhere/at/all");
  put_bytes (world->second, GUID_N (07) ".peer", "[Beckon Peer]\nName=\xff\n", 21);
  put (world->second, GUID_N (08) ".peer", "[Beckon Peer]\nGUID=" GUID_A "\nName=Other\nExec=/bin/sh\n");
  put (world->second, "\xff.peer", "[Beckon Peer]\nGUID=" GUID_A "\nName=Other\nExec=/bin/sh\n");
  expect_warning ("*0000000001}.peer is ignored: The file is too long.");
  expect_warning ("*0000000002}.peer is ignored: The file is not text in UTF-8.");
  expect_warning ("*0000000003}.peer is ignored: *");
  expect_warning ("*0000000004}.peer is ignored: *");
  expect_warning ("*0000000005}.peer is ignored: The file is not an ordinary one.");
  expect_warning ("*0000000006}.peer is ignored: *");
  expect_warning ("*0000000007}.peer is ignored: The file is not text in UTF-8.");
  expect_warning ("*0000000008}.peer is ignored: The name of the file is not its GUID, *");
  expect_warning ("*.peer is ignored: The name of the file is not its GUID, *");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Good");
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 9);
}

/* One GUID in two files of one folder, told apart by the case of their names. */
static void
test_double_in_one_folder (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *lower = g_ascii_strdown (GUID_A ".peer", -1);

  put_app (world->second, GUID_A, "Upper");
  put (world->second, lower, "[Beckon Peer]\nGUID=" GUID_A "\nName=Lower\nExec=/bin/sh\n");
  expect_warning ("*aaaa*is ignored*AAAA*registers the same application.");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Upper");
}

/* What a shell would act on is text like any other, and what is no word of the program never becomes one. */
static void
test_no_shell (void)
{
  static const char text[] = "[Beckon Peer]\nGUID=" GUID_A "\nName=<b>$(id)</b> `id`\n"
                             "Exec=/bin/sh $(id) `id` ;rm &&x |y >z '*' \\\\$HOME %%h ~ \"a b\"\n";
  static const char *const words[]
    = { "/bin/sh", "$(id)", "`id`", ";rm", "&&x", "|y", ">z", "*", "$HOME", "%h", "~", "a b", NULL };
  g_autoptr (World) world = world_new ();

  put (world->second, GUID_A ".peer", text);
  world_start (world);
  g_assert_cmpstr (name_of (world, GUID_A), ==, "<b>$(id)</b> `id`");
  const char *const *argv = bk_engine_application_get_argv (bk_engine_registry_find (world->registry, GUID_A));
  g_assert_cmpstrv (argv, words);
}

static void
test_relative_path (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *text = g_strdup ("[Beckon Peer]\nGUID=" GUID_A "\nName=Near\nExec=../bin/near --now\n");
  g_autofree char *bin = g_build_filename (world->dir, "bin", NULL);
  g_autofree char *program = g_build_filename (bin, "near", NULL);
  const char *reason = NULL;

  put (world->second, GUID_A ".peer", text);
  world_start (world);
  BkEngineApplication *application = bk_engine_registry_find (world->registry, GUID_A);
  g_assert_cmpstr (bk_engine_application_get_argv (application)[0], ==, program);
  g_assert_false (bk_engine_application_is_present (application, &reason));
  g_assert_nonnull (strstr (reason, program));
  put (bin, "near", "#!/bin/sh\n");
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  g_assert_true (bk_engine_application_is_present (application, NULL));
}

static void
on_listed_anew (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_string_append_printf (user_data, "%u-%u+%u ", position, removed, added);
}

static void
put_program (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  put (folder, name, "#!/bin/sh\n");
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
}

/* Registered once, a program comes and goes: alone, with its folder, and by what one may do with it. */
static void
test_programs_come_and_go (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GString) items = g_string_new (NULL);
  g_autofree char *bin = g_build_filename (world->dir, "opt", "bin", NULL);
  g_autofree char *program = g_build_filename (bin, "far", NULL);
  g_autofree char *text = g_strdup_printf ("[Beckon Peer]\nGUID=" GUID_B "\nName=Far\nExec=%s\n", program);
  g_autofree char *aside = g_build_filename (world->dir, "aside", NULL);

  put_app (world->second, GUID_A, "Always There");
  put (world->second, GUID_B ".peer", text);
  world_start (world);
  g_signal_connect (world->registry, "items-changed", G_CALLBACK (on_listed_anew), items);
  put_program (bin, "other");
  put_program (bin, "far");
  wait_for_log (world, "!22 ");
  g_assert_cmpint (g_chmod (program, 0600), ==, 0);
  wait_for_log (world, "?22 ");
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  wait_for_log (world, "!22 ");
  take_away (bin, "far");
  wait_for_log (world, "?22 ");
  put_program (bin, "far");
  wait_for_log (world, "!22 ");
  g_assert_cmpint (g_rename (bin, aside), ==, 0);
  wait_for_log (world, "?22 ");
  g_assert_cmpint (g_rename (aside, bin), ==, 0);
  wait_for_log (world, "!22 ");
  g_assert_cmpstr (items->str, ==, "1-1+1 1-1+1 1-1+1 1-1+1 1-1+1 1-1+1 1-1+1 ");
}

static void
test_program_in_path (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *bin = g_build_filename (world->dir, "bin", NULL);
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autofree char *with_bin = g_strdup_printf (".:%s:%s", bin, path);

  g_setenv ("PATH", with_bin, TRUE);
  put (world->second, GUID_A ".peer", "[Beckon Peer]\nGUID=" GUID_A "\nName=Near\nExec=near-to-nothing\n");
  world_start (world);
  put_program (bin, "near-to-nothing");
  wait_for_log (world, "!11 ");
  take_away (bin, "near-to-nothing");
  wait_for_log (world, "?11 ");
  g_setenv ("PATH", path, TRUE);
}

static char *
guid_number (guint number)
{
  return g_strdup_printf ("{44444444-DDDD-4DDD-8DDD-%012X}", number);
}

/* Thousands of files: the first ones count, and one that goes makes room for one that was left out. */
static void
test_too_many (void)
{
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < MAX_FILES + 10; i++)
    {
      g_autofree char *guid = guid_number (i);
      put_app (world->second, guid, "Many");
    }
  expect_warning ("There are too many registration files in *second: some are ignored.");
  world_start (world);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, MAX_FILES);
  g_autofree char *last = guid_number (MAX_FILES - 1), *next = guid_number (MAX_FILES);
  g_assert_nonnull (name_of (world, last));
  g_assert_null (name_of (world, next));

  g_autofree char *name = g_strconcat (last, ".peer", NULL);
  take_away (world->second, name);
  wait_for_log (world, "-44 +44 ");
  g_assert_null (name_of (world, last));
  g_assert_nonnull (name_of (world, next));
  g_assert_nonnull (warning_about (world, "too many registration files"));
}

static void
test_full_folder_gets_another (void)
{
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < MAX_FILES; i++)
    {
      g_autofree char *guid = guid_number (i);
      put_app (world->second, guid, "Many");
    }
  world_start (world);
  expect_warning ("There are too many registration files in *second: some are ignored.");
  put_app (world->second, "{55555555-DDDD-4DDD-8DDD-000000000000}", "One too many");
  put_app (world->first, GUID_A, "Elsewhere");
  wait_for_log (world, "+11 ");
  while (warning_about (world, "too many registration files") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_items (world), ==, MAX_FILES + 1);
}

/* ---- changing ---- */

static void
update (World *world, const char *name, const char *url, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_engine_registry_update (world->registry, GUID_A, name, url, path, &error));
  g_assert_no_error (error);
}

static void
update_fails (World *world, const char *guid, const char *name, const char *url, const char *path, BeckonError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_engine_registry_update (world->registry, guid, name, url, path, &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
}

static void
test_update (void)
{
  g_autoptr (World) world = world_new ();

  put (world->user, GUID_A ".peer",
       "# mine\n[Beckon Peer]\nGUID=" GUID_A "\nName=Old\nName[xx]=Alt\nIcon=org.example.Icon\n"
       "URL=https://example.org/\nComment=It is so\nExec=/bin/cat\n[Other]\nKey=1\n");
  world_start (world);
  update (world, "Old", "http://example.org/new", "/bin/sh -c 'a b' 50%");
  g_assert_cmpstr (world->log->str, ==, "-11 +11 ");
  BkEngineApplication *application = bk_engine_registry_find (world->registry, GUID_A);
  g_autofree char *command = bk_engine_application_dup_command (application);
  g_autofree char *text = NULL;
  g_assert_cmpstr (command, ==, "/bin/sh -c 'a b' '50%'");
  g_assert_cmpstr (bk_engine_application_get_argv (application)[3], ==, "50%");
  g_assert_cmpstr (bk_engine_application_get_url (application), ==, "http://example.org/new");
  g_assert_cmpstr (bk_engine_application_get_icon (application), ==, "org.example.Icon");
  g_file_get_contents (bk_engine_application_get_path (application), &text, NULL, NULL);
  g_assert_nonnull (strstr (text, "# mine"));
  g_assert_nonnull (strstr (text, "[Other]"));
  g_assert_nonnull (strstr (text, "Name[xx]=Alt"));

  update (world, "New", "", command);
  application = bk_engine_registry_find (world->registry, GUID_A);
  g_assert_cmpstr (bk_engine_application_get_name (application), ==, "New");
  g_assert_null (bk_engine_application_get_url (application));
  g_clear_pointer (&text, g_free);
  g_file_get_contents (bk_engine_application_get_path (application), &text, NULL, NULL);
  g_assert_null (strstr (text, "Name["));
}

static void
test_update_refused (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *before = NULL, *after = NULL;

  put_app (world->user, GUID_A, "Mine");
  put_app (world->second, GUID_B, "Theirs");
  put (world->user, GUID_N (01) ".peer",
       "[Beckon Peer]\nGUID=" GUID_N (01) "\nName=Bus\nBusName=im.beckon.Beckon.Peer.X\n");
  world_start (world);
  const char *path = bk_engine_application_get_path (bk_engine_registry_find (world->registry, GUID_A));
  g_file_get_contents (path, &before, NULL, NULL);
  update_fails (world, GUID_A, "", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "a\nb", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "Mine", "ftp://example.org", "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "Mine", NULL, "", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "Mine", NULL, "sh", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "Mine", NULL, "/bin/sh 'a", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_A, "Mine", NULL, "/nonexistent/program", BECKON_ERROR_FAILED);
  update_fails (world, "x", "Mine", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  update_fails (world, GUID_N (09), "Mine", NULL, "/bin/sh", BECKON_ERROR_APP_NOT_REGISTERED);
  update_fails (world, GUID_B, "Mine", NULL, "/bin/sh", BECKON_ERROR_ACCESS_DENIED);
  update_fails (world, GUID_N (01), "Mine", NULL, "/bin/sh", BECKON_ERROR_INVALID_ARGUMENT);
  g_file_get_contents (path, &after, NULL, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (world->log->str, ==, "");

  g_autoptr (GError) error = NULL;
  g_assert_true (bk_engine_registry_update (world->registry, GUID_N (01), "Renamed", NULL, "", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (name_of (world, GUID_N (01)), ==, "Renamed");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/registry-files/hostile", test_hostile);
  g_test_add_func ("/registry-files/double-in-one-folder", test_double_in_one_folder);
  g_test_add_func ("/registry-files/no-shell", test_no_shell);
  g_test_add_func ("/registry-files/relative-path", test_relative_path);
  g_test_add_func ("/registry-files/programs-come-and-go", test_programs_come_and_go);
  g_test_add_func ("/registry-files/program-in-path", test_program_in_path);
  g_test_add_func ("/registry-files/too-many", test_too_many);
  g_test_add_func ("/registry-files/full-folder-gets-another", test_full_folder_gets_another);
  g_test_add_func ("/registry-files/update", test_update);
  g_test_add_func ("/registry-files/update-refused", test_update_refused);
  return g_test_run ();
}
