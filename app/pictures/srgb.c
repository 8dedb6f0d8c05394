/* srgb.c - see srgb.h for the contract. */
#include "pictures/srgb.h"

#include <math.h>

double srgb_decode(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

double srgb_encode(double light)
{
    return light <= 0.04045 / 12.92 ? light * 12.92
                                    : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

void srgb_decode_all(cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, srgb_decode(cvl_tensor_get(tensor, i)));
}

void srgb_encode_all(cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, srgb_encode(cvl_tensor_get(tensor, i)));
}

double srgb_luminance(const double rgb[3])
{
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

void srgb_luminance_all(const cvl_tensor *rgb, cvl_tensor *luminance)
{
    const size_t area = rgb->shape[2] * rgb->shape[3];
    for (size_t i = 0; i < luminance->count; i++) {
        double values[3];
        for (size_t c = 0; c < 3; c++)
            values[c] =
                cvl_tensor_get(rgb, (i / area * 3 + c) * area + i % area);
        cvl_tensor_set(luminance, i, srgb_luminance(values));
    }
}
