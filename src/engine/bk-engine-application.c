/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One registration file, read and checked. The file is written by strangers: programs that were installed, or that
 * registered themselves. */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

#define GROUP "Beckon Peer"
#define MAX_ARGUMENTS 64
#define MAX_COMMENT 512
#define MAX_IGNORED 16
#define BUS_NAME_PREFIX "im.beckon.Beckon.Peer."

G_DEFINE_FINAL_TYPE (BkEngineApplication, bk_engine_application, G_TYPE_OBJECT)

static void
bk_engine_application_finalize (GObject *object)
{
  BkEngineApplication *self = BK_ENGINE_APPLICATION (object);

  g_free (self->guid);
  g_free (self->name);
  g_free (self->url);
  g_free (self->icon);
  g_free (self->comment);
  g_free (self->path);
  g_strfreev (self->argv);
  g_free (self->bus_name);
  g_strfreev (self->host_argv);
  g_strfreev (self->join_argv);
  g_strfreev (self->ignored_ports);
  g_free (self->try_exec);
  g_free (self->reason);
  g_free (self->missing);
  g_clear_pointer (&self->content, g_bytes_unref);
  G_OBJECT_CLASS (bk_engine_application_parent_class)->finalize (object);
}

static void
bk_engine_application_class_init (BkEngineApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_engine_application_finalize;
}

static void
bk_engine_application_init (BkEngineApplication *self)
{
}

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gboolean
refuse_missing (const char *key, GError **error)
{
  return refuse (error, _("%s is missing."), key);
}

/* ---- keys ---- */

/* *@value: NULL if the key is not there. */
static gboolean
read_text (GKeyFile *file, const char *key, gsize limit, gboolean localized, char **value, GError **error)
{
  if (!g_key_file_has_key (file, GROUP, key, NULL))
    return TRUE;

  /* Not g_key_file_get_locale_string (), which leaks when it meets a malformed value. */
  g_autofree char *locale = localized ? g_key_file_get_locale_for_key (file, GROUP, key, NULL) : NULL;
  g_autofree char *full_key = locale != NULL ? g_strdup_printf ("%s[%s]", key, locale) : NULL;
  /* Newer versions of GLib say "C" where there is no translation. */
  const char *found = full_key != NULL && g_key_file_has_key (file, GROUP, full_key, NULL) ? full_key : key;
  g_autoptr (GError) malformed = NULL;
  *value = g_key_file_get_string (file, GROUP, found, &malformed);
  if (malformed != NULL || *value == NULL || **value == '\0' || !bk_text_is_valid (*value, limit, FALSE))
    return refuse (error, _("%s is not one line, is empty or is too long."), key);
  return TRUE;
}

/* The place of the key's word in @words, *@value being left alone if the key is not there. */
static gboolean
read_word (GKeyFile *file, const char *key, const char *const *words, int *value, GError **error)
{
  g_autofree char *text = NULL;

  if (!read_text (file, key, 32, FALSE, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], text))
      {
        *value = i;
        return TRUE;
      }
  g_autofree char *all = g_strjoinv (", ", (char **) words);
  /* Translators: a key of a registration file, and the words that it may have */
  return refuse (error, _("%s is none of %s."), key, all);
}

/* Field codes: %% is a percent sign; one of @codes stays as it is; others are refused. Changes @argument in place. */
static gboolean
check_codes (const char *key, char *argument, const char *codes, GError **error)
{
  char *to = argument;

  for (const char *from = argument; *from != '\0'; from++)
    {
      if (*from != '%')
        {
          *to++ = *from;
          continue;
        }
      from++;
      if (*from != '%' && (*from == '\0' || strchr (codes, *from) == NULL))
        return g_ascii_isgraph (*from) ? refuse (error, _("%s has the field code %%%c, which is not known."), key, *from)
                                       : refuse (error, _("%s has a single %%. Write %%%% instead."), key);
      if (*from != '%' || *codes != '\0')
        *to++ = '%'; /* what is expanded later is left for later, as a whole */
      *to++ = *from;
    }
  *to = '\0';
  return TRUE;
}

/* A relative program with a slash is meant from where the registration file is. */
static char *
resolve_program (const char *path, char *program)
{
  if (strchr (program, '/') == NULL || g_path_is_absolute (program))
    return program;

  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *relative = program;
  return g_canonicalize_filename (relative, folder);
}

