/* manual_page.c - the manual page convlet(1); see manual.h. */
#include <ctype.h>

#include "cli/option_value.h"
#include "commands.h"
#include "describe/manual.h"

/* Text as roff takes it: a leading dot is no request, a hyphen may be typed. */
static void add_escaped(const char *words, struct text *text)
{
    if (*words == '.' || *words == '\'') text_add(text, "\\&");
    for (const char *c = words; *c; c++) {
        if (*c == '\\')
            text_add(text, "\\e");
        else if (*c == '-')
            text_add(text, "\\-");
        else if (*c == '\'')
            text_add(text, "\\(aq");
        else if (*c == '`')
            text_add(text, "\\(ga");
        else
            text_add(text, "%c", *c);
        if (*c == '\n' && (c[1] == '.' || c[1] == '\'')) text_add(text, "\\&");
    }
}

static void add_flag(const char *name, const struct option *option,
                     struct text *text)
{
    char metavar[EXPECTED_SIZE];
    text_add(text, "\\fB");
    add_escaped(name, text);
    text_add(text, "\\fR");
    if (option->type == TYPE_SWITCH) return;
    text_add(text, " \\fI");
    add_escaped(option_metavar(option, metavar), text);
    text_add(text, "\\fR");
}

static void add_option(const struct option *option, struct text *text)
{
    text_add(text, ".TP\n");
    manual_flags(option, add_flag, text);
    text_fill(text, '\n', 1);
    manual_words(option, add_escaped, text);
    text_fill(text, '\n', 1);
}

static void open_section(enum section section, struct text *text)
{
    if (section == SECTION_FLAGS)
        text_add(text, ".PP\nOther flags:\n");
    else
        text_add(text, ".PP\n[%s]\n", section_name(section));
}

static void add_command(enum command_id id, struct text *text)
{
    const struct command *const command = &command_table[id];
    text_add(text, ".SS convlet %s\n", command_name(id));
    text_add(text, "%c", toupper((unsigned char)command->summary[0]));
    add_escaped(command->summary + 1, text);
    text_add(text, ".\n");
    for (const struct example *e = command->examples; e->line; e++) {
        text_add(text, ".PP\n.EX\n");
        add_escaped(e->line, text);
        text_add(text, "\n.EE\n.RS 4\n");
        add_escaped(e->what, text);
        text_add(text, "\n.RE\n");
    }
    manual_options(id, open_section, add_option, text);
}

void manual_page(struct text *text)
{
    text_add(text,
             ".TH CONVLET 1 \"\" \"convlet %s\" \"User Commands\"\n"
             ".SH NAME\n"
             "convlet \\- train and examine convolution layers\n"
             ".SH SYNOPSIS\n",
             CONVLET_VERSION);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        const char *const files = command_table[c].files;
        text_add(text, "%s.B convlet %s\n[\\fIflags\\fR]%s%s%s\n",
                 c ? ".br\n" : "", command_name((enum command_id)c),
                 files ? " \\fI" : "", files ? files : "", files ? "\\fR" : "");
    }
    text_add(text,
             ".br\n.B convlet \\-\\-version\n"
             ".SH DESCRIPTION\n"
             "convlet trains a convolution layer, or a short stack of them, "
             "toward a target, and explains how that works.\n"
             "A flag is written \\fB\\-\\-flag\\fR \\fIvalue\\fR or "
             "\\fB\\-\\-flag=\\fR\\fIvalue\\fR.\n"
             "Pairs are height, then width.\n"
             "Results go to standard output, everything else to standard "
             "error.\n"
             ".PP\n"
             "Each flag under a [section] is also a key of a file for "
             "\\fB\\-\\-config\\fR, written \\fIkey = value\\fR below its "
             "section.\n"
             "Defaults give way to a preset, a preset to the file, the file "
             "to flags.\n"
             ".SH COMMANDS\n");
    for (int c = 0; c < COMMAND_COUNT; c++)
        add_command((enum command_id)c, text);
    text_add(text, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < manual_exit_count; i++) {
        text_add(text, ".TP\n.B %s\n", manual_exits[i].status);
        add_escaped(manual_exits[i].meaning, text);
        text_add(text, "\n");
    }
    text_add(text,
             ".SH ENVIRONMENT\n"
             ".TP\n.B NO_COLOR\nif set, kernels are drawn without colours.\n"
             ".TP\n.B TERM\nif it is dumb, the same.\n"
             ".TP\n.B COLORTERM\nif it is truecolor or 24bit, with all "
             "colours.\n"
             ".SH SEE ALSO\n"
             "The documentation in docs/, from docs/README.md on.\n");
}
