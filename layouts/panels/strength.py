"""Strength against growth of the industrial clusters, and the fastest and slowest divisions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from data.catalogue import Catalogue
from data.drill import drill_path
from data.facts import SeriesKey
from data.measures import Amount, location_quotient, share
from data.queries import Want
from data.selection import Selection
from layouts import words
from layouts.charts.bubble import Bubble, bubbles
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading, views
from layouts.panels.cluster_figures import NO_OUTPUT, VIEWS, Measured, Sized, comparable, is_chosen, sized_at, two_dates
from layouts.takeaways import GROWTH_RANKING, STRENGTH, Entry, Leaders, Named, Ranked, takeaway

CORNERS = (
    ("培育·增长", "Nascent, growing"),
    ("优势·增长", "Strong, growing"),
    ("优势·承压", "Strong, under pressure"),
)
FASTEST, SLOWEST = 5, 3
DIVISIONS = Named("行业", "divisions")
NO_DIVISIONS = Empty(
    "没有公开的分行业产值增速",
    "No growth by division is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


def _industrial(catalogue: Catalogue, selection: Selection) -> list[Measured]:
    """Return the clusters that are part of above-scale industry; a service cluster has no share in it."""
    every = comparable(catalogue, selection.accumulation)
    return [each for each in every if each.cluster.scope == "industrial"]


def _whole(each: Measured, catalogue: Catalogue, region: str) -> SeriesKey:
    return each.indicator.key(region=region, accumulation=each.key.accumulation)


def _reference(catalogue: Catalogue, selection: Selection) -> str:
    """Return the area the clusters are compared with: the chosen one, else the city."""
    return selection.reference or catalogue.district.city_region


def ask_bubble(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the industrial clusters here and in the reference area, and both totals, for the location quotient."""
    measured = _industrial(catalogue, selection)
    area, lead = _reference(catalogue, selection), measured[0]
    reference = [each.key.with_(region=area) for each in measured]
    totals = [_whole(lead, catalogue, region) for region in (catalogue.home_region, area)]
    return [*two_dates(measured, selection), *reading.windows([*reference, *totals], lead.key, selection, 0)]


def draw_bubble(drawing: Drawing) -> Drawn:
    """Draw strength against growth: the location quotient, or where the city is unknown the share of industry."""
    measured = _industrial(drawing.catalogue, drawing.selection)
    period = drawing.frame.latest.get(measured[0].key)
    if period is None:
        return Drawn(empty=NO_OUTPUT)
    strength, axis, average = _strength(drawing, measured, period)
    if average is None and drawing.selection.reference is not None:
        return Drawn(empty=_no_reference(drawing))
    sized = [each for each in sized_at(drawing, measured, period) if each.measured.key in strength]
    found = [_bubble(drawing, each, strength[each.measured.key]) for each in sized if each.growth.value is not None]
    if not found:
        return Drawn(empty=NO_OUTPUT)
    top = sorted(sized, key=lambda each: -strength[each.measured.key])[:2]
    names = [Named(each.measured.cluster.short_zh, each.measured.cluster.short_en) for each in top]
    north_west, north_east, south_east = (drawing.style.words(*corner) for corner in CORNERS)
    view = views.view_of(drawing.selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, "面积 = 规上产值 · 纵轴同比", "area = output · vertical: y/y")
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        figure=bubbles(found, drawing.style, drawing.style.words(*axis), average, (north_west, north_east, south_east)),
        takeaway=takeaway(STRENGTH, Leaders(names, average is not None)),
        alt="；".join(bubble.text for bubble in found),
        lead=measured[0].key,
        flags=reading.basis_flags([each.growth for each in sized]),
    )


def _no_reference(drawing: Drawing) -> Empty:
    """Return why there is no quotient: nobody publishes the clusters of the chosen reference area."""
    area = drawing.catalogue.regions[_reference(drawing.catalogue, drawing.selection)]
    return Empty(
        f"没有{area.short_zh}的分行业产值，无法计算区位商",
        f"No output by industry for {area.short_en}: no location quotient",
        "请改选其他参照区域",
        "Choose another reference area",
    )


def _strength(
    drawing: Drawing, measured: Sequence[Measured], period: int
) -> tuple[dict[SeriesKey, float], tuple[str, str], float | None]:
    """Return strength by series, the name of its axis, and its average (1 for a location quotient)."""
    city = _reference(drawing.catalogue, drawing.selection)
    here, there = (_whole(measured[0], drawing.catalogue, region) for region in (drawing.catalogue.home_region, city))
    amount = partial(_amount, drawing, period)
    quotients = {
        each.key: location_quotient(amount(each.key), amount(here), amount(each.key.with_(region=city)), amount(there))
        for each in measured
    }
    known = {key: value for key, value in quotients.items() if value is not None}
    if known:
        area = drawing.catalogue.regions[city]
        axis = f"区位商（1 = {area.name_zh}平均）", f"Location quotient (1 = {area.short_en} average)"
        return known, axis, 1.0
    whole = drawing.frame.value(here, period)
    shares = {each.key: share(drawing.frame.value(each.key, period), whole) for each in measured}
    axis = ("占规上工业总产值比重（%）", "Share of above-scale output (%)")
    return {key: value for key, value in shares.items() if value is not None}, axis, None


