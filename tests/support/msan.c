/* msan.c - lets Check, which is not instrumented, run under MSan. */
#include <stdio.h>

#include <sanitizer/msan_interface.h>

size_t __real_fwrite(const void *data, size_t size, size_t count, FILE *file);
size_t __wrap_fwrite(const void *data, size_t size, size_t count, FILE *file);

/*
 * Check fills its messages in code that MSan does not see, so they look
 * uninitialised when they are written. The linker sends every fwrite of a
 * test program here (--wrap=fwrite); what the library itself writes is
 * judged when a test reads it back.
 */
size_t __wrap_fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    __msan_unpoison(data, size * count);
    return __real_fwrite(data, size, count, file);
}
