/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-line.h"

#include "bk-app-avatar.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-text.h"

#include <glib/gi18n.h>

struct _BkAppContactLine
{
  GtkBox parent_instance;

  /* Template Widgets */
  AdwAvatar *avatar;
  GtkWidget *dot;
  GtkLabel *name;
  GtkWidget *pinned;
  GtkWidget *muted;
  GtkLabel *time;
  GtkLabel *word;
  GtkLabel *line;
  GtkLabel *unread;
  GtkWidget *answers;

  BkAppPerson *person; /* owned */
  gulong handler;
};

G_DEFINE_FINAL_TYPE (BkAppContactLine, bk_app_contact_line, GTK_TYPE_BOX)

static void
show_unread (BkAppContactLine *self, guint unread)
{
  gtk_widget_set_visible (GTK_WIDGET (self->unread), unread > 0);
  if (unread == 0)
    return;
  g_autofree char *number = unread > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", unread);
  g_autofree char *words
    = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u unread message", "%u unread messages", unread), unread);

  gtk_label_set_label (self->unread, number);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->unread), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->unread), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
set_class (gpointer widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The second line: a word, then what there is to say. */
static void
show_line (BkAppContactLine *self, BeckonContact *contact)
{
  BkAppSummary about;
  g_autofree char *line = bk_app_contact_dup_summary (contact, &about);
  const char *word = bk_app_contact_get_word (contact, about);

  gtk_label_set_label (self->line, line);
  gtk_label_set_label (self->word, word != NULL ? word : "");
  gtk_widget_set_visible (GTK_WIDGET (self->word), word != NULL);
  set_class (self->word, "accent", about == BK_APP_SUMMARY_DRAFT);
  set_class (self->word, "dim-label", about != BK_APP_SUMMARY_DRAFT);
  set_class (self->line, "accent", about == BK_APP_SUMMARY_TYPING);
  set_class (self->line, "dim-label", about != BK_APP_SUMMARY_TYPING);
}

static void
show_time (BkAppContactLine *self, BeckonContact *contact)
{
  gint64 time = beckon_contact_get_last_time (contact);
  g_autofree char *text = time > 0 ? bk_app_dup_short_time (time) : g_strdup ("");

  gtk_label_set_label (self->time, text);
  gtk_widget_set_visible (GTK_WIDGET (self->time), *text != '\0');
}

static void
show (BkAppContactLine *self)
{
  BeckonContact *contact = bk_app_person_get_contact (self->person);
  BeckonRelation relation = beckon_contact_get_relation (contact);
  const char *name = beckon_contact_get_display_name (contact);
  guint unread = beckon_contact_get_unread (contact);

  adw_avatar_set_text (self->avatar, name);
  bk_app_avatar_show (self->avatar, beckon_contact_get_avatar (contact));
  gtk_label_set_label (self->name, name);
  gtk_widget_set_visible (self->pinned, beckon_contact_get_pinned (contact));
  gtk_widget_set_visible (self->muted, beckon_contact_get_muted (contact));
  show_time (self, contact);
  show_line (self, contact);
  bk_app_set_status_dot (self->dot, beckon_contact_get_status (contact));
  gtk_widget_set_visible (self->dot, relation == BECKON_RELATION_ACCEPTED && !beckon_contact_get_blocked (contact));
  gtk_widget_set_visible (self->answers, relation == BECKON_RELATION_ASKING && !beckon_contact_get_blocked (contact));
  show_unread (self, unread);
  set_class (self->name, "heading", unread > 0 && !beckon_contact_get_muted (contact));
  set_class (self->unread, "muted", beckon_contact_get_muted (contact));
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppContactLine *self)
{
  show (self);
}

void
bk_app_contact_line_set_person (BkAppContactLine *self, BkAppPerson *person)
{
  if (self->person == person)
    return;
  if (self->person != NULL)
    g_clear_signal_handler (&self->handler, bk_app_person_get_contact (self->person));
  g_set_object (&self->person, person);
  if (person == NULL)
    return;
  self->handler = g_signal_connect (bk_app_person_get_contact (person), "notify", G_CALLBACK (on_contact_notify), self);
  show (self);
}

static void
on_accept (GtkButton *button, BkAppContactLine *self)
{
  bk_app_activate_about (self, "win.approve-contact", self->person);
}

static void
on_decline (GtkButton *button, BkAppContactLine *self)
{
  bk_app_activate_about (self, "win.decline-contact", self->person);
}

static void
bk_app_contact_line_dispose (GObject *object)
{
  bk_app_contact_line_set_person (BK_APP_CONTACT_LINE (object), NULL);
  G_OBJECT_CLASS (bk_app_contact_line_parent_class)->dispose (object);
}

static void
bk_app_contact_line_class_init (BkAppContactLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_contact_line_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/contact-line.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, avatar);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, dot);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, pinned);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, muted);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, time);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, word);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, line);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, unread);
  gtk_widget_class_bind_template_child (widget_class, BkAppContactLine, answers);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
}

static void
bk_app_contact_line_init (BkAppContactLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bk_app_contact_line_new (void)
{
  return g_object_new (BK_TYPE_APP_CONTACT_LINE, NULL);
}
