/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-emoji.h"

#include <string.h>

#define DATA "/org/gtk/libgtk/emoji/en.data"
#define FEW 3          /* emoji that make a message of their own */
#define MAX_NAME 40    /* bytes of a name that is being written */
#define SHORTEST 2     /* letters of a name before it is looked for */
#define NO_MATCH 3

/* ---- which they are ---- */

static gboolean
begins_emoji (gunichar c)
{
  return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) || (c >= 0x2190 && c <= 0x21FF)
         || (c >= 0x2300 && c <= 0x23FF) || (c >= 0x25A0 && c <= 0x25FF) || (c >= 0x2B00 && c <= 0x2BFF) || c == 0x3030
         || c == 0x303D || c == 0x3297 || c == 0x3299 || c == 0x203C || c == 0x2049;
}

/* What changes the emoji before it: its look, the colour of a skin, a flag of a region. */
static gboolean
continues_emoji (gunichar c)
{
  return c == 0xFE0F || c == 0xFE0E || c == 0x20E3 || (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F);
}

static gboolean
is_region (gunichar c)
{
  return c >= 0x1F1E6 && c <= 0x1F1FF;
}

gboolean
bk_app_emoji_is_all (const char *text)
{
  guint count = 0;
  gunichar before = 0;
  gboolean half_flag = FALSE;

  for (const char *p = text; *p != '\0' && count <= FEW; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean second = half_flag && is_region (c);

      half_flag = is_region (c) && !second;
      if (begins_emoji (c) && !continues_emoji (c))
        count += before == 0x200D || second ? 0 : 1;
      else if (!g_unichar_isspace (c) && (count == 0 || !(continues_emoji (c) || c == 0x200D)))
        return FALSE;
      before = c;
    }
  return count > 0 && count <= FEW;
}

/* ---- how they are called ---- */

void
bk_app_emoji_free (BkAppEmoji *self)
{
  g_free (self->emoji);
  g_free (self->name);
  g_free (self);
}

/* GTK's own list: `a(ausasu)`, and with names in the user's language as well `a(aussasasu)`. It is no interface of GTK's:
 * where it is not as expected, there are no names. Returns NULL then. */
static GVariant *
read_data (void)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (DATA, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  static const char *const types[] = { "a(ausasu)", "a(aussasasu)" };

  for (gsize i = 0; bytes != NULL && i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GVariant) data
        = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (types[i]), bytes, FALSE));
      if (g_variant_is_normal_form (data))
        return g_steal_pointer (&data);
    }
  return NULL;
}

/* How well a name fits, 0 best: it begins so, one of its words does, it does not. */
static guint
rank_name (const char *name, const char *prefix, gsize length)
{
  guint rank = 0;

  for (const char *word = name; word != NULL && *word != '\0'; rank = 1)
    {
      gsize i = 0;

      while (i < length && word[i] != '\0'
             && (g_ascii_tolower (word[i]) == g_ascii_tolower (prefix[i])
                 || (prefix[i] == '_' && !g_ascii_isalnum (word[i]))))
        i++;
      if (i == length)
        return rank;
      word = strpbrk (word, " -");
      word = word != NULL ? word + 1 : NULL;
    }
  return NO_MATCH;
}

static guint
rank (GVariant *entry, const char *prefix, gsize length)
{
  g_autoptr (GVariant) keywords = NULL;
  const char *name;
  guint best;

  g_variant_get_child (entry, 1, "&s", &name);
  best = rank_name (name, prefix, length);
  keywords = g_variant_get_child_value (entry, g_variant_n_children (entry) == 4 ? 2 : 3);
  for (gsize i = 0; best == NO_MATCH && i < g_variant_n_children (keywords); i++)
    {
      const char *keyword;

      g_variant_get_child (keywords, i, "&s", &keyword);
      if (rank_name (keyword, prefix, length) == 0)
        best = 2;
    }
  return best;
}

static char *
dup_shortcode (const char *name)
{
  GString *code = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p++)
    {
      if (g_ascii_isalnum (*p) || (*p & 0x80) != 0)
        g_string_append_c (code, g_ascii_tolower (*p));
      else if (code->len > 0 && code->str[code->len - 1] != '_')
        g_string_append_c (code, '_');
    }
  return g_string_free (code, FALSE);
}

/* The place of a colour of skin: GTK 4.8 has 0 there, later ones the lightest. */
static gboolean
is_skin (guint32 code, gsize place)
{
  return code == 0 || (place > 0 && code == 0x1f3fb);
}

static BkAppEmoji *
emoji_new (GVariant *entry)
{
  BkAppEmoji *self = g_new0 (BkAppEmoji, 1);
  g_autoptr (GVariant) codes = g_variant_get_child_value (entry, 0);
  g_autoptr (GString) emoji = g_string_new (NULL);
  const char *name;

  g_variant_get_child (entry, 1, "&s", &name);
  for (gsize i = 0; i < g_variant_n_children (codes); i++)
    {
      guint32 code;

      g_variant_get_child (codes, i, "u", &code);
      if (!is_skin (code, i) && g_unichar_validate (code))
        g_string_append_unichar (emoji, code);
    }
  self->emoji = g_strdup (emoji->str);
  self->name = dup_shortcode (name);
  return self;
}

