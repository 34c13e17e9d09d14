"""What a refresh is asked for, and what there is to do: new files, arrivals, services that are due, simulations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from data.catalogue import Catalogue
from data.due import due
from data.loaders import FileRefusedError, Source, SourceError
from data.loaders.drop_folder import SPOOL, DropFolder
from data.loaders.intake import label_of
from data.loaders.reachable import HANGS, UNUSABLE, Outpost, is_usable
from data.loaders.run import Fetched, feed_of, fetch
from data.loaders.simulated import SimulatedRun
from data.loaders.source import SAMPLES
from data.runs import Reason, history
from data.settings import Settings
from data.warehouse import Warehouse

PLANNED = (Reason.SCHEDULE, Reason.CATCH_UP, Reason.RETRY)


@dataclass(frozen=True)
class Wish:
    """What a refresh is asked for: everything that is due, or also what is not (``force``), or only some sources."""

    codes: frozenset[str] | None = None
    force: bool = False
    reason: Reason = Reason.MANUAL

    def chosen(self, sources: Sequence[Source]) -> list[Source]:
        """Return the sources that are meant. Raises ``SourceError`` for a code nobody declared."""
        if self.codes is None:
            return list(sources)
        unknown = sorted(self.codes - {source.code for source in sources})
        if unknown:
            known = ", ".join(source.code for source in sources)
            raise SourceError("data/sources", unknown[0], f"no source has this code; there are {known}")
        return [source for source in sources if source.code in self.codes]


EVERYTHING_DUE = Wish()


@dataclass
class Plan:
    """What is to be done. ``looked_at`` are sources whose time had come and that have nothing new."""

    files: dict[str, list[Fetched]] = field(default_factory=dict)
    arrivals: list[Source] = field(default_factory=list)
    fed: list[Source] = field(default_factory=list)
    simulated: list[SimulatedRun] = field(default_factory=list)
    looked_at: list[Source] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)  # why the files of a source are not there
    declared_files: int = 0

    def is_idle(self, warehouse: Warehouse) -> bool:
        """Tell whether there is nothing to do."""
        work = self.files or self.arrivals or self.fed or self.looked_at
        return not (work or any(each.is_due(warehouse) for each in self.simulated))

    @property
    def steps(self) -> int:
        """How many steps there are, simulated loads counted as one."""
        return sum(map(len, self.files.values())) + len(self.arrivals) + len(self.fed) + len(self.simulated)


@dataclass
class Planner:
    """Finds what there is to do now."""

    settings: Settings
    catalogue: Catalogue
    warehouse: Warehouse
    wish: Wish
    now: datetime
    outpost: Outpost = field(default_factory=Outpost)

    def plan(self, sources: Sequence[Source], declarations: str) -> Plan:
        """Look at files, drop folder and schedules."""
        plan = Plan()
        chosen = self.wish.chosen(sources)
        wanted = {source.code for source in chosen if self._is_wanted(source)}
        self._find_files(chosen, declarations, plan)
        plan.arrivals = self._arrivals(sources, chosen, plan)
        plan.fed = [source for source in chosen if feed_of(source) is not None and source.code in wanted]
        # Simulated values must agree with every real one, so they are looked at whoever was chosen.
        plan.simulated = [self._simulated(each, declarations) for each in sources if each.simulated]
        plan.simulated = plan.simulated if self.settings.simulated else []
        busy = {*plan.files, *(each.code for each in (*plan.arrivals, *plan.fed))}
        plan.looked_at = [each for each in chosen if each.code in wanted and self._is_only_looked_at(each, busy, plan)]
        return plan

    def _is_only_looked_at(self, source: Source, busy: set[str], plan: Plan) -> bool:
        if source.code in busy or (source.simulated and not self.settings.simulated):
            return False
        return all(each.source.code != source.code or not each.is_due(self.warehouse) for each in plan.simulated)

    def _is_wanted(self, source: Source) -> bool:
        """Tell whether a source is to be asked: its time has come, it is forced, or it has no schedule."""
        if self.wish.reason is Reason.DROP:
            return False
        if self.wish.reason in PLANNED and source.schedule is not None:
            # Looked at once more under the lease: another process may have done it meanwhile.
            return due(source.schedule, history(self.warehouse, source.code, self.now), self.now) is not None
        if self.wish.force or self.wish.codes is not None:
            return True
        if source.schedule is None:
            return feed_of(source) is not None
        past = history(self.warehouse, source.code, self.now)
        return past.last_good is None or past.last_good < source.schedule.last_until(self.now).at

    def _find_files(self, chosen: Sequence[Source], declarations: str, plan: Plan) -> None:
        # Older editions first, so that revisions come in the order in which they were published.
        for source in sorted(chosen, key=lambda each: (each.vintage, each.code)):
            try:
                found = list(fetch(source, SAMPLES, declarations)) if self._has_files(source) else []
            except FileRefusedError as error:
                plan.problems[source.code] = str(error)
                plan.missing.append(str(error))
                continue
            plan.declared_files += len(found)
            new = [each for each in found if not each.is_loaded(self.warehouse)]
            if new:
                plan.files[source.code] = new

    def _has_files(self, source: Source) -> bool:
        """Tell whether the files of a source come with the program, and not from a service, a person or nowhere."""
        return not (source.simulated or feed_of(source) or self._is_dropped(source))

    def _is_dropped(self, source: Source) -> bool:
        """Tell whether a source has a place in the drop folder and no file that came with the program."""
        inbox = self.drop.folder / source.code if self.drop else None
        return inbox is not None and inbox.is_dir() and not any(any(SAMPLES.glob(each)) for each in source.files)

    @cached_property
    def drop(self) -> DropFolder | None:
        """The drop folder; ``None`` if none is set or it is not there."""
        folder = self.settings.drop_folder
        if folder is None or self._hangs:
            return None
        return DropFolder(folder) if is_usable(folder) else None

    @cached_property
    def _hangs(self) -> bool:
        return self.settings.drop_folder is not None and self.outpost.hangs(self.settings.drop_folder)

    def _arrivals(self, sources: Sequence[Source], chosen: Sequence[Source], plan: Plan) -> list[Source]:
        """Return the sources with a finished file in the drop folder."""
        if self.drop is None:
            if self.settings.drop_folder is not None:
                reason = HANGS if self._hangs else UNUSABLE
                plan.missing.append(f"drop folder {self.settings.drop_folder}: {reason}")
            return []
        try:
            names = strange(self.drop, sources) if self.wish.codes is None else []
        except OSError as error:  # it went away since it was looked at
            plan.missing.append(f"drop folder {self.settings.drop_folder}: {error.strerror or error}")
            return []
        plan.missing += [f"drop folder: {name}: no source has this code" for name in names]
        return [each for each in chosen if self._has_arrived(each, self.drop, plan)]

    def _has_arrived(self, source: Source, drop: DropFolder, plan: Plan) -> bool:
        try:
            return not source.simulated and any(True for _ in drop.waiting(source))
        except OSError as error:
            plan.missing.append(cannot_look(source, error))
            return False

    def _simulated(self, source: Source, declarations: str) -> SimulatedRun:
        return SimulatedRun(source, self.catalogue, declarations, self.settings.current_day())


def strange(drop: DropFolder, sources: Sequence[Source]) -> list[str]:
    """Return the labels of folders in the drop folder that belong to no source."""
    known = {source.code for source in sources if not source.simulated} | {SPOOL}
    return sorted(label_of(each.name) for each in drop.folder.iterdir() if each.is_dir() and each.name not in known)


def cannot_look(source: Source, error: OSError) -> str:
    """Return the words for an inbox that cannot be used."""
    return f"{source.code}: drop folder: {error.strerror or error}"
