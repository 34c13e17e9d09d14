"""The six cells that are not to be confused, and rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.status import CellKind, cell_kind, rounded

KINDS = [
    # value, decimals, OBS_STATUS, CONF_STATUS -> kind
    (12.3, 1, "A", "F", CellKind.VALUE),
    (12.3, 1, "P", "F", CellKind.VALUE),
    (12.3, 1, "B", "F", CellKind.VALUE),
    (0.0, 1, "A", "F", CellKind.ZERO),
    (-0.0, 1, "A", "F", CellKind.ZERO),
    (0.04, 1, "A", "F", CellKind.ROUNDS_TO_ZERO),
    (-0.04, 1, "A", "F", CellKind.ROUNDS_TO_ZERO),
    (0.05, 1, "A", "F", CellKind.VALUE),
    (None, 1, "L", "F", CellKind.NOT_AVAILABLE),
    (None, 1, "M", "F", CellKind.NOT_APPLICABLE),
    (None, 1, "Q", "F", CellKind.UNRELIABLE),
    (7.0, 1, "Q", "F", CellKind.UNRELIABLE),
    (None, 1, "Q", "C", CellKind.CONFIDENTIAL),
    (7.0, 1, "A", "C", CellKind.CONFIDENTIAL),
    (7.0, 1, "A", "N", CellKind.CONFIDENTIAL),
    (0.0, 1, "A", "C", CellKind.CONFIDENTIAL),
]


@pytest.mark.parametrize(("value", "decimals", "obs_status", "conf_status", "kind"), KINDS)
def test_cell_kind(value, decimals, obs_status, conf_status, kind):
    assert cell_kind(value, decimals, obs_status, conf_status) is kind


@pytest.mark.parametrize(("obs_status", "conf_status"), [("A", "F"), ("P", "F"), ("?", "F"), ("A", "?")])
def test_a_missing_value_needs_a_known_reason(obs_status, conf_status):
    with pytest.raises(ValueError):
        cell_kind(None, 1, obs_status, conf_status)


ROUNDED = [
    (0.285, 2, "0.29"),
    (2.5, 0, "3"),
    (-2.5, 0, "-3"),
    (5003.385, 2, "5003.39"),
    (1e15, 0, "1000000000000000"),
]


@pytest.mark.parametrize(("value", "decimals", "text"), ROUNDED)
def test_rounds_half_away_from_zero(value, decimals, text):
    assert rounded(value, decimals) == Decimal(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_figure_is_refused(value):
    with pytest.raises(ValueError):
        rounded(value, 1)


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_rounding_stays_within_half_a_unit(value, decimals):
    assert abs(rounded(value, decimals) - Decimal(repr(value))) <= Decimal(5).scaleb(-decimals - 1)
