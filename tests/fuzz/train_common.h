/* train_common.h - what the fuzz targets share that train in this process. */
#ifndef CVL_TESTS_FUZZ_TRAIN_COMMON_H
#define CVL_TESTS_FUZZ_TRAIN_COMMON_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <convlet/npy.h>

#include "cli/program.h"
#include "commands.h"
#include "fuzz.h"
#include "options.h"

/* More of any of these only takes longer: the code is the same. */
enum {
    FUZZ_MAX_NUMBERS = 8192, /* of an input */
    FUZZ_MAX_KERNELS = 16,
    FUZZ_MAX_SIDE = 64, /* of a kernel, and what else goes by pixels */
    FUZZ_MAX_STEPS = 60,
    FUZZ_MAX_EPOCHS = 2,
    FUZZ_MAX_THREADS = 4
};

/* Where all files are, and how a run there ended. */
static char fuzz_scratch[64];
static int fuzz_inside, fuzz_outside;
static bool fuzz_was_large;

/* Removes a tree. */
static inline void fuzz_remove(const char *path)
{
    if (!unlink(path) || !rmdir(path)) return;
    DIR *const directory = opendir(path);
    if (!directory) return;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char name[512];
        const int size =
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        const bool is_below =
            strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        if (is_below && size < (int)sizeof name) fuzz_remove(name);
    }
    closedir(directory);
    rmdir(path);
}

static inline void fuzz_remove_scratch(void)
{
    fuzz_remove(fuzz_scratch);
}

/* Makes the directory, once, where possible in memory. */
static inline void fuzz_make_scratch(void)
{
    const char *const places[] = {getenv("TMPDIR"), "/dev/shm", "/tmp"};
    for (size_t i = 0; i < 3 && !*fuzz_scratch; i++) {
        char name[sizeof fuzz_scratch];
        if (!places[i]) continue;
        snprintf(name, sizeof name, "%.32s/convlet-fuzz-XXXXXX", places[i]);
        if (mkdtemp(name)) memcpy(fuzz_scratch, name, sizeof name);
    }
    fuzz_outside = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fuzz_inside = open(fuzz_scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FUZZ_EXPECT(fuzz_outside >= 0 && fuzz_inside >= 0);
    FUZZ_EXPECT(!atexit(fuzz_remove_scratch));
}

/* In the scratch directory, and back. */
static inline void fuzz_go_in(void)
{
    FUZZ_EXPECT(!fchdir(fuzz_inside));
}

static inline void fuzz_go_out(void)
{
    FUZZ_EXPECT(!fchdir(fuzz_outside));
}

static inline void fuzz_put(const char *path, const void *bytes, size_t size)
{
    FILE *const file = fopen(path, "wb");
    FUZZ_EXPECT(file && fwrite(bytes, 1, size, file) == size && !fclose(file));
}

/* Whether the text may name what is outside of the scratch directory. */
static inline bool fuzz_leads_out(const char *text)
{
    const size_t length = strlen(fuzz_scratch);
    if (!text) return false;
    if (*text == '-' || strstr(text, "..")) return true;
    while (*text) {
        if (!strncmp(text, fuzz_scratch, length) && text[length] == '/')
            text += length + 1;
        else if (*text++ == '/')
            return true;
    }
    return false;
}

/* Whether the text has a number of three digits or more, which makes layers of
 * that size. */
static inline bool fuzz_has_large_number(const char *text)
{
    for (size_t digits; text && *text; text += digits ? digits : 1) {
        digits = strspn(text, "0123456789");
        if (digits > 2) return true;
    }
    return false;
}

static inline bool fuzz_is_large_net(const struct geometry_settings *geometry)
{
    const size_t sides[] = {
        geometry->kernel_size[0],  geometry->kernel_size[1],
        geometry->padding.size[0], geometry->padding.size[1],
        geometry->padding.size[2], geometry->padding.size[3]};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i] > FUZZ_MAX_SIDE) return true;
    const double numbers = (double)geometry->batch *
                           (double)geometry->channels *
                           (double)geometry->height * (double)geometry->width;
    return numbers > FUZZ_MAX_NUMBERS || geometry->kernels > FUZZ_MAX_KERNELS ||
           fuzz_has_large_number(geometry->net);
}

/* Whether such a run would take long, or look elsewhere. */
static inline bool fuzz_is_large(const struct config *config)
{
    const struct data_settings *const data = &config->data;
    const struct training_settings *const training = &config->training;
    const char *const places[] = {data->input,        data->data,
                                  data->hold_out,     data->order,
                                  data->target,       data->validation,
                                  training->init,     training->init_weight,
                                  training->init_bias};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (fuzz_leads_out(places[i])) return true;
    if (config->output.out && strcmp(config->output.out, "run") != 0)
        return true;
    return fuzz_is_large_net(&config->geometry) ||
           (training->steps > FUZZ_MAX_STEPS && !data->order) ||
           training->epochs > FUZZ_MAX_EPOCHS ||
           data->batch_size > FUZZ_MAX_SIDE || data->patch[0] > FUZZ_MAX_SIDE ||
           data->patch[1] > FUZZ_MAX_SIDE || data->shift > FUZZ_MAX_SIDE ||
           config->execution.threads > FUZZ_MAX_THREADS;
}

