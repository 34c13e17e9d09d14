"""Print the revision triangle and the revisions of series: ``python -m data.revisions INDICATOR [part=code …]``.

A series is named by its indicator and, where that is not enough, by parts of its key: ``gdp region=370211
accumulation=Y``. Exit codes: 0 printed; 1 no such series is stored; 2 the warehouse does not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from data import schema
from data.dialects import WarehouseUnavailableError
from data.facts import KEY_PARTS, SeriesKey
from data.gathering import period_text, series_text
from data.queries import CONFIDENTIAL
from data.revision_history import Held, Reader, Revision, Triangle, revisions_of, triangle
from data.settings import SettingsError, load_settings
from data.warehouse import open_warehouse

MOST_SERIES = 20  # shown by one command


def find_series(warehouse: Reader, parts: Mapping[str, str]) -> list[SeriesKey]:
    """Return the stored series whose parts are as given, in the order of their keys."""
    column = schema.series.c
    conditions = [column[name] == text for name, text in parts.items()]
    columns = [column[name] for name in KEY_PARTS]
    rows = warehouse.read(select(*columns).where(*conditions).order_by(*columns).limit(MOST_SERIES + 1))
    return [SeriesKey(*row) for row in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.revisions", description="print the revisions of series")
    parser.add_argument("indicator", help="code of the indicator")
    parser.add_argument("part", nargs="*", help=f"a part of the key, such as region=370211 ({', '.join(KEY_PARTS)})")
    asked = parser.parse_args(arguments)
    parts = dict(each.partition("=")[::2] for each in asked.part) | {"indicator": asked.indicator}
    unknown = sorted(parts.keys() - set(KEY_PARTS))
    if unknown:
        parser.error(f"{unknown[0]} is no part of a key; there are {', '.join(KEY_PARTS)}")
    try:
        settings = load_settings()
        warehouse = open_warehouse(settings.warehouse, readonly=True)
        try:
            warehouse.check_schema()
            return _print(warehouse, parts, settings.simulated)
        finally:
            warehouse.dispose()
    except (SettingsError, WarehouseUnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _print(warehouse: Reader, parts: Mapping[str, str], simulated: bool) -> int:
    keys = find_series(warehouse, parts)
    if not keys:
        wanted = " ".join(f"{name}={text}" for name, text in parts.items())
        sys.stderr.write(f"no series is stored with {wanted}\n")
        return 1
    for key in keys[:MOST_SERIES]:
        sys.stdout.write("\n".join(_lines(warehouse, key, simulated)) + "\n")
    if len(keys) > MOST_SERIES:
        sys.stderr.write(f"only the first {MOST_SERIES} series are shown; name more parts\n")
    return 0


def _lines(warehouse: Reader, key: SeriesKey, simulated: bool) -> list[str]:
    changes = [each for each in revisions_of(warehouse, key, simulated=simulated) if each.is_change]
    return [*_triangle_lines(triangle(warehouse, key, simulated)), *(_change_line(key, each) for each in changes)]


def _triangle_lines(shape: Triangle) -> list[str]:
    frequency = shape.key.frequency
    lines = [series_text(shape.key), "\t".join(["period", *(each.isoformat() for each in shape.vintages)])]
    for period, row in shape.rows():
        lines.append("\t".join([period_text(frequency, period), *(_cell_text(held) for held in row)]))
    return lines


def _cell_text(held: Held | None) -> str:
    if held is None:
        return ""
    if held.conf_status in CONFIDENTIAL:
        return "×"
    figure = held.obs_status if held.value is None else _figure(held)
    return f"{figure} (simulated)" if held.simulated else figure


def _figure(held: Held) -> str:
    return str(held.value) if held.decimals is None else f"{held.value:.{held.decimals}f}"


def _change_line(key: SeriesKey, change: Revision) -> str:
    period, new = period_text(key.frequency, change.period), change.new
    values = f"{_cell_text(change.old) or '–'} → {_cell_text(new)}"
    load = f"load {new.load_id} {new.file_name}, vintage {new.vintage}"
    return "\t".join([period, change.kind, values, load, change.note]).rstrip()


if __name__ == "__main__":
    sys.exit(main())
