/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-session-card.h"

#include "bk-app-text.h"
#include "bk-app-wrap-layout.h"
#include "bk-app-widgets.h"
#include "conversation/bk-app-card-subject.h"

#include <glib/gi18n.h>

typedef enum
{
  BUTTON_ACCEPT,
  BUTTON_DECLINE,
  BUTTON_CANCEL,
  BUTTON_PAGE,
  BUTTON_END,
  BUTTON_DETAILS,
  BUTTON_AGAIN,
  N_BUTTONS
} Button;

struct _BkAppSessionCard
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkWidget *frame;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *state;
  GtkLabel *warning;
  GtkLabel *time;
  GtkWidget *buttons;
  GtkButton *button[N_BUTTONS];

  BkAppCardSubject subject;
};

G_DEFINE_FINAL_TYPE (BkAppSessionCard, bk_app_session_card, ADW_TYPE_BIN)

#define BIT(button) (1u << (button))

/* ---- how it stands ---- */

static gboolean
is_inviter (BkAppSessionCard *self)
{
  return beckon_message_get_outgoing (self->subject.message);
}

static gboolean
is_installing_here (BkAppSessionCard *self)
{
  return self->subject.session != NULL && !is_inviter (self) && beckon_session_get_installing (self->subject.session)
         && beckon_session_get_state (self->subject.session) == BECKON_SESSION_STATE_INVITATION;
}

static gboolean
has_page (BeckonSession *session)
{
  const char *url = beckon_session_get_application_url (session);

  return g_str_has_prefix (url, "https://") || g_str_has_prefix (url, "http://");
}

static char *
dup_installing (BkAppSessionCard *self, guint *buttons)
{
  const char *name = bk_app_application_word (beckon_session_get_application_name (self->subject.session));
  g_autoptr (BeckonApplication) application
    = beckon_messenger_find_application (self->subject.messenger,
                                         beckon_session_get_application (self->subject.session));

  if (application != NULL && beckon_application_get_present (application))
    return g_strdup_printf (_("%s is installed and starts in a moment."), name);
  if (has_page (self->subject.session))
    *buttons |= BIT (BUTTON_PAGE);
  return g_strdup_printf (_("%s is not installed here. It will start once it is installed."), name);
}

static char *
dup_invitation (BkAppSessionCard *self, guint *buttons)
{
  *buttons = BIT (BUTTON_CANCEL);
  if (is_inviter (self))
    return bk_app_session_dup_waiting (self->subject.session);
  if (beckon_session_get_installing (self->subject.session))
    return dup_installing (self, buttons);
  if (!beckon_session_get_asking (self->subject.session))
    return g_strdup (_("A running program answers this invitation."));
  *buttons |= BIT (BUTTON_ACCEPT) | BIT (BUTTON_DECLINE);
  return g_strdup (_("Waiting for your answer"));
}

/* "Running, direct connection, encrypted. Bob hosts." */
static char *
dup_running (BkAppSessionCard *self)
{
  g_autofree char *path = bk_app_session_dup_path (self->subject.session);
  g_autofree char *host = bk_app_session_dup_host (self->subject.session);
  g_autofree char *way = NULL;

  if (*path != '\0')
    /* Translators: how the two sides are connected follows, such as “Direct connection, encrypted” */
    way = g_strdup_printf (_("Running. %s"), path);
  else
    way = g_strdup (_("Running"));
  if (host == NULL)
    return g_steal_pointer (&way);
  /* Translators: what runs how; who hosts, a name or “You” */
  return g_strdup_printf (_("%s\nHost: %s"), way, host);
}

static char *
dup_terminated (BkAppSessionCard *self, guint *buttons)
{
  *buttons = BIT (BUTTON_AGAIN);
  return g_strdup (beckon_session_get_result_text (self->subject.session));
}

/* Returns what is going on in words, and which buttons there are for it. */
static char *
dup_state (BkAppSessionCard *self, guint *buttons)
{
  *buttons = 0;
  switch (bk_app_card_subject_get_state (&self->subject))
    {
    case BECKON_SESSION_STATE_INVITATION:
      return dup_invitation (self, buttons);
    case BECKON_SESSION_STATE_ACCEPTED:
      *buttons = BIT (BUTTON_CANCEL);
      return g_strdup (_("Connecting…"));
    case BECKON_SESSION_STATE_CONNECTED:
      *buttons = BIT (BUTTON_END);
      return dup_running (self);
    case BECKON_SESSION_STATE_TERMINATED:
      return dup_terminated (self, buttons);
    case BECKON_SESSION_STATE_READY:
    case BECKON_SESSION_STATE_CANCELLED:
    case BECKON_SESSION_STATE_DECLINED:
    case BECKON_SESSION_STATE_UNKNOWN:
      break;
    }
  return g_strdup ("");
}

/* The safety number can be compared before the invitation is answered; what the program wrote is there afterwards, for
 * as long as the service remembers. */
static gboolean
has_details (BkAppSessionCard *self)
{
  BeckonSession *session = self->subject.session;

  if (session == NULL)
    return FALSE;

  BeckonSessionState state = beckon_session_get_state (session);
  return state == BECKON_SESSION_STATE_CONNECTED || *beckon_session_get_log (session) != '\0'
         || (state != BECKON_SESSION_STATE_TERMINATED && *beckon_session_get_safety_number (session) != '\0');
}

static void
show_warning (BkAppSessionCard *self, gboolean over)
{
  BeckonSession *session = self->subject.session;
  g_autofree char *warning = !over && session != NULL ? bk_app_session_dup_identity_warning (session) : NULL;

  gtk_label_set_label (self->warning, warning != NULL ? warning : "");
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning != NULL);
}

