/* assumed.c - see assumed.h for the contract. */
#include <__fc_builtin.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "convlet/memory.h"

char assumed_message[CVL_ERROR_SIZE];

int assumed_text(char *text, size_t size)
{
    if (size) {
        Frama_C_make_unknown(text, size);
        text[size - 1] = '\0';
    }
    return Frama_C_interval(-1, INT_MAX);
}

cvl_status assumed_failure(cvl_error *err, cvl_status status)
{
    if (!err) return status;
    assumed_text(err->message, sizeof err->message);
    err->status = status;
    return status;
}

/* Memory may run out, or be there and hold anything. */
cvl_status cvl_alloc(void **block, size_t bytes, const char *what,
                     cvl_error *err)
{
    *block = bytes <= PTRDIFF_MAX ? malloc(bytes ? bytes : 1) : NULL;
    return *block ? CVL_OK : assumed_failure(err, CVL_ENOMEM);
}
