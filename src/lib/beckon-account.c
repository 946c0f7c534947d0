/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-account-private.h"

#include "beckon-group-private.h"
#include "beckon-values-private.h"

#include <string.h>

#define ACCOUNT_INTERFACE "im.beckon.Account1"
#define CONTACTS_PAGE 500 /* the most that the service gives at once */

struct _BeckonAccount
{
  GObject parent_instance;

  BeckonRemote *remote;
  GListStore *contacts; /* element-type BeckonContact */
  GListStore *groups;   /* element-type BeckonGroup */
  GHashTable *strangers; /* char * name → BeckonContact, not owned: who is on no list and was asked for */
  char *known;          /* NULL: all contacts are; else those up to this name, and further pages are to come */
  gboolean groups_listed;
};

enum
{
  PROP_0,
  PROP_SIGNIN_NAME,
  PROP_DISPLAY_NAME,
  PROP_SERVER,
  PROP_AVATAR,
  PROP_STATE,
  PROP_STATUS,
  PROP_WANTED_STATUS,
  PROP_PERSONAL_MESSAGE,
  PROP_ERROR_NAME,
  PROP_ERROR_TEXT,
  PROP_CONTACTS,
  PROP_GROUPS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint signal_allowed_changed;
static guint signal_contact_changed;

static const char *const bus_names[N_PROPS] = {
  [PROP_SIGNIN_NAME] = "SignInName",
  [PROP_DISPLAY_NAME] = "DisplayName",
  [PROP_SERVER] = "Server",
  [PROP_AVATAR] = "Avatar",
  [PROP_STATE] = "State",
  [PROP_STATUS] = "Status",
  [PROP_WANTED_STATUS] = "WantedStatus",
  [PROP_PERSONAL_MESSAGE] = "PersonalMessage",
  [PROP_ERROR_NAME] = "ErrorName",
  [PROP_ERROR_TEXT] = "ErrorText",
};

G_DEFINE_FINAL_TYPE (BeckonAccount, beckon_account, G_TYPE_OBJECT)

/* ---- contacts ---- */

/* The name is part of @contact. Asked for as "&s", it would have all of the contact written down first. */
static const char *
name_of (GVariant *contact)
{
  g_autoptr (GVariant) name = g_variant_get_child_value (contact, 0);

  return g_variant_get_string (name, NULL);
}

static const char *
name_at (GVariant *contacts, gsize i)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (contacts, i);

  return name_of (value); /* is part of @contacts */
}

/* Lists hear of it before whoever shows the contact. */
static void
update_contact (BeckonAccount *self, guint position, BeckonContact *contact, GVariant *value)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new ();

  g_object_freeze_notify (G_OBJECT (contact));
  beckon_contact_update (contact, value, changed);
  if (changed->len > 0)
    {
      g_ptr_array_add (changed, NULL);
      g_signal_emit (self, signal_contact_changed, 0, position, changed->pdata);
    }
  g_object_thaw_notify (G_OBJECT (contact));
}

/* A contact that merely changed comes as removed and added at its place: its object stays and is brought up to date. */
static gboolean
update_in_place (BeckonAccount *self, guint position, guint removed, GVariant *added, gsize n_added)
{
  if (n_added != removed)
    return FALSE;
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < removed; i++)
      {
        g_autoptr (BeckonContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), position + i);
        g_autoptr (GVariant) value = g_variant_get_child_value (added, i);

        if (pass == 1)
          update_contact (self, position + i, contact, value);
        else if (contact == NULL || !g_str_equal (beckon_contact_get_signin_name (contact), name_of (value)))
          return FALSE;
      }
  return TRUE;
}

static void
on_stranger_gone (gpointer user_data, GObject *object)
{
  GHashTable *strangers = user_data;
  GHashTableIter iter;
  gpointer stranger;

  g_hash_table_iter_init (&iter, strangers);
  while (g_hash_table_iter_next (&iter, NULL, &stranger))
    if (stranger == object)
      g_hash_table_iter_remove (&iter);
}

static void
forget_stranger (BeckonAccount *self, const char *name)
{
  BeckonContact *stranger = g_hash_table_lookup (self->strangers, name);

  if (stranger == NULL)
    return;
  g_object_weak_unref (G_OBJECT (stranger), on_stranger_gone, self->strangers);
  g_hash_table_remove (self->strangers, name);
}

/* Somebody who comes on the list keeps the object under which the program knows them. */
static BeckonContact *
make_contact (BeckonAccount *self, GVariant *value)
{
  BeckonContact *stranger = g_hash_table_lookup (self->strangers, name_of (value));

  if (stranger == NULL)
    return beckon_contact_new (value);
  g_object_ref (stranger);
  forget_stranger (self, name_of (value));
  beckon_contact_update (stranger, value, NULL);
  return stranger;
}

