/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-text.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define MARKS 8 /* bytes of accents and the like that a letter may have for each of its own */
#define WEEK (7 * G_TIME_SPAN_DAY)

/* ---- searching ---- */

char *
bk_app_text_dup_folded (const char *text)
{
  g_autofree char *apart = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = apart != NULL ? g_utf8_casefold (apart, -1) : g_strdup ("");
  g_autofree char *again = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL); /* some letters fold into accented ones */
  GString *plain = g_string_new (NULL);

  for (const char *c = again != NULL ? again : ""; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_ismark (g_utf8_get_char (c)))
      g_string_append_unichar (plain, g_utf8_get_char (c));
  return g_string_free (plain, FALSE);
}

char **
bk_app_text_dup_words (const char *text)
{
  g_autofree char *folded = bk_app_text_dup_folded (text);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  guint n_words = 0;

  for (gsize i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      {
        g_strv_builder_add (words, parts[i]);
        n_words++;
      }
  return n_words > 0 ? g_strv_builder_end (words) : NULL;
}

/* How much of @text is @word when it is folded; 0 if it does not begin so. Somebody may have put thousands of marks on one
 * letter: a word that is spread over them is passed over. */
static gsize
match_length (const char *text, const char *word)
{
  const char *end = text;
  gsize limit = MARKS * (strlen (word) + 1);

  while (*end != '\0' && (gsize) (end - text) < limit)
    {
      end = g_utf8_next_char (end);
      g_autofree char *piece = g_strndup (text, (gsize) (end - text));
      g_autofree char *folded = bk_app_text_dup_folded (piece);

      if (g_str_has_prefix (folded, word))
        return (gsize) (end - text);
      if (!g_str_has_prefix (word, folded))
        return 0;
    }
  return 0;
}

gboolean
bk_app_text_find (const char *text, const char *const *words, gsize *start, gsize *length)
{
  gboolean inside = FALSE;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gboolean letter = g_unichar_isalnum (g_utf8_get_char (c));

      for (gsize i = 0; letter && !inside && words[i] != NULL; i++)
        {
          *length = match_length (c, words[i]);
          *start = (gsize) (c - text);
          if (*length > 0)
            return TRUE;
        }
      inside = letter || (inside && g_unichar_ismark (g_utf8_get_char (c)));
    }
  return FALSE;
}

/* ---- a row ---- */

/* Somebody's text as one line. */
static char *
dup_line (const char *text)
{
  char *line = g_strdup (text);

  return g_strdelimit (line, "\r\n\t\v\f", ' ');
}

static char *
dup_message (BeckonContact *contact)
{
  g_autofree char *line = dup_line (beckon_contact_get_last_text (contact));

  if (!beckon_contact_get_last_outgoing (contact) || beckon_contact_get_last_session (contact))
    return g_steal_pointer (&line);
  /* Translators: the newest message of a conversation, which the user has written, as in "You: See you tomorrow" */
  return g_strdup_printf (C_ ("contact list", "You: %s"), line);
}

static BkAppSummary
get_about (BeckonContact *contact)
{
  if (beckon_contact_get_blocked (contact) || beckon_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED)
    return BK_APP_SUMMARY_STATE;
  if (beckon_contact_get_typing (contact))
    return BK_APP_SUMMARY_TYPING;
  if (*beckon_contact_get_draft (contact) != '\0')
    return BK_APP_SUMMARY_DRAFT;
  return *beckon_contact_get_last_text (contact) != '\0' ? BK_APP_SUMMARY_MESSAGE : BK_APP_SUMMARY_STATE;
}

static char *
dup_state (BeckonContact *contact)
{
  if (beckon_contact_get_blocked (contact) || beckon_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED)
    return bk_app_contact_dup_line (contact);
  return dup_line (beckon_contact_get_personal_message (contact));
}

char *
bk_app_contact_dup_summary (BeckonContact *contact, BkAppSummary *about)
{
  BkAppSummary summary = get_about (contact);

  if (about != NULL)
    *about = summary;
  switch (summary)
    {
    case BK_APP_SUMMARY_TYPING:
      /* Translators: somebody is writing a message just now */
      return g_strdup (C_ ("contact list", "is writing…"));
    case BK_APP_SUMMARY_DRAFT:
      return dup_line (beckon_contact_get_draft (contact));
    case BK_APP_SUMMARY_MESSAGE:
      return dup_message (contact);
    case BK_APP_SUMMARY_STATE:
      break;
    }
  return dup_state (contact);
}

const char *
bk_app_contact_get_word (BeckonContact *contact, BkAppSummary about)
{
  if (beckon_contact_get_blocked (contact) || beckon_contact_get_relation (contact) != BECKON_RELATION_ACCEPTED)
    return NULL;
  if (about == BK_APP_SUMMARY_DRAFT)
    /* Translators: before what the user has begun to write and not sent */
    return C_ ("contact list", "Draft");
  return bk_app_status_word (beckon_contact_get_status (contact));
}

static void
append (GString *label, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  if (label->len > 0)
    g_string_append (label, ", ");
  g_string_append (label, text);
}

char *
bk_app_contact_dup_label (BeckonContact *contact)
{
  BkAppSummary about;
  g_autofree char *summary = bk_app_contact_dup_summary (contact, &about);
  GString *label = g_string_new (beckon_contact_get_display_name (contact));
  guint unread = beckon_contact_get_unread (contact);

  /* The presence is told even where a draft stands in its place. */
  append (label, bk_app_contact_get_word (contact, BK_APP_SUMMARY_STATE));
  if (about == BK_APP_SUMMARY_DRAFT)
    append (label, bk_app_contact_get_word (contact, about));
  append (label, summary);
  if (unread > 0)
    {
      g_autofree char *words
        = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u unread message", "%u unread messages", unread), unread);
      append (label, words);
    }
  if (beckon_contact_get_pinned (contact))
    append (label, C_ ("contact list", "Pinned"));
  if (beckon_contact_get_muted (contact))
    append (label, C_ ("contact list", "Muted"));
  return g_string_free (label, FALSE);
}

char *
bk_app_dup_short_time (gint64 microseconds)
{
  gint64 now = g_get_real_time ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL)
    return g_strdup ("");
  if (bk_app_is_same_day (microseconds, now))
    return bk_app_dup_time (microseconds);
  if (bk_app_is_same_day (microseconds, now - G_TIME_SPAN_DAY))
    return g_strdup (_("Yesterday"));
  if (microseconds < now && now - microseconds < WEEK - G_TIME_SPAN_DAY)
    return g_date_time_format (local, "%a");
  return g_date_time_format (local, "%x");
}
