/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two real channels in one process, in a network of their own. */
#include "channel-pair.h"
#include "net-stage.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_confirmed (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  channel_pair_init (&pair, NULL);
  g_assert_cmpint (bk_channel_get_path (pair.side[0].channel), ==, BECKON_CHANNEL_PATH_NONE);
  channel_pair_connect (&pair);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (pair.side[i].confirmed, ==, 1);
      g_assert_cmpint (bk_channel_get_path (pair.side[i].channel), ==, BECKON_CHANNEL_PATH_DIRECT);
      g_assert_cmpstr (bk_channel_get_reason (pair.side[i].channel), ==, "Direct connection.");
    }
  channel_pair_open (&pair, "chat", fds);
  fd_write (fds[0], "hello", 5);
  fd_expect (fds[1], "hello");
  fd_write (fds[1], "you too", 7);
  fd_expect (fds[0], "you too");
  close (fds[0]);
  fd_expect_end (fds[1]);
  close (fds[1]);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/channel/confirmed", test_confirmed);
  return g_test_run ();
}
