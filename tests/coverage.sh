#!/usr/bin/env bash
# coverage.sh - which lines and branches of the library the fast tests reach.
#
#     tests/coverage.sh
#
# Builds the preset coverage, runs the fast tests of the code, and prints a
# table of the files of lib/ and the totals. Asserts are left out: they are for
# what cannot be; so is what only a big-endian machine runs (GCOV_EXCL in the
# source).
# Status 1 where lib/ has less than 98 % of its lines or 92 % of its branches,
# or a parser less than all of its lines. Skipped (status 77) without gcovr.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
if ! command -v gcovr >/dev/null; then
    printf 'gcovr is not here\n'
    exit 77
fi
build=build/coverage
mkdir -p -- build
if ! { cmake --preset coverage && cmake --build --preset coverage; } \
    >build/coverage.log 2>&1; then
    tail -n 30 build/coverage.log >&2
    exit 1
fi
find "$build" -name '*.gcda' -delete
# Mutants are copies of the library; pages and the tree say little about it; and
# under limits, what counts the lines cannot write its files, and says so.
elsewhere='^(guard|mutant|docs|describe|site|sample|scene|browser|system_limits)'
# A test that fails says so, and does not hide what the others reach.
tests=0
ctest --test-dir "$build" -L fast -E "$elsewhere" -j "$(nproc)" --timeout 1800 \
    >build/coverage-tests.log 2>&1 || tests=1
[ "$tests" -eq 0 ] || grep -E '\*\*\*|tests passed' build/coverage-tests.log

# The innermost loops are inlined once for every size of a tile, also for those
# too large for the registers, which return at once: gcov counts the branches of
# each copy, so that these files have lines alone.
innermost='lib/kernel/(tiled_(tile|vector)[.]h|product_(tile_tmpl[.]c|dots[.]h))$'

# FILE lines lines-hit branches branches-hit, of every file that counts. What a
# killed process leaves may not add up, to a branch taken less than never: that
# is no error.
figures() {
    gcovr --root . --object-directory "$build" --filter "$1" "$build" --csv \
        --gcov-ignore-parse-errors |
        awk -F , -v innermost="$innermost" 'NR > 1 {
            if ($1 ~ innermost) $5 = $6 = 0
            print $1, $2, $3, $5, $6
        }'
}

report() {
    awk -v lines_floor="$2" -v branches_floor="$3" -v what="$1" '
        function percent(part, whole) {
            return whole ? 100 * part / whole : 100
        }
        {
            printf "%-36s %5d lines %6.2f %%  %5d branches %6.2f %%\n", $1,
                $2, percent($3, $2), $4, percent($5, $4)
            lines += $2; hit += $3; branches += $4; taken += $5
        }
        END {
            printf "%-36s %5d lines %6.2f %%  %5d branches %6.2f %%\n", what,
                lines, percent(hit, lines), branches, percent(taken, branches)
            if (!lines || percent(hit, lines) < lines_floor ||
                percent(taken, branches) < branches_floor) {
                printf "%s: expected %s %% of lines, %s %% of branches\n",
                    what, lines_floor, branches_floor
                exit 1
            }
        }'
}

parsers='lib/convlet/(npy|idx|safetensors).*\.c'
parsers+='|app/(cli/(config_file|flags|quote|value)|data/literal)\.c'
parsers+='|app/pictures/(formats|gzip|size|png|jpeg|jpeg_walk|bmp|pnm)\.c'
failed=$tests
figures 'lib/' | report lib 98 92 || failed=1
printf '\n'
figures "$parsers" | report parsers 100 0 || failed=1
exit "$failed"
