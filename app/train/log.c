/* log.c - see log.h for the contract. */
#include "train/log.h"

#include <math.h>

#include "base/number.h"

bool loss_log_begin(const struct loss_log *log)
{
    if (log->format == LOG_CSV)
        fprintf(log->stream, "step,loss%s%s\n", log->with_psnr ? ",psnr" : "",
                log->with_params ? ",params" : "");
    return !fflush(log->stream) && !ferror(log->stream);
}

/* JSON has no infinity and no NaN. */
static const char *json_number(double value, char text[NUMBER_SIZE])
{
    return isfinite(value) ? number_format(value, text) : "null";
}

/* The params, as numbers with `between` between them. */
static void print_params(FILE *out, const struct loss_log_entry *entry,
                         char between,
                         const char *(*format)(double, char[NUMBER_SIZE]))
{
    char text[NUMBER_SIZE];
    for (size_t i = 0; i < entry->param_count; i++) {
        if (i) fputc(between, out);
        fputs(format(entry->params[i], text), out);
    }
}

static void print_text(const struct loss_log *log,
                       const struct loss_log_entry *entry)
{
    char loss[NUMBER_SIZE];
    fprintf(log->stream, "step:%zu,loss:%s", entry->step,
            number_format(entry->loss, loss));
    if (log->with_params) {
        fputs(",params:", log->stream);
        print_params(log->stream, entry, ' ', number_format);
    }
    fputc('\n', log->stream);
}

static void print_csv(const struct loss_log *log,
                      const struct loss_log_entry *entry)
{
    char loss[NUMBER_SIZE], psnr[NUMBER_SIZE];
    fprintf(log->stream, "%zu,%s", entry->step,
            number_format(entry->loss, loss));
    if (log->with_psnr)
        fprintf(log->stream, ",%s", number_format(entry->psnr, psnr));
    if (log->with_params) {
        fputc(',', log->stream);
        print_params(log->stream, entry, ' ', number_format);
    }
    fputc('\n', log->stream);
}

static void print_jsonl(const struct loss_log *log,
                        const struct loss_log_entry *entry)
{
    char loss[NUMBER_SIZE], psnr[NUMBER_SIZE];
    fprintf(log->stream, "{\"step\":%zu,\"loss\":%s", entry->step,
            json_number(entry->loss, loss));
    if (log->with_psnr)
        fprintf(log->stream, ",\"psnr\":%s", json_number(entry->psnr, psnr));
    if (log->with_params) {
        fputs(",\"params\":[", log->stream);
        print_params(log->stream, entry, ',', json_number);
        fputc(']', log->stream);
    }
    fputs("}\n", log->stream);
}

bool loss_log_add(const struct loss_log *log,
                  const struct loss_log_entry *entry)
{
    switch (log->format) {
    case LOG_TEXT: print_text(log, entry); break;
    case LOG_CSV: print_csv(log, entry); break;
    case LOG_JSONL: print_jsonl(log, entry); break;
    }
    return !fflush(log->stream) && !ferror(log->stream);
}
