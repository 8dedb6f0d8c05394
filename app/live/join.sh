#!/usr/bin/env bash
# join.sh - joins the page, its style, its scripts and the module into one file.
#
#     join.sh PAGE MODULE OUTPUT
#
# PAGE is the directory of live.html, in which four lines stand for other files:
# @STYLE@ for live.css; @WORKER@ for worker.js, @SCRIPTS@ for those that
# scripts.txt names, in that order, and @MODULE@ for MODULE, all three
# compressed, in base64. Of style and scripts the indentation and whole lines of
# comment stay behind. Equal files give equal bytes.
set -euo pipefail

page=$1 module=$2 output=$3

# bare FILE ...: the scripts or styles without what only readers need.
bare() {
    sed -E '/^ *\/\/( |$)/d; s/^ +//' -- "$@"
}

# pack: a line that the page can unpack.
pack() {
    gzip -9n | base64 -w 0
    echo
}

mapfile -t scripts <"$page/scripts.txt"
scripts=("${scripts[@]/#/$page/}")
for file in "$page/live.css" "$page/worker.js" "${scripts[@]}" "$module"; do
    [ -s "$file" ] || { printf 'join: no %s\n' "$file" >&2 && exit 1; }
done
if grep -niE '</style|<!--' -- "$page/live.css" >&2; then
    printf 'join: a style must not hold these\n' >&2
    exit 1
fi
temporary=$(mktemp -- "$output.XXXXXX")
trap 'rm -f -- "$temporary"' EXIT
places=0
while IFS= read -r line; do
    case $line in
    @STYLE@) bare "$page/live.css" ;;
    @WORKER@) bare "$page/worker.js" | pack ;;
    @SCRIPTS@) bare "${scripts[@]}" | pack ;;
    @MODULE@) pack <"$module" ;;
    *) printf '%s\n' "$line" && continue ;;
    esac
    places=$((places + 1))
done <"$page/live.html" >"$temporary"
if [ "$places" -ne 4 ]; then
    printf 'join: %s has %d of the lines @STYLE@, @WORKER@, @SCRIPTS@ and %s\n' \
        "$page/live.html" "$places" '@MODULE@, expected each once' >&2
    exit 1
fi
chmod a+r -- "$temporary"
mv -- "$temporary" "$output"
printf '%s: %d bytes, %d compressed\n' "$output" "$(wc -c <"$output")" \
    "$(gzip -9nc -- "$output" | wc -c)"
