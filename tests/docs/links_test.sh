#!/usr/bin/env bash
# links_test.sh - proves that links.sh sees each kind of breach.
# shellcheck disable=SC2016 # backquotes are text here
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
mkdir -p docs/figures lib
printf 'int first(void);\nint second(void);\n' >lib/a.h
printf '# A page\n\n## What `it` is, twice\n\n## What it is, twice\n' >A.md
printf '[b](b.md)\n' >docs/README.md
failures=0

# expect STATUS TEXT: what links.sh makes of a page.
expect() {
    local status=0 output
    cat >docs/b.md
    output=$("$here/links.sh" .) || status=$?
    if [ "$status" -ne "$1" ] || [ "$output" != "$2" ]; then
        printf 'expected status %d and\n%s\ngot status %d and\n%s\n\n' \
            "$1" "$2" "$status" "$output"
        failures=$((failures + 1))
    fi
}

expect 0 '' <<'END'
[a page](../A.md), [a heading](../A.md#what-it-is-twice), [the
other](../A.md#what-it-is-twice-1), [here](#b) and `x[0](1)`.

# B

[`first`](../lib/a.h), [`first()` and `lib/a.h`](../lib/a.h#L1),
[`second`](../lib/a.h#L1-L2), [elsewhere](https://example.org/x.md#y).

```text
[nothing](nowhere)
```
END
expect 1 'docs/b.md:2: c.md does not exist' <<<$'\n[a](c.md)'
expect 1 'docs/b.md:1: ../../A.md does not exist' <<<'[a](../../A.md)'
expect 1 'docs/b.md:1: A.md has no heading #what' <<<'[a](../A.md#what)'
expect 1 'docs/b.md:1: lib/a.h has no third' <<<'[`third`](../lib/a.h)'
expect 1 'docs/b.md:1: lib/a.h has no firs' <<<'[`firs`](../lib/a.h)'
expect 1 'docs/b.md:1: lib/a.h#L2 has no first' <<<'[`first`](../lib/a.h#L2)'
expect 1 'docs/b.md:1: lib/a.h#L9 has no first' <<<'[`first`](../lib/a.h#L9)'
expect 1 'docs/b.md:1: lib/a.h has no anchor #x' <<<'[`first`](../lib/a.h#x)'
expect 1 'docs/b.md:1: a link to lines must name what is in them' \
    <<<'[a](../lib/a.h#L1)'
expect 1 'docs/b.md:1: write a picture as ![](file)' <<<'<img src="a.png">'

printf '# Live\n\n## A room\n\n[b](b.md)\n' >docs/live-page.md
touch docs/1-c.md
printf '[b](b.md), [c](1-c.md), [live](live-page.md)\n' >docs/README.md
expect 0 '' <<<$'[a\nb](live-page.md#a-room\n"room=a&net=conv+2+3x3%29")'
expect 1 'docs/b.md:1: docs/live-page.md has no heading #room' \
    <<<'[a](live-page.md#room "room=a")'
for title in 'a room' 'room=a b' 'room=a&b'; do
    expect 1 "docs/b.md:1: \"$title\" is no state of a room of live-page.md" \
        <<<"[a](live-page.md#a-room \"$title\")"
done
expect 1 'docs/b.md:1: "room=a" is no state of a room of live-page.md' \
    <<<'[a](../A.md "room=a")'
mkdir -p app/live/page
printf "addRoom({\n    title: 'A room',\n    chapter: '1-c.html',\n" \
    >app/live/page/room_a.js
expect 0 '' <<<'text'
printf "addRoom({id: 'a', title: 'Other',\n    chapter: '2-c.html',\n" \
    >app/live/page/room_a.js
expect 1 'app/live/page/room_a.js: docs has no chapter 2-c
app/live/page/room_a.js: docs/live-page.md has no heading Other' <<<'text'
rm -r docs/live-page.md docs/1-c.md app

printf 'nothing\n' >docs/README.md
expect 1 'docs/b.md:1: docs/README.md does not list it' <<<'text'
printf '[b](b.md)\n' >docs/README.md

touch docs/figures/c.svg
expect 1 'docs/figures/c.svg:1: no page shows it' <<<'text'
expect 1 'docs/b.md:1: docs/figures/c.svg is drawn by no command' \
    <<<'![c](figures/c.svg)'
expect 0 '' <<<$'<!-- figure: x\ny -->\n![a\nb](figures/c.svg)'
expect 0 '' <<<$'<!-- picture: a browser -->\n![a\nb](figures/c.svg)'
exit "$((failures > 0))"
