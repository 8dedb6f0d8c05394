/* digits.h - assets/digits, as the build embeds it. */
#ifndef CONVLET_DIGITS_DIGITS_H
#define CONVLET_DIGITS_DIGITS_H

#include <stddef.h>

#include <convlet/error.h>

/* The file of labels: a head, and a byte for each picture. */
extern const unsigned char labels_idx[];
enum { DIGITS_LABELS_HEAD = 8 };

/*
 * The live page has the pictures in it, and cares for bytes: so packed they
 * have 28 % of what they had; LZMA, which packs the page, leaves 34 %. Made by
 * pack.awk as the project is built.
 *
 * Of each pixel, 0 to 16, it is coded whether it is above 0, whether it is 16,
 * and else its four bits, from the highest. Each of these is one of two, and an
 * arithmetic coder gives it as many bits as it is unlikely: by how often it was
 * so before, at the same place of a picture, between neighbours, on the left
 * and above, as dark as these. Source: Witten, Neal and Cleary, "Arithmetic
 * coding for data compression", CACM 30, 1987; the carry is Martin's, "Range
 * encoding", 1979.
 */
extern const unsigned char digits_packed[];
extern const size_t digits_count; /* pictures of 8x8 */

/* Writes all their pixels, 64 digits_count bytes. CVL_ENOMEM. */
cvl_status digits_unpack(unsigned char *pixels, cvl_error *err);

#endif
