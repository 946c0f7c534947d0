/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be read of a session. */
#include "bk-engine-session-private.h"

guint
bk_engine_session_get_number (BkEngineSession *self)
{
  return self->number;
}

const char *
bk_engine_session_get_id (BkEngineSession *self)
{
  return self->id;
}

BkEngineAccount *
bk_engine_session_get_account (BkEngineSession *self)
{
  return self->account;
}

const char *
bk_engine_session_get_owner (BkEngineSession *self)
{
  return self->owner;
}

BeckonSessionState
bk_engine_session_get_state (BkEngineSession *self)
{
  return self->state;
}

BeckonSessionFlags
bk_engine_session_get_flags (BkEngineSession *self)
{
  return self->flags;
}

BeckonSessionResult
bk_engine_session_get_result (BkEngineSession *self)
{
  return self->result;
}

const char *
bk_engine_session_get_result_text (BkEngineSession *self)
{
  return self->result_text != NULL ? self->result_text : "";
}

gboolean
bk_engine_session_get_ringing (BkEngineSession *self)
{
  return self->ringing;
}

gboolean
bk_engine_session_get_asking (BkEngineSession *self)
{
  return self->question == BK_QUESTION_SHOWN;
}

gboolean
bk_engine_session_get_installing (BkEngineSession *self)
{
  return self->installing;
}

const char *
bk_engine_session_get_user (BkEngineSession *self)
{
  return self->user;
}

const char *
bk_engine_session_get_application (BkEngineSession *self)
{
  return self->application;
}

const char *
bk_engine_session_get_application_name (BkEngineSession *self)
{
  return self->application_name != NULL ? self->application_name : "";
}

const char *
bk_engine_session_get_application_url (BkEngineSession *self)
{
  return self->application_url;
}

const char *
bk_engine_session_get_app_data (BkEngineSession *self)
{
  return self->app_data;
}

const char *
bk_engine_session_get_message (BkEngineSession *self)
{
  return self->message;
}

const char *
bk_engine_session_get_context_data (BkEngineSession *self)
{
  return self->context_data;
}

const char *
bk_engine_session_get_local_address (BkEngineSession *self)
{
  return self->local_address;
}

const char *
bk_engine_session_get_remote_address (BkEngineSession *self)
{
  return self->remote_address;
}

const char *
bk_engine_session_get_log (BkEngineSession *self)
{
  return self->program != NULL ? bk_program_get_log (self->program) : NULL;
}

gint64
bk_engine_session_get_created (BkEngineSession *self)
{
  return self->created;
}

gint64
bk_engine_session_get_deadline (BkEngineSession *self)
{
  return self->deadline;
}

GPtrArray *
bk_engine_session_get_timeline (BkEngineSession *self)
{
  return self->timeline;
}

BeckonChannelPath
bk_engine_session_get_channel_path (BkEngineSession *self)
{
  return self->link.path;
}

const char *
bk_engine_session_get_channel_reason (BkEngineSession *self)
{
  return self->link.reason != NULL ? self->link.reason : "";
}

const char *
bk_engine_session_get_host (BkEngineSession *self)
{
  if (self->host == 0)
    return "";
  if (self->host != self->role || self->account == NULL)
    return self->user != NULL ? self->user : "";
  return bk_engine_account_get_sign_in_name (self->account);
}
