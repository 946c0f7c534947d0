/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One method call on its way through the service. */
#pragma once

#include "bk-service-door.h"

G_BEGIN_DECLS

struct _BkServiceCall
{
  BkServiceDoor *door; /* owned */
  GObject *house;      /* owned; what bk_service_door_open () was given */
  GObject *object;     /* owned; the account, conversation or session; NULL at the root */
  const char *sender;
  GVariant *arguments; /* checked against the method's table */
  GDBusMethodInvocation *invocation; /* owned until answered */
};

/* Each of these answers the call and frees it. */
void bk_service_call_return (BkServiceCall *call, GVariant *value);
/* The answer is one descriptor. @fd is taken. */
void bk_service_call_return_fd (BkServiceCall *call, int fd);
void bk_service_call_fail (BkServiceCall *call, GError *error);
/* The descriptor that came along as number @handle, which the caller owns then; -1: there is none of that number. */
int bk_service_call_take_fd (BkServiceCall *call, gint32 handle);
void bk_service_call_refuse (BkServiceCall *call, int code, const char *text);
/* The answer of a method without result. @error is taken. */
void bk_service_call_finish (BkServiceCall *call, gboolean success, GError *error);

/* Takes a call that GDBus has brought and that belongs to @object. */
BkServiceCall *bk_service_call_new (BkServiceDoor *door, GObject *house, GDBusMethodInvocation *invocation);
gboolean bk_service_call_check (BkServiceCall *call, const BkServiceMethod *method, GError **error);
/* Whether the bus carries descriptors. */
gboolean bk_service_call_takes_fds (BkServiceCall *call, GError **error);
void bk_service_call_dispatch (BkServiceCall *call, const BkServiceInterface *interface);

/* Refuses calls whose arguments have the wrong type, with our own error. To be added as a filter; runs in GDBus's
 * thread and touches constant data alone. @user_data: BkServiceNode. */
GDBusMessage *bk_service_call_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
                                      gpointer user_data);

G_END_DECLS
