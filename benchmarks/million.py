"""A copy of a filled warehouse with a million observations: the same series again for regions nobody looks at.

Panels read the series they always read; the table, its index and the plain app's join become as large as those of a
city with many districts. The added series have the shape, length and values of real ones.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from data.facts import KEY_PARTS

MILLION = 1_000_000
SALT = 0x1E3779B97F4A7C15  # added series get an id of their own by exclusive or with a multiple of it
_ID = "((series_id | {mask}) - (series_id & {mask}))"


def grow(original: Path, copy: Path, observations: int = MILLION) -> int:
    """Copy a warehouse and add series until it holds so many observations; return how many it holds."""
    with closing(sqlite3.connect(original)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    with closing(sqlite3.connect(copy)) as database, database:
        held = _count(database)
        one, number = held, 0
        series = _columns(database, "series", {"series_id", "region"})
        cells = _columns(database, "observation", {"series_id"})
        while held < observations:
            number += 1
            share = min(1.0, (observations - held) / one)
            _add(database, number, series, cells, share)
            held = _count(database)
        database.execute("ANALYZE")
    return held


def _columns(database: sqlite3.Connection, table: str, without: set[str]) -> str:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    assert table != "series" or set(KEY_PARTS) <= set(names), "the key of a series changed"
    return ", ".join(name for name in names if name not in without)


def _add(database: sqlite3.Connection, number: int, series: str, cells: str, share: float) -> None:
    """Add every series once more (or a share of them) under another region."""
    new_id = _ID.format(mask=(SALT * number) & (2**62 - 1))
    some = f"(series_id % 1000) < {1000 * share:.0f} AND length(region) < 9"
    database.execute("CREATE TEMP TABLE chosen AS SELECT series_id FROM series WHERE " + some)
    database.execute(
        f"INSERT INTO series (series_id, region, {series}) SELECT {new_id}, '9{number:08d}', {series} "
        "FROM series JOIN chosen USING (series_id)"
    )
    database.execute(
        f"INSERT INTO observation (series_id, {cells}) SELECT {new_id}, {cells} "
        "FROM observation JOIN chosen USING (series_id)"
    )
    database.execute("DROP TABLE chosen")


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM observation").fetchone()[0])
