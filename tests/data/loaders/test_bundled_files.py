"""What the bundled files hold: counts and values a person can look up in the file."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from data.loaders import parse
from data.periods import day_period, month_period

COUNTS = {  # source: (facts, missing by declaration, excluded by declaration, rows read)
    "published_figures": (816, 146, 0, 481),
    "world_bank_pink_sheet": (15681, 1056, 0, 797),
    "eia_brent_workbook": (375, 0, 0, 375),
    "eia_brent_monthly": (471, 0, 0, 471),
    "eia_brent_daily": (9958, 0, 0, 9958),
    "eia_wti_monthly": (487, 0, 0, 487),
    "bls_wood_pulp": (1175, 0, 0, 1175),
    "fed_h10": (8586, 0, 0, 8586),
    "customs_totals": (144, 0, 0, 24),
    "customs_by_partner": (25123, 560, 66, 2861),
    "nbs_easyquery": (384, 29, 0, 413),
    "nbs_macro": (438, 0, 384, 822),
    "world_bank_gdp": (999, 0, 0, 999),
}


def test_every_source_is_counted_here(sources):
    assert {code for code, source in sources.items() if not source.simulated} == set(COUNTS)


@pytest.mark.parametrize("code", COUNTS)
def test_counts_and_nothing_rejected(parsed, code):
    files = parsed(code)
    assert [reject for one in files for reject in one.rejects] == []
    assert [note for one in files for note in one.notes] == []
    counts = [(len(one.facts), one.missing, one.excluded, one.rows_read) for one in files]
    found = tuple(sum(part) for part in zip(*counts, strict=True))
    assert found == COUNTS[code]


@pytest.mark.parametrize("code", COUNTS)
def test_no_series_has_two_values_for_one_period_and_every_value_has_a_place(values, code):
    facts = values(code)
    assert all(fact.place and fact.raw and fact.unit for fact in facts.values())
    assert len({fact.place for fact in facts.values()} if code != "nbs_easyquery" else facts) == len(facts)


def test_parsing_gives_the_same_facts_again(parsed, sources, catalogue):
    source = sources["customs_by_partner"]
    assert parse(source, source.paths()[0], catalogue).facts == parsed("customs_by_partner")[0].facts


def test_pink_sheet(values, catalogue):
    facts = values("world_bank_pink_sheet")
    may = month_period(2026, 5)
    for code, value, cell in [
        ("price_brent", 107.54, "C803"), ("price_tsr20", 2.21, "BD803"), ("price_iron_ore", 108.64, "BL803"),
        ("price_soybeans", 474.17, "Y803"), ("price_copper", 13543.19, "BM803"), ("price_lng_japan", 15.77, "J803"),
    ]:  # fmt: skip
        fact = facts[catalogue.indicator(code).key(region="WLD"), may]
        assert (fact.value, fact.place, fact.decimals) == (value, f"Monthly Prices!{cell}", 2)
    tsr20 = [period for (key, period) in facts if key.indicator == "price_tsr20"]
    assert (min(tsr20), len(tsr20)) == (month_period(1999, 1), 329)
    assert facts[catalogue.indicator("price_brent").key(region="WLD"), month_period(1960, 1)].raw == "1.63"


def test_pink_sheet_agrees_with_the_long_table_made_from_it(parsed):
    count = Counter(fact.key.indicator for fact in parsed("world_bank_pink_sheet")[0].facts)
    assert len(count) == 21
    assert (count["price_wti"], count["price_coal_au"], count["price_lng_japan"]) == (533, 677, 593)


def test_eia_brent_of_both_editions_and_the_day(values, catalogue):
    key = catalogue.indicator("price_brent_eia").key(region="WLD")
    new, old = values("eia_brent_monthly"), values("eia_brent_workbook")
    assert new[key, month_period(1987, 5)].value == old[key, month_period(1987, 5)].value == 18.58
    assert old[key, month_period(2018, 7)].place == "Data 1!B378"
    assert new[key, month_period(2026, 7)].value == 83.76
    daily = values("eia_brent_daily")
    assert (
        daily[catalogue.indicator("price_brent_eia_daily").key(region="WLD"), day_period(date(2026, 8, 18))].value
        == 95.29
    )
    wti = catalogue.indicator("price_wti_eia").key(region="WLD")
    assert values("eia_wti_monthly")[wti, month_period(2026, 7)].value == 80.46


def test_the_older_edition_is_declared_older(sources):
    assert sources["eia_brent_workbook"].vintage < sources["eia_brent_monthly"].vintage


def test_wood_pulp_is_a_stand_in_of_the_united_states(values, catalogue, sources):
    key = catalogue.indicator("pulp_price_index_us").key(region="USA")
    assert values("bls_wood_pulp")[key, month_period(2023, 11)].value == 203.015
    assert "替代" in sources["bls_wood_pulp"].title_zh
    assert "stand-in" in sources["bls_wood_pulp"].title_en


def test_exchange_rates_are_all_per_dollar(values, catalogue):
    """The copy's label says the opposite for three currencies; the euro began at 1.16 dollars in January 1999."""
    rate = catalogue.indicator("exchange_rate")
    facts = values("fed_h10")

    def at(currency, year, month):
        return facts[rate.key(region="WLD", breakdown=currency), month_period(year, month)].value

    assert at("CNY", 2026, 6) == 6.7758
    assert (at("EUR", 1999, 1), at("GBP", 2008, 7), at("AUD", 2000, 10)) == (0.8627, 0.5028, 1.8939)
    assert at("EUR", 2008, 7) < 1 < at("EUR", 2000, 10)


