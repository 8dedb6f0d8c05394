#!/usr/bin/env bash
# join.sh - joins the page, its style, its scripts and the module into one file.
#
#     join.sh PAGE MODULE OUTPUT
#
# PAGE is the directory of live.html, in which three lines stand for other files:
# @UNPACK@ for unpack.js, @TEXTS@ for live.css, worker.js and those that
# scripts.txt names, in that order, and @MODULE@ for MODULE; the last two are
# packed (LZMA, in base64). Of style and scripts the indentation and whole lines
# of comment stay behind. Equal files give equal bytes.
set -euo pipefail

page=$1 module=$2 output=$3

# bare FILE ...: the scripts or styles without what only readers need.
bare() {
    sed -E '/^ *\/\/( |$)/d; s/^ +//' -- "$@"
}

# pack: a line that the page can unpack.
pack() {
    xz --format=lzma --lzma1=preset=9e,pb=0 -c | base64 -w 0
    echo
}

# texts: what the page is made of, each but the last before a form feed.
texts() {
    bare "$page/live.css"
    printf '\f'
    bare "$page/worker.js"
    printf '\f'
    bare "${scripts[@]}"
}

mapfile -t scripts <"$page/scripts.txt"
scripts=("${scripts[@]/#/$page/}")
for file in "$page"/{live.css,worker.js,unpack.js} "${scripts[@]}" "$module"; do
    [ -s "$file" ] || { printf 'join: no %s\n' "$file" >&2 && exit 1; }
done
temporary=$(mktemp -- "$output.XXXXXX")
trap 'rm -f -- "$temporary"' EXIT
places=0
while IFS= read -r line; do
    case $line in
    @UNPACK@) bare "$page/unpack.js" ;;
    @TEXTS@) texts | pack ;;
    @MODULE@) pack <"$module" ;;
    *) printf '%s\n' "$line" && continue ;;
    esac
    places=$((places + 1))
done <"$page/live.html" >"$temporary"
if [ "$places" -ne 3 ]; then
    printf 'join: %s has %d of the lines @UNPACK@, @TEXTS@, @MODULE@\n' \
        "$page/live.html" "$places" >&2
    exit 1
fi
chmod a+r -- "$temporary"
mv -- "$temporary" "$output"
printf '%s: %d bytes, %d compressed\n' "$output" "$(wc -c <"$output")" \
    "$(gzip -9nc -- "$output" | wc -c)"
