#!/usr/bin/env bash
# reference.sh - writes docs/reference-options.md, from what --help says.
#
#     reference.sh CONVLET [PAGE.md]
set -euo pipefail

convlet=$(realpath -- "$1")
[ $# -lt 2 ] || exec >"$2"
cat <<'END'
# The command line

Every command with its flags, which are the keys of a config file too. This page is
made from the program's own table of options; the target `docs_reference` writes it
again.

A flag is written `--flag value` or `--flag=value`. A pair is height, then width; one
number stands for both. Each flag under a `[section]` is also a key of a file for
`--config`, written `key = value` below its section. Defaults give way to a preset, a
preset to the file, the file to flags; `--print-config` shows where each value came
from.

| exit status | meaning |
|---|---|
| 0 | all went well |
| 1 | the system refused: a file, memory, standard output |
| 2 | wrong usage or configuration |
| 3 | bad data: a file's content, arrays that do not fit |
| 4 | training diverged |
| 5 | a check failed: check, explain |
| 130 | interrupted, after saving |
END
while IFS=$'\t' read -r command summary; do
    printf '\n## convlet %s\n\n%s.\n\n```text\n' "$command" "${summary^}"
    "$convlet" "$command" --help | awk '
        # A flag with its value, in all its forms.
        function forms(text,   value, name, letter) {
            value = text
            sub(/^(-., )?[^ ]+/, "", value)
            letter = text ~ /^-., / ? "`" substr(text, 1, 2) value "`, " : ""
            name = substr(text, 1, length(text) - length(value))
            sub(/^-., /, "", name)
            if (sub(/\[no-\]/, "", name))
                return "`" name "`, `--no-" substr(name, 3) "`"
            return letter "`" name value "`"
        }
        # Words outside of code; flags in them become code, or "--" would be a
        # dash.
        function words(text,   out) {
            gsub(/[<>*_\[\]]/, "\\\\&", text)
            while (match(text, /--[a-z-]*/)) {
                out = out substr(text, 1, RSTART - 1) "`" \
                    substr(text, RSTART, RLENGTH) "`"
                text = substr(text, RSTART + RLENGTH)
            }
            return out text
        }
        function end_flag() {
            if (flag != "") print "- " forms(flag) ": " words(help)
            flag = help = ""
        }
        /^Examples:/ { examples = 1; next }
        examples && /^$/ { examples = 0; print "```"; next }
        examples { sub(/^  /, ""); sub(/^    /, "      "); print; next }
        /^\[/ { end_flag(); print "\n`" $0 "`\n" }
        /^Other flags/ { end_flag(); print "\nOther flags, which are no keys:\n" }
        /^  -/ {
            end_flag()
            flag = substr($0, 3)
            if (match(flag, /  +/)) {
                help = substr(flag, RSTART + RLENGTH)
                flag = substr(flag, 1, RSTART - 1)
            }
        }
        /^   / { sub(/^ +/, ""); help = help (help == "" ? "" : " ") $0 }
        END { end_flag() }'
done < <("$convlet" __complete '' | grep -v '^-')