static inline int fuzz_run_small(const struct config *config)
{
    fuzz_was_large = fuzz_is_large(config);
    return fuzz_was_large ? EXIT_OK
                          : command_find(command_table, "train")->run(config);
}

/* A command line's end: status, and what it said on stderr. */
struct fuzz_end {
    int status;
    char *said; /* to be freed */
};

/* What the C library prints for a text that is none. */
static const char fuzz_null[] = "(null)";

/* Whether an input has that: what it leads to may say so then. */
static inline bool fuzz_has_null(const char *text, size_t size)
{
    const size_t length = strlen(fuzz_null);
    for (size_t i = 0; i + length <= size; i++)
        if (!memcmp(text + i, fuzz_null, length)) return true;
    return false;
}

/* Whoever fails says why: the last line, which is whole, names the program. */
static inline void fuzz_expect_reason(const struct fuzz_end *end)
{
    const size_t length = strlen(end->said);
    FUZZ_EXPECT(!strstr(end->said, fuzz_null));
    if (end->status == EXIT_OK) return;
    FUZZ_EXPECT(length && end->said[length - 1] == '\n');
    const char *last = end->said;
    for (size_t i = 0; i + 1 < length; i++) {
        if (end->said[i] == '\n') last = end->said + i + 1;
        FUZZ_EXPECT(
            end->said[i] == '\n' ||
            ((unsigned char)end->said[i] >= ' ' && end->said[i] != 0x7f));
    }
    FUZZ_EXPECT(!strncmp(last, "convlet train: ", 15) ||
                end->status == EXIT_DIVERGED);
}

/*
 * `convlet train`, in the scratch directory; what it prints is passed over.
 * fuzz_was_large is set, and nothing was trained, where that would take long.
 */
static inline struct fuzz_end fuzz_train(int argc, const char *const *argv)
{
    static FILE *nowhere;
    struct fuzz_end end;
    size_t size;
    struct command commands[2] = {*command_find(command_table, "train")};
    FILE *const kept = stderr;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    const int out = dup(STDOUT_FILENO);
    FILE *const said = open_memstream(&end.said, &size);
    FUZZ_EXPECT(nowhere && said && out >= 0 && !fflush(stdout));
    FUZZ_EXPECT(dup2(fileno(nowhere), STDOUT_FILENO) >= 0);
    fuzz_go_in();
    stderr = said;
    commands[0].run = fuzz_run_small;
    fuzz_was_large = false;
    const struct program program = {.commands = commands,
                                    .options = option_table,
                                    .out = nowhere,
                                    .err = said};
    end.status = program_run(&program, argc, argv);
    stderr = kept;
    fuzz_go_out();
    FUZZ_EXPECT(!fclose(said));
    FUZZ_EXPECT(dup2(out, STDOUT_FILENO) >= 0 && !close(out));
    fuzz_expect_reason(&end);
    return end;
}

/* The same of a line: words between spaces, where _ is a space in a word. */
static inline struct fuzz_end fuzz_train_line(const char *line)
{
    enum { WORDS = 40 };
    char text[512];
    const char *argv[WORDS + 1] = {"convlet"};
    snprintf(text, sizeof text, "%s", line);
    const int argc = 1 + fuzz_split(text, strlen(text), ' ', argv + 1, WORDS);
    for (int i = 1; i < argc; i++) {
        char *const space = strchr(text + (argv[i] - text), '_');
        if (space) *space = ' ';
    }
    return fuzz_train(argc, argv);
}

static inline void fuzz_put_array(const char *name, size_t ndim,
                                  const size_t *shape, size_t values)
{
    cvl_tensor array;
    cvl_error err;
    FUZZ_EXPECT(!cvl_tensor_init(&array, CVL_F32, ndim, shape, &err));
    for (size_t i = 0; i < array.count; i++)
        cvl_tensor_set(&array, i, (double)(i % values));
    FUZZ_EXPECT(!cvl_npy_save(name, &array, &err));
    cvl_tensor_free(&array);
}

/* Six samples x.npy [6,1,2,2] in two classes, labels.npy. */
static inline void fuzz_put_samples(void)
{
    static const size_t shape[] = {6, 1, 2, 2};
    fuzz_put_array("x.npy", 4, shape, 5);
    fuzz_put_array("labels.npy", 1, shape, 2);
}

#endif
