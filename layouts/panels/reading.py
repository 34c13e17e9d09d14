"""How a panel reads its frame: windows to ask for, growth of a cell, slots of an axis, and figures as text.

Values are in the indicator's declared unit, growth in per cent (percentage points for rates and shares). Official
growth is read from its own series; only where the indicator allows it and no official figure stands there may it
be worked out from levels, and never from one real and one simulated level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from data import measures, periods
from data.measures import Basis
from data.periods import Accumulation, Frequency
from data.queries import Want
from layouts import words
from layouts.charts.missing import missing_slots, runs
from layouts.charts.parts import NO_CHANGE, Change, Tick
from layouts.takeaways import Latest, Named

if TYPE_CHECKING:
    from data.catalogue.models import Indicator
    from data.facts import SeriesKey
    from data.measures import Growth
    from data.queries import Cell, Frame
    from data.selection import Selection
    from layouts.panel import Drawing

MONTHS_PER_YEAR = 12
SLOTS_OF_A_RECORD = 13
LANGUAGES: tuple[Literal["zh"], Literal["en"]] = ("zh", "en")
IN_POINTS = frozenset({"rate", "share"})
OF_PRICE = frozenset({"price", "index"})
CURRENCIES = ("CNY", "USD")


def windows(keys: Iterable[SeriesKey], lead: SeriesKey, selection: Selection, first: int, last: int = 0) -> list[Want]:
    """Return a want per key, ``first`` to ``last`` months from the lead's latest period up to the chosen one."""
    return [Want(key, first, last, lead, selection.period) for key in keys]


def growth_key(key: SeriesKey) -> SeriesKey:
    """Return the key of the official growth that stands beside a level."""
    return key.with_(measure="yoy")


def with_growth(indicator: Indicator, key: SeriesKey) -> list[SeriesKey]:
    """Return the key and, where the indicator has official growth, the key of that."""
    return [key, growth_key(key)] if indicator.growth == "official" else [key]


def growth_at(frame: Frame, indicator: Indicator, key: SeriesKey, period: int) -> Growth:
    """Return the change on the same period a year before: official, in points, 名义推算, 推算, or unavailable.

    Only what is in money has a nominal change: the change of a count or a quantity is 推算.
    """
    now, before = frame.at(key, period), frame.at(key, period - MONTHS_PER_YEAR)
    same_origin = now is not None and before is not None and now.simulated == before.simulated
    base = before.value if before is not None and same_origin else None
    current = None if now is None else now.value
    if indicator.value_kind in IN_POINTS:
        return measures.change_in_points(current, base)
    official = frame.value(growth_key(key), period) if indicator.growth == "official" else None
    found = measures.growth(current, base, official, nominal_allowed=indicator.growth != "none")
    if found.basis is Basis.NOMINAL and not _in_money(indicator):
        return replace(found, basis=Basis.DERIVED)
    return found


def _in_money(indicator: Indicator) -> bool:
    return indicator.value_kind in OF_PRICE or indicator.unit.startswith(CURRENCIES)


def basis_flags(growths: Iterable[Growth]) -> frozenset[str]:
    """Return the flags 名义推算 and 推算 of the growths that were worked out from levels."""
    flags = {Basis.NOMINAL: "nominal", Basis.DERIVED: "derived"}
    return frozenset(flags[each.basis] for each in growths if each.basis in flags)


def change_since_slot_before(frame: Frame, indicator: Indicator, key: SeriesKey, period: int) -> Growth:
    """Return the change of a rate or share since the slot before, in percentage points.

    A real and a simulated rate are not compared.
    """
    before = periods.previous_slot(indicator.frequency, period, combined=indicator.combined_january_february)
    now, then = frame.at(key, period), frame.at(key, before)
    if now is None or then is None or now.simulated != then.simulated:
        return measures.change_in_points(None, None)
    return measures.change_in_points(now.value, then.value)


def as_change(growth: Growth, drawing: Drawing) -> Change:
    """Return a change as chart text; nothing where there is none to tell."""
    if growth.outcome is measures.Outcome.UNAVAILABLE:
        return NO_CHANGE
    told = words.change(growth, drawing.style.language)
    return Change(told.text, told.direction)


def figure_text(drawing: Drawing, indicator: Indicator, cell: Cell | None) -> str:
    """Return a cell's figure without its unit (the panel's head names it); its sign where there is none."""
    return cell_words(drawing, indicator, cell).number


def cell_words(drawing: Drawing, indicator: Indicator, cell: Cell | None) -> words.Figure:
    """Return a cell as figure, unit and text at the indicator's decimals."""
    unit = drawing.catalogue.units[indicator.unit]
    return words.cell_figure(cell, unit, indicator.decimals, drawing.style.language)


def axis_text(drawing: Drawing, indicator: Indicator, value: float) -> str:
    """Return a round value of an axis in the scale of the language, without sign and without spare decimals."""
    factor = drawing.catalogue.units[indicator.unit].english_factor if drawing.style.language == "en" else 1.0
    shown = abs(value) * factor
    return words.number(shown, 0 if abs(shown - round(shown)) < 1e-9 else 1)


