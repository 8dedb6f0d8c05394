/* protobuf.c - see protobuf.h for the contract. */
#include "convlet/protobuf.h"

#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/size.h"

enum wire_kind { WIRE_VARINT = 0, WIRE_LENGTH = 2, WIRE_4_BYTES = 5 };

unsigned char *cvl_wire_room(cvl_wire *wire, size_t bytes)
{
    if (!cvl_size_add(wire->size, bytes, &wire->size)) wire->size = SIZE_MAX;
    return wire->end ? wire->end - wire->size : NULL;
}

static void put(cvl_wire *wire, const void *bytes, size_t count)
{
    unsigned char *const to = cvl_wire_room(wire, count);
    if (to) memcpy(to, bytes, count);
}

/* Seven bits a byte, the lowest first; all but the last have the eighth. */
static void put_varint(cvl_wire *wire, uint64_t number)
{
    unsigned char bytes[10];
    size_t count = 0;
    do {
        bytes[count++] = (unsigned char)(number | 0x80);
        number >>= 7;
    } while (number);
    bytes[count - 1] &= 0x7f;
    put(wire, bytes, count);
}

static void put_key(cvl_wire *wire, unsigned field, enum wire_kind kind)
{
    put_varint(wire, (uint64_t)field << 3 | kind);
}

void cvl_wire_number(cvl_wire *wire, unsigned field, uint64_t number)
{
    put_varint(wire, number);
    put_key(wire, field, WIRE_VARINT);
}

void cvl_wire_float(cvl_wire *wire, unsigned field, float number)
{
    unsigned char bytes[sizeof number];
    cvl_copy_little_endian(bytes, &number, sizeof number, 1);
    put(wire, bytes, sizeof bytes);
    put_key(wire, field, WIRE_4_BYTES);
}

void cvl_wire_text(cvl_wire *wire, unsigned field, const char *text)
{
    const size_t mark = wire->size;
    put(wire, text, strlen(text));
    cvl_wire_close(wire, field, mark);
}

void cvl_wire_close(cvl_wire *wire, unsigned field, size_t mark)
{
    put_varint(wire, wire->size - mark);
    put_key(wire, field, WIRE_LENGTH);
}
