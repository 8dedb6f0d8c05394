/* net_words.h - which algorithm each layer of a net takes, and why. */
#ifndef CONVLET_BASE_NET_WORDS_H
#define CONVLET_BASE_NET_WORDS_H

#include <convlet/net.h>

#include "base/text.h"

/* Appends, for each convolution, what was asked for and how each of its passes
 * is carried out with it. CVL_EUNSUPPORTED, CVL_ENOMEM. */
cvl_status choices_describe(const cvl_net *net, cvl_conv_algo algorithm,
                            const cvl_exec *exec, struct text *text,
                            cvl_error *err);

#endif
