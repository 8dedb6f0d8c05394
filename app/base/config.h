/* config.h - every setting of a run, typed, as the commands read them. */
#ifndef CONVLET_BASE_CONFIG_H
#define CONVLET_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <convlet/conv2d.h>
#include <convlet/exec.h>
#include <convlet/net.h>
#include <convlet/optimizer.h>

enum padding_mode {
    PADDING_SIZES, /* as given, side by side */
    PADDING_SAME,  /* the output has ceil(input / stride) rows and columns */
    PADDING_FIT    /* pad bottom and right until the stride divides */
};

struct padding {
    enum padding_mode mode;
    size_t size[4]; /* top, bottom, left, right; 0 for the other modes */
};

/* The place of one element, as it was written; {0} where it was not. */
struct index {
    size_t count; /* numbers that were given: 0 to 4 */
    size_t at[4]; /* the last ones of the four; 0 before them */
};

enum dtype_choice { DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_AUTO };
enum isa_choice { ISA_AUTO, ISA_BASE, ISA_AVX2, ISA_AVX512 };
enum region_choice { REGION_VALID, REGION_ALL };
enum log_format { LOG_TEXT, LOG_CSV, LOG_JSONL };
enum data_layout { LAYOUT_NCHW, LAYOUT_NHWC };
enum color_choice { COLOR_KEEP, COLOR_Y, COLOR_RGB };
enum weight_layout { LAYOUT_OIHW, LAYOUT_IOHW, LAYOUT_HWIO };
enum answer_format { ANSWER_TEXT, ANSWER_CSV, ANSWER_JSON };
enum explain_format { EXPLAIN_TEXT, EXPLAIN_JSON, EXPLAIN_SVG };

/*
 * A structure for each subject. What the table of options (app/options.c) says
 * about each field is the truth: its default, its range, and the commands that
 * set it. A field that no option of the command sets is zero. Pairs are {y, x}.
 * A text that is not set is NULL, never empty. The texts belong to the settings
 * as they came in (cli/settings.h) or to argv. Fields stand by meaning, not by
 * size.
 */
struct options;

/* The layer, or the net. */
struct geometry_settings {
    size_t batch, channels, height, width;
    size_t kernels; /* 0: as many as the target has channels */
    size_t kernel_size[2], stride[2], dilation[2];
    struct padding padding;
    size_t groups;
    bool bias;
    bool tie_input_channels;
    const char *net; /* NULL: one layer of the geometry above */
};

/* What is learned from, or computed with; paths. */
struct data_settings {
    const char *input;    /* "random", explain: "example", or a path */
    const char *data;     /* labelled samples; NULL: input and target */
    const char *hold_out; /* NULL: as the data has it */
    const char *order;    /* a path: which samples each step takes */
    size_t shift;         /* pixels that a picture is moved by, at most */
    bool standardize, drop_last;
    const char
        *target; /* "ones", "zeros", "leaves", a path, or "filter:NAME" */
    uint32_t seed;
    const char *weight, *bias_file, *grad_output; /* conv, explain: paths */
    const char *params, *labels;                  /* of a net: paths */
    enum data_layout input_layout;
    enum weight_layout weight_layout;
    const char *degrade; /* NULL: --input is what goes in */
    bool share_channels; /* each channel is a picture of its own */
    bool linear_light;   /* pictures are decoded from sRGB */
    size_t patch[2];
    size_t batch_size; /* 0: auto */
    enum color_choice color;
    const char *validation; /* a path; NULL: chosen by the target */
};

/* How the net is trained. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): by meaning */
struct training_settings {
    size_t steps;
    size_t epochs; /* 0: as many steps */
    double lr;     /* 0: auto */
    cvl_schedule lr_schedule;
    size_t lr_warmup; /* updates until the rate is lr */
    size_t shards;    /* of a batch; 1: it is whole */
    double momentum;
    bool nesterov;
    double weight_decay;
    const char *optimizer;        /* a name of cvl_optimizer_kind */
    double beta1, beta2, epsilon; /* of adam; epsilon 0: auto */
    bool whiten;
    const char *loss;  /* as cvl_loss_parse reads it */
    bool loss_is_said; /* and not the default that nobody has named */
    double label_smoothing;
    cvl_reduction reduction;
    enum region_choice region; /* of the output, in the loss */
    bool mask_clipped;
    const char *init; /* "normal", "kaiming" or "zeros" */
    const char *init_weight, *init_bias;
    double rtol, atol;
    bool residual;
};

/* How it is computed. */
struct execution_settings {
    enum dtype_choice dtype;
    size_t threads; /* 0: all processors */
    cvl_conv_algo algorithm;
    enum isa_choice isa;
    cvl_mode mode; /* of a net */
};

/* A model, and its picture: paths. */
struct show_settings {
    const char *model, *picture;
};

/* What is done to which files. */
struct apply_settings {
    size_t tile;         /* outputs a side of a tile; 0: as memory allows */
    const char *compare; /* a file or a directory; of a classifier, labels */
    enum answer_format format;
    size_t file_count; /* what is no flag on the command line */
    const char *const *files;
};

/* What is written, and where. */
struct output_settings {
    const char *out; /* directory */
    enum log_format log;
    size_t log_every;
    bool log_params;
    size_t checkpoint_every; /* steps; 0: by the clock alone */
    bool force, quiet, verbose;
    bool best; /* say how good the layer could be */
    const char *output, *grad_input, *grad_weight, *grad_bias; /* conv */
    const char *grad_params, *buffers, *grad_loss;             /* of a net */
};

/* explain: what of, at most one is set. */
struct explain_settings {
    struct index of_output, of_weight, of_input, of_bias;
    struct index of_layer, of_loss; /* of a net; the last number, if any */
    bool of_geometry;
    bool follows; /* the path of the gradient that is asked for */
    size_t terms; /* at most so many are listed; 0: all */
    size_t digits;
    enum explain_format format;
    const char *save_arrays; /* directory */
};

/* check, explain: against finite differences. */
struct check_settings {
    size_t samples;   /* 0: every element */
    double tolerance; /* 0: by dtype */
    bool h_sweep;     /* a table of quotients instead */
};

/* What is timed, and how long. */
struct bench_settings {
    const char *algorithm;      /* a name of cvl_conv_algo, or "all" */
    const char *shapes, *shape; /* a path, and an ID in that file */
    const char *phase;          /* of bench_phase_name, or "all" */
    bool machine;               /* its rates, and no layer's */
    size_t rounds;
    double seconds;
};

/* Given as flags only, and what is known about all the others. */
struct start_settings {
    const char *command;           /* the name of the one that runs */
    const struct options *options; /* its rows (cli/option.h) */
    const char *preset;            /* the preset in effect; NULL: none */
    bool preset_is_automatic;      /* nobody asked for it */
    const char *config_file;
    const char *resume; /* directory of the run to continue; it is `out` too */
    bool print_config, help;
    int argument_count;
    const char *const *arguments;
};

/* All of them. */
struct config {
    struct geometry_settings geometry;
    struct data_settings data;
    struct training_settings training;
    struct execution_settings execution;
    struct show_settings show;
    struct apply_settings apply;
    struct output_settings output;
    struct explain_settings explain;
    struct check_settings check;
    struct bench_settings bench;
    struct start_settings start;
};

#endif
