/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data/protocol/ says what the tables in src/wire say: every type, kind and member is explained and nothing else is,
 * and every example can be read. */
#include "beckon-error.h"
#include "bk-frame.h"
#include "bk-test.h"

#include <string.h>

typedef struct
{
  char *title;         /* `ok` or Envelope `invite` */
  GPtrArray *members;  /* element-type char *: name, form */
  GPtrArray *examples; /* element-type BkFrame */
  gboolean errors;     /* has a line about them */
} Section;

static void
section_free (gpointer data)
{
  Section *section = data;

  g_free (section->title);
  g_ptr_array_unref (section->members);
  g_ptr_array_unref (section->examples);
  g_free (section);
}

static Section *
section_new (const char *title)
{
  Section *section = g_new0 (Section, 1);

  section->title = g_strdup (title);
  section->members = g_ptr_array_new_with_free_func (g_free);
  section->examples = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_frame_free);
  return section;
}

/* Returns the frame in @text, which the line before it says comes from the client or from the server. */
static BkFrame *
read_example (const char *page, const char *direction, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 id;
  BkFrame *frame = NULL;

  if (g_str_equal (direction, "client →"))
    frame = bk_frame_parse_request (text, strlen (text), &id, &error);
  else if (g_str_equal (direction, "server →"))
    frame = bk_frame_parse_from_server (text, strlen (text), &error);
  else
    g_error ("%s: an example follows “%s” instead of a direction", page, direction);
  if (frame == NULL)
    g_error ("%s: %s in the example %s", page, error->message, text);
  return frame;
}

/* Every code that a line names exists. */
static void
check_codes (const char *page, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "`", -1);

  for (guint i = 1; parts[i] != NULL && parts[i + 1] != NULL; i += 2)
    {
      BeckonError code;
      if (!beckon_error_from_nick (parts[i], &code) && strstr ("ttl offline invite", parts[i]) == NULL)
        g_error ("%s: there is no error “%s”", page, parts[i]);
    }
}

static void
read_line (Section *section, const char *page, const char *line)
{
  if (g_str_has_prefix (line, "| `"))
    {
      g_auto (GStrv) cells = g_strsplit (line, "|", -1);
      g_autofree char *name = g_strstrip (g_strdelimit (g_strdup (cells[1]), "`", ' '));
      g_ptr_array_add (section->members, g_strdup (name));
      g_ptr_array_add (section->members, g_strdup (g_strstrip (cells[2])));
    }
  if (g_str_has_prefix (line, "Errors"))
    {
      section->errors = TRUE;
      check_codes (page, line);
    }
}

/* Returns the index after the example whose fence is at @i. */
static guint
take_example (Section *section, const char *page, char **lines, guint i)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *direction = i > 0 ? lines[i - 1] : "";

  for (i++; lines[i] != NULL && !g_str_equal (lines[i], "```"); i++)
    g_string_append_printf (text, "%s\n", lines[i]);
  g_assert_nonnull (lines[i]);
  g_ptr_array_add (section->examples, read_example (page, direction, text->str));
  return i;
}

/* In index.md the table of error codes is no table of members: it ends its section. */
static void
read_page (GPtrArray *sections, const char *folder, const char *page)
{
  g_autofree char *path = g_build_filename (folder, page, NULL);
  g_autofree char *text = NULL;
  Section *section = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "#"))
        section = NULL;
      if (g_str_has_prefix (lines[i], "### "))
        {
          section = section_new (lines[i] + strlen ("### "));
          g_ptr_array_add (sections, section);
        }
      else if (g_str_has_prefix (lines[i], "| code |"))
        section = NULL;
      else if (g_str_equal (lines[i], "```json"))
        {
          g_assert_nonnull (section);
          i = take_example (section, page, lines, i);
        }
      else if (section != NULL)
        read_line (section, page, lines[i]);
    }
}

