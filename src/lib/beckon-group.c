/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-group-private.h"

#include <string.h>

struct _BeckonGroup
{
  GObject parent_instance;

  GWeakRef account;     /* BeckonAccount, which has this in its list */
  BeckonRemote *remote; /* of the account */
  char *id;
  char *name;
  GListStore *contacts; /* element-type BeckonContact, ordered by sign-in name */
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_CONTACTS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonGroup, beckon_group, G_TYPE_OBJECT)

/* ---- what the service tells ---- */

/* Whether @who is there; @position is the place, or the place where it belongs. */
static gboolean
find_place (BeckonGroup *self, const char *who, guint *position)
{
  guint low = 0;
  guint high = g_list_model_get_n_items (G_LIST_MODEL (self->contacts));

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      g_autoptr (BeckonContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), middle);
      int order = strcmp (beckon_contact_get_signin_name (contact), who);

      *position = middle;
      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *position = low;
  return FALSE;
}

void
beckon_group_take_in (BeckonGroup *self, BeckonContact *contact)
{
  guint position;

  if (!find_place (self, beckon_contact_get_signin_name (contact), &position))
    g_list_store_insert (self->contacts, position, contact);
}

void
beckon_group_let_go (BeckonGroup *self, const char *who)
{
  guint position;

  if (find_place (self, who, &position))
    g_list_store_remove (self->contacts, position);
}

/* The contacts that @names (`as`) names. */
static GPtrArray *
dup_contacts (BeckonAccount *account, GVariant *names)
{
  GPtrArray *contacts = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantIter iter;
  const char *who;

  g_variant_iter_init (&iter, names);
  while (g_variant_iter_next (&iter, "&s", &who))
    {
      BeckonContact *contact = beckon_account_find_contact (account, who);
      if (contact != NULL)
        g_ptr_array_add (contacts, contact);
    }
  return contacts;
}

/* With one change in the middle at most. */
static void
set_contacts (BeckonGroup *self, BeckonAccount *account, GVariant *names)
{
  g_autoptr (GPtrArray) wanted = dup_contacts (account, names);
  GListModel *model = G_LIST_MODEL (self->contacts);
  guint n_old = g_list_model_get_n_items (model);
  guint start = 0;

  for (; start < n_old && start < wanted->len; start++)
    {
      g_autoptr (GObject) old = g_list_model_get_item (model, start);
      if (old != wanted->pdata[start])
        break;
    }
  if (start < n_old || start < wanted->len)
    g_list_store_splice (self->contacts, start, n_old - start, wanted->pdata + start, wanted->len - start);
}

BeckonGroup *
beckon_group_new (BeckonAccount *account, GVariant *value)
{
  BeckonGroup *self = g_object_new (BECKON_TYPE_GROUP, NULL);
  g_autoptr (GVariant) names = NULL;

  g_weak_ref_set (&self->account, account);
  self->remote = g_object_ref (beckon_account_get_remote (account));
  g_variant_get (value, "(ss@as)", &self->id, &self->name, &names);
  set_contacts (self, account, names);
  return self;
}

