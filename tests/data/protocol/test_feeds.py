"""CSV, declared tables, NBS answers and SDMX over HTTP; windows and addresses."""

from __future__ import annotations

from contextlib import suppress

import pytest

from data.loaders import OPTIONS, FileRefusedError, parse
from data.loaders.addresses import FetchError
from data.loaders.downloads import address, window_of
from data.loaders.fetch_options import FetchOptions, Window
from data.loaders.source import SourceError, read_source
from tests.data.protocol.conftest import MESSAGES, ROOT
from tests.data.protocol.feeds import ORDER_ROWS, TODAY, fetch_section, orders
from tests.fault_server import Reply

CSV = "period,value,unit\n" + "".join(f"{row['period']},{row['value']},元\n" for row in ORDER_ROWS)


def test_csv_over_http_with_a_window(server, declared, downloader, catalogue):
    server.scripts["/data.csv"] = [Reply.csv(CSV)]
    more = 'query = { from = "{first}", to = "{last}" }\nwindow = { months = 24, form = "month_digits" }'
    section = fetch_section(server, "/data.csv", '["text/csv"]', "orders.csv", more)
    source = orders(declared, section, "csv", "")
    download = downloader().acquire(source)
    assert server.requests[0].query == {"from": "202412", "to": "202611"}
    parsed = parse(source, download.path, catalogue)
    assert (len(parsed.facts), parsed.facts[1].raw, parsed.facts[1].place) == (24, "10001.5", "line 3, value")


@pytest.mark.parametrize("cut", range(1, 40))
def test_h_04_a_csv_cut_by_a_server_that_lies_never_loads(server, declared, downloader, tmp_path, cut):
    """Cut at each fortieth with a length to match; at a line's end the loss of rows is seen."""
    end = len(CSV.encode()) * cut // 40
    server.scripts["/data.csv"] = [Reply.csv(CSV), Reply(CSV.encode()[:end], headers={"Content-Type": "text/csv"})]
    source = orders(declared, fetch_section(server, "/data.csv", '["text/csv"]', "orders.csv"), "csv", "")
    downloader().acquire(source)
    with suppress(FetchError, FileRefusedError):
        assert downloader().acquire(source).state == "quarantined"
    assert (tmp_path / "downloads/orders/orders.csv").read_text(encoding="utf-8") == CSV


def test_another_unit_refuses_the_answer(server, declared, downloader):
    server.scripts["/data.csv"] = [Reply.csv(CSV.replace("2023-05,10004.5,元", "2023-05,10004.5,万元"))]
    source = orders(declared, fetch_section(server, "/data.csv", '["text/csv"]', "orders.csv"), "csv", "")
    with pytest.raises(FileRefusedError, match=r"line 6: expected unit '元'; found '万元'"):
        downloader().acquire(source)


def test_sdmx_rest_asks_for_a_window_and_reads_the_message(server, declared, downloader, catalogue):
    name = "ml21_structurespecific_timeseries"
    kind = "application/vnd.sdmx.structurespecificdata+xml"
    body = (MESSAGES / f"sdmx/{name}.xml").read_bytes()
    server.scripts["/data/ECB,EXR/M..EUR"] = [Reply.packed(body, f"{kind}; version=2.1")]
    more = 'query = { startPeriod = "{first}" }\nwindow = { months = 12 }'
    section = fetch_section(server, "/data/ECB,EXR/M..EUR", f'["{kind};version=2.1"]', "rates.xml", more)
    source = declared(section, like="sdmx_structurespecific_timeseries")
    download = downloader().acquire(source)
    assert (download.state, download.rows) == ("new", 12)
    asked = server.requests[0]
    assert (asked.query, asked.headers["accept"]) == ({"startPeriod": "2025-12"}, f"{kind};version=2.1")
    assert len(parse(source, download.path, catalogue).facts) == 12


def test_a_source_may_not_have_two_feeds(server, declared):
    sql = '[sql]\nurl = "DB_URL"\nname = "rows.jsonl"\ntable = "t"\ncolumns = ["a"]\n'
    with pytest.raises(SourceError, match=r"either \[fetch\] or \[sql\]"):
        orders(declared, fetch_section(server) + sql)


@pytest.mark.parametrize(
    ("form", "first", "last"),
    [
        ("month", "2025-12", "2026-11"), ("month_digits", "202512", "202611"), ("month_with_m", "2025M12", "2026M11"),
        ("quarter", "2025-Q4", "2026-Q4"), ("quarter_letter", "2025D", "2026D"), ("year", "2025", "2026"),
        ("day", "2025-12-01", "2026-11-30"),
    ],
)  # fmt: skip
def test_the_window_is_written_as_declared(form, first, last):
    assert window_of(Window(months=12, form=form), TODAY) == {"first": first, "last": last}


def test_values_of_a_query_are_encoded():
    options = FetchOptions(
        url="https://data.example/x?a=1", name="x.json", content_types=("a/b",), query={"q": "青岛 &b=2#c"}
    )
    assert address(options, {}, {}) == "https://data.example/x?a=1&q=%E9%9D%92%E5%B2%9B+%26b%3D2%23c"


def test_nbs_answers_come_over_http_too(server, catalogue, tmp_path, downloader):
    """A loader of files needs nothing but the section that says where its file comes from."""
    text = (ROOT / "data/sources/nbs_easyquery.toml").read_text(encoding="utf-8")
    path = tmp_path / "nbs.toml"
    path.write_text(text + fetch_section(server, name="easyquery_prices.json"), encoding="utf-8")
    source = read_source(path, OPTIONS)
    body = (ROOT / "data/samples/nbs/easyquery_y2ycache.json").read_bytes()
    server.scripts["/data"] = [Reply.packed(body), Reply(b'{"returncode": 501, "returndata": "no right"}')]
    download = downloader().acquire(source)
    parsed = parse(source, download.path, catalogue)
    assert (download.rows, len(parsed.facts), parsed.missing) == (parsed.rows_read, 108, 9)
    with pytest.raises(FileRefusedError, match=r"returncode: expected 200; found Decimal\('501'\)"):
        downloader().acquire(source)


def test_a_declared_table_comes_over_http_too(server, catalogue, tmp_path, downloader):
    text = (ROOT / "data/sources/world_bank_gdp.toml").read_text(encoding="utf-8")
    path = tmp_path / "gdp.toml"
    section = fetch_section(server, kinds='["text/csv"]', name="gdp.csv")
    path.write_text(text + section, encoding="utf-8")
    source = read_source(path, OPTIONS)
    body = (ROOT / "data/samples/macro/worldbank_gdp_current_usd_selected.csv").read_bytes()
    server.scripts["/data"] = [Reply(body, headers={"Content-Type": "text/csv"})]
    download = downloader().acquire(source)
    assert len(parse(source, download.path, catalogue).facts) == len(body.splitlines()) - 1
