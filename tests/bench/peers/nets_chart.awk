# nets_chart.awk - draws the steps of nets.tsv as bars: an SVG picture.
#
#     awk -f nets_chart.awk nets.tsv >nets.svg
#
# For each net, how many times PyTorch's step takes as long as convlet's, by
# the middle times, on each number of threads, on a quiet machine and on a busy
# one. Bars begin where both are equal, to the right where convlet is faster;
# the scale is logarithmic. Colours are of middle brightness, to be read on
# white and on black.

BEGIN {
    FS = "\t"
    split("#1c7ed6 #ae3ec9 #e8590c #2f9e44 #868e96 #c2255c", colour, " ")
    left = 70
    width = 380
    bar = 9
    gap = 10
    top = 84
    text = "#808080"
}

/^# date / { date = substr($0, 8) }
/^#/ || $1 == "net" { next }

{
    kind = $3 FS $4
    if (!($1 in seen)) nets[++net_count] = $1
    if (!(kind in seen_kind)) kinds[++kind_count] = kind
    seen[$1] = seen_kind[kind] = 1
    us[$1, $2, kind] = $6
}

END {
    low = 0.8
    high = 2
    for (i = 1; i <= net_count; i++)
        for (k = 1; k <= kind_count; k++) reach(ratio(nets[i], kinds[k]))
    y = top
    for (i = 1; i <= net_count; i++) group(nets[i])
    height = y + 22
    head()
    grid()
    printf "%s", body
    print "</svg>"
}

function ratio(net, kind) {
    if (!us[net, "convlet", kind]) return 0
    return us[net, "pytorch", kind] / us[net, "convlet", kind]
}

function reach(value) {
    if (value && value < low) low = value
    if (value > high) high = value
}

function at(value) {
    return left + width * log(value / low) / log(high / low)
}

function name(kind,    part) {
    split(kind, part, FS)
    return part[1] " thread" (part[1] > 1 ? "s" : "") ", " part[2]
}

function group(net,    k, value, start, from, to) {
    start = y
    for (k = 1; k <= kind_count; k++) {
        value = ratio(net, kinds[k])
        if (!value) continue
        from = at(value < 1 ? value : 1)
        to = at(value < 1 ? 1 : value)
        body = body sprintf("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" " \
            "height=\"%d\" fill=\"%s\"><title>%s, %s: %.2f</title></rect>\n", \
            from, y, to - from, bar - 1, colour[k], net, name(kinds[k]), \
            value)
        y += bar
    }
    body = body sprintf("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s" \
        "</text>\n", left - 8, (start + y) / 2 + 4, net)
    y += gap
}

function head(    k, x, line) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" " \
        "width=\"640\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" " \
        "font-size=\"12\" fill=\"#57606a\">\n", left + width + 30, height
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    print "<title>Steps of whole nets: PyTorch's time over convlet's</title>"
    printf "<text x=\"8\" y=\"18\" font-size=\"14\">A step of a net (%s): " \
        "PyTorch's time over convlet's</text>\n", date
    for (k = 1; k <= kind_count; k++) {
        x = left + (k - 1) % 2 * 150
        line = 32 + int((k - 1) / 2) * 18
        printf "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" " \
            "fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>\n", x, line, \
            colour[k], x + 15, line + 10, name(kinds[k])
    }
}

function grid(    i, n, value) {
    n = split("0.1 0.2 0.5 1 2 5 10 20 50 100", value, " ")
    for (i = 1; i <= n; i++)
        if (value[i] >= low && value[i] <= high) rule(value[i])
}

function rule(value,    dashes) {
    dashes = value == 1 ? "" : " stroke-dasharray=\"1 4\""
    printf "<path d=\"M%.1f %dV%d\" stroke=\"%s\"%s/>\n<text x=\"%.1f\" " \
        "y=\"%d\" text-anchor=\"middle\">%s</text>\n", at(value), top - 6, \
        height - 22, text, dashes, at(value), height - 6, value
}
