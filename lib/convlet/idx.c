/* idx.c - see idx.h for the contract. */
#include "convlet/idx.h"

#include "convlet/byte_order.h"
#include "convlet/number.h"
#include "convlet/size.h"

enum { MAGIC = 4, AXIS = 4 };

/* What an element is, by the third byte; width 0 where there is no such. */
static cvl_numbers type_of(unsigned code)
{
    switch (code) {
    case 0x08: return (cvl_numbers){.kind = CVL_UNSIGNED, .width = 1};
    case 0x09: return (cvl_numbers){.kind = CVL_SIGNED, .width = 1};
    case 0x0B: return (cvl_numbers){.kind = CVL_SIGNED, .width = 2};
    case 0x0C: return (cvl_numbers){.kind = CVL_SIGNED, .width = 4};
    case 0x0D: return (cvl_numbers){.kind = CVL_FLOATING, .width = 4};
    case 0x0E: return (cvl_numbers){.kind = CVL_FLOATING, .width = 8};
    default: return (cvl_numbers){.width = 0};
    }
}

bool cvl_idx_is(const void *bytes, size_t size)
{
    const unsigned char *const at = bytes;
    return size >= MAGIC && !at[0] && !at[1] && type_of(at[2]).width;
}

static cvl_status refuse(const unsigned char *at, size_t size, cvl_error *err)
{
    if (size < MAGIC)
        return cvl_fail(err, CVL_EFORMAT,
                        "is cut short: has %zu byte%s, an IDX file starts "
                        "with %d",
                        size, cvl_plural(size), MAGIC);
    if (at[0] || at[1] || !type_of(at[2]).width)
        return cvl_fail(err, CVL_EFORMAT,
                        "is no IDX file: it starts with the bytes %02x %02x "
                        "%02x %02x, expected 00 00, a type from 08 to 0e and "
                        "how many axes",
                        at[0], at[1], at[2], at[3]);
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "has %u axes, convlet takes 1 to %d; save fewer", at[3],
                    CVL_MAX_NDIM);
}

cvl_status cvl_idx_parse(const void *bytes, size_t size, cvl_numbers *numbers,
                         cvl_error *err)
{
    const unsigned char *const at = bytes;
    *numbers = (cvl_numbers){.width = 0};
    if (!cvl_idx_is(bytes, size) || !at[3] || at[3] > CVL_MAX_NDIM)
        return refuse(at, size, err);
    cvl_numbers found = type_of(at[2]);
    const size_t start = MAGIC + (size_t)AXIS * at[3];
    if (size < start)
        return cvl_fail(err, CVL_EFORMAT,
                        "is cut short: has %zu bytes, the header of %u axes "
                        "has %zu",
                        size, at[3], start);
    found.big_endian = true;
    found.ndim = at[3];
    for (size_t i = 0; i < CVL_MAX_NDIM; i++)
        found.shape[i] =
            i < found.ndim ? (size_t)cvl_big_endian(at + MAGIC + AXIS * i, AXIS)
                           : 1;
    found.data = at + start;
    const cvl_status status = cvl_numbers_check(&found, size - start, err);
    if (!status) *numbers = found;
    return status;
}
