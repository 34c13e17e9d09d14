"""What is exported and imported: tiles of the sections of the Harmonized System, drilled to the chapters of one.

Sections add up to the whole, chapters to their section. Where no chapters are loaded the sections stay, with the
chosen one outlined, and the footer says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from data import harmonized
from data.catalogue import Catalogue
from data.confidentiality import with_complements
from data.facts import TOTAL, SeriesKey
from data.measures import share
from data.queries import Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.parts import NO_CHANGE
from layouts.charts.treemap import Tile, treemap
from layouts.panel import ALL_FILTERS, Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import is_confidential
from layouts.panels.modes import shares_worked_out
from layouts.panels.trade import trade_of
from layouts.takeaways import STRUCTURE, Entry, Named, Part, Structure, takeaway
from layouts.view import Listed

YEAR = reading.MONTHS_PER_YEAR
SMALLEST_PERCENT = 0.5  # a smaller part would be a tile nobody can read or hit
NO_GOODS = Empty(
    "没有公开的本区按海关类章的进出口数据",
    "No trade of the district by HS section is published",
    "接入海关分区、分类章数据后显示",
    "Connect the customs data of the district by section to see it",
)


@dataclass(frozen=True, slots=True)
class Level:
    """A parent (the whole or a section) and its parts."""

    parent: SeriesKey
    parts: Mapping[str, SeriesKey]

    @property
    def section(self) -> str:
        """The section whose chapters these are; empty for the sections themselves."""
        return "" if self.parent.commodity == TOTAL else self.parent.commodity


def _levels(flow: str, catalogue: Catalogue, selection: Selection) -> list[Level]:
    """Return the chapters of the chosen section first, then all sections."""
    indicator = trade_of(catalogue)
    kept = reading.accumulation_of(indicator, selection)
    whole = indicator.key(selection.region, kept, flow=flow)
    section = harmonized.section_of(catalogue, selection.commodity)
    found = [_level(whole, TOTAL, harmonized.sections(catalogue))]
    if section and len(harmonized.chapters(catalogue, section)) > 1:
        found.insert(0, _level(whole, section, harmonized.chapters(catalogue, section)))
    return found


def _level(whole: SeriesKey, parent: str, codes: Sequence[str]) -> Level:
    return Level(whole.with_(commodity=parent), {code: whole.with_(commodity=code) for code in codes})


def ask_goods(flow: str, catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return parts and parents with official growth, latest and a year before."""
    indicator, wants = trade_of(catalogue), []
    for level in _levels(flow, catalogue, selection):
        keys = [key for part in level.parts.values() for key in reading.with_growth(indicator, part)]
        for at in (-YEAR, 0):
            wants += reading.windows([level.parent, *keys], level.parent, selection, at, at)
    return wants


def draw_goods(flow: str, drawing: Drawing) -> Drawn:
    """Draw the chapters of the chosen section, or the sections."""
    for level in _levels(flow, drawing.catalogue, drawing.selection):
        period = drawing.frame.latest.get(level.parent)
        if period is not None and any(drawing.frame.at(key, period) for key in level.parts.values()):
            return _drawn(drawing, level, period)
    return Drawn(empty=NO_GOODS)


def _drawn(drawing: Drawing, level: Level, period: int) -> Drawn:
    frame, indicator = drawing.frame, trade_of(drawing.catalogue)
    known = {code: key for code, key in level.parts.items() if frame.at(key, period)}
    hidden = _hidden(drawing, known, period)
    whole = frame.value(level.parent, period)
    shares = {code: None if code in hidden else share(frame.value(key, period), whole) for code, key in known.items()}
    growths = {code: reading.growth_at(frame, indicator, key, period) for code, key in known.items()}
    small = [code for code in known if code not in hidden and (shares[code] or 0.0) < SMALLEST_PERCENT]
    kept = [code for code in known if code not in small]
    tiles = [_tile(drawing, level, code, period, shares[code], code in hidden) for code in kept]
    told = [code for code in kept if code not in hidden]
    entries = [
        Part(
            Entry(_names(drawing.catalogue, code), frame.value(known[code], period), Named("", ""), growths[code]),
            shares[code],
        )
        for code in told
    ]
    note_zh, note_en = _notes(drawing, level, small)
    unit_zh, unit_en = _unit(drawing, level)
    spoken = "；".join(" ".join(filter(None, (t.name, t.figure, t.share, t.change.text))) for t in tiles)
    return Drawn(
        figure=treemap(tiles, drawing.style),
        takeaway=takeaway(STRUCTURE, Structure(entries)),
        alt=f"{reading.period_words(drawing, level.parent, period)}：{spoken}",
        shown=[key for code in told for key in reading.with_growth(indicator, known[code])],
        lead=level.parent if not told else known[told[0]],
        listed=[Listed(known[code], [period]) for code in told],
        worked_out=[shares_worked_out({known[code]: {period: shares[code]} for code in told})],
        flags=reading.basis_flags(growths[code] for code in told),
        note_zh=note_zh,
        note_en=note_en,
        unit_zh=unit_zh,
        unit_en=unit_en,
    )


