/* run_dir.c - see run_dir.h for the contract. */
#include "run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/file.h>
#include <convlet/npy.h>

#include "picture.h"
#include "resolve.h"
#include "text.h"

/* DIR/name in a new text; free it. */
static cvl_status path_in(const struct run_dir *dir, const char *name,
                          struct text *path, cvl_error *err)
{
    *path = (struct text){0};
    text_add(path, "%s/%s", dir->path, name);
    return text_status(path, err);
}

static cvl_status refuse_earlier_run(const struct run_dir *dir, cvl_error *err)
{
    struct text path;
    struct stat info;
    cvl_status status = path_in(dir, "config.ini", &path, err);
    if (!status && !stat(path.data, &info))
        status = cvl_fail(err, CVL_EINVAL,
                          "%s holds an earlier run; choose another --out, or "
                          "add --force to overwrite it",
                          dir->path);
    text_free(&path);
    return status;
}

static cvl_status make_directory(const struct run_dir *dir, cvl_error *err)
{
    if (!mkdir(dir->path, 0777)) return CVL_OK;
    struct stat info;
    if (errno == EEXIST && !stat(dir->path, &info) && S_ISDIR(info.st_mode))
        return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s: cannot make the directory: %s",
                    dir->path, strerror(errno));
}

static cvl_status write_config(const struct run_dir *dir,
                               const struct config *config, cvl_error *err)
{
    struct text path, text = {0};
    config_write(COMMAND_TRAIN, config, &text);
    cvl_status status = path_in(dir, "config.ini", &path, err);
    if (!status) status = text_status(&text, err);
    if (!status) {
        const cvl_span piece = {text.data, text.size};
        status = cvl_file_write(path.data, &piece, 1, err);
    }
    text_free(&text);
    text_free(&path);
    return status;
}

static cvl_status open_log(struct run_dir *dir, bool with_psnr, cvl_error *err)
{
    struct text path;
    cvl_status status = path_in(dir, "loss.csv", &path, err);
    if (!status) {
        FILE *const stream = fopen(path.data, "w");
        dir->log = (struct log){stream, LOG_CSV, with_psnr};
        if (stream)
            log_begin(&dir->log);
        else
            status = cvl_fail(err, CVL_EIO, "%s: cannot write: %s", path.data,
                              strerror(errno));
    }
    text_free(&path);
    return status;
}

cvl_status run_dir_open(struct run_dir *dir, const struct config *config,
                        bool with_psnr, cvl_error *err)
{
    *dir = (struct run_dir){.path = config->out};
    cvl_status status = make_directory(dir, err);
    if (!status && !config->force) status = refuse_earlier_run(dir, err);
    if (!status) status = write_config(dir, config, err);
    if (!status) status = open_log(dir, with_psnr, err);
    return status;
}

static cvl_status save_picture(const struct run_dir *dir, bool quiet,
                               const char *name, const cvl_tensor *pixels,
                               cvl_error *err)
{
    if (pixels->shape[1] != 1 && pixels->shape[1] != 3) return CVL_OK;
    struct text path;
    cvl_status status = path_in(dir, name, &path, err);
    if (!status) status = picture_save(path.data, pixels, err);
    if (!status && !quiet) fprintf(stderr, "wrote %s\n", path.data);
    text_free(&path);
    return status;
}

static cvl_status save_param(const struct run_dir *dir, const cvl_param *param,
                             cvl_error *err)
{
    struct text path, name = {0};
    text_add(&name, "%s.npy", param->name);
    cvl_status status = text_status(&name, err);
    if (!status) status = path_in(dir, name.data, &path, err);
    if (!status) {
        status = cvl_npy_save(path.data, &param->value, err);
        text_free(&path);
    }
    text_free(&name);
    return status;
}

cvl_status run_dir_finish(struct run_dir *dir, const struct config *config,
                          const struct data *data, const cvl_net *net,
                          cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < net->param_count; i++)
        status = save_param(dir, &net->params[i], err);
    if (!data->is_picture) return status;
    const bool quiet = config->quiet;
    if (!status)
        status = save_picture(dir, quiet, "input.png", &data->input, err);
    if (!status)
        status = save_picture(dir, quiet, "target.png", &data->target, err);
    if (!status)
        status = save_picture(dir, quiet, "prediction.png", &net->output, err);
    return status;
}

void run_dir_close(struct run_dir *dir)
{
    if (dir->log.stream) fclose(dir->log.stream);
    *dir = (struct run_dir){0};
}
