/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portal/bk-app-notice-server.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define DEFAULT "default"
#define REPLY "inline-reply"
#define MAX_ENTRIES 256 /* what a desktop shows of us at once; more of them nobody reads */

/* What the desktop can do; nothing of it is known before it has been asked. */
typedef enum
{
  ABLE_KNOWN = 1 << 0,
  ABLE_MARKUP = 1 << 1, /* takes text for markup */
  ABLE_REPLY = 1 << 2,
} Able;

/* One id. There is at most one call under way for it, so that nothing overtakes anything. */
typedef struct
{
  BkAppNoticeServer *server; /* not owned; NULL once that is gone */
  char *id;
  guint32 number;      /* of the desktop, 0 before it has answered and once it is no longer shown */
  BkAppNotice *notice; /* that is shown or on its way; nullable */
  BkAppNotice *next;   /* that comes after it; nullable */
  gboolean silent;
  gboolean busy;   /* the desktop has not answered yet */
  gboolean unwanted; /* goes as soon as it has */
} Entry;

struct _BkAppNoticeServer
{
  GObject parent_instance;

  GApplication *application; /* not owned: it outlives this */

  /* Owned References */
  GDBusConnection *bus;
  GHashTable *entries; /* id → Entry */
  GCancellable *cancellable;

  guint subscription;
  guint watch;
  Able able;
  gboolean asking; /* what it can do */
};

G_DEFINE_FINAL_TYPE (BkAppNoticeServer, bk_app_notice_server, G_TYPE_OBJECT)

static void send (Entry *entry);

static void
call_close (GDBusConnection *bus, guint32 number)
{
  g_dbus_connection_call (bus, NAME, PATH, NAME, "CloseNotification", g_variant_new ("(u)", number), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->notice, bk_app_notice_free);
  g_clear_pointer (&entry->next, bk_app_notice_free);
  g_free (entry->id);
  g_free (entry);
}

/* One whose answer is still to come is freed by that. */
static void
entry_drop (Entry *entry)
{
  if (entry->number != 0)
    call_close (entry->server->bus, entry->number);
  entry->server = NULL;
  if (!entry->busy)
    entry_free (entry);
}

/* ---- sending ---- */

static char *
dup_body (BkAppNoticeServer *self, BkAppNotice *notice)
{
  if (notice->body == NULL)
    return g_strdup ("");
  return (self->able & ABLE_MARKUP) != 0 ? g_markup_escape_text (notice->body, -1) : g_strdup (notice->body);
}

