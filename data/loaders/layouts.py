"""The ``[table]`` section of a source: how the rows and columns of a sheet or CSV map to series.

Every column of figures is declared with its unit, accumulation and dimensions; so is every column that is left out.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from data.loaders.cells import canonical
from data.loaders.grids import Delimiter, Format, SheetRule
from data.loaders.layout_parts import FILE, PERIOD, SHEET, Capture, Excluded, Expected, Period, compiled
from data.loaders.source import Declared, Text
from data.periods import Accumulation

__all__ = ["DIMENSIONS", "Column", "Excluded", "Group", "Lookup", "TableLayout", "TableOptions"]

FIELD_NAMES = {"sheet": SHEET, "file": FILE, "period": PERIOD}  # as they stand in texts put together
Level = Literal["figure", "period", "unit", "skip"]
DIMENSIONS = ("region", "industry", "partner", "commodity", "flow", "breakdown")


class Placement(Declared):
    """Which series a figure belongs to. A column's own settings win over its group's."""

    indicator: str | None = None
    accumulation: Accumulation | Literal["period"] | None = None  # period: 累计 where the period is a stretch (1-3月)
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
    percent: Literal["auto", "points", "fraction"] | None = None  # 0.053 without a sign: 0.053 % or 5.3 %
    suffixes: dict[str, Decimal] | None = None  # text after a figure -> factor in place of `factor`: { "亿" = "1" }
    marks: dict[str, Literal["A", "P", "E", "F", "B"]] | None = None  # mark after a figure -> its status
    parentheses: bool | None = None  # (3.2) is -3.2

    @field_validator("suffixes", mode="before")
    @classmethod
    def _exact_suffixes(cls, value: object) -> object:
        if isinstance(value, dict) and any(isinstance(factor, float) for factor in value.values()):
            raise ValueError('write the factors as text ("0.0001"), because a binary fraction is not exact')
        return value

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
    may_be_absent: bool = False  # editions without this column are read, and it is noted


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
    aliases: dict[str, tuple[Text, ...]] = Field(default_factory=dict)  # name of the list -> other names in files

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.codes) == bool(self.code_list):
            raise ValueError("give either codes or code_list")
        return self


class TableLayout(Declared):
    """A sheet or CSV: where header, units and data stand, what means missing, and the groups of columns.

    ``levels`` says what each header row holds, from the top: ``figure`` names (several are joined by ``/``), ``period``
    (then the columns are periods, and several levels are put together), ``unit``, or ``skip`` for what is not needed.
    Names are compared without blanks inside Chinese, line breaks and full-width forms.
    """

    format: Format
    sheet: str = ""
    sheets: SheetRule | None = None
    member: str = ""  # pattern of the names of the files in a ZIP that are read; empty: all
    transposed: bool = False  # rows and columns change places before anything else; numbers count after that
    encoding: Literal["auto", "utf-8-sig", "gb18030"] = "auto"  # auto: mark, then UTF-8, then GB18030, by fixed rules
    delimiter: Delimiter = "auto"
    header_row: int | None = Field(default=None, ge=1)
    anchor: str = ""  # a header text whose row is the first header row, where that moves between editions
    levels: tuple[Level, ...] = ("figure",)
    fill_right: bool = False  # a header text holds for the blank cells right of it (merged cells of a CSV)
    fill_down: tuple[Text, ...] = ()  # the same downwards, for columns that describe the rows
    unit_row: int | None = None
    unit_column: str = ""
    first_row: int | None = Field(default=None, ge=2)  # without it: the first row below the header with a figure
    notes_below: tuple[Text, ...] = ()  # how the first cell of the notes begins that end the table
    rows: int | None = Field(default=None, ge=1)  # as many rows the table has
    footer: str = ""  # pattern of the first cell of the last row, which must be there; a group tells the rows
    last_line_break: bool = True  # a CSV whose last line has none may be cut; false: this publisher writes none
    missing: tuple[str, ...] = ()
    status: dict[str, Literal["M", "L", "Q", "C"]] = Field(default_factory=dict)  # sign -> why there is no figure
    period: Period
    capture: tuple[Capture, ...] = ()
    unmatched: Literal["refuse", "reject", "exclude"] = "refuse"
    carried: tuple[Text, ...] = ()  # columns that describe the row and are not needed
    ignored: tuple[Text, ...] = ()  # columns of figures left out on purpose
    aliases: dict[str, tuple[Text, ...]] = Field(default_factory=dict)  # header here -> other names it has had
    names: dict[str, tuple[Text, ...]] = Field(default_factory=dict)  # the same for texts in rows that `when` asks for
    allows: tuple[Literal["personal", "enterprise"], ...] = ()  # what an aggregate feed may not hold
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
        known = {*self.row_headers, *self.carried, *self.value_headers, *self.ignored}
        stray = [header for header in self.aliases if header not in known]
        if stray:
            raise ValueError(f"aliases: {stray[0]!r} is no header of this table")
        beside = [header for rule in self.excluded for header in rule.columns if header not in self.value_headers]
        if beside:
            raise ValueError(f"excluded.columns: {beside[0]!r} is no column of figures")
        self._check_places()
        return self

    def _check_places(self) -> None:
        if self.format != "csv" and not (self.sheet or self.sheets):
            raise ValueError("a workbook needs its sheet, or [table.sheets] with a rule")
        if (self.header_row is None) != bool(self.anchor):
            raise ValueError("give either header_row or anchor")
        if not (self.period.column or self.period.text or self.has_periods_in_header):
            raise ValueError("period: give column or text")
        if self.unit_row is not None and "unit" in self.levels:
            raise ValueError("give either unit_row or a level `unit`")
        compiled(self.footer)
        compiled(self.member)

    @property
    def has_periods_in_header(self) -> bool:
        """Whether the columns are periods."""
        return "period" in self.levels

    def header_of_field(self, name: str) -> str:
        """Return the header that a name in the text of the period means; a captured text comes before all others."""
        return name if any(each.name == name for each in self.capture) else FIELD_NAMES.get(name, name)

    @cached_property
    def declared_header(self) -> dict[str, str]:
        """The header of this declaration for each of its other names."""
        return {canonical(alias): header for header, names in self.aliases.items() for alias in names}

    @cached_property
    def may_be_absent(self) -> frozenset[str]:
        """The headers of the columns that some editions do not have."""
        return frozenset(each.header for group in self.group for each in group.column if each.may_be_absent)

    @cached_property
    def value_headers(self) -> tuple[str, ...]:
        """The headers of all columns of figures, each once."""
        return tuple(dict.fromkeys(column.header for group in self.group for column in group.column))

    @cached_property
    def row_headers(self) -> tuple[str, ...]:
        """The headers of the columns that say which series a row belongs to."""
        named = [self.period.column] if isinstance(self.period.column, str) and self.period.column else []
        named += [self.header_of_field(name) for name in self.period.fields]
        named += [*self.group[0].when, *(lookup.header for lookup in self.lookup)]
        named += [rule.header for rule in self.excluded] + ([self.unit_column] if self.unit_column else [])
        named += [PERIOD] if self.has_periods_in_header else []
        return tuple(dict.fromkeys(named))


class TableOptions(Declared):
    """The sections of a source with ``loader = "table"``."""

    table: TableLayout
