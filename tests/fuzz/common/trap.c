/* SPDX-License-Identifier: GPL-3.0-or-later */
/* g_error () and fatal criticals end in a trap, of which libFuzzer knows nothing: without this it would not say for
 * which input it was. */
#include <signal.h>
#include <stdlib.h>

static void
on_trap (int signal_number)
{
  abort ();
}

__attribute__ ((constructor)) static void
catch_traps (void)
{
  signal (SIGTRAP, on_trap);
}
