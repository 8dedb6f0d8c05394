#!/bin/sh
# pack.sh - packs the pictures of the digits for unpack.c.
#
#     pack.sh IMAGES.idx OUTPUT.c
set -eu
pixels=$(od -An -v -tu1 "$1")
printf '%s\n' "$pixels" | awk -f "$(dirname "$0")/pack.awk" >"$2"
