"""The published figures: one cited figure per row, each with its own page, and its official growth beside it.

A year's figure of an indicator that has 累计 is stored as January–December 累计; a state is stored at its date. The
declaration maps every published code to a series and every published unit to the catalogue's.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from data.catalogue import Catalogue, Indicator
from data.facts import Citation, Fact, Reject, SeriesKey
from data.loaders.grids import read_grid, text_of
from data.loaders.numbers import NumberError, decimals_of, parse_number
from data.loaders.period_cells import FORMS, MONTHS_PER_QUARTER, PeriodError
from data.loaders.placements import find_indicator
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, SourceError, Text
from data.periods import MONTHS_PER_YEAR, Accumulation, Frequency, month_of, month_period

Part = Literal["region", "industry", "partner", "commodity", "flow", "breakdown"]
COLUMNS = (
    "region_code", "indicator", "period", "freq", "value", "unit", "yoy_pct",
    "source_title", "source_publisher", "source_date", "source_url", "note",
)  # fmt: skip
PERCENT = "%"


class PublishedMap(Declared):
    """Where the figures of one published code go; ``suffixes`` say what a suffix after the colon means."""

    indicator: Text
    measure: Literal["level", "yoy"] = "level"
    accumulation: Accumulation | None = None  # where the figure's stretch is not what its freq says
    region: str | None = None
    industry: str | None = None
    partner: str | None = None
    commodity: str | None = None
    flow: str | None = None
    breakdown: str | None = None
    suffix: Part | None = None
    suffixes: dict[str, str | dict[str, str]] = Field(default_factory=dict)
    units: dict[str, Decimal] = Field(default_factory=dict)

    @field_validator("units", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return {unit: str(factor) for unit, factor in value.items()} if isinstance(value, dict) else value

    def parts(self, suffix: str) -> dict[str, str]:
        """Return the parts of the key, with those the suffix says; an undeclared suffix raises ``LookupError``."""
        own = self.model_dump(include=set(Part.__args__), exclude_none=True)  # type: ignore[attr-defined]
        if not suffix:
            return own
        said = self.suffixes.get(suffix, suffix if self.suffix and not self.suffixes else None)
        if said is None or (isinstance(said, str) and self.suffix is None):
            raise LookupError(f"suffix {suffix!r} is not declared")
        return {**own, **said} if isinstance(said, dict) else {**own, str(self.suffix): said}


class PublishedOptions(Declared):
    """The sections of a source with ``loader = "published"``: one ``[map.<code>]`` per published code.

    ``growth_unit`` is the unit code of growth rates; ``[status]`` says which notes mean provisional (P), estimated
    (E), forecast (F) or a break with what stands before it (B), because the file has no column for it.
    """

    growth_unit: Text
    status: dict[str, Literal["P", "E", "F", "B"]] = Field(default_factory=dict)
    map: dict[str, PublishedMap] = Field(default_factory=dict)


@dataclass(frozen=True)
class _Slot:
    """Which stretch of time a row covers, in the terms of its indicator."""

    frequency: Frequency
    accumulation: Accumulation
    period: int


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read the CSV of published figures; a header unlike the known one raises ``FileRefusedError``.

    A row that does not fit its declaration (unit, period, suffix, region) is rejected whole, with the reason.
    """
    options: PublishedOptions = source.options
    _check_declaration(source, options, catalogue)
    grid = read_grid(path, "csv", "", "utf-8-sig")
    header = tuple(map(text_of, grid.rows[0])) if grid.rows else ()
    if header != COLUMNS:
        raise FileRefusedError(path.name, "row 1", ",".join(COLUMNS), ",".join(header) or "an empty file")
    parsed = Parsed()
    for number, cells in enumerate(grid.rows[1:], start=2):
        texts = [text_of(cell) for cell in cells]
        parsed.rows_read += 1
        try:
            if len(texts) != len(COLUMNS):
                raise LookupError(f"{len(texts)} cells, not {len(COLUMNS)}")
            _read_row(options, catalogue, number, dict(zip(COLUMNS, texts, strict=True)), parsed)
        except (LookupError, NumberError, PeriodError) as error:
            parsed.rejects.append(Reject(grid.row_place(number), ",".join(texts), str(error.args[0])))
    return parsed


def _check_declaration(source: Source, options: PublishedOptions, catalogue: Catalogue) -> None:
    for code, rule in options.map.items():
        find_indicator(source, catalogue, rule.indicator, f"map.{code}")
    if options.growth_unit not in catalogue.units:
        raise SourceError(source.declared_in, "growth_unit", f"{options.growth_unit!r} is not a unit of the catalogue")


def _read_row(
    options: PublishedOptions, catalogue: Catalogue, number: int, row: Mapping[str, str], parsed: Parsed
) -> None:
    code, _, suffix = row["indicator"].partition(":")
    if code not in options.map:
        raise LookupError(f"published code {code!r} has no [map.{code}]")
    rule = options.map[code]
    indicator = catalogue.indicator(rule.indicator)
    slot = _slot(row["freq"], row["period"], indicator, rule.accumulation)
    parts = {"region": row["region_code"], **rule.parts(suffix)}
    key = _key(indicator, slot, rule.measure, parts)
    unit = options.growth_unit if rule.measure == "yoy" else indicator.unit
    value = parse_number(row["value"]) * _factor(rule, row["unit"], catalogue.units[unit].name_zh)
    facts = [_fact(key, slot, value, unit, f"row {number}, value", row, options)]
    if row["yoy_pct"]:
        growth = parse_number(row["yoy_pct"])
        where = f"row {number}, yoy_pct"
        facts.append(_fact(_key(indicator, slot, "yoy", parts), slot, growth, options.growth_unit, where, row, options))
    else:
        parsed.missing += 1
    parsed.facts += facts


