/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ice-pair.h"

#include "bk-limits.h"
#include "bk-test.h"

#include <string.h>

static IceSide *
other_of (IceSide *side)
{
  return &side->pair->side[side == &side->pair->side[0] ? 1 : 0];
}

static void
on_packet (const guint8 *packet, gsize length, gpointer user_data)
{
  IceSide *side = user_data;
  BeckonChannelPath state = bk_ice_get_state (side->ice);

  g_assert_true (state == BECKON_CHANNEL_PATH_DIRECT || state == BECKON_CHANNEL_PATH_RELAY);
  g_ptr_array_add (side->packets, g_bytes_new (packet, length));
  side->bytes += (guint) length;
  if (side->close_on == ICE_CLOSE_ON_PACKET)
    g_clear_object (&side->ice);
}

static void
on_candidates (BkIce *ice, const char *const *lines, gboolean done, IceSide *side)
{
  g_autoptr (GStrvBuilder) told = g_strv_builder_new ();

  g_assert_cmpuint (lines != NULL ? g_strv_length ((char **) lines) : 0, <=, BK_LIMIT_CANDIDATES);
  g_assert_false (side->done);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_test_message ("%s: %s", side == &side->pair->side[0] ? "A" : "B", lines[i]);
      g_assert_cmpuint (strlen (lines[i]), <=, BK_LIMIT_CANDIDATE);
      side->lines++;
      if (side->only == NULL || strstr (lines[i], side->only) != NULL)
        {
          g_strv_builder_add (told, lines[i]);
          side->told++;
        }
    }
  side->done = done;
  g_auto (GStrv) strv = g_strv_builder_end (told);
  if (!side->mute && other_of (side)->ice != NULL)
    bk_ice_add_remote (other_of (side)->ice, (const char *const *) strv, done);
  if (side->close_on == ICE_CLOSE_ON_CANDIDATES)
    g_clear_object (&side->ice);
}

static void
on_state (BkIce *ice, IceSide *side)
{
  BeckonChannelPath state = bk_ice_get_state (ice);

  g_test_message ("%s: %s, %s", side == &side->pair->side[0] ? "A" : "B", beckon_channel_path_to_nick (state),
                  bk_ice_get_reason (ice));
  g_array_append_val (side->states, state);
  side->up = state == BECKON_CHANNEL_PATH_DIRECT || state == BECKON_CHANNEL_PATH_RELAY;
  side->down = state == BECKON_CHANNEL_PATH_LOST || state == BECKON_CHANNEL_PATH_FAILED;
  if (side->close_on == ICE_CLOSE_ON_STATE)
    g_clear_object (&side->ice);
}

void
ice_pair_init (IcePair *pair, const BkRelays *relays)
{
  memset (pair, 0, sizeof *pair);
  pair->clock = bk_clock_new_system ();
  for (guint i = 0; i < 2; i++)
    {
      IceSide *side = &pair->side[i];
      g_autoptr (GError) error = NULL;

      side->pair = pair;
      side->packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      side->states = g_array_new (FALSE, FALSE, sizeof (BeckonChannelPath));
      side->ice = bk_ice_new (i == 0, relays, pair->clock, on_packet, side, &error);
      g_assert_no_error (error);
      g_signal_connect (side->ice, "candidates", G_CALLBACK (on_candidates), side);
      g_signal_connect (side->ice, "state", G_CALLBACK (on_state), side);
    }
}

void
ice_pair_introduce (IcePair *pair)
{
  for (guint i = 0; i < 2; i++)
    bk_ice_set_remote (pair->side[i].ice, bk_ice_get_ufrag (pair->side[1 - i].ice),
                       bk_ice_get_pwd (pair->side[1 - i].ice));
}

void
ice_pair_connect (IcePair *pair)
{
  ice_pair_introduce (pair);
  bk_test_wait_for_flag (&pair->side[0].up);
  bk_test_wait_for_flag (&pair->side[1].up);
}

void
ice_pair_clear (IcePair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&pair->side[i].ice);
      g_clear_pointer (&pair->side[i].packets, g_ptr_array_unref);
      g_clear_pointer (&pair->side[i].states, g_array_unref);
    }
  g_clear_object (&pair->clock);
}

void
ice_side_send_text (IceSide *side, const char *text)
{
  g_assert_true (bk_ice_send (side->ice, (const guint8 *) text, strlen (text), strlen (text)));
}

char *
ice_side_get_text (IceSide *side, guint n)
{
  gsize length = 0;
  const char *data = NULL;

  if (n >= side->packets->len)
    return NULL;
  data = g_bytes_get_data (side->packets->pdata[n], &length);
  return g_strndup (data, length);
}
