/* complete.c - candidates for the completions of the shells. */
#include "cli/complete.h"

#include <string.h>

/* What is being completed, and where the candidates go. */
struct completion {
    const char *word;   /* what is there of it */
    const char *prefix; /* "--flag=" of a value that stands behind one */
    size_t prefix_size;
    struct text *text;
};

/* Offers a candidate, which is start and `size` characters of word. */
static void offer(const struct completion *completion, const char *start,
                  const char *word, size_t size, const char *help)
{
    struct text candidate = {0};
    text_add(&candidate, "%.*s%s%.*s", (int)completion->prefix_size,
             completion->prefix, start, (int)size, word);
    if (candidate.failed)
        completion->text->failed = true;
    else if (strncmp(candidate.data, completion->word,
                     strlen(completion->word)) == 0)
        text_add(completion->text, "%s%s%s\n", candidate.data, help ? "\t" : "",
                 help ? help : "");
    text_free(&candidate);
}

static void offer_word(const struct completion *completion, const char *start,
                       const char *word, const char *help)
{
    offer(completion, start, word, strlen(word), help);
}

static void offer_choices(const struct completion *completion,
                          const char *start, const struct option *option)
{
    const char *name;
    for (size_t i = 0; (name = option_choice(option, i)); i++)
        offer_word(completion, start, name, NULL);
}

/* The choices; the words among what the metavar offers, which are in small
 * letters ("random|FILE" offers "random" and files); and the word for 0. */
static void offer_values(const struct completion *completion,
                         const struct option *option)
{
    bool files = false, directories = false;
    if (option->type != TYPE_TARGET) offer_choices(completion, "", option);
    if (option->zero) offer_word(completion, "", option->zero, NULL);
    for (const char *piece = option->metavar; piece && *piece;) {
        const size_t length = strcspn(piece, "|");
        if (strncmp(piece, "filter:", 7) == 0)
            offer_choices(completion, "filter:", option);
        else if (piece[0] >= 'a' && piece[0] <= 'z')
            offer(completion, "", piece, length, NULL);
        if (strncmp(piece, "FILE", 4) == 0) files = true;
        if (strncmp(piece, "DIR", 3) == 0) directories = true;
        piece += length + (piece[length] == '|');
    }
    if (files || directories)
        text_add(completion->text, "%s\n", files ? ":files" : ":directories");
}

static void offer_flags(const struct completion *completion,
                        const struct options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option *const option = &options->at[i];
        const char letter[] = {option->letter, '\0'};
        offer_word(completion, "--", option->name, option->help);
        if (option_is_negatable(option))
            offer_word(completion, "--no-", option->name, option->help);
        if (option->letter) offer_word(completion, "-", letter, option->help);
    }
}

static void offer_commands(const struct completion *completion,
                           const struct command *commands)
{
    for (; commands->name; commands++)
        offer_word(completion, "", commands->name, commands->summary);
    offer_word(completion, "", "--help", NULL);
    offer_word(completion, "", "--version", NULL);
}

/* The option that takes a value and whose flag is this; NULL if none is. */
static const struct option *find_flag(const struct options *options,
                                      const char *flag, size_t length)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option *const option = &options->at[i];
        if (option->type == TYPE_SWITCH) continue;
        if (length == 2 && option->letter && flag[1] == option->letter)
            return option;
        if (length > 2 && strlen(option->name) == length - 2 &&
            strncmp(option->name, flag + 2, length - 2) == 0)
            return option;
    }
    return NULL;
}

void complete(const struct command *commands, const struct option *table,
              int count, const char *const *words, struct text *text)
{
    if (count < 1) return;
    const char *const word = words[count - 1];
    struct completion completion = {.word = word, .prefix = word, .text = text};
    if (count == 1) {
        offer_commands(&completion, commands);
        return;
    }
    const struct command *const command = command_find(commands, words[0]);
    if (!command) return;
    struct options options;
    options_of(table, command->name, &options);

    const struct option *option = NULL;
    const char *const before = count > 2 ? words[count - 2] : "";
    const size_t length = strcspn(word, "=");
    if (word[0] == '-' && word[length]) {
        option = find_flag(&options, word, length);
        completion.prefix_size = length + 1;
    } else if (word[0] != '-' && before[0] == '-') {
        option = find_flag(&options, before, strlen(before));
    }
    if (option)
        offer_values(&completion, option);
    else if (command->files && word[0] != '-')
        text_add(text, ":files\n");
    else
        offer_flags(&completion, &options);
}
