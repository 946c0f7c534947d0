/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs say of themselves. */
#include "bk-service-directory-private.h"

#include "bk-engine-registry.h"
#include "bk-limits.h"

#include <glib/gi18n.h>

#define MAX_ASKED 4 /* at once: each is a program that starts */

typedef struct
{
  BkServiceDirectory *self; /* owned */
  char *name;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question->name);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static char *
describe_error (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup (_("It did not describe itself in time."));
  /* Its words are not shown: nobody knows what is in them. */
  return g_strdup_printf (_("It does not describe itself (%s)."), name != NULL ? name : _("no answer"));
}

/* One that merely runs below our name, perhaps to attach itself, need not know of this. */
static gboolean
is_silent (const BkServiceProgram *program, const GError *error)
{
  return !program->activatable && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gboolean
is_sound (const BkPeerDescription *description)
{
  g_autoptr (BkEngineApplication) application = NULL;

  if (description->problem == NULL)
    application = bk_engine_application_new_described (description, NULL);
  return application != NULL;
}

/* Who left the bus over the question may have been its predecessor, and who came only then may be slow. */
static gboolean
is_worth_another (const BkServiceProgram *program, const GError *error)
{
  if (program->again)
    return FALSE;
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || (program->came && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

static void
take_answer (BkServiceDirectory *self, BkServiceProgram *program, GVariant *reply, const GError *error)
{
  gboolean changed = program->description != NULL;

  if (is_worth_another (program, error))
    {
      program->again = TRUE;
      program->state = BK_SERVICE_PROGRAM_UNKNOWN;
      return;
    }
  program->again = FALSE;
  g_clear_pointer (&program->description, bk_peer_description_free);
  program->state = reply != NULL ? BK_SERVICE_PROGRAM_KNOWN : BK_SERVICE_PROGRAM_FAILED;
  if (reply != NULL)
    program->description = bk_service_described_read_reply (program->name, reply);
  else if (!is_silent (program, error))
    {
      program->description = g_new0 (BkPeerDescription, 1);
      program->description->bus_name = g_strdup (program->name);
      program->description->problem = describe_error (error);
    }
  if (program->activatable && program->description != NULL && is_sound (program->description))
    bk_service_described_keep (self->described, program->description, program->stamp);
  if (changed || program->description != NULL)
    bk_peer_directory_emit_changed (BK_PEER_DIRECTORY (self));
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  BkServiceDirectory *self = question->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BkServiceProgram *program = _bk_service_directory_find (self, question->name);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->n_asked--;
  if (program != NULL && program->state == BK_SERVICE_PROGRAM_ASKED)
    take_answer (self, program, reply, error);
  _bk_service_directory_ask (self);
  if (self->n_asked == 0)
    bk_service_described_write (self->described);
}

static void
ask (BkServiceDirectory *self, BkServiceProgram *program)
{
  g_autofree char *path = bk_service_directory_path (program->name);
  Question *question = g_new0 (Question, 1);

  question->self = g_object_ref (self);
  question->name = g_strdup (program->name);
  program->state = BK_SERVICE_PROGRAM_ASKED;
  program->came = FALSE;
  self->n_asked++;
  g_dbus_connection_call (self->connection, program->name, path, "im.beckon.Peer1", "Describe", NULL, NULL,
                          program->activatable ? G_DBUS_CALL_FLAGS_NONE : G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BK_TIMEOUT_PEER_CALL_S * 1000, self->cancellable, on_described, question);
}

void
_bk_service_directory_ask (BkServiceDirectory *self)
{
  for (guint i = 0; self->started && i < self->programs->len && self->n_asked < MAX_ASKED; i++)
    {
      BkServiceProgram *program = g_ptr_array_index (self->programs, i);
      if (program->state == BK_SERVICE_PROGRAM_UNKNOWN)
        ask (self, program);
    }
}
