"""Rankings of foreign trade: main partners and main commodities, 累计 with official growth.

The district's own figures come first. Where none by partner is published, the panel of partners shows the national
customs ranking and says 全国 beside its title and in its footer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from dash import html
from dash.development.base_component import Component

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.measures import Growth
from data.queries import Want
from data.selection import Selection
from layouts import marks
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels import reading, views
from layouts.panels.trade import EXPORTS, IMPORTS, trade_of
from layouts.takeaways import SIZE_RANKING, Entry, Named, Ranked, takeaway
from layouts.view import Listed

MOST_PARTNERS = 8
VIEWS = frozenset({"growth.avg2"})
UNITS = ("累计 亿元 · 同比", "YTD CNY bn · y/y")
PARTNERS = Named("伙伴", "partners")
COMMODITIES = Named("商品", "commodities")
# The partners customs lists as main ones: groups, and countries outside those groups, so that none counts twice.
MAIN_PARTNERS = (
    *("G_ASEAN", "G_EU", "USA", "KOR", "HKG", "JPN", "TWN", "RUS", "AUS", "BRA"),
    *("IND", "GBR", "MEX", "SAU", "ARE", "CAN", "CHL", "ZAF"),
)
MAIN_COMMODITIES = {
    "X": ("MECH_ELEC", "APPLIANCES", "AUTO_PARTS", "CONTAINERS"),
    "M": ("CRUDE", "IRON_ORE", "NAT_RUBBER", "PULP"),
}
NO_PARTNERS = Empty(
    "没有可显示的分伙伴进出口数据",
    "No trade by partner is loaded",
    "接入海关分国别数据后显示",
    "Connect the customs data by country to see it",
)
NO_COMMODITIES = Empty(
    "没有公开的本区分商品进出口数据",
    "No trade of the district by commodity is published",
    "接入海关分区数据后显示",
    "Connect the customs data of the district to see it",
)


def _partner_keys(catalogue: Catalogue, region: str | None) -> dict[str, SeriesKey]:
    """Return the series of each main partner: the same ones for the district and the nation."""
    indicator = trade_of(catalogue)
    return {code: indicator.key(region=region, accumulation="Y", flow="T", partner=code) for code in MAIN_PARTNERS}


def ask_partners(catalogue: Catalogue, selection: Selection, region: str | None = None) -> list[Want]:
    """Return 累计 trade and growth with each main partner, of the latest period.

    The lead is the first partner's series: a total may be newer than its parts.
    """
    indicator, keys = trade_of(catalogue), _partner_keys(catalogue, region)
    return _latest(indicator, keys.values(), selection)


def _latest(indicator: Indicator, keys: Iterable[SeriesKey], selection: Selection) -> list[Want]:
    """Return the latest figure and growth of each series; a year before for the average of two years."""
    listed, view = list(keys), views.view_of(selection, VIEWS)
    wanted = [key for each in listed for key in views.keys_for(indicator, each, view)]
    before = reading.MONTHS_PER_YEAR if view == "avg2" else 0
    return reading.windows(wanted, listed[0], selection, -before)


def ask_either_partners(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the district's partners and the nation's, so that one of them can be shown."""
    if selection.region is not None:
        return ask_partners(catalogue, selection, selection.region)
    nation = catalogue.district.nation_region
    return [*ask_partners(catalogue, selection), *ask_partners(catalogue, selection, nation)]


def draw_partners(drawing: Drawing, region: str | None = None) -> Drawn:
    """Draw the largest partners with their growth."""
    keys = _partner_keys(drawing.catalogue, region)
    period = drawing.frame.latest.get(next(iter(keys.values())))
    if period is None:
        return Drawn(empty=NO_PARTNERS)
    return _ranked(drawing, keys, period, PARTNERS, "partner", MOST_PARTNERS)