def test_customs_totals(values, catalogue):
    trade, facts = catalogue.indicator("trade"), values("customs_totals")
    december, january = month_period(2024, 12), month_period(2024, 1)
    total = facts[trade.key(region="100000", accumulation="Y", flow="T"), december]
    assert (total.value, total.unit, total.place, total.raw) == (
        438468,
        "CNY_100M",
        "row 25, trade_total_cum",
        "438468",
    )
    assert facts[trade.key(region="100000", accumulation="S", flow="X"), december].value == 24099
    assert facts[trade.key(region="100000", accumulation="S", flow="M"), january].value == 15799
    for (key, period), fact in facts.items():
        if key.flow == "T":
            parts = facts[key.with_(flow="X"), period].value + facts[key.with_(flow="M"), period].value
            assert abs(parts - fact.value) <= 2


def test_customs_by_partner_in_yuan(values, catalogue):
    trade, facts = catalogue.indicator("trade"), values("customs_by_partner")
    asean = trade.key(region="100000", accumulation="Y", flow="T", partner="G_ASEAN")
    fact = facts[asean, month_period(2024, 12)]
    assert fact.unit == "CNY_100M"
    assert fact.value == pytest.approx(int(fact.raw) / 10_000)
    assert fact.decimals == 4
    growth = facts[asean.with_(measure="yoy"), month_period(2024, 12)]
    assert (growth.unit, growth.value) == ("PERCENT", 9.0)
    months = {period for key, period in facts if key == asean}
    assert months == {month_period(2024, month) for month in (1, 2, 4, 5, 6, 7, 8, 10, 11, 12)}


def test_september_by_partner_is_in_dollars(values, catalogue):
    dollars, facts = catalogue.indicator("trade_usd"), values("customs_by_partner")
    september = month_period(2024, 9)
    asia = facts[dollars.key(region="100000", accumulation="Y", flow="T", partner="W_ASIA"), september]
    assert (asia.value, asia.unit, asia.raw) == (22628.15594, "USD_100M", "2262815594")
    growth = facts[dollars.key(region="100000", accumulation="Y", flow="T", partner="W_ASIA", measure="yoy"), september]
    assert growth.value == 5.1
    assert not [key for key, period in facts if period == september and key.indicator == "trade"]
    assert {period for key, period in facts if key.indicator == "trade_usd"} == {september}


def test_partner_totals_agree_with_the_totals_table(sources, values, catalogue):
    """The levels of the 总值 rows, left out, are first figures; the totals table has the revised ones."""
    trade, totals = catalogue.indicator("trade"), values("customs_totals")
    path = sources["customs_by_partner"].paths()[0]
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["partner_zh"] == "总值" and row["unit"] == "万元"]
    assert len(rows) == 10
    for row in rows:
        year, month = map(int, row["period"].split("-"))
        for header, flow in (("trade_total", "T"), ("exports", "X"), ("imports", "M")):
            for suffix, accumulation in (("_month", "S"), ("_cum", "Y")):
                key = trade.key(region="100000", accumulation=accumulation, flow=flow)
                revised = totals[key, month_period(year, month)].value
                assert int(row[header + suffix]) / 10_000 == pytest.approx(revised, rel=0.007)
                if month == 12:
                    assert int(row[header + suffix]) / 10_000 == pytest.approx(revised, abs=0.5)


