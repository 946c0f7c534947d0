/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fake-private.h"

#include "bk-ids.h"

G_DEFINE_FINAL_TYPE (BkFakeNetwork, bk_fake_network, G_TYPE_OBJECT)

/* ---- accounts ---- */

static void
contact_free (gpointer data)
{
  BkFakeContact *contact = data;

  g_free (contact->request);
  g_strfreev (contact->groups);
  g_free (contact->alias);
  g_free (contact);
}

static void
account_free (gpointer data)
{
  BkFakeAccount *account = data;

  g_free (account->name);
  g_free (account->password);
  g_free (account->display_name);
  g_free (account->avatar);
  g_clear_pointer (&account->image, g_bytes_unref);
  g_free (account->personal_message);
  g_hash_table_unref (account->contacts);
  g_hash_table_unref (account->groups);
  g_hash_table_unref (account->tokens);
  g_hash_table_unref (account->seen);
  g_hash_table_unref (account->taken);
  g_hash_table_unref (account->uids);
  g_ptr_array_unref (account->facts);
  g_ptr_array_unref (account->backends);
  g_free (account);
}

static BkFakeAccount *
account_new (const char *name, const char *password, const char *display_name)
{
  BkFakeAccount *account = g_new0 (BkFakeAccount, 1);

  account->name = g_strdup (name);
  account->password = g_strdup (password);
  account->display_name = g_strdup (display_name != NULL && *display_name != '\0' ? display_name : name);
  account->contacts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, contact_free);
  account->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  account->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  account->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  account->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  account->uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  account->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_fake_fact_release);
  account->backends = g_ptr_array_new ();
  account->status = BECKON_STATUS_ONLINE;
  return account;
}

/* Returns the account of @name, NULL if there is none. */
BkFakeAccount *
bk_fake_network_find (BkFakeNetwork *self, const char *name)
{
  return g_hash_table_lookup (self->accounts, name);
}

/* Returns how @account sees @who; a stranger if it never heard of them. */
BkFakeContact *
bk_fake_account_contact (BkFakeAccount *account, const char *who)
{
  BkFakeContact *contact = g_hash_table_lookup (account->contacts, who);

  if (contact == NULL)
    {
      contact = g_new0 (BkFakeContact, 1);
      g_hash_table_insert (account->contacts, g_strdup (who), contact);
    }
  return contact;
}

/* ---- facts ---- */

static gboolean
is_for (const BkFakeFact *fact, BkFakeBackend *backend)
{
  const char *device = bk_fake_backend_get_device (backend);

  return (fact->device == NULL || g_strcmp0 (fact->device, device) == 0)
         && (fact->not_device == NULL || g_strcmp0 (fact->not_device, device) != 0);
}

/* Takes @fact, numbers it and hands it to the devices of @account, now and later. */
void
bk_fake_network_publish (BkFakeNetwork *self, BkFakeAccount *account, BkFakeFact *fact)
{
  fact->seq = ++account->last_seq;
  fact->event.cursor = g_strdup_printf ("%" G_GINT64_FORMAT, fact->seq);
  g_ptr_array_add (account->facts, fact);
  for (guint i = 0; i < account->backends->len; i++)
    if (is_for (fact, account->backends->pdata[i]))
      bk_fake_backend_deliver (account->backends->pdata[i], fact);
}

/* ---- presence ---- */

gboolean
bk_fake_network_is_visible (BkFakeNetwork *self, BkFakeAccount *a, BkFakeAccount *b)
{
  const BkFakeContact *ab = bk_fake_account_contact (a, b->name);
  const BkFakeContact *ba = bk_fake_account_contact (b, a->name);

  return ab->relation == BECKON_RELATION_ACCEPTED && !ab->blocked && ba->relation == BECKON_RELATION_ACCEPTED
         && !ba->blocked;
}

/* Offline and invisible are the same to everybody else. */
BeckonStatus
bk_fake_account_shown_status (BkFakeAccount *account)
{
  if (account->backends->len == 0 || account->status == BECKON_STATUS_INVISIBLE)
    return BECKON_STATUS_OFFLINE;
  return account->status;
}

