/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-message.h"

#include "beckon-values-private.h"

struct _BeckonMessage
{
  GObject parent_instance;

  GVariant *value; /* what the service said last; the strings below point into it */
  gint64 id;
  const char *message_id;
  gboolean outgoing;
  const char *text;
  gint64 time;
  BeckonDelivery delivery;
  const char *error;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_MESSAGE_ID,
  PROP_OUTGOING,
  PROP_TEXT,
  PROP_TIME,
  PROP_DELIVERY,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonMessage, beckon_message, G_TYPE_OBJECT)

static void
read_value (BeckonMessage *self, GVariant *value)
{
  guint delivery;

  g_variant_get (value, "(x&sb&sxu&s)",
                 &self->id, &self->message_id, &self->outgoing, &self->text,
                 &self->time, &delivery, &self->error);
  self->delivery = (BeckonDelivery) delivery;
}

/* Makes the object from its form on the bus. */
BeckonMessage *
beckon_message_new (GVariant *value)
{
  BeckonMessage *self = g_object_new (BECKON_TYPE_MESSAGE, NULL);

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  return self;
}

/* Takes over a newer form and notifies what differs. */
void
beckon_message_update (BeckonMessage *self, GVariant *value)
{
  g_autoptr (GVariant) old = self->value;

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  beckon_values_notify (G_OBJECT (self), old, self->value, properties + PROP_0 + 1);
}

/**
 * beckon_message_get_id:
 * @self: a message
 *
 * Gets the place in the local history.
 *
 * Returns: the id; later messages have higher ones
 */
gint64
beckon_message_get_id (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), 0);

  return self->id;
}

/**
 * beckon_message_get_message_id:
 * @self: a message
 *
 * Gets the id that is the same on all devices.
 *
 * Returns: (transfer none): a GUID
 */
const char *
beckon_message_get_message_id (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return self->message_id;
}

/**
 * beckon_message_get_outgoing:
 * @self: a message
 *
 * Gets whether the user wrote it.
 *
 * Returns: whether it is outgoing
 */
gboolean
beckon_message_get_outgoing (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), FALSE);

  return self->outgoing;
}

/**
 * beckon_message_get_text:
 * @self: a message
 *
 * Gets the text.
 *
 * Returns: (transfer none): the text, plain
 */
const char *
beckon_message_get_text (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return self->text;
}

/**
 * beckon_message_get_time:
 * @self: a message
 *
 * Gets when the service took it.
 *
 * Returns: microseconds since 1970
 */
gint64
beckon_message_get_time (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), 0);

  return self->time;
}

/**
 * beckon_message_get_delivery:
 * @self: a message
 *
 * Gets how far it has come.
 *
 * Returns: the delivery state
 */
BeckonDelivery
beckon_message_get_delivery (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), 0);

  return self->delivery;
}

/**
 * beckon_message_get_error:
 * @self: a message
 *
 * Gets why it could not be delivered.
 *
 * Returns: (transfer none): a sentence, empty if there is nothing to say
 */
const char *
beckon_message_get_error (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return self->error;
}

static void
beckon_message_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonMessage *self = BECKON_MESSAGE (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_MESSAGE_ID:
      g_value_set_string (value, self->message_id);
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, self->outgoing);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_DELIVERY:
      g_value_set_enum (value, self->delivery);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_message_finalize (GObject *object)
{
  g_clear_pointer (&BECKON_MESSAGE (object)->value, g_variant_unref);
  G_OBJECT_CLASS (beckon_message_parent_class)->finalize (object);
}

static void
beckon_message_class_init (BeckonMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_message_get_property;
  object_class->finalize = beckon_message_finalize;

  /**
   * BeckonMessage:id:
   *
   * The place in the local history.
   */
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonMessage:message-id:
   *
   * The id that is the same on all devices.
   */
  properties[PROP_MESSAGE_ID] = g_param_spec_string ("message-id", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:outgoing:
   *
   * Whether the user wrote it.
   */
  properties[PROP_OUTGOING] = g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, flags);
  /**
   * BeckonMessage:text:
   *
   * The text.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:time:
   *
   * When the service took it.
   */
  properties[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * BeckonMessage:delivery:
   *
   * How far it has come.
   */
  properties[PROP_DELIVERY] = g_param_spec_enum ("delivery", NULL, NULL, BECKON_TYPE_DELIVERY, 0, flags);
  /**
   * BeckonMessage:error:
   *
   * Why it could not be delivered.
   */
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_message_init (BeckonMessage *self)
{
}