BeckonContact *
beckon_account_take_contact (BeckonAccount *self, GVariant *value, gboolean is_self)
{
  BeckonContact *contact = beckon_account_find_contact (self, name_of (value));

  if (contact != NULL)
    return contact;
  contact = g_hash_table_lookup (self->strangers, name_of (value));
  if (contact != NULL)
    {
      g_object_ref (contact);
      beckon_contact_update (contact, value, NULL);
      return contact;
    }
  contact = beckon_contact_new (value);
  if (is_self)
    beckon_contact_set_self (contact);
  g_hash_table_insert (self->strangers, g_strdup (name_of (value)), contact);
  g_object_weak_ref (G_OBJECT (contact), on_stranger_gone, self->strangers);
  return contact;
}

/* How many of them, who are in order, belong where contacts are known: the others come with a page. */
static gsize
count_known (BeckonAccount *self, GVariant *contacts)
{
  gsize n_contacts = g_variant_n_children (contacts);

  for (gsize i = 0; self->known != NULL && i < n_contacts; i++)
    if (strcmp (name_at (contacts, i), self->known) > 0)
      return i;
  return n_contacts;
}

static void
change_contacts (BeckonAccount *self, guint position, guint removed, GVariant *added)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));
  gsize n_added = count_known (self, added);

  if (self->known != NULL && position > n_items)
    return;
  if (self->known != NULL)
    removed = MIN (removed, n_items - position);
  if (position > n_items || removed > n_items - position)
    {
      g_warning ("The session service described a change that does not fit");
      return;
    }
  if (update_in_place (self, position, removed, added, n_added))
    return;

  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < n_added; i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (added, i);
      g_ptr_array_add (objects, make_contact (self, value));
    }
  g_list_store_splice (self->contacts, position, removed, objects->pdata, objects->len);
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonAccount *self)
{
  g_autoptr (GVariant) added = NULL;
  guint position;
  guint removed;

  if (g_str_equal (name, "AllowedChanged"))
    g_signal_emit (self, signal_allowed_changed, 0);
  if (self->groups_listed)
    beckon_account_follow_groups (self, self->groups, name, args);
  if (!g_str_equal (name, "ContactsChanged")
      || !g_variant_is_of_type (args, G_VARIANT_TYPE ("(uua" BECKON_VARIANT_CONTACT ")")))
    return;
  g_variant_get (args, "(uu@a" BECKON_VARIANT_CONTACT ")", &position, &removed, &added);
  change_contacts (self, position, removed, added);
}

static void
on_changed (BeckonRemote *remote, const char *const *names, BeckonAccount *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_0 + 1; i < PROP_CONTACTS; i++)
    if (g_strv_contains (names, bus_names[i]))
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- construction ---- */

static void
on_groups_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAccount *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GVariant) groups = g_variant_get_child_value (reply, 0);
  beckon_account_change_groups (self, self->groups, 0, 0, groups);
  self->groups_listed = TRUE;
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

/* All at once they are many megabytes, of which the bus makes ten times as many while it takes them apart. */
static void
ask_page (BeckonAccount *self, GTask *task)
{
  beckon_remote_call_async (self->remote, "ListContacts", g_variant_new ("(su)", self->known, CONTACTS_PAGE),
                            "(a" BECKON_VARIANT_CONTACT ")", g_task_get_cancellable (task), on_page, task);
}

/* Returns whether more may follow. Whoever answers with what was there before would do so for ever. */
static gboolean
take_page (BeckonAccount *self, GVariant *contacts)
{
  gsize n_contacts = g_variant_n_children (contacts);
  g_autofree char *before = g_steal_pointer (&self->known);

  if (n_contacts == 0 || strcmp (name_at (contacts, 0), before) <= 0)
    return FALSE;
  change_contacts (self, g_list_model_get_n_items (G_LIST_MODEL (self->contacts)), 0, contacts);
  if (n_contacts != CONTACTS_PAGE || strcmp (name_at (contacts, n_contacts - 1), before) <= 0)
    return FALSE;
  self->known = g_strdup (name_at (contacts, n_contacts - 1));
  return TRUE;
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonAccount *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GVariant) contacts = g_variant_get_child_value (reply, 0);
  if (take_page (self, contacts))
    {
      ask_page (self, g_steal_pointer (&task));
      return;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_call_async (self->remote, "ListGroups", NULL, "(a" BECKON_VARIANT_GROUP ")", cancellable,
                            on_groups_listed, g_steal_pointer (&task));
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BeckonRemote) remote = beckon_remote_new_finish (result, &error);

  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  BeckonAccount *self = g_object_new (BECKON_TYPE_ACCOUNT, NULL);
  g_task_set_task_data (task, self, g_object_unref);
  self->remote = g_steal_pointer (&remote);
  g_signal_connect_object (self->remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (self->remote, "signal", G_CALLBACK (on_signal), self, 0);
  ask_page (self, g_steal_pointer (&task));
}

