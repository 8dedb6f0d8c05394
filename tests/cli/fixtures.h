/* fixtures.h - the files that the tests of the command line feed to it. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stddef.h>

#include "convlet/tensor.h"

/* Writes bytes as a file. */
void put_bytes(const char *name, const void *bytes, size_t size);

/* Writes float64 values 1, 2, 3 ... modulo 7 as a .npy of `ndim` axes. */
void put_array(const char *name, size_t ndim, const size_t *shape);

/* Writes a float64 .npy of `ndim` axes, all of that value. */
void put_constant(const char *name, size_t ndim, const size_t *shape,
                  double value);

/* Writes a .npy of the current test's own header, before `data` zero bytes. */
void put_npy(const char *name, const char *header, size_t data);

/*
 * Writes the first `size` bytes (0: all) of a file of tests/pictures, with
 * the byte at `at` (0: none) inverted.
 */
void put_picture(const char *name, const char *picture, size_t size, size_t at);

/* A file's tensor; free it. */
cvl_tensor get_array(const char *name);

/* A param of a model file, written as a .npy array. */
void put_param(const char *name, const char *model, const char *param);

/* Changes a .safetensors file: the value of an entry that it has; NULL: the
 * entry goes. */
void change_entry(const char *name, const char *key, const char *value);

/* Packs .npy files into a .safetensors file, each under a name; pairs of name
 * and file, up to four, that end in NULL. */
void put_tensors(const char *name, const char *const *pairs);

/* A file's tensor has these axes. */
void expect_shape(const cvl_tensor *tensor, size_t ndim, const size_t *shape);

/* A file's bytes as a string in `text`, `size` large; the length. */
size_t get_text(const char *name, char *text, size_t size);

/* Two files, of less than a megabyte, have the same bytes. */
void expect_same_bytes(const char *got, const char *wanted);

/* How many entries a directory has. */
size_t count_entries(const char *name);

/* Removes the tree that `name` is, if there is one. */
void remove_tree(const char *name);

/* A scratch directory for each test: chdir there, and back with all gone. */
void enter_scratch(void);
void leave_scratch(void);

#endif
