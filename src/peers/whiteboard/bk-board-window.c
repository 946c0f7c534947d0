/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-window-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/random.h>

G_DEFINE_FINAL_TYPE (BkBoardWindow, bk_board_window, ADW_TYPE_APPLICATION_WINDOW)

void
bk_board_window_tell (BkBoardWindow *self, const char *sentence, gboolean important)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (markup);

  /* What comes later would wait behind one that stays. */
  if (self->problem != NULL)
    adw_toast_dismiss (self->problem);
  g_set_weak_pointer (&self->problem, important ? toast : NULL);
  adw_toast_set_timeout (toast, important ? 0 : 5);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- who draws along ---- */

static char *
make_subtitle (BkBoardPartner *partner)
{
  const char *name = bk_board_partner_get_name (partner);

  switch (bk_board_partner_get_state (partner))
    {
    case BK_BOARD_PARTNER_CONNECTING:
      return name != NULL ? g_strdup_printf (_ ("Connecting with %s…"), name) : g_strdup (_ ("Connecting…"));
    case BK_BOARD_PARTNER_TOGETHER:
      return g_strdup_printf (_ ("With %s"), name);
    case BK_BOARD_PARTNER_LOST:
      return g_strdup_printf (_ ("Connecting with %s again…"), name);
    case BK_BOARD_PARTNER_NONE:
    case BK_BOARD_PARTNER_GONE:
    default:
      return g_strdup (_ ("Alone"));
    }
}

static void
on_partner_changed (BkBoardPartner *partner, BkBoardWindow *self)
{
  g_autofree char *subtitle = make_subtitle (partner);
  const char *name = bk_board_partner_get_name (partner);
  const char *sentence = bk_board_partner_get_sentence (partner);
  /* Who has several boards open tells them apart by their names. */
  g_autofree char *title
    = name != NULL ? g_strdup_printf (_ ("Whiteboard: %s"), subtitle) : g_strdup (_ ("Whiteboard"));

  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_label (self->banner_label, sentence != NULL ? sentence : "");
  gtk_revealer_set_reveal_child (self->banner, sentence != NULL);
}

static void
on_banner_close (BkBoardWindow *self)
{
  gtk_revealer_set_reveal_child (self->banner, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

void
bk_board_window_join (BkBoardWindow *self)
{
  bk_board_partner_start (self->partner);
}

void
bk_board_window_leave (BkBoardWindow *self)
{
  bk_board_partner_leave (self->partner);
}

/* ---- the board ---- */

static void
on_document_changed (BkBoardDocument *document, BkBoardWindow *self)
{
  bk_board_window_update_actions (self);
}

static void
on_full (BkBoardWindow *self)
{
  bk_board_window_tell (self, _ ("This board is full. Export the picture and start another one."), FALSE);
}

/* ---- the object ---- */

static gboolean
bk_board_window_close_request (GtkWindow *window)
{
  bk_board_window_leave (BK_BOARD_WINDOW (window));
  return GTK_WINDOW_CLASS (bk_board_window_parent_class)->close_request (window);
}

static void
bk_board_window_dispose (GObject *object)
{
  BkBoardWindow *self = BK_BOARD_WINDOW (object);

  if (self->partner != NULL)
    bk_board_partner_leave (self->partner);
  g_clear_weak_pointer (&self->problem);
  g_clear_object (&self->chooser);
  g_clear_object (&self->partner);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (bk_board_window_parent_class)->dispose (object);
}

static void
bk_board_window_class_init (BkBoardWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_board_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = bk_board_window_close_request;
  g_type_ensure (BK_BOARD_TYPE_CANVAS);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/Whiteboard/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkBoardWindow, title);
  gtk_widget_class_bind_template_child (widget_class, BkBoardWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BkBoardWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, BkBoardWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, BkBoardWindow, canvas);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_close);
  gtk_widget_class_bind_template_callback (widget_class, on_full);
}

/* Two sides with the same number would take each other's strokes for their own. */
static guint64
make_site (void)
{
  guint64 site = 0;

  if (getrandom (&site, sizeof site, 0) != (ssize_t) sizeof site)
    g_error ("There are no random numbers: %s", g_strerror (errno));
  return site;
}

static void
bk_board_window_init (BkBoardWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->document = bk_board_document_new (make_site ());
  self->partner = bk_board_partner_new (self->document);
  bk_board_canvas_set_document (self->canvas, self->document);
  g_signal_connect_object (self->document, "changed", G_CALLBACK (on_document_changed), self, 0);
  g_signal_connect_object (self->partner, "changed", G_CALLBACK (on_partner_changed), self, 0);
  bk_board_window_init_actions (self);
  on_partner_changed (self->partner, self);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->canvas));
}

BkBoardWindow *
bk_board_window_new (GtkApplication *application)
{
  return g_object_new (BK_BOARD_TYPE_WINDOW, "application", application, NULL);
}
