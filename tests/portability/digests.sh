#!/usr/bin/env bash
# digests.sh - what digests.c prints here, and as a module in node: the same.
#
#     digests.sh ROOT BUILD PROGRAM
#
# BUILD/wasm holds the library as the live page has it. 77 where that was not
# built, or node is missing.
set -euo pipefail

root=$1 build=$2 program=$3
library=$build/wasm/lib/libconvlet.a work=$build/live_digests
skip() {
    printf 'digests: skipped: %s\n' "$*"
    exit 77
}
[ -e "$library" ] || skip 'no library for browsers here'
command -v node >/dev/null || skip 'no node here'
compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$build/wasm/CMakeCache.txt")
flags=$(sed -n 's/^CMAKE_C_FLAGS:[A-Z]*=//p' "$build/wasm/CMakeCache.txt")

mkdir -p -- "$work"
# shellcheck disable=SC2086 # of words
"$compiler" --target=wasm32-wasi $flags -std=c11 "-I$root/lib" \
    -o "$work/digests.wasm" "$root/tests/portability/digests.c" "$library" -lm
cat >"$work/run.mjs" <<'END'
import fs from 'node:fs';
import {WASI} from 'node:wasi';

const wasi = new WASI({version: 'preview1'});
const bytes = fs.readFileSync(process.argv[2]);
const module = await WebAssembly.compile(bytes);
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
END
"$program" >"$work/here"
node --no-warnings "$work/run.mjs" "$work/digests.wasm" >"$work/there"
diff -- "$work/here" "$work/there"
printf 'digests: %d are equal\n' "$(wc -l <"$work/here")"
