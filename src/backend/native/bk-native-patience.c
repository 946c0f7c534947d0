/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people ask for outlasts a short cut: it waits until a connection that was good is back, in order, and is sent
 * then. Whether the server heard what it was asked before the cut is not known: that is asked again only where nothing
 * can come of it twice. */
#include "bk-native-backend-private.h"

#define MAX_WAITING 64

typedef struct
{
  BkNativeBackend *backend; /* borrowed: the task holds it */
  GTask *task;
  BkFrame *frame;
  BkNativeReadFunc read;
  guint64 number;
  gint64 deadline; /* later than that it does not wait again */
  GSource *cancel; /* while it waits; nullable */
  gboolean asked;  /* a server has perhaps heard it */
  int relation;    /* what the server has said of the contact since then; -1: nothing */
} Patient;

static void
stop_cancel (Patient *patient)
{
  if (patient->cancel != NULL)
    g_source_destroy (patient->cancel);
  g_clear_pointer (&patient->cancel, g_source_unref);
}

static void
patient_free (Patient *patient)
{
  stop_cancel (patient);
  bk_frame_free (patient->frame);
  g_object_unref (patient->task);
  g_free (patient);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Patient, patient_free)

/* ---- once more? ---- */

typedef enum
{
  VERDICT_AGAIN,
  VERDICT_DONE,    /* the server did it */
  VERDICT_UNKNOWN, /* it may have done it, and somebody has changed it since */
} Verdict;

/* Everything but what concerns two people comes to the same if it is done twice. */
static Verdict
judge (const Patient *patient)
{
  static const struct
  {
    BkFrameType type;
    BeckonRelation now;
    Verdict verdict;
  } known[] = {
    { BK_FRAME_CONTACT_ADD, BECKON_RELATION_ASKED, VERDICT_DONE },
    { BK_FRAME_CONTACT_ADD, BECKON_RELATION_ACCEPTED, VERDICT_DONE },
    { BK_FRAME_CONTACT_ADD, BECKON_RELATION_NONE, VERDICT_UNKNOWN }, /* declined? */
    { BK_FRAME_CONTACT_APPROVE, BECKON_RELATION_ACCEPTED, VERDICT_DONE },
    { BK_FRAME_CONTACT_DECLINE, BECKON_RELATION_NONE, VERDICT_DONE },
    { BK_FRAME_CONTACT_REMOVE, BECKON_RELATION_NONE, VERDICT_DONE },
    { BK_FRAME_CONTACT_REMOVE, BECKON_RELATION_ASKING, VERDICT_UNKNOWN }, /* removed, and has asked anew? */
  };

  for (guint i = 0; patient->asked && i < G_N_ELEMENTS (known); i++)
    if (bk_frame_get_frame_type (patient->frame) == known[i].type && patient->relation == (int) known[i].now)
      return known[i].verdict;
  return VERDICT_AGAIN;
}

/* What the server says to something that it has done already. */
static gboolean
means_done (const Patient *patient, const GError *error)
{
  static const struct
  {
    BkFrameType type;
    BeckonError code;
  } done[] = {
    { BK_FRAME_CONTACT_ADD, BECKON_ERROR_ALREADY_IN_LIST },
    { BK_FRAME_CONTACT_DECLINE, BECKON_ERROR_NOT_FOUND },
    { BK_FRAME_CONTACT_REMOVE, BECKON_ERROR_NOT_FOUND },
    { BK_FRAME_GROUP_REMOVE, BECKON_ERROR_GROUP_DOES_NOT_EXIST },
    { BK_FRAME_GROUP_CONTACT, BECKON_ERROR_USER_NOT_GROUP_MEMBER },
    { BK_FRAME_DEVICE_REMOVE, BECKON_ERROR_NOT_FOUND },
  };

  for (guint i = 0; patient->asked && i < G_N_ELEMENTS (done); i++)
    if (bk_frame_get_frame_type (patient->frame) == done[i].type
        && g_error_matches (error, BECKON_ERROR, (int) done[i].code))
      return TRUE;
  return FALSE;
}

/* A password that was changed is not the old one any more. */
static gboolean
can_be_repeated (const Patient *patient)
{
  return bk_frame_get_frame_type (patient->frame) != BK_FRAME_PASSWORD_SET;
}

/* ---- waiting ---- */