static gboolean
read_command (GKeyFile *file, const char *key, const char *codes, const char *path, char ***argv, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) local = NULL;
  int n_words;

  if (!read_text (file, key, BK_LIMIT_PATH, FALSE, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!g_shell_parse_argv (text, &n_words, &words, &local))
    return refuse (error, _("%s cannot be split into words: %s"), key, local->message);
  if (n_words > MAX_ARGUMENTS)
    return refuse (error, _("%s has too many words."), key);
  for (int i = 0; i < n_words; i++)
    if (!check_codes (key, words[i], i == 0 ? "" : codes, error))
      return FALSE;
  if (*words[0] == '\0' || g_str_has_suffix (words[0], "/"))
    return refuse (error, _("%s names no program."), key);
  words[0] = resolve_program (path, words[0]);
  *argv = g_steal_pointer (&words);
  return TRUE;
}

/* ---- the file ---- */

static gboolean
read_guid (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!read_text (file, "GUID", 38, FALSE, &text, error))
    return FALSE;
  self->guid = bk_guid_normalize (text);
  if (self->guid == NULL)
    return text == NULL ? refuse_missing ("GUID", error) : refuse (error, _("GUID is not a GUID in braces."));
  if (g_str_equal (self->guid, BK_GUID_FILE))
    return refuse (error, _("This GUID belongs to Beckon itself."));
  if (self->path == NULL)
    return TRUE; /* it was no file */

  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *expected = g_strconcat (self->guid, BK_REGISTRATION_SUFFIX, NULL);
  if (g_ascii_strcasecmp (name, expected) != 0)
    return refuse (error, _("The name of the file is not its GUID, %s."), expected);
  return TRUE;
}

static gboolean
read_looks (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  if (!read_text (file, "Name", BK_LIMIT_APP_NAME, TRUE, &self->name, error)
      || !read_text (file, "Comment", MAX_COMMENT, TRUE, &self->comment, error)
      || !read_text (file, "URL", BK_LIMIT_APP_URL, FALSE, &self->url, error)
      || !read_text (file, "Icon", BK_LIMIT_APP_NAME, FALSE, &self->icon, error))
    return FALSE;
  if (self->name == NULL)
    return refuse_missing ("Name", error);
  if (self->url != NULL && !bk_url_is_web (self->url))
    return refuse (error, _("The URL must be an http or https address."));
  for (const char *p = self->icon; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._+-", *p) == NULL)
      return refuse (error, _("Icon is not the name of an icon."));
  return TRUE;
}

static gboolean
read_channel (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  static const char *const needs[] = { "optional", "required", "none", NULL };
  int need = BK_CHANNEL_OPTIONAL;

  if (!read_word (file, "Channel", needs, &need, error))
    return FALSE;
  self->channel = (BkChannelNeed) need;
  return TRUE;
}

/* Letters, digits, underscores and hyphens between dots; no part is empty or begins with a digit. */
static gboolean
is_bus_name (const char *name)
{
  gboolean first = TRUE;

  for (const char *p = name; *p != '\0'; p++)
    {
      gboolean letter = g_ascii_isalpha (*p) || *p == '_' || *p == '-';
      if (*p == '.' ? first : !(letter || (g_ascii_isdigit (*p) && !first)))
        return FALSE;
      first = *p == '.';
    }
  return !first;
}

static gboolean
read_bus_name (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  if (!read_text (file, "BusName", 255, FALSE, &self->bus_name, error))
    return FALSE;
  if (self->bus_name != NULL
      && (!is_bus_name (self->bus_name) || !g_str_has_prefix (self->bus_name, BUS_NAME_PREFIX)))
    return refuse (error, _("BusName is not a bus name that begins with %s."), BUS_NAME_PREFIX);
  return TRUE;
}

/* ---- programs that do not know Beckon ---- */

static gboolean
is_ignorable (const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, "/", 2);

  return g_strv_length (parts) == 2 && g_ascii_string_to_unsigned (parts[0], 10, 1, 65535, NULL, NULL)
         && (g_str_equal (parts[1], "tcp") || g_str_equal (parts[1], "udp"));
}

