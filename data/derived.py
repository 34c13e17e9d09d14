"""Indicators nobody publishes, worked out from stored cells by the formula the catalogue declares for them.

What is worked out is marked derived. Missing stays missing, and what stands on a confidential figure is confidential.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from data.facts import TOTAL, SeriesKey
from data.industries import standing
from data.measures import Amount, location_quotient, share
from data.queries import CONFIDENTIAL, Cell, Frame

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.catalogue.models import Indicator
    from data.selection import Selection


def reference_of(catalogue: Catalogue, selection: Selection) -> str:
    """Return the area this screen compares with: the chosen one, else the city."""
    return selection.reference or catalogue.district.city_region


def measured_key(catalogue: Catalogue, indicator: str, measure: str, key: SeriesKey) -> SeriesKey:
    """Return the stored series of a formula's part for the industry, region and accumulation of ``key``."""
    cluster = standing(catalogue, None if key.industry == TOTAL else key.industry).cluster
    code = cluster.measures[measure] if cluster and measure else indicator  # type: ignore[index]
    found = catalogue.indicators[code]
    accumulation = key.accumulation if key.accumulation in found.accumulations else found.main_accumulation
    return found.key(region=key.region, accumulation=accumulation, industry=key.industry)


def parts_of(catalogue: Catalogue, key: SeriesKey, reference: str) -> list[SeriesKey]:
    """Return the stored series a derived one is worked out from: numerator first."""
    formula = catalogue.indicators[key.indicator].formula
    if formula is None:
        raise ValueError(f"{key.indicator} has no formula")
    measures = formula.measures or ("", "")
    above = measured_key(catalogue, formula.numerator, measures[0], key)
    if formula.kind == "ratio":
        return [above, measured_key(catalogue, formula.denominator, measures[-1], key)]
    return [series for region in (key.region, reference) for series in _part_and_whole(above.with_(region=region))]


def _part_and_whole(key: SeriesKey) -> tuple[SeriesKey, SeriesKey]:
    return key, key.with_(industry=TOTAL)


def derived_cells(frame: Frame, catalogue: Catalogue, key: SeriesKey, reference: str) -> tuple[Cell, ...]:
    """Return the cells of a derived series, one for every period all of its parts have a cell for."""
    indicator, parts = catalogue.indicators[key.indicator], parts_of(catalogue, key, reference)
    return tuple(_cells(frame, catalogue, indicator, parts))


def _cells(frame: Frame, catalogue: Catalogue, indicator: Indicator, parts: Sequence[SeriesKey]) -> Iterator[Cell]:
    for first in frame[parts[0]]:
        cells = [frame.at(part, first.period) for part in parts]
        known = [cell for cell in cells if cell is not None]
        if len(known) < len(parts):
            continue
        value = (
            None
            if any(each.conf_status in CONFIDENTIAL for each in known)
            else _value(indicator, catalogue, parts, known)
        )
        confidential = next((each.conf_status for each in known if each.conf_status in CONFIDENTIAL), first.conf_status)
        if value is None and confidential not in CONFIDENTIAL:
            continue
        yield first._replace(
            value=value,
            decimals=indicator.decimals,
            conf_status=confidential,
            obs_status=next((each.obs_status for each in known if each.obs_status != "A"), "A"),
            simulated=any(each.simulated for each in known),
            derived=True,
            revisions=max(each.revisions for each in known),
            place="",
        )


def _value(
    indicator: Indicator, catalogue: Catalogue, parts: Sequence[SeriesKey], cells: Sequence[Cell]
) -> float | None:
    if indicator.formula is not None and indicator.formula.kind == "ratio":
        above, below = cells[0].value, cells[1].value
        return share(above, below) if indicator.value_kind == "share" else _quotient(above, below)
    amounts = [
        Amount(cell.value, catalogue.indicators[key.indicator].unit, cell.period, key.price_basis)
        for key, cell in zip(parts, cells, strict=True)
    ]
    return location_quotient(*amounts)


def _quotient(above: float | None, below: float | None) -> float | None:
    percent = share(above, below)
    return None if percent is None else percent / 100


def with_derived(frame: Frame, catalogue: Catalogue, keys: Sequence[SeriesKey], reference: str) -> Frame:
    """Return the frame with the cells of derived series beside the stored ones."""
    made: Mapping[SeriesKey, tuple[Cell, ...]] = {
        key: cells for key in keys if (cells := derived_cells(frame, catalogue, key, reference))
    }
    return Frame({**frame.cells, **made}, frame.latest, frame.loads, frame.citations)
