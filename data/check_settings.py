"""The ``[checks]`` table of a source: how serious each check is there, and its thresholds.

Every setting has a default, so that a source without the table is checked too. ``warn`` stores the file and notes
the finding, ``quarantine`` holds the whole file back until it is corrected or accepted with a reason, ``refuse``
holds it back for good, ``off`` does not look.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.findings import REMEDIES, Finding, Severity


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(_Declared):
    """The values an indicator can take, in its own unit."""

    indicator: str
    measure: Literal["level", "yoy"] = "level"
    minimum: float | None = None
    maximum: float | None = None
    severity: Severity = "quarantine"


class Sum(_Declared):
    """Members of a dimension that add up to another one, beside the partitions the catalogue declares."""

    indicator: str
    dimension: Literal["industry", "partner", "commodity", "flow", "breakdown"]
    total: str
    parts: tuple[str, ...] = Field(min_length=2)


class Accepted(_Declared):
    """Findings a person has looked at and found true: those of one check, in one file or about one indicator."""

    check: str
    reason: str = Field(min_length=4)
    sha256: str = ""
    indicator: str = ""
    period: str = ""  # such as 2024-02, 2024-Q1, 2024 or 2024-02-29

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.check not in REMEDIES:
            raise ValueError(f"check {self.check!r} is none of {', '.join(REMEDIES)}")
        if not (self.sha256 or self.indicator):
            raise ValueError("say which file (sha256, its first characters will do) or which indicator is accepted")
        return self

    def covers(self, finding: Finding, sha256: str) -> bool:
        """Tell whether a finding in a file is accepted here. What is refused cannot be."""
        same = finding.check == self.check and finding.severity != "refuse"
        about = self.indicator in ("", finding.indicator) and self.period in ("", finding.period)
        return same and about and sha256.startswith(self.sha256)


class Checks(_Declared):
    """How the files of a source are checked before anything of them is stored."""

    codes: Severity = "refuse"
    conflict: Severity = "quarantine"
    future: Severity = "quarantine"
    rejected: Severity = "quarantine"
    max_rejected_share: float = Field(default=0.2, ge=0, le=1)  # of the cells read
    shrink: Severity = "quarantine"
    max_shrink: float = Field(default=0.2, ge=0, le=1)  # of the rows of the last file
    range: Severity = "quarantine"
    bounds: tuple[Bounds, ...] = ()  # beside those that follow from the kind of value
    unit_jump: Severity = "quarantine"
    unit_jump_tolerance: float = Field(default=0.3, gt=0, lt=1)  # around a power of ten, to leave room for growth
    unit_jump_single_until: int = Field(default=50, ge=1)  # in a larger block one hit may be chance, and warns
    unit_jump_share: float = Field(default=0.05, gt=0, le=1)  # … unless this share of the block is hit
    totals: Severity = "quarantine"
    totals_slack: float = Field(default=0.0, ge=0)  # units of the last decimal, beyond what rounding explains
    sums: tuple[Sum, ...] = ()
    columns: Severity = "quarantine"
    falling: Severity = "quarantine"
    growth: Severity = "warn"
    growth_band_pp: float = Field(default=30.0, gt=0)
    accept: tuple[Accepted, ...] = ()

    def unknown_indicators(self, known: Container[str]) -> list[str]:
        """Return what bounds, sums and accepted findings name and the catalogue does not have."""
        bounds, sums = [each.indicator for each in self.bounds], [each.indicator for each in self.sums]
        accepted = [each.indicator for each in self.accept if each.indicator]
        return [name for name in (*bounds, *sums, *accepted) if name not in known]

    def severity_of(self, check: str) -> Severity:
        """Return how serious a check is for this source."""
        severity: Severity = getattr(self, check)
        return severity


DEFAULT_CHECKS = Checks()
