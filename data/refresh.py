"""Load what is new: ``python -m data.refresh``.

Creates or upgrades the warehouse, then loads every declared file that was not loaded before, what lies finished in
the drop folder, and what services and other databases answer anew; then the simulated values for what no file gives
(unless they are switched off). Run again, it finds nothing to do and ends quickly.

Exit codes: 0 all well; 1 something was refused or did not answer, the rest is loaded; 2 nothing could be loaded.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from data.catalogue import Catalogue, CatalogueError, Code, load_catalogue
from data.dialects import WarehouseUnavailableError
from data.facts import LoadReport
from data.loaders import FileRefusedError, Source, SourceError, load_sources
from data.loaders.drop_folder import SPOOL, DropFolder
from data.loaders.intake import label_of
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, acquire, declarations_fingerprint, feed_of, fetch, run
from data.loaders.simulated import SimulatedRun
from data.loaders.source import SAMPLES
from data.migrations import UnknownSchemaError
from data.settings import Settings, SettingsError, load_settings
from data.warehouse import Warehouse, open_warehouse

RUNNING = "refresh_running"
CODE_LISTS = "code_lists"

OnStep = Callable[[int, int, str], None]  # steps done, steps in all, what is being done now


def _say_nothing(_done: int, _total: int, _title: str) -> None:
    """Report no progress."""


@dataclass
class Summary:
    """What a refresh did.

    ``interrupted`` is when an earlier one began that never ended; ``files`` counts those declared, ``asked`` services
    and databases, ``answered`` those with news or an error; ``missing`` says what was not there to be loaded.
    """

    reports: list[LoadReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    interrupted: str = ""
    seconds: float = 0.0
    files: int = 0
    asked: int = 0
    answered: int = 0

    @property
    def failed(self) -> list[str]:
        """What was refused, with the reasons."""
        held_back = [each for each in self.reports if each.state in ("failed", "quarantined")]
        refused = [f"{each.source}: {each.file_name}: {each.error}" for each in held_back]
        return refused + self.missing

    def total(self, count: str) -> int:
        """Return a count (``new``, ``revised``, ``rejected`` …) over all loads."""
        return sum(report.counts.get(count, 0) for report in self.reports)


def refresh(settings: Settings, on_step: OnStep = _say_nothing) -> Summary:
    """Bring the warehouse of ``settings`` up to date. Mistakes in declarations are raised, bad files reported."""
    began = time.monotonic()
    catalogue = load_catalogue(settings.catalogue)
    sources = load_sources(settings.sources)
    warehouse = open_warehouse(settings.warehouse)
    try:
        warehouse.migrate()
        summary = Summary(interrupted=warehouse.noted(RUNNING) or "")
        _Refresh(settings, catalogue, warehouse, summary, on_step).run(sources)
    finally:
        warehouse.dispose()
    summary.seconds = time.monotonic() - began
    return summary


@dataclass
class _Refresh:
    settings: Settings
    catalogue: Catalogue
    warehouse: Warehouse
    summary: Summary
    on_step: OnStep
    done: int = 0
    total: int = 0

    def run(self, sources: list[Source]) -> None:
        """Find what is to do, do it, and remember that it is done."""
        declarations = declarations_fingerprint(self.settings.catalogue)
        files = self._new_files(sources, declarations)
        arrivals = self._arrivals(sources)
        fed = [source for source in sources if feed_of(source) is not None]
        simulated = [self._simulated(source, declarations) for source in sources if source.simulated]
        simulated = simulated if self.settings.simulated else []
        is_due = files or arrivals or fed or self.summary.interrupted
        if not (is_due or any(each.is_due(self.warehouse) for each in simulated)):
            self._remember_codes(declarations)
            return
        self.warehouse.note(RUNNING, datetime.now(UTC).isoformat(timespec="seconds"))
        with Isolation(self.catalogue) as isolation:
            if files:
                isolation.start()  # it gets ready while the sources and code lists are written
            for source in sources:
                _register(self.warehouse, source)
            self._remember_codes(declarations)
            self.total = len(files) + len(arrivals) + len(fed) + len(simulated)
            for fetched in files:
                self._step(fetched.source)
                self.summary.reports.append(self._load(fetched, isolation))
            if self._drop is not None:
                self._take(arrivals, self._drop, isolation, declarations)
            self._ask(fed, isolation, declarations)
        for each in simulated:
            self._simulate(each)
        self.on_step(self.total, self.total, "")
        if self.summary.reports or self.summary.interrupted:
            self.warehouse.settle()
        self.warehouse.note(RUNNING, None)

    def _load(self, fetched: Fetched, isolation: Isolation) -> LoadReport:
        today = self.settings.current_day()
        return run(fetched, self.catalogue, self.warehouse, isolation=isolation, today=today)

    def _new_files(self, sources: list[Source], declarations: str) -> list[Fetched]:
        found: list[Fetched] = []
        # Older editions first, so that revisions come in the order in which they were published.
        for source in sorted(sources, key=lambda each: (each.vintage, each.code)):
            try:
                found += fetch(source, SAMPLES, declarations) if self._has_files(source) else []
            except FileRefusedError as error:
                self.summary.missing.append(str(error))
        self.summary.files = len(found)
        return [each for each in found if not each.is_loaded(self.warehouse)]

    def _has_files(self, source: Source) -> bool:
        """Tell whether the files of a source come with the program, and not from a service, a person or nowhere."""
        return not (source.simulated or feed_of(source) or self._is_dropped(source))

    def _is_dropped(self, source: Source) -> bool:
        """Tell whether a source has a place in the drop folder and no file that came with the program."""
        inbox = self._drop.folder / source.code if self._drop else None
        return inbox is not None and inbox.is_dir() and not any(any(SAMPLES.glob(each)) for each in source.files)

    @cached_property
    def _drop(self) -> DropFolder | None:
        """The drop folder; ``None`` if none is set or it is not there, which is said."""
        folder = self.settings.drop_folder
        if folder is None:
            return None
        if not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
            self.summary.missing.append(f"drop folder {folder}: there is no such folder, or it cannot be written")
            return None
        return DropFolder(folder)

    def _arrivals(self, sources: list[Source]) -> list[Source]:
        """Return the sources with a finished file in the drop folder."""
        if self._drop is None:
            return []
        known = {source.code for source in sources if not source.simulated} | {SPOOL}
        strange = [each.name for each in self._drop.folder.iterdir() if each.is_dir() and each.name not in known]
        self.summary.missing += [f"drop folder: {label_of(name)}: no source has this code" for name in sorted(strange)]
        return [each for each in sources if self._has_arrived(each, self._drop)]

    def _has_arrived(self, source: Source, drop: DropFolder) -> bool:
        try:
            return not source.simulated and any(True for _ in drop.waiting(source))
        except OSError as error:
            self._cannot_look(source, error)
            return False

    def _take(self, arrivals: list[Source], drop: DropFolder, isolation: Isolation, declarations: str) -> None:
        """Load what arrived in the drop folder; a folder that cannot be used holds up nothing else."""
        day = self.settings.current_day()
        for source in arrivals:
            self._step(source)
            # An answer brought by hand is as new as one that was asked for.
            dated = source.model_copy(update={"vintage": day}) if feed_of(source) else source
            try:
                loaded = drop.load([dated], self.catalogue, self.warehouse, isolation, declarations, day)
            except OSError as error:
                self._cannot_look(source, error)
            else:
                self.summary.reports += loaded

    def _cannot_look(self, source: Source, error: OSError) -> None:
        self.summary.missing.append(f"{source.code}: drop folder: {error.strerror or error}")

    def _ask(self, fed: list[Source], isolation: Isolation, declarations: str) -> None:
        """Ask every service and database, and load what they answer anew."""
        if not fed:
            return
        # Only sources with an address need an HTTP client, which takes as long to import as a start with nothing to do.
        from data.loaders.downloads import Downloader

        downloader = Downloader(self.settings.downloads, self.settings.current_day(), isolation.parse)
        for source in fed:
            self._step(source)
            answer = acquire(source, downloader, declarations, self.warehouse)
            self.summary.asked += 1
            if isinstance(answer, Fetched) and answer.is_loaded(self.warehouse):
                continue
            self.summary.answered += 1
            report = answer if isinstance(answer, LoadReport) else self._load(answer, isolation)
            self.summary.reports.append(report)

    def _simulated(self, source: Source, declarations: str) -> SimulatedRun:
        return SimulatedRun(source, self.catalogue, declarations, self.settings.current_day())

    def _simulate(self, simulated: SimulatedRun) -> None:
        if not simulated.is_due(self.warehouse):
            self.done += 1
            return
        self._step(simulated.source)
        loads = simulated.loads(self.warehouse)
        self.total += len(loads)
        for load in loads:
            self._step(simulated.source)
            self.summary.reports.append(self.warehouse.write(load))
        simulated.remember(self.warehouse)

    def _step(self, source: Source) -> None:
        self.on_step(self.done, self.total, source.title_zh if self.settings.language == "zh" else source.title_en)
        self.done += 1

    def _remember_codes(self, declarations: str) -> None:
        if self.warehouse.noted(CODE_LISTS) == declarations:
            return
        for name, codes in self.catalogue.code_lists.items():
            self.warehouse.write_codes(name, _code_rows(codes.codes))
        self.warehouse.note(CODE_LISTS, declarations)


def _register(warehouse: Warehouse, source: Source) -> None:
    names = ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page")
    texts = {name: getattr(source, name) for name in names}
    warehouse.register_source(source.code, simulated=source.simulated, **texts)


def _code_rows(codes: Mapping[str, Code]) -> list[dict[str, object]]:
    """Return a code list as table rows; the level is how many parents stand above a code, plus one."""
    return [
        {
            "code": each.code,
            "name_zh": each.name_zh,
            "name_en": each.name_en,
            "parent": each.parent,
            "level": _depth(each, codes),
            "position": position,
        }
        for position, each in enumerate(codes.values(), start=1)
    ]


def _depth(code: Code, codes: Mapping[str, Code]) -> int:
    depth = 1
    while code.parent in codes:
        code, depth = codes[code.parent], depth + 1
    return depth


def main() -> int:
    """Run from the command line, with a progress bar on standard error."""
    # Only the command needs a terminal.
    from data.refresh_report import print_refusal, print_summary, progress_bar

    try:
        settings = load_settings()
        with progress_bar() as on_step:
            summary = refresh(settings, on_step)
    except (SettingsError, CatalogueError, SourceError, UnknownSchemaError, WarehouseUnavailableError) as error:
        print_refusal(error)
        return 2
    print_summary(summary, settings.language)
    return 1 if summary.failed else 0


if __name__ == "__main__":
    sys.exit(main())
