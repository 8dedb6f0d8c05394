#!/usr/bin/env bash
# report.sh - opens reports in a browser: whole, quiet, alone, no wider than
# a phone.
#
#     report.sh CONVLET SAMPLE
#
# CONVLET is the program, SAMPLE a picture. Skipped (status 77) without
# chromium. SCREENSHOTS=DIR keeps pictures of the pages there.
set -euo pipefail

if ! command -v chromium >/dev/null; then
    printf 'skipped: chromium is not here\n'
    exit 77
fi
convlet=$(realpath -- "$1")
sample=$(realpath -- "$2")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/browser/pages.sh
. "$here/pages.sh"

# look NAME: opens NAME.html at both widths; facts, console and requests go to
# NAME.facts, NAME.console and NAME.requests.
look() {
    local page=$1
    cat "$page.html" "$here/probe.html" >probed.html
    cp "$here/harness.html" .
    browse --enable-logging=stderr --log-net-log=net.json \
        --virtual-time-budget=5000 --window-size=1900,1000 \
        --dump-dom "file://$work/harness.html" >dom.html 2>log
    sed -n 's/^<.*<pre id="facts">//; /^width /p' dom.html >"$page.facts"
    grep ':CONSOLE' log >"$page.console" || true
    # Chromium itself calls home; no page here names those hosts.
    grep -oE '"url":"(https?|wss?|ftp):[^"]*"' net.json |
        grep -vE '//([a-z0-9-]+\.)*(google|googleapis|gstatic|gvt1)\.com[/:"]' \
            >"$page.requests" || true
}

# A page with every fault shows that none would go unseen.
cat >faulty.html <<'END'
<!DOCTYPE html>
<meta charset="utf-8">
<div style="width:2000px">wide</div>
<img alt="" src="data:image/png;base64,AAAA">
<img alt="" src="http://report.invalid/picture.png">
<script>console.error("seen");</script>
END
look faulty
[ -s faulty.console ] || fail 'an error on the console was not seen'
grep -q report.invalid faulty.requests || fail 'a request was not seen'
for fact in 'width 390 overflow 1' 'images 2 broken 2' 'outside 1'; do
    grep -q "$fact" faulty.facts || fail "not seen: $fact: $(<faulty.facts)"
done

"$convlet" train --quiet --out notebook >/dev/null
"$convlet" train --quiet --input "$sample" --target filter:gaussian \
    --steps 40 --out gaussian >/dev/null
"$convlet" train --quiet --data digits --loss cross-entropy --init kaiming \
    --optimizer adam --lr 0.01 --net 'conv 4 3x3 stride=2, relu, dense 10' \
    --epochs 3 --out digits >/dev/null
status=0
"$convlet" train --quiet --lr 1000 --out diverged >/dev/null 2>&1 || status=$?
[ "$status" -eq 4 ] || fail "a diverged run ended with $status, expected 4"

# check NAME IMAGES OVER ...: the report of that run has so many pictures or
# more, and under the pointer its plots say these, in their order.
check() {
    local run=$1 images=$2 width line count over=''
    shift 2
    while [ $# -gt 0 ]; do over+="$1 * " && shift; done
    cp "$run/report.html" "$run.html"
    look "$run"
    [ ! -s "$run.console" ] || fail "$run: console: $(<"$run.console")"
    [ ! -s "$run.requests" ] || fail "$run: requests: $(<"$run.requests")"
    for width in 390 1440; do
        line=$(grep "^width $width " "$run.facts" || true)
        [[ $line == *' overflow 0 '* ]] || fail "$run: too wide: $line"
        # shellcheck disable=SC2053
        [[ $line\  == *' broken 0 outside 0 readouts '$over ]] ||
            fail "$run: $line"
        count=${line#* images }
        count=${count%% *}
        [ "${count:-0}" -ge "$images" ] || fail "$run: few images: $line"
    done
}
check notebook 16 Step
check gaussian 16 Step
check digits 40 Epoch Step
check diverged 8 Step

if [ -n "$screenshots" ]; then
    for run in notebook gaussian digits diverged; do
        for scheme in light dark; do
            dark=$([ "$scheme" = light ] || echo 0)
            for width in 390 1440; do
                sed "s/REPORT/$run.html/; s/WIDTH/$width/" \
                    "$here/frame.html" >frame.html
                browse --window-size="$width",3400 \
                    --blink-settings=preferredColorScheme="${dark:-1}" \
                    --screenshot="$screenshots/$run-$width-$scheme.png" \
                    "file://$work/frame.html" >/dev/null 2>&1
            done
        done
    done
fi
exit "$failed"
