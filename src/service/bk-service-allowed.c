/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Account1: what the user always allows to contacts, and what they are known by */
#include "bk-service-private.h"

void
bk_service_handle_list_allowed (BkServiceCall *call)
{
  const GPtrArray *allowed = bk_engine_account_get_allowed (BK_ENGINE_ACCOUNT (call->object));
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (guint i = 0; i < allowed->len; i++)
    {
      const BkEngineAllowed *one = g_ptr_array_index (allowed, i);

      g_variant_builder_add (&builder, "(ss)", one->who, one->guid);
    }
  bk_service_call_return (call, g_variant_new ("(a(ss))", &builder));
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_account_set_allowed_finish (BK_ENGINE_ACCOUNT (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

void
bk_service_handle_set_allowed (BkServiceCall *call)
{
  const char *who, *guid;
  gboolean allowed;

  g_variant_get (call->arguments, "(&s&sb)", &who, &guid, &allowed);
  bk_engine_account_set_allowed_async (BK_ENGINE_ACCOUNT (call->object), who, guid, allowed,
                                       BK_CALL_SERVICE (call)->cancellable, on_set, call);
}

void
bk_service_allowed_changed (BkEngineAccount *account, BkServiceView *view)
{
  bk_service_tell (view->service, view->path, view->interface, "AllowedChanged", NULL);
}

void
bk_service_handle_list_safety_numbers (BkServiceCall *call)
{
  const char *who;

  g_variant_get (call->arguments, "(&s)", &who);
  g_auto (GStrv) numbers = bk_engine_account_dup_safety_numbers (BK_ENGINE_ACCOUNT (call->object), who);
  bk_service_call_return (call, g_variant_new ("(^as)", numbers));
}
