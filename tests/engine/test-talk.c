/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a conversation besides its messages: drafts, and the newest entry, as lists show them. */
#include "engine-world.h"

#include <string.h>

#include "bk-engine-account-private.h"
#include "bk-limits.h"

#define BOB "bob@example.org"

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
} Talk;

static Talk *
talk_new (void)
{
  Talk *talk = g_new0 (Talk, 1);

  talk->world = engine_world_new ();
  engine_world_open (talk->world);
  talk->alice = engine_world_add_alice (talk->world, &talk->backend);
  hand_backend_contact (talk->backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  return talk;
}

static void
talk_free (Talk *talk)
{
  engine_world_free (talk->world);
  g_free (talk);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Talk, talk_free)

static void
talk_reopen (Talk *talk)
{
  talk->alice = engine_world_reopen (talk->world, &talk->backend);
}

static BkEngineConversation *
with (Talk *talk, const char *who)
{
  g_autoptr (GError) error = NULL;
  BkEngineConversation *conversation = bk_engine_account_get_conversation (talk->alice, who, &error);

  g_assert_no_error (error);
  return conversation;
}

static BkEngineContact *
bob (Talk *talk)
{
  g_autoptr (BkEngineContact) contact = g_list_model_get_item (bk_engine_account_get_contacts (talk->alice), 0);

  g_assert_cmpstr (bk_engine_contact_get_sign_in_name (contact), ==, BOB);
  return contact; /* the list keeps it */
}

static void
on_counted (gpointer object, guint *count)
{
  ++*count;
}

static void
on_contact_counted (GListModel *contacts, BkEngineContact *contact, guint *count)
{
  ++*count;
}

/* ---- the newest entry ---- */

static void
assert_last (Talk *talk, const char *text, gboolean outgoing, BeckonDelivery delivery)
{
  const BkEngineMessage *last = bk_engine_contact_get_last (bob (talk));

  g_assert_nonnull (last);
  g_assert_cmpstr (last->text, ==, text);
  g_assert_cmpint (last->outgoing, ==, outgoing);
  g_assert_cmpint (last->delivery, ==, delivery);
}

static void
test_last (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GAsyncResult) sent = NULL;
  guint n_changes = 0;

  g_assert_null (bk_engine_contact_get_last (bob (talk)));
  engine_world_settle (talk->world, talk->alice);
  g_signal_connect (bk_engine_account_get_contacts (talk->alice), "contact-changed", G_CALLBACK (on_contact_counted),
                    &n_changes);
  hand_backend_message (talk->backend, "2", BOB, "m1", FALSE, "one");
  engine_world_settle (talk->world, talk->alice);
  assert_last (talk, "one", FALSE, BECKON_DELIVERY_RECEIVED);
  g_assert_cmpuint (bk_engine_contact_get_unread (bob (talk)), ==, 1);
  g_assert_cmpuint (n_changes, ==, 1); /* not one for each fact */

  bk_engine_conversation_send_async (with (talk, BOB), "two", NULL, bk_test_store_result, &sent);
  bk_engine_message_unref (bk_engine_conversation_send_finish (with (talk, BOB), bk_test_await (&sent), NULL));
  assert_last (talk, "two", TRUE, BECKON_DELIVERY_PENDING);
  hand_request_answer (hand_backend_request (talk->backend, 0), -1);
  engine_world_settle (talk->world, talk->alice);
  assert_last (talk, "two", TRUE, BECKON_DELIVERY_SENT);

  engine_world_close (talk->world);
  talk_reopen (talk);
  assert_last (talk, "two", TRUE, BECKON_DELIVERY_SENT);
}

/* An old entry that changes is not the newest one because of that. */
static void
test_last_stays (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GAsyncResult) sent = NULL;

  bk_engine_conversation_send_async (with (talk, BOB), "mine", NULL, bk_test_store_result, &sent);
  bk_engine_message_unref (bk_engine_conversation_send_finish (with (talk, BOB), bk_test_await (&sent), NULL));
  hand_backend_message (talk->backend, "2", BOB, "m1", FALSE, "theirs");
  engine_world_settle (talk->world, talk->alice);
  assert_last (talk, "theirs", FALSE, BECKON_DELIVERY_RECEIVED);
  hand_request_answer (hand_backend_request (talk->backend, 0), -1);
  engine_world_settle (talk->world, talk->alice);
  assert_last (talk, "theirs", FALSE, BECKON_DELIVERY_RECEIVED);
}

/* Lists get the beginning, never half a character. */
static void
test_last_is_cut (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 1000; i++)
    g_string_append (text, "ä");
  hand_backend_message (talk->backend, "2", BOB, "m1", FALSE, text->str);
  bk_engine_conversation_set_draft (with (talk, BOB), text->str);
  engine_world_settle (talk->world, talk->alice);
  g_assert_cmpint (g_utf8_strlen (bk_engine_contact_get_last (bob (talk))->text, -1), ==, 200);
  g_assert_cmpint (g_utf8_strlen (bk_engine_contact_get_draft (bob (talk)), -1), ==, 200);
  g_assert_cmpstr (bk_engine_conversation_get_draft (with (talk, BOB)), ==, text->str);
}

/* ---- drafts ---- */