def draw_either_partners(drawing: Drawing) -> Drawn:
    """Draw the district's partners, or the nation's where the district's are not all real; the sentence says whose.

    A simulated ranking of the district stands only where no customs ranking is loaded.
    """
    if drawing.selection.region is not None:
        return _of_area(draw_partners(drawing, drawing.selection.region), drawing, drawing.selection.region)
    nation = drawing.catalogue.district.nation_region
    home = drawing.frame.last(next(iter(_partner_keys(drawing.catalogue, None).values())))
    national = drawing.frame.last(next(iter(_partner_keys(drawing.catalogue, nation).values())))
    if national is None or (home is not None and not home.simulated):
        return _of_area(draw_partners(drawing), drawing, drawing.catalogue.home_region)
    drawn = _of_area(draw_partners(drawing, nation), drawing, nation)
    return _said_national(drawn, drawing)


def _of_area(drawn: Drawn, drawing: Drawing, region: str) -> Drawn:
    """Return the panel with the area named in its sentence and its alternative text."""
    if drawn.empty:
        return drawn
    area, said = drawing.catalogue.regions[region], drawn.takeaway
    if said is not None:
        said = Takeaway(f"{area.short_zh}：{said.zh}", f"{area.short_en}: {said.en}")
    return replace(drawn, takeaway=said, alt=f"{area.word('short', drawing.style.language)}：{drawn.alt}")


def _said_national(drawn: Drawn, drawing: Drawing) -> Drawn:
    if drawn.empty:
        return drawn
    chip = marks.chip("", drawing.style.words("全国", "National"))
    return replace(
        drawn, extra_side=chip, note_zh="全国数据，本区未公布分伙伴数据", note_en="national; none for the district"
    )


def _ranked(
    drawing: Drawing, keys: Mapping[str, SeriesKey], period: int, noun: Named, dimension: str, most: int
) -> Drawn:
    indicator, frame = trade_of(drawing.catalogue), drawing.frame
    values = {code: frame.value(key, period) for code, key in keys.items()}
    largest = sorted((code for code in values if values[code] is not None), key=lambda code: -(values[code] or 0))[
        :most
    ]
    if not largest:
        return Drawn(empty=NO_PARTNERS)
    view = views.view_of(drawing.selection, VIEWS)
    growths = {code: views.growth_in(frame, indicator, keys[code], period, view) for code in largest}
    rows = [_rank_row(drawing, indicator, dimension, code, keys[code], period, growths[code]) for code in largest]
    entries = [
        Entry(_names(drawing.catalogue, dimension, code), values[code], Named("", ""), growths[code])
        for code in largest
    ]
    unit_zh, unit_en = views.view_unit(drawing, view, *UNITS)
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        figure=ranking(rows, drawing.style, room=1.75),
        takeaway=views.said_in(view, takeaway(SIZE_RANKING, Ranked(noun, entries))),
        alt="；".join(f"{row.name} {row.label} {row.change.text}" for row in rows),
        shown=[key for code in largest for key in views.keys_for(indicator, keys[code], view)],
        lead=keys[largest[0]],
        flags=reading.basis_flags(list(growths.values())),
        listed=[Listed(keys[code], [period]) for code in largest],
    )


def _rank_row(
    drawing: Drawing, indicator: Indicator, dimension: str, code: str, key: SeriesKey, period: int, growth: Growth
) -> RankRow:
    cell = drawing.frame.at(key, period)
    name = drawing.catalogue.label(dimension, code, drawing.style.language, short=True)
    text = reading.figure_text(drawing, indicator, cell)
    chosen = getattr(drawing.selection, dimension) == code
    value = None if cell is None else cell.value
    return RankRow(name, value, text, reading.as_change(growth, drawing), selected=chosen, code=code)


def _names(catalogue: Catalogue, dimension: str, code: str) -> Named:
    return Named(catalogue.label(dimension, code, "zh", short=True), catalogue.label(dimension, code, "en", short=True))


def _commodity_keys(catalogue: Catalogue, selection: Selection) -> dict[tuple[str, str], SeriesKey]:
    indicator = trade_of(catalogue)
    return {
        (flow, code): indicator.key(selection.region, "Y", flow=flow, commodity=code)
        for flow, codes in MAIN_COMMODITIES.items()
        for code in codes
    }


