/* tree.h - all that lies in a directory, to see what has changed. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>

enum { TREE_TEXT = 1 << 14 };

/* Writes a line for each name below `path`, sorted: what it is, and the sum of
 * its bytes. A name that begins with one of `but`, a list with spaces between,
 * is left out. Aborts the test where there is too much. */
void tree_list(const char *path, const char *but, char text[TREE_TEXT]);

#endif
