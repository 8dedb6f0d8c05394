/* fewer.c - see fewer.h for the contract. */
#include "fewer/fewer.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/setup.h"

bool fewer_has_tiles(const char *algorithm)
{
    cvl_conv_algo algo;
    return algorithm && cvl_conv_algo_parse(algorithm, &algo) &&
           (algo == CVL_CONV_WINOGRAD || algo == CVL_CONV_WINOGRAD2);
}

/* The layer once more: of one in a net, the plan is the net's. */
static cvl_status plan(const struct fewer_question *q, cvl_conv2d *conv,
                       cvl_error *err)
{
    cvl_conv_algo algo;
    cvl_exec exec;
    const cvl_status status = setup_exec(&q->config->execution, &exec, err);
    if (status) return status;
    cvl_conv_algo_parse(q->algorithm, &algo);
    return cvl_conv2d_init(conv, q->shape, q->dtype, algo, &exec, err);
}

/* As many channels as --terms has room for, and one. */
static size_t channels_listed(const struct fewer *fewer)
{
    const size_t terms = fewer->question->config->explain.terms;
    const size_t points = fewer->tile.side * fewer->tile.side;
    const size_t most = terms > points ? terms / points : 1;
    return terms && most < fewer->tile.channels ? most : fewer->tile.channels;
}

static cvl_status multiply(struct fewer *fewer, cvl_error *err)
{
    const cvl_winograd_tile *const tile = &fewer->tile;
    const size_t count = fewer->listed * tile->side * tile->side;
    void *block;
    const cvl_status status =
        cvl_alloc(&block, count * sizeof *fewer->products, "products", err);
    if (status) return status;
    fewer->products = block;
    for (size_t i = 0; i < count; i++)
        fewer->products[i] = tile->v[i] * tile->u[i];
    return CVL_OK;
}

static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

cvl_status fewer_make(struct fewer *fewer,
                      const struct fewer_question *question, cvl_error *err)
{
    cvl_winograd_tile *const tile = &fewer->tile;
    cvl_conv2d conv = {.algo = CVL_CONV_AUTO};
    *fewer = (struct fewer){.question = question};
    cvl_status status = plan(question, &conv, err);
    if (!status)
        status = cvl_winograd_tile_make(&conv, question->x, question->w,
                                        question->b, question->at, tile, err);
    cvl_conv2d_free(&conv);
    if (status) return status;
    fewer->listed = channels_listed(fewer);
    fewer->row = question->at[2] - tile->y_row;
    fewer->column = question->at[3] - tile->y_column;
    fewer->matches = is_same(
        tile->y[fewer->row * tile->outputs + fewer->column], question->value);
    return multiply(fewer, err);
}

void fewer_free(struct fewer *fewer)
{
    cvl_winograd_tile_free(&fewer->tile);
    cvl_free(fewer->products);
    *fewer = (struct fewer){.question = NULL};
}
