/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contacts.h"

#include "contacts/bk-app-contact-menu.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-status-menu.h"
#include "contacts/bk-app-trouble.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BkAppContacts
{
  AdwBin parent_instance;

  /* Template Widgets */
  AdwHeaderBar *header;
  GtkStack *stack;
  GtkListView *list;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkMenuButton *menu_button;
  BkAppStatusMenu *status;
  BkAppTrouble *trouble;

  GtkPopoverMenu *contact_menu; /* a child, for whoever it is opened */

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPeople *people;
  GtkFilter *filter;
  GtkSingleSelection *selection;
  char *needle; /* folded text that is searched for */
};

enum
{
  SIGNAL_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppContacts, bk_app_contacts, ADW_TYPE_BIN)

/* ---- the list ---- */

static gboolean
contains (const char *text, const char *needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, needle) != NULL;
}

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  BkAppContacts *self = user_data;
  BeckonContact *contact = bk_app_person_get_contact (item);

  if (beckon_contact_get_relation (contact) == BECKON_RELATION_NONE && !beckon_contact_get_blocked (contact))
    return FALSE;
  return self->needle == NULL || contains (beckon_contact_get_display_name (contact), self->needle)
         || contains (beckon_contact_get_signin_name (contact), self->needle);
}

static void
update_page (BkAppContacts *self)
{
  const char *page = "list";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    page = self->needle != NULL ? "nothing-found" : "empty";
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, BkAppContacts *self)
{
  update_page (self);
}

static void
on_activate (GtkListView *list, guint position, BkAppContacts *self)
{
  g_autoptr (BkAppPerson) person = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (person != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, person);
}

static void
make_list (BkAppContacts *self)
{
  g_autoptr (GtkListItemFactory) factory = bk_app_contact_row_factory_new ();
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (bk_app_person_compare, NULL, NULL));

  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  GListModel *filtered = G_LIST_MODEL (
    gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->people)), g_object_ref (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (gtk_sort_list_model_new (filtered, sorter)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  update_page (self);
}

void
bk_app_contacts_select (BkAppContacts *self, BkAppPerson *person)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; person != NULL && i < n_items && position == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr (BkAppPerson) other = g_list_model_get_item (G_LIST_MODEL (self->selection), i);
      if (other == person)
        position = i;
    }
  gtk_single_selection_set_selected (self->selection, position);
}

/* ---- search ---- */

static void
on_search_changed (GtkSearchEntry *entry, BkAppContacts *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  GtkFilterChange change = GTK_FILTER_CHANGE_DIFFERENT;
  g_autofree char *needle = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;

  if (self->filter == NULL || g_strcmp0 (needle, self->needle) == 0)
    return;
  if (self->needle == NULL || (needle != NULL && g_str_has_prefix (needle, self->needle)))
    change = GTK_FILTER_CHANGE_MORE_STRICT;
  g_free (self->needle);
  self->needle = g_steal_pointer (&needle);
  gtk_filter_changed (self->filter, change);
  update_page (self);
}

/* Enter in the search opens the first that was found; it may come before the entry tells what was typed. */
static void
on_search_activate (GtkSearchEntry *entry, BkAppContacts *self)
{
  if (self->selection == NULL)
    return;
  on_search_changed (entry, self);
  on_activate (self->list, 0, self);
}

void
bk_app_contacts_search (BkAppContacts *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

void
bk_app_contacts_open_menu (BkAppContacts *self)
{
  gtk_menu_button_popup (self->menu_button);
}

/* Beside the conversation, the buttons of the window are there. */
void
bk_app_contacts_set_folded (BkAppContacts *self, gboolean folded)
{
  adw_header_bar_set_show_end_title_buttons (self->header, folded);
}

void
bk_app_contacts_grab_focus (BkAppContacts *self)
{
  /* The list, or the button that stands there while it is empty. */
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* ---- the menu of a contact ---- */

static gboolean
open_contact_menu (BkAppContacts *self, GtkWidget *row)
{
  BkAppPerson *person = row != NULL ? bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (row)) : NULL;
  graphene_rect_t bounds;

  if (person == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
    return FALSE;
  g_autoptr (GMenuModel) menu = bk_app_contact_menu_new (person, self->messenger);
  GdkRectangle place = { (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width,
                         (int) bounds.size.height };
  gtk_popover_menu_set_menu_model (self->contact_menu, menu);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->contact_menu), &place);
  gtk_popover_popup (GTK_POPOVER (self->contact_menu));
  return TRUE;
}

static GtkWidget *
row_at (BkAppContacts *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BK_TYPE_APP_CONTACT_ROW) : NULL;
  GtkWidget *inside = widget != NULL && row == NULL ? gtk_widget_get_first_child (widget) : NULL;

  /* The margin around a row belongs to it. */
  return BK_IS_APP_CONTACT_ROW (inside) ? inside : row;
}

static void
on_right_press (GtkGestureClick *gesture, int n_press, double x, double y, BkAppContacts *self)
{
  if (open_contact_menu (self, row_at (self, x, y)))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, BkAppContacts *self)
{
  if (open_contact_menu (self, row_at (self, x, y)))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  BkAppContacts *self = BK_APP_CONTACTS (widget);
  GtkWidget *item = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  GtkWidget *row = item != NULL ? gtk_widget_get_first_child (item) : NULL;

  return open_contact_menu (self, BK_IS_APP_CONTACT_ROW (row) ? row : NULL);
}

/* ---- the widget ---- */

void
bk_app_contacts_set_app (BkAppContacts *self, BkApp *app, BkAppPeople *people)
{
  BeckonMessenger *messenger = bk_app_get_messenger (app);

  g_set_object (&self->messenger, messenger);
  g_set_object (&self->people, people);
  make_list (self);
  bk_app_status_menu_set_messenger (self->status, messenger);
  bk_app_trouble_set_app (self->trouble, app);
}

static void
bk_app_contacts_dispose (GObject *object)
{
  BkAppContacts *self = BK_APP_CONTACTS (object);

  if (self->contact_menu != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->contact_menu));
  self->contact_menu = NULL;
  g_clear_object (&self->messenger);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_object (&self->people);
  G_OBJECT_CLASS (bk_app_contacts_parent_class)->dispose (object);
}

static void
bk_app_contacts_finalize (GObject *object)
{
  g_free (BK_APP_CONTACTS (object)->needle);
  G_OBJECT_CLASS (bk_app_contacts_parent_class)->finalize (object);
}

static void
bk_app_contacts_class_init (BkAppContactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_contacts_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_contacts_finalize;
  signals[SIGNAL_OPENED] = g_signal_new ("opened", BK_TYPE_APP_CONTACTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, BK_TYPE_APP_PERSON);

  g_type_ensure (BK_TYPE_APP_STATUS_MENU);
  g_type_ensure (BK_TYPE_APP_TROUBLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/contacts/contacts.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, header);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, list);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, search_bar);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, search_entry);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, status);
  gtk_widget_class_bind_template_child (widget_class, BkAppContacts, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_right_press);
  gtk_widget_class_bind_template_callback (widget_class, on_long_press);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
bk_app_contacts_init (BkAppContacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  self->contact_menu = GTK_POPOVER_MENU (gtk_popover_menu_new_from_model (NULL));
  gtk_widget_set_parent (GTK_WIDGET (self->contact_menu), GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->contact_menu), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Contact Menu"), -1);
}
