#!/usr/bin/env bash
# zsh.sh - lets zsh complete lines in a terminal of its own.
#
#     zsh.sh SCRIPT CONVLET
set -euo pipefail

command -v zsh >/dev/null || { echo 'skipped: no zsh'; exit 77; }
script=$(realpath -- "$1")
PATH=$(dirname -- "$(realpath -- "$2")"):$PATH
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
mkdir functions
cp -- "$script" functions/_convlet
touch photo.png
zsh -f -n "$script"

# Types a line and TAB in a shell that has the script, and prints what the
# terminal shows then.
cat >typed.zsh <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='> '; unsetopt beep; fpath=(functions \$fpath)"
zpty -w shell 'autoload -Uz compinit; compinit -u -D; LISTMAX=1000; COLUMNS=200'
zpty -w shell 'zstyle ":completion:*" list-prompt ""; echo re""ady'
until zpty -r -m shell line '*ready*'; do :; done
zpty -w -n shell "$1"$'\t'
zpty -w shell ' # do""ne'
zpty -w shell 'echo do""ne'
zpty -r -m shell line '*done*'
print -r -- "$line"
zpty -d shell
END

# expect LINE SHOWN: the line is completed to, or offered, what is shown.
failures=0
expect() {
    local shown
    shown=$(timeout 60 zsh -f typed.zsh "$1") || true
    grep -qF -- "$2" <<<"$shown" && return
    printf '%s<TAB> does not bring %s but %s\n' "$1" "$2" "$shown"
    failures=$((failures + 1))
}

expect 'convlet expl' 'convlet explain'
expect 'convlet train --algorithm im' 'im2col'
expect 'convlet train --al' 'train --algorithm'
expect 'convlet explain --format sv' 'svg'
expect 'convlet apply ph' 'photo.png'
expect 'convlet train --input=ph' '--input=photo.png'
exit "$((failures > 0))"
