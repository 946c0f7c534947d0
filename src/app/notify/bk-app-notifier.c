/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/bk-app-notifier.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "contacts/bk-app-people.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_BODY 200 /* characters of a message in its notification */

/* What was last told of one person. */
typedef struct
{
  BkAppNotifier *notifier; /* not owned */
  BkAppPerson *person;
  guint unread;
  gboolean asking;
} Watch;

struct _BkAppNotifier
{
  GObject parent_instance;

  BkApp *app; /* not owned: it outlives this */
  BkAppPeople *people;
  GHashTable *watches; /* BkAppPerson → Watch */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (BkAppNotifier, bk_app_notifier, G_TYPE_OBJECT)

static char *
dup_id (const char *kind, BkAppPerson *person)
{
  return g_strdup_printf ("%s-%s-%s", kind, beckon_account_get_signin_name (bk_app_person_get_account (person)),
                          beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
}

static void
withdraw (BkAppNotifier *self, const char *kind, BkAppPerson *person)
{
  g_autofree char *id = dup_id (kind, person);

  g_application_withdraw_notification (G_APPLICATION (self->app), id);
}

static void
send_about (BkAppNotifier *self, const char *kind, BkAppPerson *person, const char *title, const char *body)
{
  g_autofree char *id = dup_id (kind, person);
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (
    notification, "app.open-conversation", "(ss)",
    beckon_account_get_signin_name (bk_app_person_get_account (person)),
    beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
  g_application_send_notification (G_APPLICATION (self->app), id, notification);
}

/* ---- messages ---- */

static gboolean
is_seen (BkAppNotifier *self, BkAppPerson *person)
{
  return bk_app_shows (self->app, beckon_account_get_signin_name (bk_app_person_get_account (person)),
                       beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
}

static char *
dup_body (BeckonMessage *message)
{
  const char *text = beckon_message_get_text (message);

  if (g_utf8_strlen (text, -1) <= MAX_BODY)
    return g_strdup (text);
  g_autofree char *start = g_utf8_substring (text, 0, MAX_BODY);
  return g_strconcat (start, "…", NULL);
}

typedef struct
{
  BkAppNotifier *notifier;
  BkAppPerson *person;
} Telling;

static void
telling_free (Telling *telling)
{
  g_object_unref (telling->notifier);
  g_object_unref (telling->person);
  g_free (telling);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Telling, telling_free)

/* One notification a person, with the newest message: a hundred that come at once are no flood. Invitations have a
 * notification of their own. */
static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Telling) telling = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);
  BeckonContact *contact = bk_app_person_get_contact (telling->person);
  guint n_messages = conversation != NULL ? g_list_model_get_n_items (G_LIST_MODEL (conversation)) : 0;

  if (n_messages == 0 || beckon_contact_get_unread (contact) == 0 || is_seen (telling->notifier, telling->person))
    return;
  for (guint i = n_messages; i-- > 0;)
    {
      g_autoptr (BeckonMessage) message = g_list_model_get_item (G_LIST_MODEL (conversation), i);

      if (beckon_message_get_outgoing (message))
        continue;
      if (*beckon_message_get_session (message) == '\0')
        {
          g_autofree char *body = dup_body (message);
          send_about (telling->notifier, "message", telling->person, beckon_contact_get_display_name (contact), body);
        }
      return;
    }
}

static void
tell_unread (BkAppNotifier *self, BkAppPerson *person)
{
  Telling *telling;

  if (!g_settings_get_boolean (bk_app_get_settings (self->app), "notify-messages") || is_seen (self, person))
    return;
  telling = g_new0 (Telling, 1);
  telling->notifier = g_object_ref (self);
  telling->person = g_object_ref (person);
  beckon_account_get_conversation_async (bk_app_person_get_account (person),
                                         beckon_contact_get_signin_name (bk_app_person_get_contact (person)),
                                         self->cancellable, on_conversation, telling);
}

/* ---- contact requests ---- */

static void
tell_request (BkAppNotifier *self, BkAppPerson *person)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  const char *text = beckon_contact_get_request_text (contact);
  g_autofree char *title
    = g_strdup_printf (_("%s would like to add you"), beckon_contact_get_display_name (contact));

  if (g_settings_get_boolean (bk_app_get_settings (self->app), "notify-messages"))
    send_about (self, "request", person, title, *text != '\0' ? text : beckon_contact_get_signin_name (contact));
}

/* ---- everybody ---- */

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, Watch *watch)
{
  BkAppNotifier *self = watch->notifier;
  guint unread = beckon_contact_get_unread (contact);
  gboolean asking = beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING;

  if (unread > watch->unread)
    tell_unread (self, watch->person);
  else if (unread == 0 && watch->unread > 0)
    withdraw (self, "message", watch->person);
  if (asking && !watch->asking)
    tell_request (self, watch->person);
  else if (!asking && watch->asking)
    withdraw (self, "request", watch->person);
  watch->unread = unread;
  watch->asking = asking;
}

