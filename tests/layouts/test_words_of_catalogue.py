"""Every unit and indicator of the catalogue can be read out in both languages."""

from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.periods import month_period
from data.selection import ROUTES, Selection, SelectionError
from layouts import words

CATALOGUE_FOLDER = Path(__file__).parents[2] / "data" / "catalogue"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(CATALOGUE_FOLDER)


def test_english_scales_keep_every_digit(catalogue):
    for unit in catalogue.units.values():
        assert unit.english_factor == pytest.approx(10.0**-unit.english_decimals), unit.code


def test_every_indicator_is_read_out_in_both_languages(catalogue):
    for indicator in catalogue.indicators.values():
        unit = catalogue.units[indicator.unit]
        zh, en = (words.figure(1234.5678, unit, indicator.decimals, language) for language in ("zh", "en"))
        digits = [told.number.replace(",", "").replace(".", "").lstrip("0") for told in (zh, en)]
        assert digits[0] == digits[1], indicator.code
        assert unit.name_zh in zh.text


def test_gdp_of_2023_in_both_languages(catalogue):
    gdp = catalogue.indicators["gdp"]
    unit = catalogue.units[gdp.unit]
    assert words.figure(5003.38, unit, 2, "zh").text == "5,003.38 亿元"
    assert words.figure(5003.38, unit, 1, "en").text == "CNY 500.34 bn"


def test_a_selection_is_checked_against_the_catalogue_and_read_out(catalogue):
    chosen = Selection.from_query("industry=CL_PETRO&period=2024-09", catalogue, ROUTES["/"])
    assert "石油化工" in words.selection_words(chosen, catalogue)
    assert chosen.period == month_period(2024, 9)
    division = Selection.from_query("industry=C25&region=370200&language=en", catalogue, ROUTES["/"])
    assert words.selection_words(division, catalogue).endswith("year to date · last 12 months")
    for query in ("industry=C99", "industry=CL_NONE", "region=999999"):
        with pytest.raises(SelectionError):
            Selection.from_query(query, catalogue, ROUTES["/"])
