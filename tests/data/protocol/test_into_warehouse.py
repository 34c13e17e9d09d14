"""Protocol feeds on their whole way: answered, read in a confined child, checked, stored; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from data import schema
from data.fingerprints import file_sha256
from data.loaders.addresses import FetchError
from data.loaders.downloads import Downloader
from data.loaders.isolation import Isolation
from data.loaders.run import Fetched, run
from tests.data.protocol.conftest import MESSAGES
from tests.data.protocol.feeds import TODAY, WORLD_BANK, fetch_section
from tests.fault_server import Reply

LOADS = [  # source, file, new values
    ("sdmx_generic_flat", "sdmx/ml21_generic_flat.xml", 12),
    ("sdmx_generic_timeseries", "sdmx/ml21_generic_timeseries.xml", 0),  # the same values once more
    ("sdmx_structurespecific_timeseries", "sdmx/ml21_structurespecific_timeseries.xml", 0),
    ("sdmx_ecb_annual", "sdmx/ml30_structurespecific_ecb_exr.xml", 116),
    ("sdmx_json_rice", "sdmx/json20_agri.json", 12),
    ("sdmx_json_rates", "sdmx/json20_exr_flat.json", 4),
    ("sdmx_json_rates", "sdmx/json20_exr_time_series.json", 0),
    ("sdmx_csv_two", "sdmx/csv20_example_02.csv", 4),
    ("comtrade", "comtrade/comtrade_v1_get_HS_china.json", 4),
]


def fetched(source, path):
    return Fetched(source, path, file_sha256(path), "reading")


def registered(warehouse, source):
    names = ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page")
    warehouse.register_source(source.code, simulated=False, **{name: getattr(source, name) for name in names})


def stored(warehouse):
    return warehouse.read(select(func.count()).select_from(schema.observation))[0][0]


def test_real_messages_are_stored_with_the_right_counts(warehouse, catalogue, sources):
    with Isolation(catalogue) as isolation:
        for code, name, new in LOADS:
            registered(warehouse, sources[code])
            report = run(
                fetched(sources[code], MESSAGES / name), catalogue, warehouse, isolation=isolation, today=TODAY
            )
            assert (report.state, report.error, report.counts["new"]) == ("done", "", new), code
    assert stored(warehouse) == sum(new for _, _, new in LOADS)


def test_a_feed_over_http_is_stored_once(warehouse, catalogue, server, declared, tmp_path):
    source = declared(fetch_section(server), like="world_bank_api")
    registered(warehouse, source)
    server.scripts["/data"] = [
        Reply.json(WORLD_BANK), Reply(status=503, headers={"Retry-After": "0"}), Reply.json(WORLD_BANK),
        Reply(b"<html>", headers={"Content-Type": "text/html"}),
        Reply.json(WORLD_BANK.replace("1830489311088.89", "1830489311099.89")),
    ]  # fmt: skip
    with Isolation(catalogue) as isolation:
        downloader = Downloader(tmp_path, TODAY, isolation.parse)
        first = downloader.acquire(source)
        report = run(fetched(source, first.path), catalogue, warehouse, isolation=isolation, today=TODAY)
        assert (report.state, report.error, report.counts.get("new"), report.counts.get("rejected")) == (
            "done",
            "",
            2,
            0,
        )
        again = downloader.acquire(source)
        assert (again.state, again.tries) == ("unchanged", ("1: status 503", "2: whole"))
        assert fetched(source, again.path).is_loaded(warehouse)
        version = warehouse.data_version()
        with pytest.raises(FetchError, match=r"content type"):
            downloader.acquire(source)
        assert warehouse.data_version() == version
        revised = downloader.acquire(source)
        report = run(fetched(source, revised.path), catalogue, warehouse, isolation=isolation, today=TODAY)
        assert (report.state, report.counts["revised"], report.counts["unchanged"]) == ("done", 1, 1)
    assert stored(warehouse) == 2
