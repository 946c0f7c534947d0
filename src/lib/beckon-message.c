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
  GVariant *details; /* a{sv}, of a session; empty for a message */
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
  PROP_SESSION,
  PROP_APPLICATION,
  PROP_APPLICATION_NAME,
  PROP_RESULT,
  PROP_RESULT_TEXT,
  PROP_FILE_NAME,
  PROP_FILE_SIZE,
  PROP_FILE_PATH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonMessage, beckon_message, G_TYPE_OBJECT)

static void
read_value (BeckonMessage *self, GVariant *value)
{
  guint delivery;

  g_clear_pointer (&self->details, g_variant_unref);
  g_variant_get (value, "(x&sb&sxu&s@a{sv})",
                 &self->id, &self->message_id, &self->outgoing, &self->text,
                 &self->time, &delivery, &self->error, &self->details);
  self->delivery = (BeckonDelivery) delivery;
}

/* The strings live as long as the value that the service said last. */
static const char *
get_detail (GVariant *details, const char *name)
{
  const char *text = "";

  g_variant_lookup (details, name, "&s", &text);
  return text;
}

static guint
get_result (GVariant *details)
{
  guint32 result = BECKON_SESSION_RESULT_NONE;

  g_variant_lookup (details, "result", "u", &result);
  return result;
}

static const char *const detail_names[N_PROPS] = {
  [PROP_SESSION] = "session",
  [PROP_APPLICATION] = "application",
  [PROP_APPLICATION_NAME] = "application-name",
  [PROP_RESULT_TEXT] = "result-text",
  [PROP_FILE_NAME] = "file-name",
  [PROP_FILE_PATH] = "file-path",
};

static void
notify_details (BeckonMessage *self, GVariant *before)
{
  for (guint i = PROP_SESSION; i < N_PROPS; i++)
    if (detail_names[i] != NULL
        && !g_str_equal (get_detail (before, detail_names[i]), get_detail (self->details, detail_names[i])))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  if (get_result (before) != get_result (self->details))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESULT]);
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
  g_autoptr (GVariant) details = g_variant_ref (self->details);

  self->value = g_variant_ref_sink (value);
  read_value (self, self->value);
  g_object_freeze_notify (G_OBJECT (self));
  beckon_values_notify (G_OBJECT (self), old, self->value, PROP_ERROR, properties + PROP_0 + 1);
  notify_details (self, details);
  g_object_thaw_notify (G_OBJECT (self));
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

/**
 * beckon_message_get_session:
 * @self: a message
 *
 * Gets the session that this entry of the conversation stands for. Each invitation is such an entry, and stays one when
 * the session is over.
 *
 * Returns: (transfer none): the SessionID, empty for what somebody wrote
 */
const char *
beckon_message_get_session (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "session");
}

/**
 * beckon_message_get_application:
 * @self: a message
 *
 * Gets the application of the session.
 *
 * Returns: (transfer none): the GUID, empty for what somebody wrote
 */
const char *
beckon_message_get_application (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "application");
}

/**
 * beckon_message_get_application_name:
 * @self: a message
 *
 * Gets the name of the application of the session.
 *
 * Returns: (transfer none): the name, may be empty
 */
const char *
beckon_message_get_application_name (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "application-name");
}

/**
 * beckon_message_get_result:
 * @self: a message
 *
 * Gets why the session ended.
 *
 * Returns: the result, %BECKON_SESSION_RESULT_NONE while it is open
 */
BeckonSessionResult
beckon_message_get_result (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), BECKON_SESSION_RESULT_NONE);

  return (BeckonSessionResult) get_result (self->details);
}

/**
 * beckon_message_get_result_text:
 * @self: a message
 *
 * Gets why the session ended, in words.
 *
 * Returns: (transfer none): a sentence, empty while it is open
 */
const char *
beckon_message_get_result_text (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "result-text");
}

/**
 * beckon_message_get_file_name:
 * @self: a message
 *
 * Gets the name of the file that the session sends.
 *
 * Returns: (transfer none): the name, empty if it sends none
 */
const char *
beckon_message_get_file_name (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "file-name");
}

/**
 * beckon_message_get_file_size:
 * @self: a message
 *
 * Gets the size of the file that the session sends.
 *
 * Returns: bytes
 */
guint64
beckon_message_get_file_size (BeckonMessage *self)
{
  guint64 size = 0;

  g_return_val_if_fail (BECKON_IS_MESSAGE (self), 0);

  g_variant_lookup (self->details, "file-size", "t", &size);
  return size;
}

/**
 * beckon_message_get_file_path:
 * @self: a message
 *
 * Gets where the file is that the session sent, once it was received. For whoever sent it: where it was, if that is
 * known. It may be gone since.
 *
 * Returns: (transfer none): an absolute path, or empty
 */
const char *
beckon_message_get_file_path (BeckonMessage *self)
{
  g_return_val_if_fail (BECKON_IS_MESSAGE (self), NULL);

  return get_detail (self->details, "file-path");
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
    case PROP_SESSION:
    case PROP_APPLICATION:
    case PROP_APPLICATION_NAME:
    case PROP_RESULT_TEXT:
    case PROP_FILE_NAME:
    case PROP_FILE_PATH:
      g_value_set_string (value, get_detail (self->details, detail_names[property_id]));
      break;
    case PROP_FILE_SIZE:
      g_value_set_uint64 (value, beckon_message_get_file_size (self));
      break;
    case PROP_RESULT:
      g_value_set_enum (value, (int) beckon_message_get_result (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_message_finalize (GObject *object)
{
  g_clear_pointer (&BECKON_MESSAGE (object)->details, g_variant_unref);
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
  /**
   * BeckonMessage:session:
   *
   * The SessionID of the session that it stands for, empty for what somebody wrote.
   */
  properties[PROP_SESSION] = g_param_spec_string ("session", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:application:
   *
   * The GUID of the application of the session.
   */
  properties[PROP_APPLICATION] = g_param_spec_string ("application", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:application-name:
   *
   * The name of the application of the session.
   */
  properties[PROP_APPLICATION_NAME] = g_param_spec_string ("application-name", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:result:
   *
   * Why the session ended.
   */
  properties[PROP_RESULT]
    = g_param_spec_enum ("result", NULL, NULL, BECKON_TYPE_SESSION_RESULT, BECKON_SESSION_RESULT_NONE, flags);
  /**
   * BeckonMessage:result-text:
   *
   * Why the session ended, in words.
   */
  properties[PROP_RESULT_TEXT] = g_param_spec_string ("result-text", NULL, NULL, NULL, flags);

  /**
   * BeckonMessage:file-name:
   *
   * The name of the file that the session sends.
   */
  properties[PROP_FILE_NAME] = g_param_spec_string ("file-name", NULL, NULL, NULL, flags);
  /**
   * BeckonMessage:file-size:
   *
   * The size of the file that the session sends.
   */
  properties[PROP_FILE_SIZE] = g_param_spec_uint64 ("file-size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * BeckonMessage:file-path:
   *
   * Where the file is that the session sent, once it was received; where it was, for whoever sent it. It may be gone.
   */
  properties[PROP_FILE_PATH] = g_param_spec_string ("file-path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_message_init (BeckonMessage *self)
{
}
