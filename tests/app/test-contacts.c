/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contact list: its sections, their order, what a search finds and what can be done about somebody. */
#include "contacts/bk-app-contact-list.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-contact-text.h"
#include "contacts/bk-app-groups-window.h"
#include "contacts/bk-app-link.h"
#include "contacts/bk-app-list-rows.h"
#include "contacts/bk-app-profile.h"
#include "contacts/bk-app-section.h"
#include "conversation/bk-app-conversation.h"
#include "conversation/bk-app-history.h"
#include "conversation/bk-app-send-files.h"
#include "preferences/bk-app-account-page.h"
#include "preferences/bk-app-password-dialog.h"

#include "app-world.h"
#include "bk-test.h"

#include <string.h>
#include <time.h>

#define PEOPLE \
  "('ada@b', 'Ada', uint32 3, false, uint32 2, 'at home', '', uint32 0, {'last-time': <int64 100>}), " \
  "('bob@b', 'Bob', uint32 3, false, uint32 1, '', '', uint32 2, {'last-text': <'Hi'>, 'last-time': <int64 300>}), " \
  "('carl@b', 'Ça va', uint32 3, false, uint32 2, '', '', uint32 0, {'alias': <'Ça va'>, 'pinned': <true>}), " \
  "('dora@b', 'Dora', uint32 2, false, uint32 0, '', 'It is me', uint32 0, @a{sv} {}), " \
  "('eve@b', 'Eve', uint32 3, false, uint32 1, '', '', uint32 0, {'last-time': <int64 200>}), " \
  "('fred@b', 'Fred', uint32 3, true, uint32 2, '', '', uint32 0, @a{sv} {})"
#define GROUPS "('g1', 'Work', ['ada@b', 'bob@b']), ('g2', 'Chess', ['bob@b']), ('g3', 'Nobody', @as [])"
#define FOUND(id, text) \
  "(objectpath '" APP_ACCOUNT "', 'bob@b', (int64 " #id ", '{M}', false, '" text "', int64 5000000, uint32 2, '', " \
  "@a{sv} {}))"

/* ---- words ---- */

