/* machine.c - see machine.h for the contract. */
#include "base/machine.h"

#include <stdio.h>
#include <string.h>

/* The line "model name\t: NAME" of Linux; other systems have none. */
const char *machine_processor(char name[MACHINE_NAME_SIZE])
{
    static const char key[] = "model name";
    char line[MACHINE_NAME_SIZE + 64];
    FILE *const file = fopen("/proc/cpuinfo", "r");
    snprintf(name, MACHINE_NAME_SIZE, "unknown processor");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, sizeof key - 1) != 0) continue;
        const char *value = strchr(line, ':');
        if (!value) continue;
        value += 1 + strspn(value + 1, " \t");
        line[strcspn(line, "\n")] = '\0';
        if (*value) snprintf(name, MACHINE_NAME_SIZE, "%s", value);
        break;
    }
    if (file) fclose(file);
    return name;
}
