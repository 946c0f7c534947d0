/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A door: one connection to the session bus with one well-known name. The two doors differ in what they export. */
#pragma once

#include "bk-service-callers.h"

G_BEGIN_DECLS

typedef enum
{
  BK_SERVICE_DOOR_SERVICE,  /* the user's own programs: everything */
  BK_SERVICE_DOOR_SESSIONS, /* applications: their own sessions */
} BkServiceDoorKind;

#define BK_TYPE_SERVICE_DOOR (bk_service_door_get_type ())
/* Signals: "closed" (): the bus is gone. */
G_DECLARE_FINAL_TYPE (BkServiceDoor, bk_service_door, BK, SERVICE_DOOR, GObject)

typedef struct _BkServiceCall BkServiceCall;

/* What one method takes, argument by argument, beyond its type. */
typedef enum
{
  BK_SERVICE_ARG_END,
  BK_SERVICE_ARG_ANY,
  BK_SERVICE_ARG_LINE, /* text without control characters */
  BK_SERVICE_ARG_TEXT, /* the same, with line feeds */
  BK_SERVICE_ARG_DATA, /* a string that is nobody's business */
  BK_SERVICE_ARG_NAME, /* sign-in name */
  BK_SERVICE_ARG_GUID,
} BkServiceArgKind;

typedef struct
{
  BkServiceArgKind kind;
  gsize max; /* bytes */
  int too_long; /* BeckonError; 0: INVALID_ARGUMENT */
} BkServiceArg;

#define BK_SERVICE_MAX_ARGS 6

typedef struct
{
  const char *name;
  void (*handle) (BkServiceCall *call); /* takes @call and answers it exactly once */
  BkServiceArg args[BK_SERVICE_MAX_ARGS];
} BkServiceMethod;

/* One interface: a projection of one kind of object. */
typedef struct
{
  const GDBusInterfaceInfo *info;
  const BkServiceMethod *methods; /* ends with a NULL name */
  GVariant *(*get) (BkServiceCall *call, const char *property);
  gboolean (*set) (BkServiceCall *call, const char *property, GVariant *value, GError **error); /* nullable */
  /* @sender has been given all properties of @object: nullable. */
  void (*was_read) (GObject *object, const char *sender);
} BkServiceInterface;

typedef struct
{
  const char *path;
  gboolean folder; /* objects are below @path, by number */
  const BkServiceInterface *interface;
} BkServiceNode;

/* What the doors ask of what is behind them; @house is what bk_service_door_open () was given. */
typedef struct
{
  gboolean (*is_ready) (GObject *house);
  /* The object at @path for @sender: FALSE if there is none, or none for this sender. @object: NULL at the root. */
  gboolean (*find) (GObject *house, BkServiceDoor *door, const char *sender, const char *path, GObject **object);
  GPtrArray *(*list) (GObject *house, BkServiceDoor *door, const char *sender, const char *folder);
} BkServiceHouseFuncs;

BkServiceDoor *bk_service_door_new (BkServiceDoorKind kind, const char *address, GError **error);
BkServiceDoorKind bk_service_door_get_kind (BkServiceDoor *self);
const char *bk_service_door_get_name (BkServiceDoor *self);
GDBusConnection *bk_service_door_get_connection (BkServiceDoor *self);
BkServiceCallers *bk_service_door_get_callers (BkServiceDoor *self);

/* Exports @nodes, which end with a NULL path, and starts to take calls; they wait until bk_service_door_resume ().
 * @house is not kept alive; the door is closed before it goes. */
gboolean bk_service_door_open (BkServiceDoor *self, const BkServiceNode *nodes, const BkServiceHouseFuncs *funcs,
                               GObject *house, GError **error);
/* Answers the calls that came before there was anything to answer with. */
void bk_service_door_resume (BkServiceDoor *self);
/* Whether the name is owned by somebody already. Blocks: for main () alone. */
gboolean bk_service_door_is_taken (BkServiceDoor *self, gboolean *taken, GError **error);
void bk_service_door_own_name_async (BkServiceDoor *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean bk_service_door_own_name_finish (BkServiceDoor *self, GAsyncResult *result, GError **error);
/* Sends a signal to @name, which must be attached, or to everybody attached if it is NULL. */
void bk_service_door_emit (BkServiceDoor *self, const char *name, const char *path, const char *interface,
                           const char *signal, GVariant *parameters);
/* Waits until what was said is on the bus, then leaves it. Blocks for a moment: for the end of main () alone. */
void bk_service_door_close (BkServiceDoor *self);

G_END_DECLS
