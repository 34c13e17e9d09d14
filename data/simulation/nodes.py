"""A total and its parts: amounts per slot that meet published figures, then whole numbers that add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from data.catalogue import Catalogue
from data.simulation.benchmark import corrections, joint_corrections
from data.simulation.paths import changing, generator, season_of, shock_of, wandering
from data.simulation.rounding import largest_remainder, to_units
from data.simulation.slots import Floats, Integers, Slots
from data.simulation.spec import Combine, Member, Series, SimulationError, SimulationSpec, Split

RowOf = Callable[[int], Floats]
NodeName = frozenset[tuple[str, str]]


@dataclass
class Node:
    """One series of a family: its dimensions, its exact amounts, and the figures published of it by slot."""

    dimensions: dict[str, str]
    amounts: Floats
    published: dict[int, float] = field(default_factory=dict)
    parts: list[list[Node]] = field(default_factory=list)
    """Complete sets of parts: each adds up to this node."""

    @property
    def name(self) -> NodeName:
        """The dimensions as a set."""
        return frozenset(self.dimensions.items())


@dataclass(frozen=True)
class Cut:
    """A split, applied: the node that was taken apart, the members as nodes, and whether they make it up."""

    split: Split
    parent: Node
    members: list[Node]


def up_to(slots: Slots) -> RowOf:
    """Return a function that marks the slots from January to a slot: what a running total adds up."""
    starts = np.arange(len(slots)) // slots.per_year * slots.per_year
    positions = np.arange(len(slots))
    return lambda slot: ((positions >= starts[slot]) & (positions <= slot)).astype(np.float64)


def only_at(slots: Slots) -> RowOf:
    """Return a function that marks one slot: what a state is."""
    return lambda slot: (np.arange(len(slots)) == slot).astype(np.float64)


def bend(path: Floats, known: Mapping[int, float], row_of: RowOf, per_year: int = 0) -> Floats:
    """Return a path that runs through the known figures, corrected in proportion to its size."""
    if not known:
        return path
    rows = np.array([row_of(slot) * path for slot in known])
    return path * (1 + corrections(rows, np.array(list(known.values())) - rows.sum(axis=1), per_year))


def member_path(
    entry: Series, member: Member, code: str, split: Split, parent: Node, slots: Slots, spec: SimulationSpec, seed: int
) -> Floats:
    """Return the amounts of a member before they are made to add up: its share, season, shocks and noise."""
    size = split.noise if member.noise is None else member.noise
    family = entry.noise_like or entry.indicator
    wide = [part for part in parent.dimensions.values() if part != code]
    noise = wandering(generator(seed, family, entry.region, *wide, split.dimension, code), len(slots), size)
    monthly = season_of(spec.season.get(member.season), slots) * shock_of(member.shocks, spec.shock, slots, 1.0)
    return parent.amounts * changing(member.share, slots) * slots.mean_of_months(monthly) * np.exp(noise)


def cut(
    split: Split, parent: Node, paths: Floats, known: Sequence[dict[int, float]], row_of: RowOf, per_year: int = 0
) -> Cut:
    """Return a split's members as nodes whose amounts meet what is published of each and, if exhaustive, add up."""
    if split.exhaustive:
        paths = _complete(parent, paths, known, row_of, per_year)
    else:
        paths = np.array([bend(path, figures, row_of, per_year) for path, figures in zip(paths, known, strict=True)])
    members = [
        Node({**parent.dimensions, split.dimension: code}, path, dict(figures))
        for code, path, figures in zip(split.members, paths, known, strict=True)
    ]
    if split.exhaustive:
        parent.parts.append(members)
    return Cut(split, parent, members)


def _complete(parent: Node, paths: Floats, known: Sequence[dict[int, float]], row_of: RowOf, per_year: int) -> Floats:
    paths = paths * (parent.amounts / paths.sum(axis=0))
    rows = [
        (part, row_of(slot) * paths[part], value - float(row_of(slot) @ paths[part]))
        for part, figures in enumerate(known)
        for slot, value in figures.items()
    ]
    if not rows:
        return paths
    lacking = np.zeros(paths.shape[1])
    return paths * (1 + joint_corrections(paths, lacking, rows, per_year))


def find(nodes: Mapping[NodeName, Node], entry: Series, split: Split, root: Node) -> Node:
    """Return the node a split takes apart; ``SimulationError`` if no earlier split made it."""
    name = frozenset({**root.dimensions, **split.within}.items())
    if name not in nodes:
        raise SimulationError(f"{entry.name}: no node {dict(split.within)} to split by {split.dimension}")
    return nodes[name]


def sums_of(split: Split, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the codes that add up members: declared, or the catalogue's clusters that are complete here."""
    if isinstance(split.sums, dict):
        return split.sums
    if split.sums != "@clusters":
        raise SimulationError(f"sums: {split.sums!r} is unknown; write a table or '@clusters'")
    clusters = {code: cluster.divisions for code, cluster in catalogue.clusters.items()}
    return {code: parts for code, parts in clusters.items() if set(parts) <= set(split.members)}


Rounded = dict[NodeName, Integers]


def round_cut(each: Cut, rounded: Rounded, factor: Floats, decimals: int, slots: Slots, *, flow: bool) -> None:
    """Put the whole numbers of a cut's members into ``rounded``, where their parent's stand already.

    Running totals of a flow are rounded slot by slot, so that no single month turns negative by rounding; where
    figures of members are published, the running totals themselves are.
    """
    amounts = np.array([member.amounts for member in each.members]) * factor * 10.0**decimals
    fixed = {
        (part, slot): to_units(value, decimals)
        for part, member in enumerate(each.members)
        for slot, value in member.published.items()
    }
    whole = rounded[each.parent.name]
    by_slot = flow and not fixed
    wanted: Floats = amounts if by_slot or not flow else slots.to_date(amounts)
    if each.split.exhaustive:
        numbers = largest_remainder(wanted, slots.single(whole) if by_slot else whole, fixed)
    else:
        numbers = np.rint(wanted).astype(np.int64)
        for cell, number in fixed.items():
            numbers[cell] = number
    if by_slot:
        numbers = slots.to_date(numbers)
    rounded.update({member.name: row for member, row in zip(each.members, numbers, strict=True)})


def combined(nodes: Mapping[NodeName, Node], combine: Combine | None) -> dict[NodeName, list[NodeName]]:
    """Return which nodes add up to which further node by a combine rule: every one all members have a node for."""
    if combine is None:
        return {}
    groups: dict[NodeName, list[NodeName]] = {}
    for node in nodes.values():
        if node.dimensions.get(combine.dimension) in combine.members:
            into = frozenset({**node.dimensions, combine.dimension: combine.into}.items())
            groups.setdefault(into, []).append(node.name)
    return {into: names for into, names in groups.items() if len(names) == len(combine.members) and into not in nodes}
