/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/bk-app-notifier.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "contacts/bk-app-people.h"

#include <glib/gi18n.h>

#define SUMMARY "summary"
#define REQUESTS "requests"

/* What is still to be told of somebody. */
typedef enum
{
  NEWS_MESSAGES = 1 << 0,
  NEWS_REQUEST = 1 << 1,
} News;

/* What was last seen of one person. */
typedef struct
{
  BkAppNotifier *notifier; /* not owned */
  BkAppPerson *person;
  guint unread;
  gboolean asking;
  News news;
  News summed; /* what a notification for several people stands for */
} Watch;

struct _BkAppNotifier
{
  GObject parent_instance;

  BkApp *app;            /* not owned: it outlives this */
  BkAppNotices *notices; /* owned, like all that follows */
  BkAppPeople *people;
  GHashTable *watches; /* BkAppPerson → Watch: of those of whom there is something, or was and has been told */
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

  bk_app_notices_withdraw (self->notices, id);
}

static BkAppNotice *
make_notice (BkAppNotifier *self, BkAppNoticeKind kind, BkAppPerson *person, const char *title, const char *body)
{
  g_autofree char *whole
    = bk_app_dup_with_account (self->app->messenger, title,
                               beckon_account_get_signin_name (bk_app_person_get_account (person)));
  BkAppNotice *notice = bk_app_notice_new (kind, whole, body);

  bk_app_notice_set_press (notice, "app.open-conversation", bk_app_person_new_target (person));
  return notice;
}

static void
send (BkAppNotifier *self, const char *kind, BkAppPerson *person, BkAppNotice *notice)
{
  g_autofree char *id = dup_id (kind, person);

  bk_app_notices_send (self->notices, id, notice);
}

static gboolean
is_wanted (BkAppNotifier *self, const char *key)
{
  return g_settings_get_boolean (bk_app_get_settings (self->app), key);
}

/* ---- messages ---- */

static gboolean
is_seen (BkAppNotifier *self, BkAppPerson *person)
{
  return bk_app_shows (self->app, beckon_account_get_signin_name (bk_app_person_get_account (person)),
                       beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
}

static char *
dup_count (guint n_messages)
{
  return g_strdup_printf (g_dngettext (NULL, "%u new message", "%u new messages", n_messages), n_messages);
}

/* Text is for the eyes of whoever has the screen before them; some share it. */
static void
send_message (BkAppNotifier *self, BkAppPerson *person, const char *text)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  g_autofree char *number = dup_count (beckon_contact_get_unread (contact));
  BkAppNotice *notice = make_notice (self, BK_APP_NOTICE_MESSAGE, person, beckon_contact_get_display_name (contact),
                                     is_wanted (self, "notify-text") ? text : number);

  bk_app_notice_add_button (notice, _("Reply"), "app.open-conversation", bk_app_person_new_target (person));
  bk_app_notice_add_button (notice, _("Mark as Read"), "app.mark-read", bk_app_person_new_target (person));
  bk_app_notice_set_reply (notice, _("Reply"), "app.reply", bk_app_person_new_target (person));
  send (self, "message", person, notice);
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

  if (telling->notifier->watches == NULL) /* the application has ended */
    return;
  if (n_messages == 0 || beckon_contact_get_unread (contact) == 0 || is_seen (telling->notifier, telling->person))
    return;
  for (guint i = n_messages; i-- > 0;)
    {
      g_autoptr (BeckonMessage) message = g_list_model_get_item (G_LIST_MODEL (conversation), i);

      if (beckon_message_get_outgoing (message))
        continue;
      if (*beckon_message_get_session (message) == '\0')
        send_message (telling->notifier, telling->person, beckon_message_get_text (message));
      return;
    }
}

static void
tell_unread (BkAppNotifier *self, BkAppPerson *person)
{
  Telling *telling = g_new0 (Telling, 1);

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

  if (*text == '\0' || !is_wanted (self, "notify-text"))
    text = beckon_contact_get_signin_name (contact);
  send (self, "request", person, make_notice (self, BK_APP_NOTICE_PLAIN, person, title, text));
}

/* ---- several people at once ---- */

static void
tell_messages (BkAppNotifier *self, guint n_messages, guint n_people)
{
  g_autofree char *messages
    = g_strdup_printf (g_dngettext (NULL, "%u message", "%u messages", n_messages), n_messages);
  /* Translators: “12 messages” come first; the number of people is at least 2 */
  g_autofree char *title
    = g_strdup_printf (g_dngettext (NULL, "%s from %u person", "%s from %u people", n_people), messages, n_people);

  bk_app_notices_send (self->notices, SUMMARY, bk_app_notice_new (BK_APP_NOTICE_MESSAGE, title, NULL));
}

