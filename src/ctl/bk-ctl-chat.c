/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chat WHO, chat send WHO TEXT, chat typing WHO */
#include "bk-ctl.h"

#include <string.h>

/* A little more than a message may have: the service is to say that it is too long. */
#define MAX_TYPED 20000
#define PAGE 500

static struct
{
  int limit;
  gboolean mark_read;
  gboolean wait;
  gboolean stop;
} options = { .limit = 50 };

static char *sending; /* the text; one run sends one message */

static const GOptionEntry history_entries[] = {
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "How many messages (50), 0: all", "N" },
  { "mark-read", 'r', 0, G_OPTION_ARG_NONE, &options.mark_read, "Mark them as read", NULL },
  { NULL },
};

static const GOptionEntry send_entries[] = {
  { "wait", 'w', 0, G_OPTION_ARG_NONE, &options.wait, "Wait until the server has it on its disk", NULL },
  { NULL },
};

static const GOptionEntry typing_entries[] = {
  { "stop", 's', 0, G_OPTION_ARG_NONE, &options.stop, "Say that it is over", NULL },
  { NULL },
};

static void
get_conversation (BkCtl *ctl, const char *who, GAsyncReadyCallback callback)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autofree char *name = bk_ctl_dup_who (account, who);
  beckon_account_get_conversation_async (account, name, ctl->cancellable, callback, ctl);
}

/* ---- history ---- */

BK_CTL_DEFINE_VERB (on_marked, BECKON_CONVERSATION, beckon_conversation_mark_read_finish)

static void
print_history (BkCtl *ctl, BeckonConversation *conversation)
{
  g_autoptr (GPtrArray) messages = bk_ctl_dup_items (G_LIST_MODEL (conversation));

  if (options.limit > 0 && messages->len > (guint) options.limit)
    g_ptr_array_remove_range (messages, 0, messages->len - (guint) options.limit);
  bk_ctl_print_objects (ctl, messages);
  if (options.mark_read && messages->len > 0)
    beckon_conversation_mark_read_async (conversation, messages->pdata[messages->len - 1], ctl->cancellable, on_marked,
                                         ctl);
  else
    bk_ctl_done (ctl, BK_CTL_OK);
}

static gboolean
is_enough (BeckonConversation *conversation)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (conversation));

  return beckon_conversation_get_complete (conversation) || (options.limit > 0 && n_items >= (guint) options.limit);
}

static void
on_earlier (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonConversation *conversation = BECKON_CONVERSATION (source);
  GError *error = NULL;

  if (!beckon_conversation_load_earlier_finish (conversation, result, &error))
    bk_ctl_fail_error (ctl, error);
  else if (is_enough (conversation))
    print_history (ctl, conversation);
  else
    beckon_conversation_load_earlier_async (conversation, PAGE, ctl->cancellable, on_earlier, ctl);
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (is_enough (conversation))
    print_history (ctl, conversation);
  else
    beckon_conversation_load_earlier_async (conversation, PAGE, ctl->cancellable, on_earlier, ctl);
}

static void
run_history (BkCtl *ctl)
{
  get_conversation (ctl, ctl->args[0], on_history);
}

/* ---- sending ---- */

static void
check_delivery (BeckonMessage *message, BkCtl *ctl)
{
  BeckonDelivery delivery = beckon_message_get_delivery (message);

  if (ctl->ended || (options.wait && delivery == BECKON_DELIVERY_PENDING))
    return;
  if (delivery == BECKON_DELIVERY_FAILED)
    {
      bk_ctl_fail (ctl, BK_CTL_FAILED, "The message was refused: %s", beckon_message_get_error (message));
      return;
    }
  bk_ctl_print_object (ctl, G_OBJECT (message));
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
on_delivery (BeckonMessage *message, GParamSpec *pspec, BkCtl *ctl)
{
  check_delivery (message, ctl);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonMessage) message = beckon_conversation_send_finish (BECKON_CONVERSATION (source), result, &error);

  if (message == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  bk_ctl_keep (ctl, source); /* it keeps the message current */
  g_signal_connect (message, "notify::delivery", G_CALLBACK (on_delivery), ctl);
  check_delivery (message, ctl);
  if (!ctl->ended)
    bk_ctl_hang_on_service (ctl);
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    beckon_conversation_send_async (conversation, sending, ctl->cancellable, on_sent, ctl);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  sending = bk_ctl_read_stdin_finish (result, &error);
  if (sending == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  /* The line feed that ends the last line is the shell's, not the author's. */
  if (g_str_has_suffix (sending, "\n"))
    sending[strlen (sending) - 1] = '\0';
  get_conversation (ctl, ctl->args[0], on_conversation);
}

static void
run_send (BkCtl *ctl)
{
  if (ctl->args[1] == NULL)
    {
      bk_ctl_read_stdin_async (ctl, MAX_TYPED, on_text);
      return;
    }
  sending = g_strjoinv (" ", ctl->args + 1);
  get_conversation (ctl, ctl->args[0], on_conversation);
}

/* ---- typing ---- */

BK_CTL_DEFINE_VERB (on_typing_said, BECKON_CONVERSATION, beckon_conversation_set_typing_finish)

static void
on_typing (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    beckon_conversation_set_typing_async (conversation, !options.stop, ctl->cancellable, on_typing_said, ctl);
}

static void
run_typing (BkCtl *ctl)
{
  get_conversation (ctl, ctl->args[0], on_typing);
}

const BkCtlCommand bk_ctl_chat_commands[] = {
  { "chat", run_history, "WHO", "Show the messages with somebody", 1, 1, history_entries },
  { "chat send", run_send, "WHO [TEXT...]", "Write to somebody; without TEXT from standard input", 1, -1,
    send_entries },
  { "chat typing", run_typing, "WHO", "Tell somebody that you are writing", 1, 1, typing_entries },
  { NULL },
};
