/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-lifecycle.h"

#define STATE(nick) BECKON_SESSION_STATE_##nick
#define I BK_ROLE_INVITER
#define E BK_ROLE_INVITEE
#define BOTH (BK_ROLE_INVITER | BK_ROLE_INVITEE)

/* An edge without and with a passing state. */
#define EDGE(from, event, roles, to, effect) \
  { STATE (from), BK_LIFE_##event, roles, STATE (UNKNOWN), STATE (to), effect }
#define PASS(from, event, roles, via, to, effect) \
  { STATE (from), BK_LIFE_##event, roles, STATE (via), STATE (to), effect }

static const BkLifeEdge edges[] = {
  EDGE (UNKNOWN, CREATE, I, READY, "The SessionID exists from now on."),
  EDGE (UNKNOWN, RECEIVE_INVITE, E, INVITATION,
        "Sends *ringing*. An attached program of the application is asked first, else the user. Answer timer."),

  EDGE (READY, CONFIGURE, I, READY, "Application or LocalAddress is set."),
  EDGE (READY, INVITE, I, INVITATION,
        "Sends *invite*. Answer timer. Checks that fail (application, contact, presence) leave the session READY and "
        "are the error of the call."),
  EDGE (READY, PICK, I, READY,
        "InviteWithPicker: the user is asked whom to invite, Picking becomes true. The application cannot be changed "
        "meanwhile, and the user's choice is an invite."),
  EDGE (READY, PICK_OVER, I, READY,
        "The user invited nobody, or the program took its question back with Cancel: Picking becomes false, and the "
        "call fails with CANCELLED. So it does when the session ends."),
  EDGE (READY, PROGRAM_ENDED, I, TERMINATED, "The program that made the session left before it invited: ENDED."),
  EDGE (READY, SIGN_OUT, I, TERMINATED, "SIGNED_OUT. Nobody was invited, nothing is sent."),
  EDGE (READY, RESTART, I, TERMINATED, "SERVICE_RESTARTED. Nobody was invited, nothing is sent."),
  EDGE (READY, CONNECTION_LOST, I, READY, "Nothing."),

  EDGE (INVITATION, CONFIGURE, E, INVITATION, "LocalAddress is set. The application is the inviter's choice."),
  EDGE (INVITATION, SEND_REFUSED, I, TERMINATED,
        "OnSendError (INVITATION_SEND_FAILURE), then INVITATION_SEND_FAILURE."),
  EDGE (INVITATION, REMOTE_RINGING, I, INVITATION, "Ringing becomes true."),
  EDGE (INVITATION, ACCEPT, E, ACCEPTED, "Sends *accept* with LocalAddress and data. Connect timer."),
  EDGE (INVITATION, ACCEPT_MISSING, E, INVITATION,
        "Sends *not-present*. OnAppNotPresent; the application's page opens, once. The answer timer becomes the "
        "install timer."),
  EDGE (INVITATION, REMOTE_NOT_PRESENT, I, INVITATION,
        "OnAppNotPresent. The answer timer becomes the install timer. Other devices of the invitee keep ringing."),
  EDGE (INVITATION, INSTALLED, E, ACCEPTED,
        "The application was registered or its program came back, and the notice about it ran out. Sends *accept*. "
        "Connect timer."),
  PASS (INVITATION, DECLINE, E, DECLINED, TERMINATED, "Sends *decline*: INVITATION_DECLINED."),
  PASS (INVITATION, REMOTE_DECLINE, I, DECLINED, TERMINATED,
        "OnDeclined, then INVITATION_DECLINED, or APP_NOT_PRESENT when installing was given up."),
  EDGE (INVITATION, REMOTE_ACCEPT, I, ACCEPTED, "Sends *connect* with LocalAddress. OnAccepted. Connect timer."),
  EDGE (INVITATION, ELSEWHERE, E, TERMINATED,
        "Another device of the account answered: ACCEPTED_ELSEWHERE or DECLINED_ELSEWHERE. Dialog and notification are "
        "withdrawn."),
  EDGE (INVITATION, ANSWER_TIMEOUT, BOTH, TERMINATED,
        "The answer or install timer ran out here, which sends *cancel* (TIMEOUT), or there, which is told by it: "
        "TIMEOUT."),
  EDGE (INVITATION, SUPERSEDE, BOTH, TERMINATED,
        "Both sides invited each other to the same application and the other invitation has the lower SessionID: "
        "SUPERSEDED. The lower one is accepted by its invitee without a question. The inviter sends *cancel* "
        "(SUPERSEDED), so that other devices of the invitee stop ringing."),
  PASS (INVITATION, CANCEL, BOTH, CANCELLED, TERMINATED, "Sends *cancel*: CANCELLED_LOCAL."),
  PASS (INVITATION, REMOTE_CANCEL, BOTH, CANCELLED, TERMINATED, "OnCancelled, then CANCELLED_REMOTE."),
  EDGE (INVITATION, REMOTE_END, BOTH, TERMINATED, "The reason that the other side gave."),
  EDGE (INVITATION, CHANNEL_FAILED, BOTH, TERMINATED,
        "The signature of the *invite* (which is not shown then) or the *accept* is wrong. Sends *end*: "
        "AUTHENTICATION_FAILED."),
  EDGE (INVITATION, LAUNCH_FAILED, E, TERMINATED,
        "Accept, but the program is registered here in another way than the *invite* says. Sends *end*: "
        "APPLICATION_LAUNCH_FAILED."),
  EDGE (INVITATION, SIGN_OUT, BOTH, TERMINATED, "Sends *end*: SIGNED_OUT."),
  EDGE (INVITATION, RESTART, BOTH, TERMINATED, "Sends *end*: SERVICE_RESTARTED."),
  EDGE (INVITATION, CONNECTION_LOST, BOTH, INVITATION,
        "What was to be sent waits for the connection; the timer runs on."),

  EDGE (ACCEPTED, SEND_REFUSED, BOTH, TERMINATED,
        "The network refused *accept* or *connect*: TIMEOUT if the invitation is over, else CONNECTION_FAILURE; for "
        "*accept* after OnSendError (ACCEPT_SEND_FAILURE). The inviter sends *end*."),
  EDGE (ACCEPTED, ELSEWHERE, E, TERMINATED, "Another device of the account answered first: ACCEPTED_ELSEWHERE."),
  EDGE (ACCEPTED, CONNECT_ACKNOWLEDGED, I, CONNECTED,
        "The network has *connect*. RemoteAddress is readable. Sends *transport* if both sides want a channel. If it "
        "is required: channel timer. Else OnReadyToLaunch; the program is launched, unless it runs already."),
  EDGE (ACCEPTED, REMOTE_CONNECT, E, CONNECTED, "As for the inviter."),
  EDGE (ACCEPTED, CONNECT_TIMEOUT, BOTH, TERMINATED, "Sends *end*: CONNECTION_FAILURE."),
  PASS (ACCEPTED, CANCEL, BOTH, CANCELLED, TERMINATED, "Sends *cancel*: CANCELLED_LOCAL."),
  PASS (ACCEPTED, REMOTE_CANCEL, BOTH, CANCELLED, TERMINATED, "OnCancelled, then CANCELLED_REMOTE."),
  EDGE (ACCEPTED, REMOTE_END, BOTH, TERMINATED, "The reason that the other side gave."),
  EDGE (ACCEPTED, SIGN_OUT, BOTH, TERMINATED, "Sends *end*: SIGNED_OUT."),
  EDGE (ACCEPTED, RESTART, BOTH, TERMINATED, "Sends *end*: SERVICE_RESTARTED."),
  EDGE (ACCEPTED, CONNECTION_LOST, BOTH, ACCEPTED, "What was to be sent waits for the connection; the timer runs on."),

  EDGE (CONNECTED, SEND_CONTEXT, BOTH, CONNECTED,
        "Sends *context*. If the network refuses: OnSendError (CONTEXT_DATA_SEND_FAILURE)."),
  EDGE (CONNECTED, REMOTE_CONTEXT, BOTH, CONNECTED, "ContextData is the new data. OnContextData."),
  EDGE (CONNECTED, CHANNEL_CONFIRMED, BOTH, CONNECTED,
        "ChannelPath is direct or relay. Context data, *cancel* and *end* travel on the channel. Where it is required, "
        "the program is launched now."),
  EDGE (CONNECTED, CHANNEL_LOST, BOTH, CONNECTED, "ChannelPath is lost: another way is looked for."),
  EDGE (CONNECTED, CHANNEL_FAILED, BOTH, TERMINATED,
        "The channel is required and there is none, it broke, or it stayed lost: CONNECTION_FAILURE; or the other side "
        "could not prove who it is: AUTHENTICATION_FAILED. Sends *end*. A session that can do without a channel goes "
        "on if it has not had one."),
  EDGE (CONNECTED, LAUNCH_FAILED, BOTH, TERMINATED,
        "The program could not be started, or a running one took the session and did not fetch it within 30 seconds. "
        "Sends *end*: APPLICATION_LAUNCH_FAILED."),
  EDGE (CONNECTED, PROGRAM_ENDED, BOTH, TERMINATED,
        "The program's scope is empty or its bus name is gone. Sends *end*: ENDED, or APPLICATION_FAILED after a bad "
        "exit. The other side's program is told, not killed."),
  PASS (CONNECTED, CANCEL, BOTH, CANCELLED, TERMINATED, "Sends *cancel*: CANCELLED_LOCAL."),
  PASS (CONNECTED, REMOTE_CANCEL, BOTH, CANCELLED, TERMINATED, "OnCancelled, then CANCELLED_REMOTE."),
  EDGE (CONNECTED, REMOTE_END, BOTH, TERMINATED, "The reason that the other side gave."),
  EDGE (CONNECTED, SIGN_OUT, BOTH, TERMINATED, "Sends *end*: SIGNED_OUT."),
  EDGE (CONNECTED, RESTART, BOTH, TERMINATED, "Sends *end*: SERVICE_RESTARTED."),
  EDGE (CONNECTED, CONNECTION_LOST, BOTH, CONNECTED, "What was to be sent waits for the connection."),
};

static const char *const event_nicks[] = {
  "create",
  "configure",
  "pick",
  "pick-over",
  "invite",
  "receive-invite",
  "send-refused",
  "remote-ringing",
  "accept",
  "accept-missing",
  "remote-not-present",
  "installed",
  "decline",
  "remote-decline",
  "remote-accept",
  "elsewhere",
  "answer-timeout",
  "supersede",
  "connect-acknowledged",
  "remote-connect",
  "connect-timeout",
  "cancel",
  "remote-cancel",
  "send-context",
  "remote-context",
  "channel-confirmed",
  "channel-lost",
  "channel-failed",
  "launch-failed",
  "program-ended",
  "remote-end",
  "sign-out",
  "restart",
  "connection-lost",
};
G_STATIC_ASSERT (G_N_ELEMENTS (event_nicks) == BK_N_LIFE_EVENTS);
G_STATIC_ASSERT (BK_LIFE_CONNECTION_LOST == BK_N_LIFE_EVENTS - 1);

const BkLifeEdge *
bk_lifecycle_edges (guint *n_edges)
{
  *n_edges = G_N_ELEMENTS (edges);
  return edges;
}

/* Returns the short name of @event, for logs and the documentation. */
const char *
bk_life_event_to_nick (BkLifeEvent event)
{
  return (guint) event < BK_N_LIFE_EVENTS ? event_nicks[event] : "unknown";
}

/* Whoever asks for what no state would give them is told that; else the state is to blame. */
static BeckonError
error_for (BkLifeEvent event, BkRole role, const char **text)
{
  gboolean answers = event == BK_LIFE_ACCEPT || event == BK_LIFE_ACCEPT_MISSING || event == BK_LIFE_DECLINE;

  if (answers && role == BK_ROLE_INVITER)
    {
      *text = "Only the invitee can answer the invitation";
      return BECKON_ERROR_NOT_INVITEE;
    }
  if ((event == BK_LIFE_INVITE || event == BK_LIFE_PICK) && role == BK_ROLE_INVITEE)
    {
      *text = "Only the inviter can invite";
      return BECKON_ERROR_NOT_INVITER;
    }
  if (event == BK_LIFE_INVITE || event == BK_LIFE_PICK || event == BK_LIFE_CONFIGURE)
    {
      *text = "That is possible only before the invitation";
      return BECKON_ERROR_SESSION_NOT_READY;
    }
  *text = "The session is in a state that does not allow that";
  return BECKON_ERROR_SESSION_STATE_INVALID;
}

/* Returns the edge that @event takes from @from for somebody in @role, or NULL with the error that the caller of a
 * method gets. */
const BkLifeEdge *
bk_lifecycle_find (BeckonSessionState from, BkLifeEvent event, BkRole role, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (edges[i].from == from && edges[i].event == event && (edges[i].roles & role) != 0)
      return &edges[i];

  const char *text;
  BeckonError code = error_for (event, role, &text);
  g_set_error (error, BECKON_ERROR, code, "%s (%s)", text, beckon_session_state_to_nick (from));
  return NULL;
}

static const char *
role_word (guint roles)
{
  if (roles == BOTH)
    return "either";
  return roles == I ? "inviter" : "invitee";
}

static const char introduction[] =
  "# The life of a session\n"
  "\n"
  "<!-- Printed from the table in src/engine/bk-lifecycle.c, which is also what runs and what the tests walk: change\n"
  "     it there, then run `test-lifecycle --write FILE`. -->\n"
  "\n"
  "A session is in one of these states. CANCELLED and DECLINED are passed through on the way to TERMINATED; nothing\n"
  "leaves TERMINATED. Each state that is entered is told by OnStateChanged (with the state before), the end also by\n"
  "OnTermination (result, data), which is the last event of a session and comes once. Only OnSendError\n"
  "(CANCEL_SEND_FAILURE or DECLINE_SEND_FAILURE) may follow: the session is over here, and the network would not take\n"
  "the word that says so.\n"
  "\n"
  "An event that has no row for a state does not happen: what a program asked for fails with SESSION_STATE_INVALID\n"
  "(setting the application, LocalAddress, Invite and InviteWithPicker: SESSION_NOT_READY; both invitations by the\n"
  "invitee: NOT_INVITER; Accept and Decline by the inviter: NOT_INVITEE), what the network brought is passed over.\n"
  "\n"
  "Timers: answer 2 minutes (setting), install 30 minutes, notice that the application was installed 10 seconds,\n"
  "connect 15 seconds, channel 30 seconds, and as long for a lost one. Envelopes of one session are sent strictly in\n"
  "order; words in *italics* are their kinds.\n";

static void
append_states (GString *page)
{
  g_string_append (page, "\n## States\n\n| value | state |\n| --- | --- |\n");
  for (int state = BECKON_SESSION_STATE_READY; state < BECKON_N_SESSION_STATES; state++)
    g_string_append_printf (page, "| %d | %s |\n", state, beckon_session_state_to_nick (state));
}

static void
append_edges (GString *page)
{
  g_string_append (page, "\n## Edges\n\n| state | event | who | → state | effect |\n| --- | --- | --- | --- | --- |\n");
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      const BkLifeEdge *edge = &edges[i];
      gboolean new = edge->from == BECKON_SESSION_STATE_UNKNOWN;

      g_string_append_printf (page, "| %s | %s | %s | ", new ? "–" : beckon_session_state_to_nick (edge->from),
                              event_nicks[edge->event], role_word (edge->roles));
      if (edge->via != BECKON_SESSION_STATE_UNKNOWN)
        g_string_append_printf (page, "%s → ", beckon_session_state_to_nick (edge->via));
      g_string_append_printf (page, "%s | %s |\n", beckon_session_state_to_nick (edge->to), edge->effect);
    }
}

static void
append_results (GString *page)
{
  g_string_append (page, "\n## Results\n\n| value | result | in words |\n| --- | --- | --- |\n");
  for (int result = BECKON_SESSION_RESULT_NONE + 1; result < BECKON_N_SESSION_RESULTS; result++)
    g_string_append_printf (page, "| %d | %s | %s |\n", result, beckon_session_result_to_nick (result),
                            beckon_session_result_to_text (result));
}

/* Returns the page of the documentation, data/protocol/session-life-cycle.md. */
char *
bk_lifecycle_to_markdown (void)
{
  GString *page = g_string_new (introduction);

  append_states (page);
  append_edges (page);
  append_results (page);
  return g_string_free (page, FALSE);
}
