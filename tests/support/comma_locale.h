/* comma_locale.h - a locale of the test's own with a decimal comma. */
#ifndef COMMA_LOCALE_H
#define COMMA_LOCALE_H

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Makes it in the current directory and has the process count by it; false
 * where the system has no localedef that can. A machine's own de_DE would do
 * as well, but few have one.
 */
static inline bool comma_locale(void)
{
    static const char source[] = "LC_NUMERIC\n"
                                 "decimal_point \",\"\n"
                                 "thousands_sep \".\"\n"
                                 "grouping 3;3\n"
                                 "END LC_NUMERIC\n";
    FILE *const file = fopen("comma.source", "w");
    if (!file) return false;
    const bool written = fputs(source, file) >= 0;
    if (fclose(file) || !written) return false;
    /* Its status tells of all that the source leaves out. */
    if (system("localedef -c -i comma.source -f POSIX ./comma >comma.log "
               "2>&1") < 0)
        return false;
    char text[8] = "";
    if (setenv("LOCPATH", ".", 1) || !setlocale(LC_NUMERIC, "comma"))
        return false;
    snprintf(text, sizeof text, "%.1f", 0.5);
    return text[1] == ',';
}

#endif
