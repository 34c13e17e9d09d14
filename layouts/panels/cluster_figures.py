"""What every cluster panel reads: per industry the series of a measure, its figure, its growth and their texts.

Clusters are our working definition by GB/T 4754-2017 divisions; the catalogue says which indicator measures what.
A division or group is measured as its cluster is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from data.catalogue import Catalogue
from data.catalogue.models import Indicator
from data.facts import SeriesKey
from data.industries import standing
from data.measures import Growth
from data.queries import CONFIDENTIAL, Cell, Want
from data.selection import Selection
from layouts import words
from layouts.charts.parts import Change
from layouts.panel import Drawing, Empty
from layouts.panels import reading, views
from layouts.takeaways import Entry, Named

MOST_MONTHS_LATE = 2
VIEWS = frozenset({"growth.avg2"})  # the growth views panels of clusters can show beside 同比
CLUSTERS = Named("集群", "clusters")
DIVISIONS = Named("行业", "divisions")
NO_OUTPUT = Empty(
    "没有公开的分集群产值",
    "No output by cluster is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)
Measure = Literal["output", "va_growth", "revenue", "profit", "enterprises", "employment"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One industry with the series that measures it."""

    indicator: Indicator
    key: SeriesKey

    @property
    def code(self) -> str:
        """The industry."""
        return self.key.industry


def measured_as(
    catalogue: Catalogue, code: str, measure: Measure, accumulation: str, region: str | None = None
) -> Measured:
    """Return the series of an industry in a measure and region, 当期 or 累计 where the indicator has it."""
    cluster = standing(catalogue, code).cluster or catalogue.clusters_in_order[0]
    indicator = catalogue.indicators[cluster.measures[measure]]
    kept = accumulation if accumulation in indicator.accumulations else indicator.main_accumulation
    return Measured(indicator, indicator.key(region, kept, industry=code))


def measured_by(
    catalogue: Catalogue,
    measure: Measure,
    accumulation: str,
    codes: Iterable[str] | None = None,
    region: str | None = None,
) -> list[Measured]:
    """Return industries (every cluster unless named) with their series of a measure."""
    chosen = [each.code for each in catalogue.clusters_in_order] if codes is None else codes
    return [measured_as(catalogue, code, measure, accumulation, region) for code in chosen]


def comparable(
    catalogue: Catalogue, accumulation: str, codes: Iterable[str] | None = None, region: str | None = None
) -> list[Measured]:
    """Return the industries whose output is published in one accumulation: 当期 is never ranked beside 累计."""
    measured = measured_by(catalogue, "output", accumulation, codes, region)
    return [each for each in measured if each.key.accumulation == accumulation] or measured


def left_out(catalogue: Catalogue, accumulation: str, codes: Iterable[str] | None = None) -> list[str]:
    """Return the industries that have no output in this accumulation, to be named in the footer."""
    every = [each.code for each in catalogue.clusters_in_order] if codes is None else list(codes)
    kept = {each.code for each in comparable(catalogue, accumulation, every)}
    return [code for code in every if code not in kept]


def both_names(catalogue: Catalogue, code: str) -> Named:
    """Return the short name of an industry in both languages, for a sentence."""
    label = catalogue.label
    return Named(label("industry", code, "zh", short=True), label("industry", code, "en", short=True))


def name_of(drawing: Drawing, code: str) -> str:
    """Return the short name of an industry in the reader's language."""
    return drawing.catalogue.label("industry", code, drawing.style.language, short=True)


def is_confidential(cell: Cell | None) -> bool:
    """Tell whether a cell shows ×; nothing it could be worked out from may be shown either."""
    return cell is not None and cell.conf_status in CONFIDENTIAL


def two_dates(measured: Sequence[Measured], selection: Selection) -> list[Want]:
    """Return the wants for the latest period and the one a year before."""
    view = views.view_of(selection, VIEWS)
    keys = [key for each in measured for key in views.keys_for(each.indicator, each.key, view)]
    lead = measured[0].key
    return [
        want for first in (0, -reading.MONTHS_PER_YEAR) for want in reading.windows(keys, lead, selection, first, first)
    ]


def ask_output_of(measured: Sequence[Measured], selection: Selection) -> list[Want]:
    """Return output and its growth, each up to its own latest month: services are published later."""
    wants, view = [], views.view_of(selection, VIEWS)
    for each in measured:
        keys = views.keys_for(each.indicator, each.key, view)
        wants += reading.windows(keys, each.key, selection, -reading.MONTHS_PER_YEAR - MOST_MONTHS_LATE)
    return wants


@dataclass(frozen=True, slots=True)
class Sized:
    """One industry as a panel shows it: figure, growth and their texts."""

    measured: Measured
    value: float | None
    text: words.Figure
    growth: Growth
    change: Change
    simulated: bool

    @property
    def code(self) -> str:
        """The industry."""
        return self.measured.code

    def entry(self, catalogue: Catalogue) -> Entry:
        """Return the industry for a takeaway."""
        return Entry(both_names(catalogue, self.code), self.value, Named(self.text.text, self.text.text), self.growth)


def sized_at(drawing: Drawing, measured: Sequence[Measured], period: int) -> list[Sized]:
    """Return each industry with its figure and growth at a period."""
    found, view = [], views.view_of(drawing.selection, VIEWS)
    for each in measured:
        cell = drawing.frame.at(each.key, period)
        growth = views.growth_in(drawing.frame, each.indicator, each.key, period, view)
        found.append(
            Sized(
                each,
                None if cell is None else cell.value,
                reading.cell_words(drawing, each.indicator, cell),
                growth,
                reading.as_change(growth, drawing),
                cell is not None and cell.simulated,
            )
        )
    return found


def latest_output(drawing: Drawing, measured: Sequence[Measured]) -> tuple[list[Sized], int] | None:
    """Return the industries by output at the latest period they share, and that period; ``None`` without output.

    One that is later than the newest by more than ``MOST_MONTHS_LATE`` is not waited for and shows …
    """
    latest = [drawing.frame.latest[each.key] for each in measured if each.key in drawing.frame.latest]
    if not latest:
        return None
    period = min(period for period in latest if period >= max(latest) - MOST_MONTHS_LATE)
    return sized_at(drawing, measured, period), period


def some_are_newer(drawing: Drawing, measured: Sequence[Measured], period: int) -> bool:
    """Tell whether an industry has figures newer than the period all of them share."""
    return any(drawing.frame.latest.get(each.key, period) > period for each in measured)


def are_mixed(simulated: Sequence[bool]) -> bool:
    """Tell whether simulated figures stand among real ones, so that they must be told apart."""
    return any(simulated) and not all(simulated)
