/* named.c - which reader takes what a setting names. */
#include <string.h>

#include "base/input.h"
#include "base/suggest.h"
#include "base/text.h"
#include "data/listing.h"
#include "samples/read.h"

/* A list with more commas is refused. */
enum { MOST_FILES = 64 };

/* Is there something of that name, which "-" always is? */
static cvl_status look(const char *path, bool *exists, bool *is_directory,
                       cvl_error *err)
{
    const cvl_status status = listing_look(path, exists, is_directory, err);
    *exists |= input_is_stdin(path);
    return status;
}

/* Paths, cut out of a text. */
struct paths {
    size_t count;
    struct text path[MOST_FILES];
};

static void free_paths(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) text_free(&paths->path[i]);
    paths->count = 0;
}

/* Cuts at every comma, but not what exists whole. */
static cvl_status cut(const char *text, struct paths *paths, cvl_error *err)
{
    bool whole, is_directory;
    cvl_status status = look(text, &whole, &is_directory, err);
    paths->count = 0;
    for (const char *at = text; !status && at;) {
        const size_t length = whole ? strlen(at) : strcspn(at, ",");
        if (paths->count == MOST_FILES)
            return cvl_fail(err, CVL_EINVAL, "'%s' are more than %d files",
                            text, MOST_FILES);
        struct text *const path = &paths->path[paths->count++];
        *path = (struct text){.size = 0};
        text_add(path, "%.*s", (int)length, at);
        status = text_status(path, err);
        at = at[length] ? at + length + 1 : NULL;
    }
    return status;
}

/* Reads one into an empty set, or behind what is there. */
static cvl_status add_cifar(const char *path, const struct named *named,
                            struct samples *set, cvl_error *err)
{
    struct samples more = {.count = 0};
    if (!set->count) return cifar_read(path, named->role, set, err);
    cvl_status status = cifar_read(path, named->role, &more, err);
    if (!status) status = samples_append(path, set, &more, err);
    samples_free(&more);
    return status;
}

static bool is_test(const char *path)
{
    return !strncmp(listing_name(path), "test_batch", strlen("test_batch"));
}

/* Files of CIFAR-10, of which a test part is one that is not alone. */
static cvl_status read_cifar(const struct paths *paths,
                             const struct named *named, struct samples *set,
                             struct samples *test, cvl_error *err)
{
    cvl_status status = CVL_OK;
    size_t tests = 0;
    for (size_t i = 0; i < paths->count; i++)
        tests += is_test(paths->path[i].data);
    const bool splits = test && named->wants_test && tests < paths->count;
    for (size_t i = 0; !status && i < paths->count; i++) {
        const char *const path = paths->path[i].data;
        status =
            add_cifar(path, named, splits && is_test(path) ? test : set, err);
    }
    return status;
}

/* Adds "DIRECTORY/NAME", of which only PREFIX and WHAT vary, if it exists. */
static cvl_status add_if_there(const char *directory, const char *name,
                               struct paths *paths, cvl_error *err)
{
    struct text *const path = &paths->path[paths->count];
    *path = (struct text){.size = 0};
    text_add(path, "%s/%s", directory, name);
    bool exists = false, is_directory;
    cvl_status status = text_status(path, err);
    if (!status) status = look(path->data, &exists, &is_directory, err);
    if (!status && exists)
        paths->count++;
    else
        text_free(path);
    return status;
}

/* CIFAR-10's files in a directory, those that are wanted. */
static cvl_status find_cifar(const char *directory, const struct named *named,
                             bool held, struct paths *paths, cvl_error *err)
{
    static const char *const names[] = {"data_batch_1.bin", "data_batch_2.bin",
                                        "data_batch_3.bin", "data_batch_4.bin",
                                        "data_batch_5.bin"};
    cvl_status status = CVL_OK;
    if (held || named->wants_test)
        status = add_if_there(directory, "test_batch.bin", paths, err);
    if (held && paths->count) return status;
    for (size_t i = 0; !status && i < sizeof names / sizeof *names; i++)
        status = add_if_there(directory, names[i], paths, err);
    return status;
}

/* The images or the labels of a part, under the first name that is there. */
static cvl_status find_mnist_file(const char *directory, const char *part,
                                  const char *what, struct paths *paths,
                                  cvl_error *err)
{
    static const struct {
        char before;
        const char *after;
    } forms[] = {{'-', ""}, {'-', ".gz"}, {'.', ""}, {'.', ".gz"}};
    const size_t before = paths->count;
    const int axes = strcmp(what, "images") != 0 ? 1 : 3;
    cvl_status status = CVL_OK;
    for (size_t i = 0;
         !status && i < sizeof forms / sizeof *forms && paths->count == before;
         i++) {
        struct text name = {0};
        text_add(&name, "%s-%s%cidx%d-ubyte%s", part, what, forms[i].before,
                 axes, forms[i].after);
        status = text_status(&name, err);
        if (!status) status = add_if_there(directory, name.data, paths, err);
        text_free(&name);
    }
    return status;
}

