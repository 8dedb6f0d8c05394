#!/usr/bin/env bash
# run.sh - builds the fuzz targets with clang and runs each of them for a while.
#
#     tests/fuzz/run.sh [--fast] [--built] [--seconds N | --whole] [--workers N]
#                       [TARGET...]
#
# N is 60 unless told, for each TARGET (all: the folders of corpus), and four
# times that for those that read whole files or arrays in this process: they are
# the way in, and fast. --whole is an hour for each, or 10^8 executions where
# they come first. --workers lets N processes share that time and these
# executions, each with a seed of its own. --fast leaves AddressSanitizer out,
# for several times as many executions. --built takes the programs as they are,
# on a machine without clang. Prints a line a target: its name, executions,
# seconds of all workers, findings. New inputs are kept in
# build/PRESET/found/TARGET, and what a target failed on in
# build/PRESET/findings/TARGET. Status 1 where there is a finding or no such
# program, 77 without clang.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
preset=fuzz seconds=60 whole=no built=no workers=1
while [ $# -gt 0 ]; do
    case $1 in
    --fast) preset=fuzz-fast ;;
    --seconds) seconds=${2:?--seconds needs a number} && shift ;;
    --whole) whole=yes ;;
    --built) built=yes ;;
    --workers) workers=${2:?--workers needs a number} && shift ;;
    -*) printf 'unknown flag %s\n' "$1" >&2 && exit 2 ;;
    *) break ;;
    esac
    shift
done

# at_least_one FLAG NUMBER: or says what is wrong, and ends.
at_least_one() {
    if ! [[ $2 =~ ^[1-9][0-9]*$ ]]; then
        printf -- '%s is %s; give 1 or more\n' "$1" "$2" >&2
        exit 2
    fi
}
at_least_one --seconds "$seconds"
at_least_one --workers "$workers"

cd -- "$root"
targets=("$@")
if [ $# -eq 0 ]; then
    for folder in tests/fuzz/corpus/*/; do
        targets+=("$(basename -- "$folder")")
    done
fi

build=build/$preset
mkdir -p -- build
if [ $built = no ]; then
    if ! command -v clang >/dev/null; then
        printf 'clang is not here\n'
        exit 77
    fi
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset"; } \
        >"$build.log" 2>&1; then
        tail -n 30 -- "$build.log" >&2
        exit 1
    fi
fi

# What a sanitizer finds ends the run; a request for more memory than there is
# must be answered, so malloc may fail.
export ASAN_OPTIONS=allocator_may_return_null=1

# What ends the search of a target, for each of its workers: flags of libFuzzer,
# which takes a time of 0 for no end.
bounds_of() {
    local time=$seconds runs=-1
    case $1 in
    npy | safetensors | picture | literal) time=$((4 * seconds)) ;;
    esac
    if [ $whole = yes ]; then
        time=3600 runs=$(((100000000 + workers - 1) / workers))
    fi
    printf '%s\n' "-max_total_time=$(((time + workers - 1) / workers))" \
        "-runs=$runs"
}

# search TARGET: all its workers, to the end.
search() {
    local target=$1 new=$build/found/$1 flags worker
    local program=$build/tests/fuzz/fuzz_$target
    if ! [ -x "$program" ]; then
        printf '%s is not there\n' "$program" >&2
        exit 1
    fi
    mapfile -t flags < <(bounds_of "$target")
    flags+=(-timeout=60 -report_slow_units=60 -print_final_stats=1
        -artifact_prefix="$build/findings/$target/")
    [ ! -f "tests/fuzz/dict/$target.dict" ] ||
        flags+=(-dict="tests/fuzz/dict/$target.dict")
    rm -f -- "$build/$target".*.log
    mkdir -p -- "$new" "$build/findings/$target"
    for ((worker = 1; worker <= workers; worker++)); do
        "$program" "${flags[@]}" "$new" \
            "tests/fuzz/corpus/$target" >"$build/$target.$worker.log" 2>&1 &
    done
    wait
}

all=0 found=0
for target in "${targets[@]}"; do
    start=$SECONDS
    touch -- "$build/$target.started"
    search "$target"
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' \
        "$build/$target".*.log | awk '{ sum += $1 } END { print sum + 0 }')
    bad=$(find "$build/findings/$target" -type f \
        -newer "$build/$target.started" | wc -l)
    printf '%s\t%s executions\t%s s\t%s findings\n' "$target" "$count" \
        "$(((SECONDS - start) * workers))" "$bad"
    all=$((all + count)) found=$((found + bad))
done
printf 'total\t%s executions\t%s findings\n' "$all" "$found"
[ "$found" -eq 0 ]
