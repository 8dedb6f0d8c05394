/* moments.c - see moments.h for the contract. */
#include "convlet/moments.h"

#include <math.h>

size_t cvl_window_terms(const cvl_conv2d_geometry *geometry, bool bias)
{
    const size_t channels =
        geometry->tied ? 1 : geometry->in_channels / geometry->groups;
    return channels * geometry->kernel_height * geometry->kernel_width + bias;
}

cvl_windows cvl_windows_of(const cvl_conv2d_geometry *geometry, bool bias,
                           const cvl_tensor *x, const cvl_tensor *mask,
                           size_t group, size_t most)
{
    size_t shape[4];
    cvl_conv2d_output_shape(geometry, shape);
    const size_t places = shape[2] * shape[3], all = shape[0] * places;
    return (cvl_windows){.geometry = geometry,
                         .x = x,
                         .mask = mask,
                         .group = group,
                         .bias = bias,
                         .terms = cvl_window_terms(geometry, bias),
                         .places = places,
                         .width = shape[3],
                         .all = all,
                         .tried = all < most ? all : most};
}

size_t cvl_windows_within(double multiplications, size_t terms)
{
    return (size_t)(multiplications / ((double)terms * (double)terms));
}

/* Does one of the group's outputs at this place count? */
static bool counts(const cvl_windows *windows, size_t n, size_t place)
{
    const cvl_conv2d_geometry *const g = windows->geometry;
    const cvl_tensor *const mask = windows->mask;
    const size_t each = g->out_channels / g->groups;
    const size_t first = n * g->out_channels + windows->group * each;
    for (size_t o = first; mask && o < first + each; o++)
        if (cvl_tensor_get(mask, o * windows->places + place) != 0) return true;
    return !mask;
}

/* Along an axis: where the window of this output begins; false where it
 * touches padding. */
static bool window_starts(size_t output, size_t stride, size_t before,
                          size_t reach, size_t inputs, size_t *start)
{
    const size_t from = output * stride;
    *start = from - before;
    return from >= before && *start + reach < inputs;
}

/* The window whose upper left is at row, column of picture n. */
static void read_window(const cvl_windows *windows, size_t n,
                        const size_t at[2], double *z)
{
    const cvl_conv2d_geometry *const g = windows->geometry;
    const size_t channels = g->in_channels / g->groups;
    const size_t taps = g->kernel_height * g->kernel_width;
    for (size_t i = 0; i < windows->terms; i++) z[i] = 0;
    if (windows->bias) z[windows->terms - 1] = 1;
    for (size_t c = 0; c < channels; c++)
        for (size_t k = 0; k < taps; k++) {
            const size_t r = at[0] + k / g->kernel_width * g->dilation_y;
            const size_t v = at[1] + k % g->kernel_width * g->dilation_x;
            const size_t channel =
                n * g->in_channels + windows->group * channels + c;
            z[(g->tied ? 0 : c * taps) + k] += cvl_tensor_get(
                windows->x, (channel * g->in_height + r) * g->in_width + v);
        }
}

bool cvl_windows_next(cvl_windows *windows, double *z)
{
    /* Steps by the golden section fall in with no pattern of the picture. */
    static const double golden = 0.61803398874989485;
    const cvl_conv2d_geometry *const g = windows->geometry;
    while (windows->next < windows->tried) {
        const size_t i = windows->next++;
        const size_t which =
            windows->tried == windows->all
                ? i
                : (size_t)(fmod((double)i * golden, 1) * (double)windows->all);
        const size_t n = which / windows->places;
        const size_t place = which % windows->places;
        size_t at[2];
        if (!window_starts(place / windows->width, g->stride_y, g->pad_top,
                           g->dilation_y * (g->kernel_height - 1), g->in_height,
                           &at[0]) ||
            !window_starts(place % windows->width, g->stride_x, g->pad_left,
                           g->dilation_x * (g->kernel_width - 1), g->in_width,
                           &at[1]) ||
            !counts(windows, n, place))
            continue;
        read_window(windows, n, at, z);
        return true;
    }
    return false;
}

void cvl_moments_add(double weight, const double *z, size_t terms, double *m)
{
    for (size_t i = 0; i < terms; i++) {
        const double scaled = weight * z[i];
        for (size_t j = 0; j <= i; j++) m[i * terms + j] += scaled * z[j];
    }
}

void cvl_moments_finish(double scale, size_t terms, double *m)
{
    for (size_t i = 0; i < terms; i++)
        for (size_t j = 0; j <= i; j++)
            m[i * terms + j] = m[j * terms + i] = scale * m[i * terms + j];
}
