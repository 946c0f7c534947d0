/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed: lines for people, JSON for programs. The names of members are part of the interface; they are
 * listed in the manual page. */
#include "bk-ctl.h"

#include <stdio.h>

/* ---- JSON ---- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text != NULL ? text : "");
}

static void
add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
build_account (JsonBuilder *builder, GObject *object)
{
  BeckonAccount *account = BECKON_ACCOUNT (object);

  add_text (builder, "signin_name", beckon_account_get_signin_name (account));
  add_text (builder, "display_name", beckon_account_get_display_name (account));
  add_text (builder, "avatar", beckon_account_get_avatar (account));
  add_text (builder, "server", beckon_account_get_server (account));
  add_text (builder, "state", beckon_account_get_state (account));
  add_text (builder, "status", beckon_status_to_nick (beckon_account_get_status (account)));
  add_text (builder, "wanted_status", beckon_status_to_nick (beckon_account_get_wanted_status (account)));
  add_text (builder, "personal_message", beckon_account_get_personal_message (account));
  add_text (builder, "error", beckon_account_get_error_name (account));
  add_text (builder, "error_text", beckon_account_get_error_text (account));
}

static void
build_contact (JsonBuilder *builder, GObject *object)
{
  BeckonContact *contact = BECKON_CONTACT (object);

  add_text (builder, "signin_name", beckon_contact_get_signin_name (contact));
  add_text (builder, "display_name", beckon_contact_get_display_name (contact));
  add_text (builder, "alias", beckon_contact_get_alias (contact));
  add_text (builder, "avatar", beckon_contact_get_avatar (contact));
  add_flag (builder, "pinned", beckon_contact_get_pinned (contact));
  add_flag (builder, "muted", beckon_contact_get_muted (contact));
  add_text (builder, "relation", beckon_relation_to_nick (beckon_contact_get_relation (contact)));
  add_flag (builder, "blocked", beckon_contact_get_blocked (contact));
  add_text (builder, "status", beckon_status_to_nick (beckon_contact_get_status (contact)));
  add_text (builder, "personal_message", beckon_contact_get_personal_message (contact));
  add_text (builder, "request_text", beckon_contact_get_request_text (contact));
  add_number (builder, "unread", beckon_contact_get_unread (contact));
  add_flag (builder, "typing", beckon_contact_get_typing (contact));
}

static void
build_group (JsonBuilder *builder, GObject *object)
{
  BeckonGroup *group = BECKON_GROUP (object);
  GListModel *contacts = beckon_group_get_contacts (group);

  add_text (builder, "id", beckon_group_get_id (group));
  add_text (builder, "name", beckon_group_get_name (group));
  json_builder_set_member_name (builder, "contacts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, i);
      json_builder_add_string_value (builder, beckon_contact_get_signin_name (contact));
    }
  json_builder_end_array (builder);
}

static void
build_message (JsonBuilder *builder, GObject *object)
{
  BeckonMessage *message = BECKON_MESSAGE (object);

  add_number (builder, "id", beckon_message_get_id (message));
  add_text (builder, "message_id", beckon_message_get_message_id (message));
  add_flag (builder, "outgoing", beckon_message_get_outgoing (message));
  add_text (builder, "text", beckon_message_get_text (message));
  add_number (builder, "time", beckon_message_get_time (message));
  add_text (builder, "delivery", beckon_delivery_to_nick (beckon_message_get_delivery (message)));
  add_text (builder, "error", beckon_message_get_error (message));
  add_text (builder, "session", beckon_message_get_session (message));
  if (*beckon_message_get_session (message) == '\0')
    return;
  add_text (builder, "application", beckon_message_get_application (message));
  add_text (builder, "application_name", beckon_message_get_application_name (message));
  add_text (builder, "result", beckon_session_result_to_nick (beckon_message_get_result (message)));
  add_text (builder, "result_text", beckon_message_get_result_text (message));
}

static void
build_found (JsonBuilder *builder, GObject *object)
{
  BeckonFound *found = BECKON_FOUND (object);

  add_text (builder, "account", beckon_account_get_signin_name (beckon_found_get_account (found)));
  add_text (builder, "who", beckon_found_get_who (found));
  json_builder_set_member_name (builder, "message");
  bk_ctl_build_object (builder, G_OBJECT (beckon_found_get_message (found)));
}

static void
build_application (JsonBuilder *builder, GObject *object)
{
  BeckonApplication *application = BECKON_APPLICATION (object);

  add_text (builder, "guid", beckon_application_get_guid (application));
  add_text (builder, "name", beckon_application_get_name (application));
  add_text (builder, "url", beckon_application_get_url (application));
  add_text (builder, "icon", beckon_application_get_icon (application));
  add_text (builder, "comment", beckon_application_get_comment (application));
  add_flag (builder, "app_invite_compatible",
            (beckon_application_get_flags (application) & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0);
  add_flag (builder, "present", beckon_application_get_present (application));
  add_text (builder, "reason", beckon_application_get_reason (application));
  add_flag (builder, "user", beckon_application_get_user (application));
}

const char *
bk_ctl_role (BeckonSession *session)
{
  BeckonSessionFlags flags = beckon_session_get_flags (session);

  if ((flags & BECKON_SESSION_FLAGS_INVITER) != 0)
    return "inviter";
  return (flags & BECKON_SESSION_FLAGS_INVITEE) != 0 ? "invitee" : "none";
}

/* The words of the bus have dashes, members of JSON underscores; enumerations are words here. */
static void
build_entry (JsonBuilder *builder, const char *key, GVariant *value)
{
  g_autofree char *name = g_strdelimit (g_strdup (key), "-", '_');

  if (g_str_equal (key, "path") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    {
      add_text (builder, name, beckon_channel_path_to_nick ((BeckonChannelPath) g_variant_get_uint32 (value)));
      return;
    }
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_gvariant_serialize (value));
}

