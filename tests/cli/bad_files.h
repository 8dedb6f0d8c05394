/* bad_files.h - the damaged and unfit files of test_bad_input.c. */
#ifndef BAD_FILES_H
#define BAD_FILES_H

/* Makes all of them in the current directory. */
void make_bad_files(void);

#endif
