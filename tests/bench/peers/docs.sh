#!/usr/bin/env bash
# docs.sh - puts the figures of a run of the peers into docs/performance.*.
#
#     docs.sh PEERS_TSV DOCS SHAPES
#
# The tables replace what stands between the two markers in performance.md;
# performance.tsv, performance.svg and roofline.svg are written anew. With
# PEERS_PAGE=performance-avx2 in the environment, those of that page are; the
# roofline is the first one's.
set -euo pipefail

results=$1 docs=$2 shapes=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
name=${PEERS_PAGE:-performance}
page=$docs/$name.md

for marker in '<!-- peers: begin -->' '<!-- peers: end -->'; do
    grep -qxF -- "$marker" "$page" || {
        printf '%s: lacks the line %s\n' "$page" "$marker" >&2
        exit 1
    }
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

awk -f "$here/table.awk" "$results" >"$work/table"
awk -v table="$work/table" '
    /^<!-- peers: end -->$/ { inside = 0 }
    !inside
    /^<!-- peers: begin -->$/ {
        inside = 1
        print ""
        while ((getline line <table) > 0) print line
        print ""
    }' "$page" >"$work/page"
awk -f "$here/chart.awk" "$results" >"$work/chart"
awk -f "$here/roofline.awk" "$shapes" "$results" >"$work/roofline"
cat "$work/page" >"$page"
if [ "$name" = performance ]; then
    cat "$work/roofline" >"$docs/roofline.svg"
fi
cat "$work/chart" >"$docs/$name.svg"
cat "$results" >"$docs/$name.tsv"
