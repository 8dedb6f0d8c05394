#!/usr/bin/env bash
# browse.sh - opens every page of the site in a browser, as wide as a phone
# and as a desk: no page is wider than its window, no picture is broken, no
# formula raw, the console is silent, and nothing is asked from a network.
#
#     browse.sh SITE
#
# Skipped (status 77) without chromium or without a site. SCREENSHOTS=DIR
# keeps pictures of the pages there.
set -euo pipefail

if ! command -v chromium >/dev/null || [ ! -e "$1/index.html" ]; then
    printf 'skipped: chromium or the site is not here\n'
    exit 77
fi
site=$(realpath -- "$1")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/browser/pages.sh
. "$here/../browser/pages.sh"
cp -r -- "$site" copy

# Pages with every fault show that none would go unseen.
cat >copy/faulty.html <<'END'
<!DOCTYPE html>
<meta charset="utf-8">
<article>
<div style="width:2000px">wide</div>
<img alt="" src="http://site.invalid/picture.png">
<p>\(x\)</p><span class="math">\(y\)</span>
</article>
<script>console.error("seen");</script>
END
{
    printf '<!DOCTYPE html>\n<body style="overflow:hidden"><article><h1>'
    printf 'cut%.0s' {1..200}
    printf '</h1></article></body>\n'
} >copy/faulty_too.html
mapfile -t pages < <(cd copy && find . -name '*.html' | sort)
for page in "${pages[@]}"; do
    cat "$here/probe.html" >>"copy/$page"
done
pages+=('./search.html?q=stride')

# look PAGE ...: facts, console and requests of these pages, for a reader who
# wants them dark if dark is 0.
dark=1
look() {
    printf '"%s",\n' "$@" >list
    sed -e '/PAGES/ { r list' -e 's/PAGES.*//; }' "$here/harness.html" |
        sed '/^var pages = \[$/,/^var facts/ s/^var facts/];\n&/' \
            >copy/harness.html
    browse --enable-logging=stderr --log-net-log=net.json \
        --virtual-time-budget=600000 --window-size=1900,1000 \
        --blink-settings=preferredColorScheme="$dark" \
        --dump-dom "file://$work/copy/harness.html" >dom.html 2>log
    sed -n 's/^<.*<pre id="facts">//; /^\.\//p' dom.html >facts
    grep -qx 'end' dom.html || fail 'the browser did not come to the end'
    grep ':CONSOLE' log >console || true
    # Chromium itself calls home; no page here names those hosts.
    grep -oE '"url":"(https?|wss?|ftp):[^"]*"' net.json |
        grep -vE '//([a-z0-9-]+\.)*(google|googleapis|gstatic|gvt1)\.com[/:"]' \
            >requests || true
}

look ./faulty.html ./faulty_too.html
[ -s console ] || fail 'an error on the console was not seen'
grep -q site.invalid requests || fail 'a request was not seen'
grep -q 'width 390 overflow 1 images 1 broken 1 raw 2' facts ||
    fail "not seen: $(<facts)"
grep -q 'faulty_too.html width 390 overflow 1 ' facts ||
    fail "a text that is cut off was not seen: $(<facts)"

rm copy/faulty*.html
mapfile -t good < <(printf '%s\n' "${pages[@]}" | grep -v './faulty')
look "${good[@]}"
[ ! -s console ] || fail "console: $(<console)"
[ ! -s requests ] || fail "requests: $(<requests)"
while read -r line; do
    [[ $line == *' overflow 0 '*' broken 0 raw 0 dark 0 '* ]] || fail "$line"
done <facts
[ "$(wc -l <facts)" -eq $((2 * ${#good[@]})) ] || fail 'pages are missing'
grep -q 'q=stride width 390 .* found [1-9]' facts ||
    fail "the search finds nothing: $(grep q=stride facts)"
math=$(awk '{ sum += $15 } END { print sum }' facts)
[ "$math" -gt 0 ] || fail 'no formula was drawn'
printf '%d pages at 390 and 1440 pixels, %d formulas, %d pictures\n' \
    "${#good[@]}" $((math / 2)) \
    "$(awk '{ sum += $7 } END { print sum / 2 }' facts)"

dark=0
look ./index.html ./api/conv2d.html
[ "$(grep -c ' overflow 0 .* dark 1 ' facts)" -eq 4 ] ||
    fail "not dark where the reader's system is: $(<facts)"

if [ -n "$screenshots" ]; then
    for page in "${good[@]}"; do
        name=$(tr -c 'a-z0-9\n' - <<<"${page#./}")
        for width in 390 1440; do
            printf '<body style="margin:0"><iframe src="%s" style="border:0;%s' \
                "$page" "width:${width}px;height:${HEIGHT:-3000}px\">" \
                >copy/frame.html
            browse --window-size="$width,${HEIGHT:-3000}" \
                --blink-settings=preferredColorScheme="${SCHEME:-1}" \
                --screenshot="$screenshots/$name-$width.png" \
                "file://$work/copy/frame.html" >/dev/null 2>&1
        done
    done
fi
exit "$failed"