static void
test_folded (void)
{
  static const char *const pairs[][2] = { { "Élodie", "elodie" }, { "STRASSE", "straße" }, { "ＡＢ", "ab" },
                                          { "Ÿ", "y" },           { "İ", "i" },            { "Tiếng", "tieng" },
                                          { "عَرَبِي", "عربي" },  { "", "" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *one = bk_app_text_dup_folded (pairs[i][0]);
      g_autofree char *other = bk_app_text_dup_folded (pairs[i][1]);
      g_assert_cmpstr (one, ==, other);
    }
  g_auto (GStrv) words = bk_app_text_dup_words ("  Äh \t BÉ ");
  g_assert_cmpuint (g_strv_length (words), ==, 2);
  g_assert_cmpstr (words[0], ==, "ah");
  g_assert_cmpstr (words[1], ==, "be");
  g_assert_null (bk_app_text_dup_words (" \t"));
}

static void
test_find (void)
{
  static const struct
  {
    const char *text;
    const char *word;
    const char *found; /* NULL: nothing */
  } table[] = {
    { "See you at the café", "caf", "caf" },  { "See you at the café", "cafe", "café" },
    { "STRASSE", "strasse", "STRASSE" },      { "die Straße hier", "strass", "Straß" },
    { "concatenate", "cat", NULL },           { "a cat", "cat", "cat" },
    { "(cat)", "cat", "cat" },                { "", "cat", NULL },
    { "e\xcc\x81te", "ete", "e\xcc\x81te" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *words[] = { "nothing", table[i].word, NULL };
      gsize start = 0;
      gsize length = 0;
      gboolean found = bk_app_text_find (table[i].text, words, &start, &length);
      g_autofree char *piece = found ? g_strndup (table[i].text + start, length) : NULL;

      g_assert_cmpstr (piece, ==, table[i].found);
    }
}

/* A letter with so many marks that to fold it again and again would take minutes. */
static void
test_find_marked (void)
{
  g_autoptr (GString) text = g_string_new ("a");
  const char *words[] = { "ab", NULL };
  gsize start = 0;
  gsize length = 0;

  for (guint i = 0; i < 4; i++)
    g_string_append (text, "\xcc\x81");
  g_autofree char *few = g_strconcat (text->str, "b", NULL);
  g_assert_true (bk_app_text_find (few, words, &start, &length));
  g_assert_cmpuint (length, ==, strlen (few));
  for (guint i = 0; i < 2000; i++)
    g_string_append (text, i % 2 == 0 ? "\xcc\x81" : "\xcc\xa3");
  g_string_append (text, "b");
  g_assert_false (bk_app_text_find (text->str, words, &start, &length));
  g_string_append (text, " ab");
  g_assert_true (bk_app_text_find (text->str, words, &start, &length));
  g_assert_cmpuint (start, ==, text->len - 2);
}

static void
test_links (void)
{
  static const char *const table[][2] = {
    { "beckon:bob@b", "bob@b" },           { " BECKON:bob@b\n", "bob@b" },   { "beckon://bob@b/", "bob@b" },
    { "beckon:bob@b?text=hi", "bob@b" },   { "bob@b", "bob@b" },             { "beckon:b%C3%B6b@b", "böb@b" },
    { "beckon:", NULL },                   { "beckon:bob", NULL },           { "beckon:@b", NULL },
    { "beckon:a@b@c", NULL },              { "beckon:bob@b%20x", NULL },     { "beckon:bob@b%00x", NULL },
    { "beckon:%FF@b", NULL },              { "https://bob@b", NULL },        { "beckon:bob@b%2Fx", NULL },
    { "beckon:bob%E2%80%AE@b", NULL },     { "", NULL },                     { "beckon:bob%0A@b", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *who = bk_app_link_dup_who (table[i][0]);
      g_assert_cmpstr (who, ==, table[i][1]);
    }
  g_autofree char *link = bk_app_link_new ("a/?#b@b");
  g_assert_cmpstr (link, ==, "beckon:a%2F%3F%23b@b");
  g_autofree char *long_name = g_strnfill (129, 'x');
  g_autofree char *too_long = g_strconcat ("beckon:", long_name, "@b", NULL);
  g_assert_null (bk_app_link_dup_who (too_long));
}

static void
test_summary (void)
{
  static const struct
  {
    const char *contact;
    const char *expected; /* the word, the line, the name for assistive technology */
  } table[] = {
    { "('z@b', 'Zoe', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})", "Online||Zoe, Online" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 10, 'a\nbook', '', uint32 0, @a{sv} {})", "Busy|a book|Zoe, Busy, a book" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 1, '', '', uint32 1, {'last-text': <'Hi'>})",
      "Offline|Hi|Zoe, Offline, Hi, 1 unread message" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 1, '', '', uint32 0, {'last-text': <'Hi\n!'>, 'last-outgoing': <true>})",
      "Offline|You: Hi !|Zoe, Offline, You: Hi !" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 1, '', '', uint32 0, {'last-text': <'You invited Zoe'>, "
      "'last-outgoing': <true>, 'last-session': <true>})",
      "Offline|You invited Zoe|Zoe, Offline, You invited Zoe" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 2, '', '', uint32 0, {'last-text': <'Hi'>, 'draft': <'Well'>})",
      "Draft|Well|Zoe, Online, Draft, Well" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 2, '', '', uint32 0, {'draft': <'Well'>, 'typing': <true>})",
      "Online|is writing…|Zoe, Online, is writing…" },
    { "('z@b', 'Zoe', uint32 3, false, uint32 2, '', '', uint32 0, {'pinned': <true>, 'muted': <true>})",
      "Online||Zoe, Online, Pinned, Muted" },
    { "('z@b', 'Zoe', uint32 3, true, uint32 2, '', '', uint32 0, {'draft': <'Well'>})", "-|Blocked|Zoe, Blocked" },
    { "('z@b', 'Zoe', uint32 2, false, uint32 0, '', 'It is me', uint32 0, @a{sv} {})", "-|It is me|Zoe, It is me" },
    { "('z@b', 'Zoe', uint32 1, false, uint32 0, '', '', uint32 0, @a{sv} {})",
      "-|Has not answered yet|Zoe, Has not answered yet" },
  };
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *args = g_strdup_printf ("(uint32 0, uint32 %u, [%s])", i == 0 ? 5u : 1u, table[i].contact);
      BkAppSummary about;

      stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged", args);
      app_world_settle (world);
      g_autoptr (BeckonContact) contact = beckon_account_find_contact (world->account, "z@b");
      g_autofree char *line = bk_app_contact_dup_summary (contact, &about);
      const char *word = bk_app_contact_get_word (contact, about);
      g_autofree char *label = bk_app_contact_dup_label (contact);
      g_autofree char *all = g_strdup_printf ("%s|%s|%s", word != NULL ? word : "-", line, label);
      g_assert_cmpstr (all, ==, table[i].expected);
    }
}

/* ---- the list ---- */

typedef struct
{
  AppWorld *world;
  GSettings *settings;
  BkAppWindow *window;
  GListModel *rows; /* of the list as it is shown */
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListContacts", "([" PEOPLE "],)");
  stand_in_answer (service, "ListGroups", "([" GROUPS "],)");
  self->world = app_world_start (service);
  self->settings = bk_app_get_settings (self->world->app);
  self->window = bk_app_show_window (self->world->app);
  self->rows = G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (self->window, "contacts"), "list")));
  app_world_settle (self->world);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  static const char *const keys[] = { "contacts-sort", "contacts-online-only", "contacts-groups", "contacts-collapsed" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (self->settings, keys[i]);
  app_world_free (self->world);
}

