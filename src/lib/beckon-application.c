/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-application.h"

#include "beckon-values-private.h"

struct _BeckonApplication
{
  GObject parent_instance;

  GVariant *value; /* what the service said last; the strings below point into it */
  const char *guid;
  const char *name;
  const char *url;
  const char *icon;
  const char *comment;
  BeckonSessionFlags flags;
  gboolean present;
  const char *reason;
  gboolean user;
};

enum
{
  PROP_0,
  PROP_GUID,
  PROP_NAME,
  PROP_URL,
  PROP_ICON,
  PROP_COMMENT,
  PROP_FLAGS,
  PROP_PRESENT,
  PROP_REASON,
  PROP_USER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonApplication, beckon_application, G_TYPE_OBJECT)

static void
read_value (BeckonApplication *self, GVariant *value)
{
  guint flags;

  g_variant_get (value, "(&s&s&s&s&sub&sb)",
                 &self->guid, &self->name, &self->url, &self->icon,
                 &self->comment, &flags, &self->present, &self->reason,
                 &self->user);
  self->flags = (BeckonSessionFlags) flags;
}

/* Makes the object from its form on the bus. */
BeckonApplication *
beckon_application_new (GVariant *value)
{
  BeckonApplication *self = g_object_new (BECKON_TYPE_APPLICATION, NULL);

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  return self;
}

/**
 * beckon_application_get_guid:
 * @self: a application
 *
 * Gets the GUID of the application.
 *
 * Returns: (transfer none): the GUID, braced, upper case
 */
const char *
beckon_application_get_guid (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->guid;
}

/**
 * beckon_application_get_name:
 * @self: a application
 *
 * Gets the name in the user's language.
 *
 * Returns: (transfer none): the name
 */
const char *
beckon_application_get_name (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->name;
}

/**
 * beckon_application_get_url:
 * @self: a application
 *
 * Gets the web page where the application can be had.
 *
 * Returns: (transfer none): the URL, empty if there is none
 */
const char *
beckon_application_get_url (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->url;
}

/**
 * beckon_application_get_icon:
 * @self: a application
 *
 * Gets the name of its icon.
 *
 * Returns: (transfer none): the icon name, empty if there is none
 */
const char *
beckon_application_get_icon (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->icon;
}

/**
 * beckon_application_get_comment:
 * @self: a application
 *
 * Gets a sentence about the application.
 *
 * Returns: (transfer none): the comment, empty if there is none
 */
const char *
beckon_application_get_comment (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->comment;
}

/**
 * beckon_application_get_flags:
 * @self: a application
 *
 * Gets what kind of application it is.
 *
 * Returns: the flags
 */
BeckonSessionFlags
beckon_application_get_flags (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), 0);

  return self->flags;
}

/**
 * beckon_application_get_present:
 * @self: a application
 *
 * Gets whether its program can be started on this machine.
 *
 * Returns: whether it is present
 */
gboolean
beckon_application_get_present (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), FALSE);

  return self->present;
}

/**
 * beckon_application_get_reason:
 * @self: a application
 *
 * Gets why its program cannot be started.
 *
 * Returns: (transfer none): a sentence, empty if it can
 */
const char *
beckon_application_get_reason (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), NULL);

  return self->reason;
}

/**
 * beckon_application_get_user:
 * @self: a application
 *
 * Gets whether it is registered in the user's own folder.
 *
 * Returns: whether it is the user's
 */
gboolean
beckon_application_get_user (BeckonApplication *self)
{
  g_return_val_if_fail (BECKON_IS_APPLICATION (self), FALSE);

  return self->user;
}

static void
beckon_application_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonApplication *self = BECKON_APPLICATION (object);

  switch (property_id)
    {
    case PROP_GUID:
      g_value_set_string (value, self->guid);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_ICON:
      g_value_set_string (value, self->icon);
      break;
    case PROP_COMMENT:
      g_value_set_string (value, self->comment);
      break;
    case PROP_FLAGS:
      g_value_set_flags (value, self->flags);
      break;
    case PROP_PRESENT:
      g_value_set_boolean (value, self->present);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_USER:
      g_value_set_boolean (value, self->user);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_application_finalize (GObject *object)
{
  g_clear_pointer (&BECKON_APPLICATION (object)->value, g_variant_unref);
  G_OBJECT_CLASS (beckon_application_parent_class)->finalize (object);
}

static void
beckon_application_class_init (BeckonApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_application_get_property;
  object_class->finalize = beckon_application_finalize;

  /**
   * BeckonApplication:guid:
   *
   * The GUID of the application.
   */
  properties[PROP_GUID] = g_param_spec_string ("guid", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:name:
   *
   * The name in the user's language.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:url:
   *
   * The web page where the application can be had.
   */
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:icon:
   *
   * The name of its icon.
   */
  properties[PROP_ICON] = g_param_spec_string ("icon", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:comment:
   *
   * A sentence about the application.
   */
  properties[PROP_COMMENT] = g_param_spec_string ("comment", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:flags:
   *
   * What kind of application it is.
   */
  properties[PROP_FLAGS] = g_param_spec_flags ("flags", NULL, NULL, BECKON_TYPE_SESSION_FLAGS, 0, flags);
  /**
   * BeckonApplication:present:
   *
   * Whether its program can be started on this machine.
   */
  properties[PROP_PRESENT] = g_param_spec_boolean ("present", NULL, NULL, FALSE, flags);
  /**
   * BeckonApplication:reason:
   *
   * Why its program cannot be started.
   */
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  /**
   * BeckonApplication:user:
   *
   * Whether it is registered in the user's own folder.
   */
  properties[PROP_USER] = g_param_spec_boolean ("user", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_application_init (BeckonApplication *self)
{
}
