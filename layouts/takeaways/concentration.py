"""Sentences over indices of concentration: which is highest and in which band, or how little is covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.panel import Takeaway
from layouts.takeaways.rules import Named, Rule
from layouts.words import number


@dataclass(frozen=True, slots=True)
class Concentrated:
    """One index (``None`` where the parts do not cover the whole), its band, and the share covered in per cent."""

    name: Named
    index: float | None
    band: Named | None
    covered: float | None


Rows = Sequence[Concentrated]


def highest(facts: Rows) -> Concentrated | None:
    """Return the row with the highest index as it is printed, the first of equals."""
    known = [row for row in facts if row.index is not None and row.band is not None]
    return max(known, key=lambda row: round(row.index or 0.0), default=None)


def _most_concentrated(facts: Rows) -> Takeaway:
    row = highest(facts)
    assert row is not None
    assert row.index is not None
    assert row.band is not None
    shown = number(row.index, 0)
    return Takeaway(
        f"**{row.name.zh}最集中**，HHI {shown}，集中度{row.band.zh}",
        f"**{row.name.en} most concentrated**: HHI {shown}, {row.band.en}",
    )


def _uncovered(facts: Rows) -> list[Concentrated]:
    return [row for row in facts if row.index is None and row.covered is not None]


def _little_covered(facts: Rows) -> Takeaway:
    row = min(_uncovered(facts), key=lambda row: row.covered or 0.0)
    shown = number(row.covered or 0.0, 1)
    return Takeaway(
        f"**{row.name.zh}仅覆盖 {shown}%**，不计算集中度",
        f"**{row.name.en}: {shown}% covered**, no index",
    )


CONCENTRATION: tuple[Rule[Rows], ...] = (
    Rule("most_concentrated", lambda facts: highest(facts) is not None, _most_concentrated),
    Rule("little_covered", lambda facts: bool(_uncovered(facts)), _little_covered),
)
