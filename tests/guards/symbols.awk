# symbols.awk - what an object takes from others, for arrows.awk; symbols.sh
# runs it.
#
# Reads what nm -P -A prints of the objects: "OBJECT: NAME TYPE ...". An object
# stands for its source, which a template shares with others.

{
    object = $1
    if (!(object in source_of)) look_at(object)
    source = source_of[object]
}

# A program's own main is nobody else's.
$2 == "main" { next }
$3 == "U" { takes[++taken] = source SUBSEP $2; next }
$3 ~ /^[A-Z]$/ { giver[$2] = source }

# BUILD/lib/CMakeFiles/convlet.dir/convlet/net.c.o: is lib/convlet/net.c
function look_at(object,    source) {
    source = substr(object, length(build) + 2)
    sub(/CMakeFiles\/[^\/]*\.dir\/(\.\/)?/, "", source)
    sub(/\.o(bj)?:$/, "", source)
    source_of[object] = source
    objects++
    if (!group(source) && !(source in complained)) {
        breach(source ": is on no floor; give it one in tests/floors")
        complained[source] = 1
    }
}

END {
    for (i = 1; i <= taken; i++) {
        split(takes[i], pair, SUBSEP)
        if (!(pair[2] in giver)) continue # the system's
        to = giver[pair[2]]
        arrow(pair[1], to, pair[1], "takes " pair[2] " from " to)
    }
    finish(objects, "objects")
}