def slots(indicator: Indicator, last: int, count: int) -> tuple[int, ...]:
    """Return the indicator's ``count`` periods up to ``last``: no January where 1–2月 are one."""
    return periods.window(indicator.frequency, last, count, combined=indicator.combined_january_february)


def ticks(drawing: Drawing, indicator: Indicator, shown: Sequence[int]) -> list[Tick]:
    """Return the axis label and the year of each period."""
    language, combined = drawing.style.language, indicator.combined_january_february
    return [
        Tick(words.axis_label(indicator.frequency, period, language, combined), str(periods.year_of(period)))
        for period in shown
    ]


def period_words(drawing: Drawing, key: SeriesKey, period: int) -> str:
    """Return a period of a series in full."""
    combined = drawing.catalogue.indicators[key.indicator].combined_january_february
    return words.period_label(key.frequency, key.accumulation, period, drawing.style.language, combined)


def latest_with_value(frame: Frame, keys: Iterable[SeriesKey]) -> int | None:
    """Return the latest period any of the series has a value for, or None."""
    return max((cell.period for key in keys if (cell := frame.last(key))), default=None)


def without_figure(drawing: Drawing, keys: Iterable[SeriesKey], slots: Sequence[int]) -> str:
    """Return which of the slots have no figure that could be shown, as the end of an alternative text."""
    listed: list[str] = []
    for key in keys:
        values = [drawing.frame.value(key, slot) for slot in slots]
        for first, last in runs(missing_slots([values])):
            ends = [period_words(drawing, key, slots[place]) for place in dict.fromkeys((first, last))]
            listed.append("–".join(ends))
    if not listed:
        return ""
    style = drawing.style
    named = style.words("、", ", ").join(dict.fromkeys(listed))
    return style.words(f"；无可显示的数值：{named}", f"; no figure to show: {named}")


def marked(cells: Iterable[Cell | None]) -> Iterator[bool]:
    """Return for each cell whether it must be marked among the others: simulated while others are real."""
    listed = list(cells)
    mixed = len({cell.simulated for cell in listed if cell is not None}) > 1
    return (mixed and cell is not None and cell.simulated for cell in listed)


def unfinished(cell: Cell | None) -> bool:
    """Tell whether a cell is provisional, estimated, forecast or derived, and so drawn hatched or dashed."""
    return cell is not None and (cell.obs_status in {"P", "E", "F"} or cell.derived)


def hatched(cell: Cell | None, is_last: bool) -> bool:
    """Tell whether a column is hatched: every derived one, and the last one until it is final."""
    return cell is not None and (cell.derived or (is_last and unfinished(cell)))


def accumulation_of(indicator: Indicator, selection: Selection) -> str:
    """Return the chosen 当期 or 累计 where the indicator has it, else its main one."""
    return selection.accumulation if selection.accumulation in indicator.accumulations else indicator.main_accumulation


def both_figures(drawing: Drawing, indicator: Indicator, cell: Cell) -> Named:
    """Return a cell's figure with its unit in both languages, for a sentence."""
    unit = drawing.catalogue.units[indicator.unit]
    zh, en = (words.cell_figure(cell, unit, indicator.decimals, language).text for language in LANGUAGES)
    return Named(zh.replace(" ", ""), en)


def both_periods(drawing: Drawing, key: SeriesKey, period: int) -> Named:
    """Return a period in both languages, for a sentence."""
    combined = drawing.catalogue.indicators[key.indicator].combined_january_february
    zh, en = (words.period_label(key.frequency, key.accumulation, period, language, combined) for language in LANGUAGES)
    return Named(zh, en)


def latest_facts(drawing: Drawing, indicator: Indicator, key: SeriesKey, cell: Cell, name: Named) -> Latest:
    """Return what a sentence about one latest figure needs."""
    growth = growth_at(drawing.frame, indicator, key, cell.period)
    period, text = both_periods(drawing, key, cell.period), both_figures(drawing, indicator, cell)
    before = periods.previous_slot(indicator.frequency, cell.period, combined=indicator.combined_january_february)
    growth_before = growth_at(drawing.frame, indicator, key, before)
    return Latest(name, period, text, growth, comparable_values(drawing.frame, indicator, key, cell), growth_before)


def comparable_values(frame: Frame, indicator: Indicator, key: SeriesKey, last: Cell) -> list[float | None]:
    """Return the values of a year of slots up to a cell, for records and streaks.

    There are none for 累计, which begins anew each year, none for days, and none where 1–2月 of two months stands
    among single months. Real and simulated figures are not compared.
    """
    if key.accumulation == Accumulation.YEAR_TO_DATE or Frequency(indicator.frequency) is not Frequency.MONTHLY:
        return []
    if indicator.combined_january_february and key.accumulation == Accumulation.SINGLE:
        return []
    cells = [frame.at(key, slot) for slot in slots(indicator, last.period, SLOTS_OF_A_RECORD)]
    first = next((index for index, cell in enumerate(cells) if cell is not None), len(cells))
    return of_one_origin(cells[first:], last)


def of_one_origin(cells: Iterable[Cell | None], last: Cell) -> list[float | None]:
    """Return the values of a small line that has no room for marks: real or simulated alone, as its last point is."""
    return [cell.value if cell is not None and cell.simulated == last.simulated else None for cell in cells]
