/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of the first minute: what goes wrong is said where it went wrong. */
#include "welcome/bk-app-account-form.h"

#include "app-world.h"
#include "bk-app-private.h"
#include "bk-test.h"

#include <adwaita.h>
#include <string.h>

#define LOW 400 /* pixels */

static const char *const rows[] = { "signin_name", "password", "display_name", "server", "token" };

typedef struct
{
  AppWorld *world;
  GtkWidget *form;
} Fixture;

static void
setup (Fixture *self, gconstpointer height)
{
  self->world = app_world_new (TRUE);
  if (height != NULL)
    g_settings_set_int (bk_app_get_settings (self->world->app), "window-height", GPOINTER_TO_INT (height));
  self->form = app_part (bk_app_show_window (self->world->app), "form");
  app_world_settle (self->world);
}

static void
teardown (Fixture *self, gconstpointer height)
{
  g_settings_reset (bk_app_get_settings (self->world->app), "window-height");
  app_world_free (self->world);
}

static void
fill (Fixture *self, const char *name, const char *password)
{
  gtk_editable_set_text (app_part (self->form, "signin_name"), name);
  gtk_editable_set_text (app_part (self->form, "password"), password);
}

static void
submit (Fixture *self)
{
  g_signal_emit_by_name (app_part (self->form, "submit"), "clicked");
  app_world_settle (self->world);
}

/* The row that is marked; "none" of them. */
static const char *
get_marked (Fixture *self)
{
  const char *marked = "none";

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (gtk_widget_has_css_class (app_part (self->form, rows[i]), "error"))
      marked = rows[i];
  return marked;
}

static gboolean
is_shown (Fixture *self, const char *part)
{
  return gtk_widget_get_visible (app_part (self->form, part));
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *error;
    const char *row;
    gboolean has_details;
  } table[] = {
    { "InvalidPassword", "password", FALSE },    { "AccountExists", "signin_name", FALSE },
    { "NotAllowingNewUsers", "token", FALSE },   { "InvalidServerName", "server", FALSE },
    { "Connect", "server", FALSE },              { "TlsFail", "server", TRUE },
    { "InvalidCertificate", "server", TRUE },    { "ServerTooBusy", "none", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *answer = g_strconcat ("!im.beckon.Error.", table[i].error, NULL);

      stand_in_answer (self->world->service, "AddAccount", answer);
      fill (self, "zoe@b", "secret");
      submit (self);
      g_assert_cmpuint (*stand_in_count (self->world->service, "AddAccount"), ==, i + 1);
      g_assert_cmpstr (get_marked (self), ==, table[i].row);
      g_assert_true (is_shown (self, "problem"));
      g_assert_cmpint (is_shown (self, "details"), ==, table[i].has_details);
    }
}

static void
test_details (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "AddAccount", "!im.beckon.Error.InvalidCertificate");
  fill (self, "zoe@b", "secret");
  submit (self);
  g_signal_emit_by_name (app_part (self->form, "details"), "clicked");
  GtkWindow *dialog = app_world_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "prove that it is b."));
}

static gboolean
is_in_sight (gpointer submit)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (submit, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (submit, scrolled, &bounds) && bounds.size.height > 0
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (scrolled);
}

/* What is said and what can be done then is in sight in a low window, too. */
static void
test_low (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "AddAccount", "!im.beckon.Error.InvalidCertificate");
  fill (self, "zoe@b", "secret");
  submit (self);
  g_assert_true (is_shown (self, "details"));
  bk_test_wait_until (is_in_sight, app_part (self->form, "submit"));
}

/* What is pasted often has a space at its end. */
static void
test_spaces (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "AddAccount", "!im.beckon.Error.ServerTooBusy");
  fill (self, " zoe@b", "se cret ");
  gtk_editable_set_text (app_part (self->form, "server"), "wss://b ");
  gtk_editable_set_text (app_part (self->form, "token"), " ");
  submit (self);
  g_assert_cmpstr (stand_in_last (self->world->service, "AddAccount"), ==,
                   "('zoe@b', 'se cret ', {'server': <'wss://b'>, 'register': <true>})");
}

/* What can be seen here is not asked of a server. */
static void
test_local (Fixture *self, gconstpointer data)
{
  fill (self, "zoe", "secret");
  submit (self);
  g_assert_cmpstr (get_marked (self), ==, "signin_name");
  fill (self, "zoe@b", "short");
  submit (self);
  g_assert_cmpstr (get_marked (self), ==, "password");
  g_assert_cmpuint (*stand_in_count (self->world->service, "AddAccount"), ==, 0);
  /* Old passwords may be as they are. */
  stand_in_answer (self->world->service, "AddAccount", "!im.beckon.Error.InvalidPassword");
  gtk_toggle_button_set_active (app_part (self->form, "sign_in"), TRUE);
  submit (self);
  g_assert_cmpuint (*stand_in_count (self->world->service, "AddAccount"), ==, 1);
  g_assert_cmpstr (get_marked (self), ==, "password");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add ("/form/errors", Fixture, NULL, setup, test_errors, teardown);
  g_test_add ("/form/details", Fixture, NULL, setup, test_details, teardown);
  g_test_add ("/form/low", Fixture, GINT_TO_POINTER (LOW), setup, test_low, teardown);
  g_test_add ("/form/spaces", Fixture, NULL, setup, test_spaces, teardown);
  g_test_add ("/form/local", Fixture, NULL, setup, test_local, teardown);
  return app_world_run ();
}
