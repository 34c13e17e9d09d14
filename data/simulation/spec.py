"""What ``data/sources/simulated.toml`` may declare. Unknown keys are mistakes; nothing is guessed.

Levels are in the indicator's unit, shares are fractions of the node they split, growth and rates are per cent,
years are calendar years and months are written ``2024-03``. A number that changes over the years is a table
``{2019 = 1.0, 2024 = 2.0}``: linear between the years, flat outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data.periods import month_period


class SimulationError(ValueError):
    """A declaration of the simulation is wrong or cannot be met: which entry and why."""


def _month(text: object) -> int:
    year, _, month = str(text).partition("-")
    if not (year.isdigit() and month.isdigit()):
        raise ValueError(f"a month is written 2024-03, not {text!r}")
    return month_period(int(year), int(month))


Year = Annotated[int, BeforeValidator(int), Field(ge=2000, le=2100)]
Month = Annotated[int, BeforeValidator(_month)]
ByYear = dict[Year, float]
Changing = float | ByYear
Season = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]
Dimensions = dict[str, str]


class Declared(BaseModel):
    """Frozen; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Horizon(Declared):
    """From which year values are published, and up to which year paths are laid (so that later days change nothing)."""

    seed: int
    first_year: Year
    horizon_year: Year


class Revision(Declared):
    """First figures differ by about ``size_percent``; final ones come ``after_months`` after the last release.

    Years of which anything is published, and ``skipped_years``, are final from the beginning.
    """

    after_months: int = Field(ge=7, le=24)
    size_percent: float = Field(gt=0, le=5)
    skipped_years: tuple[Year, ...] = ()


class Member(Declared):
    """One part of a node: its share of it, and what makes it move otherwise than the whole."""

    share: Changing = 0.0
    season: str = ""
    shocks: tuple[str, ...] = ()
    noise: float | None = None
    levels: ByYear = {}


class Split(Declared):
    """A node taken apart along one dimension. Parts add up to the node exactly unless ``exhaustive = false``.

    ``within`` names the node (its dimensions beyond the root's); ``sums`` adds members up into further codes, or is
    ``@clusters`` for the catalogue's clusters. Members are given from the year ``since`` on, in ``accumulations`` alone
    where any are named (both are for flows).
    """

    dimension: str
    members: Annotated[dict[str, Member], Field(min_length=1)]
    within: Dimensions = {}
    exhaustive: bool = True
    noise: float = 0.03
    sums: dict[str, tuple[str, ...]] | str = {}
    since: Year | None = None
    accumulations: tuple[Literal["S", "Y"], ...] = ()


class Combine(Declared):
    """Nodes that differ only in one dimension, added up: exports and imports by partner give trade by partner."""

    dimension: str
    into: str
    members: tuple[str, ...]


class Series(Declared):
    """What every kind of entry says: which series, and which random numbers it takes (``noise_like`` shares them)."""

    indicator: str
    region: str = ""
    dimensions: Dimensions = {}
    noise_like: str = ""

    @property
    def name(self) -> str:
        """The entry as an error message and a fact's place name it."""
        parts = [self.indicator, self.region, *(f"{name}={code}" for name, code in self.dimensions.items())]
        return " ".join(part for part in parts if part)


class Flow(Series):
    """An amount that adds up over a year: annual levels, a season, shocks, parts and growth.

    ``wedge`` is what the ratio of levels exceeds official growth by, in percentage points (prices and revised
    bases). ``implied_base`` lets a published level with published growth fix the level of a year before. The whole and
    its parts are given from the year ``since`` on.
    """

    levels: Annotated[ByYear, Field(min_length=1)]
    trend_percent: float = 5.0
    season: str = ""
    shocks: tuple[str, ...] = ()
    noise: float = 0.02
    level_noise: float = 0.004
    decimals: int | None = Field(default=None, ge=0, le=6)
    anchors: dict[Month, float] = {}
    implied_base: bool = False
    wedge: Changing = 0.0
    wedge_noise: float = 0.0
    coherent: bool = False
    since: Year | None = None
    revision: Revision | None = None
    split: tuple[Split, ...] = ()
    combine: Combine | None = None


