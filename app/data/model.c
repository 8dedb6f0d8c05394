/* model.c - see model.h for the contract. */
#include "data/model.h"

#include "data/source.h"

/* A run's directory is what people name first, or the picture beside it. */
static cvl_status explain_failure(const char *path, cvl_status status,
                                  cvl_error *err)
{
    if (status != CVL_EIO && status != CVL_EFORMAT) return status;
    struct source source;
    cvl_error ignored;
    const char *const kind = source_look(path, &source, &ignored)
                                 ? NULL
                                 : source_kind_name(source.kind);
    if (!kind) return status;
    return cvl_fail(err, status,
                    "%s: is a %s, expected a model; a run's model is its "
                    "model.safetensors",
                    path, kind);
}

cvl_status model_load(const char *path, cvl_model *model, cvl_error *err)
{
    return explain_failure(path, cvl_model_load(path, model, err), err);
}

cvl_status model_load_params(const char *path, cvl_net *net, cvl_error *err)
{
    return explain_failure(path, cvl_model_load_params(path, net, err), err);
}
