/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that make sense, for the mutator to put together. */
#pragma once

static const char *const server_lines[] = {
  "a open 1",
  "b open 1",
  "h open 9",
  "a close",
  "b close",
  "e close",
  "a stall",
  "a flow",
  "b stall",
  "b flow",
  "+ 1000",
  "+ 61000",
  "+ 3600000",
  "+ 2592000000",
  "! hold",
  "! go",
  "! job",
  "! job",
  "! remove alice@example.org",
  "! remove bob@example.org",
  "! revoke",
  "! ask",
  "! alert alice@example.org",
  "! written alice@example.org",
  "! nudge",
  "! again",
  "! all",
  "! subscribers",
  "! stop",
  "a no JSON",
  "b {\"type\":\"hello\"}",
  "a {\"id\":1}",
  "a [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
  "c {\"type\":\"devices\",\"id\":$N}",
  "a {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\",\"passwo"
  "rd\":\"secret\"}",
  "b {\"type\":\"sign-in\",\"id\":$N,\"name\":\"bob@example.org\",\"after\":0,\"status\":\"online\",\"password"
  "\":\"secret\"}",
  "c {\"type\":\"sign-in\",\"id\":$N,\"name\":\"carol@example.org\",\"after\":0,\"status\":\"online\",\"passwo"
  "rd\":\"secret\"}",
  "d {\"type\":\"sign-in\",\"id\":$N,\"name\":\"dave@example.org\",\"after\":0,\"status\":\"online\",\"passwor"
  "d\":\"secret\"}",
  "e {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\",\"passwo"
  "rd\":\"secret\",\"device_name\":\"laptop\"}",
  "f {\"type\":\"sign-in\",\"id\":$N,\"name\":\"bob@example.org\",\"after\":0,\"status\":\"invisible\",\"passw"
  "ord\":\"secret\"}",
  "a {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\",\"token\""
  ":\"$T\",\"device\":\"$D\"}",
  "b {\"type\":\"sign-in\",\"id\":$N,\"name\":\"bob@example.org\",\"after\":3,\"status\":\"online\",\"token\":\""
  "$T\"}",
  "e {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":99999,\"status\":\"online\",\"to"
  "ken\":\"$T\"}",
  "g {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\",\"passwo"
  "rd\":\"wrong1\"}",
  "a {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\"}",
  "h {\"type\":\"register\",\"id\":$N,\"name\":\"erin@example.org\",\"password\":\"secret\"}",
  "h {\"type\":\"sign-in\",\"id\":$N,\"name\":\"erin@example.org\",\"after\":0,\"status\":\"online\",\"passwor"
  "d\":\"secret\"}",
  "c {\"type\":\"register\",\"id\":$N,\"name\":\"alice@example.org\",\"password\":\"secret\",\"display_name\""
  ":\"A\"}",
  "a {\"type\":\"message-send\",\"id\":$N,\"to\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0"
  "B-1234567890A0}\",\"text\":\"Tea?\"}",
  "a {\"type\":\"message-send\",\"id\":$N,\"to\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0"
  "B-1234567890A1}\",\"text\":\"Tea?\"}",
  "b {\"type\":\"message-send\",\"id\":$N,\"to\":\"alice@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8"
  "B0B-1234567890A0}\",\"text\":\"Tea?\"}",
  "b {\"type\":\"message-send\",\"id\":$N,\"to\":\"alice@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8"
  "B0B-1234567890A1}\",\"text\":\"Tea?\"}",
  "a {\"type\":\"message-send\",\"id\":$N,\"to\":\"carol@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8"
  "B0B-1234567890A2}\",\"text\":\"x\"}",
  "c {\"type\":\"message-send\",\"id\":$N,\"to\":\"alice@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8"
  "B0B-1234567890A3}\",\"text\":\"y\"}",
  "e {\"type\":\"message-send\",\"id\":$N,\"to\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0"
  "B-1234567890A3}\",\"text\":\"from elsewhere\"}",
  "a {\"type\":\"contact-block\",\"id\":$N,\"who\":\"bob@example.org\",\"blocked\":true}",
  "a {\"type\":\"contact-block\",\"id\":$N,\"who\":\"bob@example.org\",\"blocked\":false}",
  "b {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":true}",
  "b {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":false}",
  "a {\"type\":\"contact-block\",\"id\":$N,\"who\":\"carol@example.org\",\"blocked\":true}",
  "a {\"type\":\"contact-block\",\"id\":$N,\"who\":\"carol@example.org\",\"blocked\":false}",
  "c {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":true}",
  "c {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":false}",
  "d {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":true}",
  "d {\"type\":\"contact-block\",\"id\":$N,\"who\":\"alice@example.org\",\"blocked\":false}",
  "a {\"type\":\"contact-add\",\"id\":$N,\"who\":\"carol@example.org\"}",
  "a {\"type\":\"contact-approve\",\"id\":$N,\"who\":\"carol@example.org\"}",
  "a {\"type\":\"contact-decline\",\"id\":$N,\"who\":\"carol@example.org\"}",
  "a {\"type\":\"contact-remove\",\"id\":$N,\"who\":\"carol@example.org\"}",
  "c {\"type\":\"contact-add\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "c {\"type\":\"contact-approve\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "c {\"type\":\"contact-decline\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "c {\"type\":\"contact-remove\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "b {\"type\":\"contact-add\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "b {\"type\":\"contact-approve\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "b {\"type\":\"contact-decline\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "b {\"type\":\"contact-remove\",\"id\":$N,\"who\":\"alice@example.org\"}",
  "a {\"type\":\"contact-add\",\"id\":$N,\"who\":\"dave@example.org\"}",
  "a {\"type\":\"contact-approve\",\"id\":$N,\"who\":\"dave@example.org\"}",
  "a {\"type\":\"contact-decline\",\"id\":$N,\"who\":\"dave@example.org\"}",
  "a {\"type\":\"contact-remove\",\"id\":$N,\"who\":\"dave@example.org\"}",
  "d {\"type\":\"contact-add\",\"id\":$N,\"who\":\"bob@example.org\"}",
  "d {\"type\":\"contact-approve\",\"id\":$N,\"who\":\"bob@example.org\"}",
  "d {\"type\":\"contact-decline\",\"id\":$N,\"who\":\"bob@example.org\"}",
  "d {\"type\":\"contact-remove\",\"id\":$N,\"who\":\"bob@example.org\"}",
  "a {\"type\":\"contact-set\",\"id\":$N,\"who\":\"bob@example.org\",\"alias\":\"Bobby\",\"pinned\":true,\"mut"
  "ed\":false}",
  "a {\"type\":\"presence-set\",\"id\":$N,\"status\":\"busy\",\"personal_message\":\"Tea\"}",
  "b {\"type\":\"presence-set\",\"id\":$N,\"status\":\"busy\"}",
  "a {\"type\":\"presence-set\",\"id\":$N,\"status\":\"invisible\",\"personal_message\":\"Tea\"}",
  "b {\"type\":\"presence-set\",\"id\":$N,\"status\":\"invisible\"}",
  "a {\"type\":\"presence-set\",\"id\":$N,\"status\":\"offline\",\"personal_message\":\"Tea\"}",
  "b {\"type\":\"presence-set\",\"id\":$N,\"status\":\"offline\"}",
  "a {\"type\":\"presence-set\",\"id\":$N,\"status\":\"online\",\"personal_message\":\"Tea\"}",
  "b {\"type\":\"presence-set\",\"id\":$N,\"status\":\"online\"}",
  "a {\"type\":\"typing-set\",\"id\":$N,\"to\":\"bob@example.org\",\"typing\":true}",
  "b {\"type\":\"typing-set\",\"id\":$N,\"to\":\"alice@example.org\",\"typing\":true}",
  "c {\"type\":\"typing-set\",\"id\":$N,\"to\":\"alice@example.org\",\"typing\":true}",
  "b {\"type\":\"mark-set\",\"id\":$N,\"who\":\"alice@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B"
  "-1234567890A0}\",\"mark\":\"read\",\"tell\":true}",
  "b {\"type\":\"mark-set\",\"id\":$N,\"who\":\"alice@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B"
  "-1234567890A1}\",\"mark\":\"delivered\",\"tell\":false}",
  "a {\"type\":\"mark-set\",\"id\":$N,\"who\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1"
  "234567890A0}\",\"mark\":\"read\",\"tell\":true}",
  "a {\"type\":\"mark-set\",\"id\":$N,\"who\":\"bob@example.org\",\"message\":\"{F2A1C0DE-7E57-4A11-8B0B-1"
  "234567890A1}\",\"mark\":\"delivered\",\"tell\":false}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"{00000000-0000-4000-8000"
  "-000000000005}\",\"envelope\":{\"kind\":\"invite\",\"session\":\"{00000000-0000-4000-8000-0000000000"
  "01}\",\"guid\":\"{00000000-0000-4000-8000-0000000000AA}\",\"name\":\"Pipe\",\"ttl\":120}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"{00000000-0000-4000-8000"
  "-000000000006}\",\"grant\":\"$G\",\"envelope\":{\"kind\":\"invite\",\"session\":\"{00000000-0000-400"
  "0-8000-000000000002}\",\"guid\":\"{00000000-0000-4000-8000-0000000000AA}\",\"name\":\"Pipe\",\"ttl\""
  ":120}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"ringing\",\"session\":\"{00000000-0000-4000-8000-0000000"
  "00001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"accept\",\"session\":\"{00000000-0000-4000-8000-00000000"
  "0001}\",\"address\":\"192.0.2.7\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"decline\",\"session\":\"{00000000-0000-4000-8000-0000000"
  "00001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"cancel\",\"session\":\"{00000000-0000-4000-8000-00000000"
  "0001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"end\",\"session\":\"{00000000-0000-4000-8000-00000000000"
  "1}\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"{00000000-0000-4000-8000"
  "-000000000007}\",\"envelope\":{\"kind\":\"connect\",\"session\":\"{00000000-0000-4000-8000-000000000"
  "001}\",\"address\":\"192.0.2.7\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"context\",\"session\":\"{00000000-0000-4000-8000-0000000"
  "00001}\",\"data\":\"AAEC\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000007}\",\"envelope\":{\"kind\":\"transport\",\"session\":\"{00000000-0000-4000-8000-00000"
  "0000001}\",\"generation\":1,\"ufrag\":\"u\",\"pwd\":\"p\"}}",
  "f {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"{00000000-0000-4000-80"
  "00-000000000008}\",\"envelope\":{\"kind\":\"accept\",\"session\":\"{00000000-0000-4000-8000-00000000"
  "0001}\",\"address\":\"192.0.2.7\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"{00000000-0000-4000-8000"
  "-000000000009}\",\"envelope\":{\"kind\":\"cancel\",\"session\":\"{00000000-0000-4000-8000-0000000000"
  "01}\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"$U\",\"envelope\":{\"kin"
  "d\":\"invite\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"guid\":\"{00000000-0000-4000"
  "-8000-0000000000AA}\",\"name\":\"Pipe\",\"ttl\":120}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"$U\",\"grant\":\"$G\",\""
  "envelope\":{\"kind\":\"invite\",\"session\":\"{00000000-0000-4000-8000-000000000002}\",\"guid\":\"{0"
  "0000000-0000-4000-8000-0000000000AA}\",\"name\":\"Pipe\",\"ttl\":120}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"ringing\",\"session\":\"{00000000-0000-4000-8000-000000000001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"accept\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"address\":\"192.0.2.7\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"decline\",\"session\":\"{00000000-0000-4000-8000-000000000001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"cancel\",\"session\":\"{00000000-0000-4000-8000-000000000001}\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"end\",\"session\":\"{00000000-0000-4000-8000-000000000001}\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"$U\",\"envelope\":{\"kin"
  "d\":\"connect\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"address\":\"192.0.2.7\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"context\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"data\":\"AAEC\"}}",
  "b {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"transport\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"generation\":1,\"ufrag"
  "\":\"u\",\"pwd\":\"p\"}}",
  "f {\"type\":\"session-send\",\"id\":$N,\"to\":\"alice@example.org\",\"uid\":\"$U\",\"envelope\":{\"k"
  "ind\":\"accept\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"address\":\"192.0.2.7\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"$U\",\"envelope\":{\"kin"
  "d\":\"cancel\",\"session\":\"{00000000-0000-4000-8000-000000000001}\"}}",
  "a {\"type\":\"session-send\",\"id\":$N,\"to\":\"bob@example.org\",\"uid\":\"$U\",\"envelope\":{\"kin"
  "d\":\"transport\",\"session\":\"{00000000-0000-4000-8000-000000000001}\",\"generation\":1,\"ufrag\":"
  "\"u\",\"pwd\":\"p\"}}",
  "a {\"type\":\"lock-challenge\",\"id\":$N}",
  "a {\"type\":\"lock-respond\",\"id\":$N,\"challenge\":\"$C\",\"license\":\"BK7Q2M4N9X3T5V\",\"response\":\"$R\"}",
  "a {\"type\":\"lock-release\",\"id\":$N,\"grant\":\"$G\"}",
  "b {\"type\":\"lock-challenge\",\"id\":$N}",
  "b {\"type\":\"lock-respond\",\"id\":$N,\"challenge\":\"$C\",\"license\":\"BK7Q2M4N9X3T5V\",\"response\":\"$R\"}",
  "b {\"type\":\"lock-release\",\"id\":$N,\"grant\":\"$G\"}",
  "a {\"type\":\"lock-respond\",\"id\":$N,\"challenge\":\"$C\",\"license\":\"BK7Q2M4N9X3T5V\",\"response\":\"00\"}",
  "a {\"type\":\"alerts-enable\",\"id\":$N,\"sites\":[0,7]}",
  "a {\"type\":\"relays\",\"id\":$N}",
  "a {\"type\":\"devices\",\"id\":$N}",
  "a {\"type\":\"sign-out\",\"id\":$N,\"forget\":true}",
  "a {\"type\":\"sign-out\",\"id\":$N,\"forget\":false}",
  "b {\"type\":\"alerts-enable\",\"id\":$N,\"sites\":[0,7]}",
  "b {\"type\":\"relays\",\"id\":$N}",
  "b {\"type\":\"devices\",\"id\":$N}",
  "b {\"type\":\"sign-out\",\"id\":$N,\"forget\":true}",
  "b {\"type\":\"sign-out\",\"id\":$N,\"forget\":false}",
  "a {\"type\":\"group-create\",\"id\":$N,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890A0}\",\"name\":\"Chess\"}",
  "a {\"type\":\"group-rename\",\"id\":$N,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890A0}\",\"name\":\"chess\"}",
  "a {\"type\":\"group-remove\",\"id\":$N,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890A0}\"}",
  "a {\"type\":\"group-contact\",\"id\":$N,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890A0}\",\"who\":\""
  "bob@example.org\",\"member\":true}",
  "a {\"type\":\"group-contact\",\"id\":$N,\"group\":\"{F2A1C0DE-7E57-4A11-8B0B-1234567890A0}\",\"who\":\""
  "bob@example.org\",\"member\":false}",
  "a {\"type\":\"profile-set\",\"id\":$N,\"display_name\":\"Alice A.\"}",
  "a {\"type\":\"avatar-set\",\"id\":$N,\"image\":\"iVBORw0KGgo=\"}",
  "a {\"type\":\"avatar-set\",\"id\":$N}",
  "b {\"type\":\"avatar-get\",\"id\":$N,\"who\":\"alice@example.org\",\"avatar\":\"00000000000000000000000"
  "00000000000000000000000000000000000000000\"}",
  "a {\"type\":\"password-set\",\"id\":$N,\"password\":\"secret\",\"new_password\":\"secret2\"}",
  "e {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":0,\"status\":\"online\",\"passwo"
  "rd\":\"secret2\"}",
  "a {\"type\":\"device-remove\",\"id\":$N,\"device\":\"$D\"}",
  "e {\"type\":\"device-remove\",\"id\":$N,\"device\":\"$D\"}",
  "a {\"type\":\"account-remove\",\"id\":$N,\"password\":\"secret\"}",
  "b {\"type\":\"account-remove\",\"id\":$N,\"password\":\"wrong1\"}",
  "a {\"type\":\"sign-in\",\"id\":$N,\"name\":\"alice@example.org\",\"after\":3,\"epoch\":\"$E\",\"status\":\"on"
  "line\",\"token\":\"$T\",\"device\":\"$D\"}",
  "b {\"type\":\"sign-in\",\"id\":$N,\"name\":\"bob@example.org\",\"after\":2,\"epoch\":\"lost\",\"status\":\"on"
  "line\",\"password\":\"secret\"}",
};