def _amount(drawing: Drawing, period: int, key: SeriesKey) -> Amount:
    unit = drawing.catalogue.indicators[key.indicator].unit
    return Amount(drawing.frame.value(key, period), unit, period, key.price_basis)


def _bubble(drawing: Drawing, each: Sized, strength: float) -> Bubble:
    name = each.measured.cluster.word("short", drawing.style.language)
    text = f"{name} {each.text.text} {each.change.text} {words.number(strength, 2)}"
    cluster = each.measured.cluster
    chosen = is_chosen(drawing, cluster)
    return Bubble(name, strength, each.growth.value or 0.0, each.value or 0.0, text, chosen, cluster.code)


# --- fastest and slowest ----------------------------------------------------------------------------------------


def _division_keys(catalogue: Catalogue, selection: Selection) -> dict[str, SeriesKey]:
    """Return the output series of every division of the industrial clusters, or of the one drilled into."""
    indicator = catalogue.indicators["industrial_output"]
    accumulation = reading.accumulation_of(indicator, selection)
    clusters = [cluster for cluster in catalogue.clusters_in_order if cluster.scope == "industrial"]
    drilled = [cluster for cluster in clusters if cluster.code in drill_path(catalogue, selection.industry)]
    codes = [division for cluster in drilled or clusters for division in cluster.divisions]
    return {code: indicator.key(selection.region, accumulation, industry=code) for code in codes}


def ask_movers(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return output and growth of the divisions, latest and a year before."""
    indicator, keys = catalogue.indicators["industrial_output"], list(_division_keys(catalogue, selection).values())
    view = views.view_of(selection, VIEWS)
    wanted = [key for each in keys for key in views.keys_for(indicator, each, view)]
    return [
        want
        for first in (0, -reading.MONTHS_PER_YEAR)
        for want in reading.windows(wanted, keys[0], selection, first, first)
    ]


def draw_movers(drawing: Drawing) -> Drawn:
    """Draw the five fastest and the three slowest divisions; a fall runs to the left and wears ▼."""
    indicator, keys = (
        drawing.catalogue.indicators["industrial_output"],
        _division_keys(drawing.catalogue, drawing.selection),
    )
    lead = next(iter(keys.values()))
    period = drawing.frame.latest.get(lead)
    if period is None:
        return Drawn(empty=NO_DIVISIONS)
    view = views.view_of(drawing.selection, VIEWS)
    growths = {code: views.growth_in(drawing.frame, indicator, key, period, view) for code, key in keys.items()}
    known = sorted(
        (code for code in growths if growths[code].value is not None), key=lambda c: -(growths[c].value or 0)
    )
    if not known:
        return Drawn(empty=NO_DIVISIONS)
    shown = list(dict.fromkeys([*known[:FASTEST], *known[-SLOWEST:]]))
    rows = [
        RankRow(
            _division_name(drawing, code),
            growths[code].value,
            "",
            reading.as_change(growths[code], drawing),
            selected=code in drill_path(drawing.catalogue, drawing.selection.industry),
            code=code,
        )
        for code in shown
    ]
    entries = [Entry(_both_names(drawing, code), None, Named("", ""), growths[code]) for code in known]
    unit_zh, unit_en = _movers_unit(drawing, view)
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        figure=ranking(rows, drawing.style, room=1.8),
        takeaway=views.said_in(view, takeaway(GROWTH_RANKING, Ranked(DIVISIONS, entries))),
        alt="；".join(f"{row.name} {row.change.text}" for row in rows),
        shown=[key for code in shown for key in views.keys_for(indicator, keys[code], view)],
        lead=lead,
        flags=reading.basis_flags([growths[code] for code in shown]),
    )


def _movers_unit(drawing: Drawing, view: str) -> tuple[str, str]:
    """Return of which cluster and by which growth divisions are ranked; empty where nothing was chosen."""
    path = drill_path(drawing.catalogue, drawing.selection.industry)
    cluster = drawing.catalogue.clusters.get(path[0]) if path else None
    if cluster is None or cluster.scope != "industrial":
        return views.view_unit(drawing, view, "产值同比 前五与后三", "output y/y · top 5, last 3")
    name_zh, name_en = views.NAMES[view]
    return f"{cluster.short_zh} · 产值{name_zh}", f"{cluster.short_en} · output {name_en}"


def _division_name(drawing: Drawing, code: str) -> str:
    return drawing.catalogue.label("industry", code, drawing.style.language, short=True)


def _both_names(drawing: Drawing, code: str) -> Named:
    label = drawing.catalogue.label
    return Named(label("industry", code, "zh", short=True), label("industry", code, "en", short=True))


PANELS = (
    Panel(
        code="bubble",
        theme="clusters",
        title_zh="优势与增速",
        title_en="Strength vs growth",
        unit_zh="面积 = 规上产值",
        unit_en="area = output",
        ask=ask_bubble,
        draw=draw_bubble,
        follows=frozenset({"period", "accumulation", "industry", "reference"}) | VIEWS,
        selects="industry",
    ),
    Panel(
        code="movers",
        theme="clusters",
        title_zh="分行业增速",
        title_en="Growth by division",
        unit_zh="产值同比 前五与后三",
        unit_en="top 5, last 3",
        ask=ask_movers,
        draw=draw_movers,
        follows=frozenset({"period", "accumulation", "industry", "region"}) | VIEWS,
        selects="industry",
    ),
)
