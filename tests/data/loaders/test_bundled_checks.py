"""The bundled real files pass the checks, and the same files with one fault do not."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from data.check_batch import Batch
from data.checks import examine
from data.loaders import parse
from data.periods import month_period, year_of
from tests.data.loaders.test_bundled_files import COUNTS

TODAY = date(2026, 11, 23)
TRUE_WARNINGS = {"customs_by_partner": {("falling", "warn"): 15}}  # customs correct earlier months within the year


def findings(source, parsed, catalogue, facts=None, **batch):
    facts = parsed.facts if facts is None else facts
    whole = Batch(catalogue, facts, TODAY, source.checks, parsed.rejects, parsed.cells_read, parsed.rows_read, **batch)
    return Counter((each.check, each.severity) for each in examine(whole, "0" * 64))


@pytest.mark.parametrize("code", COUNTS)
def test_every_bundled_file_passes(code, sources, parsed, catalogue):
    found = sum((findings(sources[code], one, catalogue) for one in parsed(code)), Counter())
    assert found == TRUE_WARNINGS.get(code, {})


@pytest.mark.parametrize("code", ["customs_totals", "world_bank_pink_sheet", "eia_wti_monthly", "bls_wood_pulp"])
@pytest.mark.parametrize("factor", [1e4, 1e-4, 100, 0.01, 10, 0.1])
def test_l_06_a_real_file_whose_last_year_is_in_another_unit_is_held_back(code, factor, sources, parsed, catalogue):
    (one,) = parsed(code)
    last = max(year_of(fact.period) for fact in one.facts)
    facts = [
        replace(fact, value=fact.value * factor)
        if year_of(fact.period) == last and fact.key.measure == "level"
        else fact
        for fact in one.facts
    ]
    assert findings(sources[code], one, catalogue, facts)[("unit_jump", "quarantine")] > 0


@pytest.mark.parametrize(
    "header", ["trade_total", "exports", "imports", "trade_total_cum", "exports_cum", "imports_cum"]
)
def test_l_07_a_digit_changed_in_the_customs_totals_does_not_add_up(header, sources, catalogue, tmp_path):
    """Whichever cell it is and however small the change, total, exports and imports no longer agree."""
    source = sources["customs_totals"]
    path = source.paths()[0]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[::6]:
        kept, row[header] = row[header], str(int(row[header]) + 10)
        changed = tmp_path / path.name
        with changed.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        row[header] = kept
        found = findings(source, parse(source, changed, catalogue), catalogue)
        assert found[("totals", "quarantine")] == 1


def test_l_05_headers_exchanged_over_their_columns_do_not_add_up(sources, catalogue, tmp_path):
    source = sources["customs_totals"]
    path = source.paths()[0]
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    names = head.split(",")
    first, second = names.index("trade_total"), names.index("exports")
    names[first], names[second] = names[second], names[first]
    changed = tmp_path / path.name
    changed.write_text(",".join(names) + "\n" + rest, encoding="utf-8")
    found = findings(source, parse(source, changed, catalogue), catalogue)
    assert found[("totals", "quarantine")] == 24


def test_l_05_columns_moved_with_their_headers_are_read_as_before(sources, parsed, catalogue, tmp_path):
    source = sources["customs_totals"]
    path = source.paths()[0]
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row[::-1] for row in csv.reader(file)]
    changed = tmp_path / path.name
    with changed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    before = {(fact.key, fact.period): fact.value for fact in parsed("customs_totals")[0].facts}
    assert {(fact.key, fact.period): fact.value for fact in parse(source, changed, catalogue).facts} == before


def test_l_07_a_file_cut_in_half_is_not_whole(sources, parsed, catalogue):
    (one,) = parsed("customs_totals")
    half = replace(one, facts=one.facts[: len(one.facts) // 2], rows_read=one.rows_read // 2)
    assert findings(sources["customs_totals"], half, catalogue, last_rows=one.rows_read) == {
        ("shrink", "quarantine"): 1
    }


def test_values_that_are_held_already_are_not_judged_again(sources, parsed, catalogue):
    (one,) = parsed("customs_totals")
    held = {(fact.key.series_id, fact.period): fact.value for fact in one.facts}
    strange = (one.facts[0].key.series_id, month_period(2022, 1))
    assert findings(sources["customs_totals"], one, catalogue, held={**held, strange: 1.0}) == {}
