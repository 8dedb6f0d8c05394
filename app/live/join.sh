#!/usr/bin/env bash
# join.sh - joins the page, its style, its scripts and the module into one file.
#
#     join.sh PAGE MODULE OUTPUT
#
# PAGE is the directory of live.html, in which four lines stand for other files:
# @STYLE@ for live.css, @WORKER@ for worker.js, @SCRIPTS@ for those that
# scripts.txt names, in that order, and @MODULE@ for MODULE, compressed, in
# base64. Equal files give equal bytes.
set -euo pipefail

page=$1 module=$2 output=$3

# The text of the files as the inside of an element, which would end there.
inside() {
    if grep -niE '</(script|style)|<!--' -- "$@" >&2; then
        printf 'join: a script or a style must not hold these\n' >&2
        return 1
    fi
    cat -- "$@"
}

mapfile -t scripts <"$page/scripts.txt"
scripts=("${scripts[@]/#/$page/}")
temporary=$(mktemp -- "$output.XXXXXX")
trap 'rm -f -- "$temporary"' EXIT
places=0
while IFS= read -r line; do
    case $line in
    @STYLE@) inside "$page/live.css" ;;
    @WORKER@) inside "$page/worker.js" ;;
    @SCRIPTS@) inside "${scripts[@]}" ;;
    @MODULE@) gzip -9nc -- "$module" | base64 -w 0 && echo ;;
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