static void
tell_requests (BkAppNotifier *self, guint n_people)
{
  g_autofree char *title = g_strdup_printf (
    g_dngettext (NULL, "%u person would like to add you", "%u people would like to add you", n_people), n_people);

  bk_app_notices_send (self->notices, REQUESTS, bk_app_notice_new (BK_APP_NOTICE_MESSAGE, title, NULL));
}

/* While an account catches up with its server, nobody can tell yet how much there is to be told. */
static gboolean
is_catching_up (Watch *watch)
{
  const char *state = beckon_account_get_state (bk_app_person_get_account (watch->person));

  return !g_str_equal (state, "online") && !g_str_equal (state, "offline") && !g_str_equal (state, "waiting");
}

/* What became of it while it waited: read elsewhere, opened, muted. */
static News
get_news (BkAppNotifier *self, Watch *watch)
{
  News news = 0;

  if (is_catching_up (watch) || !is_wanted (self, "notify-messages")
      || bk_app_quiet_has_silence (self->app->quiet,
                                   beckon_account_get_signin_name (bk_app_person_get_account (watch->person))))
    return 0;
  if (((watch->news | watch->summed) & NEWS_MESSAGES) != 0 && watch->unread > 0 && !is_seen (self, watch->person)
      && !beckon_contact_get_muted (bk_app_person_get_contact (watch->person)))
    news |= NEWS_MESSAGES;
  if (((watch->news | watch->summed) & NEWS_REQUEST) != 0 && watch->asking)
    news |= NEWS_REQUEST;
  return news;
}

typedef struct
{
  guint n_messages;
  guint n_writers;
  guint n_askers;
  News fresh; /* not in a summary yet */
} Count;

static void
count (BkAppNotifier *self, Count *total)
{
  GHashTableIter iter;
  gpointer watch;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    {
      News news = get_news (self, watch);

      if ((news & NEWS_MESSAGES) != 0)
        {
          total->n_writers++;
          total->n_messages += ((Watch *) watch)->unread;
        }
      if ((news & NEWS_REQUEST) != 0)
        total->n_askers++;
      total->fresh |= news & ((Watch *) watch)->news;
    }
}

/* @summed: what goes into a summary. */
static void
tell_one (BkAppNotifier *self, Watch *watch, News summed)
{
  News fresh = get_news (self, watch) & watch->news;

  if ((fresh & ~summed & NEWS_MESSAGES) != 0)
    tell_unread (self, watch->person);
  if ((fresh & ~summed & NEWS_REQUEST) != 0)
    tell_request (self, watch->person);
  watch->summed |= fresh & summed;
  if (!is_catching_up (watch))
    watch->news = 0;
}

/* Many people after an absence are one notification, not a flood. */
static void
tell_all (BkAppNotifier *self)
{
  Count total = { 0 };
  News summed = 0;
  GHashTableIter iter;
  gpointer watch;

  count (self, &total);
  if ((total.fresh & NEWS_MESSAGES) != 0 && total.n_writers > 1)
    summed |= NEWS_MESSAGES;
  if ((total.fresh & NEWS_REQUEST) != 0 && total.n_askers > 1)
    summed |= NEWS_REQUEST;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    tell_one (self, watch, summed);
  if ((summed & NEWS_MESSAGES) != 0)
    tell_messages (self, total.n_messages, total.n_writers);
  if ((summed & NEWS_REQUEST) != 0)
    tell_requests (self, total.n_askers);
}

/* A summary goes with the last of those for whom it stands. */
static void
leave_summary (BkAppNotifier *self, Watch *left, News kind)
{
  GHashTableIter iter;
  gpointer watch;

  if ((left->summed & kind) == 0)
    return;
  left->summed &= ~kind;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    if ((((Watch *) watch)->summed & kind) != 0)
      return;
  bk_app_notices_withdraw (self->notices, kind == NEWS_MESSAGES ? SUMMARY : REQUESTS);
}

/* ---- everybody ---- */

static void
look (Watch *watch)
{
  BkAppNotifier *self = watch->notifier;
  BeckonContact *contact = bk_app_person_get_contact (watch->person);
  guint unread = beckon_contact_get_unread (contact);
  gboolean asking = beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING;

  if (unread > watch->unread)
    watch->news |= NEWS_MESSAGES;
  else if (unread == 0 && watch->unread > 0)
    {
      withdraw (self, "message", watch->person);
      leave_summary (self, watch, NEWS_MESSAGES);
    }
  if (asking && !watch->asking)
    watch->news |= NEWS_REQUEST;
  else if (!asking && watch->asking)
    {
      withdraw (self, "request", watch->person);
      leave_summary (self, watch, NEWS_REQUEST);
    }
  watch->unread = unread;
  watch->asking = asking;
}

