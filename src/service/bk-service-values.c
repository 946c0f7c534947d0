/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-values.h"

#include "bk-ids.h"

#include <string.h>

/* Returns @text as a floating string. GDBus drops the connection over a string that is not UTF-8. */
GVariant *
bk_service_text (const char *text)
{
  if (text == NULL)
    return g_variant_new_string ("");
  if (g_utf8_validate (text, -1, NULL))
    return g_variant_new_string (text);
  return g_variant_new_take_string (g_utf8_make_valid (text, -1));
}

/* Returns the object path of number @number below @folder, floating. */
GVariant *
bk_service_path (const char *folder, guint number)
{
  g_autofree char *path = g_strdup_printf ("%s/%u", folder, number);

  return g_variant_new_object_path (path);
}

/* Reads the number of an object path below @folder, in the one way of writing it that bk_service_path () has. */
gboolean
bk_service_path_parse (const char *path, const char *folder, guint *number)
{
  gsize length = strlen (folder);
  guint64 value = 0;

  if (strncmp (path, folder, length) != 0 || path[length] != '/' || path[length + 1] == '0')
    return FALSE;
  if (!g_ascii_string_to_unsigned (path + length + 1, 10, 1, G_MAXUINT, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* Whether @status is one of those that people can choose, or could be: the engine knows. */
gboolean
bk_service_status_is_known (guint32 status)
{
  g_autoptr (GEnumClass) statuses = g_type_class_ref (BECKON_TYPE_STATUS);

  return status <= G_MAXINT && g_enum_get_value (statuses, (int) status) != NULL
         && (status & BECKON_STATUS_ONLINE) != 0;
}

/* Ten thousand contacts do this: a format takes five times as long. @value: floating. */
static void
add_fact (GVariantBuilder *builder, const char *name, GVariant *value)
{
  g_variant_builder_add_value (builder, g_variant_new_dict_entry (g_variant_new_string (name),
                                                                  g_variant_new_variant (value)));
}

static void
add_text (GVariantBuilder *builder, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    add_fact (builder, name, bk_service_text (text));
}

static void
add_flag (GVariantBuilder *builder, const char *name, gboolean flag)
{
  if (flag)
    add_fact (builder, name, g_variant_new_boolean (TRUE));
}

/* Ten thousand contacts travel at once: what is not so is left out. */
static GVariant *
contact_facts_to_variant (BkEngineContact *contact)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const BkEngineMessage *last = bk_engine_contact_get_last (contact);

  add_text (&builder, "alias", bk_engine_contact_get_alias (contact));
  add_text (&builder, "avatar", bk_engine_contact_get_avatar (contact));
  add_text (&builder, "draft", bk_engine_contact_get_draft (contact));
  add_flag (&builder, "pinned", bk_engine_contact_get_pinned (contact));
  add_flag (&builder, "muted", bk_engine_contact_get_muted (contact));
  add_flag (&builder, "typing", bk_engine_contact_get_typing (contact));
  if (last != NULL)
    {
      add_text (&builder, "last-text", last->text);
      add_fact (&builder, "last-time", g_variant_new_int64 (last->time));
      add_fact (&builder, "last-delivery", g_variant_new_uint32 (last->delivery));
      add_flag (&builder, "last-outgoing", last->outgoing);
      add_flag (&builder, "last-session", last->session);
    }
  return g_variant_builder_end (&builder);
}

/* Returns: (ssubussua{sv}), floating */
GVariant *
bk_service_contact_to_variant (BkEngineContact *contact)
{
  GVariant *fields[] = {
    bk_service_text (bk_engine_contact_get_sign_in_name (contact)),
    bk_service_text (bk_engine_contact_get_display_name (contact)),
    g_variant_new_uint32 (bk_engine_contact_get_relation (contact)),
    g_variant_new_boolean (bk_engine_contact_get_blocked (contact)),
    g_variant_new_uint32 (bk_engine_contact_get_status (contact)),
    bk_service_text (bk_engine_contact_get_personal_message (contact)),
    bk_service_text (bk_engine_contact_get_request_text (contact)),
    g_variant_new_uint32 (bk_engine_contact_get_unread (contact)),
    contact_facts_to_variant (contact),
  };

  return g_variant_new_tuple (fields, G_N_ELEMENTS (fields));
}

/* What there is to an entry that is a session; empty for a message. */
static GVariant *
session_entry_to_variant (const BkEngineMessage *message)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (message->session)
    {
      g_variant_builder_add (&builder, "{sv}", "session", bk_service_text (message->message_id));
      g_variant_builder_add (&builder, "{sv}", "application", bk_service_text (message->application));
      g_variant_builder_add (&builder, "{sv}", "application-name", bk_service_text (message->application_name));
      g_variant_builder_add (&builder, "{sv}", "result", g_variant_new_uint32 (message->result));
      g_variant_builder_add (&builder, "{sv}", "result-text", bk_service_text (message->result_text));
    }
  if (message->session && message->file_name != NULL)
    {
      g_variant_builder_add (&builder, "{sv}", "file-name", bk_service_text (message->file_name));
      g_variant_builder_add (&builder, "{sv}", "file-size", g_variant_new_uint64 (message->file_size));
      add_text (&builder, "file-path", message->file_path);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
bk_service_message_to_variant (const BkEngineMessage *message)
{
  return g_variant_new ("(x@sb@sxu@s@a{sv})", message->id, bk_service_text (message->message_id), message->outgoing,
                        bk_service_text (message->text), message->time, (guint32) message->delivery,
                        bk_service_text (message->error), session_entry_to_variant (message));
}

GVariant *
bk_service_application_to_variant (BkEngineApplication *application)
{
  const char *reason = NULL;
  gboolean present = bk_engine_application_is_present (application, &reason);

  return g_variant_new ("(@s@s@s@s@sub@sb)", bk_service_text (bk_engine_application_get_guid (application)),
                        bk_service_text (bk_engine_application_get_name (application)),
                        bk_service_text (bk_engine_application_get_url (application)),
                        bk_service_text (bk_engine_application_get_icon (application)),
                        bk_service_text (bk_engine_application_get_comment (application)),
                        (guint32) bk_engine_application_get_flags (application), present,
                        bk_service_text (present ? NULL : reason), bk_engine_application_is_user (application));
}

/* Returns @count items of @list from @position on as an array of type @type, floating. */
GVariant *
bk_service_list_to_variant (GListModel *list, guint position, guint count, const char *type,
                            BkServiceToVariant to_variant)
{
  g_autofree char *array = g_strconcat ("a", type, NULL);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (array));

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, position + i);

      if (item != NULL)
        g_variant_builder_add_value (&builder, to_variant (item));
    }
  return g_variant_builder_end (&builder);
}

/* Looks up a known option of an a{sv}. Absent is fine (@value NULL), the wrong type is not. */
gboolean
bk_service_option (GVariant *options, const char *key, const GVariantType *type, GVariant **value, GError **error)
{
  *value = g_variant_lookup_value (options, key, NULL);
  if (*value == NULL || g_variant_is_of_type (*value, type))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The option “%s” has the wrong type.", key);
  g_clear_pointer (value, g_variant_unref);
  return FALSE;
}

/* The same for one line of text of at most @max bytes; absent and empty are both NULL. */
gboolean
bk_service_option_text (GVariant *options, const char *key, gsize max, char **text, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  *text = NULL;
  if (!bk_service_option (options, key, G_VARIANT_TYPE_STRING, &value, error))
    return FALSE;
  if (value == NULL || *g_variant_get_string (value, NULL) == '\0')
    return TRUE;
  if (!bk_text_is_valid (g_variant_get_string (value, NULL), max, FALSE))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                   "The option “%s” must be one line of at most %" G_GSIZE_FORMAT " bytes.", key, max);
      return FALSE;
    }
  *text = g_variant_dup_string (value, NULL);
  return TRUE;
}