def _fact(
    key: SeriesKey,
    slot: _Slot,
    value: Decimal,
    unit: str,
    place: str,
    row: Mapping[str, str],
    options: PublishedOptions,
) -> Fact:
    return Fact(
        key=key,
        period=slot.period,
        value=float(value),
        unit=unit,
        place=place,
        raw=row[place.partition(", ")[2]],
        decimals=decimals_of(value),
        obs_status=options.status.get(row["note"], "A"),
        citation=Citation(row["source_publisher"], row["source_title"], row["source_date"], row["source_url"]),
        note=row["note"],
    )


def _key(indicator: Indicator, slot: _Slot, measure: str, parts: Mapping[str, str]) -> SeriesKey:
    frequency = str(slot.frequency) if slot.accumulation == Accumulation.POINT_IN_TIME else None
    return indicator.key(accumulation=str(slot.accumulation), measure=measure, frequency=frequency, **parts)


def _factor(rule: PublishedMap, unit: str, stored_name: str) -> Decimal:
    """Return what turns a figure in the published unit into the stored unit; an undeclared unit is an error."""
    if unit in rule.units:
        return rule.units[unit]
    if unit != stored_name:
        raise LookupError(f"unit {unit!r} is neither the stored {stored_name!r} nor declared")
    return Decimal(1)


def _slot(freq: str, text: str, indicator: Indicator, accumulation: Accumulation | None) -> _Slot:
    """Return the stretch of time a row covers; one that the indicator does not have raises ``LookupError``."""
    if freq not in READERS:
        raise LookupError(f"freq {freq!r} is none of {', '.join(READERS)}")
    if accumulation == Accumulation.POINT_IN_TIME:
        return _state_slot(text, indicator)
    slot = READERS[freq](text, indicator)
    return slot if accumulation is None else replace(slot, accumulation=accumulation)


def _year_slot(text: str, indicator: Indicator) -> _Slot:
    """Return a year's slot: January–December 累计 where the indicator has 累计, else the year itself."""
    period = FORMS["year"].read(text)
    if "Y" in indicator.accumulations:
        return _Slot(Frequency(indicator.frequency), Accumulation.YEAR_TO_DATE, period)
    if Frequency(indicator.frequency) is Frequency.ANNUAL:
        return _Slot(Frequency.ANNUAL, Accumulation(indicator.main_accumulation), period)
    if indicator.accumulations == ("P",):
        return _Slot(Frequency.ANNUAL, Accumulation.POINT_IN_TIME, period)
    raise LookupError(f"{indicator.code} has neither 累计 nor annual figures")


def _year_to_date_slot(text: str, indicator: Indicator) -> _Slot:
    period, frequency = FORMS["month"].read(text), Frequency(indicator.frequency)
    if frequency is Frequency.QUARTERLY and month_of(period) % MONTHS_PER_QUARTER:
        raise LookupError(f"{indicator.code} is quarterly and has no figure for this month")
    return _Slot(frequency, Accumulation.YEAR_TO_DATE, period)


def _month_slot(text: str, indicator: Indicator) -> _Slot:
    frequency = Frequency(indicator.frequency)
    if frequency is not Frequency.MONTHLY:
        raise LookupError(f"{indicator.code} has frequency {frequency}, not single months")
    return _Slot(frequency, Accumulation.SINGLE, FORMS["month"].read(text))


def _state_slot(text: str, indicator: Indicator) -> _Slot:
    """Return the slot of a state: a year, a month end, or a day inside a month."""
    state = Accumulation.POINT_IN_TIME
    if len(text) == len("2022"):
        return _Slot(Frequency.ANNUAL, state, FORMS["year"].read(text))
    if len(text) == len("2022-12"):
        period = FORMS["month"].read(text)
        return _Slot(_state_frequency(period, indicator), state, period)
    ordinal = FORMS["day"].read(text)
    day = date.fromordinal(ordinal)
    if day.day < calendar.monthrange(day.year, day.month)[1]:
        return _Slot(Frequency.DAILY, state, ordinal)
    period = month_period(day.year, day.month)
    return _Slot(_state_frequency(period, indicator), state, period)


def _state_frequency(period: int, indicator: Indicator) -> Frequency:
    """Return the indicator's own frequency where the month ends such a stretch, else monthly."""
    frequency = Frequency(indicator.frequency)
    months = {Frequency.ANNUAL: MONTHS_PER_YEAR, Frequency.QUARTERLY: MONTHS_PER_QUARTER}.get(frequency, 1)
    return Frequency.MONTHLY if month_of(period) % months else frequency


READERS: Mapping[str, Callable[[str, Indicator], _Slot]] = {
    "A": _year_slot,
    "YTD": _year_to_date_slot,
    "M": _month_slot,
    "P": _state_slot,
}
