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