static GVariant *
make_actions (BkAppNoticeServer *self, BkAppNotice *notice)
{
  GVariantBuilder builder;
  gboolean reply = notice->reply.label != NULL && (self->able & ABLE_REPLY) != 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  if (notice->press.action != NULL)
    {
      g_variant_builder_add (&builder, "s", DEFAULT);
      g_variant_builder_add (&builder, "s", "");
    }
  if (reply)
    {
      g_variant_builder_add (&builder, "s", REPLY);
      g_variant_builder_add (&builder, "s", notice->reply.label);
    }
  for (guint i = reply ? 1 : 0; i < BK_APP_NOTICE_MAX_BUTTONS && notice->buttons[i].label != NULL; i++)
    {
      g_variant_builder_add_value (&builder, g_variant_new_take_string (g_strdup_printf ("%u", i)));
      g_variant_builder_add (&builder, "s", notice->buttons[i].label);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_hints (BkAppNoticeServer *self, BkAppNotice *notice, gboolean silent)
{
  static const struct
  {
    guint8 urgency;
    const char *category; /* nullable */
    const char *sound;    /* nullable */
  } kinds[] = {
    [BK_APP_NOTICE_PLAIN] = { 1, NULL, NULL },
    [BK_APP_NOTICE_MESSAGE] = { 1, "im.received", "message-new-instant" },
    [BK_APP_NOTICE_INVITATION] = { 2, "call.incoming", "phone-incoming-call" },
  };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "desktop-entry",
                         g_variant_new_string (g_application_get_application_id (self->application)));
  g_variant_builder_add (&builder, "{sv}", "urgency", g_variant_new_byte (kinds[notice->kind].urgency));
  if (kinds[notice->kind].category != NULL)
    g_variant_builder_add (&builder, "{sv}", "category", g_variant_new_string (kinds[notice->kind].category));
  if (silent)
    g_variant_builder_add (&builder, "{sv}", "suppress-sound", g_variant_new_boolean (TRUE));
  else if (kinds[notice->kind].sound != NULL)
    g_variant_builder_add (&builder, "{sv}", "sound-name", g_variant_new_string (kinds[notice->kind].sound));
  return g_variant_builder_end (&builder);
}

/* What came for the entry while the desktop was being told. */
static void
go_on (Entry *entry)
{
  if (entry->unwanted)
    g_hash_table_remove (entry->server->entries, entry->id);
  else if (entry->next != NULL)
    send (entry);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Entry *entry = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  entry->busy = FALSE;
  if (reply != NULL)
    g_variant_get (reply, "(u)", &entry->number);
  else
    g_message ("The desktop did not show a notification: %s", error->message);
  if (entry->server == NULL && entry->number != 0)
    call_close (G_DBUS_CONNECTION (source), entry->number);
  if (entry->server == NULL)
    {
      entry_free (entry);
      return;
    }
  entry->unwanted = entry->unwanted || (reply == NULL && entry->next == NULL);
  go_on (entry);
}

static void
call_notify (Entry *entry)
{
  BkAppNoticeServer *self = entry->server;
  g_autofree char *body = dup_body (self, entry->notice);

  entry->busy = TRUE;
  g_dbus_connection_call (self->bus, NAME, PATH, NAME, "Notify",
                          g_variant_new ("(susss@as@a{sv}i)", g_get_application_name (), entry->number,
                                         g_application_get_application_id (self->application),
                                         entry->notice->title, body, make_actions (self, entry->notice),
                                         make_hints (self, entry->notice, entry->silent), -1),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_sent, entry);
}

/* ---- what the desktop can do ---- */

static Able
read_able (GVariant *reply)
{
  g_autofree const char **words = NULL;
  Able able = ABLE_KNOWN;

  g_variant_get (reply, "(^a&s)", &words);
  if (g_strv_contains (words, "body-markup"))
    able |= ABLE_MARKUP;
  if (g_strv_contains (words, REPLY))
    able |= ABLE_REPLY;
  return able;
}

static void
on_capabilities (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppNoticeServer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GList) entries = NULL;

  self->asking = FALSE;
  if (self->entries == NULL)
    return;
  if (reply == NULL)
    {
      g_message ("This desktop shows no notifications: %s", error->message);
      g_hash_table_remove_all (self->entries);
      return;
    }
  self->able = read_able (reply);
  entries = g_hash_table_get_values (self->entries);
  for (GList *l = entries; l != NULL; l = l->next)
    go_on (l->data);
}

static void
ask (BkAppNoticeServer *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  g_dbus_connection_call (self->bus, NAME, PATH, NAME, "GetCapabilities", NULL, G_VARIANT_TYPE ("(as)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_capabilities, g_object_ref (self));
}

static void
send (Entry *entry)
{
  BkAppNoticeServer *self = entry->server;

  if (entry->busy)
    return;
  if ((self->able & ABLE_KNOWN) == 0)
    {
      ask (self);
      return;
    }
  g_clear_pointer (&entry->notice, bk_app_notice_free);
  entry->notice = g_steal_pointer (&entry->next);
  call_notify (entry);
}

/* ---- what the desktop says ---- */

static Entry *
find (BkAppNoticeServer *self, guint32 number)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((Entry *) entry)->number == number)
      return entry;
  return NULL;
}

static void
activate (BkAppNoticeServer *self, const BkAppNoticeButton *button, GVariant *target)
{
  g_autoptr (GVariant) sunk = target != NULL ? g_variant_ref_sink (target) : NULL;

  if (button->action != NULL && g_str_has_prefix (button->action, "app."))
    g_action_group_activate_action (G_ACTION_GROUP (self->application), button->action + strlen ("app."), sunk);
}

static void
on_invoked (BkAppNoticeServer *self, Entry *entry, const char *action)
{
  guint64 button;

  if (entry->notice == NULL)
    return;
  if (g_str_equal (action, DEFAULT))
    activate (self, &entry->notice->press, entry->notice->press.target);
  else if (g_ascii_string_to_unsigned (action, 10, 0, BK_APP_NOTICE_MAX_BUTTONS - 1, &button, NULL))
    activate (self, &entry->notice->buttons[button], entry->notice->buttons[button].target);
}

