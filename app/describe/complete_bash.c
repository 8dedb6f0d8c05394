/* complete_bash.c - the completion of bash; see complete.h. */
#include "cli/help.h"
#include "commands.h"
#include "describe/complete.h"

/*
 * bash cuts words at "=" and ":", so the word that is completed is read from
 * the line itself, and what bash takes for an earlier word is cut off again.
 */
static const char START[] =
    "# convlet.bash - completes the flags of convlet and their values.\n"
    "\n"
    "_convlet() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} word='' before='' command\n"
    "    local flag='' value='' words='' kind=''\n"
    "    local -a typed\n"
    "    read -ra typed <<<\"$line\"\n"
    "    [[ $line == *' ' ]] || word=${typed[-1]}\n"
    "    [[ $line == *' ' ]] || typed=(\"${typed[@]:0:${#typed[@]}-1}\")\n"
    "    command=${typed[1]-}\n"
    "    if [ ${#typed[@]} -gt 2 ]; then before=${typed[-1]}; fi\n"
    "    value=$word\n"
    "    case $word in\n"
    "    --*=*) flag=${word%%=*} value=${word#*=} ;;\n"
    "    -*) ;;\n"
    "    *) case $before in -*=*) ;; -*) flag=$before ;; esac ;;\n"
    "    esac\n"
    "    COMPREPLY=()\n"
    "    if [ ${#typed[@]} -lt 2 ]; then\n";

static const char END[] =
    "    case $kind in\n"
    "    *files*) mapfile -t COMPREPLY < <(compgen -f -- \"$value\") ;;\n"
    "    *directories*)\n"
    "        mapfile -t COMPREPLY < <(compgen -d -- \"$value\")\n"
    "        ;;\n"
    "    esac\n"
    "    [ ${#COMPREPLY[@]} -eq 0 ] || compopt -o filenames 2>/dev/null\n"
    "    local reply\n"
    "    while IFS= read -r reply; do\n"
    "        [ -z \"$reply\" ] || COMPREPLY+=(\"$reply\")\n"
    "    done < <(compgen -W \"$words\" -- \"$value\")\n"
    "    if [[ $value == *:* && $COMP_WORDBREAKS == *:* ]]; then\n"
    "        COMPREPLY=(\"${COMPREPLY[@]#\"${value%\"${value##*:}\"}\"}\")\n"
    "    fi\n"
    "}\n"
    "complete -F _convlet convlet\n";

/* Appends a word of a list in quotes, on the next line where it gets long. */
static void add_item(struct text *text, size_t *column, const char *item)
{
    const size_t start = text->size;
    if (*column > 66) {
        text_add(text, "\n           ");
        *column = 11;
    }
    text_add(text, " %s", item);
    *column += text->size - start;
}

/* The flags of a command. */
static void add_flags(enum command_id command, struct text *text)
{
    size_t column = 15;
    text_add(text, "    %s)\n        words='", command_name(command));
    for (size_t i = 0; i < option_count; i++) {
        const struct option *const option = &option_table[i];
        struct text item = {0};
        if (!option_is_for(option, command)) continue;
        text_add(&item, "--%s", option->name);
        if (help_is_negatable(option))
            text_add(&item, " --no-%s", option->name);
        if (option->letter) text_add(&item, " -%c", option->letter);
        if (item.failed)
            text->failed = true;
        else
            add_item(text, &column, item.data);
        text_free(&item);
    }
    text_add(text, "'\n        ;;\n");
}

/* "train:--algorithm | conv:--algorithm)": where the option is meant. */
static void add_pattern(const struct option *option, struct text *text)
{
    size_t start = text->size;
    text_add(text, "   ");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        const char *const command = command_name((enum command_id)c);
        if (!option_is_for(option, (enum command_id)c)) continue;
        if (text->size - start > 4) text_add(text, " |");
        if (text->size - start > 52) {
            text_add(text, " \\\n       ");
            start = text->size - 8;
        }
        text_add(text, " %s:--%s", command, option->name);
        if (option->letter)
            text_add(text, " | %s:-%c", command, option->letter);
    }
    text_add(text, ")\n");
}

static void add_values(const struct option *option, struct text *text)
{
    struct complete_values values;
    size_t column = 15;
    if (option->type == TYPE_SWITCH) return;
    complete_values_of(option, &values);
    add_pattern(option, text);
    text_add(text, "        words='");
    for (size_t i = 0; i < values.count; i++)
        add_item(text, &column, values.words[i]);
    text_add(text, "' kind=values%s\n        ;;\n",
             values.files         ? "-files"
             : values.directories ? "-directories"
                                  : "");
}

void complete_bash(struct text *text)
{
    text_add(text, "%s        words='", START);
    for (int c = 0; c < COMMAND_COUNT; c++)
        text_add(text, "%s ", command_name((enum command_id)c));
    text_add(text, "--help --version'\n"
                   "    fi\n"
                   "    [ -n \"$words\" ] || case $command:$flag in\n");
    for (size_t i = 0; i < option_count; i++)
        add_values(&option_table[i], text);
    text_add(text, "    esac\n"
                   "    [ -n \"$words$kind\" ] || case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++)
        if (command_table[c].files)
            text_add(text,
                     "    %s)\n        case $word in -*) ;; *) kind=files ;; "
                     "esac\n        ;;\n",
                     command_name((enum command_id)c));
    text_add(text, "    esac\n"
                   "    [ -n \"$words$kind\" ] || case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++) add_flags((enum command_id)c, text);
    text_add(text, "    esac\n%s", END);
}
