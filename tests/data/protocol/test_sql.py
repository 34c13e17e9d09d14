"""H-12 and H-13: another database as a feed, read-only, bound, with names looked up; on SQLite, PostgreSQL, MariaDB."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from data.loaders import parse
from data.loaders.addresses import FetchError
from data.loaders.downloads import Downloader
from data.loaders.fetch_options import SqlOptions, Window
from data.loaders.source import SourceError
from data.loaders.sql import _lets_write, extract
from tests.data.protocol.feeds import ORDERS

TODAY = date(2026, 11, 23)
SET_UP = [
    "CREATE TABLE output (period VARCHAR(7), division VARCHAR(8), value NUMERIC(18,2), unit VARCHAR(8), day DATE,"
    " noted TIMESTAMP)",
    "CREATE TABLE secret (word VARCHAR(20))",
    "INSERT INTO secret VALUES ('canary')",
    *(
        f"INSERT INTO output VALUES ('{year}-{month:02d}', '{code}', {value + month}.50, '万元',"
        f" '{year}-{month:02d}-28', '{year}-{month:02d}-28 23:30:00')"
        for year in (2024, 2025, 2026)
        for month in range(1, 13)
        for code, value in (("C25", 1000), ("C38", 2000))
        if (year, month) <= (2026, 10)
    ),
]
SECTION = """
[[records.lookup]]
header = "division"
part = "industry"
codes = { C25 = "C25", C38 = "C38" }
"""
SQL = """
[sql]
url = "FEED_DATABASE"
name = "rows.jsonl"
"""
TABLE = 'table = "output"\ncolumns = ["period", "division", "value", "unit"]\n'


@pytest.fixture(scope="session")
def sqlite_feed(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('feed') / 'source.db'}"
    _run(url, SET_UP)
    return url, url


@pytest.fixture(scope="session")
def postgresql_feed(postgresql_server):
    owner = postgresql_server.create_empty()
    role, word = f"reader_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    grants = [f"CREATE ROLE {role} LOGIN PASSWORD '{word}'", f"GRANT SELECT ON output TO {role}"]
    _run(owner, [*SET_UP, *grants])
    yield make_url(owner).set(username=role, password=word).render_as_string(hide_password=False), owner
    postgresql_server.drop(owner)
    _run(postgresql_server.admin.render_as_string(hide_password=False), [f"DROP ROLE {role}"])


@pytest.fixture(scope="session")
def mariadb_feed(mariadb_server):
    name, role, word = f"feed_{uuid.uuid4().hex[:8]}", f"reader_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    mariadb_server.say(f"CREATE DATABASE {name} CHARACTER SET gbk")
    owner = mariadb_server.owner(name)
    grants = [f"CREATE USER {role} IDENTIFIED BY '{word}'", f"GRANT SELECT ON {name}.output TO {role}"]
    _run(owner, [*SET_UP, *grants])
    yield mariadb_server.url(role, name, word), owner
    mariadb_server.say(f"DROP DATABASE {name}", f"DROP USER {role}")


ENGINES = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ENGINES])
def feed(request):
    """The URL of another database, as an account that may only read, and as one that may write."""
    return request.getfixturevalue(f"{request.param}_feed")


def _run(url, statements):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _count(url, table="output"):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return found


@pytest.fixture
def rows_of(tmp_path, feed):
    """Run a declared question; returns the lines written and the notes."""

    def of(words=None, url=None, **declared):
        path = tmp_path / "rows.jsonl"
        options = SqlOptions(url="FEED_DATABASE", name="rows.jsonl", **declared)
        notes = extract(options, words or {}, path, {"FEED_DATABASE": url or feed[0]})
        return path.read_text(encoding="utf-8"), notes

    return of


def orders(declared, text):
    source = (
        ORDERS.format(format="json", rows='rows = "[*]"').replace('"元"', '"万元"').replace('factor = "0.0001"\n', "")
    )
    return declared(source + SECTION + SQL + text)


@pytest.mark.parametrize(
    "question",
    [
        TABLE + 'window_column = "period"\nwindow = { months = 12 }\n',
        TABLE + 'window_column = "day"\nwindow = { months = 12, form = "day" }\n',
        TABLE + 'window_column = "noted"\nwindow = { months = 12, form = "day" }\n',
        "query = \"SELECT period, division, value, unit FROM output WHERE period BETWEEN :first AND :last"
        ' ORDER BY period, division"\nwindow = { months = 12 }\n',
    ],
    ids=["table by text", "table by day", "table by moment", "query"],
)  # fmt: skip
def test_a_window_of_another_database_becomes_facts(feed, declared, catalogue, tmp_path, question):
    source = orders(declared, question)
    downloader = Downloader(
        tmp_path, TODAY, lambda source, path: parse(source, path, catalogue), environment={"FEED_DATABASE": feed[0]}
    )
    download = downloader.acquire(source)
    assert (download.state, download.rows, download.notes) == ("new", 22, ())
    facts = parse(source, download.path, catalogue).facts
    assert {(fact.key.industry, fact.period) for fact in facts} >= {("C25", 2025 * 12 + 11), ("C38", 2026 * 12 + 9)}
    assert min(fact.period for fact in facts) == 2025 * 12 + 11
    assert [fact.value for fact in facts][:2] == [1012.5, 2012.5]
    assert facts[0].unit == "CNY_10K"
    assert facts[0].place == "$[0], value"
    assert downloader.acquire(source).state == "unchanged"


def test_h_12_exact_decimals_come_through(rows_of, feed):
    lines, _ = rows_of(table="output", columns=("value",), equals={"period": "2024-01", "division": "C25"})
    assert lines == ('[{"value": 1001.5}]\n' if "sqlite" in feed[0] else '[{"value": 1001.50}]\n')


INJECTIONS = ["output; DROP TABLE secret", 'output" --', "output WHERE 1=1", "secret\x00", "'", "OUTPUT UNION SELECT"]


@pytest.mark.parametrize("name", INJECTIONS)
def test_h_12_a_name_the_database_does_not_have_never_reaches_a_statement(rows_of, feed, name):
    with pytest.raises(FetchError, match=r"is not there"):
        rows_of(table=name, columns=("value",))
    with pytest.raises(FetchError, match=r"is not in output"):
        rows_of(table="output", columns=("value", name))
    with pytest.raises(FetchError, match=r"is not in output"):
        rows_of(table="output", columns=("value",), equals={name: "x"})
    assert _count(feed[1]) == 68


@pytest.mark.parametrize("value", ["' OR '1'='1", "C25'; DROP TABLE secret; --", "%", "\\"])
def test_h_12_values_are_bound(rows_of, feed, value):
    with pytest.raises(FetchError, match=r"gave no row"):
        rows_of(table="output", columns=("value",), equals={"division": value})
    assert _count(feed[1], "secret") == 1


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM output", "UPDATE output SET value = 0", "DROP TABLE output", "INSERT INTO secret VALUES ('x')",
        "SELECT 1; DELETE FROM output", "PRAGMA query_only = OFF", "COPY output TO '/tmp/x'", "VACUUM", "BEGIN",
        "SELECT 1 AS a; COMMIT; DELETE FROM output", "ATTACH 'x.db' AS x", "SET default_transaction_read_only = off",
    ],
)  # fmt: skip
def test_h_12_anything_but_one_select_is_refused_before_it_is_sent(rows_of, feed, query):
    with pytest.raises(FetchError, match=r"one SELECT"):
        rows_of(query=query)
    assert _count(feed[1]) == 68


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM output RETURNING value) SELECT * FROM gone",
        "WITH x AS (SELECT 1) DELETE FROM output",
        "SELECT value INTO copied FROM output",
        "WITH x AS (SELECT 1) INSERT INTO secret SELECT 'x' FROM x",
    ],
)
def test_h_12_a_select_that_writes_fails_even_for_an_account_that_may_write(rows_of, feed, query):
    with pytest.raises(FetchError):
        rows_of(url=feed[1], writable="warn", query=query)
    assert (_count(feed[1]), _count(feed[1], "secret")) == (68, 1)


@pytest.mark.postgresql
def test_h_12_a_session_cannot_leave_its_read_only_transaction(postgresql_feed, tmp_path):
    query = "SELECT set_config('transaction_read_only', 'off', false) AS a, (SELECT count(*) FROM output) AS b"
    options = SqlOptions(url="FEED_DATABASE", name="rows.jsonl", query=query, writable="warn")
    with pytest.raises(FetchError, match=r"transaction"):
        extract(options, {}, tmp_path / "rows.jsonl", {"FEED_DATABASE": postgresql_feed[1]})


def test_h_12_an_account_that_may_write_is_refused_or_noted(rows_of, feed):
    if feed[1].startswith("sqlite"):
        assert rows_of(table="output", columns=("value",))[1] == []  # the file is opened for reading alone
        return
    with pytest.raises(FetchError, match=r"the account may write"):
        rows_of(url=feed[1], table="output", columns=("value",))
    assert rows_of(url=feed[1], writable="warn", table="output", columns=("value",))[1] == [
        "the account of the source database may write"
    ]


def test_h_12_what_the_account_may_not_read_is_said_without_the_password(rows_of, feed):
    if feed[0].startswith("sqlite"):
        return
    with pytest.raises(FetchError) as raised:
        rows_of(query="SELECT word FROM secret")
    assert "denied" in str(raised.value)
    assert make_url(feed[0]).password not in str(raised.value)


def test_h_12_bound_names_and_window_must_agree(rows_of):
    twelve = {"window": Window(months=12)}
    with pytest.raises(FetchError, match=r"binds"):
        rows_of({"first": "a", "last": "b"}, query="SELECT value FROM output WHERE period = :other", **twelve)
    with pytest.raises(FetchError, match=r"holds date, the declaration says"):
        rows_of({"first": "x", "last": "y"}, table="output", columns=("value",), window_column="day", **twelve)


def test_more_rows_than_declared_and_none_are_refused(rows_of):
    with pytest.raises(FetchError, match=r"more than 10 rows"):
        rows_of(table="output", columns=("value",), max_rows=10)
    with pytest.raises(FetchError, match=r"two columns"):
        rows_of(query="SELECT value AS a, value AS a FROM output")


def test_h_13_a_question_that_takes_too_long_ends(rows_of, feed):
    slow = {
        "sqlite": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 1000000000)"
        " SELECT max(a) AS a FROM n",
        "postgresql": "SELECT pg_sleep(20) AS a",
        "mysql": "SELECT max(a.value) + sleep(20) AS a FROM output a, output b",
    }
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"interrupted|timeout"):
        rows_of(query=slow[make_url(feed[0]).get_backend_name()], statement_s=1)
    assert time.monotonic() - began < 15


@contextmanager
def _locked(url):
    """Let another program hold the table for itself."""
    kind, opened = make_url(url).get_backend_name(), create_engine(url, poolclass=NullPool)
    lock = {"postgresql": "LOCK TABLE output IN ACCESS EXCLUSIVE MODE", "mysql": "LOCK TABLES output WRITE"}
    with opened.connect() as connection:
        connection.exec_driver_sql(lock.get(kind, "BEGIN EXCLUSIVE"))
        yield
        if kind == "mysql":
            connection.exec_driver_sql("UNLOCK TABLES")
    opened.dispose()


def test_h_13_a_locked_table_ends_the_question_and_says_so(rows_of, feed):
    began = time.monotonic()
    with _locked(feed[1]), pytest.raises(FetchError, match=r"FEED_DATABASE: .*(?:locked|timeout|interrupted)"):
        rows_of(query="SELECT value FROM output", statement_s=1)
    assert time.monotonic() - began < 20
    assert rows_of(query="SELECT count(*) AS n FROM output")[0] == '[{"n": 68}]\n'


def test_h_13_chinese_text_comes_through_from_a_database_in_gbk(rows_of, feed, postgresql_server):
    url = feed[0]
    if url.startswith("postgresql"):
        url = postgresql_server.create_empty(encoding="EUC_CN")
        _run(url, ["CREATE TABLE output (unit VARCHAR(8))", "INSERT INTO output VALUES ('万元')"])
    lines, _ = rows_of(url=url, writable="warn", query="SELECT DISTINCT unit FROM output")
    assert lines == '[{"unit": "万元"}]\n'
    if url != feed[0]:
        postgresql_server.drop(url)


@pytest.mark.postgresql
def test_h_13_text_that_is_not_what_the_database_declares_is_refused(postgresql_server, tmp_path):
    url = postgresql_server.create_empty(encoding="SQL_ASCII")
    gbk = r"INSERT INTO output VALUES (E'\xCD\xF2\xD4\xAA')"  # 万元
    _run(f"{url}&client_encoding=utf8", ["CREATE TABLE output (unit TEXT)", gbk])
    options = SqlOptions(url="FEED_DATABASE", name="rows.jsonl", query="SELECT unit FROM output", writable="warn")
    with pytest.raises(FetchError, match=r"invalid byte sequence"):
        extract(options, {}, tmp_path / "rows.jsonl", {"FEED_DATABASE": url})
    postgresql_server.drop(url)


GRANTS = [
    ("GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*INSERT'", False),
    ("GRANT SELECT, SHOW VIEW ON `d`.* TO `u`@`%`", False),
    ("GRANT SELECT (`delete`, `month`) ON `d`.`output` TO `u`@`%`", False),
    ("GRANT `reader` TO `u`@`%`", False),
    ("GRANT SELECT, INSERT ON `d`.* TO `u`@`%`", True),
    ("GRANT UPDATE (`month`) ON `d`.`output` TO `u`@`%`", True),
    ("GRANT FILE ON *.* TO `u`@`%`", True),
    ("GRANT EXECUTE ON `d`.* TO `u`@`%`", True),
    ("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", True),
    ("GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", True),
]


@pytest.mark.parametrize(("grant", "writes"), GRANTS)
def test_h_12_what_a_grant_of_mariadb_lets_an_account_do(grant, writes):
    assert _lets_write(grant) is writes


@pytest.mark.mariadb
def test_h_12_a_file_is_not_written_by_a_select_of_mariadb(mariadb_feed, tmp_path):
    options = {"url": "FEED_DATABASE", "name": "rows.jsonl", "writable": "warn"}
    for where in ("OUTFILE", "DUMPFILE"):
        question = SqlOptions(query=f"SELECT value INTO {where} '/tmp/onescreen-canary' FROM output", **options)
        with pytest.raises(FetchError, match=r"writes no file"):
            extract(question, {}, tmp_path / "rows.jsonl", {"FEED_DATABASE": mariadb_feed[1]})


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite:////nowhere/at/all.db", "oracle+nothing://u:canary@h/x"])
def test_a_database_that_cannot_be_had_is_said_without_its_url(tmp_path, url):
    options = SqlOptions(url="FEED_DATABASE", name="rows.jsonl", table="t", columns=("a",))
    with pytest.raises(FetchError, match=r"FEED_DATABASE") as raised:
        extract(options, {}, tmp_path / "rows.jsonl", {"FEED_DATABASE": url})
    assert "canary" not in str(raised.value)


def test_a_url_does_not_stand_in_a_declaration(declared):
    source = ORDERS.format(format="json", rows='rows = "[*]"')
    section = SQL.replace("FEED_DATABASE", "postgresql://user:word@host/db") + TABLE
    with pytest.raises(SourceError, match=r"sql\.url"):
        declared(source + section)
