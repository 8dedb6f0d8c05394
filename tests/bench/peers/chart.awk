# chart.awk - draws the steps of peers.tsv as bars: an SVG picture.
#
#     awk -f chart.awk peers.tsv >performance.svg
#
# For each shape, on one thread (or the fewest there are), how much of the
# processor's FMA peak a step reaches in each library: longer is faster, and
# 100 % is what no program can pass without multiplying less. Colours and grey
# text are of middle brightness, to be read on white and on black.

BEGIN {
    FS = "\t"
    colour["convlet"] = "#e8590c"
    colour["onednn"] = "#1c7ed6"
    colour["pytorch"] = "#ae3ec9"
    colour["im2col-openblas"] = "#2f9e44"
    colour["onednn-winograd"] = "#868e96"
    left = 40
    width = 410
    bar = 9
    gap = 8
    top = 94
    text = "#808080"
}

/^# date / { date = substr($0, 8) }
/^# peak / {
    split($0, word, " ")
    peak[word[3]] = word[4]
}
/^#/ || $1 == "shape" || $4 != "step" { next }

!($2 in colour) { next }

{
    if (least == "" || $3 + 0 < least) least = $3 + 0
    if (!($1 in seen)) shapes[++shape_count] = $1
    if (!($2 in seen_peer)) peers[++peer_count] = $2
    seen[$1] = seen_peer[$2] = 1
    share[$1, $2, $3 + 0] = $8 + 0
    if ($8 > most) most = $8 + 0
}

END {
    scale = most > 100 ? most : 100
    y = top
    for (i = 1; i <= shape_count; i++) group(shapes[i])
    height = y + 22
    head()
    grid()
    printf "%s", body
    print "</svg>"
}

function group(shape,    j, value, start) {
    start = y
    for (j = 1; j <= peer_count; j++) {
        if (!((shape, peers[j], least) in share)) continue
        value = share[shape, peers[j], least]
        body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" " \
            "height=\"%d\" fill=\"%s\"><title>%s, %s: %.1f %%</title>" \
            "</rect>\n", left, y, value * width / scale, bar - 1, \
            colour[peers[j]], shape, peers[j], value)
        y += bar
    }
    body = body sprintf("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s" \
        "</text>\n", left - 8, (start + y) / 2 + 4, shape)
    y += gap
}

function head(    j, x, line) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" " \
        "width=\"640\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" " \
        "font-size=\"12\" fill=\"#57606a\">\n", left + width + 30, height
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    printf "<title>A training step, in percent of the FMA peak</title>\n"
    printf "<text x=\"%d\" y=\"18\" font-size=\"14\">A training step on %d " \
        "thread%s (%s), in %% of</text>\n<text x=\"%d\" y=\"36\" " \
        "font-size=\"14\">the FMA peak of %s GFLOP/s</text>\n", left, least, \
        (least > 1 ? "s" : ""), date, left, peak[least]
    x = left
    line = 50
    for (j = 1; j <= peer_count; j++) {
        if (x + 15 + 7 * length(peers[j]) > left + width) {
            x = left
            line += 18
        }
        printf "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" " \
            "fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>\n", x, line, \
            colour[peers[j]], x + 15, line + 10, peers[j]
        x += 40 + 7 * length(peers[j])
    }
}

function grid(    percent, x) {
    for (percent = 0; percent <= scale; percent += 20) {
        x = left + percent * width / scale
        printf "<path d=\"M%.1f %dV%d\" stroke=\"%s\" stroke-dasharray=\"1 4\"" \
            "/>\n<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", \
            x, top - 6, height - 22, text, x, height - 6, percent
    }
}
