"""What every cluster panel reads: per cluster the series of a measure, its figure, its growth and their texts.

Clusters are our working definition by GB/T 4754-2017 divisions; the catalogue says which indicator measures what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.catalogue import Catalogue
from data.catalogue.models import Cluster, Indicator
from data.drill import drill_path
from data.facts import SeriesKey
from data.measures import Growth
from data.queries import Want
from data.selection import Selection
from layouts import words
from layouts.charts.parts import Change
from layouts.panel import Drawing, Empty
from layouts.panels import reading, views
from layouts.takeaways import Entry, Named

MOST_MONTHS_LATE = 2
VIEWS = frozenset({"growth.avg2"})  # the growth views every panel of clusters can show beside 同比
CLUSTERS = Named("集群", "clusters")
NO_OUTPUT = Empty(
    "没有公开的分集群产值",
    "No output by cluster is published",
    "接入区工信、统计部门的月报后显示",
    "Connect the district's monthly returns to see it",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One cluster with the series that measures it."""

    cluster: Cluster
    indicator: Indicator
    key: SeriesKey


def measured_by(catalogue: Catalogue, measure: str, accumulation: str, region: str | None = None) -> list[Measured]:
    """Return each cluster with its series of a measure in a region, 当期 or 累计 where the indicator has it."""
    found = []
    for cluster in catalogue.clusters_in_order:
        indicator = catalogue.indicators[cluster.measures[measure]]  # type: ignore[index]
        kept = accumulation if accumulation in indicator.accumulations else indicator.main_accumulation
        found.append(Measured(cluster, indicator, indicator.key(region, kept, industry=cluster.code)))
    return found


def comparable(catalogue: Catalogue, accumulation: str, region: str | None = None) -> list[Measured]:
    """Return the clusters whose output is published in one accumulation: 当期 is never ranked beside 累计."""
    measured = measured_by(catalogue, "output", accumulation, region)
    return [each for each in measured if each.key.accumulation == accumulation] or measured


def left_out(catalogue: Catalogue, accumulation: str) -> list[Cluster]:
    """Return the clusters that have no output in this accumulation, to be named in the footer."""
    kept = {each.cluster.code for each in comparable(catalogue, accumulation)}
    return [cluster for cluster in catalogue.clusters_in_order if cluster.code not in kept]


def two_dates(measured: Sequence[Measured], selection: Selection) -> list[Want]:
    """Return the wants for the latest period and the one a year before."""
    view = views.view_of(selection, VIEWS)
    keys = [key for each in measured for key in views.keys_for(each.indicator, each.key, view)]
    lead = measured[0].key
    return [
        want for first in (0, -reading.MONTHS_PER_YEAR) for want in reading.windows(keys, lead, selection, first, first)
    ]


def ask_output(catalogue: Catalogue, selection: Selection, region: str | None = None) -> list[Want]:
    """Return output and its growth per cluster, each up to its own latest month: services are published later."""
    wants, view = [], views.view_of(selection, VIEWS)
    for each in comparable(catalogue, selection.accumulation, region):
        keys = views.keys_for(each.indicator, each.key, view)
        wants += reading.windows(keys, each.key, selection, -reading.MONTHS_PER_YEAR - MOST_MONTHS_LATE)
    return wants


@dataclass(frozen=True, slots=True)
class Sized:
    """One cluster as a panel shows it: figure, growth and their texts."""

    measured: Measured
    value: float | None
    text: words.Figure
    growth: Growth
    change: Change
    simulated: bool

    def entry(self) -> Entry:
        """Return the cluster for a takeaway."""
        cluster = self.measured.cluster
        text = Named(self.text.text, self.text.text)
        return Entry(Named(cluster.short_zh, cluster.short_en), self.value, text, self.growth)


def sized_at(drawing: Drawing, measured: Sequence[Measured], period: int) -> list[Sized]:
    """Return each cluster with its figure and growth at a period."""
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


def latest_output(drawing: Drawing, region: str | None = None) -> tuple[list[Sized], int] | None:
    """Return the clusters by output at the latest period they share, and that period; ``None`` without output.

    A cluster that is later than the newest by more than ``MOST_MONTHS_LATE`` is not waited for and shows …
    """
    measured = comparable(drawing.catalogue, drawing.selection.accumulation, region)
    latest = [drawing.frame.latest[each.key] for each in measured if each.key in drawing.frame.latest]
    if not latest:
        return None
    period = min(period for period in latest if period >= max(latest) - MOST_MONTHS_LATE)
    return sized_at(drawing, measured, period), period


def some_are_newer(drawing: Drawing, measured: Sequence[Measured], period: int) -> bool:
    """Tell whether a cluster has figures newer than the period all of them share."""
    return any(drawing.frame.latest.get(each.key, period) > period for each in measured)


def is_chosen(drawing: Drawing, cluster: Cluster) -> bool:
    """Tell whether a cluster is the chosen industry, or what was drilled into lies in it."""
    return cluster.code in drill_path(drawing.catalogue, drawing.selection.industry)


def are_mixed(simulated: Sequence[bool]) -> bool:
    """Tell whether simulated figures stand among real ones, so that they must be told apart."""
    return any(simulated) and not all(simulated)
