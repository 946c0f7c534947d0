/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-avatar.h"

#include "bk-app-pool.h"

#include <string.h>

#define MAX_CACHED 256       /* pictures, of at most 36 KiB each */
#define SMALL 96             /* pixels: what a list shows, on a screen of two pixels to one */
#define MAX_BYTES 65536      /* of the contract */
#define MAX_SIDE 2048        /* pixels of a picture that came over the network */
#define OWN_SIDE 256         /* pixels of one that goes there */
#define MAX_OWN_BYTES (32 * 1024 * 1024)
#define MAX_OWN_SIDE 16384

/* ---- decoding, in a thread ---- */

typedef struct
{
  int wanted;   /* pixels of the shorter side afterwards */
  int max_side; /* before */
  gboolean refused;
} Limits;

static void
on_size (GdkPixbufLoader *loader, int width, int height, Limits *limits)
{
  int shorter = MAX (MIN (width, height), 1);
  double factor = (double) limits->wanted / shorter;

  limits->refused = width < 1 || height < 1 || width > limits->max_side || height > limits->max_side;
  if (limits->refused)
    gdk_pixbuf_loader_set_size (loader, 1, 1);
  else if (factor < 1)
    gdk_pixbuf_loader_set_size (loader, MAX ((int) (width * factor + 0.5), 1), MAX ((int) (height * factor + 0.5), 1));
}

/* Only what the contract names: every other reader would be one more way in. */
static const char *
format_of (const guchar *data, gsize size)
{
  if (size > 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "png";
  return size > 3 && memcmp (data, "\xff\xd8\xff", 3) == 0 ? "jpeg" : NULL;
}

/* Returns: (transfer full): the middle of the picture, as a square */
static GdkPixbuf *
crop (GdkPixbuf *pixbuf)
{
  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  int width = gdk_pixbuf_get_width (upright);
  int height = gdk_pixbuf_get_height (upright);
  int side = MIN (width, height);

  return gdk_pixbuf_new_subpixbuf (upright, (width - side) / 2, (height - side) / 2, side, side);
}

static gboolean
feed (GdkPixbufLoader *loader, GBytes *bytes, Limits *limits, GError **error)
{
  gboolean fed = gdk_pixbuf_loader_write_bytes (loader, bytes, error);
  gboolean closed = gdk_pixbuf_loader_close (loader, fed ? error : NULL);

  if (!fed || !closed)
    return FALSE;
  if (!limits->refused && gdk_pixbuf_loader_get_pixbuf (loader) != NULL)
    return TRUE;
  g_set_error_literal (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_FAILED, "The picture is too large");
  return FALSE;
}

static GdkPixbuf *
decode (GBytes *bytes, const char *format, int wanted, int max_side, GError **error)
{
  Limits limits = { wanted, max_side, FALSE };
  g_autoptr (GdkPixbufLoader) loader
    = format != NULL ? gdk_pixbuf_loader_new_with_type (format, error) : gdk_pixbuf_loader_new ();

  if (loader == NULL)
    return NULL;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &limits);
  return feed (loader, bytes, &limits, error) ? crop (gdk_pixbuf_loader_get_pixbuf (loader)) : NULL;
}

static GBytes *
read_file (GFile *file, gsize max, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 piece[16384];
  gssize n_read = -1;

  while (stream != NULL
         && (n_read = g_input_stream_read (G_INPUT_STREAM (stream), piece, sizeof piece, cancellable, error)) > 0)
    {
      g_byte_array_append (all, piece, (guint) n_read);
      if (all->len <= max)
        continue;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "The file is too large");
      return NULL;
    }
  return n_read == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&all)) : NULL;
}

typedef struct
{
  GFile *file;
  int side; /* 0: for the service */
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->file);
  g_free (job);
}

static void
load_picture (GTask *task, gpointer task_data)
{
  Job *job = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_file (job->file, MAX_BYTES, g_task_get_cancellable (task), &error);
  gsize size = 0;
  const guchar *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  const char *format = data != NULL ? format_of (data, size) : NULL;
  g_autoptr (GdkPixbuf) pixbuf = format != NULL ? decode (bytes, format, job->side, MAX_SIDE, &error) : NULL;

  if (pixbuf != NULL)
    g_task_return_pointer (task, gdk_texture_new_for_pixbuf (pixbuf), g_object_unref);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE, "Neither PNG nor JPEG");
}