/* "[Heading n]", the names of people, “what was found”. */
static char *
dump (Fixture *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (self->rows); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (self->rows, i);
      g_string_append (text, i > 0 ? " " : "");
      if (BK_IS_APP_SECTION (item))
        g_string_append_printf (text, "[%s %u]", bk_app_section_get_title (BK_APP_SECTION (item)),
                                bk_app_section_get_count (BK_APP_SECTION (item)));
      else if (BECKON_IS_FOUND (item))
        g_string_append_printf (text, "“%s”", beckon_message_get_text (beckon_found_get_message (BECKON_FOUND (item))));
      else
        g_string_append (text, beckon_contact_get_display_name (bk_app_person_get_contact (BK_APP_PERSON (item))));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define assert_rows(self, expected) \
  G_STMT_START \
  { \
    app_world_settle ((self)->world); \
    g_autofree char *rows_there = dump (self); \
    g_assert_cmpstr (rows_there, ==, expected); \
  } \
  G_STMT_END

static void
change (Fixture *self, guint position, const char *contact)
{
  g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 1, [%s])", position, contact);

  stand_in_signal (self->world->service, APP_ACCOUNT, "Account1", "ContactsChanged", args);
}

static void
test_sections (Fixture *self, gconstpointer data)
{
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Ada Bob Eve Fred");
  change (self, 3, "('dora@b', 'Dora', uint32 3, false, uint32 2, '', '', uint32 0, {'pinned': <true>})");
  assert_rows (self, "[Pinned 2] Dora Ça va [Contacts 4] Ada Bob Eve Fred");
  change (self, 3, "('dora@b', 'Dora', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})");
  change (self, 2, "('carl@b', 'Carl', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})");
  /* The rest needs no heading where there is nothing else. */
  assert_rows (self, "Ada Dora Bob Carl Eve Fred");
}

/* Of several accounts it is seen whose contact somebody is; a heading can be closed like any other. */
static void
test_accounts (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  stand_in_answer (service, "ListContacts", "([('zoe@c', 'Zoe', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})],)");
  stand_in_answer (service, "ListGroups", "(@a(ssas) [],)");
  stand_in_add (service, STAND_IN_ROOT "/Account/2", "Account1", "{'SignInName': <'a@c'>, 'State': <'online'>}");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AccountsChanged",
                   "(uint32 1, uint32 0, [objectpath '" STAND_IN_ROOT "/Account/2'])");
  app_world_wait_items (beckon_messenger_get_accounts (self->world->messenger), 2);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [alice@b 4] Ada Bob Eve Fred [a@c 1] Zoe");
  g_settings_set_boolean (self->settings, "contacts-groups", TRUE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work (alice@b) 2] Ada Bob [Chess (alice@b) 1] Bob "
                     "[alice@b 2] Eve Fred [a@c 1] Zoe");
  g_settings_reset (self->settings, "contacts-groups");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AccountsChanged", "(uint32 1, uint32 1, @ao [])");
  app_world_wait_items (beckon_messenger_get_accounts (self->world->messenger), 1);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Ada Bob Eve Fred");
}

static void
test_sort (Fixture *self, gconstpointer data)
{
  g_settings_set_string (self->settings, "contacts-sort", "name");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Ada Bob Eve Fred");
  g_settings_set_string (self->settings, "contacts-sort", "recent");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Bob Eve Ada Fred");
  change (self, 4, "('eve@b', 'Eve', uint32 3, false, uint32 1, '', '', uint32 0, {'last-time': <int64 400>})");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Eve Bob Ada Fred");
}

/* Who has written something is there all the same. */
static void
test_online (Fixture *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "contacts-online-only", TRUE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 2] Ada Bob");
  change (self, 1, "('bob@b', 'Bob', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 1] Ada");
  change (self, 4, "('eve@b', 'Eve', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 2] Ada Eve");
  g_settings_set_boolean (self->settings, "contacts-online-only", FALSE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Ada Eve Bob Fred");
}

static void
group_signal (Fixture *self, const char *name, const char *args)
{
  stand_in_signal (self->world->service, APP_ACCOUNT, "Account1", name, args);
}

static void
test_groups (Fixture *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "contacts-groups", TRUE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 2] Ada Bob [Chess 1] Bob [Contacts 2] Eve Fred");
  group_signal (self, "ContactAddedToGroup", "('g3', 'eve@b')");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 2] Ada Bob [Chess 1] Bob [Nobody 1] Eve "
                     "[Contacts 1] Fred");
  group_signal (self, "ContactRemovedFromGroup", "('g1', 'ada@b')");
  group_signal (self, "GroupsChanged", "(uint32 1, uint32 1, [('g2', 'Go', ['bob@b'])])");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 1] Bob [Go 1] Bob [Nobody 1] Eve [Contacts 2] Ada Fred");
  group_signal (self, "GroupsChanged", "(uint32 0, uint32 2, @a(ssas) [])");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Nobody 1] Eve [Contacts 3] Ada Bob Fred");
  g_settings_set_boolean (self->settings, "contacts-groups", FALSE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 4] Ada Bob Eve Fred");
}

static void
activate_row (Fixture *self, guint position)
{
  g_signal_emit_by_name (app_part (app_part (self->window, "contacts"), "list"), "activate", position);
}

