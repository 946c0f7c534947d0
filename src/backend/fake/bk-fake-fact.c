/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fake-private.h"

BkFakeFact *
bk_fake_fact_new (const BkBackendEvent *event)
{
  BkFakeFact *fact = g_rc_box_new0 (BkFakeFact);
  BkBackendEvent *copy = &fact->event;

  *copy = *event;
  copy->error = event->error != NULL ? g_error_copy (event->error) : NULL;
  copy->cursor = g_strdup (event->cursor);
  copy->token = g_strdup (event->token);
  copy->device = g_strdup (event->device);
  copy->who = g_strdup (event->who);
  copy->display_name = g_strdup (event->display_name);
  copy->personal_message = g_strdup (event->personal_message);
  copy->message_id = g_strdup (event->message_id);
  copy->text = g_strdup (event->text);
  copy->envelope = event->envelope != NULL ? bk_envelope_copy (event->envelope) : NULL;
  copy->session = g_strdup (event->session);
  copy->grant = g_strdup (event->grant);
  copy->challenge = g_strdup (event->challenge);
  copy->alert = g_strdup (event->alert);
  copy->url = g_strdup (event->url);
  copy->groups = (const char *const *) g_strdupv ((char **) event->groups);
  copy->group = g_strdup (event->group);
  copy->alias = g_strdup (event->alias);
  copy->avatar = g_strdup (event->avatar);
  return fact;
}

static void
fact_clear (gpointer data)
{
  BkFakeFact *fact = data;
  BkBackendEvent *event = &fact->event;

  if (event->error != NULL)
    g_error_free ((GError *) event->error);
  if (event->envelope != NULL)
    bk_envelope_free ((BkEnvelope *) event->envelope);
  g_free ((char *) event->cursor);
  g_free ((char *) event->token);
  g_free ((char *) event->device);
  g_free ((char *) event->who);
  g_free ((char *) event->display_name);
  g_free ((char *) event->personal_message);
  g_free ((char *) event->message_id);
  g_free ((char *) event->text);
  g_free ((char *) event->session);
  g_free ((char *) event->grant);
  g_free ((char *) event->challenge);
  g_free ((char *) event->alert);
  g_free ((char *) event->url);
  g_strfreev ((char **) event->groups);
  g_free ((char *) event->group);
  g_free ((char *) event->alias);
  g_free ((char *) event->avatar);
  g_free (fact->device);
  g_free (fact->not_device);
}

BkFakeFact *
bk_fake_fact_hold (BkFakeFact *fact)
{
  return g_rc_box_acquire (fact);
}

void
bk_fake_fact_release (BkFakeFact *fact)
{
  g_rc_box_release_full (fact, fact_clear);
}

/* An invitation that waited is given only the seconds that are left of it. */
void
bk_fake_fact_shorten (BkFakeFact *fact, gint64 now)
{
  if (fact->expires != 0 && fact->event.envelope != NULL)
    ((BkEnvelope *) fact->event.envelope)->ttl = (guint) MAX ((fact->expires - now) / G_USEC_PER_SEC, 1);
}
