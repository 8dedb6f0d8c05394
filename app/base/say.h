/* say.h - lines for people, with names in them that come from outside. */
#ifndef CONVLET_BASE_SAY_H
#define CONVLET_BASE_SAY_H

#include <stdio.h>

#include <convlet/error.h>

/*
 * Prints one line, as printf would, and its end. A name may have a newline or
 * an escape sequence in it: whatever a terminal might obey becomes '?'.
 */
void say(FILE *stream, const char *format, ...) CVL_PRINTF(2, 3);

#endif
