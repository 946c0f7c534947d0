/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fragment.h"

#include "bk-test.h"

#include <string.h>

#define SIZE 1168 /* of a packet */

static guint8 *
make_datagram (gsize length)
{
  guint8 *data = g_malloc (MAX (length, 1));

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (i * 7 + i / 251);
  return data;
}

/* Takes piece @index of a datagram, as it comes. */
static GBytes *
take (BkAssembly *assembly, guint32 flow, guint32 number, const guint8 *data, gsize length, guint index)
{
  guint8 packet[SIZE];
  BkFragment fragment;
  gsize n = bk_fragment_write (packet, SIZE, flow, number, data, length, index, bk_fragment_count (length, SIZE));

  g_assert_cmpuint (n, <=, SIZE);
  g_assert_true (bk_fragment_read (packet, n, &fragment));
  g_assert_cmpuint (fragment.flow, ==, flow);
  g_assert_cmpuint (fragment.number, ==, number);
  return bk_assembly_take (assembly, &fragment);
}

static void
check_length (gsize length, gboolean backwards)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();
  g_autofree guint8 *data = make_datagram (length);
  guint count = bk_fragment_count (length, SIZE);

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GBytes) whole = take (assembly, 5, 9, data, length, backwards ? count - 1 - i : i);
      gsize n = 0;

      g_assert_cmpint (whole != NULL, ==, i + 1 == count);
      if (whole != NULL)
        {
          const void *bytes = g_bytes_get_data (whole, &n);
          g_assert_cmpmem (bytes, n, data, length);
        }
    }
  g_assert_cmpuint (bk_assembly_get_size (assembly), ==, 0);
}

static void
test_lengths (void)
{
  const gsize lengths[] = { 0, 1, BK_FRAGMENT_WHOLE, SIZE - BK_FRAGMENT_HEADER, SIZE - BK_FRAGMENT_HEADER + 1, 9000,
                            BK_FRAGMENT_MAX };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      check_length (lengths[i], FALSE);
      check_length (lengths[i], TRUE);
    }
  g_assert_cmpuint (bk_fragment_count (BK_FRAGMENT_WHOLE, BK_FRAGMENT_WHOLE + BK_FRAGMENT_HEADER), ==, 1);
  g_assert_cmpuint (bk_fragment_count (BK_FRAGMENT_MAX + 1, SIZE), ==, 0);
  g_assert_cmpuint (bk_fragment_count (BK_FRAGMENT_MAX, 20), ==, 0);
}

/* Without one piece there is no datagram, and the next one comes all the same. */
static void
test_loss (void)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();
  g_autofree guint8 *data = make_datagram (5000);
  guint count = bk_fragment_count (5000, SIZE);

  for (guint number = 0; number < 1000; number++)
    for (guint i = 0; i < count; i++)
      {
        g_autoptr (GBytes) whole = number % 2 == 0 && i == 1 ? NULL : take (assembly, 1, number, data, 5000, i);
        g_assert_cmpint (whole != NULL, ==, number % 2 == 1 && i + 1 == count);
        g_assert_cmpuint (bk_assembly_get_size (assembly), <=, (BK_FRAGMENT_PARTIAL + 1) * 5000);
      }
}

static void
test_twice (void)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();
  g_autofree guint8 *data = make_datagram (2000);

  g_assert_null (take (assembly, 1, 1, data, 2000, 0));
  g_assert_null (take (assembly, 1, 1, data, 2000, 0));
  g_assert_null (take (assembly, 2, 1, data, 2000, 1)); /* of another flow */
  g_autoptr (GBytes) whole = take (assembly, 1, 1, data, 2000, 1);
  g_assert_nonnull (whole);
}

/* One that says another number of pieces than before, or grows beyond what there is. */
static void
test_liar (void)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();
  g_autofree guint8 *piece = make_datagram (BK_FRAGMENT_MAX);
  BkFragment first = { 1, 1, 0, 3, piece, 100 };
  BkFragment second = { 1, 1, 1, 4, piece, 100 };
  BkFragment large = { 1, 2, 0, 2, piece, BK_FRAGMENT_MAX };
  BkFragment larger = { 1, 2, 1, 2, piece, 1 };

  g_assert_null (bk_assembly_take (assembly, &first));
  g_assert_null (bk_assembly_take (assembly, &second));
  g_assert_null (bk_assembly_take (assembly, &large));
  g_assert_null (bk_assembly_take (assembly, &larger));
  g_assert_cmpuint (bk_assembly_get_size (assembly), ==, 0);
}

/* Ten thousand beginnings take no more room than a few. */
static void
test_flood (void)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();
  g_autofree guint8 *data = make_datagram (BK_FRAGMENT_MAX);

  for (guint i = 0; i < 10000; i++)
    {
      BkFragment fragment = { i % 64, i, 0, 2, data, BK_FRAGMENT_MAX - 1 };
      g_assert_null (bk_assembly_take (assembly, &fragment));
      g_assert_cmpuint (bk_assembly_get_size (assembly), <=, 1024 * 1024);
    }
}

static void
test_malformed (void)
{
  guint8 packet[BK_FRAGMENT_HEADER + 1] = { 0 };
  BkFragment fragment;

  packet[9] = 1;
  g_assert_true (bk_fragment_read (packet, BK_FRAGMENT_HEADER, &fragment));
  g_assert_false (bk_fragment_read (packet, BK_FRAGMENT_HEADER - 1, &fragment));
  packet[8] = 1; /* the second of one */
  g_assert_false (bk_fragment_read (packet, BK_FRAGMENT_HEADER, &fragment));
  packet[8] = packet[9] = 0;
  g_assert_false (bk_fragment_read (packet, BK_FRAGMENT_HEADER, &fragment));
  packet[9] = 2; /* an empty one of two */
  g_assert_false (bk_fragment_read (packet, BK_FRAGMENT_HEADER, &fragment));
}

int
main (int argc, char *argv[])
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/fragments/lengths", test_lengths);
  g_test_add_func ("/fragments/loss", test_loss);
  g_test_add_func ("/fragments/twice", test_twice);
  g_test_add_func ("/fragments/liar", test_liar);
  g_test_add_func ("/fragments/flood", test_flood);
  g_test_add_func ("/fragments/malformed", test_malformed);
  return g_test_run ();
}
