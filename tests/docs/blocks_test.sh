#!/usr/bin/env bash
# blocks_test.sh - proves that blocks.sh and numbers.awk see what is wrong.
#
#     blocks_test.sh CONVLET SAME_PICTURE
set -euo pipefail

convlet=$(realpath -- "$1")
same_picture=$(realpath -- "$2")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
assets=$(realpath -- "$here/../../assets")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
ln -s "$assets" assets
mkdir docs
failures=0

page() {
    "$here/blocks.sh" "$@" "$convlet" "$same_picture" . counts docs/a.md 2>&1
}

# expect STATUS TEXT [MODE]: what comes of the page on standard input, and a
# text that is in what is said.
expect() {
    local status=0 output
    cat >docs/a.md
    output=$(page "${@:3}") || status=$?
    if [ "$status" -ne "$1" ] || [[ $output != *"$2"* ]]; then
        printf 'expected status %d and "%s", got %d and\n%s\nof\n' \
            "$1" "$2" "$status" "$output"
        cat docs/a.md
        failures=$((failures + 1))
    fi
}

# numbers STATUS: what comes of the same by numbers.awk.
numbers() {
    local status=0
    cat >docs/a.md
    awk -f "$here/numbers.awk" docs/a.md >output || status=$?
    if [ "$status" -ne "$1" ]; then
        printf 'expected status %d, got %d and\n' "$1" "$status"
        cat output docs/a.md
        failures=$((failures + 1))
    fi
}

expect 0 'a.md: 2 blocks with 4 commands, 0 figures; 1 blocks left out' <<'END'
```console
$ echo 1.0001 \
    x
1 x
$ for i in a b; do
>     echo $i
> done
a
b
$ printf 'a\nb\nc\n' >file
```

```sh
test -e file
```

<!-- not run: it would fail -->
```sh
false
```

- a list

    with a paragraph
END
expect 1 'docs/a.md:4: the command above prints something else' <<'END'
```console
$ echo 1.002
1
```
END
expect 1 'prints something else' <<'END'
<!-- numbers: exact -->
```console
$ echo 1.0000001
1
```
END
expect 0 '' <<'END'
<!-- numbers: 0.1 -->
```console
$ echo 1.09
1
```
END
expect 0 '' <<'END'
<!-- numbers: within 0.1 -->
```console
$ echo a 0.02
a -0.02
```
END
expect 1 'prints something else' <<'END'
<!-- numbers: within 0.1 -->
```console
$ echo a 0.02
a -0.1
```
END
expect 1 'prints something else' <<'END'
<!-- numbers: 0.1 -->
```console
$ true
```
```console
$ echo 1.09
1
```
END
expect 1 'this command failed' <<<$'```console\n$ false\n```'
expect 1 'this command failed' <<<$'```sh\nfalse | true\n```'
expect 1 'a block needs a language' <<<$'```\ntext\n```'
expect 1 'an indented block' <<<$'text\n\n    convlet train'
expect 1 'an indented block' <<<$'- text\n  ```console\n  $ false\n  ```'
expect 1 'does not end' <<<$'```console\n$ true'
expect 1 'do not know' <<<'<!-- not runnable: why -->'
expect 1 'has a command, but no picture' <<<'<!-- figure: true -->'

# A figure is drawn once, compared, and then changes.
svg() {
    printf '<!-- figure: echo "<svg x=%s/>" -->\n![a\npicture](b.svg)\n' "$1"
}
expect 1 'b.svg is not what its command draws' < <(svg 10)
expect 0 '1 figures' --draw < <(svg 10)
expect 0 '1 figures' < <(svg 10.1)
expect 1 'b.svg is not what its command draws' < <(svg 10.2)
png() {
    printf '<!-- figure: cat \\\n    assets/sample.png\n-->\n![c](b.png)\n'
}
cp assets/sample.png docs/b.png
expect 0 '1 figures' < <(png)
"$convlet" train --quiet --input assets/sample.png --target filter:gaussian \
    --steps 1 --out run >/dev/null
cp run/target.png docs/b.png
expect 1 'b.png is not what its command draws' < <(png)

# A page may need what another one writes.
cat >docs/b.md <<'END'
```sh
cat >two.sh <<'EOT'
echo 2
EOT
```
END
expect 0 'a.md: 1 blocks with 1 commands' <<'END'
<!-- needs: two.sh of b.md -->
```console
$ bash two.sh
2
```
END
expect 1 'b.md has no block that writes three.sh' \
    <<<'<!-- needs: three.sh of b.md -->'

expect 0 '' --write <<<$'```console\n$ echo 3\n2\n$ echo a; echo b\n...\nb\n```'
diff docs/a.md - <<<$'```console\n$ echo 3\n3\n$ echo a; echo b\n...\nb\n```' ||
    failures=$((failures + 1))

numbers 0 <<<$'```console\n$ echo 2.718 1210\n```\n\n2.72, 1,210, 12 in 2016'
numbers 1 <<<$'```console\n$ echo 2.718 1210\n```\n\n2.71'
numbers 1 <<<$'2.72\n\n```console\n$ echo 2.718 1210\n```'
numbers 0 <<<$'<!-- given: 0.1 -->\n0.1'
numbers 1 <<<'0.1'
numbers 0 <<<$'```console\n$ echo 0.00031\n```\n3.1e-4, [a](b-300.md)'
numbers 1 <<<$'```console\n$ echo 0.00032\n```\n3.1e-4'
exit "$((failures > 0))"
