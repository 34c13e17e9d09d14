"""The table behind a panel: every figure it asked for, with source, file, hash, place, time of loading and status.

The same frame the panel was drawn from, as a real table. Figures stand at their published precision in the unit they
are stored in, so that each can be compared with the source by eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from data.status import HAS_FIGURE, cell_kind
from layouts import words
from layouts.series_names import MEASURES, series_name, stored_unit
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.catalogue.models import Indicator
    from data.facts import SeriesKey
    from data.queries import Cell, CitedPage, Frame
    from layouts.panel import Panel

COLUMNS = (
    ("系列", "Series"),
    ("时期", "Period"),
    ("数值", "Value"),
    ("单位", "Unit"),
    ("状态", "Status"),
    ("来源", "Source"),
    ("文件", "File"),
    ("SHA-256", "SHA-256"),
    ("位置", "Place"),
    ("入库时间", "Loaded at"),
)
_ROW_AND_COLUMN = re.compile(r"row (\d+), (.+)")


def lineage(panel: Panel, frame: Frame, catalogue: Catalogue, style: Style) -> dict[str, Any]:
    """Return title, definitions, columns and rows of everything a panel asked for, by series, the newest first.

    Plain data, not components: the browser builds the table itself (``assets/address.js``), because a few hundred
    rows of components would hold the page for many seconds. Each row has one entry per column; the status is a list
    of ``[code, text]``, the source a list of lines, everything else a text.
    """
    indicators = [catalogue.indicators[code] for code in dict.fromkeys(key.indicator for key in frame)]
    areas = style.words("、", ", ").join(_areas(frame, catalogue, style))
    title_zh, title_en = (" · ".join(filter(None, (areas, title))) for title in (panel.title_zh, panel.title_en))
    ordered = sorted(frame, key=lambda key: _place_in_table(key, catalogue, style))
    return {
        "title": style.words(f"{title_zh}：数据与来源", f"{title_en}: data and sources"),
        "definitions": [_definition(each, style) for each in indicators],
        "columns": [style.words(zh, en) for zh, en in COLUMNS],
        "rows": [row for key in ordered for row in _rows(key, frame, catalogue, style)],
        "empty": style.words("没有数据", "No data"),
    }


def _areas(frame: Frame, catalogue: Catalogue, style: Style) -> list[str]:
    """Return the short names of the areas the figures are of, the district first; a port has its own name."""
    named = [key.region for key in frame if key.region in catalogue.regions and frame[key]]
    ordered = sorted(dict.fromkeys(named), key=lambda code: (code != catalogue.home_region, code))
    return [catalogue.regions[code].word("short", style.language) for code in ordered]


def _place_in_table(key: SeriesKey, catalogue: Catalogue, style: Style) -> tuple[str, int]:
    """Return what orders the series: their label, then the level before its growth."""
    return series_name(key.with_(measure="level"), catalogue, style), (*MEASURES, key.measure).index(key.measure)


def _definition(indicator: Indicator, style: Style) -> list[str]:
    return [indicator.word(part, style.language) for part in ("name", "definition", "warning")]


def _rows(key: SeriesKey, frame: Frame, catalogue: Catalogue, style: Style) -> Iterator[list[Any]]:
    """Return a row per cell, the newest first."""
    indicator, name = catalogue.indicators[key.indicator], series_name(key, catalogue, style)
    combined, unit = indicator.combined_january_february, stored_unit(key, catalogue, style)
    for cell in reversed(frame[key]):
        period = words.period_label(key.frequency, key.accumulation, cell.period, style.language, combined)
        badges = [[each.code, each.text] for each in _badges(cell, style)]
        yield [name, period, _value(cell, indicator), unit, badges, *_provenance(cell, frame, style)]


def _value(cell: Cell, indicator: Indicator) -> str:
    decimals = indicator.decimals if cell.decimals is None else cell.decimals
    kind = cell_kind(cell.value, decimals, cell.obs_status, cell.conf_status)
    if kind not in HAS_FIGURE or cell.value is None:
        return words.missing_text(kind)
    return words.number(cell.value, decimals)


def _badges(cell: Cell, style: Style) -> tuple[words.Badge, ...]:
    return words.status_badges(
        style.language,
        obs_status=cell.obs_status,
        conf_status=cell.conf_status,
        simulated=cell.simulated,
        derived=cell.derived,
        revisions=cell.revisions,
    )


def _provenance(cell: Cell, frame: Frame, style: Style) -> list[Any]:
    """Return source (and the cited page, as text: an address from a file never becomes a link), file, hash …."""
    load = frame.loads.get(cell.load_id)
    if load is None:
        return [["…"], "…", "…", "…", "…"]
    source = style.words(f"{load.publisher_zh}《{load.title_zh}》", f"{load.publisher_en}: {load.title_en}")
    cited = frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    lines = [source] if cited is None else [source, _cited(cited)]
    loaded_at = words.time_label(load.loaded_at) if load.loaded_at else "…"
    return [lines, load.file_name, load.sha256, _place(cell.place, style), loaded_at]


def _place(place: str, style: Style) -> str:
    """Return where in its file a figure stands; a row of a table reads 第2851行 · its column."""
    found = _ROW_AND_COLUMN.fullmatch(place)
    return place if found is None else style.words(f"第{found[1]}行 · {found[2]}", place)


def _cited(cited: CitedPage) -> str:
    parts = [cited.publisher, cited.title, cited.published_on, cited.url]
    return " · ".join(part for part in parts if part)
