/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that make sense, for the mutator to put together. */
#pragma once

static const char *const client_lines[] = {
  "in",
  "in token",
  "out",
  "forget",
  "nudge",
  "busy",
  "connect",
  "connect",
  "connect",
  "refuse",
  "hang up",
  "cancel",
  "+ 1000",
  "+ 16000",
  "+ 31000",
  "+ 600000",
  "ask message",
  "ask contact",
  "ask group",
  "ask mark",
  "ask alias",
  "ask avatar",
  "ask password",
  "ask devices",
  "ask challenge",
  "ask respond",
  "ask relays",
  "ask session",
  "ask sites",
  "ask typing",
  "ask release",
  "{\"type\":\"sign-in\",\"id\":1,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\"}",
  "{\"type\":\"sign-in\",\"id\":1,\"name\":\"alice@example.org\",\"password\":\"secret\",\"token\":\"t0ken\",\"d"
  "evice\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"device_name\":\"Alice's laptop\",\"after\":471"
  "1,\"epoch\":\"0f3c9a\",\"status\":\"be-right-back\",\"personal_message\":\"Tea\"}",
  "{\"type\":\"devices\",\"id\":1}",
  "{\"type\":\"ok\",\"id\":$N,\"ignored\":0}",
  "{\"type\":\"ok\",\"id\":$N,\"time\":1767225600000000,\"challenge\":\"c4a1\",\"grant\":\"9f\",\"servers\":[\"t"
  "urn:turn.example.org:3478?transport=udp\",\"stun:[2001:db8::7]\"],\"user\":\"1767312000:0b5e\",\"p"
  "assword\":\"c2VjcmV0\",\"ttl\":86400,\"image\":\"iVBORw0KGgo=\",\"devices\":[\"{F2A1C0DE-7E57-4A11-8B0"
  "B-1234567890AB}\"],\"names\":[\"laptop\"],\"seen\":[1767225600]}",
  "{\"type\":\"error\",\"id\":$N,\"code\":\"not-found\",\"text\":\"No\"}",
  "{\"type\":\"error\",\"id\":$N,\"code\":\"server-too-busy\",\"text\":\"Slower\",\"retry_ms\":250}",
  "{\"type\":\"signed-in\",\"id\":$N,\"device\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"token\":\"t\","
  "\"display_name\":\"\",\"time\":0}",
  "{\"type\":\"signed-in\",\"id\":$N,\"device\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"token\":\"t0k"
  "en\",\"display_name\":\"Alice\",\"time\":1767225600000000,\"avatar\":\"00112233445566778899aabbccdde"
  "eff00112233445566778899aabbccddeeff\",\"lock\":true,\"epoch\":\"77be21\",\"again\":true}",
  "{\"type\":\"hello\",\"version\":1,\"domain\":\"example.org\",\"registration\":\"open\"}",
  "{\"type\":\"hello\",\"version\":2,\"domain\":\"example.org\",\"registration\":\"closed\"}",
  "{\"type\":\"contact\",\"seq\":1,\"who\":\"bob@example.org\",\"relation\":\"none\",\"blocked\":false}",
  "{\"type\":\"contact\",\"seq\":1,\"who\":\"bob@example.org\",\"relation\":\"asking\",\"blocked\":true,\"disp"
  "lay_name\":\"Bob\",\"message\":\"It is me\",\"groups\":[\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"],\""
  "alias\":\"Bobby\",\"avatar\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""
  ",\"pinned\":true,\"muted\":true}",
  "{\"type\":\"group\",\"seq\":1,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"}",
  "{\"type\":\"group\",\"seq\":1,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"name\":\"Chess club\"}",
  "{\"type\":\"presence\",\"who\":\"bob@example.org\",\"status\":\"offline\"}",
  "{\"type\":\"presence\",\"who\":\"bob@example.org\",\"status\":\"idle\",\"personal_message\":\"zzz\"}",
  "{\"type\":\"message\",\"seq\":1,\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"from\":\"bob@e"
  "xample.org\",\"to\":\"alice@example.org\",\"text\":\"x\",\"time\":0}",
  "{\"type\":\"message\",\"seq\":2,\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"from\":\"bob@e"
  "xample.org\",\"to\":\"alice@example.org\",\"text\":\"a\\tb\",\"time\":1767225600000000}",
  "{\"type\":\"mark\",\"seq\":1,\"who\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567"
  "890AB}\",\"mark\":\"read\",\"outgoing\":false}",
  "{\"type\":\"mark\",\"seq\":2,\"who\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567"
  "890AB}\",\"mark\":\"delivered\",\"outgoing\":true}",
  "{\"type\":\"typing\",\"who\":\"bob@example.org\",\"typing\":false}",
  "{\"type\":\"typing\",\"who\":\"bob@example.org\",\"typing\":true}",
  "{\"type\":\"profile\",\"display_name\":\"Alice\"}",
  "{\"type\":\"profile\",\"display_name\":\"Alice\",\"avatar\":\"00112233445566778899aabbccddeeff0011223"
  "3445566778899aabbccddeeff\"}",
  "{\"type\":\"session\",\"seq\":1,\"from\":\"bob@example.org\",\"time\":0,\"envelope\":{\"kind\":\"ringing\",\""
  "session\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"}}",
  "{\"type\":\"session\",\"seq\":2,\"from\":\"bob@example.org\",\"time\":1767225600000000,\"envelope\":{\"ki"
  "nd\":\"ringing\",\"session\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\"}}",
  "{\"type\":\"session-elsewhere\",\"seq\":1,\"session\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"re"
  "sult\":\"accepted\"}",
  "{\"type\":\"session-elsewhere\",\"seq\":2,\"session\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"re"
  "sult\":\"declined\"}",
  "{\"type\":\"lock-challenged\",\"grant\":\"9\",\"challenge\":\"c\"}",
  "{\"type\":\"lock-challenged\",\"grant\":\"9f\",\"challenge\":\"c4a1\"}",
  "{\"type\":\"lock-revoked\",\"grant\":\"9\"}",
  "{\"type\":\"lock-revoked\",\"grant\":\"9f\"}",
  "{\"type\":\"alert\",\"alert\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"site\":0,\"text\":\"x\",\"time\":0}",
  "{\"type\":\"alert\",\"seq\":5,\"alert\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"site\":7,\"text\":\""
  "two\\nlines\",\"url\":\"https://example.org/\",\"time\":1767225600000000}",
  "{\"type\":\"caught-up\",\"seq\":0}",
  "{\"type\":\"caught-up\",\"seq\":4711}",
  "{\"type\":\"bye\",\"reason\":\"shutdown\"}",
  "{\"type\":\"bye\",\"reason\":\"slow\",\"retry_ms\":5000}",
  "{\"type\":\"hello\",\"version\":1,\"domain\":\"example.org\",\"registration\":\"open\"}",
  "{\"type\":\"ok\",\"id\":$N}",
  "{\"type\":\"ok\",\"id\":$L}",
  "{\"type\":\"error\",\"id\":$N,\"code\":\"server-too-busy\",\"text\":\"Slower\",\"retry_ms\":250}",
  "{\"type\":\"error\",\"id\":$N,\"code\":\"invalid-password\",\"text\":\"No\"}",
  "{\"type\":\"error\",\"code\":\"protocol\",\"text\":\"No\"}",
  "{\"type\":\"ok\",\"id\":99}",
  "{\"type\":\"bye\",\"reason\":\"shutdown\",\"retry_ms\":2000}",
  "{\"type\":\"bye\",\"reason\":\"revoked\"}",
  "{\"type\":\"bye\",\"reason\":\"replaced\"}",
  "{\"type\":\"bye\",\"reason\":\"too-many-devices\"}",
  "{\"type\":\"bye\",\"reason\":\"slow\"}",
  "{\"type\":\"from-the-future\",\"x\":1}",
  "{",
  "bytes 8200",
  "bytes 010161",
  "bytes 800162",
  "bytes 8900",
  "bytes 8a00",
  "bytes 88021388",
  "bytes 880203e8",
  "bytes 81ff",
  "bytes c100",
  "bytes 817f7fffffffffffffff",
  "bytes 8104ff00ff00",
};
