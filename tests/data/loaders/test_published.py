"""The published figures: every row maps, keeps its citation, and stands at the right period."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from data.loaders import FileRefusedError, parse
from data.periods import month_period

HEADER = (
    "region_code,indicator,period,freq,value,unit,yoy_pct,source_title,source_publisher,source_date,source_url,note"
)
CITED = "标题,发布者,2024-01-30,http://example.org/page,附注"


@pytest.fixture
def figures(sources, catalogue, tmp_path):
    """Parse a file of published figures with the given rows."""

    def read(*rows, header=HEADER):
        path = tmp_path / "published_figures.csv"
        path.write_text("\n".join([header, *(f"{row},{CITED}" for row in rows)]) + "\n", encoding="utf-8")
        return parse(sources["published_figures"], path, catalogue)

    return read


def test_every_row_of_the_file_is_stored(sources, parsed):
    (result,) = parsed("published_figures")
    assert result.rejects == []
    with sources["published_figures"].paths()[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert result.rows_read == len(rows) == 481
    stored = Counter(fact.place.partition(", ")[2] for fact in result.facts)
    assert (
        stored == {"value": 481, "yoy_pct": sum(1 for row in rows if row["yoy_pct"])} == {"value": 481, "yoy_pct": 335}
    )


def test_gdp_of_the_district(values, catalogue):
    gdp, facts = catalogue.indicator("gdp"), values("published_figures")
    level = facts[gdp.key(region="370211", accumulation="Y"), month_period(2023, 12)]
    assert (level.value, level.unit, level.decimals) == (5003.38, "CNY_100M", 2)
    assert level.citation.url
    growth = facts[gdp.key(region="370211", accumulation="Y", measure="yoy"), month_period(2023, 12)]
    assert (growth.value, growth.unit) == (6.0, "PERCENT")


def test_growth_of_2022_is_the_published_one_and_not_the_ratio(values, catalogue):
    gdp, facts = catalogue.indicator("gdp"), values("published_figures")
    key, autumn = gdp.key(region="370211", accumulation="Y"), month_period(2022, 9)
    assert (facts[key, autumn].value, facts[key, autumn - 12].value) == (3436.75, 3112.12)
    assert facts[key.with_(measure="yoy"), autumn].value == 5.3


def test_the_three_sectors_of_2022_q3(values, catalogue):
    gdp, facts = catalogue.indicator("gdp"), values("published_figures")
    growth = [
        facts[gdp.key(region="370211", accumulation="Y", industry=code, measure="yoy"), month_period(2022, 9)].value
        for code in ("S1", "S2", "S3")
    ]
    assert growth == [0.4, 3.0, 6.9]


def test_every_figure_carries_its_own_page(values):
    facts = values("published_figures").values()
    assert all(fact.citation and fact.citation.publisher and fact.citation.title for fact in facts)
    assert len({fact.citation for fact in facts}) > 100


def test_a_years_figure_is_the_running_total_of_december(figures, catalogue):
    (fact,) = figures("370211,gdp,2023,A,5003.38,亿元,").facts
    assert (fact.key, fact.period) == (
        catalogue.indicator("gdp").key(region="370211", accumulation="Y"),
        2023 * 12 + 11,
    )


@pytest.mark.parametrize(
    ("period", "frequency", "number"),
    [
        ("2022-12-31", "A", month_period(2022, 12)),
        ("2022", "A", month_period(2022, 12)),
        ("2022-06-30", "M", month_period(2022, 6)),
        ("2022-06-29", "D", 738335),
    ],
)
def test_states_stand_at_their_date(figures, catalogue, period, frequency, number):
    assert catalogue.indicator("resident_population").frequency == "A"
    (fact,) = figures(f"370211,resident_population,{period},P,200.5,万人,").facts
    assert (fact.key.frequency, fact.key.accumulation, fact.period) == (frequency, "P", number)


def test_a_declared_unit_is_converted_exactly(figures):
    (fact,) = figures("370200,software_revenue,2009-07,YTD,1938454,万元,").facts
    assert (fact.value, fact.unit, fact.decimals, fact.raw) == (193.8454, "CNY_100M", 4, "1938454")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("370211,gdp,2023,A,5003.38,亿美元,", "unit '亿美元' is neither the stored '亿元' nor declared"),
        ("370211,gdp,2023,A,五千,亿元,", "not a number"),
        ("370211,gdp,2023,A,5003.38,亿元,六", "not a number"),
        ("370211,gdp,2023-05,YTD,1,亿元,", "quarterly"),
        ("370211,gdp,2023-13,YTD,1,亿元,", "no such period"),
        ("370211,gdp,2023-06,XX,1,亿元,", "XX"),
        ("379999,gdp,2023,A,1,亿元,", "no region list knows '379999'"),
        ("370211,nothing,2023,A,1,亿元,", "published code 'nothing' has no"),
        ("370211,exports:moon_dust,2023,A,1,亿元,", "moon_dust"),
        ("370211,gdp:moon,2023,A,1,亿元,", "moon"),
    ],
)
def test_a_row_that_does_not_fit_is_rejected_whole_with_its_reason(figures, row, reason):
    result = figures(row)
    assert result.facts == []
    assert result.rejects[0].place == "row 2"
    assert reason in result.rejects[0].reason


def test_notes_that_say_so_make_a_figure_provisional_a_forecast_or_a_break(values):
    count = Counter(fact.obs_status for fact in values("published_figures").values())
    assert count["P"] > 0
    assert count["F"] > 0
    assert set(count) == {"A", "P", "F", "B"}


def test_another_header_refuses_the_file(figures):
    with pytest.raises(FileRefusedError, match="row 1: expected region_code,indicator"):
        figures(header=HEADER.replace("yoy_pct", "growth"))
