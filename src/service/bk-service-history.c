/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history as a whole: searching it, emptying it, writing it into a file. */
#include "bk-service-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

#define MAX_FOUND 200

/* ---- calls that take their time, and end with their caller ---- */

typedef struct
{
  BkServiceCall *call; /* borrowed */
  GCancellable *cancellable;
  gboolean search;
} Read;

static void
read_free (gpointer data)
{
  Read *read = data;

  g_object_unref (read->cancellable);
  g_free (read);
}

GPtrArray *
bk_service_reads_new (void)
{
  return g_ptr_array_new_with_free_func (read_free);
}

static void
cancel_reads (BkService *self, const char *name, gboolean searches_only)
{
  /* Answers come later, from the main loop: the list does not change meanwhile. */
  for (guint i = 0; i < self->reads->len; i++)
    {
      Read *read = g_ptr_array_index (self->reads, i);

      if (g_str_equal (read->call->sender, name) && (read->search || !searches_only))
        g_cancellable_cancel (read->cancellable);
    }
}

void
bk_service_reads_cancel (BkService *self, const char *name)
{
  cancel_reads (self, name, FALSE);
}

/* NULL: the call has been refused. */
static Read *
read_begin (BkServiceCall *call, gboolean search)
{
  BkService *self = BK_CALL_SERVICE (call);
  GError *error = NULL;

  if (!bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    {
      bk_service_call_fail (call, error);
      return NULL;
    }
  Read *read = g_new0 (Read, 1);
  read->call = call;
  read->cancellable = g_cancellable_new ();
  read->search = search;
  g_ptr_array_add (self->reads, read);
  return read;
}

/* Returns the call, which is to be answered now. */
static BkServiceCall *
read_end (Read *read)
{
  BkServiceCall *call = read->call;

  g_ptr_array_remove_fast (BK_CALL_SERVICE (call)->reads, read);
  return call;
}

/* ---- searching ---- */

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = read_end (user_data);
  GError *error = NULL;
  g_autoptr (GPtrArray) found = bk_engine_search_finish (BK_ENGINE (source), result, &error);

  if (found == NULL)
    {
      bk_service_call_fail (call, error);
      return;
    }
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(os(xsbsxusa{sv}))"));
  for (guint i = 0; i < found->len; i++)
    {
      const BkEngineFound *one = g_ptr_array_index (found, i);

      g_variant_builder_add (&builder, "(@o@s@(xsbsxusa{sv}))",
                             bk_service_path (BK_SERVICE_PATH_ACCOUNTS, one->account),
                             bk_service_text (one->message->who), bk_service_message_to_variant (one->message));
    }
  bk_service_call_return (call, g_variant_new ("(a(os(xsbsxusa{sv})))", &builder));
}

/* Whoever types looks for something new with each letter: the answer to the one before is of no use any more. */
void
bk_service_handle_search_messages (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  const char *text, *path, *who;
  gint64 before;
  guint32 limit;

  g_variant_get (call->arguments, "(&s&o&sxu)", &text, &path, &who, &before, &limit);
  gboolean any = g_str_equal (path, "/");
  BkEngineAccount *account = any ? NULL : bk_service_find_account (self, path);
  if (*text == '\0')
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “text” is empty.");
  else if (before < 0)
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “before_id” is negative.");
  else if (limit < 1 || limit > MAX_FOUND)
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “limit” is not 1 to 200.");
  else if (!any && account == NULL)
    bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such account.");
  else
    {
      cancel_reads (self, call->sender, TRUE);
      Read *read = read_begin (call, TRUE);
      if (read != NULL)
        bk_engine_search_async (self->engine, text, account, *who != '\0' ? who : NULL, before, limit,
                                read->cancellable, on_found, read);
    }
}

/* ---- emptying ---- */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_clear_history_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_clear_history (BkServiceCall *call)
{
  const char *who;

  g_variant_get (call->arguments, "(&s)", &who);
  bk_engine_account_clear_history_async (BK_ENGINE_ACCOUNT (call->object), *who != '\0' ? who : NULL,
                                         BK_CALL_SERVICE (call)->cancellable, on_cleared, call);
}

/* ---- writing ---- */

/* The descriptor that the call brings; -1 with @error. The caller owns it. There is no telling whether a terminal takes
 * what is written without waiting for it. */
static int
take_file (BkServiceCall *call, gint32 handle, GError **error)
{
  int fd = bk_service_call_take_fd (call, handle);
  int flags = fd >= 0 ? fcntl (fd, F_GETFL) : -1;

  if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && !isatty (fd))
    return fd;
  if (fd >= 0)
    close (fd);
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                       "The argument “file” is no file that is open for writing.");
  return -1;
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = read_end (user_data);
  GError *error = NULL;
  gboolean done = bk_engine_account_export_history_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (call, done, error);
}

void
bk_service_handle_export_history (BkServiceCall *call)
{
  GError *error = NULL;
  const char *who;
  gint32 handle;

  g_variant_get (call->arguments, "(&sh)", &who, &handle);
  int fd = take_file (call, handle, &error);
  if (fd < 0)
    {
      bk_service_call_fail (call, error);
      return;
    }
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, TRUE);
  Read *read = read_begin (call, FALSE);
  if (read != NULL)
    bk_engine_account_export_history_async (BK_ENGINE_ACCOUNT (call->object), *who != '\0' ? who : NULL, stream,
                                            read->cancellable, on_exported, read);
}
