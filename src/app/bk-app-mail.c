/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-private.h"

#include "bk-app-text.h"

/* What is done to one conversation, once it is there. */
typedef struct
{
  BkApp *app;
  char *text; /* to be sent; nullable: it is only read */
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->app);
  g_free (job->text);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_conversation_mark_read_finish (BECKON_CONVERSATION (source), result, &error))
    g_message ("Messages were not marked as read: %s", error->message);
}

static void
mark_read (BeckonConversation *conversation)
{
  GListModel *messages = G_LIST_MODEL (conversation);
  guint n_messages = g_list_model_get_n_items (messages);
  g_autoptr (BeckonMessage) last = n_messages > 0 ? g_list_model_get_item (messages, n_messages - 1) : NULL;

  if (last != NULL)
    beckon_conversation_mark_read_async (conversation, last, NULL, on_read, NULL);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkApp) app = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonMessage) message
    = beckon_conversation_send_finish (BECKON_CONVERSATION (source), result, &error);

  if (message == NULL)
    bk_app_tell (app, "reply", bk_app_error_text (error));
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    {
      bk_app_tell (job->app, "reply", bk_app_error_text (error));
      return;
    }
  if (job->text != NULL)
    beckon_conversation_send_async (conversation, job->text, NULL, on_replied, g_object_ref (job->app));
  mark_read (conversation);
}

static void
start (BkApp *self, const char *account_name, const char *who, const char *text)
{
  g_autoptr (BeckonAccount) account
    = self->messenger != NULL ? beckon_messenger_find_account (self->messenger, account_name) : NULL;

  if (account == NULL)
    return;
  Job *job = g_new0 (Job, 1);
  job->app = g_object_ref (self);
  job->text = g_strdup (text);
  beckon_account_get_conversation_async (account, who, NULL, on_conversation, job);
}

/* (account, who) */
static void
on_mark_read (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *account;
  const char *who;

  g_variant_get (parameter, "(&s&s)", &account, &who);
  start (user_data, account, who, NULL);
}

/* (account, who, text) */
static void
on_reply (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *account;
  const char *who;
  const char *text;

  g_variant_get (parameter, "(&s&s&s)", &account, &who, &text);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  if (*stripped != '\0')
    start (user_data, account, who, stripped);
}

void
bk_app_mail_actions_init (BkApp *self)
{
  static const GActionEntry entries[] = {
    { "mark-read", on_mark_read, "(ss)", NULL, NULL, { 0 } },
    { "reply", on_reply, "(sss)", NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
