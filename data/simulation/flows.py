"""Flows: amounts that add up over a year, with parts that add up to the whole and growth beside them."""

from __future__ import annotations

import numpy as np

from data.catalogue import Indicator
from data.facts import SeriesKey
from data.simulation.growth import Family, grow
from data.simulation.nodes import (
    Cut,
    Node,
    NodeName,
    Rounded,
    bend,
    combined,
    cut,
    find,
    member_path,
    round_cut,
    sums_of,
    up_to,
)
from data.simulation.paths import generator, levels_for, monthly_trend, season_of, shock_of, wandering
from data.simulation.rounding import to_units
from data.simulation.setting import GROWTH_DECIMALS, Made, Setting, flow_accumulation
from data.simulation.slots import Booleans, Floats, Integers, Slots, december
from data.simulation.spec import Flow, SimulationError, Split


def make_flow(entry: Flow, setting: Setting) -> list[Made]:
    """Return every series of a flow: 累计 and 当期, level and growth, the whole and all its parts."""
    indicator = setting.indicator(entry)
    slots = setting.slots(indicator)
    root = _root(entry, setting, indicator, slots)
    cuts, nodes = _cuts(entry, setting, root, slots)
    revised = _revised_years(entry, nodes, slots)
    decimals = indicator.decimals if entry.decimals is None else entry.decimals
    final = _whole_numbers(entry, setting, root, cuts, np.ones(len(slots)), decimals, slots)
    first = final
    if entry.revision:
        factor = _first_factor(entry, setting, revised, slots)
        first = _whole_numbers(entry, setting, root, cuts, factor, decimals, slots)
    revisable = revised if entry.revision else None
    splits = _splits(entry, cuts)
    family = Family(entry, indicator, slots, decimals, nodes, final, first, revisable, splits)
    return emit(family, setting)


def _splits(entry: Flow, cuts: list[Cut]) -> dict[NodeName, Split]:
    """Return which split a node came from; what is combined of several begins as they do."""
    found = {member.name: each.split for each in cuts for member in each.members}
    combine = entry.combine
    if combine is None:
        return found
    for name, split in list(found.items()):
        dimensions = dict(name)
        if dimensions.get(combine.dimension) in combine.members:
            found.setdefault(frozenset({**dimensions, combine.dimension: combine.into}.items()), split)
    return found


def _published(entry: Flow, setting: Setting, dimensions: dict[str, str], slots: Slots) -> dict[int, float]:
    indicator = setting.indicator(entry)
    return setting.published_at(setting.key(entry, dimensions, flow_accumulation(indicator)), slots)


def _implied(entry: Flow, setting: Setting, dimensions: dict[str, str], slots: Slots) -> dict[int, float]:
    """Return the levels of a year before that published levels and their published growth imply."""
    indicator = setting.indicator(entry)
    if not (entry.implied_base and indicator.growth == "official"):
        return {}
    accumulation = flow_accumulation(indicator)
    growth = setting.published_at(setting.key(entry, dimensions, accumulation, "yoy"), slots)
    levels = _published(entry, setting, dimensions, slots)
    return {
        slot - slots.per_year: levels[slot] / (1 + percent / 100)
        for slot, percent in growth.items()
        if slot in levels and slot >= slots.per_year
    }


