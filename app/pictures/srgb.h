/* srgb.h - what the numbers in a picture file are: light, and luminance. */
#ifndef CONVLET_PICTURES_SRGB_H
#define CONVLET_PICTURES_SRGB_H

#include <convlet/tensor.h>

/*
 * Files hold sRGB: numbers that are evenly spread for the eye, not for light.
 * A lens or a resizer that works properly mixes light, and is a convolution of
 * that alone.
 *
 *   decode   light = s / 12.92 up to s = 0.04045, else ((s + 0.055) /
 *            1.055)^2.4
 *   encode   the inverse
 *
 * 0 and 1 stay what they are; negative values go through the straight part.
 * Source: IEC 61966-2-1.
 */
double srgb_decode(double value);
double srgb_encode(double light);

/* Every element, in place. */
void srgb_decode_all(cvl_tensor *tensor);
void srgb_encode_all(cvl_tensor *tensor);

/* 0.299 R + 0.587 G + 0.114 B: the luminance of BT.601, as JPEG has it. */
double srgb_luminance(const double rgb[3]);

/* luminance [N,1,H,W] of rgb [N,3,H,W]. */
void srgb_luminance_all(const cvl_tensor *rgb, cvl_tensor *luminance);

#endif
