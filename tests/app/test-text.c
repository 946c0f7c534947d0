/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for people: none is missing, none shows the machinery. */
#include "bk-app-clock.h"
#include "bk-app-text.h"

#include "beckon-error.h"
#include "beckon-session-private.h"
#include "beckon-values-private.h"
#include "bk-test.h"
#include "stand-in.h"

#include <string.h>
#include <time.h>

#define SESSION STAND_IN_ROOT "/Session/1"

static GDBusConnection *connection;

/* ---- errors ---- */

static void
assert_sentence (const char *text, const char *of)
{
  if (text == NULL || *text == '\0' || strstr (text, "GDBus") != NULL || strstr (text, "im.beckon") != NULL
      || strstr (text, "freedesktop") != NULL)
    g_error ("“%s” is no sentence for %s", text, of);
}

/* The error that a call meets when the service answers with it. */
static GError *
meet_error (StandIn *service, BeckonSession *session, const char *name)
{
  g_autofree char *answer = g_strconcat ("!", name, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  stand_in_answer (service, "Accept", answer);
  beckon_session_accept_async (session, NULL, NULL, bk_test_store_result, &result);
  g_assert_false (beckon_session_accept_finish (session, bk_test_await (&result), &error));
  return error;
}

static void
test_errors (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (BeckonSession) session = stand_in_load_session (service, connection, SESSION, "{}");
  g_autoptr (GEnumClass) codes = g_type_class_ref (BECKON_TYPE_ERROR);

  for (guint i = 0; i < codes->n_values; i++)
    {
      g_autoptr (GError) local = g_error_new_literal (BECKON_ERROR, codes->values[i].value, "No");
      g_autofree char *name = g_dbus_error_encode_gerror (local);
      g_autoptr (GError) met = meet_error (service, session, name);

      g_assert_error (met, BECKON_ERROR, codes->values[i].value);
      assert_sentence (bk_app_error_text (met), name);
    }
}

/* What the bus and the system say is nothing that people could use. */
static void
test_foreign_errors (void)
{
  static const char *const names[] = { "org.freedesktop.DBus.Error.NoReply",
                                       "org.freedesktop.DBus.Error.ServiceUnknown",
                                       "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code24",
                                       "com.example.Unheard" };
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (BeckonSession) session = stand_in_load_session (service, connection, SESSION, "{}");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) met = meet_error (service, session, names[i]);
      assert_sentence (bk_app_error_text (met), names[i]);
    }
}

/* Which folder it was that a file cannot be saved in, the service alone knows. */
static void
test_file_errors (void)
{
  g_autoptr (GError) disk = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, "Not into “Geholt”");
  g_autoptr (GError) other = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "No");

  g_assert_cmpstr (bk_app_file_error_text (disk), ==, "Not into “Geholt”");
  g_assert_cmpstr (bk_app_file_error_text (other), ==, bk_app_error_text (other));
}

/* ---- people ---- */

static void
test_status (void)
{
  static const char *const classes[] = { "status-online", "status-away", "status-busy", "status-offline", NULL };
  g_autoptr (GEnumClass) values = g_type_class_ref (BECKON_TYPE_STATUS);

  for (guint i = 0; i < values->n_values; i++)
    {
      BeckonStatus status = (BeckonStatus) values->values[i].value;
      gboolean reachable = (status & BECKON_STATUS_ONLINE) != 0 && status != BECKON_STATUS_INVISIBLE;

      g_assert_true (g_strv_contains (classes, bk_app_status_class (status)));
      g_assert_cmpint (*bk_app_status_word (status), !=, '\0');
      g_assert_true (reachable == !g_str_equal (bk_app_status_class (status), "status-offline"));
      g_assert_true (!reachable || !g_str_equal (bk_app_status_word (status), "Offline"));
    }
  g_assert_cmpstr (bk_app_status_word ((BeckonStatus) 0x7002), ==, "Offline"); /* of a later version */
  g_assert_cmpstr (bk_app_status_word (BECKON_STATUS_OUT_TO_LUNCH), ==, "Out to lunch");
  g_assert_cmpstr (bk_app_status_class (BECKON_STATUS_BUSY), ==, "status-busy");
  g_assert_cmpstr (bk_app_status_class (BECKON_STATUS_AWAY), ==, "status-away");
}

static BeckonContact *
make_contact (BeckonRelation relation, gboolean blocked, BeckonStatus status, const char *message, const char *request)
{
  return beckon_contact_new (g_variant_new ("(ssubussua{sv})", "bob@b", "B%sb", (guint) relation, blocked, (guint) status,
                                            message, request, 0u, NULL));
}

