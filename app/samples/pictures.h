/* pictures.h - private: picture files as samples, all of one size. */
#ifndef CONVLET_SAMPLES_PICTURES_H
#define CONVLET_SAMPLES_PICTURES_H

#include "data/listing.h"
#include "samples/set.h"

/* More pictures are refused. */
enum { SAMPLES_MAX_PICTURES = 1000000 };

/*
 * Reads the pictures, 1 or more, into a new array of bytes, as many a sample as
 * the first one has, and notes each file by its name behind the directory,
 * whose name has `root` characters. What was ignored of them, and what the list
 * passed over, goes into set->notes.
 *
 *   color   COLOR_KEEP: as they are, all grey or all colour; see photos.h
 *   set     where it has labels, transparent pictures are put on white
 *
 * Messages start with a path. CVL_ESHAPE, with both sizes, where one is of
 * another size or colour than the first; errors of picture_load.
 */
cvl_status pictures_read(const struct listing *list, size_t root,
                         const char *role, enum color_choice color,
                         struct samples_array *array, struct samples *set,
                         cvl_error *err);

/* The pictures of a directory; CVL_EFORMAT where it holds none, and errors of
 * listing_make. Free the list in any case. */
cvl_status pictures_list(const char *directory, struct listing *list,
                         cvl_error *err);

#endif
