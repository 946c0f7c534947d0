/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-waiting-window.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

struct _BkAppWaitingWindow
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkSpinner *spinner;
  GtkLabel *application_name;
  GtkLabel *state;
  GtkButton *cancel;
  GtkWidget *close;

  BeckonSession *session; /* owned */
};

G_DEFINE_FINAL_TYPE (BkAppWaitingWindow, bk_app_waiting_window, ADW_TYPE_WINDOW)

static void
stop_waiting (BkAppWaitingWindow *self, const char *why)
{
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_label_set_label (self->state, why);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel), FALSE);
  gtk_widget_set_visible (self->close, TRUE);
  gtk_widget_grab_focus (self->close);
}

/* It goes by itself when both sides have it running, or when the user called it off; else it stays and says why. */
static void
show_end (BkAppWaitingWindow *self)
{
  BeckonSessionResult result = beckon_session_get_result (self->session);

  if (result == BECKON_SESSION_RESULT_CANCELLED_LOCAL || result == BECKON_SESSION_RESULT_SUPERSEDED)
    gtk_window_destroy (GTK_WINDOW (self));
  else
    stop_waiting (self, beckon_session_get_result_text (self->session));
}

static void
show (BkAppWaitingWindow *self)
{
  g_autofree char *waiting = NULL;

  switch (beckon_session_get_state (self->session))
    {
    case BECKON_SESSION_STATE_INVITATION:
      waiting = bk_app_session_dup_waiting (self->session);
      gtk_label_set_label (self->state, waiting);
      break;
    case BECKON_SESSION_STATE_ACCEPTED:
      gtk_label_set_label (self->state, _("Connecting…"));
      break;
    case BECKON_SESSION_STATE_CONNECTED:
      gtk_window_destroy (GTK_WINDOW (self));
      break;
    case BECKON_SESSION_STATE_TERMINATED:
      show_end (self);
      break;
    case BECKON_SESSION_STATE_READY:
    case BECKON_SESSION_STATE_CANCELLED:
    case BECKON_SESSION_STATE_DECLINED:
    case BECKON_SESSION_STATE_UNKNOWN:
      break;
    }
}

static void
on_something (BeckonSession *session, GParamSpec *pspec, BkAppWaitingWindow *self)
{
  g_autoptr (BkAppWaitingWindow) hold = g_object_ref (self);

  show (self);
}

BkAppWaitingWindow *
bk_app_waiting_window_new (GtkApplication *application, BeckonSession *session)
{
  BkAppWaitingWindow *self = g_object_new (BK_TYPE_APP_WAITING_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  gtk_label_set_label (self->application_name,
                       bk_app_application_word (beckon_session_get_application_name (session)));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->cancel), "s", beckon_session_get_id (session));
  g_signal_connect_object (session, "notify", G_CALLBACK (on_something), self, 0);
  show (self);
  return self;
}

void
bk_app_waiting_window_forget (BkAppWaitingWindow *self)
{
  if (self->session != NULL && beckon_session_get_state (self->session) != BECKON_SESSION_STATE_TERMINATED)
    stop_waiting (self, beckon_session_result_to_text (BECKON_SESSION_RESULT_SERVICE_RESTARTED));
}

static void
bk_app_waiting_window_dispose (GObject *object)
{
  BkAppWaitingWindow *self = BK_APP_WAITING_WINDOW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bk_app_waiting_window_parent_class)->dispose (object);
}

static void
bk_app_waiting_window_class_init (BkAppWaitingWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_waiting_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/waiting-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppWaitingWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, BkAppWaitingWindow, application_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppWaitingWindow, state);
  gtk_widget_class_bind_template_child (widget_class, BkAppWaitingWindow, cancel);
  gtk_widget_class_bind_template_child (widget_class, BkAppWaitingWindow, close);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_waiting_window_init (BkAppWaitingWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
