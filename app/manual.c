/* manual.c - what the manual's two forms share; see manual.h. */
#include "manual.h"

const struct manual_exit manual_exits[] = {
    {"0", "all went well"},
    {"1", "the system refused: a file, memory, standard output"},
    {"2", "wrong usage or configuration"},
    {"3", "bad data: a file's content, arrays that do not fit"},
    {"4", "training diverged"},
    {"5", "a check failed: check, explain"},
    {"130", "interrupted, after saving"},
};
const size_t manual_exit_count = sizeof manual_exits / sizeof *manual_exits;

void manual_options(enum command_id command, manual_open *open, manual_add *add,
                    struct text *text)
{
    for (int section = 0; section < SECTION_COUNT; section++) {
        bool is_open = false;
        for (size_t i = 0; i < option_count; i++) {
            const struct option *const option = &option_table[i];
            if ((int)option->section != section ||
                !option_is_for(option, command))
                continue;
            if (!is_open) open((enum section)section, text);
            is_open = true;
            add(option, text);
        }
    }
}
