"""The ``[records]`` section of a source: which series a record of a message belongs to, and what must hold of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from data.loaders.layouts import Excluded, Group, Lookup
from data.loaders.period_cells import FORMS, MONTHS_PER_QUARTER, PeriodForm
from data.loaders.source import Declared, Text
from data.periods import MONTHS_PER_YEAR, Frequency, month_period


def _month(match: re.Match[str]) -> int:
    return month_period(int(match[1]), int(match[2]))


def _year(match: re.Match[str]) -> int:
    return month_period(int(match[1]), MONTHS_PER_YEAR)


def _quarter(match: re.Match[str]) -> int:
    return month_period(int(match[1]), int(match[2]) * MONTHS_PER_QUARTER)


WITH_VALUE = frozenset("APEFB")  # the statuses of observations, as SDMX has them
WITHOUT_VALUE = frozenset("MLQ")
CONFIDENTIALITY = frozenset("FNC")
# Beside the forms of files, the reporting periods that SDMX writes with the letter of their frequency.
RECORD_FORMS: Mapping[str, PeriodForm] = {
    **FORMS,
    "reporting_month": PeriodForm("2010-M08", Frequency.MONTHLY, re.compile(r"(\d{4})-M(\d{2})", re.ASCII), _month),
    "quarter_with_q": PeriodForm("2019Q2", Frequency.QUARTERLY, re.compile(r"(\d{4})Q([1-4])", re.ASCII), _quarter),
    "reporting_year": PeriodForm("2010-A1", Frequency.ANNUAL, re.compile(r"(\d{4})-A1", re.ASCII), _year),
}


class Status(Declared):
    """The field that tells a status, the code each text stands for, and the code where the field is absent."""

    field: Text
    codes: dict[str, Text] = Field(default_factory=dict)  # what is not listed stands for itself
    absent: Text


class RecordGroup(Group):
    """Columns whose records share settings. ``must`` names fields and the text they have to hold."""

    form: str = ""
    must: dict[str, str] = Field(default_factory=dict)


class RecordMapping(Declared):
    """How records map to series. ``null`` says what an empty value means where its status does not."""

    period: Text
    form: str = ""
    group: tuple[RecordGroup, ...] = Field(min_length=1)
    lookup: tuple[Lookup, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    unmatched: Literal["refuse", "reject", "exclude"] = "refuse"
    missing: tuple[str, ...] = ()
    null: Literal["missing", "reject"] = "reject"
    exponent: bool = False  # 1.5E3 is a number here
    unit: str = ""  # the field that holds the unit; it must be the group's or column's `unit`
    decimals: str = ""  # the field that holds how many decimals are published
    status: Status | None = None
    confidentiality: Status | None = None

    @field_validator("status", "confidentiality")
    @classmethod
    def _letters(cls, value: Status | None) -> Status | None:
        for code in (*value.codes.values(), value.absent) if value else ():
            if code not in WITH_VALUE | WITHOUT_VALUE | CONFIDENTIALITY:
                raise ValueError(f"{code!r} is not a status")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(rule.pattern for rule in self.excluded):
            raise ValueError("excluded: records are left out by `values`; a pattern belongs to [table]")
        if len({tuple(group.when) for group in self.group}) > 1:
            raise ValueError("every group needs the same fields, in the same order, in `when`")
        if len({tuple(group.when.values()) for group in self.group}) < len(self.group):
            raise ValueError("two groups have the same `when`")
        for group in self.group:
            if (group.form or self.form) not in RECORD_FORMS:
                raise ValueError(f"form {group.form or self.form!r} is none of {', '.join(RECORD_FORMS)}")
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields every record must have; units and statuses may be absent from a single one."""
        names = [self.period, *self.group[0].when, *(lookup.header for lookup in self.lookup)]
        return tuple(dict.fromkeys(names))

    @property
    def used(self) -> tuple[str, ...]:
        """All fields read."""
        values = [column.header for group in self.group for column in group.column]
        musts = [name for group in self.group for name in group.must]
        optional = [status.field for status in (self.status, self.confidentiality) if status]
        names = [*self.needed, *values, *musts, *optional, *(rule.header for rule in self.excluded)]
        return tuple(dict.fromkeys(name for name in (*names, self.unit, self.decimals) if name))
