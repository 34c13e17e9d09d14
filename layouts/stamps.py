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
from data.freshness import Freshness
from data.periods import Frequency
from layouts import marks, words
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Cell, Frame
    from layouts.panel import Drawn

MOST_CHIPS = 2  # that say the status of a panel on the desk
WALL_ROOM, DESK_ROOM = 48, 64  # half-width characters of publishers in one line of a footer
FULL_WIDTH_FROM = 0x2E80
_BRACKETS = re.compile(r"\s*[(（][^)）]*[)）]$")
_REPRINT = re.compile(r"[，,]\s*第三方转载页$")
REPRINTED = "（转载）"


@dataclass(frozen=True)
class Overdue:
    """A period that should be there already: which one, since when, and how grave it is.

    ``name`` tells which series is late where a panel shows others that are not, in the reader's language; ``others``
    counts the further late ones, ``peers`` those of them in the same state. ``partial``: the figure whose period is
    printed is not late, only others are.
    """

    period_text: str
    due_on: date
    days: int
    state: Freshness = Freshness.OVERDUE
    name: str = ""
    others: int = 0
    partial: bool = False
    peers: int = 0

    def sentence(self, style: Style) -> str:
        """Return what is late, since when, and when it was due."""
        due = self.due_on.isoformat()
        since_zh = f"{self.name}自{self.period_text}起未更新" if self.name else f"{self.period_text}起数据未接入"
        more_zh = f"；另有{self.others}项未更新" if self.others else ""
        subject = f"{self.name} not" if self.name else "Not"
        more_en = f"; {self.others} more late" if self.others else ""
        return style.words(
            f"{since_zh}（应于 {due} 发布，已 {self.days} 天）{more_zh}",
            f"{subject} loaded since {self.period_text} (due {due}, {self.days} days ago){more_en}",
        )


@dataclass(frozen=True)
class Stamp:
    """Where the shown cells come from and what must be said about them.

    ``loaded_at`` is the latest load, an aware time; ``status`` holds the SDMX status of the lead's latest cell;
    ``older`` names the period shown where the chosen one has no data.
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
    older: str = ""

    def badges(self, style: Style) -> list[html.Span]:
        """Return the chips beside the title, the most serious first; on the desk those beyond two behind one +n."""
        late = [_late_chip(self.overdue, style)] if self.overdue else []
        worn = self.worn(style)
        room = len(worn) if style.wall else max(MOST_CHIPS - len(late), 1)
        if len(worn) == room + 1:
            room += 1  # +1 is no smaller than what it would hide
        return [*late, *(marks.badge(one) for one in worn[:room]), *marks.more(worn[room:], style)]

    def worn(self, style: Style) -> tuple[words.Badge, ...]:
        """Return the badges of what is shown as words, the gravest first."""
        return words.status_badges(
            style.language,
            obs_status=self.status,
            simulated=self.simulated,
            derived=self.derived and not self.nominal,
            revisions=self.revisions,
            nominal=self.nominal,
        )

    def banner(self, style: Style) -> html.Div | None:
        """Return the strip about late data, or about a chosen period without data, or nothing."""
        if self.older:
            said = (f"所选时期无数据，显示{self.older}", f"No data for the chosen period; showing {self.older}")
            return marks.banner(style.words(*said))
        if self.overdue is None or self.overdue.partial:
            return None
        sources = None if style.wall else marks.action(text("see_sources", style.language), data_tool="lineage")
        return marks.banner(self.overdue.sentence(style), sources)

    def foot(self, style: Style, note_zh: str = "", note_en: str = "") -> list[html.Span]:
        """Return the footer: source at the left, period and time of loading at the right."""
        left = [self.source_line(style, note_zh, note_en)]
        right = [self.period_text or "—"]
        if self.loaded_at is not None:
            right.append(f" · {text('loaded', style.language)} {to_shanghai(self.loaded_at):%m-%d}")
        title = "" if self.loaded_at is None else f"{to_shanghai(self.loaded_at):%Y-%m-%d %H:%M}"
        return [html.Span("".join(left), title="".join(left)), html.Span("".join(right), title=title)]

    def source_line(self, style: Style, note_zh: str = "", note_en: str = "") -> str:
        """Return who published what is shown, and the panel's note."""
        note = style.words(note_zh, note_en)
        return text("source", style.language) + self._source(style) + (f" · {note}" if note else "")

    def _source(self, style: Style) -> str:
        if self.all_simulated:
            return text("simulated_data", style.language)
        names = self.publishers_en if style.language == "en" else self.publishers_zh
        shown, dropped = _within_room(names, WALL_ROOM if style.wall else DESK_ROOM)
        more = style.words("等", " et al.") if dropped else ""
        listed = style.words("、", ", ").join(shown) or "—"
        mixed = style.words("，", "; ") + text("some_simulated", style.language) if self.simulated else ""
        return listed + more + mixed


