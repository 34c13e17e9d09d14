"""The industries as a tree, by cluster and by GB/T 4754, with the output of each beside its name.

The browser draws it (``filters.js``): here is only what it shows. Every group is listed, published or not; what has no
figure shows … and never a zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.catalogue.models import Cluster
from layouts.panels import reading
from layouts.texts import text

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Want
    from data.selection import Selection
    from layouts.panel import Drawing

NO_FIGURE = ("…", False)
LEVELS = frozenset({"section", "division", "group"})


def _key(catalogue: Catalogue, cluster: Cluster, code: str, selection: Selection) -> SeriesKey:
    indicator = catalogue.indicators[cluster.measures["output"]]
    return indicator.key(accumulation=reading.accumulation_of(indicator, selection), industry=code)


def keys_of(catalogue: Catalogue, selection: Selection) -> dict[str, SeriesKey]:
    """Return the series of output by cluster, division and group code, the first cluster's first."""
    return {
        code: _key(catalogue, cluster, code, selection)
        for cluster in catalogue.clusters_in_order
        for code in (cluster.code, *cluster.divisions, *_groups(catalogue, cluster))
    }


def _groups(catalogue: Catalogue, cluster: Cluster) -> list[str]:
    return [group for division in cluster.divisions for group in catalogue.children("industry", division)]


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return the output of all of them at the latest period of the first cluster."""
    keys = list(keys_of(catalogue, selection).values())
    return reading.windows(keys, keys[0], selection, 0)


def tree(drawing: Drawing) -> dict[str, Any]:
    """Return the nodes (code, zh, en, code above, figure, is simulated), the clusters, and the words of the foot."""
    catalogue, keys = drawing.catalogue, keys_of(drawing.catalogue, drawing.selection)
    lead = next(iter(keys.values()))
    period = drawing.frame.latest.get(lead)
    figures = {code: _figure(drawing, key, period) for code, key in keys.items()}
    clusters = [
        [each.code, each.name_zh, each.name_en, "", *figures[each.code]] for each in catalogue.clusters_in_order
    ]
    codes = [each for each in catalogue.members("industry") if each.level in LEVELS]
    nodes = [
        [each.code, each.name_zh, each.name_en, each.parent, *figures.get(each.code, ["…", False])] for each in codes
    ]
    return {
        "nodes": [*clusters, *nodes],
        "clusters": {each.code: each.divisions for each in catalogue.clusters_in_order},
        "chosen": drawing.selection.industry or "",
        "unit": _unit(drawing, lead, period),
        "simulated": _simulated_words(drawing, [each[1] for each in figures.values() if each[0] != "…"]),
        "mark": text("simulated", drawing.style.language),
    }


def _figure(drawing: Drawing, key: SeriesKey, period: int | None) -> list[Any]:
    cell = None if period is None else drawing.frame.at(key, period)
    number = reading.figure_text(drawing, drawing.catalogue.indicators[key.indicator], cell)
    return [number, cell is not None and cell.value is not None and cell.simulated]


def _unit(drawing: Drawing, lead: SeriesKey, period: int | None) -> str:
    if period is None:
        return text("no_data", drawing.style.language)
    unit = reading.cell_words(
        drawing, drawing.catalogue.indicators[lead.indicator], drawing.frame.at(lead, period)
    ).unit
    return text("tree_unit", drawing.style.language, unit=unit, period=reading.period_words(drawing, lead, period))


def _simulated_words(drawing: Drawing, simulated: list[bool]) -> str:
    """Return 模拟数据 where all figures are simulated, 含模拟数据 where some are, else nothing."""
    if not any(simulated):
        return ""
    return text("simulated_data" if all(simulated) else "some_simulated", drawing.style.language)
