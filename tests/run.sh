#!/usr/bin/env bash
# run.sh - installs what is missing, builds convlet, and runs every test.
#
#     tests/run.sh [ctest argument ...]
#
# For example: tests/run.sh -R npy -V. With -C Slow, the slow tests run too.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/app/install_packages.sh" program tests
cd -- "$root"

# An existing build directory keeps the generator it was made with.
if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
cmake --preset dev
cmake --build --preset dev -j "$(nproc)"
counts=build/dev/Testing/docs-count
rm -rf -- "$counts"
status=0
ctest --test-dir build/dev --output-on-failure -j "$(nproc)" "$@" || status=$?
[ ! -d "$counts" ] || tests/docs/summary.sh "$counts"
exit "$status"
