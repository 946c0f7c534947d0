/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portal/bk-app-notice.h"

#define MAX_TITLE 120 /* characters */
#define MAX_BODY 400

static char *
dup_cut (const char *text, glong max)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (g_utf8_strlen (valid, -1) <= max)
    return g_steal_pointer (&valid);
  g_autofree char *start = g_utf8_substring (valid, 0, max);
  return g_strconcat (start, "…", NULL);
}

BkAppNotice *
bk_app_notice_new (BkAppNoticeKind kind, const char *title, const char *body)
{
  BkAppNotice *self = g_new0 (BkAppNotice, 1);

  self->kind = kind;
  self->title = dup_cut (title, MAX_TITLE);
  self->body = body != NULL ? dup_cut (body, MAX_BODY) : NULL;
  return self;
}

static void
fill (BkAppNoticeButton *button, const char *label, const char *action, GVariant *target)
{
  button->label = g_strdup (label);
  button->action = g_strdup (action);
  button->target = target != NULL ? g_variant_ref_sink (target) : NULL;
}

static void
clear (BkAppNoticeButton *button)
{
  g_free (button->label);
  g_free (button->action);
  g_clear_pointer (&button->target, g_variant_unref);
}

void
bk_app_notice_set_press (BkAppNotice *self, const char *action, GVariant *target)
{
  clear (&self->press);
  fill (&self->press, NULL, action, target);
}

void
bk_app_notice_add_button (BkAppNotice *self, const char *label, const char *action, GVariant *target)
{
  guint i = 0;

  while (i < BK_APP_NOTICE_MAX_BUTTONS && self->buttons[i].label != NULL)
    i++;
  g_return_if_fail (i < BK_APP_NOTICE_MAX_BUTTONS);
  fill (&self->buttons[i], label, action, target);
}

void
bk_app_notice_set_reply (BkAppNotice *self, const char *label, const char *action, GVariant *target)
{
  clear (&self->reply);
  fill (&self->reply, label, action, target);
}

void
bk_app_notice_free (BkAppNotice *self)
{
  clear (&self->press);
  clear (&self->reply);
  for (guint i = 0; i < BK_APP_NOTICE_MAX_BUTTONS; i++)
    clear (&self->buttons[i]);
  g_free (self->title);
  g_free (self->body);
  g_free (self);
}
