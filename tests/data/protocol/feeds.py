"""Declarations and answers that several tests of feeds share."""

from __future__ import annotations

import json
from datetime import date

from tests.data.protocol.conftest import MESSAGES

TODAY = date(2026, 11, 23)
WORLD_BANK = (MESSAGES / "worldbank/v2_gdp_sample.json").read_text(encoding="utf-8")
ROWS = json.loads(WORLD_BANK)[1]


def fetch_section(server, path="/data", kinds='["application/json"]', name="answer.json", more=""):
    return f"""
[fetch]
url = "{server.address}{path}"
name = "{name}"
content_types = {kinds}
schemes = ["http"]
allowed_networks = ["127.0.0.0/8"]
backoff_s = 0.01
{more}
"""


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "downloads").rglob("*") if path.is_file())


ORDERS = """
code = "orders"
loader = "rest"
files = ["*"]
title_zh = "样例"
title_en = "Sample"
publisher_zh = "样例"
publisher_en = "Sample"
licence = "none"
page = ""
vintage = 2026-11-01

[answer]
format = "{format}"
{rows}

[records]
period = "period"
form = "month"
unit = "unit"

[[records.group]]
indicator = "sample_orders"
accumulation = "S"
unit = "元"
factor = "0.0001"
stored_unit = "CNY_10K"
column = [{{ header = "value" }}]
"""
MONTHS = [f"20{year}-{month:02d}" for year in (23, 24) for month in range(1, 13)]
ORDER_ROWS = [{"period": month, "value": 10_000.5 + n, "unit": "元"} for n, month in enumerate(MONTHS)]


def orders(declared, text, form="json", rows='rows = "rows[*]"'):
    return declared(ORDERS.format(format=form, rows=rows) + text)