def test_continents_and_unknown_countries_add_up_to_the_total(sources, values, catalogue):
    trade, totals, facts = catalogue.indicator("trade"), values("customs_totals"), values("customs_by_partner")
    december = month_period(2024, 12)
    parts_of_world = ("W_ASIA", "W_AFRICA", "W_EUROPE", "W_LATAM", "W_NAM", "W_OCEANIA", "X_UNKNOWN")
    for flow in ("T", "X", "M"):
        key = trade.key(region="100000", accumulation="Y", flow=flow)
        parts = sum(facts[key.with_(partner=code), december].value for code in parts_of_world)
        assert parts == pytest.approx(totals[key, december].value, abs=1)


def test_nbs_answers(parsed, values, catalogue):
    facts = values("nbs_easyquery")
    gdp = catalogue.indicator("nbs_gdp_index")
    assert facts[gdp.key(region="100000", accumulation="S"), month_period(2019, 6)].value == 106.2
    assert (
        facts[gdp.key(region="100000", accumulation="Y", industry="S3"), month_period(2018, 12)].period
        == 2018 * 12 + 11
    )
    cpi = catalogue.indicator("nbs_cpi_yoy").key(region="100000", accumulation="S")
    august = facts[cpi, month_period(2019, 8)]
    assert (august.value, august.raw, august.decimals, august.place) == (
        102.8434701, "102.8434701", 1, "zb.A01010101_sj.201908",
    )  # fmt: skip
    assert not [period for key, period in facts if period == month_period(2019, 9) and key.frequency == "M"]
    assert [one.missing for one in parsed("nbs_easyquery")] == [20, 0, 9]


def test_nbs_answers_agree_with_the_long_table_made_from_them(sources, values, catalogue):
    """The excluded rows of the long table hold the values of the answers."""
    source = sources["nbs_macro"]
    owned = set(source.options.table.excluded[0].values)
    with source.paths()[0].open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["nbs_code"] in owned]
    texts = Counter(fact.raw for fact in values("nbs_easyquery").values())
    assert len(rows) == 384
    assert texts == Counter(row["value"] for row in rows)


def test_nbs_macro(values, catalogue):
    facts = values("nbs_macro")
    investment = catalogue.indicator("real_estate_investment").key(region="100000", accumulation="Y")
    assert facts[investment, month_period(2019, 8)].value == 84589.0574
    assert facts[investment.with_(measure="yoy"), month_period(2019, 8)].unit == "PERCENT"
    assert (investment, month_period(2019, 1)) not in facts
    food = catalogue.indicator("nbs_cpi_mom").key(region="100000", breakdown="CPI_FOOD_TOBACCO")
    assert facts[food, month_period(2019, 8)].decimals == 1


def test_world_bank_gdp(values, catalogue):
    facts = values("world_bank_gdp")
    china = catalogue.indicator("world_bank_gdp_usd").key(region="CHN")
    assert facts[china, month_period(2023, 12)].unit == "USD"
    assert 1.7e13 < facts[china, month_period(2023, 12)].value < 1.9e13
    assert len({key.region for key, _ in facts}) == 17


def test_the_official_growth_of_the_national_total_is_loaded(parsed, catalogue):
    """It stands only in the table by partner; dividing 2024 by 2023 would be 名义推算."""
    facts = {(fact.key, fact.period): fact for each in parsed("customs_by_partner") for fact in each.facts}
    trade, december = catalogue.indicators["trade"], month_period(2024, 12)
    growth = {
        flow: facts[trade.key(region="100000", accumulation="Y", flow=flow, measure="yoy"), december].value
        for flow in ("T", "X", "M")
    }
    assert growth == {"T": 5.0, "X": 7.1, "M": 2.3}
    assert (trade.key(region="100000", accumulation="Y", flow="T"), december) not in facts
