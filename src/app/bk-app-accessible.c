/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-accessible.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define NAMED "bk-named"             /* it has a name that is not what is written on it */
#define DESCRIPTION "bk-description" /* what was told last */
#define COMPLETE "bk-complete"       /* it has been looked at; of a list, the model of its rows */

/* ---- one thing ---- */

void
bk_app_accessible_name (GtkWidget *widget, const char *name)
{
  g_object_set_data (G_OBJECT (widget), NAMED, GINT_TO_POINTER (TRUE));
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY); /* else it is both */
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* What is told of it when nothing is announced. */
static void
tell_description (GtkWidget *widget)
{
  const char *description = g_object_get_data (G_OBJECT (widget), DESCRIPTION);

  if (description == NULL)
    description = gtk_widget_get_tooltip_text (widget);
  if (description != NULL && *description != '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

void
bk_app_accessible_describe (GtkWidget *widget, const char *description)
{
  g_object_set_data_full (G_OBJECT (widget), DESCRIPTION, g_strdup (description), g_free);
  /* Else it has none: of the label to which rows of libadwaita 1.7 point GTK 4.18 tells nothing. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
  tell_description (widget);
}

/* ---- announcing ---- */

#if GTK_CHECK_VERSION(4, 14, 0)
static void
say (GtkWindow *window, const char *text)
{
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* newer than what is allowed elsewhere */
  gtk_accessible_announce (GTK_ACCESSIBLE (window), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  G_GNUC_END_IGNORE_DEPRECATIONS
}
#else
/* Nothing in GTK 4.8 makes the sound of a live region: that something appears is told without its state, and Orca 43
 * does not listen to that. It does say the description of what has the keyboard whenever that becomes another one; that
 * it is none any more is not said. */
static void
say (GtkWindow *window, const char *text)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  if (focus == NULL)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  tell_description (focus);
}
#endif

typedef struct
{
  GWeakRef widget;
  char *text;
} Announcement;

static void
announcement_free (gpointer data)
{
  Announcement *announcement = data;

  g_weak_ref_clear (&announcement->widget);
  g_free (announcement->text);
  g_free (announcement);
}

static gboolean
on_announce (gpointer user_data)
{
  Announcement *announcement = user_data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&announcement->widget);
  GtkRoot *root = widget != NULL ? gtk_widget_get_root (widget) : NULL;

  if (GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root)) && gtk_widget_get_mapped (widget))
    say (GTK_WINDOW (root), announcement->text);
  return G_SOURCE_REMOVE;
}

/* Not now: where the keyboard goes with it, a screen reader would interrupt itself to say where it is. */
void
bk_app_announce (GtkWidget *widget, const char *text)
{
  if (*text == '\0')
    return;

  Announcement *announcement = g_new0 (Announcement, 1);
  g_weak_ref_init (&announcement->widget, widget);
  announcement->text = g_strdup (text);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_announce, announcement, announcement_free);
}

/* ---- all that is in a window ---- */

/* GTK 4.8 tells what is written on a button twice, once with its underscore. One on which nothing is written and
 * that is a part of something has the name of that, which GTK 4.18 does not tell. */
static void
on_button_label (GObject *button, GParamSpec *pspec, gpointer user_data)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (button));

  if (g_object_get_data (button, NAMED) != NULL)
    return;
  if (gtk_button_get_label (GTK_BUTTON (button)) != NULL)
    gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
  else if (GTK_IS_MENU_BUTTON (parent) || GTK_IS_SPIN_BUTTON (parent))
    gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY, parent, NULL, -1);
}

/* The row, and the switch that it stands for: it is that one which has the keyboard. */
static void
on_row_subtitle (GObject *row, GParamSpec *pspec, gpointer user_data)
{
  GtkWidget *control = adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row));
  const char *subtitle = adw_action_row_get_subtitle (ADW_ACTION_ROW (row));

  bk_app_accessible_describe (GTK_WIDGET (row), subtitle);
  if (control != NULL && !GTK_IS_BUTTON (control))
    bk_app_accessible_describe (control, subtitle);
}

/* The one that shows the password says so in its tooltip alone. */
static void
on_peek_tooltip (GObject *button, GParamSpec *pspec, gpointer user_data)
{
  if (gtk_widget_get_tooltip_text (GTK_WIDGET (button)) != NULL)
    bk_app_accessible_name (GTK_WIDGET (button), gtk_widget_get_tooltip_text (GTK_WIDGET (button)));
}

/* A sentence that appears, or becomes another one. */
static void
on_alert (GtkWidget *label)
{
  if (gtk_widget_get_mapped (label))
    bk_app_announce (label, gtk_label_get_label (GTK_LABEL (label)));
}

/* Those in the rows of a long list come and go with the scrolling. */
static gboolean
is_alert (GtkWidget *widget)
{
  GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));

  return GTK_IS_LABEL (widget) && (role == GTK_ACCESSIBLE_ROLE_ALERT || role == GTK_ACCESSIBLE_ROLE_STATUS)
         && gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW) == NULL;
}

static void
follow (GtkWidget *widget, const char *property, void (*callback) (GObject *, GParamSpec *, gpointer))
{
  g_signal_connect (widget, property, G_CALLBACK (callback), NULL);
  callback (G_OBJECT (widget), NULL, NULL);
}

static void
on_rows_changed (GListModel *rows, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) row = g_list_model_get_item (rows, i);
      bk_app_accessible_complete (row);
    }
}

static void
complete_one (GtkWidget *widget)
{
  gpointer mark = GINT_TO_POINTER (TRUE);

  if (GTK_IS_LIST_BOX (widget))
    {
      GListModel *rows = gtk_widget_observe_children (widget);

      g_signal_connect (rows, "items-changed", G_CALLBACK (on_rows_changed), NULL);
      g_object_set_data_full (G_OBJECT (widget), COMPLETE, rows, g_object_unref);
      return;
    }
  g_object_set_data (G_OBJECT (widget), COMPLETE, mark);
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "close")
      && gtk_widget_get_ancestor (widget, GTK_TYPE_SEARCH_BAR) != NULL)
    bk_app_accessible_name (widget, _("Close"));
  else if (GTK_IS_BUTTON (widget) && gtk_widget_get_ancestor (widget, ADW_TYPE_PASSWORD_ENTRY_ROW) != NULL)
    follow (widget, "notify::tooltip-text", on_peek_tooltip);
  else if (GTK_IS_BUTTON (widget))
    follow (widget, "notify::label", on_button_label);
  else if (ADW_IS_ACTION_ROW (widget))
    follow (widget, "notify::subtitle", on_row_subtitle);
  else if (is_alert (widget))
    {
      g_signal_connect (widget, "notify::label", G_CALLBACK (on_alert), NULL);
      g_signal_connect_after (widget, "map", G_CALLBACK (on_alert), NULL);
      on_alert (widget);
    }
}

void
bk_app_accessible_complete (GtkWidget *widget)
{
  if (g_object_get_data (G_OBJECT (widget), COMPLETE) == NULL)
    complete_one (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    bk_app_accessible_complete (child);
}

static void
on_windows_changed (GListModel *windows, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      g_signal_connect (window, "map", G_CALLBACK (bk_app_accessible_complete), NULL);
    }
}

void
bk_app_accessible_init (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  if (g_object_get_data (G_OBJECT (windows), COMPLETE) != NULL)
    return;
  g_object_set_data (G_OBJECT (windows), COMPLETE, GINT_TO_POINTER (TRUE));
  g_signal_connect (windows, "items-changed", G_CALLBACK (on_windows_changed), NULL);
}