static void
add_dictionary (JsonBuilder *builder, GVariant *dictionary)
{
  GVariantIter iter;
  GVariant *value;
  const char *key;

  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    build_entry (builder, key, value);
  json_builder_end_object (builder);
}

static void
build_session (JsonBuilder *builder, GObject *object)
{
  BeckonSession *session = BECKON_SESSION (object);

  add_text (builder, "id", beckon_session_get_id (session));
  add_text (builder, "state", beckon_session_state_to_nick (beckon_session_get_state (session)));
  add_text (builder, "role", bk_ctl_role (session));
  add_text (builder, "application", beckon_session_get_application (session));
  add_text (builder, "application_name", beckon_session_get_application_name (session));
  add_text (builder, "application_url", beckon_session_get_application_url (session));
  add_text (builder, "user", beckon_session_get_user (session));
  add_text (builder, "user_name", beckon_session_get_user_name (session));
  add_text (builder, "my_signin_name", beckon_session_get_my_signin_name (session));
  add_text (builder, "local_address", beckon_session_get_local_address (session));
  add_text (builder, "remote_address", beckon_session_get_remote_address (session));
  add_text (builder, "app_data", beckon_session_get_app_data (session));
  add_text (builder, "message", beckon_session_get_message (session));
  add_flag (builder, "automatic", beckon_session_get_automatic (session));
  add_flag (builder, "ringing", beckon_session_get_ringing (session));
  add_flag (builder, "installing", beckon_session_get_installing (session));
  add_flag (builder, "asking", beckon_session_get_asking (session));
  add_flag (builder, "picking", beckon_session_get_picking (session));
  add_text (builder, "result", beckon_session_result_to_nick (beckon_session_get_result (session)));
  add_text (builder, "result_text", beckon_session_get_result_text (session));
  add_text (builder, "channel_path", beckon_channel_path_to_nick (beckon_session_get_channel_path (session)));
  add_text (builder, "channel_reason", beckon_session_get_channel_reason (session));
  add_text (builder, "identity", beckon_identity_to_nick (beckon_session_get_identity (session)));
  add_text (builder, "safety_number", beckon_session_get_safety_number (session));
  add_text (builder, "host", beckon_session_get_host (session));
  add_text (builder, "log", beckon_session_get_log (session));
  add_number (builder, "created", beckon_session_get_created (session));
  add_number (builder, "deadline", beckon_session_get_deadline (session));
  g_autoptr (GVariant) transfer = beckon_session_dup_transfer (session);
  json_builder_set_member_name (builder, "transfer");
  add_dictionary (builder, transfer);
  json_builder_set_member_name (builder, "timeline");
  json_builder_begin_array (builder);
  for (const char *const *line = beckon_session_get_timeline (session); *line != NULL; line++)
    json_builder_add_string_value (builder, *line);
  json_builder_end_array (builder);
}

/* ---- lines ---- */

static char *
account_line (GObject *object)
{
  BeckonAccount *account = BECKON_ACCOUNT (object);
  const char *error = beckon_account_get_error_text (account);
  const char *message = beckon_account_get_personal_message (account);

  return g_strdup_printf ("%s  %s  %s%s%s%s%s", beckon_account_get_signin_name (account),
                          beckon_account_get_state (account),
                          beckon_status_to_nick (beckon_account_get_status (account)), *message != '\0' ? "  " : "",
                          message, *error != '\0' ? "  " : "", error);
}