static BkFakeFact *
presence_fact (BkFakeAccount *whom, gboolean visible)
{
  BeckonStatus status = visible ? bk_fake_account_shown_status (whom) : BECKON_STATUS_OFFLINE;
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_PRESENCE,
    .who = whom->name,
    .status = status,
    .personal_message = status != BECKON_STATUS_OFFLINE ? whom->personal_message : NULL,
  };

  return bk_fake_fact_new (&event);
}

static void
show_to_account (BkFakeNetwork *self, BkFakeAccount *whom, BkFakeAccount *to, gboolean visible)
{
  BkFakeFact *fact = presence_fact (whom, visible);

  for (guint i = 0; i < to->backends->len; i++)
    bk_fake_backend_deliver (to->backends->pdata[i], fact);
  bk_fake_fact_release (fact);
}

/* Tells one device, which has just come, how @whom is. */
void
bk_fake_network_show (BkFakeNetwork *self, BkFakeAccount *whom, BkFakeBackend *to)
{
  BkFakeFact *fact = presence_fact (whom, TRUE);

  bk_fake_backend_deliver (to, fact);
  bk_fake_fact_release (fact);
}

/* Tells everybody who may know how @account is. */
void
bk_fake_network_announce (BkFakeNetwork *self, BkFakeAccount *account)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (other != account && bk_fake_network_is_visible (self, account, other))
      show_to_account (self, account, other, TRUE);
}

/* ---- contacts ---- */

static void
withdraw_contact (BkFakeAccount *owner, const char *who)
{
  for (guint i = 0; i < owner->facts->len; i++)
    {
      BkFakeFact *fact = owner->facts->pdata[i];
      if (fact->event.type == BK_BACKEND_EVENT_CONTACT && g_str_equal (fact->event.who, who))
        fact->withdrawn = TRUE;
    }
}

/* Nothing is noted about strangers. */
static void
forget_notes (BkFakeContact *contact)
{
  g_clear_pointer (&contact->groups, g_strfreev);
  g_clear_pointer (&contact->alias, g_free);
  contact->pinned = FALSE;
  contact->muted = FALSE;
}

/* Writes how @owner sees @other and tells its devices; what was said about it before is of no use any more. */
static void
save (BkFakeNetwork *self, BkFakeAccount *owner, BkFakeAccount *other, BeckonRelation relation)
{
  BkFakeContact *contact = bk_fake_account_contact (owner, other->name);
  gboolean known = relation == BECKON_RELATION_ACCEPTED || relation == BECKON_RELATION_ASKING;

  contact->relation = relation;
  if (relation == BECKON_RELATION_NONE)
    forget_notes (contact);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .who = other->name,
    .display_name = known ? other->display_name : NULL,
    .relation = relation,
    .blocked = contact->blocked,
    .text = relation == BECKON_RELATION_ASKING ? contact->request : NULL,
    .groups = (const char *const *) contact->groups,
    .alias = contact->alias,
    .pinned = contact->pinned,
    .muted = contact->muted,
    .avatar = relation == BECKON_RELATION_ACCEPTED ? other->avatar : NULL,
  };
  withdraw_contact (owner, other->name);
  bk_fake_network_publish (self, owner, bk_fake_fact_new (&event));
}

/* Tells @owner's devices how @other stands to it. */
void
bk_fake_network_tell_contact (BkFakeNetwork *self, BkFakeAccount *owner, BkFakeAccount *other)
{
  save (self, owner, other, bk_fake_account_contact (owner, other->name)->relation);
}

static void
save_if_new (BkFakeNetwork *self, BkFakeAccount *owner, BkFakeAccount *other, BeckonRelation relation)
{
  if (bk_fake_account_contact (owner, other->name)->relation != relation)
    save (self, owner, other, relation);
}

static void
set_request (BkFakeContact *contact, const char *text)
{
  char *copy = g_strdup (text);

  g_free (contact->request);
  contact->request = copy;
}

