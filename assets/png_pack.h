/* png_pack.h - a PNG of noisy pixels, as small as Huffman's code makes it. */
#ifndef PNG_PACK_H
#define PNG_PACK_H

#include <stddef.h>

/*
 * Packs 8-bit RGB samples (row after row) as a PNG file into new memory, which
 * the caller frees; NULL where there is none. There are no repeats to find in
 * noise, so it codes single bytes, with a code made for them;
 * stb_image_write's fixed code would make the file half as large again.
 */
unsigned char *png_pack(const unsigned char *rgb, size_t width, size_t height,
                        size_t *size);

#endif
