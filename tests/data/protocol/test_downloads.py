"""Whole feeds: asked, read with their own loader, put in place in one step, kept between runs."""

from __future__ import annotations

import json

import pytest

from data.loaders import FileRefusedError, parse
from data.loaders.addresses import FetchError
from tests.data.protocol.feeds import ROWS, WORLD_BANK, fetch_section, files
from tests.fault_server import Reply


def test_a_new_answer_is_read_and_put_in_place(server, declared, downloader, catalogue):
    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = [Reply.json(WORLD_BANK)]
    download = downloader().acquire(source)
    assert (download.state, download.rows, download.path.read_text(encoding="utf-8")) == ("new", 4, WORLD_BANK)
    assert len(parse(source, download.path, catalogue).facts) == 2


def test_a_source_without_an_address_is_not_asked(sources, downloader):
    assert downloader().acquire(sources["comtrade"]) is None


def test_h_14_etag_and_date_are_kept_between_runs(server, declared, downloader):
    def script(request):
        if request.headers.get("if-none-match") == 'W/"7"':
            return Reply(b"", 304)
        return Reply(WORLD_BANK.encode(), headers={"Content-Type": "application/json", "ETag": 'W/"7"'})

    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = script
    assert downloader().acquire(source).state == "new"
    again = downloader().acquire(source)
    assert (again.state, again.rows) == ("unchanged", 4)
    again.path.write_text("spoilt", encoding="utf-8")
    assert downloader().acquire(source).state == "new"  # the file is not the one the tag is of: asked in full
    again.path.unlink()
    assert downloader().acquire(source).state == "new"
    (again.path.parent / ".kept-answer.json.json").write_text("{", encoding="utf-8")
    assert downloader().acquire(source).state == "unchanged"  # asked in full, and the same
    assert [one.headers.get("if-none-match") for one in server.requests] == [None, 'W/"7"', None, None, None]


def test_the_same_body_without_a_tag_is_unchanged_too(server, declared, downloader):
    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = [Reply.json(WORLD_BANK)]
    assert [downloader().acquire(source).state for _ in range(2)] == ["new", "unchanged"]


BAD = [
    Reply(b"<html>sign in", headers={"Content-Type": "text/html"}),
    Reply(b'{"error": "not logged in"}'),
    Reply(b'[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]'),
    Reply(WORLD_BANK.encode()[:-40]),
    Reply(WORLD_BANK.encode(), cut=300),
    Reply(WORLD_BANK.replace('"countryiso3code"', '"country_code"').encode()),
    Reply(WORLD_BANK.replace("NY.GDP.MKTP.CD", "NY.GDP.MKTP.KD").encode()),
    Reply(WORLD_BANK.replace('"total":4', '"total":0').replace(json.dumps(ROWS, separators=(",", ":")), "[]").encode()),
    Reply(b"[{},null]"),
    Reply(status=500),
    Reply(status=404),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_h_05_h_07_a_bad_answer_never_replaces_a_good_one(server, declared, downloader, tmp_path, number):
    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = [Reply.json(WORLD_BANK), BAD[number]]
    good = downloader().acquire(source)
    before = files(tmp_path)
    with pytest.raises((FetchError, FileRefusedError)):
        downloader().acquire(source)
    assert good.path.read_text(encoding="utf-8") == WORLD_BANK
    assert files(tmp_path) == before


def answer_of(rows):
    return json.dumps([{"page": 1, "pages": 1, "per_page": 50, "total": len(rows)}, rows])


def test_h_06_far_fewer_rows_than_last_time_are_quarantined_and_a_few_fewer_are_not(server, declared, downloader):
    many = [{**ROWS[0], "date": str(year)} for year in range(1960, 2010)]
    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = [Reply.json(answer_of(many[:count])) for count in (50, 41, 30, 33)]
    assert [downloader().acquire(source).rows for _ in range(2)] == [50, 41]
    shrunk = downloader().acquire(source)
    assert (shrunk.state, shrunk.rows, shrunk.path.name) == ("quarantined", 30, "answer.json.quarantined")
    assert "30 rows came, 41 last time" in shrunk.notes[-1]
    assert len(json.loads(shrunk.path.with_name("answer.json").read_text(encoding="utf-8"))[1]) == 41
    assert downloader().acquire(source).state == "new"  # 33 of 41 is within a fifth


def test_h_06_a_quarantined_answer_that_a_person_puts_in_place_counts_from_then_on(server, declared, downloader):
    many = [{**ROWS[0], "date": str(year)} for year in range(1960, 2010)]
    source = declared(fetch_section(server), like="world_bank_api")
    server.scripts["/data"] = [Reply.json(answer_of(many[:count])) for count in (50, 20, 20, 18)]
    downloader().acquire(source)
    shrunk = downloader().acquire(source)
    shrunk.path.replace(shrunk.path.with_name("answer.json"))
    accepted = downloader().acquire(source)
    assert (accepted.state, accepted.rows) == ("unchanged", 20)
    assert downloader().acquire(source).rows == 18
