/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-grouping.h"

#include "bk-app-text.h"

#define GROUP (5 * G_TIME_SPAN_MINUTE)

static gboolean
is_written (BeckonMessage *message)
{
  return *beckon_message_get_session (message) == '\0';
}

static gboolean
belong_together (BeckonMessage *above, BeckonMessage *below, gint64 first_new)
{
  gint64 distance = beckon_message_get_time (below) - beckon_message_get_time (above);

  return is_written (above) && is_written (below)
         && beckon_message_get_outgoing (above) == beckon_message_get_outgoing (below)
         && ABS (distance) < GROUP && beckon_message_get_id (below) != first_new
         && bk_app_is_same_day (beckon_message_get_time (above), beckon_message_get_time (below));
}

BkAppPlace
bk_app_grouping_place (BeckonMessage *before, BeckonMessage *message, BeckonMessage *after, gint64 first_new)
{
  BkAppPlace place = BK_APP_PLACE_NONE;

  if (before == NULL || !bk_app_is_same_day (beckon_message_get_time (before), beckon_message_get_time (message)))
    place |= BK_APP_PLACE_DAY;
  if (first_new != 0 && beckon_message_get_id (message) == first_new)
    place |= BK_APP_PLACE_NEW;
  if (before == NULL || !belong_together (before, message, first_new))
    place |= BK_APP_PLACE_FIRST;
  if (after == NULL || !belong_together (message, after, first_new)
      || beckon_message_get_delivery (message) != beckon_message_get_delivery (after))
    place |= BK_APP_PLACE_LAST;
  return place;
}

gint64
bk_app_grouping_first_new (GListModel *messages, gint64 read_up_to)
{
  guint n_messages = g_list_model_get_n_items (messages);
  gint64 first = 0;

  for (guint i = n_messages; i-- > 0;)
    {
      g_autoptr (BeckonMessage) message = g_list_model_get_item (messages, i);

      if (beckon_message_get_id (message) <= read_up_to)
        break;
      if (!beckon_message_get_outgoing (message))
        first = beckon_message_get_id (message);
    }
  return first;
}
