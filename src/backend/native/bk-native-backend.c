/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-backend-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <glib/gi18n-lib.h>

#define PING_SECONDS 20
#define FIRST_RETRY_MS 1000
#define MAX_RETRY_MS 300000
#define MIN_RETRY_MS 250
#define STEADY_US (60 * G_USEC_PER_SEC)

enum
{
  PROP_0,
  PROP_CLOCK,
  PROP_TLS_DATABASE,
  PROP_PING_SECONDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (BkNativeBackend, bk_native_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, bk_native_backend_backend_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_REGISTER, bk_native_backend_register_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_CONTACTS, bk_native_backend_contacts_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_GROUPS, bk_native_backend_groups_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MESSAGES, bk_native_backend_messages_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_MARKS, bk_native_backend_marks_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_SESSIONS, bk_native_backend_sessions_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_LOCK, bk_native_backend_lock_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALERTS, bk_native_backend_alerts_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_ALIASES, bk_native_backend_aliases_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_AVATARS, bk_native_backend_avatars_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_KEEPING, bk_native_backend_keeping_init)
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND_RELAYS, bk_native_backend_relays_init))

/* ---- small things ---- */

gboolean
bk_native_backend_is_signed_in (BkNativeBackend *self)
{
  return self->state == BK_BACKEND_SYNCHRONIZING || self->state == BK_BACKEND_ONLINE;
}

/* On the way in. */
gboolean
bk_native_backend_is_trying (BkNativeBackend *self)
{
  return self->state == BK_BACKEND_FINDING || self->state == BK_BACKEND_CONNECTING
         || self->state == BK_BACKEND_SIGNING_IN;
}

/* Whether a request may be sent: signed in, and not about to change that. */
gboolean
bk_native_backend_is_ready (BkNativeBackend *self)
{
  return bk_native_backend_is_signed_in (self) && self->link != NULL
         && (self->wish == BK_NATIVE_WISH_NONE || self->wish == BK_NATIVE_WISH_RETRY);
}

/* Trying again would have the same end. */
static gboolean
is_permanent (const GError *error)
{
  static const BeckonError codes[] = {
    BECKON_ERROR_INVALID_PASSWORD, BECKON_ERROR_USER_NOT_FOUND,      BECKON_ERROR_SERVER_VERSION,
    BECKON_ERROR_ACCESS_DENIED,    BECKON_ERROR_INVALID_SERVER_NAME, BECKON_ERROR_INVALID_ARGUMENT,
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, BECKON_ERROR, (int) codes[i]))
      return TRUE;
  return FALSE;
}

void
bk_native_backend_enter_state (BkNativeBackend *self, BkBackendState state, const GError *error, guint retry_ms)
{
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_STATE,
    .state = state,
    .error = error,
    .retry_ms = retry_ms,
    .passing = state == BK_BACKEND_WAITING && self->passing,
  };

  g_debug ("%s -> %s", bk_backend_state_to_nick (self->state), bk_backend_state_to_nick (state));
  self->state = state;
  if (state == BK_BACKEND_ONLINE)
    self->online_since = bk_clock_now (self->clock);
  bk_backend_emit (BK_BACKEND (self), &event);
}

/* ---- losing the connection ---- */

/* Leaves nothing of the attempt or connection. */
void
bk_native_backend_hang_up (BkNativeBackend *self, gboolean sign_out)
{
  bk_clock_clear (self->clock, &self->retry_timer);
  bk_native_backend_stop_sites (self);
  self->probing = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->link == NULL)
    return;

  g_autoptr (BkNativeLink) link = g_steal_pointer (&self->link);
  g_signal_handlers_disconnect_by_data (link, self);
  if (sign_out && bk_native_backend_is_signed_in (self))
    {
      g_autoptr (BkFrame) frame = bk_native_link_new_request (link, BK_FRAME_SIGN_OUT);

      bk_frame_set_bool (frame, "forget", self->forget);
      bk_native_link_request_async (link, frame, BK_NATIVE_SIGN_IN_SECONDS, NULL, NULL, NULL);
    }
  bk_native_link_close (link);
  bk_native_backend_stop_lock (self);
}

static void
on_retry (gpointer user_data)
{
  BkNativeBackend *self = user_data;

  self->retry_timer = 0;
  bk_native_backend_start (self);
}

