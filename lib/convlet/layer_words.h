/* layer_words.h - private: the words of a layer's text, read one way. */
#ifndef CVL_LAYER_WORDS_H
#define CVL_LAYER_WORDS_H

#include <stddef.h>

#include "convlet/error.h"

/*
 * Reads `text`, the value of what a user knows as `name`, into *value, whose
 * type is the reader's. CVL_EINVAL, with a message that quotes both.
 */
typedef cvl_status cvl_word_reader(const char *name, const char *text,
                                   void *value, cvl_error *err);

/* size_t: a number from 1 to 1000000. */
cvl_word_reader cvl_word_count;
/* size_t[2]: height and width, "3x5", or one number for both; 0 will do, or it
 * is refused. */
cvl_word_reader cvl_word_pair;
cvl_word_reader cvl_word_pair_above_0;
/* bool: yes or no. */
cvl_word_reader cvl_word_switch;
/* double: any number, one above 0, one from 0 to 1. */
cvl_word_reader cvl_word_number;
cvl_word_reader cvl_word_positive;
cvl_word_reader cvl_word_share;

/* Sizes joined by 'x', such as "9x9", up to `limit` of them, each `most` or
 * less: how many there were, 0 where the text is not that. */
size_t cvl_word_sizes(const char *text, size_t *sizes, size_t limit,
                      size_t most);

/* What a layer takes as key=value. */
typedef struct cvl_layer_key {
    const char *name;
    const char *example; /* a value, for messages */
    cvl_word_reader *read;
    void *value;
} cvl_layer_key;

/*
 * Reads words that are all key=value, in any order, each key once; cuts them
 * up. `kind` is the layer's name, for messages. CVL_EINVAL, also where a kind
 * without keys (key_count 0) gets a word.
 */
cvl_status cvl_layer_read_keys(const char *kind, const cvl_layer_key *keys,
                               size_t key_count, char *const *words,
                               size_t count, cvl_error *err);

#endif