/* Adds the two files of a part of MNIST, if they are in the directory. */
static cvl_status find_mnist(const char *directory, const char *part,
                             struct paths *paths, cvl_error *err)
{
    const size_t before = paths->count;
    cvl_status status = find_mnist_file(directory, part, "images", paths, err);
    if (!status && paths->count == before) return CVL_OK;
    if (!status)
        status = find_mnist_file(directory, part, "labels", paths, err);
    if (status || paths->count == before + 2) return status;
    return cvl_fail(err, CVL_EIO,
                    "%s: has %s, but no %s-labels-idx1-ubyte, nor that .gz",
                    directory, listing_name(paths->path[before].data), part);
}

/* MNIST's files: of what is held out the test part, if there is one. */
static cvl_status read_mnist(const char *directory, const struct named *named,
                             struct samples *set, struct samples *test,
                             struct paths *paths, cvl_error *err)
{
    cvl_status status =
        find_mnist(directory, test ? "train" : "t10k", paths, err);
    if (!status && (!paths->count || (test && named->wants_test)))
        status = find_mnist(directory, test ? "t10k" : "train", paths, err);
    for (size_t i = 0; !status && i < paths->count; i += 2)
        status = arrays_read(paths->path[i].data, paths->path[i + 1].data,
                             named->role, i ? test : set, err);
    return status;
}

static cvl_status read_directory(struct named *named, struct samples *set,
                                 struct samples *test, cvl_error *err)
{
    struct paths paths = {.count = 0};
    cvl_status status = read_mnist(named->text, named, set, test, &paths, err);
    const bool is_mnist = paths.count;
    if (!status && !is_mnist)
        status = find_cifar(named->text, named, !test, &paths, err);
    if (!status && !is_mnist && paths.count)
        status = read_cifar(&paths, named, set, test, err);
    if (!status && !paths.count) {
        named->is_sorted = true;
        status = folder_read(named->text, named->role, named->color, set, err);
    }
    free_paths(&paths);
    return status;
}

/* What is one file, or has commas. */
static cvl_status read_files(const struct named *named, struct samples *set,
                             struct samples *test, cvl_error *err)
{
    static const char ending[] = ".bin";
    struct paths paths = {.count = 0};
    cvl_status status = cut(named->text, &paths, err);
    size_t bins = 0;
    for (size_t i = 0; !status && i < paths.count; i++) {
        const size_t size = strlen(paths.path[i].data);
        bins += size > 4 && !strcmp(paths.path[i].data + size - 4, ending);
    }
    if (!status && bins == paths.count)
        status = read_cifar(&paths, named, set, test, err);
    else if (!status && paths.count == 2)
        status = arrays_read(paths.path[0].data, paths.path[1].data,
                             named->role, set, err);
    else if (!status)
        status = cvl_fail(err, CVL_EINVAL,
                          "%s: is %s; expected a directory, IMAGES,LABELS or "
                          "FILE.bin,... of CIFAR-10",
                          named->text,
                          paths.count == 1 ? "one file" : "too many files");
    free_paths(&paths);
    return status;
}

cvl_status named_read(struct named *named, struct samples *set,
                      struct samples *test, cvl_error *err)
{
    struct suggestion near = {.word = named->text};
    if (samples_is_built_in(named->text)) return digits_read(set, err);
    bool exists, is_directory;
    const cvl_status status = look(named->text, &exists, &is_directory, err);
    if (status) return status;
    if (is_directory) return read_directory(named, set, test, err);
    suggest_try(&near, SAMPLES_BUILT_IN, SAMPLES_BUILT_IN);
    if (exists || strchr(named->text, ','))
        return read_files(named, set, test, err);
    if (near.answer)
        return cvl_fail(err, CVL_EIO,
                        "%s: no such file or directory; did you mean '%s'?",
                        named->text, near.answer);
    return cvl_fail(err, CVL_EIO,
                    "%s: no such file or directory; expected %s'%s', a "
                    "directory, IMAGES,LABELS or FILE.bin,...",
                    named->text, named->words ? named->words : "",
                    SAMPLES_BUILT_IN);
}
