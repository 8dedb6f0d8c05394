/* options.c - the options of all commands, one row each. */
#include "options.h"

#include <stddef.h>

#include <convlet/loss.h>
#include <convlet/net.h>
#include <convlet/shards.h>

#include "base/setup.h"
#include "cli/presets.h"
#include "data/filter_bank.h"
#include "option_values.h"
#include "patches/degrade.h"

#define AT(field) offsetof(struct config, field)
#define CHOICES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define VARIANTS(...) ((const struct variant[]){__VA_ARGS__, {0}})

#define SIZED "train check bench" /* the input has the sizes given */
#define GIVEN "conv explain"      /* or its own, as the arrays have */
#define ALL "train conv explain check bench" /* that convolve as asked */
/* that may make up an input */
#define SHAPED "train conv explain check show bench"

const struct option option_table[] = {
    /* geometry */
    {"batch", SECTION_GEOMETRY, TYPE_SIZE, SHAPED, AT(geometry.batch), "2",
     "pictures in the random input", .metavar = "N", .low = 1,
     .akin = "batch-size",
     .variants = VARIANTS(
         {"show", .text = "1", .help = "pictures in the input of --net"})},
    {"channels", SECTION_GEOMETRY, TYPE_SIZE, SHAPED, AT(geometry.channels),
     "3", "channels of the random input", .metavar = "C", .low = 1,
     .akin = "in-channels input-channels",
     .variants = VARIANTS({"show", .help = "channels of the input of --net"})},
    {"height", SECTION_GEOMETRY, TYPE_SIZE, SHAPED, AT(geometry.height), "20",
     "rows of the random input", .metavar = "H", .low = 1, .akin = "rows",
     .variants = VARIANTS({"show", .help = "rows of the input of --net"})},
    {"width", SECTION_GEOMETRY, TYPE_SIZE, SHAPED, AT(geometry.width), "20",
     "columns of the random input", .metavar = "W", .low = 1, .akin = "columns",
     .variants = VARIANTS({"show", .help = "columns of the input of --net"})},
    {"kernels", SECTION_GEOMETRY, TYPE_SIZE, "train explain check bench",
     AT(geometry.kernels), "4", "output channels", .metavar = "K", .low = 1,
     .akin = "out-channels output-channels filters",
     .variants = VARIANTS(
         {"train", .help = "output channels; auto: as many as the target has",
          .zero = "auto"})},
    {"kernel-size", SECTION_GEOMETRY, TYPE_PAIR, "train explain check bench",
     AT(geometry.kernel_size), "2", "rows and columns of a kernel",
     .metavar = "H,W", .low = 1, .akin = "kernel filter-size size"},
    {"stride", SECTION_GEOMETRY, TYPE_PAIR, ALL, AT(geometry.stride), "2",
     "steps of the window, down and right", .metavar = "H,W", .low = 1,
     .akin = "strides", .variants = VARIANTS({GIVEN, .text = "1"})},
    {"padding", SECTION_GEOMETRY, TYPE_PADDING, ALL, AT(geometry.padding), "1",
     "zeros around the input: P or Y,X or TOP,BOTTOM,LEFT,RIGHT; same "
     "keeps the size; fit pads bottom and right until the stride divides",
     .metavar = "P|same|fit", .akin = "pad pads",
     .variants = VARIANTS({GIVEN, .text = "0"})},
    {"dilation", SECTION_GEOMETRY, TYPE_PAIR, ALL, AT(geometry.dilation), "1",
     "distance between the taps of a kernel", .metavar = "H,W", .low = 1,
     .akin = "dilate"},
    {"groups", SECTION_GEOMETRY, TYPE_SIZE, ALL, AT(geometry.groups), "1",
     "channels are cut into this many independent parts", .metavar = "N",
     .low = 1},
    {"bias", SECTION_GEOMETRY, TYPE_SWITCH, SIZED, AT(geometry.bias), "true",
     .help = "add a learned number to every output channel"},
    {"tie-input-channels", SECTION_GEOMETRY, TYPE_SWITCH, ALL,
     AT(geometry.tie_input_channels), "false",
     "one kernel per output channel, shared by all input channels",
     .akin = "tied shared-kernel"},
    {"net", SECTION_GEOMETRY, TYPE_TEXT, "train conv explain check bench",
     AT(geometry.net), "",
     "a stack of layers instead of one, as \"conv 8 3x3, relu, conv 3 3x3\"",
     .metavar = "SPEC", .akin = "network model layers",
     .usages = cvl_layer_kind_usage},

    /* data */
    {"input", SECTION_DATA, TYPE_TEXT, "train conv explain", AT(data.input),
     "random",
     "random numbers, or a picture, or an array (.npy), or numbers, as "
     "'[[1,2],[3,4]]'; or a directory of pictures, each of whose targets has "
     "its name in the directory --target",
     .metavar = "random|FILE|DIR|NUMBERS", .akin = "data",
     .variants = VARIANTS(
         {"conv", "",
          "the input x, [N,C,H,W]: a .npy array or a picture; or numbers, as "
          "'1 2 3' or '[[1,2],[3,4]]'; or ones:, zeros:, range: (1, 2, 3 ...), "
          "uniform: or normal: (drawn from --seed, as np.random does) and the "
          "axes, as ones:1,3,5,5; with --net or --model also random, in the "
          "four sizes, and the default",
          .metavar = "FILE|NUMBERS|random"},
         {"explain", "example",
          "the example of the course, or random numbers, as with --net or "
          "--model, or as of conv: a file, or numbers",
          .metavar = "example|random|FILE|NUMBERS"}),
     .settled = option_settle_input},
    {"data", SECTION_DATA, TYPE_TEXT, "train bench", AT(data.data), "",
     "labelled samples to tell apart: digits, the 1,797 that come with "
     "convlet; a directory with a folder of pictures for each class, or with "
     "MNIST's files; arrays of images and of labels, IDX or .npy; or "
     "CIFAR-10's "
     "files",
     .metavar = "digits|DIR|IMAGES,LABELS|FILE.bin,...", .newer = true,
     .akin = "dataset data-dir data-path samples labels",
     .variants = VARIANTS(
         {"bench",
          .help = "with --net or --model: what the batches of its steps are "
                  "drawn from, as training draws them"})},
    {"hold-out", SECTION_DATA, TYPE_TEXT, "train", AT(data.hold_out), "",
     "samples that are never trained on, to measure with: each Nth, the last "
     "N, or files as of --data; the default is the data's own test part, or "
     "every:5, and none beside --input",
     .metavar = "none|every:N|last:N|FILES", .newer = true,
     .akin = "test test-size val val-split validation-split held-out"},
    {"shift", SECTION_DATA, TYPE_SIZE, "train bench", AT(data.shift), "0",
     "with --data: move each picture by up to so many pixels, another way in "
     "each epoch",
     .metavar = "N", .high = 4096, .newer = true,
     .akin = "augment jitter translate"},
    {"standardize", SECTION_DATA, TYPE_SWITCH, "train", AT(data.standardize),
     "false",
     "samples: take off the mean of each channel, and divide by its deviation",
     .newer = true, .akin = "normalize normalise standardise whiten"},
    {"order", SECTION_DATA, TYPE_TEXT, "train", AT(data.order), "",
     "which samples each step takes, as an array steps x batch of their "
     "numbers in the training part, from 0: to repeat another program's run",
     .metavar = "FILE", .newer = true, .akin = "batches sampler indices",
     .over = "epochs shift"},
    {"drop-last", SECTION_DATA, TYPE_SWITCH, "train", AT(data.drop_last),
     "false", "leave out an epoch's last batch where it is a short one",
     .newer = true},
    {"target", SECTION_DATA, TYPE_TARGET, "train explain", AT(data.target),
     "ones",
     "what to learn: ones, zeros, a picture or array, a directory beside an "
     "--input that is one, or filter:NAME, the input seen through that filter; "
     "with --degrade: a directory of good pictures, or leaves, which draws "
     "some",
     .metavar = "ones|zeros|FILE|DIR|leaves|filter:NAME", .akin = "goal",
     .names = filter_name,
     .variants = VARIANTS(
         {"explain", "",
          "the gradient to send back is of the loss toward this; the default, "
          "ones, but for the example",
          .metavar = "ones|zeros|FILE|filter:NAME"})},
    {"target", SECTION_DATA, TYPE_TEXT, "bench", AT(data.target), "leaves",
     "with --degrade: a directory of good pictures, or leaves, which draws "
     "some",
     .metavar = "DIR|leaves", .akin = "goal"},
    {"target", SECTION_DATA, TYPE_TEXT, "conv", AT(data.target), "",
     "with --net: what the loss compares the output with; ones where a "
     "gradient "
     "is asked for",
     .metavar = "ones|zeros|FILE|NUMBERS", .akin = "goal truth"},
    {"degrade", SECTION_DATA, TYPE_TEXT, "train bench", AT(data.degrade), "",
     "make the input from the target, for the net to undo: noise of a "
     "deviation in 1/255, blur by a Gaussian of so many pixels, down, N "
     "times smaller and bicubically up again, or shrink, N times smaller",
     .names = degrade_example, .akin = "noise blur down shrink corrupt",
     .variants = VARIANTS(
         {"bench",
          .help = "with --net or --model: the batches of its steps are patches "
                  "of pictures and what becomes of them, as in training"})},
    {"share-channels", SECTION_DATA, TYPE_SWITCH, "train",
     AT(data.share_channels), "false",
     "take every channel as a picture of its own: one filter for all",
     .akin = "shared-channels one-filter"},
    {"linear-light", SECTION_DATA, TYPE_SWITCH, "train", AT(data.linear_light),
     "false", "turn the sRGB of pictures into amounts of light",
     .akin = "linear srgb gamma"},
    {"patch", SECTION_DATA, TYPE_PAIR, "train bench", AT(data.patch), "33",
     "with --degrade: rows and columns that are cut from pictures",
     .metavar = "H,W", .low = 1, .high = 4096, .akin = "patch-size crop"},
    {"batch-size", SECTION_DATA, TYPE_SIZE, "train bench", AT(data.batch_size),
     "auto",
     "samples or patches in a step; auto: 32 samples of --data, 16 patches, "
     "and arrays whole",
     .metavar = "N", .low = 1, .high = 65536, .zero = "auto", .older = "16",
     .akin = "batch patches",
     .variants =
         VARIANTS({"bench", .help = "samples or patches in a step; auto: 32 "
                                    "samples of --data, 16 patches"})},
    {"color", SECTION_DATA, TYPE_CHOICE, "train bench", AT(data.color), "keep",
     "with --degrade: the channels of the pictures; y: luminance alone",
     .akin = "colour gray grey", .choices = CHOICES("keep", "y", "rgb")},
    {"validation", SECTION_DATA, TYPE_TEXT, "train", AT(data.validation), "",
     "with --degrade: a picture to measure with; else the last one of the "
     "directory, which is not trained on then, or a picture of leaves",
     .metavar = "FILE", .akin = "held-out test valid"},
    {"weight", SECTION_DATA, TYPE_TEXT, GIVEN, AT(data.weight), "",
     "the kernels w, [O,I,KH,KW], in the same ways", .metavar = "FILE|NUMBERS",
     .akin = "weights kernel kernels filter"},
    {"bias", SECTION_DATA, TYPE_TEXT, GIVEN, AT(data.bias_file), "",
     "the bias b, [O]", .metavar = "FILE|NUMBERS"},
    {"grad-output", SECTION_DATA, TYPE_TEXT, GIVEN, AT(data.grad_output), "",
     "the gradient dy, shaped as the output, to send back",
     .metavar = "FILE|NUMBERS", .akin = "dy"},
    {"params", SECTION_DATA, TYPE_TEXT, "conv explain check", AT(data.params),
     "",
     "with --net: its params and buffers, under torch's names; names that are "
     "not the net's are taken by order and shape; without it they are drawn",
     .metavar = "FILE.safetensors", .akin = "weights parameters init state"},
    {"labels", SECTION_DATA, TYPE_TEXT, GIVEN, AT(data.labels), "",
     "with a loss of labels: the class of each sample, from 0, as .npy or IDX "
     "of any type; drawn where they are not given",
     .metavar = "FILE|NUMBERS", .akin = "label classes target"},
    {"input-layout", SECTION_DATA, TYPE_CHOICE, GIVEN, AT(data.input_layout),
     "nchw", "order of the axes of input, output and their gradients",
     .akin = "layout", .choices = CHOICES("nchw", "nhwc")},
    {"weight-layout", SECTION_DATA, TYPE_CHOICE, GIVEN, AT(data.weight_layout),
     "oihw", "order of the axes of the weight and its gradient",
     .choices = CHOICES("oihw", "iohw", "hwio")},
    {"seed", SECTION_DATA, TYPE_SEED, "train conv explain check", AT(data.seed),
     "0", "start of the random numbers, as np.random.seed takes it",
     .metavar = "N", .high = 4294967295.0, .akin = "random-seed"},
    {"model", SECTION_DATA, TYPE_TEXT,
     "conv explain check show apply export bench", AT(show.model), "",
     "the model, as training leaves it in its directory", .metavar = "FILE",
     .akin = "input init",
     .variants = VARIANTS({"conv explain check bench",
                           .help = "the net of this model, and its params"})},
    {"net", SECTION_DATA, TYPE_TEXT, "show apply export", AT(geometry.net), "",
     "the layers of a model from elsewhere, whose file does not say them, as "
     "\"conv 8 3x3, relu, conv 3 3x3\"",
     .metavar = "SPEC", .akin = "network layers",
     .variants = VARIANTS(
         {"show",
          .help = "the layers of a model from elsewhere, whose file does not "
                  "say them, as \"conv 8 3x3, relu, conv 3 3x3\"; without "
                  "--model: of a net that nobody trained, on an input of the "
                  "four sizes"})},

    /* training */
    {"steps", SECTION_TRAINING, TYPE_SIZE, "train", AT(training.steps), "50",
     "updates at most; with --order, as many as that has", .metavar = "N",
     .low = 1, .high = 1e9,
     .akin = "iterations updates max-steps max-iter iters",
     .settled = option_settle_steps, .over = "epochs"},
    {"epochs", SECTION_TRAINING, TYPE_SIZE, "train", AT(training.epochs),
     "none",
     "instead of --steps: times that every sample is trained on, in all, also "
     "where a run goes on",
     .metavar = "N", .low = 1, .high = 1e9, .zero = "none", .newer = true,
     .akin = "epoch num-epochs n-epochs max-epochs passes"},
    {"lr", SECTION_TRAINING, TYPE_REAL, "train", AT(training.lr), "0.001",
     "learning rate; auto: a stable one, by the curvature of the loss",
     .metavar = "X", .above = true, .zero = "auto",
     .akin = "learning-rate eta alpha rate"},
    {"lr-schedule", SECTION_TRAINING, TYPE_CHOICE, "train",
     AT(training.lr_schedule), "constant",
     "how the learning rate falls from --lr to 0 over --steps: not at all, "
     "along a line, or along half a cosine; as every rate depends on --steps, "
     "such a run cannot be resumed for more",
     .akin = "schedule lr-decay decay annealing", .names = cvl_schedule_name},
    {"lr-warmup", SECTION_TRAINING, TYPE_SIZE, "train", AT(training.lr_warmup),
     "0", "updates over which the learning rate first rises", .metavar = "N",
     .high = 1e9, .akin = "warmup warm-up"},
    {"momentum", SECTION_TRAINING, TYPE_REAL, "train bench",
     AT(training.momentum), "0",
     "how much of the last step goes into the next one", .metavar = "X",
     .high = 1, .below = true},
    {"nesterov", SECTION_TRAINING, TYPE_SWITCH, "train", AT(training.nesterov),
     "false", .help = "look ahead along the momentum"},
    {"optimizer", SECTION_TRAINING, TYPE_NAME, "train bench",
     AT(training.optimizer), "sgd", "what makes steps of gradients",
     .akin = "optimiser method algorithm", .names = cvl_optimizer_kind_name,
     .usages = cvl_optimizer_kind_usage},
    {"beta1", SECTION_TRAINING, TYPE_REAL, "train", AT(training.beta1), "0.9",
     "adam: how much of the gradients' mean is kept", .metavar = "X", .high = 1,
     .below = true, .akin = "betas"},
    {"beta2", SECTION_TRAINING, TYPE_REAL, "train", AT(training.beta2), "0.999",
     "adam: how much of the squares' mean is kept", .metavar = "X", .high = 1,
     .below = true},
    {"epsilon", SECTION_TRAINING, TYPE_REAL, "train", AT(training.epsilon),
     "auto",
     "adam: keeps the division away from zero; auto: 1e-08, or 0.01 where the "
     "steps are whitened",
     .metavar = "X", .above = true, .zero = "auto", .akin = "eps"},
    {"weight-decay", SECTION_TRAINING, TYPE_REAL, "train",
     AT(training.weight_decay), "0", "pull of the parameters toward zero",
     .metavar = "X", .akin = "l2 decay"},
    {"whiten", SECTION_TRAINING, TYPE_SWITCH, "train", AT(training.whiten),
     "false",
     "one conv layer of up to 512 numbers a window: step in coordinates in "
     "which its windows are uncorrelated",
     .akin = "precondition decorrelate", .newer = true},
    {"loss", SECTION_TRAINING, TYPE_NAME, "train conv explain check bench",
     AT(training.loss), "mse", "what training lowers", .newer = true,
     .akin = "criterion objective", .names = cvl_loss_kind_name,
     .usages = cvl_loss_kind_usage, .more = option_check_loss,
     .settled = setup_default_loss, .said = AT(training.loss_is_said)},
    {"label-smoothing", SECTION_TRAINING, TYPE_REAL, "train conv explain check",
     AT(training.label_smoothing), "0",
     "the part of each label that is spread over all classes alike",
     .metavar = "A", .high = 1, .akin = "smoothing", .newer = true},
    {"reduction", SECTION_TRAINING, TYPE_CHOICE, "train conv explain check",
     AT(training.reduction), "notebook",
     "how the errors become one loss; of labels, mean or sum",
     .names = option_reductions, .settled = option_settle_reduction,
     .variants = VARIANTS({"conv check", .text = "mean"})},
    {"region", SECTION_TRAINING, TYPE_CHOICE, "train", AT(training.region),
     "all", "outputs in the loss; valid: those that depend on no padding",
     .choices = CHOICES("valid", "all")},
    {"mask-clipped", SECTION_TRAINING, TYPE_SWITCH, "train",
     AT(training.mask_clipped), "false",
     "leave pixels of the target that are 0 or 255 out of the loss",
     .akin = "clipped"},
    {"init", SECTION_TRAINING, TYPE_NAME, "train", AT(training.init), "normal",
     "how the kernels start; a file: as the model in it",
     .metavar = "|FILE.safetensors", .names = option_inits,
     .akin = "model pretrained"},
    {"init-weight", SECTION_TRAINING, TYPE_TEXT, "train",
     AT(training.init_weight), "", "start from the kernels in this array",
     .metavar = "FILE", .akin = "weight weights"},
    {"init-bias", SECTION_TRAINING, TYPE_TEXT, "train", AT(training.init_bias),
     "", "start from the bias in this array", .metavar = "FILE"},
    {"shards", SECTION_TRAINING, TYPE_SIZE, "train", AT(training.shards), "1",
     "parts that each batch is cut into; their gradients are added in an order "
     "of their own, whoever computes them: with mpirun as many processes may "
     "share them",
     .metavar = "S", .low = 1, .high = CVL_MAX_SHARDS, .newer = true,
     .akin = "ranks workers data-parallel accumulate micro-batches"},
    {"residual", SECTION_TRAINING, TYPE_SWITCH, "train bench",
     AT(training.residual), "false",
     "with --degrade: the net learns what to add to its input, which is "
     "nothing "
     "at first",
     .akin = "skip"},
    {"rtol", SECTION_TRAINING, TYPE_REAL, "train", AT(training.rtol), "1e-05",
     "stop when |output - target| <= atol + rtol |target| everywhere",
     .metavar = "X"},
    {"atol", SECTION_TRAINING, TYPE_REAL, "train", AT(training.atol), "1e-08",
     "see rtol", .metavar = "X"},

    /* explain */
    {"layer", SECTION_EXPLAIN, TYPE_INDEX, "explain", AT(explain.of_layer), "",
     "with --net or --model: which layer's number, from 0; the last one, if "
     "not said",
     .metavar = "I", .akin = "layers"},
    {"at", SECTION_EXPLAIN, TYPE_INDEX, "explain", AT(explain.of_output), "",
     "the output y[N,K,Y,X]; numbers left out in front are 0; without any of "
     "these, the first output",
     .metavar = "N,K,Y,X", .akin = "output index y"},
    {"grad-weight", SECTION_EXPLAIN, TYPE_INDEX, "explain",
     AT(explain.of_weight), "", "the gradient dw[K,C,I,J] of one weight",
     .metavar = "K,C,I,J", .akin = "dw"},
    {"grad-bias", SECTION_EXPLAIN, TYPE_INDEX, "explain", AT(explain.of_bias),
     "", "the gradient db[K] of one bias", .metavar = "K", .akin = "db"},
    {"grad-input", SECTION_EXPLAIN, TYPE_INDEX, "explain", AT(explain.of_input),
     "", "the gradient dx[N,C,Y,X] of one input", .metavar = "N,C,Y,X",
     .akin = "dx"},
    {"loss-row", SECTION_EXPLAIN, TYPE_INDEX, "explain", AT(explain.of_loss),
     "",
     "with --net or --model: the loss, and what sample N adds to it: of labels "
     "its row of softmax, a class each, else its elements",
     .metavar = "N", .akin = "softmax softmax-row loss-at row sample"},
    {"geometry", SECTION_EXPLAIN, TYPE_SWITCH, "explain",
     AT(explain.of_geometry), "false",
     "the sizes alone: which inputs each output covers", .akin = "map sizes"},
    {"path", SECTION_EXPLAIN, TYPE_SWITCH, "explain", AT(explain.follows),
     "false",
     "with --net or --model: follow the gradient that is asked for down from "
     "the loss, at each layer the largest of its terms",
     .akin = "chain follow"},
    {"terms", SECTION_EXPLAIN, TYPE_SIZE, "explain", AT(explain.terms), "32",
     "list so many at most", .metavar = "N", .low = 1, .zero = "all",
     .akin = "limit max"},
    {"digits", SECTION_EXPLAIN, TYPE_SIZE, "explain", AT(explain.digits), "6",
     "significant digits of a product; the results have all, the cells of a "
     "drawing 3",
     .metavar = "N", .low = 1, .high = 17, .akin = "precision"},

    /* check */
    {"samples", SECTION_CHECK, TYPE_SIZE, "check", AT(check.samples), "200",
     "elements of each gradient that are tried", .metavar = "N", .low = 1,
     .zero = "all"},
    {"tolerance", SECTION_CHECK, TYPE_REAL, "explain check",
     AT(check.tolerance), "auto",
     "largest relative error that passes; auto: by dtype", .metavar = "X",
     .above = true, .zero = "auto", .akin = "rtol atol eps"},
    {"h-sweep", SECTION_CHECK, TYPE_SWITCH, "check", AT(check.h_sweep), "false",
     "print instead how far difference quotients of the squared error are from "
     "its gradient by the weight, for each step h from 10 down, as "
     "tab-separated values",
     .akin = "sweep h step eps"},

    /* bench */
    {"shapes", SECTION_BENCH, TYPE_TEXT, "bench", AT(bench.shapes), "",
     "measure the layers of this file instead of one; its lines are ID NAME N "
     "C H W K KH KW PAD STRIDE",
     .metavar = "FILE", .akin = "layers file"},
    {"shape", SECTION_BENCH, TYPE_TEXT, "bench", AT(bench.shape), "",
     "only the layer of that ID in the file", .metavar = "ID",
     .akin = "layer only"},
    {"phase", SECTION_BENCH, TYPE_NAME, "bench", AT(bench.phase), "all",
     "what to time; a step is forward, loss, gradients and update, stepx one "
     "with the gradient of the input",
     .akin = "phases pass", .names = option_phases_or_all},
    {"machine", SECTION_BENCH, TYPE_SWITCH, "bench", AT(bench.machine), "false",
     "instead of a layer: what the processor can compute, and its memory "
     "bring, at most",
     .akin = "peak roofline memory bandwidth"},
    {"rounds", SECTION_BENCH, TYPE_SIZE, "bench", AT(bench.rounds), "5",
     "times that everything is measured, in turn", .metavar = "N", .low = 1,
     .high = 1000, .akin = "repeat repetitions"},
    {"seconds", SECTION_BENCH, TYPE_REAL, "bench", AT(bench.seconds), "0.1",
     "how long one phase, or the steps of a net, run in one round",
     .metavar = "X", .low = 0.001, .high = 3600,
     .akin = "time duration budget"},

    /* execution */
    {"dtype", SECTION_EXECUTION, TYPE_CHOICE, ALL, AT(execution.dtype),
     "float32", "precision", .akin = "precision type", .names = option_dtypes,
     .variants = VARIANTS({GIVEN, "auto", "precision; auto: that of the arrays",
                           .names = option_dtypes_or_auto},
                          {"check", .text = "float64"})},
    {"tile", SECTION_EXECUTION, TYPE_SIZE, "apply", AT(apply.tile), "auto",
     "rows and columns computed at a time; never changes a result",
     .metavar = "N", .low = 16, .high = 65536, .zero = "auto",
     .akin = "tile-size block patch"},
    {"mode", SECTION_EXECUTION, TYPE_CHOICE, "conv explain check",
     AT(execution.mode), "eval",
     "with --net: what it is run for; a batch norm scales by the batch to "
     "train, by what it kept to evaluate",
     .choices = CHOICES("train", "eval"), .akin = "training eval train",
     .variants = VARIANTS({"explain check", .text = "train"})},
    {"threads", SECTION_EXECUTION, TYPE_SIZE,
     "train conv explain check apply bench", AT(execution.threads), "auto",
     "processors to use; never changes a result", .metavar = "N", .low = 1,
     .high = CVL_MAX_THREADS, .zero = "auto", .role = ROLE_FORM,
     .akin = "jobs num-threads"},
    {"algorithm", SECTION_EXECUTION, TYPE_CHOICE,
     "train conv explain check apply", AT(execution.algorithm), "auto",
     "how to convolve; auto: tiled, and winograd where that is much faster",
     .akin = "algo kernel", .names = option_algorithms,
     .variants = VARIANTS(
         {"conv explain check", .help = "how to convolve; auto: tiled"})},
    {"algorithm", SECTION_EXECUTION, TYPE_NAME, "bench", AT(bench.algorithm),
     "auto",
     "how to convolve; auto: as train does; all: one after the other, to "
     "compare",
     .akin = "algo kernel", .names = option_algorithms_or_all},
    {"isa", SECTION_EXECUTION, TYPE_CHOICE,
     "train conv explain check apply bench", AT(execution.isa), "auto",
     "instruction set; auto: the best one there is", .akin = "cpu simd",
     .names = option_isas},

    /* output */
    {"out", SECTION_OUTPUT, TYPE_TEXT, "train", AT(output.out), "",
     "directory that receives the results", .metavar = "DIR",
     .role = ROLE_PLACE, .akin = "output output-dir out-dir"},
    {"log", SECTION_OUTPUT, TYPE_CHOICE, "train", AT(output.log), "text",
     "form of the lines on standard output", .role = ROLE_FORM,
     .akin = "format", .choices = CHOICES("text", "csv", "jsonl")},
    {"log-every", SECTION_OUTPUT, TYPE_SIZE, "train", AT(output.log_every), "1",
     "log each Nth step, and the last", .metavar = "N", .low = 1},
    {"log-params", SECTION_OUTPUT, TYPE_SWITCH, "train", AT(output.log_params),
     "false", "behind each loss: the kernels and biases that it belongs to",
     .role = ROLE_FORM, .akin = "log-weights params weights"},
    {"checkpoint-every", SECTION_OUTPUT, TYPE_SIZE, "train",
     AT(output.checkpoint_every), "never",
     "with --out: save the state each N steps; always each 30 s",
     .metavar = "N", .low = 1, .zero = "never", .role = ROLE_FORM,
     .akin = "save-every"},
    {"best", SECTION_OUTPUT, TYPE_SWITCH, "train", AT(output.best), "false",
     "one layer: say at the end how low its loss could be", .akin = "optimum"},
    {"output", SECTION_OUTPUT, TYPE_TEXT, "apply", AT(output.output), "",
     "write the result: a file; a directory, where names are kept; or -, "
     "standard output",
     .metavar = "FILE|DIR|-", .akin = "out output-dir", .letter = 'o'},
    {"compare", SECTION_OUTPUT, TYPE_TEXT, "apply", AT(apply.compare), "",
     "print the PSNR against this picture or array, or against the one of "
     "the same name in this directory; of a classifier: how many answers are "
     "right by these labels, .npy or IDX, or names of classes, as cat,dog",
     .metavar = "FILE|DIR|NAMES", .akin = "truth target reference psnr"},
    {"force", SECTION_OUTPUT, TYPE_SWITCH,
     "train conv explain show apply export", AT(output.force), "false",
     "overwrite an earlier run", .akin = "overwrite", .role = ROLE_PLACE,
     .variants = VARIANTS({"conv explain show apply export",
                           .help = "overwrite what is there"})},
    {"quiet", SECTION_OUTPUT, TYPE_SWITCH, "train apply", AT(output.quiet),
     "false",
     "no notes on standard error; what is held out is a result, and is said",
     .akin = "silent", .role = ROLE_PLACE,
     .variants = VARIANTS({"apply", .help = "no notes on standard error"})},
    {"verbose", SECTION_OUTPUT, TYPE_SWITCH, "train show apply",
     AT(output.verbose), "false",
     "more notes on standard error: which algorithm was chosen, and why",
     .akin = "v", .role = ROLE_PLACE,
     .variants = VARIANTS(
         {"show",
          .help = "also which algorithm each layer takes here, and why"})},
    {"output", SECTION_OUTPUT, TYPE_TEXT, "export", AT(output.output), "",
     "write the ONNX file; -: to standard output", .metavar = "FILE|-",
     .akin = "out onnx", .letter = 'o'},
    {"output", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.output), "",
     "write the output y, [N,O,OH,OW], as .npy; -, or asking for nothing: "
     "print it",
     .metavar = "FILE|-", .akin = "out", .letter = 'o'},
    {"grad-input", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.grad_input), "",
     "write the gradient dx, shaped as the input, or print it (-)",
     .metavar = "FILE|-", .akin = "dx"},
    {"grad-weight", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.grad_weight),
     "", "write the gradient dw, shaped as the weight, or print it (-)",
     .metavar = "FILE|-", .akin = "dw"},
    {"grad-bias", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.grad_bias), "",
     "write the gradient db, shaped as the bias, or print it (-)",
     .metavar = "FILE|-", .akin = "db"},
    {"grad-params", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.grad_params),
     "",
     "with --net: write the gradients of its params under their names, or "
     "print "
     "them (-)",
     .metavar = "FILE.safetensors|-", .akin = "grads grad-weights"},
    {"buffers", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.buffers), "",
     "with --net: write what its layers keep, as a batch norm's running mean "
     "and variance, under their names, or print it (-); with --mode train, as "
     "the batch leaves it",
     .metavar = "FILE.safetensors|-", .akin = "running-mean running-var"},
    {"grad-loss", SECTION_OUTPUT, TYPE_TEXT, "conv", AT(output.grad_loss), "",
     "with --net: write dy, the loss's gradient by the output, or print it (-)",
     .metavar = "FILE|-", .akin = "dy"},
    {"format", SECTION_OUTPUT, TYPE_CHOICE, "apply", AT(apply.format), "text",
     "of a classifier: form of its answers", .akin = "log",
     .choices = CHOICES("text", "csv", "json")},
    {"format", SECTION_OUTPUT, TYPE_CHOICE, "explain", AT(explain.format),
     "text", "form of what is printed",
     .choices = CHOICES("text", "json", "svg")},
    {"save-arrays", SECTION_OUTPUT, TYPE_TEXT, "explain",
     AT(explain.save_arrays), "",
     "write x.npy, w.npy, b.npy, y.npy and dy.npy there, as NCHW and OIHW",
     .metavar = "DIR", .akin = "save out output save-example"},
    {"picture", SECTION_OUTPUT, TYPE_TEXT, "show", AT(show.picture), "",
     "write the kernels as a picture (.png)", .metavar = "FILE",
     .akin = "output out png image"},

    /* flags about the invocation */
    {"preset", SECTION_FLAGS, TYPE_TEXT, "train", AT(start.preset), "",
     "start from this preset; default: denoise, superres or enlarge with "
     "--degrade, filter if the input is a picture, digits with --data and no "
     "--net (with one: none), else notebook",
     .names = preset_name},
    {"config", SECTION_FLAGS, TYPE_TEXT, EVERY_COMMAND, AT(start.config_file),
     "", "read settings from a file of [section], key = value",
     .metavar = "FILE", .akin = "config-file conf"},
    {"resume", SECTION_FLAGS, TYPE_TEXT, "train", AT(start.resume), "",
     "go on with the run in this directory, with its settings and its data; "
     "more --steps, but with --lr-schedule, and other --threads are fine; "
     "--input and --target say where a file has moved",
     .metavar = "DIR", .akin = "continue"},
    {"print-config", SECTION_FLAGS, TYPE_SWITCH, EVERY_COMMAND,
     AT(start.print_config), "false",
     "print every setting and where it came from, then stop",
     .akin = "show-config dump-config"},
    {"help", SECTION_FLAGS, TYPE_SWITCH, EVERY_COMMAND, AT(start.help), "false",
     "print this, then stop", .akin = "usage", .letter = 'h'},
    {0}};

_Static_assert(sizeof option_table / sizeof *option_table <= OPTION_LIMIT,
               "a command's options have no room for so many");
