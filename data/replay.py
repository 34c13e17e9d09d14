"""Load a kept file again on purpose: ``python -m data.replay LOAD_ID``.

For a load whose rejected cells were corrected by an alias or an entry under ``[[corrections]]``, one that was
withdrawn, or one that was held back. ``--approve "reason"`` approves what held it back, such as a jump of the unit
that is real. The file is found by its SHA-256, wherever it is kept: with the program, in the drop folder's ``done``
and ``quarantine``, or among the downloads; it is read as its source is declared now.

A load that goes on is waited for, a minute at most (``data.by_hand``). Exit codes: 0 loaded, or nothing changed; 1 held
back again, with the reason; 2 refused, with the reason; 4 another process was loading all the time.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from data.approvals import ApprovalError, approve
from data.by_hand import BUSY, alone
from data.catalogue import Catalogue, CatalogueError, load_catalogue
from data.dialects import WarehouseUnavailableError
from data.facts import LoadReport
from data.fingerprints import file_sha256, fingerprint
from data.leases import LeaseBusyError, LeaseLostError
from data.ledger import Entry, entry
from data.loaders import Source, SourceError, load_sources
from data.loaders.drop_folder import DONE, QUARANTINE
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, declarations_fingerprint, feed_of, run
from data.loaders.source import SAMPLES
from data.settings import Settings, SettingsError, load_settings
from data.warehouse import Warehouse

QUARANTINED_ANSWER = ".quarantined"


class ReplayError(ValueError):
    """A load cannot be replayed; the text says why and what to do."""


def replay(
    settings: Settings, warehouse: Warehouse, load_id: int, catalogue: Catalogue, isolation: Isolation
) -> LoadReport:
    """Load the kept file of a load again, as its source is declared now. Raises ``ReplayError``."""
    ledger = entry(warehouse, load_id)
    if ledger is None:
        raise ReplayError(f"there is no load {load_id}; python -m data.ledger lists them")
    source = _source_of(settings, ledger)
    path = kept_file(settings, source, ledger.sha256)
    reading = fingerprint([declarations_fingerprint(settings.catalogue), source.declaration_sha256()])
    fetched = Fetched(source, path, ledger.sha256, reading, ledger.file_name)
    report = run(fetched, catalogue, warehouse, isolation=isolation, today=settings.current_day())
    if report.state in ("done", "unchanged"):
        _put_away(path)
    return report


def _source_of(settings: Settings, ledger: Entry) -> Source:
    for source in load_sources(settings.sources):
        if source.code == ledger.source_code:
            # An answer is as new as the day it came.
            return source.model_copy(update={"vintage": ledger.vintage}) if feed_of(source) else source
    raise ReplayError(f"source {ledger.source_code} of load {ledger.load_id} is not declared any more")


def kept_file(settings: Settings, source: Source, sha256: str) -> Path:
    """Return the kept file with this content. Raises ``ReplayError`` if there is none."""
    for path in _kept(settings, source):
        if path.is_file() and not path.is_symlink() and file_sha256(path) == sha256:
            return path
    raise ReplayError(
        f"the file with SHA-256 {sha256[:16] or '(none)'}… of source {source.code} is not kept any more; "
        "put it into the drop folder again"
    )


def _kept(settings: Settings, source: Source) -> Iterator[Path]:
    for pattern in source.files:
        yield from sorted(SAMPLES.glob(pattern))
    folders = [settings.downloads / source.code]
    if settings.drop_folder is not None:
        folders += [settings.drop_folder / source.code / name for name in (QUARANTINE, DONE)]
    for folder in folders:
        yield from sorted(folder.iterdir()) if folder.is_dir() else ()


def _put_away(path: Path) -> None:
    """Move a file that is stored now out of the quarantine it lay in."""
    if path.parent.name == QUARANTINE:
        done = path.parent.parent / DONE
        done.mkdir(mode=0o700, exist_ok=True)
        path.replace(done / path.name)
        path.with_name(f"{path.name}.report.txt").unlink(missing_ok=True)
    elif path.name.endswith(QUARANTINED_ANSWER):
        path.replace(path.with_name(path.name.removesuffix(QUARANTINED_ANSWER)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.replay", description="load a kept file again")
    parser.add_argument("load", type=int, help="number of the load, as python -m data.ledger shows it")
    parser.add_argument("--approve", metavar="REASON", help="approve what held it back, for this reason")
    parser.add_argument("--by", default=getpass.getuser(), help="who decided so (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        report = _replay(load_settings(), asked.load, asked.approve, asked.by)
    except LeaseBusyError as error:
        sys.stderr.write(f"{error}\n")
        return BUSY
    except (
        SettingsError, WarehouseUnavailableError, LeaseLostError, CatalogueError, SourceError, ApprovalError,
        ReplayError,
    ) as error:  # fmt: skip
        sys.stderr.write(f"{error}\n")
        return 2
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
    what = report.error or counts or "nothing new"
    sys.stdout.write(f"{report.source}: {report.file_name}: {report.state} (load {report.load_id}): {what}\n")
    return 0 if report.state in ("done", "unchanged") else 1


def _replay(settings: Settings, load_id: int, reason: str | None, author: str) -> LoadReport:
    catalogue = load_catalogue(settings.catalogue)
    with alone(settings) as warehouse:
        if reason is not None:
            approve(warehouse, load_id, reason, author)
        with Isolation(catalogue) as isolation:
            return replay(settings, warehouse, load_id, catalogue, isolation)


if __name__ == "__main__":
    sys.exit(main())
