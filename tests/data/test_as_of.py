"""What was known on a day (domain rules, section 6; L-08): one table of cases, and the rule itself, on both engines."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data.periods import month_period
from data.queries import Want, extent, latest_periods, read_frame
from data.warehouse import Warehouse
from tests.data.loads import KEY, declare_sources, fact, load

JANUARY, MARCH, MAY = date(2024, 1, 20), date(2024, 3, 20), date(2024, 5, 20)
DAYS = (date(2023, 12, 31), JANUARY, MARCH, MAY)
Q1 = month_period(2024, 3)
REAL, SIMULATED, GONE = "real", "simulated", None

# what was loaded, in order of arrival: (source, vintage, value or None for a tombstone, more parts of the fact)
# → what is known on the last day of 2023, in January, March and May: (value, simulated, revisions) or None
CASES = {
    "never loaded": ([], [None, None, None, None]),
    "one release": ([(REAL, MARCH, 1.0, {})], [None, None, (1.0, False, 0), (1.0, False, 0)]),
    "revised twice": (
        [(REAL, JANUARY, 1.0, {}), (REAL, MARCH, 2.0, {}), (REAL, MAY, 3.0, {})],
        [None, (1.0, False, 0), (2.0, False, 1), (3.0, False, 2)],
    ),
    "confirmed, then revised": (
        [(REAL, JANUARY, 1.0, {}), (REAL, MARCH, 1.0, {}), (REAL, MAY, 3.0, {})],
        [None, (1.0, False, 0), (1.0, False, 0), (3.0, False, 1)],
    ),
    "only its status revised": (
        [(REAL, JANUARY, 1.0, {"obs_status": "P"}), (REAL, MARCH, 1.0, {})],
        [None, (1.0, False, 0), (1.0, False, 1), (1.0, False, 1)],
    ),
    "an older vintage arrives late": (
        [(REAL, MAY, 3.0, {}), (REAL, JANUARY, 1.0, {})],
        [None, (1.0, False, 0), (1.0, False, 0), (3.0, False, 1)],
    ),
    "two of one vintage: the one loaded last": (
        [(REAL, JANUARY, 1.0, {}), (REAL, JANUARY, 2.0, {}), (REAL, MAY, 3.0, {})],
        [None, (2.0, False, 1), (2.0, False, 1), (3.0, False, 2)],
    ),
    "three late ones of one vintage: the one loaded last, though it was said before": (
        [(REAL, MAY, 3.0, {}), (REAL, JANUARY, 1.0, {}), (REAL, JANUARY, 2.0, {}), (REAL, JANUARY, 1.0, {})],
        [None, (1.0, False, 2), (1.0, False, 2), (3.0, False, 3)],
    ),
    "taken back by its publisher": (
        [(REAL, JANUARY, 1.0, {}), (REAL, MARCH, GONE, {"obs_status": "L"})],
        [None, (1.0, False, 0), (None, False, 1), (None, False, 1)],
    ),
    "real over simulated": (
        [(SIMULATED, JANUARY, 9.0, {}), (REAL, MARCH, 1.0, {})],
        [None, (9.0, True, 0), (1.0, False, 0), (1.0, False, 0)],
    ),
    "real over simulated of a later vintage": (
        [(SIMULATED, MAY, 9.0, {}), (REAL, MARCH, 1.0, {})],
        [None, None, (1.0, False, 0), (1.0, False, 0)],
    ),
    "simulated that arrives after the real one is what was known before it": (
        [(REAL, MARCH, 1.0, {}), (SIMULATED, JANUARY, 9.0, {})],
        [None, (9.0, True, 0), (1.0, False, 0), (1.0, False, 0)],
    ),
    "a late real one of the vintage and value of a simulated one": (
        [(SIMULATED, JANUARY, 1.0, {}), (REAL, MARCH, 2.0, {}), (REAL, JANUARY, 1.0, {})],
        [None, (1.0, False, 0), (2.0, False, 1), (2.0, False, 1)],
    ),
    "published over derived": (
        [(REAL, JANUARY, 1.0, {"derived": True}), (REAL, MARCH, 2.0, {}), (REAL, MAY, 3.0, {"derived": True})],
        [None, (1.0, False, 0), (2.0, False, 0), (2.0, False, 0)],
    ),
}


@pytest.fixture(autouse=True)
def _sources(warehouse: Warehouse) -> None:
    declare_sources(warehouse)


def write_all(warehouse: Warehouse, loads, key=KEY) -> None:
    for number, (source, vintage, value, parts) in enumerate(loads):
        facts = [fact(value, key=key, **parts)]
        report = warehouse.write(load(facts, content=f"{key.industry} {number}", source=source, vintage=vintage))
        assert report.state == "done", report.error


def known(warehouse: Warehouse, day: date | None, key=KEY, *, simulated: bool = True):
    cell = read_frame(warehouse, [Want(key, Q1, Q1)], simulated, day).at(key, Q1)
    return None if cell is None else (cell.value, cell.simulated, cell.revisions)


@pytest.mark.parametrize("case", CASES)
def test_what_is_known_on_a_day(warehouse: Warehouse, case: str) -> None:
    loads, expected = CASES[case]
    write_all(warehouse, loads)
    assert [known(warehouse, day) for day in DAYS] == expected
    without_simulated = [None if each is None or each[1] else each for each in expected]
    assert [known(warehouse, day, simulated=False) for day in DAYS] == without_simulated


@pytest.mark.parametrize("case", CASES)
def test_today_everything_is_known(warehouse: Warehouse, case: str) -> None:
    write_all(warehouse, CASES[case][0])
    assert known(warehouse, date(2026, 1, 1)) == known(warehouse, None)


def test_the_latest_period_and_the_windows_that_hang_on_it_are_those_of_the_day(warehouse: Warehouse) -> None:
    q2, q3 = month_period(2024, 6), month_period(2024, 9)
    warehouse.write(load([fact(1.0), fact(2.0, period=q2)], content="a", vintage=JANUARY))
    warehouse.write(load([fact(2.0, period=q3), fact(2.5, period=q2)], content="b", vintage=MAY))
    assert [tuple(row) for row in warehouse.read(latest_periods([KEY], True, None, MARCH))] == [(KEY.series_id, q2)]
    assert [tuple(row) for row in warehouse.read(latest_periods([KEY], True, Q1, MAY))] == [(KEY.series_id, Q1)]
    assert [tuple(row) for row in warehouse.read(extent([KEY], True, MARCH))] == [(Q1, q2)]
    assert [tuple(row) for row in warehouse.read(extent([KEY], True, DAYS[0]))] == [(None, None)]
    frame = read_frame(warehouse, [Want(KEY, -3, 0, KEY)], True, MARCH)
    assert frame.latest == {KEY: q2}
    assert [(cell.period, cell.value, cell.revised) for cell in frame[KEY]] == [(Q1, 1.0, False), (q2, 2.0, False)]
    assert {each.file_name for each in frame.loads.values()} == {"a.csv"}


def test_a_tombstone_has_no_latest_period(warehouse: Warehouse) -> None:
    write_all(warehouse, CASES["taken back by its publisher"][0])
    assert [tuple(row) for row in warehouse.read(latest_periods([KEY], True, None, JANUARY))] == [(KEY.series_id, Q1)]
    assert warehouse.read(latest_periods([KEY], True, None, MARCH)) == []


def test_a_confidential_value_of_an_earlier_day_never_leaves_the_warehouse(warehouse: Warehouse) -> None:
    write_all(warehouse, [(REAL, JANUARY, 1.0, {"conf_status": "C"}), (REAL, MARCH, 2.0, {})])
    cell = read_frame(warehouse, [Want(KEY, Q1, Q1)], True, JANUARY).at(KEY, Q1)
    assert (cell.value, cell.conf_status, cell.place, cell.note) == (None, "C", "", "")


def test_every_cell_says_what_is_said_about_it_and_its_load_of_what_kind_it_is(warehouse: Warehouse) -> None:  # L-09
    warehouse.write(load([fact(1.0)], content="a", vintage=JANUARY))
    corrected = load([fact(2.0, note="typing error")], content="b", vintage=MARCH, kind="correction", note="see notice")
    warehouse.write(corrected)
    frame = read_frame(warehouse, [Want(KEY, Q1, Q1)], simulated=True)
    cell = frame.at(KEY, Q1)
    assert (cell.revised, cell.revisions, cell.note) == (True, 1, "typing error")
    assert (frame.loads[cell.load_id].kind, frame.loads[cell.load_id].note) == ("correction", "see notice")


# --- the rule itself

VINTAGES = [date(2024, month, 1) for month in range(1, 5)]
CELLS = range(24000, 24008)
ABSENT = "absent"
ONE_LOAD = st.tuples(
    st.sampled_from([REAL, REAL, "other", SIMULATED]),
    st.sampled_from(VINTAGES),
    st.booleans(),
    st.tuples(*[st.sampled_from([1.0, 2.0, 3.0, GONE, ABSENT])] * len(CELLS)),
)
numbers = count()


def write_files(warehouse: Warehouse, files, key) -> None:
    """Write files that give a value, nothing at all, or a tombstone of each cell."""
    for number, (source, vintage, derived, values) in enumerate(files):
        facts = [
            fact(value, key=key, period=period, derived=derived, obs_status="L" if value is GONE else "A")
            for period, value in zip(CELLS, values, strict=True)
            if value is not ABSENT
        ]
        warehouse.write(load(facts, content=f"{key.industry} {number}", source=source, vintage=vintage))


def all_known(warehouse: Warehouse, day: date | None, key, *, simulated: bool):
    frame = read_frame(warehouse, [Want(key, CELLS[0], CELLS[-1])], simulated, day)
    # Which of two simulated values that say the same was derived is as accidental as the row it stood in.
    return [
        (cell.period, cell.value, cell.simulated, cell.derived and not cell.simulated, cell.revisions)
        for cell in frame[key]
    ]


def one_value(*files):
    return [(REAL, vintage, False, (value, *[ABSENT] * 7)) for vintage, value in files]


FIRST, SECOND, THIRD, FOURTH = VINTAGES


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=st.lists(ONE_LOAD, max_size=6), day=st.sampled_from([*VINTAGES, None]))
@example(files=one_value((FIRST, 1.0), (THIRD, 1.0), (SECOND, 2.0)), day=None)
@example(files=one_value((FIRST, 1.0), (THIRD, 1.0), (FOURTH, 5.0), (SECOND, 2.0)), day=THIRD)
def test_l_03_l_08_a_day_knows_what_loading_the_editions_until_then_in_their_order_gives(
    warehouse: Warehouse, files, day
) -> None:
    key, alone = (KEY.with_(industry=f"X{next(numbers)}") for _ in range(2))
    write_files(warehouse, files, key)
    by_then = [each for each in files if day is None or each[1] <= day]
    write_files(warehouse, sorted(by_then, key=lambda each: each[1]), alone)
    for simulated in (True, False):
        known_then = all_known(warehouse, day, key, simulated=simulated)
        assert known_then == all_known(warehouse, None, alone, simulated=simulated)
