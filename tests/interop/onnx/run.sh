#!/usr/bin/env bash
# run.sh - exported models are sound, and compute what convlet computes.
#
#     run.sh CONVLET MODULES
#
# Of each layer kind and option, in odd sizes, and of each preset: the file
# passes onnx.checker (where Debian's python3-onnx is), and onnxruntime, which
# npm brings into MODULES, makes of an input what convlet does. Skipped (status
# 77) without node or npm.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
convlet=$(realpath -- "$1") modules=$(realpath -m -- "$2")
for tool in node npm; do
    command -v "$tool" >/dev/null || {
        printf 'onnx: skipped: %s is not here\n' "$tool"
        exit 77
    }
done
mkdir -p -- "$modules"
if ! cmp -s -- "$here/package-lock.json" "$modules/installed"; then
    cp -- "$here/package.json" "$here/package-lock.json" "$modules"
    (cd -- "$modules" && npm ci --ignore-scripts --prefer-offline --no-audit \
        --no-fund >log 2>&1) || {
        printf 'onnx: skipped: npm: %s\n' "$(tail -n 3 "$modules/log")"
        exit 77
    }
    cp -- "$here/package-lock.json" "$modules/installed"
fi
python=
for name in /usr/bin/python3 python3; do
    if "$name" -c 'import onnx' 2>/dev/null; then python=$name && break; fi
done
[ -n "$python" ] || echo 'onnx: without its checker: python3-onnx is not here'

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
count=0 failed=0

fail() {
    printf 'onnx: %s: %s\n' "$1" "$2"
    failed=$((failed + 1))
}

check() {
    [ -n "$python" ] || return 0
    "$python" - "$1" <<'END'
import sys
import onnx
onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)
END
}

# compare NAME MODEL SHAPE COMMAND...: COMMAND makes y.npy of x.npy.
compare() {
    local name=$1 model=$2 shape=$3
    shift 3
    count=$((count + 1))
    "$convlet" conv --input "uniform:$shape" --net 'avgpool 1' \
        --dtype float32 --force -o x.npy
    if ! "$convlet" export --model "$model" -o net.onnx --force 2>log; then
        fail "$name" "$(<log)"
    elif ! check net.onnx >log 2>&1; then
        fail "$name" "$(tail -n 1 log)"
    elif ! "$@" >log 2>&1; then
        fail "$name" "$(tail -n 1 log)"
    elif ! node "$here/run.mjs" "$modules" net.onnx x.npy y.npy >log 2>&1; then
        fail "$name" "$(grep -E 'off by|^Error' log | cut -c 1-200)"
    fi
}

# net CHANNELS HEIGHT WIDTH SPEC [FLAG...]: one that took two steps.
net() {
    local channels=$1 height=$2 width=$3 spec=$4
    shift 4
    "$convlet" train --quiet --net "$spec" --channels "$channels" \
        --height "$height" --width "$width" --batch 3 --steps 2 --lr 1e-5 \
        --init kaiming --out run --force "$@" >/dev/null
    compare "$spec" run/model.safetensors "2,$channels,$height,$width" \
        "$convlet" conv --model run/model.safetensors --mode eval \
        --input x.npy -o y.npy --force
}

net 1 9 11 'conv 4 3x3 padding=1, relu, maxpool 2, conv 2 3x3 padding=1'
net 3 9 11 "conv 6 3x2 stride=2x1 padding=1x0x2x1 dilation=1x2 groups=3 \
bias=no, leaky 0.2, batchnorm eps=1e-3, tanh"
net 4 7 7 'conv 8 3x3 tied=yes groups=2, sigmoid, avgpool all, dense 5'
net 1 11 12 'conv 5 3x3 stride=2 padding=fit, maxpool all, dense 3 bias=no'
net 4 5 6 'shuffle 2, conv 2 2x2 stride=2 padding=same, tanh'
net 2 1 1 'conv 3 1x1, batchnorm, relu, conv 2 3x3 padding=1'
net 2 13 17 'conv 4 3x3, relu, avgpool 2, conv 3 2x2' --dtype float64
for window in '3x2 stride=2 padding=1' '2 stride=3' '2x3 stride=3x2 padding=1' \
    '3x4 stride=2x3 padding=1x2'; do
    for rest in '' ' ceil=yes'; do
        net 2 13 17 "maxpool $window$rest"
        net 2 13 17 "avgpool $window$rest"
        net 2 13 17 "avgpool $window$rest count-padding=no"
    done
done
net 1 28 28 'conv 6 5x5 padding=2, relu, maxpool 2, conv 16 5x5, relu, maxpool 2,
dense 120, relu, dense 84, relu, dense 10'

# restorer PRESET CHANNELS: on sizes that it was not trained on; `denoise` works
# on a grid of half the size.
restorer() {
    local size
    "$convlet" train --preset "$1" --steps 5 --quiet --out run --force \
        >/dev/null 2>&1
    for size in 34,46 8,10; do
        compare "$1 on $size" run/model.safetensors "2,$2,$size" \
            "$convlet" apply --quiet --model run/model.safetensors x.npy \
            -o y.npy --force
    done
}
restorer denoise 3
restorer superres 1
restorer enlarge 1
"$convlet" train --preset digits --epochs 1 --quiet --out run --force \
    >/dev/null 2>&1
compare digits run/model.safetensors 5,1,8,8 "$convlet" conv \
    --model run/model.safetensors --mode eval --input x.npy -o y.npy --force

printf 'onnx: %d of %d models agree\n' "$((count - failed))" "$count"
[ "$failed" -eq 0 ]
