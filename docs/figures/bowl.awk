# bowl.awk - draws the loss of two weights as a map, and paths on it: SVG.
#
#     awk -v input="1 2 0 1 3" -v target="0 4 -1 -1" [-v title=...] \
#         -f bowl.awk paths.tsv >bowl.svg
#
# A line of the input is "series TAB w0 TAB w1": where a run was, step by
# step. The loss is that of a kernel of two taps sliding over the input,
# mean((w0 x[q] + w1 x[q+1] - t[q])^2); its level lines are ellipses, drawn at
# losses that grow by four. xmin, xmax, ymin, ymax are the limits of the map.

function px(v) { return left + (v - xmin) / (xmax - xmin) * width }

function py(v) { return top + height - (v - ymin) / (ymax - ymin) * height }

function text(at_x, at_y, anchor, words, extra) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n",
        at_x, at_y, anchor, extra, words
}

# L = a w0^2 / 2 + b w0 w1 + c w1^2 / 2 - ...; the lowest point is (m0, m1).
function find_bowl(    n, q, x, t, d0, d1, det) {
    n = split(target, t, " ")
    split(input, x, " ")
    for (q = 1; q <= n; q++) {
        a += 2 * x[q] * x[q] / n
        b += 2 * x[q] * x[q + 1] / n
        c += 2 * x[q + 1] * x[q + 1] / n
        d0 += 2 * x[q] * t[q] / n
        d1 += 2 * x[q + 1] * t[q] / n
    }
    det = a * c - b * b
    m0 = (d0 * c - d1 * b) / det
    m1 = (a * d1 - b * d0) / det
}

# Where the loss is `level` above the lowest: along the bowl's two axes the
# radius is sqrt(2 level / eigenvalue).
function contour(level,    half, root, l1, l2, angle, i, u, v, path) {
    half = (a + c) / 2
    root = sqrt((a - c) * (a - c) / 4 + b * b)
    l1 = half + root
    l2 = half - root
    angle = atan2(l1 - a, b)
    for (i = 0; i <= 72; i++) {
        u = sqrt(2 * level / l1) * cos(i * 3.14159265358979 / 36)
        v = sqrt(2 * level / l2) * sin(i * 3.14159265358979 / 36)
        path = path sprintf("%s%.1f %.1f", i ? "L" : "M",
            px(m0 + u * cos(angle) - v * sin(angle)),
            py(m1 + u * sin(angle) + v * cos(angle)))
    }
    printf "<path d=\"%s\" fill=\"none\" stroke=\"#868e96\" " \
        "clip-path=\"url(#map)\"/>\n", path
}

function tick(v, is_x) {
    printf "<path d=\"M%.1f %.1f%s\" stroke=\"#868e96\"/>\n",
        is_x ? px(v) : left, is_x ? top + height : py(v), is_x ? "v4" : "h-4"
    if (is_x) text(px(v), top + height + 17, "middle", v, "")
    else text(left - 8, py(v) + 4, "end", v, "")
}

function draw(name, colour,    i, path, dot) {
    for (i = 1; i <= points[name]; i++) {
        path = path sprintf("%s%.1f %.1f", i == 1 ? "M" : "L",
                            px(xs[name, i]), py(ys[name, i]))
        dot = dot sprintf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" " \
            "fill=\"%s\"/>\n", px(xs[name, i]), py(ys[name, i]), colour)
    }
    printf "<g clip-path=\"url(#map)\">\n<path d=\"%s\" fill=\"none\" " \
        "stroke=\"%s\" stroke-width=\"1.5\"/>\n%s</g>\n", path, colour, dot
}

BEGIN { FS = "\t" }
NF == 3 {
    if (!($1 in points)) order[++series] = $1
    xs[$1, ++points[$1]] = $2
    ys[$1, points[$1]] = $3
}
END {
    split("#e8590c #1c7ed6 #2f9e44 #ae3ec9 #b35900 #0c8599", colours, " ")
    left = 64
    top = title == "" ? 12 : 32
    width = 400
    height = width * (ymax - ymin) / (xmax - xmin)
    find_bowl()
    bottom = top + height + 50 + 18 * int((series + 1) / 2)
    # Drawn larger than it is, so that it can be read on a telephone too.
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" " \
        "height=\"%.0f\" viewBox=\"0 0 480 %.0f\" " \
        "font-family=\"sans-serif\" font-size=\"12\">\n" \
        "<clipPath id=\"map\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" " \
        "height=\"%.1f\"/></clipPath>\n" \
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" " \
        "fill=\"none\" stroke=\"#868e96\"/>\n", bottom * 4 / 3,
        bottom, left, top, width, height, left, top, width, height
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#57606a}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#adb5bd}}</style>"
    text(left + width / 2, 18, "middle", title, " font-size=\"14\"")
    for (i = int(xmin); i <= xmax; i++) tick(i, 1)
    for (i = int(ymin); i <= ymax; i++) tick(i, 0)
    text(left + width / 2, top + height + 34, "middle", "weight 0", "")
    text(16, top + height / 2, "middle", "weight 1",
         sprintf(" transform=\"rotate(-90 16 %.1f)\"", top + height / 2))
    for (i = 1; i <= 6; i++) contour(0.02 * 4 ^ i)
    for (i = 1; i <= series; i++) draw(order[i], colours[(i - 1) % 6 + 1])
    printf "<path d=\"M%.1f %.1fh10m-5 -5v10\" stroke=\"#868e96\" " \
        "stroke-width=\"2\"/>\n", px(m0) - 5, py(m1)
    for (i = 1; i <= series; i++) {
        x = left + (i - 1) % 2 * width / 2
        y = top + height + 54 + 18 * int((i - 1) / 2)
        printf "<path d=\"M%.1f %.1fh18\" stroke=\"%s\" stroke-width=\"3\"/>\n",
            x, y, colours[i]
        text(x + 24, y + 4, "start", order[i], "")
    }
    print "</svg>"
}
