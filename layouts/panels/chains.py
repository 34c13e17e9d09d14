"""The chain of a cluster: which of its declared links are strong, weak or missing here, by stored figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.catalogue.chains import STAGES, Chain, ChainLink, ChainRules
from data.derived import reference_of
from data.facts import TOTAL, SeriesKey
from data.industries import highlighted, standing
from data.measures import Amount, location_quotient
from data.queries import Cell, Want
from data.selection import Selection
from data.status import CellKind
from layouts import words
from layouts.charts.chain import LinkBox, Stage, Strength, chain
from layouts.panel import Drawing, Drawn, Empty, Panel
from layouts.panels import reading
from layouts.panels.cluster_figures import MOST_MONTHS_LATE, Measured, both_names, is_confidential, measured_as, name_of
from layouts.panels.quotients import quotients_worked_out
from layouts.takeaways import CHAIN, Links, Named, takeaway
from layouts.view import Listed, WorkedOut

STAGE_NAMES = {
    "upstream": ("上游", "Upstream"),
    "midstream": ("中游", "Midstream"),
    "downstream": ("下游", "Downstream"),
}
STRENGTH_WORDS = {
    "strong": ("强", "strong"),
    "present": ("有", "present"),
    "weak": ("弱", "weak"),
    "missing": ("缺", "missing"),
    "unknown": ("无数据", "no data"),
}
NO_CHAIN = Empty(
    "没有声明这个集群的链条",
    "No chain is declared for this cluster",
    "在目录 chains.toml 中声明",
    "Declare it in chains.toml of the catalogue",
)
NO_FIGURES = Empty(
    "链条各环节都没有数据",
    "No link of the chain has data",
    "接入分行业产值后显示",
    "Connect output by industry to see it",
)


def strength_of(output: float | None, quotient: float | None, rules: ChainRules) -> Strength:
    """Return how strong a link is: unknown without a figure, missing at zero, else by its location quotient."""
    if output is None:
        return "unknown"
    if output == 0:
        return "missing"
    if quotient is None:
        return "present"
    return "strong" if quotient >= rules.strong_quotient else "weak" if quotient < rules.weak_quotient else "present"


@dataclass(frozen=True, slots=True)
class Measure:
    """One link with the series of its figure."""

    link: ChainLink
    measured: Measured


def chain_of(catalogue: Catalogue, selection: Selection) -> Chain | None:
    """Return the chain of the chosen industry's cluster; of the first cluster where none is chosen."""
    cluster = standing(catalogue, selection.industry).cluster or catalogue.clusters_in_order[0]
    return catalogue.chains.by_cluster.get(cluster.code)


def _measure(catalogue: Catalogue, link: ChainLink) -> Measure:
    if link.industry:
        return Measure(link, measured_as(catalogue, link.industry, "output", "Y"))
    indicator = catalogue.indicators[link.indicator]
    return Measure(link, Measured(indicator, indicator.key(accumulation="Y", commodity=link.commodity)))


