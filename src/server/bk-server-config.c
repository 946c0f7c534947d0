/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-config-private.h"

#include "beckon-error.h"
#include "bk-frame.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-server-log.h"
#include "bk-server-metrics.h"
#include "bk-server-relays.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define MAX_LISTEN 8
#define MAX_DAYS 36500
#define DEFAULT_TURN_TTL (24 * 60 * 60)
/* What a message may wait longer for the disk, so that those of a burst go there together. */
#define COMMIT_REST_MS 10

BkServerConfig *
bk_server_config_new (void)
{
  BkServerConfig *self = g_new0 (BkServerConfig, 1);

  self->lock = TRUE;
  self->audit_days = 365;
  self->quota = bk_store_default_quota;
  self->requests_per_day = 300;
  self->connections = 10000;
  self->connections_per_address = 1000;
  self->outgoing_bytes = 4 * 1024 * 1024;
  self->frames = (BkServerRate){ 400, 10 };
  self->contact_adds = (BkServerRate){ 60, 5000 };
  self->registrations = (BkServerRate){ 20, 60000 };
  self->failures = (BkServerRate){ 10, 30000 };
  self->unlocks = (BkServerRate){ 60, 5000 };
  self->relays = (BkServerRate){ 60, 5000 };
  self->turn_ttl = DEFAULT_TURN_TTL;
  self->password_ops = crypto_pwhash_OPSLIMIT_INTERACTIVE;
  self->commit_rest_ms = COMMIT_REST_MS;
  self->password_memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
  return self;
}

void
bk_server_config_free (BkServerConfig *self)
{
  g_free (self->domain);
  g_free (self->database);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->metrics);
  g_strfreev (self->listen);
  g_clear_pointer (&self->sockets, g_array_unref);
  g_strfreev (self->stun_servers);
  g_strfreev (self->turn_servers);
  g_free (self->turn_secret);
  g_free (self->turn_secret_file);
  g_free (self);
}

static const char *const registration_words[] = {
  [BK_SERVER_REGISTRATION_DEFAULT] = "default",
  [BK_SERVER_REGISTRATION_OPEN] = "open",
  [BK_SERVER_REGISTRATION_TOKEN] = "token",
  [BK_SERVER_REGISTRATION_CLOSED] = "closed",
};

gboolean
bk_server_registration_from_string (const char *text, BkServerRegistration *registration)
{
  for (guint i = BK_SERVER_REGISTRATION_OPEN; i < G_N_ELEMENTS (registration_words); i++)
    if (g_str_equal (registration_words[i], text))
      {
        *registration = (BkServerRegistration) i;
        return TRUE;
      }
  return FALSE;
}

const char *
bk_server_registration_to_string (BkServerRegistration registration)
{
  return registration_words[registration];
}

gboolean
bk_server_lock_from_string (const char *text, gboolean *lock)
{
  *lock = g_str_equal (text, "on");
  return *lock || g_str_equal (text, "off");
}

gboolean
bk_server_cloud_from_string (const char *text, BkServerCloud *cloud)
{
  *cloud = g_str_equal (text, "test") ? BK_SERVER_CLOUD_TEST : BK_SERVER_CLOUD_PRODUCTION;
  return g_str_equal (text, bk_server_cloud_to_string (*cloud));
}

const char *
bk_server_cloud_to_string (BkServerCloud cloud)
{
  return cloud == BK_SERVER_CLOUD_TEST ? "test" : "production";
}

/* ---- the file ---- */

typedef enum
{
  SETTING_STRING,
  SETTING_LIST,
  SETTING_REGISTRATION,
  SETTING_LOCK,
  SETTING_CLOUD,
  SETTING_LOG_LEVEL,
  SETTING_NUMBER, /* 1 … 2^31 - 1 */
} SettingKind;

