#!/usr/bin/env bash
# reference.sh - holds the kept reference page to the table of options.
#
#     reference.sh SCRIPT CONVLET PAGE.md
set -euo pipefail

bash "$1" "$2" | diff -u -- "$3" - && exit
echo 'the page is not what the table of options makes; write it again with'
echo '    cmake --build --preset dev --target docs_reference'
exit 1
