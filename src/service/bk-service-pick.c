/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session1.InviteWithPicker: a program asks, the user answers in the window. */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

#define MAX_PICKS 3    /* questions that one program may have open: they are windows on the user's screen */
#define MAX_TOGETHER 8 /* all programs, and one under many names */

/* A call of InviteWithPicker on its way. */
typedef struct
{
  BkServiceCall *call;
  gboolean once;
} Pick;

/* @caller: NULL for all programs together. */
static guint
count_picks (BkService *self, const char *caller)
{
  guint count = 0;

  for (guint i = 0; i < self->watched->len; i++)
    {
      const char *asking = bk_engine_session_get_pick_caller (g_ptr_array_index (self->watched, i));

      count += asking != NULL && (caller == NULL || g_str_equal (asking, caller));
    }
  return count;
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pick *pick = user_data;
  g_autoptr (BkEngineSession) session = g_object_ref (BK_ENGINE_SESSION (source));
  GError *error = NULL;
  gboolean done = bk_engine_session_invite_with_picker_finish (session, result, &error);

  bk_service_call_finish (pick->call, done, error);
  if (!done && pick->once)
    bk_engine_session_drop_unused (session);
}

void
bk_service_handle_invite_with_picker (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) once = NULL;
  GError *error = NULL;
  BkPick pick = { .caller = call->sender };

  g_variant_get (call->arguments, "(&s&s@a{sv})", &pick.window, &pick.app_data, &options);
  if (!bk_service_option (options, "once", G_VARIANT_TYPE_BOOLEAN, &once, &error)
      || !bk_service_callers_watch (bk_service_door_get_callers (call->door), call->sender, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  if (count_picks (self, call->sender) >= MAX_PICKS || count_picks (self, NULL) >= MAX_TOGETHER)
    {
      bk_service_call_refuse (call, BECKON_ERROR_LIMIT_EXCEEDED, "The user is asked too much at once.");
      return;
    }
  Pick *waiting = g_new0 (Pick, 1);
  waiting->call = call;
  waiting->once = once != NULL && g_variant_get_boolean (once);
  bk_engine_session_invite_with_picker_async (BK_ENGINE_SESSION (call->object), &pick, self->cancellable, on_invited,
                                              waiting);
}

void
bk_service_handle_answer_pick (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  GError *error = NULL;
  const char *path, *who;
  guint number;
  BkEngineSession *session = NULL;

  g_variant_get (call->arguments, "(&o&s)", &path, &who);
  if (bk_service_path_parse (path, BK_SERVICE_PATH_SESSIONS, &number))
    session = bk_service_find_session (self, number);
  if (session == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such session.");
      return;
    }
  gboolean done = bk_engine_session_answer_pick (session, who, &error);
  bk_service_call_finish (call, done, error);
}

/* The session's Picking changed. */
void
bk_service_pick_changed (BkService *self, BkEngineSession *session)
{
  GVariant *path = bk_service_session_path (session);

  if (!bk_engine_session_get_picking (session))
    {
      bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "PickOver",
                       g_variant_new ("(@o)", path));
      return;
    }
  bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "PickRequested",
                   g_variant_new ("(@o@s)", path, bk_service_text (bk_engine_session_get_pick_window (session))));
  /* Whoever is attached may be the very program that asks. */
  bk_service_start_window (self);
}

/* Nobody waits for what @caller had the user asked. */
void
bk_service_picks_caller_vanished (BkService *self, const char *caller)
{
  g_autoptr (GPtrArray) asked = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);

      if (g_strcmp0 (bk_engine_session_get_pick_caller (session), caller) == 0)
        g_ptr_array_add (asked, g_object_ref (session));
    }
  for (guint i = 0; i < asked->len; i++)
    bk_engine_session_answer_pick (g_ptr_array_index (asked, i), NULL, NULL);
}
