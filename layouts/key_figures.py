"""The cards of a page: which series of each key figure the catalogue declares for it, and how a card reads.

A level shows its growth on the year (official where there is one), a rate its change on the period before and a
share its change on the year, both in percentage points. The target bar follows the indicator's own target.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.derived import parts_of, reference_of, with_derived
from data.industries import standing
from data.measures import Basis, Growth, Outcome
from data.periods import month_of, year_of
from data.targets import Completion, Schedule, growth_completion, level_completion, schedule
from layouts import words
from layouts.key_targets import target_of
from layouts.kpi import Kpi
from layouts.mark_list import mark_name
from layouts.panels import reading
from layouts.texts import text

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.catalogue.models import Indicator, KeyFigure
    from data.facts import SeriesKey
    from data.queries import Cell, Want
    from data.selection import Selection
    from layouts.panel import Drawing

TREND_SLOTS = 13
TREND_SLOTS_QUARTERLY = 7
FEBRUARY = 2
SCOPES = ("industry", "partner", "commodity")
SIX_IN_A_ROW = 6  # on the desk; seven and more stand in rows of four
HISTORY_MONTHS = 48  # three finished years before the present one, for 序时进度


@dataclass(frozen=True)
class Reading:
    """A key figure with its series, its newest cell, its change and how it stands against its target."""

    indicator: Indicator
    key: SeriesKey
    cell: Cell
    change: Growth
    completion: Completion | None
    expected: Schedule | None

    @property
    def is_behind(self) -> bool:
        """Tell whether the target is missed so far, as far as the words show."""
        return self.completion is not None and round(self.completion.gap_points, 1) < 0


def figures_of(catalogue: Catalogue, selection: Selection) -> Sequence[KeyFigure]:
    """Return the key figures declared for the selected page; a page without a declaration has none."""
    page = catalogue.pages.get(selection.page)
    return () if page is None else page.key_figures


def key_of(figure: KeyFigure, catalogue: Catalogue, selection: Selection) -> SeriesKey:
    """Return the series of a card: 当期 or 累计 as chosen, where the indicator has it, of what the reader chose."""
    indicator = catalogue.indicators[_code_of(figure, catalogue, selection)]
    has_chosen = selection.accumulation in indicator.accumulations
    accumulation = selection.accumulation if has_chosen else indicator.main_accumulation
    parts = {str(name): code for name, code in figure.parts.items()} | scope_of(indicator, selection)
    key = indicator.key(region_of(indicator, catalogue, selection), accumulation, **parts)
    if indicator.formula is None:
        return key
    # What is worked out is of the accumulation its parts are published in.
    first = parts_of(catalogue, key, reference_of(catalogue, selection))[0]
    return key.with_(accumulation=first.accumulation)


def _code_of(figure: KeyFigure, catalogue: Catalogue, selection: Selection) -> str:
    """Return the indicator a card shows: the industry's cluster's own one, or the whole's where none is chosen."""
    if selection.industry is None:
        return figure.whole or figure.indicator
    cluster = standing(catalogue, selection.industry).cluster
    return cluster.measures[figure.measure] if cluster and figure.measure else figure.indicator


def scope_of(indicator: Indicator, selection: Selection) -> dict[str, str]:
    """Return what of the reader's marks narrows an indicator down: industry, partner, commodity where it has them."""
    chosen = {mark: getattr(selection, mark) for mark in SCOPES}
    return {mark: code for mark, code in chosen.items() if code is not None and mark in indicator.dimensions}


def region_of(indicator: Indicator, catalogue: Catalogue, selection: Selection) -> str | None:
    """Return the chosen region where the indicator is one of the district; a port or a zone stays what it is."""
    return selection.region if indicator.region == catalogue.home_region else None


def is_whole(indicator: Indicator, drawing: Drawing) -> bool:
    """Tell whether a card shows the whole of the district, which is what targets are set for."""
    region = region_of(indicator, drawing.catalogue, drawing.selection)
    return region in (None, drawing.catalogue.home_region) and not scope_of(indicator, drawing.selection)


