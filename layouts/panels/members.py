"""The members of a breakdown side by side: ranked in one measure, or with a second measure beside it.

A panel is declared: which dimension and codes, which measure on each side. The second measure may be published at
another time; then the footer names its
period. The members are ordered by the first measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.catalogue import Catalogue
from data.catalogue.declared import Dimension
from data.catalogue.models import Indicator
from data.confidentiality import with_complements
from data.facts import SeriesKey
from data.industries import highlighted
from data.measures import UNAVAILABLE, ChangeUnit, Growth, share
from data.queries import Want
from data.selection import Selection
from layouts import words
from layouts.charts.paired import PairedRow, Reading, paired
from layouts.charts.parts import NO_CHANGE, Change
from layouts.charts.ranking import RankRow, ranking
from layouts.panel import Drawing, Drawn, Empty
from layouts.panels import reading
from layouts.panels.cluster_figures import is_confidential
from layouts.takeaways import SIZE_RANKING, STRUCTURE, Entry, Named, Part, Ranked, Structure, takeaway
from layouts.view import Listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layouts.panel import Takeaway

REMAINDERS = frozenset({"OTH_IND", "OTH_SVC"})  # what is left over is no industry to choose
YEAR = reading.MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the members: the indicator in an accumulation, and what stands over its side."""

    indicator: str
    accumulation: str
    head: Named = field(default_factory=lambda: Named("", ""))


@dataclass(frozen=True, slots=True)
class Members:
    """A breakdown: its dimension and codes (none: those of the catalogue), what the members are called, the measures.

    ``adds_up`` where the members make up the total, so that a share of it can be told. ``selects`` where a click on a
    member, an industry, chooses it. ``room`` is how much of the width the texts beside the bars may take.
    """

    dimension: Dimension
    codes: tuple[str, ...]
    noun: Named
    left: Measure
    nothing: Empty
    right: Measure | None = None
    adds_up: bool = False
    selects: bool = False
    room: float = 2.0


@dataclass(frozen=True, slots=True)
class Side:
    """One measure at one period: its indicator and the series of every member."""

    indicator: Indicator
    keys: Mapping[str, SeriesKey]
    total: SeriesKey
    period: int | None = None
    hidden: frozenset[str] = frozenset()  # the members that show ×


