"""Which declared warnings hold: every rule of the catalogue, held against one state of the warehouse.

``wants`` says what all rules need, ``evaluate`` answers from the frame that holds it; ``evaluated`` does both. Nothing
here depends on what a page shows, so that every page, the JSON and the webhook say the same. Of several rules of one
kind that hold for the same figure only the gravest speaks. A value that is missing or confidential holds no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from data import measures, periods
from data.catalogue.indicator import Indicator
from data.catalogue.models import Catalogue
from data.catalogue.warning_rules import WarningRule
from data.facts import TOTAL, SeriesKey
from data.freshness import freshness
from data.periods import Frequency, year_of
from data.queries import Cell, Frame, Reader, Want, read_frame
from data.targets import Completion, Schedule, growth_completion, level_completion, schedule

HISTORY_MONTHS = 72  # three finished years before the present one for 序时进度, and a streak of up to two years
HISTORY_DAYS = 400
IN_POINTS = frozenset({"rate", "share"})
DIMENSIONS = ("industry", "partner", "commodity", "flow", "breakdown")

GapUnit = Literal["pp", "%", "unit", "slots", "days"]


class When(NamedTuple):
    """A period of a series, with what is needed to write it."""

    frequency: str
    accumulation: str
    period: int
    combined: bool


@dataclass(frozen=True)
class Warned:
    """One rule that holds.

    ``key`` names the kind of rule and the figure and stays the same from load to load. ``figure`` is in the unit of the
    series (``growth`` and rates in per cent), ``gap`` in ``gap_unit``: how far the figure lies from what the rule
    allows, negative where it is below. ``since`` is the first period in which the rule held without a break.
    ``reached`` and ``expected`` are told of targets, ``slots`` of falls, ``peer_value`` of comparisons, ``due`` of
    late figures.
    """

    key: str
    rule: str
    kind: str
    level: int
    series: SeriesKey
    figure: float | None
    gap: float
    gap_unit: GapUnit
    period: When
    since: When
    simulated: bool
    example: bool
    load_id: int
    slots: int = 0
    limit: float | None = None
    peer: str = ""
    peer_value: float | None = None
    completion: Completion | None = None
    expected: Schedule | None = None
    due: date | None = None

    @property
    def indicator(self) -> str:
        """The code of the indicator."""
        return self.series.indicator

    @property
    def region(self) -> str:
        """The code of the region."""
        return self.series.region

    @property
    def member(self) -> str:
        """The code of the member the figure is cut to (cluster, partner …); empty for the total."""
        return next((part for part in (getattr(self.series, name) for name in DIMENSIONS) if part != TOTAL), "")


class Held(NamedTuple):
    """A rule that holds at one period: the figure, the gap, and the cells it was judged by."""

    figure: float | None
    gap: float
    cells: tuple[Cell, ...]


Judge = Callable[[int], Held | None]


@dataclass(frozen=True)
class TargetState:
    """How an indicator stands against its target; ``expected`` is told of level targets only."""

    indicator: Indicator
    key: SeriesKey
    cell: Cell
    goal: float
    completion: Completion
    expected: Schedule | None

    @property
    def when(self) -> When:
        """The period judged."""
        return _when(self.indicator, self.key, self.cell.period)


def wants(catalogue: Catalogue, ceiling: int | None = None) -> list[Want]:
    """Return what all declared rules and targets need; ``ceiling`` is the last month that counts."""
    asked: dict[tuple[SeriesKey, SeriesKey], Want] = {}
    for lead, key in _needed(catalogue):
        back = HISTORY_DAYS if lead.frequency == Frequency.DAILY else HISTORY_MONTHS
        limit = _last_day(ceiling) if lead.frequency == Frequency.DAILY else ceiling
        asked.setdefault((lead, key), Want(key, -back, 0, lead, limit))
    return list(asked.values())


def _last_day(ceiling: int | None) -> int | None:
    return None if ceiling is None else periods.period_end(Frequency.MONTHLY, ceiling).toordinal()


def _needed(catalogue: Catalogue) -> Iterator[tuple[SeriesKey, SeriesKey]]:
    """Yield lead and series of everything that is looked at."""
    for indicator in catalogue.indicators.values():
        if indicator.targets:
            level, judged = target_keys(catalogue, indicator)
            yield level, level
            yield level, judged
    for rule in catalogue.warnings:
        for key in keys_of(rule, catalogue):
            yield key, key
            if rule.kind == "behind_peers":
                yield key, key.with_(region=rule.peer or "")


def keys_of(rule: WarningRule, catalogue: Catalogue) -> list[SeriesKey]:
    """Return the series a rule is about."""
    if rule.kind == "late":
        named = (rule.indicator,) if rule.indicator else watched(catalogue)
        return [_key_figure(catalogue, catalogue.indicators[code]) for code in named]
    if rule.kind == "falls" and rule.indicator is None:
        return [_pulse_key(catalogue, code) for code in catalogue.clusters]
    if rule.indicator is None or rule.kind == "behind_target":
        return []
    indicator = catalogue.indicators[rule.indicator]
    key = indicator.key(**_parts(rule))
    in_growth = rule.measure == "growth" or (rule.kind == "behind_peers" and indicator.value_kind not in IN_POINTS)
    return [key.with_(measure="yoy") if in_growth and indicator.value_kind not in IN_POINTS else key]


def _parts(rule: WarningRule) -> dict[str, str]:
    return {str(name): code for name, code in (rule.parts or {}).items()}


def watched(catalogue: Catalogue) -> list[str]:
    """Return the indicators whose delay is a warning: the key figures of all pages."""
    return list(dict.fromkeys(each.indicator for page in catalogue.pages.values() for each in page.key_figures))


def _key_figure(catalogue: Catalogue, indicator: Indicator) -> SeriesKey:
    """Return the series of an indicator as the cards show it: with the parts a page declares for it."""
    declared = (each for page in catalogue.pages.values() for each in page.key_figures)
    parts = next((each.parts for each in declared if each.indicator == indicator.code), {})
    return indicator.key(**{str(name): code for name, code in parts.items()})


def _pulse_key(catalogue: Catalogue, cluster: str) -> SeriesKey:
    """Return the growth of a cluster's value added: 当期 where it is published."""
    indicator = catalogue.indicators[catalogue.clusters[cluster].measures["va_growth"]]
    accumulation = "S" if "S" in indicator.accumulations else indicator.main_accumulation
    return indicator.key(accumulation=accumulation, industry=cluster)