static char *
contact_line (GObject *object)
{
  BeckonContact *contact = BECKON_CONTACT (object);
  GString *line = g_string_new (beckon_contact_get_signin_name (contact));

  g_string_append_printf (line, "  %s  %s", beckon_relation_to_nick (beckon_contact_get_relation (contact)),
                          beckon_status_to_nick (beckon_contact_get_status (contact)));
  if (beckon_contact_get_blocked (contact))
    g_string_append (line, "  blocked");
  if (beckon_contact_get_pinned (contact))
    g_string_append (line, "  pinned");
  if (beckon_contact_get_muted (contact))
    g_string_append (line, "  muted");
  if (beckon_contact_get_unread (contact) > 0)
    g_string_append_printf (line, "  %u unread", beckon_contact_get_unread (contact));
  if (beckon_contact_get_typing (contact))
    g_string_append (line, "  typing");
  if (!g_str_equal (beckon_contact_get_display_name (contact), beckon_contact_get_signin_name (contact)))
    g_string_append_printf (line, "  %s", beckon_contact_get_display_name (contact));
  if (*beckon_contact_get_personal_message (contact) != '\0')
    g_string_append_printf (line, "  %s", beckon_contact_get_personal_message (contact));
  if (*beckon_contact_get_request_text (contact) != '\0')
    g_string_append_printf (line, "  \"%s\"", beckon_contact_get_request_text (contact));
  return g_string_free (line, FALSE);
}

static char *
group_line (GObject *object)
{
  BeckonGroup *group = BECKON_GROUP (object);
  guint n_contacts = g_list_model_get_n_items (beckon_group_get_contacts (group));

  return g_strdup_printf ("%s  %u", beckon_group_get_name (group), n_contacts);
}

/* What is not said of most messages. */
static const char *
delivery_mark (BeckonDelivery delivery)
{
  switch (delivery)
    {
    case BECKON_DELIVERY_PENDING:
      return " (pending)";
    case BECKON_DELIVERY_FAILED:
      return " (failed)";
    case BECKON_DELIVERY_DELIVERED:
      return " (delivered)";
    case BECKON_DELIVERY_READ:
      return " (read)";
    case BECKON_DELIVERY_RECEIVED:
    case BECKON_DELIVERY_SENT:
      break;
    }
  return "";
}

static char *
message_line (GObject *object)
{
  BeckonMessage *message = BECKON_MESSAGE (object);
  g_autofree char *when = bk_ctl_format_time (beckon_message_get_time (message), "%Y-%m-%d %H:%M:%S");
  const char *mark = delivery_mark (beckon_message_get_delivery (message));
  const char *result = beckon_message_get_result_text (message);
  return g_strdup_printf ("%s %s%s %s%s%s", when, beckon_message_get_outgoing (message) ? ">" : "<", mark,
                          beckon_message_get_text (message), *result != '\0' ? " " : "", result);
}

static char *
found_line (GObject *object)
{
  BeckonFound *found = BECKON_FOUND (object);
  g_autofree char *message = message_line (G_OBJECT (beckon_found_get_message (found)));

  return g_strdup_printf ("%s  %s", beckon_found_get_who (found), message);
}

static char *
application_line (GObject *object)
{
  BeckonApplication *application = BECKON_APPLICATION (object);
  gboolean present = beckon_application_get_present (application);

  return g_strdup_printf ("%s  %s%s%s", beckon_application_get_guid (application),
                          beckon_application_get_name (application), present ? "" : "  not present: ",
                          present ? "" : beckon_application_get_reason (application));
}

static char *
session_line (GObject *object)
{
  BeckonSession *session = BECKON_SESSION (object);
  g_autofree char *id = bk_ctl_dup_bare_id (beckon_session_get_id (session));
  gboolean inviter = g_str_equal (bk_ctl_role (session), "inviter");
  const char *name = beckon_session_get_application_name (session);
  const char *result = beckon_session_get_result_text (session);

  return g_strdup_printf ("%s  %s  %s %s  %s%s%s", id,
                          beckon_session_state_to_nick (beckon_session_get_state (session)), inviter ? "to" : "from",
                          beckon_session_get_user (session),
                          *name != '\0' ? name : beckon_session_get_application (session),
                          *result != '\0' ? "  " : "", result);
}

/* ---- alerts ---- */