/* Exponential, and anywhere below that: a thousand clients of one server must not come back together. */
static guint
next_delay (BkNativeBackend *self)
{
  guint ceiling = MIN (FIRST_RETRY_MS << MIN (self->attempts, 10), MAX_RETRY_MS);

  self->attempts++;
  guint delay = (guint) g_random_int_range (0, (int) ceiling + 1);
  return MAX (delay, MIN_RETRY_MS);
}

static void
wait_and_retry (BkNativeBackend *self, const GError *error, guint least_ms)
{
  gboolean was_steady
    = self->state == BK_BACKEND_ONLINE && bk_clock_now (self->clock) - self->online_since >= STEADY_US;
  gboolean was_probing = self->probing;

  bk_native_backend_hang_up (self, FALSE);
  if (was_steady)
    self->attempts = 0;
  /* What made us ask happened here alone: nobody comes together with us. */
  guint delay = was_probing ? 1 : self->passing ? MIN_RETRY_MS : next_delay (self);
  delay = MAX (delay, MIN (least_ms, MAX_RETRY_MS));
  bk_native_backend_begin_patience (self);
  self->retry_timer = bk_clock_add (self->clock, delay, on_retry, self);
  bk_native_backend_enter_state (self, BK_BACKEND_WAITING, error, delay);
}

static void
give_up (BkNativeBackend *self, const GError *error)
{
  bk_native_backend_hang_up (self, FALSE);
  bk_native_backend_stop_patient (self);
  bk_native_backend_enter_state (self, BK_BACKEND_OFFLINE, error, 0);
}

static void
lose (BkNativeBackend *self, const GError *error, guint least_ms)
{
  gboolean too_slow
    = self->state == BK_BACKEND_SIGNING_IN && g_error_matches (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED)
      && bk_clock_now (self->clock) - self->signing_in_since >= BK_NATIVE_SIGN_IN_SECONDS * G_USEC_PER_SEC;
  g_autoptr (GError) why
    = too_slow ? g_error_new_literal (BECKON_ERROR, BECKON_ERROR_LOGON_TIMEOUT, "Signing in took too long")
               : g_error_copy (error);

  if (is_permanent (why))
    give_up (self, why);
  else
    wait_and_retry (self, why, least_ms);
}

static GError *
new_closed_error (void)
{
  return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                              _("The operator of the server has closed this account for now."));
}

/* `bye`: the server closes this connection on purpose. */
void
bk_native_backend_bye (BkNativeBackend *self, const BkFrame *frame)
{
  const char *reason = bk_frame_get_string (frame, "reason");
  guint retry_ms = (guint) MIN (bk_frame_get_int (frame, "retry_ms"), MAX_RETRY_MS);
  g_autoptr (GError) error = NULL;

  if (g_str_equal (reason, "revoked"))
    {
      g_clear_pointer (&self->token, bk_native_free_secret);
      error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, _("This device was signed out."));
      give_up (self, error);
    }
  else if (g_str_equal (reason, "disabled"))
    {
      error = new_closed_error ();
      give_up (self, error);
    }
  else if (g_str_equal (reason, "too-many-devices"))
    {
      error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "Too many devices are signed in");
      give_up (self, error);
    }
  else if (g_str_equal (reason, "replaced"))
    {
      /* Coming back would throw the other one out, which would come back… */
      error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_REMOTE_LOGIN,
                                   "Another program has signed in as this device");
      give_up (self, error);
    }
  else
    {
      /* It chose the time so that not all come back together. */
      self->passing = self->state == BK_BACKEND_ONLINE && retry_ms > 0 && g_str_equal (reason, "shutdown");
      error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_SERVER_UNAVAILABLE,
                                   g_str_equal (reason, "slow") ? "The connection was too slow for the server"
                                                                : "The server is closing");
      wait_and_retry (self, error, retry_ms);
      self->passing = FALSE;
    }
}

/* ---- signing in ---- */

/* Without @callback nobody waits for the reply: what counts is what was set last, and a lost connection sets it again. */
void
bk_native_backend_send_presence (BkNativeBackend *self, guint seconds, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_PRESENCE_SET);

  bk_frame_set_string (frame, "status", bk_native_status_to_word (self->status));
  bk_frame_set_string (frame, "personal_message", self->personal_message);
  self->presence_sent = self->presence_serial;
  bk_native_link_request_async (self->link, frame, seconds, NULL, callback, user_data);
}

/* A number that means something else now is kept until all is told: what it belongs to goes with it. */
static void
begin_epoch (BkNativeBackend *self, const BkFrame *frame)
{
  const char *epoch = bk_frame_get_string (frame, "epoch");

  self->again = bk_frame_get_int (frame, "again") != 0;
  bk_native_set_text (self->again ? &self->next_epoch : &self->epoch, epoch);
}