/* It is remembered, also over a change of what else is shown. */
static void
test_collapse (Fixture *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "contacts-groups", TRUE);
  app_world_settle (self->world);
  activate_row (self, 4);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 2] [Chess 1] Bob [Contacts 2] Eve Fred");
  group_signal (self, "ContactAddedToGroup", "('g1', 'eve@b')");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 3] [Chess 1] Bob [Contacts 1] Fred");
  g_settings_set_boolean (self->settings, "contacts-groups", FALSE);
  g_settings_set_boolean (self->settings, "contacts-groups", TRUE);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 3] [Chess 1] Bob [Contacts 1] Fred");
  activate_row (self, 4);
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Work 3] Ada Bob Eve [Chess 1] Bob [Contacts 1] Fred");
  g_auto (GStrv) left = g_settings_get_strv (self->settings, "contacts-collapsed");
  g_assert_cmpuint (g_strv_length (left), ==, 0);
}

/* ---- searching ---- */

static void
type (Fixture *self, const char *text)
{
  GtkWidget *entry = app_part (app_part (self->window, "contacts"), "search_entry");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "search-changed");
}

/* A text that is replaced is none for a moment. */
static void
type_more (Fixture *self, const char *text)
{
  GtkWidget *entry = app_part (app_part (self->window, "contacts"), "search_entry");
  int position = -1;

  gtk_editable_insert_text (GTK_EDITABLE (entry), text, -1, &position);
  g_signal_emit_by_name (entry, "search-changed");
}

static const char *
get_page (Fixture *self)
{
  return gtk_stack_get_visible_child_name (app_part (app_part (self->window, "contacts"), "stack"));
}

static void
test_search (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  g_settings_set_boolean (self->settings, "contacts-online-only", TRUE);
  stand_in_answer (service, "SearchMessages", "([" FOUND (9, "B is for ball") "],)");
  type (self, "  @B ");
  bk_test_wait_for_count (stand_in_count (service, "SearchMessages"), 1);
  g_assert_cmpstr (stand_in_last (service, "SearchMessages"), ==, "('@B', '/', '', 0, 50)");
  /* All of them are at b, offline and blocked or not. */
  assert_rows (self, "[Contacts 6] Dora Ada Ça va Bob Eve Fred [Messages 1] “B is for ball”");
  stand_in_answer (service, "SearchMessages", "(@a(os(xsbsxusa{sv})) [],)");
  type (self, "b");
  assert_rows (self, "[Contacts 1] Bob"); /* the server of all does not count */
  type (self, "ca");
  assert_rows (self, "[Contacts 1] Ça va");
  type (self, "va CARL");
  assert_rows (self, "[Contacts 1] Ça va");
  g_assert_cmpstr (get_page (self), ==, "list");
  type (self, "nobody at all");
  assert_rows (self, "");
  g_assert_cmpstr (get_page (self), ==, "nothing-found");
  type (self, "");
  assert_rows (self, "[Requests 1] Dora [Pinned 1] Ça va [Contacts 2] Ada Bob");
  g_assert_cmpuint (*stand_in_count (service, "SearchMessages"), ==, 5);
}

/* Until the answer is there, what was found before stays; an answer to an earlier question is nothing. */
static void
test_search_late (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  stand_in_answer (service, "SearchMessages", "hold");
  type (self, "zz");
  bk_test_wait_for_count (stand_in_count (service, "SearchMessages"), 1);
  g_assert_cmpstr (get_page (self), ==, "list"); /* not yet */
  type (self, "zzz");
  bk_test_wait_for_count (stand_in_count (service, "SearchMessages"), 2);
  stand_in_release (service, "SearchMessages", "([" FOUND (9, "zz top") "],)");
  stand_in_release (service, "SearchMessages", "([" FOUND (8, "zzz") "],)");
  assert_rows (self, "[Messages 1] “zzz”");
  type_more (self, "y");
  bk_test_wait_for_count (stand_in_count (service, "SearchMessages"), 3);
  g_assert_cmpstr (stand_in_last (service, "SearchMessages"), ==, "('zzzy', '/', '', 0, 50)");
  assert_rows (self, "[Messages 1] “zzz”");
  stand_in_release (service, "SearchMessages", "([" FOUND (7, "zzzy") "],)");
  assert_rows (self, "[Messages 1] “zzzy”");
  stand_in_answer (service, "SearchMessages", "!im.beckon.Error.Storage");
  type (self, "zzzz");
  assert_rows (self, "");
  g_assert_cmpstr (get_page (self), ==, "nothing-found");
}

/* ---- many ---- */

/* Ten thousand with -m perf. */
static guint n_many = 1500;

static void
append_one (GString *text, guint i, guint status)
{
  g_string_append_printf (text, "%s('p%05x@b', 'Person %05u', uint32 3, false, uint32 %u, 'at home', '', uint32 0, "
                                "{'last-text': <'Hello %u'>, 'last-time': <int64 %u>})",
                          i > 0 ? ", " : "", i, (i * 7919) % n_many, status, i, i + 1);
}

/* Since the last time, by the clock and of the processor, in ms. Figures to look at; nothing depends on them. */
static void
tell_time (const char *what)
{
  static gint64 wall;
  static clock_t processor;

  if (what != NULL)
    g_test_message ("%s: %" G_GINT64_FORMAT " ms, %ld ms of the processor", what,
                    (g_get_monotonic_time () - wall) / 1000, (long) ((clock () - processor) * 1000 / CLOCKS_PER_SEC));
  wall = g_get_monotonic_time ();
  processor = clock ();
}