static gboolean
read_ignored_ports (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!read_text (file, "IgnorePorts", MAX_IGNORED * sizeof "65535/udp", FALSE, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (g_str_has_suffix (text, ";"))
    text[strlen (text) - 1] = '\0';
  self->ignored_ports = g_strsplit (text, ";", -1);
  for (char **word = self->ignored_ports; *word != NULL || word == self->ignored_ports; word++)
    if (*word == NULL || !is_ignorable (g_strstrip (*word)))
      return refuse (error, _("IgnorePorts is not a list such as %s."), "5556/udp;8080/tcp");
  return TRUE;
}

static gboolean
read_place (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  static const char *const transports[] = { "tcp", "udp", "tcp+udp", "unix", NULL };
  static const BkCarries carries[] = { BK_CARRY_TCP, BK_CARRY_UDP, BK_CARRY_TCP | BK_CARRY_UDP, BK_CARRY_UNIX };
  static const char *const hosts[] = { "inviter", "invitee", NULL };
  g_autofree char *port = NULL;
  guint64 number = 0;
  int transport = -1, host = 0;

  if (!read_word (file, "Transport", transports, &transport, error) || !read_word (file, "Host", hosts, &host, error)
      || !read_text (file, "Port", 5, FALSE, &port, error) || !read_ignored_ports (self, file, error))
    return FALSE;
  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, 65535, &number, NULL))
    return refuse (error, _("Port is not a number from 1 to 65535."));
  self->carries = transport >= 0 ? carries[transport] : 0;
  self->invitee_hosts = host == 1;
  self->port = (guint16) number;
  if (self->carries == BK_CARRY_UNIX && self->port != 0)
    return refuse (error, _("Port goes with tcp and udp alone."));
  return TRUE;
}

static gboolean
read_hosting (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  if (!read_place (self, file, error))
    return FALSE;

  const char *codes = self->carries == BK_CARRY_UNIX ? "smn" : "phmn";
  if (!read_command (file, "HostExec", codes, self->path, &self->host_argv, error)
      || !read_command (file, "JoinExec", codes, self->path, &self->join_argv, error))
    return FALSE;
  if ((self->host_argv != NULL) != (self->join_argv != NULL))
    return refuse (error, _("HostExec and JoinExec go together."));
  if (self->host_argv == NULL)
    return TRUE;
  if (self->carries == 0)
    return refuse_missing ("Transport", error);
  if (self->channel == BK_CHANNEL_NONE)
    return refuse (error, _("Channel is none, but HostExec and JoinExec need a channel."));
  self->channel = BK_CHANNEL_REQUIRED;
  return TRUE;
}

static gboolean
read_launching (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) try_exec = NULL;

  if (!read_command (file, "Exec", "", self->path, &self->argv, error) || !read_bus_name (self, file, error)
      || !read_hosting (self, file, error) || !read_command (file, "TryExec", "", self->path, &try_exec, error))
    return FALSE;
  if (try_exec != NULL && try_exec[1] != NULL)
    return refuse (error, _("TryExec is more than a program."));
  self->try_exec = try_exec != NULL ? g_strdup (try_exec[0]) : NULL;

  int ways = (self->argv != NULL) + (self->bus_name != NULL) + (self->host_argv != NULL);
  if (ways == 0)
    return refuse (error, _("It is not said how to start the program: by Exec, BusName, or HostExec and JoinExec."));
  if (ways > 1)
    return refuse (error, _("There is more than one way to start the program."));
  return TRUE;
}

static gboolean
load_key_file (GKeyFile *file, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (length > BK_REGISTRATION_MAX)
    return refuse (error, _("The file is too long."));
  if (memchr (text, '\0', length) != NULL || !g_utf8_validate (text, (gssize) length, NULL))
    return refuse (error, _("The file is not text in UTF-8."));
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, &local))
    return refuse (error, _("The file is not a key file: %s"), local->message);
  if (!g_key_file_has_group (file, GROUP))
    return refuse (error, _("The file has no group [%s]."), GROUP);
  return TRUE;
}

static gboolean
read_keys (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  return read_guid (self, file, error) && read_looks (self, file, error) && read_channel (self, file, error)
         && read_launching (self, file, error);
}

/* The error is a sentence for people; the caller says which file. */
BkEngineApplication *
bk_engine_application_parse (const char *path, const char *text, gsize length, gboolean user, GError **error)
{
  g_autoptr (BkEngineApplication) self = g_object_new (BK_TYPE_ENGINE_APPLICATION, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  self->path = g_strdup (path);
  self->source = user ? BK_APPLICATION_USER : BK_APPLICATION_SYSTEM;
  if (!load_key_file (file, length > 0 ? text : "", length, error) || !read_keys (self, file, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* A program that describes itself passes the checks of a file that says the same. */
BkEngineApplication *
bk_engine_application_new_described (const BkPeerDescription *description, GError **error)
{
  g_autoptr (BkEngineApplication) self = g_object_new (BK_TYPE_ENGINE_APPLICATION, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  const char *const values[][2] = { { "GUID", description->guid },       { "Name", description->name },
                                    { "URL", description->url },         { "Icon", description->icon },
                                    { "Comment", description->comment }, { "BusName", description->bus_name } };

  self->source = BK_APPLICATION_BUS;
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i][1] != NULL && *values[i][1] != '\0')
      g_key_file_set_string (file, GROUP, values[i][0], values[i][1]);
  return read_keys (self, file, error) ? g_steal_pointer (&self) : NULL;
}
