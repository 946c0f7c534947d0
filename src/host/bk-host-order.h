/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the service asks for when a program is to be started. It is in a sandbox and we are not: nothing of it is
 * believed. Pure but for the look at the folders of a socket. */
#pragma once

#include "bk-channel.h"
#include "bk-engine-registry.h"

G_BEGIN_DECLS

typedef struct
{
  char *file;
  BkCommand command;
  char *session; /* in upper case, in braces */
  gboolean invitee;
  char *cookie; /* nullable */
  BkEndpoint endpoint;
  char *own_name;
  char *other_name;
} BkHostOrder;

/* @arguments: of Launch, of the right type. */
BkHostOrder *bk_host_order_read (GVariant *arguments, GError **error);
void bk_host_order_free (BkHostOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkHostOrder, bk_host_order_free)

/* The command line; NULL if @application has no such command or is not to be had in this way. Sockets may be below
 * @runtime_dir in the folder that is shared with the sandbox. */
char **bk_host_order_make_command (BkHostOrder *self, BkEngineApplication *application, const char *runtime_dir,
                                   GError **error);

G_END_DECLS