def _late_chip(late: Overdue, style: Style) -> html.Span:
    """Return 过期 or 中断, the same word as the counts of the header; it names what is late where only a part is."""
    word = words.freshness_words(late.state, style.language)
    label = word[:1].upper() + word[1:]
    if late.partial:
        more = style.words(f"等{late.peers + 1}项", f" +{late.peers}") if late.peers else ""
        short_en = f"{late.peers + 1} {word}" if style.wall else f"{label}: {late.name}{more}"
        label = style.words(f"{late.name}{more}{label}", short_en)
    return html.Span([marks.icon("exclamation-triangle"), label], className="chip stale", title=late.sentence(style))


def stamp_of(
    frame: Frame,
    drawn: Drawn,
    catalogue: Catalogue,
    style: Style,
    overdue: Overdue | None = None,
    chosen: int | None = None,
) -> Stamp:
    """Return the stamp of what a panel shows; ``overdue`` comes from the freshness of the series it shows.

    ``chosen`` is the period the reader asked for: where the lead has nothing as new as that, the stamp says so.
    """
    shown = frame if drawn.shown is None else frame.shown(drawn.shown)
    cells = [cell for cell in shown.all_cells() if cell.value is not None]
    if not cells:
        return Stamp(overdue=overdue)
    lead = drawn.lead or lead_of(shown)
    newest = shown.last(lead) if lead else None
    period_text = _period_text(lead, newest, catalogue, style)
    loads = [shown.loads[load_id] for load_id in {cell.load_id for cell in cells} if load_id in shown.loads]
    # The publisher of the figure whose period is printed leads, then whoever published most recently.
    lead_first = sorted(
        (cell for cell in cells if not cell.simulated), key=lambda cell: (cell is not newest, -cell.period)
    )
    return Stamp(
        publishers_zh=_distinct(_publisher(shown, cell, "zh") for cell in lead_first),
        publishers_en=_distinct(_publisher(shown, cell, "en") for cell in lead_first),
        period_text=period_text,
        loaded_at=max((load.loaded_at for load in loads if load.loaded_at), default=None),
        simulated=any(cell.simulated for cell in cells),
        all_simulated=all(cell.simulated for cell in cells),
        status=newest.obs_status if newest else "A",
        revisions=max((cell.revisions for cell in cells if newest and cell.period == newest.period), default=0),
        derived="derived" in drawn.flags or any(cell.derived for cell in cells),
        nominal="nominal" in drawn.flags,
        overdue=overdue,
        older=period_text if _is_older(lead, newest, chosen) else "",
    )


def _is_older(lead: SeriesKey | None, newest: Cell | None, chosen: int | None) -> bool:
    """Tell whether the latest figure is older than the chosen month; a day is no month and is not compared."""
    if lead is None or newest is None or chosen is None or lead.frequency == Frequency.DAILY:
        return False
    return newest.period < chosen


def _publisher(frame: Frame, cell: Cell, language: str) -> str:
    """Return who published a cell: the page it was read on, where its file cites one, else the file's publisher."""
    page = frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    load = frame.loads[cell.load_id]
    return page.publisher if page else load.publisher_en if language == "en" else load.publisher_zh


def _within_room(names: Sequence[str], room: int) -> tuple[list[str], bool]:
    """Return the names that fit ``room`` half-width characters, at least one, and whether any was left out.

    What stands in brackets behind a name (whom that publisher quotes) is in the table, not in the footer.
    """
    short = list(dict.fromkeys(_publisher_words(name) for name in names))
    kept: list[str] = []
    for name in short:
        room -= sum(2 if ord(character) > FULL_WIDTH_FROM else 1 for character in name) + 2
        if kept and room < 0:
            break
        kept.append(name)
    return kept, len(kept) < len(short)


def _publisher_words(name: str) -> str:
    """Return a publisher for the footer; a reprint by a third party reads 新闻报道（转载）."""
    origin = _REPRINT.sub("", name)
    plain = _BRACKETS.sub("", origin)
    return plain if origin == name else plain.replace("新闻稿件", "新闻报道") + REPRINTED


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
