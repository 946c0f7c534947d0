/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-conversation.h"

#include <string.h>

typedef struct
{
  BkEngineMessage fields;
  gatomicrefcount references;
} Message;

G_DEFINE_BOXED_TYPE (BkEngineMessage, bk_engine_message, bk_engine_message_ref, bk_engine_message_unref)

static const gsize TEXTS[] = {
  G_STRUCT_OFFSET (BkEngineMessage, message_id),       G_STRUCT_OFFSET (BkEngineMessage, who),
  G_STRUCT_OFFSET (BkEngineMessage, text),             G_STRUCT_OFFSET (BkEngineMessage, error),
  G_STRUCT_OFFSET (BkEngineMessage, application),      G_STRUCT_OFFSET (BkEngineMessage, application_name),
  G_STRUCT_OFFSET (BkEngineMessage, result_text),      G_STRUCT_OFFSET (BkEngineMessage, file_name),
  G_STRUCT_OFFSET (BkEngineMessage, file_path),
};

/* Returns a message of its own with the same content. Its texts stand behind it in the same piece of memory: ten
 * thousand conversations keep one each. */
BkEngineMessage *
bk_engine_message_new (const BkEngineMessage *fields)
{
  gsize size = sizeof (Message);

  for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
    {
      const char *text = G_STRUCT_MEMBER (const char *, fields, TEXTS[i]);

      size += text != NULL ? strlen (text) + 1 : 0;
    }

  Message *message = g_malloc (size);
  char *end = (char *) (message + 1);

  g_atomic_ref_count_init (&message->references);
  message->fields = *fields;
  for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
    {
      const char **text = &G_STRUCT_MEMBER (const char *, &message->fields, TEXTS[i]);
      gsize length = *text != NULL ? strlen (*text) + 1 : 0;

      if (*text != NULL)
        *text = memcpy (end, *text, length);
      end += length;
    }
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

  if (g_atomic_ref_count_dec (&message->references))
    g_free (message);
}
