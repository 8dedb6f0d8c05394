#!/usr/bin/env bash
# join.sh - joins the page, its style, its scripts and the module into one file.
#
#     join.sh PAGE MODULE UNPACKER OUTPUT
#
# PAGE is the directory of live.html, in which five lines stand for other files:
# @UNPACK@ for unpack.js; @UNPACKER@ for UNPACKER, in base64; and, packed (LZMA,
# in base64), @WORKER@ for worker.js, @MODULE@ for MODULE, and @TEXTS@ for live.css
# and those that scripts.txt names. Of style and scripts the indentation, empty
# lines and whole lines of comment stay behind. Equal files give equal bytes.
set -euo pipefail

page=$1 module=$2 unpacker=$3 output=$4

# bare FILE ...: the scripts or styles without what only readers need.
bare() {
    sed -E '/^ *(\/\/|\/\/ .*|\/\*.*\*\/|)$/d; s/^ +//' -- "$@"
}

# pack: a line that the page can unpack.
pack() {
    xz --format=lzma --lzma1=preset=9e,pb=0,mf=bt3,nice=80 -c | base64 -w 0
    echo
}

# texts: style, the scripts that all rooms share, and those of each room; a form
# feed before each but the first.
texts() {
    local line files
    bare "$page/live.css"
    while read -r line; do
        read -ra files <<<"$line"
        printf '\f'
        bare "${files[@]/#/$page/}"
    done <"$page/scripts.txt"
}

read -rd '' -a scripts <"$page/scripts.txt" || true
scripts=("${scripts[@]/#/$page/}")
for file in "$page"/{live.css,worker.js,unpack.js} "${scripts[@]}" "$module" \
    "$unpacker"; do
    [ -s "$file" ] || { printf 'join: no %s\n' "$file" >&2 && exit 1; }
done
temporary=$(mktemp -- "$output.XXXXXX")
trap 'rm -f -- "$temporary"' EXIT
places=0
while IFS= read -r line; do
    case $line in
    @UNPACK@) bare "$page/unpack.js" ;;
    @WORKER@) bare "$page/worker.js" | pack ;;
    @UNPACKER@) base64 -w 0 <"$unpacker" && echo ;;
    @TEXTS@) texts | pack ;;
    @MODULE@) pack <"$module" ;;
    *) printf '%s\n' "$line" && continue ;;
    esac
    places=$((places + 1))
done <"$page/live.html" >"$temporary"
if [ "$places" -ne 5 ]; then
    printf 'join: %s has %d of the five lines that stand for files\n' \
        "$page/live.html" "$places" >&2
    exit 1
fi
chmod a+r -- "$temporary"
mv -- "$temporary" "$output"
printf '%s: %d bytes, %d compressed\n' "$output" "$(wc -c <"$output")" \
    "$(gzip -9nc -- "$output" | wc -c)"
