/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/bk-app-quiet.h"

#define KEY "do-not-disturb"
#define DESKTOP_SCHEMA "org.gnome.desktop.notifications"
#define DESKTOP_KEY "show-banners"

struct _BkAppQuiet
{
  GObject parent_instance;

  /* Owned References */
  GSettings *settings;
  GSettings *desktop; /* nullable */
  BeckonMessenger *messenger;
  BkAppInhibited *inhibited;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppQuiet, bk_app_quiet, G_TYPE_OBJECT)

/* Who says that they are busy, or on the phone, has said enough. */
static gboolean
is_busy (BeckonAccount *account)
{
  BeckonStatus status = beckon_account_get_wanted_status (account);

  return status == BECKON_STATUS_BUSY || status == BECKON_STATUS_ON_THE_PHONE;
}

gboolean
bk_app_quiet_has_silence (BkAppQuiet *self, const char *account_name)
{
  g_autoptr (BeckonAccount) account = beckon_messenger_find_account (self->messenger, account_name);

  return g_settings_get_boolean (self->settings, KEY) || (account != NULL && is_busy (account));
}

gboolean
bk_app_quiet_has_no_windows (BkAppQuiet *self, const char *account_name)
{
  return bk_app_quiet_has_silence (self, account_name)
         || (self->desktop != NULL && !g_settings_get_boolean (self->desktop, DESKTOP_KEY))
         || bk_app_inhibited_get (self->inhibited);
}

/* ---- what changes it ---- */

static void
on_changed (BkAppQuiet *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BkAppQuiet *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);

      g_signal_handlers_disconnect_by_func (account, on_changed, self); /* it may only have moved */
      g_signal_connect_object (account, "notify::wanted-status", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
}

/* Returns: (transfer full) (nullable): where the desktop is one that has such a setting */
static GSettings *
make_desktop (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
    = source != NULL ? g_settings_schema_source_lookup (source, DESKTOP_SCHEMA, TRUE) : NULL;

  return schema != NULL && g_settings_schema_has_key (schema, DESKTOP_KEY) ? g_settings_new (DESKTOP_SCHEMA) : NULL;
}

/* ---- life ---- */

BkAppQuiet *
bk_app_quiet_new (GSettings *settings, BeckonMessenger *messenger, BkAppInhibited *inhibited)
{
  BkAppQuiet *self = g_object_new (BK_TYPE_APP_QUIET, NULL);
  GListModel *accounts = beckon_messenger_get_accounts (messenger);

  self->settings = g_object_ref (settings);
  self->messenger = g_object_ref (messenger);
  self->inhibited = g_object_ref (inhibited);
  self->desktop = make_desktop ();
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  if (self->desktop != NULL)
    g_signal_connect_object (self->desktop, "changed::" DESKTOP_KEY, G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inhibited, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self, 0);
  on_accounts_changed (accounts, 0, 0, g_list_model_get_n_items (accounts), self);
  return self;
}

static void
bk_app_quiet_dispose (GObject *object)
{
  BkAppQuiet *self = BK_APP_QUIET (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->desktop);
  g_clear_object (&self->messenger);
  g_clear_object (&self->inhibited);
  G_OBJECT_CLASS (bk_app_quiet_parent_class)->dispose (object);
}

static void
bk_app_quiet_class_init (BkAppQuietClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_app_quiet_dispose;
  signals[SIGNAL_CHANGED]
    = g_signal_new ("changed", BK_TYPE_APP_QUIET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_app_quiet_init (BkAppQuiet *self)
{
}
