/* error.h - how a function says that it failed, and why. */
#ifndef CVL_ERROR_H
#define CVL_ERROR_H

/* What went wrong, coarsely: what a program decides by. */
typedef enum cvl_status {
    CVL_OK,          /* done */
    CVL_EINVAL,      /* a parameter makes no sense: kernel larger than input */
    CVL_ESHAPE,      /* two arrays do not fit each other */
    CVL_ENOMEM,      /* not enough memory, or a size beyond what exists */
    CVL_EIO,         /* the operating system refused to read or write */
    CVL_EFORMAT,     /* a file is damaged or is not what it claims to be */
    CVL_EUNSUPPORTED /* well formed, but convlet does not do it */
} cvl_status;

/* Bytes of the longest message, its closing zero included. */
enum cvl_error_limits { CVL_ERROR_SIZE = 512 };

/* What went wrong, precisely: one line, with names and numbers, no newline. */
typedef struct cvl_error {
    cvl_status status;
    char message[CVL_ERROR_SIZE];
} cvl_error;

/* Lets a compiler that can do so compare a format with its arguments. */
#if defined(__GNUC__)
#define CVL_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CVL_PRINTF(text, first)
#endif

/*
 * Fills *err (may be NULL) with a formatted message and returns `status`, so
 * that a failing function ends in one line:
 *
 *     return cvl_fail(err, CVL_EINVAL, "stride is %zu, expected 1 or more", s);
 *
 * A message that does not fit loses its middle, which becomes "...": the end
 * says what is wrong. A control character becomes '?'.
 */
cvl_status cvl_fail(cvl_error *err, cvl_status status, const char *format, ...)
    CVL_PRINTF(3, 4);

/*
 * Puts "prefix: " before the message of an error that already happened, to
 * add what only the caller knows (a file's name, a layer's number), and
 * returns err's status, or `status` where err is NULL.
 */
cvl_status cvl_error_prefix(cvl_error *err, cvl_status status,
                            const char *format, ...) CVL_PRINTF(3, 4);

/* The status in words: "ok", "invalid argument", "out of memory" ... */
const char *cvl_status_name(cvl_status status);

#endif
