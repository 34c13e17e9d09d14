"""What a person changes by a command is done by one process at a time, as loads are: under the same lease, fenced.

A load that goes on is waited for; one that takes over meanwhile (this process was stopped, and taken for dead) makes
every transaction of the command fail, so that nothing of it is stored beside the other's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from data.leases import LOADING, Lease, LeaseBusyError
from data.settings import Settings
from data.warehouse import Warehouse, open_warehouse

PATIENCE_S = 60.0  # how long a command waits for the process that loads
BUSY = 4  # exit code, as of a refresh
_WAITING = {
    "zh": "另一进程正在入库（{holder}），等待其结束……",
    "en": "another process is loading ({holder}); waiting for it to end …",
}
_BUSY = {
    "zh": "另一进程（{holder}）仍在入库，未做任何更改：请在其结束后重试",
    "en": "another process ({holder}) is still loading; nothing was changed: try again when it has ended",
}


@contextmanager
def alone(settings: Settings) -> Iterator[Warehouse]:
    """Give the warehouse to write in while nobody else does. Raises ``LeaseBusyError`` with words for a person."""
    warehouse = open_warehouse(settings.warehouse)
    try:
        warehouse.check_schema()
        with Lease(settings.warehouse, LOADING, settings.lease_s) as lease:
            _take(lease, settings.language)
            lease.fence(warehouse.writing)
            try:
                yield warehouse
            finally:
                lease.unfence(warehouse.writing)
    finally:
        warehouse.dispose()


def _take(lease: Lease, language: str) -> None:
    def say(holder: str) -> None:
        sys.stderr.write(waiting_words(holder, language) + "\n")

    try:
        lease.take(PATIENCE_S, say)
    except LeaseBusyError as error:
        raise LeaseBusyError(_BUSY[language].format(holder=_place(lease.holder() or "?"))) from error


def waiting_words(holder: str, language: str) -> str:
    """Return what a person is told while another process loads."""
    return _WAITING[language].format(holder=_place(holder))


def _place(holder: str) -> str:
    """Return machine and process of a holder."""
    return ":".join(holder.split(":")[:2])
