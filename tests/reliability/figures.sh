#!/usr/bin/env bash
# figures.sh - puts what tests printed last into the table of a page.
#
#     figures.sh PAGE LOG...
#
# LOGs are outputs of ctest -V, or of the scripts by themselves. Of each line
# below, the last one that a log has replaces the last cell of the row of that
# name; rows that no log speaks of stay. A run of a few tests is no run of the
# tests: those have three digits. Prints the names of those it replaced.
set -euo pipefail

page=$1
shift
rows=(
    'Tests|^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]{3,}$'
    'Faults|^[0-9]+ faults injected into'
    'Faults, ranks|^ranks: .* wrong ends$'
    'Kills|kills survived'
    'Bits|determinism: [0-9]+ runs.* in each$'
    'Bits, two compilers|determinism: [0-9]+ runs.* compiler agrees'
    'Soak|soak: [0-9]+ s, '
    'Growth|soak: one process'
    'Big-endian|cross: s390x: '
    'aarch64|cross: arm64: '
    'Plain C11|variant: plain: '
    'clang|variant: clang: '
    'No threads|variant: alone: '
    'ASan, UBSan|sanitize: asan: '
    'The same, clang|sanitize: asan-clang: '
    'MSan|sanitize: msan: '
    'TSan|sanitize: tsan: '
    'Valgrind|sanitize: valgrind: '
    'Coverage|^lib '
    'Parsers|^parsers '
    'Corpora|^corpora: '
    'Proofs|^proof: [0-9]+ proved'
)
for target in "$(dirname -- "${BASH_SOURCE[0]}")"/../fuzz/corpus/*/; do
    target=$(basename -- "$target")
    rows+=("fuzz $target|^${target}[[:space:]]+[0-9]+ executions")
done
for row in "${rows[@]}"; do
    name=${row%%|*} pattern=${row#*|}
    line=$(cat -- "$@" | sed -E 's/^[0-9]+: //' | grep -E "$pattern" |
        tail -n 1 | tr -s ' \t' ' ' || true)
    [ -n "$line" ] || continue
    awk -v name="$name" -v line="$line" '
        index($0, "| " name " |") == 1 {
            sub(/\|[^|]*\|$/, "")
            $0 = $0 "| " line " |"
        }
        { print }' "$page" >"$page.new"
    mv -- "$page.new" "$page"
    printf '%s: %s\n' "$name" "$line"
done
