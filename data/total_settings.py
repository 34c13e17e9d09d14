"""The ``[[totals]]`` of a source: what its publisher does not give and the program adds up while it loads.

Members add up to a total (``parts``), or every parent of a code list is the sum of its children (``code_list``).
Declarations are taken in order, so that a later one may add up what an earlier one made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.catalogue import Catalogue
from data.facts import TOTAL, PartsOf


class Total(BaseModel):
    """Members of a dimension whose sum is stored. ``missing`` says what a part that is not there means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str
    dimension: Literal["industry", "partner", "commodity", "flow", "breakdown"]
    total: str = TOTAL
    parts: tuple[str, ...] = ()
    partition: int | None = Field(default=None, ge=1)  # the n-th partition the catalogue declares for the dimension
    code_list: str = ""
    missing: Literal["unknown", "zero"] = "unknown"  # zero: the publisher leaves out what is nothing

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if [bool(self.parts), self.partition is not None, bool(self.code_list)].count(True) != 1:
            raise ValueError("give one of parts, partition and code_list")
        if self.parts and len(set(self.parts)) < max(2, len(self.parts)):
            raise ValueError("parts are two or more, each named once")
        return self

    def sums(self, catalogue: Catalogue) -> list[PartsOf]:
        """Return the sums this means, parts first. Raises ``ValueError`` for what the catalogue does not have."""
        indicator = catalogue.indicators.get(self.indicator)
        if indicator is None:
            raise ValueError(f"indicator {self.indicator!r} is not in the catalogue")
        if not indicator.additive or self.dimension not in indicator.dimensions:
            raise ValueError(f"{self.indicator} does not add up by {self.dimension}: additive and dimensions say so")
        if self.code_list:
            return [self._sum(total, parts) for total, parts in self._families(catalogue)]
        if self.partition is None:
            return [self._sum(self.total, self.parts)]
        partitions = indicator.partitions.get(self.dimension, ())
        if len(partitions) < self.partition:
            raise ValueError(f"{self.indicator} has {len(partitions)} partitions by {self.dimension}")
        return [self._sum(self.total, partitions[self.partition - 1])]

    def _sum(self, total: str, parts: Iterable[str]) -> PartsOf:
        return PartsOf(self.indicator, self.dimension, total, tuple(parts), self.missing == "zero")

    def _families(self, catalogue: Catalogue) -> list[tuple[str, list[str]]]:
        """Return every parent of the list with its children, the deepest first."""
        if self.code_list not in catalogue.code_lists:
            raise ValueError(f"code list {self.code_list!r} is none of {', '.join(catalogue.code_lists)}")
        parents = {each.code: each.parent for each in catalogue.code_lists[self.code_list].codes.values()}
        children: dict[str, list[str]] = {}
        for code, parent in parents.items():
            if parent in parents:
                children.setdefault(parent, []).append(code)
        return sorted(children.items(), key=lambda family: -_depth(family[0], parents))


def _depth(code: str, parents: Mapping[str, str]) -> int:
    depth = 0
    while parents.get(code) in parents:
        code, depth = parents[code], depth + 1
    return depth
