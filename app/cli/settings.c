/* settings.c - keeping settings by their origins, and to the rules. */
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/value.h"

struct text_node {
    struct text_node *next;
    char text[];
};

cvl_status settings_copy(struct settings *settings, const char *text,
                         const char **copy, cvl_error *err)
{
    const size_t bytes = strlen(text) + 1;
    struct text_node *const node = malloc(sizeof *node + bytes);
    if (!node)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: a setting needs %zu bytes", bytes);
    memcpy(node->text, text, bytes);
    node->next = settings->texts;
    settings->texts = node;
    *copy = node->text;
    return CVL_OK;
}

cvl_status settings_make_room(struct settings *settings, int arguments,
                              cvl_error *err)
{
    if (!settings->command->files || !arguments) return CVL_OK;
    free(settings->files); /* of arguments that were read before */
    settings->file_count = 0;
    settings->files = calloc((size_t)arguments, sizeof *settings->files);
    if (settings->files) return CVL_OK;
    return cvl_fail(err, CVL_ENOMEM, "out of memory: %d arguments", arguments);
}

static size_t index_of(const struct settings *settings,
                       const struct option *option)
{
    return (size_t)(option - settings->options.at);
}

/* A place has numbers and a file a name, if it is said at all: an empty one is
 * a variable that nobody set. */
static bool wants_text(const struct option *option)
{
    return option->type == TYPE_INDEX || option->type == TYPE_TEXT;
}

cvl_status settings_enter(struct settings *settings,
                          const struct option *option, enum origin origin,
                          size_t line, const char *text, cvl_error *err)
{
    union value value;
    const size_t index = index_of(settings, option);
    char expected[EXPECTED_SIZE];
    cvl_status status = value_parse(option, text, &value, err);
    /* A file may say that there is none. */
    if (!status && !*text && origin == ORIGIN_FLAG && wants_text(option))
        status = cvl_fail(err, CVL_EINVAL, "the value is empty; expected %s",
                          value_expected(option, expected));
    if (status || origin < settings->origin[index]) return status;
    value_store(option, &value, &settings->config);
    const bool said = origin != ORIGIN_DEFAULT;
    if (option->said)
        memcpy((unsigned char *)&settings->config + option->said, &said,
               sizeof said);
    settings->origin[index] = origin;
    settings->line[index] = line;
    return CVL_OK;
}

cvl_status settings_init(struct settings *settings,
                         const struct command *command,
                         const struct option *table, cvl_error *err)
{
    cvl_status status = CVL_OK;
    *settings = (struct settings){.command = command, .table = table};
    options_of(table, command->name, &settings->options);
    settings->config.start.options = &settings->options;
    settings->config.start.command = command->name;
    for (size_t i = 0; i < settings->options.count && !status; i++) {
        const struct option *const option = &settings->options.at[i];
        status = settings_enter(settings, option, ORIGIN_DEFAULT, 0,
                                option->text, err);
    }
    return status;
}

void settings_free(struct settings *settings)
{
    while (settings->texts) {
        struct text_node *const node = settings->texts;
        settings->texts = node->next;
        free(node);
    }
    free(settings->files);
    *settings = (struct settings){0};
}

enum origin settings_origin(const struct settings *settings,
                            const struct option *option)
{
    return settings->origin[index_of(settings, option)];
}

bool settings_says(const struct settings *settings, const struct option *option,
                   const char *text)
{
    struct text value = {0};
    value_format(option, &settings->config, &value);
    const bool same = strcmp(value.data ? value.data : "", text) == 0;
    text_free(&value);
    return same;
}

/* The first option among those words that was given as a flag; NULL if none.
 */
static const struct option *first_given(const struct settings *settings,
                                        const char *words)
{
    while (*words) {
        for (size_t i = 0; i < settings->options.count; i++) {
            const struct option *const option = &settings->options.at[i];
            const size_t length = strcspn(words, " ");
            if (settings->origin[i] == ORIGIN_FLAG &&
                strlen(option->name) == length &&
                strncmp(words, option->name, length) == 0)
                return option;
        }
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
    return NULL;
}

/* The rule's message about the option. */
static cvl_status refuse(const struct settings *settings,
                         const struct rule *rule, const struct option *option,
                         cvl_error *err)
{
    char cause[TEXT_CLIP] = "";
    struct text text = {0};
    if (rule->cause) text_clip(rule->cause(&settings->config), cause);
    for (const char *c = rule->message; *c; c++)
        if (*c == '@')
            text_add(&text, "--%s", option->name);
        else if (*c == '%')
            text_add(&text, "%s", cause);
        else
            text_fill(&text, *c, 1);
    cvl_status status = text_status(&text, err);
    if (!status) status = cvl_fail(err, CVL_EINVAL, "%s", text.data);
    text_free(&text);
    return status;
}

cvl_status settings_check(const struct settings *settings,
                          const struct rule *rules, cvl_error *err)
{
    for (; rules && rules->flags; rules++) {
        if (!rules->applies(&settings->config)) continue;
        const struct option *const option = first_given(settings, rules->flags);
        if (option) return refuse(settings, rules, option, err);
    }
    return CVL_OK;
}
