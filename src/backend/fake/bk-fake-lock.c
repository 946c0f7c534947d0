/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key: challenges and grants of one device, and what the operator does with them. */
#include "bk-fake-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define MAX_CHALLENGES 64

typedef struct
{
  char *word;
  gint64 expires; /* monotonic */
} BkFakeChallenge;

typedef struct
{
  BkFakeBackend *backend; /* borrowed: the grant is the backend's */
  char *word;
  char *license;
  char *challenge; /* asked again and not answered yet; nullable */
  guint timer;     /* the answer must be there by then */
} BkFakeGrant;

void
bk_fake_challenge_free (gpointer data)
{
  BkFakeChallenge *challenge = data;

  g_free (challenge->word);
  g_free (challenge);
}

void
bk_fake_grant_free (gpointer data)
{
  BkFakeGrant *grant = data;

  bk_clock_clear (grant->backend->network->clock, &grant->timer);
  g_free (grant->word);
  g_free (grant->license);
  g_free (grant->challenge);
  g_free (grant);
}

gboolean
bk_fake_backend_has_grant (BkFakeBackend *self, const char *grant)
{
  return g_hash_table_contains (self->grants, grant);
}

/* They end with the connection. */
void
bk_fake_backend_forget_grants (BkFakeBackend *self)
{
  g_ptr_array_set_size (self->challenges, 0);
  g_hash_table_remove_all (self->grants);
}

static void
tell (BkFakeBackend *self, BkBackendEventType type, const char *grant, const char *challenge)
{
  BkBackendEvent event = { .type = type, .grant = grant, .challenge = challenge };
  BkFakeFact *fact = bk_fake_fact_new (&event);

  bk_fake_backend_deliver (self, fact);
  bk_fake_fact_release (fact);
}

static void
end_grant (BkFakeGrant *grant)
{
  BkFakeBackend *self = grant->backend;

  tell (self, BK_BACKEND_EVENT_LOCK_REVOKED, grant->word, NULL);
  g_hash_table_remove (self->grants, grant->word);
}

/* ---- what programs ask for ---- */

static gboolean
check_locked (BkFakeBackend *self, GTask *task)
{
  if (!bk_fake_backend_check_ready (self, task))
    return FALSE;
  if (self->network->locked)
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_API_DISABLED, "Nothing is locked here");
  return FALSE;
}

static void
fake_challenge_async (BkBackendLock *backend, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fake_challenge_async);
  if (!check_locked (self, task))
    return;

  BkFakeChallenge *challenge = g_new0 (BkFakeChallenge, 1);
  challenge->word = bk_token_new ();
  challenge->expires = bk_clock_now (self->network->clock) + BK_TIMEOUT_CHALLENGE_S * G_USEC_PER_SEC;
  if (self->challenges->len >= MAX_CHALLENGES)
    g_ptr_array_remove_index (self->challenges, 0);
  g_ptr_array_add (self->challenges, challenge);
  bk_fake_backend_reply (self, task, g_strdup (challenge->word), NULL);
}

/* Uses a challenge up. *@grant is the one that was asked about with it. */
static gboolean
take_challenge (BkFakeBackend *self, const char *word, BkFakeGrant **grant)
{
  GHashTableIter iter;
  gpointer asked;

  g_hash_table_iter_init (&iter, self->grants);
  while (g_hash_table_iter_next (&iter, NULL, &asked))
    if (g_strcmp0 (((BkFakeGrant *) asked)->challenge, word) == 0)
      {
        *grant = asked;
        g_clear_pointer (&(*grant)->challenge, g_free);
        return TRUE;
      }
  for (guint i = 0; i < self->challenges->len; i++)
    {
      BkFakeChallenge *challenge = self->challenges->pdata[i];
      gboolean good = challenge->expires > bk_clock_now (self->network->clock);

      if (!g_str_equal (challenge->word, word))
        continue;
      g_ptr_array_remove_index (self->challenges, i);
      return good;
    }
  return FALSE;
}