def ask_commodities(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return 累计 exports and imports of the main commodities with growth, of the latest period."""
    return _latest(trade_of(catalogue), _commodity_keys(catalogue, selection).values(), selection)


def draw_commodities(drawing: Drawing) -> Drawn:
    """Draw main exports (blue) and main imports (amber), each side ranked by value."""
    indicator, keys = trade_of(drawing.catalogue), _commodity_keys(drawing.catalogue, drawing.selection)
    lead = next(iter(keys.values()))
    period = drawing.frame.latest.get(lead)
    if period is None:
        return Drawn(empty=NO_COMMODITIES)
    shown = sorted(
        (part for part in keys if drawing.frame.value(keys[part], period) is not None),
        key=lambda part: (part[0] != "X", -(drawing.frame.value(keys[part], period) or 0)),
    )
    view = views.view_of(drawing.selection, VIEWS)
    growths = {part: views.growth_in(drawing.frame, indicator, keys[part], period, view) for part in shown}
    row = partial(_rank_row, drawing, indicator, "commodity")
    rows = [_grouped(row(part[1], keys[part], period, growths[part]), 1 if part[0] == "X" else 2) for part in shown]
    entries = [_commodity_entry(drawing, part, period, keys[part], growths[part]) for part in shown]
    unit_zh, unit_en = views.view_unit(drawing, view, "亿元 · 同比", "CNY bn · y/y")
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        figure=ranking(rows, drawing.style, room=1.7),
        takeaway=views.said_in(view, takeaway(SIZE_RANKING, Ranked(COMMODITIES, entries))),
        alt="；".join(f"{row.name} {row.label} {row.change.text}" for row in rows),
        shown=[key for part in shown for key in views.keys_for(indicator, keys[part], view)],
        extra_side=_legend(drawing),
        legend=_colors(drawing),
        lead=lead,
        flags=reading.basis_flags(list(growths.values())),
        listed=[Listed(keys[part], [period]) for part in shown],
    )


def _commodity_entry(drawing: Drawing, part: tuple[str, str], period: int, key: SeriesKey, growth: Growth) -> Entry:
    name, flow = _names(drawing.catalogue, "commodity", part[1]), EXPORTS if part[0] == "X" else IMPORTS
    both = Named(f"{name.zh}{flow.zh}", f"{name.en} {flow.en.lower()}")
    return Entry(both, drawing.frame.value(key, period), Named("", ""), growth)


def _grouped(row: RankRow, group: int) -> RankRow:
    return replace(row, group=group)


def _legend(drawing: Drawing) -> list[Component]:
    """Return which colour is exports and which imports, for the head of the panel."""
    return [
        html.Small(["■ ", name], className="p-unit", style={"color": color, "whiteSpace": "nowrap"})
        for color, name in _colors(drawing)
    ]


def _colors(drawing: Drawing) -> list[tuple[str, str]]:
    sides = ((1, EXPORTS), (2, IMPORTS))
    return [(drawing.style.category_text(group), drawing.style.words(name.zh, name.en)) for group, name in sides]


def _national(catalogue: Catalogue, selection: Selection) -> list[Want]:
    return ask_partners(catalogue, selection, catalogue.district.nation_region)


def _draw_national(drawing: Drawing) -> Drawn:
    return draw_partners(drawing, drawing.catalogue.district.nation_region)


_RANKING = {
    "theme": "trade",
    "fixed_zh": "固定累计",
    "fixed_en": "Year to date only",
}

PANELS = (
    Panel(
        code="partners",
        title_zh="主要贸易伙伴",
        title_en="Top partners",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=ask_either_partners,
        draw=draw_either_partners,
        follows=frozenset({"period", "partner", "region"}) | VIEWS,
        selects="partner",
        **_RANKING,  # type: ignore[arg-type]
    ),
    Panel(
        code="commodities",
        title_zh="主要商品",
        title_en="Commodities",
        unit_zh="亿元",
        unit_en="CNY bn",
        ask=ask_commodities,
        draw=draw_commodities,
        follows=frozenset({"period", "commodity", "region"}) | VIEWS,
        selects="commodity",
        **_RANKING,  # type: ignore[arg-type]
    ),
    Panel(
        code="national_partners",
        title_zh="全国主要贸易伙伴",
        title_en="China's top partners",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=_national,
        draw=_draw_national,
        follows=frozenset({"period", "partner"}) | VIEWS,
        selects="partner",
        **_RANKING,  # type: ignore[arg-type]
    ),
)
