"""The vectors of the domain rules, stored in a warehouse and asked for as a panel asks, on both databases."""

from datetime import date

import pytest

from data import measures, periods
from data.measures import Basis
from data.periods import month_period
from data.queries import Want, read_frame
from data.status import CellKind, cell_kind
from data.targets import schedule
from tests.data.loads import KEY, declare_sources, fact, load

Q3_2021, Q3_2022 = month_period(2021, 9), month_period(2022, 9)
GROWTH = KEY.with_(measure="yoy")


@pytest.fixture
def opened(warehouse):
    declare_sources(warehouse)
    return warehouse


def frame_of(warehouse, *keys, simulated=True):
    return read_frame(warehouse, [Want(key, month_period(2017, 1), month_period(2026, 12)) for key in keys], simulated)


def growth_in(frame, period):
    before = frame.value(KEY, periods.same_period_last_year(period))
    return measures.growth(frame.value(KEY, period), before, frame.value(GROWTH, period))


def test_published_growth_wins_over_the_ratio_of_levels(opened):
    levels = [fact(3112.12, period=Q3_2021), fact(3436.75, period=Q3_2022)]
    opened.write(load(levels, content="levels"))
    told = growth_in(frame_of(opened, KEY, GROWTH), Q3_2022)
    assert (round(told.value, 1), told.basis) == (10.4, Basis.NOMINAL)

    opened.write(load([fact(5.3, key=GROWTH, period=Q3_2022, unit="PERCENT", decimals=1)], content="growth"))
    told = growth_in(frame_of(opened, KEY, GROWTH), Q3_2022)
    assert (told.value, told.basis) == (5.3, Basis.OFFICIAL)


def test_official_growth_may_go_against_the_levels(opened):
    may_2017, may_2018 = month_period(2017, 5), month_period(2018, 5)
    profits = [fact(29047.6, period=may_2017, decimals=1), fact(27298.3, period=may_2018, decimals=1)]
    official = fact(16.5, key=GROWTH, period=may_2018, unit="PERCENT", decimals=1)
    opened.write(load([*profits, official], content="profit"))
    assert growth_in(frame_of(opened, KEY, GROWTH), may_2018) == measures.official_growth(16.5)


def test_contributions_of_the_three_sectors(opened):
    sectors = {"S1": (2.28, 0.4), "S2": (37.22, 3.0), "S3": (60.50, 6.9)}
    keys = {sector: KEY.with_(industry=sector) for sector in sectors}
    facts = [fact(share, key=keys[sector], period=Q3_2021) for sector, (share, _) in sectors.items()]
    facts += [
        fact(rate, key=keys[sector].with_(measure="yoy"), period=Q3_2022, unit="PERCENT")
        for sector, (_, rate) in sectors.items()
    ]
    opened.write(load(facts, content="sectors"))
    frame = frame_of(opened, *keys.values(), *(key.with_(measure="yoy") for key in keys.values()))
    shares = {sector: frame.value(key, Q3_2021) for sector, key in keys.items()}
    growths = {sector: frame.value(key.with_(measure="yoy"), Q3_2022) for sector, key in keys.items()}
    told = measures.contributions(shares, growths, 5.3)
    assert [round(told.points[sector], 2) for sector in sectors] == [0.01, 1.12, 4.17]
    assert [round(told.rates[sector], 1) for sector in sectors] == [0.2, 21.1, 78.8]
    assert round(told.residual, 2) == 0


def test_a_loss_keeps_its_sign_through_the_warehouse(opened):
    opened.write(load([fact(-100.0, period=Q3_2021), fact(50.0, period=Q3_2022)], content="loss"))
    told = growth_in(frame_of(opened, KEY, GROWTH), Q3_2022)
    assert (told.value, told.outcome) == (None, measures.Outcome.TURNED_PROFIT)


CELLS = [
    (0.0, "A", "F", CellKind.ZERO),
    (0.004, "A", "F", CellKind.ROUNDS_TO_ZERO),
    (None, "L", "F", CellKind.NOT_AVAILABLE),
    (None, "M", "F", CellKind.NOT_APPLICABLE),
    (12.5, "A", "C", CellKind.CONFIDENTIAL),
    (None, "Q", "F", CellKind.UNRELIABLE),
]


def test_six_cells_stay_six_cells(opened):
    shown = range(month_period(2024, 1), month_period(2024, 1) + len(CELLS))
    facts = [
        fact(value, period=period, obs_status=obs_status, conf_status=conf_status)
        for period, (value, obs_status, conf_status, _) in zip(shown, CELLS, strict=True)
    ]
    opened.write(load(facts, content="cells"))
    frame = frame_of(opened, KEY)
    told = [cell_kind(cell.value, cell.decimals, cell.obs_status, cell.conf_status) for cell in frame[KEY]]
    assert told == [kind for *_, kind in CELLS]
    assert all(cell.value is None for cell in frame[KEY] if cell.conf_status == "C")


def test_the_schedule_is_learnt_from_the_stored_series(opened):
    shares = {2021: 70.0, 2022: 74.0, 2023: 71.0}
    facts = [fact(share, period=month_period(year, 9)) for year, share in shares.items()]
    facts += [fact(100.0, period=month_period(year, 12)) for year in shares]
    opened.write(load(facts, content="history", vintage=date(2024, 1, 20)))
    stored = {cell.period: cell.value for cell in frame_of(opened, KEY)[KEY]}
    told = schedule(stored, month_period(2024, 9))
    assert (round(told.percent, 6), told.years) == (71.0, (2021, 2022, 2023))
