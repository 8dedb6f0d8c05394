# bytes.awk - draws a file byte by byte, in the colours of its parts: an SVG
# picture.
#
#     od -A n -v -t x1 FILE | awk -v parts="6 magic|2 version|..." -f bytes.awk
#
# Each part has its length and its name; the last one takes what is left. A
# byte that is a printable ASCII character is shown as one, others as hex.

function chr(hex,    v) {
    v = index("0123456789abcdef", substr(hex, 1, 1)) * 16 - 16 + \
        index("0123456789abcdef", substr(hex, 2, 1)) - 1
    if (v < 33 || v > 126) return ""
    return sprintf("%c", v)
}

function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    return text
}

BEGIN {
    split("#e8590c #1c7ed6 #2f9e44 #ae3ec9 #b35900 #0c8599", colours, " ")
    n = split(parts, part, "|")
    at = 0
    for (i = 1; i <= n; i++) {
        length_of[i] = part[i] + 0
        name[i] = part[i]
        sub(/^[0-9]+ /, "", name[i])
        at += length_of[i]
        end[i] = i < n ? at : 1e9
    }
    columns = 16
    side = 22
    width = columns * side + 32
}
{ for (i = 1; i <= NF; i++) byte[++count] = $i }
END {
    rows = int((count + columns - 1) / columns)
    x = 16
    y = rows * side + 18
    for (p = 1; p <= n; p++) {
        wide = 40 + 7 * length(name[p])
        if (x + wide > width) {
            x = 16
            y += 20
        }
        at_x[p] = x
        at_y[p] = y
        x += wide
    }
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
        "height=\"%d\" viewBox=\"0 0 %d %d\" " \
        "font-family=\"monospace\" font-size=\"13\">\n",
        width, y + 22, width, y + 22
    # Ink that is dark on a white page and light on a black one.
    print "<style>svg{fill:#343a40}@media(prefers-color-scheme:dark)" \
        "{svg{fill:#dee2e6}}</style>"
    p = 1
    for (k = 1; k <= count; k++) {
        while (k > end[p]) p++
        x = 16 + (k - 1) % columns * side
        y = 4 + int((k - 1) / columns) * side
        shown = name[p] ~ /^data|^length/ ? "" : chr(byte[k])
        printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" " \
            "fill=\"%s\" fill-opacity=\"0.25\"/>" \
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\"%s>%s</text>\n",
            x, y, side - 1, side - 1, colours[(p - 1) % 6 + 1], x + 10.5, y + 15,
            shown == "" ? " font-size=\"11\"" : "",
            escape(shown == "" ? byte[k] : shown)
    }
    for (p = 1; p <= n; p++)
        printf "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"14\" " \
            "fill=\"%s\" fill-opacity=\"0.5\"/><text x=\"%d\" y=\"%d\" " \
            "font-family=\"sans-serif\" font-size=\"12\">%s</text>\n",
            at_x[p], at_y[p], colours[(p - 1) % 6 + 1], at_x[p] + 20,
            at_y[p] + 11, escape(name[p])
    print "</svg>"
}