/* There to be seen, and grey with the reason while it cannot be. An action would make it sensitive again. */
static void
show_again (BkAppSessionCard *self, BeckonApplication *application)
{
  GtkWidget *button = GTK_WIDGET (self->button[BUTTON_AGAIN]);
  g_autofree char *reason = NULL;

  if (application != NULL && !beckon_application_get_present (application))
    reason = g_strdup (beckon_application_get_reason (application));
  else
    bk_app_contact_can_be_invited (self->subject.contact, &reason);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), reason == NULL ? "win.invite" : NULL);
  gtk_widget_set_sensitive (button, reason == NULL);
  gtk_widget_set_tooltip_text (button, reason);
}

static void
show (GtkWidget *card)
{
  BkAppSessionCard *self = BK_APP_SESSION_CARD (card);
  gboolean over = beckon_message_get_result (self->subject.message) != BECKON_SESSION_RESULT_NONE;
  g_autoptr (BeckonApplication) application
    = beckon_messenger_find_application (self->subject.messenger,
                                         beckon_message_get_application (self->subject.message));
  guint buttons = BIT (BUTTON_AGAIN);
  g_autofree char *state
    = over ? g_strdup (beckon_message_get_result_text (self->subject.message)) : dup_state (self, &buttons);
  g_autofree char *time = bk_app_dup_time (beckon_message_get_time (self->subject.message));

  if (application == NULL || beckon_contact_get_relation (self->subject.contact) != BECKON_RELATION_ACCEPTED)
    buttons &= ~BIT (BUTTON_AGAIN);
  show_again (self, application);
  if (has_details (self))
    buttons |= BIT (BUTTON_DETAILS);
  show_warning (self, over);
  bk_app_set_application_icon (self->icon, application != NULL ? beckon_application_get_icon (application) : NULL);
  gtk_label_set_label (self->title, beckon_message_get_text (self->subject.message));
  gtk_label_set_label (self->state, state);
  gtk_widget_activate_action (GTK_WIDGET (self), "message.tell", "s", state);
  gtk_label_set_label (self->time, time);
  for (guint i = 0; i < N_BUTTONS; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->button[i]), (buttons & BIT (i)) != 0);
  /* Who gives up installing says no to the invitation; the inviter then reads why. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button[BUTTON_CANCEL]),
                                  is_installing_here (self) ? "app.decline" : "app.cancel");
  gtk_widget_set_visible (self->buttons, buttons != 0);
  if ((buttons & BIT (BUTTON_ACCEPT)) != 0)
    gtk_widget_add_css_class (self->frame, "asking");
  else
    gtk_widget_remove_css_class (self->frame, "asking");
}

/* ---- what it shows ---- */

static void
on_applications_changed (GListModel *applications, guint position, guint removed, guint added, BkAppSessionCard *self)
{
  show (GTK_WIDGET (self));
}

static void
let_go (BkAppSessionCard *self)
{
  if (self->subject.message != NULL)
    g_signal_handlers_disconnect_by_data (beckon_messenger_get_applications (self->subject.messenger), self);
  bk_app_card_subject_clear (&self->subject);
}

void
bk_app_session_card_set_message (BkAppSessionCard *self, BeckonMessage *message, BeckonContact *contact,
                                 BeckonMessenger *messenger)
{
  let_go (self);
  if (message == NULL)
    return;

  const char *id = beckon_message_get_session (message);
  for (guint i = 0; i < N_BUTTONS; i++)
    if (i != BUTTON_AGAIN)
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button[i]), "s", id);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button[BUTTON_AGAIN]), "s",
                                    beckon_message_get_application (message));
  g_signal_connect_object (beckon_messenger_get_applications (messenger), "items-changed",
                           G_CALLBACK (on_applications_changed), self, 0);
  bk_app_card_subject_set (&self->subject, message, contact, messenger);
}

/* ---- the widget ---- */

static void
bk_app_session_card_dispose (GObject *object)
{
  BkAppSessionCard *self = BK_APP_SESSION_CARD (object);

  let_go (self);
  G_OBJECT_CLASS (bk_app_session_card_parent_class)->dispose (object);
}

static void
bind_button (GtkWidgetClass *widget_class, const char *name, Button button)
{
  gtk_widget_class_bind_template_child_full (widget_class, name, FALSE,
                                             (gssize) (G_STRUCT_OFFSET (BkAppSessionCard, button)
                                                       + button * sizeof (GtkButton *)));
}

static void
bk_app_session_card_class_init (BkAppSessionCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_session_card_dispose;
  g_type_ensure (BK_TYPE_APP_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/session-card.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, frame);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, icon);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, state);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, warning);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, time);
  gtk_widget_class_bind_template_child (widget_class, BkAppSessionCard, buttons);
  bind_button (widget_class, "accept", BUTTON_ACCEPT);
  bind_button (widget_class, "decline", BUTTON_DECLINE);
  bind_button (widget_class, "cancel", BUTTON_CANCEL);
  bind_button (widget_class, "page", BUTTON_PAGE);
  bind_button (widget_class, "end", BUTTON_END);
  bind_button (widget_class, "details", BUTTON_DETAILS);
  bind_button (widget_class, "again", BUTTON_AGAIN);
}

static void
bk_app_session_card_init (BkAppSessionCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_card_subject_init (&self->subject, GTK_WIDGET (self), show);
}

GtkWidget *
bk_app_session_card_new (void)
{
  return g_object_new (BK_TYPE_APP_SESSION_CARD, NULL);
}
