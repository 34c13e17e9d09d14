"""What a loader hands to the warehouse: series keys, facts, rejected rows, and one load of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from data.findings import Finding

TOTAL = "_T"
NOT_APPLICABLE = "_Z"
_SIGN = "\x1f"  # between the parts of a key


@dataclass(frozen=True)
class SeriesKey:
    """Everything that identifies a series (domain rules, section 1). Same key, same meaning, for ever.

    ``measure`` is ``level`` for the figure itself (which for a rate-only indicator is the rate), ``yoy`` for
    the officially published growth on the same period of the year before in per cent, ``avg2`` for a
    published two-year average. Dimensions that do not apply hold ``_T`` (total); ``currency`` and
    ``price_basis`` hold ``_Z``.
    """

    indicator: str
    region: str
    frequency: str
    accumulation: str
    measure: str = "level"
    industry: str = TOTAL
    partner: str = TOTAL
    commodity: str = TOTAL
    flow: str = TOTAL
    breakdown: str = TOTAL
    currency: str = NOT_APPLICABLE
    price_basis: str = NOT_APPLICABLE
    adjustment: str = "raw"
    classification: str = NOT_APPLICABLE

    @cached_property
    def series_id(self) -> int:
        """A 63-bit number made from the key alone, the same on every machine and engine."""
        return _number_of(_SIGN.join(_parts_of(self)))

    def __hash__(self) -> int:
        """Hash by the number: hashing fourteen texts at every look-up was a tenth of a panel's time."""
        return self.series_id

    def with_(self, **parts: str) -> SeriesKey:
        """Return the key with some parts replaced."""
        return SeriesKey(**{**dict(zip(KEY_PARTS, _parts_of(self), strict=True)), **parts})

    def ids_with(self, part: str, codes: Iterable[str]) -> list[int]:
        """Return the numbers of the keys with one part replaced, without making these keys."""
        place, texts = KEY_PARTS.index(part), _parts_of(self)
        begin, end = _SIGN.join((*texts[:place], "")), _SIGN.join(("", *texts[place + 1 :]))
        return [_number_of(f"{begin}{code}{end}") for code in codes]


KEY_PARTS = tuple(part.name for part in fields(SeriesKey))
_parts_of: Callable[[SeriesKey], tuple[str, ...]] = attrgetter(*KEY_PARTS)


def _number_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


@dataclass(frozen=True, slots=True)
class Citation:
    """The page a single figure was read on, where one file cites many."""

    publisher: str
    title: str
    published_on: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value as read. ``value`` is in the series' declared unit; ``None`` only with a status that says why.

    ``place`` tells the cell or row (``Monthly Prices!F7``, ``row 12``), ``raw`` the text that stood there,
    ``decimals`` the published precision.
    """

    key: SeriesKey
    period: int
    value: float | None
    unit: str
    place: str
    raw: str
    decimals: int | None = None
    obs_status: str = "A"
    conf_status: str = "F"
    derived: bool = False
    citation: Citation | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row or cell that was not stored: its raw text, its place and the reason, in words."""

    place: str
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell that is missing by declaration, and whose figure it would be."""

    key: SeriesKey
    period: int
    unit: str
    place: str
    raw: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure of the load that is stored otherwise than its file gives it (``raw``), and who decided so, why, when."""

    key: SeriesKey
    period: int
    place: str
    raw: str
    value: float | None
    reason: str
    author: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class PartsOf:
    """A sum that is stored where the publisher gives none: the members of a dimension and the one they make."""

    indicator: str
    dimension: str
    total: str
    parts: tuple[str, ...]
    missing_is_zero: bool = False


@dataclass(frozen=True)
class Load:
    """One file or answer, parsed: what ``Warehouse.write`` stores in one transaction.

    ``reading`` is a fingerprint of the declarations the file was read with. The same file read the same way is
    loaded once; read another way (a mapping was corrected) it is loaded again. Nothing of it is stored before
    ``release_at``. ``began_s`` is the monotonic time at which work on it began.
    """

    source: str
    file_name: str
    sha256: str
    size_bytes: int
    vintage: date
    facts: Iterable[Fact]
    rejects: Sequence[Reject] = ()
    rows_read: int = 0
    kind: str = "release"
    note: str = ""
    reading: str = ""
    findings: Sequence[Finding] = ()
    corrections: Sequence[Correction] = ()
    release_at: datetime | None = None
    began_s: float | None = None
    totals: Sequence[PartsOf] = ()  # in this order

    def begun(self) -> Load:
        """Return the load with work on it begun now, unless it began before."""
        return self if self.began_s is not None else replace(self, began_s=time.monotonic())

    @property
    def duration_ms(self) -> int:
        """How long work on it has taken until now."""
        return 0 if self.began_s is None else round((time.monotonic() - self.began_s) * 1000)


@dataclass
class LoadReport:
    """What became of one load. ``transient`` says of a failed one that trying again soon can help."""

    source: str
    file_name: str
    state: str
    load_id: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    error: str = ""
    transient: bool = False


def as_row(key: SeriesKey) -> dict[str, Any]:
    """Return the key parts as column values of the ``series`` table."""
    return {name: getattr(key, name) for name in KEY_PARTS}
