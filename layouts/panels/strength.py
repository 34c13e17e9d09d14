"""Strength against growth of the industrial clusters, and the fastest and slowest divisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from data.catalogue import Catalogue
from data.derived import reference_of
from data.drill import drill_path
from data.facts import TOTAL, SeriesKey
from data.industries import highlighted, peers
from data.measures import Amount, location_quotient, share
from data.queries import Want
from data.selection import Selection
from layouts import words
from layouts.charts.bubble import Bubble, bubbles
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import ALL_FILTERS, Drawing, Drawn, Empty, Panel
from layouts.panels import reading, views
from layouts.panels.cluster_figures import (
    DIVISIONS,
    NO_OUTPUT,
    VIEWS,
    Measured,
    Sized,
    both_names,
    comparable,
    name_of,
    sized_at,
    two_dates,
)
from layouts.panels.quotients import quotients_worked_out
from layouts.takeaways import GROWTH_RANKING, STRENGTH, Entry, Leaders, Named, Ranked, takeaway
from layouts.view import Listed, WorkedOut

CORNERS = (
    ("培育·增长", "Nascent, growing"),
    ("优势·增长", "Strong, growing"),
    ("优势·承压", "Strong, under pressure"),
)
FASTEST, SLOWEST = 5, 3
INDUSTRIAL = "industrial_output"
NO_DIVISIONS = Empty(
    "没有公开的分行业产值增速",
    "No growth by division is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


def _industrial(catalogue: Catalogue, selection: Selection) -> list[Measured]:
    """Return the industries beside the chosen one that are part of above-scale industry.

    A service cluster has no share in it.
    """
    every = comparable(catalogue, selection.accumulation, peers(catalogue, selection.industry))
    inside = [each for each in every if each.indicator.code == INDUSTRIAL]
    return inside or comparable(catalogue, selection.accumulation, _industrial_clusters(catalogue))


def _industrial_clusters(catalogue: Catalogue) -> list[str]:
    return [each.code for each in catalogue.clusters_in_order if each.scope == "industrial"]


def _whole(each: Measured, region: str) -> SeriesKey:
    return each.key.with_(region=region, industry=TOTAL)


def ask_bubble(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the industries here and in the reference area, and both totals, for the location quotient."""
    measured, area = _industrial(catalogue, selection), reference_of(catalogue, selection)
    lead = measured[0]
    reference = [each.key.with_(region=area) for each in measured]
    totals = [_whole(lead, region) for region in (catalogue.home_region, area)]
    return [*two_dates(measured, selection), *reading.windows([*reference, *totals], lead.key, selection, 0)]


def draw_bubble(drawing: Drawing) -> Drawn:
    """Draw strength against growth: the location quotient against the reference area.

    Where nobody chose an area and the city has no figures, strength is the share of industry, and the axis says so.
    """
    measured = _industrial(drawing.catalogue, drawing.selection)
    period = drawing.frame.latest.get(measured[0].key)
    if period is None:
        return Drawn(empty=NO_OUTPUT)
    quotients = _quotients(drawing, measured, period)
    if not quotients and drawing.selection.reference is not None:
        return Drawn(empty=_not_comparable(drawing))
    strength = quotients or _shares(drawing, measured, period)
    sized = [each for each in sized_at(drawing, measured, period) if each.measured.key in strength]
    found = [_bubble(drawing, each, strength[each.measured.key]) for each in sized if each.growth.value is not None]
    if not found:
        return Drawn(empty=NO_OUTPUT)
    top = sorted(sized, key=lambda each: -strength[each.measured.key])[:2]
    names = [both_names(drawing.catalogue, each.code) for each in top]
    north_west, north_east, south_east = (drawing.style.words(*corner) for corner in CORNERS)
    axis, average = _axis(drawing, bool(quotients)), 1.0 if quotients else None
    note_zh, note_en = _left_out(drawing, measured)
    when = reading.period_words(drawing, measured[0].key, period)
    view = views.view_of(drawing.selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, "面积 = 规上产值 · 纵轴同比", "area = output · vertical: y/y")
    return Drawn(
        unit_zh=unit_zh,
        unit_en=unit_en,
        figure=bubbles(found, drawing.style, axis, average, (north_west, north_east, south_east)),
        takeaway=takeaway(STRENGTH, Leaders(names, average is not None)),
        alt=f"{axis}，{when}：{'；'.join(each.text for each in found)}",
        lead=measured[0].key,
        flags=reading.basis_flags([each.growth for each in sized]),
        note_zh=note_zh,
        note_en=note_en,
        listed=[Listed(each.measured.key, [period]) for each in sized],
        worked_out=[
            quotients_worked_out(drawing, quotients, period) if quotients else _shares_worked_out(strength, period)
        ],
    )


def _not_comparable(drawing: Drawing) -> Empty:
    """Return why there is no location quotient: the area has no figures of this unit, period and price basis."""
    area = drawing.catalogue.regions[reference_of(drawing.catalogue, drawing.selection)]
    return Empty(
        f"{area.short_zh}没有同单位、同期、同价格口径的分行业产值，不计算区位商",
        f"{area.short_en} has no output by industry of the same unit, period and price basis",
        "请改选参照区域或累计",
        "Choose another reference area, or year to date",
        icon="slash-circle",
    )


