/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of the conversation with somebody while another one is shown. */
#include "conversation/bk-app-conversation-private.h"

/* ---- drafts ---- */

static char *
dup_key (const char *account, const char *who)
{
  return g_strdup_printf ("%s %s", account, who);
}

char *
bk_app_conversation_dup_key (BkAppPerson *person)
{
  return dup_key (beckon_account_get_signin_name (bk_app_person_get_account (person)),
                  beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
}

void
bk_app_conversation_keep_draft (BkAppConversation *self)
{
  g_autofree char *text = bk_app_composer_dup_text (self->composer);
  g_autofree char *key = self->person != NULL ? bk_app_conversation_dup_key (self->person) : NULL;

  if (key == NULL)
    return;
  if (*text != '\0')
    g_hash_table_insert (self->drafts, g_steal_pointer (&key), g_strdup (text));
  else
    g_hash_table_remove (self->drafts, key);
  if (self->writing != NULL)
    bk_app_writing_stop (self->writing, text);
}

/* What this window knows is newer than what the service has. */
void
bk_app_conversation_restore_draft (BkAppConversation *self)
{
  g_autofree char *key = bk_app_conversation_dup_key (self->person);
  g_autofree char *written = bk_app_composer_dup_text (self->composer);
  const char *text = g_hash_table_lookup (self->drafts, key);

  if (text == NULL && self->conversation != NULL)
    text = beckon_conversation_get_draft (self->conversation);
  if (text != NULL && (*written == '\0' || self->conversation == NULL))
    bk_app_composer_set_text (self->composer, text);
}

/* ---- where one was ---- */

gint64
bk_app_conversation_get_place (BkAppConversation *self)
{
  return self->conversation != NULL ? bk_app_timeline_get_place (self->timeline) : 0;
}

void
bk_app_conversation_set_place (BkAppConversation *self, const char *account, const char *who, gint64 id)
{
  g_hash_table_insert (self->places, dup_key (account, who), g_memdup2 (&id, sizeof id));
}

void
bk_app_conversation_keep_place (BkAppConversation *self)
{
  if (self->person != NULL && self->conversation != NULL)
    bk_app_conversation_set_place (self, beckon_account_get_signin_name (bk_app_person_get_account (self->person)),
                                   beckon_contact_get_signin_name (bk_app_person_get_contact (self->person)),
                                   bk_app_conversation_get_place (self));
}

void
bk_app_conversation_restore_place (BkAppConversation *self)
{
  g_autofree char *key = bk_app_conversation_dup_key (self->person);
  const gint64 *id = g_hash_table_lookup (self->places, key);

  bk_app_timeline_set_place (self->timeline, id != NULL && self->wanted == 0 ? *id : 0);
}
