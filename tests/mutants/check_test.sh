#!/usr/bin/env bash
# check_test.sh - proves that check.sh and apply.sh let nothing pass: a fault
# that lives, a check that fails anyway, a patch that does not fit.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

# Programs that end with a status, after saying which tests failed.
program() {
    printf '#!/bin/sh\necho "%s"\nexit %d\n' "$3" "$2" >"$1"
    chmod +x "$1"
}
program passes 0 '100%: Checks: 1'
program finds 5 'WRONG'
program crashes 134 ''
program names 1 'a.c:1:F:a:the_sum_is_right:0: no'
program other 1 'a.c:1:F:a:another:0: no'
printf 'Check: convlet check --stride 3\n' >command.patch
printf 'Check: test_a the_sum_is_right\n' >suite.patch
printf 'Check: look hard\n' >unknown.patch
mkdir copy tree

# expect STATUS PATCH RIGHT WRONG
expect() {
    local status=0
    "$here/check.sh" "$2.patch" "./$3" "./$4" copy counts >out 2>&1 || status=1
    if [ "$status" != "$1" ]; then
        printf 'status %s, expected %s, from: %s\n' "$status" "$1" "$*"
        cat out
        exit 1
    fi
}
expect 0 command passes finds
expect 1 command passes passes
expect 1 command finds finds
expect 1 command passes crashes
expect 0 suite passes names
expect 1 suite passes passes
expect 1 suite names names
expect 1 suite passes other
expect 1 suite passes crashes
expect 1 unknown passes finds
grep -qx 'mutants 1' counts/mutant_command.count

# A patch that fits is applied; one that does not is refused by name.
printf 'one\ntwo\n' >tree/a.c
printf 'Compile: a.c\n\n--- a.c\n+++ a.c\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n' \
    >fault.patch
"$here/apply.sh" fault.patch tree copy a.c
[ "$(<copy/a.c)" = $'one\n2' ]
[ ! -e copy/refused ]
printf 'one\nthree\n' >tree/a.c
"$here/apply.sh" fault.patch tree copy a.c
cmp tree/a.c copy/a.c
expect 1 command passes finds
grep -q 'does not apply' out
printf 'no fault lives unseen\n'
