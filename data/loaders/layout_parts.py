"""Parts of a ``[table]`` section that say where things stand: the period, texts to hold against, rows to leave out."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Self

from pydantic import Field, field_validator, model_validator

from data.loaders.period_cells import FORMS, PeriodForm
from data.loaders.source import Declared, Text

FIELDS = re.compile(r"\{([^{}]+)\}")
SHEET, FILE, PERIOD, VALUE = "{sheet}", "{file}", "{period}", "value"  # names of what the layout itself provides


def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern; a mistake in it is a ``ValueError`` that says so."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no pattern: {error}") from error


class Period(Declared):
    """Where the period stands, and its form.

    ``column`` is a header, or a column number from 1 where the header is blank. ``text`` puts it together instead:
    ``"{年份}年{月份}"`` from two columns, ``"{sheet}{月份}"`` with the sheet's name, ``"{title}"`` from a captured
    text, ``"{period}"`` (the default of a table with periods in its header) from the header rows.
    """

    column: str | int = ""
    text: str = ""
    form: str

    @field_validator("form")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FORMS:
            raise ValueError(f"{value!r} is none of {', '.join(FORMS)}")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.column and self.text:
            raise ValueError("give either column or text")
        return self

    @property
    def reading(self) -> PeriodForm:
        """The form itself."""
        return FORMS[self.form]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names in ``text``: headers, captured texts, ``sheet``, ``file`` and ``period``."""
        return tuple(FIELDS.findall(self.text))


class Expected(Declared):
    """A text that must stand in a cell, so that another edition of the layout is refused, not misread.

    Without ``row`` and ``column`` it may stand in any cell above the data.
    """

    row: int | None = Field(default=None, ge=1)
    column: int | None = Field(default=None, ge=1)
    text: Text

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.row is None) != (self.column is None):
            raise ValueError("give row and column, or neither")
        return self


class Capture(Declared):
    """A text from a cell above the data, such as the unit or the month in the title; every row carries it as ``name``.

    ``pattern`` is looked for in every cell above the data, or in the one named; its first group is the text. It must be
    found, and always with the same text.
    """

    name: Text
    pattern: Text
    row: int | None = Field(default=None, ge=1)
    column: int | None = Field(default=None, ge=1)

    @field_validator("pattern")
    @classmethod
    def _has_a_group(cls, value: str) -> str:
        if not compiled(value).groups:
            raise ValueError("the pattern needs a group in parentheses around the text")
        return value


class Excluded(Declared):
    """Rows left out on purpose, or with ``columns`` some of their cells, with the reason."""

    header: Text
    values: tuple[Text, ...] = ()
    pattern: str = ""  # of the whole text, where the texts cannot be listed
    reason: Text
    columns: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.values or self.pattern):
            raise ValueError("give values or a pattern")
        compiled(self.pattern)
        return self
