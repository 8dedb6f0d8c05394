/* picture_common.h - what the two fuzz targets of pictures share. */
#ifndef CVL_TESTS_FUZZ_PICTURE_COMMON_H
#define CVL_TESTS_FUZZ_PICTURE_COMMON_H

#include "fuzz.h"
#include "pictures/formats.h"

/* More pixels than this only cost time: the code is the same. */
enum { FUZZ_MAX_PIXELS = 1 << 14 };

static inline bool fuzz_picture_is_small(const picture_header *header)
{
    return header->info.width * header->info.height <= FUZZ_MAX_PIXELS;
}

/* Decodes, and checks that the pixels are those that the header promised. */
static inline void fuzz_picture(const uint8_t *bytes, size_t size,
                                const picture_policy *policy)
{
    cvl_error err = {0};
    picture_header header;
    picture_info info;
    cvl_tensor pixels;
    cvl_status status = picture_header_read(bytes, size, &header, &err);
    if (!status && !fuzz_picture_is_small(&header)) return;
    if (!status)
        status =
            picture_parse(bytes, size, policy, CVL_F32, &pixels, &info, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        return;
    }
    const bool turned = picture_is_turned(&header);
    FUZZ_EXPECT(info.format == header.info.format);
    FUZZ_EXPECT(pixels.ndim == 4 && pixels.shape[0] == 1 &&
                pixels.shape[1] == header.info.channels &&
                pixels.shape[turned ? 3 : 2] == header.info.height &&
                pixels.shape[turned ? 2 : 3] == header.info.width &&
                pixels.shape[2] == info.height &&
                pixels.shape[3] == info.width);
    for (size_t i = 0; i < pixels.count; i++) {
        const double value = cvl_tensor_get(&pixels, i);
        FUZZ_EXPECT(value >= 0.0 && value <= 1.0);
    }
    cvl_tensor_free(&pixels);
}

#endif
