"""One file on its way into the warehouse: fetch, parse, check, write.

A file that is not what its source declares is a failed load with the reason in the ledger; the others go on. A
declaration that is wrong by itself stops everything, because it is the program's own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from data import schema
from data.approvals import accepting, approvals
from data.catalogue import Catalogue
from data.catalogue.errors import UnknownKeyPartError
from data.check_history import batch_of
from data.checks import examine, summary, verdict
from data.clock import Clock
from data.columns import Piece
from data.corrections import CorrectionError, correct
from data.facts import Fact, Load, LoadReport, PartsOf, Reject
from data.failpoints import checkpoint
from data.findings import Finding, Severity
from data.fingerprints import file_sha256, fingerprint, folder_fingerprint
from data.insistence import insist
from data.loaders import FileRefusedError, Source, SourceError, stream
from data.loaders.addresses import FetchError, TransientFetchError
from data.loaders.cases import impossible, is_possible, unit_refusal
from data.loaders.fetch_options import Fed, FetchOptions, SqlOptions
from data.loaders.intake import label_of
from data.loaders.isolation import Isolation
from data.loaders.pieces import joined
from data.loaders.sensitive import SensitiveFileError
from data.warehouse import Warehouse
from data.withdrawals import withdrawn

if TYPE_CHECKING:  # it takes an HTTP client along, which only a source with an address needs
    from data.loaders.downloads import Download, Downloader

LOADERS_FOLDER = Path(__file__).parent
LONG_FACTS = 50_000  # from here on a file is staged piece by piece and never in memory as a whole


@dataclass(frozen=True)
class Fetched:
    """A file with the fingerprint of its content and of the declarations it is to be read with.

    ``label`` is the escaped name of a foreign file, whose copy lies at ``path`` under a random one. ``edition`` is
    set for an answer: a service may go back to what it said before, and that is news.
    """

    source: Source
    path: Path
    sha256: str
    reading: str
    label: str = ""
    edition: str = ""

    @property
    def name(self) -> str:
        """What the ledger and messages call the file."""
        return self.label or label_of(self.path.name)

    def is_loaded(self, warehouse: Warehouse, *, by_hand: bool = False) -> bool:
        """Tell whether exactly this was loaded before; what was withdrawn since is loaded again only by hand."""
        if not by_hand and warehouse.is_withdrawn(self.source.code, self.sha256):
            return True
        return warehouse.has_loaded(self.source.code, self.sha256, self.reading)

    def load(self, warehouse: Warehouse) -> Load:
        """Return the load of this file, without facts yet."""
        # A file that was loaded before and is read another way now corrects what the program misread.
        known = self._was_last(warehouse) if self.edition else warehouse.has_loaded(self.source.code, self.sha256)
        return Load(
            source=self.source.code,
            file_name=self.name,
            sha256=self.sha256,
            size_bytes=self.path.stat().st_size,
            vintage=self.source.vintage,
            facts=(),
            kind="correction" if known else "release",
            reading=self.reading,
            release_at=self.source.release_at,
        )

    def _was_last(self, warehouse: Warehouse) -> bool:
        """Tell whether the last answer loaded under this name was this one."""
        ledger = schema.load.c
        named = (ledger.source_code == self.source.code, ledger.file_name == self.name, ledger.state == "done")
        statement = select(ledger.sha256).where(*named).order_by(ledger.load_id.desc()).limit(1)
        with warehouse.connected() as connection:
            return connection.execute(statement).scalar() == self.sha256


def declarations_fingerprint(catalogue_folder: Path) -> str:
    """Return the fingerprint of what all sources are read with: the catalogue and the loaders themselves."""
    return fingerprint(
        [folder_fingerprint(catalogue_folder, "*.toml", "*.csv"), folder_fingerprint(LOADERS_FOLDER, "*.py")]
    )


def fetch(source: Source, folder: Path, declarations: str) -> Iterator[Fetched]:
    """Find the files of a source. Raises ``FileRefusedError`` if a declared file is not there."""
    reading = fingerprint([declarations, source.declaration_sha256()])
    for path in source.paths(folder):
        yield Fetched(source, path, file_sha256(path), reading)


def feed_of(source: Source) -> FetchOptions | SqlOptions | None:
    """Return the address or database a source is asked at; ``None`` if its files come by hand."""
    return source.options.fetch or source.options.sql if isinstance(source.options, Fed) else None


def acquire(source: Source, downloader: Downloader, declarations: str, warehouse: Warehouse) -> Fetched | LoadReport:
    """Ask the service or database of a source; return its answer as a file whose vintage is the day it came.

    What could not be had, or was held back, is a report instead, and stands in the ledger with its reason: a failure
    once a day and answer in place, so that a long outage does not fill the ledger. Raises ``SourceError``.
    """
    feed = feed_of(source)
    if feed is None:
        raise SourceError(source.declared_in, "fetch", "there is neither [fetch] nor [sql]")
    day, read_with = downloader.today, [declarations, source.declaration_sha256()]
    try:
        download = downloader.acquire(source)
    except SourceError:
        raise
    except (FetchError, OSError, ValueError) as error:
        reading = fingerprint([*read_with, day.isoformat(), downloader.edition(source, feed.name)])
        findings = [_unreadable(error)] if isinstance(error, FileRefusedError) else []
        load = Load(source.code, feed.name, "", 0, day, (), reading=reading, findings=findings)
        report = warehouse.record_failure(load, str(error) or type(error).__name__)
        report.transient = isinstance(error, TransientFetchError)
        return report
    if download is None:
        raise SourceError(source.declared_in, "fetch", "there is neither [fetch] nor [sql]")
    came = source.model_copy(update={"vintage": date.fromisoformat(download.day) if download.day else day})
    sha256 = file_sha256(download.path)
    if download.state == "quarantined":
        reading = fingerprint(read_with)
        return _shrunk(Fetched(came, download.path, sha256, reading, feed.name), download, warehouse)
    return Fetched(came, download.path, sha256, fingerprint([*read_with, download.edition]), edition=download.edition)


def _shrunk(fetched: Fetched, download: Download, warehouse: Warehouse) -> LoadReport:
    reason = download.notes[-1]
    finding = Finding("shrink", "quarantine", "", "", f"行数比上次少得多：{reason}", reason)
    load = replace(fetched.load(warehouse), rows_read=download.rows, findings=[finding])
    return warehouse.record_failure(load, reason, "quarantined")


def run(
    fetched: Fetched,
    catalogue: Catalogue,
    warehouse: Warehouse,
    *,
    isolation: Isolation | None = None,
    today: date | None = None,
) -> LoadReport:
    """Load one file: parse it, check it, write it whole or not at all.

    ``isolation`` reads it in a confined child; ``today`` (by default the day in Shanghai) is what no period may
    end after. The report's state is that of ``Warehouse.write``, or ``quarantined`` where a check held it back.
    If the database breaks off in between, everything is done again.
    """
    return insist(warehouse, lambda: _run_once(fetched, catalogue, warehouse, isolation, today))


def _run_once(
    fetched: Fetched, catalogue: Catalogue, warehouse: Warehouse, isolation: Isolation | None, today: date | None
) -> LoadReport:
    checkpoint("file fetched")
    _check_checks(fetched.source, catalogue)
    approved = approvals(warehouse, fetched.source.code, fetched.sha256)
    source = accepting(fetched.source, approved, fetched.sha256)
    load = replace(fetched.load(warehouse).begun(), totals=_sums(source, catalogue))
    try:
        unchanged = _is_still(fetched)
        with closing(_pieces(fetched, catalogue, isolation, unchanged)) as pieces:
            begun = list(_beginning(pieces))
            if sum(len(piece.columns) for piece in begun) > LONG_FACTS and not source.corrections:
                load = replace(load, note="; ".join(each.note for each in approved))
                return _run_long(source, load, chain(begun, pieces), catalogue, warehouse, today or Clock().today())
            parsed = joined(chain(begun, pieces))
        checkpoint("file parsed")
        corrected = correct(parsed.facts, parsed.rejects, source.corrections, load.file_name, catalogue)
        facts, not_possible = check(corrected.facts, catalogue, load.file_name)
    except SourceError:
        raise
    except CorrectionError as error:
        raise SourceError(source.declared_in, "corrections", str(error)) from error
    except SensitiveFileError as error:
        return warehouse.record_failure(replace(load, findings=[_sensitive(error)]), str(error), "quarantined")
    except (FileRefusedError, UnknownKeyPartError, OSError, ValueError) as error:
        return warehouse.record_failure(replace(load, findings=[_unreadable(error)]), str(error))
    rejects = [*corrected.rejects, *not_possible]
    note = "; ".join([*(each.note for each in approved), *parsed.notes])
    load = replace(load, facts=facts, rejects=rejects, rows_read=parsed.rows_read, note=note)
    load = replace(load, corrections=corrected.applied)
    day = today or Clock().today()
    batch = batch_of(load, facts, parsed.cells_read, source.checks, catalogue, warehouse, day)
    tombstones = withdrawn(warehouse, load, parsed.blanks)
    load = replace(load, facts=[*facts, *tombstones], findings=[*examine(batch, load.sha256), *corrected.findings])
    checkpoint("facts checked")
    return _held_back(warehouse, load) or warehouse.write(load)


def _beginning(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Give the pieces of a file, but of a long one only as many as it takes to know that it is long."""
    facts = 0
    for piece in pieces:
        facts += len(piece.columns)
        yield piece
        if facts > LONG_FACTS:
            return


