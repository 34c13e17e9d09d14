"""The declared warnings: when one speaks and how grave it is (``data.warning_evaluation`` holds them to figures)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from data.catalogue.declared import CodeText, Declared, Dimension

# What a kind needs, and what it may have besides.
NEEDS: dict[str, tuple[str, ...]] = {
    "falls": ("slots",),
    "behind_target": ("points",),
    "price_moves": ("indicator", "percent", "months"),
    "threshold": ("indicator", "measure"),
    "behind_peers": ("indicator", "peer", "points"),
    "late": ("days",),
}
MAY_HAVE: dict[str, tuple[str, ...]] = {
    "falls": ("indicator", "measure", "parts"),
    "behind_target": ("indicator",),
    "price_moves": (),
    "threshold": ("above", "below", "parts"),
    "behind_peers": ("parts",),
    "late": ("indicator",),
}
CHOICES = ("slots", "points", "percent", "months", "days", "indicator", "measure", "above", "below", "peer", "parts")


class WarningRule(Declared):
    """One rule; level 1 is gravest.

    ``slots`` in a row, ``points`` in percentage points, ``percent`` in per cent, ``days`` past the calendar,
    ``months`` how old a price may be and still be news. ``measure`` says whether the figure itself or its official
    growth is meant, ``above`` and ``below`` are its limits (exclusive), ``peer`` is the region compared with, and
    ``parts`` are the parts of the series key that are not the indicator's default.
    """

    code: CodeText
    kind: Literal["falls", "behind_target", "price_moves", "threshold", "behind_peers", "late"]
    level: int = Field(ge=1, le=4)
    slots: int | None = Field(default=None, ge=2, le=24)
    points: float | None = Field(default=None, gt=0)
    percent: float | None = Field(default=None, gt=0)
    months: int | None = Field(default=None, ge=1, le=24)
    days: int | None = Field(default=None, ge=1, le=3650)
    indicator: CodeText | None = None
    measure: Literal["value", "growth"] | None = None
    above: float | None = Field(default=None, allow_inf_nan=False)
    below: float | None = Field(default=None, allow_inf_nan=False)
    peer: CodeText | None = None
    parts: dict[Dimension, CodeText] | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        given = {name for name in CHOICES if getattr(self, name) is not None}
        needs, may = set(NEEDS[self.kind]), set(MAY_HAVE[self.kind])
        if not needs <= given <= needs | may:
            more = f"; it may have {' and '.join(MAY_HAVE[self.kind])}" if may else " and nothing else"
            raise ValueError(f"kind {self.kind} needs {' and '.join(NEEDS[self.kind])}{more}")
        if self.kind == "threshold" and (self.above is None) == (self.below is None):
            raise ValueError("kind threshold needs either above or below")
        if self.kind == "falls" and self.indicator is None and given - needs:
            raise ValueError("measure and parts need indicator; without one the rule is about every cluster")
        return self
