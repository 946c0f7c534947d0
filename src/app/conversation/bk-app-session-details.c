/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-session-details.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

#define REFRESH_S 2

struct _BkAppSessionDetails
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwActionRow *path;
  AdwActionRow *host;
  AdwActionRow *traffic;
  AdwActionRow *round_trip;
  GtkWidget *connection_group;
  GtkWidget *identity_group;
  GtkLabel *advice;
  GtkLabel *number;
  GtkButton *copy;
  GtkWidget *changed;
  GtkLabel *changed_text;
  GtkButton *trust;
  GtkWidget *program_group;
  GtkLabel *timeline;
  GtkLabel *problem;

  BeckonSession *session;    /* owned */
  GCancellable *cancellable; /* gone with the window */
  gboolean asking;           /* how the channel is doing */
  guint refresh;
};

G_DEFINE_FINAL_TYPE (BkAppSessionDetails, bk_app_session_details, ADW_TYPE_WINDOW)

static void
show_row (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL && *text != '\0');
}

static gboolean
is_shown (AdwActionRow *row)
{
  return gtk_widget_get_visible (GTK_WIDGET (row));
}

/* Before there is a connection there is nothing to say of it. */
static void
show_connection_group (BkAppSessionDetails *self)
{
  gtk_widget_set_visible (self->connection_group, is_shown (self->path) || is_shown (self->host)
                                                    || is_shown (self->traffic) || is_shown (self->round_trip));
}

static void
show_problem (BkAppSessionDetails *self, const char *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), *text != '\0');
}

/* ---- how the channel is doing ---- */

static guint64
lookup (GVariant *channel, const char *name)
{
  guint64 value = 0;

  g_variant_lookup (channel, name, "t", &value);
  return value;
}

static void
show_channel (BkAppSessionDetails *self, GVariant *channel)
{
  guint64 sent = lookup (channel, "bytes-sent");
  guint64 received = lookup (channel, "bytes-received");
  guint64 round_trip = lookup (channel, "round-trip");
  g_autofree char *sent_text = g_format_size (sent);
  g_autofree char *received_text = g_format_size (received);
  /* Translators: two amounts of data, such as “1.2 MB” */
  g_autofree char *traffic = g_strdup_printf (_("%s sent, %s received"), sent_text, received_text);
  g_autofree char *time = NULL;

  if (round_trip != 0)
    /* Translators: milliseconds */
    time = g_strdup_printf (_("%.1f ms"), (double) round_trip / 1000);
  show_row (self->traffic, sent + received > 0 ? traffic : NULL);
  show_row (self->round_trip, time);
  show_connection_group (self);
}

static void
on_channel (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) channel = beckon_session_get_channel_finish (BECKON_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  BkAppSessionDetails *self = user_data;
  self->asking = FALSE;
  if (channel != NULL)
    show_channel (self, channel);
}

static gboolean
on_refresh (gpointer user_data)
{
  BkAppSessionDetails *self = user_data;

  if (!self->asking && beckon_session_get_state (self->session) == BECKON_SESSION_STATE_CONNECTED)
    {
      self->asking = TRUE;
      beckon_session_get_channel_async (self->session, self->cancellable, on_channel, self);
    }
  return G_SOURCE_CONTINUE;
}

/* ---- who it is ---- */

static void
show_identity (BkAppSessionDetails *self)
{
  const char *user = beckon_session_get_user_name (self->session);
  const char *number = beckon_session_get_safety_number (self->session);
  gboolean changed = beckon_session_get_identity (self->session) == BECKON_IDENTITY_CHANGED;
  g_autofree char *advice = g_strdup_printf (
    _("Compare this number with %s, for example on the phone. If both of you see the same number, nobody in between "
      "can read or change what the programs send. If you do not compare, this still holds unless the server lied "
      "when you first met."),
    user);
  g_autofree char *warning = bk_app_session_dup_identity_warning (self->session);

  gtk_label_set_label (self->advice, advice);
  gtk_widget_set_visible (GTK_WIDGET (self->advice), *number != '\0');
  gtk_label_set_label (self->number, number);
  gtk_widget_set_direction (GTK_WIDGET (self->number), GTK_TEXT_DIR_LTR); /* as the other one reads it */
  gtk_widget_set_visible (GTK_WIDGET (self->number), *number != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->copy), *number != '\0');
  gtk_label_set_label (self->changed_text, warning != NULL ? warning : "");
  gtk_widget_set_visible (self->changed, changed);
  gtk_widget_set_visible (GTK_WIDGET (self->trust), changed && *number != '\0');
  gtk_widget_set_visible (self->identity_group, changed || *number != '\0');
}

static void
on_copy (GtkButton *button, BkAppSessionDetails *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          beckon_session_get_safety_number (self->session));
}

static void
on_trusted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_session_trust_identity_finish (BECKON_SESSION (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (user_data, bk_app_error_text (error));
}

static void
on_trust (GtkButton *button, BkAppSessionDetails *self)
{
  beckon_session_trust_identity_async (self->session, self->cancellable, on_trusted, self);
}

/* ---- the rest ---- */

static void
on_open_log (GtkButton *button, BkAppSessionDetails *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_filename_to_uri (beckon_session_get_log (self->session), NULL, &error);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
  else
    show_problem (self, error->message);
}

static void
show (BkAppSessionDetails *self)
{
  g_autofree char *path = bk_app_session_dup_path (self->session);
  g_autofree char *host = bk_app_session_dup_host (self->session);
  g_autofree char *timeline = g_strjoinv ("\n", (char **) beckon_session_get_timeline (self->session));
  const char *reason = beckon_session_get_channel_reason (self->session);
  /* That it is direct needs no reason. */
  gboolean plain
    = *reason == '\0' || beckon_session_get_channel_path (self->session) == BECKON_CHANNEL_PATH_DIRECT;
  g_autofree char *text = plain ? g_strdup (path) : g_strdup_printf ("%s\n%s", path, reason);

  show_row (self->path, text);
  show_row (self->host, host);
  show_connection_group (self);
  show_identity (self);
  gtk_widget_set_visible (self->program_group, *beckon_session_get_log (self->session) != '\0');
  gtk_label_set_label (self->timeline, timeline);
}

static void
on_something (BeckonSession *session, GParamSpec *pspec, BkAppSessionDetails *self)
{
  show (self);
}

void
bk_app_session_details_show (GtkWindow *parent, BeckonSession *session)
{
  BkAppSessionDetails *self = g_object_new (BK_TYPE_APP_SESSION_DETAILS, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify", G_CALLBACK (on_something), self, 0);
  show_row (self->traffic, NULL);
  show_row (self->round_trip, NULL);
  show (self);
  on_refresh (self);
  self->refresh = g_timeout_add_seconds (REFRESH_S, on_refresh, self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->copy));
  gtk_label_select_region (self->number, 0, 0); /* GTK has been there first, and has marked it */
}

static void
bk_app_session_details_dispose (GObject *object)
{
  BkAppSessionDetails *self = BK_APP_SESSION_DETAILS (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bk_app_session_details_parent_class)->dispose (object);
}

static void
bk_app_session_details_class_init (BkAppSessionDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_session_details_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/session-details.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, path);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, host);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, traffic);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, round_trip);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, connection_group);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, identity_group);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, advice);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, number);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, copy);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, changed);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, changed_text);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, trust);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, program_group);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, timeline);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionDetails, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_trust);
  gtk_widget_class_bind_template_callback (widget_class, on_open_log);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_session_details_init (BkAppSessionDetails *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