static void
test_contact_lines (void)
{
  static const struct
  {
    BeckonRelation relation;
    gboolean blocked;
    BeckonStatus status;
    const char *message;
    const char *request;
    const char *line;
    const char *reason; /* why there is no inviting; NULL if there is */
  } rows[] = {
    { BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_ONLINE, "", "", "Online", NULL },
    { BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_BUSY, "100 %s", "", "Busy, 100 %s", NULL },
    { BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_OFFLINE, "", "", "Offline", "B%sb is offline." },
    { BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_UNKNOWN, "", "", "Offline", "B%sb is offline." },
    { BECKON_RELATION_ACCEPTED, TRUE, BECKON_STATUS_ONLINE, "hm", "", "Blocked", "You have blocked B%sb." },
    { BECKON_RELATION_ASKED, FALSE, BECKON_STATUS_UNKNOWN, "", "", "Has not answered yet",
      "B%sb has not agreed to be your contact yet." },
    { BECKON_RELATION_ASKING, FALSE, BECKON_STATUS_UNKNOWN, "", "It is me", "It is me",
      "B%sb is waiting for you to accept the contact request." },
    { BECKON_RELATION_ASKING, FALSE, BECKON_STATUS_UNKNOWN, "", "", "Would like to add you",
      "B%sb is waiting for you to accept the contact request." },
    { BECKON_RELATION_NONE, FALSE, BECKON_STATUS_ONLINE, "", "", "Online", "B%sb is not your contact." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BeckonContact) contact = make_contact (rows[i].relation, rows[i].blocked, rows[i].status,
                                                        rows[i].message, rows[i].request);
      g_autofree char *line = bk_app_contact_dup_line (contact);
      g_autofree char *reason = NULL;

      g_assert_cmpstr (line, ==, rows[i].line);
      g_assert_true (bk_app_contact_can_be_invited (contact, &reason) == (rows[i].reason == NULL));
      g_assert_cmpstr (reason, ==, rows[i].reason);
      g_assert_true (bk_app_contact_can_be_invited (contact, NULL) == (rows[i].reason == NULL));
    }
}

/* ---- sessions ---- */

