#!/usr/bin/env bash
# run.sh - builds the fuzz targets with clang and runs each of them for a while.
#
#     tests/fuzz/run.sh [--fast] [--seconds N | --whole] [TARGET...]
#
# N is 60 unless told, for each TARGET (all: the folders of corpus), and four
# times that for those that read whole files or arrays in this process: they are
# the way in, and fast. --whole is an hour for each, or 10^8 executions where
# they come first. --fast leaves AddressSanitizer out, for several times as many
# executions. Prints a line a target: its name, executions, seconds,
# findings. New inputs are kept in build/PRESET/found/TARGET, and what a target
# failed on in build/PRESET/findings/TARGET. Status 1 where there is a finding,
# 77 without clang.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
preset=fuzz seconds=60 whole=no
while [ $# -gt 0 ]; do
    case $1 in
    --fast) preset=fuzz-fast ;;
    --seconds) seconds=${2:?--seconds needs a number} && shift ;;
    --whole) whole=yes ;;
    -*) printf 'unknown flag %s\n' "$1" >&2 && exit 2 ;;
    *) break ;;
    esac
    shift
done
cd -- "$root"
targets=("$@")
if [ $# -eq 0 ]; then
    for folder in tests/fuzz/corpus/*/; do
        targets+=("$(basename -- "$folder")")
    done
fi

if ! command -v clang >/dev/null; then
    printf 'clang is not here\n'
    exit 77
fi
build=build/$preset
mkdir -p -- build
if ! { cmake --preset "$preset" && cmake --build --preset "$preset"; } \
    >"$build.log" 2>&1; then
    tail -n 30 -- "$build.log" >&2
    exit 1
fi

# What a sanitizer finds ends the run; a request for more memory than there is
# must be answered, so malloc may fail.
export ASAN_OPTIONS=allocator_may_return_null=1

# What ends the search of a target: flags of libFuzzer.
bounds_of() {
    if [ $whole = yes ]; then
        printf '%s\n' -max_total_time=3600 -runs=100000000
        return
    fi
    case $1 in
    npy | safetensors | picture | literal)
        printf '%s\n' "-max_total_time=$((4 * seconds))"
        ;;
    *) printf '%s\n' "-max_total_time=$seconds" ;;
    esac
}

all=0 found=0
for target in "${targets[@]}"; do
    new=$build/found/$target findings=$build/findings/$target
    log=$build/$target.log
    mkdir -p -- "$new" "$findings"
    mapfile -t flags < <(bounds_of "$target")
    flags+=(-timeout=60 -report_slow_units=60 -print_final_stats=1
        -artifact_prefix="$findings/")
    dictionary=tests/fuzz/dict/$target.dict
    [ ! -f "$dictionary" ] || flags+=(-dict="$dictionary")
    start=$SECONDS
    "$build/tests/fuzz/fuzz_$target" "${flags[@]}" "$new" \
        "tests/fuzz/corpus/$target" >"$log" 2>&1 || true
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    bad=$(find "$findings" -type f | wc -l)
    printf '%s\t%s executions\t%s s\t%s findings\n' "$target" "${count:-0}" \
        "$((SECONDS - start))" "$bad"
    all=$((all + ${count:-0})) found=$((found + bad))
done
printf 'total\t%s executions\t%s findings\n' "$all" "$found"
[ "$found" -eq 0 ]
