"""States and shares (no running totals), and figures worked out from others: ratios, other currencies, events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.facts import SeriesKey
from data.periods import month_period
from data.simulation.benchmark import corrections
from data.simulation.flows import emit
from data.simulation.growth import Family
from data.simulation.nodes import (
    Node,
    NodeName,
    Rounded,
    bend,
    combined,
    cut,
    find,
    member_path,
    only_at,
    round_cut,
    sums_of,
)
from data.simulation.paths import changing, generator, levels_for, season_of, shock_of, wandering, year_end_trend
from data.simulation.rounding import largest_remainder, to_units
from data.simulation.setting import GROWTH_DECIMALS, Made, Setting, plain
from data.simulation.slots import Floats, Integers, Slots
from data.simulation.spec import Converted, Event, Ratio, SimulationError, State


def make_state(entry: State, setting: Setting) -> list[Made]:
    """Return every series of a state: the whole and its parts, level and (where official) growth."""
    indicator = setting.indicator(entry)
    slots = setting.slots(indicator)
    accumulation = indicator.main_accumulation
    published = setting.published_at(setting.key(entry, entry.dimensions, accumulation), slots)
    root = Node(dict(entry.dimensions), _state_path(entry, setting, published, slots), published)
    rounded = _rounded_states(entry, setting, root, slots)
    made = []
    if entry.hide_whole:
        del rounded[root.name]
    for name, units in rounded.items():
        key = setting.key(entry, dict(name), accumulation)
        setting.levels[key] = (slots, units / 10**indicator.decimals)
        made.append(plain(key, units, setting, slots))
        if indicator.growth == "official":
            made.append(_growth(setting.key(entry, dict(name), accumulation, "yoy"), units, setting, slots))
    return made


def _state_path(entry: State, setting: Setting, published: Mapping[int, float], slots: Slots) -> Floats:
    spec = setting.spec
    path = year_end_trend(entry.levels, slots, entry.step, linear=entry.linear)
    name = (entry.noise_like or entry.indicator, entry.region, *sorted(entry.dimensions.values()))
    noise = wandering(generator(setting.seed, "state", *name), len(slots), entry.noise)
    season = slots.mean_of_months(season_of(spec.season.get(entry.season), slots))
    shock = slots.mean_of_months(shock_of(entry.shocks, spec.shock, slots, 0.0 if entry.linear else 1.0))
    path = path + noise + shock if entry.linear else path * np.exp(noise) * season * shock
    known = {slots.index[period]: value for period, value in entry.anchors.items()} | dict(published)
    if entry.linear and known:
        rows = np.array([only_at(slots)(slot) for slot in known])
        path = path + corrections(rows, np.array(list(known.values())) - rows @ path)
    elif known:
        path = bend(path, known, only_at(slots))
    path = np.clip(path, entry.minimum, entry.maximum)
    return np.maximum.accumulate(path) if entry.monotone else path


def _rounded_states(entry: State, setting: Setting, root: Node, slots: Slots) -> Rounded:
    decimals = setting.indicator(entry).decimals
    whole = np.rint(root.amounts * 10.0**decimals).astype(np.int64)
    for slot, value in root.published.items():
        whole[slot] = _units(entry, value, decimals)
    rounded: Rounded = {root.name: whole}
    nodes: dict[NodeName, Node] = {root.name: root}
    for split in entry.split:
        parent = find(nodes, entry, split, root)
        names = [{**parent.dimensions, split.dimension: code} for code in split.members]
        accumulation = setting.indicator(entry).main_accumulation
        known = [setting.published_at(setting.key(entry, name, accumulation), slots) for name in names]
        paths = np.array(
            [
                member_path(entry, member, code, split, parent, slots, setting.spec, setting.seed)
                for code, member in split.members.items()
            ]
        )
        made = cut(split, parent, paths, known, only_at(slots))
        round_cut(made, rounded, np.ones(len(slots)), decimals, slots, flow=False)
        nodes |= {node.name: node for node in made.members}
        by_code = dict(zip(split.members, made.members, strict=True))
        for code, parts in sums_of(split, setting.catalogue).items():
            into = frozenset({**parent.dimensions, split.dimension: code}.items())
            rounded[into] = np.sum([rounded[by_code[part].name] for part in parts], axis=0)
    return rounded


def _units(entry: State, value: float, decimals: int) -> int:
    try:
        return to_units(value, decimals)
    except ValueError as error:
        raise SimulationError(f"{entry.name}: published {error}") from error


def _growth(key: SeriesKey, units: Integers, setting: Setting, slots: Slots) -> Made:
    before = slots.year_before(units)
    ratio = (units / np.where(before > 0, before, np.nan) - 1) * 100
    known = np.isfinite(ratio)
    tenths = np.rint(np.where(known, ratio, 0) * 10**GROWTH_DECIMALS).astype(np.int64)
    indicator = setting.catalogue.indicators[key.indicator]
    return Made(key, "PERCENT", indicator.release_lag_days, slots.periods, tenths, known, GROWTH_DECIMALS)


def make_ratio(entry: Ratio, setting: Setting) -> list[Made]:
    """Return ``scale`` × numerator / denominator; the ratios of several members add up to the scale exactly."""
    indicator = setting.indicator(entry)
    slots, below = setting.level_of(entry.denominator)
    codes = entry.members or ("",)
    names = [{**entry.dimensions, entry.dimension: code} if code else dict(entry.dimensions) for code in codes]
    terms = [
        entry.numerator.model_copy(
            update={"dimensions": entry.numerator.dimensions | ({entry.dimension: code} if code else {})}
        )
        for code in codes
    ]
    values = np.array([entry.scale * setting.level_of(term)[1] / below for term in terms])
    scale = 10**indicator.decimals
    keys = [setting.key(entry, name, indicator.main_accumulation) for name in names]
    fixed = {
        (part, slot): to_units(value, indicator.decimals)
        for part, key in enumerate(keys)
        for slot, value in setting.published_at(key, slots).items()
    }
    if entry.members:
        units = largest_remainder(values * scale, np.full(len(slots), round(entry.scale * scale)), fixed)
    else:
        units = np.rint(values * scale).astype(np.int64)
    for key, row in zip(keys, units, strict=True):
        setting.levels[key] = (slots, row / scale)
    return [plain(key, row, setting, slots) for key, row in zip(keys, units, strict=True)]


def make_converted(entry: Converted, setting: Setting) -> list[Made]:
    """Return a flow in another currency: every named node's amounts divided by the year's exchange rate."""
    indicator = setting.indicator(entry)
    slots = setting.slots(indicator)
    rate = changing(entry.rate, slots)
    names = [dict(entry.dimensions)]
    for dimension, codes in entry.members.items():
        names = [{**name, dimension: code} for name in names for code in codes]
    rounded: Rounded = {}
    nodes: dict[NodeName, Node] = {}
    for name in names:
        source = setting.level_of(entry.source.model_copy(update={"dimensions": entry.source.dimensions | name}))
        totals = np.rint(source[1] * 1e6).astype(np.int64)
        amounts = slots.single(totals) / 1e6 / rate
        node = Node(name, amounts)
        nodes[node.name] = node
        rounded[node.name] = slots.to_date(np.rint(amounts * 10.0**indicator.decimals).astype(np.int64))
    for into, members in combined(nodes, entry.combine).items():
        rounded[into] = np.sum([rounded[member] for member in members], axis=0)
    family = Family(entry, indicator, slots, indicator.decimals, nodes, rounded, rounded, None)
    return emit(family, setting)


def make_event(entry: Event, setting: Setting) -> list[Made]:
    """Return one value a year, in the month of the event, in the years it takes place."""
    indicator = setting.indicator(entry)
    first, last = setting.spec.simulation.first_year, setting.last_year
    levels = levels_for(entry.levels, first, last, entry.trend_percent)
    numbers = generator(setting.seed, "event", entry.name).standard_normal(len(levels))
    years = [year for year in range(first, last + 1) if year not in entry.skipped_years]
    declared = np.array([year in entry.levels for year in range(first, last + 1)])
    values = np.where(declared, levels, levels * (1 + 0.03 * numbers))
    chosen = np.array([year - first for year in years])
    return [
        Made(
            setting.key(entry, entry.dimensions, indicator.main_accumulation),
            indicator.unit,
            indicator.release_lag_days,
            np.array([month_period(year, entry.month) for year in years], dtype=np.int64),
            np.rint(values[chosen] * 10**indicator.decimals).astype(np.int64),
            np.ones(len(years), dtype=bool),
            indicator.decimals,
        )
    ]
