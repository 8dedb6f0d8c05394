#!/bin/sh
# digits_pack.sh - packs the pictures of the digits for digits_unpack.c.
#
#     digits_pack.sh IMAGES.idx OUTPUT.c
set -eu
pixels=$(od -An -v -tu1 "$1")
printf '%s\n' "$pixels" | awk -f "$(dirname "$0")/digits_pack.awk" >"$2"
