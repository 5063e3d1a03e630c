# Installs what package-lock.json names, unless that has been done. The person's own node may be too old for what is
# installed: that is expected, as the project brings its own, so only errors are shown.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
