/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-contact-menu.h"

#include "bk-app-text.h"
#include "invite/bk-app-application-list.h"

#include <glib/gi18n.h>

#define NO_ACTION "win.none" /* there is none of that name: the item is there to be read */

static const char *
account_name (BkAppPerson *person)
{
  return beckon_account_get_signin_name (bk_app_person_get_account (person));
}

static const char *
signin_name (BkAppPerson *person)
{
  return beckon_contact_get_signin_name (bk_app_person_get_contact (person));
}

/* Names from elsewhere have no mnemonics. */
static char *
dup_plain_label (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  return g_strjoinv ("__", parts);
}

static void
append_application (GMenu *menu, BkAppPerson *person, BeckonApplication *application)
{
  gboolean present = beckon_application_get_present (application);
  const char *name = beckon_application_get_name (application);
  /* Translators: an application that cannot be started, and a sentence that says why */
  g_autofree char *missing = g_strdup_printf (C_ ("application and reason", "%s (%s)"), name, beckon_application_get_reason (application));
  g_autofree char *label = dup_plain_label (present ? name : missing);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  if (present)
    g_menu_item_set_action_and_target (item, "win.invite-contact", "(sss)", account_name (person),
                                       signin_name (person), beckon_application_get_guid (application));
  else
    g_menu_item_set_detailed_action (item, NO_ACTION);
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_invite_menu (BkAppPerson *person, BeckonMessenger *messenger)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GListModel) applications = bk_app_application_list_dup_offered (messenger, signin_name (person));
  guint n_applications = g_list_model_get_n_items (applications);
  g_autofree char *reason = NULL;

  if (!bk_app_contact_can_be_invited (bk_app_person_get_contact (person), &reason))
    {
      g_autofree char *label = dup_plain_label (reason);
      g_menu_append (menu, label, NO_ACTION);
      return G_MENU_MODEL (menu);
    }
  if (n_applications == 0)
    g_menu_append (menu, _("No Applications"), NO_ACTION);
  for (guint i = 0; i < n_applications; i++)
    {
      g_autoptr (BeckonApplication) application = g_list_model_get_item (applications, i);
      append_application (menu, person, application);
    }
  return G_MENU_MODEL (menu);
}

static void
append (GMenu *menu, const char *label, const char *action, BkAppPerson *person)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, bk_app_person_new_target (person));
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_own_section (BkAppPerson *person)
{
  BeckonContact *contact = bk_app_person_get_contact (person);
  GMenu *menu = g_menu_new ();

  append (menu, beckon_contact_get_pinned (contact) ? _("Un_pin") : _("_Pin to the Top"), "win.pin-contact", person);
  append (menu, beckon_contact_get_muted (contact) ? _("Un_mute") : _("_Mute"), "win.mute-contact", person);
  append (menu, _("Re_name…"), "win.rename-contact", person);
  append (menu, _("_Groups…"), "win.groups-of-contact", person);
  return G_MENU_MODEL (menu);
}

static GMenuModel *
make_facts_section (BkAppPerson *person)
{
  GMenu *menu = g_menu_new ();

  append (menu, _("Pr_ofile"), "win.show-profile", person);
  append (menu, _("_Copy Sign-In Name"), "win.copy-name", person);
  append (menu, _("Copy _Link"), "win.copy-link", person);
  return G_MENU_MODEL (menu);
}

static GMenuModel *
make_end_section (BkAppPerson *person)
{
  GMenu *menu = g_menu_new ();

  if (beckon_contact_get_blocked (bk_app_person_get_contact (person)))
    append (menu, _("Un_block"), "win.unblock-contact", person);
  else
    append (menu, _("_Block"), "win.block-contact", person);
  append (menu, _("_Remove From Contacts…"), "win.remove-contact", person);
  return G_MENU_MODEL (menu);
}

GMenuModel *
bk_app_contact_menu_new (BkAppPerson *person, BeckonMessenger *messenger)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenuModel) invite = make_invite_menu (person, messenger);
  g_autoptr (GMenuModel) own = make_own_section (person);
  g_autoptr (GMenuModel) facts = make_facts_section (person);
  g_autoptr (GMenuModel) end = make_end_section (person);

  g_menu_append_submenu (first, _("_Invite To"), invite);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, own);
  g_menu_append_section (menu, NULL, facts);
  g_menu_append_section (menu, NULL, end);
  return G_MENU_MODEL (menu);
}
