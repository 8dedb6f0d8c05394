/* net_words.h - which algorithm each layer of a net takes, and why. */
#ifndef CONVLET_BASE_NET_WORDS_H
#define CONVLET_BASE_NET_WORDS_H

#include <convlet/net.h>

#include "base/text.h"

/* Appends, for each convolution, which algorithm it takes and why, and how each
 * of its passes is carried out. */
void net_words_add(const cvl_net *net, struct text *text);

#endif
