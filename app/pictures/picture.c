/* picture.c - see picture.h for the contract, formats.h for the plan. */
#include "pictures/picture.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/file.h>
#include <convlet/memory.h>

#include "pictures/formats.h"

/* The sample at `bytes`; both widths may lie anywhere in memory. */
static unsigned sample_at(const unsigned char *bytes, bool wide, bool big_end)
{
    if (!wide) return *bytes;
    if (big_end) return (unsigned)bytes[0] << 8 | bytes[1];
    uint16_t sample;
    memcpy(&sample, bytes, sizeof sample);
    return sample;
}

/* out[c,y,x] = samples[y,x,c] / maximum, the picture turned upright. */
static cvl_status fill(const unsigned char *samples,
                       const picture_header *header, cvl_tensor *out,
                       cvl_error *err)
{
    const picture_info *const info = &header->info;
    const size_t area = info->width * info->height;
    const bool wide = info->depth == 16;
    for (size_t i = 0; i < area; i++) {
        const size_t at =
            picture_upright(header, i % info->width, i / info->width);
        for (size_t c = 0; c < info->channels; c++) {
            const unsigned sample = sample_at(samples, wide, header->big_end);
            if (sample > header->maximum)
                return cvl_fail(err, CVL_EFORMAT,
                                "damaged %s: a sample of %u, its maximum is "
                                "%u",
                                info->format->name, sample, header->maximum);
            cvl_tensor_set(out, c * area + at,
                           (double)sample / header->maximum);
            samples += wide ? 2 : 1;
        }
    }
    return CVL_OK;
}

/* The samples as a new tensor; *info is the picture's, upright. */
static cvl_status to_tensor(const unsigned char *samples,
                            const picture_header *header, cvl_dtype dtype,
                            cvl_tensor *pixels, picture_info *info,
                            cvl_error *err)
{
    picture_info upright = header->info;
    if (picture_is_turned(header)) {
        upright.width = header->info.height;
        upright.height = header->info.width;
    }
    const size_t shape[4] = {1, upright.channels, upright.height,
                             upright.width};
    cvl_tensor out;
    cvl_status status = cvl_tensor_init(&out, dtype, 4, shape, err);
    if (status) return status;
    status = fill(samples, header, &out, err);
    if (status) {
        cvl_tensor_free(&out);
        return status;
    }
    *pixels = out;
    if (info) *info = upright;
    return CVL_OK;
}

/*
 * How much memory a decoder may take: for each sample of four channels, four
 * copies (unpacked, deinterlaced, widened, converted) or a JPEG's coefficients;
 * for each byte of the file, the pieces it was collected in as they doubled.
 * Only what is touched costs anything.
 */
static bool pool_size(size_t file_size, const picture_header *header,
                      size_t *size)
{
    enum { BLOCK = 64, COPIES = 16, FIXED = 1 << 20 };
    size_t pixels, packed;
    return cvl_size_mul(header->info.width + BLOCK, header->info.height + BLOCK,
                        &pixels) &&
           cvl_size_mul(pixels, (size_t)COPIES * (header->info.depth / 8),
                        &pixels) &&
           cvl_size_mul(file_size, 4, &packed) &&
           cvl_size_add(pixels, packed, size) &&
           cvl_size_add(*size, FIXED, size);
}

/* The samples, if the verdict is what the header promised; else NULL. */
static const unsigned char *judge(const picture_workshop *workshop,
                                  const picture_header *header, unsigned *notes,
                                  cvl_error *err)
{
    assert(workshop->verdict && workshop->pool.base);
    /* Read once: what is checked is what is used. */
    picture_verdict verdict;
    memcpy(&verdict, workshop->verdict, sizeof verdict);
    const char *const name = header->info.format->name;
    if (verdict.done != 1) {
        verdict.reason[PICTURE_REASON_SIZE - 1] = '\0';
        for (char *c = verdict.reason; *c; c++)
            if (*c < ' ' || *c > '~') *c = '?';
        cvl_fail(err, CVL_EFORMAT, "damaged %s: %s", name,
                 *verdict.reason ? verdict.reason : "it cannot be decoded");
        return NULL;
    }
    const picture_info *const info = &header->info;
    const size_t bytes =
        info->width * info->height * info->channels * (info->depth / 8);
    if (verdict.width != info->width || verdict.height != info->height ||
        verdict.components < 1 || verdict.components > 4 ||
        verdict.offset > workshop->pool.size ||
        bytes > workshop->pool.size - verdict.offset) {
        cvl_fail(err, CVL_EFORMAT,
                 "damaged %s: what it decodes to is not what its header says",
                 name);
        return NULL;
    }
    if (verdict.components % 2 == 0) *notes |= PICTURE_ALPHA;
    return workshop->pool.base + verdict.offset;
}

