"""The drop folder: ``<folder>/<source code>/`` takes the files of a source, in any name.

A finished file is copied in, loaded, and put away: into ``done`` when it is stored, into ``quarantine`` with a
report when it is not. One bad file holds up no other (L-13). A file whose load was stored but that was not put
away yet, because the program ended between the two, is recognised by its content (L-02).
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from data.catalogue import Catalogue
from data.facts import Load, LoadReport
from data.failpoints import checkpoint
from data.fingerprints import fingerprint
from data.loaders import FileRefusedError, Source
from data.loaders.intake import DONE_MARKER, Received, Settling, StillBeingWrittenError, label_of, receive
from data.loaders.isolation import Isolation
from data.loaders.quarantine_report import report_text
from data.loaders.run import Fetched, run
from data.warehouse import Warehouse

DONE, QUARANTINE, SPOOL = "done", "quarantine", "spool"
DIGITS = 16  # of the SHA-256 that names a file put away
LEFT_BEHIND_S = 24 * 3600
OWN_FOLDER, OWN_FILE = 0o700, 0o600


@dataclass
class DropFolder:
    """Where files arrive. Keep one object between scans: it remembers which files still change."""

    folder: Path
    settling: Settling = field(default_factory=Settling)

    def waiting(self, source: Source) -> Iterator[Path]:
        """Give the finished files of a source, in name order."""
        inbox = self.folder / source.code
        for path in sorted(inbox.iterdir()) if inbox.is_dir() else ():
            if path.name in (DONE, QUARANTINE):
                continue
            try:
                if self.settling.is_finished(path):
                    yield path
            except FileNotFoundError:
                continue  # taken away since the folder was listed

    def load(
        self,
        sources: Sequence[Source],
        catalogue: Catalogue,
        warehouse: Warehouse,
        isolation: Isolation,
        declarations: str,
        today: date | None = None,
    ) -> list[LoadReport]:
        """Load every finished file, and put it away. Database errors and wrong declarations are raised."""
        self._sweep()
        reports: list[LoadReport] = []
        for source in sources:
            reading = fingerprint([declarations, source.declaration_sha256()])
            for path in self.waiting(source):
                arrival = _Arrival(self, source, path, reading)
                report = arrival.load(catalogue, warehouse, isolation, today)
                reports += [] if report is None else [report]
                self.settling.forget(path)
        return reports

    def _sweep(self) -> None:
        """Remove copies that a load left behind when it was killed."""
        spool = self.folder / SPOOL
        for copy in spool.iterdir() if spool.is_dir() else ():
            if time.time() - copy.stat().st_mtime > LEFT_BEHIND_S:
                copy.unlink()


@dataclass(frozen=True)
class _Arrival:
    """One file on its way from the inbox to where it is put away."""

    drop: DropFolder
    source: Source
    path: Path
    reading: str

    def load(
        self, catalogue: Catalogue, warehouse: Warehouse, isolation: Isolation, today: date | None
    ) -> LoadReport | None:
        """Load the file; ``None`` if it is not finished after all."""
        try:
            before = self.path.lstat()
            received = receive(self.path, _folder(self.drop.folder / SPOOL), self.source.limits)
        except (StillBeingWrittenError, FileNotFoundError):
            return None
        except OSError as error:  # unreadable for now: noted once, and tried again
            reason = f"{label_of(self.path.name)}: {error.strerror}"
            return warehouse.record_failure(self._load_without_content(), reason)
        except FileRefusedError as error:
            report = warehouse.record_failure(self._load_without_content(), str(error))
            self._put_away_unread(report)
            return report
        try:
            report = self._run(received, catalogue, warehouse, isolation, today)
            checkpoint("file loaded, not put away")
            self._put_away(received, report, warehouse, before)
        finally:
            received.path.unlink(missing_ok=True)
        return report

    def _run(
        self,
        received: Received,
        catalogue: Catalogue,
        warehouse: Warehouse,
        isolation: Isolation,
        today: date | None,
    ) -> LoadReport:
        fetched = Fetched(self.source, received.path, received.sha256, self.reading, received.label)
        if fetched.is_loaded(warehouse, by_hand=True):
            return LoadReport(self.source.code, received.label, "unchanged")
        return run(fetched, catalogue, warehouse, isolation=isolation, today=today)

    def _load_without_content(self) -> Load:
        label = label_of(self.path.name)
        return Load(self.source.code, label, "", 0, self.source.vintage, (), reading=self.reading)

    def _put_away(self, received: Received, report: LoadReport, warehouse: Warehouse, before: os.stat_result) -> None:
        """Keep exactly what was read, then take the original away unless another file has come in its place."""
        if report.state == "embargoed":
            return  # it waits where it lies
        stored = report.state in ("done", "unchanged")
        target = _folder(self.drop.folder / self.source.code / (DONE if stored else QUARANTINE))
        name = f"{received.sha256[:DIGITS]}{received.path.suffix}"
        received.path.replace(target / name)
        if not stored:
            _write(target / f"{name}.report.txt", report_text(report, self.source, warehouse))
        now = self.path.lstat() if self.path.is_file() and not self.path.is_symlink() else None
        if now is not None and (now.st_ino, now.st_mtime_ns, now.st_size) == (
            before.st_ino, before.st_mtime_ns, before.st_size,
        ):  # fmt: skip
            self.path.unlink()
            # Left behind, it would call the next file of this name finished while it is still being written.
            self.path.with_name(self.path.name + DONE_MARKER).unlink(missing_ok=True)

    def _put_away_unread(self, report: LoadReport) -> None:
        """Move what is no readable file (a link, a pipe, an unknown kind) as it is, without opening it."""
        target = _folder(self.drop.folder / self.source.code / QUARANTINE)
        name = uuid.uuid4().hex[:DIGITS]
        self.path.rename(target / name)
        _write(target / f"{name}.report.txt", report_text(report, self.source, None))


def _folder(path: Path) -> Path:
    path.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
    return path


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        path.chmod(OWN_FILE)
        file.write(text)
