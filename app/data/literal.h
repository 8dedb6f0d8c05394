/* literal.h - arrays that are written out, where a file could be named. */
#ifndef CONVLET_DATA_LITERAL_H
#define CONVLET_DATA_LITERAL_H

#include <stdbool.h>

#include <convlet/error.h>
#include <convlet/random.h>
#include <convlet/tensor.h>

/*
 * Two forms, both float64:
 *
 *     1 0 -1                 numbers between spaces or commas: one axis
 *     [[1, 2], [3, 4]]       rows between brackets, as NumPy and JSON print
 *                            them, up to four deep
 *     ones:2,4,5,5           a word and the axes: ones, zeros; range, which
 *     uniform:2,3,4          counts 1, 2, 3 ... in index order; uniform and
 *                            normal, which draw as np.random.rand and randn
 */

/* Is the text of such a form, rather than a path? "./1" is a path. */
bool literal_is(const char *text);

/* The word that the text nearly starts with, as "ones" of "one:2,3"; NULL. */
const char *literal_near(const char *text);

/*
 * Makes the tensor that the text says.
 *
 *   random   where uniform and normal draw from; NULL refuses them
 *
 * CVL_EINVAL with the text and what is wrong with it, CVL_ENOMEM; *tensor is
 * {0} then.
 */
cvl_status literal_parse(const char *text, cvl_random *random,
                         cvl_tensor *tensor, cvl_error *err);

#endif
