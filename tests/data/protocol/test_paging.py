"""H-08: an answer in pages is whole and of one moment, or refused."""

from __future__ import annotations

import json

import pytest

from data.loaders import parse
from data.loaders.addresses import FetchError
from tests.data.protocol.feeds import ORDER_ROWS, ROWS, fetch_section, files, orders
from tests.fault_server import Reply

PAGING = """
[fetch.paging]
kind = "page"
parameter = "page"
size_parameter = "per_page"
size = 10
rows = "[1][*]"
identity = ["countryiso3code", "date"]
total = "[0].total"
pages = "[0].pages"
echo = "[0].page"
stable = ["[0].lastupdated"]
"""


class Pages:
    """A service of 25 rows in pages of ten, that can change while it is read."""

    def __init__(self, rows=25):
        self.rows = [{**ROWS[0], "date": str(1990 + number)} for number in range(rows)]
        self.updated = "2026-07-13"
        self.before_page = {}  # request number -> what happens before it is answered
        self.asked = 0

    def __call__(self, request):
        self.asked += 1
        self.before_page.get(self.asked, lambda: None)()
        page, size = int(request.query["page"]), int(request.query["per_page"])
        rows = self.rows[(page - 1) * size : page * size]
        pages = -(-len(self.rows) // size)
        told = {"page": page, "pages": pages, "per_page": size, "total": len(self.rows), "lastupdated": self.updated}
        return Reply.json(json.dumps([told, rows], indent=1))

    def insert_first(self):
        self.rows.insert(0, {**ROWS[0], "date": "1901"})

    def remove_first(self):
        self.rows.pop(0)

    def replace_first(self):
        self.rows = [{**ROWS[0], "date": "1901"}, *self.rows[:-1]]

    def change(self):
        self.updated = "2026-07-14"


@pytest.fixture
def paged(server, declared):
    server.scripts["/data"] = pages = Pages()
    text = fetch_section(server, name="answer.jsonl", more='query = { format = "json" }' + PAGING)
    return declared(text, like="world_bank_api"), pages


def test_h_08_all_pages_become_one_file_and_one_load(paged, server, downloader, catalogue):
    source, _pages = paged
    download = downloader().acquire(source)
    assert (download.state, download.rows) == ("new", 25)
    assert [one.query["page"] for one in server.requests] == ["1", "2", "3"]
    assert {one.query["per_page"] for one in server.requests} == {"10"}
    assert len(download.path.read_text(encoding="utf-8").splitlines()) == 3
    parsed = parse(source, download.path, catalogue)
    assert len(parsed.facts) == 25
    assert parsed.facts[24].place == "page 3, $[1][4], value"


@pytest.mark.parametrize("change", ["insert_first", "remove_first", "replace_first", "change"])
@pytest.mark.parametrize("when", [2, 3])
def test_h_08_a_change_between_pages_starts_the_download_anew(paged, downloader, change, when):
    source, pages = paged
    pages.before_page[when] = getattr(pages, change)
    download = downloader().acquire(source)
    assert download.rows == len(pages.rows)
    assert "started anew" in download.notes[0]


def test_h_08_pages_that_never_fit_are_refused_and_nothing_is_passed_on(paged, downloader, tmp_path):
    source, pages = paged
    pages.before_page = dict.fromkeys(range(2, 40), pages.insert_first)
    with pytest.raises(FetchError, match=r"do not belong together"):
        downloader().acquire(source)
    assert files(tmp_path) == []


def test_h_08_a_page_that_is_not_the_one_asked_for_is_seen(paged, server, downloader):
    source, _pages = paged
    first = Pages()
    server.scripts["/data"] = lambda request: first(
        type(request)(request.path, {**request.query, "page": "1"}, request.headers, request.at)
    )
    with pytest.raises(FetchError, match=r"repeats|another one came"):
        downloader().acquire(source)


def test_h_08_a_total_that_the_pages_do_not_reach_is_refused(paged, downloader, server):
    source, pages = paged
    server.scripts["/data"] = lambda request: Reply.json(
        pages(request).body.decode().replace('"total": 25', '"total": 26')
    )
    with pytest.raises(FetchError, match=r"tells 26 rows, 25 came"):
        downloader().acquire(source)


def test_h_08_a_page_that_fails_fails_the_whole(paged, downloader, server, tmp_path):
    source, pages = paged
    server.scripts["/data"] = lambda request: pages(request) if request.query["page"] != "3" else Reply(status=404)
    with pytest.raises(FetchError, match=r"status 404"):
        downloader().acquire(source)
    assert files(tmp_path) == []


OFFSET = """
[fetch.paging]
kind = "offset"
parameter = "skip"
size_parameter = "take"
size = 10
first = 0
rows = "rows[*]"
identity = ["period"]
"""
NEXT = """
[fetch.paging]
kind = "next"
rows = "rows[*]"
identity = ["period"]
next = "links.next"
"""


def test_h_08_paging_by_offset_ends_with_a_page_that_is_not_full(server, declared, downloader, catalogue):
    server.scripts["/data"] = lambda request: Reply.json(
        json.dumps({"rows": ORDER_ROWS[int(request.query["skip"]) :][: int(request.query["take"])]})
    )
    source = orders(declared, fetch_section(server, name="answer.jsonl", more=OFFSET))
    download = downloader().acquire(source)
    assert [one.query["skip"] for one in server.requests] == ["0", "10", "20"]
    parsed = parse(source, download.path, catalogue)
    assert len(parsed.facts) == 24
    assert (parsed.facts[0].value, parsed.facts[0].unit, parsed.facts[0].decimals) == (1.00005, "CNY_10K", 5)


def test_h_08_paging_by_next_address(server, declared, downloader):
    def script(request):
        at = int(request.query.get("at", "0"))
        following = f"/data?at={at + 10}" if at + 10 < 24 else None
        return Reply.json(json.dumps({"rows": ORDER_ROWS[at : at + 10], "links": {"next": following}}))

    server.scripts["/data"] = script
    source = orders(declared, fetch_section(server, name="answer.jsonl", more=NEXT))
    assert downloader().acquire(source).rows == 24
    server.scripts["/data"] = lambda request: Reply.json(
        json.dumps({"rows": ORDER_ROWS[:1], "links": {"next": f"{server.address}/data"}})
    )
    with pytest.raises(FetchError, match=r"do not belong together"):
        downloader().acquire(source)
    server.scripts["/data"] = [
        Reply.json(json.dumps({"rows": ORDER_ROWS[:1], "links": {"next": "http://127.0.0.2/data"}}))
    ]
    with pytest.raises(FetchError, match=r"a step to 127.0.0.2 is not followed"):
        downloader().acquire(source)
