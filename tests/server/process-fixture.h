/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program itself, started as an operator would, and the operator's commands beside it. */
#pragma once

#include "server-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  BkTestDir *dir;
  char *database;
  char *port_file;
  char *notify; /* nullable: socket that systemd would name */
  GSubprocess *process;
  GDataInputStream *out;
  guint16 port;
  SoupSession *soup;
} Child;

void child_set_up (Child *f, gconstpointer data);
void child_tear_down (Child *f, gconstpointer data);
void child_start (Child *f);
void child_wait (Child *f);
void child_kill (Child *f);
Client *child_connect (Child *f);
/* Runs a command, whose words end with NULL. Returns what it printed. */
char *child_operate (Child *f, int expected_status, const char *input, const char *first, ...);
/* Returns the rest of the line that begins with @prefix. */
char *child_find_line (const char *text, const char *prefix);
#define CHILD_TEST(path, function) g_test_add (path, Child, NULL, child_set_up, function, child_tear_down)

G_END_DECLS