def target_keys(catalogue: Catalogue, indicator: Indicator) -> tuple[SeriesKey, SeriesKey]:
    """Return the level of an indicator with a target, and the series its target is judged by.

    A level target is judged by the year to date where the indicator adds up, a growth target by official growth.
    """
    level = _key_figure(catalogue, indicator)
    if indicator.target_kind == "growth" and indicator.value_kind not in IN_POINTS:
        return level, level.with_(measure="yoy")
    return level, level.with_(accumulation="Y") if adds_up(indicator) else level


def adds_up(indicator: Indicator) -> bool:
    """Tell whether a year's target is reached bit by bit: a level that has 累计, not a rate or a share."""
    return indicator.target_kind == "level" and indicator.value_kind not in IN_POINTS and "Y" in indicator.accumulations


def evaluated(
    reader: Reader,
    catalogue: Catalogue,
    today: date,
    *,
    simulated: bool,
    ceiling: int | None = None,
    as_of: date | None = None,
) -> list[Warned]:
    """Return what holds, the gravest first; with ``as_of``, from what was known on that day, which is then today."""
    frame = read_frame(reader, wants(catalogue, ceiling), simulated, as_of)
    return evaluate(frame, catalogue, as_of or today, ceiling)


def evaluate(frame: Frame, catalogue: Catalogue, today: date, ceiling: int | None = None) -> list[Warned]:
    """Return what holds in a frame of ``wants``; where a month is chosen (``ceiling``), it counts for the day."""
    spoken: dict[str, Warned] = {}
    month = periods.month_period(today.year, today.month) if ceiling is None else ceiling
    for rule in catalogue.warnings:  # the gravest first, so that it is the one that is kept
        for found in _of_rule(rule, frame, catalogue, today, month, ceiling is not None):
            spoken.setdefault(found.key, found)
    return sorted(spoken.values(), key=lambda found: (found.level, found.key))


def _of_rule(
    rule: WarningRule, frame: Frame, catalogue: Catalogue, today: date, month: int, is_past: bool
) -> Iterator[Warned]:
    if rule.kind == "behind_target":
        yield from _behind_targets(rule, frame, catalogue)
        return
    for key in keys_of(rule, catalogue):
        if rule.kind == "late":
            if not is_past:  # a chosen month is never late
                yield from _late(rule, frame, catalogue, key, today)
        elif rule.kind == "falls":
            yield from _falls(rule, frame, catalogue, key)
        elif rule.kind == "threshold":
            yield from _threshold(rule, frame, catalogue, key)
        elif rule.kind == "behind_peers":
            yield from _behind_peers(rule, frame, catalogue, key)
        else:
            yield from _price_moves(rule, frame, catalogue, key, month)


# --- one function per kind --------------------------------------------------------------------------------------


