/* run.h - private: what a system with a jail does. */
#ifndef CONVLET_JAIL_RUN_H
#define CONVLET_JAIL_RUN_H

#include "jail/jail.h"

/*
 * Opens a workshop that a child can share, or leaves it {0} where the system
 * has no jail. CVL_ENOMEM. Close a shared one with jail_shut.
 */
cvl_status jail_open(jail_workshop *workshop, size_t pool_size, cvl_error *err);
void jail_shut(jail_workshop *workshop);

/*
 * Runs the worker in a jailed child and waits for its end. Whatever happens
 * to the child is found in the workshop's verdict. *jailed is false, with
 * nothing done, where the child could not be jailed; CVL_EIO where there was no
 * child to be had.
 */
cvl_status jail_run(const jail_work *work, jail_workshop *workshop,
                    bool *jailed, cvl_error *err);

#endif