def _hidden(drawing: Drawing, keys: Mapping[str, SeriesKey], period: int) -> frozenset[str]:
    """Return the parts that show ×: the confidential ones, and what would give a single one away."""
    cells = {code: drawing.frame.at(key, period) for code, key in keys.items()}
    unsafe = {code for code, cell in cells.items() if is_confidential(cell)}
    sizes = {code: cell.value or 0.0 for code, cell in cells.items() if cell is not None}
    return with_complements(sizes, unsafe, total_shown=True)


def _tile(drawing: Drawing, level: Level, code: str, period: int, part: float | None, hidden: bool) -> Tile:
    selected = code == _chosen(drawing, level)
    name, key = drawing.catalogue.label("commodity", code, drawing.style.language, short=True), level.parts[code]
    if hidden:
        return Tile(name, None, words.missing_text(CellKind.CONFIDENTIAL), "", NO_CHANGE, None, code, selected)
    indicator, cell = trade_of(drawing.catalogue), drawing.frame.at(key, period)
    growth = reading.growth_at(drawing.frame, indicator, key, period)
    change = reading.as_change(growth, drawing)
    told = "" if part is None else drawing.style.words(f"占 {words.number(part, 1)}%", f"{words.number(part, 1)}%")
    size = None if cell is None else max(cell.value or 0.0, 0.0)
    moved = growth.value if change.direction in ("up", "down") else None
    text = reading.cell_words(drawing, indicator, cell).text
    return Tile(name, size, text, told, change, moved, code, selected)


def _chosen(drawing: Drawing, level: Level) -> str:
    commodity = drawing.selection.commodity
    if level.section:
        return harmonized.chapter_of(drawing.catalogue, commodity)
    return harmonized.section_of(drawing.catalogue, commodity)


def _names(catalogue: Catalogue, code: str) -> Named:
    return Named(
        catalogue.label("commodity", code, "zh", short=True), catalogue.label("commodity", code, "en", short=True)
    )


def _unit(drawing: Drawing, level: Level) -> tuple[str, str]:
    if not level.section:
        return "", ""
    name = _names(drawing.catalogue, level.section)
    return f"{name.zh} · 分章", f"{name.en}, by chapter"


def _notes(drawing: Drawing, level: Level, small: Sequence[str]) -> tuple[str, str]:
    """Return what is not a tile: parts too small to be seen, and chapters that are not loaded."""
    zh, en = [], []
    if small:
        zh.append(f"另 {len(small)} 项各不足 {SMALLEST_PERCENT}%")
        en.append(f"{len(small)} more under {SMALLEST_PERCENT}% each")
    chosen = "" if level.section else harmonized.section_of(drawing.catalogue, drawing.selection.commodity)
    if chosen and len(harmonized.chapters(drawing.catalogue, chosen)) == 1:
        zh.append("所选类只有一章")
        en.append("the chosen section is one chapter")
    elif chosen:
        zh.append("所选类的分章数据未接入")
        en.append("no data by chapter of the chosen section")
    return "；".join(zh), "; ".join(en)


def _goods_panel(code: str, flow: str, title: Named) -> Panel:
    return Panel(
        code=code,
        theme="trade",
        title_zh=title.zh,
        title_en=title.en,
        unit_zh="按海关类 · 面积 = 金额 · 颜色 = 同比",
        unit_en="area = value, colour = y/y",
        ask=partial(ask_goods, flow),
        draw=partial(draw_goods, flow),
        follows=ALL_FILTERS | {"commodity", "region"},
        selects="commodity",
    )


PANELS = (
    _goods_panel("export_goods", "X", Named("出口商品构成", "Exports by goods")),
    _goods_panel("import_goods", "M", Named("进口商品构成", "Imports by goods")),
)
