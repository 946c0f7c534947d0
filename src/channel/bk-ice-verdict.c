/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answers of the servers mean for sessions, in words. Pure. */
#include "bk-ice-private.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  NOT_KNOWN = -1,
  NO,
  YES,
} Truth;

typedef struct
{
  Truth udp;
  Truth stun;
  Truth turn_udp;
  Truth turn_tcp;
  const char *nat;
} Findings;

static void
add (Truth *truth, gboolean answered)
{
  *truth = *truth == YES || answered ? YES : NO;
}

static void
count (Findings *findings, const BkIceAnswer *answer)
{
  switch (answer->server->relay.kind)
    {
    case BK_RELAY_STUN:
      add (&findings->stun, answer->probed);
      add (&findings->udp, answer->probed);
      break;
    case BK_RELAY_TURN_UDP:
      add (&findings->turn_udp, answer->relays);
      add (&findings->stun, answer->probed); /* it speaks both */
      add (&findings->udp, answer->probed || answer->relays);
      break;
    case BK_RELAY_TURN_TCP:
      add (&findings->turn_tcp, answer->relays);
      break;
    default:
      break;
    }
}

static char *
find_problem (const BkIceAnswer *answer)
{
  const char *host = answer->server->relay.host;

  if (answer->server->ipv4 == NULL && answer->server->ipv6 == NULL)
    return g_strdup_printf (_("There is no server named %s."), host);
  switch (answer->server->relay.kind)
    {
    case BK_RELAY_TURN_UDP:
      if (answer->relays)
        return NULL;
      return g_strdup_printf (answer->probed ? _("The relay %s answers, but does not let this account in.")
                                             : _("The relay %s did not answer over UDP."),
                              host);
    case BK_RELAY_TURN_TCP:
      if (answer->relays)
        return NULL;
      return g_strdup_printf (_("The relay %s did not answer over TCP, or did not let this account in."), host);
    case BK_RELAY_STUN:
    default:
      return answer->probed ? NULL : g_strdup_printf (_("The STUN server %s did not answer."), host);
    }
}

static const char *
nat_text (const Findings *findings)
{
  if (g_str_equal (findings->nat, "none"))
    return _("There is no router between this computer and the servers. Sessions will be direct.");
  if (g_str_equal (findings->nat, "cone"))
    return _("There is a router between this computer and the internet, and it lets answers through. Sessions will "
             "usually be direct.");
  if (g_str_equal (findings->nat, "symmetric"))
    return _("There is a router between this computer and the internet, and it uses a different port for each "
             "connection. Sessions will not be direct, except within this network and with somebody who has no such "
             "router.");
  if (g_str_equal (findings->nat, "blocked"))
    return _("This network lets no UDP packets out. Sessions will not be direct, except within it.");
  if (findings->udp == YES)
    return _("Could not determine how the router between this computer and the internet behaves. Sessions will "
             "probably be direct.");
  if (findings->udp == NOT_KNOWN && findings->turn_tcp == NOT_KNOWN)
    return _("No server is known that could tell how this computer is seen from outside.");
  return findings->turn_tcp == YES
           ? _("Could not determine whether sessions will be direct.")
           : _("No server answered. Sessions will work within this network only, if at all.");
}

static const char *
relay_text (const Findings *findings, Truth relay)
{
  if (relay == NO && findings->udp != YES)
    return NULL; /* nothing answers, which has been said */
  if (relay == YES)
    return _("If there is no direct way, a relay is used, which cannot read what it passes on.");
  return relay == NO ? _("If there is no direct way, there is none at all: no relay can be used.")
                     : _("If there is no direct way, there is none at all: no relay is known.");
}

static const char *
direct_word (const Findings *findings)
{
  if (g_str_equal (findings->nat, "none"))
    return "always";
  if (g_str_equal (findings->nat, "symmetric") || g_str_equal (findings->nat, "blocked"))
    return "never";
  return findings->udp == YES ? "usually" : NULL;
}

static void
put (GVariantDict *dict, const char *key, Truth truth)
{
  if (truth != NOT_KNOWN)
    g_variant_dict_insert (dict, key, "b", truth == YES);
}

GVariant *
bk_ice_verdict (const BkIceAnswer *answers, guint n, const char *nat, const char *address)
{
  Findings findings = { NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, nat };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GStrvBuilder) problems = g_strv_builder_new ();
  Truth relay = NOT_KNOWN;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *problem = find_problem (&answers[i]);

      count (&findings, &answers[i]);
      if (problem != NULL)
        g_strv_builder_add (problems, problem);
    }
  if (findings.udp == NO && findings.turn_tcp == YES)
    findings.nat = "blocked";
  relay = MAX (findings.turn_udp, findings.turn_tcp);
  const char *more = relay_text (&findings, relay);
  g_autofree char *text = g_strjoin (more != NULL ? " " : "", nat_text (&findings), more, NULL);
  g_auto (GStrv) sentences = g_strv_builder_end (problems);
  g_variant_dict_insert (&dict, "nat", "s", findings.nat);
  put (&dict, "udp", findings.udp);
  put (&dict, "stun", findings.stun);
  put (&dict, "turn-udp", findings.turn_udp);
  put (&dict, "turn-tcp", findings.turn_tcp);
  put (&dict, "relay", relay);
  if (address != NULL)
    g_variant_dict_insert (&dict, "address", "s", address);
  if (direct_word (&findings) != NULL)
    g_variant_dict_insert (&dict, "direct", "s", direct_word (&findings));
  g_variant_dict_insert (&dict, "text", "s", text);
  g_variant_dict_insert (&dict, "problems", "^as", sentences);
  return g_variant_dict_end (&dict);
}
