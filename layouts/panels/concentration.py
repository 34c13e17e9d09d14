"""How concentrated trade is: the HHI of partners and of commodities, exports and imports apart.

An index stands only where the parts cover the total; else the row says which share of it they cover. The bands are
those of the US Merger Guidelines of 2023 and are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data import harmonized, measures
from data.catalogue import Catalogue
from data.facts import SeriesKey
from data.queries import Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.bands import Band, BandRow, banded
from layouts.charts.parts import NO_CHANGE, Change
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import is_confidential
from layouts.panels.trade import trade_of
from layouts.takeaways import CONCENTRATION, Concentrated, Named, takeaway
from layouts.view import Listed, WorkedOut

YEAR = reading.MONTHS_PER_YEAR
REMAINDER = "P_OTHER"
NO_PARTS = Empty(
    "没有公开的本区分伙伴、分商品进出口数据",
    "No trade of the district by partner or commodity is published",
    "接入海关分区数据后显示",
    "Connect the customs data of the district to see it",
)
BANDS = (
    Named("较低<br><1,000", "low<br><1,000"),
    Named("中等<br>≥1,000", "moderate<br>≥1,000"),
    Named("高<br>>1,800", "high<br>>1,800"),
)
BAND_NAMES = {
    measures.Concentration.LOW: Named("较低", "low"),
    measures.Concentration.MODERATE: Named("中等", "moderate"),
    measures.Concentration.HIGH: Named("高", "high"),
}


@dataclass(frozen=True, slots=True)
class Split:
    """One way trade is split: its name, its total, and its parts, which should add up to the total."""

    name: Named
    total: SeriesKey
    parts: Sequence[SeriesKey]


def splits(catalogue: Catalogue, selection: Selection) -> list[Split]:
    """Return exports and imports by partner and by section, 累计."""
    indicator = trade_of(catalogue)
    partners, goods = indicator.partitions["partner"][0], harmonized.sections(catalogue)
    ways = (
        (Named("出口市场", "Export markets"), "X", "partner", partners),
        (Named("进口来源", "Import sources"), "M", "partner", partners),
        (Named("出口商品", "Export goods"), "X", "commodity", goods),
        (Named("进口商品", "Import goods"), "M", "commodity", goods),
    )
    found = []
    for name, flow, dimension, codes in ways:
        total = indicator.key(selection.region, "Y", flow=flow)
        found.append(Split(name, total, [total.with_(**{dimension: code}) for code in codes]))
    return found


def ask_concentration(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return every part and total, at the latest period and a year before."""
    wants, listed = [], splits(catalogue, selection)
    lead = listed[0].parts[0]
    for at in (-YEAR, 0):
        for split in listed:
            wants += reading.windows([split.total, *split.parts], lead, selection, at, at)
    return wants


def draw_concentration(drawing: Drawing) -> Drawn:
    """Draw an index per split with its change in index points, over the printed bands."""
    listed, style = splits(drawing.catalogue, drawing.selection), drawing.style
    period = drawing.frame.latest.get(listed[0].parts[0])
    if period is None:
        return Drawn(empty=NO_PARTS)
    now = {split.name: _spread(drawing, split, period) for split in listed}
    rows = [_row(drawing, split, now[split.name], period) for split in listed]
    bands = [
        Band(start, style.words(name.zh, name.en))
        for start, name in zip((0.0, measures.HHI_MODERATE_FROM, measures.HHI_HIGH_ABOVE), BANDS, strict=True)
    ]
    facts = [Concentrated(name, found.index, _band(found), found.covered) for name, found in now.items()]
    said = takeaway(CONCENTRATION, facts)
    spoken = "；".join(" ".join(filter(None, (row.name, row.label, row.change.text))) for row in rows)
    note_zh, note_en = _note(drawing, listed, period)
    return Drawn(
        figure=banded(rows, bands, style),
        takeaway=said,
        alt=f"HHI，{reading.period_words(drawing, listed[0].total, period)}：{spoken}",
        lead=listed[0].parts[0],
        listed=[Listed(key, [period]) for split in listed for key in split.parts if drawing.frame.at(key, period)],
        worked_out=[_worked_out(name, period, found.index) for name, found in now.items()],
        flags=frozenset({"derived"}),
        note_zh=note_zh,
        note_en=note_en,
    )


