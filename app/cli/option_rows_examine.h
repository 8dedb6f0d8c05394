/* option_rows_examine.h - options of explain, check and bench, a row each. */

/*
 * Included into the one array of option_table.c, which would be too long for
 * a file. Rows outside of their array are laid out by hand.
 */
/* clang-format off */
    /* explain */
    {"at", SECTION_EXPLAIN, TYPE_INDEX, EXPLAIN, AT(explain.of_output), "",
     "the output y[N,K,Y,X]; numbers left out in front are 0; without any of "
     "these, the first output",
     .metavar = "N,K,Y,X", .akin = "output index y"},
    {"grad-weight", SECTION_EXPLAIN, TYPE_INDEX, EXPLAIN, AT(explain.of_weight), "",
     "the gradient dw[K,C,I,J] of one weight", .metavar = "K,C,I,J",
     .akin = "dw"},
    {"grad-bias", SECTION_EXPLAIN, TYPE_INDEX, EXPLAIN, AT(explain.of_bias), "",
     "the gradient db[K] of one bias", .metavar = "K", .akin = "db"},
    {"grad-input", SECTION_EXPLAIN, TYPE_INDEX, EXPLAIN, AT(explain.of_input), "",
     "the gradient dx[N,C,Y,X] of one input", .metavar = "N,C,Y,X",
     .akin = "dx"},
    {"geometry", SECTION_EXPLAIN, TYPE_SWITCH, EXPLAIN, AT(explain.of_geometry),
     "false", "the sizes alone: which inputs each output covers",
     .akin = "map sizes"},
    {"terms", SECTION_EXPLAIN, TYPE_SIZE, EXPLAIN, AT(explain.terms), "32",
     "list so many at most", .metavar = "N", .low = 1, .zero = "all",
     .akin = "limit max"},
    {"digits", SECTION_EXPLAIN, TYPE_SIZE, EXPLAIN, AT(explain.digits), "6",
     "significant digits; the results have all, svg has 3", .metavar = "N",
     .low = 1, .high = 17, .akin = "precision"},

    /* check */
    {"samples", SECTION_CHECK, TYPE_SIZE, CHECK, AT(check.samples), "200",
     "elements of each gradient that are tried", .metavar = "N", .low = 1,
     .zero = "all"},
    {"tolerance", SECTION_CHECK, TYPE_REAL, CHECK | EXPLAIN, AT(check.tolerance),
     "auto", "largest relative error that passes; auto: by dtype",
     .metavar = "X", .above = true, .zero = "auto", .akin = "rtol atol eps"},
    {"h-sweep", SECTION_CHECK, TYPE_SWITCH, CHECK, AT(check.h_sweep), "false",
     "print instead how far difference quotients of the squared error are from "
     "its gradient by the weight, for each step h from 10 down, as "
     "tab-separated values",
     .akin = "sweep h step eps"},

    /* bench */
    {"shapes", SECTION_BENCH, TYPE_TEXT, BENCH, AT(bench.shapes), "",
     "measure the layers of this file instead of one; its lines are ID NAME N "
     "C H W K KH KW PAD STRIDE",
     .metavar = "FILE", .akin = "layers file"},
    {"shape", SECTION_BENCH, TYPE_TEXT, BENCH, AT(bench.shape), "",
     "only the layer of that ID in the file", .metavar = "ID",
     .akin = "layer only"},
    {"phase", SECTION_BENCH, TYPE_NAME, BENCH, AT(bench.phase), "all",
     "what to time; a step is forward, loss, gradients and update, stepx one "
     "with the gradient of the input",
     .akin = "phases pass",
     .choices = {"all", "forward", "grad_weight", "grad_input", "step",
                 "stepx"}},
    {"machine", SECTION_BENCH, TYPE_SWITCH, BENCH, AT(bench.machine), "false",
     "instead of a layer: what the processor can compute, and its memory "
     "bring, at most",
     .akin = "peak roofline memory bandwidth"},
    {"rounds", SECTION_BENCH, TYPE_SIZE, BENCH, AT(bench.rounds), "5",
     "times that everything is measured, in turn", .metavar = "N", .low = 1,
     .high = 1000, .akin = "repeat repetitions"},
    {"seconds", SECTION_BENCH, TYPE_REAL, BENCH, AT(bench.seconds), "0.1",
     "how long one phase runs in one round", .metavar = "X", .low = 0.001,
     .high = 3600, .akin = "time duration budget"},
