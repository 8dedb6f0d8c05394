/* examples.c - see examples.h for the contract. */
#include "prepare/examples.h"

#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "base/text.h"
#include "data/array_file.h"
#include "data/arrays.h"
#include "data/listing.h"
#include "data/source.h"

/* Pictures of a directory, or folders in one, at most. */
enum { MOST_PICTURES = 1000000, MOST_FOLDERS = 1000 };

/* How many samples an array holds; 0 where its last axes are not the model's.
 */
static size_t count_samples(const cvl_numbers *numbers, const size_t shape[4])
{
    const size_t size = shape[1] * shape[2] * shape[3];
    const size_t n = numbers->ndim, *const axes = numbers->shape;
    const bool is_planes =
        n >= 2 && axes[n - 2] == shape[2] && axes[n - 1] == shape[3] &&
        (shape[1] == 1 || (n >= 3 && axes[n - 3] == shape[1]));
    const bool is_row = axes[n - 1] == size;
    return is_planes || is_row ? numbers->count / size : 0;
}

/* Sample i of an array file. */
static cvl_status visit_number(const struct example_reader *reader,
                               const char *path, const cvl_numbers *numbers,
                               size_t i, cvl_tensor *x, cvl_error *err)
{
    /* Bytes are divided as when the model was trained. */
    const double divisor = cvl_numbers_are_bytes(numbers) && reader->divisor > 0
                               ? reader->divisor
                               : 1.0;
    struct text name = {0};
    for (size_t k = 0; k < x->count; k++)
        cvl_tensor_set(x, k,
                       cvl_numbers_get(numbers, i * x->count + k) / divisor);
    text_add(&name, "%s", path);
    if (numbers->count > x->count) text_add(&name, "[%zu]", i);
    cvl_status status = text_status(&name, err);
    if (!status)
        status = reader->visit(
            reader->context, &(struct example){.name = name.data, .x = x}, err);
    text_free(&name);
    return status;
}

static cvl_status visit_array(const struct example_reader *reader,
                              const char *path, cvl_error *err)
{
    const size_t *const shape = reader->shape;
    const size_t one[4] = {1, shape[1], shape[2], shape[3]};
    struct array_file file;
    cvl_tensor x = {0};
    cvl_status status = array_file_read(path, &file, err);
    if (status) return status;
    const size_t count = count_samples(&file.numbers, shape);
    if (!count)
        status = cvl_fail(err, CVL_ESHAPE,
                          "%s: its axes do not end in %zux%zux%zu, which the "
                          "model takes",
                          path, shape[1], shape[2], shape[3]);
    if (!status) status = cvl_tensor_init(&x, CVL_F64, 4, one, err);
    for (size_t i = 0; !status && i < count; i++)
        status = visit_number(reader, path, &file.numbers, i, &x, err);
    cvl_tensor_free(&x);
    array_file_free(&file);
    return status;
}

static cvl_status visit_picture(const struct example_reader *reader,
                                const char *path, const char *truth,
                                cvl_error *err)
{
    cvl_tensor picture = {0}, x = {0};
    struct array_origin origin;
    struct text said = {0};
    cvl_status status =
        array_load_on_white(path, CVL_F64, &picture, &origin, err);
    if (status) return status;
    if (!reader->quiet) array_print_note(reader->command, path, &origin);
    status =
        prepare_picture(reader->prepare, &picture, CVL_F64, &x, &said, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    if (!status && said.size && !reader->quiet)
        say(stderr, "convlet %s: note: %s: %s", reader->command, path,
            said.data);
    if (!status)
        status = reader->visit(
            reader->context,
            &(struct example){.name = path, .truth = truth, .x = &x}, err);
    text_free(&said);
    cvl_tensor_free(&picture);
    cvl_tensor_free(&x);
    return status;
}

/* Says it, and goes on. */
static void pass_over(struct example_reader *reader, const cvl_error *err)
{
    say(stderr, "convlet %s: %s", reader->command, err->message);
    if (!reader->failed) reader->failed = err->status;
}

/* Those of a directory; one that cannot be read keeps no other waiting. */
static cvl_status visit_pictures(struct example_reader *reader,
                                 const char *path, const char *truth,
                                 size_t *count, cvl_error *err)
{
    struct listing list = {0};
    cvl_status status = listing_make(path, listing_is_picture, MOST_PICTURES,
                                     "pictures", &list, err);
    for (size_t i = 0; !status && i < list.count; i++) {
        status = visit_picture(reader, list.path[i], truth, err);
        if (!status || reader->strict) continue;
        pass_over(reader, err);
        status = CVL_OK;
    }
    *count += list.count;
    listing_free(&list);
    return status;
}

/* Its own pictures, and those of its directories, which are classes. */
static cvl_status visit_directory(struct example_reader *reader,
                                  const char *path, cvl_error *err)
{
    struct listing list = {0};
    size_t count = 0;
    cvl_status status = visit_pictures(reader, path, NULL, &count, err);
    if (!status)
        status = listing_make(path, listing_is_directory, MOST_FOLDERS,
                              "folders", &list, err);
    for (size_t i = 0; !status && i < list.count; i++)
        status = visit_pictures(reader, list.path[i],
                                listing_name(list.path[i]), &count, err);
    listing_free(&list);
    if (!status && !count)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s: has no pictures in it, nor folders with some",
                        path);
    return status;
}

cvl_status examples_visit(struct example_reader *reader, const char *path,
                          cvl_error *err)
{
    struct source source;
    const cvl_status status = source_look(path, &source, err);
    if (status) return status;
    const enum source_kind kind = source.kind;
    source_free(&source);
    switch (kind) {
    case SOURCE_DIRECTORY: return visit_directory(reader, path, err);
    case SOURCE_PICTURE: return visit_picture(reader, path, NULL, err);
    default: return visit_array(reader, path, err);
    }
}
