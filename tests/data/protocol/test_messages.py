"""Every real message loads with the counts and values that stand in it, or is refused with the reason."""

from __future__ import annotations

import re
from datetime import date

import pytest

from data.loaders import FileRefusedError
from data.periods import month_period
from tests.data.protocol.conftest import MESSAGES

SHAPES = ("generic_flat", "generic_group_timeseries", "generic_timeseries", "structurespecific_timeseries")
RATES = {
    ("CHF", 8): (1.3413, 4), ("CHF", 9): (1.3089, 4), ("CHF", 10): (1.3452, 4),
    ("GBP", 8): (0.82363, 5), ("GBP", 9): (0.83987, 5), ("GBP", 10): (0.87637, 5),
    ("JPY", 8): (110.04, 2), ("JPY", 9): (110.26, 2), ("JPY", 10): (113.67, 2),
    ("USD", 8): (1.2894, 4), ("USD", 9): (1.3067, 4), ("USD", 10): (1.3898, 4),
}  # fmt: skip


def by(parsed, part="breakdown"):
    return {(getattr(fact.key, part), fact.period): fact for fact in parsed.facts}


def counts(parsed):
    return parsed.rows_read, len(parsed.facts), len(parsed.rejects), parsed.missing, parsed.excluded


@pytest.mark.parametrize("shape", SHAPES)
def test_sdmx_ml_21_gives_the_same_twelve_rates_in_every_shape(read, shape):
    parsed = read(f"sdmx_{shape}", f"sdmx/ml21_{shape}.xml")
    assert counts(parsed) == (12, 12, 0, 0, 0)
    found = {key: (fact.value, fact.decimals) for key, fact in by(parsed).items()}
    assert found == {(code, month_period(2010, month)): rate for (code, month), rate in RATES.items()}
    assert {(fact.obs_status, fact.conf_status, fact.unit) for fact in parsed.facts} == {("A", "F", "CURRENCY_PER_EUR")}
    assert parsed.facts[0].raw == "1.3413"
    assert "2010-08" in parsed.facts[0].place
    assert "CHF" in parsed.facts[0].place


def test_sdmx_ml_21_of_the_ecb_252_months(read):
    parsed = read("sdmx_ecb_monthly", "sdmx/ml21_generic_ecb_exr_monthly_usd_eur.xml")
    assert counts(parsed) == (252, 252, 0, 0, 0)
    found = by(parsed)
    assert found["USD", month_period(1999, 1)].value == 1.16078
    assert found["USD", month_period(1999, 3)].raw == "1.088295652173913"
    assert found["USD", month_period(2019, 12)].value == 1.111345
    assert {fact.decimals for fact in parsed.facts} == {4}
    text = (MESSAGES / "sdmx/ml21_generic_ecb_exr_monthly_usd_eur.xml").read_text(encoding="utf-8")
    pairs = re.findall(r'<generic:ObsDimension value="(\d{4})-(\d\d)"/>\s*<generic:ObsValue value="([\d.]+)"/>', text)
    assert len(pairs) == 252
    assert {("USD", month_period(int(y), int(m))): float(v) for y, m, v in pairs} == {
        k: f.value for k, f in found.items()
    }


