# plot.awk - draws lines through points: an SVG picture.
#
#     awk [-v NAME=VALUE ...] -f plot.awk points.tsv >plot.svg
#
# A line of the input is "series TAB x TAB y"; a series is drawn in the order
# of its points, in a colour of its own, and named in the legend. Names:
#
#   title, x, y     what is written above, below and beside
#   logx, logy      1: powers of ten
#   dots            1: a dot at each point; 2: dots without a line
#   xmin, xmax, ymin, ymax   limits other than those of the points
#
# Colours are of middle brightness, to be seen on white and on black; the text
# follows what the reader's browser prefers.

function scale(v, log10) {
    return log10 ? log(v) / log(10) : v + 0
}

function px(v) {
    return left + (scale(v, logx) - x0) / (x1 - x0) * width
}

function py(v) {
    return top + height - (scale(v, logy) - y0) / (y1 - y0) * height
}

# A step of 1, 2 or 5 times a power of ten that gives about six ticks.
function tick_step(range,    unit) {
    unit = 10 ^ floor(log(range / 6) / log(10))
    if (range / unit <= 7) return unit
    if (range / unit <= 14) return 2 * unit
    if (range / unit <= 35) return 5 * unit
    return 10 * unit
}

function floor(v,    i) {
    i = int(v)
    return i > v ? i - 1 : i
}

function text(at_x, at_y, anchor, words, extra) {
    gsub(/&/, "\\&amp;", words)
    gsub(/</, "\\&lt;", words)
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n",
        at_x, at_y, anchor, extra, words
}

function rule(ax, ay, bx, by) {
    printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#868e96\" " \
        "stroke-dasharray=\"1 4\"/>\n", ax, ay, bx, by
}

function label(v, log10) {
    if (!log10) return sprintf("%g", v)
    if (v >= -2 && v <= 3) return sprintf("%g", 10 ^ v)
    return "1e" v
}

# The grid lines of one axis, and the number at each.
function axis(lo, hi, log10, is_x,    step, v, at) {
    step = log10 ? 1 : tick_step(hi - lo)
    while (log10 && (hi - lo) / step > 8) step++
    for (v = floor(lo / step) * step; v <= hi + step * 1e-6; v += step) {
        if (v < lo - step * 1e-6) continue
        if (v < step / 2 && v > -step / 2) v = 0
        at = (v - lo) / (hi - lo)
        if (is_x) {
            rule(left + at * width, top, left + at * width, top + height)
            text(left + at * width, top + height + 16, "middle",
                 label(v, log10), "")
        } else {
            rule(left, top + height * (1 - at), left + width,
                 top + height * (1 - at))
            text(left - 6, top + height * (1 - at) + 4, "end",
                 label(v, log10), "")
        }
    }
}

function draw(name, colour,    i, path, dot) {
    for (i = 1; i <= points[name]; i++) {
        path = path sprintf("%s%.1f %.1f", i == 1 ? "M" : "L",
                            px(xs[name, i]), py(ys[name, i]))
        if (dots)
            dot = dot sprintf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" " \
                "fill=\"%s\"/>\n", px(xs[name, i]), py(ys[name, i]), colour)
    }
    if (dots != 2)
        printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" " \
            "clip-path=\"url(#frame)\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n", path, colour
    printf "%s", dot
}

BEGIN { FS = "\t" }
NF == 3 {
    if (!($1 in points)) order[++series] = $1
    xs[$1, ++points[$1]] = $2
    ys[$1, points[$1]] = $3
    a = scale($2, logx)
    b = scale($3, logy)
    if (!any++) { x0 = x1 = a; y0 = y1 = b }
    if (a < x0) x0 = a
    if (a > x1) x1 = a
    if (b < y0) y0 = b
    if (b > y1) y1 = b
}
END {
    split("#e8590c #1c7ed6 #2f9e44 #ae3ec9 #b35900 #0c8599", colours, " ")
    if (xmin != "") x0 = scale(xmin, logx)
    if (xmax != "") x1 = scale(xmax, logx)
    if (ymin != "") y0 = scale(ymin, logy)
    if (ymax != "") y1 = scale(ymax, logy)
    if (logx) { x0 = floor(x0 + 1e-9); x1 = -floor(-x1 + 1e-9) }
    if (logy) { y0 = floor(y0 + 1e-9); y1 = -floor(-y1 + 1e-9) }
    if (x1 == x0) x1 = x0 + 1
    if (y1 == y0) y1 = y0 + 1
    left = 64
    top = title == "" ? 12 : 32
    width = 480 - left - 16
    height = 210
    bottom = top + height + 44 + 18 * int((series + 1) / 2)
    # Drawn larger than it is, so that it can be read on a telephone too.
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" " \
        "height=\"%.0f\" viewBox=\"0 0 480 %d\" " \
        "font-family=\"sans-serif\" font-size=\"12\">\n",
        bottom * 4 / 3, bottom
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    printf "<clipPath id=\"frame\"><rect x=\"%d\" y=\"%d\" width=\"%d\" " \
        "height=\"%d\"/></clipPath>\n", left, top - 3, width + 3, height + 6
    axis(x0, x1, logx, 1)
    axis(y0, y1, logy, 0)
    text(left + width / 2, 18, "middle", title, " font-size=\"14\"")
    text(left + width / 2, top + height + 34, "middle", x, "")
    text(14, top + height / 2, "middle", y,
         sprintf(" transform=\"rotate(-90 14 %.1f)\"", top + height / 2))
    for (i = 1; i <= series; i++) {
        colour = colours[(i - 1) % 6 + 1]
        draw(order[i], colour)
        a = left + (i - 1) % 2 * width / 2
        b = top + height + 54 + 18 * int((i - 1) / 2)
        printf "<path d=\"M%.1f %.1fh18\" stroke=\"%s\" " \
            "stroke-width=\"3\"/>\n", a, b - 4, colour
        text(a + 24, b, "start", order[i], "")
    }
    print "</svg>"
}