void
beckon_group_update (BeckonGroup *self, BeckonAccount *account, GVariant *value)
{
  g_autoptr (GVariant) names = NULL;
  const char *name;

  g_variant_get (value, "(&s&s@as)", NULL, &name, &names);
  set_contacts (self, account, names);
  if (g_str_equal (self->name, name))
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/* ---- what it is ---- */

/**
 * beckon_group_get_id:
 * @self: a group
 *
 * Gets the word by which the service knows the group: the same on all devices, nothing to show.
 *
 * Returns: (transfer none): the id
 */
const char *
beckon_group_get_id (BeckonGroup *self)
{
  g_return_val_if_fail (BECKON_IS_GROUP (self), NULL);

  return self->id;
}

/**
 * beckon_group_dup_account:
 * @self: a group
 *
 * Gets the account whose contacts are in the group (`Service`).
 *
 * Returns: (transfer full) (nullable): the account, %NULL when it is gone
 */
BeckonAccount *
beckon_group_dup_account (BeckonGroup *self)
{
  g_return_val_if_fail (BECKON_IS_GROUP (self), NULL);

  return g_weak_ref_get (&self->account);
}

/**
 * beckon_group_get_name:
 * @self: a group
 *
 * Gets the name (`Name`).
 *
 * Returns: (transfer none): the name, never empty
 */
const char *
beckon_group_get_name (BeckonGroup *self)
{
  g_return_val_if_fail (BECKON_IS_GROUP (self), NULL);

  return self->name;
}

/**
 * beckon_group_get_contacts:
 * @self: a group
 *
 * Gets the contacts in the group (`Contacts`), ordered by sign-in name: the same objects as in
 * [property@Account:contacts].
 *
 * Returns: (transfer none): a list of [class@Contact]
 */
GListModel *
beckon_group_get_contacts (BeckonGroup *self)
{
  g_return_val_if_fail (BECKON_IS_GROUP (self), NULL);

  return G_LIST_MODEL (self->contacts);
}

/**
 * beckon_group_has_contact:
 * @self: a group
 * @who: a sign-in name
 *
 * Tells whether somebody is in the group.
 *
 * Returns: whether they are
 */
gboolean
beckon_group_has_contact (BeckonGroup *self, const char *who)
{
  guint position;

  g_return_val_if_fail (BECKON_IS_GROUP (self), FALSE);
  g_return_val_if_fail (who != NULL, FALSE);

  return find_place (self, who, &position);
}

/* ---- what can be done with it ---- */

/**
 * beckon_group_set_name_async:
 * @self: a group
 * @name: 1 to 128 bytes, one line
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Gives the group another name (`Name`).
 */
void
beckon_group_set_name_async (BeckonGroup *self, const char *name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_GROUP (self));
  g_return_if_fail (name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_group_set_name_async);
  beckon_remote_call_task (self->remote, "RenameGroup", g_variant_new ("(ss)", self->id, name), task);
}

/**
 * beckon_group_set_name_finish:
 * @self: a group
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Group.set_name_async].
 *
 * Errors: %BECKON_ERROR_GROUP_DOES_NOT_EXIST, %BECKON_ERROR_BAD_GROUP_NAME, %BECKON_ERROR_GROUP_NAME_TOO_LONG,
 * %BECKON_ERROR_GROUP_ALREADY_EXISTS, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_group_set_name_finish (BeckonGroup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_group_add_contact_async:
 * @self: a group
 * @who: sign-in name of a contact
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Puts somebody into the group (`AddContact`). Who is in it already stays there.
 */
void
beckon_group_add_contact_async (BeckonGroup *self, const char *who, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_GROUP (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_group_add_contact_async);
  beckon_remote_call_task (self->remote, "AddToGroup", g_variant_new ("(ss)", self->id, who), task);
}

/**
 * beckon_group_add_contact_finish:
 * @self: a group
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Group.add_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_GROUP_DOES_NOT_EXIST, %BECKON_ERROR_USER_NOT_FOUND,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_group_add_contact_finish (BeckonGroup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_group_remove_contact_async:
 * @self: a group
 * @who: sign-in name of a contact in it
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Takes somebody out of the group (`RemoveContact`); they stay a contact.
 */
void
beckon_group_remove_contact_async (BeckonGroup *self, const char *who, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_GROUP (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_group_remove_contact_async);
  beckon_remote_call_task (self->remote, "RemoveFromGroup", g_variant_new ("(ss)", self->id, who), task);
}

/**
 * beckon_group_remove_contact_finish:
 * @self: a group
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Group.remove_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_GROUP_DOES_NOT_EXIST, %BECKON_ERROR_USER_NOT_GROUP_MEMBER,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_group_remove_contact_finish (BeckonGroup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

static void
beckon_group_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonGroup *self = BECKON_GROUP (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_CONTACTS:
      g_value_set_object (value, self->contacts);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_group_finalize (GObject *object)
{
  BeckonGroup *self = BECKON_GROUP (object);

  g_weak_ref_clear (&self->account);
  g_clear_object (&self->remote);
  g_object_unref (self->contacts);
  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (beckon_group_parent_class)->finalize (object);
}

static void
beckon_group_class_init (BeckonGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = beckon_group_get_property;
  object_class->finalize = beckon_group_finalize;

  /**
   * BeckonGroup:id:
   *
   * The word by which the service knows the group.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * BeckonGroup:name:
   *
   * The name (`OnGroupNameChanged`).
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * BeckonGroup:contacts:
   *
   * The contacts in it, a list of [class@Contact] (`OnContactAddedToGroup`, `OnContactRemovedFromGroup`).
   */
  properties[PROP_CONTACTS] = g_param_spec_object ("contacts", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_group_init (BeckonGroup *self)
{
  g_weak_ref_init (&self->account, NULL);
  self->contacts = g_list_store_new (BECKON_TYPE_CONTACT);
}
