"""T-04: days when Shanghai had summer time (1986–1991) or local mean time (1900) stay the days they are."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from data import schema
from data.loaders.fetch_options import SqlOptions
from data.loaders.period_cells import FORMS
from data.loaders.sql import extract
from data.periods import Frequency, period_end
from data.warehouse import Warehouse
from tests.data.loads import KEY, declare_sources, fact, load

BEGINS = [
    date(1986, 5, 4),
    date(1987, 4, 12),
    date(1988, 4, 10),
    date(1989, 4, 16),
    date(1990, 4, 15),
    date(1991, 4, 14),
]
ENDS = [
    date(1986, 9, 14),
    date(1987, 9, 13),
    date(1988, 9, 11),
    date(1989, 9, 17),
    date(1990, 9, 16),
    date(1991, 9, 15),
]
OLD = [date(1900, 1, 1), date(1900, 12, 31), date(1901, 1, 1), date(1927, 12, 31), date(1940, 6, 1), date(1949, 10, 1)]
DAYS = sorted({day + timedelta(days=step) for day in (*BEGINS, *ENDS, *OLD) for step in (-1, 0, 1)})


@pytest.fixture(params=["Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"])
def _zone(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_zone")
def test_t_04_a_day_is_read_stored_and_given_back_as_it_was_written(warehouse: Warehouse):
    declare_sources(warehouse)
    periods = [FORMS["day"].read(day.isoformat()) for day in DAYS]
    key = KEY.with_(frequency="D", accumulation="S")
    facts = [fact(float(number), key=key, period=period) for number, period in enumerate(periods)]
    assert warehouse.write(load(facts, content="old days", vintage=date(1990, 4, 15))).state == "done"
    now = schema.observation.c
    rows = warehouse.read(select(now.period, now.vintage, now.value).order_by(now.period))
    assert [period_end(Frequency.DAILY, row.period) for row in rows] == DAYS
    assert {row.vintage for row in rows} == {date(1990, 4, 15)}
    assert [row.value for row in rows] == [float(number) for number in range(len(DAYS))]


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize("database", ["postgresql", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_t_04_a_day_of_another_database_is_not_shifted(database, request, tmp_path):
    server = request.getfixturevalue(f"{database}_server")
    if database == "mariadb":
        server.say("CREATE DATABASE IF NOT EXISTS old_days")
    url = server.create_empty() if database == "postgresql" else server.owner("old_days")
    engine = create_engine(url, poolclass=NullPool)
    moment = "TIMESTAMP" if database == "postgresql" else "DATETIME"
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS days"))
        connection.execute(text(f"CREATE TABLE days (day DATE, noon {moment})"))
        for day in DAYS:
            connection.execute(text(f"INSERT INTO days VALUES ('{day}', '{day} 12:00:00')"))
    engine.dispose()
    options = {"url": "FEED_DATABASE", "name": "rows.jsonl", "writable": "warn"}
    question = SqlOptions(query="SELECT day, noon FROM days ORDER BY day", **options)
    extract(question, {}, tmp_path / "rows.jsonl", {"FEED_DATABASE": url})
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8")
    expected = ", ".join(f'{{"day": "{day}", "noon": "{day}T12:00:00"}}' for day in DAYS)
    assert lines == f"[{expected}]\n"
    if database == "postgresql":
        server.drop(url)
