#!/usr/bin/env bash
# run.sh - runs tests of the page in a browser.
#
#     run.sh BROWSER PAGE CONVLET MODULES TEST.mjs ...
#
# BROWSER is chromium or firefox, PAGE live.html, CONVLET the program, MODULES
# a directory that receives what npm brings. Skipped (status 77) where a tool
# is missing. SCREENSHOTS=DIR keeps pictures of the page there.
set -euo pipefail

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

export LIVE_BROWSER=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
[ -e "$2" ] || skip "$2 was not built: it wants the packages for live"
LIVE_PAGE=$(realpath -- "$2")
CONVLET=$(realpath -- "$3")
LIVE_MODULES=$(realpath -m -- "$4")
ROOT=$(realpath -- "$here/../..")
SCREENSHOTS=${SCREENSHOTS:+$(realpath -- "$SCREENSHOTS")}
export LIVE_PAGE CONVLET LIVE_MODULES ROOT SCREENSHOTS
shift 4

# first NAME ...: where the first program of these names is, or nothing.
first() {
    local name
    for name in "$@"; do
        command -v "$name" && return
    done
    return 0
}
LIVE_CHROMIUM=$(first chromium chromium-browser google-chrome)
LIVE_FIREFOX=$(first firefox-esr firefox)
export LIVE_CHROMIUM LIVE_FIREFOX
case $LIVE_BROWSER in
chromium) [ -n "$LIVE_CHROMIUM" ] || skip 'chromium is not here' ;;
firefox) [ -n "$LIVE_FIREFOX" ] || skip 'firefox is not here' ;;
*) printf 'unknown browser %s\n' "$LIVE_BROWSER" && exit 2 ;;
esac
for tool in node npm; do
    command -v "$tool" >/dev/null || skip "$tool is not here"
done

# What npm brings is kept until the list of it changes. Two tests may come
# here at once.
mkdir -p -- "$LIVE_MODULES"
exec 9>"$LIVE_MODULES/lock"
flock 9
if ! cmp -s -- "$here/package-lock.json" "$LIVE_MODULES/installed"; then
    cp -- "$here/package.json" "$here/package-lock.json" "$LIVE_MODULES"
    (cd -- "$LIVE_MODULES" && npm ci --ignore-scripts --prefer-offline \
        --no-audit --no-fund >log 2>&1) ||
        skip "npm could not install: $(tail -n 3 "$LIVE_MODULES/log")"
    cp -- "$here/package-lock.json" "$LIVE_MODULES/installed"
fi
exec 9>&-

status=0
for test in "$@"; do
    node --test-reporter=spec "$here/$test" || status=1
done
exit "$status"
