/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is accepted as a registration keeps the promises that the rest of the engine relies on. */
#include "bk-engine-registry.h"

#include <stdint.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

#define PATH "/usr/share/beckon/peers/{11111111-AAAA-4AAA-8AAA-000000000001}.peer"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static void
check_expanded (const char *const *argv, const BkEndpoint *endpoint, const char *name)
{
  g_auto (GStrv) expanded = bk_engine_application_expand (argv, endpoint, name, name);
  const char *const whole[] = { "program", "%n", NULL };
  g_auto (GStrv) cleaned = bk_engine_application_expand (whole, endpoint, name, name);

  check (g_strv_length (expanded) == g_strv_length ((char **) argv), "a word stays a word");
  check (g_str_equal (expanded[0], argv[0]), "the program is that of the registration");
  check (strchr (argv[0], '/') == NULL || g_path_is_absolute (argv[0]), "the program does not depend on where we are");
  for (gsize i = 0; expanded[i] != NULL; i++)
    check (g_utf8_validate (expanded[i], -1, NULL), "the arguments are text");
  check (*cleaned[1] != '\0' && *cleaned[1] != '-' && g_utf8_strlen (cleaned[1], -1) <= 32
           && strpbrk (cleaned[1], "$`\"'\\/;|&<>()%\n\r\t") == NULL,
         "a name is harmless");
}

/* The input is taken for the display name as well: nobody can know what a friend is called. */
static void
check_hosting (BkEngineApplication *application, const uint8_t *data, size_t size)
{
  BkEndpoint place = { .address = (char *) "127.1.2.3", .port = 6112, .path = NULL };
  BkEndpoint socket = { .carries = BK_CARRY_UNIX, .path = (char *) "/run/user/1000/s" };
  BkCarries carries = bk_engine_application_get_carries (application);
  g_autofree char *name = g_strndup ((const char *) data, size);

  check (carries != 0 && bk_engine_application_get_channel (application) == BK_CHANNEL_REQUIRED, "it is carried");
  check (carries != BK_CARRY_UNIX || bk_engine_application_get_port (application) == 0, "a socket has no port");
  check_expanded (bk_engine_application_get_host_argv (application), carries == BK_CARRY_UNIX ? &socket : &place, name);
  check_expanded (bk_engine_application_get_join_argv (application), carries == BK_CARRY_UNIX ? &socket : &place, name);
}

static void
check_application (BkEngineApplication *application, const uint8_t *data, size_t size)
{
  const char *const *argv = bk_engine_application_get_argv (application);
  const char *url = bk_engine_application_get_url (application);
  gboolean compatible = bk_engine_application_get_flags (application) != BECKON_SESSION_FLAGS_NONE;

  check (bk_guid_is_valid (bk_engine_application_get_guid (application)), "the GUID is one");
  check (bk_text_is_valid (bk_engine_application_get_name (application), BK_LIMIT_APP_NAME, FALSE)
           && *bk_engine_application_get_name (application) != '\0',
         "there is a name");
  check (url == NULL || bk_url_is_web (url), "the URL is of the web");
  check ((argv != NULL) + (bk_engine_application_get_bus_name (application) != NULL) + compatible == 1,
         "there is one way to start it");
  if (compatible)
    check_hosting (application, data, size);
  if (argv == NULL)
    return;
  check (*argv[0] != '\0', "there is a program");
  check (strchr (argv[0], '/') == NULL || g_path_is_absolute (argv[0]), "the program does not depend on where we are");
  for (gsize i = 0; argv[i] != NULL; i++)
    check (bk_text_is_valid (argv[i], BK_LIMIT_PATH + strlen (PATH), FALSE), "the arguments are text");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineApplication) application =
    bk_engine_application_parse (PATH, (const char *) data, size, FALSE, &error);

  if (application == NULL)
    check (error != NULL && g_utf8_validate (error->message, -1, NULL), "a refusal has a reason");
  else
    check_application (application, data, size);
  return 0;
}