static void
become (BkFakeNetwork *self, BkFakeAccount *me, BkFakeAccount *other, BeckonRelation relation)
{
  set_request (bk_fake_account_contact (me, other->name), NULL);
  set_request (bk_fake_account_contact (other, me->name), NULL);
  save (self, me, other, relation);
  save_if_new (self, other, me, relation);
}

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return FALSE;
}

static gboolean
add (BkFakeNetwork *self, BkFakeAccount *me, BkFakeAccount *other, const char *text, GError **error)
{
  BkFakeContact *mine = bk_fake_account_contact (me, other->name);
  BkFakeContact *theirs = bk_fake_account_contact (other, me->name);

  if (mine->blocked)
    return refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
  switch (mine->relation)
    {
    case BECKON_RELATION_ASKED:
      return TRUE;
    case BECKON_RELATION_ACCEPTED:
      return refuse (error, BECKON_ERROR_ALREADY_IN_LIST, "This person is a contact already");
    case BECKON_RELATION_ASKING:
      become (self, me, other, BECKON_RELATION_ACCEPTED);
      return TRUE;
    case BECKON_RELATION_NONE:
      break;
    }
  set_request (mine, text);
  save (self, me, other, BECKON_RELATION_ASKED);
  if (theirs->blocked)
    return TRUE;
  set_request (theirs, text);
  save_if_new (self, other, me, BECKON_RELATION_ASKING);
  return TRUE;
}

static gboolean
block (BkFakeNetwork *self, BkFakeAccount *me, BkFakeAccount *other)
{
  BkFakeContact *mine = bk_fake_account_contact (me, other->name);
  BeckonRelation before = mine->relation;

  if (mine->blocked)
    return TRUE;
  mine->blocked = TRUE;
  save (self, me, other, before == BECKON_RELATION_ACCEPTED ? before : BECKON_RELATION_NONE);
  if (before == BECKON_RELATION_ASKED)
    save_if_new (self, other, me, BECKON_RELATION_NONE);
  return TRUE;
}

static gboolean
unblock (BkFakeNetwork *self, BkFakeAccount *me, BkFakeAccount *other)
{
  BkFakeContact *mine = bk_fake_account_contact (me, other->name);
  BkFakeContact *theirs = bk_fake_account_contact (other, me->name);
  gboolean hidden = mine->relation == BECKON_RELATION_NONE && theirs->relation == BECKON_RELATION_ASKED;

  if (!mine->blocked)
    return TRUE;
  mine->blocked = FALSE;
  if (hidden)
    set_request (mine, theirs->request);
  save (self, me, other, hidden ? BECKON_RELATION_ASKING : mine->relation);
  return TRUE;
}

static gboolean
answer (BkFakeNetwork *self, BkFakeAccount *me, BkFakeAccount *other, gboolean approve, GError **error)
{
  BeckonRelation relation = bk_fake_account_contact (me, other->name)->relation;

  if (approve && relation == BECKON_RELATION_ACCEPTED)
    return TRUE;
  if (relation != BECKON_RELATION_ASKING)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "This person has not asked");
  become (self, me, other, approve ? BECKON_RELATION_ACCEPTED : BECKON_RELATION_NONE);
  return TRUE;
}

static gboolean
apply (BkFakeNetwork *self, BkFakeAccount *me, BkContactVerb verb, BkFakeAccount *other, const char *text,
       GError **error)
{
  switch (verb)
    {
    case BK_CONTACT_ADD:
      return add (self, me, other, text, error);
    case BK_CONTACT_APPROVE:
    case BK_CONTACT_DECLINE:
      return answer (self, me, other, verb == BK_CONTACT_APPROVE, error);
    case BK_CONTACT_REMOVE:
      if (bk_fake_account_contact (me, other->name)->relation == BECKON_RELATION_NONE)
        return refuse (error, BECKON_ERROR_NOT_FOUND, "This person is not in the contact list");
      become (self, me, other, BECKON_RELATION_NONE);
      return TRUE;
    case BK_CONTACT_BLOCK:
      return block (self, me, other);
    case BK_CONTACT_UNBLOCK:
      return unblock (self, me, other);
    }
  return FALSE;
}

