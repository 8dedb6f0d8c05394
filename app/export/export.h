/* export.h - `convlet export`: a model as a file that other programs run. */
#ifndef CONVLET_EXPORT_H
#define CONVLET_EXPORT_H

#include "cli/command.h"

command_run export_run;

#endif
