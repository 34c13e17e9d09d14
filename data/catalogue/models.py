"""The models a catalogue is made of, and the catalogue itself.

Every model forbids unknown keys, so a slip of the pen in a TOML file is an error and not a silent default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from data.catalogue.chains import Chains
from data.catalogue.code_lists import Code, CodeList
from data.catalogue.declared import (
    DIMENSIONS,
    CodeText,
    Declared,
    Dimension,
    Flag,
    Language,
    Number,
    ShortEnglish,
    Text,
    Whole,
)
from data.catalogue.errors import UnknownKeyPartError
from data.catalogue.indicator import Indicator
from data.catalogue.pages import KeyFigure, PageDeclaration
from data.catalogue.warning_rules import WarningRule
from data.facts import TOTAL

__all__ = [
    "DIMENSIONS",
    "Catalogue",
    "Cluster",
    "Code",
    "CodeList",
    "Declared",
    "Dimension",
    "District",
    "Indicator",
    "KeyFigure",
    "Language",
    "MapName",
    "PageDeclaration",
    "Place",
    "Region",
    "Theme",
    "Unit",
]


class Unit(Declared):
    """A unit: value × 10^``multiplier`` of ``base``. English may print the same value in another power of ten.

    English shows ``value * english_factor`` with ``english_decimals`` more decimals, followed by ``name_en``;
    ``stored_name_en`` names the unit as stored (tables and files carry stored values).
    """

    code: CodeText
    name_zh: Text
    name_en: str = ""
    base: Text
    multiplier: Whole = Field(default=0, ge=-12, le=12)
    english_factor: Number = Field(default=1.0, gt=0)
    english_decimals: Whole = Field(default=0, ge=0, le=4)
    stored_name_en: str = ""

    @model_validator(mode="after")
    def _names_the_stored_unit(self) -> Self:
        if self.english_factor != 1 and not self.stored_name_en:
            raise ValueError("stored_name_en is needed where english_factor rescales")
        return self


class Theme(Declared):
    """One of the themes of the screen."""

    code: CodeText
    name_zh: Text
    name_en: Text
    short_zh: Text
    short_en: ShortEnglish
    order: Whole


class Place(Declared):
    """Where a cluster stands on the schematic map: km from 120°E 35.85°N, and where its label goes."""

    name_zh: Text
    name_en: Text
    x_km: Number
    y_km: Number
    label_x_km: Number
    label_y_km: Number
    label_side: Literal["left", "right"]


class Cluster(Declared):
    """An industrial cluster: our working definition by GB/T 4754-2017 divisions."""

    code: CodeText
    name_zh: Text
    name_en: Text
    short_zh: Annotated[str, StringConstraints(min_length=1, max_length=6)]
    short_en: ShortEnglish
    scope: Literal["industrial", "services"]
    divisions: tuple[CodeText, ...] = Field(min_length=1)
    order: Whole
    colour: Whole = Field(ge=1, le=8)  # place in the categorical palette, the same on every page
    measures: dict[Literal["output", "va_growth", "revenue", "profit", "enterprises", "employment"], CodeText]
    place: Place
    definition_note_zh: Text
    definition_note_en: Text


class Region(Declared):
    """A region, port, zone or reporting scope that figures are given for."""

    code: CodeText
    name_zh: Text
    name_en: Text
    short_zh: Text
    short_en: Text
    scheme: Text
    parent: str = ""


class MapName(Declared):
    """A name on the schematic map for orientation, at km from 120°E 35.85°N; ``large`` for a sea."""

    name_zh: Text
    name_en: Text
    x_km: Number
    y_km: Number
    large: Flag = False


class District(Declared):
    """Whose screen this is."""

    home_region: CodeText
    name_zh: Text
    name_en: Text
    title_zh: Text
    title_en: Text
    subtitle_zh: Text
    subtitle_en: Text
    city_region: CodeText
    province_region: CodeText
    nation_region: CodeText
    port_region: CodeText
    free_trade_zone_region: CodeText
    comparison_regions: tuple[CodeText, ...]
    cluster_note_zh: Text
    cluster_note_en: Text
    map_note_zh: Text
    map_note_en: Text
    map_names: tuple[MapName, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be shown, checked. Made by ``load_catalogue``; nothing in it changes."""

    district: District
    themes: dict[str, Theme]
    indicators: dict[str, Indicator]
    units: dict[str, Unit]
    clusters: dict[str, Cluster]
    code_lists: dict[str, CodeList]
    regions: dict[str, Region]
    schematic_map: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]]
    pages: dict[str, PageDeclaration]
    chains: Chains
    warnings: tuple[WarningRule, ...] = ()

    @property
    def home_region(self) -> str:
        """The region whose screen this is."""
        return self.district.home_region

    def indicator(self, code: str) -> Indicator:
        """Return an indicator, or say which code is unknown (``UnknownKeyPartError``)."""
        try:
            return self.indicators[code]
        except KeyError:
            raise UnknownKeyPartError(f"the catalogue has no indicator {code!r}") from None

    def unit_of(self, code: str) -> Unit:
        """Return the unit of an indicator."""
        return self.units[self.indicator(code).unit]

    def of_theme(self, theme: str) -> tuple[Indicator, ...]:
        """Return the indicators of a theme in their declared order."""
        return tuple(each for each in self.indicators.values() if each.theme == theme)

    @cached_property
    def clusters_in_order(self) -> tuple[Cluster, ...]:
        """The clusters as the screen lists them."""
        return tuple(sorted(self.clusters.values(), key=lambda each: each.order))

    @cached_property
    def _codes(self) -> dict[str, dict[str, Code]]:
        found: dict[str, dict[str, Code]] = {}
        for each in self.code_lists.values():
            found.setdefault(each.dimension, {}).update(each.codes)
        return found

    def code(self, dimension: str, code: str) -> Code:
        """Return a member of a dimension's code lists (``UnknownKeyPartError`` if none has it)."""
        try:
            return self._codes[dimension][code]
        except KeyError:
            raise UnknownKeyPartError(f"no {dimension} list knows {code!r}") from None

    @cached_property
    def _children(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for dimension, codes in self._codes.items():
            for each in codes.values():
                below = found.setdefault(dimension, {})
                below[each.parent] = (*below.get(each.parent, ()), each.code)
        return found

    def members(self, dimension: str) -> tuple[Code, ...]:
        """Return every member of a dimension's code lists, in the order of the lists."""
        return tuple(self._codes.get(dimension, {}).values())

    def children(self, dimension: str, code: str) -> tuple[str, ...]:
        """Return the members of a dimension directly below one, in the order of their list."""
        return self._children.get(dimension, {}).get(code, ())

    def cluster_of(self, division: str) -> Cluster | None:
        """Return the cluster a division belongs to, or None."""
        return next((each for each in self.clusters_in_order if division in each.divisions), None)

    def label(self, dimension: str, code: str, language: Language, *, short: bool = False) -> str:
        """Return the name of a code in one language; ``_T`` reads 合计 / Total."""
        if code == TOTAL:
            return {"zh": "合计", "en": "Total"}[language]
        return self.code(dimension, code).word(language, short=short)
