#!/usr/bin/env bash
# api.sh - every public symbol is documented, and Doxygen has no complaint.
#
#     api.sh DOXYFILE
#
# Functions, types, macros and files need words of their own; a struct's
# comment may speak for its members. Skipped (status 77) without doxygen.
set -euo pipefail

if ! command -v doxygen >/dev/null; then
    printf 'skipped: doxygen is not here\n'
    exit 77
fi
doxyfile=$(realpath -- "$1")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

# complaints [LINE ...]: what Doxygen says, with these settings besides.
complaints() {
    printf '%s\n' "@INCLUDE = $doxyfile" "OUTPUT_DIRECTORY = $work/api" \
        "WARN_LOGFILE = $work/log" "$@" >Doxyfile
    doxygen Doxyfile
    grep -vE 'Member .* \(variable\) of struct .* is not documented' log || true
}

# A header with every fault shows that none would go unseen.
cat >bad.h <<'END'
/* bad.h - not well documented. */
#ifndef BAD_H
#define BAD_H

typedef struct cvl_bad {
    int a;
} cvl_bad;

#define CVL_BAD 1

int cvl_bad_function(int a);

/* Two that share a comment. */
int cvl_good(int a);
int cvl_good_too(int a);

#endif
END
seen=$(complaints "INPUT = $work/bad.h")
for symbol in cvl_bad CVL_BAD cvl_bad_function; do
    if [[ $seen != *"$symbol"*' is not documented.'* ]]; then
        printf 'not seen: %s lacks a comment: %s\n' "$symbol" "$seen"
        exit 1
    fi
done
if [[ $seen == *cvl_good* ]]; then
    printf 'a comment for two functions was missed: %s\n' "$seen"
    exit 1
fi

seen=$(complaints)
if [ -n "$seen" ]; then
    printf '%s\n' "$seen"
    exit 1
fi
functions=$(cat api/xml/*_8h.xml | grep -c '<memberdef kind="function"')
printf '%d functions of %d headers are documented\n' "$functions" \
    "$(find api/xml -name '*_8h.xml' | wc -l)"
[ "$functions" -ge 80 ]
