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
  GVariant *facts; /* a{sv} */
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
  PROP_ALIAS,
  PROP_AVATAR,
  PROP_PINNED,
  PROP_MUTED,
  PROP_TYPING,
  PROP_DRAFT,
  PROP_LAST_TEXT,
  PROP_LAST_TIME,
  PROP_LAST_OUTGOING,
  PROP_LAST_DELIVERY,
  PROP_LAST_SESSION,
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

  g_clear_pointer (&self->facts, g_variant_unref);
  g_variant_get (value, "(&s&subu&s&su@a{sv})",
                 &self->signin_name, &self->display_name, &relation, &self->blocked,
                 &status, &self->personal_message, &self->request_text, &self->unread, &self->facts);
  self->relation = (BeckonRelation) relation;
  self->status = (BeckonStatus) status;
}

/* What is told in the dictionary, by the property. */
static const struct
{
  const char *name;
  const char *type;
} fact_names[N_PROPS] = {
  [PROP_ALIAS] = { "alias", "s" },
  [PROP_AVATAR] = { "avatar", "s" },
  [PROP_PINNED] = { "pinned", "b" },
  [PROP_MUTED] = { "muted", "b" },
  [PROP_TYPING] = { "typing", "b" },
  [PROP_DRAFT] = { "draft", "s" },
  [PROP_LAST_TEXT] = { "last-text", "s" },
  [PROP_LAST_TIME] = { "last-time", "x" },
  [PROP_LAST_OUTGOING] = { "last-outgoing", "b" },
  [PROP_LAST_DELIVERY] = { "last-delivery", "u" },
  [PROP_LAST_SESSION] = { "last-session", "b" },
};

/* (transfer full) (nullable) */
static GVariant *
get_fact (GVariant *facts, guint property)
{
  return g_variant_lookup_value (facts, fact_names[property].name, G_VARIANT_TYPE (fact_names[property].type));
}

/* The text lives as long as what the service said last. */
static const char *
get_text (BeckonContact *self, guint property)
{
  const char *text = "";

  g_variant_lookup (self->facts, fact_names[property].name, "&s", &text);
  return text;
}

static gboolean
get_flag (BeckonContact *self, guint property)
{
  gboolean flag = FALSE;

  g_variant_lookup (self->facts, fact_names[property].name, "b", &flag);
  return flag;
}

static gint64
get_time (BeckonContact *self, guint property)
{
  gint64 time = 0;

  g_variant_lookup (self->facts, fact_names[property].name, "x", &time);
  return time;
}

static BeckonDelivery
get_delivery (BeckonContact *self, guint property)
{
  guint32 delivery = BECKON_DELIVERY_RECEIVED;

  g_variant_lookup (self->facts, fact_names[property].name, "u", &delivery);
  return (BeckonDelivery) delivery;
}

static void
notify_facts (BeckonContact *self, GVariant *before)
{
  for (guint i = PROP_ALIAS; i <= PROP_LAST_SESSION; i++)
    {
      g_autoptr (GVariant) old = get_fact (before, i);
      g_autoptr (GVariant) new = get_fact (self->facts, i);

      if (old == NULL ? new != NULL : new == NULL || !g_variant_equal (old, new))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
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
  g_autoptr (GVariant) facts = g_variant_ref (self->facts);

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  g_object_freeze_notify (G_OBJECT (self));
  beckon_values_notify (G_OBJECT (self), old, self->value, PROP_UNREAD, properties + PROP_0 + 1);
  notify_facts (self, facts);
  g_object_thaw_notify (G_OBJECT (self));
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
 * beckon_contact_get_alias:
 * @self: a contact
 *
 * Gets how the user calls this person: it is the display name, too.
 *
 * Returns: (transfer none): a name, empty if there is none
 */
const char *
beckon_contact_get_alias (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return get_text (self, PROP_ALIAS);
}

/**
 * beckon_contact_get_avatar:
 * @self: a contact
 *
 * Gets the picture of this person.
 *
 * Returns: (transfer none): path of a PNG or JPEG, empty if there is none
 */
const char *
beckon_contact_get_avatar (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return get_text (self, PROP_AVATAR);
}

/**
 * beckon_contact_get_pinned:
 * @self: a contact
 *
 * Gets whether this person stands above the others.
 *
 * Returns: whether pinned
 */
gboolean
beckon_contact_get_pinned (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return get_flag (self, PROP_PINNED);
}

/**
 * beckon_contact_get_muted:
 * @self: a contact
 *
 * Gets whether messages of this person are not announced.
 *
 * Returns: whether muted
 */
gboolean
beckon_contact_get_muted (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return get_flag (self, PROP_MUTED);
}

/**
 * beckon_contact_get_typing:
 * @self: a contact
 *
 * Gets whether this person is writing to the user just now.
 *
 * Returns: whether writing
 */
gboolean
beckon_contact_get_typing (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return get_flag (self, PROP_TYPING);
}

/**
 * beckon_contact_get_draft:
 * @self: a contact
 *
 * Gets the beginning of what the user has written to this person and not sent.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_contact_get_draft (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return get_text (self, PROP_DRAFT);
}

/**
 * beckon_contact_get_last_text:
 * @self: a contact
 *
 * Gets the newest entry of the conversation, cut to 200 characters.
 *
 * Returns: (transfer none): the text, empty if there is none
 */
const char *
beckon_contact_get_last_text (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), NULL);

  return get_text (self, PROP_LAST_TEXT);
}

