"""The facts of a load, read once and checked for contradictions before anything is written."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from datetime import date

from data.facts import KEY_PARTS, Citation, Fact, Load, SeriesKey
from data.periods import Frequency, month_of, quarter_of, year_of

STATUS_WITH_VALUE = {"A", "P", "E", "F", "B"}


class LoadRefusedError(Exception):
    """A load contradicts itself or the warehouse; nothing of it was stored. The text is for the ledger."""


@dataclass
class Gathered:
    """The facts of a load by (series_id, period), each once."""

    facts: dict[tuple[int, int], Fact] = field(default_factory=dict)
    series: dict[int, tuple[SeriesKey, str]] = field(default_factory=dict)
    citations: dict[int, Citation] = field(default_factory=dict)
    collapsed: int = 0


def gather(load: Load) -> Gathered:
    """Read all facts of a load. Raises ``LoadRefusedError`` for a contradiction or an impossible value."""
    gathered = Gathered()
    for fact in load.facts:
        _check(fact)
        identity = (fact.key.series_id, fact.period)
        earlier = gathered.facts.get(identity)
        if earlier is None:
            gathered.facts[identity] = fact
            _note_series(gathered, identity[0], fact)
        elif content_of(earlier) == content_of(fact):
            gathered.collapsed += 1
        else:
            raise given_twice(earlier, fact)
        if fact.citation is not None:
            gathered.citations[citation_id(fact.citation)] = fact.citation
    return gathered


def content_of(fact: Fact) -> tuple[float | None, str, str]:
    """Return what a reader sees of a fact; if it is equal nothing was revised."""
    return fact.value, fact.obs_status, fact.conf_status


def _check(fact: Fact) -> None:
    if fact.value is None:
        if fact.obs_status in STATUS_WITH_VALUE and fact.conf_status == "F":
            raise without_reason(fact)
    elif not math.isfinite(fact.value):
        raise LoadRefusedError(f"{series_text(fact.key)}: {fact.raw!r} at {fact.place} is not a finite number")


def given_twice(earlier: Fact, later: Fact) -> LoadRefusedError:
    """Return the refusal of a load with two contents for one period of a series."""
    what = f"{series_text(later.key)} {period_text(later.key.frequency, later.period)}"
    places = f"{earlier.raw!r} at {earlier.place} and {later.raw!r} at {later.place}"
    return LoadRefusedError(f"{what} is given twice: {places}")


def without_reason(fact: Fact) -> LoadRefusedError:
    """Return the refusal of a load with neither a value nor a reason for that."""
    return LoadRefusedError(f"{series_text(fact.key)}: no value and no status that says why, at {fact.place}")


def _note_series(gathered: Gathered, series_id: int, fact: Fact) -> None:
    _, unit = gathered.series.setdefault(series_id, (fact.key, fact.unit))
    if unit != fact.unit:
        raise LoadRefusedError(f"{series_text(fact.key)} has unit {unit}, but {fact.unit} at {fact.place}")


def citation_id(citation: Citation) -> int:
    """Return a number made from the citation alone, the same on every machine."""
    text = "\x1f".join((citation.publisher, citation.title, citation.published_on, citation.url))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def series_text(key: SeriesKey) -> str:
    """Return the key for a message: only the parts that say something."""
    return " ".join(f"{name}={value}" for name in KEY_PARTS if (value := getattr(key, name)) not in ("_T", "_Z", "raw"))


def period_text(frequency: str, period: int) -> str:
    """Return a period for a message: ``2024-02``, ``2024-Q1``, ``2024`` or ``2024-02-29``."""
    if frequency == Frequency.DAILY:
        return date.fromordinal(period).isoformat()
    if frequency == Frequency.ANNUAL:
        return str(year_of(period))
    if frequency == Frequency.QUARTERLY:
        return f"{year_of(period)}-Q{quarter_of(period)}"
    return f"{year_of(period)}-{month_of(period):02d}"
