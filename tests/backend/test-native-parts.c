/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pure parts of the native backend: addresses, the meter of messages, the upgrade. */
#include "beckon-error.h"
#include "bk-native-address.h"
#include "bk-native-meter.h"
#include "bk-native-upgrade.h"
#include "bk-test.h"

#include <string.h>

static void
test_address (void)
{
  static const struct
  {
    const char *server;
    const char *uri; /* NULL: refused */
    BeckonError error;
  } table[] = {
    { NULL, "wss://example.org:5290/beckon", 0 },
    { "", "wss://example.org:5290/beckon", 0 },
    { "chat.example.org", "wss://chat.example.org:5290/beckon", 0 },
    { "Chat.Example.ORG", "wss://chat.example.org:5290/beckon", 0 },
    { "chat.example.org:443", "wss://chat.example.org:443/beckon", 0 },
    { "wss://chat.example.org", "wss://chat.example.org:5290/beckon", 0 },
    { "wss://chat.example.org/", "wss://chat.example.org:5290/beckon", 0 },
    { "wss://chat.example.org:444/a/b", "wss://chat.example.org:444/a/b", 0 },
    { "wss://bücher.example", "wss://xn--bcher-kva.example:5290/beckon", 0 },
    { "[2001:db8::1]:80", "wss://[2001:db8::1]:80/beckon", 0 },
    { "192.0.2.7", "wss://192.0.2.7:5290/beckon", 0 },
    { "ws://127.0.0.1:5290", "ws://127.0.0.1:5290/beckon", 0 },
    { "ws://127.9.9.9", "ws://127.9.9.9:5290/beckon", 0 },
    { "ws://[::1]:9", "ws://[::1]:9/beckon", 0 },
    { "ws://localhost:9/x", "ws://localhost:9/x", 0 },
    { "ws://LocalHost", "ws://localhost:5290/beckon", 0 },
    { "ws://example.org", NULL, BECKON_ERROR_TLS_FAIL },
    { "ws://192.0.2.7", NULL, BECKON_ERROR_TLS_FAIL },
    { "ws://localhost.example.org", NULL, BECKON_ERROR_TLS_FAIL },
    { "ws://127.0.0.1.example.org", NULL, BECKON_ERROR_TLS_FAIL },
    { "ws://0.0.0.0", NULL, BECKON_ERROR_TLS_FAIL },
    { "https://example.org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "file:///etc/passwd", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://user@example.org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://user:secret@example.org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://example.org/?a=b", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://example.org/#a", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://example.org/a b", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://example.org/a\r\nHost: x", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "example.org:0", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "example.org:65536", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "example.org:abc", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "exa mple.org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "-example.org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "example..org", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "/path/only", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "wss://", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "::::", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
    { "\xff\xfe", NULL, BECKON_ERROR_INVALID_SERVER_NAME },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BkNativeAddress) address = bk_native_address_new (table[i].server, "alice@example.org", &error);
      g_autofree char *uri = address != NULL ? bk_native_address_to_uri (address) : NULL;

      g_test_message ("%s", table[i].server);
      g_assert_cmpstr (uri, ==, table[i].uri);
      if (uri == NULL)
        g_assert_error (error, BECKON_ERROR, (int) table[i].error);
    }
}

/* Feeds @n bytes at once and then byte by byte: the result must be the same. */
static gboolean
feed (const guint8 *data, gsize length, guint64 max)
{
  BkNativeMeter whole = { 0 }, bytes = { 0 };
  gboolean fits = TRUE;

  for (gsize i = 0; fits && i < length; i++)
    fits = bk_native_meter_feed (&bytes, data + i, 1, max);
  g_assert_true (bk_native_meter_feed (&whole, data, length, max) == fits);
  return fits;
}

static void
test_meter (void)
{
  static const guint8 one[] = { 0x81, 3, 'a', 'b', 'c', 0x81, 3, 'a', 'b', 'c' };
  static const guint8 parts[] = { 0x01, 2, 'a', 'b', 0x00, 1, 'c', 0x80, 1, 'd' };
  static const guint8 ping_between[] = { 0x01, 2, 'a', 'b', 0x89, 4, 'p', 'i', 'n', 'g', 0x80, 1, 'd' };
  static const guint8 empty[] = { 0x81, 0, 0x81, 1, 'a' };
  static const guint8 medium[] = { 0x01, 126, 0x01, 0x00 };
  static const guint8 huge[] = { 0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

  g_assert_true (feed (one, sizeof one, 3));
  g_assert_false (feed (one, sizeof one, 2));
  g_assert_true (feed (parts, sizeof parts, 4));
  g_assert_false (feed (parts, sizeof parts, 3));
  g_assert_true (feed (ping_between, sizeof ping_between, 3));
  g_assert_true (feed (empty, sizeof empty, 1));
  g_assert_true (feed (medium, sizeof medium, 256));
  g_assert_false (feed (medium, sizeof medium, 255));
  g_assert_false (feed (huge, sizeof huge, 131072));

  g_autofree guint8 *nothing = g_malloc0 (2 * 5000);
  g_assert_false (feed (nothing, 2 * 5000, 10));
}

static char *
head (const char *accept, const char *rest)
{
  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n%s\r\n",
                          accept, rest);
}

static gboolean
accepts (const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean good = bk_native_upgrade_check (text, strlen (text), "dGhlIHNhbXBsZSBub25jZQ==", &error);

  g_assert_true (good == (error == NULL));
  return good;
}

static void
test_upgrade (void)
{
  /* The example of RFC 6455, 1.3 */
  const char *accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  g_autofree char *good = head (accept, "Sec-WebSocket-Protocol: beckon.1\r\n");
  g_autofree char *other_key = head ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Sec-WebSocket-Protocol: beckon.1\r\n");
  g_autofree char *no_protocol = head (accept, "");
  g_autofree char *other_protocol = head (accept, "Sec-WebSocket-Protocol: chat\r\n");
  g_autofree char *extension
    = head (accept, "Sec-WebSocket-Protocol: beckon.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");

  g_assert_true (accepts (good));
  g_assert_false (accepts (other_key));
  g_assert_false (accepts (no_protocol));
  g_assert_false (accepts (other_protocol));
  g_assert_false (accepts (extension));
  g_assert_false (accepts ("HTTP/1.1 200 OK\r\n\r\n"));
  g_assert_false (accepts ("HTTP/1.1 302 Found\r\nLocation: ws://example.org\r\n\r\n"));
  g_assert_false (accepts ("220 mail.example.org ESMTP\r\n\r\n"));
  g_assert_false (accepts ("\r\n\r\n"));
  g_assert_cmpint (bk_native_upgrade_find_end (good, strlen (good)), ==, (int) strlen (good));
  g_assert_cmpint (bk_native_upgrade_find_end (good, strlen (good) - 1), ==, -1);

  g_autofree char *key = NULL;
  g_autoptr (BkNativeAddress) address = bk_native_address_new ("[::1]:77", "alice@example.org", NULL);
  g_autofree char *request = bk_native_upgrade_request (address, &key);
  g_assert_true (g_str_has_prefix (request, "GET /beckon HTTP/1.1\r\nHost: [::1]:77\r\n"));
  g_assert_true (g_str_has_suffix (request, "\r\n\r\n"));
  g_assert_nonnull (strstr (request, key));
  g_assert_nonnull (strstr (request, "Sec-WebSocket-Protocol: beckon.1\r\n"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/native/address", test_address);
  g_test_add_func ("/native/meter", test_meter);
  g_test_add_func ("/native/upgrade", test_upgrade);
  return g_test_run ();
}
