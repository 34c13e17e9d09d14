"""The history of a series: the revision triangle and the revisions of a cell (L-08, L-09), on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from data.facts import Correction
from data.periods import month_period
from data.revision_history import revisions_of, triangle
from data.revisions import main
from data.warehouse import Warehouse
from data.withdraw import withdraw
from tests.data.loads import KEY, declare_sources, fact, load

JANUARY, MARCH, MAY = date(2024, 1, 20), date(2024, 3, 20), date(2024, 5, 20)
Q1, Q2 = month_period(2024, 3), month_period(2024, 6)


@pytest.fixture
def revised(warehouse: Warehouse) -> Warehouse:
    """Q1 is published, revised, and put right; Q2 comes later; a wrong load in between was withdrawn."""
    declare_sources(warehouse)
    warehouse.write(load([fact(1.0, obs_status="P")], content="jan", vintage=JANUARY))
    bad = warehouse.write(load([fact(99.0)], content="bad", vintage=date(2024, 2, 1)))
    warehouse.write(load([fact(2.0), fact(5.0, period=Q2)], content="mar", vintage=MARCH, note="final accounting"))
    withdraw(warehouse, bad.load_id, "the wrong file was sent", "Li")
    wrong = Correction(KEY, Q1, "B2", "30.0", 3.0, "a digit too many in the yearbook", "Wang", MAY)
    facts = [fact(3.0, raw="30.0", place="B2"), fact(5.0, period=Q2)]
    warehouse.write(load(facts, content="may", vintage=MAY, corrections=[wrong]))
    return warehouse


def test_the_triangle_has_a_row_per_period_and_a_column_per_vintage(revised: Warehouse) -> None:
    shape = triangle(revised, KEY)
    assert (shape.periods, shape.vintages) == ((Q1, Q2), (JANUARY, MARCH, MAY))
    values = [[None if held is None else held.value for held in row] for _, row in shape.rows()]
    assert values == [[1.0, 2.0, 3.0], [None, 5.0, None]]
    assert shape.at(Q1, MARCH).file_name == "mar.csv"


def test_l_09_the_revisions_of_a_cell_say_from_what_to_what_with_which_load_and_why(revised: Warehouse) -> None:
    told = [
        (each.kind, each.old and each.old.value, each.new.value, each.from_vintage, each.new.file_name, each.note)
        for each in revisions_of(revised, KEY, Q1)
    ]
    assert told == [
        ("release", None, 1.0, None, "jan.csv", ""),
        ("revision", 1.0, 2.0, JANUARY, "mar.csv", "final accounting"),
        ("correction", 2.0, 3.0, MARCH, "may.csv", "a digit too many in the yearbook"),
    ]
    _, second, third = revisions_of(revised, KEY, Q1)
    assert second.new.known_to == third.new.known_from
    assert (third.new.known_to, third.new.author) == (None, "Wang")
    assert len(revisions_of(revised, KEY)) == 4


def test_l_09_a_load_that_corrects_makes_corrections(warehouse: Warehouse) -> None:
    declare_sources(warehouse)
    warehouse.write(load([fact(1.0)], content="a", reading="1"))
    warehouse.write(load([fact(2.0)], content="a", reading="2", kind="correction", note="column was misread"))
    assert [(each.kind, each.note) for each in revisions_of(warehouse, KEY)] == [
        ("release", ""),
        ("correction", "column was misread"),
    ]


def test_a_real_value_does_not_revise_a_simulated_one(warehouse: Warehouse) -> None:
    declare_sources(warehouse)
    warehouse.write(load([fact(9.0)], content="s", source="simulated", vintage=JANUARY))
    warehouse.write(load([fact(1.0)], content="a", vintage=MARCH))
    assert [(each.kind, each.new.value, each.new.simulated) for each in revisions_of(warehouse, KEY)] == [
        ("release", 9.0, True),
        ("release", 1.0, False),
    ]
    assert [each.new.value for each in revisions_of(warehouse, KEY, simulated=False)] == [1.0]


def test_confidential_values_are_not_told(warehouse: Warehouse) -> None:
    declare_sources(warehouse)
    warehouse.write(load([fact(1.0, conf_status="C", note="one firm")], content="a"))
    [only] = revisions_of(warehouse, KEY)
    assert (only.new.value, only.new.place, only.new.note, only.note) == (None, "", "", "")


def test_the_command_prints_triangle_and_revisions(revised: Warehouse, warehouse_url, monkeypatch, capsys) -> None:
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", warehouse_url)
    assert main(["gdp", "region=370211"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == [
        "period\t2024-01-20\t2024-03-20\t2024-05-20",
        "2024-Q1\t1.00\t2.00\t3.00",
        "2024-Q2\t\t5.00\t",
    ]
    assert "2024-Q1\trevision\t1.00 → 2.00\tload 3 mar.csv, vintage 2024-03-20\tfinal accounting" in lines
    assert lines[-1].endswith("a digit too many in the yearbook")
    assert main(["gdp", "region=110000"]) == 1
    assert "no series is stored with region=110000 indicator=gdp" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["gdp", "colour=red"])
    assert "colour is no part of a key" in capsys.readouterr().err