def test_sdmx_ml_30_of_the_ecb_116_years_average_and_year_end_apart(read):
    parsed = read("sdmx_ecb_annual", "sdmx/ml30_structurespecific_ecb_exr.xml")
    assert counts(parsed) == (116, 116, 0, 0, 0)
    found = {(f.key.breakdown, f.key.accumulation, f.period // 12): f.value for f in parsed.facts}
    assert found["CAD", "S", 1999] == 1.583993822393823
    assert found["CAD", "S", 2019] == 1.485477254901961
    assert found["LTL", "P", 2014] == 3.4528
    assert len({fact.key for fact in parsed.facts}) == 6


@pytest.mark.parametrize("name", ["json20_exr_flat.json", "json20_exr_time_series.json"])
def test_sdmx_json_20_flat_and_in_series(read, name):
    parsed = read("sdmx_json_rates", f"sdmx/{name}")
    assert counts(parsed) == (4, 4, 0, 0, 0)
    first, second = date(2013, 1, 18).toordinal(), date(2013, 1, 21).toordinal()
    found = {key: fact.value for key, fact in by(parsed).items()}
    assert found == {("NZD", first): 1.5931, ("NZD", second): 1.5925, ("RUB", first): 40.3426, ("RUB", second): 40.3}
    assert {fact.key.frequency for fact in parsed.facts} == {"D"}


def test_sdmx_json_20_with_multiplier_and_default_status(read):
    parsed = read("sdmx_json_rice", "sdmx/json20_agri.json")
    assert counts(parsed) == (12, 12, 0, 0, 0)
    found = by(parsed)
    assert found["KH_001", month_period(2014, 12)].value == 350_154
    assert found["KH_ALL", month_period(2017, 12)].value == 5_541_424
    assert found["KH_ALL", month_period(2014, 12)].raw == "5228.33"  # thousand tonnes in the message
    assert {(fact.unit, fact.obs_status) for fact in parsed.facts} == {("TONNE", "A")}


@pytest.mark.parametrize("number", ["01", "04", "06", "07", "08", "10"])
def test_sdmx_csv_2_one_measure(read, number):
    parsed = read("sdmx_csv_one", f"sdmx/csv20_example_{number}.csv")
    assert counts(parsed) == (2, 2, 0, 0, 0)
    assert [(fact.period, fact.value) for fact in parsed.facts] == [
        (month_period(2014, 1), 12.4),
        (month_period(2014, 2), 10.8),
    ]


@pytest.mark.parametrize("number", ["02", "03"])
def test_sdmx_csv_2_two_measures(read, number):
    parsed = read("sdmx_csv_two", f"sdmx/csv20_example_{number}.csv")
    assert counts(parsed) == (2, 4, 0, 0, 0)
    assert {key: fact.value for key, fact in by(parsed).items()} == {
        ("SAMPLE_FIRST", month_period(2014, 1)): 12.4,
        ("SAMPLE_SECOND", month_period(2014, 1)): 12.5,
        ("SAMPLE_FIRST", month_period(2014, 2)): 10.8,
        ("SAMPLE_SECOND", month_period(2014, 2)): 10.9,
    }


def test_sdmx_csv_2_labelled_with_days(read):
    parsed = read("sdmx_csv_days", "sdmx/csv20_example_05.csv")
    assert [(fact.period, fact.value) for fact in parsed.facts] == [
        (date(2014, 1, 1).toordinal(), 12.4),
        (date(2014, 2, 1).toordinal(), 10.8),
    ]


def test_un_comtrade_four_flows_in_dollars(read):
    parsed = read("comtrade", "comtrade/comtrade_v1_get_HS_china.json")
    assert counts(parsed) == (4, 4, 0, 0, 0)
    assert {(f.key.flow, f.key.partner): f.value for f in parsed.facts} == {
        ("M", "ARG"): 6_804_128_143,
        ("M", "DEU"): 74_251_272_075,
        ("X", "ARG"): 6_115_764_185,
        ("X", "DEU"): 68_047_133_397,
    }
    assert {(f.key.region, f.period, f.unit) for f in parsed.facts} == {("100000", month_period(2010, 12), "USD")}
    assert parsed.facts[0].raw == "6804128143.0"
    assert parsed.facts[0].place == "$.data[0], primaryValue"


def test_world_bank_null_is_missing_and_the_remainder_without_country_is_excluded(read):
    parsed = read("world_bank_api", "worldbank/v2_gdp_sample.json")
    assert counts(parsed) == (4, 2, 0, 1, 1)
    assert {(f.key.region, f.period // 12): f.value for f in parsed.facts} == {
        ("MEX", 2025): 1832641364775.52,
        ("MEX", 2024): 1830489311088.89,
    }
    assert [fact.place for fact in parsed.facts] == ["$[1][0], value", "$[1][1], value"]


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("sdmx_generic_flat", "sdmx/ml21_structure_full.xml", "found a message 'Structure' without one"),
        ("sdmx_generic_flat", "sdmx/ml21_eurostat_quarterly.xml", "found a message 'Structure' without one"),
        ("sdmx_json_rates", "sdmx/json20_structure_constructed.json", "expected an SDMX-JSON data message"),
        ("sdmx_csv_one", "sdmx/csv20_example_14.csv", "found AGENCY:DF_ID"),
        ("sdmx_csv_one", "sdmx/csv20_example_02.csv", "expected field 'OBS_VALUE'"),
        ("sdmx_generic_flat", "sdmx/ml21_generic_group_timeseries.xml", r"found ECB:ECB_EXR_RG\(1.0\)"),
        ("sdmx_generic_flat", "sdmx/json20_agri.json", "expected whole, plain XML"),
        ("sdmx_json_rates", "sdmx/ml21_generic_flat.xml", "expected whole, strict JSON"),
        ("comtrade", "worldbank/v2_gdp_sample.json", "error: expected ''"),
        ("world_bank_api", "comtrade/comtrade_v1_get_HS_china.json", "expected the rows"),
    ],
)
def test_a_message_without_data_or_of_another_structure_is_refused_with_the_reason(read, code, name, reason):
    with pytest.raises(FileRefusedError, match=reason):
        read(code, name)
