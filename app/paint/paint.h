/* paint.h - what the generators of the shipped pictures paint with. */
#ifndef CONVLET_PAINT_PAINT_H
#define CONVLET_PAINT_PAINT_H

#include <stdint.h>

#include <convlet/tensor.h>

/*
 * The same bytes on every machine: integers, and of the floating-point
 * operations only those that IEEE 754 rounds correctly (no sine, no exp).
 */

/* Red, green and blue of light, 0 to 1. */
typedef struct colour {
    double r, g, b;
} colour;

double clamp(double x, double low, double high);

/* From a at t = 0 to b at t = 1. */
colour mix(colour a, colour b, double t);
colour scale(colour a, double t);

/* A hash of the place, -1 to 1. */
double lattice(int32_t x, int32_t y, uint32_t seed);

/* Smooth noise of -1..1, one bump a unit. */
double noise(double x, double y, uint32_t seed);

/* How a picture is painted. */
struct painting {
    int width, height;
    int over; /* rows and columns of the canvas for one of the picture */
    /* What lies at a place of the canvas. */
    colour (*look)(int x, int y);
    /* That as a sample of a file, 0 to 255; asked red, green, blue in turn. */
    int (*develop)(double value);
};

/*
 * Makes picture [1,3,rows,columns] of the middle of the painting, samples /
 * 255.
 *
 *   size   rows and columns, at most all; what is left out on both sides is as
 *          wide
 *
 * CVL_ENOMEM.
 */
cvl_status paint(const struct painting *painting, const size_t size[2],
                 cvl_dtype dtype, cvl_tensor *picture, cvl_error *err);

#endif