/* Private to the library: makes the object for an account that the service has, with its contacts. */
void
beckon_account_load (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_account_load);
  beckon_remote_new_async (connection, BECKON_BUS_SERVICE, path, ACCOUNT_INTERFACE, cancellable, on_remote, task);
}

BeckonAccount *
beckon_account_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
beckon_account_get_path (BeckonAccount *self)
{
  return beckon_remote_get_path (self->remote);
}

BeckonRemote *
beckon_account_get_remote (BeckonAccount *self)
{
  return self->remote;
}

/* ---- what it is ---- */

/**
 * beckon_account_get_signin_name:
 * @self: an account
 *
 * Gets the sign-in name of the account.
 *
 * Returns: (transfer none): the name, `name@domain`
 */
const char *
beckon_account_get_signin_name (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "SignInName");
}

/**
 * beckon_account_get_display_name:
 * @self: an account
 *
 * Gets the name that others see.
 *
 * Returns: (transfer none): the name
 */
const char *
beckon_account_get_display_name (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "DisplayName");
}

/**
 * beckon_account_get_server:
 * @self: an account
 *
 * Gets the address of the server.
 *
 * Returns: (transfer none): the address, empty when it is found from the sign-in name
 */
const char *
beckon_account_get_server (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "Server");
}

/**
 * beckon_account_get_avatar:
 * @self: an account
 *
 * Gets the own picture.
 *
 * Returns: (transfer none): path of a PNG or JPEG, empty if there is none
 */
const char *
beckon_account_get_avatar (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "Avatar");
}

/**
 * beckon_account_get_state:
 * @self: an account
 *
 * Gets the state of the connection: `offline`, `finding`, `connecting`, `signing-in`, `synchronizing`, `online` or
 * `waiting`.
 *
 * Returns: (transfer none): the state
 */
const char *
beckon_account_get_state (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "State");
}

/**
 * beckon_account_get_status:
 * @self: an account
 *
 * Gets the own status as shown: a `LOCAL` value while connecting.
 *
 * Returns: the status
 */
BeckonStatus
beckon_account_get_status (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), BECKON_STATUS_UNKNOWN);

  return (BeckonStatus) beckon_remote_get_uint (self->remote, "Status");
}

/**
 * beckon_account_get_wanted_status:
 * @self: an account
 *
 * Gets the own status as chosen.
 *
 * Returns: the status
 */
BeckonStatus
beckon_account_get_wanted_status (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), BECKON_STATUS_UNKNOWN);

  return (BeckonStatus) beckon_remote_get_uint (self->remote, "WantedStatus");
}

/**
 * beckon_account_get_personal_message:
 * @self: an account
 *
 * Gets the own personal message.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_account_get_personal_message (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "PersonalMessage");
}

/**
 * beckon_account_get_error_name:
 * @self: an account
 *
 * Gets why the account is not online, as the D-Bus name of an error.
 *
 * Returns: (transfer none): the name, empty if nothing went wrong
 */
const char *
beckon_account_get_error_name (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "ErrorName");
}

/**
 * beckon_account_get_error_text:
 * @self: an account
 *
 * Gets why the account is not online, as a sentence for people.
 *
 * Returns: (transfer none): the sentence, empty if nothing went wrong
 */
const char *
beckon_account_get_error_text (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return beckon_remote_get_string (self->remote, "ErrorText");
}

/**
 * beckon_account_dup_error:
 * @self: an account
 *
 * Gets why the account is not online, as the error that signing in would give: to tell one reason from another.
 *
 * Returns: (transfer full) (nullable): the error, mostly a [error@Error]; %NULL if nothing went wrong
 */
GError *
beckon_account_dup_error (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  const char *name = beckon_account_get_error_name (self);
  if (*name == '\0')
    return NULL;

  GError *error = g_dbus_error_new_for_dbus_error (name, beckon_account_get_error_text (self));
  g_dbus_error_strip_remote_error (error);
  return error;
}

/**
 * beckon_account_get_contacts:
 * @self: an account
 *
 * Gets the contacts, and those who ask to become one, ordered by sign-in name.
 *
 * Returns: (transfer none): a list of [class@Contact]
 */
GListModel *
beckon_account_get_contacts (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return G_LIST_MODEL (self->contacts);
}

/**
 * beckon_account_get_groups:
 * @self: an account
 *
 * Gets the groups of contacts (`MyGroups`).
 *
 * Returns: (transfer none): a list of [class@Group]
 */
GListModel *
beckon_account_get_groups (BeckonAccount *self)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);

  return G_LIST_MODEL (self->groups);
}

/**
 * beckon_account_find_contact:
 * @self: an account
 * @who: a sign-in name
 *
 * Looks somebody up in the contact list. See [method@Messenger.get_contact_async] for who may not be on it.
 *
 * Returns: (transfer full) (nullable): the contact, %NULL if there is none of that name
 */