static void
fail (Patient *patient)
{
  g_task_return_new_error (patient->task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED,
                           "There is no connection to the server");
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (Patient) patient = user_data;
  g_autoptr (BkNativeBackend) alive = g_object_ref (patient->backend);

  g_queue_remove (&patient->backend->patient_waiting, patient);
  g_task_return_new_error (patient->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for it any more");
  return G_SOURCE_REMOVE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Patient *one = a, *other = b;

  return one->number < other->number ? -1 : 1;
}

/* Takes @patient. */
static void
put_off (Patient *patient)
{
  GCancellable *cancellable = g_task_get_cancellable (patient->task);

  g_queue_insert_sorted (&patient->backend->patient_waiting, patient, compare_numbers, NULL);
  if (cancellable == NULL)
    return;
  patient->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (patient->cancel, G_SOURCE_FUNC (on_cancelled), patient, NULL);
  g_source_attach (patient->cancel, g_task_get_context (patient->task));
}

static void
fail_waiting (BkNativeBackend *self)
{
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  GQueue waiting = self->patient_waiting;
  Patient *patient;

  g_queue_init (&self->patient_waiting);
  while ((patient = g_queue_pop_head (&waiting)) != NULL)
    {
      fail (patient);
      patient_free (patient);
    }
}

static void
on_impatient (gpointer user_data)
{
  BkNativeBackend *self = user_data;

  self->patience_timer = 0;
  fail_waiting (self);
}

/* ---- asking ---- */

/* Takes @error. */
static void
answer (Patient *patient, const BkFrame *reply, GError *error)
{
  g_autoptr (GError) owned = error;

  if (reply != NULL && bk_frame_get_frame_type (reply) != BK_FRAME_OK)
    g_task_return_new_error (patient->task, BECKON_ERROR, BECKON_ERROR_PROTOCOL,
                             "The server gave an answer to something else");
  else if (reply == NULL && !means_done (patient, error))
    g_task_return_error (patient->task, g_steal_pointer (&owned));
  else if (patient->read != NULL)
    patient->read (patient->task, reply);
  else
    bk_native_return_done (patient->task, reply);
}

/* A link that breaks tells those who asked before it tells us: the state is still the one before. */
static gboolean
may_wait_again (BkNativeBackend *self, Patient *patient, gboolean current)
{
  gboolean stays = self->wish == BK_NATIVE_WISH_NONE || self->wish == BK_NATIVE_WISH_RETRY;

  return stays && can_be_repeated (patient) && bk_clock_now (self->clock) < patient->deadline
         && (self->patience_timer != 0 || (current && self->state == BK_BACKEND_ONLINE));
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Patient) patient = user_data;
  g_autoptr (BkNativeBackend) self = g_object_ref (patient->backend);
  GError *error = NULL;
  g_autoptr (BkFrame) reply = bk_native_link_request_finish (BK_NATIVE_LINK (source), result, NULL, &error);

  g_queue_remove (&self->patient_asked, patient);
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED)
      && may_wait_again (self, patient, self->link == NULL || source == (GObject *) self->link))
    {
      g_error_free (error);
      patient->asked = TRUE;
      put_off (g_steal_pointer (&patient));
    }
  else
    answer (patient, reply, error);
}

/* Takes @patient. */
static void
ask (BkNativeBackend *self, Patient *patient)
{
  if (!patient->asked)
    patient->relation = -1;
  g_queue_push_tail (&self->patient_asked, patient);
  bk_native_link_renew_request (self->link, patient->frame);
  bk_native_link_request_async (self->link, patient->frame, BK_NATIVE_REQUEST_SECONDS,
                                g_task_get_cancellable (patient->task), on_replied, patient);
}

/* Else answers @task. */
gboolean
bk_native_backend_check_patient (BkNativeBackend *self, GTask *task)
{
  gboolean stays = self->wish == BK_NATIVE_WISH_NONE || self->wish == BK_NATIVE_WISH_RETRY;

  if (!stays || self->patience_timer == 0)
    return bk_native_backend_check_ready (self, task);
  if (g_queue_get_length (&self->patient_waiting) < MAX_WAITING)
    return TRUE;
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "There is no connection to the server");
  return FALSE;
}

/* Takes @frame and @task, which is answered by @read, or for bk_native_finish_boolean () if that is NULL. */
void
bk_native_backend_ask_patiently (BkNativeBackend *self, BkFrame *frame, BkNativeReadFunc read, GTask *task)
{
  Patient *patient = g_new0 (Patient, 1);

  patient->backend = self;
  patient->task = task;
  patient->frame = frame;
  patient->read = read;
  patient->number = self->n_patient++;
  patient->deadline = bk_clock_now (self->clock) + BK_NATIVE_PATIENCE_SECONDS * G_USEC_PER_SEC;
  patient->relation = -1;
  if (self->patience_timer != 0)
    put_off (patient);
  else
    ask (self, patient);
}

/* ---- what happens meanwhile ---- */

void
bk_native_backend_heard_relation (BkNativeBackend *self, const char *who, BeckonRelation relation)
{
  GQueue *places[] = { &self->patient_waiting, &self->patient_asked };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (GList *place = places[i]->head; place != NULL; place = place->next)
      {
        Patient *patient = place->data;
        const char *whom = bk_frame_get_string (patient->frame, "who");

        if (whom != NULL && g_str_equal (whom, who))
          patient->relation = (int) relation;
      }
}

/* The connection is lost, and will be tried again. Only one that was good is waited for. */
void
bk_native_backend_begin_patience (BkNativeBackend *self)
{
  if (self->state == BK_BACKEND_ONLINE)
    {
      bk_clock_clear (self->clock, &self->patience_timer);
      self->patience_timer
        = bk_clock_add (self->clock, BK_NATIVE_PATIENCE_SECONDS * 1000, on_impatient, self);
    }
  else if (self->patience_timer == 0)
    fail_waiting (self);
}

/* The connection is back, and everything that changed meanwhile has been told. */
void
bk_native_backend_resume_patient (BkNativeBackend *self)
{
  g_autoptr (BkNativeBackend) alive = g_object_ref (self);
  GQueue waiting = self->patient_waiting;
  Patient *patient;

  bk_clock_clear (self->clock, &self->patience_timer);
  g_queue_init (&self->patient_waiting);
  while ((patient = g_queue_pop_head (&waiting)) != NULL)
    {
      Verdict verdict = judge (patient);

      stop_cancel (patient);
      if (verdict == VERDICT_AGAIN)
        {
          ask (self, patient);
          continue;
        }
      if (verdict == VERDICT_DONE)
        bk_native_return_done (patient->task, NULL);
      else
        fail (patient);
      patient_free (patient);
    }
}

/* Nobody is to come back: the user leaves, or the server does not want us. */
void
bk_native_backend_stop_patient (BkNativeBackend *self)
{
  bk_clock_clear (self->clock, &self->patience_timer);
  fail_waiting (self);
}
