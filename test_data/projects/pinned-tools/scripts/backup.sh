#!/bin/sh
# Packs the directories that are named, each into an archive beside it.
set -eu
for dir in "$@"; do
  tar -czf "$dir.tar.gz" -C "$(dirname "$dir")" "$(basename "$dir")"
done
