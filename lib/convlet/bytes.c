/* bytes.c - see bytes.h for the contract. */
#include "convlet/bytes.h"

#include <stdint.h>
#include <string.h>

#include "convlet/memory.h"
#include "convlet/size.h"

void cvl_bytes_free(cvl_bytes *bytes)
{
    cvl_free(bytes->data);
    *bytes = (cvl_bytes){0};
}

cvl_status cvl_bytes_join(const cvl_span *pieces, size_t count,
                          const char *what, cvl_bytes *bytes, cvl_error *err)
{
    *bytes = (cvl_bytes){0};
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        if (!cvl_size_add(size, pieces[i].size, &size)) size = SIZE_MAX;
    void *block;
    const cvl_status status = cvl_alloc(&block, size, what, err);
    if (status) return status;
    *bytes = (cvl_bytes){.data = block, .size = size};
    unsigned char *at = block;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].size) memcpy(at, pieces[i].data, pieces[i].size);
        at += pieces[i].size;
    }
    return CVL_OK;
}
