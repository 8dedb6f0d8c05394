#!/usr/bin/env bash
# page.sh - checks that the page speaks of each row, and of no other.
#
#     page.sh ROOT
#
# What tests/proof/run.sh --page prints are the rows between "## What is proved"
# and the next heading of docs/reliability.md, in that order.
set -euo pipefail

cd -- "$1"
on_page=$(awk '
    /^## / { here = /^## What is proved$/ }
    here && /^\| / && $2 != "row" && $2 != "not" { print }' docs/reliability.md)
diff -u --label page --label rows <(printf '%s\n' "$on_page") \
    <(tests/proof/run.sh --page)
printf 'proof: %d rows on the page\n' "$(wc -l <<<"$on_page")"
