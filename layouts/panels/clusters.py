"""The clusters by size: as a ranking with growth, and as circles on the schematic map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.catalogue import Catalogue
from data.queries import Want
from data.selection import Selection
from layouts.charts.map import PlaceName, Site, schematic_map
from layouts.charts.parts import Figure
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Panel
from layouts.panels import reading, views
from layouts.panels.cluster_figures import (
    CLUSTERS,
    NO_OUTPUT,
    VIEWS,
    Sized,
    are_mixed,
    ask_output,
    is_chosen,
    latest_output,
    left_out,
    some_are_newer,
)
from layouts.takeaways import GROWTH_RANKING, Ranked, takeaway

UNITS = ("工作口径 · 产值 亿元 · 同比", "our definition · CNY bn · y/y")


MAP_UNITS = (
    "示意图 · 圆面积 = 规上产值 亿元；空心 = 同比下降",
    "schematic · circle = output CNY bn; hollow = falling y/y",
)


def _finished(drawing: Drawing, sized: Sequence[Sized], period: int, figure: Figure, title: str) -> Drawn:
    """Return what the ranking and the map have in common: sentence, alternative text, series, badges, note."""
    spoken = "；".join(
        f"{drawing.catalogue.clusters[each.measured.cluster.code].word('name', drawing.style.language)} "
        f"{each.text.text} {each.change.text}".strip()
        for each in sized
    )
    # The panel's period is the one all share, so the series that is printed for it is one that goes no further.
    lead = next(each.measured.key for each in sized if drawing.frame.latest.get(each.measured.key) == period)
    note_zh, note_en = _notes(drawing, sized, period)
    view = views.view_of(drawing.selection, VIEWS)
    said = takeaway(GROWTH_RANKING, Ranked(CLUSTERS, [each.entry() for each in sized]))
    return Drawn(
        figure=figure,
        takeaway=views.said_in(view, said),
        alt=f"{title}，{reading.period_words(drawing, lead, period)}：{spoken}",
        shown=[key for each in sized for key in views.keys_for(each.measured.indicator, each.measured.key, view)],
        lead=lead,
        flags=reading.basis_flags([each.growth for each in sized]),
        note_zh=note_zh,
        note_en=note_en,
    )


def _notes(drawing: Drawing, sized: Sequence[Sized], period: int) -> tuple[str, str]:
    """Return the footer's note: which month, what a cluster is (where there is room), and who is left out."""
    district = drawing.catalogue.district
    notes_zh, notes_en = ([], []) if drawing.style.wall else ([district.cluster_note_zh], [district.cluster_note_en])
    if some_are_newer(drawing, [each.measured for each in sized], period):
        notes_zh.insert(0, "按各集群均已公布的最新月")
        notes_en.insert(0, "latest month published for all")
    missing = left_out(drawing.catalogue, drawing.selection.accumulation)
    if missing:
        notes_zh.insert(0, f"{'、'.join(cluster.short_zh for cluster in missing)}只公布累计数，未列入")
        notes_en.insert(0, f"{', '.join(cluster.short_en for cluster in missing)}: year to date only, left out")
    return "；".join(notes_zh), "; ".join(notes_en)


def _ask_ranking(catalogue: Catalogue, selection: Selection) -> list[Want]:
    return ask_output(catalogue, selection, selection.region)


def draw_ranking(drawing: Drawing) -> Drawn:
    """Draw the clusters by output, the largest on top, with their growth."""
    latest = latest_output(drawing, drawing.selection.region)
    if latest is None:
        return Drawn(empty=NO_OUTPUT)
    sized, period = latest
    ordered = sorted(sized, key=lambda each: -(each.value if each.value is not None else float("-inf")))
    hollow = are_mixed([each.simulated for each in ordered])
    rows = [
        RankRow(
            each.measured.cluster.word("short", drawing.style.language),
            each.value,
            each.text.number,
            each.change,
            selected=is_chosen(drawing, each.measured.cluster),
            hollow=hollow and each.simulated,
            code=each.measured.cluster.code,
        )
        for each in ordered
    ]
    done = _finished(drawing, sized, period, ranking(rows, drawing.style), drawing.style.words("产业集群", "Clusters"))
    unit_zh, unit_en = views.view_unit(drawing, views.view_of(drawing.selection, VIEWS), *UNITS)
    return replace(done, unit_zh=unit_zh, unit_en=unit_en)


def draw_map(drawing: Drawing) -> Drawn:
    """Draw where the clusters are: circle by output, hollow where it falls. 示意图, not a boundary."""
    latest = latest_output(drawing)
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
        figure=figure,
        alt=done.alt,
        shown=done.shown,
        lead=done.lead,
        flags=done.flags,
        unit_zh=view_zh,
        unit_en=view_en,
        note_zh=f"{district.map_note_zh}；海上细线：离岸 4 / 9 / 15 / 22 公里",
        note_en=f"{district.map_note_en}; sea lines: 4 / 9 / 15 / 22 km",
    )


def _site(drawing: Drawing, each: Sized) -> Site:
    cluster, place = each.measured.cluster, each.measured.cluster.place
    # A label that reads towards the right edge ends at its leader line, so it stands in the left column.
    side = "left" if place.label_side == "right" else "right"
    zh = drawing.style.language == "zh"
    town = place.name_zh if zh else ""
    name = cluster.word("short", drawing.style.language)
    return Site(
        name,
        town,
        each.value,
        each.text.number,
        each.change,
        place.x_km,
        place.y_km,
        place.label_y_km,
        side,
        is_chosen(drawing, cluster),
        cluster.code,
    )


PANELS = (
    Panel(
        code="clusters",
        theme="clusters",
        title_zh="产业集群",
        title_en="Industry clusters",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=_ask_ranking,
        draw=draw_ranking,
        follows=frozenset({"period", "accumulation", "industry", "region"}) | VIEWS,
        selects="industry",
    ),
    Panel(
        code="map",
        theme="clusters",
        title_zh="集群分布",
        title_en="Where the clusters are",
        unit_zh=MAP_UNITS[0].replace("同比", ""),
        unit_en=MAP_UNITS[1].removesuffix(" y/y"),
        ask=ask_output,
        draw=draw_map,
        follows=frozenset({"period", "accumulation", "industry"}) | VIEWS,
        selects="industry",
    ),
)