static void
test_waiting (void)
{
  static const struct
  {
    const char *properties;
    const char *words;
  } rows[] = {
    { "", "Waiting for Bob…" },
    { ", 'Ringing': <true>", "Waiting for Bob… Their device is ringing." },
    { ", 'Installing': <true>, 'ApplicationName': <'Chess'>", "Bob is installing Chess…" },
    { ", 'Installing': <true>, 'Ringing': <true>", "Bob is installing Unknown Application…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (StandIn) service = stand_in_new ();
      g_autofree char *properties
        = g_strdup_printf ("{'State': <uint32 2>, 'UserName': <'Bob'>%s}", rows[i].properties);
      g_autoptr (BeckonSession) session = stand_in_load_session (service, connection, SESSION, properties);
      g_autofree char *words = bk_app_session_dup_waiting (session);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
  g_assert_cmpstr (bk_app_application_word (NULL), ==, "Unknown Application");
  g_assert_cmpstr (bk_app_application_word (""), ==, "Unknown Application");
  g_assert_cmpstr (bk_app_application_word ("Chess"), ==, "Chess");
}

/* ---- times ---- */

/* A time of the day in a zone, in the way of messages. */
static gint64
at (const char *zone, const char *time)
{
  g_autoptr (GTimeZone) timezone = g_time_zone_new_identifier (zone);
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (time, timezone);

  g_assert_nonnull (moment);
  return g_date_time_to_unix (moment) * G_USEC_PER_SEC;
}

static void
set_zone (const char *zone)
{
  g_setenv ("TZ", zone, TRUE);
  tzset ();
}

static void
test_same_day (void)
{
  static const struct
  {
    const char *here;
    const char *zone; /* of both times */
    const char *one;
    const char *other;
    gboolean same;
  } rows[] = {
    { "UTC", "UTC", "2026-03-01T00:00:00", "2026-03-01T23:59:59", TRUE },
    { "UTC", "UTC", "2026-03-01T23:59:59", "2026-03-02T00:00:00", FALSE },
    { "UTC", "UTC", "2025-03-01T12:00:00", "2026-03-01T12:00:00", FALSE }, /* the day of another year */
    { "UTC", "UTC", "2024-12-31T12:00:00", "2025-12-31T12:00:00", FALSE },
    /* The night in which the clock goes forward has 23 hours, the other 25. */
    { "Europe/Berlin", "Europe/Berlin", "2026-03-29T00:00:00", "2026-03-29T23:59:59", TRUE },
    { "Europe/Berlin", "Europe/Berlin", "2026-03-28T23:59:59", "2026-03-29T00:00:00", FALSE },
    { "Europe/Berlin", "Europe/Berlin", "2026-10-25T00:00:00", "2026-10-25T23:59:59", TRUE },
    { "Europe/Berlin", "Europe/Berlin", "2026-10-25T00:00:00", "2026-10-26T00:00:00", FALSE },
    /* One day there, two days here. */
    { "Pacific/Auckland", "UTC", "2026-06-01T11:00:00", "2026-06-01T13:00:00", FALSE },
    { "America/Los_Angeles", "UTC", "2026-06-01T23:00:00", "2026-06-02T01:00:00", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 one = at (rows[i].zone, rows[i].one);
      gint64 other = at (rows[i].zone, rows[i].other);

      set_zone (rows[i].here);
      g_assert_true (bk_app_is_same_day (one, other) == rows[i].same);
      g_assert_true (bk_app_is_same_day (other, one) == rows[i].same);
    }
  set_zone ("UTC");
}

static void
assert_day (gint64 time, const char *expected)
{
  g_autofree char *day = bk_app_dup_day (time);

  g_assert_cmpstr (day, ==, expected);
}

/* Today's first second, and the last one of the day before, are told apart in every zone. Midnight of now may come
 * while this runs: then it is looked at again. */
static void
test_today (void)
{
  static const char *const zones[] = { "UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles",
                                       "Asia/Kathmandu" };

  for (gsize i = 0; i < G_N_ELEMENTS (zones);)
    {
      set_zone (zones[i]);
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();
      g_autoptr (GDateTime) begin = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                                           g_date_time_get_day_of_month (now), 0, 0, 0);
      gint64 start = g_date_time_to_unix (begin) * G_USEC_PER_SEC;
      g_autofree char *today = bk_app_dup_day (start);
      g_autofree char *yesterday = bk_app_dup_day (start - 1);
      g_autoptr (GDateTime) after = g_date_time_new_now_local ();

      if (g_date_time_get_day_of_year (now) != g_date_time_get_day_of_year (after))
        continue;
      g_assert_cmpstr (today, ==, "Today");
      g_assert_cmpstr (yesterday, ==, "Yesterday");
      i++;
    }
  set_zone ("Europe/Berlin");
  assert_day (at ("UTC", "2021-12-31T23:30:00"), "Saturday, 1 January 2022");
  assert_day (G_MAXINT64 / 2, "Today"); /* a time that no calendar has: better than a crash */
  g_autofree char *time = bk_app_dup_time (at ("UTC", "2021-07-01T22:05:00"));
  g_assert_cmpstr (time, ==, "00:05");
  set_zone ("UTC");
}

/* ---- the clock ---- */

static void
test_clock (void)
{
  static const struct
  {
    const char *format; /* as in a locale */
    gboolean is_12h;
  } rows[] = {
    { "%H:%M:%S", FALSE }, { "%T", FALSE },   { "%r", TRUE },       { "%I:%M:%S %p", TRUE }, { "%-I.%M", TRUE },
    { "%OI:%OM", TRUE },   { "%H%%I", FALSE }, { "%H時%M分", FALSE }, { "", FALSE },          { "%", FALSE },
  };
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
    = g_settings_schema_source_lookup (source, "org.gnome.desktop.interface", TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (bk_app_clock_is_12h_format (rows[i].format) != rows[i].is_12h)
      g_error ("“%s” is misread", rows[i].format);
  g_assert_false (bk_app_clock_is_12h ()); /* as the language of the tests does */
  if (schema == NULL)
    {
      g_test_skip ("the settings of GNOME are not installed");
      return;
    }
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.interface");
  set_zone ("UTC");
  g_settings_set_string (desktop, "clock-format", "12h");
  g_autofree char *evening = bk_app_dup_time (at ("UTC", "2021-07-01T21:05:00"));
  g_assert_cmpstr (evening, ==, "9:05 PM");
  g_autofree char *midnight = bk_app_dup_time (at ("UTC", "2021-07-01T00:30:00"));
  g_assert_cmpstr (midnight, ==, "12:30 AM");
  g_settings_set_string (desktop, "clock-format", "24h");
  g_autofree char *same = bk_app_dup_time (at ("UTC", "2021-07-01T21:05:00"));
  g_assert_cmpstr (same, ==, "21:05");
  g_settings_reset (desktop, "clock-format");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();

  g_test_add_func ("/app/text/errors", test_errors);
  g_test_add_func ("/app/text/foreign-errors", test_foreign_errors);
  g_test_add_func ("/app/text/file-errors", test_file_errors);
  g_test_add_func ("/app/text/status", test_status);
  g_test_add_func ("/app/text/contact-lines", test_contact_lines);
  g_test_add_func ("/app/text/waiting", test_waiting);
  g_test_add_func ("/app/text/same-day", test_same_day);
  g_test_add_func ("/app/text/today", test_today);
  g_test_add_func ("/app/text/clock", test_clock);
  int status = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return status;
}
