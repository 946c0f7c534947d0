/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-recipient-list.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-contact-text.h"
#include "invite/bk-app-recents.h"

struct _BkAppRecipientList
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkStack *stack;
  GtkListView *list;

  /* Owned References; nullable */
  BkAppPeople *people;
  GtkFilter *filter;
  GtkSorter *sorter;
  GtkSingleSelection *selection;
  BkAppRecents *recents;
  char *account;
  char *guid;
  char **words; /* looked for, folded */

  gboolean unchosen; /* nobody is chosen but by the user */
};

enum
{
  SIGNAL_PICKED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppRecipientList, bk_app_recipient_list, ADW_TYPE_BIN)

/* ---- who is there, and in which order ---- */

/* Whoever is on the list by the user's own wish. */
static gboolean
is_recipient (BkAppRecipientList *self, BkAppPerson *person)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  BeckonRelation relation = beckon_contact_get_relation (contact);

  return (relation == BECKON_RELATION_ACCEPTED || relation == BECKON_RELATION_ASKED)
         && !beckon_contact_get_blocked (contact)
         && (self->account == NULL
             || g_str_equal (beckon_account_get_signin_name (bk_app_person_get_account (person)), self->account));
}

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  BkAppRecipientList *self = user_data;

  return is_recipient (self, item)
         && (self->words == NULL || bk_app_person_matches (item, (const char *const *) self->words));
}

static guint
get_rank (BkAppRecipientList *self, BkAppPerson *person)
{
  return bk_app_recents_rank_person (self->recents,
                                     beckon_contact_get_signin_name (bk_app_person_get_contact (person)), self->guid);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  BkAppRecipientList *self = user_data;
  BkAppPerson *one = BK_APP_PERSON ((gpointer) a);
  BkAppPerson *other = BK_APP_PERSON ((gpointer) b);
  gboolean able = bk_app_contact_can_be_invited (bk_app_person_get_contact (one), NULL);
  guint rank = get_rank (self, one);
  guint other_rank = get_rank (self, other);

  if (able != bk_app_contact_can_be_invited (bk_app_person_get_contact (other), NULL))
    return able ? -1 : 1;
  if (rank != other_rank)
    return rank < other_rank ? -1 : 1;
  return bk_app_person_compare (a, b, NULL);
}

/* ---- choosing ---- */

BkAppPerson *
bk_app_recipient_list_get_chosen (BkAppRecipientList *self)
{
  gpointer person = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return person != NULL && bk_app_contact_can_be_invited (bk_app_person_get_contact (person), NULL) ? person : NULL;
}

static gboolean
has_anybody (BkAppRecipientList *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->people)); i++)
    {
      g_autoptr (BkAppPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);
      if (is_recipient (self, person))
        return TRUE;
    }
  return FALSE;
}

/* Those who can be invited come first. */
static void
update (BkAppRecipientList *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;

  if (!self->unchosen && !empty && bk_app_recipient_list_get_chosen (self) == NULL
      && gtk_single_selection_get_selected (self->selection) != 0)
    gtk_single_selection_set_selected (self->selection, 0);
  gtk_stack_set_visible_child_name (self->stack, !empty ? "list" : has_anybody (self) ? "nothing" : "empty");
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_activate (GtkListView *list, guint position, BkAppRecipientList *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  if (bk_app_recipient_list_get_chosen (self) != NULL)
    g_signal_emit (self, signals[SIGNAL_PICKED], 0);
}

/* What the row says of somebody stays; whether it can be chosen, and why not, is told besides. */
static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  BeckonContact *contact = bk_app_person_get_contact (gtk_list_item_get_item (item));
  GtkWidget *row = gtk_list_item_get_child (item);
  g_autofree char *reason = NULL;
  gboolean able = bk_app_contact_can_be_invited (contact, &reason);

  gtk_widget_set_sensitive (row, able);
  gtk_list_item_set_activatable (item, able);
  gtk_list_item_set_selectable (item, able);
  if (able)
    return;
  g_autofree char *said = bk_app_contact_dup_label (contact);
  g_autofree char *label = g_strdup_printf ("%s, %s", said, reason);
  gtk_widget_set_tooltip_text (row, reason);
  bk_app_name_row (row, label);
}

void
bk_app_recipient_list_set_people (BkAppRecipientList *self, BkAppPeople *people, const char *account,
                                  gboolean unchosen)
{
  g_autoptr (GtkListItemFactory) factory = bk_app_contact_row_factory_new ();
  GListModel *shown;

  g_set_object (&self->people, people);
  self->account = g_strdup (account);
  self->unchosen = unchosen;
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, self, NULL));
  shown = G_LIST_MODEL (
    gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (people)), g_object_ref (self->filter)));
  self->selection = gtk_single_selection_new (
    G_LIST_MODEL (gtk_sort_list_model_new (shown, g_object_ref (self->sorter))));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  bk_app_contact_row_watch (self->list);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
bk_app_recipient_list_set_application (BkAppRecipientList *self, const char *guid)
{
  g_free (self->guid);
  self->guid = g_strdup (guid);
  if (self->sorter != NULL)
    gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
}

void
bk_app_recipient_list_search (BkAppRecipientList *self, const char *text)
{
  g_strfreev (self->words);
  self->words = bk_app_text_dup_words (text);
  if (self->filter != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static gboolean
bk_app_recipient_list_grab_focus (GtkWidget *widget)
{
  BkAppRecipientList *self = BK_APP_RECIPIENT_LIST (widget);
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  if (row == NULL || bk_app_recipient_list_get_chosen (self) != NULL)
    return gtk_widget_grab_focus (GTK_WIDGET (self->list));
  /* With nobody chosen the list would keep it for itself. */
  return gtk_widget_grab_focus (row);
}

static void
bk_app_recipient_list_dispose (GObject *object)
{
  BkAppRecipientList *self = BK_APP_RECIPIENT_LIST (object);

  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL); /* its filter looks at this */
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  g_clear_object (&self->people);
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->guid, g_free);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (bk_app_recipient_list_parent_class)->dispose (object);
}

static void
bk_app_recipient_list_finalize (GObject *object)
{
  bk_app_recents_free (BK_APP_RECIPIENT_LIST (object)->recents);
  G_OBJECT_CLASS (bk_app_recipient_list_parent_class)->finalize (object);
}

static void
bk_app_recipient_list_class_init (BkAppRecipientListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = BK_TYPE_APP_RECIPIENT_LIST;

  G_OBJECT_CLASS (klass)->dispose = bk_app_recipient_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_recipient_list_finalize;
  widget_class->grab_focus = bk_app_recipient_list_grab_focus;
  widget_class->focus = bk_app_focus_child;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/recipient-list.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppRecipientList, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppRecipientList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
bk_app_recipient_list_init (BkAppRecipientList *self)
{
  self->recents = bk_app_recents_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
