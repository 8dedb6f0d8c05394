/* machine.h - the name of the processor, for reports. */
#ifndef CONVLET_BASE_MACHINE_H
#define CONVLET_BASE_MACHINE_H

enum { MACHINE_NAME_SIZE = 128 };

/* "AMD EPYC 7763 64-Core Processor"; "unknown processor" where the system
 * does not say. Returns name. */
const char *machine_processor(char name[MACHINE_NAME_SIZE]);

#endif
