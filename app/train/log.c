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

/* What stands around the values of a line, by enum log_format. */
static const struct form {
    const char *start; /* of the step and the loss, as printf has it */
    const char *psnr;  /* of that; NULL: none */
    const char *params, *params_end, *end;
    char between; /* params */
    const char *(*number)(double, char[NUMBER_SIZE]);
} FORMS[] = {
    [LOG_TEXT] = {"step:%zu,loss:%s", NULL, ",params:", "", "\n", ' ',
                  number_format},
    [LOG_CSV] = {"%zu,%s", ",%s", ",", "", "\n", ' ', number_format},
    [LOG_JSONL] = {"{\"step\":%zu,\"loss\":%s", ",\"psnr\":%s", ",\"params\":[",
                   "]", "}\n", ',', json_number},
};

bool loss_log_add(const struct loss_log *log,
                  const struct loss_log_entry *entry)
{
    const struct form *const form = &FORMS[log->format];
    FILE *const out = log->stream;
    char text[NUMBER_SIZE];
    fprintf(out, form->start, entry->step, form->number(entry->loss, text));
    if (log->with_psnr && form->psnr)
        fprintf(out, form->psnr, form->number(entry->psnr, text));
    if (log->with_params) {
        fputs(form->params, out);
        for (size_t i = 0; i < entry->param_count; i++) {
            if (i) fputc(form->between, out);
            fputs(form->number(entry->params[i], text), out);
        }
        fputs(form->params_end, out);
    }
    fputs(form->end, out);
    return !fflush(out) && !ferror(out);
}
