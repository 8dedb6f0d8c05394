# doxygen.awk - makes of the headers' plain comments what Doxygen reads.
#
#     doxygen.awk HEADER
#
# - The first line, /* name.h - text */, documents the file.
# - A comment at the start of a line documents every declaration below it, up
#   to an empty line.
# - A comment behind a member documents the member.
# - Lines of a comment that are indented are shown as they are, and so is the
#   line that they go on from.

# Text in which nothing means anything to Doxygen; `x` is code.
function plain(text,    name) {
    gsub(/[\\@%#<>"~|$]/, "\\\\&", text)
    gsub(/&/, "\\&amp;", text)
    while (match(text, /`[^`]+`/)) {
        name = substr(text, RSTART + 1, RLENGTH - 2)
        text = substr(text, 1, RSTART - 1) "<tt>" name "</tt>" \
            substr(text, RSTART + RLENGTH)
    }
    return text
}

function indented(line) {
    return lines[line] ~ /^  /
}

# Is this line shown as it is: indented, above an indented one without a gap,
# or an empty one between two of them?
function as_it_is(line) {
    if (lines[line] == "") return shown && indented(line + 1)
    return indented(line) || (line < count && indented(line + 1))
}

# Prints the comment whose text is in `lines`; it stays in `comment`.
function finish(    line) {
    comment = ""
    for (line = 1; line <= count; line++) {
        if (shown != as_it_is(line)) {
            shown = !shown
            comment = comment (shown ? "\\verbatim\n" : "\\endverbatim\n")
        }
        comment = comment (shown ? lines[line] : plain(lines[line])) "\n"
    }
    if (shown) comment = comment "\\endverbatim\n"
    shown = 0
    printf "/** %s */\n", comment
}

FNR == 1 && /^\/\* .* - .* \*\/$/ {
    name = $2
    sub(/^\/\* [^ ]* - /, "")
    sub(/ \*\/$/, "")
    printf "/** \\file %s \\brief %s */\n", name, plain($0)
    next
}

# The guard is no symbol of the header.
/^#define [A-Z0-9_]+_H$/ { print ""; next }

/^\/\*/ {
    count = 0
    inside = 1
    sub(/^\/\* ?/, " * ")
    if ($0 ~ /^ \* $/) next
}

inside {
    last = sub(/ ?\*\/$/, "")
    sub(/^ \* ?/, "")
    if (!(last && $0 ~ /^ ?$/)) lines[++count] = $0
    if (last) {
        inside = 0
        finish()
    }
    next
}

/^$/ { comment = "" }

# A declaration that shares the comment of the one above.
again && comment != "" && /^[a-z#]/ { printf "/** %s */\n", comment }
{ again = /;$/ && !/^ .*[^);];$/ }

/^ .*\/\*/ { sub(/\/\* ?/, "/**< ") }
{ print }