def _run_long(
    source: Source, load: Load, pieces: Iterable[Piece], catalogue: Catalogue, warehouse: Warehouse, day: date
) -> LoadReport:
    from data.loaders.long_load import run_long  # it takes numpy along, which only a long file needs

    return run_long(load, pieces, source.checks, catalogue, warehouse, day, partial(_held_back, warehouse))


def _held_back(warehouse: Warehouse, load: Load) -> LoadReport | None:
    state = HELD_BACK.get(verdict(load.findings))
    return None if state is None else warehouse.record_failure(load, summary(load.findings), state)


def _sums(source: Source, catalogue: Catalogue) -> list[PartsOf]:
    try:
        return [each for total in source.totals for each in total.sums(catalogue)]
    except ValueError as error:
        raise SourceError(source.declared_in, "totals", str(error)) from error


HELD_BACK: Mapping[Severity, str] = {"quarantine": "quarantined", "refuse": "failed"}


def _is_still(fetched: Fetched) -> Callable[[], None]:
    """Check that a file is what was found, and return the check that it was not replaced since.

    Else the ledger would give one file's fingerprint for another one's figures.
    """

    def state() -> tuple[int, ...]:
        now = fetched.path.stat()
        return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns

    def check() -> None:
        if state() != before:
            raise FileRefusedError(fetched.name, "the file", "the same file to its end", _REPLACED)

    before = state()
    if file_sha256(fetched.path) != fetched.sha256:
        raise FileRefusedError(fetched.name, "the file", "the content that was found", _REPLACED)
    return check


