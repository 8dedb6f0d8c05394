# style.awk - the rules of style.sh that read a source file, line by line.

FNR == 1 {
    if (filename) finish()
    filename = FILENAME
    in_comment = 0
    opening = filename
    sub(/.*\//, "", opening)
    opening = "/* " opening " - "
    if (index($0, opening) != 1 || $0 !~ / \*\/$/)
        breach(1, "opens without the line \"" opening "what it is for. */\"")
}

{
    last = FNR
    code = strip($0)
    if (match(code, banned)) {
        name = substr(code, RSTART, RLENGTH)
        gsub(/[^a-z]/, "", name)
        breach(FNR, name " is banned")
    }
}

END {
    if (filename) finish()
    exit breaches > 0
}

function breach(line, text) {
    printf "%s:%d: %s\n", filename, line, text
    breaches++
}

function finish() {
    if (filename !~ /^tests\// && last > 600)
        breach(last, "has " last " lines, expected 600 or fewer")
}

# The line without comments and the insides of literals.
function strip(text,    out, i, c, two, quote) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        two = substr(text, i, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i++ }
        } else if (quote) {
            if (c == "\\") i++
            else if (c == quote) quote = ""
        } else if (two == "/*") {
            in_comment = 1
            i++
            out = out " "
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            quote = c
        } else {
            out = out c
        }
    }
    return out
}

BEGIN {
    banned = "(^|[^A-Za-z0-9_])(sprintf|strcpy|strcat|atoi|strtok|rand|" \
        "alloca)[ \t]*\\("
}
