/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-contact.h"

#include "beckon-values-private.h"

#include <string.h>

typedef enum
{
  TEXT_SIGNIN_NAME,
  TEXT_DISPLAY_NAME,
  TEXT_PERSONAL_MESSAGE,
  TEXT_REQUEST,
  TEXT_ALIAS,
  TEXT_AVATAR,
  TEXT_DRAFT,
  TEXT_LAST,
  N_TEXTS
} Text;

typedef enum
{
  FLAG_BLOCKED,
  FLAG_PINNED,
  FLAG_MUTED,
  FLAG_TYPING,
  FLAG_LAST_OUTGOING,
  FLAG_LAST_SESSION,
  N_FLAGS
} Flag;

/* What the service said last. Ten thousand contacts are read at once, and all that is said of each is asked for when a
 * list is sorted: looking it up in what came over the bus takes ten times as long, and as much again to keep. */
typedef struct
{
  const char *texts[N_TEXTS]; /* those that are not empty stand one after the other in @block */
  char *block;
  gint64 last_time;
  BeckonRelation relation;
  BeckonStatus status;
  BeckonDelivery last_delivery;
  guint unread;
  guint flags; /* bit of each Flag */
} Facts;

struct _BeckonContact
{
  GObject parent_instance;

  Facts facts;
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
  PROP_UNREAD,
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

static const guint text_properties[N_TEXTS] = {
  [TEXT_SIGNIN_NAME] = PROP_SIGNIN_NAME,
  [TEXT_DISPLAY_NAME] = PROP_DISPLAY_NAME,
  [TEXT_PERSONAL_MESSAGE] = PROP_PERSONAL_MESSAGE,
  [TEXT_REQUEST] = PROP_REQUEST_TEXT,
  [TEXT_ALIAS] = PROP_ALIAS,
  [TEXT_AVATAR] = PROP_AVATAR,
  [TEXT_DRAFT] = PROP_DRAFT,
  [TEXT_LAST] = PROP_LAST_TEXT,
};

static const guint flag_properties[N_FLAGS] = {
  [FLAG_BLOCKED] = PROP_BLOCKED,
  [FLAG_PINNED] = PROP_PINNED,
  [FLAG_MUTED] = PROP_MUTED,
  [FLAG_TYPING] = PROP_TYPING,
  [FLAG_LAST_OUTGOING] = PROP_LAST_OUTGOING,
  [FLAG_LAST_SESSION] = PROP_LAST_SESSION,
};

G_DEFINE_FINAL_TYPE (BeckonContact, beckon_contact, G_TYPE_OBJECT)

/* ---- from the bus ---- */

/* The texts that it returns live as long as what @parent is of. */
static const char *
peek_text (GVariant *parent, gsize i)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, i);

  return g_variant_get_string (child, NULL);
}

static guint32
get_number (GVariant *parent, gsize i)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, i);

  return g_variant_get_uint32 (child);
}

static gboolean
get_boolean (GVariant *parent, gsize i)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, i);

  return g_variant_get_boolean (child);
}

static gboolean
find_name (const char *const *names, guint n_names, const char *name, guint *found)
{
  for (*found = 0; *found < n_names; (*found)++)
    if (names[*found] != NULL && g_str_equal (names[*found], name))
      return TRUE;
  return FALSE;
}

/* Something else under a name that is known, and what is not known, are passed over. */
static void
read_fact (Facts *facts, const char *name, GVariant *value)
{
  static const char *const texts[N_TEXTS] = {
    [TEXT_ALIAS] = "alias", [TEXT_AVATAR] = "avatar", [TEXT_DRAFT] = "draft", [TEXT_LAST] = "last-text"
  };
  static const char *const flags[N_FLAGS] = {
    [FLAG_PINNED] = "pinned",
    [FLAG_MUTED] = "muted",
    [FLAG_TYPING] = "typing",
    [FLAG_LAST_OUTGOING] = "last-outgoing",
    [FLAG_LAST_SESSION] = "last-session",
  };
  guint found;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) && find_name (texts, N_TEXTS, name, &found))
    facts->texts[found] = g_variant_get_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && find_name (flags, N_FLAGS, name, &found))
    facts->flags |= g_variant_get_boolean (value) ? 1u << found : 0;
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) && g_str_equal (name, "last-time"))
    facts->last_time = g_variant_get_int64 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) && g_str_equal (name, "last-delivery"))
    facts->last_delivery = (BeckonDelivery) g_variant_get_uint32 (value);
}

