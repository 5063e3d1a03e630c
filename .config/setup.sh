# Installs what package-lock.json names, unless that has been done. The person's own node may be too old for what is
# installed: that is expected, as the project brings its own, so only errors are shown. What npm remembers of the registry
# may be older than the lock file, so it has to ask again.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --prefer-online --no-audit --no-fund --loglevel=error
