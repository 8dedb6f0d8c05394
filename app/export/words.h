/* words.h - what whoever runs an exported model has to know of it. */
#ifndef CONVLET_EXPORT_WORDS_H
#define CONVLET_EXPORT_WORDS_H

#include <convlet/model.h>

#include "base/text.h"

/* Appends what goes in and what comes out, beside shapes, for the file and for
 * the reader. */
void export_add_words(const cvl_model_about *about, const cvl_net *net,
                      struct text *text);

/* How many times as large as its input the output of a residual net is. */
size_t export_times(const cvl_net *net);

#endif
