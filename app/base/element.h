/* element.h - what the arrays of a layer are called. */
#ifndef CONVLET_BASE_ELEMENT_H
#define CONVLET_BASE_ELEMENT_H

#include <convlet/terms.h>

/* The array of an element, "x" or "dw". */
static inline const char *element_array(const cvl_element *element)
{
    static const char *const names[][CVL_LAYER_MAX_PARAMS] = {
        [CVL_ARRAY_X] = {"x"},   [CVL_ARRAY_PARAM] = {"w", "b"},
        [CVL_ARRAY_Y] = {"y"},   [CVL_ARRAY_GRAD] = {"dw", "db"},
        [CVL_ARRAY_DX] = {"dx"}, [CVL_ARRAY_DY] = {"dy"}};
    return names[element->array][element->param];
}

#endif
