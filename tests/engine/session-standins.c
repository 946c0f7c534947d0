/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-standins.h"

#include "bk-ids.h"
#include "session-world.h"


G_DEFINE_FINAL_TYPE (BkEngineContact, bk_engine_contact, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (BkEngineAccount, bk_engine_account, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (BkEngineApplication, bk_engine_application, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (BkEngineRegistry, bk_engine_registry, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (BkEngineHistory, bk_engine_history, G_TYPE_OBJECT)

static void
bk_engine_contact_class_init (BkEngineContactClass *klass)
{
}

static void
bk_engine_contact_init (BkEngineContact *self)
{
  self->relation = BECKON_RELATION_ACCEPTED;
  self->status = BECKON_STATUS_ONLINE;
}

BeckonRelation
bk_engine_contact_get_relation (BkEngineContact *self)
{
  return self->relation;
}

gboolean
bk_engine_contact_get_blocked (BkEngineContact *self)
{
  return self->blocked;
}

BeckonStatus
bk_engine_contact_get_status (BkEngineContact *self)
{
  return self->status;
}

const char *
bk_engine_contact_get_display_name (BkEngineContact *self)
{
  return self->display_name;
}

static void
account_finalize (GObject *object)
{
  BkEngineAccount *self = BK_ENGINE_ACCOUNT (object);

  g_object_unref (self->contact);
  g_clear_pointer (&self->identity, bk_identity_free);
  g_ptr_array_unref (self->keys);
  G_OBJECT_CLASS (bk_engine_account_parent_class)->finalize (object);
}

static void
bk_engine_account_class_init (BkEngineAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = account_finalize;
}

static void
bk_engine_account_init (BkEngineAccount *self)
{
  self->state = BK_BACKEND_ONLINE;
  self->wanted = BECKON_STATUS_ONLINE;
  self->contact = g_object_new (BK_TYPE_ENGINE_CONTACT, NULL);
  self->keys = g_ptr_array_new_with_free_func (g_free);
}

BkIdentity *
bk_engine_account_get_identity (BkEngineAccount *self)
{
  return self->identity;
}

gboolean
bk_engine_account_has_keys (BkEngineAccount *self, const char *who)
{
  g_assert_cmpstr (who, ==, self->contact->name);
  return self->keys->len > 0;
}

gboolean
bk_engine_account_knows_key (BkEngineAccount *self, const char *who, const char *key)
{
  g_assert_cmpstr (who, ==, self->contact->name);
  return g_ptr_array_find_with_equal_func (self->keys, key, g_str_equal, NULL);
}

void
bk_engine_account_remember_key (BkEngineAccount *self, const char *who, const char *key)
{
  if (!bk_engine_account_knows_key (self, who, key))
    g_ptr_array_add (self->keys, g_strdup (key));
}

guint
bk_engine_account_get_id (BkEngineAccount *self)
{
  return 1;
}

const char *
bk_engine_account_get_sign_in_name (BkEngineAccount *self)
{
  return self->name;
}

BeckonStatus
bk_engine_account_get_wanted_status (BkEngineAccount *self)
{
  return self->wanted;
}

gboolean
bk_engine_account_is_allowed (BkEngineAccount *self, const char *who, const char *guid)
{
  return self->allowed && g_str_equal (who, self->contact->name) && g_str_equal (guid, APP_GUID);
}

BkBackendState
bk_engine_account_get_state (BkEngineAccount *self)
{
  return self->hidden ? BK_BACKEND_ONLINE : self->state;
}

gboolean
bk_engine_account_is_connected (BkEngineAccount *self)
{
  return self->state == BK_BACKEND_ONLINE;
}

const char *
bk_engine_account_get_display_name (BkEngineAccount *self)
{
  return "Me; myself";
}

BkBackend *
bk_engine_account_get_backend (BkEngineAccount *self)
{
  return self->backend;
}

BkEngineContact *
bk_engine_account_find_contact (BkEngineAccount *self, const char *who)
{
  return g_str_equal (who, self->contact->name) ? self->contact : NULL;
}

static void
bk_engine_application_class_init (BkEngineApplicationClass *klass)
{
}

static void
bk_engine_application_init (BkEngineApplication *self)
{
  self->present = TRUE;
}

const char *
bk_engine_application_get_name (BkEngineApplication *self)
{
  return "Pipe";
}

const char *
bk_engine_application_get_url (BkEngineApplication *self)
{
  return APP_URL;
}

gboolean
bk_engine_application_is_on_host (BkEngineApplication *self)
{
  return FALSE;
}

const char *
bk_engine_application_get_path (BkEngineApplication *self)
{
  return NULL;
}

const char *const *
bk_engine_application_get_argv (BkEngineApplication *self)
{
  static const char *const argv[] = { "beckon-pipe", NULL };

  return argv;
}

const char *
bk_engine_application_get_bus_name (BkEngineApplication *self)
{
  return NULL;
}

BkChannelNeed
bk_engine_application_get_channel (BkEngineApplication *self)
{
  return self->channel;
}

const char *const *
bk_engine_application_get_host_argv (BkEngineApplication *self)
{
  return self->host_argv;
}

const char *const *
bk_engine_application_get_join_argv (BkEngineApplication *self)
{
  return self->join_argv;
}

BkCarries
bk_engine_application_get_carries (BkEngineApplication *self)
{
  return self->carries;
}

guint16
bk_engine_application_get_port (BkEngineApplication *self)
{
  return self->port;
}

gboolean
bk_engine_application_get_inviter_hosts (BkEngineApplication *self)
{
  return !self->invitee_hosts;
}

const char *const *
bk_engine_application_get_ignored_ports (BkEngineApplication *self)
{
  static const char *const ignored[] = { "5353/udp", NULL };

  return ignored;
}

BeckonSessionFlags
bk_engine_application_get_flags (BkEngineApplication *self)
{
  return self->flags;
}

gboolean
bk_engine_application_is_present (BkEngineApplication *self, const char **reason)
{
  if (!self->present && reason != NULL)
    *reason = "beckon-pipe was not found.";
  return self->present;
}

static void
registry_finalize (GObject *object)
{
  g_object_unref (BK_ENGINE_REGISTRY (object)->application);
  G_OBJECT_CLASS (bk_engine_registry_parent_class)->finalize (object);
}

static void
bk_engine_registry_class_init (BkEngineRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = registry_finalize;
  g_signal_new ("registered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("program-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

static void
bk_engine_registry_init (BkEngineRegistry *self)
{
  self->application = g_object_new (BK_TYPE_ENGINE_APPLICATION, NULL);
  self->registered = TRUE;
}

BkEngineApplication *
bk_engine_registry_find (BkEngineRegistry *self, const char *guid)
{
  return self->registered && g_strcmp0 (guid, APP_GUID) == 0 ? self->application : NULL;
}

void
bk_engine_registry_refresh (BkEngineRegistry *self, const char *guid)
{
}

static void
history_finalize (GObject *object)
{
  g_hash_table_unref (BK_ENGINE_HISTORY (object)->open);
  g_hash_table_unref (BK_ENGINE_HISTORY (object)->entries);
  g_hash_table_unref (BK_ENGINE_HISTORY (object)->parts);
  G_OBJECT_CLASS (bk_engine_history_parent_class)->finalize (object);
}

static void
bk_engine_history_class_init (BkEngineHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = history_finalize;
}

static void
bk_engine_history_init (BkEngineHistory *self)
{
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
bk_engine_account_write_session (BkEngineAccount *self, const BkEngineMessage *entry)
{
  g_assert_true (bk_sign_in_name_is_valid (entry->who));
  g_assert_true (entry->session);
  g_assert_true (bk_guid_is_valid (entry->application));
  g_assert_cmpint (entry->delivery, ==, entry->outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED);
  g_hash_table_add (self->history->open, g_strdup (entry->message_id));
  g_hash_table_insert (self->history->entries, g_strdup (entry->message_id),
                       g_strdup_printf ("%s %s: %s", entry->text, beckon_session_result_to_nick (entry->result),
                                        entry->result_text != NULL ? entry->result_text : ""));
}

void
bk_engine_account_answered_session (BkEngineAccount *self, const char *who, const char *session)
{
  g_assert_true (g_hash_table_contains (self->history->entries, session));
}

void
bk_engine_history_settle_session (BkEngineHistory *self, guint account, const char *session_id)
{
  g_hash_table_remove (self->open, session_id);
}

void
bk_engine_history_put_part (BkEngineHistory *self, const BkHistoryPart *part)
{
  g_hash_table_add (self->parts, g_build_filename (part->folder, part->part, NULL));
}

void
bk_engine_history_drop_part (BkEngineHistory *self, const char *folder, const char *part)
{
  g_autofree char *path = g_build_filename (folder, part, NULL);

  g_hash_table_remove (self->parts, path);
}
