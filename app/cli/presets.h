/* presets.h - the presets that are built into the program. */
#ifndef CONVLET_CLI_PRESETS_H
#define CONVLET_CLI_PRESETS_H

#include <stddef.h>

/* The build makes these from assets/presets; see presets.cmake. */
struct preset {
    const char *name;
    const char *text; /* as a config file of `convlet train` */
    size_t size;
};

/* Ends in {0}. */
extern const struct preset preset_table[];

/* The preset of that name; NULL if there is none. */
const struct preset *preset_find(const char *name);

/* The name of the preset of that index; NULL behind the last one. */
const char *preset_name(size_t index);

#endif
