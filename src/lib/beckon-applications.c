/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-applications-private.h"

#include "beckon-values-private.h"

static void
splice (GListStore *store, guint position, guint removed, GVariant *added)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (store));

  /* A change that was told before the list came: the list has it already. */
  if (position > n_items || removed > n_items - position)
    return;
  for (gsize i = 0; i < g_variant_n_children (added); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (added, i);
      g_ptr_array_add (objects, beckon_application_new (value));
    }
  g_list_store_splice (store, position, removed, objects->pdata, objects->len);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GListStore *store = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GVariant) applications = g_variant_get_child_value (reply, 0);
  splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), applications);
  g_task_return_boolean (task, TRUE);
}

void
beckon_applications_follow (BeckonRemote *remote, GListStore *store, GTask *task)
{
  g_task_set_task_data (task, g_object_ref (store), g_object_unref);
  beckon_remote_call_async (remote, "ListApplications", NULL, "(a" BECKON_VARIANT_APPLICATION ")",
                            g_task_get_cancellable (task), on_listed, task);
}

static void
apply (GListStore *store, GVariant *args)
{
  g_autoptr (GVariant) added = NULL;
  guint position;
  guint removed;

  if (!g_variant_is_of_type (args, G_VARIANT_TYPE ("(uua" BECKON_VARIANT_APPLICATION ")")))
    return;
  g_variant_get (args, "(uu@a" BECKON_VARIANT_APPLICATION ")", &position, &removed, &added);
  splice (store, position, removed, added);
}

void
beckon_applications_hear (GListStore *store, const char *name, GVariant *args, GObject *teller)
{
  const char *guid;

  if (g_str_equal (name, "ApplicationsChanged"))
    {
      apply (store, args);
      return;
    }
  if (!g_variant_is_of_type (args, G_VARIANT_TYPE ("(s)")))
    return;
  g_variant_get (args, "(&s)", &guid);
  if (g_str_equal (name, "AppRegistered"))
    g_signal_emit_by_name (teller, "app-registered", guid);
  else if (g_str_equal (name, "AppUnregistered"))
    g_signal_emit_by_name (teller, "app-unregistered", guid);
}

void
beckon_applications_register (BeckonRemote *remote, const char *guid, const char *name, const char *url,
                              const char *path, GTask *task)
{
  beckon_remote_call_task (remote, "RegisterApplication",
                           g_variant_new ("(ssssu)", guid, name, url != NULL ? url : "", path, 0u), task);
}