static gboolean
is_filled (gpointer rows)
{
  return g_list_model_get_n_items (rows) == n_many;
}

/* All of them become busy at once, one signal each, as after a server has come back. */
static void
storm (StandIn *service)
{
  for (guint i = 0; i < n_many; i++)
    {
      g_autoptr (GString) one = g_string_new ("(uint32 ");

      g_string_append_printf (one, "%u, uint32 1, [", i);
      g_string_append_printf (one, "('p%05x@b', 'Person %05u', uint32 3, false, uint32 10, '', '', uint32 0, @a{sv} {})", i,
                              (i * 7919) % n_many);
      g_string_append (one, "])");
      stand_in_signal (service, APP_ACCOUNT, "Account1", "ContactsChanged", one->str);
    }
}

static void
test_many (void)
{
  StandIn *service = app_service_new (FALSE);
  g_autoptr (GString) people = g_string_new ("([");
  n_many = g_test_perf () ? 10000 : n_many;
  g_autofree char *last_name = g_strdup_printf ("Person %05u", n_many - 1);
  Fixture self = { NULL, NULL, NULL, NULL };

  for (guint i = 0; i < n_many; i++)
    append_one (people, i, i % 2 + 1);
  g_string_append (people, "],)");
  stand_in_answer (service, "ListContacts", people->str);
  self.world = app_world_start (service);
  tell_time (NULL);
  self.window = bk_app_show_window (self.world->app);
  self.rows = G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (self.window, "contacts"), "list")));
  bk_test_wait_until (is_filled, self.rows);
  tell_time ("filled");

  type (&self, "00123 PERSON");
  g_assert_cmpuint (g_list_model_get_n_items (self.rows), ==, 3); /* that name, that sign-in name and the heading */
  tell_time ("searched");
  type (&self, "");
  g_assert_cmpuint (g_list_model_get_n_items (self.rows), ==, n_many);
  tell_time ("all again");

  storm (service);
  tell_time ("said");
  app_world_settle (self.world);
  tell_time ("all busy");
  g_autoptr (BkAppPerson) first = g_list_model_get_item (self.rows, 0);
  g_assert_cmpstr (beckon_contact_get_display_name (bk_app_person_get_contact (first)), ==, "Person 00000");
  g_autoptr (BkAppPerson) last = g_list_model_get_item (self.rows, n_many - 1);
  g_assert_cmpstr (beckon_contact_get_display_name (bk_app_person_get_contact (last)), ==, last_name);
  app_world_free (self.world);
}

/* ---- verbs ---- */

static void
verb (Fixture *self, const char *action, const char *who)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), action, "(ss)", "alice@b", who));
  app_world_settle (self->world);
}

static void
test_verbs (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  verb (self, "win.pin-contact", "ada@b");
  g_assert_cmpstr (stand_in_last (service, "SetContact"), ==,
                   "('ada@b', {'alias': <''>, 'pinned': <true>, 'muted': <false>})");
  verb (self, "win.pin-contact", "carl@b");
  g_assert_cmpstr (stand_in_last (service, "SetContact"), ==,
                   "('carl@b', {'alias': <'Ça va'>, 'pinned': <false>, 'muted': <false>})");
  verb (self, "win.mute-contact", "carl@b");
  g_assert_cmpstr (stand_in_last (service, "SetContact"), ==,
                   "('carl@b', {'alias': <'Ça va'>, 'pinned': <true>, 'muted': <true>})");
  verb (self, "win.unblock-contact", "fred@b");
  g_assert_cmpstr (stand_in_last (service, "SetContactBlocked"), ==, "('fred@b', false)");
  verb (self, "win.approve-contact", "dora@b");
  g_assert_cmpstr (stand_in_last (service, "ApproveContact"), ==, "('dora@b',)");
  verb (self, "win.decline-contact", "dora@b");
  g_assert_cmpstr (stand_in_last (service, "DeclineContact"), ==, "('dora@b',)");
  verb (self, "win.pin-contact", "nobody@b");
  g_assert_cmpuint (*stand_in_count (service, "SetContact"), ==, 3);
}

static void
respond (const char *response)
{
  GtkWindow *dialog = app_world_find_window (ADW_TYPE_MESSAGE_DIALOG);

  g_assert_nonnull (dialog);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog);
}