static gboolean
is_of_interest (BeckonContact *contact)
{
  return beckon_contact_get_unread (contact) > 0 || beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING;
}

static void
watch_free (Watch *watch)
{
  g_object_unref (watch->person);
  g_free (watch);
}

/* @news: whether what is there already has to be told. */
static Watch *
add_watch (BkAppNotifier *self, BkAppPerson *person, gboolean news)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  Watch *watch = g_new0 (Watch, 1);

  watch->notifier = self;
  watch->person = g_object_ref (person);
  watch->unread = news ? 0 : beckon_contact_get_unread (contact);
  watch->asking = !news && beckon_contact_get_relation (contact) == BECKON_RELATION_ASKING;
  g_hash_table_insert (self->watches, person, watch);
  look (watch);
  return watch;
}

static void
on_person_changed (BkAppPeople *people, BkAppPerson *person, BkAppNotifier *self)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  Watch *watch = g_hash_table_lookup (self->watches, person);

  if (watch == NULL && !is_of_interest (contact))
    return;
  if (watch == NULL)
    watch = add_watch (self, person, TRUE);
  else
    look (watch);
  if (watch->news != 0)
    tell_one (self, watch, 0);
  if (watch->news == 0 && watch->summed == 0 && !is_of_interest (contact))
    g_hash_table_remove (self->watches, person);
}

/* What came while it caught up with its server is told in one. */
static void
on_account_state (BkAppPeople *people, BeckonAccount *account, BkAppNotifier *self)
{
  GHashTableIter iter;
  gpointer watch;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    if (((Watch *) watch)->news != 0 && bk_app_person_get_account (((Watch *) watch)->person) == account
        && !is_catching_up (watch))
      {
        tell_all (self);
        return;
      }
}

/* Who is removed, or whose request was declined, has nothing to be told of any more. After a restart of the session
 * service all persons are new, and what was told of the old ones stands. */
static gboolean
is_gone (gpointer person, gpointer user_data, gpointer data)
{
  Watch *watch = user_data;

  if (bk_app_person_get_listed (watch->person))
    return FALSE;
  if (beckon_messenger_get_connected (bk_app_get_messenger (watch->notifier->app)))
    {
      if (watch->asking)
        withdraw (watch->notifier, "request", watch->person);
      if (watch->unread > 0)
        withdraw (watch->notifier, "message", watch->person);
      leave_summary (watch->notifier, watch, NEWS_MESSAGES);
      leave_summary (watch->notifier, watch, NEWS_REQUEST);
    }
  return TRUE;
}

static void
take_people (BkAppNotifier *self, guint position, guint n_people, gboolean news)
{
  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (BkAppPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), position + i);

      if (is_of_interest (bk_app_person_get_contact (person)) && !g_hash_table_contains (self->watches, person))
        add_watch (self, person, news);
    }
  g_hash_table_foreach_remove (self->watches, is_gone, NULL);
  tell_all (self);
}

/* After the session service was restarted all objects are new, and what they tell is not. */
static void
on_people_changed (GListModel *people, guint position, guint removed, guint added, BkAppNotifier *self)
{
  take_people (self, position, added, beckon_messenger_get_connected (bk_app_get_messenger (self->app)));
}

/* ---- life ---- */

BkAppNotifier *
bk_app_notifier_new (BkApp *app)
{
  BkAppNotifier *self = g_object_new (BK_TYPE_APP_NOTIFIER, NULL);
  gboolean in_background = gtk_application_get_windows (GTK_APPLICATION (app)) == NULL;

  self->app = app;
  self->notices = g_object_ref (bk_app_get_notices (app));
  self->people = g_object_ref (bk_app_get_people (app));
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (on_people_changed), self, 0);
  g_signal_connect_object (self->people, "person-changed", G_CALLBACK (on_person_changed), self, 0);
  g_signal_connect_object (self->people, "account-state", G_CALLBACK (on_account_state), self, 0);
  /* Without a window, the application was started because there is something to tell. */
  take_people (self, 0, g_list_model_get_n_items (G_LIST_MODEL (self->people)), in_background);
  return self;
}

static void
bk_app_notifier_dispose (GObject *object)
{
  BkAppNotifier *self = BK_APP_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  if (self->people != NULL)
    g_signal_handlers_disconnect_by_data (self->people, self);
  g_clear_object (&self->people);
  g_clear_object (&self->notices);
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
