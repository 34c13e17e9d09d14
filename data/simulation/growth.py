"""Official growth beside simulated levels: the ratio of levels less what prices and revised bases make of it.

With the level of a year before, growthₜ = 100·(levelₜ / level_before − 1) − wedgeₜ. Where level and growth of a period
are both published, the wedge is known; between such periods it is interpolated, away from them it fades to the
declared one. So published growth is met exactly, and growth in between stays beside it however much the published
levels were revised in the meantime.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from data.catalogue import Indicator
from data.simulation.nodes import Node, NodeName, Rounded
from data.simulation.paths import changing, generator, wandering
from data.simulation.setting import GROWTH_DECIMALS, Setting, flow_accumulation
from data.simulation.slots import Booleans, Floats, Integers, Slots
from data.simulation.spec import Converted, Flow, Split

FADING_PER_YEAR = 0.1  # what is left of a known wedge a year away from it
SMALLEST_BASE_UNITS = 5
LARGEST_GROWTH_PERCENT = 1000.0
SMALLEST_FREE_SHARE = 0.2  # a smaller rest cannot carry what published figures leave open
Grown = dict[str, tuple[Integers, Integers, Booleans]]


@dataclass(frozen=True)
class Family:
    """A flow and its parts as whole numbers: running totals, final and first published, by node."""

    entry: Flow | Converted
    indicator: Indicator
    slots: Slots
    decimals: int
    nodes: Mapping[NodeName, Node]
    final: Rounded
    first: Rounded
    revised: Booleans | None
    splits: Mapping[NodeName, Split] = field(default_factory=dict)
    """The split that made a node, by its name."""


def grow(family: Family, setting: Setting) -> dict[NodeName, Grown]:
    """Return final growth, first growth (tenths of a per cent) and where there is any, by node and accumulation."""
    wedges = _wedges(family, setting)
    slots, main = family.slots, flow_accumulation(family.indicator)
    running = {name: _ratio(totals, totals, slots) - wedges[name] for name, totals in family.final.items()}
    early = {name: _ratio(family.first[name], family.final[name], slots) - wedges[name] for name in family.final}
    if isinstance(family.entry, Flow) and family.entry.coherent:
        for growth in (running, early):
            _make_coherent(family, setting, growth)
    grown: dict[NodeName, Grown] = {}
    for name, totals in family.final.items():
        single, single_first = slots.single(totals), slots.single(family.first[name])
        grown[name] = {main: _tenths(running[name], early[name])}
        if main == "Y" and "S" in family.indicator.accumulations:
            level = _ratio(single, single, slots) - wedges[name]
            grown[name]["S"] = _tenths(level, _ratio(single_first, single, slots) - wedges[name])
    return grown


def _ratio(values: Integers, base: Integers, slots: Slots) -> Floats:
    """Return growth on the same slot a year before in per cent; NaN where base or value is not positive."""
    before = slots.year_before(base)
    usable = np.where((before >= SMALLEST_BASE_UNITS) & (values > 0), before, np.nan)
    ratio: Floats = (values / usable - 1) * 100
    return ratio


def _tenths(final: Floats, first: Floats) -> tuple[Integers, Integers, Booleans]:
    known = np.isfinite(final) & np.isfinite(first) & (np.abs(np.nan_to_num(final)) < LARGEST_GROWTH_PERCENT)
    scale = 10**GROWTH_DECIMALS
    return (
        np.rint(np.where(known, final, 0) * scale).astype(np.int64),
        np.rint(np.where(known, first, 0) * scale).astype(np.int64),
        known,
    )


def _wedges(family: Family, setting: Setting) -> dict[NodeName, Floats]:
    """Return the wedge of every node: its own where growth of it is published, else its family's."""
    entry, slots = family.entry, family.slots
    if not isinstance(entry, Flow):
        return {name: np.zeros(len(slots)) for name in family.final}
    declared = changing(entry.wedge, slots)
    whole: Floats | None = None
    wedges: dict[NodeName, Floats] = {}
    for name, totals in family.final.items():
        noise = wandering(generator(setting.seed, "wedge", entry.name, *sorted(dict(name).values())), len(slots), 1.0)
        default = declared + noise * entry.wedge_noise if whole is None else whole
        key = setting.key(entry, dict(name), flow_accumulation(family.indicator), "yoy")
        known = setting.published_at(key, slots)
        wedges[name] = _through(default, _ratio(totals, totals, slots), known, slots.per_year)
        whole = wedges[name] if whole is None else whole
    return wedges


def _through(default: Floats, ratio: Floats, published: Mapping[int, float], per_year: int) -> Floats:
    known = {slot: ratio[slot] - percent - default[slot] for slot, percent in published.items()}
    at = [slot for slot in sorted(known) if np.isfinite(known[slot])]
    if not at:
        return default
    positions = np.arange(len(default))
    away = np.maximum(at[0] - positions, 0) + np.maximum(positions - at[-1], 0)
    fading = FADING_PER_YEAR ** (away / per_year)
    moved: Floats = default + np.interp(positions, at, [known[slot] for slot in at]) * fading
    return moved


def _make_coherent(family: Family, setting: Setting, growth: dict[NodeName, Floats]) -> None:
    """Shift unpublished growth of parts so that growth weighted by last year's shares is the growth of the whole."""
    slots, main = family.slots, flow_accumulation(family.indicator)
    for parent in family.nodes.values():
        for parts in parent.parts:
            names = [part.name for part in parts]
            whole = slots.year_before(family.final[parent.name])
            shares = np.array([slots.year_before(family.final[name]) / whole for name in names])
            free = np.ones(shares.shape, dtype=bool)
            for position, part in enumerate(parts):
                key = setting.key(family.entry, part.dimensions, main, "yoy")
                free[position, list(setting.published_at(key, slots))] = False
            gap = growth[parent.name] - (shares * np.array([growth[name] for name in names])).sum(axis=0)
            weight = np.where(free, shares, 0).sum(axis=0)
            shift = np.divide(gap, weight, out=np.zeros(len(slots)), where=weight > SMALLEST_FREE_SHARE)
            for position, name in enumerate(names):
                growth[name] = growth[name] + np.where(free[position], shift, 0)
