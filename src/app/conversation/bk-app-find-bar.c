/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-find-bar.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define PAGE 100
#define MAX_TEXT 256 /* bytes, of the contract */

struct _BkAppFindBar
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkSearchBar *bar;
  GtkEditable *entry;
  GtkLabel *outcome;
  GtkWidget *older;
  GtkWidget *newer;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPerson *person;
  GArray *hits; /* element-type gint64: ids, the newest first */
  GCancellable *cancellable;

  guint current;     /* in hits */
  gboolean complete; /* no older ones are left */
};

enum
{
  SIGNAL_FOUND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppFindBar, bk_app_find_bar, ADW_TYPE_BIN)

/* It is also why one of the buttons cannot be pressed. */
static void
tell (BkAppFindBar *self, const char *outcome)
{
  gtk_label_set_label (self->outcome, outcome);
  bk_app_accessible_describe (self->older, *outcome != '\0' ? outcome : NULL);
  bk_app_accessible_describe (self->newer, *outcome != '\0' ? outcome : NULL);
}

static void
update (BkAppFindBar *self)
{
  g_autofree char *text = NULL;

  if (self->hits->len > 0)
    /* Translators: which of the messages that were found is shown; a plus follows when there may be more */
    text = g_strdup_printf (_("%u of %u%s"), self->current + 1, self->hits->len, self->complete ? "" : "+");
  tell (self, text != NULL ? text : "");
  gtk_widget_set_sensitive (self->older, self->current + 1 < self->hits->len || (self->hits->len > 0 && !self->complete));
  gtk_widget_set_sensitive (self->newer, self->current > 0);
}

static void
go_to (BkAppFindBar *self, guint hit)
{
  self->current = hit;
  update (self);
  g_signal_emit (self, signals[SIGNAL_FOUND], 0, g_array_index (self->hits, gint64, hit));
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppFindBar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) found = beckon_messenger_search_finish (BECKON_MESSENGER (source), result, &error);
  guint first = self->hits->len;
  guint n_found = found != NULL ? g_list_model_get_n_items (found) : 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < n_found; i++)
    {
      g_autoptr (BeckonFound) item = g_list_model_get_item (found, i);
      gint64 id = beckon_message_get_id (beckon_found_get_message (item));
      g_array_append_val (self->hits, id);
    }
  self->complete = n_found < PAGE;
  update (self);
  if (error != NULL)
    tell (self, bk_app_error_text (error));
  else if (self->hits->len == 0)
    tell (self, _("Nothing found"));
  else if (n_found > 0)
    go_to (self, first);
}

static void
search (BkAppFindBar *self, gint64 before)
{
  const char *text = gtk_editable_get_text (self->entry);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->person == NULL || *text == '\0' || strlen (text) > MAX_TEXT)
    return;
  self->cancellable = g_cancellable_new ();
  beckon_messenger_search_async (self->messenger, text, bk_app_person_get_account (self->person),
                                 beckon_contact_get_signin_name (bk_app_person_get_contact (self->person)), before, PAGE,
                                 self->cancellable, on_found, g_object_ref (self));
}

static void
on_changed (GtkSearchEntry *entry, BkAppFindBar *self)
{
  g_array_set_size (self->hits, 0);
  self->current = 0;
  self->complete = FALSE;
  update (self);
  search (self, 0);
}

static void
on_older (GtkWidget *widget, BkAppFindBar *self)
{
  if (self->current + 1 < self->hits->len)
    go_to (self, self->current + 1);
  else if (self->hits->len > 0 && !self->complete && self->cancellable == NULL)
    search (self, g_array_index (self->hits, gint64, self->hits->len - 1));
}

static void
on_newer (GtkWidget *widget, BkAppFindBar *self)
{
  if (self->current > 0)
    go_to (self, self->current - 1);
}

void
bk_app_find_bar_set_person (BkAppFindBar *self, BeckonMessenger *messenger, BkAppPerson *person)
{
  gtk_search_bar_set_search_mode (self->bar, FALSE);
  gtk_editable_set_text (self->entry, "");
  g_set_object (&self->messenger, messenger);
  g_set_object (&self->person, person);
  on_changed (NULL, self);
}

void
bk_app_find_bar_open (BkAppFindBar *self)
{
  if (self->person == NULL)
    return;
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
bk_app_find_bar_dispose (GObject *object)
{
  BkAppFindBar *self = BK_APP_FIND_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->messenger);
  g_clear_object (&self->person);
  G_OBJECT_CLASS (bk_app_find_bar_parent_class)->dispose (object);
}

static void
bk_app_find_bar_finalize (GObject *object)
{
  g_array_unref (BK_APP_FIND_BAR (object)->hits);
  G_OBJECT_CLASS (bk_app_find_bar_parent_class)->finalize (object);
}

static void
bk_app_find_bar_class_init (BkAppFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_find_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_find_bar_finalize;
  signals[SIGNAL_FOUND] = g_signal_new ("found", BK_TYPE_APP_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppFindBar, bar);
  gtk_widget_class_bind_template_child (widget_class, BkAppFindBar, entry);
  gtk_widget_class_bind_template_child (widget_class, BkAppFindBar, outcome);
  gtk_widget_class_bind_template_child (widget_class, BkAppFindBar, older);
  gtk_widget_class_bind_template_child (widget_class, BkAppFindBar, newer);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_older);
  gtk_widget_class_bind_template_callback (widget_class, on_newer);
}

static void
bk_app_find_bar_init (BkAppFindBar *self)
{
  self->hits = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->bar, self->entry);
}
