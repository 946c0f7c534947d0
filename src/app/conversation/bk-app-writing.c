/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-writing.h"

#include "conversation/bk-app-composer.h"

#include <string.h>

#define SAY_AGAIN (8 * G_TIME_SPAN_SECOND) /* it is forgotten 15 s after it was said last */
#define PAUSE_S 6                          /* without a key, and nobody writes any more */
#define KEEP_S 1                           /* after a key, the draft is kept */

struct _BkAppWriting
{
  BeckonConversation *conversation; /* owned */
  char *text;                       /* NULL unless it differs from what was kept */
  gint64 said;                      /* when it was said that the user writes; 0: not so */
  guint pause;                      /* source */
  guint keep;                       /* source */
};

static void
on_typing (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_conversation_set_typing_finish (BECKON_CONVERSATION (source), result, &error))
    g_debug ("Nobody learns that something is written: %s", error->message);
}

static void
say (BkAppWriting *self, gboolean typing)
{
  if (!typing && self->said == 0)
    return;
  self->said = typing ? g_get_monotonic_time () : 0;
  beckon_conversation_set_typing_async (self->conversation, typing, NULL, on_typing, NULL);
}

static void
on_draft (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_conversation_set_draft_finish (BECKON_CONVERSATION (source), result, &error))
    g_debug ("What is written could not be kept: %s", error->message);
}

/* What is too long for a message is too long to be kept: the window has it as long as it is there, and megabytes that
 * were pasted do not go over the bus with every key. */
static void
keep (BkAppWriting *self)
{
  g_clear_handle_id (&self->keep, g_source_remove);
  if (self->text != NULL && strlen (self->text) <= BK_APP_COMPOSER_MAX)
    beckon_conversation_set_draft_async (self->conversation, self->text, NULL, on_draft, NULL);
  g_clear_pointer (&self->text, g_free);
}

static gboolean
on_pause (gpointer user_data)
{
  BkAppWriting *self = user_data;

  self->pause = 0;
  say (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_keep (gpointer user_data)
{
  BkAppWriting *self = user_data;

  self->keep = 0;
  keep (self);
  return G_SOURCE_REMOVE;
}

void
bk_app_writing_note (BkAppWriting *self, const char *text)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  if (*text == '\0')
    {
      say (self, FALSE);
    }
  else
    {
      if (self->said == 0 || g_get_monotonic_time () - self->said > SAY_AGAIN)
        say (self, TRUE);
      self->pause = g_timeout_add_seconds (PAUSE_S, on_pause, self);
    }
  g_free (self->text);
  self->text = g_strdup (text);
  if (self->keep == 0)
    self->keep = g_timeout_add_seconds (KEEP_S, on_keep, self);
}

void
bk_app_writing_stop (BkAppWriting *self, const char *text)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  say (self, FALSE);
  if (g_strcmp0 (beckon_conversation_get_draft (self->conversation), text) != 0 || self->text != NULL)
    {
      g_free (self->text);
      self->text = g_strdup (text);
    }
  keep (self);
}

BkAppWriting *
bk_app_writing_new (BeckonConversation *conversation)
{
  BkAppWriting *self = g_new0 (BkAppWriting, 1);

  self->conversation = g_object_ref (conversation);
  return self;
}

void
bk_app_writing_free (BkAppWriting *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  say (self, FALSE);
  keep (self);
  g_object_unref (self->conversation);
  g_free (self);
}
