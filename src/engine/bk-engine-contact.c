/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts, and the list of them. */
#include "bk-engine-account-private.h"

#include "bk-limits.h"

struct _BkEngineContact
{
  GObject parent_instance;

  char *sign_in_name;
  char *display_name; /* nullable here: the getter falls back */
  BeckonRelation relation;
  gboolean blocked;
  BeckonStatus status;
  char *personal_message;
  char *request_text;
  guint unread;
  char *alias; /* nullable */
  gboolean pinned;
  gboolean muted;
  char *avatar; /* path of the picture, nullable */
  gboolean typing;
  char *draft;           /* nullable */
  BkEngineMessage *last; /* nullable */
};

enum
{
  PROP_0,
  PROP_SIGN_IN_NAME,
  PROP_DISPLAY_NAME,
  PROP_RELATION,
  PROP_BLOCKED,
  PROP_STATUS,
  PROP_PERSONAL_MESSAGE,
  PROP_REQUEST_TEXT,
  PROP_UNREAD,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint contact_changed;

G_DEFINE_FINAL_TYPE (BkEngineContact, bk_engine_contact, G_TYPE_OBJECT)

static void
bk_engine_contact_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BkEngineContact *self = BK_ENGINE_CONTACT (object);

  switch (id)
    {
    case PROP_SIGN_IN_NAME:
      g_value_set_string (value, self->sign_in_name);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, bk_engine_contact_get_display_name (self));
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
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bk_engine_contact_finalize (GObject *object)
{
  BkEngineContact *self = BK_ENGINE_CONTACT (object);

  g_free (self->sign_in_name);
  g_free (self->display_name);
  g_free (self->personal_message);
  g_free (self->request_text);
  g_free (self->alias);
  g_free (self->avatar);
  g_free (self->draft);
  g_clear_pointer (&self->last, bk_engine_message_unref);
  G_OBJECT_CLASS (bk_engine_contact_parent_class)->finalize (object);
}

static void
bk_engine_contact_class_init (BkEngineContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = bk_engine_contact_get_property;
  object_class->finalize = bk_engine_contact_finalize;

  props[PROP_SIGN_IN_NAME] = g_param_spec_string ("sign-in-name", NULL, NULL, NULL, flags);
  props[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  props[PROP_RELATION] =
    g_param_spec_enum ("relation", NULL, NULL, BECKON_TYPE_RELATION, BECKON_RELATION_NONE, flags);
  props[PROP_BLOCKED] = g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  props[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, BECKON_TYPE_STATUS, BECKON_STATUS_UNKNOWN, flags);
  props[PROP_PERSONAL_MESSAGE] = g_param_spec_string ("personal-message", NULL, NULL, NULL, flags);
  props[PROP_REQUEST_TEXT] = g_param_spec_string ("request-text", NULL, NULL, NULL, flags);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
bk_engine_contact_init (BkEngineContact *self)
{
}

const char *
bk_engine_contact_get_sign_in_name (BkEngineContact *self)
{
  return self->sign_in_name;
}

const char *
bk_engine_contact_get_display_name (BkEngineContact *self)
{
  if (self->alias != NULL)
    return self->alias;
  return self->display_name != NULL ? self->display_name : self->sign_in_name;
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
bk_engine_contact_get_personal_message (BkEngineContact *self)
{
  return self->personal_message;
}

const char *
bk_engine_contact_get_request_text (BkEngineContact *self)
{
  return self->request_text;
}

guint
bk_engine_contact_get_unread (BkEngineContact *self)
{
  return self->unread;
}

const char *
bk_engine_contact_get_alias (BkEngineContact *self)
{
  return self->alias;
}

gboolean
bk_engine_contact_get_pinned (BkEngineContact *self)
{
  return self->pinned;
}

gboolean
bk_engine_contact_get_muted (BkEngineContact *self)
{
  return self->muted;
}

const char *
bk_engine_contact_get_avatar (BkEngineContact *self)
{
  return self->avatar;
}

gboolean
bk_engine_contact_get_typing (BkEngineContact *self)
{
  return self->typing;
}

const char *
bk_engine_contact_get_draft (BkEngineContact *self)
{
  return self->draft;
}

BkEngineMessage *
bk_engine_contact_get_last (BkEngineContact *self)
{
  return self->last;
}

/* ---- changes: several notifications, one "contact-changed" of the list ---- */

static gboolean
set_string (BkEngineContact *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
  return TRUE;
}

static gboolean
set_status (BkEngineContact *self, BeckonStatus status)
{
  if (self->status == status)
    return FALSE;
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
  return TRUE;
}

/* Who is no contact has no presence; who just became one is offline until told otherwise. */
static gboolean
set_relation (BkEngineContact *self, BeckonRelation relation)
{
  if (self->relation == relation)
    return FALSE;
  self->relation = relation;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RELATION]);
  set_status (self, relation == BECKON_RELATION_ACCEPTED ? BECKON_STATUS_OFFLINE : BECKON_STATUS_UNKNOWN);
  if (relation != BECKON_RELATION_ACCEPTED)
    set_string (self, &self->personal_message, NULL, PROP_PERSONAL_MESSAGE);
  return TRUE;
}

static gboolean
set_flag (gboolean *field, gboolean value)
{
  gboolean changed = *field != value;

  *field = value;
  return changed;
}

/* A text without a property of its own. Empty is none. */
static gboolean
set_text (char **field, const char *value)
{
  const char *wanted = value != NULL && *value != '\0' ? value : NULL;

  if (g_strcmp0 (*field, wanted) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (wanted);
  return TRUE;
}

static gboolean
set_alias (BkEngineContact *self, const char *alias)
{
  if (!set_text (&self->alias, alias))
    return FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DISPLAY_NAME]);
  return TRUE;
}

static gboolean
set_fields (BkEngineContact *self, const BkHistoryContact *fields)
{
  const char *name = fields->display_name != NULL && *fields->display_name != '\0' ? fields->display_name : NULL;
  gboolean changed = set_relation (self, fields->relation);

  changed |= set_string (self, &self->display_name, name, PROP_DISPLAY_NAME);
  changed |= set_string (self, &self->request_text, fields->request_text, PROP_REQUEST_TEXT);
  if (self->blocked != fields->blocked)
    {
      self->blocked = fields->blocked;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BLOCKED]);
      changed = TRUE;
    }
  changed |= set_alias (self, fields->alias);
  changed |= set_flag (&self->pinned, fields->pinned);
  changed |= set_flag (&self->muted, fields->muted);
  return changed;
}

