/* protobuf.h - private: messages of Protocol Buffers, from their end. */
#ifndef CVL_PROTOBUF_H
#define CVL_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/*
 * A message is fields, each with its number and its kind before it, and a field
 * that is a text or a message has its length before it as well. Who writes from
 * the end to the start knows each length when it is due:
 *
 *     field 7, a message of 5 bytes   3a 05 [fields of the message]
 *                                     <---- written last
 *
 * So calls come in the reverse order of the fields. With `end` NULL a message
 * is only measured. Source: the encoding page of protobuf.dev.
 */
typedef struct cvl_wire {
    unsigned char *end; /* behind the last byte; NULL: measure */
    size_t size;        /* bytes so far; SIZE_MAX: more than can be counted */
} cvl_wire;

/* Room for so many bytes before what there is; NULL where it is measured. */
unsigned char *cvl_wire_room(cvl_wire *wire, size_t bytes);

/* A field that is a whole number, a float, or a text. */
void cvl_wire_number(cvl_wire *wire, unsigned field, uint64_t number);
void cvl_wire_float(cvl_wire *wire, unsigned field, float number);
void cvl_wire_text(cvl_wire *wire, unsigned field, const char *text);

/* Makes a field of what was written since the size was `mark`. */
void cvl_wire_close(cvl_wire *wire, unsigned field, size_t mark);

#endif