_REPLACED = "it was replaced while it was read; the next run reads the new one"


def _check_checks(source: Source, catalogue: Catalogue) -> None:
    """Raise ``SourceError`` for a check of something that is not there: it would never find anything."""
    unknown = source.checks.unknown_indicators(catalogue.indicators)
    if unknown:
        raise SourceError(source.declared_in, "checks", f"indicator {unknown[0]!r} is not in the catalogue")


def _pieces(
    fetched: Fetched, catalogue: Catalogue, isolation: Isolation | None, unchanged: Callable[[], None]
) -> Generator[Piece]:
    """Give the file in pieces; at its end it must be ``unchanged``."""
    if isolation is None:
        yield from stream(fetched.source, fetched.path, catalogue)
    else:
        yield from isolation.stream(fetched.source, fetched.path, fetched.name)
    unchanged()


def _sensitive(error: SensitiveFileError) -> Finding:
    zh, en = f"应为：{error.expected}；实际：{error.found}", f"expected {error.expected}; found {error.found}"
    return Finding("sensitive", "quarantine", error.place, "", zh, en)


def _unreadable(error: Exception) -> Finding:
    if not isinstance(error, FileRefusedError):
        return Finding("unreadable", "refuse", "", "", f"无法读取：{error}", str(error))
    zh = f"应为：{error.expected}；实际：{error.found}"
    return Finding("unreadable", "refuse", error.place, "", zh, f"expected {error.expected}; found {error.found}")


def check(facts: Iterable[Fact], catalogue: Catalogue, name: str) -> tuple[list[Fact], list[Reject]]:
    """Return the facts that can be, and those of periods that cannot exist as rejects.

    Raises ``FileRefusedError`` if a fact is of another unit than its indicator's, or the file gives no value.
    """
    possible: list[Fact] = []
    rejects: list[Reject] = []
    cases: set[tuple[str, str, str]] = set()
    for fact in facts:
        case = (fact.key.indicator, fact.key.measure, fact.unit)
        if case not in cases:
            refusal = unit_refusal(fact.key, fact.unit, fact.place, catalogue, name)
            if refusal is not None:
                raise refusal
            cases.add(case)
        if is_possible(fact.key, fact.period, catalogue):
            possible.append(fact)
        else:
            rejects.append(impossible(fact))
    if not possible:
        raise FileRefusedError(name, "the file", "at least one value", "none")
    return possible, rejects
