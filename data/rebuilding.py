"""The warehouse made anew from the files that are kept, load after load, and compared with the one there is.

Whatever was edited, removed or added beside the loads differs: a figure, a total, a superseded value, a count of
revisions. A series can only be compared if all its loads can be repeated: their files are kept and are still read the
same way. What cannot is named. Simulated figures are no statements of a file and are not compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from data import schema
from data.catalogue import Catalogue
from data.facts import KEY_PARTS, SeriesKey
from data.fingerprints import fingerprint
from data.gathering import period_text, series_text
from data.integrity import CHUNK, Problem
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, declarations_fingerprint, feed_of, run
from data.loaders.source import Source, load_sources
from data.replay import ReplayError, kept_file
from data.settings import Settings
from data.vintages import WITHDRAWN
from data.warehouse import Warehouse, open_warehouse
from data.withdraw import KIND, withdraw

_CONTENT = (
    "value", "decimals", "obs_status", "conf_status", "derived", "vintage", "place", "raw", "note",
)  # fmt: skip


@dataclass
class Rebuilt:
    """What came of it: what differs, what could not be repeated and why, and how many figures were compared."""

    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    compared: int = 0


def compare_with_files(settings: Settings, warehouse: Warehouse, catalogue: Catalogue) -> Rebuilt:
    """Repeat the loads of ``warehouse`` in a warehouse of their own and compare."""
    with tempfile.TemporaryDirectory(prefix="onescreen-verify-") as folder, Isolation(catalogue) as isolation:
        again = open_warehouse(f"sqlite:///{Path(folder) / 'again.db'}")
        try:
            again.migrate()
            return _Rebuilding(settings, warehouse, again, catalogue, isolation).run()
        finally:
            again.dispose()


@dataclass
class _Rebuilding:
    settings: Settings
    warehouse: Warehouse
    again: Warehouse
    catalogue: Catalogue
    isolation: Isolation
    result: Rebuilt = field(default_factory=Rebuilt)
    numbers: dict[int, int] = field(default_factory=dict)  # load there -> load here

    def run(self) -> Rebuilt:
        """Repeat what can be repeated, then compare the series all of whose loads were."""
        self._copy_what_people_decided()
        sources = {source.code: source for source in load_sources(self.settings.sources)}
        declarations = declarations_fingerprint(self.settings.catalogue)
        for ledger in self._loads():
            reason = self._repeat(ledger, sources.get(ledger.source_code), declarations)
            if reason:
                self.result.left_out.append(
                    f"load {ledger.load_id} ({ledger.source_code}: {ledger.file_name}): {reason}"
                )
        with self.warehouse.connected() as there, self.again.connected() as here:
            for series_ids in self._series(there):
                for table in (schema.observation, schema.observation_history):
                    self._compare(table, series_ids, there, here)
        return self.result

    def _copy_what_people_decided(self) -> None:
        for table in (schema.source, schema.approval):
            with self.warehouse.connected() as there:
                rows = [dict(row) for row in there.execute(select(table)).mappings()]
            if rows:
                with self.again.writing.begin() as here:
                    here.execute(insert(table), rows)

    def _loads(self) -> list[Row[Any]]:
        """Return the loads of real sources that changed something, oldest first."""
        ledger, source = schema.load.c, schema.source.c
        statement = (
            select(schema.load)
            .join(schema.source, source.code == ledger.source_code)
            .where(ledger.state.in_(("done", WITHDRAWN)), source.simulated.is_(False))
            .order_by(ledger.load_id)
        )
        with self.warehouse.connected() as connection:
            return list(connection.execute(statement).all())

    def _repeat(self, ledger: Row[Any], source: Source | None, declarations: str) -> str:
        """Repeat one load; return why it could not be, empty if it was."""
        if ledger.kind == KIND:
            return self._withdraw(ledger)
        if source is None:
            return "its source is not declared any more"
        if feed_of(source) is not None:
            return "answers of services are read by editions that are not kept"
        reading = fingerprint([declarations, source.declaration_sha256()])
        if reading != ledger.reading:
            return "it was read with other declarations"
        if source.vintage != ledger.vintage:
            return "its vintage is declared otherwise now"
        try:
            path = kept_file(self.settings, source, ledger.sha256)
        except ReplayError as error:
            return str(error)
        fetched = Fetched(source, path, ledger.sha256, reading, ledger.file_name)
        report = run(fetched, self.catalogue, self.again, isolation=self.isolation, today=self.settings.current_day())
        if report.state != "done" or report.load_id is None:
            return f"read again it is {report.state}: {report.error}"
        self.numbers[ledger.load_id] = report.load_id
        return ""

    def _withdraw(self, ledger: Row[Any]) -> str:
        number = int(ledger.file_name.removeprefix("load ").partition(":")[0])
        if number not in self.numbers:
            return f"load {number}, which it took back, could not be repeated"
        withdraw(self.again, self.numbers[number], ledger.note, "verify")
        self.numbers[ledger.load_id] = 0  # its values are those of the loads before
        return ""

    def _series(self, there: Connection) -> Iterator[list[int]]:
        """Give the series whose loads were all repeated."""
        seen: dict[int, bool] = {}
        for table in (schema.observation, schema.observation_history):
            pairs = select(table.c.series_id, table.c.load_id).where(table.c.simulated.is_(False)).distinct()
            for series_id, load_id in there.execute(pairs):
                seen[series_id] = seen.get(series_id, True) and load_id in self.numbers
        ids = sorted(series_id for series_id, whole in seen.items() if whole)
        return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))

    def _compare(self, table: Table, series_ids: list[int], there: Connection, here: Connection) -> None:
        stored, again = _cells(table, series_ids, there, self.numbers), _cells(table, series_ids, here, None)
        self.result.compared += len(stored)
        keys = _keys(series_ids, there)
        for cell in sorted(stored.keys() | again.keys(), key=repr):
            if stored.get(cell) != again.get(cell):
                series_id, period, *_ = cell
                key = keys.get(series_id)
                frequency = "?" if key is None else key.frequency
                name = str(series_id) if key is None else f"{series_text(key)} {period_text(frequency, period)}"
                said = _said(stored.get(cell), again.get(cell))
                self.result.problems.append(Problem("rebuilt", f"{table.name}: {name}", said))


def _cells(
    table: Table, series_ids: list[int], connection: Connection, numbers: Mapping[int, int] | None
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the real figures of some series by cell; of history by the load they are of, too."""
    names = [*_CONTENT, *(["revisions"] if table is schema.observation else [])]
    columns = [table.c[name] for name in ("series_id", "period", "load_id", *names)]
    statement = select(*columns).where(table.c.series_id.in_(series_ids), table.c.simulated.is_(False))
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in connection.execute(statement).mappings():
        load_id = row["load_id"] if numbers is None else numbers[row["load_id"]]
        place = (row["series_id"], row["period"])
        cell = place if table is schema.observation else (*place, load_id, row["value"], row["vintage"])
        found[cell] = {"load": load_id, **{name: row[name] for name in names}}
    return found


def _keys(series_ids: list[int], connection: Connection) -> dict[int, SeriesKey]:
    series = schema.series.c
    parts = [series[name] for name in KEY_PARTS]
    rows = connection.execute(select(series.series_id, *parts).where(series.series_id.in_(series_ids)))
    return {row.series_id: SeriesKey(*row[1:]) for row in rows}


def _said(stored: Mapping[str, Any] | None, again: Mapping[str, Any] | None) -> str:
    if stored is None or again is None:
        figure = (again or stored or {}).get("value")
        return f"{figure} is missing in the warehouse" if stored is None else f"{figure} comes out of no file"
    differ = [name for name in stored if stored[name] != again[name]]
    return "; ".join(f"{name} is {stored[name]!r}, its file gives {again[name]!r}" for name in differ)
