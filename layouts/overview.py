"""What the head of the overview says, all of it worked out from the figures.

That is the period, how fresh the figures are, and the sentence of the day.
A sentence made from simulated figures says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data import periods
from data.freshness import Freshness
from data.measures import Outcome
from layouts import key_figures, words
from layouts.header import Header
from layouts.panel import Takeaway
from layouts.panels import reading
from layouts.texts import text

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.catalogue.models import Cluster, Indicator
    from data.facts import SeriesKey
    from data.queries import Cell, Want
    from data.selection import Language, Selection
    from layouts.key_figures import Reading
    from layouts.panel import Drawing

PULSE_SLOTS = 12
MOST_NAMED = 2
MONTHLY = "M"


@dataclass(frozen=True)
class Pulse:
    """The monthly growth of a cluster, the oldest first, as the indicator publishes it."""

    cluster: Cluster
    key: SeriesKey
    cells: Sequence[Cell]


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return what the overview needs: the key figures and the pulse of every cluster."""
    keys = list(pulse_keys(catalogue).values())
    pulse = reading.windows(keys, keys[0], selection, -PULSE_SLOTS)
    return key_figures.ask(catalogue, selection) + pulse


def pulse_keys(catalogue: Catalogue) -> dict[str, SeriesKey]:
    """Return the series of growth of each cluster: 当期 where it is published."""
    keys = {}
    for cluster in catalogue.clusters_in_order:
        indicator = catalogue.indicators[cluster.measures["va_growth"]]
        accumulation = "S" if "S" in indicator.accumulations else indicator.main_accumulation
        keys[cluster.code] = indicator.key(accumulation=accumulation, industry=cluster.code)
    return keys


def header(drawing: Drawing, found: Sequence[Reading], counts: Mapping[Freshness, int]) -> Header:
    """Return what the header says; ``counts`` is how many indicators are in which state of freshness."""
    newest = key_figures.strip_period(found)
    vintages = [load.vintage for load in drawing.frame.loads.values()]
    return Header(
        period_text=_period_text(drawing, newest),
        published_months=periods.month_of(newest) if newest is not None else 0,
        released_text=words.date_label(max(vintages)) if vintages else "…",
        counts=counts,
        headline=headline(drawing, found),
        simulated=any(each.cell.simulated for each in found),
    )


def _period_text(drawing: Drawing, newest: int | None) -> str:
    if newest is None:
        return "…"
    return words.period_label(MONTHLY, drawing.selection.accumulation, newest, drawing.style.language, True)


def pulses(drawing: Drawing) -> list[Pulse]:
    """Return the clusters that have a growth, with it."""
    found = []
    for code, key in pulse_keys(drawing.catalogue).items():
        cells = [cell for cell in drawing.frame[key] if cell.value is not None]
        if cells:
            found.append(Pulse(drawing.catalogue.clusters[code], key, cells))
    return found


def headline(drawing: Drawing, found: Sequence[Reading]) -> Takeaway | None:
    """Return the sentence of the day: GDP, the leading cluster, and in bold what lies behind its target.

    A target that is an example is called one.
    """
    zh = [part[0] for part in _headline_parts(drawing, found)]
    en = [part[1] for part in _headline_parts(drawing, found)]
    if not zh:
        return None
    simulated = any(each.cell.simulated for each in found)
    return Takeaway(
        "；".join(zh) + ("（含模拟）" if simulated else ""), "; ".join(en) + (" (incl. simulated)" if simulated else "")
    )


def _headline_parts(drawing: Drawing, found: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    by_code = {each.indicator.code: each for each in found}
    newest = key_figures.strip_period(found) or 0
    first = [part for part in (_gdp_words(by_code.get("gdp"), newest), _leader_words(drawing)) if part]
    if first:
        yield "，".join(zh for zh, _ in first), ", ".join(en for _, en in first)
    behind = [each.indicator for each in found if each.is_behind]
    judged = behind or [each.indicator for each in found if each.completion]
    if not judged:
        return
    zh, en = _target_words(judged)
    if behind:
        yield f"**{_named(behind, 'zh')}低于{zh}**", f"**{_named(behind, 'en')} below {en}**"
    else:
        yield f"**各项指标达到{zh}进度**", f"**all on schedule for {en}**"


def _target_words(judged: Sequence[Indicator]) -> tuple[str, str]:
    """Return what the targets are called together: 示例目标 if all are examples, 目标 if none is."""
    if all(each.target_is_example for each in judged):
        return text("example_target", "zh"), text("example_target", "en")
    if any(each.target_is_example for each in judged):
        return "目标（含示例目标）", "target (some are examples)"
    return text("target", "zh"), text("target", "en")


def _named(listed: Sequence[Indicator], language: Language) -> str:
    """Name one or two figures, and of more than that the first and how many there are."""
    names = [each.word("short", language) for each in listed]
    if len(names) <= MOST_NAMED:
        return ("、" if language == "zh" else " and ").join(names)
    return f"{names[0]}等 {len(names)} 项" if language == "zh" else f"{names[0]} and {len(names) - 1} others"


def _gdp_words(gdp: Reading | None, newest: int) -> tuple[str, str] | None:
    """Return GDP's growth; its year is left out where the header beside it shows the same one."""
    if gdp is None or gdp.change.outcome is not Outcome.RATE or gdp.change.value is None:
        return None
    key, period = gdp.key, gdp.cell.period
    zh_period = words.period_label(key.frequency, key.accumulation, period, "zh")
    en_period = words.period_label(key.frequency, key.accumulation, period, "en")
    if periods.year_of(period) == periods.year_of(newest):
        zh_period, en_period = zh_period.partition("年")[2] or zh_period, en_period.rpartition(" ")[0] or en_period
    return (
        f"{zh_period} GDP {_moved(gdp.change.value)} {words.change(gdp.change, 'zh').number}",
        f"{en_period} GDP {words.change(gdp.change, 'en').text}",
    )


def _moved(value: float) -> str:
    return "增长" if value >= 0 else "下降"


def _leader_words(drawing: Drawing) -> tuple[str, str] | None:
    """Return the cluster whose value added grows fastest, of those that have the newest period."""
    found = pulses(drawing)
    newest = max((pulse.cells[-1].period for pulse in found), default=None)
    now = [pulse for pulse in found if pulse.cells[-1].period == newest]
    leader = max(now, key=lambda pulse: pulse.cells[-1].value or 0, default=None)
    if leader is None or (leader.cells[-1].value or 0) <= 0:
        return None
    return f"{leader.cluster.short_zh}增加值增速最高", f"{leader.cluster.short_en} VA grows fastest"
