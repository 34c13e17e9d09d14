"""What an error of a database means, told from the error alone."""

from __future__ import annotations

import psycopg
import pytest
from pysqlite3 import dbapi2
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from data.dialects import Patience, WarehouseUnavailableError
from data.insistence import insist
from data.outages import outage_of
from data.warehouse import open_warehouse


def sqlite_error(name, kind=dbapi2.OperationalError):
    error = kind("words that may change")
    error.sqlite_errorname = name
    return error


CASES = [
    (psycopg.errors.DiskFull(), "full"),
    (psycopg.errors.LockNotAvailable(), "locked"),
    (psycopg.errors.QueryCanceled(), "slow"),
    (psycopg.errors.AdminShutdown(), "away"),
    (psycopg.errors.CannotConnectNow(), "away"),
    (psycopg.errors.TooManyConnections(), "busy"),
    (psycopg.errors.DataCorrupted(), "damaged"),
    (psycopg.errors.UniqueViolation(), None),
    (sqlite_error("SQLITE_BUSY"), "locked"),
    (sqlite_error("SQLITE_BUSY_SNAPSHOT"), "locked"),
    (sqlite_error("SQLITE_FULL"), "full"),
    (sqlite_error("SQLITE_CORRUPT_INDEX", dbapi2.DatabaseError), "damaged"),
    (sqlite_error("SQLITE_NOTADB", dbapi2.DatabaseError), "damaged"),
    (sqlite_error("SQLITE_INTERRUPT"), "slow"),
    (sqlite_error("SQLITE_ERROR"), None),
    (sqlite_error("SQLITE_CONSTRAINT_UNIQUE", dbapi2.IntegrityError), None),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=lambda value: type(value).__name__ if value else "none")
def test_an_error_means_the_same_from_the_driver_and_through_sqlalchemy(error, code):
    wrapped = DBAPIError("SELECT 1", (), error)
    for each in (error, wrapped):
        outage = outage_of(each)
        assert (outage.code if outage else None) == code


def test_a_pool_that_is_empty_is_busy_and_other_errors_are_no_outage():
    assert outage_of(PoolTimeoutError()).code == "busy"
    assert outage_of(ValueError("a bad figure")) is None


def test_the_words_are_in_both_languages_and_hold_no_address():
    for error, code in CASES:
        if code:
            words = outage_of(error).words
            assert " / " in words
            assert "words that may change" not in words


class Somebody:
    readonly = False
    patience = Patience(away_s=5)


def test_only_what_waiting_can_help_is_done_again():
    tries = []

    def fails_twice():
        tries.append(1)
        if len(tries) < 3:
            raise psycopg.errors.AdminShutdown
        return "done"

    assert insist(Somebody(), fails_twice) == "done"
    assert len(tries) == 3

    def is_full():
        tries.append(1)
        raise psycopg.errors.DiskFull

    with pytest.raises(WarehouseUnavailableError, match="disk of the warehouse is full"):
        insist(Somebody(), is_full)
    assert len(tries) == 4


def test_a_mistake_in_a_statement_is_no_outage(warehouse_url):
    opened = open_warehouse(warehouse_url)
    with pytest.raises(DBAPIError), opened.writing.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('twice', 'a'), ('twice', 'b')"))
    opened.dispose()
