/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two people do, and what is to happen on each side: the words of session-world.c. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *name;
  gboolean peers; /* programs are attached */
  const char *script;
  const char *alice; /* >kind: an envelope left; lower case: a state; on-…: signals; capitals: what the user sees */
  const char *bob;
} Scenario;

static const Scenario scenarios[] = {
  { "happy", FALSE,
    "a:invite b:accept a:context b:context a:exit0",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect >context "
    "on-context(data) terminated END(ended,) >end:ended",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch on-context(data) >context terminated "
    "END(ended,)" },
  { "program-fails", FALSE,
    "a:invite b:accept b:exit1",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(application-failed,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(application-failed,) "
    ">end:application-failed" },
  { "decline", FALSE,
    "a:invite b:decline",
    "invitation invited >invite declined on-declined(no) terminated END(invitation-declined,no)",
    "ASK >ringing declined WITHDRAW terminated END(invitation-declined,no) >decline:invitation-declined" },
  { "cancel-invitation-a", FALSE,
    "a:invite a:cancel",
    "invitation invited >invite cancelled terminated END(cancelled-local,bye) >cancel:cancelled-remote",
    "ASK >ringing cancelled WITHDRAW on-cancelled(bye) terminated END(cancelled-remote,bye)" },
  { "cancel-invitation-b", FALSE,
    "a:invite b:cancel",
    "invitation invited >invite cancelled on-cancelled(bye) terminated END(cancelled-remote,bye)",
    "ASK >ringing cancelled WITHDRAW terminated END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "cancel-accepted-a", FALSE,
    "a:invite hold:connect b:accept a:cancel go",
    "invitation invited >invite accepted on-accepted(yes) cancelled terminated END(cancelled-local,bye) >connect "
    ">cancel:cancelled-remote",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch cancelled on-cancelled(bye) terminated "
    "END(cancelled-remote,bye)" },
  { "cancel-accepted-b", FALSE,
    "a:invite hold:connect b:accept b:cancel go",
    "invitation invited >invite accepted on-accepted(yes) cancelled on-cancelled(bye) terminated "
    "END(cancelled-remote,bye) >connect",
    "ASK >ringing accepted WITHDRAW >accept cancelled terminated END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "cancel-connected-a", FALSE,
    "a:invite b:accept a:cancel",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect cancelled terminated "
    "END(cancelled-local,bye) >cancel:cancelled-remote",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch cancelled on-cancelled(bye) terminated "
    "END(cancelled-remote,bye)" },
  { "cancel-connected-b", FALSE,
    "a:invite b:accept b:cancel",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect cancelled "
    "on-cancelled(bye) terminated END(cancelled-remote,bye)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch cancelled terminated "
    "END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "cancel-unsent", FALSE,
    "hold:invite a:invite a:cancel go",
    "invitation cancelled terminated END(cancelled-local,bye) invite!cancelled >invite >cancel:cancelled-remote",
    "ASK cancelled WITHDRAW on-cancelled(bye) terminated END(cancelled-remote,bye) >ringing" },
  { "time-out-both", FALSE,
    "a:invite +120000",
    "invitation invited >invite terminated END(timeout,) >cancel:timeout",
    "ASK >ringing terminated WITHDRAW END(timeout,) >cancel:timeout" },
  { "time-out-a", FALSE,
    "hold:invite a:invite +100000 go b:offline +20000 b:accept b:online",
    "invitation invited >invite terminated END(timeout,) >cancel:timeout",
    "ASK >ringing terminated WITHDRAW END(timeout,) !session-state-invalid" },
  { "time-out-b", FALSE,
    "a:invite a:offline +120000 a:online",
    "invitation invited >invite terminated END(timeout,) >cancel:timeout",
    "ASK >ringing terminated WITHDRAW END(timeout,) >cancel:timeout" },
  { "late-accept", FALSE,
    "a:invite hold:accept +119000 b:accept +2000 go",
    "invitation invited >invite terminated END(timeout,) >cancel:timeout",
    "ASK >ringing accepted WITHDRAW cancelled on-cancelled() terminated END(timeout,) >accept" },
  { "connect-time-out", FALSE,
    "a:invite hold:connect b:accept +15000 go",
    "invitation invited >invite accepted on-accepted(yes) terminated END(connection-failure,) >connect "
    ">end:connection-failure",
    "ASK >ringing accepted WITHDRAW >accept terminated END(connection-failure,) >end:connection-failure" },
  { "not-present-installed", FALSE,
    "b:missing a:invite b:accept +60000 b:install +9000 +1000",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) accepted "
    "on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present NOTICE(installed) accepted "
    ">accept connected on-ready launch" },
  { "not-present-again", FALSE,
    "b:missing a:invite b:accept b:accept b:install b:accept",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) accepted "
    "on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present NOTICE(installed) accepted "
    ">accept connected on-ready launch" },
  { "install-given-up", FALSE,
    "b:missing a:invite b:accept b:decline",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) declined "
    "on-declined(no) terminated END(app-not-present,no)",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present declined terminated "
    "END(invitation-declined,no) >decline:app-not-present" },
  { "install-cancelled-notice", FALSE,
    "b:missing a:invite b:accept b:install b:cancel +10000",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) cancelled "
    "on-cancelled(bye) terminated END(cancelled-remote,bye)",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present NOTICE(installed) "
    "cancelled terminated END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "install-gone-again", FALSE,
    "b:missing a:invite b:accept b:install b:missing +10000 b:install +10000",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) accepted "
    "on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present NOTICE(installed) "
    "NOTICE(installed) accepted >accept connected on-ready launch" },
  { "install-time-out", FALSE,
    "b:missing a:invite b:accept +120000 +1680000",
    "invitation invited >invite on-not-present(Pipe,https://pipe.example/) NOTICE(installing) terminated "
    "END(timeout,) >cancel:timeout",
    "ASK >ringing WITHDRAW on-not-present(Pipe,https://pipe.example/) open >not-present terminated END(timeout,) "
    ">cancel:timeout" },
  { "elsewhere-accepted", FALSE,
    "a:invite b:accepted-elsewhere b:accept",
    "invitation invited >invite",
    "ASK >ringing terminated WITHDRAW END(accepted-elsewhere,) !session-state-invalid" },
  { "elsewhere-declined", FALSE,
    "a:invite b:declined-elsewhere",
    "invitation invited >invite",
    "ASK >ringing terminated WITHDRAW END(declined-elsewhere,)" },
  { "accept-too-late-elsewhere", FALSE,
    "a:invite refuse:accept:answered-elsewhere b:accept",
    "invitation invited >invite",
    "ASK >ringing accepted WITHDRAW terminated END(accepted-elsewhere,)" },
  { "accept-expired", FALSE,
    "a:invite refuse:accept:expired b:accept",
    "invitation invited >invite",
    "ASK >ringing accepted WITHDRAW terminated END(timeout,)" },
  { "accept-refused", FALSE,
    "a:invite refuse:accept:failed b:accept",
    "invitation invited >invite",
    "ASK >ringing accepted WITHDRAW on-send-error(accept-send-failure) terminated END(connection-failure,)" },
  { "invite-refused", FALSE,
    "refuse:invite:not-logged-on a:invite",
    "invitation on-send-error(invitation-send-failure) terminated END(invitation-send-failure,) "
    "invite!not-logged-on",
    "" },
  { "connect-refused", FALSE,
    "a:invite refuse:connect:storage b:accept go",
    "invitation invited >invite accepted on-accepted(yes) terminated END(connection-failure,) "
    ">end:connection-failure",
    "ASK >ringing accepted WITHDRAW >accept terminated END(connection-failure,)" },
  { "context-refused", FALSE,
    "a:invite b:accept refuse:context:failed a:context go a:context",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect "
    "on-send-error(context-data-send-failure) >context",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch on-context(data)" },
  { "cancel-refused", FALSE,
    "a:invite refuse:cancel:failed a:cancel go b:accept",
    "invitation invited >invite cancelled terminated END(cancelled-local,bye)",
    "ASK >ringing accepted WITHDRAW >accept" },
  { "busy", FALSE,
    "refuse:invite:server-too-busy a:invite +1000 go +1999 +1",
    "invitation invited >invite",
    "ASK >ringing" },
  { "offline-invite", FALSE,
    "a:offline a:invite",
    "invite!not-logged-on",
    "" },
  { "cut-off-invitation", FALSE,
    "a:invite b:offline b:accept b:online",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch" },
  { "cut-off-ringing", FALSE,
    "hold:ringing a:invite b:offline go b:online",
    "invitation invited >invite",
    "ASK >ringing" },
  { "cut-off-accepted", FALSE,
    "a:invite hold:connect b:accept a:offline go a:online",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch" },
  { "lost-ack-invite", FALSE,
    "lose-ack a:invite a:online b:accept",
    "invitation >invite invited accepted on-accepted(yes) connected on-ready launch >connect",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch" },
  { "lost-ack-connect-context", FALSE,
    "a:invite hold:connect b:accept lose-ack go b:context a:online",
    "invitation invited >invite accepted on-accepted(yes) >connect connected on-ready launch on-context(data)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch >context" },
  { "cut-off-connected", FALSE,
    "a:invite b:accept a:offline a:context b:context a:online",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect on-context(data) "
    ">context",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch >context on-context(data)" },
  { "cut-off-end", FALSE,
    "a:invite b:accept a:offline a:context a:exit0 +29000 a:online",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(ended,) >context >end:ended",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch on-context(data) terminated END(ended,)" },
  { "cut-off-end-late", FALSE,
    "a:invite b:accept a:offline a:exit0 +3600000 a:online",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(ended,) >end:ended",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(ended,)" },
  { "end-given-up", FALSE,
    "a:invite b:accept refuse:end:server-too-busy a:exit0 +30000 go +60000",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated END(ended,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch" },
  { "busy-waits", FALSE,
    "refuse:invite:server-too-busy a:invite +1000 go +1999",
    "invitation",
    "" },
  { "cut-off-unanswered", FALSE,
    "a:invite a:offline b:offline +120000 a:online b:online",
    "invitation invited >invite terminated END(timeout,) >cancel:timeout",
    "ASK >ringing terminated WITHDRAW END(timeout,) >cancel:timeout" },
  { "sign-out-ready", FALSE,
    "a:create a:sign-out",
    "terminated END(signed-out,)",
    "" },
  { "sign-out-invitation-a", FALSE,
    "a:invite a:sign-out",
    "invitation invited >invite terminated END(signed-out,) >end:signed-out",
    "ASK >ringing terminated WITHDRAW END(signed-out,)" },
  { "sign-out-invitation-b", FALSE,
    "a:invite b:sign-out",
    "invitation invited >invite terminated END(signed-out,)",
    "ASK >ringing terminated WITHDRAW END(signed-out,) >end:signed-out" },
  { "sign-out-accepted-a", FALSE,
    "a:invite hold:connect b:accept a:sign-out go",
    "invitation invited >invite accepted on-accepted(yes) terminated END(signed-out,) >connect >end:signed-out",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(signed-out,)" },
  { "sign-out-accepted-b", FALSE,
    "a:invite hold:connect b:accept b:sign-out go",
    "invitation invited >invite accepted on-accepted(yes) terminated END(signed-out,) >connect",
    "ASK >ringing accepted WITHDRAW >accept terminated END(signed-out,) >end:signed-out" },
  { "sign-out-connected-a", FALSE,
    "a:invite b:accept a:sign-out",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(signed-out,) >end:signed-out",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(signed-out,)" },
  { "restart-connected-b", FALSE,
    "a:invite b:accept b:end-all",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(service-restarted,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(service-restarted,) "
    ">end:service-restarted" },
  { "launch-failure-a", FALSE,
    "a:unlaunchable a:invite b:accept",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch terminated "
    "END(application-launch-failed,) >connect >end:application-launch-failed",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(application-launch-failed,)" },
  { "launch-failure-gone", FALSE,
    "a:invite hold:connect b:accept b:missing go",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(application-launch-failed,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready terminated END(application-launch-failed,) "
    ">end:application-launch-failed" },
  { "cancel-while-launching", FALSE,
    "a:invite hold:connect b:accept go b:cancel",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect cancelled "
    "on-cancelled(bye) terminated END(cancelled-remote,bye)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch cancelled terminated "
    "END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "own-program", FALSE,
    "a:own a:invite b:accept a:vanish",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready >connect terminated END(ended,) "
    ">end:ended",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(ended,)" },
  { "vanish-ready", FALSE,
    "a:own a:create a:vanish",
    "terminated END(ended,)",
    "" },
  { "vanish-invitation", FALSE,
    "a:own a:invite a:vanish",
    "invitation invited >invite cancelled terminated END(cancelled-local,) >cancel:cancelled-remote",
    "ASK >ringing cancelled WITHDRAW on-cancelled() terminated END(cancelled-remote,)" },
  { "vanish-accepted", FALSE,
    "a:own a:invite hold:connect b:accept a:vanish go",
    "invitation invited >invite accepted on-accepted(yes) cancelled terminated END(cancelled-local,) >connect "
    ">cancel:cancelled-remote",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch cancelled on-cancelled() terminated "
    "END(cancelled-remote,)" },
  { "vanish-redeemed", FALSE,
    "a:invite b:accept b:redeem b:redeem b:vanish +499 +1",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated END(ended,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch !not-found terminated END(ended,) >end:ended" },
  { "vanish-crash", FALSE,
    "a:invite b:accept b:redeem b:vanish b:exit1 +1000",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(application-failed,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(application-failed,) "
    ">end:application-failed" },
  { "handled", TRUE,
    "b:handles a:invite b:accept b:vanish",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect terminated "
    "END(ended,)",
    "offer >ringing accepted >accept connected on-ready terminated END(ended,) >end:ended" },
  { "handled-vanish", TRUE,
    "b:handles a:invite b:vanish b:accept",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect",
    "offer >ringing ASK accepted WITHDRAW >accept connected on-ready hand-over launch" },
  { "handled-vanish-accepted", TRUE,
    "b:handles a:invite hold:connect b:accept b:vanish go",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect",
    "offer >ringing accepted >accept connected on-ready hand-over launch" },
  { "not-handled", TRUE,
    "a:invite b:accept",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect",
    "offer ASK >ringing accepted WITHDRAW >accept connected on-ready hand-over launch" },
  { "taken", TRUE,
    "b:takes a:invite b:accept b:redeem b:vanish",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect terminated "
    "END(ended,)",
    "offer ASK >ringing accepted WITHDRAW >accept connected on-ready hand-over terminated END(ended,) >end:ended" },
  { "refrains", TRUE,
    "b:refrains a:invite b:accept b:context b:cancel",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready hand-over launch >connect "
    "on-context(data) cancelled on-cancelled(bye) terminated END(cancelled-remote,bye)",
    "offer ASK >ringing accepted WITHDRAW >accept connected on-ready >context cancelled terminated "
    "END(cancelled-local,bye) >cancel:cancelled-remote" },
  { "wrong-verbs", FALSE,
    "a:create a:accept a:decline a:cancel a:context a:invite a:accept b:context b:accept b:accept b:decline "
    "b:cancel b:cancel",
    "!not-invitee !not-invitee !session-state-invalid !session-state-invalid invitation invited >invite "
    "!not-invitee accepted on-accepted(yes) connected on-ready launch >connect cancelled on-cancelled(bye) "
    "terminated END(cancelled-remote,bye)",
    "ASK >ringing !session-state-invalid accepted WITHDRAW >accept connected on-ready launch "
    "!session-state-invalid !session-state-invalid cancelled terminated END(cancelled-local,bye) "
    ">cancel:cancelled-remote !session-state-invalid" },
  { "elsewhere-while-accepted", FALSE,
    "a:invite hold:accept b:accept b:accepted-elsewhere",
    "invitation invited >invite",
    "ASK >ringing accepted WITHDRAW terminated END(accepted-elsewhere,)" },
  { "sign-out-connected-b", FALSE,
    "a:invite b:accept b:sign-out",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready launch >connect terminated "
    "END(signed-out,)",
    "ASK >ringing accepted WITHDRAW >accept connected on-ready launch terminated END(signed-out,) >end:signed-out" },
  { "restart-invitation-a", FALSE,
    "a:invite a:end-all",
    "invitation invited >invite terminated END(service-restarted,) >end:service-restarted",
    "ASK >ringing terminated WITHDRAW END(service-restarted,)" },
  { "vanish-connected-own-b", TRUE,
    "b:takes a:own a:invite b:accept b:redeem b:cancel",
    "invitation invited >invite accepted on-accepted(yes) connected on-ready >connect cancelled on-cancelled(bye) "
    "terminated END(cancelled-remote,bye)",
    "offer ASK >ringing accepted WITHDRAW >accept connected on-ready hand-over cancelled terminated "
    "END(cancelled-local,bye) >cancel:cancelled-remote" },
};
