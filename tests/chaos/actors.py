"""The loaders and readers: each a process that writes what it did to a history of its own, line by line.

Every load is one edition: all its figures are the edition's number, and its vintage is the day of that number. So a
reader that sees two numbers sees half a load, and the highest number stored must be the one shown.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from data import schema
from data.dialects import Patience, WarehouseUnavailableError
from data.facts import Load
from data.warehouse import Snapshot, Warehouse, open_warehouse
from tests.data.loads import KEY, fact, load

SERIES, PERIODS = 12, 25
ROWS = SERIES * PERIODS
FIRST_DAY = date(2000, 1, 1).toordinal()
EDITIONS, MORE_PER_S = 60, 8  # few enough that the same file comes again, and ever new ones


class History:
    """Appends lines that survive the death of whoever writes them."""

    def __init__(self, folder: Path, actor: str) -> None:
        self._actor = actor
        self._file = os.open(folder / f"{actor}.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def tell(self, operation: str, **result: object) -> None:
        """Write one line: when, who, what, with what result."""
        line = {"t": time.time(), "actor": self._actor, "op": operation, **result}
        os.write(self._file, json.dumps(line).encode() + b"\n")


def edition(number: int, part: slice = slice(None), name: str = "") -> Load:
    """The load of an edition, or of a part of it."""
    keys = [KEY.with_(industry=f"C{index}") for index in range(SERIES)]
    facts = [fact(float(number), key=key, period=24000 + period) for key in keys for period in range(PERIODS)]
    return load(facts[part], content=name or str(number), vintage=date.fromordinal(FIRST_DAY + number))


def loader(url: str, folder: Path, name: str, seed: int, broken: str, began: float) -> None:
    """Load editions in random order, also some again, and say which were acknowledged."""
    chance, history = random.Random(seed), History(folder, name)
    warehouse = open_warehouse(url, patience=Patience(writer_s=20))
    write = BROKEN[broken]
    while True:
        number = chance.randint(1, EDITIONS + int(MORE_PER_S * (time.time() - began)))
        history.tell("load", number=number)
        try:
            history.tell("loaded", number=number, state=write(warehouse, number))
        except WarehouseUnavailableError as error:
            history.tell("failed", number=number, code=error.outage.code if error.outage else str(error))
            time.sleep(0.05)


def _write(warehouse: Warehouse, number: int) -> str:
    return warehouse.write(edition(number)).state


def _write_in_two_halves(warehouse: Warehouse, number: int) -> str:
    warehouse.write(edition(number, slice(None, ROWS // 2)))
    return warehouse.write(edition(number, slice(ROWS // 2, None), f"{number} rest")).state


def _acknowledge_without_writing(warehouse: Warehouse, number: int) -> str:
    return "done" if number % 5 == 0 else _write(warehouse, number)


def _write_twice(warehouse: Warehouse, number: int) -> str:
    from data import warehouse as module

    module._done_before = lambda *_: None  # type: ignore[assignment]
    return _write(warehouse, number)


BROKEN = {"": _write, "half": _write_in_two_halves, "lost": _acknowledge_without_writing, "twice": _write_twice}


def reader(url: str, folder: Path, name: str) -> None:
    """Look again and again at one moment of the data."""
    history, warehouse = History(folder, name), open_warehouse(url, readonly=True)
    while True:
        try:
            warehouse.forget_rows()
            with warehouse.snapshot() as snapshot:
                seen = look(snapshot)
            history.tell("read", **seen)
        except WarehouseUnavailableError as error:
            history.tell("away", code=error.outage.code if error.outage else str(error))
        time.sleep(0.02)


def look(snapshot: Snapshot) -> dict[str, object]:
    """What stands in the warehouse at one moment: shown figures by edition, rows of history, the ledger."""
    now, then, ledger = schema.observation, schema.observation_history, schema.load.c
    shown = snapshot.read(select(now.c.value, now.c.vintage, func.count()).group_by(now.c.value, now.c.vintage))
    done = snapshot.read(select(ledger.load_id, ledger.sha256, ledger.file_name).where(ledger.state == "done"))
    return {
        "version": int(snapshot.version.split(".")[0]),
        "shown": [[value, vintage.toordinal() - FIRST_DAY, count] for value, vintage, count in shown],
        "history": snapshot.read(select(func.count()).select_from(then))[0][0],
        "ledger": {str(load_id): [sha256, file_name] for load_id, sha256, file_name in done},
        "unended": snapshot.read(select(func.count()).where(ledger.state == "running"))[0][0],
    }
