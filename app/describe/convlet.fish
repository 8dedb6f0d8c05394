# convlet.fish - completes what convlet is given, by asking the program.

function __convlet_candidates
    set -l words (commandline -opc) (commandline -ct)
    set -l start (string match -r -- '^--[^=]*=' $words[-1])
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                for path in (__fish_complete_path (string replace -- "$start" '' $words[-1]))
                    echo "$start$path"
                end
            case :directories
                for path in (__fish_complete_directories (string replace -- "$start" '' $words[-1]))
                    echo "$start$path"
                end
            case '-*'
                # fish offers no flags before a dash is there.
                string match -q -- '-*' $words[-1]; and echo $line
            case '*'
                echo $line
        end
    end
end

complete -c convlet -f -a '(__convlet_candidates)'
