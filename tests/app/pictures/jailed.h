/* jailed.h - whether a decoder can be jailed where a test runs. */
#ifndef CVL_TESTS_JAILED_H
#define CVL_TESTS_JAILED_H

#include <check.h>
#include <stdlib.h>

#include <convlet/file.h>

#include "pictures/formats.h"
#include "pictures/picture.h"

/* Whether this process can jail a child: not under valgrind, for one. Where
 * CONVLET_REQUIRE_JAIL is set, it has to: nothing may be left out then. */
static inline bool jail_works(void)
{
    cvl_bytes bytes;
    cvl_error err;
    const picture_policy policy = {.jailed = true};
    cvl_tensor ignored = {0};
    ck_assert_int_eq(
        cvl_file_read(TEST_DATA "/pictures/grey.jpg", 1 << 20, &bytes, &err),
        CVL_OK);
    const bool works = !picture_parse(bytes.data, bytes.size, &policy, CVL_F32,
                                      &ignored, NULL, NULL);
    cvl_tensor_free(&ignored);
    cvl_bytes_free(&bytes);
    const bool there = works || !picture_jpeg.needs_jail;
    ck_assert_msg(there || !getenv("CONVLET_REQUIRE_JAIL"),
                  "no decoder can be jailed on this machine");
    return there;
}

#endif
