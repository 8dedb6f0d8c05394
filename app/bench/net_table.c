/* net_table.c - see net_table.h for the contract. */
#include "bench/net_table.h"

#include <convlet/number.h>

/* A number of a column, or - where there is none. */
static void print_number(FILE *out, double value, int width, int digits)
{
    if (value > 0)
        fprintf(out, "%*.*f", width, digits, value);
    else
        fprintf(out, "%*s", width, "-");
}

static const char *word(const char *text)
{
    return text ? text : "-";
}

void bench_net_print_header(FILE *out, bool aligned,
                            const struct bench_net_machine *machine)
{
    if (aligned)
        fprintf(out,
                "%s, %s, %zu thread%s: at most %.1f GFLOP/s, and %.1f GB/s "
                "copied\n%-24s %-8s %10s %5s %10s %10s %7s\n",
                machine->dtype, machine->isa, machine->threads,
                cvl_plural(machine->threads), machine->peak, machine->memory,
                "layer", "phase", "us", "%", "min_us", "median_us", "% of");
    else
        fputs("layer\ttext\talgorithm\tisa\tthreads\tphase\tus\tpct_step\t"
              "min_us\tmedian_us\tgflops\tpct_peak\tgb\tpct_copy\n",
              out);
}

static void print_aligned(FILE *out, const struct bench_net_row *row)
{
    const struct bench_step_times *const t = &row->times;
    if (row->layer)
        fprintf(out, "%2s %-21.21s", row->layer, row->text);
    else
        fprintf(out, "%24s", "");
    fprintf(out, " %-8s %10.1f %5.1f %10.1f %10.1f ", row->phase, t->us,
            row->pct_step, t->times.min_us, t->times.median_us);
    if (row->pct_peak > 0)
        fprintf(out, "%3.0f peak\n", row->pct_peak);
    else if (row->pct_copy > 0)
        fprintf(out, "%3.0f copy\n", row->pct_copy);
    else
        fprintf(out, "%3s\n", "-");
}

void bench_net_print_row(FILE *out, bool aligned,
                         const struct bench_net_machine *machine,
                         const struct bench_net_row *row)
{
    const struct bench_step_times *const t = &row->times;
    if (aligned) {
        print_aligned(out, row);
        return;
    }
    fprintf(out, "%s\t%s\t%s\t%s\t%zu\t%s\t%.3f\t%.2f\t%.3f\t%.3f\t",
            word(row->layer), word(row->text), word(row->algorithm),
            machine->isa, machine->threads, row->phase, t->us, row->pct_step,
            t->times.min_us, t->times.median_us);
    const double rates[] = {row->gflops, row->pct_peak, row->gb, row->pct_copy};
    for (size_t i = 0; i < 4; i++) {
        print_number(out, rates[i], 0, i % 2 ? 2 : 3);
        fputc(i < 3 ? '\t' : '\n', out);
    }
}
