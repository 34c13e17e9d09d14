"""The status of a cell: two SDMX attributes and what they make of it (domain rules, section 4).

Real zero, rounds to zero, not available, not applicable, confidential and too unreliable are six different
cells. ``cell_kind`` tells them apart; ``layouts.words`` gives each its own sign. Nothing is ever blank.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum


class ObsStatus(StrEnum):
    """SDMX OBS_STATUS."""

    NORMAL = "A"
    PROVISIONAL = "P"
    ESTIMATED = "E"
    FORECAST = "F"
    BREAK = "B"
    CANNOT_EXIST = "M"
    NOT_COLLECTED = "L"
    SUPPRESSED = "Q"


class ConfStatus(StrEnum):
    """SDMX CONF_STATUS."""

    FREE = "F"
    NOT_FOR_PUBLICATION = "N"
    CONFIDENTIAL = "C"


class CellKind(StrEnum):
    """What a reader is told about a cell."""

    VALUE = "value"
    ZERO = "zero"
    ROUNDS_TO_ZERO = "rounds_to_zero"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"
    CONFIDENTIAL = "confidential"
    UNRELIABLE = "unreliable"


HAS_FIGURE = frozenset({CellKind.VALUE, CellKind.ZERO, CellKind.ROUNDS_TO_ZERO})

_KIND_WITHOUT_FIGURE = {
    ObsStatus.CANNOT_EXIST: CellKind.NOT_APPLICABLE,
    ObsStatus.NOT_COLLECTED: CellKind.NOT_AVAILABLE,
    ObsStatus.SUPPRESSED: CellKind.UNRELIABLE,
}


# Wide enough for every finite float; the default of 28 digits refuses large ones.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """Round half away from zero at ``decimals`` places, from the shortest text of the float.

    Going through the text keeps 0.285 at 0.29 where binary rounding gives 0.28. ``ValueError`` on nan and inf,
    because neither is a figure.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a figure")
    result = exact.quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    return abs(result) if result == 0 else result


def cell_kind(value: float | None, decimals: int, obs_status: str = "A", conf_status: str = "F") -> CellKind:
    """Tell which cell this is; confidentiality outranks everything, a status without figure outranks the figure.

    ``ValueError`` if a value is missing and no status says why, or if a status code is unknown.
    """
    if ConfStatus(conf_status) is not ConfStatus.FREE:
        return CellKind.CONFIDENTIAL
    without_figure = _KIND_WITHOUT_FIGURE.get(ObsStatus(obs_status))
    if without_figure is not None:
        return without_figure
    if value is None:
        raise ValueError(f"a cell without value needs a status that says why, not {obs_status!r}")
    if value == 0:
        return CellKind.ZERO
    return CellKind.ROUNDS_TO_ZERO if rounded(value, decimals) == 0 else CellKind.VALUE