static gboolean
set_presence (BkEngineContact *self, BeckonStatus status, const char *personal_message)
{
  gboolean changed = set_status (self, status);

  changed |= set_string (self, &self->personal_message, personal_message, PROP_PERSONAL_MESSAGE);
  return changed;
}

/* ---- the list ---- */

struct _BkEngineContacts
{
  GObject parent_instance;

  GPtrArray *items; /* element-type BkEngineContact, owned, ordered by sign-in name */
};

static GType
contacts_get_item_type (GListModel *model)
{
  return BK_TYPE_ENGINE_CONTACT;
}

static guint
contacts_get_n_items (GListModel *model)
{
  return BK_ENGINE_CONTACTS (model)->items->len;
}

static gpointer
contacts_get_item (GListModel *model, guint position)
{
  GPtrArray *items = BK_ENGINE_CONTACTS (model)->items;

  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
contacts_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = contacts_get_item_type;
  iface->get_n_items = contacts_get_n_items;
  iface->get_item = contacts_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BkEngineContacts, bk_engine_contacts, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, contacts_list_model_init))

static void
bk_engine_contacts_finalize (GObject *object)
{
  g_ptr_array_unref (BK_ENGINE_CONTACTS (object)->items);
  G_OBJECT_CLASS (bk_engine_contacts_parent_class)->finalize (object);
}

static void
bk_engine_contacts_class_init (BkEngineContactsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_engine_contacts_finalize;
  contact_changed = g_signal_new ("contact-changed", BK_TYPE_ENGINE_CONTACTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, BK_TYPE_ENGINE_CONTACT);
}

