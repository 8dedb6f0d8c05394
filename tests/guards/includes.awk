# includes.awk - what a file includes, for arrows.awk; floors.sh runs it.
#
# Reads lines FILE, each of a file of the tree, then FILE:LINE:TEXT, each of an
# include.

!/:/ {
    exists[$0] = 1
    files++
    if (!group($0)) breach($0 ": is on no floor; give it one in tests/floors")
    next
}

{
    file = $0
    sub(/:.*/, "", file)
    line = substr($0, length(file) + 2)
    text = line
    sub(/:.*/, "", line)
    place = file ":" line
    sub(/^[0-9]*:[ \t]*#[ \t]*include[ \t]*/, "", text)
    if (match(text, /^[<"][^>"]+[>"]/))
        include(substr(text, 1, 1), substr(text, 2, RLENGTH - 2))
    else
        breach(place ": includes a macro, which hides the floor")
}

# What a name means in `file`; nothing where that is a header of the system.
function resolve(quote, header,    dirs, count, i) {
    dirs[0] = file
    sub(/\/[^\/]*$/, "", dirs[0])
    count = split("lib app tests tests/support tests/cli", dirs_of, " ")
    if (quote == "<") count = 1
    else if ((dirs[0] "/" header) in exists) return dirs[0] "/" header
    for (i = 1; i <= count; i++)
        if ((dirs_of[i] "/" header) in exists) return dirs_of[i] "/" header
    return ""
}

function include(quote, header,    target) {
    if ("/" header ~ /\/\.\.?\//) {
        breach(place ": writes " header "; name it from lib, app or tests")
        return
    }
    target = resolve(quote, header)
    if (target == "") {
        if (quote != "<")
            breach(place ": \"" header "\" is not in this tree; the " \
                "system's headers stand in <>")
        return
    }
    if (file ~ /^app\// && target ~ /^lib\//) {
        if (is_private(target))
            breach(place ": app includes " target ", which is private")
        else if (quote != "<")
            breach(place ": app includes \"" header "\", expected <" header ">")
    }
    arrow(file, target, place, "includes " target)
}

# The table speaks of nothing that is gone.
function find_unused(    expression, file, used) {
    for (expression in globs) {
        used = 0
        for (file in exists)
            if (file ~ anchored(expression)) used = 1
        if (!used)
            breach("tests/floors: no file is " globs[expression])
    }
}

END {
    if (files) find_unused()
    finish(files, "files")
}
