/* test_memory.c - blocks are aligned, arenas add up. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/memory.h"
#include "expect.h"

static bool all_zero(const unsigned char *bytes, size_t size)
{
    while (size > 0 && !bytes[size - 1]) size--;
    return size == 0;
}

START_TEST(alloc_gives_aligned_zeroed_memory)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cvl_error err;
        void *block;
        expect_ok(cvl_alloc(&block, sizes[i], "test", &err), err);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % CVL_ALIGNMENT, 0);
        ck_assert(all_zero(block, sizes[i]));
        memset(block, 0xff, sizes[i]);
        cvl_free(block);
    }
    cvl_free(NULL);
}
END_TEST

START_TEST(alloc_refuses_more_than_an_object_can_be)
{
    cvl_error err;
    void *block = &err;
    char message[100];
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 63,
                                   (size_t)PTRDIFF_MAX + 1, PTRDIFF_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(message, sizeof message,
                 "out of memory: %zu bytes are needed for test", sizes[i]);
        expect_fail(cvl_alloc(&block, sizes[i], "test", &err), err, CVL_ENOMEM,
                    message);
        ck_assert_ptr_null(block);
    }
}
END_TEST

/* A layout as a program would have it: three pieces, one of them empty. */
typedef struct pieces {
    unsigned char *a, *b, *c;
} pieces;

static void lay_out(cvl_arena *arena, pieces *p)
{
    p->a = cvl_arena_take(arena, 1);
    p->b = cvl_arena_take(arena, 0);
    p->c = cvl_arena_take(arena, 65);
}

START_TEST(arena_measures_first_and_places_after)
{
    cvl_error err;
    cvl_arena arena = {0};
    pieces p = {0};
    lay_out(&arena, &p);
    ck_assert_ptr_null(p.a);
    ck_assert_ptr_null(p.c);
    ck_assert_uint_eq(arena.used, 192);
    expect_ok(cvl_arena_commit(&arena, "test", &err), err);
    ck_assert_uint_eq(arena.used, 0);
    lay_out(&arena, &p);
    ck_assert_uint_eq(arena.used, arena.capacity);
    ck_assert_ptr_eq(p.a, arena.base);
    ck_assert_ptr_eq(p.c, p.a + 64);
    ck_assert_uint_eq((uintptr_t)p.c % CVL_ALIGNMENT, 0);
    ck_assert(all_zero(p.c, 65));
    memset(p.c, 0xff, 65);
    ck_assert(all_zero(p.a, 1));

    cvl_arena_free(&arena);
    ck_assert_ptr_null(arena.base);
    ck_assert_uint_eq(arena.capacity, 0);
    cvl_arena_free(&arena);
}
END_TEST

START_TEST(arena_of_nothing_is_fine)
{
    cvl_error err;
    cvl_arena arena = {0};
    expect_ok(cvl_arena_commit(&arena, "test", &err), err);
    cvl_arena_free(&arena);
}
END_TEST

START_TEST(arena_reports_a_sum_that_wraps_when_committed)
{
    static const size_t sizes[][2] = {{SIZE_MAX, 1},
                                      {SIZE_MAX - 127, SIZE_MAX / 2}};
    for (size_t i = 0; i < 2; i++) {
        cvl_error err;
        cvl_arena arena = {0};
        ck_assert_ptr_null(cvl_arena_take(&arena, sizes[i][0]));
        ck_assert_ptr_null(cvl_arena_take(&arena, sizes[i][1]));
        expect_fail(
            cvl_arena_commit(&arena, "net", &err), err, CVL_ENOMEM,
            "out of memory: more bytes are needed for net than a size can "
            "count");
        ck_assert_ptr_null(arena.base);
        cvl_arena_free(&arena);
        ck_assert(!arena.overflow);
    }
}
END_TEST

START_TEST(arena_reports_a_block_that_is_not_there)
{
    cvl_error err;
    cvl_arena arena = {0};
    cvl_arena_take(&arena, SIZE_MAX - 127);
    char message[100];
    snprintf(message, sizeof message,
             "out of memory: %zu bytes are needed for net", SIZE_MAX - 127);
    expect_fail(cvl_arena_commit(&arena, "net", &err), err, CVL_ENOMEM,
                message);
    ck_assert_ptr_null(arena.base);
    cvl_arena_free(&arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        alloc_gives_aligned_zeroed_memory,
        alloc_refuses_more_than_an_object_can_be,
        arena_measures_first_and_places_after,
        arena_of_nothing_is_fine,
        arena_reports_a_sum_that_wraps_when_committed,
        arena_reports_a_block_that_is_not_there,
        NULL,
    };
    return run_tests("memory", tests);
}