static void
test_questions (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  verb (self, "win.remove-contact", "ada@b");
  respond ("cancel");
  verb (self, "win.remove-contact", "ada@b");
  respond ("remove");
  bk_test_wait_for_count (stand_in_count (service, "RemoveContact"), 1);
  g_assert_cmpstr (stand_in_last (service, "RemoveContact"), ==, "('ada@b',)");

  verb (self, "win.rename-contact", "carl@b");
  GtkWidget *entry = adw_message_dialog_get_extra_child (
    ADW_MESSAGE_DIALOG (app_world_find_window (ADW_TYPE_MESSAGE_DIALOG)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "Ça va");
  g_autofree char *long_name = g_strnfill (129, 'x');
  gtk_editable_set_text (GTK_EDITABLE (entry), long_name);
  g_assert_false (adw_message_dialog_get_response_enabled (
    ADW_MESSAGE_DIALOG (app_world_find_window (ADW_TYPE_MESSAGE_DIALOG)), "rename"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "  Charlie ");
  respond ("rename");
  bk_test_wait_for_count (stand_in_count (service, "SetContact"), 1);
  g_assert_cmpstr (stand_in_last (service, "SetContact"), ==,
                   "('carl@b', {'alias': <'Charlie'>, 'pinned': <true>, 'muted': <false>})");
}

static void
test_group_of (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  verb (self, "win.groups-of-contact", "ada@b");
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_GROUPS_WINDOW);
  g_assert_nonnull (window);
  GtkListBox *groups = app_part (window, "groups");
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (groups, 0), "activated");
  bk_test_wait_for_count (stand_in_count (service, "RemoveFromGroup"), 1);
  g_assert_cmpstr (stand_in_last (service, "RemoveFromGroup"), ==, "('g1', 'ada@b')");
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (groups, 1), "activated");
  bk_test_wait_for_count (stand_in_count (service, "AddToGroup"), 1);
  g_assert_cmpstr (stand_in_last (service, "AddToGroup"), ==, "('g2', 'ada@b')");
  stand_in_answer (service, "CreateGroup", "!im.beckon.Error.GroupAlreadyExists");
  gtk_editable_set_text (GTK_EDITABLE (app_part (window, "new_name")), "Club");
  g_signal_emit_by_name (app_part (window, "new_name"), "apply");
  bk_test_wait_for_count (stand_in_count (service, "CreateGroup"), 1);
  g_assert_cmpstr (stand_in_last (service, "CreateGroup"), ==, "('Club',)");
}

/* A group with people in it is emptied first. */
static void
test_delete_group (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  stand_in_answer (service, "RemoveFromGroup", "hold");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), "win.groups", NULL));
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_GROUPS_WINDOW);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (app_part (window, "groups"), 0), "activated");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (window, "stack")), ==, "group");
  g_signal_emit_by_name (app_part (window, "remove"), "clicked");
  respond ("remove");
  bk_test_wait_for_count (stand_in_count (service, "RemoveFromGroup"), 1);
  group_signal (self, "ContactRemovedFromGroup", "('g1', 'ada@b')");
  stand_in_release (service, "RemoveFromGroup", "()");
  bk_test_wait_for_count (stand_in_count (service, "RemoveFromGroup"), 2);
  g_assert_cmpstr (stand_in_last (service, "RemoveFromGroup"), ==, "('g1', 'bob@b')");
  g_assert_cmpuint (*stand_in_count (service, "RemoveGroup"), ==, 0);
  group_signal (self, "ContactRemovedFromGroup", "('g1', 'bob@b')");
  stand_in_release (service, "RemoveFromGroup", "()");
  bk_test_wait_for_count (stand_in_count (service, "RemoveGroup"), 1);
  app_world_settle (self->world);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (window, "stack")), ==, "groups");
}

/* ---- files ---- */

static GtkDropTarget *
find_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

/* Returns: (nullable): the row of that name */
static GtkWidget *
find_row (GtkWidget *list, const char *who)
{
  for (GtkWidget *item = gtk_widget_get_first_child (list); item != NULL; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      BkAppPerson *person = BK_IS_APP_CONTACT_ROW (row) ? bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (row)) : NULL;

      if (person != NULL && bk_app_person_is (person, "alice@b", who) && gtk_widget_get_height (row) > 0)
        return row;
    }
  return NULL;
}

typedef struct
{
  GtkWidget *list;
  const char *who;
} Sought;

static gboolean
is_row_there (gpointer sought)
{
  return find_row (((Sought *) sought)->list, ((Sought *) sought)->who) != NULL;
}

static gboolean
drop_on (GtkWidget *list, const char *who)
{
  Sought sought = { list, who };
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GFile) one = g_file_new_for_path ("/nowhere/a%20b.txt");
  g_autoptr (GFile) other = g_file_new_for_path ("/nowhere/c.txt");
  GSList *files = g_slist_prepend (g_slist_prepend (NULL, other), one);
  graphene_rect_t bounds;
  GdkDragAction action = 0;
  gboolean taken = FALSE;

  bk_test_wait_until (is_row_there, &sought);
  GtkWidget *row = find_row (list, who);
  g_assert_true (gtk_widget_compute_bounds (row, list, &bounds));
  double y = (double) bounds.origin.y + 4;
  g_signal_emit_by_name (find_target (list), "motion", 30.0, y, &action);
  g_assert_true (((gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_DROP_ACTIVE) != 0) == (action != 0));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, g_boxed_copy (GDK_TYPE_FILE_LIST, files));
  g_signal_emit_by_name (find_target (list), "drop", &value, 30.0, y, &taken);
  g_assert_false ((gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_DROP_ACTIVE) != 0);
  g_assert_true (taken == (action != 0));
  g_slist_free (files);
  return taken;
}