static void
read_dictionary (Facts *facts, GVariant *dictionary)
{
  gsize n_entries = g_variant_n_children (dictionary);

  for (gsize i = 0; i < n_entries; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (dictionary, i);
      g_autoptr (GVariant) boxed = g_variant_get_child_value (entry, 1);
      g_autoptr (GVariant) value = g_variant_get_variant (boxed);

      read_fact (facts, peek_text (entry, 0), value);
    }
}

/* Copies the texts, which are those of what came over the bus, to where they stay. */
static void
keep_texts (Facts *facts)
{
  gsize lengths[N_TEXTS];
  gsize size = 0;
  char *place;

  for (guint i = 0; i < N_TEXTS; i++)
    {
      lengths[i] = strlen (facts->texts[i]);
      size += lengths[i] > 0 ? lengths[i] + 1 : 0;
    }
  place = facts->block = g_malloc (size);
  for (guint i = 0; i < N_TEXTS; i++)
    if (lengths[i] > 0)
      {
        facts->texts[i] = memcpy (place, facts->texts[i], lengths[i] + 1);
        place += lengths[i] + 1;
      }
    else
      {
        facts->texts[i] = "";
      }
}

static void
read_value (Facts *facts, GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);
  g_autoptr (GVariant) dictionary = g_variant_get_child_value (value, 8);

  *facts = (Facts) { .last_delivery = BECKON_DELIVERY_RECEIVED };
  for (guint i = 0; i < N_TEXTS; i++)
    facts->texts[i] = "";
  facts->texts[TEXT_SIGNIN_NAME] = peek_text (value, 0);
  facts->texts[TEXT_DISPLAY_NAME] = peek_text (value, 1);
  facts->relation = (BeckonRelation) get_number (value, 2);
  facts->flags = get_boolean (value, 3) ? 1u << FLAG_BLOCKED : 0;
  facts->status = (BeckonStatus) get_number (value, 4);
  facts->texts[TEXT_PERSONAL_MESSAGE] = peek_text (value, 5);
  facts->texts[TEXT_REQUEST] = peek_text (value, 6);
  facts->unread = get_number (value, 7);
  read_dictionary (facts, dictionary);
  keep_texts (facts);
}

static gboolean
get_flag (BeckonContact *self, Flag flag)
{
  return (self->facts.flags & 1u << flag) != 0;
}

/* @changed: (nullable): the names of the properties. */
static void
notify_if (BeckonContact *self, gboolean differs, guint property, GPtrArray *changed)
{
  if (!differs)
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
  if (changed != NULL)
    g_ptr_array_add (changed, (gpointer) properties[property]->name);
}

static void
notify_facts (BeckonContact *self, const Facts *old, GPtrArray *changed)
{
  const Facts *new = &self->facts;

  for (guint i = 0; i < N_TEXTS; i++)
    notify_if (self, !g_str_equal (old->texts[i], new->texts[i]), text_properties[i], changed);
  for (guint i = 0; i < N_FLAGS; i++)
    notify_if (self, ((old->flags ^ new->flags) & 1u << i) != 0, flag_properties[i], changed);
  notify_if (self, old->relation != new->relation, PROP_RELATION, changed);
  notify_if (self, old->status != new->status, PROP_STATUS, changed);
  notify_if (self, old->unread != new->unread, PROP_UNREAD, changed);
  notify_if (self, old->last_time != new->last_time, PROP_LAST_TIME, changed);
  notify_if (self, old->last_delivery != new->last_delivery, PROP_LAST_DELIVERY, changed);
}

