#!/usr/bin/env bash
# valgrind.sh - the test programs of the code, and command lines, in valgrind.
#
#     valgrind.sh ROOT BUILD ...
#
# Runs the test programs of the build BUILD, with a share of their random
# cases, and a handful of whole command lines for those that start the program.
# A report, or memory that is lost, fails. 77 without valgrind.
set -euo pipefail

build=$2
command -v valgrind >/dev/null || {
    echo "sanitize: skipped: no valgrind here"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export CONVLET_TEST_SHARE=20 CK_TIMEOUT_MULTIPLIER=240
# A process without memory is none that valgrind could run on in.
export CK_EXCLUDE_TAGS='slow limited'

# What the tests named test_* run. Left out is what needs page faults and calls
# of the system that are the program's own, which valgrind does not have.
programs() {
    find "$build/tests" -maxdepth 1 -name 'test_*' -type f -executable |
        grep -v '/test_quiet_step$' | LC_ALL=C sort
}

# Under valgrind, without its banner; its reports are kept.
in_valgrind() {
    valgrind --quiet --error-exitcode=99 --leak-check=full \
        --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --child-silent-after-fork=no \
        --log-file="$work/reports.%p" "$@"
}

failed=0 count=0
run() {
    count=$((count + 1))
    if ! (cd -- "$work" && in_valgrind "$@") >"$work/out" 2>&1; then
        printf 'sanitize: failed: %s\n' "$*"
        tail -n 20 -- "$work/out"
        failed=$((failed + 1))
    fi
}

while read -r program; do run "$program"; done < <(programs)

convlet=$build/app/convlet
run "$convlet" train --steps 5 --out run --threads 2
run "$convlet" train --steps 3 --algorithm direct --dtype float64
run "$convlet" train --steps 3 --algorithm im2col --optimizer adam
run "$convlet" train --steps 2 --net 'conv 4 3x3, relu, conv 4 3x3, shuffle 2'
run "$convlet" train --steps 2 --batch 2 --height 300 --width 300
run "$convlet" train --resume run --steps 8
run "$convlet" train --steps 2 --algorithm winograd2 --threads 2 \
    --net 'conv 4 3x3 padding=same, relu, conv 2 3x3'
run "$convlet" train --steps 2 --batch 5 --shards 3 --threads 2 --loss huber
run "$convlet" train --steps 3 --data digits --shards 2 --shift 1 --out classes \
    --net 'conv 2 3x3, batchnorm, relu, maxpool 2, dense auto'
run "$convlet" train --resume classes --steps 5
run "$convlet" export --model classes/model.safetensors -o classes.onnx
run "$convlet" show --model run/model.safetensors
run "$convlet" conv --input '1 2 3 4 5' --weight '1 0 -1' --padding same
run "$convlet" explain --at 1,2
run "$convlet" check --kernel-size 3 --stride 2,1 --padding 1
run "$convlet" bench --rounds 1 --seconds 0.001 --phase step
run "$convlet" bench --rounds 1 --seconds 0.001 \
    --net "conv 2 3x3, batchnorm, relu, dense auto" --data digits

reports=$(cat -- "$work"/reports.* 2>/dev/null | grep -c '^==' || true)
[ "$reports" -eq 0 ] || cat -- "$work"/reports.* | head -n 80
printf 'sanitize: valgrind: %d of %d programs passed, %d lines of reports\n' \
    "$((count - failed))" "$count" "$reports"
[ "$failed$reports" = 00 ]
