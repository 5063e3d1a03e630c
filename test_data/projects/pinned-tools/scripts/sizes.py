"""Tells how large the files below a directory are, the largest first."""

import sys
from pathlib import Path


def sizes(root: Path) -> list[tuple[int, Path]]:
    files = (file for file in root.rglob("*") if file.is_file())
    return sorted(((file.stat().st_size, file) for file in files), reverse=True)


if __name__ == "__main__":
    for size, file in sizes(Path(sys.argv[1])):
        print(f"{size:>12} {file}")
