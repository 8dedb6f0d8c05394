#!/usr/bin/env bash
# scripts.sh - runs shellcheck over every script.
#
#     scripts.sh ROOT
#
# Skipped (status 77) without shellcheck.
set -euo pipefail

cd -- "$1"
if ! command -v shellcheck >/dev/null; then
    printf 'shellcheck is not here\n'
    exit 77
fi
find app docs lib tests -name '*.sh' -print0 | xargs -0 shellcheck -- .ci/run
