/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How channels find a way: the user's own servers on im.beckon.Messenger1, and what im.beckon.Account1 says will work. */
#include "bk-service-private.h"

GVariant *
bk_service_connection_servers (BkService *self)
{
  return g_variant_new_strv (bk_engine_get_connection_servers (self->engine), -1);
}

void
bk_service_handle_set_connection_servers (BkServiceCall *call)
{
  BkEngine *engine = BK_CALL_SERVICE (call)->engine;
  g_autofree const char **servers = NULL;
  const char *user, *password;
  GError *error = NULL;

  g_variant_get (call->arguments, "(^a&s&s&s)", &servers, &user, &password);
  /* Number and form are the engine's to judge. */
  gboolean done = bk_engine_set_connection_servers (engine, servers, user, password, &error);
  bk_service_call_finish (call, done, error);
}

/* ---- TestConnection ---- */

/* A test that is running. It is for the caller alone: it ends when that one leaves, or the service. */
typedef struct
{
  BkServiceCall *call;
  GCancellable *cancellable;
} Test;

static void
test_free (Test *test)
{
  g_object_unref (test->cancellable);
  g_free (test);
}

GPtrArray *
bk_service_tests_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) test_free);
}

/* @name: nullable, whoever it is. */
void
bk_service_tests_cancel (BkService *self, const char *name)
{
  for (guint i = 0; i < self->tests->len; i++)
    {
      const Test *test = g_ptr_array_index (self->tests, i);

      if (name == NULL || g_str_equal (test->call->sender, name))
        g_cancellable_cancel (test->cancellable); /* the engine answers later, never from inside */
    }
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Test *test = user_data;
  BkServiceCall *call = test->call;
  GError *error = NULL;
  GVariant *report = bk_engine_test_connection_finish (BK_ENGINE (source), result, &error);

  g_ptr_array_remove_fast (BK_CALL_SERVICE (call)->tests, test);
  if (report == NULL)
    {
      bk_service_call_fail (call, error);
      return;
    }
  g_variant_take_ref (report);
  bk_service_call_return (call, g_variant_new ("(@a{sv})", report));
  g_variant_unref (report);
}

void
bk_service_handle_test_connection (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  GError *error = NULL;

  if (!bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  Test *test = g_new0 (Test, 1);
  test->call = call;
  test->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->tests, test);
  bk_engine_test_connection_async (self->engine, BK_ENGINE_ACCOUNT (call->object), test->cancellable, on_tested, test);
}
