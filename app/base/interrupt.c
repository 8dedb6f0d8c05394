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

/* What the parent had ignored, as nohup does with SIGHUP, and a shell with the
 * SIGINT of what runs in the background, is not for this program. */
static void watch(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) || action.sa_handler == SIG_IGN)
        return;
    action = (struct sigaction){.sa_handler = note_signal,
                                .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void interrupt_watch(void)
{
    came = 0;
    watch(SIGINT);
    watch(SIGTERM);
    watch(SIGHUP);
    watch(SIGXCPU);
}

void interrupt_note(void)
{
    came = 1;
}

bool interrupt_came(void)
{
    return came != 0;
}
