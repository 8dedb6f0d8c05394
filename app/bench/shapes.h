/* shapes.h - a file of layers to measure, one a line. */
#ifndef CONVLET_BENCH_SHAPES_H
#define CONVLET_BENCH_SHAPES_H

#include <stdbool.h>

#include <convlet/file.h>
#include <convlet/geometry.h>

enum { BENCH_NAME_SIZE = 64 };

struct bench_shape {
    char name[BENCH_NAME_SIZE]; /* letters, digits and . , _ - alone */
    cvl_conv2d_geometry geometry;
};

/*
 * The file, open, and where in it we are. A line is
 *
 *     ID NAME N C H W K KH KW PAD STRIDE
 *
 * separated by tabs or spaces; empty lines and those that start with # count
 * for nothing. NAME is for the reader. {0} is closed.
 */
struct bench_shapes {
    cvl_bytes bytes;
    size_t at, line;
};

/*
 * Reads the file and checks every line, so that a long run does not stop in
 * the middle. CVL_EFORMAT and CVL_EINVAL name file and line; else as
 * cvl_file_read. Close it in any case.
 */
cvl_status bench_shapes_open(struct bench_shapes *shapes, const char *path,
                             cvl_error *err);

/* The next layer; false at the end. */
bool bench_shapes_next(struct bench_shapes *shapes, struct bench_shape *shape);

/* Frees and resets; idempotent. */
void bench_shapes_close(struct bench_shapes *shapes);

#endif
