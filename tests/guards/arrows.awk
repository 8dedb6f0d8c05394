# arrows.awk - holds the arrows between files to the floors of a table.
#
#     awk -f arrows.awk -f ARROWS.awk TABLE FILE...
#
# TABLE is tests/floors, which gives the rules. ARROWS.awk finds who leans on
# whom: it calls arrow() for each, breach() for what is wrong already, and
# finish() at its end.

FILENAME == ARGV[1] { read_line(); next }

function read_line(    i) {
    if ($0 ~ /^[ \t]*(#|$)/) return
    if ($1 == "private") {
        for (i = 2; i <= NF; i++) private = either(private, glob($i))
    } else if ($1 == "door") {
        for (i = 3; i <= NF; i++) door = either(door, glob($2 "/" $i))
    } else {
        floor[++groups] = $1
        name[groups] = $2
        for (i = 3; i <= NF; i++)
            pattern[groups] = either(pattern[groups], glob($i))
    }
}

# A glob, or a folder and all below it, as an expression.
function glob(text,    written) {
    written = text
    gsub(/\./, "\\.", text)
    gsub(/\*/, "[^/]*", text)
    sub(/\/$/, "/.*", text)
    globs[text] = written
    return text
}

function either(cases, another) {
    return cases == "" ? another : cases "|" another
}

function anchored(cases) {
    return "^(" cases ")$"
}

function is_private(file) {
    return private != "" && file ~ anchored(private)
}

# The group that a file belongs to, or 0.
function group(file,    i) {
    if (file in group_of) return group_of[file]
    for (i = 1; i <= groups; i++)
        if (file ~ anchored(pattern[i])) return group_of[file] = i
    return group_of[file] = 0
}

# The folder of app that a file lies in, or nothing.
function room(file,    parts) {
    return split(file, parts, "/") > 2 && parts[1] == "app" ? \
        parts[1] "/" parts[2] : ""
}

function breach(text) {
    print text
    breaches++
}

# `from` leans on `to`: it WHATs it, as "includes lib/convlet/error.h", at
# `place`. What points upwards closes no circle too.
function arrow(from, to, place, what,    a, b) {
    a = group(from)
    b = group(to)
    if (!a || !b || from == to) return
    if (to ~ /\.h$/ && room(to) && room(to) != room(from) &&
        from !~ /^tests\// && (door == "" || to !~ anchored(door)))
        breach(place ": " what ", which is no door of " room(to))
    if (floor[b] + 0 > floor[a] + 0) {
        breach(place ": floor " floor[a] " " what " of floor " floor[b])
        return
    }
    remember("file", from, to, place ": " what)
    if (a != b && floor[a] == floor[b])
        remember("group", name[a], name[b], place ": " what)
}

# Kinds of nodes have circles of their own.
function remember(kind, from, to, why) {
    see(kind, from)
    see(kind, to)
    if ((kind, from, to) in reason) return
    reason[kind, from, to] = why
    from = kind SUBSEP from
    next_of[from, ++degree[from]] = to
}

function see(kind, node) {
    if ((kind, node) in seen) return
    seen[kind, node] = 1
    node_of[kind, ++nodes[kind]] = node
}

# Tarjan: of what is reached from a node and leads back to it, the first one
# that was visited sees the rest on the stack above itself.
function visit(kind, node,    i, to) {
    order[node] = low[node] = ++visits
    stack[++depth] = node
    on_stack[node] = 1
    for (i = 1; i <= degree[kind, node]; i++) {
        to = next_of[kind, node, i]
        if (!(to in order)) {
            visit(kind, to)
            if (low[to] < low[node]) low[node] = low[to]
        } else if (on_stack[to] && order[to] < low[node]) {
            low[node] = order[to]
        }
    }
    if (low[node] == order[node]) leave(kind, node)
}

function leave(kind, node,    i, j, first, to) {
    for (first = depth; stack[first] != node; first--) continue
    if (first < depth) {
        breach("a circle of " depth - first + 1 " " kind "s:")
        for (i = first; i <= depth; i++) {
            for (j = 1; j <= degree[kind, stack[i]]; j++) {
                to = next_of[kind, stack[i], j]
                if (on_stack[to] && order[to] >= order[node])
                    print "    " reason[kind, stack[i], to]
            }
        }
    }
    for (; depth >= first; depth--) on_stack[stack[depth]] = 0
}

function find_circles(kind,    i) {
    split("", order)
    split("", on_stack)
    for (i = 1; i <= nodes[kind]; i++)
        if (!(node_of[kind, i] in order)) visit(kind, node_of[kind, i])
}

function finish(count, what) {
    if (!count) breach("found no " what)
    find_circles("file")
    find_circles("group")
    printf "%d %s, %d breaches\n", count, what, breaches
    exit breaches > 0
}
