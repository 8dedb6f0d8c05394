#!/usr/bin/env bash
# apply.sh - puts one fault of the museum into a copy of the files it patches.
#
#     apply.sh PATCH ROOT COPY FILE
#
# COPY gets the files of ROOT that PATCH changes, changed, and FILE, which is
# to be compiled. Where the patch no longer applies, FILE stays as it is and
# COPY/refused tells why: check.sh will say so, and the other mutants live on.
set -euo pipefail

patch=$(realpath -- "$1")
root=$(realpath -- "$2")
copy=$3
file=$4

rm -rf -- "$copy"
{
    sed -n 's/^--- //p' "$patch"
    printf '%s\n' "$file"
} | while read -r name; do
    mkdir -p -- "$copy/$(dirname -- "$name")"
    cp -- "$root/$name" "$copy/$name"
done
cd -- "$copy"
if ! patch -p0 -F0 --no-backup-if-mismatch <"$patch" >log 2>&1; then
    cp -- "$root/$file" "$file"
    mv log refused
fi
