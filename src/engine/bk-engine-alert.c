/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-account.h"

typedef struct
{
  BkEngineAlert fields;
  gatomicrefcount references;
} Alert;

G_DEFINE_BOXED_TYPE (BkEngineAlert, bk_engine_alert, bk_engine_alert_ref, bk_engine_alert_unref)

/* Returns an alert of its own with the same content. */
BkEngineAlert *
bk_engine_alert_new (const BkEngineAlert *fields)
{
  Alert *alert = g_new (Alert, 1);

  g_atomic_ref_count_init (&alert->references);
  alert->fields = *fields;
  alert->fields.id = g_strdup (fields->id);
  alert->fields.text = g_strdup (fields->text);
  alert->fields.url = g_strdup (fields->url);
  return &alert->fields;
}

BkEngineAlert *
bk_engine_alert_ref (BkEngineAlert *self)
{
  g_atomic_ref_count_inc (&((Alert *) self)->references);
  return self;
}

void
bk_engine_alert_unref (BkEngineAlert *self)
{
  Alert *alert = (Alert *) self;

  if (!g_atomic_ref_count_dec (&alert->references))
    return;
  g_free ((char *) self->id);
  g_free ((char *) self->text);
  g_free ((char *) self->url);
  g_free (alert);
}
