/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One registration file, read and checked. The file is written by strangers: programs that were installed, or that
 * registered themselves. */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bk-ids.h"
#include "bk-limits.h"

#define GROUP "Beckon Peer"
#define MAX_ARGUMENTS 64
#define MAX_COMMENT 512
#define BUS_NAME_PREFIX "im.beckon.Beckon.Peer."

struct _BkEngineApplication
{
  GObject parent_instance;

  char *guid;
  char *name;
  char *url;
  char *icon;
  char *comment;
  char *path;
  char **argv;
  char *bus_name;
  char **host_argv; /* programs that do not know Beckon: both or none, field codes not expanded */
  char **join_argv;
  BkChannelNeed channel;
  BkApplicationSource source;
  char *reason; /* why it is not present, as last asked */
};

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
  g_free (self->reason);
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
    return refuse (error, "%s is not one line of 1 to %" G_GSIZE_FORMAT " bytes", key, limit);
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
  return refuse (error, "%s is none of %s", key, all);
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
        return g_ascii_isgraph (*from) ? refuse (error, "%s has the field code %%%c, which is not known", key, *from)
                                       : refuse (error, "%s has a single %%: write %%%%", key);
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
    return refuse (error, "%s cannot be split into words: %s", key, local->message);
  if (n_words > MAX_ARGUMENTS)
    return refuse (error, "%s has more than %d words", key, MAX_ARGUMENTS);
  for (int i = 0; i < n_words; i++)
    if (!check_codes (key, words[i], i == 0 ? "" : codes, error))
      return FALSE;
  if (*words[0] == '\0' || g_str_has_suffix (words[0], "/"))
    return refuse (error, "%s names no program", key);
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
    return refuse (error, text == NULL ? "GUID is missing" : "GUID is not a GUID in braces");
  if (self->path == NULL)
    return TRUE; /* it was no file */

  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *expected = g_strconcat (self->guid, BK_REGISTRATION_SUFFIX, NULL);
  if (g_ascii_strcasecmp (name, expected) != 0)
    return refuse (error, "its name is not its GUID, %s", expected);
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
    return refuse (error, "Name is missing");
  if (self->url != NULL && !bk_url_is_web (self->url))
    return refuse (error, "URL is not an address of the web");
  for (const char *p = self->icon; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._+-", *p) == NULL)
      return refuse (error, "Icon is not the name of an icon");
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
    return refuse (error, "BusName is not a bus name below %.*s", (int) strlen (BUS_NAME_PREFIX) - 1,
                   BUS_NAME_PREFIX);
  return TRUE;
}

/* Programs that do not know Beckon. */
static gboolean
read_hosting (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  static const char *const transports[] = { "tcp", "udp", "tcp+udp", "unix", NULL };
  static const char *const hosts[] = { "inviter", "invitee", NULL };
  g_autofree char *port = NULL;
  guint64 number;
  int transport = -1, host = 0;

  if (!read_command (file, "HostExec", "phn", self->path, &self->host_argv, error)
      || !read_command (file, "JoinExec", "phn", self->path, &self->join_argv, error)
      || !read_word (file, "Transport", transports, &transport, error)
      || !read_word (file, "Host", hosts, &host, error) || !read_text (file, "Port", 5, FALSE, &port, error))
    return FALSE;
  if ((self->host_argv != NULL) != (self->join_argv != NULL))
    return refuse (error, "HostExec and JoinExec go together");
  if (self->host_argv != NULL && transport < 0)
    return refuse (error, "Transport is missing");
  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, 65535, &number, NULL))
    return refuse (error, "Port is not a number from 1 to 65535");
  return TRUE;
}

static gboolean
read_launching (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  if (!read_command (file, "Exec", "", self->path, &self->argv, error) || !read_bus_name (self, file, error)
      || !read_hosting (self, file, error))
    return FALSE;

  int ways = (self->argv != NULL) + (self->bus_name != NULL) + (self->host_argv != NULL);
  if (ways == 0)
    return refuse (error, "it does not say how to start the program: Exec, BusName, or HostExec and JoinExec");
  if (ways > 1)
    return refuse (error, "it names more than one way to start the program");
  return TRUE;
}

