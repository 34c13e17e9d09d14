"""What is printed under and beside every panel: source, period, time of loading, badges, and how late the data are.

Everything is read off the cells that are shown and the loads they came with, so that it cannot disagree with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dash import html

from data.clock import to_shanghai
from layouts import marks, words
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Cell, Frame
    from layouts.panel import Drawn

WALL_ROOM, DESK_ROOM = 48, 64  # half-width characters of publishers in one line of a footer
FULL_WIDTH_FROM = 0x2E80
_BRACKETS = re.compile(r"\s*[(（][^)）]*[)）]$")


@dataclass(frozen=True)
class Overdue:
    """A period that should be there already: which one, since when."""

    period_text: str
    due_on: date
    days: int


@dataclass(frozen=True)
class Stamp:
    """Where the shown cells come from and what must be said about them.

    ``loaded_at`` is the latest load, an aware time; ``status`` holds the SDMX status of the lead's latest cell.
    """

    publishers_zh: tuple[str, ...] = ()
    publishers_en: tuple[str, ...] = ()
    period_text: str = ""
    loaded_at: datetime | None = None
    simulated: bool = False
    all_simulated: bool = False
    status: str = "A"
    revisions: int = 0
    derived: bool = False
    nominal: bool = False
    overdue: Overdue | None = None

    def badges(self, style: Style) -> list[html.Span]:
        """Return the chips beside the title, the most serious first."""
        late = [marks.chip("stale", text("stale", style.language), "exclamation-triangle")] if self.overdue else []
        worn = words.status_badges(
            style.language,
            obs_status=self.status,
            simulated=self.simulated,
            derived=self.derived and not self.nominal,
            revisions=self.revisions,
            nominal=self.nominal,
        )
        return [*late, *(marks.badge(one) for one in worn)]

    def banner(self, style: Style) -> html.Div | None:
        """Return the strip about late data, or nothing."""
        if self.overdue is None:
            return None
        late = self.overdue
        sentence = text("late", style.language, period=late.period_text, due=late.due_on.isoformat(), days=late.days)
        return marks.banner(sentence)

    def foot(self, style: Style, note_zh: str = "", note_en: str = "") -> list[html.Span]:
        """Return the footer: source at the left, period and time of loading at the right."""
        note = style.words(note_zh, note_en)
        left = [text("source", style.language), self._source(style)]
        if note:
            left.append(f" · {note}")
        right = [self.period_text or "—"]
        if self.loaded_at is not None:
            right.append(f" · {text('loaded', style.language)} {to_shanghai(self.loaded_at):%m-%d}")
        title = "" if self.loaded_at is None else f"{to_shanghai(self.loaded_at):%Y-%m-%d %H:%M}"
        return [html.Span("".join(left), title="".join(left)), html.Span("".join(right), title=title)]

    def _source(self, style: Style) -> str:
        if self.all_simulated:
            return text("simulated_data", style.language)
        names = self.publishers_en if style.language == "en" else self.publishers_zh
        shown, dropped = _within_room(names, WALL_ROOM if style.wall else DESK_ROOM)
        more = style.words("等", " et al.") if dropped else ""
        listed = style.words("、", ", ").join(shown) or "—"
        mixed = style.words("，", "; ") + text("some_simulated", style.language) if self.simulated else ""
        return listed + more + mixed


def stamp_of(frame: Frame, drawn: Drawn, catalogue: Catalogue, style: Style, overdue: Overdue | None = None) -> Stamp:
    """Return the stamp of what a panel shows; ``overdue`` comes from the freshness of its lead series."""
    shown = frame if drawn.shown is None else frame.shown(drawn.shown)
    cells = [cell for cell in shown.all_cells() if cell.value is not None]
    if not cells:
        return Stamp(overdue=overdue)
    lead = drawn.lead or lead_of(shown)
    newest = shown.last(lead) if lead else None
    loads = [shown.loads[load_id] for load_id in {cell.load_id for cell in cells} if load_id in shown.loads]
    lead_first = sorted((cell for cell in cells if not cell.simulated), key=lambda cell: cell is not newest)
    return Stamp(
        publishers_zh=_distinct(_publisher(shown, cell, "zh") for cell in lead_first),
        publishers_en=_distinct(_publisher(shown, cell, "en") for cell in lead_first),
        period_text=_period_text(lead, newest, catalogue, style),
        loaded_at=max((load.loaded_at for load in loads if load.loaded_at), default=None),
        simulated=any(cell.simulated for cell in cells),
        all_simulated=all(cell.simulated for cell in cells),
        status=newest.obs_status if newest else "A",
        revisions=max((cell.revisions for cell in cells if newest and cell.period == newest.period), default=0),
        derived=any(cell.derived for cell in cells),
        nominal="nominal" in drawn.flags,
        overdue=overdue,
    )


def _publisher(frame: Frame, cell: Cell, language: str) -> str:
    """Return who published a cell: the page it was read on, where its file cites one, else the file's publisher."""
    page = frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    load = frame.loads[cell.load_id]
    return page.publisher if page else load.publisher_en if language == "en" else load.publisher_zh


def _within_room(names: Sequence[str], room: int) -> tuple[list[str], bool]:
    """Return the names that fit ``room`` half-width characters, at least one, and whether any was left out.

    What stands in brackets behind a name (whom that publisher quotes) is in the table, not in the footer.
    """
    short = list(dict.fromkeys(_BRACKETS.sub("", name) for name in names))
    kept: list[str] = []
    for name in short:
        room -= sum(2 if ord(character) > FULL_WIDTH_FROM else 1 for character in name) + 2
        if kept and room < 0:
            break
        kept.append(name)
    return kept, len(kept) < len(short)


def lead_of(frame: Frame) -> SeriesKey | None:
    """Return the series whose period is printed: the one the windows hang on, else the one with the most cells."""
    leads = [key for key in frame.latest if frame.last(key)]
    return leads[0] if leads else max(frame, key=lambda key: len(frame[key]), default=None)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _period_text(lead: SeriesKey | None, newest: Cell | None, catalogue: Catalogue, style: Style) -> str:
    if lead is None or newest is None:
        return ""
    combined = catalogue.indicators[lead.indicator].combined_january_february
    return words.period_label(lead.frequency, lead.accumulation, newest.period, style.language, combined)
