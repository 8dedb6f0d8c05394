/* tiled_arrays.c - see tiled_arrays.h for the contract. */
#include "tiled_arrays.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 1 << 25 };

/* A generator of its own, so that a failure can be repeated. */
static uint32_t state;

static unsigned char *room[ARRAYS];

void arrays_map(uint32_t seed)
{
    state = seed;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(zero, 0);
    for (size_t i = 0; i < ARRAYS; i++) {
        unsigned char *const map =
            mmap(NULL, ROOM + 2 * page, PROT_NONE, MAP_PRIVATE, zero, 0);
        ck_assert_ptr_ne(map, MAP_FAILED);
        ck_assert_int_eq(mprotect(map + page, ROOM, PROT_READ | PROT_WRITE), 0);
        room[i] = map + page;
    }
    close(zero);
}

void *arrays_place(size_t i, size_t bytes, bool at_end)
{
    ck_assert_uint_le(bytes, ROOM);
    void *const at = room[i] + (at_end ? ROOM - bytes : 0);
    memset(at, 0xFF, bytes);
    return at;
}

size_t pick(size_t low, size_t high)
{
    state = state * 1664525u + 1013904223u;
    return low + (state >> 8) % (high - low + 1);
}

double arrays_get(const arrays *a, size_t array, size_t i)
{
    return a->dtype == CVL_F32 ? (double)((const float *)a->data[array])[i]
                               : ((const double *)a->data[array])[i];
}

/* Integers of -4 to 4; or, for sums that depend on their order, sevenths. */
static void fill(void *data, cvl_dtype dtype, size_t count, bool integers)
{
    for (size_t i = 0; i < count; i++) {
        const double integer = (double)pick(0, 8) - 4.0;
        const double value = integers ? integer : integer / 7.0;
        if (dtype == CVL_F32)
            ((float *)data)[i] = (float)value;
        else
            ((double *)data)[i] = value;
    }
}

cvl_conv2d_geometry random_geometry(bool wide)
{
    const size_t groups = pick(0, 3) ? 1 : pick(2, 3);
    const bool many = pick(0, 3) == 0; /* channels on one side */
    const bool turn = pick(0, 1) == 0;
    const size_t large = pick(0, 7) ? 9 : 70;
    return (cvl_conv2d_geometry){
        .batch = pick(1, 3),
        .in_channels = groups * pick(1, many && turn ? large : 4),
        .out_channels = groups * pick(1, many && !turn ? large : 9),
        .in_height = pick(1, 18),
        .in_width = pick(1, wide ? 130 : 24),
        .kernel_height = pick(1, pick(0, 5) ? 3 : 10),
        .kernel_width = pick(1, pick(0, 5) ? 3 : 13),
        .stride_y = pick(0, 2) ? 1 : pick(1, 5),
        .stride_x = pick(0, 2) ? 1 : pick(1, 5),
        .pad_top = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_bottom = pick(0, 2),
        .pad_left = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_right = pick(0, 2),
        .dilation_y = pick(0, 2) ? 1 : pick(1, 3),
        .dilation_x = pick(0, 2) ? 1 : pick(1, 3),
        .groups = groups,
    };
}

cvl_conv2d_geometry same_geometry(bool wide)
{
    cvl_conv2d_geometry g = random_geometry(wide);
    g.kernel_height = 2 * pick(0, 4) + 1;
    g.kernel_width = 2 * pick(0, 4) + 1;
    if (pick(0, 3) == 0) g.kernel_height = g.kernel_width = 1;
    g.stride_y = g.stride_x = g.dilation_y = 1;
    g.dilation_x = pick(1, 2);
    g.pad_top = g.pad_bottom = g.kernel_height / 2;
    g.pad_left = g.pad_right = g.kernel_width / 2 * g.dilation_x;
    return g;
}

static size_t product(const size_t shape[4])
{
    return shape[0] * shape[1] * shape[2] * shape[3];
}

void arrays_make(arrays *a, const cvl_conv2d_geometry *g, cvl_dtype dtype,
                 bool integers)
{
    size_t x[4], w[4], y[4];
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    cvl_conv2d_output_shape(g, y);
    *a = (arrays){.dtype = dtype};
    a->count[X] = a->count[DX] = product(x);
    a->count[W] = a->count[DW] = product(w);
    a->count[Y] = a->count[DY] = product(y);
    a->count[B] = a->count[DB] = g->out_channels;
    for (size_t i = 0; i < WORK; i++)
        a->data[i] =
            arrays_place(i, a->count[i] * cvl_dtype_size(dtype), pick(0, 1));
    fill(a->data[X], dtype, a->count[X], integers);
    fill(a->data[W], dtype, a->count[W], integers);
    fill(a->data[B], dtype, a->count[B], integers);
    fill(a->data[DY], dtype, a->count[DY], integers);
}
