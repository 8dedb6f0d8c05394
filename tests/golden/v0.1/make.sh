#!/usr/bin/env bash
# make.sh - the runs of version 0.1 that every later version must go on with.
#
#     make.sh CONVLET DIR
#
# CONVLET is a program of version 0.1 (commit d70b51a made what is stored
# here); DIR receives a folder a run: `stopped`, which ended in the middle,
# and `whole`, what it comes to; and what `apply` makes of its model. The
# inputs are drawn first, into DIR/inputs. test_v01.c says what must hold.
set -euo pipefail

convlet=$(realpath -- "$1")
mkdir -p -- "$2/inputs"
cd -- "$2"

# picture FILE HEIGHT WIDTH SHIFT: waves, in three colours.
picture() {
    LC_ALL=C awk -v height="$2" -v width="$3" -v at="$4" 'BEGIN {
        printf "P6\n%d %d\n255\n", width, height
        for (y = 0; y < height; y++)
            for (x = 0; x < width; x++)
                for (c = 0; c < 3; c++) {
                    wave = sin((c + 2) * x / 7 + at) * cos((4 - c) * y / 9)
                    printf "%c", int(127.5 + 90 * wave + (x * y + 5 * c) % 13)
                }
    }' >"$1"
}

# keep RUN KIND: the files of RUN that a later version reads.
keep() {
    mkdir -p -- "$name/$2"
    local file
    for file in config.ini checkpoint.safetensors loss.csv model.safetensors; do
        [ ! -e "$1/$file" ] || cp -- "$1/$file" "$name/$2/$file"
    done
}

# A run ends in the middle by having fewer steps, or where these are part of
# what it computes, by a kill. Paths in the settings are relative: both run
# where the inputs are. In the lone algorithm and instruction set that are the
# same whatever compiled them.
#
# trained NAME STOPPED WHOLE FLAGS...: --steps of both, or STOPPED is "kill".
trained() {
    name=$1
    local stopped=$2 whole=$3
    shift 3
    local -a train=("$convlet" train --isa base --algorithm direct --quiet
        --log-every 1 "$@")
    cd inputs
    rm -rf -- ../run
    "${train[@]}" --steps "$whole" --out ../run >/dev/null
    (cd .. && keep run whole)
    if [ "$stopped" != kill ]; then
        rm -rf -- ../run
        "${train[@]}" --steps "$stopped" --out ../run >/dev/null
    fi
    # The reader leaves after three lines; the next one ends the run.
    while [ "$stopped" = kill ]; do
        rm -rf -- ../run
        "${train[@]}" --steps "$whole" --checkpoint-every 2 --out ../run |
            head -n 3 >/dev/null || true
        [ ! -e ../run/checkpoint.safetensors ] ||
            [ -e ../run/model.safetensors ] || break
    done
    cd ..
    keep run stopped
    rm -rf -- run
}

# applied FILE RESULT: what the model makes of an input.
applied() {
    "$convlet" apply --isa base --algorithm direct --quiet \
        --model "$name/whole/model.safetensors" "inputs/$1" -o "$name/$2"
}

mkdir -p inputs/pictures
picture inputs/picture.ppm 20 24 0
picture inputs/pictures/a.ppm 40 44 1
picture inputs/pictures/b.ppm 41 37 2

"$convlet" conv --input normal:2,3,9,11 --weight ones:3,1,1,1 --groups 3 \
    -o inputs/x.npy

trained notebook 4 10
applied x.npy y.npy

trained momentum 5 12 --dtype float64 --momentum 0.9 --nesterov \
    --weight-decay 0.01 --reduction mean --lr auto --groups 3 --kernels 6 \
    --region valid
applied x.npy y.npy

trained net 6 15 --dtype float64 --optimizer adam --beta1 0.8 --lr 0.01 \
    --weight-decay 0.001 --reduction mean --init kaiming --height 12 \
    --width 13 \
    --net 'conv 4 3x3 padding=same, relu, conv 8 3x3 stride=2, shuffle 2'
# What is stored is of a later version: 0.1 repeated a row and a column of x,
# and cut y off by as much; right is what the net makes of x itself.
applied x.npy y.npy

trained falling kill 12 --momentum 0.5 --lr 0.0005 --lr-schedule cosine \
    --lr-warmup 3 --reduction sum --tie-input-channels --dilation 2,1
applied x.npy y.npy

trained gradients 3 8 --optimizer cg --reduction mean
applied x.npy y.npy

trained filter 2 5 --preset filter --input picture.ppm \
    --target filter:gaussian --mask-clipped
applied picture.ppm y.bmp

trained denoise 3 7 --target leaves --degrade noise:25 --color y \
    --residual --patch 12 --batch-size 3 --lr-schedule constant \
    --net 'conv 4 3x3 padding=same, relu, conv 1 3x3 padding=same'
applied picture.ppm y.bmp

trained enlarge kill 9 --target pictures --degrade shrink:2 --color rgb --patch 16,20 \
    --batch-size 2 --net 'conv 3 3x3 padding=same, relu, conv 12 1x1, shuffle 2'
applied picture.ppm y.bmp