/* Where there is no jail: a workshop of plain memory. */
static bool open_unjailed(picture_workshop *workshop, size_t size)
{
    /* calloc, for zeroed pages that cost nothing until they are touched. */
    workshop->verdict = calloc(1, sizeof *workshop->verdict);
    workshop->pool = picture_pool_over(calloc(1, size), size);
    return workshop->verdict && workshop->pool.base;
}

static void close_workshop(picture_workshop *workshop)
{
    if (workshop->shared) {
        picture_jail_close(workshop);
    } else {
        free(workshop->verdict);
        free(workshop->pool.base);
    }
    *workshop = (picture_workshop){0};
}

/* Decodes into the workshop, in a jail if that can be had. */
static cvl_status decode(const unsigned char *bytes, size_t size,
                         const picture_policy *policy,
                         const picture_header *header,
                         picture_workshop *workshop, cvl_error *err)
{
    size_t needed;
    bool jailed = false;
    cvl_status status = CVL_OK;
    if (!pool_size(size, header, &needed))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: too large a picture");
    if (policy->jailed) status = picture_jail_open(workshop, needed, err);
    if (workshop->shared)
        status = picture_jail_run(policy, bytes, size, header, workshop,
                                  &jailed, err);
    if (jailed) return CVL_OK;
    close_workshop(workshop);
    if (status && header->info.format->needs_jail) return status;
    if (header->info.format->needs_jail)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s is read only where a process can be jailed "
                        "(Linux with seccomp), or with stb_image 2.30 or "
                        "later; convert it to PNG",
                        header->info.format->name);
    if (!open_unjailed(workshop, needed))
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: decoding a picture needs %zu bytes",
                        needed);
    policy->decode(bytes, size, header, &workshop->pool, workshop->verdict);
    return CVL_OK;
}

cvl_status picture_parse(const unsigned char *bytes, size_t size,
                         const picture_policy *policy, cvl_dtype dtype,
                         cvl_tensor *pixels, picture_info *info, cvl_error *err)
{
    picture_workshop workshop = {0};
    picture_header header;
    picture_policy own = *policy;
    cvl_status status = picture_header_read(bytes, size, &header, err);
    if (status) return status;
    if (!own.decode) own.decode = header.info.format->decode;

    const unsigned char *samples = bytes + header.data;
    if (header.info.format->decode) {
        status = decode(bytes, size, &own, &header, &workshop, err);
        if (status) goto done;
        samples = judge(&workshop, &header, &header.info.notes, err);
        status = samples ? CVL_OK : CVL_EFORMAT;
    }
    if (!status) status = to_tensor(samples, &header, dtype, pixels, info, err);
done:
    close_workshop(&workshop);
    return status;
}

