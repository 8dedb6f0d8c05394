/* complete_zsh.c - the completion of zsh; see complete.h. */
#include "cli/help.h"
#include "commands.h"
#include "describe/complete.h"

/* A text inside of single quotes and of a specification of _arguments. */
static void add_escaped(const char *words, struct text *text)
{
    for (const char *c = words; *c; c++) {
        if (*c == '\'')
            text_add(text, "'\\''");
        else if (*c == ':' || *c == '[' || *c == ']' || *c == '\\')
            text_add(text, "\\%c", *c);
        else
            text_add(text, "%c", *c);
    }
}

static void add_action(const struct option *option, struct text *text)
{
    struct complete_values values;
    complete_values_of(option, &values);
    if (!values.count) {
        text_add(text, "%s",
                 values.files         ? "_files"
                 : values.directories ? "_files -/"
                                      : " ");
        return;
    }
    /* Both kinds at once take an action of one's own. */
    const bool both = values.files || values.directories;
    text_add(text, both ? "{compadd --" : "(");
    for (size_t i = 0; i < values.count; i++) {
        if (i || both) text_add(text, " ");
        add_escaped(values.words[i], text);
    }
    if (both)
        text_add(text, "; _files%s}", values.files ? "" : " -/");
    else
        text_add(text, ")");
}

/* "'--stride=[what it does]:H,W: '" */
static void add_spec(const char *prefix, const struct option *option,
                     bool has_value, struct text *text)
{
    text_add(text, " \\\n        '%s%s[", prefix, has_value ? "=" : "");
    add_escaped(option->help, text);
    text_add(text, "]");
    if (has_value) {
        text_add(text, ":");
        add_escaped(option->metavar ? option->metavar : "value", text);
        text_add(text, ":");
        add_action(option, text);
    }
    text_add(text, "'");
}

static void add_option(const struct option *option, struct text *text)
{
    struct text flag = {0};
    const bool has_value = option->type != TYPE_SWITCH;
    text_add(&flag, "--%s", option->name);
    if (flag.data) add_spec(flag.data, option, has_value, text);
    if (help_is_negatable(option)) {
        flag.size = 0;
        text_add(&flag, "--no-%s", option->name);
        add_spec(flag.data ? flag.data : "", option, false, text);
    }
    if (option->letter) {
        const char letter[] = {'-', option->letter, '\0'};
        add_spec(letter, option, has_value, text);
    }
    if (flag.failed) text->failed = true;
    text_free(&flag);
}

void complete_zsh(struct text *text)
{
    text_add(text,
             "#compdef convlet\n"
             "# _convlet - completes the flags of convlet and their values.\n"
             "\n"
             "_convlet() {\n"
             "    local -a commands\n"
             "    commands=(\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        text_add(text, "        '%s:", command_name((enum command_id)c));
        add_escaped(command_table[c].summary, text);
        text_add(text, "'\n");
    }
    text_add(text, "    )\n"
                   "    if (( CURRENT == 2 )); then\n"
                   "        _describe -t commands 'convlet command' commands\n"
                   "        compadd -- --help --version\n"
                   "        return\n"
                   "    fi\n"
                   "    local command=$words[2]\n"
                   "    shift words\n"
                   "    (( CURRENT-- ))\n"
                   "    case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        text_add(text, "    %s)\n        _arguments",
                 command_name((enum command_id)c));
        for (size_t i = 0; i < option_count; i++)
            if (option_is_for(&option_table[i], (enum command_id)c))
                add_option(&option_table[i], text);
        if (command_table[c].files)
            text_add(text, " \\\n        '*:file:_files'");
        text_add(text, "\n        ;;\n");
    }
    text_add(text, "    esac\n"
                   "}\n"
                   "\n"
                   "_convlet \"$@\"\n");
}
