"""A customs-like file of any size, always the same: trade by HS chapter, partner, flow and month, as CSV.

Values move smoothly with a season and a trend, so that they look like statistics and not like noise, and every
series has every month: what a bulk load meets when nothing is wrong. All of it is invented for measuring.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import numpy as np

from data.catalogue import Catalogue
from data.loaders import Source, load_sources

FLOWS = ("出口", "进口")
LAST_YEAR = 2025
SERIES = 60_000
REGIONS = ("100000", "370211")
HEADER = "region,hs,partner,flow,month,value\n"
SOURCE = """
code = "generated_customs"
loader = "table"
files = ["*.csv"]
title_zh = "生成的海关明细（仅用于测速）"
title_en = "Generated customs details (for measuring only)"
publisher_zh = "本程序"
publisher_en = "this program"
licence = "none"
page = ""
vintage = 2026-02-01

[limits]
memory_mib = 1024
cpu_s = 3600
wall_s = 7200
file_mib = 4096
answer_mib = 8192

[table]
format = "csv"
header_row = 1
first_row = 2
period = { column = "month", form = "month" }
lookup = [
  { header = "region", part = "region", codes = { "100000" = "100000", "370211" = "370211" } },
  { header = "hs", part = "commodity", code_list = "hs2022", name = "code" },
  { header = "partner", part = "partner", code_list = "partner", name = "code" },
]

[[table.group]]
when = { flow = "出口" }
indicator = "trade"
flow = "X"
column = [{ header = "value", accumulation = "S", stored_unit = "CNY_100M" }]

[[table.group]]
when = { flow = "进口" }
indicator = "trade"
flow = "M"
column = [{ header = "value", accumulation = "S", stored_unit = "CNY_100M" }]
"""


TOTALS = """
[[totals]]
indicator = "trade"
dimension = "flow"
total = "T"
partition = 1

[[totals]]
indicator = "trade"
dimension = "commodity"
code_list = "hs2022"
missing = "zero"

[[totals]]
indicator = "trade"
dimension = "commodity"
partition = 1
missing = "zero"

[[totals]]
indicator = "trade"
dimension = "partner"
code_list = "partner"
missing = "zero"
"""


def declared(folder: Path, *, totals: bool = False) -> Source:
    """Return the source of generated files, declared in ``folder`` as any source is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "generated_customs.toml").write_text(SOURCE + TOTALS * totals, encoding="utf-8")
    return load_sources(folder)[0]


def series_names(catalogue: Catalogue, count: int = SERIES) -> Iterator[tuple[str, ...]]:
    """Give region, chapter, partner and flow of so many series, in the order of the file."""
    chapters = [each.code for each in catalogue.code_lists["hs2022"].codes.values() if each.parent]
    partners = [each.code for each in catalogue.code_lists["partner"].codes.values()]
    return islice(product(REGIONS, chapters, partners, FLOWS), count)


def write_file(
    path: Path, catalogue: Catalogue, facts: int, *, series: int = SERIES, revised: float = 0.0, only_next: bool = False
) -> int:
    """Write a file of about so many facts and return how many.

    ``revised`` is the share of values that differ from the same file without it; with ``only_next`` the month after its
    last is written instead.
    """
    series = min(series, sum(1 for _ in series_names(catalogue)))
    months = max(1, facts // series)
    first = (LAST_YEAR + 1) * 12 - months
    months += only_next
    texts = [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, first + months)]
    odd = np.random.default_rng(7)
    season = 1 + 0.1 * np.sin(np.arange(first, first + months) * np.pi / 6)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        for number, names in enumerate(series_names(catalogue, series)):
            random = np.random.default_rng([20261125, number])
            size, growth = float(np.exp(random.normal(0.0, 2.0))) + 0.05, random.normal(0.004, 0.002)
            values = size * (1 + growth) ** np.arange(months) * season * random.normal(1.0, 0.03, months).clip(0.9, 1.1)
            if revised:
                values = np.where(odd.random(months) < revised, values * 1.02 + 0.0002, values)
            begin = f"{','.join(names)},"
            lines = [f"{begin}{text},{value:.4f}\n" for text, value in zip(texts, values.tolist(), strict=True)]
            lines = lines[-1:] if only_next else lines
            file.writelines(lines)
            count += len(lines)
    return count


def read_rows(path: Path) -> Iterator[list[str]]:
    """Give the rows of a file without its header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows
