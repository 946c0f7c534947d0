/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-host-group.h"

#include "bk-app-widgets.h"

#include <glib/gi18n.h>

#define COMMAND "sudo apt install beckon-peer-host"

struct _BkAppHostGroup
{
  AdwPreferencesGroup parent_instance;

  /* Template Widgets */
  AdwActionRow *row;

  BeckonMessenger *messenger; /* owned; nullable */
};

enum
{
  PROP_0,
  PROP_REGISTERING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BkAppHostGroup, bk_app_host_group, ADW_TYPE_PREFERENCES_GROUP)

static BeckonHostPrograms
get_state (BkAppHostGroup *self)
{
  return self->messenger != NULL ? beckon_messenger_get_host_programs (self->messenger)
                                 : BECKON_HOST_PROGRAMS_UNNEEDED;
}

static void
show (BkAppHostGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), get_state (self) == BECKON_HOST_PROGRAMS_MISSING);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REGISTERING]);
}

static void
on_copy (GtkButton *button, BkAppHostGroup *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), COMMAND);
  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root),
                                      bk_app_toast_new (_("Copied. Paste it into a terminal.")));
}

void
bk_app_host_group_set_messenger (BkAppHostGroup *self, BeckonMessenger *messenger)
{
  if (self->messenger != NULL)
    g_signal_handlers_disconnect_by_data (self->messenger, self);
  g_set_object (&self->messenger, messenger);
  if (messenger != NULL)
    g_signal_connect_object (messenger, "notify::host-programs", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
bk_app_host_group_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_REGISTERING:
      g_value_set_boolean (value, get_state (BK_APP_HOST_GROUP (object)) == BECKON_HOST_PROGRAMS_UNNEEDED);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
bk_app_host_group_dispose (GObject *object)
{
  g_clear_object (&BK_APP_HOST_GROUP (object)->messenger);
  G_OBJECT_CLASS (bk_app_host_group_parent_class)->dispose (object);
}

static void
bk_app_host_group_class_init (BkAppHostGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bk_app_host_group_get_property;
  object_class->dispose = bk_app_host_group_dispose;
  properties[PROP_REGISTERING] = g_param_spec_boolean ("registering", NULL, NULL, TRUE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/host-group.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppHostGroup, row);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
bk_app_host_group_init (BkAppHostGroup *self)
{
  g_autofree char *text = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Translators: a command of the terminal */
  text = g_strdup_printf (_("Beckon is in a sandbox, from which it can neither see nor start them. The small package "
                            "beckon-peer-host makes that possible: %s"),
                          COMMAND);
  adw_action_row_set_subtitle (self->row, text);
}
