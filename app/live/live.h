/* live.h - a net, its data and its training, behind flat functions. */
#ifndef CONVLET_LIVE_LIVE_H
#define CONVLET_LIVE_LIVE_H

#include <stddef.h>
#include <stdint.h>

/*
 * For whoever cannot read the library's headers: the live page, which calls
 * these from JavaScript, and Python's ctypes. Plain C types alone; no files, no
 * threads, nothing printed.
 *
 * A session holds one net and what it learns from. Functions that return int
 * return 0, or a cvl_status (error.h); those that return text or a pointer
 * return NULL instead. live_error then has the reason, and all else is as it
 * was before the call, but for live_open, which leaves nothing open. Texts and
 * views stay the session's: a text until the next function that returns one, a
 * view until the next live_open or live_free. Calls that need an open net fail
 * without one.
 */
struct live;

/* Refused beyond so many bytes, before any of them is asked for. */
#define LIVE_LIMIT ((size_t)256 << 20)

/* A new session with nothing open; NULL where there is no memory. */
struct live *live_new(void);

/* Frees all of it; NULL is fine. */
void live_free(struct live *live);

/* The version, "0.2.0". */
const char *live_version(void);

/* One sentence: why the last call that failed did. */
const char *live_error(const struct live *live);

/*
 * Builds what the settings say and leaves it before the first step: data and
 * params are drawn, nothing is computed. What the program computes of the same
 * settings with `convlet train --isa base` is computed here, digit for digit.
 *
 *   settings   lines `key = value`, or what follows a # or ; in front. Keys are
 *              those of a config file of `convlet train`, with its defaults:
 *
 *     net, which must be given; batch channels height width
 *     input      random, zeros, or given: 0 until live_set
 *     target     ones, zeros, given, or filter:NAME; leaves beside degrade
 *     data       digits: the 1,797 that are built in; then also hold-out
 *                batch-size drop-last shift standardize epochs, and in the net
 *                dense auto
 *     degrade    noise:25, blur:1.2, down:2 or shrink:2, of leaves; then also
 *                patch batch-size color residual
 *     dtype algorithm seed init
 *     loss label-smoothing reduction region mask-clipped
 *     optimizer lr momentum nesterov beta1 beta2 epsilon weight-decay whiten
 *     lr-schedule lr-warmup steps rtol atol
 *
 * CVL_EINVAL names the line and what is expected; CVL_ENOMEM also beyond
 * LIVE_LIMIT.
 */
int live_open(struct live *live, const char *settings);

/*
 * What is open, as JSON:
 *
 *   version dtype spec steps step loss takes_labels
 *   lr         the learning rate, also where the settings say auto; null where
 *              the optimiser has none
 *   input, output   shapes [N,C,H,W]
 *   layers     of each: kind, text, output (its shape), params and buffers
 *              (names), first_param (index among the net's), algorithm (or
 *              null), flops, rectifies
 *   params, buffers   of each: name, shape
 *   classes    the names of what a classifier tells apart; else []
 *   training held_out per_epoch   samples, and steps of an epoch; else 0
 */
const char *live_describe(struct live *live);

/* Numbers of a session, row by row; unused axes are 1. */
struct live_array {
    void *data;    /* float or double */
    uint32_t bits; /* 32 or 64: which of them */
    uint32_t ndim;
    uint32_t shape[4];
    uint32_t count; /* product of the shape */
};

/*
 * A view of an array:
 *
 *   x, t             input and target (or labels) of the step to come
 *   y, dy, dx        of the last run: output, gradient of the loss by it and by
 *                    the input; y and dy also of the last step
 *   mask             which outputs count, 0 and 1; only where some do not
 *   param, grad      param `index` of the net, and the gradient by it
 *   buffer           buffer `index`
 *   activation, activation-grad   output of layer `index`, and the gradient by
 *                    it
 *
 *   sample, labels   the levels [C,H,W] of sample `index`, and all labels
 *   look-x look-y look-p   of the last live_look: the input, the numbers that
 *                    came out, and the probabilities
 *   look-activation  and the output of layer `index`
 *   look-gradient look-map   of the last live_look_gradient
 *   held-x held-t held-y held-base   of the last live_measure: the degraded
 *                    scene, the scene, what the net made of it, and what doing
 *                    nothing gives
 *   picture          of the last live_restore
 *   read             of the last live_read_array, also where nothing is open
 *
 * CVL_EINVAL where there is none.
 */
int live_tensor(struct live *live, const char *name, size_t index,
                struct live_array *array);

/*
 * Sets all of x, t, dy, param or buffer; `count` must fit. Labels must be
 * classes; other numbers are taken as they are, NaN and infinity too. A change
 * before the first step belongs to the start that live_restart returns to.
 */
int live_set(struct live *live, const char *name, size_t index,
             const double *values, size_t count);

/* How a session stands. */
enum live_end {
    LIVE_GOES_ON,
    LIVE_DONE,      /* all its steps are taken */
    LIVE_CLOSE,     /* the output is the target, by rtol and atol */
    LIVE_SETTLED,   /* an optimiser for quadratics has converged */
    LIVE_NOT_FINITE /* the loss is not; nothing was changed */
};

/*
 * Takes up to `count` steps, fewer where it comes to an end, and puts the loss
 * of each, before its update, into `losses`, which has room for `count`: as
 * many as live_taken has grown by.
 */
int live_step(struct live *live, size_t count, double *losses);

/* Steps so far, and an enum live_end. */
size_t live_taken(const struct live *live);
int live_ended(const struct live *live);

/* Forward, loss and backward, down to dx, of what the next step is for, as
 * training sees it; changes no param and no buffer. */
int live_run(struct live *live);

/* Forward alone; and backward from what dy holds: for gradients of any other
 * scalar, sum(y dy), set dy between them. */
