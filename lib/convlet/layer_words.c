/* layer_words.c - see layer_words.h for the contract. */
#include "convlet/layer_words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/number.h"
#include "convlet/size.h"

static const size_t MAX_SIZE = 1000000;

size_t cvl_word_sizes(const char *text, size_t *sizes, size_t limit,
                      size_t most)
{
    for (size_t count = 0; count < limit; text++) {
        if (!cvl_size_parse(&text, NULL, &sizes[count]) || sizes[count] > most)
            return 0;
        count++;
        if (!*text) return count;
        if (*text != 'x') return 0;
    }
    return 0;
}

cvl_status cvl_word_count(const char *name, const char *text, void *value,
                          cvl_error *err)
{
    size_t *const size = value;
    if (cvl_word_sizes(text, size, 1, MAX_SIZE) == 1)
        return *size ? CVL_OK
                     : cvl_fail(err, CVL_EINVAL, "%s is 0, expected 1 or more",
                                name);
    return cvl_fail(err, CVL_EINVAL,
                    "%s '%s' is not a number from 1 to 1000000", name, text);
}

cvl_status cvl_word_pair(const char *name, const char *text, void *value,
                         cvl_error *err)
{
    size_t *const pair = value;
    switch (cvl_word_sizes(text, pair, 2, MAX_SIZE)) {
    case 2: return CVL_OK;
    case 1: pair[1] = pair[0]; return CVL_OK;
    default:
        return cvl_fail(err, CVL_EINVAL,
                        "%s '%s' is not a size such as 3 or 3x5", name, text);
    }
}

cvl_status cvl_word_pair_above_0(const char *name, const char *text,
                                 void *value, cvl_error *err)
{
    const size_t *const pair = value;
    const cvl_status status = cvl_word_pair(name, text, value, err);
    if (status || (pair[0] && pair[1])) return status;
    return cvl_fail(err, CVL_EINVAL, "%s %s is 0, expected 1 or more", name,
                    pair[0] ? "width" : "height");
}

cvl_status cvl_word_switch(const char *name, const char *text, void *value,
                           cvl_error *err)
{
    const bool yes = !strcmp(text, "yes");
    *(bool *)value = yes;
    if (yes || !strcmp(text, "no")) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s '%s' is neither yes nor no", name,
                    text);
}

cvl_status cvl_word_number(const char *name, const char *text, void *value,
                           cvl_error *err)
{
    if (cvl_number_parse(text, value)) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s '%s' is not a number such as 0.01",
                    name, text);
}

cvl_status cvl_word_positive(const char *name, const char *text, void *value,
                             cvl_error *err)
{
    const cvl_status status = cvl_word_number(name, text, value, err);
    if (status || *(const double *)value > 0) return status;
    return cvl_fail(err, CVL_EINVAL, "%s '%s' is not above 0", name, text);
}

cvl_status cvl_word_share(const char *name, const char *text, void *value,
                          cvl_error *err)
{
    const double *const share = value;
    const cvl_status status = cvl_word_number(name, text, value, err);
    if (status || (*share >= 0 && *share <= 1)) return status;
    return cvl_fail(err, CVL_EINVAL, "%s '%s' is not from 0 to 1", name, text);
}

/* CVL_EINVAL with the keys that there are: "conv takes stride, padding". */
static cvl_status refuse_key(const char *kind, const cvl_layer_key *keys,
                             size_t key_count, const char *key, cvl_error *err)
{
    char names[CVL_ERROR_SIZE] = "";
    for (size_t i = 0; i < key_count; i++)
        cvl_append(names, sizeof names, "%s%s", i ? ", " : "", keys[i].name);
    return cvl_fail(err, CVL_EINVAL, "unknown key '%s'; %s takes %s", key, kind,
                    names);
}

/* CVL_EINVAL where one of the words before says the same key. */
static cvl_status refuse_twice(char *const *words, size_t index, cvl_error *err)
{
    for (size_t i = 0; i < index; i++) /* keys alone, by now */
        if (!strcmp(words[i], words[index]))
            return cvl_fail(err, CVL_EINVAL, "%s is there twice", words[index]);
    return CVL_OK;
}

cvl_status cvl_layer_read_keys(const char *kind, const cvl_layer_key *keys,
                               size_t key_count, char *const *words,
                               size_t count, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (count && !key_count)
        return cvl_fail(err, CVL_EINVAL,
                        "%s takes no argument, got '%s'; a comma ends a layer",
                        kind, words[0]);
    for (size_t i = 0; !status && i < count; i++) {
        char *const equals = strchr(words[i], '=');
        if (!equals)
            return cvl_fail(err, CVL_EINVAL,
                            "'%s' is not key=value, such as %s=%s; a comma "
                            "ends a layer",
                            words[i], keys[0].name, keys[0].example);
        *equals = '\0';
        size_t at = 0;
        while (at < key_count && strcmp(words[i], keys[at].name) != 0) at++;
        status = refuse_twice(words, i, err);
        if (status) continue;
        status = at < key_count
                     ? keys[at].read(words[i], equals + 1, keys[at].value, err)
                     : refuse_key(kind, keys, key_count, words[i], err);
    }
    return status;
}
