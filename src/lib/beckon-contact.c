/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-contact.h"

#include "beckon-values-private.h"

struct _BeckonContact
{
  GObject parent_instance;

  GVariant *value; /* what the service said last; the strings below point into it */
  const char *signin_name;
  const char *display_name;
  BeckonRelation relation;
  gboolean blocked;
  BeckonStatus status;
  const char *personal_message;
  const char *request_text;
  guint unread;
  gboolean is_self;
};

enum
{
  PROP_0,
  PROP_SIGNIN_NAME,
  PROP_DISPLAY_NAME,
  PROP_RELATION,
  PROP_BLOCKED,
  PROP_STATUS,
  PROP_PERSONAL_MESSAGE,
  PROP_REQUEST_TEXT,
  PROP_UNREAD, /* so far in the order of the fields */
  PROP_IS_SELF,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonContact, beckon_contact, G_TYPE_OBJECT)

static void
read_value (BeckonContact *self, GVariant *value)
{
  guint relation;
  guint status;

  g_variant_get (value, "(&s&subu&s&su)",
                 &self->signin_name, &self->display_name, &relation, &self->blocked,
                 &status, &self->personal_message, &self->request_text, &self->unread);
  self->relation = (BeckonRelation) relation;
  self->status = (BeckonStatus) status;
}

/* Makes the object from its form on the bus. */
BeckonContact *
beckon_contact_new (GVariant *value)
{
  BeckonContact *self = g_object_new (BECKON_TYPE_CONTACT, NULL);

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  return self;
}

/* Takes over a newer form and notifies what differs. */
void
beckon_contact_update (BeckonContact *self, GVariant *value)
{
  g_autoptr (GVariant) old = self->value;

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  beckon_values_notify (G_OBJECT (self), old, self->value, PROP_UNREAD, properties + PROP_0 + 1);
}

/* It is the user. For one that nobody else has yet. */
void
beckon_contact_set_self (BeckonContact *self)
{
  self->is_self = TRUE;
}

/**
 * beckon_contact_get_signin_name:
 * @self: a contact
 *
 * Gets the sign-in name.
 *
 * Returns: (transfer none): the name, `name@domain`
 */
const char *
beckon_contact_get_signin_name (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return self->signin_name;
}

/**
 * beckon_contact_get_display_name:
 * @self: a contact
 *
 * Gets the name to show.
 *
 * Returns: (transfer none): the name, never empty
 */
const char *
beckon_contact_get_display_name (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return self->display_name;
}

/**
 * beckon_contact_get_relation:
 * @self: a contact
 *
 * Gets what this person is to us.
 *
 * Returns: the relation
 */
BeckonRelation
beckon_contact_get_relation (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), 0);

  return self->relation;
}

/**
 * beckon_contact_get_blocked:
 * @self: a contact
 *
 * Gets whether the user blocked this person.
 *
 * Returns: whether blocked
 */
gboolean
beckon_contact_get_blocked (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return self->blocked;
}

/**
 * beckon_contact_get_status:
 * @self: a contact
 *
 * Gets the presence.
 *
 * Returns: the status
 */
BeckonStatus
beckon_contact_get_status (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), 0);

  return self->status;
}

/**
 * beckon_contact_get_personal_message:
 * @self: a contact
 *
 * Gets what this person says about the day.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_contact_get_personal_message (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return self->personal_message;
}

/**
 * beckon_contact_get_request_text:
 * @self: a contact
 *
 * Gets what came with the contact request.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_contact_get_request_text (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return self->request_text;
}

/**
 * beckon_contact_get_unread:
 * @self: a contact
 *
 * Gets the number of unread messages.
 *
 * Returns: the number
 */
guint
beckon_contact_get_unread (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), 0);

  return self->unread;
}

/**
 * beckon_contact_get_is_self:
 * @self: a contact
 *
 * Gets whether this is the account itself (`IsSelf`): only [method@Messenger.get_contact_async] gives such a one, the
 * contact list never has it.
 *
 * Returns: whether it is
 */
gboolean
beckon_contact_get_is_self (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return self->is_self;
}

static void
beckon_contact_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonContact *self = BECKON_CONTACT (object);

  switch (property_id)
    {
    case PROP_SIGNIN_NAME:
      g_value_set_string (value, self->signin_name);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_RELATION:
      g_value_set_enum (value, self->relation);
      break;
    case PROP_BLOCKED:
      g_value_set_boolean (value, self->blocked);
      break;
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_PERSONAL_MESSAGE:
      g_value_set_string (value, self->personal_message);
      break;
    case PROP_REQUEST_TEXT:
      g_value_set_string (value, self->request_text);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_IS_SELF:
      g_value_set_boolean (value, self->is_self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_contact_finalize (GObject *object)
{
  g_clear_pointer (&BECKON_CONTACT (object)->value, g_variant_unref);
  G_OBJECT_CLASS (beckon_contact_parent_class)->finalize (object);
}

static void
beckon_contact_class_init (BeckonContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_contact_get_property;
  object_class->finalize = beckon_contact_finalize;

  /**
   * BeckonContact:signin-name:
   *
   * The sign-in name.
   */
  properties[PROP_SIGNIN_NAME] = g_param_spec_string ("signin-name", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:display-name:
   *
   * The name to show.
   */
  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:relation:
   *
   * What this person is to us.
   */
  properties[PROP_RELATION] = g_param_spec_enum ("relation", NULL, NULL, BECKON_TYPE_RELATION, 0, flags);
  /**
   * BeckonContact:blocked:
   *
   * Whether the user blocked this person.
   */
  properties[PROP_BLOCKED] = g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  /**
   * BeckonContact:status:
   *
   * The presence.
   */
  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, BECKON_TYPE_STATUS, 0, flags);
  /**
   * BeckonContact:personal-message:
   *
   * What this person says about the day.
   */
  properties[PROP_PERSONAL_MESSAGE] = g_param_spec_string ("personal-message", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:request-text:
   *
   * What came with the contact request.
   */
  properties[PROP_REQUEST_TEXT] = g_param_spec_string ("request-text", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:unread:
   *
   * The number of unread messages.
   */
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * BeckonContact:is-self:
   *
   * Whether this is the account itself.
   */
  properties[PROP_IS_SELF] = g_param_spec_boolean ("is-self", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_contact_init (BeckonContact *self)
{
}
