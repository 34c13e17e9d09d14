"""From declared settings to series keys: checks the declaration against the catalogue before any cell is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data.catalogue import Catalogue, Indicator
from data.facts import TOTAL, SeriesKey
from data.loaders.figures import FigureReading, Percent
from data.loaders.layouts import DIMENSIONS, Column, Group, Lookup
from data.loaders.numbers import decimals_of
from data.loaders.source import Source, SourceError
from data.periods import Accumulation, Frequency

ONE = Decimal(1)
PLAIN = FigureReading()
PERCENT = "PERCENT"


@dataclass(frozen=True)
class Place:
    """Where the figures of one column go: the indicator, the parts of the key, and the step into the stored unit."""

    source: Source
    indicator: Indicator
    frequency: Frequency
    accumulation: str  # a code of Accumulation, or `period` where the period tells it
    measure: str
    parts: Mapping[str, str]
    stored_unit: str
    factor: Decimal
    decimals: int | None
    figures: FigureReading = PLAIN

    def key(self, looked_up: Mapping[str, str], accumulation: Accumulation | None = None) -> SeriesKey:
        """Return the series key, with the parts that were looked up in the row; a bad one raises ``SourceError``."""
        stretch = Accumulation(self.accumulation) if accumulation is None else accumulation
        return series_key(
            self.source, self.indicator, self.frequency, stretch, self.measure, {**self.parts, **looked_up}
        )

    def stored(self, figure: Decimal) -> tuple[float, int]:
        """Return a figure of the file in the stored unit, and its published decimals there."""
        value = figure if self.factor == ONE else figure * self.factor
        return float(value), decimals_of(value) if self.decimals is None else self.decimals


def series_key(
    source: Source,
    indicator: Indicator,
    frequency: Frequency,
    accumulation: Accumulation,
    measure: str,
    parts: Mapping[str, str],
) -> SeriesKey:
    """Ask the catalogue for the key, at the frequency the file has; its refusal becomes a ``SourceError``."""
    dimensions = dict(parts)
    region = dimensions.pop("region", None)
    try:
        return indicator.key(region=region, accumulation=accumulation, measure=measure, **dimensions)
    except LookupError as error:
        raise SourceError(source.declared_in, indicator.code, str(error.args[0] if error.args else error)) from error


def place_column(source: Source, catalogue: Catalogue, group: Group, column: Column, frequency: Frequency) -> Place:
    """Join a column's settings with its group's; an unknown indicator or another unit than the catalogue's raises."""
    merged = {**group.model_dump(exclude_none=True), **column.model_dump(exclude_none=True)}
    where = f"table.group.column {column.header!r}"
    for needed in ("indicator", "accumulation", "stored_unit"):
        if needed not in merged:
            raise SourceError(source.declared_in, where, f"{needed} is not declared")
    indicator = find_indicator(source, catalogue, merged["indicator"], where)
    measure = merged.get("measure", "level")
    if measure == "level" and merged["stored_unit"] != indicator.unit:
        reason = f"stored_unit is {merged['stored_unit']!r}, the catalogue's unit is {indicator.unit!r}"
        raise SourceError(source.declared_in, where, reason)
    if indicator.frequency != frequency:
        reason = f"the file is {frequency}, indicator {indicator.code} is {indicator.frequency}"
        raise SourceError(source.declared_in, where, reason)
    parts = {part: merged[part] for part in DIMENSIONS if part in merged}
    return Place(
        source,
        indicator,
        frequency,
        merged["accumulation"],
        measure,
        parts,
        merged["stored_unit"],
        merged.get("factor", ONE),
        merged.get("decimals"),
        figure_reading(merged),
    )


def figure_reading(settings: Mapping[str, Any]) -> FigureReading:
    """Return how the figures of a column are read, from its settings joined with its group's."""
    percent: Percent | None = settings.get("percent") or ("auto" if settings["stored_unit"] == PERCENT else None)
    return FigureReading(
        factor=settings.get("factor", ONE),
        decimals=settings.get("decimals"),
        percent=percent,
        suffixes=settings.get("suffixes") or {},
        marks=settings.get("marks") or {},
        parentheses=bool(settings.get("parentheses")),
    )


def find_indicator(source: Source, catalogue: Catalogue, code: str, where: str) -> Indicator:
    """Return the indicator, or raise ``SourceError`` naming the code."""
    if code not in catalogue.indicators:
        raise SourceError(source.declared_in, where, f"indicator {code!r} is not in the catalogue")
    return catalogue.indicators[code]


def name_codes(source: Source, catalogue: Catalogue, lookup: Lookup) -> Mapping[str, str]:
    """Return text → code for a lookup, from the declaration or from a code list of the catalogue."""
    if lookup.codes:
        return lookup.codes
    if lookup.code_list not in catalogue.code_lists:
        known = ", ".join(catalogue.code_lists)
        raise SourceError(source.declared_in, "table.lookup.code_list", f"{lookup.code_list!r} is none of {known}")
    names: dict[str, str] = {lookup.total: TOTAL} if lookup.total else {}
    for code in catalogue.code_lists[lookup.code_list].codes.values():
        name = code.extra.get(lookup.name) or getattr(code, lookup.name, "")
        if name and names.setdefault(name, code.code) != code.code:
            reason = f"{name!r} is {names[name]} and {code.code} in {lookup.code_list}"
            raise SourceError(source.declared_in, "table.lookup.name", reason)
    return names
