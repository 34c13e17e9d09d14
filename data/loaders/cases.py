"""Which facts a series can hold at all: in its indicator's unit, at a period that exists."""

from __future__ import annotations

from data.catalogue import Catalogue
from data.facts import Fact, Reject, SeriesKey
from data.gathering import period_text, series_text
from data.loaders.source import FileRefusedError
from data.periods import period_is_possible


def unit_refusal(key: SeriesKey, unit: str, place: str, catalogue: Catalogue, name: str) -> FileRefusedError | None:
    """Return why a series cannot be in a unit, if it cannot. Raises ``UnknownKeyPartError`` without its indicator."""
    indicator = catalogue.indicator(key.indicator)
    if key.measure == "level" and unit != indicator.unit:
        return FileRefusedError(name, place, f"{series_text(key)} in {indicator.unit}", unit)
    if unit not in catalogue.units:
        return FileRefusedError(name, place, "a declared unit", unit)
    return None


def is_possible(key: SeriesKey, period: int, catalogue: Catalogue) -> bool:
    """Tell whether a series can have a value at a period."""
    combined = catalogue.indicator(key.indicator).combined_january_february
    return period_is_possible(key.frequency, period, combined=combined, accumulation=key.accumulation)


def impossible(fact: Fact) -> Reject:
    """Return a fact of a period that cannot exist as a reject."""
    period = period_text(fact.key.frequency, fact.period)
    return Reject(fact.place, fact.raw, f"{fact.key.indicator} has no period {period} (1–2月合并)")
