/* net.c - see net.h for the contract. */
#include "check/net.h"

#include <stdio.h>

#include <convlet/gradcheck.h>

#include "base/say.h"
#include "data/arrays.h"
#include "nets/arrays.h"

/* What a row says in the end. */
static const char *verdict_of(const cvl_net_gradcheck *check,
                              const cvl_gradcheck_row *row)
{
    if (row->skipped == row->checked) return "SKIPPED: nothing is proved";
    if (!(row->error <= check->tolerance)) return "WRONG";
    return row->largest > check->vanishing ? "ok" : "ok, 0 both ways";
}

/* The index of the worst element, as [1,0,2,2]. */
static void print_place(const cvl_tensor *tensor, size_t index)
{
    char place[CVL_DESCRIBE_SIZE];
    printf("worst at [%s]: ", array_place(tensor, tensor->ndim, index, place));
}

static void print_row(const cvl_net_gradcheck *check,
                      const cvl_gradcheck_row *row, const cvl_tensor *tensor)
{
    printf("%-14s %6zu elements  ", row->name, row->checked);
    if (row->skipped < row->checked) {
        printf("error %8.2g  ", row->error);
        print_place(tensor, row->worst_index);
        printf("gradient %.12g, quotient %.12g  ", row->analytic, row->numeric);
    }
    fputs(verdict_of(check, row), stdout);
    if (row->skipped)
        printf("; %zu of %zu skipped: their step crosses a bend", row->skipped,
               row->checked);
    putchar('\n');
}

/* Prints the table; false where not every gradient is proved right. A gradient
 * of 0 is right where the quotient is 0 too; but not all of them can be. */
static bool print_result(const cvl_net_gradcheck *check,
                         const struct net_arrays *arrays)
{
    bool good = check->good, vanishes = true;
    for (size_t i = 0; i < check->row_count; i++) {
        const cvl_gradcheck_row *const row = &check->rows[i];
        print_row(check, row,
                  i < arrays->net.param_count ? &arrays->net.params[i].value
                                              : &arrays->x);
        if (row->skipped == row->checked) good = false;
        if (row->largest > check->vanishing) vanishes = false;
    }
    if (vanishes) puts("VANISHES: every gradient is 0, and nothing is proved");
    return good && !vanishes;
}

/* Which layer to look at. */
static void print_culprit(const cvl_net_gradcheck *check, const cvl_net *net)
{
    cvl_layer_info info;
    if (check->good) return;
    cvl_net_layer_info(net, check->wrong_layer, &info);
    say(stderr,
        "convlet check: layer %zu (%s) makes it wrong: what it is handed is "
        "right, the gradient of %s is not",
        check->wrong_layer, info.text, check->wrong);
}

cvl_status check_net(const struct config *config, bool *good, cvl_error *err)
{
    struct net_arrays arrays = {0};
    cvl_net_gradcheck result;
    cvl_status status = net_arrays_load(
        config, (struct net_ways){.backward = true, .compares = true}, &arrays,
        err);
    if (!status)
        status = cvl_gradcheck_net(
            &(cvl_gradcheck_task){.net = &arrays.net,
                                  .config = &arrays.config,
                                  .loss = &arrays.loss,
                                  .x = &arrays.x,
                                  .t = &arrays.target,
                                  .samples = config->check.samples,
                                  .tolerance = config->check.tolerance},
            &result, err);
    if (!status) {
        *good = print_result(&result, &arrays);
        print_culprit(&result, &arrays.net);
    }
    net_arrays_free(&arrays);
    return status;
}
