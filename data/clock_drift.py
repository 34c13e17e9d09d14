"""A clock that is wrong is noticed: against the database's, and against the loads that are stored (T-01).

Nothing depends on it being right (durations go by a clock that does not jump, loads are ordered by their numbers);
but what is due, and how late a source is, does. So a load that meets it says so among its findings, and in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data import schema
from data.clock import to_shanghai
from data.dialects import server_time
from data.findings import Finding

LOG = logging.getLogger("onescreen.clock")
TOLERATED = timedelta(minutes=1)
CHECK = "clock"


def clock_findings(connection: Connection, now: datetime) -> list[Finding]:
    """Return what is wrong with the time of this process, as findings of the load it is about to store."""
    found = [*_beside_server(server_time(connection), now), *_beside_loads(connection, now)]
    for each in found:
        LOG.warning("%s / %s", each.reason_zh, each.reason_en)
    return found


def drift(connection: Connection, now: datetime) -> timedelta:
    """Return how far the clock of the database is ahead of ``now``; nothing where it is the same or nearly."""
    there = server_time(connection)
    ahead = timedelta(0) if there is None else there - now
    return ahead if abs(ahead) > TOLERATED else timedelta(0)


def _beside_server(there: datetime | None, now: datetime) -> Iterator[Finding]:
    if there is not None and abs(there - now) > TOLERATED:
        seconds = f"{(there - now).total_seconds():+.0f}"
        zh, en = f"数据库时钟与本机相差 {seconds} 秒", f"the database's clock is {seconds} s from this machine's"
        yield Finding(CHECK, "warn", "", told(there), zh, en)


def _beside_loads(connection: Connection, now: datetime) -> Iterator[Finding]:
    last = connection.execute(select(func.max(schema.load.c.started_at))).scalar()
    if last is not None and last - now > TOLERATED:
        zh = f"本机时间 {told(now)} 早于上次入库 {told(last)}：时钟曾被拨快或现已拨慢"
        en = f"it is {told(now)} here, before the last load at {told(last)}: the clock was ahead then, or is behind now"
        yield Finding(CHECK, "warn", "", told(last), zh, en)


def told(moment: datetime) -> str:
    """Return a time as a person reads it."""
    return to_shanghai(moment).isoformat(sep=" ", timespec="seconds")
