#!/usr/bin/env bash
# nets_test.sh - a short run of nets.sh, and what the page makes of it.
#
#     nets_test.sh CONVLET ROOT
#
# Fails where a net does not learn in PyTorch as in convlet, where a figure is
# missing, and where the page is not written. Skipped without PyTorch.
set -euo pipefail

convlet=$(realpath -- "$1") root=$(realpath -- "$2")
here=$root/tests/bench/peers
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
"${PEERS_PYTHON:-/usr/bin/python3}" -c 'import torch' 2>/dev/null || {
    echo 'skipped: no torch'
    exit 77
}

fail() {
    printf '%s\n' "$1"
    exit 1
}

export PEERS_NETS="enlarge digits" PEERS_THREADS=1 PEERS_ROUNDS=1
export PEERS_SECONDS=0.01
bash "$here/nets.sh" "$convlet" "$root/assets/presets" "$work" ||
    fail 'the run failed'
for net in $PEERS_NETS; do
    for peer in convlet pytorch; do
        for load in quiet busy; do
            awk -F '\t' -v key="$net $peer 1 $load" '
                $1 " " $2 " " $3 " " $4 == key && $5 > 0 && $6 >= $5 { ok = 1 }
                END { exit !ok }' "$work/nets.tsv" ||
                fail "no figure of $net, $peer, $load"
        done
    done
done

mkdir "$work/docs"
cat >"$work/docs/performance.md" <<'END'
before
<!-- peers_nets: begin -->
old
<!-- peers_nets: end -->
after
END
bash "$here/docs.sh" peers_nets "$work/nets.tsv" "$work/docs"
page=$(cat -- "$work/docs/performance.md")
case $page in
*old*) fail 'the old table is still there' ;;
before*'| enlarge |'*'| digits |'*after) ;;
*) fail "the page is not as it should be:
$page" ;;
esac
if grep -E '\| (enlarge|digits) \|.* - \|' <<<"$page"; then
    fail 'a figure of the table is missing'
fi
grep -q '<title>digits, 1 thread, busy: [0-9.]*</title>' \
    "$work/docs/performance-nets.svg" || fail 'a bar of the picture is missing'
cmp -s "$work/nets.tsv" "$work/docs/performance-nets.tsv" ||
    fail 'the figures were not kept'
