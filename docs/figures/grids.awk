# grids.awk - draws arrays side by side, as grids of numbers: an SVG picture.
#
#     convlet conv ... | awk [-v titles="ONE|TWO"] -f grids.awk >grids.svg
#
# Reads what `convlet conv` prints, from one command or several: a line with
# the axes, then rows; planes are drawn beside each other. A positive number is
# on orange, a negative one on blue, the stronger the larger.

function text(at_x, at_y, size, words) {
    gsub(/&/, "\\&amp;", words)
    gsub(/</, "\\&lt;", words)
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" " \
        "font-size=\"%d\">%s</text>\n", at_x, at_y, size, words
}

function absolute(v) { return v < 0 ? -v : v }

function draw(g,    r, c, x, y, v) {
    text(left + columns[g] * side / 2, 20, 13, title[g])
    for (r = 1; r <= rows[g]; r++)
        for (c = 1; c <= columns[g]; c++) {
            v = cell[g, r, c]
            x = left + (c - 1) * side
            y = top + (r - 1) * side
            printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" " \
                "stroke=\"#868e96\" fill=\"%s\" fill-opacity=\"%.2f\"/>\n",
                x, y, side, side, v < 0 ? "#1c7ed6" : "#e8590c",
                0.5 * absolute(v) / most
            text(x + side / 2, y + side / 2 + 5, length(v "") > 4 ? 10 : 14, v)
        }
    left += columns[g] * side + gap
}

# Another plane begins, of the array that is being read.
function open_plane() {
    rows[++grids] = 0
}

BEGIN { most = 1e-9; side = 38; gap = 40; top = 32 }
/^[a-z]+ \[/ { name = $0; open_plane(); label[grids] = $0; next }
/^\[/ {
    if (rows[grids]) open_plane()
    label[grids] = name
    sub(/ .*/, "", label[grids])
    label[grids] = label[grids] $0
    next
}
NF {
    columns[grids] = NF
    rows[grids]++
    for (i = 1; i <= NF; i++) {
        cell[grids, rows[grids], i] = $i
        if (absolute($i) > most) most = absolute($i)
    }
}
END {
    n = split(titles, given, "|")
    width = gap / 2
    for (g = 1; g <= grids; g++) {
        title[g] = g <= n ? given[g] : label[g]
        width += columns[g] * side + gap
        if (rows[g] > tallest) tallest = rows[g]
    }
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
        "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">" \
        "\n", width, top + tallest * side + 8, width,
        top + tallest * side + 8
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#343a40}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#dee2e6}}</style>"
    left = gap / 2 + gap / 4
    for (g = 1; g <= grids; g++) draw(g)
    print "</svg>"
}
