"""A long file on its way into the warehouse: staged piece by piece, sieved, checked, merged in one transaction.

It ends as ``data.loaders.run.run`` does with the same file (a test holds the two against each other), in memory
that does not grow with the file.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

import numpy as np
from sqlalchemy import ColumnElement, select

from data import schema
from data.catalogue import Catalogue
from data.check_batch import Batch
from data.check_comparisons import JumpTally
from data.check_history import CHUNK, held_values, last_rows
from data.check_rules import conflict
from data.check_settings import Checks
from data.check_sieve import Real, Sieve, Whole, related, with_facts_of_file
from data.checks import KEPT, RULES, Kept
from data.columns import Columns, Names, Piece
from data.facts import Fact, Load, LoadReport, Reject, SeriesKey
from data.failpoints import checkpoint
from data.findings import Finding
from data.gathering import LoadRefusedError, citation_id, given_twice, without_reason
from data.loaders.cases import impossible, is_possible, unit_refusal
from data.loaders.source import FileRefusedError
from data.periods import Frequency
from data.staging import Staging
from data.warehouse import Warehouse
from data.withdrawals import withdrawn

HoldBack = Callable[[Load], LoadReport | None]
FEW_PERIODS = 12
LOOKED_AT = 50_000  # facts looked at with the rules together
OF_WHOLE_FILE = ("rejected", "shrink")
BY_SERIES = ("future", "range", "totals", "falling", "growth")


@dataclass
class Intake:
    """Takes the pieces of a file, stages their facts, and sieves them as far as whole series pass by."""

    load: Load
    catalogue: Catalogue
    warehouse: Warehouse
    staging: Staging
    sieve: Sieve
    names: Names = field(default_factory=Names)
    ids: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    first_places: dict[int, tuple[str, str]] = field(default_factory=dict)  # series -> place and raw text
    rejects: list[Reject] = field(default_factory=list)
    impossible: list[Reject] = field(default_factory=list)
    tombstones: list[Fact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows_read: int = 0
    cells_read: int = 0
    _passing: list[tuple[Whole, Whole, Real]] = field(default_factory=list)
    _passed: set[int] = field(default_factory=set)

    @property
    def keys(self) -> Mapping[int, SeriesKey]:
        """The series of the file."""
        return {series_id: key for series_id, (key, _) in self.staging.series.items()}

    def take(self, piece: Piece) -> None:
        """Stage a piece. Raises ``FileRefusedError`` and ``UnknownKeyPartError`` for what no series can hold."""
        self.names.series += piece.series
        self.names.citations += piece.citations
        self.ids += [key.series_id for key, _ in piece.series]
        self.pages += [citation_id(page) for page in piece.citations]
        self.staging.citations.update(zip(self.pages[-len(piece.citations) :], piece.citations, strict=False))
        self.rejects += piece.rejects
        self.notes += piece.notes
        self.rows_read += piece.rows_read
        self.cells_read += len(piece.columns) + len(piece.rejects) + piece.missing + piece.excluded
        if piece.blanks:
            self.tombstones += withdrawn(self.warehouse, self.load, piece.blanks)
        columns = self._possible(piece.columns)
        self._meet_series(columns)
        if self.staging.is_in_order and len(columns):
            self._pass_by(columns)
        self.staging.add(columns, self.ids, self.pages)

    def _possible(self, columns: Columns) -> Columns:
        """Leave out facts of periods that cannot exist, and note them as rejects."""
        numbers = set(columns.series)
        if all(_always_possible(self.names.series[number][0], self.catalogue) for number in numbers):
            return columns
        wanted = [
            is_possible(self.names.series[number][0], period, self.catalogue)
            for number, period in zip(columns.series, columns.period, strict=True)
        ]
        if all(wanted):
            return columns
        self.impossible += map(impossible, self.names.facts(columns.kept([not each for each in wanted])))
        return columns.kept(wanted)

    def _meet_series(self, columns: Columns) -> None:
        """Note the series that stand here for the first time, in their order."""
        first = dict(zip(reversed(columns.series), range(len(columns) - 1, -1, -1), strict=True))
        for number in sorted(first, key=first.__getitem__):
            (key, unit), series_id, place = self.names.series[number], self.ids[number], first[number]
            known = self.staging.series.get(series_id)
            if known is None:
                refusal = unit_refusal(key, unit, columns.place[place], self.catalogue, self.load.file_name)
                if refusal is not None:
                    raise refusal
                self.staging.series[series_id] = key, unit
                self.first_places[series_id] = columns.place[place], columns.raw[place]
            elif known[1] != unit:
                raise FileRefusedError(
                    self.load.file_name, columns.place[place], f"{key.indicator} in {known[1]}, as above", unit
                )

    def _pass_by(self, columns: Columns) -> None:
        """Sieve the series that are complete, if every one stands in a single stretch of the file."""
        ids = np.array(self.ids, dtype=np.int64)[np.array(columns.series, dtype=np.int64)]
        values = np.array([np.nan if each is None else each for each in columns.value], dtype=np.float64)
        self._passing.append((ids, np.array(columns.period, dtype=np.int64), values))
        changes = np.flatnonzero(ids[1:] != ids[:-1]) + 1
        met = [int(ids[0]), *(int(each) for each in ids[changes])]
        last = int(self._passing[-2][0][-1]) if len(self._passing) > 1 else None
        met = met[1:] if met[0] == last else met
        self.staging.is_in_order = len(set(met)) == len(met) and self._passed.isdisjoint(met)
        self._passed.update(met)
        starts = [0, *changes.tolist()][-len(met) :] if met else []
        self.staging.starts.update(zip(met, (self.staging.next_position + each for each in starts), strict=True))
        if self.staging.is_in_order and len(changes):
            series, periods, reals = (np.concatenate(each) for each in zip(*self._passing, strict=True))
            end = len(series) - (len(ids) - int(changes[-1]))
            self.sieve.feed(self.keys_of(series[:end]), series[:end], periods[:end], reals[:end])
            self._passing = [(series[end:], periods[end:], reals[end:])]

    def keys_of(self, series: Whole) -> Mapping[int, SeriesKey]:
        """Return the keys of some series."""
        return {int(each): self.staging.series[int(each)][0] for each in np.unique(series)}

    def finish(self) -> None:
        """Sieve the last series; or all of them from what is staged, if they stood in pieces."""
        if self.staging.is_in_order:
            for series, periods, values in self._passing:
                self.sieve.feed(self.keys_of(series), series, periods, values)
            return
        self.sieve.restart()
        for series, periods, values in self.staging.columns():
            self.sieve.feed(self.keys_of(series), series, periods, values)


def _always_possible(key: SeriesKey, catalogue: Catalogue) -> bool:
    return key.frequency == Frequency.MONTHLY and not catalogue.indicator(key.indicator).combined_january_february


class Held:
    """What the warehouse holds of series, as columns; those it does not know cost nothing."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._is_empty = not warehouse.read(select(schema.series.c.series_id).limit(1))

    def __call__(self, series_ids: Sequence[int], wanted: Sequence[int]) -> tuple[Whole, Whole, Real]:
        """Return series, periods and values of the real figures held at some periods, and perhaps between them."""
        rows: list[tuple[int, int, float]] = []
        now = schema.observation.c
        with self._warehouse.connected() as connection:
            for start in range(0, 0 if self._is_empty else len(series_ids), CHUNK):
                statement = select(now.series_id, now.period, now.value).where(
                    now.series_id.in_(series_ids[start : start + CHUNK]),
                    _at(now.period, wanted),
                    now.simulated.is_(False),
                    now.value.is_not(None),
                )
                rows += connection.execute(statement).all()  # at once: one by one costs more than to find them
        series, periods, values = zip(*rows, strict=True) if rows else ((), (), ())
        return np.array(series, np.int64), np.array(periods, np.int64), np.array(values, np.float64)


