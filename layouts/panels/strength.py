"""Strength against growth of the industrial clusters, and the fastest and slowest divisions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from data.catalogue import Catalogue
from data.facts import SeriesKey
from data.measures import Amount, location_quotient, share
from data.queries import Want
from data.selection import Selection
from layouts import words
from layouts.charts.bubble import Bubble, bubbles
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import NO_OUTPUT, Measured, Sized, comparable, sized_at, two_dates
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


def ask_bubble(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the industrial clusters here and in the city, and both totals, for the location quotient."""
    measured = _industrial(catalogue, selection)
    city, lead = catalogue.district.city_region, measured[0]
    reference = [each.key.with_(region=city) for each in measured]
    totals = [_whole(lead, catalogue, region) for region in (catalogue.home_region, city)]
    return [*two_dates(measured, selection), *reading.windows([*reference, *totals], lead.key, selection, 0)]


def draw_bubble(drawing: Drawing) -> Drawn:
    """Draw strength against growth: the location quotient where the city is known, else the share of industry."""
    measured = _industrial(drawing.catalogue, drawing.selection)
    period = drawing.frame.latest.get(measured[0].key)
    if period is None:
        return Drawn(empty=NO_OUTPUT)
    strength, axis, average = _strength(drawing, measured, period)
    sized = [each for each in sized_at(drawing, measured, period) if each.measured.key in strength]
    found = [_bubble(drawing, each, strength[each.measured.key]) for each in sized if each.growth.value is not None]
    if not found:
        return Drawn(empty=NO_OUTPUT)
    top = sorted(sized, key=lambda each: -strength[each.measured.key])[:2]
    names = [Named(each.measured.cluster.short_zh, each.measured.cluster.short_en) for each in top]
    north_west, north_east, south_east = (drawing.style.words(*corner) for corner in CORNERS)
    return Drawn(
        figure=bubbles(found, drawing.style, drawing.style.words(*axis), average, (north_west, north_east, south_east)),
        takeaway=takeaway(STRENGTH, Leaders(names, average is not None)),
        alt="；".join(bubble.text for bubble in found),
        lead=measured[0].key,
        flags=reading.basis_flags([each.growth for each in sized]),
    )


def _strength(
    drawing: Drawing, measured: Sequence[Measured], period: int
) -> tuple[dict[SeriesKey, float], tuple[str, str], float | None]:
    """Return strength by series, the name of its axis, and its average (1 for a location quotient)."""
    city = drawing.catalogue.district.city_region
    here, there = (_whole(measured[0], drawing.catalogue, region) for region in (drawing.catalogue.home_region, city))
    amount = partial(_amount, drawing, period)
    quotients = {
        each.key: location_quotient(amount(each.key), amount(here), amount(each.key.with_(region=city)), amount(there))
        for each in measured
    }
    known = {key: value for key, value in quotients.items() if value is not None}
    if known:
        return known, ("区位商（1 = 全市平均）", "Location quotient (1 = city average)"), 1.0
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
    chosen = drawing.selection.industry == each.measured.cluster.code
    return Bubble(name, strength, each.growth.value or 0.0, each.value or 0.0, text, chosen)


# --- fastest and slowest ----------------------------------------------------------------------------------------


def _division_keys(catalogue: Catalogue, selection: Selection) -> dict[str, SeriesKey]:
    """Return the output series of every division that belongs to an industrial cluster."""
    indicator = catalogue.indicators["industrial_output"]
    accumulation = reading.accumulation_of(indicator, selection)
    clusters = [cluster for cluster in catalogue.clusters_in_order if cluster.scope == "industrial"]
    codes = [division for cluster in clusters for division in cluster.divisions]
    return {code: indicator.key(accumulation=accumulation, industry=code) for code in codes}


def ask_movers(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return output and growth of the divisions, latest and a year before."""
    indicator, keys = catalogue.indicators["industrial_output"], list(_division_keys(catalogue, selection).values())
    wanted = [key for each in keys for key in reading.with_growth(indicator, each)]
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
    growths = {code: reading.growth_at(drawing.frame, indicator, key, period) for code, key in keys.items()}
    known = sorted(
        (code for code in growths if growths[code].value is not None), key=lambda c: -(growths[c].value or 0)
    )
    if not known:
        return Drawn(empty=NO_DIVISIONS)
    shown = list(dict.fromkeys([*known[:FASTEST], *known[-SLOWEST:]]))
    rows = [
        RankRow(_division_name(drawing, code), growths[code].value, "", reading.as_change(growths[code], drawing))
        for code in shown
    ]
    entries = [Entry(_both_names(drawing, code), None, Named("", ""), growths[code]) for code in known]
    return Drawn(
        figure=ranking(rows, drawing.style, room=1.8),
        takeaway=takeaway(GROWTH_RANKING, Ranked(DIVISIONS, entries)),
        alt="；".join(f"{row.name} {row.change.text}" for row in rows),
        shown=[key for code in shown for key in reading.with_growth(indicator, keys[code])],
        lead=lead,
        flags=reading.basis_flags([growths[code] for code in shown]),
    )


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
    ),
)
