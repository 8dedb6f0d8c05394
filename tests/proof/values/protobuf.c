/* protobuf.c - what an ONNX file is made of: measured, then written. */
/*
 * bound:   all numbers, names of 0 to 31 bytes; 1,024 bytes of room and more
 * assumes: the same calls are made twice, so that what was measured is written
 * sources: lib/convlet/size.c
 * options: -eva-slevel 4 -eva-slevel-function put_varint:30
 */
#include <__fc_builtin.h>
#include <stdint.h>

#include "convlet/protobuf.c"

enum { ROOM = 1 << 16, NEEDED = 1024, NAME = 32 };

static unsigned char bytes[ROOM];
static char name[NAME];

static void put_fields(cvl_wire *wire)
{
    const size_t mark = wire->size;
    cvl_wire_number(wire, Frama_C_unsigned_int_interval(1, 31),
                    Frama_C_unsigned_long_interval(0, UINT64_MAX));
    cvl_wire_float(wire, Frama_C_unsigned_int_interval(1, 31),
                   Frama_C_float_interval(-1e38F, 1e38F));
    cvl_wire_text(wire, Frama_C_unsigned_int_interval(1, 31), name);
    (void)cvl_wire_room(wire, Frama_C_size_t_interval(0, 512));
    cvl_wire_close(wire, Frama_C_unsigned_int_interval(1, 31), mark);
}

void prove(void)
{
    //@ loop unroll 32;
    for (size_t i = 0; i < NAME; i++) name[i] = Frama_C_char_interval('A', 'z');
    //@ loop unroll 32;
    for (size_t i = 0; i < NAME; i++) {
        const char behind = name[i];
        name[i] = '\0';
        cvl_wire measured = {.size = Frama_C_size_t_interval(0, SIZE_MAX)};
        put_fields(&measured);
        cvl_wire written = {.end = bytes + ROOM,
                            .size = Frama_C_size_t_interval(0, ROOM - NEEDED)};
        put_fields(&written);
        name[i] = behind;
    }
}
