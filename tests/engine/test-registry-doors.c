/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three doors together: user file over system file over what describes itself on the bus. */
#include "registry-world.h"

#include <string.h>

#define BUS_A "im.beckon.Beckon.Peer.A"
#define BUS_B "im.beckon.Beckon.Peer.B"

/* ---- a directory that says what the test wants ---- */

#define TYPE_HAND_DIRECTORY (hand_directory_get_type ())
G_DECLARE_FINAL_TYPE (HandDirectory, hand_directory, HAND, DIRECTORY, GObject)

struct _HandDirectory
{
  GObject parent_instance;

  BkPeerDescription says[4];
  guint n;
  guint refreshed;
};

static GPtrArray *
hand_directory_list (BkPeerDirectory *directory)
{
  HandDirectory *self = HAND_DIRECTORY (directory);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->n; i++)
    g_ptr_array_add (list, &self->says[i]);
  return list;
}

static void
hand_directory_refresh (BkPeerDirectory *directory)
{
  HAND_DIRECTORY (directory)->refreshed++;
}

static char *
hand_directory_get_warning (BkPeerDirectory *directory)
{
  return NULL;
}

static void
hand_directory_iface_init (BkPeerDirectoryInterface *iface)
{
  iface->list = hand_directory_list;
  iface->refresh = hand_directory_refresh;
  iface->get_warning = hand_directory_get_warning;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HandDirectory, hand_directory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PEER_DIRECTORY, hand_directory_iface_init))

static void
hand_directory_class_init (HandDirectoryClass *klass)
{
}

static void
hand_directory_init (HandDirectory *self)
{
}

static BkPeerDescription
program (const char *bus_name, const char *guid, const char *name)
{
  return (BkPeerDescription) { .bus_name = (char *) bus_name, .guid = (char *) guid, .name = (char *) name };
}

static HandDirectory *
add_directory (World *world)
{
  world->directory = g_object_new (TYPE_HAND_DIRECTORY, NULL);
  return HAND_DIRECTORY (world->directory);
}

static void
say (HandDirectory *directory, guint n, BkPeerDescription first, BkPeerDescription second)
{
  directory->says[0] = first;
  directory->says[1] = second;
  directory->n = n;
  bk_peer_directory_emit_changed (BK_PEER_DIRECTORY (directory));
}

/* ---- files outside of a sandbox that are what the test wants ---- */

#define TYPE_HAND_FILES (hand_files_get_type ())
G_DECLARE_FINAL_TYPE (HandFiles, hand_files, HAND, FILES, GObject)

struct _HandFiles
{
  GObject parent_instance;

  GPtrArray *files; /* element-type BkHostFile, owned */
  gboolean more;
};

static void
file_free (gpointer data)
{
  BkHostFile *file = data;

  g_free (file->path);
  g_free (file->missing);
  g_bytes_unref (file->content);
  g_free (file);
}

static GPtrArray *
hand_files_list (BkHostFiles *files, gboolean *more)
{
  HandFiles *self = HAND_FILES (files);
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_extend (list, self->files, NULL, NULL);
  *more = self->more;
  return list;
}

static void
hand_files_iface_init (BkHostFilesInterface *iface)
{
  iface->list = hand_files_list;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HandFiles, hand_files, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_HOST_FILES, hand_files_iface_init))

static void
hand_files_finalize (GObject *object)
{
  g_ptr_array_unref (HAND_FILES (object)->files);
  G_OBJECT_CLASS (hand_files_parent_class)->finalize (object);
}

static void
hand_files_class_init (HandFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hand_files_finalize;
}

static void
hand_files_init (HandFiles *self)
{
  self->files = g_ptr_array_new_with_free_func (file_free);
}

/* Instead of those before. @missing: a program that is not there; nullable. */
static void
show_file (HandFiles *self, const char *guid, const char *text, const char *missing)
{
  BkHostFile *file = g_new0 (BkHostFile, 1);

  file->path = g_strdup_printf ("/elsewhere/%s.peer", guid);
  file->content = g_bytes_new (text, strlen (text));
  file->missing = g_strdup (missing);
  g_ptr_array_set_size (self->files, 0);
  g_ptr_array_add (self->files, file);
  bk_host_files_emit_changed (BK_HOST_FILES (self));
}

static void
assert_log (World *world, const char *log)
{
  g_assert_cmpstr (world->log->str, ==, log);
  g_string_set_size (world->log, 0);
}

/* ---- */

static const BkPeerDescription nothing;

