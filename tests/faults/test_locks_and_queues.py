"""R-09, R-10, R-15: a foreign program holds the warehouse, all connections are taken, questions that never end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url
from werkzeug.serving import make_server

from app import create_app
from data.dialects import PATIENT, Patience, WarehouseUnavailableError, make_engine
from data.settings import Settings
from data.warehouse import open_warehouse
from tests.conftest import TODAY
from tests.data.loads import declare_sources, fact, load
from tests.faults.asking import ask
from tests.faults.conftest import fill_a_little

HOLDER = """
import sys
from pysqlite3 import dbapi2
connection = dbapi2.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(url):
    """Let another program hold the warehouse for itself, until the end of the block or until ``release``."""
    if make_url(url).get_backend_name() == "sqlite":
        with _held_file(make_url(url).database) as release:
            yield release
        return
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE observation, load IN EXCLUSIVE MODE")
        yield connection.rollback


@contextmanager
def _held_file(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        yield holder.kill
    finally:
        holder.kill()
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()


def test_r_09_a_load_waits_for_a_foreign_program_and_then_says_who_is_in_the_way(warehouse_url):
    fill_a_little(warehouse_url)
    opened = open_warehouse(warehouse_url, patience=Patience(writer_s=1.0))
    version = opened.data_version()
    with held(warehouse_url):
        began = time.monotonic()
        with pytest.raises(
            WarehouseUnavailableError, match=r"another program keeps .* / 数据仓库被其他程序占用"
        ) as raised:
            opened.write(load([fact(2.0)], content="b"))
        assert 0.9 < time.monotonic() - began < 15
        assert raised.value.outage.code == "locked"
        reader = open_warehouse(warehouse_url, readonly=True)
        assert reader.data_version() == version  # reading is not disturbed
        reader.dispose()
    assert opened.write(load([fact(2.0)], content="b")).state == "done"
    opened.dispose()


def test_r_09_a_load_goes_on_when_the_foreign_program_lets_go(warehouse_url):
    fill_a_little(warehouse_url)
    assert PATIENT.writer_s == 30
    opened = open_warehouse(warehouse_url)
    with held(warehouse_url) as release:
        threading.Timer(0.7, release).start()
        assert opened.write(load([fact(2.0)], content="b")).state == "done"
    opened.dispose()


# ---


@pytest.fixture
def served(warehouse_url):
    """The application with two connections, on a real port."""
    fill_a_little(warehouse_url)
    app = create_app(Settings(warehouse=warehouse_url, today=TODAY))
    warehouse = app.server.extensions["onescreen"].warehouse
    patience = Patience(connections=2, more_connections=0)
    warehouse.reading = make_engine(warehouse_url, readonly=True, limited=True, patience=patience)
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", warehouse
    server.shutdown()
    thread.join()
    server.server_close()
    warehouse.dispose()


def test_r_10_when_all_connections_are_taken_everybody_is_told_soon_and_it_recovers(served):
    address, warehouse = served
    assert PATIENT.pool_s <= 2
    with warehouse.reading.connect(), warehouse.reading.connect(), ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(ask, [f"{address}/api/version"] * 20))
    assert {(each.status, each.code, each.headers["Retry-After"]) for each in answers} == {(503, "warehouse_busy", "5")}
    # One second in the queue and a second for the machine; 30 s, the default of the pool, would be a hang.
    assert max(each.seconds for each in answers) < 10
    assert ask(f"{address}/api/version").status == 200


# ---

SLOW_VIEW = {
    "sqlite": "CREATE VIEW meta AS WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) "
    "SELECT 'data_version' AS key, CAST(max(a) AS TEXT) AS value FROM n",
    "postgresql": "CREATE VIEW meta AS SELECT 'data_version' AS key, pg_sleep(120)::text AS value",
}


def test_r_15_thirty_questions_that_never_end_are_cut_and_stop_nothing_else(warehouse_url, web):
    fill_a_little(warehouse_url)
    opened = open_warehouse(warehouse_url)
    server = web(warehouse_url)
    with opened.writing.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE meta RENAME TO kept")
        connection.exec_driver_sql(SLOW_VIEW[opened.dialect])
    with ThreadPoolExecutor(30) as clients:
        stuck = [clients.submit(ask, f"{server.url}/api/version") for _ in range(30)]
        time.sleep(1)
        for _ in range(3):
            assert ask(f"{server.url}/healthz").status == 200
        assert not any(each.done() for each in stuck), "they were all still stuck when /healthz answered"
        answers = [each.result() for each in stuck]
    assert {(each.status, each.code) for each in answers} == {(503, "warehouse_slow")}
    assert max(each.seconds for each in answers) < 25
    with opened.writing.begin() as connection:
        connection.exec_driver_sql("DROP VIEW meta")
        connection.exec_driver_sql("ALTER TABLE kept RENAME TO meta")
    assert [ask(f"{server.url}/api/version").status for _ in range(4)] == [200] * 4
    opened.dispose()


def test_r_15_a_connection_can_be_used_again_after_a_question_was_cut(warehouse_url):
    patience = Patience(sqlite_statement_s=0.3, postgresql_statement_s=0.3, connections=1, more_connections=0)
    reader = open_warehouse(warehouse_url, readonly=True, patience=patience)
    endless = {
        "sqlite": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT max(a) FROM n",
        "postgresql": "SELECT pg_sleep(60)",
    }
    for _ in range(2):
        with pytest.raises(WarehouseUnavailableError, match="took too long"), reader.connected() as connection:
            connection.exec_driver_sql(endless[reader.dialect])
        assert reader.data_version() == "0"
    reader.dispose()


def test_r_15_a_loader_may_take_its_time(warehouse_url):
    opened = open_warehouse(warehouse_url, patience=Patience(sqlite_statement_s=0.1, postgresql_statement_s=0.1))
    declare_sources(opened)
    slow = {
        "sqlite": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 2000001) "
        "SELECT max(a) FROM n",
        "postgresql": "SELECT 2000001 FROM pg_sleep(0.5)",
    }
    with opened.connected() as connection:
        assert connection.exec_driver_sql(slow[opened.dialect]).scalar() == 2000001
    opened.dispose()
