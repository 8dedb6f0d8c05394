/* model_file.c - model files where they lie. */
#include "convlet/model.h"
#include "convlet/model_content.h"

cvl_status cvl_model_load(const char *path, cvl_model *model, cvl_error *err)
{
    cvl_safetensors file;
    *model = (cvl_model){0};
    cvl_status status = cvl_safetensors_load(path, &file, err);
    if (status) return status;
    status = cvl_model_take(&file, NULL, model, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

cvl_status cvl_model_save_at(int directory, const char *path,
                             const cvl_model_about *about, const cvl_net *net,
                             cvl_error *err)
{
    cvl_model_content content;
    cvl_model_gather(about, net, &content);
    return cvl_safetensors_save_at(directory, path, &content.file, err);
}

cvl_status cvl_model_save(const char *path, const cvl_model_about *about,
                          const cvl_net *net, cvl_error *err)
{
    return cvl_model_save_at(-1, path, about, net, err);
}
