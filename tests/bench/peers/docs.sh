#!/usr/bin/env bash
# docs.sh - puts the figures of a run of the peers into docs/performance.*.
#
#     docs.sh peers PEERS_TSV DOCS SHAPES
#     docs.sh peers_nets NETS_TSV DOCS
#
# The tables replace what stands between the two markers of that target's name
# in performance.md. Of the peers, performance.tsv, performance.svg and
# roofline.svg are written anew; of the nets, performance-nets.tsv and .svg.
# With PEERS_PAGE=performance-avx2 in the environment, those of that page are;
# the roofline is the first one's.
set -euo pipefail

target=$1 results=$2 docs=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
name=${PEERS_PAGE:-performance}
page=$docs/$name.md
case $target in
peers) table=table chart=chart files=$name ;;
peers_nets) table=nets_table chart=nets_chart files=$name-nets ;;
*) exit 2 ;;
esac

begin="<!-- $target: begin -->" end="<!-- $target: end -->"
for marker in "$begin" "$end"; do
    grep -qxF -- "$marker" "$page" || {
        printf '%s: lacks the line %s\n' "$page" "$marker" >&2
        exit 1
    }
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

awk -f "$here/$table.awk" "$results" >"$work/table"
awk -v table="$work/table" -v begin="$begin" -v end="$end" '
    $0 == end { inside = 0 }
    !inside
    $0 == begin {
        inside = 1
        print ""
        while ((getline line <table) > 0) print line
        print ""
    }' "$page" >"$work/page"
awk -f "$here/$chart.awk" "$results" >"$work/chart"
if [ "$files" = performance ]; then
    awk -f "$here/roofline.awk" "$4" "$results" >"$work/roofline"
    cat "$work/roofline" >"$docs/roofline.svg"
fi
cat "$work/page" >"$page"
cat "$work/chart" >"$docs/$files.svg"
cat "$results" >"$docs/$files.tsv"
