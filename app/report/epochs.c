/* epochs.c - see epochs.h for the contract. */
#include "report/epochs.h"

/* Halves what is kept. */
static void thin_out(struct epochs *epochs)
{
    size_t kept = 0;
    epochs->stride *= 2;
    for (size_t i = 0; i < epochs->count; i++)
        if (epochs->rows[i].epoch % epochs->stride == 0)
            epochs->rows[kept++] = epochs->rows[i];
    epochs->count = kept;
}

void epochs_add(struct epochs *epochs, const struct epochs_row *row)
{
    if (!epochs->stride) epochs->stride = 1;
    epochs->last = *row;
    while (epochs->count >= EPOCHS_ROWS) thin_out(epochs);
    if (row->epoch % epochs->stride == 0 || !epochs->count)
        epochs->rows[epochs->count++] = *row;
}

void epochs_finish(struct epochs *epochs)
{
    const size_t count = epochs->count;
    if (count && epochs->rows[count - 1].epoch < epochs->last.epoch)
        epochs->rows[epochs->count++] = epochs->last;
}