static void
test_bus (void)
{
  g_autoptr (World) world = world_new ();
  HandDirectory *directory = add_directory (world);
  BkPeerDescription full = { .bus_name = (char *) BUS_A,
                             .guid = (char *) "{11111111-aaaa-4aaa-8aaa-000000000001}",
                             .name = (char *) "A <b>name</b>",
                             .url = (char *) "https://example.org/",
                             .icon = (char *) "org.example.A",
                             .comment = (char *) "Says so" };

  world_start (world);
  say (directory, 1, full, nothing);
  assert_log (world, "+11 ");
  BkEngineApplication *application = bk_engine_registry_find (world->registry, GUID_A);
  g_assert_cmpstr (bk_engine_application_get_guid (application), ==, GUID_A);
  g_assert_cmpstr (bk_engine_application_get_name (application), ==, "A <b>name</b>");
  g_assert_cmpstr (bk_engine_application_get_url (application), ==, "https://example.org/");
  g_assert_cmpstr (bk_engine_application_get_icon (application), ==, "org.example.A");
  g_assert_cmpstr (bk_engine_application_get_comment (application), ==, "Says so");
  g_assert_cmpstr (bk_engine_application_get_bus_name (application), ==, BUS_A);
  g_assert_cmpint (bk_engine_application_get_source (application), ==, BK_APPLICATION_BUS);
  g_assert_null (bk_engine_application_get_path (application));
  g_assert_true (bk_engine_application_is_present (application, NULL));

  /* Asked again, it says the same: nobody is told. */
  say (directory, 1, full, nothing);
  assert_log (world, "");
  g_assert_true (bk_engine_registry_find (world->registry, GUID_A) == application);
  full.name = (char *) "Renamed";
  say (directory, 1, full, nothing);
  assert_log (world, "-11 +11 ");
  say (directory, 0, nothing, nothing);
  assert_log (world, "-11 ");
  bk_engine_registry_refresh (world->registry, GUID_A);
  g_assert_cmpuint (directory->refreshed, ==, 1);
}

