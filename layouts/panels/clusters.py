"""The clusters by size: as a ranking with growth, and as circles on the schematic map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.catalogue import Catalogue
from data.industries import highlighted, peers, standing
from data.queries import Want
from data.selection import Selection
from layouts.charts.map import PlaceName, Site, schematic_map
from layouts.charts.parts import Figure
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import ALL_FILTERS, Drawing, Drawn, Panel
from layouts.panels import reading, views
from layouts.panels.cluster_figures import (
    CLUSTERS,
    DIVISIONS,
    NO_OUTPUT,
    VIEWS,
    Sized,
    are_mixed,
    ask_output_of,
    comparable,
    latest_output,
    left_out,
    name_of,
    some_are_newer,
)
from layouts.takeaways import GROWTH_RANKING, Ranked, takeaway
from layouts.view import Listed

UNITS = ("工作口径 · 产值 亿元 · 同比", "our definition · CNY bn · y/y")
MAP_UNITS = (
    "示意图 · 圆面积 = 规上产值 亿元；空心 = 同比下降",
    "schematic · circle = output CNY bn; hollow = falling y/y",
)


def _finished(drawing: Drawing, sized: Sequence[Sized], period: int, figure: Figure, title: str) -> Drawn:
    """Return what the ranking and the map have in common: sentence, alternative text, series, badges, note."""
    catalogue = drawing.catalogue
    spoken = "；".join(
        f"{catalogue.label('industry', each.code, drawing.style.language)} {each.text.text} {each.change.text}".strip()
        for each in sized
    )
    # The panel's period is the one all share, so the series that is printed for it is one that goes no further.
    lead = next(each.measured.key for each in sized if drawing.frame.latest.get(each.measured.key) == period)
    noun = CLUSTERS if sized[0].code in catalogue.clusters else DIVISIONS
    note_zh, note_en = _notes(drawing, sized, period)
    view = views.view_of(drawing.selection, VIEWS)
    return Drawn(
        figure=figure,
        takeaway=views.said_in(view, takeaway(GROWTH_RANKING, Ranked(noun, [e.entry(catalogue) for e in sized]))),
        alt=f"{title}，{reading.period_words(drawing, lead, period)}：{spoken}",
        shown=[key for each in sized for key in views.keys_for(each.measured.indicator, each.measured.key, view)],
        lead=lead,
        flags=reading.basis_flags([each.growth for each in sized]),
        note_zh=note_zh,
        note_en=note_en,
        listed=[Listed(each.measured.key, [period]) for each in sized],
    )


def _notes(drawing: Drawing, sized: Sequence[Sized], period: int) -> tuple[str, str]:
    """Return the footer's note: which month, what a cluster is (where there is room), and who is left out."""
    catalogue = drawing.catalogue
    district = catalogue.district
    notes_zh, notes_en = ([], []) if drawing.style.wall else ([district.cluster_note_zh], [district.cluster_note_en])
    if some_are_newer(drawing, [each.measured for each in sized], period):
        notes_zh.insert(0, "按各集群均已公布的最新月")
        notes_en.insert(0, "latest month published for all")
    every = peers(catalogue, sized[0].code)
    missing = left_out(catalogue, drawing.selection.accumulation, every)
    if missing:
        zh, en = (
            [catalogue.label("industry", code, language, short=True) for code in missing] for language in ("zh", "en")
        )
        notes_zh.insert(0, f"{'、'.join(zh)}只公布累计数，未列入")
        notes_en.insert(0, f"{', '.join(en)}: year to date only, left out")
    return "；".join(notes_zh), "; ".join(notes_en)