static gboolean
load_key_file (GKeyFile *file, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (length > BK_REGISTRATION_MAX)
    return refuse (error, "it is longer than %d bytes", BK_REGISTRATION_MAX);
  if (memchr (text, '\0', length) != NULL || !g_utf8_validate (text, (gssize) length, NULL))
    return refuse (error, "it is not text in UTF-8");
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, &local))
    return refuse (error, "it is not a key file: %s", local->message);
  if (!g_key_file_has_group (file, GROUP))
    return refuse (error, "it has no group [%s]", GROUP);
  return TRUE;
}

static gboolean
read_keys (BkEngineApplication *self, GKeyFile *file, GError **error)
{
  return read_guid (self, file, error) && read_looks (self, file, error) && read_channel (self, file, error)
         && read_launching (self, file, error);
}

/* The error is a sentence without its beginning: the caller says which file. */
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

/* ---- reading ---- */

const char *
bk_engine_application_get_guid (BkEngineApplication *self)
{
  return self->guid;
}

const char *
bk_engine_application_get_name (BkEngineApplication *self)
{
  return self->name;
}

const char *
bk_engine_application_get_url (BkEngineApplication *self)
{
  return self->url;
}

const char *
bk_engine_application_get_icon (BkEngineApplication *self)
{
  return self->icon;
}

const char *
bk_engine_application_get_comment (BkEngineApplication *self)
{
  return self->comment;
}

const char *
bk_engine_application_get_path (BkEngineApplication *self)
{
  return self->path;
}

const char *const *
bk_engine_application_get_argv (BkEngineApplication *self)
{
  return (const char *const *) self->argv;
}

const char *
bk_engine_application_get_bus_name (BkEngineApplication *self)
{
  return self->bus_name;
}

BeckonSessionFlags
bk_engine_application_get_flags (BkEngineApplication *self)
{
  return self->host_argv != NULL ? BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE : BECKON_SESSION_FLAGS_NONE;
}

BkChannelNeed
bk_engine_application_get_channel (BkEngineApplication *self)
{
  return self->channel;
}

/* Whether two descriptions say the same. */
gboolean
bk_engine_application_is_same (BkEngineApplication *self, BkEngineApplication *other)
{
  return g_str_equal (self->guid, other->guid) && g_str_equal (self->name, other->name)
         && g_strcmp0 (self->url, other->url) == 0 && g_strcmp0 (self->icon, other->icon) == 0
         && g_strcmp0 (self->comment, other->comment) == 0 && g_strcmp0 (self->bus_name, other->bus_name) == 0;
}

BkApplicationSource
bk_engine_application_get_source (BkEngineApplication *self)
{
  return self->source;
}

gboolean
bk_engine_application_is_user (BkEngineApplication *self)
{
  return self->source == BK_APPLICATION_USER;
}

/* The words as one would write them: those that need quotes have them. */
char *
bk_engine_application_dup_command (BkEngineApplication *self)
{
  g_autoptr (GString) command = g_string_new (NULL);

  for (char **word = self->argv; word != NULL && *word != NULL; word++)
    {
      g_autofree char *quoted = g_shell_quote (*word);
      gboolean plain = **word != '\0' && strpbrk (*word, " \t\n'\"\\$`|&;<>()*?#~=%") == NULL;

      if (command->len > 0)
        g_string_append_c (command, ' ');
      g_string_append (command, plain ? *word : quoted);
    }
  return g_string_free (g_steal_pointer (&command), FALSE);
}

/* Whether @path can be started: an ordinary file that we may execute. */
gboolean
_bk_engine_application_is_program (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && S_ISREG (info.st_mode) && access (path, X_OK) == 0;
}

static gboolean
program_exists (const char *program)
{
  if (g_path_is_absolute (program))
    return _bk_engine_application_is_program (program);

  /* PATH may hold relative folders, and what is found there depends on where we happen to be. */
  g_autofree char *found = g_find_program_in_path (program);
  return found != NULL && g_path_is_absolute (found) && _bk_engine_application_is_program (found);
}

/* @reason nullable; valid until the next call. */
gboolean
bk_engine_application_is_present (BkEngineApplication *self, const char **reason)
{
  g_clear_pointer (&self->reason, g_free);
  if (self->host_argv != NULL)
    self->reason = g_strdup (_("Programs that do not know Beckon cannot be started by this version yet."));
  else if (self->argv != NULL && !program_exists (self->argv[0]))
    self->reason = g_strdup_printf (_("The program %s is not on this computer or may not be started."), self->argv[0]);
  if (reason != NULL)
    *reason = self->reason;
  return self->reason == NULL;
}
