"""How and by whom trade is done: by trade mode and by kind of enterprise, with each one's share of the total.

Both groups add up to the same total; they are two views of it and are never added to one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.confidentiality import with_complements
from data.facts import SeriesKey
from data.measures import UNAVAILABLE, Growth, share
from data.queries import Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import is_confidential
from layouts.panels.trade import trade_of
from layouts.takeaways import STRUCTURE, Entry, Named, Part, Structure, takeaway
from layouts.view import Listed, WorkedOut

YEAR = reading.MONTHS_PER_YEAR
GROUPS = {1: Named("贸易方式", "Trade mode"), 2: Named("企业性质", "Enterprise kind")}
ROOM_ZH, ROOM_EN = 2.3, 2.9
NO_MODES = Empty(
    "没有公开的本区分贸易方式进出口数据",
    "No trade of the district by mode is published",
    "青岛市公布数可在“区域”中选择查看",
    "Choose Qingdao under region to see the city's figures",
)


@dataclass(frozen=True, slots=True)
class Modes:
    """The total of trade and the series of both groups, by code."""

    total: SeriesKey
    groups: Mapping[int, Mapping[str, SeriesKey]]

    @property
    def keys(self) -> dict[str, SeriesKey]:
        """The series of both groups."""
        return {code: key for members in self.groups.values() for code, key in members.items()}


def _modes(catalogue: Catalogue, selection: Selection) -> Modes:
    indicator = trade_of(catalogue)
    total = indicator.key(selection.region, "Y", flow="T")
    partitions = zip(GROUPS, indicator.partitions["breakdown"], strict=True)
    return Modes(total, {group: {code: total.with_(breakdown=code) for code in codes} for group, codes in partitions})


def ask_modes(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return both groups and the total, at the latest period of general trade and a year before."""
    modes, indicator = _modes(catalogue, selection), trade_of(catalogue)
    lead = next(iter(modes.keys.values()))
    keys = [modes.total, *(part for key in modes.keys.values() for part in reading.with_growth(indicator, key))]
    return [want for at in (-YEAR, 0) for want in reading.windows(keys, lead, selection, at, at)]


def draw_modes(drawing: Drawing) -> Drawn:
    """Draw both groups, each ordered by value, with value, share of the total and growth."""
    modes, indicator = _modes(drawing.catalogue, drawing.selection), trade_of(drawing.catalogue)
    period = drawing.frame.latest.get(next(iter(modes.keys.values())))
    if period is None:
        return Drawn(empty=NO_MODES)
    ordered = {group: _ordered(drawing, members, period) for group, members in modes.groups.items()}
    growths = {
        code: reading.growth_at(drawing.frame, indicator, key, period)
        for members in ordered.values()
        for code, key in members.items()
    }
    hidden = frozenset[str]().union(*(_hidden(drawing, members, period) for members in ordered.values()))
    growths |= dict.fromkeys(hidden, UNAVAILABLE)
    whole = drawing.frame.value(modes.total, period)
    rows = [
        _concealed(drawing, code, group)
        if code in hidden
        else _row(drawing, code, key, period, whole, growths[code], group)
        for group, members in ordered.items()
        for code, key in members.items()
    ]
    parts = [
        _part(drawing, code, key, period, whole, growths[code])
        for code, key in ordered[1].items()
        if code not in hidden
    ]
    told = [key for members in ordered.values() for code, key in members.items() if code not in hidden]
    room = ROOM_EN if drawing.style.language == "en" else ROOM_ZH
    return Drawn(
        figure=ranking(rows, drawing.style, room=room),
        takeaway=takeaway(STRUCTURE, Structure(parts)),
        alt=f"{reading.period_words(drawing, modes.total, period)}："
        + "；".join(f"{row.name} {row.label} {row.change.text}" for row in rows),
        shown=[part for key in told for part in reading.with_growth(indicator, key)],
        lead=next(iter(told), None),
        listed=[Listed(key, [period]) for key in told],
        worked_out=[shares_worked_out({key: {period: share(drawing.frame.value(key, period), whole)} for key in told})],
        flags=reading.basis_flags(growths.values()),
    )


def shares_worked_out(values: Mapping[SeriesKey | None, Mapping[int, float | None]]) -> WorkedOut:
    """Return the shares of the total, which are no stored series, for the table."""
    formula = ("该项 ÷ 合计", "part ÷ total")
    return WorkedOut("占比", "Share", *formula, "PERCENT", 1, values)


def _hidden(drawing: Drawing, members: Mapping[str, SeriesKey], period: int) -> frozenset[str]:
    """Return the members of a group that show ×: the confidential ones, and what would give a single one away."""
    cells = {code: drawing.frame.at(key, period) for code, key in members.items()}
    unsafe = {code for code, cell in cells.items() if is_confidential(cell)}
    sizes = {code: cell.value or 0.0 for code, cell in cells.items() if cell is not None}
    return with_complements(sizes, unsafe, total_shown=True)


def _concealed(drawing: Drawing, code: str, group: int) -> RankRow:
    name = drawing.catalogue.label("breakdown", code, drawing.style.language, short=True)
    return RankRow(name, None, words.missing_text(CellKind.CONFIDENTIAL), group=group)


def _ordered(drawing: Drawing, members: Mapping[str, SeriesKey], period: int) -> dict[str, SeriesKey]:
    """Return the members that have a figure, the largest first."""
    known = {code: key for code, key in members.items() if drawing.frame.at(key, period)}
    return dict(sorted(known.items(), key=lambda each: -(drawing.frame.value(each[1], period) or 0.0)))


def _row(
    drawing: Drawing, code: str, key: SeriesKey, period: int, whole: float | None, growth: Growth, group: int
) -> RankRow:
    cell = drawing.frame.at(key, period)
    figure = reading.figure_text(drawing, trade_of(drawing.catalogue), cell)
    part = share(None if cell is None else cell.value, whole)
    told = "" if part is None else f" · {words.number(part, 1)}%"
    name = drawing.catalogue.label("breakdown", code, drawing.style.language, short=True)
    value = None if cell is None else cell.value
    return RankRow(name, value, figure + told, reading.as_change(growth, drawing), group)


def _part(drawing: Drawing, code: str, key: SeriesKey, period: int, whole: float | None, growth: Growth) -> Part:
    label, value = drawing.catalogue.label, drawing.frame.value(key, period)
    name = Named(label("breakdown", code, "zh", short=True), label("breakdown", code, "en", short=True))
    return Part(Entry(name, value, Named("", ""), growth), share(value, whole))


PANELS = (
    Panel(
        code="trade_modes",
        theme="trade",
        title_zh="贸易方式与企业性质",
        title_en="Mode and enterprise",
        unit_zh="累计 亿元 · 占比 · 同比",
        unit_en="YTD CNY bn · share · y/y",
        ask=ask_modes,
        draw=draw_modes,
        follows=frozenset({"period", "region"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
)
