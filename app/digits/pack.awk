# pack.awk - packs the pixels of the digits; digits.h says how.
#
#     od -An -v -tu1 images.idx | awk -f pack.awk >packed.c
#
# Run by pack.sh.

function level(pixel) {
    return (pixel > 0) + (pixel > 5) + (pixel > 11)
}

# One byte of the code: the last that is not 255 waits, with those behind it,
# since a carry may still change them all.
function shift(    carry) {
    if (low < 4278190080 || low >= 4294967296) {
        carry = low >= 4294967296
        if (started) byte(waiting + carry)
        started = 1
        for (; full > 0; full--) byte(255 + carry)
        waiting = int(low / 16777216) % 256
    } else
        full++
    low = low % 16777216 * 256
}

function byte(value) {
    printf "%d,%s", value % 256, ++bytes % 20 ? "" : "\n"
}

function bit(place, one,    key, p, bound, parts) {
    key = context "," place
    p = key in odds ? odds[key] : 32768
    bound = int(range / 65536) * p
    parts = 2 * seen[key] + 3
    if (one) {
        range = bound
        p += int((65536 - p) * 2 / parts)
    } else {
        low += bound
        range -= bound
        p -= int(p * 2 / parts)
    }
    odds[key] = p < 32 ? 32 : p > 65504 ? 65504 : p
    if (seen[key] < 60) seen[key]++
    for (; range < 16777216; range *= 256) shift()
}

function pixel(value,    left, above, node, half) {
    left = at % 8 ? picture[at - 1] : 0
    above = at > 7 ? picture[at - 8] : 0
    context = (level(left) * 4 + level(above)) * 64 + at
    bit(0, value > 0)
    if (value > 0) bit(1, value == 16)
    node = 1
    for (half = 8; value > 0 && value < 16 && half >= 1; half /= 2) {
        bit(1 + node, int(value / half) % 2)
        node = 2 * node + int(value / half) % 2
    }
    picture[at] = value
    at = (at + 1) % 64
}

BEGIN {
    range = 4294967295
    print "/* Made by pack.awk from assets; do not edit. */"
    print "#include \"digits/digits.h\""
    print "const unsigned char digits_packed[] = {"
}
{ for (i = 1; i <= NF; i++) if (++read > 16) pixel($i) }
END {
    for (i = 0; i < 5; i++) shift()
    print "0};"
    printf "const size_t digits_count = %d;\n", (read - 16) / 64
}
