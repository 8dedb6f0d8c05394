/* folder.c - a directory with a directory of pictures for each class. */
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "samples/pictures.h"
#include "samples/read.h"

/* What was passed over in the list is so in all. */
static void take_others(struct listing *all, struct listing *list)
{
    all->others += list->others;
    if (!all->other)
        all->other = list->other;
    else
        free(list->other);
    list->other = NULL;
}

/* Adds the pictures of a class, whose paths it takes over, to `all`, and their
 * labels; both grow, as nobody knows how many there will be. */
static cvl_status add_class(const char *directory, uint32_t label,
                            struct listing *all, uint32_t **labels,
                            cvl_error *err)
{
    struct listing list;
    void *paths = NULL, *grown = NULL;
    cvl_status status = pictures_list(directory, &list, err);
    const size_t count = all->count + list.count;
    if (!status)
        status = cvl_alloc(&paths, count * sizeof *all->path, "paths", err);
    if (!status)
        status = cvl_alloc(&grown, count * sizeof **labels, "labels", err);
    if (status) {
        cvl_free(paths);
        listing_free(&list);
        return status;
    }
    char **const path = paths;
    uint32_t *const own = grown;
    for (size_t i = 0; i < count; i++) {
        const bool old = i < all->count;
        path[i] = old ? all->path[i] : list.path[i - all->count];
        own[i] = old ? (*labels)[i] : label;
    }
    cvl_free(all->path);
    cvl_free(*labels);
    cvl_free(list.path);
    all->count = count;
    all->path = path;
    take_others(all, &list);
    *labels = own;
    return CVL_OK;
}

/* The names of the classes, and their pictures. */
static cvl_status look(const char *path, struct listing *all,
                       struct samples *set, cvl_error *err)
{
    struct listing classes;
    cvl_status status =
        listing_make(path, listing_is_directory, SAMPLES_MAX_CLASSES,
                     "directories", &classes, err);
    if (!status && classes.count < 2)
        status =
            cvl_fail(err, CVL_EFORMAT,
                     "%s: holds %zu director%s; expected one with "
                     "pictures for each class, or MNIST's four files, or "
                     "CIFAR-10's data_batch_1.bin",
                     path, classes.count, classes.count == 1 ? "y" : "ies");
    for (size_t i = 0; !status && i < classes.count; i++)
        status =
            add_class(classes.path[i], (uint32_t)i, all, &set->labels, err);
    const char **names = NULL;
    void *block = NULL;
    if (!status)
        status = cvl_alloc(&block, classes.count * sizeof *names, "names", err);
    names = block;
    for (size_t i = 0; !status && i < classes.count; i++)
        names[i] = listing_name(classes.path[i]);
    if (!status) status = samples_name_classes(set, names, classes.count, err);
    cvl_free(block);
    take_others(all, &classes);
    listing_free(&classes);
    return status;
}

cvl_status folder_read(const char *path, const char *role,
                       enum color_choice color, struct samples *set,
                       cvl_error *err)
{
    struct listing all = {.count = 0};
    cvl_status status = look(path, &all, set, err);
    if (!status)
        status = pictures_read(&all, strlen(path), role, color, &set->input,
                               set, err);
    if (!status) set->count = all.count;
    set->is_filed = true;
    listing_free(&all);
    return status;
}
