#!/usr/bin/env bash
# man.sh - formats the manual page, which must bring no warning.
#
#     man.sh CONVLET.1
set -euo pipefail

command -v man >/dev/null || { echo 'skipped: no man'; exit 77; }
command -v groff >/dev/null || { echo 'skipped: no groff'; exit 77; }
warnings=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null)
[ -z "$warnings" ] || { printf '%s\n' "$warnings"; exit 1; }
warnings=$(groff -man -ww -Tutf8 "$1" 2>&1 >/dev/null)
[ -z "$warnings" ] || { printf '%s\n' "$warnings"; exit 1; }
page=$(MANWIDTH=80 man -l "$1" | col -bx)
for words in 'convlet - train and examine convolution layers' 'EXIT STATUS' \
    '--bias, --no-bias' '-o FILE|DIR, --output FILE|DIR' \
    'pictures in the random input (default: 2; 1 or more)'; do
    grep -qF -- "$words" <<<"$page" || { echo "not there: $words"; exit 1; }
done
