/* own_record.c - the record of which files in a directory are a run's. */
/*
 * bound:   records of 0 to 12 bytes, and of a title and 0 to 12 more; each such
 *          size
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-split-return-function text_find:full,text_length:full
 *          -eva-slevel-function prove:0
 * assumes: what is read of a file ends in a zero, as cvl_file_read_open says
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "texts.h"

#include <convlet/bytes.h>

#define strncmp(a, b, most) text_compared(a, b)
#include "train/run_dir.c"

enum { MOST = 12, MOST_BEHIND = 12 };

static cvl_bytes record_bytes;
static char name[NAME_ROOM + 4];

cvl_status cvl_file_read_open(int fd, const char *path, size_t limit,
                              cvl_bytes *bytes, cvl_error *err)
{
    //@ assert valid_read_string(path);
    if (Frama_C_nondet(0, 1)) return cvl_fail(err, CVL_EIO, "cannot read");
    *bytes = record_bytes;
    return CVL_OK;
}

void cvl_bytes_free(cvl_bytes *bytes)
{
    *bytes = (cvl_bytes){0};
}

/* Whatever was found before: what a line adds to it is nothing new. */
static struct run_dir dir = {
    .path = "run", .file = name, .ours = UINT_MAX, .saved = true};

static void look(const char *bytes, size_t size)
{
    cvl_error err;
    record_bytes = (cvl_bytes){(unsigned char *)bytes, size};
    read_record(&dir, &err);
}

void prove(void)
{
    enum { TITLE_SIZE = sizeof TITLE - 1 };
    static char titled[TITLE_SIZE + MOST_BEHIND + 1];
    static char text[MOST + 1];
    Frama_C_make_unknown(text, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) look(text + MOST - size, size);
    memcpy(titled, TITLE, TITLE_SIZE);
    Frama_C_make_unknown(titled + TITLE_SIZE, MOST_BEHIND);
    //@ loop unroll MOST_BEHIND + 1;
    for (size_t size = MOST_BEHIND; size <= MOST_BEHIND; size--) {
        titled[TITLE_SIZE + size] = '\0';
        look(titled, TITLE_SIZE + size);
    }
}
