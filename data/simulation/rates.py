"""Rate-only indicators: single-period rates whose weighted means are the cumulative rates that are published.

With weights wₘ (the year's season) the cumulative rate of month n is Σₘ≤ₙ wₘ·rₘ / Σₘ≤ₙ wₘ; the rate of a whole is the
mean of its parts' rates weighted by their shares, so that clusters, divisions and the total agree up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.simulation.benchmark import corrections, joint_corrections
from data.simulation.nodes import only_at, sums_of, up_to
from data.simulation.paths import changing, generator, season_of, shock_of, wandering
from data.simulation.setting import Made, Setting, plain
from data.simulation.slots import Floats, Slots, december
from data.simulation.spec import Member, Rate, Split

PART_NOISE_FACTOR = 2.5


def make_rate(entry: Rate, setting: Setting) -> list[Made]:
    """Return every series of a rate: the whole and its parts, in each accumulation the indicator has."""
    indicator = setting.indicator(entry)
    slots = setting.slots(indicator)
    weights = slots.add_months(season_of(setting.spec.season.get(entry.season), slots))
    whole = _whole(entry, setting, weights, slots)
    paths = {frozenset(entry.dimensions.items()): whole}
    for split in entry.split:
        paths |= _parts(entry, split, setting, whole, weights, slots)
    made = []
    for name, single in paths.items():
        for accumulation in indicator.accumulations:
            path = _cumulative(single, weights, slots) if accumulation == "Y" else single
            key = setting.key(entry, dict(name), accumulation)
            made.append(plain(key, np.rint(path * 10**indicator.decimals).astype(np.int64), setting, slots))
    return made


def _cumulative(single: Floats, weights: Floats, slots: Slots) -> Floats:
    cumulative: Floats = slots.to_date(single * weights) / slots.to_date(weights)
    return cumulative


def _row(weights: Floats, slots: Slots, slot: int) -> Floats:
    """Return the weights of the months up to a slot, adding up to 1."""
    row = up_to(slots)(slot) * weights
    return np.asarray(row / row.sum(), dtype=np.float64)


def _whole(entry: Rate, setting: Setting, weights: Floats, slots: Slots) -> Floats:
    name = (entry.noise_like or entry.indicator, entry.region, *sorted(entry.dimensions.values()))
    path = changing(entry.levels, slots) + wandering(generator(setting.seed, "rate", *name), len(slots), entry.noise)
    path += slots.mean_of_months(shock_of(entry.shocks, setting.spec.shock, slots, 0.0))
    annual = changing(entry.levels, slots)
    known = {
        slot: float(annual[slot - slots.per_year // 2])
        for slot, period in enumerate(slots.periods)
        if december(int(period))
    }
    known |= {slots.index[period]: value for period, value in entry.anchors.items()}
    known |= _published(entry, setting, entry.dimensions, "Y", slots)
    rows = {slot: _row(weights, slots, slot) for slot in known}
    wanted = [(rows[slot], value) for slot, value in known.items()]
    if "S" in setting.indicator(entry).accumulations:
        single = _published(entry, setting, entry.dimensions, "S", slots)
        alone = only_at(slots)
        wanted += [(alone(slot), value) for slot, value in single.items() if not {slot, slot - 1} <= known.keys()]
    matrix = np.array([row for row, _ in wanted])
    return path + corrections(matrix, np.array([value for _, value in wanted]) - matrix @ path)


def _published(
    entry: Rate, setting: Setting, dimensions: Mapping[str, str], accumulation: str, slots: Slots
) -> dict[int, float]:
    if accumulation not in setting.indicator(entry).accumulations:
        return {}
    return setting.published_at(setting.key(entry, dimensions, accumulation), slots)


def _parts(
    entry: Rate, split: Split, setting: Setting, whole: Floats, weights: Floats, slots: Slots
) -> dict[frozenset[tuple[str, str]], Floats]:
    shares = np.array([changing(member.share, slots) for member in split.members.values()])
    shares = shares / shares.sum(axis=0) if split.exhaustive else shares
    paths = np.array([_part(entry, split, code, part, setting, whole, slots) for code, part in split.members.items()])
    names = [{**entry.dimensions, split.dimension: code} for code in split.members]
    rows = []
    for part, name in enumerate(names):
        for slot, value in _published(entry, setting, name, "Y", slots).items():
            row = _row(weights, slots, slot)
            rows.append((part, row, value - float(row @ paths[part])))
    if split.exhaustive:
        paths = paths + joint_corrections(shares, whole - (shares * paths).sum(axis=0), rows)
    found = {frozenset(name.items()): path for name, path in zip(names, paths, strict=True)}
    codes = list(split.members)
    for code, members in sums_of(split, setting.catalogue).items():
        chosen = [codes.index(member) for member in members]
        mean = (shares[chosen] * paths[chosen]).sum(axis=0) / shares[chosen].sum(axis=0)
        found[frozenset({**entry.dimensions, split.dimension: code}.items())] = mean
    return found


def _part(
    entry: Rate, split: Split, code: str, member: Member, setting: Setting, whole: Floats, slots: Slots
) -> Floats:
    size = entry.noise * PART_NOISE_FACTOR if member.noise is None else member.noise
    family = entry.noise_like or entry.indicator
    noise = wandering(generator(setting.seed, family, entry.region, split.dimension, code), len(slots), size)
    apart = changing(member.levels, slots) - changing(entry.levels, slots) if member.levels else 0.0
    shock = slots.mean_of_months(shock_of(member.shocks, setting.spec.shock, slots, 0.0))
    return whole + apart + noise + shock
