# tiles.awk - draws arrays as small pictures, side by side: an SVG picture.
#
#     convlet conv ... | awk [-v titles="ONE|TWO"] [-v across=N] \
#         [-v side=7] [-v each=1] -f tiles.awk
#
# Reads what `convlet conv` prints, from one command or several: a line with
# the axes, then rows; each plane is a picture, N of them in a row. A positive
# number is orange, a negative one blue, the stronger the larger, for all by
# the largest of all, or with -v each=1 for each picture by its own. SIDE is how
# large a number is drawn. Words stand beside the pictures, never on them: so a
# cell has an opacity, and not the fill-opacity of what words must be read on.

function absolute(v) { return v < 0 ? -v : v }

function open_plane() {
    rows[++tiles] = 0
    most[tiles] = 1e-9
}

function draw(t, left, top,    r, c, v) {
    printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" " \
        "fill=\"none\" stroke=\"#868e96\"/>\n", left, top,
        columns[t] * side, rows[t] * side
    for (r = 1; r <= rows[t]; r++)
        for (c = 1; c <= columns[t]; c++) {
            v = cell[t, r, c] / (each ? most[t] : all)
            if (absolute(v) >= 0.02)
                printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" " \
                    "fill=\"%s\" opacity=\"%.2f\"/>\n",
                    left + (c - 1) * side, top + (r - 1) * side, side, side,
                    v < 0 ? "#1c7ed6" : "#e8590c", absolute(v)
        }
}

BEGIN { if (!side) side = 7; gap = 8; head = 18; all = 1e-9 }
/^[a-z]+ \[/ { open_plane(); next }
/^\[/ {
    if (rows[tiles]) open_plane()
    next
}
NF && tiles {
    columns[tiles] = NF
    rows[tiles]++
    if (NF > widest) widest = NF
    if (rows[tiles] > tallest) tallest = rows[tiles]
    for (i = 1; i <= NF; i++) {
        cell[tiles, rows[tiles], i] = $i
        if (absolute($i) > most[tiles]) most[tiles] = absolute($i)
        if (absolute($i) > all) all = absolute($i)
    }
}
END {
    n = split(titles, title, "|")
    if (!across) across = tiles
    down = int((tiles + across - 1) / across)
    wide = widest * side + gap
    high = tallest * side + gap
    height = down * (high + (n > across ? head : 0)) + (n > across ? 0 : head)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
        "height=\"%d\" viewBox=\"0 0 %d %d\" " \
        "font-family=\"sans-serif\" font-size=\"12\">\n", across * wide + gap,
        height, across * wide + gap, height
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    for (t = 1; t <= tiles; t++) {
        row = int((t - 1) / across)
        left = gap + (t - 1) % across * wide
        top = row * (high + (n > across ? head : 0)) + head
        if (t <= n)
            printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s" \
                "</text>\n", left + columns[t] * side / 2, top - 5, title[t]
        draw(t, left, top)
    }
    print "</svg>"
}
