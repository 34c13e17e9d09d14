"""The questions of the screen, on both databases: windows, latest period, what is hidden, what is known of a value."""

from __future__ import annotations

import pytest

from data.facts import Citation, SeriesKey
from data.periods import month_period
from data.queries import Want, latest_periods, observations, read_frame
from data.warehouse import Warehouse
from tests.data.loads import declare_sources, fact, load

GDP = SeriesKey("gdp", "370211", "Q", "Y")
GROWTH = GDP.with_(measure="yoy")
TRADE = SeriesKey("trade", "370211", "M", "S", flow="X", currency="CNY")
Q1_2023, Q1_2024 = month_period(2023, 3), month_period(2024, 3)
Q3_2024 = month_period(2024, 9)


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    declare_sources(warehouse)
    page = Citation("区统计局", "2024年一季度", "2024-05", "https://example.org/q1")
    real = [
        fact(1100.0, key=GDP, period=Q1_2023),
        fact(1196.5, key=GDP, period=Q1_2024, citation=page),
        fact(6.0, key=GROWTH, period=Q1_2024, unit="PERCENT"),
        fact(7.7, key=TRADE, period=Q1_2024, conf_status="C"),
    ]
    simulated = [fact(4000.0, key=GDP, period=Q3_2024), fact(1.0, key=TRADE, period=Q1_2023)]
    warehouse.write(load(real, content="real"))
    warehouse.write(load(simulated, content="simulated", source="simulated"))
    return warehouse


@pytest.mark.parametrize(
    ("simulated", "ceiling", "latest"), [(True, None, Q3_2024), (False, None, Q1_2024), (True, Q1_2024, Q1_2024)]
)
def test_the_latest_period_minds_what_may_be_shown(filled: Warehouse, simulated, ceiling, latest) -> None:
    rows = filled.read(latest_periods([GDP], simulated, ceiling))
    assert [tuple(row) for row in rows] == [(GDP.series_id, latest)]


def test_windows_hang_on_the_latest_period_of_their_lead(filled: Warehouse) -> None:
    wants = [Want(GDP, -12, 0, GDP), Want(GROWTH, 0, 0, GDP)]
    frame = read_frame(filled, wants, simulated=False)
    assert frame.latest == {GDP: Q1_2024}
    assert [cell.period for cell in frame[GDP]] == [Q1_2023, Q1_2024]
    assert frame.value(GROWTH, Q1_2024) == 6.0
    assert frame.last(GDP).value == 1196.5


def test_a_lead_without_a_value_asks_for_nothing(filled: Warehouse) -> None:
    nobody = GDP.with_(region="370200")
    frame = read_frame(filled, [Want(GDP, -12, 0, nobody)], simulated=True)
    assert len(frame) == 0
    assert frame.latest == {}
    assert frame[GDP] == ()


def test_nothing_simulated_is_read_when_it_may_not_be_shown(filled: Warehouse) -> None:
    everything = [Want(key, 0, 10**6) for key in (GDP, GROWTH, TRADE)]
    frame = read_frame(filled, everything, simulated=False)
    assert not any(cell.simulated for cell in frame.all_cells())
    assert all(not load.simulated for load in frame.loads.values())
    assert any(cell.simulated for cell in read_frame(filled, everything, simulated=True).all_cells())


def test_a_confidential_value_never_leaves_the_warehouse(filled: Warehouse) -> None:
    cell = read_frame(filled, [Want(TRADE, Q1_2024, Q1_2024)], simulated=True).at(TRADE, Q1_2024)
    assert (cell.value, cell.conf_status, cell.place) == (None, "C", "")


def test_a_missing_period_is_no_cell(filled: Warehouse) -> None:
    frame = read_frame(filled, [Want(GDP, Q1_2023, Q1_2024)], simulated=True)
    assert frame.at(GDP, month_period(2023, 6)) is None
    assert frame.value(GDP, month_period(2023, 6)) is None


def test_every_cell_knows_its_load_source_and_page(filled: Warehouse) -> None:
    frame = read_frame(filled, [Want(GDP, Q1_2023, Q3_2024)], simulated=True)
    cited, simulated = frame.at(GDP, Q1_2024), frame.at(GDP, Q3_2024)
    assert frame.citations[cited.citation_id].publisher == "区统计局"
    assert frame.loads[cited.load_id].file_name == "real.csv"
    assert len(frame.loads[cited.load_id].sha256) == 64
    assert frame.loads[cited.load_id].loaded_at.tzinfo is not None
    assert frame.loads[simulated.load_id].simulated


def test_one_statement_answers_all_windows(filled: Warehouse) -> None:
    wants = [Want(GDP, Q1_2023, Q1_2023), Want(GDP, Q3_2024, Q3_2024), Want(GROWTH, Q1_2024, Q1_2024)]
    rows = filled.read(observations(wants, simulated=True))
    assert {(row.series_id, row.period) for row in rows} == {
        (GDP.series_id, Q1_2023), (GDP.series_id, Q3_2024), (GROWTH.series_id, Q1_2024),
    }  # fmt: skip


def test_shown_keeps_the_named_series_alone(filled: Warehouse) -> None:
    frame = read_frame(filled, [Want(key, 0, 10**6) for key in (GDP, GROWTH)], simulated=True)
    assert list(frame.shown([GROWTH])) == [GROWTH]
