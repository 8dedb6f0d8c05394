#!/usr/bin/env bash
# smoke.sh - several processes train as one does.
#
#     smoke.sh ROOT BUILD CMAKE TYPE CONVLET
#
# Builds the program with the first MPI that is here (status 77 where none is)
# and compares it, on 1, 2 and 3 ranks, with CONVLET, which knows no MPI: lines,
# files, what goes wrong, interruptions and resumed runs.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ranks/common.sh
. "$here/common.sh"
convlet=$(realpath -- "$5")
ranks_find
kind=${kinds[0]}
ranks_build "$kind" "$1" "$2" "$3" "$4"
launcher=(timeout 300 "${launcher[@]}") # none of this takes as long
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

fail() {
    printf 'ranks: %s\n' "$*"
    exit 1
}

# same NAME FLAG...: what one process leaves and says, 1, 2 and 3 ranks do.
same() {
    local name=$1 ranks file
    shift
    on 0 --out one --force --threads 1 "$@" >one.log 2>one.err ||
        fail "$name: $(tail -n 1 one.err)"
    for ranks in 1 2 3; do
        on "$ranks" --out many --force --threads 1 "$@" >many.log 2>many.err ||
            fail "$name, $ranks ranks: $(tail -n 1 many.err)"
        cmp one.log many.log || fail "$name, $ranks ranks: other lines"
        diff <(sed 's/one\>/many/' one.err) many.err ||
            fail "$name, $ranks ranks: other words"
        for file in one/*.csv one/*.safetensors; do
            cmp "$file" "many/${file#one/}" || fail "$name, $ranks ranks"
        done
    done
}

same notebook --batch 16 --shards 8
same digits --preset digits --epochs 2 --shards 4 --batch-size 50
same 'batch norm, Adam' --data digits --net \
    'conv 8 3x3, batchnorm, relu, avgpool all, dense auto' --optimizer adam \
    --epochs 1 --shards 5 --shift 1
same denoise --preset denoise --batch-size 6 --shards 3 --steps 4 --patch 16 \
    --log-every 2

# says STATUS TEXT COMMAND...: that status, and the text in the one line of
# convlet's on stderr.
says() {
    local status=0 wanted=$1 text=$2
    shift 2
    "$@" >out 2>err || status=$?
    [ "$status" = "$wanted" ] || fail "status $status, not $wanted: $*: $(<err)"
    [ "$(grep -c '^convlet' err)" = 1 ] || fail "not one line: $(<err)"
    grep -qF -- "$text" err || fail "no word of '$text': $(<err)"
}
says 2 'say --shards 2, or more' on 2 --batch 4
says 2 '3 ranks share 2 shards' on 3 --batch 4 --shards 2
says 2 'unknown flag --stepz' on 2 --stepz 4
says 4 'training diverged' on 2 --batch 4 --shards 2 --lr 1e9 --steps 60 --quiet
if "${launcher[@]}" -n 2 "$convlet" train --batch 4 --shards 2 >out 2>err; then
    fail 'each trained by itself without MPI'
fi
grep -q 'built without MPI' err || fail "without MPI: $(<err)"
few=(train --quiet --batch 4 --shards 2 --steps 3)
says 1 'rank 1: missing.npy' "${launcher[@]}" -n 1 "$program" "${few[@]}" : \
    -n 1 "$program" "${few[@]}" --target missing.npy
says 2 'do not start from the same numbers' "${launcher[@]}" \
    -n 1 "$program" "${few[@]}" : -n 1 "$program" "${few[@]}" --seed 1
says 2 'unknown flag --stepz' "${launcher[@]}" -n 1 "$program" "${few[@]}" : \
    -n 1 "$program" "${few[@]}" --stepz 1
# What rank 0 cannot write ends all: before the first step, and after it.
for log in csv text; do
    status=0
    # shellcheck disable=SC2016 # it is for the inner shell
    timeout 60 "${launcher[@]}" -n 2 bash -c 'exec "$@" >/dev/full' - \
        "$program" "${few[@]}" --log "$log" >out 2>err || status=$?
    [ "$status" = 1 ] || fail "a full disk, $log: status $status"
    grep -q 'cannot write to standard output' err || fail "$log: $(<err)"
done
# Nor does it leave them in the middle, before a short batch or behind an epoch.
for lines in 27 28 29 30; do
    status=0
    # shellcheck disable=SC2016 # it is for the inner shell
    timeout 60 "${launcher[@]}" -n 2 bash -c 'trap "" PIPE
        exec "${@:2}" > >(head -n "$1" >/dev/null)' - "$lines" "$program" train \
        --preset digits --batch-size 50 --shards 40 --epochs 30 --quiet \
        >out 2>err || status=$?
    [ "$status" = 1 ] || fail "a reader that leaves: status $status: $(<err)"
    grep -q 'cannot write to standard output' err || fail "$lines: $(<err)"
done
[ "$("${launcher[@]}" -n 2 "$program" --version | wc -l)" = 1 ] ||
    fail 'two voices'

# Ctrl-C, or a killed rank, and on with other ranks: the bytes of a whole run.
long=(--preset digits --epochs 12 --shards 4 --checkpoint-every 20 --quiet)
on 0 --out whole --threads 1 "${long[@]}" >/dev/null 2>&1
stopped=0
# stop SIGNAL RANKS THEN: ends a run as that signal does, and resumes it.
stop() {
    local signal=$1 ranks=$2 then=$3 victim job
    rm -rf cut
    on "$ranks" --out cut --threads 1 "${long[@]}" >/dev/null 2>&1 &
    job=$!
    for _ in $(seq 400); do
        [ ! -s cut/checkpoint.safetensors ] || break
        sleep 0.01
    done
    victim=$(a_rank)
    if [ "$signal" = KILL ]; then
        [ -z "$victim" ] || kill -KILL "$victim" || true
    else
        pkill -INT -P "$job" || true
    fi
    wait "$job" && return
    stopped=$((stopped + 1))
    on "$then" --resume cut --threads 1 --quiet >/dev/null 2>err ||
        fail "resume after $signal: $(<err)"
    for file in whole/*.csv whole/model.safetensors; do
        cmp "$file" "cut/${file#whole/}" || fail "after $signal: another run"
    done
}
stop KILL 2 3
stop INT 3 2
stop KILL 3 0
[ "$stopped" -gt 0 ] || fail 'no run was stopped in its middle'
printf 'ranks: %s: as one process; %d runs stopped\n' "$kind" "$stopped"