def whole(selection: Selection) -> Selection:
    """Return the selection of the district as a whole, for what is said of the day and warned of."""
    return selection.with_(region=None, **dict.fromkeys(SCOPES))


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return what the cards need: each level and its growth, back to the years that make 序时进度."""
    wants = []
    for figure in figures_of(catalogue, selection):
        key = key_of(figure, catalogue, selection)
        indicator = catalogue.indicators[key.indicator]
        if indicator.formula is not None:
            parts = parts_of(catalogue, key, reference_of(catalogue, selection))
            wants += reading.windows(parts, parts[0], selection, -2 * reading.MONTHS_PER_YEAR)
            continue
        wants += reading.windows(reading.with_growth(indicator, key), key, selection, -HISTORY_MONTHS)
        if indicator.target_kind == "level" and key.accumulation != "Y" and _adds_up(indicator):
            wants += reading.windows([key.with_(accumulation="Y")], key, selection, -HISTORY_MONTHS)
    return wants


def read(drawing: Drawing) -> list[Reading]:
    """Return the key figures that have a value, in the order of the cards."""
    return list(_read(drawing))


def _derived(drawing: Drawing) -> Drawing:
    """Return the drawing with what the cards work out from stored figures."""
    catalogue, selection = drawing.catalogue, drawing.selection
    keys = [key_of(figure, catalogue, selection) for figure in figures_of(catalogue, selection)]
    made = [key for key in keys if catalogue.indicators[key.indicator].formula is not None]
    frame = with_derived(drawing.frame, catalogue, made, reference_of(catalogue, selection))
    return replace(drawing, frame=frame)


def _read(drawing: Drawing) -> Iterator[Reading]:
    drawing = _derived(drawing)
    for figure in figures_of(drawing.catalogue, drawing.selection):
        key = key_of(figure, drawing.catalogue, drawing.selection)
        indicator = drawing.catalogue.indicators[key.indicator]
        cell = drawing.frame.last(key)
        if cell is not None:
            change = _change(drawing, indicator, key, cell.period)
            expected = _expected(drawing, indicator, key, cell)
            yield Reading(indicator, key, cell, change, _completion(drawing, indicator, key, cell, expected), expected)


def _change(drawing: Drawing, indicator: Indicator, key: SeriesKey, period: int) -> Growth:
    if indicator.value_kind == "rate":
        return reading.change_since_slot_before(drawing.frame, indicator, key, period)
    return reading.growth_at(drawing.frame, indicator, key, period)


def _expected(drawing: Drawing, indicator: Indicator, key: SeriesKey, cell: Cell) -> Schedule | None:
    """Return 序时进度 for a level target, learnt from the cumulative figures of the years before."""
    if indicator.target_kind != "level" or not _adds_up(indicator):
        return None
    cells = drawing.frame[key.with_(accumulation="Y")]
    cumulative = {each.period: each.value for each in cells if each.value is not None}
    return schedule(cumulative, cell.period)


def _completion(
    drawing: Drawing, indicator: Indicator, key: SeriesKey, cell: Cell, expected: Schedule | None
) -> Completion | None:
    goal = indicator.targets.get(year_of(cell.period)) if is_whole(indicator, drawing) else None
    if goal is None or cell.value is None:
        return None
    if expected is not None:
        reached = drawing.frame.value(key.with_(accumulation="Y"), cell.period)
        return None if reached is None else level_completion(reached, goal, expected)
    rate = _rate(drawing, indicator, key, cell)
    return None if rate is None else growth_completion(rate, goal)


def _adds_up(indicator: Indicator) -> bool:
    """Tell whether a year's target is reached bit by bit: a level that has 累计, not a rate or a share."""
    return indicator.value_kind not in reading.IN_POINTS and "Y" in indicator.accumulations


def _rate(drawing: Drawing, indicator: Indicator, key: SeriesKey, cell: Cell) -> float | None:
    """Return what a goal in per cent is compared with: the rate or share itself, or the official growth of a level."""
    if indicator.value_kind in reading.IN_POINTS:
        return cell.value
    if indicator.target_kind != "growth":
        return None
    return drawing.frame.value(reading.growth_key(key), cell.period)


def strip_period(found: Sequence[Reading]) -> int | None:
    """Return the period the strip stands for: the newest of its monthly figures, or of all where none is monthly."""
    monthly = [each.cell.period for each in found if each.key.frequency == "M"]
    return max(monthly or [each.cell.period for each in found], default=None)


def cards(drawing: Drawing, found: Sequence[Reading]) -> list[Kpi]:
    """Return the cards; a key figure without any value has a card that says so."""
    by_key = {each.key: each for each in found}
    newest, drawing = strip_period(found) or 0, _derived(drawing)
    keys = [
        key_of(figure, drawing.catalogue, drawing.selection)
        for figure in figures_of(drawing.catalogue, drawing.selection)
    ]
    return [_card(drawing, by_key[key], newest) if key in by_key else _empty_card(drawing, key) for key in keys]


def _card(drawing: Drawing, found: Reading, newest: int) -> Kpi:
    """Return a card; one whose figure is not of the strip's period and 当期 or 累计 says of which it is."""
    language, indicator = drawing.style.language, found.indicator
    unit = drawing.catalogue.units[indicator.unit]
    figure = words.cell_figure(found.cell, unit, indicator.decimals, language, sign=indicator.value_kind == "rate")
    period = reading.period_words(drawing, found.key, found.cell.period)
    told = None if found.change.outcome is Outcome.UNAVAILABLE else words.change(found.change, language)
    return Kpi(
        code=indicator.code,
        name=name(drawing, indicator),
        number=figure.number,
        unit=_unit(drawing, indicator, figure.unit),
        change_label=text("since_previous" if indicator.value_kind == "rate" else "year_on_year", language),
        change=told,
        badges=(*_badges(drawing, found, told), *_other_year(found, newest, period)),
        trend=_trend(drawing, found),
        target=target_of(drawing, found),
        period_text=period,
        period_short=_same_year(found, drawing, newest),
        source_text=_source(drawing, found.cell),
    )