/* Whoever gets files is shown before they are dropped, and asked about after. Not everybody can get any. */
static void
test_drop (Fixture *self, gconstpointer data)
{
  GtkWidget *list = app_part (app_part (self->window, "contacts"), "list");

  g_assert_false (drop_on (list, "dora@b"));
  g_assert_null (app_world_find_window (BK_TYPE_APP_SEND_FILES));
  g_assert_true (drop_on (list, "ada@b"));
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_SEND_FILES);
  g_assert_nonnull (window);
  g_assert_cmpstr (gtk_label_get_label (app_part (window, "to")), ==, "To Ada");
  BkAppConversation *conversation = app_part (self->window, "conversation");
  g_assert_true (bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "ada@b"));
}

static gboolean
is_mapped_popover (gpointer popover)
{
  return gtk_widget_get_mapped (popover);
}

static GtkWidget *
find_menu (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  while (child != NULL && !GTK_IS_POPOVER_MENU (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* A finger that stays on somebody opens their menu, one on a heading nothing. */
static void
test_long_press (Fixture *self, gconstpointer data)
{
  GtkWidget *contacts = app_part (self->window, "contacts");
  GtkWidget *list = app_part (contacts, "list");
  GtkWidget *menu = find_menu (contacts);
  Sought sought = { list, "ada@b" };
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (list);
  graphene_rect_t bounds;

  bk_test_wait_until (is_row_there, &sought);
  g_assert_true (gtk_widget_compute_bounds (find_row (list, "ada@b"), list, &bounds));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (!GTK_IS_GESTURE_LONG_PRESS (controller))
        continue;
      g_signal_emit_by_name (controller, "pressed", 30.0, 4.0);
      g_assert_false (gtk_widget_get_visible (menu));
      g_signal_emit_by_name (controller, "pressed", 30.0, (double) bounds.origin.y + 4);
    }
  bk_test_wait_until (is_mapped_popover, menu);
}

static void
test_profile (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  stand_in_answer (service, "ListAllowed", "([('bob@b', '" APP_BOARD "'), ('ada@b', '" APP_CHESS "')],)");
  verb (self, "win.show-profile", "bob@b");
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_PROFILE);
  g_assert_nonnull (window);
  app_world_settle (self->world);
  g_assert_cmpstr (adw_action_row_get_subtitle (app_part (window, "groups")), ==, "Work, Chess");
  GtkListBox *allowed = app_part (window, "allowed");
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (gtk_list_box_get_row_at_index (allowed, 0))), ==,
                   "Board");
  g_assert_null (gtk_list_box_get_row_at_index (allowed, 1));
  stand_in_answer (service, "ListAllowed", "(@a(ss) [],)");
  stand_in_signal (service, APP_ACCOUNT, "Account1", "AllowedChanged", "()");
  app_world_settle (self->world);
  app_world_settle (self->world);
  g_assert_false (gtk_widget_get_visible (app_part (window, "allowed_group")));
}

#define RUNNING(user, own, number) \
  "{'SessionID': <'{S1}'>, 'State': <uint32 4>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'" user "'>, " \
  "'MySigninName': <'" own "'>, 'SafetyNumber': <'" number "'>}"

static const char *
get_number (GtkWindow *window)
{
  return adw_preferences_row_get_title (app_part (window, "safety"));
}

/* The key that another account or another person has is not the one that is compared here. */
static void
test_safety_number (Fixture *self, gconstpointer data)
{
  g_autofree char *other = app_world_add_session (self->world, 1, RUNNING ("bob@b", "alice@work", "11111"));
  g_autofree char *stranger = app_world_add_session (self->world, 2, RUNNING ("ada@b", "alice@b", "22222"));

  stand_in_answer (self->world->service, "ListSafetyNumbers", "(@as [],)");
  verb (self, "win.show-profile", "bob@b");
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_PROFILE);
  g_assert_true (g_str_has_prefix (get_number (window), "It is shown here"));
  g_autofree char *path = app_world_add_session (self->world, 3, RUNNING ("bob@b", "alice@b", ""));
  g_assert_true (g_str_has_prefix (get_number (window), "It is shown here"));
  stand_in_set (self->world->service, path, "Session1", "{'SafetyNumber': <'33333'>}");
  app_world_settle (self->world);
  g_assert_cmpstr (get_number (window), ==, "33333");
}

/* The keys that are known can be compared without a session, each once. */
static void
test_known_safety_numbers (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "ListSafetyNumbers", "(['11111', '22222'],)");
  verb (self, "win.show-profile", "bob@b");
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_PROFILE);
  bk_test_wait_for_count (stand_in_count (self->world->service, "ListSafetyNumbers"), 1);
  app_world_settle (self->world);
  g_assert_cmpstr (stand_in_last (self->world->service, "ListSafetyNumbers"), ==, "('bob@b',)");
  g_assert_cmpstr (get_number (window), ==, "11111\n\n22222");
  g_autofree char *path = app_world_add_session (self->world, 1, RUNNING ("bob@b", "alice@b", "22222"));
  g_assert_cmpstr (get_number (window), ==, "11111\n\n22222");
}