def codes_of(members: Members, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the members' codes: as declared, else those the first measure is shown by in the catalogue."""
    return members.codes or catalogue.indicators[members.left.indicator].codes_of(members.dimension)


def _side(members: Members, measure: Measure, catalogue: Catalogue) -> Side:
    indicator = catalogue.indicators[measure.indicator]
    total = indicator.key(accumulation=measure.accumulation)
    keys = {code: total.with_(**{members.dimension: code}) for code in codes_of(members, catalogue)}
    return Side(indicator, keys, total)


def ask_members(members: Members, catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return every member in each measure, and the total, at the latest period and a year before."""
    wants = []
    for measure in filter(None, (members.left, members.right)):
        side = _side(members, measure, catalogue)
        lead = next(iter(side.keys.values()))
        keys = [key for each in side.keys.values() for key in reading.with_growth(side.indicator, each)]
        keys += [side.total] if members.adds_up else []
        wants += [want for at in (-YEAR, 0) for want in reading.windows(keys, lead, selection, at, at)]
    return wants


def draw_members(members: Members, drawing: Drawing) -> Drawn:
    """Draw the members, the largest on top."""
    left = _at_latest(members, members.left, drawing)
    if left.period is None:
        return Drawn(empty=members.nothing)
    right = None if members.right is None else _at_latest(members, members.right, drawing)
    shown = [code for code in left.keys if drawing.frame.at(left.keys[code], left.period)]
    ordered = sorted(shown, key=lambda code: -(_value(drawing, left, code) or 0.0))
    growths = {code: _growth(drawing, left, code) for code in ordered}
    sides = [side for side in (left, right) if side is not None and side.period is not None]
    names = {code: _names(drawing, members, code) for code in ordered}
    said = _said(members, drawing, left, names, growths)
    note_zh, note_en = _other_period(drawing, sides)
    told = {side.keys[code]: side.indicator for side in sides for code in ordered if code not in side.hidden}
    return Drawn(
        figure=_figure(members, drawing, left, right, names),
        takeaway=said,
        alt=_spoken(drawing, left, sides, names),
        shown=[part for key, indicator in told.items() for part in reading.with_growth(indicator, key)],
        lead=next(iter(told), None),
        listed=[Listed(side.keys[code], [side.period or 0]) for side in sides for code in ordered],
        note_zh=note_zh,
        note_en=note_en,
        flags=reading.basis_flags(_growth(drawing, side, code) for side in sides for code in ordered),
    )


def _at_latest(members: Members, measure: Measure, drawing: Drawing) -> Side:
    side = _side(members, measure, drawing.catalogue)
    period = drawing.frame.latest.get(next(iter(side.keys.values())))
    return Side(side.indicator, side.keys, side.total, period, _hidden(members, side, drawing, period))


def _hidden(members: Members, side: Side, drawing: Drawing, period: int | None) -> frozenset[str]:
    """Return the members that show ×: the confidential ones, and what would give a single one away."""
    if period is None:
        return frozenset()
    cells = {code: drawing.frame.at(key, period) for code, key in side.keys.items()}
    unsafe = {code for code, cell in cells.items() if is_confidential(cell)}
    sizes = {code: cell.value or 0.0 for code, cell in cells.items() if cell is not None}
    return with_complements(sizes, unsafe, total_shown=members.adds_up)


def _value(drawing: Drawing, side: Side, code: str) -> float | None:
    """Return what may be shown of a member."""
    if side.period is None or code in side.hidden:
        return None
    return drawing.frame.value(side.keys[code], side.period)


def _growth(drawing: Drawing, side: Side, code: str) -> Growth:
    if side.period is None or code in side.hidden:
        return UNAVAILABLE
    return reading.growth_at(drawing.frame, side.indicator, side.keys[code], side.period)


def _names(drawing: Drawing, members: Members, code: str) -> Named:
    label = drawing.catalogue.label
    return Named(label(members.dimension, code, "zh", short=True), label(members.dimension, code, "en", short=True))


def _figure(
    members: Members, drawing: Drawing, left: Side, right: Side | None, names: Mapping[str, Named]
) -> dict[str, object]:
    chosen = _chosen(members, drawing, tuple(names))
    rows = [
        PairedRow(
            drawing.style.words(names[code].zh, names[code].en),
            _reading(drawing, left, code),
            _reading(drawing, right, code) if right is not None else Reading(None, "", NO_CHANGE),
            code if members.selects and code not in REMAINDERS else "",
            code == chosen,
        )
        for code in names
    ]
    if right is None or members.right is None:
        return ranking([_ranked(row) for row in rows], drawing.style, room=members.room)
    heads = tuple(drawing.style.words(each.head.zh, each.head.en) for each in (members.left, members.right))
    return paired(rows, drawing.style, (heads[0], heads[1]))


def _chosen(members: Members, drawing: Drawing, codes: tuple[str, ...]) -> str:
    """Return the chosen member, or the one that holds the chosen industry; empty where nothing is chosen here."""
    if not members.selects:
        return ""
    return highlighted(drawing.catalogue, drawing.selection.industry, codes)


def _ranked(row: PairedRow) -> RankRow:
    return RankRow(row.name, row.left.value, row.left.label, row.left.change, selected=row.selected, code=row.code)


def _reading(drawing: Drawing, side: Side, code: str) -> Reading:
    return Reading(_value(drawing, side, code), _text(drawing, side, code).number, _change(drawing, side, code))


def _change(drawing: Drawing, side: Side, code: str) -> Change:
    """Return a member's change; one in percentage points without its unit, which stands in the head of the side."""
    growth = _growth(drawing, side, code)
    change = reading.as_change(growth, drawing)
    if growth.unit is ChangeUnit.PERCENT or growth.value is None or change.direction not in ("up", "down"):
        return change
    return Change(f"{change.text[0]}{words.number(abs(growth.value), 1)}", change.direction)


def _text(drawing: Drawing, side: Side, code: str) -> words.Figure:
    """Return a member's figure in words; … where there is none, × where it may not be shown."""
    cell = None if side.period is None else drawing.frame.at(side.keys[code], side.period)
    if cell is not None and code in side.hidden:
        cell = cell._replace(value=None, conf_status="C")
    return reading.cell_words(drawing, side.indicator, cell)


def _other_period(drawing: Drawing, sides: Sequence[Side]) -> tuple[str, str]:
    """Return the footer's note on the period of the second side, where it is not that of the first."""
    if len(sides) < 2 or sides[0].period == sides[1].period:
        return "", ""
    other = sides[1]
    name, period = other.indicator, reading.both_periods(drawing, other.total, other.period or 0)
    return f"{name.short_zh}为{period.zh}", f"{name.short_en}: {period.en}"


def _said(
    members: Members, drawing: Drawing, left: Side, names: Mapping[str, Named], growths: Mapping[str, Growth]
) -> Takeaway | None:
    told = [code for code in names if code not in left.hidden]
    entries = [_entry(drawing, left, code, names[code], growths[code]) for code in told]
    whole = drawing.frame.value(left.total, left.period or 0) if members.adds_up else None
    if whole is None:
        return takeaway(SIZE_RANKING, Ranked(members.noun, entries))
    return takeaway(STRUCTURE, Structure([Part(entry, share(entry.value, whole)) for entry in entries]))


def _entry(drawing: Drawing, side: Side, code: str, name: Named, growth: Growth) -> Entry:
    cell = drawing.frame.at(side.keys[code], side.period or 0)
    text = Named("", "") if cell is None else reading.both_figures(drawing, side.indicator, cell)
    return Entry(name, _value(drawing, side, code), text, growth)


def _spoken(drawing: Drawing, left: Side, sides: Sequence[Side], names: Mapping[str, Named]) -> str:
    rows = [
        " ".join([drawing.style.words(name.zh, name.en), *_phrases(drawing, sides, code)])
        for code, name in names.items()
    ]
    return f"{reading.period_words(drawing, left.total, left.period or 0)}：{'；'.join(rows)}"


def _phrases(drawing: Drawing, sides: Sequence[Side], code: str) -> list[str]:
    found = []
    for side in sides:
        change = reading.as_change(_growth(drawing, side, code), drawing)
        found += [_text(drawing, side, code).text, change.text]
    return [each for each in found if each]
