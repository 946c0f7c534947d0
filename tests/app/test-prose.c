/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people write: addresses and emoji in it, and which messages belong together. */
#include "conversation/bk-app-emoji.h"
#include "conversation/bk-app-grouping.h"
#include "conversation/bk-app-links.h"

#include "app-world.h"
#include "beckon-values-private.h"
#include "bk-test.h"

#include <gtk/gtk.h>
#include <string.h>

/* ---- addresses ---- */

static void
test_links (void)
{
  static const struct
  {
    const char *text;
    const char *links; /* separated by spaces */
  } rows[] = {
    { "", "" },
    { "nothing here", "" },
    { "https://example.org", "https://example.org" },
    { "HTTP://EXAMPLE.ORG/A", "HTTP://EXAMPLE.ORG/A" },
    { "see https://example.org/a, or http://b.example/c.", "https://example.org/a http://b.example/c" },
    { "(https://example.org/a)", "https://example.org/a" },
    { "https://example.org/a_(b)", "https://example.org/a_(b)" },
    { "[https://example.org/x[1]]!", "https://example.org/x[1]" },
    { "<https://example.org/>", "https://example.org/" },
    { "“https://example.org/ä/ö?q=ü#f”", "https://example.org/ä/ö?q=ü#f”" },
    { "beckon:bob@example.org", "beckon:bob@example.org" },
    { "write beckon:bob@example.org?", "beckon:bob@example.org" },
    { "xhttps://example.org", "" },
    { "1https://example.org", "" },
    { "ähttps://example.org", "" },
    { "https://", "" },
    { "https://.", "" },
    { "http:///path", "" },
    { "beckon:", "" },
    { "javascript:alert(1) file:///etc/passwd mailto:a@b ftp://c", "" },
    { "https://example.org/\u202egro.live", "https://example.org/" },
    { "https://exa\u200bmple.org/", "https://exa" },
    { "https://a.example\nhttps://b.example", "https://a.example https://b.example" },
    { "https://https://example.org", "https://https://example.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) found = g_string_new (NULL);
      gsize start;
      gsize end = 0;

      while (bk_app_links_find (rows[i].text, end, &start, &end))
        {
          g_string_append_printf (found, "%s%.*s", found->len > 0 ? " " : "", (int) (end - start), rows[i].text + start);
          g_assert_cmpuint (end, >, start);
        }
      g_assert_cmpstr (found->str, ==, rows[i].links);
    }
}

/* What a label shows of the markup is what was written. */
static void
assert_shown (const char *text)
{
  g_autofree char *markup = bk_app_links_dup_markup (text);
  g_autofree char *shown = NULL;
  GtkWidget *label = g_object_ref_sink (gtk_label_new (NULL));

  gtk_label_set_markup (GTK_LABEL (label), markup);
  shown = g_strdup (gtk_label_get_text (GTK_LABEL (label)));
  g_assert_cmpstr (shown, ==, text);
  g_object_unref (label);
}

static void
test_markup (void)
{
  g_autofree char *markup = bk_app_links_dup_markup ("<b>&amp; https://e.example/?a=1&b='2' \"x\"");

  g_assert_cmpstr (markup, ==,
                   "&lt;b&gt;&amp;amp; <a href=\"https://e.example/?a=1&amp;b=&apos;2\">"
                   "https://e.example/?a=1&amp;b=&apos;2</a>&apos; &quot;x&quot;");
  assert_shown ("");
  assert_shown ("<a href=\"https://evil.example\">https://good.example</a>");
  assert_shown ("https://e.example/&#x27;>x");
  assert_shown ("5 < 6 && \"7\" > 'x' https://e.example/a?b&c");
}

/* The longest message, of whatever it is made, takes a moment: the number of steps grows with its length alone. */
static void
test_bounds (void)
{
  static const char *const pieces[]
    = { "https://", "h", "https://e.example/ ", "((((", "https://e.example/)))))", "beckon:a@b", "&<>\"'", "ü:" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      while (text->len + strlen (pieces[i]) <= 16384)
        g_string_append (text, pieces[i]);
      g_autofree char *markup = bk_app_links_dup_markup (text->str);
      g_assert_true (pango_parse_markup (markup, -1, 0, NULL, NULL, NULL, NULL) || strstr (markup, "<a ") != NULL);
      g_assert_cmpuint (strlen (markup), <, 16384 * 16);
    }
}

/* ---- emoji ---- */

static void
test_emoji (void)
{
  static const struct
  {
    const char *text;
    gboolean all;
  } rows[] = {
    { "🙂", TRUE },
    { "🙂🙂 🙂", TRUE },
    { "🙂🙂🙂🙂", FALSE },
    { "❤️", TRUE },
    { "👍🏽", TRUE },
    { "👨‍👩‍👧‍👦", TRUE },
    { "🇩🇪🇪🇸🇫🇷", TRUE },
    { "🇩🇪🇪🇸🇫🇷🇨🇳", FALSE },
    { "", FALSE },
    { " ", FALSE },
    { "a", FALSE },
    { "🙂a", FALSE },
    { "1", FALSE },
    { "\xE2\x80\x8D", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (bk_app_emoji_is_all (rows[i].text) != rows[i].all)
      g_error ("“%s” is taken for something else", rows[i].text);
}

static void
test_shortcodes (void)
{
  static const struct
  {
    const char *text;
    int start; /* -1: none */
  } rows[] = {
    { ":smi", 0 }, { "hm :thumbs_up", 3 }, { "(:ok", 1 }, { ":s", -1 }, { ":", -1 }, { "", -1 },
    { "12:30", -1 }, { "http:abc", -1 }, { ":smi ", -1 }, { ":ä", -1 }, { "ü :ok", 3 }, { ":+1", 0 }, { ":-)", -1 },
    { ":aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize start = 0;
      gboolean found = bk_app_emoji_find_shortcode (rows[i].text, &start);

      g_assert_true (found == (rows[i].start >= 0));
      if (found)
        g_assert_cmpint ((int) start, ==, rows[i].start);
    }
}

static void
test_names (void)
{
  g_autoptr (GPtrArray) thumbs = bk_app_emoji_find ("THUMBS_u", 8);
  g_autoptr (GPtrArray) many = bk_app_emoji_find ("face", 8);
  g_autoptr (GPtrArray) none = bk_app_emoji_find ("qqqq", 8);
  g_autofree char *up = bk_app_emoji_dup ("thumbs_up");
  g_autofree char *nobody = bk_app_emoji_dup ("thumbs_u");

  g_assert_cmpuint (thumbs->len, ==, 1);
  g_assert_cmpstr (((BkAppEmoji *) thumbs->pdata[0])->emoji, ==, "👍");
  g_assert_cmpstr (((BkAppEmoji *) thumbs->pdata[0])->name, ==, "thumbs_up");
  g_assert_cmpuint (many->len, ==, 8);
  g_assert_true (g_str_has_prefix (((BkAppEmoji *) many->pdata[0])->name, "face"));
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (up, ==, "👍");
  g_assert_null (nobody);
}

/* Names that people know from elsewhere. */
static void
test_common_names (void)
{
  g_autoptr (GPtrArray) found = bk_app_emoji_find ("Smil", 8);
  g_autofree char *smile = bk_app_emoji_dup ("SMILE");
  g_autofree char *up = bk_app_emoji_dup ("+1");

  g_assert_cmpstr (((BkAppEmoji *) found->pdata[0])->name, ==, "smile");
  for (guint i = 0; i < found->len; i++) /* none twice */
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (((BkAppEmoji *) found->pdata[i])->emoji, !=, ((BkAppEmoji *) found->pdata[j])->emoji);
  g_assert_cmpstr (smile, ==, "😄");
  g_assert_cmpstr (up, ==, "👍");
}

/* ---- which belong together ---- */

static BeckonMessage *
make (gint64 id, gboolean outgoing, int minute, BeckonDelivery delivery, gboolean session)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  if (session)
    g_variant_dict_insert (&details, "session", "s", "{S1}");
  return beckon_message_new (g_variant_new ("(xsbsxus@a{sv})", id, "{M}", outgoing, "text",
                                            minute * G_TIME_SPAN_MINUTE, (guint32) delivery, "",
                                            g_variant_dict_end (&details)));
}

static void
assert_place (BeckonMessage *before, BeckonMessage *message, BeckonMessage *after, gint64 first_new, guint place)
{
  g_assert_cmphex (bk_app_grouping_place (before, message, after, first_new), ==, place);
}

static void
test_grouping (void)
{
  g_autoptr (BeckonMessage) a = make (1, FALSE, 0, BECKON_DELIVERY_RECEIVED, FALSE);
  g_autoptr (BeckonMessage) b = make (2, FALSE, 4, BECKON_DELIVERY_RECEIVED, FALSE);
  g_autoptr (BeckonMessage) late = make (3, FALSE, 5, BECKON_DELIVERY_RECEIVED, FALSE);
  g_autoptr (BeckonMessage) mine = make (4, TRUE, 4, BECKON_DELIVERY_SENT, FALSE);
  g_autoptr (BeckonMessage) read = make (5, TRUE, 4, BECKON_DELIVERY_READ, FALSE);
  g_autoptr (BeckonMessage) card = make (6, FALSE, 4, BECKON_DELIVERY_RECEIVED, TRUE);
  g_autoptr (BeckonMessage) tomorrow = make (7, FALSE, 24 * 60, BECKON_DELIVERY_RECEIVED, FALSE);
  g_autoptr (BeckonMessage) evening = make (8, FALSE, 24 * 60 - 1, BECKON_DELIVERY_RECEIVED, FALSE);
  const guint day = BK_APP_PLACE_DAY, new = BK_APP_PLACE_NEW, first = BK_APP_PLACE_FIRST, last = BK_APP_PLACE_LAST;

  assert_place (NULL, a, NULL, 0, day | first | last);
  assert_place (NULL, a, b, 0, day | first);
  assert_place (a, b, NULL, 0, last);
  assert_place (a, b, mine, 0, last);
  assert_place (a, late, NULL, 0, first | last);
  assert_place (b, mine, NULL, 0, first | last);
  assert_place (b, mine, read, 0, first | last); /* the mark of each is shown */
  assert_place (mine, read, NULL, 0, last);
  assert_place (b, card, NULL, 0, first | last);
  assert_place (card, late, NULL, 0, first | last);
  assert_place (evening, tomorrow, NULL, 0, day | first | last);
  assert_place (a, b, NULL, 2, new | first | last);
  assert_place (NULL, a, b, 2, day | first | last);
}

static void
test_first_new (void)
{
  g_autoptr (GListStore) list = g_list_store_new (BECKON_TYPE_MESSAGE);

  for (gint64 id = 1; id <= 6; id++)
    {
      g_autoptr (BeckonMessage) message = make (id, id == 3 || id == 6, 0, BECKON_DELIVERY_SENT, FALSE);
      g_list_store_append (list, message);
    }
  g_assert_cmpint (bk_app_grouping_first_new (G_LIST_MODEL (list), 0), ==, 1);
  g_assert_cmpint (bk_app_grouping_first_new (G_LIST_MODEL (list), 2), ==, 4);
  g_assert_cmpint (bk_app_grouping_first_new (G_LIST_MODEL (list), 4), ==, 5);
  g_assert_cmpint (bk_app_grouping_first_new (G_LIST_MODEL (list), 5), ==, 0);
  g_assert_cmpint (bk_app_grouping_first_new (G_LIST_MODEL (list), 9), ==, 0);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_setenv ("TZ", "UTC", TRUE);

  g_test_add_func ("/app/prose/links", test_links);
  g_test_add_func ("/app/prose/markup", test_markup);
  g_test_add_func ("/app/prose/bounds", test_bounds);
  g_test_add_func ("/app/prose/emoji", test_emoji);
  g_test_add_func ("/app/prose/emoji/common", test_common_names);
  g_test_add_func ("/app/prose/shortcodes", test_shortcodes);
  g_test_add_func ("/app/prose/names", test_names);
  g_test_add_func ("/app/prose/grouping", test_grouping);
  g_test_add_func ("/app/prose/first-new", test_first_new);
  return app_world_run ();
}