class Rate(Series):
    """A rate-only indicator: the cumulative rate of each year in per cent, and its parts weighted by shares."""

    levels: Annotated[ByYear, Field(min_length=1)]
    season: str = ""
    shocks: tuple[str, ...] = ()
    noise: float = 0.6
    anchors: dict[Month, float] = {}
    split: tuple[Split, ...] = ()


class State(Series):
    """A state, a share or a price: its value at the end of each year, read at every period of the indicator.

    ``linear`` interpolates the value itself (shares), else its logarithm; noise is in the unit when linear, else
    relative. ``step`` is the change per year after the last declared one (per cent unless linear). ``hide_whole``
    gives the parts alone: nobody publishes that shares add up to 100 %.
    """

    levels: Annotated[ByYear, Field(min_length=1)]
    step: float = 3.0
    linear: bool = False
    hide_whole: bool = False
    monotone: bool = False
    season: str = ""
    shocks: tuple[str, ...] = ()
    noise: float = 0.0
    minimum: float = 0.0
    maximum: float | None = None
    anchors: dict[Month, float] = {}
    split: tuple[Split, ...] = ()


class Term(Declared):
    """One side of a ratio: a simulated or published series in 累计."""

    indicator: str
    region: str = ""
    dimensions: Dimensions = {}


class Ratio(Series):
    """``scale`` × numerator / denominator; with ``members`` one ratio per code of a dimension, adding up to scale."""

    numerator: Term
    denominator: Term
    scale: float = 100.0
    dimension: str = ""
    members: tuple[str, ...] = ()


class Converted(Series):
    """A flow in another currency: the amounts of ``source`` divided by the exchange rate of each year."""

    source: Term
    rate: Changing
    members: dict[str, tuple[str, ...]] = {}
    combine: Combine | None = None


class Event(Series):
    """A figure of a yearly event, such as an expo: the month it takes place and its value by year."""

    month: int = Field(ge=1, le=12)
    levels: Annotated[ByYear, Field(min_length=1)]
    trend_percent: float = 5.0
    skipped_years: tuple[Year, ...] = ()


class SimulationSpec(Declared):
    """All of it."""

    simulation: Horizon
    season: dict[str, Season] = {}
    shock: dict[str, dict[Month, float]] = {}
    flow: tuple[Flow, ...] = ()
    rate: tuple[Rate, ...] = ()
    state: tuple[State, ...] = ()
    ratio: tuple[Ratio, ...] = ()
    converted: tuple[Converted, ...] = ()
    event: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        entries: tuple[Flow | Rate | State, ...] = (*self.flow, *self.rate, *self.state)
        for entry in entries:
            parts = [member for split in entry.split for member in split.members.values()]
            for each in (entry, *parts):
                if each.season and each.season not in self.season:
                    raise ValueError(f"{entry.name}: there is no season {each.season!r}")
                unknown = [name for name in each.shocks if name not in self.shock]
                if unknown:
                    raise ValueError(f"{entry.name}: there is no shock {unknown[0]!r}")
        return self

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every indicator the declaration fills, in its order."""
        entries: tuple[Series, ...] = (
            *self.flow,
            *self.rate,
            *self.state,
            *self.ratio,
            *self.converted,
            *self.event,
        )
        return tuple(dict.fromkeys(entry.indicator for entry in entries))


def read_spec(sections: Mapping[str, Any], declared_in: Path | str = "simulated.toml") -> SimulationSpec:
    """Return the checked declaration; ``SimulationError`` names the file, the key and the reason."""
    try:
        return SimulationSpec.model_validate(sections)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SimulationError(f"{declared_in}: {key}: {first['msg']}") from error
