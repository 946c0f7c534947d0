/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A registry on three folders, of which one exists at first, and what it tells. */
#pragma once

#include "bk-engine-registry.h"
#include "bk-test.h"

G_BEGIN_DECLS

#define DOMAIN "beckon-engine"
#define GUID_A "{11111111-AAAA-4AAA-8AAA-000000000001}"
#define GUID_B "{22222222-BBBB-4BBB-8BBB-000000000002}"

typedef struct
{
  BkTestDir *dir;
  char *user;
  char *first;
  char *second;
  BkPeerDirectory *directory; /* nullable, owned */
  BkEngineRegistry *registry;
  GString *log; /* "+guid ", "-guid "; "!guid " its program is there now, "?guid " it is gone */
} World;

World *world_new (void);
void world_start (World *world);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

void put (const char *folder, const char *name, const char *text);
void take_away (const char *folder, const char *name);
char *registration (const char *guid, const char *name);
void put_app (const char *folder, const char *guid, const char *name);
void wait_for_log (World *world, const char *log);
const char *name_of (World *world, const char *guid); /* nullable */
guint n_items (World *world);

G_END_DECLS
