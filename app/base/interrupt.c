/* interrupt.c - see interrupt.h for the contract. */
#include "base/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* The only thing that a handler may touch. */
static volatile sig_atomic_t came;

static void note_signal(int number)
{
    (void)number;
    came = 1;
}

void interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = note_signal,
                               .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&action.sa_mask);
    came = 0;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_came(void)
{
    return came != 0;
}
