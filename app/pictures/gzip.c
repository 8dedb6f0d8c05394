/* gzip.c - see gzip.h for the contract. */
#include "pictures/gzip.h"

#include <stdint.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/checksum.h"
#include "pictures/formats.h"

enum {
    HEADER = 10,
    TRAILER = 8,         /* the checksum and the size */
    DEFLATE_RATIO = 1032 /* no deflated byte unpacks to more */
};

/* What a member's header says is behind it. */
enum { HAS_CRC = 2, HAS_EXTRA = 4, HAS_NAME = 8, HAS_COMMENT = 16, FLAGS = 31 };

static uint32_t little32(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

bool gzip_is(const unsigned char *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

/* Skips a text and its end; false where it has none. */
static bool skip_text(const unsigned char *bytes, size_t end, size_t *at)
{
    while (*at < end && bytes[*at]) ++*at;
    return ++*at <= end;
}

/* Where the deflated bytes begin; 0 where the header is cut short. They end at
 * `end`. */
static size_t skip_header(const unsigned char *bytes, size_t end)
{
    size_t at = HEADER;
    const unsigned flags = bytes[3];
    bool there = at <= end;
    if (there && flags & HAS_EXTRA) {
        there = end - at >= 2;
        if (there) at += 2 + bytes[at] + ((size_t)bytes[at + 1] << 8);
        there = there && at <= end;
    }
    if (there && flags & HAS_NAME) there = skip_text(bytes, end, &at);
    if (there && flags & HAS_COMMENT) there = skip_text(bytes, end, &at);
    if (there && flags & HAS_CRC) {
        at += 2;
        there = at <= end;
    }
    return there ? at : 0;
}

/* What is to be unpacked. */
struct job {
    const unsigned char *bytes; /* deflated, then the trailer */
    size_t size;                /* of both */
    size_t unpacked;            /* bytes that it shall become */
};

/* GCOV_EXCL_START: this runs in a jail, where nothing can be counted. */
static void run(const void *task, jail_pool *pool, jail_verdict *verdict)
{
    const struct job *const job = task;
    picture_stb_inflate(job->bytes, job->size, job->unpacked, pool, verdict);
}
/* GCOV_EXCL_STOP */

/* Did the worker use up the deflated bytes, for all that was to come? */
static cvl_status judge(const struct job *job, const jail_workshop *workshop,
                        jail_verdict *verdict, cvl_error *err)
{
    const cvl_status status =
        jail_verdict_read(workshop, "gzip file", verdict, err);
    if (status) return status;
    const size_t used = verdict->width, deflated = job->size - TRAILER;
    if (used < deflated && verdict->height <= job->unpacked)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu byte%s behind its packed data; expected one "
                        "member, as gzip writes it",
                        deflated - used, cvl_plural(deflated - used));
    if (used != deflated || verdict->height != job->unpacked ||
        job->unpacked > workshop->pool.size - verdict->offset)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged gzip file: unpacks to %zu bytes, its end "
                        "tells of %zu; it is cut short or damaged: get it "
                        "again",
                        verdict->height, job->unpacked);
    return CVL_OK;
}

/* The bytes, checked by their sum. */
static cvl_status take(const struct job *job, const unsigned char *from,
                       cvl_bytes *unpacked, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, job->unpacked + 1, "an unpacked file", err);
    if (status) return status;
    memcpy(block, from, job->unpacked);
    if (checksum_crc32(block, job->unpacked) ==
        little32(job->bytes + job->size - TRAILER)) {
        *unpacked = (cvl_bytes){block, job->unpacked};
        return CVL_OK;
    }
    cvl_free(block);
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged gzip file: the checksum of its %zu bytes is wrong",
                    job->unpacked);
}

/* Finds what is packed, and how much that shall become. */
static cvl_status look(const cvl_bytes *file, struct job *job, cvl_error *err)
{
    const size_t end = file->size < TRAILER ? 0 : file->size - TRAILER;
    const size_t start = end < HEADER ? 0 : skip_header(file->data, end);
    if (!gzip_is(file->data, file->size) || !start)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged gzip file: its %zu bytes end in the header; "
                        "it is cut short: get it again",
                        file->size);
    if (file->data[3] & ~FLAGS)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "has the gzip flags %02x; unpack it with gunzip",
                        file->data[3]);
    *job = (struct job){.bytes = file->data + start,
                        .size = file->size - start,
                        .unpacked = little32(file->data + file->size - 4)};
    /* A file that is cut off ends in any number, most likely a great one. */
    if (job->unpacked / DEFLATE_RATIO <= job->size)
        return job->unpacked <= GZIP_MAX_BYTES
                   ? CVL_OK
                   : cvl_fail(err, CVL_EUNSUPPORTED,
                              "unpacks to %zu bytes, more than %d; unpack it "
                              "with gunzip",
                              job->unpacked, GZIP_MAX_BYTES);
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged gzip file: %zu packed bytes cannot become the "
                    "%zu that its end tells of; it is cut short or damaged: "
                    "get it again",
                    job->size - TRAILER, job->unpacked);
}

cvl_status gzip_unpack(const cvl_bytes *file, cvl_bytes *unpacked,
                       cvl_error *err)
{
    enum { SPARE = 1 << 16 };
    struct job job = {.size = 0};
    jail_workshop workshop = {0};
    jail_verdict verdict;
    *unpacked = (cvl_bytes){0};
    cvl_status status = look(file, &job, err);
    if (status) return status;
    const jail_work work = {.run = run,
                            .task = &job,
                            .memory = job.unpacked + SPARE,
                            .amount = job.unpacked,
                            .jailed = true};
    status = jail_work_do(&work, &workshop, err);
    if (!status) status = judge(&job, &workshop, &verdict, err);
    if (!status)
        status = take(&job, workshop.pool.base + verdict.offset, unpacked, err);
    jail_workshop_close(&workshop);
    return status;
}
