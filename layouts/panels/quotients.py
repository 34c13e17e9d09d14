"""The location quotient as figures of a table, with its formula in the words of the area it is measured against."""

from __future__ import annotations

from collections.abc import Mapping

from data.derived import reference_of
from data.facts import SeriesKey
from layouts.panel import Drawing
from layouts.view import WorkedOut

DECIMALS = 2


def quotients_worked_out(drawing: Drawing, values: Mapping[SeriesKey, float], period: int) -> WorkedOut:
    """Return location quotients for the table behind a panel; name and formula say of which area is 1."""
    area = drawing.catalogue.regions[reference_of(drawing.catalogue, drawing.selection)]
    zh, en = area.name_zh, area.name_en
    return WorkedOut(
        f"区位商（{area.short_zh}=1）",
        f"Location quotient ({area.short_en}=1)",
        f"区位商 =（本区产业产值 ÷ 本区规上工业产值）÷（{zh}产业产值 ÷ {zh}规上工业产值）",
        f"LQ = (output here / all industry here) / (output in {en} / all industry in {en})",
        "",
        DECIMALS,
        {key: {period: value} for key, value in values.items()},
    )
