/* report.c - see bench_report.h for the contract. */
#include "bench/report.h"

void bench_report_header(FILE *out, bool aligned)
{
    if (aligned)
        fprintf(out, "%-16s %-9s %-6s %7s %-11s %10s %10s %7s %8s\n", "shape",
                "algorithm", "isa", "threads", "phase", "min_us", "median_us",
                "gflops", "pct_peak");
    else
        fputs("shape\talgorithm\tisa\tthreads\tphase\tmin_us\tmedian_us\t"
              "gflops\tpct_peak\n",
              out);
}

void bench_report_row(FILE *out, bool aligned, const struct bench_row *row)
{
    const char *const format =
        aligned ? "%-16s %-9s %-6s %7zu %-11s %10.1f %10.1f %7.1f %8.1f\n"
                : "%s\t%s\t%s\t%zu\t%s\t%.3f\t%.3f\t%.3f\t%.2f\n";
    fprintf(out, format, row->shape, row->algorithm, row->isa, row->threads,
            row->phase, row->times.min_us, row->times.median_us, row->gflops,
            row->pct_peak);
}

void bench_report_machine(FILE *out, bool aligned, const char *isa,
                          const char *dtype, size_t threads, double peak,
                          double memory)
{
    fprintf(out, aligned ? "%-6s %-7s %7s %11s %9s\n" : "%s\t%s\t%s\t%s\t%s\n",
            "isa", "dtype", "threads", "peak_gflops", "memory_gb");
    fprintf(out,
            aligned ? "%-6s %-7s %7zu %11.1f %9.1f\n"
                    : "%s\t%s\t%zu\t%.2f\t%.2f\n",
            isa, dtype, threads, peak, memory);
}
