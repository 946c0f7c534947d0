/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever stands in a configuration file: it is refused with one sentence, or it keeps the promises that the server
 * relies on. */
#include "bk-server-config.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-relay.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int input = -1;
static int secret = -1;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  /* The folder of a database that is not named; it is there and empty. */
  g_setenv ("STATE_DIRECTORY", "/proc/self/fdinfo", TRUE);
  input = memfd_create ("config", MFD_CLOEXEC);
  secret = memfd_create ("secret", MFD_CLOEXEC);
  return input < 0 || secret < 0;
}

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static char *
write_input (int fd, gconstpointer data, size_t size)
{
  gboolean written = ftruncate (fd, 0) == 0 && pwrite (fd, data, size, 0) == (ssize_t) size;

  check (written, "the input can be written");
  return g_strdup_printf ("/proc/self/fd/%d", fd);
}

static void
check_refusal (gboolean done, const GError *error)
{
  check (done == (error == NULL), "either it is done or there is a reason");
  if (error != NULL)
    check (*error->message != '\0' && g_utf8_validate (error->message, -1, NULL), "a refusal can be read");
}

static void
check_listen (const BkServerConfig *config)
{
  check (config->listen != NULL && config->listen[0] != NULL, "the server listens somewhere");
  for (char **text = config->listen; *text != NULL; text++)
    {
      g_autofree char *host = NULL;
      guint16 port;
      check (bk_server_split_address (*text, &host, &port, NULL) && *host != '\0', "an address has a host and a port");
    }
}

static void
check_servers (const char *const *servers)
{
  BkRelay relay;

  for (; servers != NULL && *servers != NULL; servers++)
    check (bk_relay_parse (*servers, &relay), "a relay has an address");
}

static void
check_rate (BkServerRate rate)
{
  BkServerBucket bucket = 0;
  guint retry_ms = 0;

  check (rate.burst > 0 && rate.interval_ms > 0, "a limit lets something through");
  check (bk_server_bucket_take (&bucket, rate, 1, 0, &retry_ms), "the first one is let through");
}

static void
check_config (const BkServerConfig *config)
{
  g_autofree char *name = g_strconcat ("alice@", config->domain, NULL);
  g_autofree char *normal = bk_sign_in_name_normalize (name);

  check (normal != NULL && g_str_equal (normal, name), "names of the domain are in their normal form");
  check (config->database != NULL, "there is a file");
  check (config->registration != BK_SERVER_REGISTRATION_DEFAULT, "it is settled who may make an account");
  check (bk_server_registration_to_string (config->registration) != NULL, "and there is a word for it");
  check (config->connections > 0 && config->connections_per_address > 0 && config->outgoing_bytes > 0
           && config->quota.messages > 0 && config->quota.contacts > 0,
         "limits are above 0");
  check (config->turn_servers == NULL || config->turn_servers[0] == NULL || config->turn_secret != NULL,
         "what opens a TURN server is known");
  check_listen (config);
  check_servers ((const char *const *) config->turn_servers);
  check_servers ((const char *const *) config->stun_servers);
  check_rate (config->frames);
  check_rate (config->contact_adds);
  check_rate (config->registrations);
  check_rate (config->failures);
  check_rate (config->unlocks);
  check_rate (config->relays);
}

/* A file that the input names is none that it may have read: instead the input itself is taken for its content. */
static void
stand_in_for_secret (BkServerConfig *config, gconstpointer data, size_t size)
{
  if (config->turn_secret_file == NULL)
    return;
  g_free (config->turn_secret_file);
  config->turn_secret_file = write_input (secret, data, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BkServerConfig) config = bk_server_config_new ();
  g_autofree char *path = write_input (input, data, size);
  g_autoptr (GError) error = NULL;
  gboolean loaded = bk_server_config_load (config, path, &error);

  check_refusal (loaded, error);
  if (!loaded)
    return 0;
  stand_in_for_secret (config, data, size);
  gboolean complete = bk_server_config_complete (config, &error);
  check_refusal (complete, error);
  if (complete)
    check_config (config);
  return 0;
}
