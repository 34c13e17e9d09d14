"""A month nobody published, and one that is late, stand as dotted slots with words: by their real causes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from callbacks import panels
from callbacks.context import Context
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.periods import month_period
from data.selection import ROUTES
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.charts.missing import HALF_WIDTH
from layouts.panels import PANELS
from layouts.twin import twin
from layouts.view import View
from tests.data.loads import declare_sources, fact, load

AUGUST = month_period(2024, 8)


def view_on(warehouse: Warehouse, today: date, months: Sequence[int], **choices: Any) -> View:
    """Return the panel of containers over these months as it is drawn on a day."""
    settings = Settings(warehouse="sqlite:///unused.db", today=today)
    catalogue = load_catalogue(settings.catalogue)
    key = catalogue.indicators["container_throughput"].key(accumulation="S")
    declare_sources(warehouse)
    warehouse.write(load([fact(200.0 + month % 12, key=key, period=month) for month in months], content="teu"))
    context = Context(settings, catalogue, warehouse, clock_for(today), PANELS, "test")
    with warehouse.snapshot() as data:
        return panels.view(context, data, PANELS["teu"], ROUTES["/trade"].with_(**choices))


def dotted(view: View) -> list[int]:
    return [round(each["x0"] + HALF_WIDTH) for each in view.drawn.figure["layout"]["shapes"]]


TWO_YEARS = [month for month in range(AUGUST - 23, AUGUST + 1) if month != AUGUST - 3]


def test_a_month_that_was_never_published_is_a_dotted_slot(warehouse: Warehouse) -> None:
    view = view_on(warehouse, date(2024, 9, 8), TWO_YEARS)
    assert dotted(view) == [9]
    assert view.drawn.alt.endswith("无可显示的数值：2024年5月")
    row = next(row for row in twin(view).rows if row.head == "2024年5月")
    assert [cell.text for cell in row.cells][:1] == ["…"]


@pytest.mark.parametrize(("today", "late"), [(date(2024, 10, 9), []), (date(2024, 10, 28), [13])])
def test_a_late_month_is_a_dotted_slot_with_the_year_before_in_it(
    warehouse: Warehouse, today: date, late: list[int]
) -> None:
    view = view_on(warehouse, today, range(AUGUST - 23, AUGUST + 1))
    assert dotted(view) == late
    assert (view.stamp.overdue is not None) == bool(late)
    before = view.drawn.figure["data"][1]["y"]
    assert len(before) == 13 + len(late)
    if late:
        assert before[-1] == 200.0 + (AUGUST - 11) % 12
        assert twin(view).rows[0].cells[0].text == "…"


def test_of_a_chosen_period_nothing_is_late(warehouse: Warehouse) -> None:
    view = view_on(warehouse, date(2024, 10, 28), range(AUGUST - 23, AUGUST + 1), period=AUGUST)
    assert dotted(view) == []
