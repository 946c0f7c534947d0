/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-picture.h"

#include <string.h>

#define PNG "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"
#define PNG_640x480 PNG "\0\0\x02\x80\0\0\x01\xE0"
#define JFIF "\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define SOF_640x480 "\xFF\xC2\0\x0B\x08\x01\xE0\x02\x80\x01\x01\x11\0"

#define BYTES(text) g_bytes_new_static (text, sizeof text - 1)

static void
expect (GBytes *taken, BkPictureKind kind, guint width, guint height)
{
  g_autoptr (GBytes) image = taken;
  g_autoptr (GError) error = NULL;
  BkPicture picture = { 0 };

  g_assert_true (bk_picture_sniff (image, &picture));
  g_assert_cmpint (picture.kind, ==, kind);
  g_assert_cmpuint (picture.width, ==, width);
  g_assert_cmpuint (picture.height, ==, height);
  bk_picture_check (image, &error);
  g_assert_no_error (error);
}

static void
refuse (GBytes *taken)
{
  g_autoptr (GBytes) image = taken;
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_picture_check (image, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
}

static void
test_kinds (void)
{
  expect (BYTES (PNG_640x480), BK_PICTURE_PNG, 640, 480);
  expect (BYTES ("\xFF\xD8" JFIF SOF_640x480), BK_PICTURE_JPEG, 640, 480);
  expect (BYTES ("\xFF\xD8\xFF\xFF\xFE\0\6abcd" SOF_640x480), BK_PICTURE_JPEG, 640, 480);
  refuse (BYTES (""));
  refuse (BYTES ("GIF89a\x80\2\xE0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
  refuse (BYTES ("\x89PNG\r\n\x1A\n\0\0\0\rIEND\0\0\x02\x80\0\0\x01\xE0"));
  refuse (BYTES ("\xFF\xD8\xFF\xDA\0\x04" "ab" SOF_640x480)); /* coded without a size */
  refuse (BYTES ("\xFF\xD8\xFF\xC4\0\x0B\x08\x01\xE0\x02\x80\x01\x01\x11\0")); /* a table */
  refuse (BYTES ("\xFF\xD8\xFF\xE0\0\1" SOF_640x480));
  refuse (BYTES ("\xFF\xD8" "abcd" SOF_640x480));
}

static void
test_sizes (void)
{
  g_autofree guint8 *large = g_malloc0 (BK_LIMIT_AVATAR + 1);

  expect (BYTES (PNG "\0\0\4\0\0\0\4\0"), BK_PICTURE_PNG, 1024, 1024);
  refuse (BYTES (PNG "\0\0\4\1\0\0\4\0"));
  refuse (BYTES (PNG "\0\0\4\0\0\0\4\1"));
  refuse (BYTES (PNG "\xFF\xFF\xFF\xFF\0\0\4\0"));
  refuse (BYTES (PNG "\0\0\0\0\0\0\4\0"));
  refuse (BYTES ("\xFF\xD8\xFF\xC0\0\x0B\x08\x01\xE0\0\0\x01\x01\x11\0"));

  memcpy (large, PNG_640x480, sizeof PNG_640x480 - 1);
  expect (g_bytes_new (large, BK_LIMIT_AVATAR), BK_PICTURE_PNG, 640, 480);
  refuse (g_bytes_new (large, BK_LIMIT_AVATAR + 1));
}

/* Nothing is read beyond the end, wherever that is: the address sanitizer looks on. */
static void
refuse_beginnings (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 *copy = g_memdup2 (text, i);
      g_autoptr (GBytes) image = g_bytes_new_take (copy, i);
      BkPicture picture;

      g_assert_false (bk_picture_sniff (image, &picture));
    }
}

static void
test_cut_off (void)
{
  static const char png[] = PNG_640x480;
  static const char jpeg[] = "\xFF\xD8\xFF\xFF" JFIF;

  refuse_beginnings (png, sizeof png - 1);
  refuse_beginnings (jpeg, sizeof jpeg - 1);
}

static void
test_id (void)
{
  g_autoptr (GBytes) image = BYTES ("abc");
  g_autofree char *id = bk_picture_dup_id (image);

  g_assert_cmpstr (id, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_cmpuint (strlen (id), ==, BK_LIMIT_AVATAR_ID);
}

int
main (int argc, char *argv[])
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/picture/kinds", test_kinds);
  g_test_add_func ("/picture/sizes", test_sizes);
  g_test_add_func ("/picture/cut-off", test_cut_off);
  g_test_add_func ("/picture/id", test_id);
  return g_test_run ();
}