static gboolean
is_right (BkFakeNetwork *network, const char *challenge, const char *license, const char *response)
{
  const char *key = g_hash_table_lookup (network->licenses, license);
  g_autofree char *text = g_strconcat (challenge, "\n", license, NULL);

  if (key == NULL)
    return FALSE;
  g_autofree char *expected
    = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) key, strlen (key), text, -1);
  return bk_token_equal (expected, response);
}

static const char *
renew (BkFakeGrant *grant)
{
  bk_clock_clear (grant->backend->network->clock, &grant->timer);
  return grant->word;
}

static const char *
add_grant (BkFakeBackend *self, const char *license)
{
  BkFakeGrant *grant = g_new0 (BkFakeGrant, 1);

  grant->backend = self;
  grant->word = bk_token_new ();
  grant->license = g_strdup (license);
  g_hash_table_insert (self->grants, grant->word, grant);
  return grant->word;
}

static void
fake_respond_async (BkBackendLock *backend, const char *challenge, const char *license, const char *response,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BkFakeBackend *self = BK_FAKE_BACKEND (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkFakeGrant *grant = NULL;

  g_task_set_source_tag (task, fake_respond_async);
  if (!check_locked (self, task))
    return;
  gboolean right = take_challenge (self, challenge, &grant)
                   && is_right (self->network, challenge, license, response)
                   && (grant == NULL || g_str_equal (grant->license, license));
  if (right)
    {
      bk_fake_backend_reply (self, task, g_strdup (grant != NULL ? renew (grant) : add_grant (self, license)), NULL);
      return;
    }
  bk_fake_backend_push_reply (self, task, NULL,
                              g_error_new_literal (BECKON_ERROR, BECKON_ERROR_API_UNLOCK_FAILED,
                                                   "That does not unlock the API"));
  if (grant != NULL)
    end_grant (grant);
}

static char *
fake_lock_finish (BkBackendLock *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_release (BkBackendLock *backend, const char *grant)
{
  g_hash_table_remove (BK_FAKE_BACKEND (backend)->grants, grant);
}

void
bk_fake_backend_lock_init (BkBackendLockInterface *iface)
{
  iface->challenge_async = fake_challenge_async;
  iface->challenge_finish = fake_lock_finish;
  iface->respond_async = fake_respond_async;
  iface->respond_finish = fake_lock_finish;
  iface->release = fake_release;
}

/* ---- the operator ---- */

void
bk_fake_network_set_locked (BkFakeNetwork *self, gboolean locked)
{
  self->locked = locked;
}

void
bk_fake_network_add_license (BkFakeNetwork *self, const char *id, const char *key)
{
  g_hash_table_replace (self->licenses, g_strdup (id), g_strdup (key));
}

typedef void (*GrantFunc) (BkFakeGrant *grant);

static void
for_each_grant (BkFakeNetwork *self, const char *license, GrantFunc func)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      BkFakeBackend *backend = self->members->pdata[i];
      g_autoptr (GList) grants = g_hash_table_get_values (backend->grants);
      for (GList *link = grants; link != NULL; link = link->next)
        if (g_str_equal (((BkFakeGrant *) link->data)->license, license))
          func (link->data);
    }
}

void
bk_fake_network_revoke_license (BkFakeNetwork *self, const char *id)
{
  g_hash_table_remove (self->licenses, id);
  for_each_grant (self, id, end_grant);
}

static void
on_no_answer (gpointer user_data)
{
  BkFakeGrant *grant = user_data;

  grant->timer = 0;
  end_grant (grant);
}

/* Who has been asked already is not asked anew: that would only put the end off. */
static void
ask (BkFakeGrant *grant)
{
  if (grant->timer != 0)
    return;
  grant->challenge = bk_token_new ();
  grant->timer = bk_clock_add (grant->backend->network->clock, BK_TIMEOUT_CHALLENGE_S * 1000, on_no_answer, grant);
  tell (grant->backend, BK_BACKEND_EVENT_LOCK_CHALLENGED, grant->word, grant->challenge);
}

void
bk_fake_network_ask_again (BkFakeNetwork *self, const char *id)
{
  for_each_grant (self, id, ask);
}
