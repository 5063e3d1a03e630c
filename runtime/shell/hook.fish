# Galley's shell integration for fish 3.4 and newer, printed by `galley hook fish` below the two settings it reads:
# __galley_roster and __galley_sync. On entering a project that this person has synced, its launchers come first on PATH
# and GALLEY_PROJECT_ROOT is set; on leaving, both are as they were. Nothing here starts a process, except the sync that
# `--sync` asks for when the project has changed: words are read and files compared by what fish has built in.

# A directory with a colon cannot be on PATH, so ":galley" is never the name of a project. The record there names the
# checkout by a token that the checkout itself must have: a path alone could be another clone's by now.
function __galley_recognise --no-scope-shadowing
    set -l record $__galley_roster$root/:galley/record
    set -l checkout $root/.galley/checkout
    test -f $record -a -f $checkout -a -r $checkout; or return 1
    read -l mark <$checkout
    set -l words (string split0 <$record)
    test (count $words) -ge 3 -a -n "$words[1]" -a "$words[1]" = "$mark"; or return 1
    set generation $words[2]
    set bin $words[3]
    set -g __galley_watched $words[4..]
end

# Each watched file was modified between the times of two stamps when it was read; "-" stands for a file that was not
# there. With a file as argument: whether one of them is newer than that.
function __galley_changed --argument-names root tried
    set -l stamps $__galley_roster$root/:galley
    set -l at 1
    while test $at -le (count $__galley_watched)
        set -l file $__galley_watched[$at]
        set -l after $__galley_watched[(math $at + 1)]
        set -l before $__galley_watched[(math $at + 2)]
        if test -n "$tried"
            test $file -nt $tried; and return 0
        else if test $after = -
            test -e $file; and return 0
        else
            test $file -nt $stamps/$after -a $file -ot $stamps/$before; or return 0
        end
        set at (math $at + 3)
    end
    return 1
end

function __galley_leave
    set -q _GALLEY_BIN; or return 0
    # The first of several is ours, wherever it is by now.
    if set -l at (contains -i -- $_GALLEY_BIN $PATH)
        set -e PATH[$at]
    end
    if test "$GALLEY_PROJECT_ROOT" = "$_GALLEY_ROOT"
        set -e GALLEY_PROJECT_ROOT
        set -q _GALLEY_OUTER; and set -gx GALLEY_PROJECT_ROOT $_GALLEY_OUTER
    end
    set -e _GALLEY_BIN
    set -e _GALLEY_ROOT
    set -e _GALLEY_OUTER
end

function __galley_enter --argument-names root bin
    test "$_GALLEY_BIN" = $bin -a "$_GALLEY_ROOT" = $root; and return 0
    __galley_leave
    set -q GALLEY_PROJECT_ROOT; and set -gx _GALLEY_OUTER $GALLEY_PROJECT_ROOT
    set -gx _GALLEY_BIN $bin
    set -gx _GALLEY_ROOT $root
    set -gx GALLEY_PROJECT_ROOT $root
    set -gx PATH $bin $PATH
end

# A sync that failed is tried again when something is edited, and not by every shell at every prompt.
function __galley_resync --no-scope-shadowing
    set -l tried $__galley_roster$root/:galley/tried
    set -l last
    test -f $tried; and read last <$tried
    test "$last" = $generation; and not __galley_changed $root $tried; and return 0
    echo $generation >$tried
    command galley sync --quiet --manifest $root/galley.js </dev/null >&2
    __galley_recognise 2>/dev/null; and __galley_enter $root $bin
end

function __galley_tell --argument-names at
    test "$at" = "$__galley_told"; and return 0
    set -g __galley_told $at
    echo 'galley: the project has changed, run "galley sync"' >&2
end

function __galley_update --on-event fish_prompt --on-variable PWD
    # Projects are known by their real paths. A directory that is gone has no path but the one it had.
    set -l root $PWD
    string match -qr '(?s)^(?<root>.*?)/?\n\z' -- (pwd -P 2>/dev/null | string collect -N)
    while test -n "$root" -a ! -e "$root/galley.js"
        if test -e "$root/.git"
            set root ''
        else
            string match -qr '(?s)^(?<root>.*)/' -- $root; or set root ''
        end
    end
    set -l generation
    set -l bin
    if test -z "$root"; or not __galley_recognise 2>/dev/null
        __galley_leave
        return 0
    end
    __galley_enter $root $bin
    if status is-interactive; and __galley_changed $root
        if test -n "$__galley_sync"
            __galley_resync
        else
            __galley_tell $root:$generation
        end
    end
end

# Inherited from a shell that was in a project, while the list may have been made anew since.
if set -q _GALLEY_BIN; and not contains -- $_GALLEY_BIN $PATH
    set -e _GALLEY_BIN
    set -e _GALLEY_ROOT
    set -e _GALLEY_OUTER
end
__galley_update
