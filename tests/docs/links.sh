#!/usr/bin/env bash
# links.sh - checks every link and every picture of the pages: links.awk.
#
#     links.sh ROOT
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$1"
mapfile -t pages < <(find . -maxdepth 1 -name '*.md' && find docs -name '*.md')
mapfile -t figures < <(find docs -path '*/figures/*' -name '*.svg' \
    -o -path '*/figures/*' -name '*.png')
awk -v figures="${figures[*]}" -f "$here/links.awk" "${pages[@]#./}"
