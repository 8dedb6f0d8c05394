#!/usr/bin/env bash
# blocks.sh - does what a page shows, and compares what comes out.
#
#     blocks.sh [--draw | --write] CONVLET SAME_PICTURE ROOT COUNTS PAGE.md
#
# The page has a directory of its own, with assets/ in it and convlet in PATH.
# From top to bottom:
#
# - In a ```console block, lines after "$ " are typed, each by itself; it goes
#   on after a "\" at the end of a line, and in lines after "> ". The lines
#   below are expected on standard output, numbers to a thousandth. A comment
#   on the line before the block changes that: <!-- numbers: exact -->,
#   <!-- numbers: 1e-9 -->, or, for those near 0, <!-- numbers: within 0.01 -->.
# - A ```sh block is run as one script, which must succeed, unless the line
#   before it is <!-- not run: WHY -->.
# - <!-- figure: COMMAND --> comes before a picture, ![...](FILE.svg): it is
#   what the command prints. $DOCS is where docs/ lies.
# - <!-- needs: FILE of PAGE.md --> stands for the block of another page, in the
#   same folder, that begins with "cat >FILE": it is run.
# - Blocks in the other languages below are text. Nothing else is a block.
#
# --draw puts the figures into the tree instead of comparing them, and --write
# also what the commands print into the page. COUNTS/NAME.count tells how many
# blocks, commands and figures were done, and how many blocks were left out.
set -euo pipefail

mode=compare
case $1 in --draw | --write) mode=${1#--} && shift ;; esac
convlet=$(realpath -- "$1")
same_picture=$(realpath -- "$2")
root=$(realpath -- "$3")
counts=$(realpath -m -- "$4")
page=$5
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/bin" "$work/page"
ln -s "$convlet" "$work/bin/convlet"
export PATH=$work/bin:$PATH DOCS=$root/docs
cd -- "$work/page"
ln -s "$root/assets" assets

blocks=0 commands=0 figures=0 left_out=0
state=text tolerance=1e-3 within=0 why='' figure='' number=0
: >"$work/command"
: >"$work/expected"
: >"$work/new"

fail() {
    printf '%s:%d: %s\n' "$page" "$number" "$1"
    exit 1
}

# do_command [OPTION]: runs the file "command"; what it prints is in "got". In
# a pipe, as at a prompt, only the last status counts, or `head` would make
# others fail.
do_command() {
    commands=$((commands + 1))
    if ! bash -eu "$@" "$work/command" >"$work/got" 2>"$work/err" \
        </dev/null; then
        cat "$work/command" "$work/err"
        fail 'this command failed'
    fi
}

# same RELATIVE ABSOLUTE WANTED GOT
same() {
    awk -v tolerance="$1" -v absolute="$2" -f "$here/same.awk" "$3" "$4"
}

# The typed command, if there is one, has its expected lines now.
finish_command() {
    [ -s "$work/command" ] || return 0
    do_command
    if ! same "$tolerance" "$within" "$work/expected" "$work/got"; then
        case $mode in
        compare)
            cat "$work/command"
            diff "$work/expected" "$work/got" || true
            fail 'the command above prints something else than the page says'
            ;;
        write) awk 1 "$work/got" >"$work/expected" ;;
        esac
    fi
    cat "$work/expected" >>"$work/new"
    : >"$work/command"
    : >"$work/expected"
}

# draw FILE: the figure's command prints the picture.
draw() {
    local committed equal=1
    committed=$root/$(dirname -- "$page")/$1
    figures=$((figures + 1))
    printf '%s\n' "$figure" >"$work/command"
    do_command
    commands=$((commands - 1))
    case $1 in
    *.svg) same 1e-3 0.11 "$committed" "$work/got" || equal=0 ;;
    *) "$same_picture" "$committed" "$work/got" || equal=0 ;;
    esac
    if [ "$equal" = 0 ]; then
        [ "$mode" != compare ] || fail "$1 is not what its command draws"
        mkdir -p -- "$(dirname -- "$committed")"
        cp "$work/got" "$committed"
    fi
    : >"$work/command"
    figure=''
}

