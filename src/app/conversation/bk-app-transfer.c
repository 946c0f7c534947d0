/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-transfer.h"

#include <glib/gi18n.h>

#define LONG (100 * 3600) /* seconds of which nobody wants to know the number */

static BkAppTransferState
read_state (const char *word)
{
  static const char *const words[] = { "", "offered", "waiting", "running", "stalled", "done", "failed" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i]))
      return (BkAppTransferState) i;
  return BK_APP_TRANSFER_WAITING; /* of a later version */
}

void
bk_app_transfer_read (BkAppTransfer *self, GVariant *dictionary)
{
  const char *state = "";

  *self = (BkAppTransfer) { 0 };
  g_variant_lookup (dictionary, "state", "&s", &state);
  g_variant_lookup (dictionary, "size", "t", &self->size);
  g_variant_lookup (dictionary, "done", "t", &self->done);
  g_variant_lookup (dictionary, "rate", "t", &self->rate);
  self->state = read_state (state);
  self->done = MIN (self->done, self->size);
}

double
bk_app_transfer_get_fraction (const BkAppTransfer *self)
{
  if (self->state == BK_APP_TRANSFER_DONE)
    return 1.0;
  return self->size > 0 ? (double) self->done / (double) self->size : 0.0;
}

static char *
dup_time_left (guint64 seconds)
{
  guint n = (guint) MIN (seconds, LONG);

  if (n < 60)
    return g_strdup_printf (ngettext ("%u second left", "%u seconds left", n), n);
  n = (n + 30) / 60;
  if (n < 60)
    return g_strdup_printf (ngettext ("%u minute left", "%u minutes left", n), n);
  n = (n + 30) / 60;
  return g_strdup_printf (ngettext ("%u hour left", "%u hours left", n), n);
}

char *
bk_app_transfer_dup_progress (const BkAppTransfer *self)
{
  g_autofree char *done = g_format_size (self->done);
  g_autofree char *size = g_format_size (self->size);
  guint percent = (guint) (bk_app_transfer_get_fraction (self) * 100.0);

  if (self->rate == 0 || self->state != BK_APP_TRANSFER_RUNNING)
    /* Translators: how much of a file has gone, of how much: "3.1 MB of 40.0 MB (7%)" */
    return g_strdup_printf (_("%s of %s (%u%%)"), done, size, percent);
  g_autofree char *rate = g_format_size (self->rate);
  g_autofree char *left = dup_time_left ((self->size - self->done + self->rate - 1) / self->rate);
  /* Translators: the same with the speed and the time: "3.1 MB of 40.0 MB (7%), 1.5 MB/s, 25 seconds left" */
  return g_strdup_printf (_("%s of %s (%u%%), %s/s, %s"), done, size, percent, rate, left);
}
