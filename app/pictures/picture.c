/* picture.c - see picture.h for the contract, formats.h for the plan. */
#include "pictures/picture.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
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
static const unsigned char *judge(const jail_workshop *workshop,
                                  const picture_header *header, unsigned *notes,
                                  cvl_error *err)
{
    jail_verdict verdict;
    const picture_info *const info = &header->info;
    const char *const name = info->format->name;
    const size_t bytes =
        info->width * info->height * info->channels * (info->depth / 8);
    if (jail_verdict_read(workshop, name, &verdict, err)) return NULL;
    if (verdict.width != info->width || verdict.height != info->height ||
        verdict.components < 1 || verdict.components > 4 ||
        bytes > workshop->pool.size - verdict.offset) {
        cvl_fail(err, CVL_EFORMAT,
                 "damaged %s: what it decodes to is not what its header says",
                 name);
        return NULL;
    }
    if (verdict.components % 2 == 0)
        *notes |= header->on_white ? PICTURE_ON_WHITE : PICTURE_ALPHA;
    return workshop->pool.base + verdict.offset;
}

/* A file that is to be decoded. */
struct job {
    const unsigned char *bytes;
    size_t size;
    const picture_header *header;
    picture_decoder *decode;
};

static void run(const void *task, jail_pool *pool, jail_verdict *verdict)
{
    const struct job *const job = task;
    job->decode(job->bytes, job->size, job->header, pool, verdict);
}

/* Decodes into the workshop, in a jail if that can be had. */
static cvl_status decode(const struct job *job, const picture_policy *policy,
                         jail_workshop *workshop, cvl_error *err)
{
    const picture_info *const info = &job->header->info;
    char refusal[192];
    jail_work work = {.run = run,
                      .task = job,
                      .amount = info->width * info->height,
                      .jailed = policy->jailed,
                      .cpu_seconds = policy->cpu_seconds,
                      .wall_seconds = policy->wall_seconds};
    if (!pool_size(job->size, job->header, &work.memory))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: too large a picture");
    if (info->format->needs_jail) work.refusal = refusal;
    snprintf(refusal, sizeof refusal,
             "%s is read only where a process can be jailed (Linux with "
             "seccomp), or with stb_image 2.30 or later; convert it to PNG",
             info->format->name);
    return jail_work_do(&work, workshop, err);
}

cvl_status picture_parse(const unsigned char *bytes, size_t size,
                         const picture_policy *policy, cvl_dtype dtype,
                         cvl_tensor *pixels, picture_info *info, cvl_error *err)
{
    jail_workshop workshop = {0};
    picture_header header;
    cvl_status status = picture_header_read(bytes, size, &header, err);
    if (status) return status;
    header.on_white = policy->on_white && header.info.format->transparent;
    const struct job job = {bytes, size, &header,
                            policy->decode ? policy->decode
                                           : header.info.format->decode};

    const unsigned char *samples = bytes + header.data;
    if (header.info.format->decode) {
        status = decode(&job, policy, &workshop, err);
        if (status) goto done;
        samples = judge(&workshop, &header, &header.info.notes, err);
        status = samples ? CVL_OK : CVL_EFORMAT;
    }
    if (!status) status = to_tensor(samples, &header, dtype, pixels, info, err);
done:
    jail_workshop_close(&workshop);
    return status;
}

cvl_status picture_read(const char *path, const cvl_bytes *bytes, bool on_white,
                        cvl_dtype dtype, cvl_tensor *pixels, picture_info *info,
                        cvl_error *err)
{
    const picture_policy policy = {.jailed = true, .on_white = on_white};
    const cvl_status status = picture_parse(bytes->data, bytes->size, &policy,
                                            dtype, pixels, info, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

cvl_status picture_load(const char *path, cvl_dtype dtype, cvl_tensor *pixels,
                        picture_info *info, cvl_error *err)
{
    cvl_bytes bytes = {0};
    cvl_status status = cvl_file_read(path, PICTURE_MAX_BYTES, &bytes, err);
    if (!status)
        status = picture_read(path, &bytes, false, dtype, pixels, info, err);
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