static const struct
{
  const char *group;
  const char *key;
  SettingKind kind;
  gsize offset;
  guint64 most; /* of a number; 0: 2^31 - 1 */
} settings[] = {
#define AT(member) G_STRUCT_OFFSET (BkServerConfig, member)
  { "server", "domain", SETTING_STRING, AT (domain) },
  { "server", "database", SETTING_STRING, AT (database) },
  { "server", "listen", SETTING_LIST, AT (listen) },
  { "server", "registration", SETTING_REGISTRATION, AT (registration) },
  { "server", "lock", SETTING_LOCK, AT (lock) },
  { "server", "cloud", SETTING_CLOUD, AT (cloud) },
  { "server", "tls-certificate", SETTING_STRING, AT (certificate) },
  { "server", "tls-key", SETTING_STRING, AT (key) },
  { "server", "log-level", SETTING_LOG_LEVEL, AT (log_level) },
  { "server", "metrics", SETTING_STRING, AT (metrics) },
  { "relays", "stun-servers", SETTING_LIST, AT (stun_servers) },
  { "relays", "turn-servers", SETTING_LIST, AT (turn_servers) },
  { "relays", "turn-secret", SETTING_STRING, AT (turn_secret) },
  { "relays", "turn-secret-file", SETTING_STRING, AT (turn_secret_file) },
  { "relays", "turn-ttl", SETTING_NUMBER, AT (turn_ttl) },
  { "limits", "audit-days", SETTING_NUMBER, AT (audit_days), MAX_DAYS },
  { "limits", "message-days", SETTING_NUMBER, AT (message_days), MAX_DAYS },
  { "limits", "messages-per-account", SETTING_NUMBER, AT (quota.messages) },
  { "limits", "message-bytes-per-account", SETTING_NUMBER, AT (quota.message_bytes) },
  { "limits", "envelope-bytes-per-account", SETTING_NUMBER, AT (quota.envelope_bytes) },
  { "limits", "contacts-per-account", SETTING_NUMBER, AT (quota.contacts), BK_LIMIT_CONTACTS },
  { "limits", "groups-per-account", SETTING_NUMBER, AT (quota.groups), BK_LIMIT_GROUPS },
  { "limits", "devices-per-account", SETTING_NUMBER, AT (quota.devices), BK_LIMIT_DEVICES },
  { "limits", "sessions-per-account", SETTING_NUMBER, AT (quota.sessions), BK_LIMIT_SESSIONS },
  { "limits", "requests-open", SETTING_NUMBER, AT (quota.requests_open), BK_LIMIT_CONTACTS },
  { "limits", "requests-waiting", SETTING_NUMBER, AT (quota.requests_waiting), BK_LIMIT_CONTACTS },
  { "limits", "requests-per-day", SETTING_NUMBER, AT (requests_per_day) },
  { "limits", "connections", SETTING_NUMBER, AT (connections) },
  { "limits", "connections-per-address", SETTING_NUMBER, AT (connections_per_address) },
  { "limits", "outgoing-bytes", SETTING_NUMBER, AT (outgoing_bytes) },
  { "limits", "frames-burst", SETTING_NUMBER, AT (frames.burst) },
  { "limits", "frames-interval-ms", SETTING_NUMBER, AT (frames.interval_ms) },
  { "limits", "contact-adds-burst", SETTING_NUMBER, AT (contact_adds.burst) },
  { "limits", "contact-adds-interval-ms", SETTING_NUMBER, AT (contact_adds.interval_ms) },
  { "limits", "registrations-burst", SETTING_NUMBER, AT (registrations.burst) },
  { "limits", "registrations-interval-ms", SETTING_NUMBER, AT (registrations.interval_ms) },
  { "limits", "failures-burst", SETTING_NUMBER, AT (failures.burst) },
  { "limits", "failures-interval-ms", SETTING_NUMBER, AT (failures.interval_ms) },
  { "limits", "unlocks-burst", SETTING_NUMBER, AT (unlocks.burst) },
  { "limits", "unlocks-interval-ms", SETTING_NUMBER, AT (unlocks.interval_ms) },
  { "limits", "relays-burst", SETTING_NUMBER, AT (relays.burst) },
  { "limits", "relays-interval-ms", SETTING_NUMBER, AT (relays.interval_ms) },
#undef AT
};

static gboolean
refuse_value (const char *key, const char *what, GError **error)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The value of “%s” is not %s", key, what);
  return FALSE;
}

/* GLib hands out a value and an error together where a backslash stands before a letter that it does not know. */
static gboolean
check_escapes (const char *key, const GError *problem, GError **error)
{
  return problem == NULL || refuse_value (key, "written right: a \\ stands as \\\\", error);
}

static gboolean
read_list (GKeyFile *file, gsize index, GStrv *place, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) list = g_key_file_get_string_list (file, settings[index].group, settings[index].key, NULL, &problem);

  if (!check_escapes (settings[index].key, problem, error))
    return FALSE;
  g_strfreev (*place);
  *place = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
read_text (GKeyFile *file, gsize index, char **text, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *text = g_key_file_get_string (file, settings[index].group, settings[index].key, &problem);
  return check_escapes (settings[index].key, problem, error);
}

G_STATIC_ASSERT (G_N_ELEMENTS (settings) <= BK_SERVER_MAX_SETTINGS);

static gboolean
check_most (gsize index, guint64 number, GError **error)
{
  if (settings[index].most == 0 || number <= settings[index].most)
    return TRUE;
  g_autofree char *what = g_strdup_printf ("a number from 1 to %" G_GUINT64_FORMAT, settings[index].most);
  return refuse_value (settings[index].key, what, error);
}

