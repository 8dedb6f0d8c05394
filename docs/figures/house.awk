# house.awk - draws tests/floors: the floors, their groups, the doors of rooms.
#
#     awk -f house.awk tests/floors >house.svg

/^[0-9]/ {
    floor = $1 + 0
    if (floor > top) top = floor
    count[floor]++
    name[floor, count[floor]] = $2
    pattern[floor, count[floor]] = $3
    part[floor] = substr($3, 1, 3)
}

$1 == "door" {
    for (i = 3; i <= NF; i++) {
        header = $i == "*.h" ? "every header" : $i
        doors[$2 "/"] = doors[$2 "/"] header " "
    }
}

$1 == "private" {
    for (i = 2; i <= NF; i++) private[$i] = 1
}

function colour(f) {
    if (part[f] == "lib") return "#1c7ed6"
    return part[f] == "app" ? "#e8590c" : "#868e96"
}

function text(x, y, what, attributes) {
    drawn = drawn sprintf("<text x=\"%d\" y=\"%d\"%s>%s</text>\n", x, y, \
        attributes, what)
}

# Cuts words into lines[1 ..] of at most 26 letters; how many.
function wrap(doors,    words, n, i, k) {
    n = split(doors, words, " ")
    split("", lines)
    for (i = 1; i <= n; i++) {
        if (k && length(lines[k] " " words[i]) <= 26)
            lines[k] = lines[k] " " words[i]
        else
            lines[++k] = words[i]
    }
    return k + 0
}

# Measures a box: wide and tall, for its name and the doors below.
function measure(f, i,    k) {
    rows = wrap(doors[pattern[f, i]])
    wide = 7.7 * length(name[f, i])
    for (k = 1; k <= rows; k++)
        if (5.6 * length(lines[k]) > wide) wide = 5.6 * length(lines[k])
    wide = int(wide + 16)
    tall = 22 + 13 * rows
}

# Dashed where all of it is private.
function draw_box(f, i, x, y,    k, dashes) {
    if (pattern[f, i] "*" in private) dashes = " stroke-dasharray=\"4 3\""
    drawn = drawn sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" " \
        "height=\"%d\" rx=\"3\" fill=\"%s\" fill-opacity=\"0.15\" " \
        "stroke=\"%s\"%s/>\n", x, y, wide, tall, colour(f), colour(f), dashes)
    text(x + 8, y + 15, name[f, i])
    for (k = 1; k <= rows; k++)
        text(x + 8, y + 16 + 13 * k, lines[k], " font-size=\"10\"")
}

# From y downwards; the y below it.
function draw_floor(f, y,    i, x, tallest) {
    text(26, y + 15, f, " text-anchor=\"end\"")
    x = LEFT
    for (i = 1; i <= count[f]; i++) {
        measure(f, i)
        if (x + wide > RIGHT && x > LEFT) {
            x = LEFT
            y += tallest + 6
            tallest = 0
        }
        draw_box(f, i, x, y)
        if (tall > tallest) tallest = tall
        x += wide + 6
    }
    y += tallest + 5
    drawn = drawn sprintf("<path d=\"M8 %d.5H%d\" stroke=\"#868e96\" " \
        "stroke-dasharray=\"1 4\"/>\n", y, RIGHT)
    return y + 6
}

END {
    LEFT = 36
    RIGHT = 472
    y = 6
    for (f = top; f >= 0; f--)
        if (f in count) y = draw_floor(f, y)
    # Drawn larger than it is, so that it can be read on a telephone too.
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" " \
        "height=\"%.0f\" viewBox=\"0 0 480 %d\" " \
        "font-family=\"sans-serif\" font-size=\"12\">\n", y * 4 / 3, y
    print "<style>svg{fill:#343a40}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#dee2e6}}</style>"
    printf "%s</svg>\n", drawn
}