static GBytes *
encode (GdkPixbuf *pixbuf, GError **error)
{
  static const char *const qualities[] = { NULL, "90", "75", "50", "25" };

  for (gsize i = 0; i < G_N_ELEMENTS (qualities); i++)
    {
      g_autofree char *data = NULL;
      gsize size;
      gboolean done = qualities[i] == NULL
                        ? gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "png", error, NULL)
                        : gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, "jpeg", error, "quality", qualities[i],
                                                     NULL);
      if (!done)
        return NULL;
      if (size <= MAX_BYTES)
        return g_bytes_new_take (g_steal_pointer (&data), size);
    }
  g_set_error_literal (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_FAILED, "The picture cannot be made small enough");
  return NULL;
}

static void
make_picture (GTask *task, gpointer task_data)
{
  Job *job = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_file (job->file, MAX_OWN_BYTES, g_task_get_cancellable (task), &error);
  g_autoptr (GdkPixbuf) pixbuf = bytes != NULL ? decode (bytes, NULL, OWN_SIDE, MAX_OWN_SIDE, &error) : NULL;
  GBytes *made = pixbuf != NULL ? encode (pixbuf, &error) : NULL;

  if (made != NULL)
    g_task_return_pointer (task, made, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
start (GTask *task, GFile *file, int side)
{
  Job *job = g_new0 (Job, 1);

  job->file = g_object_ref (file);
  job->side = side;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  bk_app_pool_push (task, side > 0 ? load_picture : make_picture);
}

/* ---- what has been decoded ---- */

static GHashTable *cache; /* path → GdkTexture; the keys belong to the queue */
static GQueue cached = G_QUEUE_INIT; /* the paths, who was used last first */

static GdkTexture *
find_cached (const char *path)
{
  GdkTexture *texture = cache != NULL ? g_hash_table_lookup (cache, path) : NULL;
  GList *link = texture != NULL ? g_queue_find_custom (&cached, path, (GCompareFunc) strcmp) : NULL;

  if (link != NULL)
    {
      g_queue_unlink (&cached, link);
      g_queue_push_head_link (&cached, link);
    }
  return texture;
}

static void
keep (const char *path, GdkTexture *texture)
{
  if (cache == NULL)
    cache = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  if (g_hash_table_contains (cache, path))
    return;
  char *key = g_strdup (path);
  g_queue_push_head (&cached, key);
  g_hash_table_insert (cache, key, g_object_ref (texture));
  if (g_queue_get_length (&cached) > MAX_CACHED)
    {
      g_autofree char *oldest = g_queue_pop_tail (&cached);
      g_hash_table_remove (cache, oldest);
    }
}

/* ---- showing ---- */

#define PATH_KEY "bk-app-avatar-path" /* what the widget is to show in the end */

typedef struct
{
  GWeakRef avatar;
  char *path;
  gboolean small;
} Showing;

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Showing *showing = user_data;
  g_autoptr (GObject) avatar = g_weak_ref_get (&showing->avatar);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (texture == NULL)
    g_debug ("No picture at %s: %s", showing->path, error->message);
  if (texture != NULL && showing->small)
    keep (showing->path, texture);
  if (texture != NULL && avatar != NULL && g_strcmp0 (g_object_get_data (avatar, PATH_KEY), showing->path) == 0)
    adw_avatar_set_custom_image (ADW_AVATAR (avatar), GDK_PAINTABLE (texture));
  g_weak_ref_clear (&showing->avatar);
  g_free (showing->path);
  g_free (showing);
}

void
bk_app_avatar_show (AdwAvatar *avatar, const char *path)
{
  int side = adw_avatar_get_size (avatar) * 2;

  if (g_strcmp0 (g_object_get_data (G_OBJECT (avatar), PATH_KEY), path) == 0)
    return;
  g_object_set_data_full (G_OBJECT (avatar), PATH_KEY, g_strdup (path), g_free);
  GdkTexture *texture = side <= SMALL ? find_cached (path) : NULL;
  adw_avatar_set_custom_image (avatar, texture != NULL ? GDK_PAINTABLE (texture) : NULL);
  if (texture != NULL || *path == '\0')
    return;
  Showing *showing = g_new0 (Showing, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_weak_ref_init (&showing->avatar, avatar);
  showing->path = g_strdup (path);
  showing->small = side <= SMALL;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_loaded, showing);
  start (task, file, showing->small ? SMALL : side);
}

/* ---- making ---- */

void
bk_app_avatar_encode_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_app_avatar_encode_async);
  start (task, file, 0);
}

GBytes *
bk_app_avatar_encode_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
