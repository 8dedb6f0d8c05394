# contrast.awk - finds what is hard to see in figures, on light and dark pages.
#
#     awk -f contrast.awk FIGURE.svg ...
#
# Words must stand out from what is behind them by 4.5 to 1 at least, lines and
# areas from the page by 3, as WCAG 2.1 reckons, in the colours of the figure
# and in those that its style has for dark pages. The page is what the class
# `sheet` is filled with, or white, or the site's black.

# The two hexadecimal digits from `at` on, as 0 to 255.
function part(colour, at) {
    return (index(DIGITS, substr(colour, at, 1)) - 1) * 16 + \
        index(DIGITS, substr(colour, at + 1, 1)) - 1
}

# How much light they stand for.
function light(colour, at,    v) {
    v = part(colour, at) / 255
    return v <= 0.03928 ? v / 12.92 : exp(2.4 * log((v + 0.055) / 1.055))
}

# "#rgb" as "#rrggbb".
function long(colour,    i, all) {
    if (length(colour) == 7) return colour
    for (i = 2; i <= 4; i++)
        all = all substr(colour, i, 1) substr(colour, i, 1)
    return "#" all
}

function luminance(colour) {
    colour = long(colour)
    return 0.2126 * light(colour, 2) + 0.7152 * light(colour, 4) + \
        0.0722 * light(colour, 6)
}

# A colour that lets through what is behind it.
function mix(colour, opacity, behind,    at, all) {
    colour = long(colour)
    behind = long(behind)
    for (at = 2; at <= 6; at += 2)
        all = all sprintf("%02x", part(colour, at) * opacity + \
            part(behind, at) * (1 - opacity) + 0.5)
    return "#" all
}

function demand(least, colour, behind, what,    a, b, ratio) {
    a = luminance(colour) + 0.05
    b = luminance(behind) + 0.05
    ratio = a > b ? a / b : b / a
    if (ratio >= least || (what, colour, behind) in told) return
    told[what, colour, behind] = 1
    printf "%s: %s: %s on %s is %.2f to 1, not %s\n", FILENAME, what, colour, \
        behind, ratio, least
    failed = 1
}

# The colours of a style sheet: colour[scheme, selector, property].
function learn(rules, scheme,    body, names, n, i, p, q, pair, k) {
    while (match(rules, /[^{}]+\{[^{}]*\}/)) {
        body = substr(rules, RSTART, RLENGTH)
        rules = substr(rules, RSTART + RLENGTH)
        n = split(substr(body, 1, index(body, "{") - 1), names, ",")
        sub(/^[^{]*\{/, "", body)
        sub(/\}$/, "", body)
        p = split(body, q, ";")
        for (i = 1; i <= n; i++)
            for (k = 1; k <= p; k++)
                if (split(q[k], pair, ":") == 2 && pair[2] ~ /^#/) {
                    colour[scheme, names[i], pair[1]] = pair[2]
                    if (scheme == 1)
                        colour[2, names[i], pair[1]] = pair[2]
                    selectors[names[i]] = 1
                }
    }
}

function begin_figure() {
    split("", colour)
    split("", selectors)
    page[1] = "#ffffff"
    page[2] = "#131416"
}

# A style sheet, whose rules for dark pages may stand in several places.
function learn_all(text,    at, blocks) {
    while (at = index(text, DARK)) {
        blocks++
        learn(substr(text, 1, at - 1), 1)
        text = substr(text, at + length(DARK))
        at = index(text, "}}")
        learn(substr(text, 1, at), 2)
        text = substr(text, at + 2)
    }
    learn(text, 1)
    return blocks
}

function judge_style(text,    scheme, name) {
    if (!learn_all(text)) {
        printf "%s: has no colours for dark pages\n", FILENAME
        failed = 1
    }
    for (scheme = 1; scheme <= 2; scheme++) {
        if ((scheme, ".sheet", "fill") in colour)
            page[scheme] = colour[scheme, ".sheet", "fill"]
        words[scheme] = colour[scheme, "svg", "fill"]
        if (words[scheme] == "") words[scheme] = colour[scheme, "text", "fill"]
        for (name in selectors) {
            if (name == "svg" || name == "text" || name == ".small" || \
                name == ".faded") {
                demand(4.5, colour[scheme, name, "fill"], page[scheme], name)
                continue
            }
            # An area may have no colour of its own: `none`.
            if ((scheme, name, "fill") in colour)
                demand(4.5, words[scheme], colour[scheme, name, "fill"], name)
            demand(3, colour[scheme, name, "stroke"], page[scheme], name)
        }
    }
}

# The colour that an element's attribute names, "" for none.
function attribute(element, name) {
    if (!match(element, " " name "=\"[^\"]*\"")) return ""
    element = substr(element, RSTART, RLENGTH)
    gsub(/^[^"]*"|"$/, "", element)
    return element
}

function judge_element(element,    fill, stroke, opacity, faint, scheme) {
    fill = attribute(element, "fill")
    stroke = attribute(element, "stroke")
    opacity = attribute(element, "fill-opacity")
    faint = attribute(element, "stroke-opacity")
    for (scheme = 1; scheme <= 2; scheme++) {
        if (stroke ~ /^#/)
            demand(3, faint == "" ? stroke : mix(stroke, faint, page[scheme]), \
                page[scheme], "a line")
        if (fill ~ /^#/ && opacity != "")
            demand(4.5, words[scheme], mix(fill, opacity, page[scheme]), \
                "words on an area")
        else if (fill ~ /^#/)
            demand(3, fill, page[scheme], "an area")
    }
}

BEGIN {
    DIGITS = "0123456789abcdef"
    DARK = "@media(prefers-color-scheme:dark){"
}
FNR == 1 { begin_figure() }
/^<style>/ {
    gsub(/<\/?style>/, "")
    judge_style($0)
    next
}
{
    rest = $0
    while (match(rest, /<(rect|path|circle)[^>]*>/)) {
        element = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        judge_element(element)
    }
}
END { exit failed }