BeckonContact *
beckon_account_find_contact (BeckonAccount *self, const char *who)
{
  g_return_val_if_fail (BECKON_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail (who != NULL, NULL);

  guint low = 0;
  guint high = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      g_autoptr (BeckonContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), middle);
      int order = strcmp (beckon_contact_get_signin_name (contact), who);

      if (order == 0)
        return g_steal_pointer (&contact);
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static void
beckon_account_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonAccount *self = BECKON_ACCOUNT (object);

  if (property_id == PROP_CONTACTS)
    g_value_set_object (value, self->contacts);
  else if (property_id == PROP_GROUPS)
    g_value_set_object (value, self->groups);
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, beckon_remote_get_string (self->remote, bus_names[property_id]));
  else
    g_value_set_enum (value, (int) beckon_remote_get_uint (self->remote, bus_names[property_id]));
}

static void
beckon_account_dispose (GObject *object)
{
  BeckonAccount *self = BECKON_ACCOUNT (object);

  g_clear_object (&self->remote);
  g_clear_object (&self->groups);
  g_clear_object (&self->contacts);
  G_OBJECT_CLASS (beckon_account_parent_class)->dispose (object);
}

static void
beckon_account_finalize (GObject *object)
{
  BeckonAccount *self = BECKON_ACCOUNT (object);
  GHashTableIter iter;
  gpointer stranger;

  g_hash_table_iter_init (&iter, self->strangers);
  while (g_hash_table_iter_next (&iter, NULL, &stranger))
    g_object_weak_unref (stranger, on_stranger_gone, self->strangers);
  g_hash_table_unref (self->strangers);
  g_free (self->known);
  G_OBJECT_CLASS (beckon_account_parent_class)->finalize (object);
}

static void
beckon_account_class_init (BeckonAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_account_get_property;
  object_class->dispose = beckon_account_dispose;
  object_class->finalize = beckon_account_finalize;

  /**
   * BeckonAccount:signin-name:
   *
   * The sign-in name of the account.
   */
  properties[PROP_SIGNIN_NAME] = g_param_spec_string ("signin-name", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:display-name:
   *
   * The name that others see.
   */
  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:server:
   *
   * The address of the server.
   */
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:avatar:
   *
   * The own picture.
   */
  properties[PROP_AVATAR] = g_param_spec_string ("avatar", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:state:
   *
   * The state of the connection: `offline`, `finding`, `connecting`, `signing-in`, `synchronizing`, `online` or
   * `waiting`.
   */
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:status:
   *
   * The own status as shown: a `LOCAL` value while connecting.
   */
  properties[PROP_STATUS]
    = g_param_spec_enum ("status", NULL, NULL, BECKON_TYPE_STATUS, 0, flags);
  /**
   * BeckonAccount:wanted-status:
   *
   * The own status as chosen.
   */
  properties[PROP_WANTED_STATUS]
    = g_param_spec_enum ("wanted-status", NULL, NULL, BECKON_TYPE_STATUS, 0, flags);
  /**
   * BeckonAccount:personal-message:
   *
   * The own personal message.
   */
  properties[PROP_PERSONAL_MESSAGE] = g_param_spec_string ("personal-message", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:error-name:
   *
   * Why the account is not online, as the D-Bus name of an error.
   */
  properties[PROP_ERROR_NAME] = g_param_spec_string ("error-name", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:error-text:
   *
   * Why the account is not online, as a sentence for people.
   */
  properties[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, flags);
  /**
   * BeckonAccount:contacts:
   *
   * The contacts, a list of [class@Contact].
   */
  properties[PROP_CONTACTS] = g_param_spec_object ("contacts", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * BeckonAccount:groups:
   *
   * The groups of contacts, a list of [class@Group].
   */
  properties[PROP_GROUPS] = g_param_spec_object ("groups", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * BeckonAccount::allowed-changed:
   * @self: the account
   *
   * [method@Account.list_allowed_async] has something else to say.
   */
  signal_allowed_changed = g_signal_new ("allowed-changed", BECKON_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  /**
   * BeckonAccount::contact-changed:
   * @self: the account
   * @position: its place in [property@Account:contacts]
   * @properties: the names of the properties of the contact that are others now
   *
   * Something about a contact changed. It says of all contacts what [signal@GObject.Object::notify] of each does, just
   * before that: for lists of many.
   */
  signal_contact_changed = g_signal_new ("contact-changed", BECKON_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRV | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
beckon_account_init (BeckonAccount *self)
{
  self->contacts = g_list_store_new (BECKON_TYPE_CONTACT);
  self->known = g_strdup ("");
  self->groups = g_list_store_new (BECKON_TYPE_GROUP);
  self->strangers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
