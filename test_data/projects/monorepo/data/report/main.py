"""Reads a table of sales, and writes what each city has bought."""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable

from tabulate import tabulate


def totals(rows: Iterable[dict[str, str]]) -> list[tuple[str, int, int]]:
    """Of every city: how many sales, and how much; the largest first."""
    amounts: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        amounts[row["city"]].append(int(row["amount"]))
    return sorted(
        ((city, len(sales), sum(sales)) for city, sales in amounts.items()),
        key=lambda total: -total[2],
    )


def main() -> None:
    table = totals(csv.DictReader(sys.stdin))
    print("# Sales\n")
    print(tabulate(table, headers=["city", "sales", "amount"], tablefmt="github"))
