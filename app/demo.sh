#!/usr/bin/env bash
# demo.sh - installs what is missing, builds convlet, trains on a picture and on
# digits, and shows a drawn digit to what it learned.
#
#     app/demo.sh [flag ...]
#
# Flags are added to the training on the picture.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/app/install_packages.sh" program
cd -- "$root"

if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
cmake -S . -B build/demo -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF
cmake --build build/demo -j "$(nproc)"

# Shows a command, and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

convlet=build/demo/app/convlet
picture=out/demo/filter
digits=out/demo/digits
run "$convlet" train --input assets/sample.png --target filter:gaussian \
    --kernels 3 --groups 3 --kernel-size 5 --stride 1 --padding 2 \
    --out "$picture" --force "$@"
run "$convlet" train --preset digits --out "$digits" --force
run "$convlet" apply --model "$digits/model.safetensors" assets/drawn/four.png

printf '\nThe pictures of the first run:\n'
find "$picture" -name '*.png' | sort | while read -r name; do
    printf '  %s\n' "$name"
done
printf '\nOpen these in a browser:\n'
printf '  %s  a filter, learned from a picture\n' "$picture/report.html"
printf '  %s  digits, learned from examples\n' "$digits/report.html"