def _falls(rule: WarningRule, frame: Frame, catalogue: Catalogue, key: SeriesKey) -> Iterator[Warned]:
    """Find a growth, or the change of a figure, below zero in so many slots in a row."""
    indicator, last = catalogue.indicators[key.indicator], frame.last(key)
    if last is None or rule.slots is None:
        return
    of_level = rule.measure == "value" and indicator.value_kind != "rate"

    def fallen(slot: int) -> Held | None:
        now = frame.at(key, slot)
        before = frame.at(key, _before(indicator, key, slot)) if of_level else None
        if now is None or now.value is None or (of_level and (before is None or before.value is None)):
            return None
        change = now.value - before.value if before is not None and before.value is not None else now.value
        return Held(now.value, change, (now,)) if change < 0 else None

    run = _run(indicator, key, last.period, fallen)
    if len(run) < rule.slots:
        return
    # The rule held from the slot in which the falls had become enough.
    since = run[len(run) - rule.slots][0]
    cells = [cell for _, held in run for cell in held.cells]
    yield _warned(rule, indicator, key, run[0], since, cells, gap=-float(len(run)), gap_unit="slots", slots=len(run))


def _threshold(rule: WarningRule, frame: Frame, catalogue: Catalogue, key: SeriesKey) -> Iterator[Warned]:
    """Find a figure or its official growth above or below a limit."""
    limit = rule.above if rule.above is not None else rule.below
    last = frame.last(key)
    if limit is None or last is None:
        return

    def beyond(slot: int) -> Held | None:
        cell = frame.at(key, slot)
        if cell is None or cell.value is None:
            return None
        is_beyond = cell.value > limit if rule.above is not None else cell.value < limit
        return Held(cell.value, cell.value - limit, (cell,)) if is_beyond else None

    indicator = catalogue.indicators[key.indicator]
    run = _run(indicator, key, last.period, beyond)
    if run:
        in_points = key.measure == "yoy" or indicator.value_kind in IN_POINTS
        side = "above" if rule.above is not None else "below"
        unit: GapUnit = "pp" if in_points else "unit"
        yield _warned(rule, indicator, key, run[0], run[-1][0], run[0][1].cells, unit, side=side, limit=limit)


def _behind_peers(rule: WarningRule, frame: Frame, catalogue: Catalogue, key: SeriesKey) -> Iterator[Warned]:
    """Find a growth of the district below that of the region compared with, where both are published."""
    peer, points, last = rule.peer or "", rule.points, frame.last(key)
    if points is None or last is None:
        return

    def behind(slot: int) -> Held | None:
        own, other = frame.at(key, slot), frame.at(key.with_(region=peer), slot)
        if own is None or other is None or own.value is None or other.value is None:
            return None
        if own.simulated != other.simulated:
            return None  # a simulated growth says nothing about a real one
        gap = own.value - other.value
        return Held(own.value, gap, (own, other)) if round(gap, 6) <= -points else None

    indicator = catalogue.indicators[key.indicator]
    run = _run(indicator, key, last.period, behind)
    if run:
        held = run[0][1]
        yield _warned(
            rule, indicator, key, run[0], run[-1][0], held.cells, "pp", side=peer,
            peer=peer, peer_value=held.cells[1].value,
        )  # fmt: skip


def _price_moves(rule: WarningRule, frame: Frame, catalogue: Catalogue, key: SeriesKey, month: int) -> Iterator[Warned]:
    """Hold the newest price against the one before; one older than ``months`` months is no news."""
    indicator, last = catalogue.indicators[key.indicator], frame.last(key)
    if last is None or rule.percent is None or rule.months is None or month - last.period > rule.months:
        return
    percent = rule.percent

    def moved(slot: int) -> Held | None:
        now, before = frame.at(key, slot), frame.at(key, _before(indicator, key, slot))
        if now is None or before is None or now.simulated != before.simulated:
            return None
        change = measures.growth(now.value, before.value).value
        return None if change is None or abs(change) < percent else Held(now.value, change, (now, before))

    run = _run(indicator, key, last.period, moved)
    if run:
        yield _warned(rule, indicator, key, run[0], run[-1][0], run[0][1].cells, "%")


def _late(rule: WarningRule, frame: Frame, catalogue: Catalogue, key: SeriesKey, today: date) -> Iterator[Warned]:
    """Find a figure that should have been published so many days ago; it is late since the day it was due."""
    indicator, last = catalogue.indicators[key.indicator], frame.last(key)
    if last is None or rule.days is None:
        return
    combined = indicator.combined_january_february
    release = freshness(last.period, key.frequency, indicator.release_lag_days, today, combined=combined)
    if release.days_late < rule.days:
        return
    due = When(Frequency.DAILY, "S", release.due.toordinal(), False)
    held = (release.awaited_period, Held(None, float(release.days_late), (last,)))
    found = _warned(rule, indicator, key, held, release.awaited_period, (last,), "days")
    yield replace(found, since=due, due=release.due)


