/* log.c - see log.h for the contract. */
#include "log.h"

#include <math.h>

#include "number.h"

bool log_begin(const struct log *log)
{
    if (log->format == LOG_CSV)
        fprintf(log->stream, "step,loss%s\n", log->with_psnr ? ",psnr" : "");
    return !fflush(log->stream) && !ferror(log->stream);
}

/* JSON has no infinity and no NaN. */
static const char *json_number(double value, char text[NUMBER_SIZE])
{
    return isfinite(value) ? number_format(value, text) : "null";
}

bool log_step(const struct log *log, const struct log_entry *entry)
{
    char loss[NUMBER_SIZE], psnr[NUMBER_SIZE];
    FILE *const out = log->stream;
    switch (log->format) {
    case LOG_TEXT:
        fprintf(out, "step:%zu,loss:%s\n", entry->step,
                number_format(entry->loss, loss));
        break;
    case LOG_CSV:
        fprintf(out, "%zu,%s", entry->step, number_format(entry->loss, loss));
        if (log->with_psnr)
            fprintf(out, ",%s", number_format(entry->psnr, psnr));
        fputc('\n', out);
        break;
    case LOG_JSONL:
        fprintf(out, "{\"step\":%zu,\"loss\":%s", entry->step,
                json_number(entry->loss, loss));
        if (log->with_psnr)
            fprintf(out, ",\"psnr\":%s", json_number(entry->psnr, psnr));
        fputs("}\n", out);
        break;
    }
    return !fflush(out) && !ferror(out);
}
