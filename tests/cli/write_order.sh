#!/usr/bin/env bash
# write_order.sh - files are written beside, synced, renamed, and the
# directory is synced; the log before the checkpoint: as strace sees it.
#
#     write_order.sh CONVLET
#
# Skipped (status 77) without strace.
set -euo pipefail

if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
    printf 'skipped: strace is not here or may not trace\n'
    exit 77
fi
convlet=$(realpath -- "$1")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
strace -f -y -o trace -e trace=openat,write,writev,fsync,rename,renameat,renameat2 \
    "$convlet" train --quiet --steps 3 --out run >/dev/null

# order FILE: the numbers of the five lines must rise.
order() {
    local file=$1 renamed temporary last=0 step line
    renamed=$(grep -nE "rename.*\"[^\"]*$file\"" trace | head -n 1)
    temporary=$(sed -E 's/^[^"]*"([^"]*)".*/\1/' <<<"${renamed#*:}")
    for step in "openat\(.*\"$temporary\".*O_EXCL" "write(v)?\(.*$temporary" \
        "fsync\(.*$temporary" "rename.*\"$temporary\".*$file" \
        "fsync\([0-9]+<[^>]*/run>"; do
        line=$(awk -v after="$last" 'NR > after' trace | grep -nE "$step" |
            head -n 1 | cut -d: -f1) || true
        if [ -z "$line" ]; then
            printf '%s: no %s after line %s of:\n' "$file" "$step" "$last"
            cat trace
            exit 1
        fi
        last=$((last + line))
    done
    printf '%s: made, written, synced, renamed, directory synced\n' "$file"
}
# before FIRST SECOND: the first line that matches one is before the other's.
before() {
    local first second
    first=$(grep -nE "$1" trace | head -n 1 | cut -d: -f1)
    second=$(grep -nE "$2" trace | head -n 1 | cut -d: -f1)
    if [ -z "$first" ] || [ -z "$second" ] || [ "$first" -ge "$second" ]; then
        printf 'no %s before %s\n' "$1" "$2"
        cat trace
        exit 1
    fi
}
before "fsync\([0-9]+<$work>" "openat\(.*/run>"
printf 'run: the directory above synced\n'
before 'fsync\([0-9]+<[^>]*/run/loss.csv>' 'rename.*"checkpoint.safetensors'
printf 'loss.csv: synced before the checkpoint\n'
order config.ini
order checkpoint.safetensors
order model.safetensors
