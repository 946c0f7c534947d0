/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Session1: the channel of a session, its streams and packets. */
#include "bk-service-private.h"
#include "bk-service-dbus.h"
#include "bk-service-machine.h"

/* What one program may have open in all its sessions, and what the service keeps for everything else: programs cannot
 * use up its descriptors. */
#define MAX_STREAMS 512
#define RESERVED_DESCRIPTORS 128

/* ---- what the other side has opened and this side has not ---- */

typedef struct
{
  char *name;
  gboolean datagram;
} Offer;

static void
offer_free (Offer *offer)
{
  g_free (offer->name);
  g_free (offer);
}

static G_DEFINE_QUARK (bk-service-offers, offers)

/* The offers of @session, the oldest first. Element-type Offer; nullable. */
static GPtrArray *
get_offers (BkEngineSession *session)
{
  return g_object_get_qdata (G_OBJECT (session), offers_quark ());
}

/* FALSE: so many are not taken that the programs of this side are not told of more. They can be opened all the same. */
static gboolean
add_offer (BkEngineSession *session, const char *name, gboolean datagram)
{
  GPtrArray *offers = get_offers (session);
  Offer *offer;

  if (offers == NULL)
    {
      offers = g_ptr_array_new_with_free_func ((GDestroyNotify) offer_free);
      g_object_set_qdata_full (G_OBJECT (session), offers_quark (), offers, (GDestroyNotify) g_ptr_array_unref);
    }
  if (offers->len >= BK_LIMIT_STREAMS + BK_LIMIT_FLOWS)
    return FALSE;
  offer = g_new0 (Offer, 1);
  offer->name = g_strdup (name);
  offer->datagram = datagram;
  g_ptr_array_add (offers, offer);
  return TRUE;
}

/* This side has opened it too: the first with the first. */
static gboolean
take_offer (BkEngineSession *session, const char *name, gboolean datagram)
{
  GPtrArray *offers = get_offers (session);

  for (guint i = 0; offers != NULL && i < offers->len; i++)
    {
      const Offer *offer = g_ptr_array_index (offers, i);

      if (offer->datagram != datagram || !g_str_equal (offer->name, name))
        continue;
      g_ptr_array_remove_index (offers, i);
      return TRUE;
    }
  return FALSE;
}

GVariant *
bk_service_channel_offered (BkEngineSession *session, gboolean datagram)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  GPtrArray *offers = get_offers (session);

  for (guint i = 0; offers != NULL && i < offers->len; i++)
    {
      const Offer *offer = g_ptr_array_index (offers, i);

      if (offer->datagram == datagram)
        g_variant_builder_add_value (&builder, bk_service_text (offer->name));
    }
  return g_variant_builder_end (&builder);
}

static void
tell_offered (BkService *self, BkEngineSession *session, gboolean datagram)
{
  bk_service_session_changed (self, session, datagram ? "OfferedDatagrams" : "OfferedStreams");
}

static void
on_stream_offered (BkEngineSession *session, const char *name, gboolean datagram, BkService *self)
{
  if (!add_offer (session, name, datagram))
    return;
  tell_offered (self, session, datagram);
  bk_service_tell_session (self, session, bk_service_session_interface.info->name, "StreamOffered",
                           g_variant_new ("(@sb)", bk_service_text (name), datagram));
}

static void
on_termination (BkEngineSession *session, BeckonSessionResult result, const char *app_data, BkService *self)
{
  if (get_offers (session) == NULL)
    return;
  g_object_set_qdata (G_OBJECT (session), offers_quark (), NULL);
  tell_offered (self, session, FALSE);
  tell_offered (self, session, TRUE);
}

void
bk_service_channel_watch (BkService *self, BkEngineSession *session)
{
  g_signal_connect_object (session, "stream-offered", G_CALLBACK (on_stream_offered), self, 0);
  g_signal_connect_object (session, "termination", G_CALLBACK (on_termination), self, 0);
}

/* ---- opening ---- */

static guint
count_streams (BkService *self, const char *owner)
{
  guint count = 0;

  for (guint i = 0; i < self->watched->len; i++)
    {
      BkEngineSession *session = g_ptr_array_index (self->watched, i);
      guint32 streams = 0;

      if (g_strcmp0 (bk_engine_session_get_owner (session), owner) != 0)
        continue;
      g_autoptr (GVariant) channel = g_variant_ref_sink (bk_engine_session_get_channel_statistics (session));
      g_variant_lookup (channel, "streams", "u", &streams);
      count += streams;
    }
  return count;
}

/* The user's own programs are bound by what a channel carries alone. */
static gboolean
check_quota (BkServiceCall *call, GError **error)
{
  if (bk_service_door_get_kind (call->door) == BK_SERVICE_DOOR_SERVICE
      || count_streams (BK_CALL_SERVICE (call), call->sender) < MAX_STREAMS)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "This program has too many streams open.");
  return FALSE;
}

static gboolean
check_left (GError **error)
{
  if (bk_service_descriptors_are_left (RESERVED_DESCRIPTORS))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "Too many streams are open.");
  return FALSE;
}

void
bk_service_handle_open_channel (BkServiceCall *call)
{
  BkEngineSession *session = BK_ENGINE_SESSION (call->object);
  gboolean datagram = g_str_equal (g_dbus_method_invocation_get_method_name (call->invocation), "OpenDatagram");
  GError *error = NULL;
  const char *name;
  int fd = -1;

  g_variant_get (call->arguments, "(&s@a{sv})", &name, NULL);
  if (bk_service_call_takes_fds (call, &error) && check_quota (call, &error) && check_left (&error))
    fd = datagram ? bk_engine_session_open_datagram (session, name, &error) :
                    bk_engine_session_open_stream (session, name, &error);
  if (fd < 0)
    {
      bk_service_call_fail (call, error);
      return;
    }
  g_autoptr (BkService) self = g_object_ref (BK_CALL_SERVICE (call));
  g_autoptr (BkEngineSession) kept = g_object_ref (session);
  gboolean taken = take_offer (session, name, datagram);
  bk_service_call_return_fd (call, fd);
  if (taken)
    tell_offered (self, session, datagram);
}

/* ---- the rest ---- */

void
bk_service_handle_get_channel (BkServiceCall *call)
{
  GVariant *channel = bk_engine_session_get_channel_statistics (BK_ENGINE_SESSION (call->object));

  bk_service_call_return (call, g_variant_new ("(@a{sv})", channel));
}

/* Whom to trust is the user's to say, not a program's. */
void
bk_service_handle_trust_identity (BkServiceCall *call)
{
  GError *error = NULL;

  if (bk_service_door_get_kind (call->door) != BK_SERVICE_DOOR_SERVICE)
    {
      bk_service_call_refuse (call, BECKON_ERROR_ACCESS_DENIED, "Whose key it is, the user alone says.");
      return;
    }
  gboolean done = bk_engine_session_trust_identity (BK_ENGINE_SESSION (call->object), &error);
  bk_service_call_finish (call, done, error);
}