static void
report_sign_in (BkNativeBackend *self, const BkFrame *frame)
{
  BkBackendEvent credentials = {
    .type = BK_BACKEND_EVENT_CREDENTIALS,
    .token = bk_frame_get_string (frame, "token"),
    .device = bk_frame_get_string (frame, "device"),
  };
  BkBackendEvent profile = {
    .type = BK_BACKEND_EVENT_PROFILE,
    .display_name = bk_frame_get_string (frame, "display_name"),
    .avatar = bk_frame_get_string (frame, "avatar"),
  };
  BkBackendEvent lock = { .type = BK_BACKEND_EVENT_LOCK, .locked = bk_frame_get_int (frame, "lock") != 0 };
  BkBackendEvent again = { .type = BK_BACKEND_EVENT_AGAIN };

  begin_epoch (self, frame);
  bk_native_set_secret (&self->token, credentials.token);
  bk_native_set_text (&self->device, credentials.device);
  if (self->presence_sent != self->presence_serial)
    bk_native_backend_send_presence (self, BK_NATIVE_SIGN_IN_SECONDS, NULL, NULL);
  bk_native_backend_enter_state (self, BK_BACKEND_SYNCHRONIZING, NULL, 0);
  bk_backend_emit (BK_BACKEND (self), &credentials);
  bk_backend_emit (BK_BACKEND (self), &profile);
  bk_backend_emit (BK_BACKEND (self), &lock);
  if (self->again)
    bk_backend_emit (BK_BACKEND (self), &again);
  bk_native_backend_begin_sites (self);
}

static void send_sign_in (BkNativeBackend *self);

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint retry_ms = 0;
  g_autoptr (BkFrame) frame
    = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, &retry_ms, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  BkNativeBackend *self = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  if (frame != NULL && bk_frame_get_frame_type (frame) == BK_FRAME_SIGNED_IN)
    {
      report_sign_in (self, frame);
      return;
    }
  if (frame != NULL)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The server did not answer the sign-in");
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED))
    {
      /* It knows who we are: the token is as good as before. */
      g_autoptr (GError) closed = new_closed_error ();
      give_up (self, closed);
      return;
    }

  /* A token can have been revoked or have grown old. The password, where we have it, is still good. */
  if (is_permanent (error) && self->token != NULL)
    {
      g_clear_pointer (&self->token, bk_native_free_secret);
      if (self->password != NULL)
        {
          send_sign_in (self);
          return;
        }
    }
  lose (self, error, retry_ms);
}

static void
send_sign_in (BkNativeBackend *self)
{
  g_autoptr (BkFrame) frame = bk_native_link_new_request (self->link, BK_FRAME_SIGN_IN);
  const char *host = g_get_host_name ();

  bk_frame_set_string (frame, "name", self->sign_in_name);
  if (self->token != NULL)
    bk_frame_set_string (frame, "token", self->token);
  else
    bk_frame_set_string (frame, "password", self->password);
  bk_frame_set_string (frame, "device", self->device);
  if (bk_text_is_valid (host, BK_LIMIT_DEVICE_NAME, FALSE))
    bk_frame_set_string (frame, "device_name", host);
  bk_frame_set_int (frame, "after", self->cursor);
  bk_frame_set_string (frame, "epoch", self->epoch);
  bk_frame_set_string (frame, "status", bk_native_status_to_word (self->status));
  bk_frame_set_string (frame, "personal_message", self->personal_message);

  self->presence_sent = self->presence_serial;
  self->signing_in_since = bk_clock_now (self->clock);
  bk_native_link_request_async (self->link, frame, BK_NATIVE_SIGN_IN_SECONDS, self->cancellable, on_signed_in, self);
}

void
bk_native_backend_caught_up (BkNativeBackend *self)
{
  if (self->state != BK_BACKEND_SYNCHRONIZING)
    return;
  bk_native_backend_resume_patient (self);
  bk_native_backend_enter_state (self, BK_BACKEND_ONLINE, NULL, 0);
}

/* ---- the attempt ---- */

static void
on_link_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean opened = bk_native_link_open_finish (BK_NATIVE_LINK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  BkNativeBackend *self = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  if (opened)
    {
      send_sign_in (self);
      bk_native_backend_enter_state (self, BK_BACKEND_SIGNING_IN, NULL, 0);
    }
  else
    lose (self, error, 0);
}

