"""Declared corrections: known errors of a publisher, and cells nobody can read, put right with a reason.

An entry names the figure (indicator, period, and as many parts of the key as it needs), the text that stands in the
file, and the value that is stored instead, in the unit of the indicator. It holds only while the file says what is
``expected``: when the publisher changes the figure, the file's own is stored and a finding says that the entry no
longer fits. A cell that was rejected is named by its ``place`` too, as ``python -m data.rejects`` prints it.

Entries stand under ``[[corrections]]`` in the source's TOML or in ``overrides/<source code>.toml`` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.facts import Correction, Fact, Reject, SeriesKey
from data.findings import Finding
from data.gathering import period_text

if TYPE_CHECKING:
    from data.catalogue import Catalogue

CHECK = "correction"
PARTS = (
    "region", "accumulation", "measure", "industry", "partner", "commodity", "flow", "breakdown", "currency",
    "price_basis", "adjustment",
)  # fmt: skip


class CorrectionError(ValueError):
    """An entry cannot be applied as it stands; the text says which and why."""


class CorrectionEntry(BaseModel):
    """One ``[[corrections]]`` entry; parts of the key that are not given may be anything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str
    period: str  # such as 2024-02, 2024-Q1, 2024 or 2024-02-29
    expected: str  # the text that stands in the file
    value: Decimal  # stored instead, in the indicator's unit
    reason: str = Field(min_length=4)
    author: str = Field(min_length=1)
    date: date
    place: str = ""
    file: str = "*"  # pattern of the file names it is about
    unit: str = ""  # of a rejected figure that is no level
    region: str | None = None
    accumulation: str | None = None
    measure: str | None = None
    industry: str | None = None
    partner: str | None = None
    commodity: str | None = None
    flow: str | None = None
    breakdown: str | None = None
    currency: str | None = None
    price_basis: str | None = None
    adjustment: str | None = None

    @field_validator("value", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return str(value) if isinstance(value, float) else value

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the key it names."""
        return {name: text for name in PARTS if (text := getattr(self, name)) is not None}

    @property
    def name(self) -> str:
        """What messages call it."""
        return " ".join([self.indicator, self.period, *(f"{name}={text}" for name, text in self.parts.items())])

    def is_about(self, fact: Fact) -> bool:
        """Tell whether a figure is the one it names, whatever stands there."""
        return self._is_of(fact.key) and self.period == period_text(fact.key.frequency, fact.period)

    def _is_of(self, key: SeriesKey) -> bool:
        same = all(getattr(key, name) == text for name, text in self.parts.items())
        return key.indicator == self.indicator and same

    def fits(self, raw: str) -> bool:
        """Tell whether the file says what was expected, written the same way or as the same number."""
        return _same(raw, self.expected)

    @property
    def note(self) -> str:
        """What is kept with the value."""
        return f"更正 / corrected: {self.reason} ({self.author}, {self.date})"


@dataclass
class Corrected:
    """A file after its corrections."""

    facts: list[Fact]
    rejects: list[Reject]
    applied: list[Correction] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def correct(
    facts: Sequence[Fact],
    rejects: Sequence[Reject],
    entries: Sequence[CorrectionEntry],
    file: str,
    catalogue: Catalogue,
) -> Corrected:
    """Apply the entries that are about a file. Raises ``CorrectionError`` for one that cannot be applied."""
    corrected = Corrected(list(facts), list(rejects))
    for entry in entries:
        if fnmatchcase(file, entry.file):
            _apply(entry, corrected, catalogue)
    return corrected


def _apply(entry: CorrectionEntry, corrected: Corrected, catalogue: Catalogue) -> None:
    if entry.indicator not in catalogue.indicators:
        raise CorrectionError(f"{entry.name}: the indicator is not in the catalogue")
    positions = [position for position, fact in enumerate(corrected.facts) if entry.is_about(fact)]
    if len({corrected.facts[each].key.series_id for each in positions}) > 1:
        raise CorrectionError(f"{entry.name}: {len(positions)} figures of the file are meant; name more parts")
    for position in positions:
        fact = corrected.facts[position]
        if entry.fits(fact.raw):
            corrected.facts[position] = _stored(entry, fact, corrected)
        else:
            corrected.findings.append(_changed(entry, fact.place, fact.raw))
    if not positions:
        _apply_to_rejects(entry, corrected, catalogue)


def _apply_to_rejects(entry: CorrectionEntry, corrected: Corrected, catalogue: Catalogue) -> None:
    for position, reject in enumerate(corrected.rejects):
        if entry.place and reject.place == entry.place:
            if entry.fits(reject.raw):
                del corrected.rejects[position]
                corrected.facts.append(_stored(entry, _figure(entry, reject, catalogue), corrected))
            else:
                corrected.findings.append(_changed(entry, reject.place, reject.raw))
            return
    if any(entry._is_of(fact.key) for fact in _around(entry, corrected.facts)):
        corrected.findings.append(_changed(entry, entry.place, ""))


def _around(entry: CorrectionEntry, facts: Sequence[Fact]) -> Iterator[Fact]:
    """Give the figures of its series if the file has them both before and after the period: it is left out there."""
    own = [(period_text(fact.key.frequency, fact.period), fact) for fact in facts if entry._is_of(fact.key)]
    if any(text < entry.period for text, _ in own) and any(text > entry.period for text, _ in own):
        yield from (fact for _, fact in own)


def _stored(entry: CorrectionEntry, fact: Fact, corrected: Corrected) -> Fact:
    exponent = entry.value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    value = float(entry.value)
    corrected.applied.append(
        Correction(fact.key, fact.period, fact.place, fact.raw, value, entry.reason, entry.author, entry.date)
    )
    note = "; ".join(text for text in (fact.note, entry.note) if text)
    return replace(fact, value=value, decimals=max(decimals, fact.decimals or 0), note=note)


def _figure(entry: CorrectionEntry, reject: Reject, catalogue: Catalogue) -> Fact:
    """Return the figure a rejected cell would have been; the entry has to say which."""
    indicator = catalogue.indicators[entry.indicator]
    parts: dict[str, Any] = entry.parts
    try:
        key = indicator.key(**parts)
        period = _period(entry.period, key.frequency)
    except (LookupError, TypeError, ValueError) as error:
        raise CorrectionError(f"{entry.name}: {error.args[0] if error.args else error}") from error
    unit = entry.unit or (indicator.unit if key.measure == "level" else "")
    if not unit:
        raise CorrectionError(f"{entry.name}: say the unit of a {key.measure}")
    return Fact(key, period, None, unit, reject.place, reject.raw)


def _period(text: str, frequency: str) -> int:
    """Return the period a text means; its own text must be the one given."""
    year, _, rest = text.partition("-")
    if frequency == "D":
        period = date.fromisoformat(text).toordinal()
    else:
        month = int(rest.removeprefix("Q")) * 3 if rest.startswith("Q") else int(rest or 12)
        period = int(year) * 12 + month - 1
    if period_text(frequency, period) != text:
        raise ValueError(f"{text!r} is no period of an indicator of frequency {frequency}")
    return period


def _changed(entry: CorrectionEntry, place: str, raw: str) -> Finding:
    zh, en = (
        f"条目预期 {entry.expected}，文件现为 {raw or '空缺'}",
        f"expected {entry.expected}, the file has {raw or 'nothing'}",
    )
    if raw and _same(raw, str(entry.value)):
        zh, en = f"{zh}：发布方已更正，条目可删除", f"{en}: the publisher has put it right, the entry can go"
    text = f"更正条目“{entry.name}”不再适用：{zh}"
    return Finding(
        CHECK, "warn", place, raw, text, f"correction {entry.name} no longer fits: {en}", entry.indicator, entry.period
    )


def _same(first: str, second: str) -> bool:
    return first.strip() == second.strip() or _number(first) == _number(second) is not None


def _number(text: str) -> Decimal | None:
    from data.loaders.numbers import NumberError, parse_number  # here, because the loaders import this module

    try:
        return parse_number(text)
    except NumberError:
        return None
