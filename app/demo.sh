#!/usr/bin/env bash
# demo.sh - installs what is missing, builds convlet, and trains on a picture.
#
#     app/demo.sh [flag ...]
#
# Flags are added to the training command.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/app/install_packages.sh" program
cd -- "$root"

if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
cmake -S . -B build/demo -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF
cmake --build build/demo -j "$(nproc)"

out=out/demo
train=(build/demo/app/convlet train --input assets/sample.png
    --target filter:gaussian --kernels 3 --groups 3 --kernel-size 5
    --stride 1 --padding 2 --out "$out" --force "$@")
printf '\n$ %s\n' "${train[*]}"
"${train[@]}"

printf '\nThe pictures of this run:\n'
find "$out" -name '*.png' | sort | while read -r picture; do
    printf '  %s\n' "$picture"
done
