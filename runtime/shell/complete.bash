# Completion of galley's command lines for bash 3.2 and newer, printed by `galley completion bash`. Galley itself says what
# can come next; here it is only fitted to what bash takes for a word.

_galley_complete() {
  local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} typed before addition value meaning
  # Bash cuts words at "=", ":" and "@", and replaces only the last part; an "@" before it, too.
  typed=${line##*[[:space:]]}
  case $word in '=' | ':') word='' ;; esac
  [[ $typed == *"$word" ]] || word=$typed
  before=${typed%"$word"}
  before=${before%@}
  COMPREPLY=()
  {
    IFS= read -r addition
    while IFS=$'\t' read -r value meaning; do COMPREPLY+=("${value#"$before"}"); done
  } < <(command galley __complete --line "$line" 2> /dev/null)
  case $addition in
    commands) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -c -- "$word") ;;
    files) compopt -o default 2> /dev/null || while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$word") ;;
    directories) compopt -o dirnames 2> /dev/null || while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$word") ;;
  esac
}

complete -F _galley_complete galley
