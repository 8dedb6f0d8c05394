#compdef convlet
# _convlet - completes what convlet is given, by asking the program.

local line
local -a candidates
for line in "${(@f)$($words[1] __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
    :files | :directories)
        [[ $PREFIX == --*=* ]] && compset -P '*='
        [[ $line == :files ]] && _files || _files -/
        ;;
    ?*) candidates+=("${${line%%$'\t'*}//:/\\:}${line[(r)$'\t']+:${line#*$'\t'}}") ;;
    esac
done
_describe convlet candidates