static gboolean
is_alone (gpointer window)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint n_visible = 0;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) other = g_list_model_get_item (windows, i);
      n_visible += gtk_widget_get_visible (other);
    }
  return n_visible == 1 && gtk_widget_get_visible (window);
}

static void
open_about_bob (Fixture *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/exe");
  BkAppPerson *bob = bk_app_people_find (bk_app_get_people (self->world->app), "alice@b", "bob@b");

  g_list_store_append (files, file);
  bk_app_send_files_show (GTK_WINDOW (self->window), self->world->messenger, bob, G_LIST_MODEL (files), FALSE);
  verb (self, "win.show-profile", "bob@b");
  verb (self, "win.groups-of-contact", "bob@b");
  verb (self, "win.rename-contact", "bob@b");
  verb (self, "win.remove-contact", "bob@b");
  bk_app_history_clear (GTK_WINDOW (self->window), self->world->messenger, bob);
  app_world_settle (self->world);
  g_assert_false (is_alone (self->window));
}

/* Nothing can be done any more about somebody who is gone; somebody else who goes changes nothing. */
static void
test_person_gone (Fixture *self, gconstpointer data)
{
  g_autoptr (BeckonContact) bob = beckon_account_find_contact (self->world->account, "bob@b");
  GListModel *contacts = beckon_account_get_contacts (self->world->account);

  open_about_bob (self);
  guint n_contacts = g_list_model_get_n_items (contacts);
  for (guint i = n_contacts; i-- > 0;)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, i);
      g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 1, @a(ssubussua{sv}) [])", i);

      if (contact == bob)
        continue;
      stand_in_signal (self->world->service, APP_ACCOUNT, "Account1", "ContactsChanged", args);
    }
  app_world_settle (self->world);
  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, 1);
  g_assert_nonnull (app_world_find_window (BK_TYPE_APP_PROFILE));
  g_assert_nonnull (app_world_find_window (BK_TYPE_APP_GROUPS_WINDOW));
  g_assert_nonnull (app_world_find_window (ADW_TYPE_MESSAGE_DIALOG));
  stand_in_signal (self->world->service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 0, uint32 1, @a(ssubussua{sv}) [])");
  bk_test_wait_until (is_alone, self->window);
}

/* Removed by another program. The same becomes of it all when the session service restarts: all objects are new. */
static void
test_account_gone (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "ListDevices", "(@a(ssxb) [],)");
  open_about_bob (self);
  bk_app_password_dialog_show (GTK_WINDOW (self->window), self->world->messenger, self->world->account);
  bk_app_account_page_show (GTK_WINDOW (self->window), self->world->messenger, self->world->account);
  GtkWindow *page = app_world_find_window (BK_TYPE_APP_ACCOUNT_PAGE);
  g_signal_emit_by_name (app_part (page, "remove"), "clicked");
  g_signal_emit_by_name (app_part (page, "clear"), "clicked");
  app_world_settle (self->world);
  stand_in_signal (self->world->service, STAND_IN_ROOT, "Messenger1", "AccountsChanged", "(uint32 0, uint32 1, @ao [])");
  bk_test_wait_until (is_alone, self->window);
}

/* The group whose page is open is deleted on another device. */
static void
test_group_gone (Fixture *self, gconstpointer data)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), "win.groups", NULL));
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_GROUPS_WINDOW);
  g_signal_emit_by_name (gtk_list_box_get_row_at_index (app_part (window, "groups"), 0), "activated");
  group_signal (self, "GroupsChanged", "(uint32 1, uint32 1, @a(ssas) [])");
  app_world_settle (self->world);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (window, "stack")), ==, "group");
  group_signal (self, "GroupsChanged", "(uint32 0, uint32 1, @a(ssas) [])");
  app_world_settle (self->world);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (window, "stack")), ==, "groups");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add_func ("/contacts/folded", test_folded);
  g_test_add_func ("/contacts/find", test_find);
  g_test_add_func ("/contacts/find-marked", test_find_marked);
  g_test_add_func ("/contacts/links", test_links);
  g_test_add_func ("/contacts/summary", test_summary);
#define ADD(name, func) g_test_add ("/contacts/" name, Fixture, NULL, setup, func, teardown)
  ADD ("sections", test_sections);
  ADD ("accounts", test_accounts);
  ADD ("sort", test_sort);
  ADD ("online", test_online);
  ADD ("groups", test_groups);
  ADD ("collapse", test_collapse);
  ADD ("search", test_search);
  ADD ("search/late", test_search_late);
  g_test_add_func ("/contacts/many", test_many);
  ADD ("verbs", test_verbs);
  ADD ("questions", test_questions);
  ADD ("groups/of-one", test_group_of);
  ADD ("groups/delete", test_delete_group);
  ADD ("long-press", test_long_press);
  ADD ("drop", test_drop);
  ADD ("profile", test_profile);
  ADD ("safety-number", test_safety_number);
  ADD ("safety-number/known", test_known_safety_numbers);
  ADD ("person-gone", test_person_gone);
  ADD ("account-gone", test_account_gone);
  ADD ("groups/gone", test_group_gone);
  return app_world_run ();
}