static void
on_link_found (BkNativeLink *link, gpointer user_data)
{
  bk_native_backend_enter_state (user_data, BK_BACKEND_CONNECTING, NULL, 0);
}

static void
on_link_frame (BkNativeLink *link, const BkFrame *frame, gpointer user_data)
{
  BkNativeBackend *self = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  gboolean is_bye = bk_frame_get_frame_type (frame) == BK_FRAME_BYE;
  g_autoptr (GError) error = NULL;

  /* After sign_out () nothing is to be reported any more, though the step that hangs up is yet to come. */
  if (self->wish == BK_NATIVE_WISH_SIGN_OUT || self->wish == BK_NATIVE_WISH_SIGN_IN)
    return;
  if (bk_native_backend_is_signed_in (self) || is_bye)
    {
      bk_native_backend_take_frame (self, frame);
      return;
    }
  error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The server sent something before the sign-in");
  lose (self, error, 0);
}

static void
on_link_closed (BkNativeLink *link, const GError *error, gpointer user_data)
{
  BkNativeBackend *self = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);

  lose (self, error, 0);
}

void
bk_native_backend_start (BkNativeBackend *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkNativeAddress) address = bk_native_address_new (self->server, self->sign_in_name, &error);

  if (address == NULL)
    {
      give_up (self, error);
      return;
    }
  self->started_at = bk_clock_now (self->clock);
  self->cancellable = g_cancellable_new ();
  self->link = bk_native_link_new (self->clock, address, self->tls_database, self->ping_seconds);
  g_signal_connect (self->link, "found", G_CALLBACK (on_link_found), self);
  g_signal_connect (self->link, "frame", G_CALLBACK (on_link_frame), self);
  g_signal_connect (self->link, "closed", G_CALLBACK (on_link_closed), self);
  bk_native_link_open_async (self->link, self->cancellable, on_link_opened, self);
  bk_native_backend_enter_state (self, BK_BACKEND_FINDING, NULL, 0);
}

/* ---- the object ---- */

static void
bk_native_backend_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (object);

  if (id == PROP_CLOCK)
    self->clock = g_value_dup_object (value);
  else if (id == PROP_TLS_DATABASE)
    self->tls_database = g_value_dup_object (value);
  else if (id == PROP_PING_SECONDS)
    self->ping_seconds = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_native_backend_constructed (GObject *object)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (object);

  G_OBJECT_CLASS (bk_native_backend_parent_class)->constructed (object);
  self->probed_at = bk_clock_now (self->clock) - G_USEC_PER_SEC * 60;
}

static void
bk_native_backend_dispose (GObject *object)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (object);

  g_clear_handle_id (&self->wish_source, g_source_remove);
  bk_native_backend_hang_up (self, FALSE);
  bk_native_backend_stop_patient (self);
  G_OBJECT_CLASS (bk_native_backend_parent_class)->dispose (object);
}

static void
bk_native_backend_finalize (GObject *object)
{
  BkNativeBackend *self = BK_NATIVE_BACKEND (object);

  g_free (self->sign_in_name);
  g_free (self->server);
  bk_native_free_secret (self->password);
  bk_native_free_secret (self->token);
  g_free (self->device);
  g_free (self->epoch);
  g_free (self->next_epoch);
  g_free (self->personal_message);
  g_array_unref (self->sites);
  g_clear_object (&self->tls_database);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bk_native_backend_parent_class)->finalize (object);
}

static void
bk_native_backend_class_init (BkNativeBackendClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = bk_native_backend_set_property;
  object_class->constructed = bk_native_backend_constructed;
  object_class->dispose = bk_native_backend_dispose;
  object_class->finalize = bk_native_backend_finalize;
  props[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, BK_TYPE_CLOCK, flags);
  props[PROP_TLS_DATABASE] = g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  props[PROP_PING_SECONDS] = g_param_spec_uint ("ping-seconds", NULL, NULL, 1, 3600, PING_SECONDS, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
bk_native_backend_init (BkNativeBackend *self)
{
  self->status = BECKON_STATUS_ONLINE;
  self->sites = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_queue_init (&self->lock_waiting);
  g_queue_init (&self->patient_waiting);
  g_queue_init (&self->patient_asked);
}

BkNativeBackend *
bk_native_backend_new (BkClock *clock)
{
  return g_object_new (BK_TYPE_NATIVE_BACKEND, "clock", clock, NULL);
}