def _root(entry: Flow, setting: Setting, indicator: Indicator, slots: Slots) -> Node:
    spec, seed = setting.spec, setting.seed
    annual = levels_for(entry.levels, slots.first_year, slots.last_year, entry.trend_percent)
    name = (entry.noise_like or entry.indicator, entry.region, *sorted(entry.dimensions.values()))
    annual *= 1 + generator(seed, "level", *name).standard_normal(len(annual)) * entry.level_noise
    monthly = monthly_trend(annual) * season_of(spec.season.get(entry.season), slots)
    monthly *= shock_of(entry.shocks, spec.shock, slots, 1.0)
    noise = wandering(generator(seed, "noise", *name), len(slots), entry.noise)
    path = slots.add_months(monthly) * np.exp(noise)
    published = _published(entry, setting, entry.dimensions, slots)
    known = {slot: annual[slot // slots.per_year] for slot, period in enumerate(slots.periods) if december(int(period))}
    known |= {slots.index[period]: value for period, value in entry.anchors.items()}
    known |= _implied(entry, setting, entry.dimensions, slots) | published
    amounts = bend(path, known, up_to(slots), slots.per_year)
    amounts = _with_single_months(entry, setting, amounts, known, slots)
    if amounts.min() <= 0:
        when = _month(slots, int(amounts.argmin()))
        raise SimulationError(f"{entry.name}: {when} would be negative; mend the levels")
    return Node(dict(entry.dimensions), amounts, published)


def _month(slots: Slots, slot: int) -> str:
    period = int(slots.periods[slot])
    return f"{period // 12}-{period % 12 + 1:02d}"


def _with_single_months(entry: Flow, setting: Setting, path: Floats, known: dict[int, float], slots: Slots) -> Floats:
    """Bend again through published single months whose running totals are not known on both sides."""
    if flow_accumulation(setting.indicator(entry)) == "S" or "S" not in setting.indicator(entry).accumulations:
        return path
    single = setting.published_at(setting.key(entry, entry.dimensions, "S"), slots)
    open_slots = {slot: value for slot, value in single.items() if not {slot, slot - 1} <= known.keys()}
    if not open_slots:
        return path
    running, alone = up_to(slots), np.eye(len(slots))
    totals = [(running(slot), value) for slot, value in known.items()]
    totals += [(alone[slot], value) for slot, value in open_slots.items()]
    wanted = {number: value for number, (_, value) in enumerate(totals)}
    return bend(path, wanted, lambda number: totals[number][0], slots.per_year)


def _cuts(entry: Flow, setting: Setting, root: Node, slots: Slots) -> tuple[list[Cut], dict[NodeName, Node]]:
    nodes = {root.name: root}
    cuts: list[Cut] = []
    running = up_to(slots)
    for split in entry.split:
        parent = find(nodes, entry, split, root)
        names = [{**parent.dimensions, split.dimension: code} for code in split.members]
        known = [_implied(entry, setting, name, slots) | _published(entry, setting, name, slots) for name in names]
        paths = np.array(
            [
                member_path(entry, member, code, split, parent, slots, setting.spec, setting.seed)
                for code, member in split.members.items()
            ]
        )
        made = cut(split, parent, paths, known, running, slots.per_year)
        for node in made.members:
            node.published = _published(entry, setting, node.dimensions, slots)
        cuts.append(made)
        nodes |= {node.name: node for node in made.members}
        nodes |= _sum_nodes(made, setting)
    for into, members in combined(nodes, entry.combine).items():
        nodes[into] = Node(dict(into), np.sum([nodes[name].amounts for name in members], axis=0))
    return cuts, nodes


def _sum_nodes(made: Cut, setting: Setting) -> dict[NodeName, Node]:
    by_code = dict(zip(made.split.members, made.members, strict=True))
    found = {}
    for code, parts in sums_of(made.split, setting.catalogue).items():
        amounts = np.sum([by_code[part].amounts for part in parts], axis=0)
        node = Node({**made.parent.dimensions, made.split.dimension: code}, amounts)
        found[node.name] = node
    return found


def _revised_years(entry: Flow, nodes: dict[NodeName, Node], slots: Slots) -> Booleans:
    """Tell which slots are first published differently: years nothing of the family is published in."""
    taken = {slot // slots.per_year for node in nodes.values() for slot in node.published}
    taken |= {year - slots.first_year for year in (entry.revision.skipped_years if entry.revision else ())}
    years = np.arange(len(slots)) // slots.per_year
    return ~np.isin(years, sorted(taken)) & (years > 0)


def _first_factor(entry: Flow, setting: Setting, revised: Booleans, slots: Slots) -> Floats:
    assert entry.revision is not None
    size = entry.revision.size_percent / 100
    numbers = generator(setting.seed, "revision", entry.indicator, entry.region, *sorted(entry.dimensions.values()))
    yearly = np.repeat(numbers.standard_normal(len(slots) // slots.per_year) * size, slots.per_year)
    return np.where(revised, 1 + yearly, 1.0)


def _whole_numbers(
    entry: Flow, setting: Setting, root: Node, cuts: list[Cut], factor: Floats, decimals: int, slots: Slots
) -> Rounded:
    totals = np.rint(slots.to_date(root.amounts * factor) * 10.0**decimals).astype(np.int64)
    for slot, value in root.published.items():
        totals[slot] = _units(entry, value, decimals)
    rounded: Rounded = {root.name: totals}
    seen: dict[NodeName, Node] = {root.name: root}
    for each in cuts:
        round_cut(each, rounded, factor, decimals, slots, flow=True)
        seen |= {member.name: member for member in each.members}
        names = dict(zip(each.split.members, (member.name for member in each.members), strict=True))
        for code, parts in sums_of(each.split, setting.catalogue).items():
            into = frozenset({**each.parent.dimensions, each.split.dimension: code}.items())
            rounded[into] = np.sum([rounded[names[part]] for part in parts], axis=0)
            seen[into] = Node(dict(into), np.zeros(0))
    for into, members in combined(seen, entry.combine).items():
        rounded[into] = np.sum([rounded[name] for name in members], axis=0)
    return rounded


def _units(entry: Flow, value: float, decimals: int) -> int:
    try:
        return to_units(value, decimals)
    except ValueError as error:
        raise SimulationError(f"{entry.name}: published {error}; declare decimals") from error


def emit(family: Family, setting: Setting) -> list[Made]:
    """Return the series of a family in every accumulation the indicator has, and put its levels on the stage."""
    made: list[Made] = []
    slots, indicator, entry = family.slots, family.indicator, family.entry
    growth = grow(family, setting) if indicator.growth == "official" else {}
    for name, totals in family.final.items():
        dimensions, given = dict(name), _given(family, name)
        first = family.first[name]
        setting.levels[setting.key(entry, dimensions, flow_accumulation(indicator))] = (
            slots,
            totals / 10**family.decimals,
        )
        for accumulation in _accumulations(family, name):
            numbers, before = totals, first
            if accumulation != flow_accumulation(indicator):
                numbers, before = slots.single(totals), slots.single(first)
            key = setting.key(entry, dimensions, accumulation)
            made.append(_made(family, key, numbers, before, given, family.decimals))
            if name in growth:
                final_growth, first_growth, known = growth[name][accumulation]
                key = setting.key(entry, dimensions, accumulation, "yoy")
                made.append(
                    _made(family, key, final_growth, first_growth, known & given, GROWTH_DECIMALS, unit="PERCENT")
                )
    return made


def _given(family: Family, name: NodeName) -> Booleans:
    """Tell which slots of a node are given: all of the published years, or those since a declared one."""
    split = family.splits.get(name)
    declared = (getattr(family.entry, "since", None), split.since if split else None)
    first = max([family.slots.first_year + 1, *(year for year in declared if year is not None)])
    return np.asarray(family.slots.years >= first)


def _accumulations(family: Family, name: NodeName) -> list[str]:
    """Return the accumulations a node is given in: the indicator's, less what its split leaves out."""
    split = family.splits.get(name)
    wanted = split.accumulations if split else ()
    return [each for each in family.indicator.accumulations if each != "P" and (not wanted or each in wanted)]


def _made(
    family: Family, key: SeriesKey, units: Integers, first: Integers, known: Booleans, decimals: int, unit: str = ""
) -> Made:
    indicator, revision = family.indicator, getattr(family.entry, "revision", None)
    return Made(
        key,
        unit or indicator.unit,
        indicator.release_lag_days,
        family.slots.periods,
        units,
        known,
        decimals,
        first if family.revised is not None else None,
        family.revised,
        revision.after_months if revision else 0,
    )
