/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct _FileWire
{
  int sender;
  int receiver;
  FileWirePlan plan;
  guint64 passed;
  GThread *there;
  GThread *back;
};

void
file_wire_make_pair (int *mine, int *other)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *mine = fds[0];
  *other = fds[1];
}

static gssize
read_some (int fd, guint8 *piece, gsize size)
{
  gssize n;

  do
    n = recv (fd, piece, size, 0);
  while (n < 0 && errno == EINTR);
  return n;
}

static gboolean
write_all (int fd, const guint8 *piece, gsize length)
{
  for (gsize done = 0; done < length;)
    {
      gssize n = send (fd, piece + done, length - done, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        return FALSE;
      done += n > 0 ? (gsize) n : 0;
    }
  return TRUE;
}

static gpointer
carry_there (gpointer data)
{
  FileWire *self = data;
  guint8 piece[65536];
  gssize n;

  while ((n = read_some (self->sender, piece, sizeof piece)) > 0)
    {
      gsize length = (gsize) MIN ((guint64) n, self->plan.cut - self->passed);

      if (self->plan.flip >= self->passed && self->plan.flip < self->passed + length)
        piece[self->plan.flip - self->passed] ^= 1;
      if (!write_all (self->receiver, piece, length))
        break;
      self->passed += length;
      if (self->passed == self->plan.cut)
        break;
    }
  shutdown (self->receiver, SHUT_RDWR); /* what was written before is still read */
  shutdown (self->sender, SHUT_RDWR);
  return NULL;
}

static gpointer
carry_back (gpointer data)
{
  FileWire *self = data;
  guint8 piece[4096];
  gssize n;

  while ((n = read_some (self->receiver, piece, sizeof piece)) > 0)
    if (!write_all (self->sender, piece, (gsize) n))
      break;
  return NULL;
}

FileWire *
file_wire_new (int sender, int receiver, const FileWirePlan *plan)
{
  FileWire *self = g_new0 (FileWire, 1);

  self->sender = sender;
  self->receiver = receiver;
  self->plan = plan != NULL ? *plan : (FileWirePlan){ FILE_WIRE_WHOLE, FILE_WIRE_WHOLE };
  if (self->plan.cut == 0)
    {
      shutdown (receiver, SHUT_RDWR);
      shutdown (sender, SHUT_RDWR);
    }
  self->there = g_thread_new ("there", carry_there, self);
  self->back = g_thread_new ("back", carry_back, self);
  return self;
}

void
file_wire_cut (FileWire *self)
{
  shutdown (self->receiver, SHUT_RDWR);
  shutdown (self->sender, SHUT_RDWR);
}

guint64
file_wire_free (FileWire *self)
{
  file_wire_cut (self);
  g_thread_join (self->there);
  g_thread_join (self->back);
  close (self->sender);
  close (self->receiver);
  guint64 passed = self->passed;
  g_free (self);
  return passed;
}
