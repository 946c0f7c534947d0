/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-counters.h"

#include <string.h>

static const char *const fault_names[] = {
  [BK_SERVER_FAULT_MALFORMED] = "malformed-frame",
  [BK_SERVER_FAULT_TOO_FAST] = "too-many-frames",
  [BK_SERVER_FAULT_TOO_MANY_REQUESTS] = "too-many-requests",
  [BK_SERVER_FAULT_NOT_SIGNED_IN] = "not-signed-in",
  [BK_SERVER_FAULT_SIGNED_IN] = "signed-in-already",
  [BK_SERVER_FAULT_SIGNING_IN] = "signing-in",
  [BK_SERVER_FAULT_TRANSPORTS] = "too-many-transports",
  [BK_SERVER_FAULT_HASHER_BUSY] = "too-many-passwords",
  [BK_SERVER_FAULT_PASSWORD] = "wrong-password",
  [BK_SERVER_FAULT_TOKEN] = "void-token",
  [BK_SERVER_FAULT_CHALLENGE] = "unknown-challenge",
  [BK_SERVER_FAULT_ANSWER] = "wrong-answer",
};
G_STATIC_ASSERT (G_N_ELEMENTS (fault_names) == BK_SERVER_N_FAULTS);

/* The last one stands for all that are not here. */
static const char *const limit_names[] = {
  "register", "fail", "fail-name", "fail-address", "unlock", "unlock-address", "contacts", "requests", "relays", "other",
};
G_STATIC_ASSERT (G_N_ELEMENTS (limit_names) == BK_SERVER_N_LIMITS);

static const char *const bye_names[] = {
  "shutdown", "slow", "replaced", "too-many-devices", "revoked", "disabled", "signed-out", "too-many-errors", "other",
};
G_STATIC_ASSERT (G_N_ELEMENTS (bye_names) == BK_SERVER_N_BYES);

/* A request was answered by `error`. */
void
bk_server_count_error (BkServerCounters *self, int code)
{
  self->errors[code >= 0 && code < BECKON_N_ERRORS ? code : BECKON_ERROR_FAILED]++;
}

void
bk_server_count_fault (BkServerCounters *self, BkServerFault fault)
{
  self->faults[fault]++;
}

/* Returns the place of the name that is the first @length characters of @word, where a space is as good as a `-`. */
static gsize
find_name (const char *const *names, gsize n_names, const char *word, gsize length)
{
  g_autofree char *name = g_strdelimit (g_strndup (word, length), " ", '-');

  for (gsize i = 0; i < n_names; i++)
    if (g_str_equal (names[i], name))
      return i;
  return n_names - 1;
}

/* @key is what the bucket is called: what it is for, a space, and whose it is. */
void
bk_server_count_limit (BkServerCounters *self, const char *key)
{
  self->limits[find_name (limit_names, BK_SERVER_N_LIMITS, key, strcspn (key, " "))]++;
}

void
bk_server_count_bye (BkServerCounters *self, const char *reason)
{
  self->byes[find_name (bye_names, BK_SERVER_N_BYES, reason, strlen (reason))]++;
}

static void
each_of (const char *family, const char *const *names, const guint64 *values, gsize n_values, BkServerCountFunc func,
         gpointer user_data)
{
  for (gsize i = 0; i < n_values; i++)
    func (family, names[i], values[i], user_data);
}

static void
each_of_net (const BkServerNetStats *net, BkServerCountFunc func, gpointer user_data)
{
  func ("connections", "accepted", net->accepted, user_data);
  func ("connections", "opened", net->opened, user_data);
  func ("frames", "in", net->frames_in, user_data);
  func ("frames", "out", net->frames_out, user_data);
  func ("bytes", "in", net->bytes_in, user_data);
  func ("bytes", "out", net->bytes_out, user_data);
  for (guint i = 0; i < BK_SERVER_N_REFUSED; i++)
    func ("refused", bk_server_refused_to_string ((BkServerRefused) i), net->refused[i], user_data);
  for (guint i = 0; i < BK_SERVER_N_CLOSED; i++)
    func ("closed", bk_server_closed_to_string ((BkServerClosed) i), net->closed[i], user_data);
}

/* Calls @func once for every number there is, those that are 0 included: what is counted can be seen before it happens.
 * @net is nullable. */
void
bk_server_counters_each (const BkServerCounters *self, const BkServerNetStats *net, BkServerCountFunc func,
                         gpointer user_data)
{
  if (net != NULL)
    each_of_net (net, func, user_data);
  func ("frames", "requests", self->requests, user_data);
  for (guint i = 0; i < BECKON_N_ERRORS; i++)
    func ("errors", beckon_error_to_nick ((BeckonError) i), self->errors[i], user_data);
  each_of ("faults", fault_names, self->faults, BK_SERVER_N_FAULTS, func, user_data);
  each_of ("limits", limit_names, self->limits, BK_SERVER_N_LIMITS, func, user_data);
  each_of ("byes", bye_names, self->byes, BK_SERVER_N_BYES, func, user_data);
}