int live_forward(struct live *live);
int live_backward(struct live *live);

/* The loss of the last step or live_run; NaN before. */
double live_loss(const struct live *live);

/* Which array a number is of. */
enum live_of { LIVE_OF_Y, LIVE_OF_DX, LIVE_OF_GRAD };

/* So many terms are listed at most. */
enum live_limits { LIVE_TERMS = 4096 };

/*
 * Every product behind one number of a layer, after live_run, live_forward (of
 * y alone) or live_backward: number [a,b,c,d] of the layer's output, of the
 * gradient by its input, or of that by its param `param`. JSON:
 *
 *   array      "y", "dx", "dw" or "db"; at; value
 *   layer, param (its name, or null)
 *   sum        of all products, in double; count: how many there are
 *   facts      of each: name, value
 *   terms      of each: left, right (or null): array, at, value; factor, how
 *              (or null), product, sum (so far), magnitude, and part: "added",
 *              "padding", "compared", "taken", "cut" or "function"
 *
 * as terms.h tells. Numbers have all their digits; "NaN", "Infinity" and
 * "-Infinity" are strings.
 */
const char *live_terms(struct live *live, int of, size_t layer, size_t param,
                       size_t a, size_t b, size_t c, size_t d);

/*
 * Numbers `first` to first + count - 1 behind one image's part of the loss,
 * after live_run; an array of: index counts y target part slope grad below
 * exponential p surprise, as loss.h tells.
 */
const char *live_loss_terms(struct live *live, size_t image, size_t first,
                            size_t count);

/*
 * The central difference of the loss, or after live_backward of sum(y dy), by
 * an input of a layer (LIVE_OF_DX) or a param (LIVE_OF_GRAD), at the numbers of
 * the last run and computed in float64: what the gradient should be. Where the
 * reduction hands back another scale than the loss has, it is of that scale.
 * CVL_EINVAL for LIVE_OF_Y; CVL_EUNSUPPORTED, with the slopes of both sides,
 * where the loss bends there, as at a relu's 0.
 */
int live_difference(struct live *live, int of, size_t layer, size_t param,
                    size_t a, size_t b, size_t c, size_t d, double *quotient);

/* The largest curvature of the loss, lambda_max: rates above 2 / *largest
 * diverge. CVL_EUNSUPPORTED where the loss is not quadratic in the params. The
 * last run is forgotten. */
int live_curvature(struct live *live, double *largest);

/*
 * Can the input tell a filter that was applied to it? For a net that is one
 * conv layer: found[0] is the condition number of the windows, found[1] by how
 * much a weight may be off where the target was rounded to 8 bits, and the
 * result is 1 where that is too much for the filter to be told, else 0; of
 * identifiability.h. Below 0: there is no answer, and live_error says why.
 */
int live_identify(struct live *live, double found[2]);

/* Back to where the first step began. */
int live_restart(struct live *live);

/*
 * Counts the answers to what is held out, or else to what is trained on, by
 * CVL_MODE_EVAL; of data = digits. live_report has them then, as JSON:
 *
 *   count right   samples, and right answers; loss: the mean
 *   confusion     rows by the truth, columns by the answer
 *   mistakes      the surest ones, up to 24: sample truth answer p
 *   answers       of every sample: [sample, truth, answer, p]
 *   epoch         number loss accuracy, of the samples of the last whole epoch
 *                 as they were trained on; null: there is none
 */
int live_evaluate(struct live *live, int held_out);
const char *live_report(struct live *live);

/* The label of a sample; -1 where there is no such sample. */
int live_label(const struct live *live, size_t sample);

/*
 * Shows a classifier a picture of levels, 0 black to 1 white, [C,H,W] of 1 or 3
 * channels and any size, made like those that were trained on as `convlet
 * apply` makes it; live_said says how, "" where it was not changed.
 * live_look_at shows sample `sample` as it is. The arrays look-* have what the
 * net makes of it.
 */
int live_look(struct live *live, const double *levels, size_t channels,
              size_t height, size_t width);
int live_look_at(struct live *live, size_t sample);
const char *live_said(const struct live *live);

/* How much number `class` that came out depends on each input: look-gradient is
 * d look-y[class] / d look-x, look-map [H,W] the largest size of it among the
 * channels. */
int live_look_gradient(struct live *live, size_t class);

/* Takes a picture of levels through the net, as `convlet apply` does: the array
 * picture, from 0 to 1. */
int live_restore(struct live *live, const double *levels, size_t channels,
                 size_t height, size_t width);

/*
 * The PSNR, in dB, of degrade and target = leaves on a painted scene, the
 * picture of assets/scene.png: of doing nothing, of the best Gaussian blur of
 * noise (else 0), and of the net. The first call takes a while.
 */
int live_measure(struct live *live, double psnr[3]);

/* The bytes of a file, the session's until the next live_save, live_open or
 * live_free: of "model" the .safetensors that `convlet train --out` leaves, of
 * "onnx" the file that `convlet export` makes of that, of the name of an array
 * the .npy that numpy.save would. */
int live_save(struct live *live, const char *what, size_t index,
              const void **bytes, size_t *size);

/*
 * Opens the bytes of such a .safetensors, of anybody: its net, for one image of
 * the size that it was trained on, with input and target given. CVL_EFORMAT
 * and others of model.h, and what was open still is; from live_open's errors
 * on, nothing is.
 */
int live_load(struct live *live, const void *bytes, size_t size);

/* Reads the bytes of a .npy, of any type of number: the array `read`, in
 * float64. */
int live_read_array(struct live *live, const void *bytes, size_t size);

/* Memory for who hands bytes over. */
void *live_alloc(size_t bytes);
void live_release(void *memory);

#endif
