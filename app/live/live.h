/* live.h - flat functions for whoever cannot read the library's headers. */
#ifndef CONVLET_LIVE_LIVE_H
#define CONVLET_LIVE_LIVE_H

#include <stddef.h>

/* The version, "0.1.0". */
const char *live_version(void);

/* Memory for what is handed over, aligned for any number; NULL: there is none.
 * live_release frees it; NULL is fine. */
void *live_alloc(size_t bytes);
void live_release(void *block);

#endif