cvl_status picture_read(const char *path, const cvl_bytes *bytes,
                        cvl_dtype dtype, cvl_tensor *pixels, picture_info *info,
                        cvl_error *err)
{
    static const picture_policy policy = {.jailed = true};
    const cvl_status status = picture_parse(bytes->data, bytes->size, &policy,
                                            dtype, pixels, info, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

cvl_status picture_load(const char *path, cvl_dtype dtype, cvl_tensor *pixels,
                        picture_info *info, cvl_error *err)
{
    cvl_bytes bytes = {0};
    cvl_status status = cvl_file_read(path, PICTURE_MAX_BYTES, &bytes, err);
    if (!status) status = picture_read(path, &bytes, dtype, pixels, info, err);
    cvl_bytes_free(&bytes);
    return status;
}

cvl_status picture_profile_read(const cvl_bytes *file, picture_profile *profile,
                                cvl_error *err)
{
    picture_header header;
    *profile = (picture_profile){0};
    cvl_status status =
        picture_header_read(file->data, file->size, &header, err);
    if (status || !header.info.format->read_profile) return status;
    profile->channels = header.info.channels;
    status =
        header.info.format->read_profile(file->data, file->size, profile, err);
    if (status) picture_profile_free(profile);
    return status;
}

void picture_profile_free(picture_profile *profile)
{
    cvl_bytes_free(&profile->icc);
    cvl_bytes_free(&profile->chunks);
    *profile = (picture_profile){0};
}

unsigned char picture_sample(double value)
{
    if (!(value > 0.0)) return 0; /* NaN too */
    return value < 1.0 ? (unsigned char)lround(value * 255.0) : 255;
}

/* samples[y,x,c] = pixels[c,y,x], of 0..255. */
static void to_samples(const cvl_tensor *pixels, unsigned char *samples)
{
    const size_t channels = pixels->shape[1];
    const size_t area = pixels->shape[2] * pixels->shape[3];
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < area; i++)
            samples[i * channels + c] =
                picture_sample(cvl_tensor_get(pixels, c * area + i));
}

static cvl_status check_shape(const char *path, const picture_format *format,
                              const cvl_tensor *pixels, cvl_error *err)
{
    const size_t *const shape = pixels->shape;
    char text[CVL_DESCRIBE_SIZE];
    if (pixels->ndim != 4 || shape[0] != 1 || (shape[1] != 1 && shape[1] != 3))
        return cvl_fail(err, CVL_ESHAPE,
                        "%s: a picture is [1,1,H,W] or [1,3,H,W], not %s", path,
                        cvl_tensor_describe(pixels, text));
    if (shape[2] > PICTURE_MAX_PIXELS / shape[3])
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: %zu x %zu pixels are more than the %d that "
                        "convlet writes",
                        path, shape[3], shape[2], PICTURE_MAX_PIXELS);
    const size_t most = format->max_side;
    if (most && (shape[2] > most || shape[3] > most))
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: a %s has at most %zu pixels a side, not %zu x "
                        "%zu; write a PNG",
                        path, format->name, most, shape[3], shape[2]);
    return CVL_OK;
}

cvl_status picture_save_with(int directory, const char *path,
                             const cvl_tensor *pixels, picture_profile *profile,
                             cvl_error *err)
{
    char endings[PICTURE_LIST_SIZE];
    const picture_format *const format = picture_format_by_name(path);
    if (!picture_is_written(format))
        return cvl_fail(err, CVL_EINVAL, "%s: a picture's name ends in %s",
                        path, picture_endings(NULL, endings));
    return picture_save_as(format, directory, path, pixels, profile, err);
}

cvl_status picture_save_as(const picture_format *format, int directory,
                           const char *path, const cvl_tensor *pixels,
                           picture_profile *profile, cvl_error *err)
{
    cvl_status status = check_shape(path, format, pixels, err);
    if (status) return status;

    unsigned char *const samples = malloc(pixels->count);
    if (!samples)
        return cvl_fail(err, CVL_ENOMEM, "%s: out of memory: %zu samples", path,
                        pixels->count);
    to_samples(pixels, samples);
    cvl_bytes bytes;
    status = picture_encode(format, samples, pixels->shape[3], pixels->shape[2],
                            pixels->shape[1], profile, &bytes, err);
    free(samples);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    const cvl_span span = {.data = bytes.data, .size = bytes.size};
    status = cvl_file_write_at(directory, path, &span, 1, err);
    cvl_bytes_free(&bytes);
    return status;
}

cvl_status picture_save(const char *path, const cvl_tensor *pixels,
                        cvl_error *err)
{
    return picture_save_with(-1, path, pixels, NULL, err);
}
