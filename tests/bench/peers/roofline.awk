# roofline.awk - draws convlet's forward passes under the machine's roof: SVG.
#
#     awk -f roofline.awk SHAPES peers.tsv >roofline.svg
#
# Across: additions and multiplications for each byte that must move, if x, w
# and y move once. Up: what the pass reaches on one thread. Left of the roof's
# edge memory sets it, right of it the processor; only a layer that lives in
# the caches can stand above. Both axes are logarithmic (Williams, Waterman and
# Patterson 2009).

BEGIN {
    FS = "\t"
    left = 50
    top = 54
    width = 410
    height = 340
    low_x = log(1)
    high_x = log(500)
    low_y = log(8)
    high_y = log(512)
    text = "#808080"
    line = "#1c7ed6"
    dot = "#e8590c"
    # Where a name may stand, from its point, the best place first.
    places = split("0 0 20 -20 -16 18 -18 0 0 24 -24", right, " ")
    split("-8 18 4 4 18 18 -7 32 -22 31 31", down, " ")
}

FILENAME == ARGV[1] {
    if ($1 ~ /^#/ || !NF) next
    oh = int(($5 + 2 * $10 - $8) / $11) + 1
    ow = int(($6 + 2 * $10 - $9) / $11) + 1
    flops = 2 * $3 * $7 * oh * ow * $4 * $8 * $9
    bytes = 4 * ($3 * $4 * $5 * $6 + $7 * $4 * $8 * $9 + $3 * $7 * oh * ow)
    intensity[$1] = flops / bytes
    shape_of[++shapes] = $1
    next
}

/^# date / { date = substr($0, 8) }
/^# (peak|memory) / {
    split($0, word, " ")
    if (word[3] == 1) rate[word[2]] = word[4]
}
/^#/ { next }

$2 == "convlet" && $3 == 1 && $4 == "forward" { reached[$1] = $7 }

END {
    if (!rate["peak"] || !rate["memory"]) exit 1
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" " \
        "width=\"640\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" " \
        "font-size=\"12\" fill=\"#57606a\">\n", left + width + 20, \
        top + height + 50
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    print "<title>The roofline of one thread</title>"
    printf "<text x=\"%d\" y=\"18\" font-size=\"14\">Forward on one thread " \
        "(%s): %.0f GFLOP/s</text>\n<text x=\"%d\" y=\"36\" " \
        "font-size=\"14\">at most, %.1f GB/s from memory</text>\n", left, \
        date, rate["peak"], left, rate["memory"]
    for (i = 1; i <= 100; i *= 10) tick_x(i)
    for (i = 8; i <= 512; i *= 2) tick_y(i)
    roof()
    # In the order of the table: that of `in` is the awk's own.
    for (i = 1; i <= shapes; i++)
        if (shape_of[i] in reached) mark(shape_of[i])
    printf "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">operations for " \
        "each byte that must move</text>\n", left + width / 2, \
        top + height + 40
    printf "<text x=\"14\" y=\"%d\" text-anchor=\"middle\" " \
        "transform=\"rotate(-90 14 %d)\">GFLOP/s</text>\n</svg>\n", \
        top + height / 2, top + height / 2
}

function at_x(value) {
    return left + width * (log(value) - low_x) / (high_x - low_x)
}

function at_y(value) {
    return top + height * (1 - (log(value) - low_y) / (high_y - low_y))
}

function tick_x(value) {
    printf "<path d=\"M%.1f %dV%d\" stroke=\"%s\" stroke-dasharray=\"1 4\"/>" \
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", \
        at_x(value), top, top + height, text, at_x(value), top + height + 18, \
        value
}

function tick_y(value) {
    printf "<path d=\"M%d %.1fH%d\" stroke=\"%s\" stroke-dasharray=\"1 4\"/>" \
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", left, \
        at_y(value), left + width, text, left - 6, at_y(value) + 4, value
}

function roof(    edge, first) {
    edge = rate["peak"] / rate["memory"]
    first = exp(low_y) / rate["memory"]
    if (first < exp(low_x)) first = exp(low_x)
    printf "<path d=\"M%.1f %.1fL%.1f %.1fH%d\" fill=\"none\" stroke=\"%s\" " \
        "stroke-width=\"2\"/>\n", at_x(first), at_y(first * rate["memory"]), \
        at_x(edge), at_y(rate["peak"]), left + width, line
}

# Where the roof is at a place across.
function roof_at(x,    operations) {
    operations = rate["memory"] * \
        exp(low_x + (x - left) / width * (high_x - low_x))
    return at_y(operations < rate["peak"] ? operations : rate["peak"])
}

# A layer's point, and its name on that side of it where nothing else is, with a
# line to it from afar.
function mark(shape,    x, y, side, i, free) {
    x = at_x(intensity[shape])
    y = at_y(reached[shape])
    for (side = 1; side <= places && !free; side++) {
        name_x[shape] = x + right[side]
        name_y[shape] = y + down[side]
        free = roof_at(name_x[shape] - 12) < name_y[shape] - 11 || \
            roof_at(name_x[shape] + 12) > name_y[shape] + 2
        for (i in name_x)
            if (i != shape && (name_x[i] - name_x[shape]) ^ 2 < 26 ^ 2 &&
                (name_y[i] - name_y[shape]) ^ 2 < 12 ^ 2)
                free = 0
        for (i in reached)
            if (i != shape &&
                (at_x(intensity[i]) - name_x[shape]) ^ 2 < 18 ^ 2 &&
                (at_y(reached[i]) + 4 - name_y[shape]) ^ 2 < 9 ^ 2)
                free = 0
    }
    if (right[side - 1] ^ 2 + down[side - 1] ^ 2 > 22 ^ 2)
        printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>\n", x, y, \
            name_x[shape], name_y[shape] - (name_y[shape] > y ? 11 : -3), text
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s: " \
        "%.1f operations a byte, %.1f GFLOP/s</title></circle><text " \
        "x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n", x, y, \
        dot, shape, intensity[shape], reached[shape], name_x[shape], \
        name_y[shape], shape
}
