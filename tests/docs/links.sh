#!/usr/bin/env bash
# links.sh - checks every link and every picture of the pages: links.awk; each
# room of the live page has a heading of its own in docs/live-page.md, and the
# links of the page to chapters lead to such.
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

for script in app/live/page/*.js; do
    [ -e "$script" ] || continue
    while IFS= read -r chapter; do
        [ -e "docs/$chapter.md" ] && continue
        printf '%s: docs has no chapter %s\n' "$script" "$chapter"
        failed=1
    done < <(sed -nE "s/^.*'([0-9]+[a-z]?-[a-z0-9-]+)\.html'.*$/\1/p" "$script")
    title=$(sed -nE "/^addRoom/,\$ s/^.*title: '([^']*)'.*$/\1/p" "$script")
    [ -z "$title" ] || grep -qsxF -- "## $title" docs/live-page.md && continue
    printf '%s: docs/live-page.md has no heading %s\n' "$script" "$title"
    failed=1
done
exit "$failed"