static void
build_alert (JsonBuilder *builder, GObject *object)
{
  BeckonAlert *alert = BECKON_ALERT (object);

  add_text (builder, "id", beckon_alert_get_id (alert));
  add_number (builder, "site", beckon_alert_get_site (alert));
  add_text (builder, "text", beckon_alert_get_text (alert));
  add_text (builder, "url", beckon_alert_get_url (alert));
  add_number (builder, "time", beckon_alert_get_time (alert));
  add_text (builder, "account", beckon_alert_get_account (alert));
}

static char *
alert_line (GObject *object)
{
  BeckonAlert *alert = BECKON_ALERT (object);
  const char *url = beckon_alert_get_url (alert);

  return g_strdup_printf ("%u  %s%s%s", beckon_alert_get_site (alert), beckon_alert_get_text (alert),
                          *url != '\0' ? "  " : "", url);
}

/* ---- the kinds of things ---- */

typedef struct
{
  const char *name;
  GType (*get_type) (void);
  void (*build) (JsonBuilder *builder, GObject *object);
  char *(*dup_line) (GObject *object);
} Kind;

static const Kind kinds[] = {
  { "account", beckon_account_get_type, build_account, account_line },
  { "contact", beckon_contact_get_type, build_contact, contact_line },
  { "group", beckon_group_get_type, build_group, group_line },
  { "message", beckon_message_get_type, build_message, message_line },
  { "found", beckon_found_get_type, build_found, found_line },
  { "application", beckon_application_get_type, build_application, application_line },
  { "session", beckon_session_get_type, build_session, session_line },
  { "alert", beckon_alert_get_type, build_alert, alert_line },
};

static const Kind *
kind_of (GObject *object)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (G_TYPE_CHECK_INSTANCE_TYPE (object, kinds[i].get_type ()))
      return &kinds[i];
  g_return_val_if_reached (&kinds[0]);
}

const char *
bk_ctl_kind (GObject *object)
{
  return kind_of (object)->name;
}

char *
bk_ctl_dup_line (GObject *object)
{
  g_autofree char *line = kind_of (object)->dup_line (object);

  return bk_ctl_safe (line);
}

void
bk_ctl_build_object (JsonBuilder *builder, GObject *object)
{
  json_builder_begin_object (builder);
  kind_of (object)->build (builder, object);
  json_builder_end_object (builder);
}

void
bk_ctl_print_builder (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_root (generator, root);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  /* What is left of control characters stands inside strings, where \u means the same. */
  g_autofree char *safe = bk_ctl_escape (text, "");
  puts (safe);
  fflush (stdout);
}

void
bk_ctl_print_object (BkCtl *ctl, GObject *object)
{
  if (ctl->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      bk_ctl_build_object (builder, object);
      bk_ctl_print_builder (builder);
    }
  else
    {
      g_autofree char *line = bk_ctl_dup_line (object);
      puts (line);
    }
}

void
bk_ctl_print_text (BkCtl *ctl, const char *name, const char *text)
{
  if (ctl->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      json_builder_begin_object (builder);
      add_text (builder, name, text);
      json_builder_end_object (builder);
      bk_ctl_print_builder (builder);
    }
  else
    {
      g_autofree char *safe = bk_ctl_safe (text);
      puts (safe);
    }
}

void
bk_ctl_print_objects (BkCtl *ctl, GPtrArray *objects)
{
  g_autoptr (JsonBuilder) builder = ctl->json ? json_builder_new () : NULL;

  if (builder != NULL)
    json_builder_begin_array (builder);
  for (guint i = 0; i < objects->len; i++)
    if (builder != NULL)
      bk_ctl_build_object (builder, objects->pdata[i]);
    else
      bk_ctl_print_object (ctl, objects->pdata[i]);
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      bk_ctl_print_builder (builder);
    }
}

/* ---- dictionaries ---- */

static void
print_entry (const char *key, GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    text = bk_ctl_safe (g_variant_get_string (value, NULL));
  else if (g_str_equal (key, "path") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    text = g_strdup (beckon_channel_path_to_nick ((BeckonChannelPath) g_variant_get_uint32 (value)));
  else
    {
      g_autofree char *raw = g_variant_print (value, FALSE);
      text = bk_ctl_safe (raw);
    }
  printf ("%-18s %s\n", key, text);
}

void
bk_ctl_print_dictionary (BkCtl *ctl, GVariant *dictionary)
{
  GVariantIter iter;
  GVariant *value;
  const char *key;

  if (ctl->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      add_dictionary (builder, dictionary);
      bk_ctl_print_builder (builder);
      return;
    }
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    print_entry (key, value);
}
