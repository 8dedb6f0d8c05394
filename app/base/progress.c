/* progress.c - see progress.h for the contract. */
#include "base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static const double INTERVAL = 0.1;  /* seconds between two drawings */
static const double SMOOTHING = 0.8; /* share of the earlier rate */
enum { BAR_WIDTH = 24 };

static bool stderr_can_redraw(void)
{
    const char *const term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

void progress_begin(struct progress *progress, bool wanted, size_t step,
                    size_t total)
{
    *progress = (struct progress){
        .total = total, .last_time = clock_seconds(), .last_step = step};
    if (wanted && stderr_can_redraw()) progress->stream = stderr;
}

/* "8s", "3m20s", "2h05m"; 0s beyond 30 years. */
static void format_duration(double seconds, char *text, size_t size)
{
    const unsigned whole = seconds < 1e9 ? (unsigned)(seconds + 0.5) : 0;
    if (whole < 60)
        snprintf(text, size, "%us", whole);
    else if (whole < 3600)
        snprintf(text, size, "%um%02us", whole / 60, whole % 60);
    else
        snprintf(text, size, "%uh%02um", whole / 3600, whole / 60 % 60);
}

static void draw(struct progress *progress, size_t step, double loss)
{
    char bar[BAR_WIDTH + 1], left[24] = "?";
    const double done = (double)step / (double)progress->total;
    memset(bar, '-', BAR_WIDTH);
    memset(bar, '#', (size_t)(done * BAR_WIDTH));
    bar[BAR_WIDTH] = '\0';
    const double rate = progress->steps_per_sec;
    if (rate > 0)
        format_duration((double)(progress->total - step) / rate, left,
                        sizeof left);
    const char *const unit = progress->unit ? progress->unit : "steps";
    fprintf(progress->stream, "\r\033[K[%s] %zu/%zu", bar, step,
            progress->total);
    if (!isnan(loss)) fprintf(progress->stream, "  loss %.4g", loss);
    fprintf(progress->stream, "  %.3g %s/s  %s left", rate, unit, left);
    fflush(progress->stream);
    progress->drawn = true;
}

void progress_update(struct progress *progress, size_t step, double loss)
{
    if (!progress->stream) return;
    const double now = clock_seconds();
    const double passed = now - progress->last_time;
    if (passed < INTERVAL) return;
    const double rate = (double)(step - progress->last_step) / passed;
    const double before = progress->steps_per_sec;
    progress->steps_per_sec =
        before > 0 ? SMOOTHING * before + (1 - SMOOTHING) * rate : rate;
    progress->last_time = now;
    progress->last_step = step;
    draw(progress, step, loss);
}

void progress_clear(struct progress *progress)
{
    if (!progress->drawn) return;
    fputs("\r\033[K", progress->stream);
    fflush(progress->stream);
    progress->drawn = false;
}
