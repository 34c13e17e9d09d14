"""The ``[table]`` section of a source: how the rows and columns of a sheet or CSV map to series.

Every column of figures is declared with its unit, accumulation and dimensions; so is every column that is left out.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from data.loaders.grids import Format
from data.loaders.period_cells import FORMS, PeriodForm
from data.loaders.source import Declared, Text
from data.periods import Accumulation

DIMENSIONS = ("region", "industry", "partner", "commodity", "flow", "breakdown")


class Placement(Declared):
    """Which series a figure belongs to. A column's own settings win over its group's."""

    indicator: str | None = None
    accumulation: Accumulation | None = None
    measure: Literal["level", "yoy"] | None = None
    region: str | None = None
    industry: str | None = None
    partner: str | None = None
    commodity: str | None = None
    flow: str | None = None
    breakdown: str | None = None
    unit: str | None = None  # as the file writes it, in the unit row or unit column
    stored_unit: str | None = None  # unit code of the catalogue, checked against the indicator
    factor: Decimal | None = None  # stored value = figure in the file × factor
    decimals: int | None = None  # the precision shown, where cells hold more digits than are published

    @field_validator("factor", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        if isinstance(value, float):
            raise ValueError('write the factor as text ("0.0001"), because a binary fraction is not exact')
        return value


class Column(Placement):
    """One column of figures, found by its header."""

    header: Text
    optional: bool = False  # read only where the catalogue declares the indicator


class Group(Placement):
    """Columns that share settings; with ``when``, only for rows whose cells hold these texts."""

    when: dict[str, str] = Field(default_factory=dict)
    column: tuple[Column, ...] = Field(min_length=1)

    def read_columns(self, indicators: Container[str]) -> tuple[Column, ...]:
        """Return the columns to read: all but the optional ones whose indicator is not among ``indicators``."""
        return tuple(
            column
            for column in self.column
            if not column.optional or (column.indicator or self.indicator) in indicators
        )


class Lookup(Declared):
    """A column whose text says which code one part of the key has. A text that is not listed rejects the row."""

    header: Text
    part: Literal["region", "industry", "partner", "commodity", "flow", "breakdown"]
    codes: dict[str, str] = Field(default_factory=dict)
    code_list: str = ""  # a code list of the catalogue
    name: str = "name_zh"  # the column of that list that holds the text
    total: str = ""  # the text that stands for all members together

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.codes) == bool(self.code_list):
            raise ValueError("give either codes or code_list")
        return self


class Period(Declared):
    """Where the period stands (a header, or a column number from 1 where the header is blank) and its form."""

    column: str | int
    form: str

    @field_validator("form")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FORMS:
            raise ValueError(f"{value!r} is none of {', '.join(FORMS)}")
        return value

    @property
    def reading(self) -> PeriodForm:
        """The form itself."""
        return FORMS[self.form]


class Expected(Declared):
    """A text that must stand in a cell, so that another edition of the layout is refused, not misread."""

    row: int = Field(ge=1)
    column: int = Field(ge=1)
    text: Text


class Excluded(Declared):
    """Rows left out on purpose, or with ``columns`` some of their cells, with the reason."""

    header: Text
    values: tuple[Text, ...] = Field(min_length=1)
    reason: Text
    columns: tuple[Text, ...] = ()


class TableLayout(Declared):
    """A sheet or CSV: where header, units and data stand, what means missing, and the groups of columns."""

    format: Format
    sheet: str = ""
    encoding: Literal["auto", "utf-8-sig", "gb18030"] = "auto"  # auto: mark, then UTF-8, then GB18030, by fixed rules
    header_row: int = Field(ge=1)
    unit_row: int | None = None
    unit_column: str = ""
    first_row: int = Field(ge=2)
    missing: tuple[str, ...] = ()
    period: Period
    unmatched: Literal["refuse", "reject"] = "refuse"
    carried: tuple[Text, ...] = ()  # columns that describe the row and are not needed
    ignored: tuple[Text, ...] = ()  # columns of figures left out on purpose
    aliases: dict[str, tuple[Text, ...]] = Field(default_factory=dict)  # header here -> other names it has had
    expected: tuple[Expected, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    lookup: tuple[Lookup, ...] = ()
    group: tuple[Group, ...] = Field(min_length=1)

    def known_to(self, indicators: Container[str]) -> TableLayout:
        """Return the layout with the optional columns ignored whose indicator is not among ``indicators``."""
        kept = tuple(group.model_copy(update={"column": group.read_columns(indicators)}) for group in self.group)
        read = {column.header for group in kept for column in group.column}
        left = tuple(header for header in self.value_headers if header not in read)
        settings = {name: getattr(self, name) for name in type(self).model_fields}
        return TableLayout(**{**settings, "group": kept, "ignored": (*self.ignored, *left)})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({tuple(group.when) for group in self.group}) > 1:
            raise ValueError("every group needs the same columns, in the same order, in `when`")
        if len({tuple(group.when.values()) for group in self.group}) < len(self.group):
            raise ValueError("two groups have the same `when`")
        known = {*self.row_headers, *self.carried, *self.value_headers}
        stray = [header for header in self.aliases if header not in known]
        if stray:
            raise ValueError(f"aliases: {stray[0]!r} is no header of this table")
        beside = [header for rule in self.excluded for header in rule.columns if header not in self.value_headers]
        if beside:
            raise ValueError(f"excluded.columns: {beside[0]!r} is no column of figures")
        if self.format != "csv" and not self.sheet:
            raise ValueError("a workbook needs its sheet")
        return self

    @cached_property
    def declared_header(self) -> dict[str, str]:
        """The header of this declaration for each of its other names."""
        return {alias: header for header, names in self.aliases.items() for alias in names}

    @cached_property
    def value_headers(self) -> tuple[str, ...]:
        """The headers of all columns of figures, each once."""
        return tuple(dict.fromkeys(column.header for group in self.group for column in group.column))

    @cached_property
    def row_headers(self) -> tuple[str, ...]:
        """The headers of the columns that say which series a row belongs to."""
        named = [self.period.column] if isinstance(self.period.column, str) else []
        named += [*self.group[0].when, *(lookup.header for lookup in self.lookup)]
        named += [rule.header for rule in self.excluded] + ([self.unit_column] if self.unit_column else [])
        return tuple(dict.fromkeys(named))


class TableOptions(Declared):
    """The sections of a source with ``loader = "table"``."""

    table: TableLayout
