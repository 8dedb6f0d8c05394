#!/usr/bin/env bash
# format.sh - fails where clang-format would lay a source file out otherwise.
#
#     format.sh ROOT
#
# Versions of clang-format disagree, so only version 14 is asked; without it
# the test is skipped (status 77).
set -euo pipefail

cd -- "$1"
for tool in clang-format-14 clang-format none; do
    version=$("$tool" --version 2>/dev/null) || continue
    [[ $version != *' version 14.'* ]] || break
done
if [ "$tool" = none ]; then
    printf 'clang-format 14 is not here\n'
    exit 77
fi
find lib app tests -name '*.[ch]' -print0 |
    xargs -0 "$tool" --dry-run -Werror