def _behind_targets(rule: WarningRule, frame: Frame, catalogue: Catalogue) -> Iterator[Warned]:
    for state in target_states(frame, catalogue):
        if rule.points is None or rule.indicator not in (None, state.indicator.code):
            continue
        points = rule.points

        def behind(slot: int, state: TargetState = state, points: float = points) -> Held | None:
            found = _target_at(frame, catalogue, state.indicator, slot)
            if found is None or (found.expected is not None and not _as_seasonal(found, state)):
                return None
            gap = found.completion.gap_points
            return Held(found.cell.value, gap, (found.cell,)) if round(-gap, 1) >= points else None

        run = _run(state.indicator, state.key, state.cell.period, behind)
        if run:
            yield _warned(
                rule, state.indicator, state.key, run[0], run[-1][0], (state.cell,), "pp",
                example=state.indicator.target_is_example, completion=state.completion, expected=state.expected,
                limit=state.goal,
            )  # fmt: skip


def _as_seasonal(found: TargetState, state: TargetState) -> bool:
    """Tell whether both are judged by the same kind of 序时进度: a streak does not change from history to n/12."""
    return (
        found.expected is not None
        and state.expected is not None
        and (found.expected.is_seasonal == state.expected.is_seasonal)
    )


# --- targets ----------------------------------------------------------------------------------------------------


def target_states(frame: Frame, catalogue: Catalogue) -> list[TargetState]:
    """Return how every indicator with a target for the year of its newest figure stands."""
    found = []
    for indicator in catalogue.indicators.values():
        if indicator.targets:
            _, judged = target_keys(catalogue, indicator)
            last = frame.last(judged)
            state = None if last is None else _target_at(frame, catalogue, indicator, last.period)
            if state is not None:
                found.append(state)
    return found


def _target_at(frame: Frame, catalogue: Catalogue, indicator: Indicator, period: int) -> TargetState | None:
    """Return how an indicator stood against its target at a period; ``None`` without figure or target."""
    _, key = target_keys(catalogue, indicator)
    cell, goal = frame.at(key, period), indicator.targets.get(year_of(period))
    if cell is None or cell.value is None or goal is None:
        return None
    if not adds_up(indicator):
        return TargetState(indicator, key, cell, goal, growth_completion(cell.value, goal), None)
    expected = schedule(_cumulative(frame[key]), period)
    return TargetState(indicator, key, cell, goal, level_completion(cell.value, goal, expected), expected)


def _cumulative(cells: Sequence[Cell]) -> Mapping[int, float]:
    return {cell.period: cell.value for cell in cells if cell.value is not None}


# --- what the kinds share ---------------------------------------------------------------------------------------


def _before(indicator: Indicator, key: SeriesKey, slot: int) -> int:
    return periods.previous_slot(key.frequency, slot, combined=indicator.combined_january_february)


def _run(indicator: Indicator, key: SeriesKey, last: int, judge: Judge) -> list[tuple[int, Held]]:
    """Return the slots in which a rule held without a break, the newest first; empty if it does not hold now."""
    run: list[tuple[int, Held]] = []
    slot = last
    while (held := judge(slot)) is not None:
        run.append((slot, held))
        slot = _before(indicator, key, slot)
    return run


def _when(indicator: Indicator, key: SeriesKey, period: int) -> When:
    return When(key.frequency, key.accumulation, period, indicator.combined_january_february)


def _warned(
    rule: WarningRule,
    indicator: Indicator,
    key: SeriesKey,
    now: tuple[int, Held],
    since: int,
    cells: Sequence[Cell],
    gap_unit: GapUnit,
    *,
    side: str = "",
    gap: float | None = None,
    example: bool = False,
    **told: object,
) -> Warned:
    period, held = now
    return Warned(
        key=_stable_key(rule, key, side),
        rule=rule.code,
        kind=rule.kind,
        level=rule.level,
        series=key,
        figure=held.figure,
        gap=held.gap if gap is None else gap,
        gap_unit=gap_unit,
        period=_when(indicator, key, period),
        since=_when(indicator, key, since),
        simulated=any(cell.simulated for cell in cells),
        example=example,
        load_id=cells[0].load_id,
        **told,  # type: ignore[arg-type]
    )


def _stable_key(rule: WarningRule, key: SeriesKey, side: str) -> str:
    """Return the kind of rule and the figure it is about, as a text that another load or level does not change."""
    cut = [f"{name}={getattr(key, name)}" for name in DIMENSIONS if getattr(key, name) != TOTAL]
    what = [rule.kind, key.indicator, key.region, key.frequency + key.accumulation, key.measure, *cut]
    return ":".join([*what, side] if side else what)
