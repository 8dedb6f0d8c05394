# numbers.awk - finds the numbers of a page that no command above printed.
#
#     awk -f numbers.awk PAGE.md
#
# A number of the prose that has a decimal point, or three digits or more, must
# stand in a ```console block above it: in what is typed or in what is printed,
# there perhaps with more digits, to which the prose rounds correctly. Years,
# addresses and what comments say are left alone. A number that comes from
# nowhere, since it defines something, is declared in a comment above it:
# <!-- given: 0.05 300 -->.

function complain(text) {
    printf "%s:%d: %s was printed by nothing above it\n", FILENAME, FNR, text
    failed = 1
}

function absolute(x) { return x < 0 ? -x : x }

# Takes the next number out of `rest`; it is in `found` then.
function next_number() {
    if (!match(rest, /[0-9][0-9,]*\.?[0-9]*([eE][-+]?[0-9]+)?|\.[0-9]+/))
        return 0
    found = substr(rest, RSTART, RLENGTH)
    rest = substr(rest, RSTART + RLENGTH)
    return 1
}

# "1,210" is a number with a comma, "20,20" are two numbers.
function plain(text,    n, part, i) {
    sub(/[.,]+$/, "", text)
    if (text ~ /^[0-9]+(,[0-9][0-9][0-9])+([^0-9,].*)?$/) gsub(/,/, "", text)
    if (text ~ /,/) {
        n = split(text, part, ",")
        for (i = n; i > 1; i--) rest = part[i] " " rest
        text = part[1]
    }
    return text
}

# Half a unit in the last digit that is shown.
function half_unit(text,    at, digits, exponent) {
    exponent = 0
    if (match(text, /[eE]/)) {
        exponent = substr(text, RSTART + 1) + 0
        text = substr(text, 1, RSTART - 1)
    }
    at = index(text, ".")
    digits = at ? length(text) - at : 0
    return 0.5 * 10 ^ (exponent - digits)
}

function learn(line) {
    rest = line
    while (next_number()) {
        found = plain(found)
        if (!(found in seen)) {
            seen[found] = 1
            known[++count] = found + 0
        }
    }
}

function is_known(text,    i, half) {
    if (text in seen) return 1
    half = half_unit(text) * (1 + 1e-9)
    for (i = 1; i <= count; i++)
        if (absolute(known[i] - text) <= half) return 1
    return 0
}

function judge(line) {
    gsub(/\]\([^)]*\)/, "", line)
    gsub(/https?:[^ ]*/, "", line)
    gsub(/"room=[^"]*"/, "", line) # a state of the live page, in a link
    rest = line
    while (next_number()) {
        found = plain(found)
        if (found ~ /^(19|20)[0-9][0-9]$/) continue
        if (found !~ /\.|[eE]/ && length(found) < 3) continue
        if (!is_known(found)) complain(found)
    }
}

/^<!-- given: / { learn($0) }
/^<!--/ { comment = 1 }
comment { if (/-->/) comment = 0; next }
/^```/ { fence = fence == "" ? $0 : ""; next }
fence == "```console" { learn($0); next }
fence == "```sh" || fence == "```python" || fence == "```c" { next }
{ judge($0) }
END { exit failed }
