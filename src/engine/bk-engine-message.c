/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-conversation.h"

typedef struct
{
  BkEngineMessage fields;
  gatomicrefcount references;
} Message;

G_DEFINE_BOXED_TYPE (BkEngineMessage, bk_engine_message, bk_engine_message_ref, bk_engine_message_unref)

/* Returns a message of its own with the same content. */
BkEngineMessage *
bk_engine_message_new (const BkEngineMessage *fields)
{
  Message *message = g_new (Message, 1);

  g_atomic_ref_count_init (&message->references);
  message->fields = *fields;
  message->fields.message_id = g_strdup (fields->message_id);
  message->fields.who = g_strdup (fields->who);
  message->fields.text = g_strdup (fields->text);
  message->fields.error = g_strdup (fields->error);
  message->fields.application = g_strdup (fields->application);
  message->fields.application_name = g_strdup (fields->application_name);
  message->fields.result_text = g_strdup (fields->result_text);
  message->fields.file_name = g_strdup (fields->file_name);
  message->fields.file_path = g_strdup (fields->file_path);
  return &message->fields;
}

BkEngineMessage *
bk_engine_message_ref (BkEngineMessage *self)
{
  g_atomic_ref_count_inc (&((Message *) self)->references);
  return self;
}

void
bk_engine_message_unref (BkEngineMessage *self)
{
  Message *message = (Message *) self;

  if (!g_atomic_ref_count_dec (&message->references))
    return;
  g_free ((char *) self->message_id);
  g_free ((char *) self->who);
  g_free ((char *) self->text);
  g_free ((char *) self->error);
  g_free ((char *) self->application);
  g_free ((char *) self->application_name);
  g_free ((char *) self->result_text);
  g_free ((char *) self->file_name);
  g_free ((char *) self->file_path);
  g_free (message);
}
