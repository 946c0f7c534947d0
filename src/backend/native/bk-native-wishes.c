/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine wants: the BkBackend interface. */
#include "bk-native-backend-private.h"

#include "bk-fields.h"

#include <string.h>

#define LEAST_PROBE_SECONDS 1
#define MOST_PROBE_SECONDS 10
#define PROBE_PAUSE_US G_USEC_PER_SEC /* asked twice, it is believed if it answers either */
#define STALE_US G_USEC_PER_SEC       /* an attempt that old may have begun on another network */

/* ---- small things ---- */

void
bk_native_free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
bk_native_set_secret (char **place, const char *secret)
{
  char *copy = g_strdup (secret);

  bk_native_free_secret (*place);
  *place = copy;
}

void
bk_native_set_text (char **place, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*place);
  *place = copy;
}

/* Returns how the protocol writes @status. What only our own side may show is `online` to others. */
const char *
bk_native_status_to_word (BeckonStatus status)
{
  switch (status)
    {
    case BECKON_STATUS_OFFLINE:
    case BECKON_STATUS_ONLINE:
    case BECKON_STATUS_INVISIBLE:
    case BECKON_STATUS_BUSY:
    case BECKON_STATUS_BE_RIGHT_BACK:
    case BECKON_STATUS_IDLE:
    case BECKON_STATUS_AWAY:
    case BECKON_STATUS_ON_THE_PHONE:
    case BECKON_STATUS_OUT_TO_LUNCH:
      return beckon_status_to_nick (status);
    case BECKON_STATUS_UNKNOWN:
    case BECKON_STATUS_LOCAL_FINDING_SERVER:
    case BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER:
    case BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER:
    case BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER:
      break;
    }
  return beckon_status_to_nick (BECKON_STATUS_ONLINE);
}

/* ---- wishes ---- */

static gboolean
on_wish (gpointer user_data)
{
  BkNativeBackend *self = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  BkNativeWish wish = self->wish;

  self->wish_source = 0;
  self->wish = BK_NATIVE_WISH_NONE;
  switch (wish)
    {
    case BK_NATIVE_WISH_NONE:
      break;
    case BK_NATIVE_WISH_SIGN_IN:
      bk_native_backend_hang_up (self, TRUE);
      bk_native_backend_stop_patient (self);
      self->attempts = 0;
      bk_native_backend_start (self);
      break;
    case BK_NATIVE_WISH_SIGN_OUT:
      bk_native_backend_hang_up (self, TRUE);
      bk_native_backend_stop_patient (self);
      if (self->forget)
        g_clear_pointer (&self->token, bk_native_free_secret);
      bk_native_backend_enter_state (self, BK_BACKEND_OFFLINE, NULL, 0);
      break;
    case BK_NATIVE_WISH_RETRY:
      if (self->state != BK_BACKEND_WAITING && !bk_native_backend_is_trying (self))
        break;
      bk_native_backend_hang_up (self, FALSE);
      self->attempts = 0;
      bk_native_backend_start (self);
      break;
    }
  return G_SOURCE_REMOVE;
}

static void
set_wish (BkNativeBackend *self, BkNativeWish wish)
{
  self->wish = wish;
  if (self->wish_source == 0)
    self->wish_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_wish, self, NULL);
}

/* NUMBER@EPOCH, or NUMBER from a server without epochs. */
static void
read_cursor (BkNativeBackend *self, const char *cursor)
{
  const char *at = cursor != NULL ? strchr (cursor, '@') : NULL;
  g_autofree char *text = at != NULL ? g_strndup (cursor, (gsize) (at - cursor)) : g_strdup (cursor);
  guint64 number = 0;

  if (text != NULL)
    g_ascii_string_to_unsigned (text, 10, 0, BK_FIELD_UINT_MAX, &number, NULL);
  self->cursor = (gint64) number;
  bk_native_set_text (&self->epoch, at != NULL ? at + 1 : NULL);
}

static void
native_sign_in (BkBackend *backend, const BkSignIn *sign_in)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  bk_native_set_text (&self->sign_in_name, sign_in->sign_in_name);
  bk_native_set_text (&self->server, sign_in->server);
  bk_native_set_secret (&self->password, sign_in->password);
  bk_native_set_secret (&self->token, sign_in->token);
  bk_native_set_text (&self->device, sign_in->device);
  bk_native_set_text (&self->personal_message, sign_in->personal_message);
  read_cursor (self, sign_in->cursor);
  self->status = sign_in->status;
  self->presence_serial++;
  set_wish (self, BK_NATIVE_WISH_SIGN_IN);
}

static void
native_sign_out (BkBackend *backend, gboolean forget)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  if (self->state == BK_BACKEND_OFFLINE && self->wish != BK_NATIVE_WISH_SIGN_IN)
    return;
  self->forget = forget;
  set_wish (self, BK_NATIVE_WISH_SIGN_OUT);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkNativeBackend) self = user_data;
  g_autoptr (BkFrame) frame = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, NULL);

  if (frame != NULL && self->link == BK_NATIVE_LINK (source))
    self->probing = FALSE;
}

/* It has several times as long as it took for the last answer: a slow network is no dead one. */
static void
probe (BkNativeBackend *self)
{
  gint64 usual = 4 * bk_native_link_get_reply_time (self->link);
  gint64 seconds = CLAMP ((usual + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, LEAST_PROBE_SECONDS, MOST_PROBE_SECONDS);

  self->probed_at = bk_clock_now (self->clock);
  self->probing = TRUE;
  bk_native_backend_send_presence (self, (guint) seconds, on_probed, g_object_ref (self));
}

/* A connection that seems to be there may have died while the machine slept: it is asked, and must answer soon. What
 * failed before says nothing about the network as it is now. */
static void
native_nudge (BkBackend *backend)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);
  gint64 now = bk_clock_now (self->clock);

  if (self->wish != BK_NATIVE_WISH_NONE)
    return;
  if (self->state == BK_BACKEND_WAITING
      || (bk_native_backend_is_trying (self) && now - self->started_at >= STALE_US))
    set_wish (self, BK_NATIVE_WISH_RETRY);
  else if (bk_native_backend_is_signed_in (self) && now - self->probed_at >= PROBE_PAUSE_US)
    probe (self);
}

static void
native_set_presence (BkBackend *backend, BeckonStatus status, const char *personal_message)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (backend);

  self->status = status;
  bk_native_set_text (&self->personal_message, personal_message);
  self->presence_serial++;
  if (bk_native_backend_is_ready (self))
    bk_native_backend_send_presence (self, BK_NATIVE_SIGN_IN_SECONDS, NULL, NULL);
}

void
bk_native_backend_backend_init (BkBackendInterface *iface)
{
  iface->sign_in = native_sign_in;
  iface->sign_out = native_sign_out;
  iface->nudge = native_nudge;
  iface->set_presence = native_set_presence;
}
