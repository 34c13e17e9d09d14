"""An indicator: what is measured, how it may be cut, and the keys of its series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints, model_validator

from data.catalogue.declared import CodeText, Declared, Dimension, Flag, Number, ShortEnglish, Text, Whole
from data.catalogue.errors import UnknownKeyPartError
from data.facts import NOT_APPLICABLE, TOTAL, SeriesKey


def _year(text: object) -> object:
    if isinstance(text, str) and not text.isdecimal():
        raise ValueError("a target stands under its year, such as 2026")
    return int(text) if isinstance(text, str) else text  # TOML keys are text


Year = Annotated[int, BeforeValidator(_year), Field(ge=1949, le=2100)]


class Formula(Declared):
    """How an indicator that nobody publishes is worked out from stored ones, always at one period and in one region.

    ``ratio``: numerator / denominator (in per cent where the indicator is a share); ``location_quotient``: the share of
    an industry in the numerator's total here, against that share in the reference area. ``measures`` name what an
    industry of a cluster is measured by instead (``profit``, ``revenue``), numerator first.
    """

    kind: Literal["ratio", "location_quotient"]
    numerator: CodeText
    denominator: CodeText = ""
    measures: tuple[CodeText, ...] = ()

    @model_validator(mode="after")
    def _has_its_parts(self) -> Self:
        if (self.kind == "ratio") != bool(self.denominator):
            raise ValueError("a ratio has a denominator, a location quotient has none")
        if self.measures and len(self.measures) != (2 if self.kind == "ratio" else 1):
            raise ValueError("measures name the numerator and, of a ratio, the denominator")
        return self


class Indicator(Declared):
    """One thing that is measured, with everything a reader, a loader and a chart must know about it."""

    code: CodeText
    theme: CodeText
    name_zh: Text
    name_en: Text
    short_zh: Annotated[str, StringConstraints(min_length=1, max_length=10)]
    short_en: ShortEnglish
    definition_zh: Text
    definition_en: Text
    unit: CodeText
    decimals: Whole = Field(ge=0, le=6)
    frequency: Literal["A", "Q", "M", "D"]
    accumulations: tuple[Literal["S", "Y", "P"], ...] = Field(min_length=1)
    value_kind: Literal["level", "rate", "share", "index", "price", "state"]
    direction: Literal["up_good", "down_good", "neutral"]
    publisher_zh: Text
    publisher_en: Text
    release_lag_days: Whole = Field(ge=0, le=500)
    every_months: Whole = Field(default=0, ge=0, le=60)  # what is held or counted so often, not with each period
    combined_january_february: Flag = False
    growth: Literal["official", "nominal", "none"]
    region: CodeText = ""  # the default region; empty means the district's home region
    currency: CodeText = NOT_APPLICABLE
    price_basis: CodeText = NOT_APPLICABLE
    classification: CodeText = NOT_APPLICABLE
    dimensions: tuple[Dimension, ...] = ()
    breakdown_groups: tuple[CodeText, ...] = ()
    defaults: dict[Dimension, CodeText] = Field(default_factory=dict)
    members: dict[Dimension, tuple[str, ...]] = Field(default_factory=dict)
    partitions: dict[Dimension, tuple[tuple[str, ...], ...]] = Field(default_factory=dict)
    additive: Flag = False
    listed: Flag = False  # stands in the list panel of its kind (prices), in the order of the file
    may_fall: Flag = False  # a year to date that can be less than the one before (profit)
    targets: dict[Year, Number] = Field(default_factory=dict)
    target_kind: Literal["level", "growth"] | None = None
    target_source_zh: str = ""
    target_source_en: str = ""
    target_is_example: Flag = False  # no plan of the district: every word that judges by it says 示例目标
    warning_zh: str = ""
    warning_en: str = ""
    formula: Formula | None = None  # worked out on the screen: no series of it is stored

    _codes: dict[Dimension, frozenset[str]] = PrivateAttr(default_factory=dict)
    _regions: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for problem, found in self._problems().items():
            if found:
                raise ValueError(problem)
        for part in ("defaults", "members", "partitions"):
            stray = [name for name in getattr(self, part) if name not in self.dimensions]
            if stray:
                raise ValueError(f"{part}.{stray[0]} is not among dimensions {list(self.dimensions)}")
        for name, listed in self._lists():
            twice = [code for code in listed if listed.count(code) > 1]
            if twice:
                raise ValueError(f"{name} names {twice[0]} twice")
        return self

    def _problems(self) -> dict[str, bool]:
        daily_or_annual, is_rate = self.frequency in "AD", self.value_kind == "rate"
        has_breakdown = "breakdown" in self.dimensions
        told_target = bool(self.target_kind and self.target_source_zh and self.target_source_en)
        grows = self.growth == "official" or self.value_kind in ("rate", "share")
        return {
            "accumulations names one kind twice": len(set(self.accumulations)) != len(self.accumulations),
            "accumulations: a daily or annual indicator has no Y": daily_or_annual and "Y" in self.accumulations,
            "combined_january_february needs frequency M": self.combined_january_february and self.frequency != "M",
            "growth of a rate must be none: the rate is the growth": is_rate and self.growth != "none",
            "breakdown_groups and the dimension breakdown go together": has_breakdown != bool(self.breakdown_groups),
            "partitions need additive = true": bool(self.partitions) and not self.additive,
            "targets need target_kind, target_source_zh and target_source_en": bool(self.targets) and not told_target,
            "target_is_example needs targets": self.target_is_example and not self.targets,
            "target_kind growth needs official growth or a rate": self.target_kind == "growth" and not grows,
            "warning_zh and warning_en go together": bool(self.warning_zh) != bool(self.warning_en),
        }

    def _lists(self) -> list[tuple[str, tuple[str, ...]]]:
        members = [(f"members.{name}", codes) for name, codes in self.members.items()]
        parts = [(f"partitions.{name}", codes) for name, several in self.partitions.items() for codes in several]
        return members + parts

    def bind(self, codes: Mapping[Dimension, frozenset[str]], regions: frozenset[str]) -> None:
        """Tell the indicator which codes and regions exist; the loading of a catalogue does this once."""
        self._codes.update(codes)
        self._regions = regions

    @property
    def main_accumulation(self) -> str:
        """The accumulation shown unless the reader asks for another: the first declared."""
        return self.accumulations[0]

    def key(
        self,
        region: str | None = None,
        accumulation: str | None = None,
        measure: str = "level",
        frequency: str | None = None,
        **dims: str,
    ) -> SeriesKey:
        """Return the key of one of this indicator's series; what is not given is the total of the home region.

        ``frequency`` is given only for states at a date (accumulation P): D for a day inside a month, A for a
        year, M for a month end.
        A part the indicator does not have, or a code no list knows, raises ``UnknownKeyPartError``.
        """
        parts: dict[str, str] = {**self.defaults, **dims}  # type: ignore[dict-item]
        accumulation = accumulation or self.main_accumulation
        frequency = frequency or self.frequency
        region = region or self.region
        self._check_time(accumulation, frequency, measure)
        self._check_codes(region, parts)
        return SeriesKey(
            indicator=self.code,
            region=region,
            frequency=frequency,
            accumulation=accumulation,
            measure=measure,
            currency=self.currency,
            price_basis=self.price_basis,
            classification=self.classification,
            **parts,
        )

    def _check_time(self, accumulation: str, frequency: str, measure: str) -> None:
        if accumulation not in self.accumulations:
            raise UnknownKeyPartError(
                f"{self.code} has accumulation {'/'.join(self.accumulations)}, not {accumulation!r}"
            )
        allowed = {self.frequency, "M", "D", "A"} if accumulation == "P" else {self.frequency}
        if frequency not in allowed:
            raise UnknownKeyPartError(f"{self.code} 累计/当期 has frequency {self.frequency}, not {frequency!r}")
        measures = ("level", "yoy", "avg2") if self.growth == "official" else ("level",)
        if measure not in measures:
            raise UnknownKeyPartError(f"{self.code} has measure {'/'.join(measures)}, not {measure!r}")

    def _check_codes(self, region: str, parts: Mapping[str, str]) -> None:
        if region not in self._regions:
            raise UnknownKeyPartError(f"{self.code}: no region list knows {region!r}")
        known = self._codes
        for dimension, code in parts.items():
            if dimension not in self.dimensions:
                raise UnknownKeyPartError(f"{self.code} has no dimension {dimension!r}; it has {list(self.dimensions)}")
            if code != TOTAL and code not in known[dimension]:
                raise UnknownKeyPartError(f"{self.code}: no {dimension} list knows {code!r}")

    def codes_of(self, dimension: Dimension) -> tuple[str, ...]:
        """Return the codes this indicator is shown by in one dimension: its members and partitions, each once."""
        listed = [*self.members.get(dimension, ())]
        for partition in self.partitions.get(dimension, ()):
            listed += partition
        return tuple(dict.fromkeys(listed))
