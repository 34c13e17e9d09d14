"""What an industry is made of: tiles of its parts by output, coloured by class of growth, drilled to one parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.confidentiality import with_complements
from data.facts import TOTAL
from data.industries import highlighted, parts, standing, whole_of_parts
from data.measures import share
from data.queries import Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.parts import NO_CHANGE
from layouts.charts.treemap import Tile, treemap
from layouts.panel import ALL_FILTERS, Drawing, Drawn, Panel
from layouts.panels import reading, views
from layouts.panels.cluster_figures import (
    NO_OUTPUT,
    VIEWS,
    Measured,
    Sized,
    both_names,
    is_confidential,
    measured_as,
    measured_by,
    name_of,
    sized_at,
    two_dates,
)
from layouts.takeaways import STRUCTURE, Part, Structure, takeaway

REST_OF_INDUSTRY = "OTH_IND"
UNITS = ("面积 = 产值 · 颜色 = 同比", "area = output, colour = y/y")


@dataclass(frozen=True, slots=True)
class Level:
    """One parent with its parts, all in one indicator and accumulation, so that they add up."""

    whole: Measured
    parts: Sequence[Measured]


def levels(catalogue: Catalogue, selection: Selection) -> list[Level]:
    """Return the level of the chosen industry and the one shown where that has no figures, in this order."""
    stands = standing(catalogue, selection.industry)
    industries = [selection.industry]
    if stands.cluster is not None and stands.level != "cluster":
        industries.append(stands.cluster.code)
    elif stands.cluster is not None and len(stands.cluster.divisions) == 1:
        industries.insert(0, stands.cluster.divisions[0])  # one tile would say nothing
    return [_level(catalogue, each, selection) for each in industries]


def _level(catalogue: Catalogue, industry: str | None, selection: Selection) -> Level:
    codes, parent = parts(catalogue, industry), whole_of_parts(catalogue, industry)
    accumulation, region = selection.accumulation, selection.region
    measured = measured_by(catalogue, "output", accumulation, codes, region)
    if parent is not None:
        return Level(measured_as(catalogue, parent, "output", accumulation, region), measured)
    lead = measured[0]
    others = Measured(lead.indicator, lead.key.with_(industry=REST_OF_INDUSTRY))
    return Level(Measured(lead.indicator, lead.key.with_(industry=TOTAL)), [*measured, others])


def ask_structure(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return parts and parent, latest and a year before."""
    wants = []
    for level in levels(catalogue, selection):
        wants += two_dates([level.whole, *level.parts], selection)
    return wants


def draw_structure(drawing: Drawing) -> Drawn:
    """Draw the parts of the chosen industry; those of its cluster where its own groups have no figures."""
    for level in levels(drawing.catalogue, drawing.selection):
        period = drawing.frame.latest.get(level.whole.key)
        if period is not None and any(drawing.frame.at(each.key, period) for each in level.parts):
            return _drawn(drawing, level, period)
    return Drawn(empty=NO_OUTPUT)


def _drawn(drawing: Drawing, level: Level, period: int) -> Drawn:
    sized = [each for each in sized_at(drawing, level.parts, period) if drawing.frame.at(each.measured.key, period)]
    hidden = hidden_parts(drawing, sized, period)
    whole = drawing.frame.value(level.whole.key, period)
    shares = _shares(sized, hidden, whole)
    codes = tuple(each.code for each in level.parts)
    chosen = highlighted(drawing.catalogue, drawing.selection.industry, codes)
    tiles = [_tile(drawing, each, shares[each.code], each.code in hidden, each.code == chosen) for each in sized]
    told = [each for each in sized if each.code not in hidden]
    facts = Structure([Part(each.entry(drawing.catalogue), shares[each.code]) for each in told])
    spoken = "；".join(" ".join(filter(None, (t.name, t.figure, t.share, t.change.text))) for t in tiles)
    note_zh, note_en = _notes(drawing, level, sized)
    view = views.view_of(drawing.selection, VIEWS)
    unit_zh, unit_en = views.view_unit(drawing, view, *UNITS)
    return Drawn(
        figure=treemap([tile for tile in tiles if tile.size != 0], drawing.style),
        takeaway=views.said_in(view, takeaway(STRUCTURE, facts)),
        alt=f"{_title(drawing, level)}，{reading.period_words(drawing, level.whole.key, period)}：{spoken}",
        shown=[key for each in told for key in views.keys_for(each.measured.indicator, each.measured.key, view)],
        lead=told[0].measured.key if told else None,
        flags=reading.basis_flags([each.growth for each in told if each.value]),
        note_zh=note_zh,
        note_en=note_en,
        unit_zh=unit_zh,
        unit_en=unit_en,
    )


