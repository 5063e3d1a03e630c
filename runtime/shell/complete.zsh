#compdef galley
# Completion of galley's command lines for zsh, printed by `galley completion zsh`: to be evaluated in ~/.zshrc, or kept as
# a file "_galley" in a directory of $fpath. Galley itself says what can come next.

_galley() {
  local addition line value
  local -a lines values
  lines=("${(@f)$(command galley __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2> /dev/null)}")
  addition=$lines[1]
  for line in "${(@)lines[2,-1]}"; do
    value=${line%%$'\t'*}
    if [[ $line == *$'\t'* ]]; then values+=("${value//:/\\:}:${line#*$'\t'}"); else values+=("${value//:/\\:}"); fi
  done
  local -i added=1
  if (( $#values )); then
    _describe -V galley values && added=0
  fi
  case $addition in
    files) _files && added=0 ;;
    directories) _files -/ && added=0 ;;
    commands) _command_names -e && added=0 ;;
  esac
  return added
}

if [[ $funcstack[1] == _galley ]]; then
  _galley "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _galley galley
fi