static void
bk_engine_contacts_init (BkEngineContacts *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

BkEngineContacts *
bk_engine_contacts_new (void)
{
  return g_object_new (BK_TYPE_ENGINE_CONTACTS, NULL);
}

static void
emit_changed (BkEngineContacts *self, BkEngineContact *contact)
{
  g_signal_emit (self, contact_changed, 0, contact);
}

/* Whether @who is there; @position is its place, or the place where it belongs. */
static gboolean
contacts_search (BkEngineContacts *self, const char *who, guint *position)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      BkEngineContact *contact = g_ptr_array_index (self->items, middle);
      int order = strcmp (contact->sign_in_name, who);

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

BkEngineContact *
bk_engine_contacts_find (BkEngineContacts *self, const char *who)
{
  guint position;

  return contacts_search (self, who, &position) ? g_ptr_array_index (self->items, position) : NULL;
}

static void
contacts_insert (BkEngineContacts *self, guint position, const BkHistoryContact *fields)
{
  if (self->items->len >= BK_LIMIT_CONTACTS)
    {
      g_warning ("The contact list is full: one contact is not shown");
      return;
    }
  BkEngineContact *contact = g_object_new (BK_TYPE_ENGINE_CONTACT, NULL);

  contact->sign_in_name = g_strdup (fields->who);
  set_fields (contact, fields);
  g_ptr_array_insert (self->items, (int) position, contact);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* Adds, changes or removes (relation NONE, not blocked) a contact. */
void
bk_engine_contacts_set (BkEngineContacts *self, const BkHistoryContact *fields)
{
  gboolean gone = fields->relation == BECKON_RELATION_NONE && !fields->blocked;
  guint position;

  if (!contacts_search (self, fields->who, &position))
    {
      if (!gone)
        contacts_insert (self, position, fields);
      return;
    }

  g_autoptr (BkEngineContact) contact = g_object_ref (g_ptr_array_index (self->items, position));
  gboolean changed = set_fields (contact, fields);
  if (gone)
    {
      g_ptr_array_remove_index (self->items, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }
  else if (changed)
    emit_changed (self, contact);
}

/* Presence of somebody who is no contact is passed over. */
void
bk_engine_contacts_set_presence (BkEngineContacts *self, const char *who, BeckonStatus status,
                                 const char *personal_message)
{
  BkEngineContact *contact = bk_engine_contacts_find (self, who);

  if (contact != NULL && contact->relation == BECKON_RELATION_ACCEPTED
      && set_presence (contact, status, personal_message))
    emit_changed (self, contact);
}

static gboolean
set_unread (BkEngineContact *self, guint unread)
{
  if (self->unread == unread)
    return FALSE;
  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNREAD]);
  return TRUE;
}

static gboolean
set_last (BkEngineContact *self, BkEngineMessage *last)
{
  if (self->last == last)
    return FALSE;
  g_clear_pointer (&self->last, bk_engine_message_unref);
  self->last = last != NULL ? bk_engine_message_ref (last) : NULL;
  return TRUE;
}

/* One message is one change. */
void
bk_engine_contacts_set_talk (BkEngineContacts *self, const char *who, const BkEngineTalk *talk)
{
  BkEngineContact *contact = bk_engine_contacts_find (self, who);

  if (contact == NULL)
    return;
  gboolean changed = set_unread (contact, talk->unread);
  changed |= set_flag (&contact->typing, talk->typing);
  changed |= set_text (&contact->draft, talk->draft);
  changed |= set_last (contact, talk->last);
  if (changed)
    emit_changed (self, contact);
}

/* What the user has settled about somebody is so, before the network says it again. */
void
bk_engine_contacts_set_notes (BkEngineContacts *self, const char *who, const char *alias, gboolean pinned,
                              gboolean muted)
{
  BkEngineContact *contact = bk_engine_contacts_find (self, who);

  if (contact == NULL)
    return;
  gboolean changed = set_alias (contact, alias);
  changed |= set_flag (&contact->pinned, pinned);
  changed |= set_flag (&contact->muted, muted);
  if (changed)
    emit_changed (self, contact);
}

/* @path: of the picture; NULL: there is none, or it is not here yet. */
void
bk_engine_contacts_set_avatar (BkEngineContacts *self, const char *who, const char *path)
{
  BkEngineContact *contact = bk_engine_contacts_find (self, who);

  if (contact != NULL && set_text (&contact->avatar, path))
    emit_changed (self, contact);
}

/* Without a connection nobody is known to be there. A handler of "contact-changed" may change the list: work on a copy. */
void
bk_engine_contacts_reset_presence (BkEngineContacts *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_copy (self->items, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);

  g_ptr_array_set_free_func (items, g_object_unref);
  for (guint i = 0; i < items->len; i++)
    {
      BkEngineContact *contact = g_ptr_array_index (items, i);
      if (contact->relation == BECKON_RELATION_ACCEPTED && set_presence (contact, BECKON_STATUS_OFFLINE, NULL))
        emit_changed (self, contact);
    }
}
