#!/usr/bin/env bash
# man.sh - formats the manual pages, which must bring no warning, and looks
# for every flag in them.
#
#     man.sh DIRECTORY CONVLET
set -euo pipefail

for tool in help2man man groff; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
convlet=$(realpath -- "$2")
cd -- "$1"
for page in convlet*.1; do
    warnings=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || { printf '%s\n' "$warnings"; exit 1; }
    warnings=$(groff -man -ww -Tutf8 "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || { printf '%s\n' "$warnings"; exit 1; }
done

# expect PAGE WORDS...: they stand in the page.
expect() {
    local page=$1 text words
    shift
    text=$(MANWIDTH=80 man -l "$page" | col -bx)
    for words; do
        grep -qF -- "$words" <<<"$text" ||
            { echo "$page has not: $words"; exit 1; }
    done
}
expect convlet.1 'convlet - train and examine convolution layers' \
    'EXIT STATUS' 'compare gradients with finite differences' \
    'convlet-train(1)'
expect convlet-train.1 'EXIT STATUS' '--[no-]bias' \
    'pictures in the random input (default: 2; 1 or more)'
expect convlet-apply.1 '-o, --output FILE|DIR|-' 'convlet apply [flags] FILE...'
while read -r command _; do
    wanted=$("$convlet" __complete "$command" -- | cut -f 1 |
        grep -v '^--no-' | sort)
    got=$(sed -n '/^\.TP/{n;p}' "convlet-$command.1" |
        sed 's/\\-/-/g; s/\\f.//g; s/\[no-\]//' | grep -Eo '^(-., )?--[a-z][a-z0-9-]*' | sed 's/^-., //' | sort)
    [ "$got" = "$wanted" ] && continue
    printf '%s: %s\nexpected: %s\n' "$command" "$got" "$wanted"
    exit 1
done < <("$convlet" __complete '' | grep -v '^-')