def _quotients(drawing: Drawing, measured: Sequence[Measured], period: int) -> dict[SeriesKey, float]:
    """Return the location quotient of every industry that has one; none against the district itself."""
    home, area = drawing.catalogue.home_region, reference_of(drawing.catalogue, drawing.selection)
    if area == home:
        return {}
    here, there, amount = _whole(measured[0], home), _whole(measured[0], area), partial(_amount, drawing, period)
    found = {
        each.key: location_quotient(amount(each.key), amount(here), amount(each.key.with_(region=area)), amount(there))
        for each in measured
    }
    return {key: value for key, value in found.items() if value is not None}


def _shares(drawing: Drawing, measured: Sequence[Measured], period: int) -> dict[SeriesKey, float]:
    whole = drawing.frame.value(_whole(measured[0], drawing.catalogue.home_region), period)
    shares = {each.key: share(drawing.frame.value(each.key, period), whole) for each in measured}
    return {key: value for key, value in shares.items() if value is not None}


def _axis(drawing: Drawing, compared: bool) -> str:
    if not compared:
        return drawing.style.words("占规上工业总产值比重（%）", "Share of above-scale output (%)")
    area = drawing.catalogue.regions[reference_of(drawing.catalogue, drawing.selection)]
    zh, en = f"区位商（1 = {area.name_zh}平均）", f"Location quotient (1 = {area.short_en} average)"
    return drawing.style.words(zh, en)


def _left_out(drawing: Drawing, measured: Sequence[Measured]) -> tuple[str, str]:
    """Name the clusters that stand beside these but are no part of industry."""
    shown = {each.code for each in measured}
    if not shown & drawing.catalogue.clusters.keys():
        return "", ""
    names = [both_names(drawing.catalogue, code) for code in drawing.catalogue.clusters if code not in shown]
    if not names:
        return "", ""
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return f"{zh}为服务业，未列入", f"{en}: services, left out"


def _shares_worked_out(shares: Mapping[SeriesKey, float], period: int) -> WorkedOut:
    """Return the horizontal axis where it is no quotient, for the table behind the chart."""
    formula = ("占比 = 产业产值 ÷ 规上工业总产值 × 100", "share = output / all above-scale output × 100")
    values: dict[SeriesKey | None, dict[int, float | None]] = {key: {period: value} for key, value in shares.items()}
    return WorkedOut("占规上工业比重", "Share of industry", *formula, "PERCENT", 2, values)


def _amount(drawing: Drawing, period: int, key: SeriesKey) -> Amount:
    unit = drawing.catalogue.indicators[key.indicator].unit
    return Amount(drawing.frame.value(key, period), unit, period, key.price_basis)


def _bubble(drawing: Drawing, each: Sized, strength: float) -> Bubble:
    name = name_of(drawing, each.code)
    text = f"{name} {each.text.text} {each.change.text} {words.number(strength, 2)}"
    chosen = each.code == highlighted(drawing.catalogue, drawing.selection.industry, (each.code,))
    return Bubble(name, strength, each.growth.value or 0.0, each.value or 0.0, text, chosen, each.code)


# --- fastest and slowest ----------------------------------------------------------------------------------------


def _division_keys(catalogue: Catalogue, selection: Selection) -> dict[str, SeriesKey]:
    """Return the output series of every division of the industrial clusters, or of the one drilled into."""
    indicator = catalogue.indicators[INDUSTRIAL]
    accumulation = reading.accumulation_of(indicator, selection)
    clusters = [cluster for cluster in catalogue.clusters_in_order if cluster.scope == "industrial"]
    drilled = [cluster for cluster in clusters if cluster.code in drill_path(catalogue, selection.industry)]
    codes = [division for cluster in drilled or clusters for division in cluster.divisions]
    return {code: indicator.key(selection.region, accumulation, industry=code) for code in codes}


def ask_movers(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return output and growth of the divisions, latest and a year before."""
    indicator, keys = catalogue.indicators[INDUSTRIAL], list(_division_keys(catalogue, selection).values())
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
        drawing.catalogue.indicators[INDUSTRIAL],
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
            name_of(drawing, code),
            growths[code].value,
            "",
            reading.as_change(growths[code], drawing),
            selected=code in drill_path(drawing.catalogue, drawing.selection.industry),
            code=code,
        )
        for code in shown
    ]
    entries = [Entry(both_names(drawing.catalogue, code), None, Named("", ""), growths[code]) for code in known]
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
        listed=[Listed(keys[code], [period]) for code in shown],
    )


def _movers_unit(drawing: Drawing, view: str) -> tuple[str, str]:
    """Return of which cluster and by which growth divisions are ranked; empty where nothing was chosen."""
    path = drill_path(drawing.catalogue, drawing.selection.industry)
    cluster = drawing.catalogue.clusters.get(path[0]) if path else None
    if cluster is None or cluster.scope != "industrial":
        return views.view_unit(drawing, view, "产值同比 前五与后三", "output y/y · top 5, last 3")
    name_zh, name_en = views.NAMES[view]
    return f"{cluster.short_zh} · 产值{name_zh}", f"{cluster.short_en} · output {name_en}"


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
        follows=ALL_FILTERS | {"industry", "reference"} | VIEWS,
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
        follows=ALL_FILTERS | {"industry", "region"} | VIEWS,
        selects="industry",
    ),
)