static void
test_draft (void)
{
  g_autoptr (Talk) talk = talk_new ();
  guint n_changes = 0;

  g_assert_cmpstr (bk_engine_conversation_get_draft (with (talk, BOB)), ==, "");
  g_signal_connect (with (talk, BOB), "changed", G_CALLBACK (on_counted), &n_changes);
  bk_engine_conversation_set_draft (with (talk, BOB), "");
  g_assert_cmpuint (n_changes, ==, 0);
  bk_engine_conversation_set_draft (with (talk, BOB), "Dear\nBob");
  bk_engine_conversation_set_draft (with (talk, BOB), "Dear\nBob");
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpstr (bk_engine_contact_get_draft (bob (talk)), ==, "Dear\nBob");

  engine_world_close (talk->world); /* before its time has come */
  talk_reopen (talk);
  g_assert_cmpstr (bk_engine_contact_get_draft (bob (talk)), ==, "Dear\nBob");
  bk_engine_conversation_set_draft (with (talk, BOB), NULL);
  g_assert_null (bk_engine_contact_get_draft (bob (talk)));
  engine_world_close (talk->world);
  talk_reopen (talk);
  g_assert_null (bk_engine_contact_get_draft (bob (talk)));
}

/* What was written a second ago is there after a crash, though the user never paused. */
static void
test_draft_after_a_crash (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  engine_world_settle (talk->world, talk->alice);
  for (int i = 0; i < 10; i++)
    {
      g_string_append_c (text, (char) ('a' + i));
      bk_engine_conversation_set_draft (with (talk, BOB), text->str);
      bk_fake_clock_advance (talk->world->clock, 100);
    }
  g_assert_cmpuint (bk_fake_clock_pending (talk->world->clock), >, 0);
  /* The program ends without a word: what has not been handed to the database by now is lost. */
  bk_engine_conversation_close (with (talk, BOB), FALSE);
  engine_world_settle (talk->world, talk->alice);
  engine_world_crash (talk->world);
  talk_reopen (talk);
  const char *draft = bk_engine_contact_get_draft (bob (talk));
  g_assert_nonnull (draft);
  g_assert_cmpuint (strlen (draft), >=, 5);
  g_assert_true (g_str_has_prefix (text->str, draft));
}

static void
test_draft_refused (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autofree char *big = g_strnfill (BK_LIMIT_DRAFT + 1, 'x');
  g_autofree char *largest = g_strnfill (BK_LIMIT_DRAFT, 'x');

  bk_engine_conversation_set_draft (with (talk, BOB), "kept");
  bk_engine_conversation_set_draft (with (talk, BOB), big);
  bk_engine_conversation_set_draft (with (talk, BOB), "a\001b");
  bk_engine_conversation_set_draft (with (talk, BOB), "\xff");
  g_assert_cmpstr (bk_engine_conversation_get_draft (with (talk, BOB)), ==, "kept");
  bk_engine_conversation_set_draft (with (talk, BOB), largest);
  g_assert_cmpstr (bk_engine_conversation_get_draft (with (talk, BOB)), ==, largest);
}

/* A draft to somebody to whom nothing was said yet; and an account that goes takes its drafts along. */
static void
test_draft_of_removed (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_conversation_set_draft (with (talk, BOB), "never sent");
  bk_engine_remove_account_async (talk->world->engine, talk->alice, NULL, bk_test_store_result, &removed);
  bk_engine_remove_account_finish (talk->world->engine, bk_test_await (&removed), &error);
  g_assert_no_error (error);
  g_clear_object (&removed);
  engine_world_close (talk->world);
  engine_world_open (talk->world);
  g_assert_null (bk_engine_get_primary_account (talk->world->engine));
}

/* ---- pages ---- */

static char *
page_after (Talk *talk, gint64 after, guint limit, gint64 *last)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  bk_engine_conversation_list_after_async (with (talk, BOB), after, limit, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages =
    bk_engine_conversation_list_after_finish (with (talk, BOB), bk_test_await (&result), &error);
  if (messages == NULL)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    {
      g_string_append (text, ((BkEngineMessage *) messages->pdata[i])->text);
      *last = ((BkEngineMessage *) messages->pdata[i])->id;
    }
  return g_string_free (text, FALSE);
}

static void
test_pages_after (void)
{
  g_autoptr (Talk) talk = talk_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  gint64 last = 0, previous = -1;

  for (int i = 0; i < 7; i++)
    {
      char text[] = { (char) ('a' + i), '\0' };
      hand_backend_message (talk->backend, NULL, BOB, text, FALSE, text);
      hand_backend_message (talk->backend, NULL, "carol@example.org", text, FALSE, "carol");
    }
  engine_world_settle (talk->world, talk->alice);
  while (last != previous)
    {
      previous = last;
      g_autofree char *page = page_after (talk, last, 3, &last);
      g_assert_cmpuint (strlen (page), <=, 3);
      g_string_append (all, page);
    }
  g_assert_cmpstr (all->str, ==, "abcdefg");
  g_free (page_after (talk, -1, 3, &last));
  g_free (page_after (talk, 0, 0, &last));
  g_free (page_after (talk, 0, 501, &last));
  g_assert_cmpint (last, ==, previous);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/talk/last", test_last);
  g_test_add_func ("/talk/last-stays", test_last_stays);
  g_test_add_func ("/talk/last-is-cut", test_last_is_cut);
  g_test_add_func ("/talk/draft", test_draft);
  g_test_add_func ("/talk/draft-after-a-crash", test_draft_after_a_crash);
  g_test_add_func ("/talk/draft-refused", test_draft_refused);
  g_test_add_func ("/talk/draft-of-removed", test_draft_of_removed);
  g_test_add_func ("/talk/pages-after", test_pages_after);
  return g_test_run ();
}
