"""Who may load: one holder, a token that only grows, and nothing stored by a holder that was taken for dead. R-11."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from data.dialects import lock_writers
from data.leases import LOADING, Lease, LeaseBusyError, LeaseLostError, identity, is_gone
from data.settings import ROOT
from data.warehouse import open_warehouse


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def leases(warehouse_url, hand):
    """Make leases that see no life in each other but by the clock moved by hand."""
    made = []

    def make(name=LOADING):
        lease = Lease(warehouse_url, name, 10.0, clock=hand)
        lease.me = f"elsewhere:{len(made)}"
        lease._start_keeper = lambda: None
        made.append(lease)
        return lease

    yield make
    for lease in made:
        lease.close()


def test_r_11_one_holds_the_others_wait_and_the_token_only_grows(leases, hand):
    first, second = leases(), leases()
    assert (first.try_take(), second.try_take()) == (True, False)
    assert second.holder() == first.me
    hand.seconds += 9
    assert first.beat()
    assert not second.try_take()
    hand.seconds += 9
    assert not second.try_take(), "its beat was seen 9 seconds ago"
    first.release()
    assert second.try_take(), "given back, it is free at once"
    assert (first.token, second.token) == (0, 2)
    assert leases("another").try_take(), "each name is a lease of its own"


def test_r_11_a_holder_without_a_beat_is_replaced_and_cannot_commit(warehouse, leases, hand):
    first, second = leases(), leases()
    assert first.try_take()
    first.fence(warehouse.writing)
    warehouse.note("word", "of the first")
    assert not second.try_take()
    hand.seconds += 10.5
    assert not first.is_held()
    assert second.try_take()
    with pytest.raises(LeaseLostError, match="nothing is stored"):
        warehouse.note("word", "too late")
    assert warehouse.noted("word") == "of the first"
    assert not first.beat()
    first.unfence(warehouse.writing)
    second.fence(warehouse.writing)
    warehouse.note("word", "of the second")
    warehouse.settle()
    assert warehouse.noted("word") == "of the second"


def test_t_01_whoever_slept_itself_takes_nothing_over(leases, hand):
    first, second = leases(), leases()
    first.try_take()
    assert not second.try_take()
    hand.seconds += 3600  # both were stopped, or the machine slept
    assert first.beat()
    assert not second.try_take(), "it looks first, and sees a beat it did not know"


def test_waiting_says_who_holds_it_and_gives_up(warehouse_url):
    with Lease(warehouse_url, LOADING, 5.0) as first, Lease(warehouse_url, LOADING, 5.0) as second:
        first.take(1.0)
        said = []
        with pytest.raises(LeaseBusyError, match="holds the lease"):
            second.take(0.5, said.append)
        assert said == [identity()]


def test_a_keeper_keeps_it_alive(warehouse_url):
    with Lease(warehouse_url, LOADING, 0.5) as first, Lease(warehouse_url, LOADING, 0.5) as second:
        first.take(1.0)
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            assert not second.try_take()
            time.sleep(0.05)


def test_a_dead_process_of_this_machine_is_known_at_once(warehouse_url):
    program = (
        "import os, sys; from data.leases import Lease;"
        "lease = Lease(sys.argv[1], 'loading', 30.0); lease.take(5.0); print(lease.me, flush=True); os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", program, warehouse_url], cwd=ROOT, capture_output=True, text=True)
    assert is_gone(died.stdout.strip()), died.stderr
    assert not is_gone(identity())
    assert not is_gone("elsewhere:1:boot:1:1")
    with Lease(warehouse_url, LOADING, 30.0) as lease:
        assert lease.try_take()
        assert lease.token == 2


@pytest.mark.postgresql
def test_r_11_what_a_stopped_holder_left_locked_on_postgresql_is_freed(postgresql_server):
    url = postgresql_server.create()
    stopped, hand = open_warehouse(url), Hand()
    with Lease(url, LOADING, 10.0, clock=hand) as first, Lease(url, LOADING, 10.0, clock=hand) as second:
        first._start_keeper = second._start_keeper = lambda: None
        first.me = "elsewhere:1"
        first.take(1.0)
        first.fence(stopped.writing)
        connection = stopped.writing.connect()
        lock_writers(connection)
        assert not second.try_take()
        hand.seconds += 11
        assert second.try_take()
        fresh = open_warehouse(url)
        fresh.note("word", "stored")  # needs the lock the stopped one held
        assert fresh.noted("word") == "stored"
        with pytest.raises(Exception, match=r"terminating connection|closed"):
            connection.execute(text("SELECT 1"))
        connection.invalidate()
        connection.close()
        first.unfence(stopped.writing)
        fresh.dispose()
    stopped.dispose()
    postgresql_server.drop(url)


@pytest.mark.sqlite
def test_a_load_that_keeps_sqlite_locked_loses_no_lease(sqlite_files, hand):
    url = sqlite_files.create()
    loading = open_warehouse(url)
    with Lease(url, LOADING, 10.0, clock=hand) as first, Lease(url, LOADING, 10.0, clock=hand) as second:
        first._start_keeper = second._start_keeper = lambda: None
        first.me, second.me = "elsewhere:1", "elsewhere:2"
        first.take(1.0)
        assert not second.try_take()
        with loading.writing.begin():
            hand.seconds += 11
            assert first.beat(), "nobody can write now, so nobody can have taken it"
            assert first.is_held()
            assert not second.try_take(), "locked"
        assert not second.try_take(), "the lock showed that somebody lives: it waits from the beginning"
        assert first.beat()
    loading.dispose()


def test_identity_has_no_secret():
    assert identity().split(":")[1] == str(os.getpid())
