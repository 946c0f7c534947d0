/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-drops.h"

#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-list-rows.h"

#define ROW_KEY "bk-app-contact-drops-row" /* which one is lit */

/* Returns: (nullable): who takes files there */
static BkAppPerson *
person_at (GtkWidget *list, double x, double y, GtkWidget **row)
{
  *row = bk_app_list_rows_find_contact (GTK_LIST_VIEW (list), x, y);
  BkAppPerson *person = *row != NULL ? bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (*row)) : NULL;
  BeckonContact *contact = person != NULL ? bk_app_person_get_contact (person) : NULL;

  return contact != NULL && beckon_contact_get_relation (contact) == BECKON_RELATION_ACCEPTED
             && !beckon_contact_get_blocked (contact)
           ? person
           : NULL;
}

/* Shows who it is that would get them. */
static void
light (GtkDropTarget *target, GtkWidget *row)
{
  GtkWidget *lit = g_object_get_data (G_OBJECT (target), ROW_KEY);

  if (lit == row)
    return;
  if (lit != NULL)
    gtk_widget_unset_state_flags (lit, GTK_STATE_FLAG_DROP_ACTIVE);
  if (row != NULL)
    gtk_widget_set_state_flags (row, GTK_STATE_FLAG_DROP_ACTIVE, FALSE);
  g_object_set_data_full (G_OBJECT (target), ROW_KEY, row != NULL ? g_object_ref (row) : NULL, g_object_unref);
}

static GdkDragAction
on_motion (GtkDropTarget *target, double x, double y, gpointer user_data)
{
  GtkWidget *row;
  BkAppPerson *person = person_at (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target)), x, y, &row);

  light (target, person != NULL ? row : NULL);
  return person != NULL ? GDK_ACTION_COPY : 0;
}

static void
on_leave (GtkDropTarget *target, gpointer user_data)
{
  light (target, NULL);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  GtkWidget *list = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  GtkWidget *row;
  BkAppPerson *person = person_at (list, x, y, &row);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  light (target, NULL);
  if (person == NULL)
    return FALSE;
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    {
      g_autofree char *uri = g_file_get_uri (l->data);
      g_strv_builder_add (builder, uri);
    }
  g_auto (GStrv) uris = g_strv_builder_end (builder);
  return gtk_widget_activate_action (list, "win.send-files", "(ss^as)",
                                     beckon_account_get_signin_name (bk_app_person_get_account (person)),
                                     beckon_contact_get_signin_name (bk_app_person_get_contact (person)), uris);
}

void
bk_app_contact_drops_add (GtkListView *list)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "enter", G_CALLBACK (on_motion), NULL);
  g_signal_connect (target, "motion", G_CALLBACK (on_motion), NULL);
  g_signal_connect (target, "leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), NULL);
  gtk_widget_add_controller (GTK_WIDGET (list), GTK_EVENT_CONTROLLER (target));
}