static void
test_precedence (void)
{
  g_autoptr (World) world = world_new ();
  HandDirectory *directory = add_directory (world);
  g_autoptr (GError) error = NULL;

  world_start (world);
  say (directory, 1, program (BUS_A, GUID_A, "Bus"), nothing);
  assert_log (world, "+11 ");

  /* A file that starts the same program over the bus is no double. */
  put (world->second, GUID_A ".peer", "[Beckon Peer]\nGUID=" GUID_A "\nName=System\nBusName=" BUS_A "\n");
  wait_for_log (world, "-11 +11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "System");
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 0);

  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "The registration file *second* is ignored: *user*");
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "The program " BUS_A " is ignored: *user*");
  put_app (world->user, GUID_A, "Mine");
  wait_for_log (world, "-11 +11 ");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Mine");

  g_assert_true (bk_engine_registry_unregister (world->registry, GUID_A, &error));
  assert_log (world, "-11 +11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "System");
  take_away (world->second, GUID_A ".peer");
  wait_for_log (world, "-11 +11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Bus");
  g_assert_false (bk_engine_registry_unregister (world->registry, GUID_A, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  g_clear_error (&error);
  g_assert_false (bk_engine_registry_update (world->registry, GUID_A, "Mine", NULL, "", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  g_clear_error (&error);
  g_assert_false (bk_engine_registry_register (world->registry, GUID_A, "Mine", NULL, "/bin/sh", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_APP_ALREADY_REGISTERED);
}

static void
test_hostile (void)
{
  static const struct
  {
    BkPeerDescription says;
    const char *complaint;
  } cases[] = {
    { { .guid = (char *) GUID_A }, "Name is missing" },
    { { .name = (char *) "N" }, "GUID is missing" },
    { { .guid = (char *) "", .name = (char *) "N" }, "GUID is missing" },
    { { .guid = (char *) "{1}", .name = (char *) "N" }, "not a GUID" },
    { { .guid = (char *) GUID_A, .name = (char *) "a\nb" }, "Name is not one line" },
    { { .guid = (char *) GUID_A, .name = (char *) "\x1b[2J" }, "Name is not one line" },
    { { .guid = (char *) GUID_A, .name = (char *) "N", .url = (char *) "file:///etc/passwd" }, "URL must be an http" },
    { { .guid = (char *) GUID_A, .name = (char *) "N", .icon = (char *) "/etc/passwd" }, "Icon is not" },
    { { .guid = (char *) GUID_A, .name = (char *) "N", .comment = (char *) "a\nb" }, "Comment is not one line" },
    { { .problem = (char *) "it did not answer within 3 s" }, "it did not answer" },
  };
  g_autoptr (World) world = world_new ();
  HandDirectory *directory = add_directory (world);

  world_start (world);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BkPeerDescription says = cases[i].says;
      says.bus_name = (char *) BUS_A;
      g_autofree char *pattern = g_strdup_printf ("The program " BUS_A " is ignored: *%s*", cases[i].complaint);
      g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, pattern);
      say (directory, 1, says, nothing);
      g_test_assert_expected_messages ();
      g_assert_cmpuint (n_items (world), ==, 0);
      say (directory, 0, nothing, nothing);
    }
  g_autofree char *long_name = g_strnfill (257, 'n');
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "The program " BUS_A " is ignored: Name is not one line*");
  say (directory, 1, program (BUS_A, GUID_A, long_name), nothing);
  g_test_assert_expected_messages ();
}

/* The GUID of another: who was first in the directory's order has it. */
static void
test_stolen_guid (void)
{
  g_autoptr (World) world = world_new ();
  HandDirectory *directory = add_directory (world);

  world_start (world);
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "The program " BUS_B " is ignored: " BUS_A " registers *");
  say (directory, 2, program (BUS_A, GUID_A, "Honest"), program (BUS_B, GUID_A, "Thief"));
  g_test_assert_expected_messages ();
  assert_log (world, "+11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Honest");
}

/* ---- outside of a sandbox ---- */

#define OUTSIDE "[Beckon Peer]\nGUID=" GUID_A "\nName=Outside\nExec=/no/such/program here\n"

static void
test_host (void)
{
  g_autoptr (HandFiles) files = g_object_new (TYPE_HAND_FILES, NULL);
  g_autoptr (World) world = world_new ();
  const char *reason;

  world_start (world);
  bk_engine_registry_set_host_files (world->registry, BK_HOST_FILES (files));
  show_file (files, GUID_A, OUTSIDE, NULL);
  assert_log (world, "+11 ");
  BkEngineApplication *application = bk_engine_registry_find (world->registry, GUID_A);
  g_assert_cmpint (bk_engine_application_get_source (application), ==, BK_APPLICATION_HOST);
  g_assert_cmpstr (bk_engine_application_get_path (application), ==, "/elsewhere/" GUID_A ".peer");
  g_assert_false (bk_engine_application_is_user (application));
  g_assert_true (bk_engine_application_is_on_host (application));
  /* Nobody looks for its program in here: its side says whether it is there. */
  g_assert_true (bk_engine_application_is_present (application, NULL));
  show_file (files, GUID_A, OUTSIDE, "/no/such/program");
  assert_log (world, "?11 ");
  g_assert_true (bk_engine_registry_find (world->registry, GUID_A) == application);
  g_assert_false (bk_engine_application_is_present (application, &reason));
  g_assert_nonnull (strstr (reason, "/no/such/program"));
  show_file (files, GUID_A, OUTSIDE, "/no/such/program");
  assert_log (world, "");
  show_file (files, GUID_A, OUTSIDE, NULL);
  assert_log (world, "!11 ");
  show_file (files, GUID_A, "[Beckon Peer]\nGUID=" GUID_A "\nName=By bus\nBusName=" BUS_A "\n", NULL);
  assert_log (world, "-11 +11 ");
  g_assert_false (bk_engine_application_is_on_host (bk_engine_registry_find (world->registry, GUID_A)));
}

static void
test_host_precedence (void)
{
  g_autoptr (HandFiles) files = g_object_new (TYPE_HAND_FILES, NULL);
  g_autoptr (World) world = world_new ();
  HandDirectory *directory = add_directory (world);
  g_autoptr (GError) error = NULL;

  world_start (world);
  bk_engine_registry_set_host_files (world->registry, BK_HOST_FILES (files));
  say (directory, 1, program (BUS_A, GUID_A, "Bus"), nothing);
  g_test_expect_message (DOMAIN, G_LOG_LEVEL_WARNING, "The program " BUS_A " is ignored: /elsewhere/*");
  show_file (files, GUID_A, OUTSIDE, NULL);
  assert_log (world, "+11 -11 +11 ");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (name_of (world, GUID_A), ==, "Outside");
  g_assert_false (bk_engine_registry_unregister (world->registry, GUID_A, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  say (directory, 0, nothing, nothing);
  /* What is in the sandbox as well is no surprise. */
  put_app (world->second, GUID_A, "System");
  wait_for_log (world, "-11 +11 ");
  g_assert_cmpstr (name_of (world, GUID_A), ==, "System");
  g_assert_cmpuint (g_strv_length ((GStrv) bk_engine_registry_get_warnings (world->registry)), ==, 0);
  files->more = TRUE;
  show_file (files, GUID_B, "[Beckon Peer]\nName=x\n", NULL);
  const char *const *warnings = bk_engine_registry_get_warnings (world->registry);
  g_assert_cmpuint (g_strv_length ((GStrv) warnings), ==, 2);
  g_assert_nonnull (strstr (warnings[0], "/elsewhere/" GUID_B ".peer is ignored: GUID is missing"));
  g_assert_nonnull (strstr (warnings[1], "sandbox"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/registry-doors/bus", test_bus);
  g_test_add_func ("/registry-doors/precedence", test_precedence);
  g_test_add_func ("/registry-doors/hostile", test_hostile);
  g_test_add_func ("/registry-doors/stolen-guid", test_stolen_guid);
  g_test_add_func ("/registry-doors/host", test_host);
  g_test_add_func ("/registry-doors/host-precedence", test_host_precedence);
  return g_test_run ();
}
