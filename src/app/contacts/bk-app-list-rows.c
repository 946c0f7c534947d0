/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-list-rows.h"

#include "bk-app-avatar.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-contact-text.h"
#include "contacts/bk-app-section.h"

#include <glib/gi18n.h>

#define CONTEXT_CHARS 24 /* before what was found */

/* ---- a heading ---- */

struct _BkAppSectionRow
{
  GtkBox parent_instance;

  /* Template Widgets */
  GtkLabel *title;
  GtkLabel *count;
  GtkImage *arrow;

  BkAppSection *section; /* owned */
};

G_DEFINE_FINAL_TYPE (BkAppSectionRow, bk_app_section_row, GTK_TYPE_BOX)

static void
show_section (BkAppSectionRow *self)
{
  BkAppSection *section = self->section;
  guint count = bk_app_section_get_count (section);
  gboolean collapsed = bk_app_section_get_collapsed (section);
  gboolean collapsible = bk_app_section_get_collapsible (section);
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *number = g_strdup_printf ("%u", count);
  /* Translators: a heading in the contact list, and how many are below it, as in "Friends, 3" */
  g_autofree char *label = g_strdup_printf (_("%s, %u"), bk_app_section_get_title (section), count);

  gtk_label_set_label (self->title, bk_app_section_get_title (section));
  gtk_label_set_label (self->count, number);
  gtk_image_set_from_icon_name (self->arrow, collapsed ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), collapsible);
  bk_app_name_row (GTK_WIDGET (self), label);
  if (row != NULL && collapsible)
    gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, !collapsed, -1);
}

static void
on_section_notify (BkAppSection *section, GParamSpec *pspec, BkAppSectionRow *self)
{
  show_section (self);
}

static void
set_section (BkAppSectionRow *self, BkAppSection *section)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (self->section != NULL)
    g_signal_handlers_disconnect_by_data (self->section, self);
  if (row != NULL)
    gtk_accessible_reset_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED);
  g_set_object (&self->section, section);
  if (section == NULL)
    return;
  g_signal_connect (section, "notify", G_CALLBACK (on_section_notify), self);
  show_section (self);
}

static void
bk_app_section_row_dispose (GObject *object)
{
  set_section (BK_APP_SECTION_ROW (object), NULL);
  G_OBJECT_CLASS (bk_app_section_row_parent_class)->dispose (object);
}

static void
bk_app_section_row_class_init (BkAppSectionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_section_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/section-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppSectionRow, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppSectionRow, count);
  gtk_widget_class_bind_template_child (widget_class, BkAppSectionRow, arrow);
}

static void
bk_app_section_row_init (BkAppSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* ---- a message that was found ---- */

struct _BkAppFoundRow
{
  GtkBox parent_instance;

  /* Template Widgets */
  AdwAvatar *avatar;
  GtkLabel *name;
  GtkLabel *time;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (BkAppFoundRow, bk_app_found_row, GTK_TYPE_BOX)

static void
bk_app_found_row_class_init (BkAppFoundRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/found-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppFoundRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, BkAppFoundRow, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppFoundRow, time);
  gtk_widget_class_bind_template_child (widget_class, BkAppFoundRow, text);
}

static void
bk_app_found_row_init (BkAppFoundRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The line begins near what was found, which is bold. */
static void
show_text (BkAppFoundRow *self, const char *text, const char *const *words)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n\t\v\f", ' ');
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  gsize start = 0;
  gsize length = 0;

  if (words == NULL || !bk_app_text_find (line, words, &start, &length))
    {
      gtk_label_set_label (self->text, line);
      gtk_label_set_attributes (self->text, NULL);
      return;
    }
  const char *from = line + start;
  for (guint i = 0; i < CONTEXT_CHARS && from > line; i++)
    from = g_utf8_prev_char (from);
  const char *dots = from > line ? "…" : "";
  g_autofree char *shown = g_strconcat (dots, from, NULL);
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  bold->start_index = (guint) (strlen (dots) + start - (gsize) (from - line));
  bold->end_index = bold->start_index + (guint) length;
  pango_attr_list_insert (attributes, bold);
  gtk_label_set_label (self->text, shown);
  gtk_label_set_attributes (self->text, attributes);
}

static void
set_found (BkAppFoundRow *self, BeckonFound *found, const char *const *words)
{
  BeckonMessage *message = beckon_found_get_message (found);
  const char *who = beckon_found_get_who (found);
  g_autoptr (BeckonContact) contact = beckon_account_find_contact (beckon_found_get_account (found), who);
  const char *name = contact != NULL ? beckon_contact_get_display_name (contact) : who;
  g_autofree char *time = bk_app_dup_short_time (beckon_message_get_time (message));
  const char *text = beckon_message_get_text (message);
  g_autofree char *label = beckon_message_get_outgoing (message)
                             /* Translators: a message of the user that was found: to whom, what, when */
                             ? g_strdup_printf (_("To %s: %s, %s"), name, text, time)
                             /* Translators: a message that was found: from whom, what, when */
                             : g_strdup_printf (_("%s: %s, %s"), name, text, time);

  adw_avatar_set_text (self->avatar, name);
  bk_app_avatar_show (self->avatar, contact != NULL ? beckon_contact_get_avatar (contact) : "");
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->time, time);
  show_text (self, text, words);
  bk_app_name_row (GTK_WIDGET (self), label);
}

/* ---- whatever it is ---- */

static GType
row_type_for (gpointer item)
{
  if (BK_IS_APP_SECTION (item))
    return BK_TYPE_APP_SECTION_ROW;
  return BECKON_IS_FOUND (item) ? BK_TYPE_APP_FOUND_ROW : BK_TYPE_APP_CONTACT_ROW;
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gpointer object = gtk_list_item_get_item (item);
  GType type = row_type_for (object);
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row == NULL || G_OBJECT_TYPE (row) != type)
    {
      row = g_object_new (type, NULL);
      gtk_list_item_set_child (item, row);
    }
  /* Every row can be selected, a heading too: GTK 4.8 gives the keyboard to no other, and the arrows do not come beyond. */
  if (BK_IS_APP_SECTION (object))
    set_section (BK_APP_SECTION_ROW (row), object);
  else if (BECKON_IS_FOUND (object))
    set_found (BK_APP_FOUND_ROW (row), object, bk_app_contact_list_get_words (user_data));
  else
    bk_app_contact_row_set_person (BK_APP_CONTACT_ROW (row), object);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (BK_IS_APP_SECTION_ROW (row))
    set_section (BK_APP_SECTION_ROW (row), NULL);
  else if (BK_IS_APP_CONTACT_ROW (row))
    bk_app_contact_row_set_person (BK_APP_CONTACT_ROW (row), NULL);
}

GtkListItemFactory *
bk_app_list_rows_factory_new (BkAppContactList *list)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), list, 0);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  return factory;
}

GtkWidget *
bk_app_list_rows_find_contact (GtkListView *list, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (list), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BK_TYPE_APP_CONTACT_ROW) : NULL;
  GtkWidget *inside = widget != NULL && row == NULL ? gtk_widget_get_first_child (widget) : NULL;

  return BK_IS_APP_CONTACT_ROW (inside) ? inside : row;
}
