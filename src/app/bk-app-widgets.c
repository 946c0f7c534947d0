/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-widgets.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"

#define HEADING_WIDTH 100 /* any letter has room in it, and a question is never that narrow */
#define TOAST_SECONDS 8 /* a sentence takes longer to read than the usual toast stays */

AdwToast *
bk_app_toast_new (const char *text)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);
  AdwToast *toast = adw_toast_new ("");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "heading");
  bk_app_accessible_complete (label);
  adw_toast_set_custom_title (toast, label);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  return toast;
}

void
bk_app_set_status_dot (GtkWidget *dot, BeckonStatus status)
{
  static const char *const classes[] = { "status-online", "status-away", "status-busy", "status-offline" };
  const char *wanted = bk_app_status_class (status);

  if (gtk_widget_has_css_class (dot, wanted)) /* else its style is made again */
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (dot, classes[i]);
  gtk_widget_add_css_class (dot, wanted);
}

/* A registration may name any icon; one that the theme does not have must not look broken. */
void
bk_app_set_application_icon (GtkImage *image, const char *icon)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (image)));

  if (icon == NULL || *icon == '\0' || !gtk_icon_theme_has_icon (theme, icon))
    icon = "application-x-executable";
  gtk_image_set_from_icon_name (image, icon);
}

void
bk_app_name_row (GtkWidget *child, const char *name)
{
  GtkWidget *row = gtk_widget_get_parent (child);

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

typedef struct
{
  GtkWindow *window; /* not owned: the closure goes with it */
  gpointer item;     /* owned */
} Subject;

static void
subject_free (Subject *subject)
{
  g_object_unref (subject->item);
  g_free (subject);
}

static void
on_subjects_changed (GListModel *model, guint position, guint removed, guint added, Subject *subject)
{
  guint n_items = removed > 0 ? g_list_model_get_n_items (model) : 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);
      if (item == subject->item)
        return;
    }
  if (removed > 0)
    gtk_window_close (subject->window);
}

void
bk_app_close_without (GtkWindow *window, GListModel *model, gpointer item)
{
  Subject *subject = g_new0 (Subject, 1);
  GClosure *closure = g_cclosure_new (G_CALLBACK (on_subjects_changed), subject,
                                      (GClosureNotify) (void (*) (void)) subject_free);

  subject->window = window;
  subject->item = g_object_ref (item);
  g_object_watch_closure (G_OBJECT (window), closure);
  g_signal_connect_closure (model, "items-changed", closure, TRUE);
}

/* Once for all: a class has what its parent had when it was made. */
void
bk_app_close_by_key (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  GtkWidgetClass *window_class = g_type_class_ref (GTK_TYPE_WINDOW); /* which stays */
  gtk_widget_class_add_binding_action (window_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  g_once_init_leave (&done, 1);
}

gboolean
bk_app_activate_about (gpointer widget, const char *action, BkAppPerson *person)
{
  g_autoptr (GVariant) target = g_variant_ref_sink (bk_app_person_new_target (person));

  return gtk_widget_activate_action_variant (widget, action, target);
}

GtkWidget *
bk_app_find_inside (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = bk_app_find_inside (child, type);
  return found;
}

gboolean
bk_app_focus_child (GtkWidget *widget, GtkDirectionType direction)
{
  return gtk_widget_child_focus (gtk_widget_get_first_child (widget), direction);
}

/* libadwaita 1.7 has a heading and a smaller one, shown where that does not fit, and asks each how high it is where only
 * the other could be as narrow, of which GTK 4.18 warns. One that could wrap can be, and so can both with that width. */
static void
let_heading_wrap (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "title-2") && !gtk_label_get_wrap (GTK_LABEL (widget)))
    {
      gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR);
      gtk_widget_set_size_request (gtk_widget_get_parent (widget), HEADING_WIDTH, -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    let_heading_wrap (child);
}

void
bk_app_present_question (gpointer dialog)
{
  let_heading_wrap (dialog);
  gtk_window_present (dialog);
}

static void
on_search_started (GtkSearchEntry *search, gpointer user_data)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (search));

  gtk_widget_set_visible (GTK_WIDGET (search), TRUE);
  gtk_text_grab_focus_without_selecting (GTK_TEXT (text)); /* or the next letter would replace the first */
}

void
bk_app_search_typed_at (GtkSearchEntry *search, GtkWidget *place)
{
  gtk_search_entry_set_key_capture_widget (search, place);
  g_signal_connect (search, "search-started", G_CALLBACK (on_search_started), NULL);
}

GtkWidget *
bk_app_focused_popover (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *popover = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;

  return popover != NULL && gtk_widget_is_ancestor (popover, widget) ? popover : NULL;
}
