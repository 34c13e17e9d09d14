"""Withdrawing, replaying and approving take the lease of whoever loads, with its fence. R-11."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from data import by_hand, replay, schema, withdraw
from data.by_hand import BUSY, alone
from data.dialects import WarehouseUnavailableError
from data.leases import LOADING, Lease, LeaseLostError
from data.settings import Settings
from data.state import dump_state
from data.warehouse import open_warehouse
from tests.data.loads import declare_sources, fact, load

WHY = "the wrong file was sent"
COMMANDS = {
    "withdraw": lambda load_id: withdraw.main([str(load_id), "--reason", WHY, "--by", "Li"]),
    "replay": lambda load_id: replay.main([str(load_id)]),
    "approve": lambda load_id: replay.main([str(load_id), "--approve", WHY, "--by", "Li"]),
}


@pytest.fixture
def stored(warehouse, warehouse_url, monkeypatch):
    """The number of a load in a warehouse that the commands find."""
    declare_sources(warehouse)
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", warehouse_url)
    return warehouse.write(load([fact(1.0)], content="a")).load_id


@contextmanager
def somebody_loads(url):
    """Let another process hold the lease."""
    with Lease(url, LOADING, 20.0) as lease:
        lease.me = "tower:4711:elsewhere"
        lease.take(5.0)
        yield lease


@pytest.mark.parametrize("command", COMMANDS)
def test_r_11_a_command_that_writes_is_refused_while_another_process_loads(
    command, stored, warehouse, warehouse_url, monkeypatch, capsys
):
    monkeypatch.setattr(by_hand, "PATIENCE_S", 0.3)
    before = dump_state(warehouse)
    with somebody_loads(warehouse_url):
        assert COMMANDS[command](stored) == BUSY
    said = capsys.readouterr().err
    assert "另一进程正在入库（tower:4711）" in said
    assert "未做任何更改" in said
    assert dump_state(warehouse) == before


def test_r_11_a_command_waits_for_the_load_and_then_does_its_work(stored, warehouse, warehouse_url, capsys):
    with somebody_loads(warehouse_url) as busy:
        threading.Timer(0.5, busy.release).start()
        assert COMMANDS["withdraw"](stored) == 0
    assert "等待其结束" in capsys.readouterr().err
    with Lease(warehouse_url, LOADING, 20.0) as lease:
        assert lease.try_take(), "it was given back"


def test_r_11_a_command_that_was_taken_for_dead_stores_nothing(stored, warehouse, warehouse_url):
    before = dump_state(warehouse)
    with alone(Settings(warehouse=warehouse_url)) as own:
        with warehouse.writing.begin() as connection:
            row = update(schema.lease).where(schema.lease.c.name == LOADING)
            connection.execute(row.values(holder="thief", token=schema.lease.c.token + 1))
        with pytest.raises(LeaseLostError):
            withdraw.withdraw(own, stored, WHY, "Li")
    assert dump_state(warehouse) == before


# --- how long a lease waits for its database


def test_a_lease_says_at_once_that_its_database_is_away():
    """Default patience would hold up the start of a command or of a web process for a minute."""
    with Lease("postgresql+psycopg://nobody@127.0.0.1:9/none", LOADING, 20.0) as lease:
        began = time.monotonic()
        assert not lease.try_take()
        with pytest.raises(WarehouseUnavailableError, match="数据库没有应答"):
            lease.take(0.1)
        assert time.monotonic() - began < 30  # not the two minutes of two questions; a refused connection takes none


def test_a_lease_waits_two_seconds_for_a_lock_and_no_longer(warehouse_url):
    holder = open_warehouse(warehouse_url)
    with Lease(warehouse_url, LOADING, 20.0) as lease, holder.writing.begin() as connection:
        connection.execute(schema.lease.insert().values(name=LOADING, holder="x", token=1, beat=0))
        began = time.monotonic()
        assert not lease.try_take()
        assert time.monotonic() - began < 20  # the default patience for a lock is 30 s
    holder.dispose()
