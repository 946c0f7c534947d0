/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session service for tests of libbeckon: speaks the contract in data/dbus, and does and says what the test tells it.
 * Values are written as GVariant text. */
#pragma once

#include "beckon-session.h"

G_BEGIN_DECLS

#define STAND_IN_ROOT "/im/beckon/Beckon"
#define STAND_IN_PRIVATE "/im/beckon/Beckon/Private"

typedef struct _StandIn StandIn;

/* A private bus for the whole program. */
void stand_in_bus_up (void);
void stand_in_bus_down (void);
GDBusConnection *stand_in_connect (void);
void stand_in_disconnect (GDBusConnection *connection);

/* Takes both names. With them go the root objects, with empty lists. */
StandIn *stand_in_new (void);
/* Leaves the bus, as a service that ends does. */
void stand_in_free (StandIn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StandIn, stand_in_free)

const char *stand_in_get_name (StandIn *self);
/* @interface without `im.beckon.`. @properties: `a{sv}`; those that are not named are empty. */
void stand_in_add (StandIn *self, const char *path, const char *interface, const char *properties);
void stand_in_remove (StandIn *self, const char *path, const char *interface);
/* Adds a Session1 and makes libbeckon's object for it. */
BeckonSession *stand_in_load_session (StandIn *self, GDBusConnection *connection, const char *path,
                                      const char *properties);
/* Changes properties and tells. */
void stand_in_set (StandIn *self, const char *path, const char *interface, const char *properties);
void stand_in_signal (StandIn *self, const char *path, const char *interface, const char *name, const char *args);

/* What calls of @method are answered from now on: a tuple, "!" and the D-Bus name of an error, or "hold": not yet. */
void stand_in_answer (StandIn *self, const char *method, const char *answer);
/* @socket, which is taken over, goes with the next answer to @method, as handle 0. */
void stand_in_give_socket (StandIn *self, const char *method, int socket);
/* Answers the oldest call of @method that is held. */
void stand_in_release (StandIn *self, const char *method, const char *answer);
/* How often @method was called, and with what the last time. A property that was set is the method "Set". */
const guint *stand_in_count (StandIn *self, const char *method);
const char *stand_in_last (StandIn *self, const char *method);
const char *stand_in_last_sender (StandIn *self, const char *method);

/* Calls the Peer1 of whoever attached last. The answer as text, or "!" and the name of the error. */
char *stand_in_ask_peer (StandIn *self, const char *method, const char *args);

G_END_DECLS
