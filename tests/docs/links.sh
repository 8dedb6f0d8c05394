#!/usr/bin/env bash
# links.sh - checks every link and every picture of the pages: links.awk; each
# room of the live page has a heading of its own in docs/live-page.md, and its
# link to a chapter leads to one.
#
#     links.sh ROOT
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$1"
mapfile -t pages < <(find . -maxdepth 1 -name '*.md' && find docs -name '*.md')
mapfile -t figures < <(find docs -path '*/figures/*' -name '*.svg' \
    -o -path '*/figures/*' -name '*.png')
failed=0
awk -v figures="${figures[*]}" -f "$here/links.awk" "${pages[@]#./}" ||
    failed=1

# member NAME FILE: the texts that a script gives for it.
member() {
    sed -nE "s/^ *(.*[{ ])?$1: '([^']*)'.*$/\\2/p" "$2"
}
for room in app/live/page/room_*.js; do
    [ -e "$room" ] || continue
    while IFS= read -r chapter; do
        [ -e "docs/${chapter%.html}.md" ] && continue
        printf '%s: docs has no chapter %s\n' "$room" "${chapter%.html}"
        failed=1
    done < <(member chapter "$room")
    while IFS= read -r title; do
        grep -qsxF -- "## $title" docs/live-page.md && continue
        printf '%s: docs/live-page.md has no heading %s\n' "$room" "$title"
        failed=1
    done < <(member title "$room" | head -n 1)
done
exit "$failed"
