#!/usr/bin/env bash
# exports.sh - a kernel's object file gives away one name, of its own variant.
#
#     exports.sh OBJECT...
#
# A second name, such as a helper that is not static, would be one that the
# linker may take for all variants: and so run AVX-512 on a processor without.
set -euo pipefail

command -v nm >/dev/null || exit 77
failed=0
for object in "$@"; do
    # .../convlet_tiled_avx2_f32.dir/kernel/tiled_tmpl.c.o
    variant=${object%%.dir/*}
    variant=${variant##*convlet_tiled_}
    name=${object##*/}
    name=cvl_${name%%_tmpl.c*}_$variant
    exported=$(nm -g --defined-only "$object" | awk '$2 ~ /[A-Z]/ { print $3 }')
    # Sanitizers and gcov add names of their own.
    exported=$(grep -v '^_' <<<"$exported" || true)
    if [ "$exported" != "$name" ]; then
        printf '%s: exports %s, expected %s alone\n' "$object" \
            "$(tr '\n' ' ' <<<"$exported")" "$name"
        failed=1
    fi
done
exit "$failed"
