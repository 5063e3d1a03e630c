# Completion of galley's command lines for fish, printed by `galley completion fish`. Galley itself says what can come next.

function __galley_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines (command galley __complete -- $words[2..-1] "$word" 2>/dev/null)
    if set -q lines[2]
        printf '%s\n' $lines[2..-1]
    end
    switch "$lines[1]"
        case files
            __fish_complete_path "$word"
        case directories
            __fish_complete_directories "$word"
        case commands
            __fish_complete_command
    end
end

complete -c galley -f -k -a '(__galley_complete)'
