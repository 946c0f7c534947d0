/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a registration says, and whether its programs are there. */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

const char *const *
bk_engine_application_get_host_argv (BkEngineApplication *self)
{
  return (const char *const *) self->host_argv;
}

const char *const *
bk_engine_application_get_join_argv (BkEngineApplication *self)
{
  return (const char *const *) self->join_argv;
}

BkCarries
bk_engine_application_get_carries (BkEngineApplication *self)
{
  return self->carries;
}

guint16
bk_engine_application_get_port (BkEngineApplication *self)
{
  return self->port;
}

gboolean
bk_engine_application_get_inviter_hosts (BkEngineApplication *self)
{
  return !self->invitee_hosts;
}

const char *const *
bk_engine_application_get_ignored_ports (BkEngineApplication *self)
{
  return (const char *const *) self->ignored_ports;
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

/* For arrays of them: by name. */
int
_bk_engine_application_compare (gconstpointer a, gconstpointer b)
{
  const BkEngineApplication *first = *(BkEngineApplication *const *) a;
  const BkEngineApplication *second = *(BkEngineApplication *const *) b;
  int order = g_utf8_collate (first->name, second->name);

  return order != 0 ? order : strcmp (first->guid, second->guid);
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

gboolean
bk_engine_application_is_on_host (BkEngineApplication *self)
{
  return self->source == BK_APPLICATION_HOST && self->bus_name == NULL;
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

/* The programs that must be there; transfer container. Of those outside of our sandbox we know nothing. */
GPtrArray *
_bk_engine_application_list_programs (BkEngineApplication *self)
{
  GPtrArray *programs = g_ptr_array_new ();
  char **commands[] = { self->argv, self->host_argv, self->join_argv };

  if (self->source == BK_APPLICATION_HOST)
    return programs;
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i] != NULL)
      g_ptr_array_add (programs, commands[i][0]);
  if (self->try_exec != NULL)
    g_ptr_array_add (programs, self->try_exec);
  return programs;
}

/* Of programs that do not know Beckon both must be there: the next invitation may want the other one. */
const char *
_bk_engine_application_find_missing (BkEngineApplication *self)
{
  g_autoptr (GPtrArray) programs = _bk_engine_application_list_programs (self);

  for (guint i = 0; i < programs->len; i++)
    if (!program_exists (programs->pdata[i]))
      return programs->pdata[i];
  return self->missing;
}

/* @reason nullable; valid until the next call. */
gboolean
bk_engine_application_is_present (BkEngineApplication *self, const char **reason)
{
  const char *missing = _bk_engine_application_find_missing (self);

  g_clear_pointer (&self->reason, g_free);
  if (missing != NULL)
    self->reason = g_strdup_printf (_("The program %s is not on this computer or cannot be started."), missing);
  if (reason != NULL)
    *reason = self->reason;
  return self->reason == NULL;
}
