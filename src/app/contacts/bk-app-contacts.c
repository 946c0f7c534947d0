/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contacts.h"

#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-drops.h"
#include "contacts/bk-app-contact-list.h"
#include "contacts/bk-app-contact-menu.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-list-rows.h"
#include "contacts/bk-app-message-search.h"
#include "contacts/bk-app-section.h"
#include "contacts/bk-app-status-menu.h"
#include "contacts/bk-app-trouble.h"

#include <glib/gi18n.h>

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
  GtkWidget *menu_row;          /* weak: it was opened on it */
  GtkWidget *pressed;           /* weak: where the button of the mouse went down */

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPeople *people;
  GSettings *settings;
  BkAppMessageSearch *messages;
  BkAppContactList *contacts;
  GtkSingleSelection *selection;
  BkAppPerson *opened; /* nullable */
};

enum
{
  SIGNAL_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppContacts, bk_app_contacts, ADW_TYPE_BIN)

/* ---- the list ---- */

/* What is shown instead of a list with nothing in it. */
static const char *
page_of_nothing (BkAppContacts *self)
{
  if (bk_app_contact_list_is_searching (self->contacts))
    return bk_app_message_search_get_busy (self->messages) ? "list" : "nothing-found";
  if (g_list_model_get_n_items (G_LIST_MODEL (self->people)) > 0
      && g_settings_get_boolean (self->settings, "contacts-online-only"))
    return "nobody-online";
  return "empty";
}

static void
update_page (BkAppContacts *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? page_of_nothing (self) : "list");
}

/* The conversation opens where that was said. */
static void
open_found (BkAppContacts *self, BeckonFound *found)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "(ssx)",
                              beckon_account_get_signin_name (beckon_found_get_account (found)),
                              beckon_found_get_who (found), beckon_message_get_id (beckon_found_get_message (found)));
}

static void
on_activate (GtkListView *list, guint position, BkAppContacts *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (BK_IS_APP_SECTION (item))
    bk_app_section_set_collapsed (BK_APP_SECTION (item), !bk_app_section_get_collapsed (BK_APP_SECTION (item)));
  else if (BECKON_IS_FOUND (item))
    open_found (self, BECKON_FOUND (item));
  else if (item != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, item);
}

/* One click opens. GtkListView can do that, but then the mouse chooses whatever it comes by. */
static GtkWidget *
find_item_at (BkAppContacts *self, double x, double y)
{
  GtkWidget *list = GTK_WIDGET (self->list);
  GtkWidget *item = gtk_widget_pick (list, x, y, GTK_PICK_DEFAULT);

  if (item == NULL || item == list || gtk_widget_get_ancestor (item, GTK_TYPE_BUTTON) != NULL)
    return NULL; /* buttons see to themselves */
  while (gtk_widget_get_parent (item) != list)
    item = gtk_widget_get_parent (item);
  return item;
}

static void
on_press (GtkGestureClick *gesture, int n_press, double x, double y, BkAppContacts *self)
{
  g_set_weak_pointer (&self->pressed, n_press == 1 ? find_item_at (self, x, y) : NULL);
}

static void
on_release (GtkGestureClick *gesture, int n_press, double x, double y, BkAppContacts *self)
{
  GtkWidget *item = self->pressed;

  g_clear_weak_pointer (&self->pressed);
  if (item != NULL && item == find_item_at (self, x, y))
    gtk_widget_activate (item);
}

static void
make_list (BkAppContacts *self)
{
  GListModel *model = bk_app_contact_list_get_model (self->contacts);
  g_autoptr (GtkListItemFactory) factory = bk_app_list_rows_factory_new (self->contacts);

  self->selection = gtk_single_selection_new (g_object_ref (model));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->messages, "notify::busy", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  bk_app_contact_row_watch (self->list);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  update_page (self);
}

static gboolean
is_same (gpointer item, BkAppPerson *person)
{
  return item != NULL && BK_IS_APP_PERSON (item)
         && bk_app_person_get_contact (item) == bk_app_person_get_contact (person);
}

void
bk_app_contacts_select (BkAppContacts *self, BkAppPerson *person)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = GTK_INVALID_LIST_POSITION;

  g_set_object (&self->opened, person);
  /* Somebody can be in several groups: it is the row that was chosen. */
  if (person != NULL && is_same (gtk_single_selection_get_selected_item (self->selection), person))
    return;
  for (guint i = 0; person != NULL && i < n_items && position == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr (GObject) other = g_list_model_get_item (G_LIST_MODEL (self->selection), i);
      if (is_same (other, person))
        position = i;
    }
  gtk_single_selection_set_selected (self->selection, position);
}

/* The arrows choose on their way. Once the keyboard is elsewhere, whose conversation is open is chosen. */
static void
on_leave (GtkEventControllerFocus *controller, BkAppContacts *self)
{
  if (self->selection != NULL)
    bk_app_contacts_select (self, self->opened);
}

/* ---- search ---- */

static void
on_search_changed (GtkSearchEntry *entry, BkAppContacts *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  if (self->contacts == NULL)
    return;
  bk_app_message_search_set_text (self->messages, text);
  bk_app_contact_list_search (self->contacts, text);
  update_page (self);
}

/* Enter in the search opens the first that was found; it may come before the entry tells what was typed. */
static void
on_search_activate (GtkSearchEntry *entry, BkAppContacts *self)
{
  if (self->contacts == NULL)
    return;
  on_search_changed (entry, self);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);
      if (BK_IS_APP_SECTION (item))
        continue;
      on_activate (self->list, i, self);
      return;
    }
}

