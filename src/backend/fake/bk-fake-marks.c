/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far messages have come, and who is writing. */
#include "bk-fake-private.h"

/* The number of what @author wrote to @to under @id, 0 if there is no such message. */
static gint64
find_message (const BkFakeAccount *author, const char *to, const char *id)
{
  for (guint i = author->facts->len; i > 0; i--)
    {
      const BkFakeFact *fact = author->facts->pdata[i - 1];
      if (fact->event.type == BK_BACKEND_EVENT_MESSAGE && fact->event.outgoing && g_str_equal (fact->event.who, to)
          && g_str_equal (fact->event.message_id, id))
        return fact->seq;
    }
  return 0;
}

/* Of each kind and conversation only the last is told to a device that was away. */
static void
withdraw (BkFakeAccount *owner, const BkBackendEvent *event)
{
  for (guint i = 0; i < owner->facts->len; i++)
    {
      BkFakeFact *fact = owner->facts->pdata[i];
      if (fact->event.type == BK_BACKEND_EVENT_MARK && fact->event.mark == event->mark
          && fact->event.outgoing == event->outgoing && g_str_equal (fact->event.who, event->who))
        fact->withdrawn = TRUE;
    }
}

/* It only goes forward, and what is read is delivered, too. @not_device: nullable. */
static void
move_mark (BkFakeNetwork *self, BkFakeAccount *owner, const BkBackendEvent *event, gint64 position,
           const char *not_device)
{
  BkFakeContact *contact = bk_fake_account_contact (owner, event->who);
  gint64 *delivered = event->outgoing ? &contact->delivered : &contact->seen;
  gint64 *read = event->outgoing ? &contact->read : &contact->seen;
  gint64 *moved = event->mark == BECKON_DELIVERY_READ ? read : delivered;

  if (position <= *moved || position <= *read)
    return;
  *moved = position;
  withdraw (owner, event);
  BkFakeFact *fact = bk_fake_fact_new (event);
  fact->not_device = g_strdup (not_device);
  bk_fake_network_publish (self, owner, fact);
}

static BkFakeAccount *
find_contact (BkFakeNetwork *self, BkFakeAccount *account, const char *who, GError **error)
{
  BkFakeAccount *other = bk_fake_network_find (self, who);

  if (other != NULL && bk_fake_account_contact (account, who)->relation == BECKON_RELATION_ACCEPTED)
    return other;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no contact of that name");
  return NULL;
}

static gboolean
set_mark (BkFakeBackend *self, const char *who, const char *id, BeckonDelivery mark, gboolean tell, GError **error)
{
  BkFakeAccount *account = self->account;
  BkFakeAccount *author = find_contact (self->network, account, who, error);
  gint64 position = author != NULL ? find_message (author, account->name, id) : 0;
  BkBackendEvent own = { .type = BK_BACKEND_EVENT_MARK, .who = author != NULL ? author->name : NULL,
                         .message_id = id, .mark = mark };
  BkBackendEvent told = { .type = BK_BACKEND_EVENT_MARK, .who = account->name, .message_id = id, .mark = mark,
                          .outgoing = TRUE };

  if (author == NULL)
    return FALSE;
  if (position == 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such message");
      return FALSE;
    }
  if (mark == BECKON_DELIVERY_READ)
    move_mark (self->network, account, &own, position, self->device);
  if (tell && bk_fake_network_is_visible (self->network, account, author))
    move_mark (self->network, author, &told, position, NULL);
  return TRUE;
}

static void
fake_mark_async (BkBackendMarks *backend, const char *who, const char *message_id, BeckonDelivery mark, gboolean tell,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, fake_mark_async);
  if (!bk_fake_backend_check_ready (self, task))
    return;
  set_mark (self, who, message_id, mark, tell, &error);
  bk_fake_backend_reply (self, task, g_strdup (message_id), error);
}

static gboolean
fake_mark_finish (BkBackendMarks *backend, GAsyncResult *result, GError **error)
{
  g_autofree char *message_id = g_task_propagate_pointer (G_TASK (result), error);

  return message_id != NULL;
}

static void
fake_set_typing (BkBackendMarks *backend, const char *to, gboolean typing)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  BkFakeAccount *other = self->account != NULL ? bk_fake_network_find (self->network, to) : NULL;

  if (other == NULL || !bk_fake_network_is_visible (self->network, self->account, other)
      || bk_fake_account_shown_status (self->account) == BECKON_STATUS_OFFLINE)
    return;
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_TYPING, .who = self->account->name, .typing = typing };
  BkFakeFact *fact = bk_fake_fact_new (&event);
  for (guint i = 0; i < other->backends->len; i++)
    bk_fake_backend_deliver (other->backends->pdata[i], fact);
  bk_fake_fact_release (fact);
}

void
bk_fake_backend_marks_init (BkBackendMarksInterface *iface)
{
  iface->mark_async = fake_mark_async;
  iface->mark_finish = fake_mark_finish;
  iface->set_typing = fake_set_typing;
}