gboolean
_bk_server_config_read (BkServerConfig *self, GKeyFile *file, int which, GError **error)
{
  gsize index = (gsize) which;
  gpointer place = (char *) self + settings[index].offset;
  const char *key = settings[index].key;
  g_autofree char *text = NULL;
  guint64 number;

  if (settings[index].kind == SETTING_LIST)
    return read_list (file, index, place, error);
  if (!read_text (file, index, &text, error))
    return FALSE;
  switch (settings[index].kind)
    {
    case SETTING_STRING:
      g_free (*(char **) place);
      *(char **) place = g_steal_pointer (&text);
      return TRUE;
    case SETTING_LIST:
      break; /* see above */
    case SETTING_REGISTRATION:
      return bk_server_registration_from_string (text, place) || refuse_value (key, "open, token or closed", error);
    case SETTING_LOCK:
      return bk_server_lock_from_string (text, place) || refuse_value (key, "on or off", error);
    case SETTING_CLOUD:
      return bk_server_cloud_from_string (text, place) || refuse_value (key, "production or test", error);
    case SETTING_LOG_LEVEL:
      return bk_server_log_level_from_string (text, place)
             || refuse_value (key, "error, warning, message, info or debug", error);
    case SETTING_NUMBER:
      if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &number, NULL))
        return refuse_value (key, "a number above 0", error);
      *(guint *) place = (guint) number;
      return check_most (index, number, error);
    }
  return FALSE;
}

int
_bk_server_config_find (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_str_equal (settings[i].group, group) && g_str_equal (settings[i].key, key))
      return (int) i;
  return -1;
}

gboolean
_bk_server_config_nth (guint index, const char **group, const char **key)
{
  if (index >= G_N_ELEMENTS (settings))
    return FALSE;
  *group = settings[index].group;
  *key = settings[index].key;
  return TRUE;
}

/* ---- filling in the rest ---- */

/* Splits HOST:PORT; an IPv6 host stands in brackets. */
gboolean
bk_server_split_address (const char *text, char **host, guint16 *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  guint64 number;

  if (colon == NULL || colon == text || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "“%s” is no address to listen on: write HOST:PORT, for example 127.0.0.1:%d or [::1]:%d", text,
                   BK_FRAME_DEFAULT_PORT, BK_FRAME_DEFAULT_PORT);
      return FALSE;
    }
  *host = text[0] == '[' && colon[-1] == ']' ? g_strndup (text + 1, (gsize) (colon - text - 2))
                                             : g_strndup (text, (gsize) (colon - text));
  *port = (guint16) number;
  return TRUE;
}

static gboolean
is_loopback (const char *text, gboolean *loopback, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (!bk_server_split_address (text, &host, &port, error))
    return FALSE;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  *loopback = g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address));
  return TRUE;
}

gboolean
_bk_server_config_complete_listen (BkServerConfig *self, gboolean *only_loopback, GError **error)
{
  if (self->listen == NULL || self->listen[0] == NULL)
    {
      g_strfreev (self->listen);
      self->listen = g_new0 (char *, 2);
      self->listen[0] = g_strdup_printf ("127.0.0.1:%d", BK_FRAME_DEFAULT_PORT);
    }
  if (g_strv_length (self->listen) > MAX_LISTEN)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "At most %d addresses to listen on", MAX_LISTEN);
      return FALSE;
    }

  *only_loopback = TRUE;
  for (char **address = self->listen; *address != NULL; address++)
    {
      gboolean loopback;
      if (!is_loopback (*address, &loopback, error))
        return FALSE;
      *only_loopback = *only_loopback && loopback;
    }
  return TRUE;
}

gboolean
_bk_server_config_complete_domain (BkServerConfig *self, gboolean only_loopback, GError **error)
{
  if (self->domain == NULL && only_loopback)
    self->domain = g_strdup ("localhost");
  if (self->domain == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                           "A server that others can reach needs a domain: the part of its sign-in names after the @");
      return FALSE;
    }

  g_autofree char *name = g_strdup_printf ("x@%s", self->domain);
  g_autofree char *normal = bk_sign_in_name_normalize (name);
  if (normal == NULL)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "“%s” is no domain", self->domain);
      return FALSE;
    }
  g_free (self->domain);
  self->domain = g_strdup (normal + strlen ("x@"));
  return TRUE;
}

/* systemd gives a service a folder of its own. */
static gboolean
complete_database (BkServerConfig *self, GError **error)
{
  const char *state = g_getenv ("STATE_DIRECTORY");

  if (self->database != NULL)
    return TRUE;
  g_autofree char *folder = state != NULL ? g_strdup (state)
                                          : g_build_filename (g_get_user_data_dir (), "beckon-server", NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "The folder %s cannot be made", folder);
      return FALSE;
    }
  self->database = g_build_filename (folder, "server.db", NULL);
  return TRUE;
}

/* Checks what was given and fills in what was not. */
gboolean
bk_server_config_complete (BkServerConfig *self, GError **error)
{
  gboolean only_loopback;

  if (!_bk_server_config_complete_listen (self, &only_loopback, error)
      || !_bk_server_config_complete_domain (self, only_loopback, error)
      || !complete_database (self, error) || !bk_server_relays_complete (self, error))
    return FALSE;
  if (self->metrics != NULL && !bk_server_metrics_check (self->metrics, error))
    return FALSE;
  if (!only_loopback && self->certificate == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                           "A server that others can reach needs a certificate (--tls-certificate and --tls-key)");
      return FALSE;
    }
  if (self->registration == BK_SERVER_REGISTRATION_DEFAULT)
    self->registration = only_loopback ? BK_SERVER_REGISTRATION_OPEN : BK_SERVER_REGISTRATION_TOKEN;
  return TRUE;
}
