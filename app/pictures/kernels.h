/* kernels.h - kernels drawn: in a terminal, as text, as a picture. */
#ifndef CONVLET_PICTURES_KERNELS_H
#define CONVLET_PICTURES_KERNELS_H

#include <convlet/file.h>
#include <convlet/tensor.h>

#include "base/text.h"

enum draw_colours { DRAW_PLAIN, DRAW_256, DRAW_TRUE };

/* What the terminal can do. */
struct draw_style {
    enum draw_colours colours;
    size_t width; /* columns */
};

/* The colours of a terminal, by the environment's NO_COLOR, TERM, COLORTERM;
 * NULL where one is not set. */
enum draw_colours draw_choose_colours(const char *no_color, const char *term,
                                      const char *depth);

/* What standard output can do: plain unless it is a terminal, and where
 * NO_COLOR is set or TERM is dumb; a file is as wide as it must be. */
struct draw_style draw_style_of_stdout(void);

/* The kernels [O,I,KH,KW] of one layer, from -scale to scale; `inputs` says
 * what the second axis counts, as "input channels". Draws at most
 * KERNELS_DRAWN of each axis, fewer where the terminal is narrow, and says so.
 * In colours, two rows of pixels a line; plain, the numbers, or where they
 * are too many, letters. CVL_ENOMEM. */
enum { KERNELS_DRAWN = 8 };
cvl_status kernels_draw(const cvl_tensor *kernels, const char *inputs,
                        double scale, const struct draw_style *style,
                        struct text *text, cvl_error *err);

/* The kernels of several layers as a PNG, one below the other, a row for each
 * output channel; at most KERNELS_PICTURED of each axis. CVL_ENOMEM. */
enum { KERNELS_PICTURED = 32 };
cvl_status kernels_picture(const cvl_tensor *const *kernels, size_t count,
                           double scale, cvl_bytes *png, cvl_error *err);

#endif