static void
watch_free (Watch *watch)
{
  g_signal_handlers_disconnect_by_data (bk_app_person_get_contact (watch->person), watch);
  g_object_unref (watch->person);
  g_free (watch);
}

/* @news: whether what is there already has to be told. */
static void
add_watch (BkAppNotifier *self, BkAppPerson *person, gboolean news)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  Watch *watch = g_new0 (Watch, 1);

  watch->notifier = self;
  watch->person = g_object_ref (person);
  watch->unread = news ? 0 : beckon_contact_get_unread (contact);
  watch->asking = !news && beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING;
  g_hash_table_insert (self->watches, person, watch);
  g_signal_connect (contact, "notify", G_CALLBACK (on_contact_notify), watch);
  on_contact_notify (contact, NULL, watch);
}

/* Who is removed, or whose request was declined, has nothing to be told of any more. After a restart of the session
 * service all persons are new, and what was told of the old ones stands. */
static gboolean
is_gone (gpointer person, gpointer user_data, gpointer here)
{
  Watch *watch = user_data;

  if (g_hash_table_contains (here, person))
    return FALSE;
  if (beckon_messenger_get_connected (bk_app_get_messenger (watch->notifier->app)))
    {
      if (watch->asking)
        withdraw (watch->notifier, "request", watch->person);
      if (watch->unread > 0)
        withdraw (watch->notifier, "message", watch->person);
    }
  return TRUE;
}

static void
sync_people (BkAppNotifier *self, gboolean news)
{
  GListModel *people = G_LIST_MODEL (self->people);
  g_autoptr (GHashTable) here = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (BkAppPerson) person = g_list_model_get_item (people, i);

      g_hash_table_add (here, person);
      if (!g_hash_table_contains (self->watches, person))
        add_watch (self, person, news);
    }
  g_hash_table_foreach_remove (self->watches, is_gone, here);
}

/* After the session service was restarted all objects are new, and what they tell is not. */
static void
on_people_changed (GListModel *people, guint position, guint removed, guint added, BkAppNotifier *self)
{
  g_autoptr (BkAppPerson) person = removed == 1 && added == 1 ? g_list_model_get_item (people, position) : NULL;

  if (person == NULL || !g_hash_table_contains (self->watches, person)) /* else somebody moved */
    sync_people (self, beckon_messenger_get_connected (bk_app_get_messenger (self->app)));
}

/* ---- what operators tell ---- */

/* The account is ours, and the text is plain: nothing in it is acted upon but a page that the user asks for. */
static void
on_alert (BeckonMessenger *messenger, BeckonAlert *alert, BkAppNotifier *self)
{
  const char *domain = strrchr (beckon_alert_get_account (alert), '@');
  g_autofree char *id = g_strconcat ("alert-", beckon_alert_get_id (alert), NULL);
  g_autofree char *title
    = g_strdup_printf (_("Message from the operator of %s"),
                       domain != NULL ? domain + 1 : beckon_alert_get_account (alert));
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, beckon_alert_get_text (alert));
  if (*beckon_alert_get_url (alert) != '\0')
    g_notification_add_button_with_target (notification, _("Open Page"), "app.open-alert-page", "s",
                                           beckon_alert_get_url (alert));
  g_application_send_notification (G_APPLICATION (self->app), id, notification);
  beckon_messenger_dismiss_alert_async (messenger, beckon_alert_get_id (alert), NULL, NULL, NULL);
}

/* ---- life ---- */

BkAppNotifier *
bk_app_notifier_new (BkApp *app)
{
  BkAppNotifier *self = g_object_new (BK_TYPE_APP_NOTIFIER, NULL);
  gboolean in_background = gtk_application_get_windows (GTK_APPLICATION (app)) == NULL;

  self->app = app;
  self->people = bk_app_people_new (beckon_messenger_get_accounts (bk_app_get_messenger (app)));
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (on_people_changed), self, 0);
  g_signal_connect_object (bk_app_get_messenger (app), "alert-received", G_CALLBACK (on_alert), self, 0);
  /* Without a window, the application was started because there is something to tell. */
  sync_people (self, in_background);
  return self;
}

static void
bk_app_notifier_dispose (GObject *object)
{
  BkAppNotifier *self = BK_APP_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->people);
  G_OBJECT_CLASS (bk_app_notifier_parent_class)->dispose (object);
}

static void
bk_app_notifier_finalize (GObject *object)
{
  g_object_unref (BK_APP_NOTIFIER (object)->cancellable);
  G_OBJECT_CLASS (bk_app_notifier_parent_class)->finalize (object);
}

static void
bk_app_notifier_class_init (BkAppNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_notifier_finalize;
}

static void
bk_app_notifier_init (BkAppNotifier *self)
{
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) watch_free);
  self->cancellable = g_cancellable_new ();
}
