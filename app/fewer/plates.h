/* plates.h - the steps of a tile, as small tables with titles. */
#ifndef CONVLET_FEWER_PLATES_H
#define CONVLET_FEWER_PLATES_H

#include "fewer/fewer.h"

/* A part of a table that takes part in the output. */
struct plate_mark {
    size_t row, column, side; /* side 0: no such part */
};

struct plate {
    char title[48];
    size_t rows, columns;
    const double *numbers;
    bool of_kernel;
    struct plate_mark mark;
    const cvl_winograd_tile *padded; /* x, of which a part may lie outside */
};

enum { PLATES_MOST = 3 };

/* Some that belong side by side, under a line of words ("": none). */
struct plate_row {
    char about[96];
    size_t count;
    struct plate plates[PLATES_MOST];
};

/* Takes each row in its order. */
typedef void plate_visit(void *context, const struct plate_row *row);
void plates_visit(const struct fewer *fewer, plate_visit *visit, void *context);

/* Does that number lie outside of x? */
bool plate_is_padding(const struct plate *plate,
                      const struct fewer_question *question, size_t row,
                      size_t column);
bool plate_is_marked(const struct plate *plate, size_t row, size_t column);

/* "2x2 outputs from row 0 and column 0 on ..." */
void plates_place(const struct fewer *fewer, struct text *text);

/* How many products, the sums, and whether they match: lines. */
void plates_verdict(const struct fewer *fewer, struct text *text);

#endif