def _worked_out(name: Named, period: int, index: float | None) -> WorkedOut:
    formula = ("各部分占比（%）的平方和", "sum of the squared shares in per cent")
    return WorkedOut(f"{name.zh} HHI", f"HHI, {name.en}", *formula, "", 0, {None: {period: index}})


def _spread(drawing: Drawing, split: Split, period: int) -> measures.Spread:
    """Return the index of a split at a period; none where a part is confidential or of another origin."""
    cells = [drawing.frame.at(key, period) for key in (split.total, *split.parts)]
    if any(is_confidential(cell) for cell in cells):
        return measures.Spread(None, None)
    known = [cell for cell in cells[1:] if cell is not None]
    if len({cell.simulated for cell in known}) > 1:
        return measures.Spread(None, None)
    whole = None if cells[0] is None else cells[0].value
    return measures.spread([None if cell is None else cell.value for cell in cells[1:]], whole)


def _band(found: measures.Spread) -> Named | None:
    return None if found.index is None else BAND_NAMES[measures.concentration(_shown(found.index))]


def _shown(index: float) -> float:
    """Return an index as it is printed, so that its band agrees with the figure beside it."""
    return float(round(index))


def _row(drawing: Drawing, split: Split, found: measures.Spread, period: int) -> BandRow:
    name = drawing.style.words(split.name.zh, split.name.en)
    if found.index is None:
        return BandRow(name, None, _why(drawing, found))
    band = _band(found)
    assert band is not None
    label = f"{words.number(_shown(found.index), 0)} {drawing.style.words(band.zh, band.en)}"
    return BandRow(name, found.index, label, _moved(found, _spread(drawing, split, period - YEAR), drawing))


def _why(drawing: Drawing, found: measures.Spread) -> str:
    if found.covered is None:
        return words.missing_text(CellKind.NOT_AVAILABLE)
    covered = words.number(found.covered, 1)
    return drawing.style.words(f"仅覆盖 {covered}%，不计算", f"covers {covered}% only, no index")


def _moved(now: measures.Spread, before: measures.Spread, drawing: Drawing) -> Change:
    """Return the change of an index in its own points; an index has no growth in per cent."""
    if now.index is None or before.index is None:
        return NO_CHANGE
    points = _shown(now.index) - _shown(before.index)
    if points == 0:
        return Change(drawing.style.words("持平", "flat"), "flat")
    return Change(f"{'▲' if points > 0 else '▼'}{words.number(abs(points), 0)}", "up" if points > 0 else "down")


def _note(drawing: Drawing, listed: Sequence[Split], period: int) -> tuple[str, str]:
    """Return what the index counts as one partner, and how large the remainder is."""
    shares = [_remainder(drawing, split, period) for split in listed]
    known = [each for each in shares if each is not None]
    zh, en = "东盟、欧盟等按一个伙伴计", "ASEAN, EU and other groups count as one"
    if not known:
        return zh, en
    low, high = words.number(min(known), 1), words.number(max(known), 1)
    return f"{zh}，“其他”占 {low}%–{high}% 亦计一个", f"{en}, so does “other”, {low}–{high}%"


def _remainder(drawing: Drawing, split: Split, period: int) -> float | None:
    rest = next((key for key in split.parts if key.partner == REMAINDER), None)
    if rest is None:
        return None
    return measures.share(drawing.frame.value(rest, period), drawing.frame.value(split.total, period))


PANELS = (
    Panel(
        code="concentration",
        theme="trade",
        title_zh="集中度 HHI",
        title_en="Concentration (HHI)",
        unit_zh="累计 · 较上年同期变动点数",
        unit_en="YTD · y/y in points",
        ask=ask_concentration,
        draw=draw_concentration,
        follows=frozenset({"period", "region"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
)
