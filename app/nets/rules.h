/* rules.h - which flags are idle beside a net, or without one. */
#ifndef CONVLET_NETS_RULES_H
#define CONVLET_NETS_RULES_H

#include "cli/command.h"

/* For rules: is there a net, by --net or --model? */
bool net_is_given(const struct config *config);
bool net_is_missing(const struct config *config);

/* Of them: is it a model's, and whose? */
bool net_is_of_model(const struct config *config);
const char *net_model(const struct config *config);

/* Does its loss take labels? If not, it takes arrays. */
bool net_loss_takes_labels(const struct config *config);
const char *net_loss(const struct config *config);

/* What goes with a loss of labels alone, and with one of arrays alone. */
extern const struct rule net_loss_rules[];

#endif