gboolean
bk_fake_network_change (BkFakeNetwork *self, BkFakeAccount *account, BkContactVerb verb, const char *who,
                        const char *text, GError **error)
{
  BkFakeAccount *other = bk_fake_network_find (self, who);

  if (other == account)
    return refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "Nobody is their own contact");
  if (other == NULL)
    return refuse (error, BECKON_ERROR_USER_NOT_FOUND, "There is nobody of that name");

  gboolean before = bk_fake_network_is_visible (self, account, other);
  if (!apply (self, account, verb, other, text, error))
    return FALSE;

  gboolean after = bk_fake_network_is_visible (self, account, other);
  if (before != after)
    {
      show_to_account (self, account, other, after);
      show_to_account (self, other, account, after);
    }
  return TRUE;
}

/* Whoever sees @account sees how it is now. */
void
bk_fake_network_show_profile (BkFakeNetwork *self, BkFakeAccount *account)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BeckonRelation relation = bk_fake_account_contact (value, account->name)->relation;
      if (relation == BECKON_RELATION_ACCEPTED || relation == BECKON_RELATION_ASKING)
        save (self, value, account, relation);
    }
}

void
bk_fake_network_rename (BkFakeNetwork *self, BkFakeAccount *account, const char *display_name)
{
  g_free (account->display_name);
  account->display_name = g_strdup (display_name);
  bk_fake_network_show_profile (self, account);
}

/* It is gone from the lists of all others. */
void
bk_fake_network_remove (BkFakeNetwork *self, BkFakeAccount *account)
{
  GHashTableIter iter;
  gpointer value;

  bk_fake_network_end_sessions (self, account);
  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BkFakeContact *contact = bk_fake_account_contact (value, account->name);
      if (value == account || (contact->relation == BECKON_RELATION_NONE && !contact->blocked))
        continue;
      contact->blocked = FALSE;
      save (self, value, account, BECKON_RELATION_NONE);
    }
  g_hash_table_remove (self->accounts, account->name);
}

/* ---- messages ---- */

static void
put (BkFakeNetwork *self, BkFakeAccount *owner, const char *peer, gboolean outgoing, const char *id, const char *text,
     gint64 time)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MESSAGE,
    .who = peer,
    .message_id = id,
    .outgoing = outgoing,
    .text = text,
    .time = time,
  };

  bk_fake_network_publish (self, owner, bk_fake_fact_new (&event));
}

/* Returns when the message was taken, 0 on error. */
gint64
bk_fake_network_send (BkFakeNetwork *self, BkFakeAccount *account, const char *to, const char *id, const char *text,
                      GError **error)
{
  const gint64 *taken = g_hash_table_lookup (account->taken, id);
  if (taken != NULL)
    return *taken;

  BkFakeAccount *other = bk_fake_network_find (self, to);
  BkFakeContact *mine = other != NULL ? bk_fake_account_contact (account, to) : NULL;
  if (mine == NULL || mine->relation != BECKON_RELATION_ACCEPTED)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "Messages go to contacts only");
  if (mine->blocked)
    return refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");

  gint64 time = bk_clock_real (self->clock);
  g_hash_table_insert (account->taken, g_strdup (id), g_memdup2 (&time, sizeof time));
  put (self, account, to, TRUE, id, text, time);
  if (!bk_fake_account_contact (other, account->name)->blocked)
    put (self, other, account->name, FALSE, id, text, time);
  return time;
}

/* ---- signing in ---- */

