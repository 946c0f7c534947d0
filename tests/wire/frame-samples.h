/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least and the most that a frame of each type says, written by hand and apart from the table in src/wire. */
#pragma once

#include "bk-frame.h"

#define SAMPLE_GUID "{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}"
#define SAMPLE_ENVELOPE "\"envelope\":{\"kind\":\"ringing\",\"session\":\"" SAMPLE_GUID "\"}"
#define SAMPLE_ALICE "alice@example.org"
#define SAMPLE_BOB "bob@example.org"
#define SAMPLE_HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct
{
  const char *nick;
  const char *minimal;
  const char *full;
} frame_samples[] = {
  [BK_FRAME_REGISTER] = { "register", "\"name\":\"" SAMPLE_ALICE "\",\"password\":\"secret\"",
                          "\"name\":\"" SAMPLE_ALICE "\",\"password\":\"secret\",\"display_name\":\"Alice\","
                          "\"token\":\"t0ken\"" },
  [BK_FRAME_SIGN_IN] = { "sign-in", "\"name\":\"" SAMPLE_ALICE "\",\"after\":0,\"status\":\"online\"",
                         "\"name\":\"" SAMPLE_ALICE "\",\"password\":\"secret\",\"token\":\"t0ken\","
                         "\"device\":\"" SAMPLE_GUID "\",\"device_name\":\"Alice's laptop\",\"after\":4711,\"epoch\":\"0f3c9a\",\"status\":\"be-right-back\","
                         "\"personal_message\":\"Tea\"" },
  [BK_FRAME_SIGN_OUT] = { "sign-out", "\"forget\":false", "\"forget\":true" },
  [BK_FRAME_PRESENCE_SET]
  = { "presence-set", "\"status\":\"invisible\"", "\"status\":\"out-to-lunch\",\"personal_message\":\"Soup\"" },
  [BK_FRAME_PROFILE_SET] = { "profile-set", "\"display_name\":\"Alice\"", "\"display_name\":\"Alice A.\"" },
  [BK_FRAME_CONTACT_ADD]
  = { "contact-add", "\"who\":\"" SAMPLE_BOB "\"", "\"who\":\"" SAMPLE_BOB "\",\"message\":\"It is me\"" },
  [BK_FRAME_CONTACT_APPROVE] = { "contact-approve", "\"who\":\"" SAMPLE_BOB "\"", "\"who\":\"" SAMPLE_BOB "\"" },
  [BK_FRAME_CONTACT_DECLINE] = { "contact-decline", "\"who\":\"" SAMPLE_BOB "\"", "\"who\":\"" SAMPLE_BOB "\"" },
  [BK_FRAME_CONTACT_REMOVE] = { "contact-remove", "\"who\":\"" SAMPLE_BOB "\"", "\"who\":\"" SAMPLE_BOB "\"" },
  [BK_FRAME_CONTACT_BLOCK] = { "contact-block", "\"who\":\"" SAMPLE_BOB "\",\"blocked\":false",
                               "\"who\":\"" SAMPLE_BOB "\",\"blocked\":true" },
  [BK_FRAME_GROUP_CREATE] = { "group-create", "\"group\":\"" SAMPLE_GUID "\",\"name\":\"x\"",
                              "\"group\":\"" SAMPLE_GUID "\",\"name\":\"Chess club\"" },
  [BK_FRAME_GROUP_RENAME] = { "group-rename", "\"group\":\"" SAMPLE_GUID "\",\"name\":\"x\"",
                              "\"group\":\"" SAMPLE_GUID "\",\"name\":\"Chess club\"" },
  [BK_FRAME_GROUP_REMOVE] = { "group-remove", "\"group\":\"" SAMPLE_GUID "\"", "\"group\":\"" SAMPLE_GUID "\"" },
  [BK_FRAME_GROUP_CONTACT]
  = { "group-contact", "\"group\":\"" SAMPLE_GUID "\",\"who\":\"" SAMPLE_BOB "\",\"member\":false",
      "\"group\":\"" SAMPLE_GUID "\",\"who\":\"" SAMPLE_BOB "\",\"member\":true" },
  [BK_FRAME_MESSAGE_SEND]
  = { "message-send", "\"to\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID "\",\"text\":\"x\"",
      "\"to\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID "\",\"text\":\"two\\nlines\"" },
  [BK_FRAME_SESSION_SEND]
  = { "session-send", "\"to\":\"" SAMPLE_BOB "\",\"uid\":\"" SAMPLE_GUID "\"," SAMPLE_ENVELOPE,
      "\"to\":\"" SAMPLE_BOB "\",\"uid\":\"" SAMPLE_GUID "\",\"grant\":\"9f\"," SAMPLE_ENVELOPE },
  [BK_FRAME_LOCK_CHALLENGE] = { "lock-challenge", "", "" },
  [BK_FRAME_LOCK_RESPOND] = { "lock-respond", "\"challenge\":\"c\",\"license\":\"l\",\"response\":\"r\"",
                              "\"challenge\":\"c4a1\",\"license\":\"BK7Q\",\"response\":\"00ff\"" },
  [BK_FRAME_LOCK_RELEASE] = { "lock-release", "\"grant\":\"9\"", "\"grant\":\"9f\"" },
  [BK_FRAME_ALERTS_ENABLE] = { "alerts-enable", "\"sites\":[]", "\"sites\":[0,7,4711]" },
  [BK_FRAME_RELAYS] = { "relays", "", "" },
  [BK_FRAME_MARK_SET]
  = { "mark-set", "\"who\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID "\",\"mark\":\"read\",\"tell\":false",
      "\"who\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID "\",\"mark\":\"delivered\",\"tell\":true" },
  [BK_FRAME_TYPING_SET] = { "typing-set", "\"to\":\"" SAMPLE_BOB "\",\"typing\":false",
                            "\"to\":\"" SAMPLE_BOB "\",\"typing\":true" },
  [BK_FRAME_CONTACT_SET]
  = { "contact-set", "\"who\":\"" SAMPLE_BOB "\",\"pinned\":false,\"muted\":false",
      "\"who\":\"" SAMPLE_BOB "\",\"alias\":\"Bobby\",\"pinned\":true,\"muted\":true" },
  [BK_FRAME_AVATAR_SET] = { "avatar-set", "\"ignored\":0", "\"image\":\"iVBORw0KGgo=\"" },
  [BK_FRAME_AVATAR_GET] = { "avatar-get", "\"who\":\"" SAMPLE_BOB "\",\"avatar\":\"" SAMPLE_HEX "\"",
                            "\"who\":\"" SAMPLE_BOB "\",\"avatar\":\"" SAMPLE_HEX "\"" },
  [BK_FRAME_PASSWORD_SET] = { "password-set", "\"password\":\"a\",\"new_password\":\"b\"",
                              "\"password\":\"secret\",\"new_password\":\"correct horse\"" },
  [BK_FRAME_DEVICES] = { "devices", "", "" },
  [BK_FRAME_DEVICE_REMOVE]
  = { "device-remove", "\"device\":\"" SAMPLE_GUID "\"", "\"device\":\"" SAMPLE_GUID "\"" },
  [BK_FRAME_ACCOUNT_REMOVE] = { "account-remove", "\"password\":\"a\"", "\"password\":\"secret\"" },
  [BK_FRAME_OK] = { "ok", "\"ignored\":0",
                    "\"time\":1767225600000000,\"challenge\":\"c4a1\",\"grant\":\"9f\","
                    "\"servers\":[\"turn:turn.example.org:3478?transport=udp\",\"stun:[2001:db8::7]\"],"
                    "\"user\":\"1767312000:0b5e\",\"password\":\"c2VjcmV0\",\"ttl\":86400,"
                    "\"image\":\"iVBORw0KGgo=\",\"devices\":[\"" SAMPLE_GUID "\"],\"names\":[\"laptop\"],"
                    "\"seen\":[1767225600]" },
  [BK_FRAME_ERROR] = { "error", "\"code\":\"not-found\",\"text\":\"No\"",
                       "\"code\":\"server-too-busy\",\"text\":\"Slower\",\"retry_ms\":250" },
  [BK_FRAME_SIGNED_IN]
  = { "signed-in", "\"device\":\"" SAMPLE_GUID "\",\"token\":\"t\",\"display_name\":\"\",\"time\":0",
      "\"device\":\"" SAMPLE_GUID "\",\"token\":\"t0ken\",\"display_name\":\"Alice\",\"time\":1767225600000000,"
      "\"avatar\":\"" SAMPLE_HEX "\",\"lock\":true,\"epoch\":\"77be21\",\"again\":true" },
  [BK_FRAME_HELLO] = { "hello", "\"version\":1,\"domain\":\"example.org\",\"registration\":\"open\"",
                       "\"version\":2,\"domain\":\"example.org\",\"registration\":\"closed\"" },
  [BK_FRAME_CONTACT] = { "contact", "\"seq\":1,\"who\":\"" SAMPLE_BOB "\",\"relation\":\"none\",\"blocked\":false",
                         "\"seq\":1,\"who\":\"" SAMPLE_BOB "\",\"relation\":\"asking\",\"blocked\":true,"
                         "\"display_name\":\"Bob\",\"message\":\"It is me\",\"groups\":[\"" SAMPLE_GUID "\"],"
                         "\"alias\":\"Bobby\",\"avatar\":\"" SAMPLE_HEX "\",\"pinned\":true,\"muted\":true" },
  [BK_FRAME_GROUP] = { "group", "\"seq\":1,\"group\":\"" SAMPLE_GUID "\"",
                       "\"seq\":1,\"group\":\"" SAMPLE_GUID "\",\"name\":\"Chess club\"" },
  [BK_FRAME_PRESENCE] = { "presence", "\"who\":\"" SAMPLE_BOB "\",\"status\":\"offline\"",
                          "\"who\":\"" SAMPLE_BOB "\",\"status\":\"idle\",\"personal_message\":\"zzz\"" },
  [BK_FRAME_MESSAGE] = { "message",
                         "\"seq\":1,\"message\":\"" SAMPLE_GUID "\",\"from\":\"" SAMPLE_BOB "\",\"to\":\"" SAMPLE_ALICE
                         "\",\"text\":\"x\",\"time\":0",
                         "\"seq\":2,\"message\":\"" SAMPLE_GUID "\",\"from\":\"" SAMPLE_BOB "\",\"to\":\"" SAMPLE_ALICE
                         "\",\"text\":\"a\\tb\",\"time\":1767225600000000" },
  [BK_FRAME_MARK] = { "mark",
                      "\"seq\":1,\"who\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID
                      "\",\"mark\":\"read\",\"outgoing\":false",
                      "\"seq\":2,\"who\":\"" SAMPLE_BOB "\",\"message\":\"" SAMPLE_GUID
                      "\",\"mark\":\"delivered\",\"outgoing\":true" },
  [BK_FRAME_TYPING]
  = { "typing", "\"who\":\"" SAMPLE_BOB "\",\"typing\":false", "\"who\":\"" SAMPLE_BOB "\",\"typing\":true" },
  [BK_FRAME_PROFILE]
  = { "profile", "\"display_name\":\"Alice\"", "\"display_name\":\"Alice\",\"avatar\":\"" SAMPLE_HEX "\"" },
  [BK_FRAME_SESSION] = { "session", "\"seq\":1,\"from\":\"" SAMPLE_BOB "\",\"time\":0," SAMPLE_ENVELOPE,
                         "\"seq\":2,\"from\":\"" SAMPLE_BOB "\",\"time\":1767225600000000," SAMPLE_ENVELOPE },
  [BK_FRAME_SESSION_ELSEWHERE]
  = { "session-elsewhere", "\"seq\":1,\"session\":\"" SAMPLE_GUID "\",\"result\":\"accepted\"",
      "\"seq\":2,\"session\":\"" SAMPLE_GUID "\",\"result\":\"declined\"" },
  [BK_FRAME_LOCK_CHALLENGED]
  = { "lock-challenged", "\"grant\":\"9\",\"challenge\":\"c\"", "\"grant\":\"9f\",\"challenge\":\"c4a1\"" },
  [BK_FRAME_LOCK_REVOKED] = { "lock-revoked", "\"grant\":\"9\"", "\"grant\":\"9f\"" },
  [BK_FRAME_ALERT] = { "alert", "\"alert\":\"" SAMPLE_GUID "\",\"site\":0,\"text\":\"x\",\"time\":0",
                       "\"seq\":5,\"alert\":\"" SAMPLE_GUID "\",\"site\":7,\"text\":\"two\\nlines\","
                       "\"url\":\"https://example.org/\",\"time\":1767225600000000" },
  [BK_FRAME_CAUGHT_UP] = { "caught-up", "\"seq\":0", "\"seq\":4711" },
  [BK_FRAME_BYE] = { "bye", "\"reason\":\"shutdown\"", "\"reason\":\"slow\",\"retry_ms\":5000" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (frame_samples) == BK_N_FRAME_TYPES);

#define SAMPLE_CHANNEL \
  ",\"fingerprint\":\"" SAMPLE_HEX "\",\"identity\":\"" SAMPLE_HEX "\",\"signature\":\"" SAMPLE_HEX SAMPLE_HEX "\""
#define SAMPLE_HEAD(kind) "{\"kind\":\"" kind "\",\"session\":\"" SAMPLE_GUID "\""

/* Complete envelopes of each kind. */
static const char *const envelope_samples[] = {
  [BK_ENVELOPE_INVITE] = SAMPLE_HEAD ("invite") ",\"guid\":\"" SAMPLE_GUID "\",\"name\":\"Pipe\",\"ttl\":1800,"
                                                "\"url\":\"https://example.org/\",\"message\":\"Chess?\",\"data\":\"\"" SAMPLE_CHANNEL
                                                ",\"host\":\"inviter\",\"carries\":\"tcp+udp\"}",
  [BK_ENVELOPE_RINGING] = SAMPLE_HEAD ("ringing") "}",
  [BK_ENVELOPE_NOT_PRESENT] = SAMPLE_HEAD ("not-present") "}",
  [BK_ENVELOPE_ACCEPT] = SAMPLE_HEAD ("accept") ",\"address\":\"192.0.2.7\",\"data\":\"\"" SAMPLE_CHANNEL "}",
  [BK_ENVELOPE_CONNECT] = SAMPLE_HEAD ("connect") ",\"address\":\"192.0.2.1\"}",
  [BK_ENVELOPE_TRANSPORT] = SAMPLE_HEAD ("transport") ",\"generation\":1,\"ufrag\":\"a\",\"pwd\":\"b\",\"candidates\":["
                                                      "\"candidate:1 1 UDP 1 192.0.2.7 9 typ host\"],\"done\":true}",
  [BK_ENVELOPE_HOSTING] = SAMPLE_HEAD ("hosting") "}",
  [BK_ENVELOPE_CONTEXT] = SAMPLE_HEAD ("context") ",\"data\":\"\",\"number\":1}",
  [BK_ENVELOPE_DECLINE] = SAMPLE_HEAD ("decline") ",\"reason\":\"invitation-declined\",\"data\":\"\"}",
  [BK_ENVELOPE_CANCEL] = SAMPLE_HEAD ("cancel") ",\"reason\":\"invitation-send-failure\",\"data\":\"\"}",
  [BK_ENVELOPE_END] = SAMPLE_HEAD ("end") ",\"reason\":\"application-launch-failed\",\"data\":\"\",\"number\":1}",
};
G_STATIC_ASSERT (G_N_ELEMENTS (envelope_samples) == BK_N_ENVELOPE_KINDS);
