/* fixtures.c - see fixtures.h for the contract. */
#include "fixtures.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convlet/npy.h"
#include "convlet/safetensors.h"
#include "expect.h"

enum { PICTURE_LIMIT = 8192, HEADER_LIMIT = 512 };

static char scratch[32];

void put_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *const file = fopen(name, "wb");
    ck_assert_msg(file, "%s", name);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

void put_array(const char *name, size_t ndim, const size_t *shape)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, CVL_F64, ndim, shape, &err), err);
    for (size_t i = 0; i < tensor.count; i++)
        cvl_tensor_set(&tensor, i, (double)(i % 7) + 1);
    expect_ok(cvl_npy_save(name, &tensor, &err), err);
    cvl_tensor_free(&tensor);
}

void put_constant(const char *name, size_t ndim, const size_t *shape,
                  double value)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, CVL_F64, ndim, shape, &err), err);
    cvl_tensor_fill(&tensor, value);
    expect_ok(cvl_npy_save(name, &tensor, &err), err);
    cvl_tensor_free(&tensor);
}

void put_npy(const char *name, const char *header, size_t data)
{
    unsigned char bytes[HEADER_LIMIT] = "\x93NUMPY\x01";
    const size_t length = strlen(header);
    ck_assert_uint_le(10 + length + data, sizeof bytes);
    bytes[8] = (unsigned char)(length % 256);
    bytes[9] = (unsigned char)(length / 256);
    memcpy(bytes + 10, header, length);
    put_bytes(name, bytes, 10 + length + data);
}

void put_picture(const char *name, const char *picture, size_t size, size_t at)
{
    unsigned char bytes[PICTURE_LIMIT];
    char path[1024];
    snprintf(path, sizeof path, "%s/pictures/%s", TEST_DATA, picture);
    FILE *const file = fopen(path, "rb");
    ck_assert_msg(file, "%s", path);
    const size_t got = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert(got < sizeof bytes && size <= got && at < got);
    if (at) bytes[at] = (unsigned char)(255 - bytes[at]);
    put_bytes(name, bytes, size ? size : got);
}

cvl_tensor get_array(const char *name)
{
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_npy_load(name, &tensor, &err), err);
    return tensor;
}

void put_param(const char *name, const char *model, const char *param)
{
    cvl_safetensors file;
    cvl_error err;
    expect_ok(cvl_safetensors_load(model, &file, &err), err);
    const cvl_tensor *const tensor = cvl_safetensors_find(&file, param);
    ck_assert_msg(tensor != NULL, "%s has no %s", model, param);
    expect_ok(cvl_npy_save(name, tensor, &err), err);
    cvl_safetensors_free(&file);
}

void change_entry(const char *name, const char *key, const char *value)
{
    cvl_safetensors file;
    cvl_error err;
    size_t kept = 0;
    expect_ok(cvl_safetensors_load(name, &file, &err), err);
    for (size_t i = 0; i < file.metadata_count; i++) {
        cvl_metadata_entry entry = file.metadata[i];
        const bool meant = strcmp(entry.key, key) == 0;
        if (meant && !value) continue;
        if (meant) entry.value = value;
        file.metadata[kept++] = entry;
    }
    file.metadata_count = kept;
    expect_ok(cvl_safetensors_save(name, &file, &err), err);
    cvl_safetensors_free(&file);
}

void put_tensors(const char *name, const char *const *pairs)
{
    enum { MOST = 4 };
    cvl_named_tensor tensors[MOST];
    cvl_error err;
    cvl_safetensors file = {.tensors = tensors};
    for (; *pairs; pairs += 2) {
        ck_assert_uint_lt(file.tensor_count, MOST);
        tensors[file.tensor_count++] =
            (cvl_named_tensor){pairs[0], get_array(pairs[1])};
    }
    expect_ok(cvl_safetensors_save(name, &file, &err), err);
    for (size_t i = 0; i < file.tensor_count; i++)
        cvl_tensor_free(&tensors[i].tensor);
}

void expect_shape(const cvl_tensor *tensor, size_t ndim, const size_t *shape)
{
    ck_assert_uint_eq(tensor->ndim, ndim);
    for (size_t i = 0; i < ndim; i++)
        ck_assert_uint_eq(tensor->shape[i], shape[i]);
}

size_t get_text(const char *name, char *text, size_t size)
{
    FILE *const file = fopen(name, "rb");
    ck_assert_msg(file, "%s", name);
    const size_t got = fread(text, 1, size - 1, file);
    ck_assert_msg(feof(file) && !ferror(file), "%s is too large", name);
    fclose(file);
    text[got] = '\0';
    return got;
}

void expect_same_bytes(const char *got, const char *wanted)
{
    static char one[1 << 20], other[1 << 20];
    const size_t size = get_text(got, one, sizeof one);
    ck_assert_msg(size == get_text(wanted, other, sizeof other) &&
                      memcmp(one, other, size) == 0,
                  "%s is not %s", got, wanted);
}

size_t count_entries(const char *name)
{
    DIR *const entries = opendir(name);
    ck_assert_msg(entries, "%s", name);
    size_t count = 0;
    while (readdir(entries)) count++;
    closedir(entries);
    return count - 2; /* . and .. */
}

void remove_tree(const char *name)
{
    DIR *const entries = opendir(name);
    if (!entries) {
        unlink(name);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        char path[1024];
        const char *const child = entry->d_name;
        if (strcmp(child, ".") == 0 || strcmp(child, "..") == 0) continue;
        snprintf(path, sizeof path, "%s/%s", name, child);
        if (unlink(path)) remove_tree(path);
    }
    closedir(entries);
    ck_assert_int_eq(rmdir(name), 0);
}

void enter_scratch(void)
{
    static const char template[] = "/tmp/convlet-cli-XXXXXX";
    memcpy(scratch, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(scratch));
    ck_assert_int_eq(chdir(scratch), 0);
    umask(022);
}

void leave_scratch(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    remove_tree(scratch);
}
