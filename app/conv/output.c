/* output.c - see output.h for the contract. */
#include "conv/output.h"

#include <stdio.h>
#include <string.h>

#include <convlet/npy.h>

#include "data/array_print.h"
#include "data/layout.h"

cvl_status conv_put(const char *path, const char *name,
                    const cvl_tensor *tensor, cvl_error *err)
{
    if (!path) return CVL_OK;
    if (strcmp(path, "-") != 0) return cvl_npy_save(path, tensor, err);
    array_print(stdout, name, tensor);
    return CVL_OK;
}

cvl_status conv_put_planes(const struct config *config, const char *path,
                           const char *name, cvl_tensor *tensor, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (path) status = layout_restore_planes(config, tensor, err);
    return status ? status : conv_put(path, name, tensor, err);
}
