/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-alert.h"

#include "beckon-values-private.h"

struct _BeckonAlert
{
  GObject parent_instance;

  GVariant *value; /* the strings below point into it */
  guint32 site;
  const char *id;
  const char *text;
  const char *url;
  gint64 time;
  const char *account;
};

enum
{
  PROP_0,
  PROP_SITE,
  PROP_ID,
  PROP_TEXT,
  PROP_URL,
  PROP_TIME,
  PROP_ACCOUNT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonAlert, beckon_alert, G_TYPE_OBJECT)

/* Makes the object from its form on the bus. */
BeckonAlert *
beckon_alert_new (GVariant *value)
{
  BeckonAlert *self = g_object_new (BECKON_TYPE_ALERT, NULL);

  self->value = g_variant_ref_sink (value);
  g_variant_get (value, "(u&s&s&sx&s)", &self->site, &self->id, &self->text, &self->url, &self->time, &self->account);
  return self;
}

/**
 * beckon_alert_get_site:
 * @self: an alert
 *
 * Gets what the alert is about: 0 is the service itself, other numbers are the operator's.
 *
 * Returns: the site
 */
guint32
beckon_alert_get_site (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), 0);

  return self->site;
}

/**
 * beckon_alert_get_id:
 * @self: an alert
 *
 * Gets the id, the same on all devices.
 *
 * Returns: (transfer none): a braced GUID
 */
const char *
beckon_alert_get_id (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), NULL);

  return self->id;
}

/**
 * beckon_alert_get_text:
 * @self: an alert
 *
 * Gets what is told, at most 1024 bytes.
 *
 * Returns: (transfer none): the text
 */
const char *
beckon_alert_get_text (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), NULL);

  return self->text;
}

/**
 * beckon_alert_get_url:
 * @self: an alert
 *
 * Gets a web page about it.
 *
 * Returns: (transfer none): an http or https URL, empty if there is none
 */
const char *
beckon_alert_get_url (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), NULL);

  return self->url;
}

/**
 * beckon_alert_get_time:
 * @self: an alert
 *
 * Gets when it was sent.
 *
 * Returns: microseconds since 1970
 */
gint64
beckon_alert_get_time (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), 0);

  return self->time;
}

/**
 * beckon_alert_get_account:
 * @self: an alert
 *
 * Gets whose operator speaks.
 *
 * Returns: (transfer none): sign-in name of the account
 */
const char *
beckon_alert_get_account (BeckonAlert *self)
{
  g_return_val_if_fail (BECKON_IS_ALERT (self), NULL);

  return self->account;
}

static void
beckon_alert_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonAlert *self = BECKON_ALERT (object);

  switch (property_id)
    {
    case PROP_SITE:
      g_value_set_uint (value, self->site);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_ACCOUNT:
      g_value_set_string (value, self->account);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_alert_finalize (GObject *object)
{
  g_variant_unref (BECKON_ALERT (object)->value);
  G_OBJECT_CLASS (beckon_alert_parent_class)->finalize (object);
}

static void
beckon_alert_class_init (BeckonAlertClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = beckon_alert_get_property;
  object_class->finalize = beckon_alert_finalize;

  /**
   * BeckonAlert:site:
   *
   * What it is about.
   */
  properties[PROP_SITE] = g_param_spec_uint ("site", NULL, NULL, 0, G_MAXUINT32, 0, flags);
  /**
   * BeckonAlert:id:
   *
   * Braced GUID.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, "", flags);
  /**
   * BeckonAlert:text:
   *
   * What is told.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  /**
   * BeckonAlert:url:
   *
   * A web page about it, empty if there is none.
   */
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, "", flags);
  /**
   * BeckonAlert:time:
   *
   * When it was sent, in microseconds since 1970.
   */
  properties[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonAlert:account:
   *
   * Sign-in name of the account whose operator speaks.
   */
  properties[PROP_ACCOUNT] = g_param_spec_string ("account", NULL, NULL, "", flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_alert_init (BeckonAlert *self)
{
}