/* *@token and *@device are in and out. Returns the account, NULL with @error. */
BkFakeAccount *
bk_fake_network_sign_in (BkFakeNetwork *self, const char *name, const char *password, char **token, char **device,
                         GError **error)
{
  const GError *refusal = g_hash_table_lookup (self->refusals, name);
  if (refusal != NULL)
    {
      g_propagate_error (error, g_error_copy (refusal));
      return NULL;
    }
  if (self->welcomes_all && bk_fake_network_find (self, name) == NULL)
    bk_fake_demo_welcome (self, name);

  BkFakeAccount *account = bk_fake_network_find (self, name);
  const char *known = account != NULL && *token != NULL ? g_hash_table_lookup (account->tokens, *token) : NULL;
  gboolean right = account != NULL
                   && (known != NULL || self->welcomes_all || g_strcmp0 (account->password, password) == 0);
  if (!right)
    {
      refuse (error, BECKON_ERROR_INVALID_PASSWORD, "The sign-in name or the password is wrong");
      return NULL;
    }
  if (known != NULL)
    {
      char *same = g_strdup (known);
      g_free (*device);
      *device = same;
      return account;
    }
  if (*device == NULL)
    *device = bk_guid_new ();
  bk_fake_network_forget_device (account, *device);
  g_free (*token);
  *token = bk_token_new ();
  g_hash_table_insert (account->tokens, g_strdup (*token), g_strdup (*device));
  return account;
}

/* ---- the object ---- */

static void
bk_fake_network_dispose (GObject *object)
{
  BkFakeNetwork *self = BK_FAKE_NETWORK (object);

  g_ptr_array_set_size (self->inhabitants, 0);
  G_OBJECT_CLASS (bk_fake_network_parent_class)->dispose (object);
}

static void
bk_fake_network_finalize (GObject *object)
{
  BkFakeNetwork *self = BK_FAKE_NETWORK (object);

  g_ptr_array_unref (self->inhabitants);
  g_hash_table_unref (self->licenses);
  g_hash_table_unref (self->refusals);
  g_clear_pointer (&self->relays, bk_relays_free);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->accounts);
  g_ptr_array_unref (self->members);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bk_fake_network_parent_class)->finalize (object);
}

static void
bk_fake_network_class_init (BkFakeNetworkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_fake_network_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_fake_network_finalize;
}

static void
bk_fake_network_init (BkFakeNetwork *self)
{
  self->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, account_free);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bk_fake_session_free);
  self->licenses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->refusals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_error_free);
  self->members = g_ptr_array_new ();
  self->inhabitants = g_ptr_array_new_with_free_func (g_object_unref);
}

BkFakeNetwork *
bk_fake_network_new (BkClock *clock)
{
  BkFakeNetwork *self = g_object_new (BK_TYPE_FAKE_NETWORK, NULL);

  self->clock = g_object_ref (clock);
  return self;
}

gboolean
bk_fake_network_add_account (BkFakeNetwork *self, const char *name, const char *password, const char *display_name,
                             GError **error)
{
  if (!bk_sign_in_name_is_valid (name))
    return refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "That is not a sign-in name");
  if (bk_fake_network_find (self, name) != NULL)
    return refuse (error, BECKON_ERROR_ACCOUNT_EXISTS, "There is an account of that name already");

  BkFakeAccount *account = account_new (name, password, display_name);
  g_hash_table_insert (self->accounts, account->name, account);
  return TRUE;
}

void
bk_fake_network_refuse (BkFakeNetwork *self, const char *name, const GError *error)
{
  g_hash_table_insert (self->refusals, g_strdup (name), g_error_copy (error));
}

/* Makes two accounts contacts of each other. */
void
bk_fake_network_befriend (BkFakeNetwork *self, const char *a, const char *b)
{
  BkFakeAccount *one = bk_fake_network_find (self, a);
  BkFakeAccount *other = bk_fake_network_find (self, b);

  g_return_if_fail (one != NULL && other != NULL && one != other);

  become (self, one, other, BECKON_RELATION_ACCEPTED);
  show_to_account (self, one, other, TRUE);
  show_to_account (self, other, one, TRUE);
}

void
bk_fake_network_flush (BkFakeNetwork *self)
{
  for (guint i = 0; i < self->members->len; i++)
    bk_fake_backend_run (self->members->pdata[i]);
}

void
bk_fake_network_set_held (BkFakeNetwork *self, gboolean held)
{
  self->held = held;
  if (!held)
    bk_fake_network_flush (self);
}