/* Makes the object from its form on the bus. */
BeckonContact *
beckon_contact_new (GVariant *value)
{
  BeckonContact *self = g_object_new (BECKON_TYPE_CONTACT, NULL);

  read_value (&self->facts, value);
  return self;
}

/* Takes over a newer form and notifies what differs: @changed gets the names of those properties. */
void
beckon_contact_update (BeckonContact *self, GVariant *value, GPtrArray *changed)
{
  Facts old = self->facts;

  read_value (&self->facts, value);
  g_object_freeze_notify (G_OBJECT (self));
  notify_facts (self, &old, changed);
  g_object_thaw_notify (G_OBJECT (self));
  g_free (old.block);
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

  return self->facts.texts[TEXT_SIGNIN_NAME];
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

  return self->facts.texts[TEXT_DISPLAY_NAME];
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

  return self->facts.relation;
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

  return get_flag (self, FLAG_BLOCKED);
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

  return self->facts.status;
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

  return self->facts.texts[TEXT_PERSONAL_MESSAGE];
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

  return self->facts.texts[TEXT_REQUEST];
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

  return self->facts.unread;
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

  return self->facts.texts[TEXT_ALIAS];
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

  return self->facts.texts[TEXT_AVATAR];
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

  return get_flag (self, FLAG_PINNED);
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

  return get_flag (self, FLAG_MUTED);
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

  return get_flag (self, FLAG_TYPING);
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

  return self->facts.texts[TEXT_DRAFT];
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

  return self->facts.texts[TEXT_LAST];
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

  return self->facts.last_time;
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

  return get_flag (self, FLAG_LAST_OUTGOING);
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

  return self->facts.last_delivery;
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

  return get_flag (self, FLAG_LAST_SESSION);
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
      g_value_set_string (value, self->facts.texts[TEXT_SIGNIN_NAME]);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->facts.texts[TEXT_DISPLAY_NAME]);
      break;
    case PROP_RELATION:
      g_value_set_enum (value, self->facts.relation);
      break;
    case PROP_BLOCKED:
      g_value_set_boolean (value, get_flag (self, FLAG_BLOCKED));
      break;
    case PROP_STATUS:
      g_value_set_enum (value, self->facts.status);
      break;
    case PROP_PERSONAL_MESSAGE:
      g_value_set_string (value, self->facts.texts[TEXT_PERSONAL_MESSAGE]);
      break;
    case PROP_REQUEST_TEXT:
      g_value_set_string (value, self->facts.texts[TEXT_REQUEST]);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->facts.unread);
      break;
    case PROP_ALIAS:
      g_value_set_string (value, self->facts.texts[TEXT_ALIAS]);
      break;
    case PROP_AVATAR:
      g_value_set_string (value, self->facts.texts[TEXT_AVATAR]);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, get_flag (self, FLAG_PINNED));
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, get_flag (self, FLAG_MUTED));
      break;
    case PROP_TYPING:
      g_value_set_boolean (value, get_flag (self, FLAG_TYPING));
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->facts.texts[TEXT_DRAFT]);
      break;
    case PROP_LAST_TEXT:
      g_value_set_string (value, self->facts.texts[TEXT_LAST]);
      break;
    case PROP_LAST_TIME:
      g_value_set_int64 (value, self->facts.last_time);
      break;
    case PROP_LAST_OUTGOING:
      g_value_set_boolean (value, get_flag (self, FLAG_LAST_OUTGOING));
      break;
    case PROP_LAST_DELIVERY:
      g_value_set_enum (value, self->facts.last_delivery);
      break;
    case PROP_LAST_SESSION:
      g_value_set_boolean (value, get_flag (self, FLAG_LAST_SESSION));
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

  g_free (self->facts.block);
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
