"""The chains of the clusters: which links lie upstream, midstream and downstream, and when a link is strong.

Nobody publishes chains: they are declared, as clusters are, and the screen says so. How strong a link is follows from
stored figures alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from data.catalogue.declared import CodeText, Declared, Number, ShortEnglish, Text
from data.catalogue.reading import TomlFile, build, read_toml

if TYPE_CHECKING:
    from data.catalogue.code_lists import Code
    from data.catalogue.indicator import Indicator
    from data.catalogue.models import Cluster

STAGES: tuple[Literal["upstream", "midstream", "downstream"], ...] = ("upstream", "midstream", "downstream")


class ChainRules(Declared):
    """From which location quotient on a link is strong, and below which one it is weak."""

    strong_quotient: Number = Field(gt=0)
    weak_quotient: Number = Field(gt=0)

    @model_validator(mode="after")
    def _weak_is_below_strong(self) -> Self:
        if self.weak_quotient >= self.strong_quotient:
            raise ValueError("weak_quotient must lie below strong_quotient")
        return self


class ChainLink(Declared):
    """One link: an industry by its code, or a commodity measured by an indicator; its short name where it has another.

    An industry of no cluster is measured as above-scale industrial output.
    """

    stage: Literal["upstream", "midstream", "downstream"]
    industry: CodeText = ""
    commodity: CodeText = ""
    indicator: CodeText = ""
    short_zh: Annotated[str, StringConstraints(max_length=7)] = ""
    short_en: ShortEnglish | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if bool(self.industry) == bool(self.commodity):
            raise ValueError("a link is an industry or a commodity")
        if bool(self.commodity) != bool(self.indicator):
            raise ValueError("a commodity needs the indicator it is measured by, an industry none")
        return self


class Chain(Declared):
    """The chain of one cluster, with what our definition of it is."""

    code: CodeText
    note_zh: Text
    note_en: Text
    links: tuple[ChainLink, ...] = Field(min_length=2, max_length=18)

    @model_validator(mode="after")
    def _has_every_stage(self) -> Self:
        absent = [stage for stage in STAGES if stage not in {link.stage for link in self.links}]
        if absent:
            raise ValueError(f"no link is {absent[0]}")
        named = [(link.industry, link.commodity) for link in self.links]
        if len(set(named)) < len(named):
            raise ValueError("a link stands here twice")
        return self


@dataclass(frozen=True)
class Chains:
    """All chains by cluster, with the rules they are judged by; a district without the file has none."""

    rules: ChainRules
    by_cluster: Mapping[str, Chain]


def read_chains(
    path: Path,
    clusters: Mapping[str, Cluster],
    indicators: Mapping[str, Indicator],
    known: Mapping[str, Mapping[str, Code]],
) -> Chains:
    """Read ``chains.toml``; ``CatalogueError`` on a cluster, code or indicator that does not exist."""
    if not path.exists():
        return Chains(ChainRules(strong_quotient=1.2, weak_quotient=0.8), {})
    file = read_toml(path)
    file.only(["rules", "chain"])
    rules = build(ChainRules, file, "rules", file.table("rules"))
    made = {
        code: build(Chain, file, f"chain.{code}", values, code=code) for code, values in file.table("chain").items()
    }
    for code, chain in made.items():
        if code not in clusters:
            raise file.error(f"chain.{code}", f"there is no cluster {code!r}")
        for link in chain.links:
            _check(file, f"chain.{code}.links", link, indicators, known)
    return Chains(rules, made)


def _check(
    file: TomlFile,
    key: str,
    link: ChainLink,
    indicators: Mapping[str, Indicator],
    known: Mapping[str, Mapping[str, Code]],
) -> None:
    if link.industry and link.industry not in known["industry"]:
        raise file.error(key, f"no industry list knows {link.industry!r}")
    if link.commodity and link.commodity not in known["commodity"]:
        raise file.error(key, f"no commodity list knows {link.commodity!r}")
    if link.indicator and (
        link.indicator not in indicators or "commodity" not in indicators[link.indicator].dimensions
    ):
        raise file.error(key, f"{link.indicator!r} is no indicator with the dimension commodity")