static GPtrArray *
read_pages (void)
{
  static const char *const pages[] = {
    "index.md", "account.md", "presence.md", "contacts.md", "messages.md", "sessions.md", "lock.md", "alerts.md",
    "relays.md",
  };
  GPtrArray *sections = g_ptr_array_new_with_free_func (section_free);
  g_autofree char *folder = g_build_filename (g_getenv ("BECKON_SRCDIR"), "data", "protocol", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    read_page (sections, folder, pages[i]);
  return sections;
}

static Section *
find_section (GPtrArray *sections, const char *title)
{
  Section *found = NULL;

  for (guint i = 0; i < sections->len; i++)
    {
      Section *section = g_ptr_array_index (sections, i);
      if (!g_str_equal (section->title, title))
        continue;
      if (found != NULL)
        g_error ("There are two sections “%s”", title);
      found = section;
    }
  if (found == NULL)
    g_error ("There is no section “%s”", title);
  return found;
}

static const char *
form_of (const BkField *field)
{
  switch (field->kind)
    {
    case BK_FIELD_TEXT:
      return "text";
    case BK_FIELD_LONG_TEXT:
      return "long text";
    case BK_FIELD_DATA:
      return "data";
    case BK_FIELD_NAME:
      return "name";
    case BK_FIELD_GUID:
      return "GUID";
    case BK_FIELD_TOKEN:
      return "token";
    case BK_FIELD_WORD:
      return "word";
    case BK_FIELD_UINT:
      return "number";
    case BK_FIELD_UINT32:
      return "32-bit number";
    case BK_FIELD_BOOL:
      return "boolean";
    case BK_FIELD_UINT32S:
      return "32-bit numbers";
    case BK_FIELD_LINES:
      return "lines";
    case BK_FIELD_HEX:
      return "digits";
    case BK_FIELD_GUIDS:
      return "GUIDs";
    case BK_FIELD_OBJECT:
      return "object";
    }
  return NULL;
}

static void
check_members (const Section *section, const BkField *fields)
{
  guint n_fields = 0;

  for (const BkField *field = fields; field->name != NULL; field++, n_fields++)
    {
      g_autofree char *form = g_strdup_printf ("%s, %s", form_of (field), field->required ? "required" : "optional");
      const char *written = NULL;
      for (guint i = 0; i < section->members->len; i += 2)
        if (g_str_equal (g_ptr_array_index (section->members, i), field->name))
          written = g_ptr_array_index (section->members, i + 1);
      if (g_strcmp0 (written, form) != 0)
        g_error ("“%s”, member “%s”: the page says “%s”, the table “%s”", section->title, field->name, written, form);
    }
  if (section->members->len != 2 * n_fields)
    g_error ("“%s” explains %u members, the table has %u", section->title, section->members->len / 2, n_fields);
}

static void
test_frames (void)
{
  g_autoptr (GPtrArray) sections = read_pages ();

  for (guint type = 0; type < BK_N_FRAME_TYPES; type++)
    {
      g_autofree char *title = g_strdup_printf ("`%s`", bk_frame_type_to_nick ((BkFrameType) type));
      const Section *section = find_section (sections, title);
      guint n_examples = 0;
      check_members (section, bk_frame_type_get_fields ((BkFrameType) type));
      for (guint i = 0; i < section->examples->len; i++)
        n_examples += bk_frame_get_frame_type (g_ptr_array_index (section->examples, i)) == (BkFrameType) type;
      if (n_examples == 0)
        g_error ("“%s” has no example of its own", title);
      if (section->errors != (bk_frame_type_get_class ((BkFrameType) type) == BK_FRAME_REQUEST))
        g_error ("“%s”: requests, and only they, have a line about errors", title);
    }
}

static void
test_envelopes (void)
{
  g_autoptr (GPtrArray) sections = read_pages ();

  for (guint kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
    {
      g_autofree char *title = g_strdup_printf ("Envelope `%s`", bk_envelope_kind_to_nick ((BkEnvelopeKind) kind));
      const Section *section = find_section (sections, title);
      const BkField *fields = bk_envelope_kind_get_fields ((BkEnvelopeKind) kind);
      g_assert_cmpstr (fields[0].name, ==, "kind");
      g_assert_cmpstr (fields[1].name, ==, "session");
      check_members (section, fields + 2);
      g_assert_cmpuint (section->examples->len, ==, 1);
      const BkEnvelope *envelope = bk_frame_get_envelope (g_ptr_array_index (section->examples, 0));
      g_assert_cmpint (envelope->kind, ==, kind);
    }
}

/* Nothing is explained that does not exist. */
static void
test_no_more (void)
{
  g_autoptr (GPtrArray) sections = read_pages ();

  g_assert_cmpuint (sections->len, ==, BK_N_FRAME_TYPES + BK_N_ENVELOPE_KINDS);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/server/protocol-pages/frames", test_frames);
  g_test_add_func ("/server/protocol-pages/envelopes", test_envelopes);
  g_test_add_func ("/server/protocol-pages/no-more", test_no_more);
  return g_test_run ();
}
