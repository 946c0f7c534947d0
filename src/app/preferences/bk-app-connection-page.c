/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-connection-page.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

struct _BkAppConnectionPage
{
  AdwPreferencesPage parent_instance;

  /* Template Widgets */
  GtkButton *test;
  GtkSpinner *spinner;
  GtkWidget *results;
  AdwActionRow *nat;
  AdwActionRow *stun;
  AdwActionRow *turn_udp;
  AdwActionRow *turn_tcp;
  AdwActionRow *verdict;
  GtkEditable *servers;
  GtkEditable *user;
  GtkEditable *password;
  GtkButton *save;
  GtkLabel *problem;

  BeckonMessenger *messenger; /* owned; nullable */
  GCancellable *cancellable;  /* of what is under way for that messenger */
  gboolean busy;              /* saving */
};

G_DEFINE_FINAL_TYPE (BkAppConnectionPage, bk_app_connection_page, ADW_TYPE_PREFERENCES_PAGE)

static void
show_problem (BkAppConnectionPage *self, const char *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), *text != '\0');
}

/* ---- the test ---- */

static void
show_row (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
}

static const char *
nat_text (const char *nat)
{
  if (g_str_equal (nat, "none"))
    return _("This computer has its own address on the internet.");
  if (g_str_equal (nat, "cone"))
    return _("Your router allows direct connections.");
  if (g_str_equal (nat, "symmetric"))
    return _("Your router uses a different port for each connection, so direct connections rarely work.");
  if (g_str_equal (nat, "blocked"))
    return _("This network lets no UDP packets out.");
  return _("Beckon could not determine what your router allows.");
}

/* NULL where the service knows no such server: there was nothing to be tried. */
static const char *
answer_text (GVariant *result, const char *name)
{
  gboolean answered;

  if (!g_variant_lookup (result, name, "b", &answered))
    return NULL;
  return answered ? _("The server answers.") : _("The server does not answer.");
}

static char *
dup_verdict (GVariant *result)
{
  g_autofree const char **problems = NULL;
  const char *text = "";

  g_variant_lookup (result, "text", "&s", &text);
  if (!g_variant_lookup (result, "problems", "^a&s", &problems) || problems[0] == NULL)
    return g_strdup (text);
  g_autofree char *all = g_strjoinv ("\n", (char **) problems);
  return g_strdup_printf ("%s\n%s", text, all);
}

static void
show_result (BkAppConnectionPage *self, GVariant *result)
{
  const char *nat = "unknown";
  g_autofree char *verdict = dup_verdict (result);

  g_variant_lookup (result, "nat", "&s", &nat);
  show_row (self->nat, nat_text (nat));
  show_row (self->stun, answer_text (result, "stun"));
  show_row (self->turn_udp, answer_text (result, "turn-udp"));
  show_row (self->turn_tcp, answer_text (result, "turn-tcp"));
  show_row (self->verdict, verdict);
  gtk_widget_set_visible (self->results, TRUE);
}

static void
set_testing (BkAppConnectionPage *self, gboolean testing)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), !testing && self->messenger != NULL);
  gtk_spinner_set_spinning (self->spinner, testing);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->test), GTK_ACCESSIBLE_STATE_BUSY, testing, -1);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppConnectionPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) found = beckon_account_test_connection_finish (BECKON_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_testing (self, FALSE);
  show_problem (self, error != NULL ? bk_app_error_text (error) : "");
  if (found != NULL)
    show_result (self, found);
}

static void
on_test (GtkButton *button, BkAppConnectionPage *self)
{
  BeckonAccount *account = beckon_messenger_get_primary_account (self->messenger);

  if (account == NULL)
    {
      show_problem (self, _("Add an account first: the test needs its server."));
      return;
    }
  set_testing (self, TRUE);
  show_problem (self, "");
  gtk_widget_set_visible (self->results, FALSE);
  beckon_account_test_connection_async (account, self->cancellable, on_tested, g_object_ref (self));
}

/* ---- servers of one's own ---- */

static GStrv
dup_servers (BkAppConnectionPage *self)
{
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (self->servers), " ,;\t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

static void
on_changed (GtkEditable *editable, BkAppConnectionPage *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), !self->busy && self->messenger != NULL);
}

static void
fill (BkAppConnectionPage *self)
{
  g_auto (GStrv) list = beckon_messenger_dup_connection_servers (self->messenger);
  g_autofree char *servers = g_strjoinv (" ", list);

  gtk_editable_set_text (self->servers, servers);
  gtk_editable_set_text (self->user, beckon_messenger_get_connection_user (self->messenger));
  gtk_editable_set_text (self->password, "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), FALSE);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppConnectionPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = beckon_messenger_set_connection_servers_finish (BECKON_MESSENGER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->messenger == NULL)
    return;
  self->busy = FALSE;
  show_problem (self, saved ? "" : bk_app_error_text (error));
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), !saved);
}

static void
on_save (GtkWidget *widget, BkAppConnectionPage *self)
{
  g_auto (GStrv) servers = dup_servers (self);

  if (self->busy || self->messenger == NULL)
    return;
  self->busy = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), FALSE);
  beckon_messenger_set_connection_servers_async (
    self->messenger, (const char *const *) servers, gtk_editable_get_text (self->user),
    gtk_editable_get_text (self->password), self->cancellable, on_saved, g_object_ref (self));
}

/* ---- the page ---- */

void
bk_app_connection_page_set_messenger (BkAppConnectionPage *self, BeckonMessenger *messenger)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_set_object (&self->messenger, messenger);
  self->busy = FALSE;
  set_testing (self, FALSE);
  if (messenger == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  fill (self);
}

static void
bk_app_connection_page_dispose (GObject *object)
{
  BkAppConnectionPage *self = BK_APP_CONNECTION_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_connection_page_parent_class)->dispose (object);
}

static void
bk_app_connection_page_class_init (BkAppConnectionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_connection_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/connection-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, test);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, results);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, nat);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, stun);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, turn_udp);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, turn_tcp);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, servers);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, user);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, password);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, save);
  gtk_widget_class_bind_template_child (widget_class, BkAppConnectionPage, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_test);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
bk_app_connection_page_init (BkAppConnectionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
