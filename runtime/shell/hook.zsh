# Galley's shell integration for zsh 5.1 and newer, printed by `galley hook zsh` below the two settings it reads:
# __galley_roster and __galley_sync. On entering a project that this person has synced, its launchers come first on PATH
# and GALLEY_PROJECT_ROOT is set; on leaving, both are as they were. Nothing here starts a process, except the sync that
# `--sync` asks for when the project has changed: words are read and files compared by what zsh has built in.

# A directory with a colon cannot be on PATH, so ":galley" is never the name of a project. The record there names the
# checkout by a token that the checkout itself must have: a path alone could be another clone's by now.
__galley_recognise() {
  local record=$__galley_roster$root/:galley/record checkout=$root/.galley/checkout token='' mark='' word
  [[ -f $record && -f $checkout ]] || return 1
  IFS= read -r -u 0 mark < $checkout
  {
    IFS= read -r -d '' token && IFS= read -r -d '' generation && IFS= read -r -d '' bin || return 1
    [[ -n $token && $token == $mark ]] || return 1
    [[ $root:$generation != $__galley_known ]] || return 0
    __galley_watched=()
    while IFS= read -r -d '' word; do __galley_watched+=("$word"); done
  } < $record
  __galley_known=$root:$generation
  rehash
}

# Each watched file was modified between the times of two stamps when it was read; "-" stands for a file that was not
# there. With a file as argument: whether one of them is newer than that.
__galley_changed() {
  local file after before stamps=$__galley_roster$root/:galley
  for file after before in "${__galley_watched[@]}"; do
    if [[ -n ${1-} ]]; then
      [[ ! $file -nt $1 ]] || return 0
    elif [[ $after == - ]]; then
      [[ ! -e $file ]] || return 0
    else
      [[ $file -nt $stamps/$after && $file -ot $stamps/$before ]] || return 0
    fi
  done
  return 1
}

__galley_leave() {
  [[ -n ${_GALLEY_BIN-} ]] || return 0
  local list=:$PATH:
  # The first of several is ours, wherever it is by now.
  if [[ $list == *":$_GALLEY_BIN:"* ]]; then
    list=${list%%":$_GALLEY_BIN:"*}:${list#*":$_GALLEY_BIN:"}
    list=${list#:}
    PATH=${list%:}
  fi
  if [[ ${GALLEY_PROJECT_ROOT-} == ${_GALLEY_ROOT-} ]]; then
    if (( ${+_GALLEY_OUTER} )); then export GALLEY_PROJECT_ROOT=$_GALLEY_OUTER; else unset GALLEY_PROJECT_ROOT; fi
  fi
  unset _GALLEY_BIN _GALLEY_ROOT _GALLEY_OUTER
}

__galley_enter() {
  [[ ${_GALLEY_BIN-} != $bin || ${_GALLEY_ROOT-} != $root ]] || return 0
  __galley_leave
  (( ! ${+GALLEY_PROJECT_ROOT} )) || export _GALLEY_OUTER=$GALLEY_PROJECT_ROOT
  export _GALLEY_BIN=$bin _GALLEY_ROOT=$root GALLEY_PROJECT_ROOT=$root PATH=$bin${PATH:+:$PATH}
}

# A sync that failed is tried again when something is edited, and not by every shell at every prompt.
__galley_resync() {
  local tried=$__galley_roster$root/:galley/tried last=''
  [[ ! -f $tried ]] || IFS= read -r last < $tried
  if [[ $last == $generation ]] && ! __galley_changed $tried; then return 0; fi
  print -r -- $generation >| $tried
  command galley sync --quiet --manifest $root/galley.js < /dev/null >&2
  __galley_recognise && __galley_enter
}

__galley_tell() {
  [[ $root:$generation != ${__galley_told-} ]] || return 0
  __galley_told=$root:$generation
  print -r -- 'galley: the project has changed, run "galley sync"' >&2
}

__galley_update() {
  # Projects are known by their real paths.
  local root=${${PWD:A}%/} generation='' bin=''
  while [[ -n $root && ! -e $root/galley.js ]]; do
    if [[ -e $root/.git ]]; then root=''; else root=${root%/*}; fi
  done
  if [[ -z $root ]] || ! __galley_recognise 2> /dev/null; then
    __galley_leave
    return 0
  fi
  __galley_enter
  if [[ -o interactive ]] && __galley_changed; then
    if [[ -n ${__galley_sync-} ]]; then __galley_resync; else __galley_tell; fi
  fi
}

# Whatever options the person has set, these functions run with those of zsh; what they set stays set.
__galley_prompt() {
  local galley_status=$?
  emulate -L zsh
  setopt no_warn_create_global typeset_silent
  __galley_update || :
  return $galley_status
}

__galley_load() {
  emulate -L zsh
  # Inherited from a shell that was in a project, while the list may have been made anew since.
  if [[ :$PATH: != *":${_GALLEY_BIN-}:"* ]]; then unset _GALLEY_BIN _GALLEY_ROOT _GALLEY_OUTER; fi
  typeset -g __galley_known='' __galley_told=''
  typeset -ga __galley_watched precmd_functions chpwd_functions
  precmd_functions=(__galley_prompt ${precmd_functions:#__galley_prompt})
  chpwd_functions=(__galley_prompt ${chpwd_functions:#__galley_prompt})
}
__galley_load
unfunction __galley_load
__galley_prompt || :
