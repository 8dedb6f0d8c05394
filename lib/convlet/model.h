/* model.h - what was learned, as a file: a net's text and its params. */
#ifndef CVL_MODEL_H
#define CVL_MODEL_H

#include "convlet/net.h"
#include "convlet/number.h"
#include "convlet/safetensors.h"

/*
 * A model file is a safetensors file. Its tensors are the net's params and
 * buffers under torch's names ("0.weight" [O,I,KH,KW], "0.bias" [O],
 * "1.running_mean" [C]); its metadata says the rest:
 *
 *     net              the net's spec, see net.h
 *     input_shape      of the net it was trained as: "1x3x512x512"
 *     dtype            "float32" or "float64"
 *     input_scaling    what was done to the input: CVL_MODEL_SCALING_*
 *     convlet_version  that wrote it
 *     residual         "yes" where the output is to be added to the input
 *     color            what the channels are: "y", luminance, or "rgb"
 *     classes          of a classifier, the name of each output, a line each
 *     input_divisor    what bytes, as they are in a file, were divided by
 *     input_mean       of each channel, "0.13 0.25 0.2", what was taken off
 *                      then, and ...
 *     input_deviation  ... what the rest was divided by
 *     preparation      how a picture is made one for this net, as who trained
 *                      it says it
 *
 * From residual on they are absent where they say nothing.
 */

/* Values of input_scaling: the numbers as they were, */
#define CVL_MODEL_SCALING_NONE "none"
/* 0 for black to 1 for white, */
#define CVL_MODEL_SCALING_PICTURE "0..1"
/* amounts of light from 0 to 1, and not sRGB. */
#define CVL_MODEL_SCALING_LINEAR "0..1, linear light"

/* A model that was read; {0} is empty. The texts lie in the file. */
typedef struct cvl_model {
    const char *spec;
    const char *scaling; /* NULL where the file does not say */
    const char *version; /* NULL where the file does not say */
    cvl_net net;         /* planned (cvl_net_plan), to evaluate, with the file's
                            params and buffers */
    bool by_order;       /* its names were others: see cvl_model_take */
    cvl_safetensors file;
} cvl_model;

/* What the channels of a net are: the "color" of its file. */
typedef enum cvl_model_color {
    CVL_COLOR_KEEP, /* absent or "keep": as they come */
    CVL_COLOR_RGB,  /* "rgb": red, green and blue */
    CVL_COLOR_Y     /* "y": the luminance alone */
} cvl_model_color;

/* What a model file says beside the params and buffers. */
typedef struct cvl_model_about {
    const char *spec;
    const char *scaling; /* NULL: not known */
    bool residual;       /* the net's output is to be added to its input */
    cvl_model_color color;
    const char *classes;     /* a line each, without the last end; NULL: it is
                                no classifier */
    double divisor;          /* 0: not said */
    const char *mean;        /* see above; NULL: 0 and 1, */
    const char *deviation;   /* both */
    const char *preparation; /* NULL: none */
} cvl_model_about;

/* Room for the metadata of a model, as cvl_model_describe fills it in. */
typedef struct cvl_model_metadata {
    char input_shape[CVL_DESCRIBE_SIZE];
    char divisor[CVL_NUMBER_SIZE];
    cvl_metadata_entry entries[12];
    size_t count;
} cvl_model_metadata;

/*
 * Fills in the entries above, for files that hold more than a model;
 * they point into `metadata`, `about` and constants.
 */
void cvl_model_describe(const cvl_model_about *about, const cvl_net *net,
                        cvl_model_metadata *metadata);

/* Lists the params and buffers, for the same files; returns how many there
 * are. */
size_t cvl_model_list(
    const cvl_net *net,
    cvl_named_tensor tensors[CVL_MAX_PARAMS + CVL_MAX_BUFFERS]);

/*
 * The bytes of a file with the net's params and buffers and what belongs to
 * them; the caller frees them. Equal content gives equal bytes. CVL_ENOMEM;
 * CVL_EINVAL where the spec is not UTF-8. *bytes is {0} then.
 */
cvl_status cvl_model_format(const cvl_model_about *about, const cvl_net *net,
                            cvl_bytes *bytes, cvl_error *err);

/*
 * Makes a model of a file that was read (cvl_safetensors_parse), which becomes
 * part of it, or is freed on error. The file may be hostile: nothing is
 * allocated by what its texts say, only by what it holds. Every param and
 * buffer of the net must be there, with the net's dtype and shape (of
 * [O,C,H,W], also [O,CxHxW]), and nothing else but what is unread.
 *
 *   spec   the net of a file that does not say it, such as one from torch:
 *          taken for one whose arrays are its params and fit some number of
 *          input channels, and whose input is [1,C,512,512]; outlives the
 *          model. NULL: the file says it. Where names in such a file are not
 *          the net's, as torch's are not behind a Flatten, the arrays are taken
 *          by order and shape: model->by_order then
 *
 * CVL_EINVAL where both say it; CVL_EFORMAT for metadata that is missing or
 * makes no sense, and params that do not fit the net; CVL_EUNSUPPORTED;
 * CVL_ENOMEM. *model is {0} then.
 */
cvl_status cvl_model_take(cvl_safetensors *file, const char *spec,
                          cvl_model *model, cvl_error *err);

/*
 * What the file says beside the params; the texts lie in the model.
 * CVL_EFORMAT where the metadata are not of this format or contradict the net,
 * without the path.
 */
cvl_status cvl_model_read_about(const cvl_model *model, cvl_model_about *about,
                                cvl_error *err);

/* The next number of a text like input_mean, one a channel, which *levels moves
 * behind; NaN, and *levels stays, where there is none. */
double cvl_model_next_level(const char **levels);

/* Frees and resets; idempotent. */
void cvl_model_free(cvl_model *model);

/*
 * Copies the params and buffers of a file that was read into those of a net
 * that was built. The names and shapes must be the net's, or, where a param's
 * name is not there, their number, order and shapes: then *by_order is true
 * (may be NULL), to be told to whoever wonders. A matrix [O,I] will do for
 * [O,C,H,W]. Buffers that are missing stay as they are. The dtype is converted,
 * and metadata does not matter, nor what is unread, so that a file from
 * elsewhere will do. CVL_ESHAPE where the params are not the net's,
 * CVL_EUNSUPPORTED where one is unread, CVL_EFORMAT where one is not finite;
 * the net is untouched then.
 */
cvl_status cvl_model_copy_params(const cvl_safetensors *file, cvl_net *net,
                                 bool *by_order, cvl_error *err);

/* What follows is there only in a library with files (CONVLET_FILES). */

/* Reads a model: cvl_safetensors_load, then cvl_model_take without a spec.
 * Every message starts with the path. *model is {0} then. */
cvl_status cvl_model_load(const char *path, cvl_model *model, cvl_error *err);

/*
 * Writes the bytes of cvl_model_format, whole or not at all (cvl_file_write).
 * CVL_EIO, and the errors of cvl_model_format behind "PATH: ".
 */
cvl_status cvl_model_save(const char *path, const cvl_model_about *about,
                          const cvl_net *net, cvl_error *err);

/* The same in a directory that is open; as cvl_file_write_at. */
cvl_status cvl_model_save_at(int directory, const char *path,
                             const cvl_model_about *about, const cvl_net *net,
                             cvl_error *err);

#endif
