/* arrays.h - arrays from files or text, as the commands want them. */
#ifndef CONVLET_DATA_ARRAYS_H
#define CONVLET_DATA_ARRAYS_H

#include <stdbool.h>

#include <convlet/error.h>
#include <convlet/random.h>
#include <convlet/tensor.h>

#include "data/source.h"

/* What a file turned out to be. */
struct array_origin {
    const picture_format *format; /* of a picture; else NULL */
    unsigned notes;               /* of a picture: see enum picture_note */
    unsigned depth;               /* bits of a picture's sample: 8 or 16 */
    size_t ndim;                  /* axes of an array, as the file has them */
    struct source_mark mark;      /* of the file */
};

/*
 * Reads a picture (see picture.h) or a .npy array into a new tensor of four
 * axes; an array of fewer gets axes of 1 in front, so that a 1D signal is
 * [1,1,1,W]. Values that are not finite are refused with their index.
 *
 *   origin    receives what it was; {0} on error
 *   profile   NULL, or receives a picture's; free it
 *
 * An array keeps its own dtype; a picture gets `dtype`. CVL_EIO, CVL_EFORMAT,
 * CVL_EUNSUPPORTED, CVL_ENOMEM.
 */
cvl_status array_load_4d(const char *path, cvl_dtype dtype, cvl_tensor *tensor,
                         struct array_origin *origin, picture_profile *profile,
                         cvl_error *err);

/* The same, but where a picture is transparent it is put on white. */
cvl_status array_load_on_white(const char *path, cvl_dtype dtype,
                               cvl_tensor *tensor, struct array_origin *origin,
                               cvl_error *err);

/* What one of enum picture_note says of a file: "its gamma is ignored". */
const char *array_note_words(unsigned note);

/* Says on stderr what of the file was ignored or passed over, if anything. */
void array_print_note(const char *command, const char *path,
                      const struct array_origin *origin);

/* Says so where values of an array that is written as a picture are beyond
 * 0..1: one of 0 to 255 would become white, whatever is in it. */
void array_print_range(const char *command, const char *path,
                       const cvl_tensor *tensor);

/*
 * The same of a path, or of an array that is written out in its place (see
 * literal.h), which is float64; array_read of .npy arrays alone, with the axes
 * that they have.
 *
 *   random   what "normal:2,3" draws from; NULL: that is refused
 *
 * Errors as above; CVL_EINVAL for a text that is no array. array_read_any_4d
 * takes NaN and infinity too.
 */
cvl_status array_read(const char *text, cvl_random *random, cvl_tensor *tensor,
                      cvl_error *err);
cvl_status array_read_4d(const char *text, cvl_dtype dtype, cvl_random *random,
                         cvl_tensor *tensor, struct array_origin *origin,
                         cvl_error *err);
cvl_status array_read_any_4d(const char *text, cvl_dtype dtype,
                             cvl_random *random, cvl_tensor *tensor,
                             struct array_origin *origin, cvl_error *err);

/* Writes the index of element `flat` on the last `ndim` axes, as "0,3,5", into
 * `place`, which is returned. */
const char *array_place(const cvl_tensor *tensor, size_t ndim, size_t flat,
                        char place[CVL_DESCRIBE_SIZE]);

/* Gives the tensor four axes, of as many elements. */
void array_reshape(cvl_tensor *tensor, const size_t shape[4]);

/*
 * Turns a picture [1,C,H,W] into one of so many channels, 1, its luminance, or
 * 3, each of them the one of a grey picture. CVL_ENOMEM.
 */
cvl_status array_recolour(cvl_tensor *tensor, size_t channels, cvl_error *err);

/* Turns the tensor into one of that dtype; CVL_EFORMAT for a finite number
 * that it cannot hold, CVL_ENOMEM. */
cvl_status array_convert(cvl_tensor *tensor, cvl_dtype dtype, cvl_error *err);

/* Reorders the four axes as numpy.transpose does; CVL_ENOMEM. */
cvl_status array_transpose(cvl_tensor *tensor, const size_t axes[4],
                           cvl_error *err);

#endif
