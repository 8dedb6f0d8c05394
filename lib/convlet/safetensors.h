/* safetensors.h - .safetensors files: named tensors, and texts beside them. */
#ifndef CVL_SAFETENSORS_H
#define CVL_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "convlet/bytes.h"
#include "convlet/memory.h"
#include "convlet/tensor.h"

/* What a file may have at most; a file with more is neither read nor made. */
enum cvl_safetensors_limits {
    CVL_SAFETENSORS_MAX_HEADER = 1024 * 1024,
    CVL_SAFETENSORS_MAX_TENSORS = 1024
};
#define CVL_SAFETENSORS_MAX_FILE (UINT64_C(1) << 34)

/* A tensor and what it is called. */
typedef struct cvl_named_tensor {
    const char *name; /* UTF-8, torch's: "0.weight" */
    cvl_tensor tensor;
} cvl_named_tensor;

/* A text and what it is called; both UTF-8, of any length. */
typedef struct cvl_metadata_entry {
    const char *key;
    const char *value;
} cvl_metadata_entry;

/* A tensor that a file has but that is not read: of another dtype, such as
 * whole numbers, a single number, empty, or with too many axes. */
typedef struct cvl_unread_tensor {
    const char *name;
    const char *dtype; /* a constant; NULL: F32 or F64, it is for the shape */
    size_t ndim;       /* as the file has it; shape has the first ones */
    size_t shape[CVL_MAX_NDIM];
} cvl_unread_tensor;

/*
 * What such a file holds. {0} is valid and holds nothing. One that was read
 * owns everything, in one block: the tensors are views that last until
 * cvl_safetensors_free. To save, fill in the counts and point at arrays of
 * your own; then there is nothing to free.
 *
 * Only float32 and float64 are stored. Other things fit in without loss:
 * whole numbers below 2^53 (the words of a random generator) as float64,
 * single numbers and texts as metadata.
 */
typedef struct cvl_safetensors {
    size_t tensor_count;
    cvl_named_tensor *tensors;
    size_t metadata_count;
    cvl_metadata_entry *metadata;
    size_t unread_count; /* these are never saved */
    cvl_unread_tensor *unread;
    cvl_arena arena;
} cvl_safetensors;

/*
 * Reads the bytes of a file, which may be hostile: every size is checked
 * before anything is allocated, and a header of n bytes needs less than 100 n
 * bytes of memory on the way. The tensors come in the order of their
 * data, metadata in the order of the header, whose keys may have any order.
 * Tensors that convlet does not do are listed, but not read.
 *
 * CVL_EFORMAT where the bytes are cut short, too long or no safetensors file:
 * a header that is not strictly JSON in UTF-8, has a name or key twice, or an
 * unknown key; data_offsets that leave gaps, overlap, do not fit shape and
 * dtype, or do not cover the data exactly. CVL_EUNSUPPORTED where convlet
 * does not do what the format does: a dtype that it has no name for, zero
 * characters in a text, a header or a number of tensors beyond the maximum
 * above. CVL_ENOMEM. On error *out is {0}. Source:
 * github.com/huggingface/safetensors, "Format".
 */
cvl_status cvl_safetensors_parse(const void *bytes, size_t size,
                                 cvl_safetensors *out, cvl_error *err);

/*
 * The bytes of a file. Equal content gives equal bytes: the header holds the
 * metadata, then the tensors, in the order given but float64 before float32;
 * so every tensor's data lies at a multiple of its element's size.
 * cvl_safetensors_parse reads them back, bit for bit. The caller frees them.
 *
 * CVL_EINVAL for a name or key that is there twice or is not UTF-8, for a
 * tensor named "__metadata__" or without data, and beyond the maxima above;
 * CVL_ENOMEM. *bytes is {0} then.
 */
cvl_status cvl_safetensors_format(const cvl_safetensors *file, cvl_bytes *bytes,
                                  cvl_error *err);

/* The tensor of this name, the text of this key; NULL if there is none. */
const cvl_tensor *cvl_safetensors_find(const cvl_safetensors *file,
                                       const char *name);
const char *cvl_safetensors_metadata(const cvl_safetensors *file,
                                     const char *key);

/* The unread tensor of this name; NULL if there is none. */
const cvl_unread_tensor *cvl_safetensors_unread(const cvl_safetensors *file,
                                                const char *name);

/* Why it was not read, and what to do, in one line; returns text. */
enum { CVL_UNREAD_SIZE = 256 };
const char *cvl_unread_why(const cvl_unread_tensor *tensor,
                           char text[CVL_UNREAD_SIZE]);

/* Frees what was read and resets to {0}; idempotent. */
void cvl_safetensors_free(cvl_safetensors *file);

/* What follows is there only in a library with files (CONVLET_FILES). */

/* Reads a file; the messages of cvl_safetensors_parse behind "PATH: ". */
cvl_status cvl_safetensors_load(const char *path, cvl_safetensors *out,
                                cvl_error *err);

/* The same in a directory that is open; as cvl_file_read_at. */
cvl_status cvl_safetensors_load_at(int directory, const char *path,
                                   cvl_safetensors *out, cvl_error *err);

/*
 * Writes the bytes of cvl_safetensors_format as a file, whole or not at all
 * (cvl_file_write). Whatever PATH held before is replaced. The errors of
 * cvl_safetensors_format behind "PATH: ", with nothing written; CVL_EIO.
 */
cvl_status cvl_safetensors_save(const char *path, const cvl_safetensors *file,
                                cvl_error *err);

/* The same in a directory that is open; as cvl_file_write_at. */
cvl_status cvl_safetensors_save_at(int directory, const char *path,
                                   const cvl_safetensors *file, cvl_error *err);

#endif
