/* train.c - fuzz target: words behind `convlet train`, between newlines. */
#include "train_common.h"

enum { MAX_WORDS = 64, MAX_SIZE = 2048 };

static void put_idx(void)
{
    static const char labels[] = "\0\0\x08\x01\0\0\0\x02\0\1";
    static const char images[] = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02"
                                 "abcdefgh";
    fuzz_put("labels", labels, sizeof labels - 1);
    fuzz_put("images", images, sizeof images - 1);
}

/* A class for each of two folders, and pictures that are like each other. */
static void put_pictures(void)
{
    static const char grey[] = "P5 4 4 255\n0123456789abcdef";
    static const char rgb[] = "P6 2 2 255\n0123456789ab";
    FUZZ_EXPECT(!mkdir("kinds", 0777) && !mkdir("kinds/a", 0777) &&
                !mkdir("kinds/b", 0777) && !mkdir("photos", 0777));
    fuzz_put("kinds/a/1.pgm", grey, sizeof grey - 1);
    fuzz_put("kinds/b/1.pgm", grey, sizeof grey - 1);
    fuzz_put("kinds/b/2.pgm", grey, sizeof grey - 1);
    fuzz_put("photos/1.pgm", grey, sizeof grey - 1);
    fuzz_put("photos/2.pgm", grey, sizeof grey - 1);
    fuzz_put("grey.pgm", grey, sizeof grey - 1);
    fuzz_put("rgb.ppm", rgb, sizeof rgb - 1);
}

/* What a command line may name. */
static void put_files(void)
{
    static const size_t target[] = {6, 2, 2, 2}, kernels[] = {2, 1, 2, 2},
                        order[] = {2, 3};
    fuzz_make_scratch();
    fuzz_go_in();
    fuzz_put_samples();
    fuzz_put_array("t.npy", 4, target, 7);
    fuzz_put_array("w.npy", 4, kernels, 3);
    fuzz_put_array("b.npy", 1, kernels, 3);
    fuzz_put_array("order.npy", 2, order, 3);
    put_idx();
    put_pictures();
    const char config[] = "[training]\nsteps = 2\nlr = 0.01\n";
    fuzz_put("run.ini", config, sizeof config - 1);
    fuzz_go_out();
}

/* Whether a word would make the program wait for standard input, or look
 * where the scratch directory is not. */
static bool leads_out(const char *text)
{
    static const char *const ways[] = {"/", "..", "=-\n", "\n-\n"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strstr(text, ways[i])) return true;
    return false;
}

/* What a run has kept: it is at its end, and --resume says so. */
static void expect_kept(void)
{
    struct stat info;
    fuzz_go_in();
    const bool is_kept = !stat("run", &info);
    FUZZ_EXPECT(!is_kept || !stat("run/config.ini", &info));
    const bool is_done = is_kept && !stat("run/model.safetensors", &info);
    fuzz_go_out();
    if (!is_done) return;
    const struct fuzz_end end = fuzz_train_line("train --resume run");
    if (end.status) fputs(end.said, stderr);
    FUZZ_EXPECT(end.status == EXIT_OK || fuzz_was_large);
    free(end.said);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[MAX_SIZE + 2];
    const char *argv[2 + MAX_WORDS + 1] = {"convlet", "train"};
    if (!*fuzz_scratch) put_files();
    if (size > MAX_SIZE || memchr(bytes, '\0', size)) return 0;
    if (size) memcpy(text, bytes, size);
    memcpy(text + size, "\n", 2);
    if (leads_out(text) || fuzz_has_null(text, size)) return 0;
    const int argc = 2 + fuzz_split(text, size, '\n', argv + 2, MAX_WORDS);
    const struct fuzz_end end = fuzz_train(argc, argv);
    if (end.status == EXIT_OK && !fuzz_was_large) expect_kept();
    free(end.said);
    fuzz_go_in();
    fuzz_remove("run");
    fuzz_go_out();
    return 0;
}
