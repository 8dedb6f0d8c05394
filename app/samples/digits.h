/* digits.h - private: the files of assets/digits, as the build embeds them. */
#ifndef CONVLET_SAMPLES_DIGITS_H
#define CONVLET_SAMPLES_DIGITS_H

#include <stddef.h>

extern const unsigned char images_idx[], labels_idx[];
extern const size_t images_idx_size, labels_idx_size;

#endif
