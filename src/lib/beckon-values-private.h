/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plain objects in our lists, made from what travels on the bus, and what else calls and signals share. */
#pragma once

#include "beckon-alert.h"
#include "beckon-application.h"
#include "beckon-contact.h"
#include "beckon-message.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

#define BECKON_VARIANT_ALERT "(usssxs)"
#define BECKON_VARIANT_APPLICATION "(sssssubsb)"
#define BECKON_VARIANT_CONTACT "(ssubussua{sv})"
#define BECKON_VARIANT_MESSAGE "(xsbsxusa{sv})"

/* Notifies the properties whose fields differ between two forms. @properties stand in the order of the first @n_fields
 * fields. */
void beckon_values_notify (GObject *object, GVariant *before, GVariant *after, gsize n_fields,
                           GParamSpec *const *properties);

/* The options of a call that name @account, nullable; floating. */
GVariant *beckon_values_account_option (const char *account);

/* Accumulator of signals that ask whether something may go on: one no is enough. */
gboolean beckon_values_stop_at_false (GSignalInvocationHint *hint, GValue *accumulated, const GValue *returned,
                                      gpointer data);

BeckonAlert *beckon_alert_new (GVariant *value);
BeckonApplication *beckon_application_new (GVariant *value);
BeckonContact *beckon_contact_new (GVariant *value);
void beckon_contact_set_self (BeckonContact *self);
void beckon_contact_update (BeckonContact *self, GVariant *value, GPtrArray *changed);
BeckonMessage *beckon_message_new (GVariant *value);
void beckon_message_update (BeckonMessage *self, GVariant *value);

#pragma GCC visibility pop
G_END_DECLS
