"""Keys of series."""

from __future__ import annotations

from data.facts import SeriesKey


def test_one_key_has_one_number_on_every_machine():
    assert SeriesKey("gdp", "370211", "Q", "Y").series_id == 8532069151090465111
