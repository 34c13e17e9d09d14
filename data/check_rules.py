"""The checks on a file as a whole and on single values. Each takes a batch and yields what it finds.

What compares values with each other (units, totals, growth) stands in ``data.check_comparisons``.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from data.catalogue import Catalogue, Indicator
from data.catalogue.declared import DIMENSIONS
from data.catalogue.errors import UnknownKeyPartError
from data.check_batch import Batch, Series
from data.check_settings import Bounds
from data.facts import TOTAL, Fact, SeriesKey
from data.findings import Finding, Severity
from data.gathering import content_of, period_text, series_text
from data.periods import period_end

KINDS_FROM_ZERO = ("share", "index", "price", "state")


def codes(batch: Batch) -> Iterator[Finding]:
    """Find keys with a part the catalogue does not know."""
    seen: set[int] = set()
    known: set[tuple[str, ...]] = set()
    for fact in batch.facts:
        if fact.key.series_id in seen:
            continue
        seen.add(fact.key.series_id)
        parts = _parts_that_count(fact.key)
        problem = "" if known.issuperset(parts) else _unknown_part(fact.key, batch.catalogue)
        if problem:
            said = f"{series_text(fact.key)}: {problem}"
            reasons = f"代码未知：{said}", said
            yield Finding("codes", batch.settings.codes, fact.place, fact.raw, *reasons, fact.key.indicator)
        else:
            known.update(parts)


def _parts_that_count(key: SeriesKey) -> list[tuple[str, ...]]:
    """Return what ``Indicator.key`` looks at one by one: a key of which all was found good elsewhere is good."""
    own = key.indicator
    time = own, key.frequency, key.accumulation, key.measure
    return [time, *((own, name, getattr(key, name)) for name in ("region", *DIMENSIONS))]


def _unknown_part(key: SeriesKey, catalogue: Catalogue) -> str:
    if key.indicator not in catalogue.indicators:
        near = get_close_matches(key.indicator, catalogue.indicators, n=1)
        return f"no such indicator; {near[0]} is the nearest" if near else "no such indicator"
    parts = {name: code for name in DIMENSIONS if (code := getattr(key, name)) != TOTAL}
    try:
        catalogue.indicator(key.indicator).key(key.region, key.accumulation, key.measure, key.frequency, **parts)
    except UnknownKeyPartError as error:
        return str(error.args[0])
    return ""


def conflict(batch: Batch) -> Iterator[Finding]:
    """Find series with two different values for one period (L-04); the same value twice is one."""
    first: dict[tuple[int, int], Fact] = {}
    for fact in batch.facts:
        earlier = first.setdefault((fact.key.series_id, fact.period), fact)
        if content_of(earlier) != content_of(fact):
            what = _name(fact)
            yield Finding(
                "conflict",
                batch.settings.conflict,
                f"{earlier.place}; {fact.place}",
                f"{earlier.raw}; {fact.raw}",
                f"{what} 出现两个不同的数值：{earlier.place} 为 {earlier.raw}，{fact.place} 为 {fact.raw}",
                f"{what} is given twice: {earlier.raw!r} at {earlier.place} and {fact.raw!r} at {fact.place}",
                fact.key.indicator,
            )


def future(batch: Batch) -> Iterator[Finding]:
    """Find figures of periods that are not over, unless they are forecasts."""
    for _series, fact, _value in batch.values():
        if fact.obs_status != "F" and period_end(fact.key.frequency, fact.period) > batch.today:
            yield about(
                "future",
                batch.settings.future,
                fact,
                f"数据期尚未结束（今天 {batch.today.isoformat()}）",
                f"the period is not over on {batch.today.isoformat()}",
            )


def rejected(batch: Batch) -> Iterator[Finding]:
    """Find a file of which many cells cannot be read: it is another one than declared."""
    total = max(batch.cells_read, batch.fact_count + len(batch.rejects))
    if total and len(batch.rejects) / total > batch.settings.max_rejected_share:
        share = f"{len(batch.rejects)} / {total}"
        first = batch.rejects[0]
        yield Finding(
            "rejected",
            batch.settings.rejected,
            first.place,
            first.raw,
            f"无法读取的单元格过多（{share}），第一处：{first.reason}",
            f"too many cells cannot be read ({share}), the first: {first.reason}",
        )


def shrink(batch: Batch) -> Iterator[Finding]:
    """Find a file with far fewer rows than the one before: it is not whole."""
    if batch.last_rows and batch.rows_read < batch.last_rows * (1 - batch.settings.max_shrink):
        yield Finding(
            "shrink",
            batch.settings.shrink,
            "",
            str(batch.rows_read),
            f"行数比上次减少超过 {batch.settings.max_shrink:.0%}：上次 {batch.last_rows} 行，本次 {batch.rows_read} 行",
            f"{batch.rows_read} rows, more than {batch.settings.max_shrink:.0%} fewer than the {batch.last_rows} "
            "of the file before",
        )


def within_bounds(batch: Batch) -> Iterator[Finding]:
    """Find values outside what is declared, or outside what their kind allows."""
    for series in batch.examined():
        for bounds in bounds_of(series, batch):
            for fact in series.facts.values():
                if fact.value is not None and not _is_within(fact.value, bounds):
                    shown = f"{_bound(bounds.minimum)} … {_bound(bounds.maximum)}"
                    said_zh, said_en = f"数值 {fact.value:g} 超出界限 {shown}", f"{fact.value:g} is outside {shown}"
                    yield about("range", bounds.severity, fact, said_zh, said_en)


def bounds_of(series: Series, batch: Batch) -> list[Bounds]:
    """Return the bounds of a series: those declared, else those of its kind."""
    key = series.key
    about_it = (key.indicator, key.measure)
    declared = [each for each in batch.settings.bounds if (each.indicator, each.measure) == about_it]
    return declared or [each for each in [_bounds_of_kind(series.indicator, key, batch)] if each is not None]


def _bounds_of_kind(indicator: Indicator, key: SeriesKey, batch: Batch) -> Bounds | None:
    if key.measure != "level" or indicator.value_kind not in KINDS_FROM_ZERO:
        return None
    is_share = indicator.value_kind == "share" and indicator.unit == "PERCENT"
    return Bounds(indicator=key.indicator, minimum=0, maximum=100 if is_share else None, severity=batch.settings.range)


def _is_within(value: float, bounds: Bounds) -> bool:
    above = bounds.minimum is None or value >= bounds.minimum
    return above and (bounds.maximum is None or value <= bounds.maximum)


def _bound(value: float | None) -> str:
    return "∞" if value is None else f"{value:g}"


def _name(fact: Fact) -> str:
    return f"{series_text(fact.key)} {period_text(fact.key.frequency, fact.period)}"


def about(check: str, severity: Severity, fact: Fact, zh: str, en: str) -> Finding:
    """Return a finding about one fact, which is named first."""
    name = _name(fact)
    period = period_text(fact.key.frequency, fact.period)
    reasons = f"{name}：{zh}", f"{name}: {en}"
    return Finding(check, severity, fact.place, fact.raw, *reasons, fact.key.indicator, period)
