#!/usr/bin/env bash
# coverage.sh - how much of each parser is reached by its corpus alone.
#
#     tests/fuzz/coverage.sh
#
# Builds the preset coverage. Prints a line a parser: its name, the percentage
# of its lines that ran, and how many there are; status 1 where that is below
# 90. What a parser is, the table below says; loading and saving are tested
# elsewhere. Skipped (status 77) without gcov.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
floor=90
cd -- "$root"
if ! command -v gcov >/dev/null; then
    printf 'gcov is not here\n'
    exit 77
fi
build=$root/build/coverage
mkdir -p -- build
if ! { cmake --preset coverage &&
    cmake --build --preset coverage --target fuzzers; } \
    >build/fuzz-coverage.log 2>&1; then
    tail -n 30 build/fuzz-coverage.log >&2
    exit 1
fi

# Every kind of layer reads its own words.
layers=$(cd -- lib/convlet && printf '%s,' layer_*.c)
layers=${layers//.c/}

# What writes pictures and their profiles, and what runs in a jail, where nothing
# can be counted.
written='.*_(encode|profile|iccp|gather|grey)|(put|get)_.*|copy_.*|icc_find'
written+='|jpeg_(copy|decode)|(fnv_)?sum(_of)?'

# What --resume reads of a run, beside how it is written.
resumed='read_.*|line_length|key_length|value_of|says|option_of|.*_default'
resumed+='|names_file|(compare|check)_settings|.*_algos|recall_first'
resumed+='|checkpoint_(open|check_data|restore|recall)'
logs='next_(line|entry)|skip_number|is_line_of|rewind_log|end_recall'
logs+='|loss_log_(check|recall.*)'

# PARSER, its DIRECTORY, its FILES, its FUNCTIONS (a regular expression; behind
# a ! of those that do not count).
table='
npy         lib npy !cvl_npy_format|cvl_npy_write_header
idx         lib idx .*
safetensors lib safetensors .*
safetensors lib safetensors_json,utf8 !cvl_json_escape|cvl_utf8_check
picture     app pictures/size,pictures/png,pictures/jpeg,pictures/jpeg_walk,pictures/bmp,pictures/pnm !'"$written"'
gzip        app pictures/gzip .*
samples     app samples/set !samples_name_classes|samples_note_file|copy_text
samples     app samples/cifar cifar_parse|check_size|take
samples     app samples/hold_out .*
samples     app prepare/prepare prepare_parse|skip|take_.*
literal     app data/literal .*
config      app cli/config_file !config_load|config_print|write_origin
config      app cli/quote unquote|hex_digit
options     app cli/flags .*
options     app cli/value !value_format|format_.*
net         lib net split_words|parse_layer|build_layers?
net         lib layer_words .*
net         lib '"$layers"' parse_.*|.*_parse
onnx        lib onnx,protobuf,graph .*
onnx        lib '"$layers"' .*_graph|add_zeros
onnx        app export/words .*
resume      app train/checkpoint '"$resumed"'
resume      app train/log '"$logs"'
resume      app train/run_dir read_record|refuse_foreign|run_dir_(reopen|check_begun)
'

# Lines that ran, and lines, of the functions of one file.
count_lines() {
    local objects=$build/app/CMakeFiles/convlet_app.dir
    [ "$1" = app ] || objects=$build/lib/CMakeFiles/convlet.dir/convlet
    gcov -n -f -- "$objects/$2.c.gcda" 2>/dev/null | awk -v names="$3" '
        BEGIN { left_out = sub(/^!/, "", names); names = "^(" names ")$" }
        /^Function/ { name = $2; gsub("\047", "", name) }
        /^Lines executed/ && name {
            if ((name ~ names) != left_out) {
                split($2, ran, /[:%]/)
                all += $4
                hit += int(ran[2] * $4 / 100 + 0.5)
            }
            name = ""
        }
        END { print hit + 0, all + 0 }'
}

failed=0 least=1000
parsers=(npy idx safetensors picture gzip samples literal config options net onnx
    resume)
for parser in "${parsers[@]}"; do
    find "$build" -name '*.gcda' -delete
    "$build/tests/fuzz/fuzz_$parser" "tests/fuzz/corpus/$parser" >/dev/null
    hit=0 all=0
    while read -r name directory files functions; do
        [ "$name" = "$parser" ] || continue
        for file in ${files//,/ }; do
            read -r ran lines < <(count_lines "$directory" "$file" "$functions")
            hit=$((hit + ran)) all=$((all + lines))
        done
    done <<<"$table"
    if [ "$all" -eq 0 ]; then
        printf '%s: no line was found\n' "$parser"
        exit 1
    fi
    verdict=
    if [ $((100 * hit)) -lt $((floor * all)) ]; then
        verdict=", expected $floor"
        failed=1
    fi
    printf '%-12s %3d.%d %% of %d lines%s\n' "$parser" $((100 * hit / all)) \
        $((1000 * hit / all % 10)) "$all" "$verdict"
    [ $((1000 * hit / all)) -ge "$least" ] || least=$((1000 * hit / all))
done
printf 'corpora: each reaches at least %d.%d %% of its parser\n' \
    $((least / 10)) $((least % 10))
exit "$failed"
