/* kernel_art.h - kernels drawn: in a terminal, as text, as a picture. */
#ifndef CONVLET_PICTURES_KERNEL_ART_H
#define CONVLET_PICTURES_KERNEL_ART_H

#include <convlet/file.h>
#include <convlet/tensor.h>

#include "base/text.h"

enum art_colours { ART_PLAIN, ART_256, ART_TRUE };

/* What the terminal can do. */
struct art_style {
    enum art_colours colours;
    size_t width; /* columns */
};

/* The colours of a terminal, by the environment's NO_COLOR, TERM, COLORTERM;
 * NULL where one is not set. */
enum art_colours art_choose_colours(const char *no_color, const char *term,
                                    const char *depth);

/* What standard output can do: plain unless it is a terminal, and where
 * NO_COLOR is set or TERM is dumb; a file is as wide as it must be. */
struct art_style art_style_of_stdout(void);

/* The kernels [O,I,KH,KW] of one layer, from -scale to scale. Draws at most
 * ART_PLANES of each axis, fewer where the terminal is narrow, and says so.
 * In colours, two rows of pixels a line; plain, the numbers, or where they
 * are too many, letters. CVL_ENOMEM. */
enum { ART_PLANES = 8 };
cvl_status art_draw(const cvl_tensor *kernels, double scale,
                    const struct art_style *style, struct text *text,
                    cvl_error *err);

/* The kernels of several layers as a PNG, one below the other, a row for each
 * output channel; at most ART_PICTURE_PLANES of each axis. CVL_ENOMEM. */
enum { ART_PICTURE_PLANES = 32 };
cvl_status art_picture(const cvl_tensor *const *kernels, size_t count,
                       double scale, cvl_bytes *png, cvl_error *err);

#endif
