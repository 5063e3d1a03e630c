#!/bin/sh
# Syncs the demo project and runs what it built. A second run finds everything in the cache.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
PATH=$root/node_modules/.bin:$PATH # the node that the project brings
cd "$here"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

title() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || title() { printf '\n%s\n' "$1"; }

galley() { node "$root/dist/galley.js" "$@"; }

title 'galley sync: fetch, build from source, publish'
galley sync

bin=.galley/bin

title "Lua, from upstream's own tree, counts the words of a real source file"
"$bin/lua" -v
"$bin/lua" words.lua pantry/pantry.c

title 'esbuild, from npm, bundles a real library into one file'
"$bin/esbuild" "$root/node_modules/semver/index.js" --bundle --minify --platform=node --outfile="$scratch/semver.js" --log-level=warning
node -p "require('$scratch/semver.js').maxSatisfying(['1.4.2', '1.9.0', '2.0.0'], '^1.3')"

title 'pantry, our own program in C with zlib and zstd, packs the bundle, its source and Lua itself'
mkdir "$scratch/out"
cp "$(galley product lua)" "$scratch/lua"
"$bin/pantry" pack "$scratch/demo.pantry" "$scratch/semver.js" pantry/pantry.c "$scratch/lua"
"$bin/pantry" list "$scratch/demo.pantry"
"$bin/pantry" unpack "$scratch/demo.pantry" "$scratch/out"
cmp "$scratch/semver.js" "$scratch/out/semver.js"
cmp pantry/pantry.c "$scratch/out/pantry.c"
cmp "$scratch/lua" "$scratch/out/lua"
echo 'unpacked: every byte is the same'

title 'galley.apt: packages of the host, installed only when they are missing'
if command -v dpkg-query > /dev/null; then
  galley sync --manifest ../examples/apt/galley.js
else
  echo 'skipped: this host has no dpkg'
fi

title 'galley sync once more: nothing to do'
galley sync