/* The next messages are read before the last that are there come into sight. */
static void
on_scrolled (GtkAdjustment *adjustment, BkAppContacts *self)
{
  double below = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment)
                 - gtk_adjustment_get_page_size (adjustment);

  if (self->messages != NULL && below < gtk_adjustment_get_page_size (adjustment))
    bk_app_message_search_load_more (self->messages);
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

/* Returns: (nullable): the row of whoever is chosen, else the first of a person; no heading, on which little can be done */
static GtkWidget *
find_row (BkAppContacts *self)
{
  gpointer selected = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  GtkWidget *first = NULL;

  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (!BK_IS_APP_CONTACT_ROW (row) || !gtk_widget_get_mapped (row))
        continue;
      if (selected != NULL && bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (row)) == selected)
        return item;
      if (first == NULL)
        first = item;
    }
  return first;
}

void
bk_app_contacts_grab_focus (BkAppContacts *self)
{
  GtkWidget *row = g_str_equal (gtk_stack_get_visible_child_name (self->stack), "list") ? find_row (self) : NULL;

  /* Else what is there: the button that stands there while the list is empty. */
  if (row == NULL || !gtk_widget_grab_focus (row))
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
  g_set_weak_pointer (&self->menu_row, gtk_widget_get_parent (row));
  gtk_popover_popup (GTK_POPOVER (self->contact_menu));
  return TRUE;
}

/* The keyboard goes back to where it came from, before what was chosen is done. */
static void
on_menu_closed (GtkPopover *menu, BkAppContacts *self)
{
  if (self->menu_row != NULL)
    gtk_widget_grab_focus (self->menu_row);
  g_clear_weak_pointer (&self->menu_row);
  g_clear_weak_pointer (&self->pressed);
}

static void
on_right_press (GtkGestureClick *gesture, int n_press, double x, double y, BkAppContacts *self)
{
  if (open_contact_menu (self, bk_app_list_rows_find_contact (self->list, x, y)))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, BkAppContacts *self)
{
  if (open_contact_menu (self, bk_app_list_rows_find_contact (self->list, x, y)))
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

/* Returns: (nullable): who has the keyboard in the list */
static BkAppPerson *
get_focused (BkAppContacts *self)
{
  GtkWidget *item = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  GtkWidget *row = item != NULL ? gtk_widget_get_first_child (item) : NULL;

  return BK_IS_APP_CONTACT_ROW (row) ? bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (row)) : NULL;
}

/* @arguments: (s) with the name of an action of the window about somebody. */
static gboolean
on_verb_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  BkAppPerson *person = get_focused (BK_APP_CONTACTS (widget));
  const char *action;

  if (person == NULL)
    return FALSE;
  g_variant_get (arguments, "(&s)", &action);
  return bk_app_activate_about (widget, action, person);
}

/* ---- how the list is shown ---- */

static void
add_actions (BkAppContacts *self)
{
  static const char *const keys[] = { "contacts-sort", "contacts-online-only", "contacts-groups" };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (self->settings, keys[i]);
      g_action_map_add_action (G_ACTION_MAP (group), action);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "list", G_ACTION_GROUP (group));
}

static void
on_show_all (GtkButton *button, BkAppContacts *self)
{
  g_settings_set_boolean (self->settings, "contacts-online-only", FALSE);
}

/* ---- the widget ---- */

void
bk_app_contacts_set_app (BkAppContacts *self, BkApp *app, BkAppPeople *people)
{
  BeckonMessenger *messenger = bk_app_get_messenger (app);

  g_set_object (&self->messenger, messenger);
  g_set_object (&self->people, people);
  g_set_object (&self->settings, bk_app_get_settings (app));
  self->messages = bk_app_message_search_new (messenger);
  self->contacts = bk_app_contact_list_new (people, beckon_messenger_get_accounts (messenger),
                                            G_LIST_MODEL (self->messages), self->settings);
  add_actions (self);
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
  g_clear_weak_pointer (&self->menu_row);
  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->messages, self);
      gtk_list_view_set_model (self->list, NULL);
      bk_app_message_search_set_text (self->messages, NULL);
    }
  g_clear_object (&self->messenger);
  g_clear_object (&self->selection);
  g_clear_object (&self->opened);
  g_clear_object (&self->contacts);
  g_clear_object (&self->messages);
  g_clear_object (&self->people);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (bk_app_contacts_parent_class)->dispose (object);
}

static void
bk_app_contacts_class_init (BkAppContactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_contacts_dispose;
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
  gtk_widget_class_bind_template_callback (widget_class, on_scrolled);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  gtk_widget_class_bind_template_callback (widget_class, on_press);
  gtk_widget_class_bind_template_callback (widget_class, on_release);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_right_press);
  gtk_widget_class_bind_template_callback (widget_class, on_long_press);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F2, 0, on_verb_key, "(s)", "win.rename-contact");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, on_verb_key, "(s)", "win.remove-contact");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_ALT_MASK, on_verb_key, "(s)", "win.show-profile");
}

static void
bk_app_contacts_init (BkAppContacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_contact_drops_add (self->list);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->list));
  self->contact_menu = GTK_POPOVER_MENU (gtk_popover_menu_new_from_model (NULL));
  gtk_widget_set_parent (GTK_WIDGET (self->contact_menu), GTK_WIDGET (self));
  g_signal_connect_object (self->contact_menu, "closed", G_CALLBACK (on_menu_closed), self, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->contact_menu), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Contact Menu"), -1);
}