# need FILE PAGE: FILE is there as that page writes it.
need() {
    awk -v start="cat >$1 " \
        'index($0, start) == 1 { on = 1 } /^```/ { on = 0 } on' \
        "$root/$(dirname -- "$page")/$2" >"$work/command"
    do_command
    commands=$((commands - 1))
    [ -s "$1" ] || fail "$2 has no block that writes $1"
    : >"$work/command"
}

# A comment, on one line, that is for this script.
read_comment() {
    local text=${1#<!-- }
    text=${text% -->}
    case $text in
    'numbers: exact') tolerance=0 ;;
    'numbers: within '*) within=${text#numbers: within } ;;
    'numbers: '*) tolerance=${text#numbers: } ;;
    'not run: '*) why=${text#not run: } ;;
    'figure: '*) figure=${text#figure: } ;;
    'needs: '*' of '*)
        text=${text#needs: }
        need "${text% of *}" "${text#* of }"
        ;;
    *) fail "a comment that the tests do not know: $text" ;;
    esac
}

# A fence opens; $1 is the language.
open_block() {
    state=$1
    case $1 in
    console) blocks=$((blocks + 1)) ;;
    sh) [ -z "$why" ] || state=other left_out=$((left_out + 1)) ;;
    text | c | cmake | python | ini | json | math | html) state=other ;;
    *) fail "a block needs a language that the tests know, not \"$1\"" ;;
    esac
}

close_block() {
    case $state in
    console) finish_command ;;
    sh)
        blocks=$((blocks + 1))
        do_command -o pipefail
        : >"$work/command"
        ;;
    esac
    state=text tolerance=1e-3 within=0 why=''
}

# One line of the page that is in no block.
read_text() {
    local picture=']\(([^)]*\.(svg|png))\)'
    case $1 in
    '```'*) open_block "${1#\`\`\`}" && return ;;
    '<!-- figure: '*'-->' | '<!-- n'*': '*'-->') read_comment "$1" && return ;;
    '<!-- figure: '*) figure=${1#<!-- figure: } state=figure && return ;;
    esac
    [ -z "$1" ] || tolerance=1e-3 within=0 why=''
    if [ -n "$figure" ] && [[ $1 =~ $picture ]]; then
        draw "${BASH_REMATCH[1]}"
    fi
    if [[ $1 == ' '*'```'* ]] ||
        [[ $1 == '    '* && -z $before && $listed = 0 ]]; then
        fail 'an indented block: use a fence at the start of a line'
    fi
    [[ $1 == [-*]' '* || $1 == [0-9]*'. '* ]] && listed=1
    [[ -z $1 || $1 == ' '* || $1 == [-*0-9]* ]] || listed=0
}

before='' listed=0
while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $state:$line in
    text:*) read_text "$line" ;;
    figure:*'-->') figure+=$'\n'${line%-->} state=text ;;
    figure:*) figure+=$'\n'$line ;;
    *:'```') close_block ;;
    more:*)
        printf '%s\n' "$line" >>"$work/command"
        [[ $line == *\\ ]] || state=console
        ;;
    console:'$ '*)
        finish_command
        printf '%s\n' "${line#\$ }" >"$work/command"
        [[ $line != *\\ ]] || state='more'
        ;;
    console:'> '*)
        if [ -s "$work/expected" ] || [ ! -s "$work/command" ]; then
            fail 'a line after "> " belongs to no command'
        fi
        printf '%s\n' "${line#> }" >>"$work/command"
        ;;
    console:*)
        printf '%s\n' "$line" >>"$work/expected"
        before=$line
        continue
        ;;
    sh:*) printf '%s\n' "$line" >>"$work/command" ;;
    esac
    before=$line
    printf '%s\n' "$line" >>"$work/new"
done <"$root/$page"
[ "$state" = text ] || fail 'a block or a comment does not end'
[ -z "$figure" ] || fail 'a figure has a command, but no picture'

case $mode in
compare)
    mkdir -p -- "$counts"
    name=${page//\//_}
    printf 'blocks %d\ncommands %d\nfigures %d\nleft_out %d\n' "$blocks" \
        "$commands" "$figures" "$left_out" >"$counts/${name%.md}.count"
    ;;
write) cp "$work/new" "$root/$page" ;;
esac
printf '%s: %d blocks with %d commands, %d figures; %d blocks left out\n' \
    "$page" "$blocks" "$commands" "$figures" "$left_out"