def hidden_parts(drawing: Drawing, sized: Sequence[Sized], period: int) -> frozenset[str]:
    """Return the parts that show ×: the confidential ones, and where there is only one the smallest beside it."""
    unsafe = {each.code for each in sized if is_confidential(drawing.frame.at(each.measured.key, period))}
    return with_complements({each.code: each.value or 0.0 for each in sized}, unsafe, total_shown=True)


def _shares(sized: Sequence[Sized], hidden: frozenset[str], whole: float | None) -> Mapping[str, float | None]:
    """Return the share of every part that may be shown in what is published of the whole."""
    return {each.code: None if each.code in hidden else share(each.value, whole) for each in sized}


def _tile(drawing: Drawing, each: Sized, part: float | None, hidden: bool, selected: bool) -> Tile:
    name, code = name_of(drawing, each.code), "" if each.code == REST_OF_INDUSTRY else each.code
    if hidden:
        return Tile(name, None, words.missing_text(CellKind.CONFIDENTIAL), "", NO_CHANGE, None, code, selected)
    told = "" if part is None else drawing.style.words(f"占 {words.number(part, 1)}%", f"{words.number(part, 1)}%")
    growth = each.growth.value if each.change.direction in ("up", "down") else None
    change = each.change if each.value else NO_CHANGE
    return Tile(name, max(each.value or 0.0, 0.0), each.text.text, told, change, growth, code, selected)


def _title(drawing: Drawing, level: Level) -> str:
    return (
        drawing.style.words("规上工业", "Industry") if level.whole.code == TOTAL else name_of(drawing, level.whole.code)
    )


def _notes(drawing: Drawing, level: Level, sized: Sequence[Sized]) -> tuple[str, str]:
    """Return which parent is shown and what of it is not: no groups, or parts without any figure or output."""
    catalogue, stands = drawing.catalogue, standing(drawing.catalogue, drawing.selection.industry)
    shown = "" if level.whole.code == TOTAL else level.whole.code
    notes_zh, notes_en = [], []
    if shown:
        name = both_names(catalogue, shown)
        notes_zh.append(f"{name.zh}的组成")
        notes_en.append(f"parts of {name.en}")
    if stands.division and shown != stands.division:
        notes_zh.append("未接入中类数据，显示大类")
        notes_en.append("no data by group, divisions shown")
    none = [both_names(catalogue, each.code) for each in sized if each.value == 0]
    if none:
        notes_zh.append(f"产值为零：{'、'.join(name.zh for name in none)}")
        notes_en.append(f"no output: {', '.join(name.en for name in none)}")
    if len(sized) < len(level.parts):
        notes_zh.append(f"另 {len(level.parts) - len(sized)} 个无数据")
        notes_en.append(f"{len(level.parts) - len(sized)} more without data")
    return "；".join(notes_zh), "; ".join(notes_en)


PANELS = (
    Panel(
        code="structure",
        theme="clusters",
        title_zh="产业构成",
        title_en="Structure",
        unit_zh=UNITS[0],
        unit_en=UNITS[1],
        ask=ask_structure,
        draw=draw_structure,
        follows=ALL_FILTERS | {"industry", "region"} | VIEWS,
        selects="industry",
    ),
)
