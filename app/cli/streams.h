/* streams.h - the standard streams, fit to be read from and written to. */
#ifndef CONVLET_CLI_STREAMS_H
#define CONVLET_CLI_STREAMS_H

/*
 * Gives a closed standard stream a number of its own, or the next file that is
 * opened would take it, and be written to by mistake; reading and writing it
 * still fail as they should. And has one that does not wait wait: a program
 * that shares a pipe or a terminal may have made it so, and would have output
 * lost that its reader is too slow for.
 */
void streams_prepare(void);

#endif
