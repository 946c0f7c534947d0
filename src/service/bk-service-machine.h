/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small facts about this machine: its address, its folders. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The address of this machine towards the network, 127.0.0.1 if there is none. Sends nothing. */
char *bk_service_local_address (void);

/* Keeps other services away from the data folder @dir; of the bus @bus, for whoever asks. Returns a descriptor, closed
 * to let go; -1 with @holder, the bus of the one who has it, or with @error. */
int bk_service_lock_data (const char *dir, const char *bus, char **holder, GError **error);

/* Has the system give this process as many descriptors as it may have. Returns how many it had: what programs that it
 * starts are to get, since select () knows no more. */
guint64 bk_service_raise_descriptors (void);
/* Whether @reserve descriptors can still be had. */
gboolean bk_service_descriptors_are_left (guint reserve);

/* Whether this service itself lives in a Flatpak. */
gboolean bk_service_is_sandboxed (void);
/* The folder for what lives no longer than the user's session. What is in it is the same for all programs of ours and,
 * where this is a Flatpak, out of it too: in there, the rest of the user's runtime folder is each sandbox's own. */
char *bk_service_runtime_dir (gboolean sandboxed);

/* Where the registration files of this system's applications are. */
char **bk_service_peers_dirs (void);

/* Removes the folder @name in the folder @parent_fd with all that is in it. Follows no links. */
void bk_service_remove_tree (int parent_fd, const char *name);

G_END_DECLS
