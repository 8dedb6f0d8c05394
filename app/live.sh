#!/usr/bin/env bash
# live.sh - builds the live page, installing what is missing, and opens it.
#
#     app/live.sh
#
# LIVE_NO_OPEN=1: builds it, and says where it is.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
app/install_packages.sh program live
cmake --preset release
cmake --build --preset release --target live
page=$PWD/build/release/live.html
if [ -n "${LIVE_NO_OPEN-}" ] || ! command -v xdg-open >/dev/null; then
    printf 'Open this page in a browser: file://%s\n' "$page"
else
    xdg-open "$page"
fi
