/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-menu.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

#define NO_ACTION "win.none" /* there is none of that name: the item is greyed */

static void
add_item (GMenu *menu, const char *label, const char *action, BkAppPerson *person)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "(ss)",
                                     beckon_account_get_signin_name (bk_app_person_get_account (person)),
                                     beckon_contact_get_signin_name (bk_app_person_get_contact (person)));
  g_menu_append_item (menu, item);
}

/* Labels of menus have mnemonics; a name has not. */
static char *
dup_label (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  return g_strjoinv ("__", parts);
}

static void
add_application (GMenu *menu, BeckonApplication *application, BkAppPerson *person)
{
  g_autofree char *label = dup_label (beckon_application_get_name (application));
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  if (beckon_application_get_present (application))
    g_menu_item_set_action_and_target (item, "win.invite-contact", "(sss)",
                                       beckon_account_get_signin_name (bk_app_person_get_account (person)),
                                       beckon_contact_get_signin_name (bk_app_person_get_contact (person)),
                                       beckon_application_get_guid (application));
  else
    g_menu_item_set_detailed_action (item, NO_ACTION);
  g_menu_append_item (menu, item);
}

/* The applications, or a greyed line that says why there is nothing to pick. */
static GMenuModel *
make_invite_menu (BkAppPerson *person, GListModel *applications)
{
  GMenu *menu = g_menu_new ();
  g_autofree char *reason = NULL;
  guint n_applications = g_list_model_get_n_items (applications);

  if (!bk_app_contact_can_be_invited (bk_app_person_get_contact (person), &reason))
    {
      g_autofree char *label = dup_label (reason);
      g_menu_append (menu, label, NO_ACTION);
      n_applications = 0;
    }
  else if (n_applications == 0)
    {
      g_menu_append (menu, _("No applications are registered."), NO_ACTION);
    }
  for (guint i = 0; i < n_applications; i++)
    {
      g_autoptr (BeckonApplication) application = g_list_model_get_item (applications, i);
      add_application (menu, application, person);
    }
  return G_MENU_MODEL (menu);
}

GMenuModel *
bk_app_contact_menu_new (BkAppPerson *person, GListModel *applications)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) second = g_menu_new ();
  g_autoptr (GMenuModel) invite = make_invite_menu (person, applications);

  g_menu_append_submenu (first, _("_Invite to"), invite);
  add_item (first, _("_Open Conversation"), "win.open-conversation", person);
  if (beckon_contact_get_blocked (contact))
    add_item (second, _("_Unblock"), "win.unblock-contact", person);
  else
    add_item (second, _("_Block"), "win.block-contact", person);
  add_item (second, _("_Remove From Contacts…"), "win.remove-contact", person);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  return G_MENU_MODEL (menu);
}
