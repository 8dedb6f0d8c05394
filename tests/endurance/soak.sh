#!/usr/bin/env bash
# soak.sh - trains, kills, resumes and applies, over and over, on little memory.
#
#     soak.sh PROGRAM PICTURE [--seconds N]
#
# Runs for N seconds (60). In each loop a training run is killed without
# warning, and resumed until it ends; its files must be those of a run that was
# left alone, byte for byte, and so must what its model makes of the picture.
# Beside the loops one process trains all the time: its memory and its open
# files may not grow. No process may take more than LIMIT_KIB of address space.
set -euo pipefail

readonly LIMIT_KIB=$((768 * 1024)) GROWTH_KIB=1024
program=$(realpath -- "$1") picture=$(realpath -- "$2") seconds=60
if [ "${3:-}" = --seconds ]; then seconds=$4; fi
if [ ! -r /proc/self/status ]; then
    echo 'soak: skipped: no /proc to measure with'
    exit 77
fi
work=$(mktemp -d)
marathon=
clean_up() {
    if [ -n "$marathon" ] && kill -KILL "$marathon" 2>/dev/null; then
        wait "$marathon" 2>/dev/null || true
    fi
    rm -rf -- "$work"
}
trap clean_up EXIT
cd -- "$work"
ulimit -v "$LIMIT_KIB"
ulimit -c 0

fail() {
    printf 'soak: loop %d, kill %d: %s\n' "$loops" "$kills" "$*"
    exit 1
}

# The same settings for the run that is killed and the one that is not.
train=("$program" train --quiet --threads 2 --input "$picture"
    --target filter:gaussian --kernels 3 --groups 3 --kernel-size 5
    --padding 2 --steps 40 --checkpoint-every 5)

# A field of /proc/PID/status in KiB; 0 of a process that is gone.
status_of() {
    local kib
    kib=$(sed -n "s/^$2:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$1/status" \
        2>/dev/null) || true
    echo "${kib:-0}"
}

# The fewest of several looks: a checkpoint that is being written is open too,
# for a moment; a file that is never closed is there at every look.
open_files() {
    local look count fewest=
    for ((look = 0; look < 20; look++)); do
        count=$(find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l)
        if [ -z "$fewest" ] || [ "$count" -lt "$fewest" ]; then
            fewest=$count
        fi
        sleep 0.05
    done
    echo "$fewest"
}

same() {
    cmp -s -- "$1" "$2" || fail "$1 and $2 differ"
}

loops=0 kills=0 resumes=0
began=$(date +%s%N)
"${train[@]}" --out whole >/dev/null
span=$((($(date +%s%N) - began) / 1000000)) # ms that a run takes
"$program" apply --quiet --model whole/model.safetensors "$picture" -o whole.png

"$program" train --quiet --threads 1 --steps 1000000000 --rtol 0 --atol 0 \
    --log-every 1000000 \
    --checkpoint-every 5000 --out marathon >/dev/null 2>marathon.err &
marathon=$!
until [ -e marathon/checkpoint.safetensors ]; do
    kill -0 "$marathon" 2>/dev/null || fail "$(<marathon.err)"
    sleep 0.1
done
first_kib=$(status_of "$marathon" VmRSS)
first_files=$(open_files "$marathon")

# Starts or continues the run, and kills it some time later, unless it ends
# before. Leaves `ended` 1 where it did. Each life may last longer than the one
# before: on a busy machine none would reach its first checkpoint otherwise.
one_life() {
    local pid delay kib
    if [ -e killed/config.ini ]; then
        resumes=$((resumes + 1))
        "$program" train --quiet --resume killed >/dev/null 2>killed.err &
    else
        rm -rf killed
        "${train[@]}" --out killed >/dev/null 2>killed.err &
    fi
    pid=$!
    lives=$((lives + 1))
    delay=$((RANDOM % ((2 + lives / 4) * span + 20)))
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kib=$(status_of "$pid" VmHWM)
    [ "$kib" -le "$peak_kib" ] || peak_kib=$kib
    ended=0
    if kill -KILL "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
    if wait "$pid" 2>/dev/null; then
        ended=1
    elif [ -s killed.err ]; then
        fail "$(<killed.err)"
    fi
}

RANDOM=1
peak_kib=0 first_peak_kib=0
while [ $(($(date +%s%N) - began)) -lt $((seconds * 1000000000)) ]; do
    loops=$((loops + 1))
    ended=0 lives=0
    until [ "$ended" -eq 1 ]; do one_life; done
    for file in model.safetensors checkpoint.safetensors loss.csv; do
        same "killed/$file" "whole/$file"
    done
    "$program" apply --quiet --model killed/model.safetensors "$picture" \
        -o killed.png
    same killed.png whole.png
    rm -rf killed killed.png
    [ "$first_peak_kib" -gt 0 ] || first_peak_kib=$peak_kib
done

kill -0 "$marathon" 2>/dev/null || fail "the marathon ended: $(<marathon.err)"
last_kib=$(status_of "$marathon" VmRSS)
last_files=$(open_files "$marathon")
[ "$last_files" -le "$first_files" ] ||
    fail "the marathon's open files grew from $first_files to $last_files"
[ "$last_kib" -le $((first_kib + GROWTH_KIB)) ] ||
    fail "the marathon's memory grew from $first_kib to $last_kib KiB"
printf 'soak: %d s, %d loops, %d kills, %d resumes, all results equal\n' \
    "$seconds" "$loops" "$kills" "$resumes"
printf 'soak: one process all the time: %d to %d KiB, %d to %d open files\n' \
    "$first_kib" "$last_kib" "$first_files" "$last_files"
printf 'soak: the killed ones: peak %d KiB in the first loop, %d in all\n' \
    "$first_peak_kib" "$peak_kib"
