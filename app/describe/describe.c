/* describe.c - prints the manual, the reference page, or a completion. */
#include <stdio.h>
#include <string.h>

#include "describe/complete.h"
#include "describe/manual.h"

/*
 *     describe man|markdown|bash|zsh|fish [FILE]
 *
 * A tool of the build; what it writes is installed, or kept under docs/.
 */
static const struct form {
    const char *name;
    void (*add)(struct text *text);
} forms[] = {{"man", manual_page},
             {"markdown", manual_markdown},
             {"bash", complete_bash},
             {"zsh", complete_zsh},
             {"fish", complete_fish}};

static bool write_form(const struct form *form, const char *path)
{
    struct text text = {0};
    FILE *const file = path ? fopen(path, "w") : stdout;
    form->add(&text);
    bool good = file && !text.failed && fputs(text.data, file) >= 0;
    if (file && fflush(file)) good = false;
    if (path && file && fclose(file)) good = false;
    text_free(&text);
    return good;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(argv[1], forms[i].name) != 0) continue;
        if (write_form(&forms[i], argc > 2 ? argv[2] : NULL)) return 0;
        fprintf(stderr, "describe: cannot write %s\n",
                argc > 2 ? argv[2] : "to standard output");
        return 1;
    }
    fprintf(stderr, "usage: describe man|markdown|bash|zsh|fish [FILE]\n");
    return 2;
}