/* What other messengers have people write, where the name of the emoji is another. */
static const struct
{
  const char *name;
  const char *emoji;
} common[] = {
  { "smile", "😄" }, { "smiley", "😃" }, { "grin", "😁" }, { "joy", "😂" }, { "rofl", "🤣" }, { "laughing", "😆" },
  { "sweat_smile", "😅" }, { "slight_smile", "🙂" }, { "wink", "😉" }, { "blush", "😊" }, { "heart_eyes", "😍" },
  { "kissing_heart", "😘" }, { "sunglasses", "😎" }, { "thinking", "🤔" }, { "upside_down", "🙃" },
  { "confused", "😕" }, { "worried", "😟" }, { "cry", "😢" }, { "sob", "😭" }, { "angry", "😠" }, { "rage", "😡" },
  { "scream", "😱" }, { "sleeping", "😴" }, { "zzz", "💤" }, { "heart", "❤️" }, { "broken_heart", "💔" },
  { "+1", "👍" }, { "thumbsup", "👍" }, { "-1", "👎" }, { "thumbsdown", "👎" }, { "ok_hand", "👌" },
  { "wave", "👋" }, { "clap", "👏" }, { "pray", "🙏" }, { "muscle", "💪" }, { "raised_hands", "🙌" },
  { "fingers_crossed", "🤞" }, { "shrug", "🤷" }, { "facepalm", "🤦" }, { "eyes", "👀" }, { "see_no_evil", "🙈" },
  { "tada", "🎉" }, { "fire", "🔥" }, { "rocket", "🚀" }, { "star", "⭐" }, { "sparkles", "✨" }, { "100", "💯" },
  { "bulb", "💡" }, { "warning", "⚠️" }, { "white_check_mark", "✅" }, { "question", "❓" },
  { "exclamation", "❗" }, { "coffee", "☕" }, { "beer", "🍺" }, { "beers", "🍻" }, { "pizza", "🍕" },
  { "cake", "🍰" }, { "birthday", "🎂" }, { "gift", "🎁" }, { "sunny", "☀️" }, { "cat", "🐱" }, { "dog", "🐶" },
  { "bug", "🐛" }, { "poop", "💩" }, { "video_game", "🎮" }, { "soccer", "⚽" }, { "trophy", "🏆" },
  { "lock", "🔒" }, { "hourglass", "⌛" },
};

static gboolean
is_found (gconstpointer found, gconstpointer emoji)
{
  return g_str_equal (((const BkAppEmoji *) found)->emoji, ((const BkAppEmoji *) emoji)->emoji);
}

/* Each comes once, by the first of its names. */
static void
add (GPtrArray *found, BkAppEmoji *emoji)
{
  if (g_ptr_array_find_with_equal_func (found, emoji, is_found, NULL))
    bk_app_emoji_free (emoji);
  else
    g_ptr_array_add (found, emoji);
}

static void
add_common (GPtrArray *found, const char *prefix, guint limit)
{
  gsize length = strlen (prefix);

  for (gsize i = 0; i < G_N_ELEMENTS (common) && found->len < limit; i++)
    if (g_ascii_strncasecmp (common[i].name, prefix, length) == 0)
      {
        BkAppEmoji *emoji = g_new0 (BkAppEmoji, 1);

        emoji->emoji = g_strdup (common[i].emoji);
        emoji->name = g_strdup (common[i].name);
        add (found, emoji);
      }
}

GPtrArray *
bk_app_emoji_find (const char *prefix, guint limit)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_app_emoji_free);
  g_autoptr (GVariant) data = read_data ();
  gsize length = strlen (prefix);

  add_common (found, prefix, limit);
  for (guint wanted = 0; data != NULL && wanted < NO_MATCH && found->len < limit; wanted++)
    for (gsize i = 0; i < g_variant_n_children (data) && found->len < limit; i++)
      {
        g_autoptr (GVariant) entry = g_variant_get_child_value (data, i);

        if (rank (entry, prefix, length) == wanted)
          add (found, emoji_new (entry));
      }
  return found;
}

char *
bk_app_emoji_dup (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (common); i++)
    if (g_ascii_strcasecmp (common[i].name, name) == 0)
      return g_strdup (common[i].emoji);

  g_autoptr (GVariant) data = read_data ();
  for (gsize i = 0; data != NULL && i < g_variant_n_children (data); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (data, i);
      BkAppEmoji *emoji = emoji_new (entry);
      char *found = g_ascii_strcasecmp (emoji->name, name) == 0 ? g_strdup (emoji->emoji) : NULL;

      bk_app_emoji_free (emoji);
      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
bk_app_emoji_find_shortcode (const char *text, gsize *start)
{
  gsize end = strlen (text);

  for (gsize length = 0; length < end && length <= MAX_NAME; length++)
    {
      char c = text[end - length - 1];

      if (c == ':')
        {
          gsize colon = end - length - 1;
          *start = colon;
          return length >= SHORTEST && (colon == 0 || !g_ascii_isalnum (text[colon - 1]));
        }
      if (!g_ascii_isalnum (c) && strchr ("_+-", c) == NULL)
        return FALSE;
    }
  return FALSE;
}