def _at(period: ColumnElement[int], wanted: Sequence[int]) -> ColumnElement[bool]:
    """Ask for periods one by one where they are a few far apart, as a new month and the one a year before."""
    is_few = len(wanted) <= FEW_PERIODS and wanted[-1] - wanted[0] > len(wanted)
    return period.in_(wanted) if is_few else period.between(wanted[0], wanted[-1])


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking over millions of rows that hold no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def run_long(
    load: Load,
    pieces: Iterable[Piece],
    settings: Checks,
    catalogue: Catalogue,
    warehouse: Warehouse,
    today: date,
    hold_back: HoldBack,
) -> LoadReport:
    """Load a file given in pieces; ``hold_back`` writes one that must not be stored into the ledger."""
    batch = Batch(catalogue, (), today, settings, last_rows=last_rows(warehouse, load))
    with warehouse.staging() as staging, collector_at_rest():
        intake = Intake(load, catalogue, warehouse, staging, Sieve(batch, Held(warehouse)))
        for piece in pieces:
            intake.take(piece)
        checkpoint("file parsed")
        if not staging.count:
            raise FileRefusedError(load.file_name, "the file", "at least one value", "none")
        intake.finish()
        load = replace(
            load,
            rejects=[*intake.rejects, *intake.impossible],
            rows_read=intake.rows_read,
            note="; ".join([*filter(None, [load.note]), *intake.notes]),
        )
        load = replace(load, findings=_examine(intake, batch, load))
        checkpoint("facts checked")
        held_back = hold_back(load)
        if held_back is not None:
            return held_back
        try:
            _make_unique(intake)
        except LoadRefusedError as refusal:
            return warehouse.record_failure(load, str(refusal))
        return warehouse.write_staged(load, staging)


