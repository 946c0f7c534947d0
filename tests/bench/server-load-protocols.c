/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the clients say. Whatever a server answers is looked through for the words that matter, not parsed: what is
 * measured is the server. Accounts are called u00000, u00001, …; of each two, one writes to the other. */
#include "server-load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "localhost"

static void G_GNUC_PRINTF (2, 3)
write_text (LoadClient *client, const char *format, ...)
{
  char text[4096];
  va_list values;

  va_start (values, format);
  int length = vsnprintf (text, sizeof text, format, values);
  va_end (values);
  g_assert (length > 0 && (gsize) length < sizeof text);
  load_client_write (client, text, (gsize) length);
}

/* ---- beckon-server ---- */

static void
beckon_begin (LoadClient *client)
{
}

static void
beckon_sign_in (LoadClient *client)
{
  write_text (client,
              "{\"type\":\"sign-in\",\"id\":1,\"name\":\"u%05u@" DOMAIN "\",\"token\":\"bench-token-%05u\","
              "\"after\":%" G_GINT64_FORMAT ",\"status\":\"online\"}",
              client->index, client->index, client->seq);
}

static void
beckon_message (LoadClient *client, const char *text)
{
  const char *from = strstr (text, "\"from\":\"u"), *body = strstr (text, "\"text\":\"T");
  guint author = from != NULL ? (guint) atoi (from + 9) : client->index;

  /* What it has written itself comes back, too: its other devices would show it. */
  if (body != NULL && author != client->index && author < client->load->n_clients)
    load_client_has_got (client, author, body + 9);
}

static gsize
beckon_take (LoadClient *client, const char *text, gsize length)
{
  const char *type = strstr (text, "\"type\":\""), *seq = strstr (text, "\"seq\":");

  if (type == NULL)
    g_error ("No frame: %s", text);
  type += 8;
  if (seq != NULL)
    client->seq = MAX (client->seq, g_ascii_strtoll (seq + 6, NULL, 10));
  if (g_str_has_prefix (type, "message\""))
    beckon_message (client, text);
  else if (g_str_has_prefix (type, "hello\""))
    beckon_sign_in (client);
  else if (g_str_has_prefix (type, "caught-up\"") && client->state == LOAD_ENTERING)
    load_client_is_online (client);
  else if (g_str_has_prefix (type, "error\""))
    g_error ("The server refuses: %s", text);
  return length;
}

static void
beckon_send (LoadClient *client, guint to, guint64 number, const char *text)
{
  write_text (client,
              "{\"type\":\"message-send\",\"id\":%" G_GUINT64_FORMAT ",\"to\":\"u%05u@" DOMAIN "\","
              "\"message\":\"{%08X-0000-4000-8000-%012" G_GINT64_MODIFIER "X}\",\"text\":\"%s\"}",
              number + 1, to, (guint) (g_get_real_time () / G_USEC_PER_SEC), number, text);
}

const LoadProtocol load_beckon = { "beckon", "/beckon", "beckon.1", beckon_begin, beckon_take, beckon_send };

/* ---- XMPP ---- */

enum
{
  XMPP_FEATURES,
  XMPP_REGISTERED,
  XMPP_AUTHENTICATED,
  XMPP_FEATURES_AGAIN,
  XMPP_BOUND,
  XMPP_PRESENT,
};

/* What each step waits for. */
static const char *const xmpp_words[] = { "</stream:features>", "id='r'", "<success", "</stream:features>", "</iq>",
                                          "<presence" };

static void
xmpp_begin (LoadClient *client)
{
  if (client->load->protocol->path != NULL)
    write_text (client, "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='" DOMAIN "' version='1.0'/>");
  else
    write_text (client, "<?xml version='1.0'?><stream:stream to='" DOMAIN "' version='1.0' xmlns='jabber:client'"
                        " xmlns:stream='http://etherx.jabber.org/streams'>");
}

static void
xmpp_authenticate (LoadClient *client)
{
  char plain[64];
  int length = snprintf (plain, sizeof plain, "%cu%05u%cpassword", 0, client->index, 0);
  g_autofree char *encoded = g_base64_encode ((const guchar *) plain, (gsize) length);

  write_text (client, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", encoded);
}

static void
xmpp_register (LoadClient *client)
{
  write_text (client,
              "<iq xmlns='jabber:client' type='set' id='r' to='" DOMAIN "'><query xmlns='jabber:iq:register'>"
              "<username>u%05u</username><password>password</password></query></iq>",
              client->index);
}

/* The step is done: what comes next? */
static void
xmpp_go_on (LoadClient *client)
{
  switch (client->step)
    {
    case XMPP_FEATURES:
      client->step = client->registering ? XMPP_REGISTERED : XMPP_AUTHENTICATED;
      (client->registering ? xmpp_register : xmpp_authenticate) (client);
      break;
    case XMPP_REGISTERED:
      load_client_has_registered (client);
      break;
    case XMPP_AUTHENTICATED:
      client->step = XMPP_FEATURES_AGAIN;
      xmpp_begin (client);
      break;
    case XMPP_FEATURES_AGAIN:
      client->step = XMPP_BOUND;
      write_text (client, "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                          "<resource>bench</resource></bind></iq>");
      break;
    case XMPP_BOUND:
      client->step = XMPP_PRESENT;
      write_text (client, "<presence xmlns='jabber:client'/>");
      break;
    default:
      load_client_is_online (client);
    }
}

static gsize
xmpp_enter (LoadClient *client, const char *text, gsize length)
{
  const char *found = strstr (text, xmpp_words[client->step]);

  if (found == NULL && (strstr (text, "<failure") != NULL || strstr (text, "stream:error") != NULL))
    g_error ("The server refuses: %s", text);
  if (found == NULL)
    return 0;
  /* Nothing comes that was not asked for: the rest belongs to the same answer. */
  xmpp_go_on (client);
  return length;
}

static gsize
xmpp_take (LoadClient *client, const char *text, gsize length)
{
  static const char end[] = "</message>";
  const char *rest = text;

  if (client->state == LOAD_ENTERING)
    return xmpp_enter (client, text, length);
  for (const char *stop = strstr (rest, end); stop != NULL; stop = strstr (rest, end))
    {
      const char *from = strstr (rest, "from='u"), *body = strstr (rest, "<body>T");
      guint author = from != NULL ? (guint) atoi (from + 7) : client->load->n_clients;
      if (body != NULL && body < stop && author < client->load->n_clients)
        load_client_has_got (client, author, body + 7);
      rest = stop + strlen (end);
    }
  /* A WebSocket message is whole; on TCP the start of one may have come. */
  return client->load->protocol->path != NULL || strchr (rest, '<') == NULL ? length : (gsize) (rest - text);
}

static void
xmpp_send (LoadClient *client, guint to, guint64 number, const char *text)
{
  write_text (client,
              "<message xmlns='jabber:client' type='chat' id='m%" G_GUINT64_FORMAT "' to='u%05u@" DOMAIN "'>"
              "<body>%s</body></message>",
              number, to, text);
}

const LoadProtocol load_xmpp_tcp = { "xmpp-tcp", NULL, NULL, xmpp_begin, xmpp_take, xmpp_send };
const LoadProtocol load_xmpp_ws = { "xmpp-ws", "/ws", "xmpp", xmpp_begin, xmpp_take, xmpp_send };
