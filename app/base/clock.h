/* clock.h - time as it passes. */
#ifndef CONVLET_BASE_CLOCK_H
#define CONVLET_BASE_CLOCK_H

/* Seconds since some moment, on a clock that nobody sets. */
double clock_seconds(void);

#endif