def ask_chain(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return every link here and in the reference area with both totals, and its growth."""
    found = chain_of(catalogue, selection)
    if found is None:
        return []
    wants: list[Want] = []
    for each in (_measure(catalogue, link) for link in found.links):
        keys = reading.with_growth(each.measured.indicator, each.measured.key)
        others = _quotient_keys(each, reference_of(catalogue, selection)) if each.link.industry else []
        wants += reading.windows(keys, each.measured.key, selection, -reading.MONTHS_PER_YEAR - MOST_MONTHS_LATE)
        wants += reading.windows(others, each.measured.key, selection, -MOST_MONTHS_LATE)
    return list(dict.fromkeys(wants))


def _shared_period(drawing: Drawing, measures: Sequence[Measure]) -> int | None:
    """Return the latest period all links with figures share, not waiting for one that is far behind."""
    latest = [period for each in measures if (period := drawing.frame.latest.get(each.measured.key)) is not None]
    return min((period for period in latest if period >= max(latest) - MOST_MONTHS_LATE), default=None)


def _quotient_keys(each: Measure, reference: str) -> list[SeriesKey]:
    here, there = each.measured.key, each.measured.key.with_(region=reference)
    return [here, here.with_(industry=TOTAL), there, there.with_(industry=TOTAL)]


def draw_chain(drawing: Drawing) -> Drawn:
    """Draw the stages with their links; nothing is drawn where no link has a figure."""
    found = chain_of(drawing.catalogue, drawing.selection)
    if found is None:
        return Drawn(empty=NO_CHAIN)
    measures = [_measure(drawing.catalogue, link) for link in found.links]
    period = _shared_period(drawing, measures)
    if period is None:
        return Drawn(empty=NO_FIGURES)
    return _drawn(drawing, found, measures, period)


def _drawn(drawing: Drawing, found: Chain, measures: Sequence[Measure], period: int) -> Drawn:
    catalogue, style = drawing.catalogue, drawing.style
    codes = tuple(each.link.industry for each in measures if each.link.industry)
    chosen = highlighted(catalogue, drawing.selection.industry, codes)
    boxes = {each.link: _box(drawing, each, period, chosen) for each in measures}
    stages = [
        Stage(style.words(*STAGE_NAMES[stage]), [boxes[link] for link in found.links if link.stage == stage])
        for stage in STAGES
    ]
    spoken = "；".join(f"{stage.name}：{'，'.join(box.text for box in stage.links)}" for stage in stages)
    area = catalogue.regions[reference_of(catalogue, drawing.selection)]
    cluster = both_names(catalogue, found.code)
    unjudged = _unjudged(drawing, measures, period, area.short_zh, area.short_en)
    lead = next(e.measured.key for e in measures if drawing.frame.latest.get(e.measured.key) == period)
    return Drawn(
        figure=chain(stages, style),
        takeaway=takeaway(CHAIN, _links(drawing, measures, boxes)),
        alt=f"{name_of(drawing, found.code)}，{reading.period_words(drawing, lead, period)}：{spoken}",
        shown=_shown(measures, area.code),
        lead=lead,
        flags=frozenset({"derived"}),
        listed=_listed(drawing, measures, period),
        worked_out=_worked_out(drawing, measures, period),
        note_zh=f"{unjudged[0]}{_note(drawing, found, cluster.zh, area.short_zh, found.note_zh, zh=True)}",
        note_en=f"{unjudged[1]}{_note(drawing, found, cluster.en, area.short_en, found.note_en, zh=False)}",
    )


def _listed(drawing: Drawing, measures: Sequence[Measure], period: int) -> list[Listed]:
    """Return the links that have a cell, as rows of the table: their figure at the period the chain is drawn for."""
    keys = dict.fromkeys(each.measured.key for each in measures)
    return [Listed(key, [period]) for key in keys if drawing.frame.at(key, period) is not None]


def _worked_out(drawing: Drawing, measures: Sequence[Measure], period: int) -> list[WorkedOut]:
    """Return the location quotients the links are judged by."""
    told = {each.measured.key: _quotient(drawing, each, period) for each in measures if each.link.industry}
    known = {key: value for key, value in told.items() if value is not None}
    return [quotients_worked_out(drawing, known, period)] if known else []


def _unjudged(
    drawing: Drawing, measures: Sequence[Measure], period: int, area_zh: str, area_en: str
) -> tuple[str, str]:
    """Say so where the reference area has figures of no link, so that none can be called strong or weak."""
    quotients = (_quotient(drawing, each, period) for each in measures if each.link.industry)
    if any(quotient is not None for quotient in quotients):
        return "", ""
    return f"{area_zh}无这些环节的数据，未判强弱；", f"{area_en} has no figures of these links, none is judged; "


def _note(drawing: Drawing, found: Chain, cluster: str, area: str, definition: str, *, zh: bool) -> str:
    """Return which cluster this is the chain of, by what a link is judged, and (where there is room) the definition."""
    rules = drawing.catalogue.chains.rules
    strong, weak = (words.number(value, 1) for value in (rules.strong_quotient, rules.weak_quotient))
    judged = (
        f"{cluster}，区位商（{area}=1）≥{strong} 强，<{weak} 弱，产值为零为缺"
        if zh
        else f"{cluster}, LQ ({area}=1): strong ≥{strong}, weak <{weak}, missing at zero"
    )
    return judged if drawing.style.wall else f"{judged}；{definition}" if zh else f"{judged}; {definition}"


def _shown(measures: Sequence[Measure], reference: str) -> list[SeriesKey]:
    found: list[SeriesKey] = []
    for each in measures:
        found += reading.with_growth(each.measured.indicator, each.measured.key)
        found += _quotient_keys(each, reference) if each.link.industry else []
    return list(dict.fromkeys(found))


def _links(drawing: Drawing, measures: Sequence[Measure], boxes: dict[ChainLink, LinkBox]) -> Links:
    def named(strength: Strength) -> list[Named]:
        chosen = [each.link for each in measures if boxes[each.link].strength == strength]
        return [both_link_names(drawing.catalogue, link) for link in chosen]

    return Links(named("strong"), named("missing"), len(named("unknown")), len(measures))


def both_link_names(catalogue: Catalogue, link: ChainLink) -> Named:
    """Return what a link is called: its own short name, else that of its code."""
    dimension, code = ("industry", link.industry) if link.industry else ("commodity", link.commodity)
    zh, en = (catalogue.label(dimension, code, language, short=True) for language in reading.LANGUAGES)
    return Named(link.short_zh or zh, link.short_en or en)


def _box(drawing: Drawing, each: Measure, period: int, chosen: str) -> LinkBox:
    cell = drawing.frame.at(each.measured.key, period)
    quotient = _quotient(drawing, each, period) if each.link.industry else None
    strength = strength_of(None if cell is None else cell.value, quotient, drawing.catalogue.chains.rules)
    named = both_link_names(drawing.catalogue, each.link)
    name = drawing.style.words(named.zh, named.en)
    details = _details(drawing, each, cell, quotient, strength, period)
    code = "" if strength == "unknown" else each.link.industry
    return LinkBox(
        name, details, strength, code, bool(code) and code == chosen, " ".join(filter(None, (name, details[0])))
    )


def _details(
    drawing: Drawing, each: Measure, cell: Cell | None, quotient: float | None, strength: Strength, period: int
) -> list[str]:
    """Return what is said of a link, the fullest first: its strength in a word, figure, quotient and growth."""
    word = drawing.style.words(*STRENGTH_WORDS[strength])
    if strength in ("unknown", "missing"):
        return [words.missing_text(CellKind.CONFIDENTIAL) if is_confidential(cell) else word]
    figure = reading.cell_words(drawing, each.measured.indicator, cell).text
    growth = reading.growth_at(drawing.frame, each.measured.indicator, each.measured.key, period)
    change = reading.as_change(growth, drawing).text
    told = "" if quotient is None else f"{drawing.style.words('区位商', 'LQ')} {words.number(quotient, 2)}"
    lines = ([word, told, figure, change], [word, told, change], [word, told], [word])
    return [" ".join(filter(None, line)) for line in lines]


def _quotient(drawing: Drawing, each: Measure, period: int) -> float | None:
    """Return the location quotient of a link, or None where the reference area has no such figure."""
    unit, reference = each.measured.indicator.unit, reference_of(drawing.catalogue, drawing.selection)
    keys = _quotient_keys(each, reference)
    return location_quotient(*(Amount(drawing.frame.value(key, period), unit, period, key.price_basis) for key in keys))


PANELS = (
    Panel(
        code="chain",
        theme="clusters",
        title_zh="产业链",
        title_en="Industry chain",
        unit_zh="工作口径 · 强、弱、缺环节",
        unit_en="our definition: strong, weak, missing",
        ask=ask_chain,
        draw=draw_chain,
        follows=frozenset({"period", "industry", "reference"}),
        fixed_zh="固定累计",
        fixed_en="Year to date",
        selects="industry",
    ),
)
