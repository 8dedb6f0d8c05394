/* ini.h - what convlet calls of inih, for proofs, which see no other header. */
#ifndef INI_H
#define INI_H

typedef int ini_handler(void *user, const char *section, const char *name,
                        const char *value);
typedef char *ini_reader(char *line, int room, void *stream);

int ini_parse_stream(ini_reader *reader, void *stream, ini_handler *handler,
                     void *user);

#endif