/**
 * beckon_contact_get_last_time:
 * @self: a contact
 *
 * Gets when the newest entry of the conversation was written.
 *
 * Returns: microseconds since 1970, 0 if there is none
 */
gint64
beckon_contact_get_last_time (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), 0);

  return get_time (self, PROP_LAST_TIME);
}

/**
 * beckon_contact_get_last_outgoing:
 * @self: a contact
 *
 * Gets whether the newest entry of the conversation is the user's.
 *
 * Returns: whether it is outgoing
 */
gboolean
beckon_contact_get_last_outgoing (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return get_flag (self, PROP_LAST_OUTGOING);
}

/**
 * beckon_contact_get_last_delivery:
 * @self: a contact
 *
 * Gets how far the newest entry of the conversation has come.
 *
 * Returns: the delivery state
 */
BeckonDelivery
beckon_contact_get_last_delivery (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), BECKON_DELIVERY_RECEIVED);

  return get_delivery (self, PROP_LAST_DELIVERY);
}

/**
 * beckon_contact_get_last_session:
 * @self: a contact
 *
 * Gets whether the newest entry of the conversation is a session.
 *
 * Returns: whether it is
 */
gboolean
beckon_contact_get_last_session (BeckonContact *self)
{
  g_return_val_if_fail (BECKON_IS_CONTACT (self), FALSE);

  return get_flag (self, PROP_LAST_SESSION);
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
    case PROP_ALIAS:
      g_value_set_string (value, get_text (self, property_id));
      break;
    case PROP_AVATAR:
      g_value_set_string (value, get_text (self, property_id));
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, get_flag (self, property_id));
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, get_flag (self, property_id));
      break;
    case PROP_TYPING:
      g_value_set_boolean (value, get_flag (self, property_id));
      break;
    case PROP_DRAFT:
      g_value_set_string (value, get_text (self, property_id));
      break;
    case PROP_LAST_TEXT:
      g_value_set_string (value, get_text (self, property_id));
      break;
    case PROP_LAST_TIME:
      g_value_set_int64 (value, get_time (self, property_id));
      break;
    case PROP_LAST_OUTGOING:
      g_value_set_boolean (value, get_flag (self, property_id));
      break;
    case PROP_LAST_DELIVERY:
      g_value_set_enum (value, get_delivery (self, property_id));
      break;
    case PROP_LAST_SESSION:
      g_value_set_boolean (value, get_flag (self, property_id));
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
  BeckonContact *self = BECKON_CONTACT (object);

  g_clear_pointer (&self->facts, g_variant_unref);
  g_clear_pointer (&self->value, g_variant_unref);
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
   * BeckonContact:alias:
   *
   * How the user calls this person: it is the display name, too.
   */
  properties[PROP_ALIAS] = g_param_spec_string ("alias", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:avatar:
   *
   * The picture of this person.
   */
  properties[PROP_AVATAR] = g_param_spec_string ("avatar", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:pinned:
   *
   * Whether this person stands above the others.
   */
  properties[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, flags);
  /**
   * BeckonContact:muted:
   *
   * Whether messages of this person are not announced.
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  /**
   * BeckonContact:typing:
   *
   * Whether this person is writing to the user just now.
   */
  properties[PROP_TYPING] = g_param_spec_boolean ("typing", NULL, NULL, FALSE, flags);
  /**
   * BeckonContact:draft:
   *
   * The beginning of what the user has written to this person and not sent.
   */
  properties[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:last-text:
   *
   * The newest entry of the conversation, cut to 200 characters.
   */
  properties[PROP_LAST_TEXT] = g_param_spec_string ("last-text", NULL, NULL, NULL, flags);
  /**
   * BeckonContact:last-time:
   *
   * When the newest entry of the conversation was written.
   */
  properties[PROP_LAST_TIME] = g_param_spec_int64 ("last-time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * BeckonContact:last-outgoing:
   *
   * Whether the newest entry of the conversation is the user's.
   */
  properties[PROP_LAST_OUTGOING] = g_param_spec_boolean ("last-outgoing", NULL, NULL, FALSE, flags);
  /**
   * BeckonContact:last-delivery:
   *
   * How far the newest entry of the conversation has come.
   */
  properties[PROP_LAST_DELIVERY] = g_param_spec_enum ("last-delivery", NULL, NULL, BECKON_TYPE_DELIVERY, 0, flags);
  /**
   * BeckonContact:last-session:
   *
   * Whether the newest entry of the conversation is a session.
   */
  properties[PROP_LAST_SESSION] = g_param_spec_boolean ("last-session", NULL, NULL, FALSE, flags);
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
