# convlet.bash - completes what convlet is given, by asking the program.

# bash cuts words at "=" and ":", so the words are read from the line itself,
# and what bash takes for an earlier word is cut off the replies again.
_convlet() {
    local line=${COMP_LINE:0:COMP_POINT} word='' reply
    local -a typed replies
    read -ra typed <<<"$line"
    if [[ $line == *' ' ]]; then typed+=(''); else word=${typed[-1]}; fi
    COMPREPLY=()
    mapfile -t replies < <("${typed[0]}" __complete "${typed[@]:1}" 2>/dev/null)
    [[ $word == --*=* ]] && word=${word#*=}
    for reply in "${replies[@]}"; do
        reply=${reply%%$'\t'*}
        case $reply in
        :files) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
            compgen -f -- "$word") ;;
        :directories) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
            compgen -d -- "$word") ;;
        --*=*) COMPREPLY+=("${reply#*=}") ;;
        *) COMPREPLY+=("$reply") ;;
        esac
    done
    [[ ${replies[*]} != *:[df]i* ]] || compopt -o filenames 2>/dev/null
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
    fi
}
complete -F _convlet convlet
