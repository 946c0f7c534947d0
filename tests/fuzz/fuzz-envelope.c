/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An envelope that was read holds only what has been checked; written, it is read as the same. */
#include "bk-envelope.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-wire-json.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text, gsize limit, gboolean is_data)
{
  if (text != NULL && !(is_data ? bk_data_is_valid (text, limit) : bk_text_is_valid (text, limit, FALSE)))
    g_error ("A text that nobody checked");
}

static void
check_digits (const char *text, gsize length)
{
  if (text != NULL && (strlen (text) != length || strspn (text, "0123456789abcdef") != length))
    g_error ("Digits that nobody checked");
}

static void
check_channel (const BkEnvelope *envelope)
{
  gboolean transport = envelope->kind == BK_ENVELOPE_TRANSPORT;

  if (transport != (envelope->ufrag != NULL && envelope->pwd != NULL) || (!transport && envelope->candidates != NULL))
    g_error ("A way to somebody before consent");
  if (envelope->fingerprint != NULL && envelope->kind != BK_ENVELOPE_INVITE && envelope->kind != BK_ENVELOPE_ACCEPT)
    g_error ("A certificate out of place");
  check_digits (envelope->fingerprint, 64);
  check_digits (envelope->identity, 64);
  check_digits (envelope->signature, 128);
  if (envelope->candidates == NULL)
    return;
  if (g_strv_length (envelope->candidates) > BK_LIMIT_CANDIDATES)
    g_error ("Too many candidates");
  for (guint i = 0; envelope->candidates[i] != NULL; i++)
    check_text (envelope->candidates[i], BK_LIMIT_CANDIDATE, FALSE);
}

static void
check_values (const BkEnvelope *envelope)
{
  if (!bk_guid_is_valid (envelope->session))
    g_error ("A session without an id");
  if ((envelope->kind == BK_ENVELOPE_INVITE) != (envelope->app_guid != NULL && envelope->app_name != NULL))
    g_error ("Who brings an application?");
  if (envelope->app_guid != NULL && !bk_guid_is_valid (envelope->app_guid))
    g_error ("An application without an id");
  if (envelope->app_url != NULL && !bk_url_is_web (envelope->app_url))
    g_error ("An address that is no web page");
  if (envelope->address != NULL && envelope->kind != BK_ENVELOPE_ACCEPT && envelope->kind != BK_ENVELOPE_CONNECT)
    g_error ("An address before consent");
  if (envelope->ttl > BK_TIMEOUT_INSTALL_S || (guint) envelope->reason >= BECKON_N_SESSION_RESULTS)
    g_error ("A number out of its range");
  check_text (envelope->app_name, BK_LIMIT_APP_NAME, FALSE);
  check_text (envelope->address, BK_LIMIT_ADDRESS, FALSE);
  check_text (envelope->data, BK_LIMIT_APP_DATA, TRUE);
  check_channel (envelope);
}

static gboolean
same_channel (const BkEnvelope *a, const BkEnvelope *b)
{
  g_autofree char *lines_a = a->candidates != NULL ? g_strjoinv ("\n", a->candidates) : NULL;
  g_autofree char *lines_b = b->candidates != NULL ? g_strjoinv ("\n", b->candidates) : NULL;

  return g_strcmp0 (lines_a, lines_b) == 0 && a->number == b->number && a->generation == b->generation
         && a->done == b->done && g_strcmp0 (a->fingerprint, b->fingerprint) == 0
         && g_strcmp0 (a->identity, b->identity) == 0 && g_strcmp0 (a->signature, b->signature) == 0
         && g_strcmp0 (a->host, b->host) == 0 && g_strcmp0 (a->carries, b->carries) == 0
         && g_strcmp0 (a->ufrag, b->ufrag) == 0 && g_strcmp0 (a->pwd, b->pwd) == 0;
}

static void
check_same (const BkEnvelope *a, const BkEnvelope *b)
{
  if (a->kind != b->kind || a->ttl != b->ttl || a->reason != b->reason || g_strcmp0 (a->session, b->session) != 0
      || g_strcmp0 (a->app_guid, b->app_guid) != 0 || g_strcmp0 (a->app_name, b->app_name) != 0
      || g_strcmp0 (a->app_url, b->app_url) != 0 || g_strcmp0 (a->data, b->data) != 0
      || g_strcmp0 (a->address, b->address) != 0 || !same_channel (a, b))
    g_error ("Something else");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonNode) node = bk_wire_json_parse ((const char *) data, size, BK_LIMIT_FRAME, NULL);
  if (node == NULL)
    return 0;

  g_autoptr (GError) error = NULL;
  g_autoptr (BkEnvelope) envelope = bk_envelope_from_json (json_node_get_object (node), &error);
  if ((envelope == NULL) != g_error_matches (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL))
    g_error ("Neither an envelope nor a reason, or both");
  if (envelope == NULL)
    return 0;

  check_values (envelope);
  g_autoptr (BkEnvelope) copy = bk_envelope_copy (envelope);
  g_autoptr (JsonObject) object = bk_envelope_to_json (copy);
  g_autoptr (BkEnvelope) again = bk_envelope_from_json (object, NULL);
  if (again == NULL)
    g_error ("What was written is not read again");
  check_same (envelope, again);
  return 0;
}
