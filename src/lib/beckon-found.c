/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-found-private.h"

#include "beckon-values-private.h"

struct _BeckonFound
{
  GObject parent_instance;

  BeckonAccount *account;
  char *who;
  BeckonMessage *message;
};

G_DEFINE_FINAL_TYPE (BeckonFound, beckon_found, G_TYPE_OBJECT)

/* @message: as it travels on the bus. */
BeckonFound *
beckon_found_new (BeckonAccount *account, const char *who, GVariant *message)
{
  BeckonFound *self = g_object_new (BECKON_TYPE_FOUND, NULL);

  self->account = g_object_ref (account);
  self->who = g_strdup (who);
  self->message = beckon_message_new (message);
  return self;
}

/**
 * beckon_found_get_account:
 * @self: what was found
 *
 * Gets the account whose conversation it is in.
 *
 * Returns: (transfer none): the account
 */
BeckonAccount *
beckon_found_get_account (BeckonFound *self)
{
  g_return_val_if_fail (BECKON_IS_FOUND (self), NULL);

  return self->account;
}

/**
 * beckon_found_get_who:
 * @self: what was found
 *
 * Gets the other person of the conversation that it is in.
 *
 * Returns: (transfer none): the sign-in name
 */
const char *
beckon_found_get_who (BeckonFound *self)
{
  g_return_val_if_fail (BECKON_IS_FOUND (self), NULL);

  return self->who;
}

/**
 * beckon_found_get_message:
 * @self: what was found
 *
 * Gets the message, as it was when it was found.
 *
 * Returns: (transfer none): the message
 */
BeckonMessage *
beckon_found_get_message (BeckonFound *self)
{
  g_return_val_if_fail (BECKON_IS_FOUND (self), NULL);

  return self->message;
}

static void
beckon_found_finalize (GObject *object)
{
  BeckonFound *self = BECKON_FOUND (object);

  g_object_unref (self->account);
  g_free (self->who);
  g_object_unref (self->message);
  G_OBJECT_CLASS (beckon_found_parent_class)->finalize (object);
}

static void
beckon_found_class_init (BeckonFoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = beckon_found_finalize;
}

static void
beckon_found_init (BeckonFound *self)
{
}
