# same.awk - compares printed output with what a page says it is.
#
#     awk -v tolerance=1e-3 [-v absolute=0.1] -f same.awk EXPECTED GOT
#
# Lines must be equal but for numbers, which may differ by the tolerance times
# their size, plus what is allowed absolutely, and so in width; a line of "..."
# stands for any number of lines, also none.

function number(text) { return text ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/ }

# Splits a line into words and the marks between them.
function parts(line, out,    n, token) {
    n = 0
    while (match(line, /[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?/)) {
        if (RSTART > 1) out[++n] = substr(line, 1, RSTART - 1)
        out[++n] = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
    }
    if (line != "") out[++n] = line
    return n
}

function same(a, b,    x, y, n, i, d, s) {
    if (a == b) return 1
    gsub(/ +/, " ", a)
    gsub(/ +/, " ", b)
    sub(/^ /, "", a)
    sub(/^ /, "", b)
    n = parts(a, x)
    if (n != parts(b, y)) return 0
    for (i = 1; i <= n; i++) {
        if (x[i] == y[i]) continue
        if (!number(x[i]) || !number(y[i])) return 0
        d = x[i] - y[i]; s = x[i] + 0
        if (d < 0) d = -d
        if (s < 0) s = -s
        if (d > tolerance * s + absolute) return 0
    }
    return 1
}

# Do expected lines e.. match got lines g.. to the end?
function match_from(e, g) {
    for (; e <= wanted && want[e] != "..."; e++)
        if (g > count || !same(want[e], got[g++])) return 0
    if (e > wanted) return g == count + 1
    for (; g <= count + 1; g++) if (match_from(e + 1, g)) return 1
    return 0
}

FNR == NR { want[++wanted] = $0; next }
{ got[++count] = $0 }
END { exit !match_from(1, 1) }