def _other_year(found: Reading, newest: int, period: str) -> list[words.Badge]:
    """Return the period as a badge where the card is of another year than the strip."""
    return [words.Badge("period", period)] if year_of(found.cell.period) != year_of(newest) else []


def _same_year(found: Reading, drawing: Drawing, newest: int) -> str:
    """Return the period in short where it is not the strip's: another period of the year, or not 当期/累计 as chosen.

    In the 当期 of February a monthly figure of its own says 2月, because the strip then stands for 1–2月.
    """
    key, period = found.key, found.cell.period
    as_chosen = key.accumulation == drawing.selection.accumulation and period == newest
    lone_february = key.accumulation == "S" and month_of(period) == FEBRUARY and not _combined(found)
    if (as_chosen and not lone_february) or year_of(period) != year_of(newest):
        return ""
    return words.short_period(key.frequency, key.accumulation, period, drawing.style.language, _combined(found))


def _combined(found: Reading) -> bool:
    return found.indicator.combined_january_february


def _empty_card(drawing: Drawing, key: SeriesKey) -> Kpi:
    indicator = drawing.catalogue.indicators[key.indicator]
    return Kpi(
        code=indicator.code,
        name=name(drawing, indicator),
        number="…",
        unit="",
        change_label=text("no_data", drawing.style.language),
    )


def name(drawing: Drawing, indicator: Indicator) -> str:
    """Return an indicator's name as a card has room for, first of what it is; short where there is little."""
    language = drawing.style.language
    if not is_whole(indicator, drawing):
        return " · ".join([*_scope_names(drawing, indicator), indicator.word("short", language)])
    narrow = drawing.style.wall or language == "en"
    narrow = narrow or len(figures_of(drawing.catalogue, drawing.selection)) == SIX_IN_A_ROW
    return indicator.word("short" if narrow else "name", language)


def _unit(drawing: Drawing, indicator: Indicator, told: str) -> str:
    """Return the small words behind a figure; what is measured against a reference area names the area."""
    if indicator.formula is None or indicator.formula.kind != "location_quotient":
        return told
    area = drawing.catalogue.regions[reference_of(drawing.catalogue, drawing.selection)]
    return f"{told} · {area.word('short', drawing.style.language)}=1"


def _all_follow_industry(drawing: Drawing) -> bool:
    """Tell whether every card of the page is of the chosen industry, which the crumbs above them name once."""
    catalogue, selection = drawing.catalogue, drawing.selection
    keys = [key_of(figure, catalogue, selection) for figure in figures_of(catalogue, selection)]
    return all("industry" in catalogue.indicators[key.indicator].dimensions for key in keys)


def _scope_names(drawing: Drawing, indicator: Indicator) -> list[str]:
    """Return what a card is narrowed to: 青岛, 石油化工."""
    catalogue, language = drawing.catalogue, drawing.style.language
    region = region_of(indicator, catalogue, drawing.selection)
    area = [catalogue.regions[region].word("short", language)] if region not in (None, catalogue.home_region) else []
    marks = scope_of(indicator, drawing.selection)
    if _all_follow_industry(drawing):
        marks.pop("industry", None)
    return [*area, *(mark_name(catalogue, mark, code, language) for mark, code in marks.items())]


def _badges(drawing: Drawing, found: Reading, told: words.Change | None) -> tuple[words.Badge, ...]:
    cell = found.cell
    return words.status_badges(
        drawing.style.language,
        obs_status=cell.obs_status,
        conf_status=cell.conf_status,
        simulated=cell.simulated,
        derived=cell.derived or found.change.basis is Basis.DERIVED,
        revisions=cell.revisions,
        nominal=bool(told and told.note) and found.change.basis is not Basis.DERIVED,
    )


def _trend(drawing: Drawing, found: Reading) -> list[float | None]:
    """Return the sparkline: official growth of a level where there is one, the figure itself otherwise."""
    count = TREND_SLOTS_QUARTERLY if found.indicator.frequency == "Q" else TREND_SLOTS
    slots = reading.slots(found.indicator, found.cell.period, count)
    official = reading.growth_key(found.key)
    has_growth = found.indicator.growth == "official" and drawing.frame.last(official) is not None
    key = official if has_growth else found.key
    return reading.of_one_origin([drawing.frame.at(key, slot) for slot in slots], found.cell)


def _source(drawing: Drawing, cell: Cell) -> str:
    if cell.simulated:
        return text("simulated_data", drawing.style.language)
    cited = drawing.frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    load = drawing.frame.loads.get(cell.load_id)
    if cited is not None:
        return cited.publisher
    return "" if load is None else drawing.style.words(load.publisher_zh, load.publisher_en)