def ask_ranking(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return output and growth of the clusters, or of the divisions beside the chosen one."""
    measured = comparable(catalogue, selection.accumulation, peers(catalogue, selection.industry), selection.region)
    return ask_output_of(measured, selection)


def draw_ranking(drawing: Drawing) -> Drawn:
    """Draw the clusters by output, the largest on top, with their growth; inside a cluster its divisions."""
    selection, beside = drawing.selection, peers(drawing.catalogue, drawing.selection.industry)
    latest = latest_output(drawing, comparable(drawing.catalogue, selection.accumulation, beside, selection.region))
    if latest is None:
        return Drawn(empty=NO_OUTPUT)
    sized, period = latest
    chosen = highlighted(drawing.catalogue, selection.industry, beside)
    ordered = sorted(sized, key=lambda each: -(each.value if each.value is not None else float("-inf")))
    hollow = are_mixed([each.simulated for each in ordered])
    rows = [
        RankRow(
            name_of(drawing, each.code),
            each.value,
            each.text.number,
            each.change,
            selected=each.code == chosen,
            hollow=hollow and each.simulated,
            code=each.code,
        )
        for each in ordered
    ]
    cluster = standing(drawing.catalogue, beside[0]).cluster
    inside = cluster is not None and beside[0] != cluster.code
    title = name_of(drawing, cluster.code) if cluster and inside else drawing.style.words("产业集群", "Clusters")
    done = _finished(drawing, sized, period, ranking(rows, drawing.style), title)
    unit_zh, unit_en = views.view_unit(drawing, views.view_of(selection, VIEWS), *UNITS)
    listed = [Listed(each.measured.key, [period]) for each in ordered]
    return replace(done, unit_zh=unit_zh, unit_en=unit_en, listed=listed)


def ask_map(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return output and its growth per cluster."""
    return ask_output_of(comparable(catalogue, selection.accumulation), selection)


def draw_map(drawing: Drawing) -> Drawn:
    """Draw where the clusters are: circle by output, hollow where it falls. 示意图, not a boundary."""
    latest = latest_output(drawing, comparable(drawing.catalogue, drawing.selection.accumulation))
    if latest is None:
        return Drawn(empty=NO_OUTPUT)
    sized, period = latest
    style = drawing.style
    named = drawing.catalogue.district.map_names
    names = [PlaceName(style.words(each.name_zh, each.name_en), each.x_km, each.y_km, each.large) for each in named]
    figure = schematic_map(drawing.catalogue.schematic_map, [_site(drawing, each) for each in sized], names, style)
    done = _finished(drawing, sized, period, figure, style.words("集群分布示意图", "Schematic map of the clusters"))
    district = drawing.catalogue.district
    view_zh, view_en = views.view_unit(drawing, views.view_of(drawing.selection, VIEWS), *MAP_UNITS)
    return Drawn(
        unit_zh=view_zh,
        unit_en=view_en,
        figure=figure,
        alt=done.alt,
        shown=done.shown,
        lead=done.lead,
        flags=done.flags,
        note_zh=f"{district.map_note_zh}；海上细线：离岸 4 / 9 / 15 / 22 公里",
        note_en=f"{district.map_note_en}; sea lines: 4 / 9 / 15 / 22 km",
        listed=done.listed,
    )


def _site(drawing: Drawing, each: Sized) -> Site:
    place = drawing.catalogue.clusters[each.code].place
    # A label that reads towards the right edge ends at its leader line, so it stands in the left column.
    side = "left" if place.label_side == "right" else "right"
    town, name = place.name_zh if drawing.style.language == "zh" else "", name_of(drawing, each.code)
    at = (place.x_km, place.y_km, place.label_y_km)
    chosen = highlighted(drawing.catalogue, drawing.selection.industry, (each.code,)) == each.code
    return Site(name, town, each.value, each.text.number, each.change, *at, side, chosen, each.code)


PANELS = (
    Panel(
        code="clusters",
        theme="clusters",
        title_zh="产业集群",
        title_en="Industry clusters",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=ask_ranking,
        draw=draw_ranking,
        follows=ALL_FILTERS | {"industry", "region"} | VIEWS,
        selects="industry",
    ),
    Panel(
        code="map",
        theme="clusters",
        title_zh="集群分布",
        title_en="Where the clusters are",
        unit_zh=MAP_UNITS[0].replace("同比", ""),
        unit_en=MAP_UNITS[1].removesuffix(" y/y"),
        ask=ask_map,
        draw=draw_map,
        follows=ALL_FILTERS | {"industry"} | VIEWS,
        selects="industry",
    ),
)
