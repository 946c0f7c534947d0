/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search TEXT, history clear WHO, history export FILE, chat draft WHO */
#include "bk-ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define PAGE 200

static struct
{
  char *with;
  int limit;
  gboolean all;
  gboolean drop;
} options = { .limit = 20 };

static const GOptionEntry search_entries[] = {
  { "with", 'w', 0, G_OPTION_ARG_FILENAME, &options.with, "Only what was said with somebody", "WHO" },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "How many messages (20), 0: all", "N" },
  { NULL },
};

static const GOptionEntry clear_entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Everybody's", NULL },
  { NULL },
};

static const GOptionEntry draft_entries[] = {
  { "drop", 0, 0, G_OPTION_ARG_NONE, &options.drop, "Forget it", NULL },
  { NULL },
};

/* ---- searching ---- */

typedef struct
{
  BkCtl *ctl;
  char *text;
  BeckonAccount *account; /* nullable: all */
  char *who;              /* nullable */
  GPtrArray *found;
} Search;

static void
search_free (Search *search)
{
  g_free (search->text);
  g_free (search->who);
  g_clear_object (&search->account);
  g_ptr_array_unref (search->found);
  g_free (search);
}

static void search_next (Search *search_in);

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  GError *error = NULL;
  g_autoptr (GListModel) page = beckon_messenger_search_finish (BECKON_MESSENGER (source), result, &error);
  guint n_items = page != NULL ? g_list_model_get_n_items (page) : 0;

  if (page == NULL)
    {
      bk_ctl_fail_error (search->ctl, error);
      search_free (search);
      return;
    }
  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (search->found, g_list_model_get_item (page, i));
  /* The service may leave out what went meanwhile, so only an empty page is the last one. */
  if (n_items > 0 && (options.limit <= 0 || search->found->len < (guint) options.limit))
    {
      search_next (search);
      return;
    }
  bk_ctl_print_objects (search->ctl, search->found);
  bk_ctl_done (search->ctl, BK_CTL_OK);
  search_free (search);
}

static void
search_next (Search *search)
{
  guint n_found = search->found->len;
  guint wanted = options.limit > 0 ? MIN ((guint) options.limit - n_found, PAGE) : PAGE;
  gint64 before = 0;

  if (n_found > 0)
    before = beckon_message_get_id (beckon_found_get_message (search->found->pdata[n_found - 1]));
  beckon_messenger_search_async (search->ctl->messenger, search->text, search->account, search->who, before, wanted,
                                 search->ctl->cancellable, on_found, search);
}

static void
run_search (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  Search *search = g_new0 (Search, 1);
  search->ctl = ctl;
  search->text = g_strjoinv (" ", ctl->args);
  if (ctl->account_name != NULL)
    search->account = g_object_ref (account);
  search->who = options.with != NULL ? bk_ctl_dup_who (account, options.with) : NULL;
  search->found = g_ptr_array_new_with_free_func (g_object_unref);
  search_next (search);
}

/* ---- emptying ---- */

BK_CTL_DEFINE_VERB (on_cleared, BECKON_ACCOUNT, beckon_account_clear_history_finish)

static void
run_clear (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  if (options.all == (ctl->args[0] != NULL))
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "Either WHO or --all");
      return;
    }
  g_autofree char *who = ctl->args[0] != NULL ? bk_ctl_dup_who (account, ctl->args[0]) : NULL;
  beckon_account_clear_history_async (account, who, ctl->cancellable, on_cleared, ctl);
}

/* ---- writing ---- */

static struct
{
  gboolean copied;   /* what comes to us, to standard output */
  gboolean answered; /* the call is */
  gboolean done;
  GError *error;
} export;

static void
check_exported (BkCtl *ctl)
{
  if (export.copied && export.answered)
    bk_ctl_end_verb (ctl, export.done, g_steal_pointer (&export.error));
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  export.done = beckon_account_export_history_finish (BECKON_ACCOUNT (source), result, &export.error);
  export.answered = TRUE;
  check_exported (user_data);
}

/* If nobody wants it any more the service cannot write, and says so. */
static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  export.copied = TRUE;
  check_exported (user_data);
}

/* Whoever reads our standard output may let it wait: that is for us to bear, not for the service. Returns where it
 * writes; -1: there is no room. */
static int
copy_to_output (BkCtl *ctl)
{
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, NULL))
    return -1;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (fds[0], TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  g_output_stream_splice_async (output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, G_PRIORITY_DEFAULT,
                                ctl->cancellable, on_copied, ctl);
  return fds[1];
}

static void
run_export (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  const char *file = ctl->args[0];

  if (account == NULL)
    return;
  export.copied = !g_str_equal (file, "-");
  int fd = export.copied ? open (file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600)
                         : copy_to_output (ctl);
  if (fd < 0)
    {
      bk_ctl_fail (ctl, BK_CTL_FAILED, "%s: %s", file, g_strerror (errno));
      return;
    }
  g_autofree char *who = ctl->args[1] != NULL ? bk_ctl_dup_who (account, ctl->args[1]) : NULL;
  beckon_account_export_history_async (account, who, fd, ctl->cancellable, on_exported, ctl);
  close (fd);
}

/* ---- drafts ---- */

BK_CTL_DEFINE_VERB (on_draft_set, BECKON_CONVERSATION, beckon_conversation_set_draft_finish)

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (conversation == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (ctl->args[1] == NULL && !options.drop)
    {
      bk_ctl_print_text (ctl, "draft", beckon_conversation_get_draft (conversation));
      bk_ctl_done (ctl, BK_CTL_OK);
    }
  else
    {
      g_autofree char *text = options.drop ? g_strdup ("") : g_strjoinv (" ", ctl->args + 1);
      beckon_conversation_set_draft_async (conversation, text, ctl->cancellable, on_draft_set, ctl);
    }
}

static void
run_draft (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  if (options.drop && ctl->args[1] != NULL)
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "Either TEXT or --drop");
      return;
    }
  g_autofree char *name = bk_ctl_dup_who (account, ctl->args[0]);
  beckon_account_get_conversation_async (account, name, ctl->cancellable, on_conversation, ctl);
}

const BkCtlCommand bk_ctl_history_commands[] = {
  { "chat draft", run_draft, "WHO [TEXT...]", "Show or keep what is written and not sent", 1, -1, draft_entries },
  { "search", run_search, "TEXT...", "Search all that was said, the newest first", 1, -1, search_entries },
  { "history clear", run_clear, "[WHO]", "Remove messages from this computer for good", 0, 1, clear_entries },
  { "history export", run_export, "FILE [WHO]", "Write messages into a file, as JSON", 1, 2, NULL },
  { NULL },
};
