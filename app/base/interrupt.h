/* interrupt.h - Ctrl-C asks a run to end well; a second one ends it. */
#ifndef CONVLET_BASE_INTERRUPT_H
#define CONVLET_BASE_INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT, SIGTERM or SIGHUP, and SIGXCPU, by which the
 * system says that processor time is over, is only noted; the next one kills
 * the program as if nothing had been arranged. One that was ignored when the
 * program started stays ignored. */
void interrupt_watch(void);

/* As if a signal had come: for what announces one, as a terminal does that
 * takes no more because it hangs up. */
void interrupt_note(void);

/* Has a signal come? */
bool interrupt_came(void);

#endif