/* The text follows what the reply is to. */
static void
on_replied (BkAppNoticeServer *self, Entry *entry, GVariant *text)
{
  GVariant *target = entry->notice != NULL ? entry->notice->reply.target : NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 0; target != NULL && i < g_variant_n_children (target); i++)
    g_ptr_array_add (words, g_variant_get_child_value (target, i));
  g_ptr_array_add (words, g_variant_ref (text));
  if (target != NULL)
    activate (self, &entry->notice->reply, g_variant_new_tuple ((GVariant **) words->pdata, words->len));
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *args, gpointer user_data)
{
  g_autoptr (BkAppNoticeServer) self = g_object_ref (user_data);
  gboolean text = g_variant_is_of_type (args, G_VARIANT_TYPE ("(us)"));
  guint32 number;

  if (!text && !g_variant_is_of_type (args, G_VARIANT_TYPE ("(uu)")))
    return;
  g_variant_get_child (args, 0, "u", &number);
  Entry *entry = number != 0 ? find (self, number) : NULL;
  if (entry == NULL)
    return;
  g_autoptr (GVariant) word = g_variant_get_child_value (args, 1);
  if (text && g_str_equal (name, "ActionInvoked"))
    on_invoked (self, entry, g_variant_get_string (word, NULL));
  else if (text && g_str_equal (name, "NotificationReplied"))
    on_replied (self, entry, word);
  else if (!text && g_str_equal (name, "NotificationClosed"))
    {
      entry->number = 0; /* gone already */
      if (!entry->busy && entry->next == NULL)
        g_hash_table_remove (self->entries, entry->id);
    }
}

/* Its numbers go with it, and the next one may be able to do something else. */
static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  BkAppNoticeServer *self = user_data;
  GHashTableIter iter;
  gpointer entry;

  self->able = 0;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      ((Entry *) entry)->number = 0;
      if (!((Entry *) entry)->busy && ((Entry *) entry)->next == NULL)
        g_hash_table_iter_remove (&iter);
    }
}

/* ---- life ---- */

void
bk_app_notice_server_send (BkAppNoticeServer *self, const char *id, BkAppNotice *notice, gboolean silent)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (entry == NULL && g_hash_table_size (self->entries) >= MAX_ENTRIES)
    {
      bk_app_notice_free (notice);
      return;
    }
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->server = self;
      entry->id = g_strdup (id);
      g_hash_table_insert (self->entries, entry->id, entry);
    }
  g_clear_pointer (&entry->next, bk_app_notice_free);
  entry->next = notice;
  entry->silent = silent;
  entry->unwanted = FALSE;
  send (entry);
}

void
bk_app_notice_server_withdraw (BkAppNoticeServer *self, const char *id)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (entry != NULL && entry->busy)
    entry->unwanted = TRUE;
  else if (entry != NULL)
    g_hash_table_remove (self->entries, id);
}

BkAppNoticeServer *
bk_app_notice_server_new (GDBusConnection *bus, GApplication *application)
{
  BkAppNoticeServer *self = g_object_new (BK_TYPE_APP_NOTICE_SERVER, NULL);

  self->bus = g_object_ref (bus);
  self->application = application;
  self->subscription = g_dbus_connection_signal_subscribe (bus, NAME, NAME, NULL, PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_signal, self, NULL);
  self->watch = g_bus_watch_name_on_connection (bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, self,
                                                NULL);
  return self;
}

/* Of messages and invitations the user is told again; the rest is there to be read, though its buttons are dead. */
static void
leave_plain (BkAppNoticeServer *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;
      if (entry->notice != NULL && entry->notice->kind == BK_APP_NOTICE_PLAIN)
        entry->number = 0;
    }
}

static void
bk_app_notice_server_dispose (GObject *object)
{
  BkAppNoticeServer *self = BK_APP_NOTICE_SERVER (object);

  if (self->entries != NULL)
    leave_plain (self);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (bk_app_notice_server_parent_class)->dispose (object);
}

static void
bk_app_notice_server_finalize (GObject *object)
{
  BkAppNoticeServer *self = BK_APP_NOTICE_SERVER (object);

  g_clear_object (&self->bus);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bk_app_notice_server_parent_class)->finalize (object);
}

static void
bk_app_notice_server_class_init (BkAppNoticeServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_notice_server_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_notice_server_finalize;
}

static void
bk_app_notice_server_init (BkAppNoticeServer *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_drop);
  self->cancellable = g_cancellable_new ();
}