# --- checks


def _examine(intake: Intake, batch: Batch, load: Load) -> list[Finding]:
    """Return what ``data.checks.examine`` would find in the whole file."""
    keys, settings = intake.keys, batch.settings
    batch = with_facts_of_file(batch, keys, intake.staging.count)
    batch = replace(batch, rejects=load.rejects, cells_read=intake.cells_read, rows_read=load.rows_read)
    kept, tally = Kept(settings, load.sha256), JumpTally(KEPT)
    intake.sieve.count_into(tally)
    checks = [check for check in RULES if settings.severity_of(check) != "off"]
    for check in checks:
        if check == "codes":
            kept.add(check, RULES[check](replace(batch, facts=list(_first_facts(intake)))))
        elif check == "conflict" and intake.sieve.duplicated:
            kept.add(check, conflict(replace(batch, facts=list(intake.staging.given_twice(intake.sieve.duplicated)))))
        elif check in OF_WHOLE_FILE:
            kept.add(check, RULES[check](batch))
    for part in _parts(intake, batch):
        for check in checks:
            if check in BY_SERIES:
                kept.add(check, RULES[check](part))
        if "unit_jump" in checks:
            tally.add(part, counted=True)
    kept.add("unit_jump", tally.findings(batch))
    return kept.findings()


def _first_facts(intake: Intake) -> Iterator[Fact]:
    """Give one fact of every series, which is all the codes need."""
    for series_id, (key, unit) in intake.staging.series.items():
        place, raw = intake.first_places[series_id]
        yield Fact(key, 0, None, unit, place, raw)


def _parts(intake: Intake, batch: Batch) -> Iterator[Batch]:
    """Give the series that must be looked at, in the order of the file, with those they are compared with."""
    relatives = related(batch, intake.keys)
    chosen = [each for each in intake.staging.series if each in intake.sieve.suspects or each in relatives]
    if not chosen:
        return
    intake.staging.index()
    average = max(1, intake.staging.count // len(intake.staging.series))
    waiting = iter(chosen)
    while looked_at := list(islice(waiting, max(1, LOOKED_AT // average))):
        wanted = set(looked_at).union(*(relatives.get(each, ()) for each in looked_at))
        facts = intake.staging.facts_of(sorted(wanted))
        held = held_values(intake.warehouse, facts)
        yield replace(batch, facts=facts, held=held, looked_at=frozenset(looked_at))


def _make_unique(intake: Intake) -> None:
    """Leave every period of a series once, with what was withdrawn; raise ``LoadRefusedError`` for a contradiction."""
    staging = intake.staging
    odd = staging.without_reason()
    if odd is not None:
        raise without_reason(odd)
    staging.add_facts(intake.tombstones)
    doubled = {*intake.sieve.duplicated, *(fact.key.series_id for fact in intake.tombstones)}
    if doubled:
        first: dict[tuple[int, int], Fact] = {}
        for fact in staging.given_twice(doubled):
            earlier = first.setdefault((fact.key.series_id, fact.period), fact)
            if (earlier.value, earlier.obs_status, earlier.conf_status) != (
                fact.value, fact.obs_status, fact.conf_status,
            ):  # fmt: skip
                raise given_twice(earlier, fact)
        staging.collapse(doubled)
