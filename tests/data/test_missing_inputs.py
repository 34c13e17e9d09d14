"""L-17: what is worked out from a missing figure is empty and says so; it is never a zero and never the old value."""

from __future__ import annotations

from datetime import date

import pytest

from data.measures import (
    Amount,
    Outcome,
    change_in_points,
    growth,
    location_quotient,
    revealed_comparative_advantage,
    share,
    single_from_cumulative,
    two_year_growth,
)
from data.periods import month_period
from data.queries import Want, read_frame
from data.totals import singles, total_of, year_total
from data.warehouse import Warehouse
from data.withdraw import withdraw
from tests.data.loads import KEY, declare_sources, fact, load

AMOUNTS = tuple(Amount(value, "CNY_100M", 1) for value in (1.0, 2.0, 3.0, 4.0))
WORKED_OUT = {
    "growth": (growth, (110.0, 100.0)),
    "change in points": (change_in_points, (5.3, 4.9)),
    "two years": (lambda now, before: two_year_growth(None, now, before), (5.0, 4.0)),
    "single from cumulative": (lambda now, before: single_from_cumulative(now, before, 1), (30.0, 10.0)),
    "share": (share, (1.0, 4.0)),
    "total": (lambda *parts: total_of(parts), (1.0, 2.0, 3.0)),
    "location quotient": (location_quotient, AMOUNTS),
    "comparative advantage": (revealed_comparative_advantage, (1.0, 2.0, 3.0, 4.0)),
}
CASES = [(name, place) for name, (_, inputs) in WORKED_OUT.items() for place in range(len(inputs))]


@pytest.mark.parametrize(("name", "place"), CASES)
def test_l_17_without_one_of_its_figures_nothing_is_worked_out(name: str, place: int) -> None:
    work_out, inputs = WORKED_OUT[name]
    missing = Amount(None, "CNY_100M", 1) if isinstance(inputs[place], Amount) else None
    result = work_out(*(missing if position == place else each for position, each in enumerate(inputs)))
    if result is not None:  # a change that says why it is none
        assert (result.value, result.outcome) == (None, Outcome.UNAVAILABLE)
    whole = work_out(*inputs)
    assert (whole if not hasattr(whole, "value") else whole.value) is not None


def test_l_17_a_year_with_a_missing_month_has_no_total() -> None:
    months = {month_period(2024, month): 1.0 for month in range(1, 13)}
    assert year_total(months, 2024, "M") == 12.0
    assert year_total({**months, month_period(2024, 7): None}, 2024, "M") is None


def test_l_17_a_derived_quarter_goes_when_its_figure_is_taken_back_and_returns_with_it(warehouse: Warehouse) -> None:
    """累计 of Q1 and Q2 give 当期 of Q2; the publisher takes Q1 back; the load that said so is withdrawn."""
    declare_sources(warehouse)
    q1, q2 = month_period(2024, 3), month_period(2024, 6)

    def derived(day: date | None = None) -> dict[int, float]:
        cells = read_frame(warehouse, [Want(KEY, q1, q2)], True, day)[KEY]
        cumulative = {cell.period: cell.value for cell in cells if cell.value is not None}
        return {period: single.value for period, single in singles({}, cumulative, "Q", 1).items()}

    warehouse.write(load([fact(10.0, period=q1), fact(30.0, period=q2)], content="a", vintage=date(2024, 7, 20)))
    assert derived() == {q1: 10.0, q2: 20.0}
    tombstone = [fact(None, period=q1, obs_status="L"), fact(30.0, period=q2)]
    taken_back = warehouse.write(load(tombstone, content="b", vintage=date(2024, 8, 20)))
    assert derived() == {}
    assert derived(date(2024, 7, 31)) == {q1: 10.0, q2: 20.0}
    withdraw(warehouse, taken_back.load_id, "the file was cut in transit", "Li")
    assert derived() == {q1: 10.0, q2: 20.0}
