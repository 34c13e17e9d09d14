"""What the bundled customs table does not give is added up while it is loaded."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from data import schema
from data.periods import month_period
from data.refresh import refresh
from data.warehouse import open_warehouse
from tests.data.test_refresh import small_settings

pytestmark = pytest.mark.sqlite
MONTHS = [month for month in range(1, 13) if month not in (3, 9)]  # March is not in it, September is in dollars


def test_bulk_rcep_and_the_gulf_are_added_up_from_the_customs_table(tmp_path, catalogue):
    settings = small_settings(tmp_path, "customs_by_partner")
    summary = refresh(settings)
    assert (summary.failed, summary.total("totals")) == ([], 132)
    warehouse, now = open_warehouse(settings.warehouse, readonly=True), schema.observation.c

    def held(indicator, partner, flow):
        key = catalogue.indicators[indicator].key(region="100000", accumulation="S", partner=partner, flow=flow)
        asked = select(now.period, now.value, now.place).where(now.series_id == key.series_id, now.derived)
        return {row.period: (row.value, row.place) for row in warehouse.read(asked.order_by(now.period))}

    rcep = held("trade", "G_RCEP", "X")
    assert list(rcep) == [month_period(2024, month) for month in MONTHS]
    ten_thousands = 42876286 + 8983298 + 9774924 + 4065506 + 474812  # ASEAN, Japan, Korea, Australia, New Zealand
    assert rcep[month_period(2024, 12)] == (pytest.approx(ten_thousands / 10000), "partner: 5 → G_RCEP")
    gulf = held("trade", "G_GCC", "T")[month_period(2024, 12)]
    assert gulf[0] == pytest.approx((95592 + 1131099 + 2340904 + 1741157 + 6983590 + 7069603) / 10000)
    assert list(held("trade_usd", "G_RCEP", "M")) == [month_period(2024, 9)]
    growth = select(func.count()).where(now.derived, schema.series.c.measure != "level")
    assert warehouse.read(growth.select_from(schema.observation.join(
        schema.series, now.series_id == schema.series.c.series_id
    )))[0][0] == 0  # fmt: skip
    warehouse.dispose()
