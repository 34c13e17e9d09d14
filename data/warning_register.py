"""The warnings as the warehouse remembers them: first seen, since when, how grave, ended, acknowledged by whom and why.

Only the refresh process and ``python -m data.warnings`` write here; web processes read. ``keep`` brings the table in
line with what holds now, once for any number of refreshes; ``acknowledge`` notes that somebody knows. An
acknowledgement lasts until the warning ends or becomes graver. Every change is a row of ``warning_event``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from data import schema
from data.catalogue.models import Catalogue
from data.clock import to_shanghai
from data.periods import Frequency
from data.queries import Reader
from data.warehouse import Warehouse
from data.warning_evaluation import Warned, When
from data.warning_words import figure_words, gap_words, level_words, region_words, sentence, what_words, when_words

TOLD = frozenset({"new", "raised", "ended"})  # what the webhook hears of
WARNING, EVENT = schema.warning.c, schema.warning_event.c


class UnknownWarningError(Exception):
    """No warning of this number is open."""


@dataclass(frozen=True)
class Record:
    """One remembered warning; times are Asia/Shanghai. ``acknowledged_*`` are empty where it became graver since."""

    warning_id: int
    key: str
    rule: str
    level: int
    since: str
    period: str
    text_zh: str
    text_en: str
    simulated: bool
    first_seen: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledged_because: str

    @property
    def is_acknowledged(self) -> bool:
        """Tell whether somebody knows of it at this level."""
        return self.acknowledged_at is not None


@dataclass(frozen=True)
class Kept:
    """What a look at the warnings changed."""

    new: int = 0
    raised: int = 0
    lowered: int = 0
    ended: int = 0


def records(reader: Reader, *, open_only: bool = False) -> list[Record]:
    """Return the remembered warnings, the newest first."""
    statement = select(schema.warning).order_by(WARNING.warning_id.desc())
    if open_only:
        statement = statement.where(WARNING.ended_at.is_(None))
    return [_record(row) for row in reader.read(statement)]


def open_records(reader: Reader) -> dict[str, Record]:
    """Return the open warnings by their key."""
    return {each.key: each for each in records(reader, open_only=True)}


def _record(row: Row[Any]) -> Record:
    known = row.acknowledged_level is not None and row.level >= row.acknowledged_level
    return Record(
        warning_id=row.warning_id,
        key=row.warning_key,
        rule=row.rule,
        level=row.level,
        since=row.since,
        period=row.period,
        text_zh=row.text_zh,
        text_en=row.text_en,
        simulated=row.simulated,
        first_seen=to_shanghai(row.first_seen),
        ended_at=None if row.ended_at is None else to_shanghai(row.ended_at),
        acknowledged_at=to_shanghai(row.acknowledged_at) if known else None,
        acknowledged_by=row.acknowledged_by if known else "",
        acknowledged_because=row.acknowledged_because if known else "",
    )


def keep(warehouse: Warehouse, catalogue: Catalogue, found: Sequence[Warned], now: datetime, *, tell: bool) -> Kept:
    """Bring the table in line with what holds now, in one transaction; ``tell`` queues messages for the webhook.

    Nothing is written, and the data version stays, where nothing changed.
    """
    wanted = {each.key: (each, _row(each, catalogue)) for each in found}
    with warehouse.connected() as connection:
        if _agrees(_open_rows(connection), {key: row for key, (_, row) in wanted.items()}):
            return Kept()
    with warehouse.changing() as (connection, _):
        return _Keeping(connection, catalogue, now, tell).keep(wanted)


def _agrees(stored: Mapping[str, Row[Any]], wanted: Mapping[str, dict[str, Any]]) -> bool:
    if stored.keys() != wanted.keys():
        return False
    return all(getattr(stored[key], name) == value for key, row in wanted.items() for name, value in row.items())


def _open_rows(connection: Connection) -> dict[str, Row[Any]]:
    statement: Select[Any] = select(schema.warning).where(WARNING.ended_at.is_(None))
    return {row.warning_key: row for row in connection.execute(statement)}


@dataclass
class _Keeping:
    connection: Connection
    catalogue: Catalogue
    now: datetime
    tell: bool

    def keep(self, wanted: Mapping[str, tuple[Warned, dict[str, Any]]]) -> Kept:
        stored = _open_rows(self.connection)
        counts = {"new": 0, "raised": 0, "lowered": 0, "ended": 0}
        for key, (found, row) in wanted.items():
            event = self._seen(found, row, stored.get(key))
            if event:
                counts[event] += 1
        for key, old in stored.items():
            if key not in wanted:
                self._end(old)
                counts["ended"] += 1
        return Kept(**counts)

    def _seen(self, found: Warned, row: dict[str, Any], old: Row[Any] | None) -> str:
        if old is None:
            made = self.connection.execute(insert(schema.warning).values(first_seen=self.now, **row))
            self._note(_new_id(made), "new", found.level, message(found, self.catalogue))
            return "new"
        self.connection.execute(update(schema.warning).where(WARNING.warning_id == old.warning_id).values(row))
        if found.level == old.level:
            return ""
        event = "raised" if found.level < old.level else "lowered"
        self._note(old.warning_id, event, found.level, message(found, self.catalogue))
        return event

    def _end(self, old: Row[Any]) -> None:
        self.connection.execute(
            update(schema.warning).where(WARNING.warning_id == old.warning_id).values(ended_at=self.now)
        )
        told = {
            "key": old.warning_key, "rule": old.rule, "level": old.level, "level_zh": level_words(old.level, "zh"),
            "level_en": level_words(old.level, "en"), "text_zh": old.text_zh, "text_en": old.text_en,
            "since": old.since, "period": old.period, "simulated": old.simulated,
        }  # fmt: skip
        self._note(old.warning_id, "ended", old.level, told)

    def _note(self, warning_id: int, event: str, level: int, told: dict[str, Any]) -> None:
        row = {"warning_id": warning_id, "event": event, "at": self.now, "level": level}
        event_id = _new_id(self.connection.execute(insert(schema.warning_event).values(row)))
        if self.tell and event in TOLD:
            at = to_shanghai(self.now).isoformat(timespec="seconds")
            body = {"dedup_key": f"{told['key']}#{event_id}", "event": event, "at": at, **told}
            text = json.dumps(body, ensure_ascii=False)
            self.connection.execute(insert(schema.warning_message).values(event_id=event_id, body=text))


def _new_id(made: Any) -> int:  # noqa: ANN401 - the cursor of an insert
    return int(made.inserted_primary_key[0])


def _row(found: Warned, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "warning_key": found.key,
        "rule": found.rule,
        "level": found.level,
        "since": period_code(found.since),
        "period": period_code(found.period),
        "text_zh": sentence(found, catalogue, "zh"),
        "text_en": sentence(found, catalogue, "en"),
        "simulated": found.simulated,
    }


def message(found: Warned, catalogue: Catalogue) -> dict[str, Any]:
    """Return a warning for programs: what the JSON interface and the webhook say of it, in both languages."""
    unit = catalogue.units[catalogue.indicators[found.indicator].unit]
    words = {
        f"{name}_{language}": make(found, catalogue, language)
        for name, make in (("what", what_words), ("figure", figure_words), ("gap", gap_words), ("text", sentence))
        for language in ("zh", "en")
    }
    return {
        "key": found.key,
        "rule": found.rule,
        "kind": found.kind,
        "level": found.level,
        "level_zh": level_words(found.level, "zh"),
        "level_en": level_words(found.level, "en"),
        "indicator": found.indicator,
        "member": found.member,
        "region": found.region,
        "region_zh": region_words(found.region, catalogue, "zh"),
        "region_en": region_words(found.region, catalogue, "en"),
        "figure": found.figure,
        "unit": "%" if found.series.measure != "level" else unit.code,
        "gap": round(found.gap, 6),
        "gap_unit": found.gap_unit,
        "period": period_code(found.period),
        "period_zh": when_words(found.period, "zh"),
        "period_en": when_words(found.period, "en"),
        "since": period_code(found.since),
        "since_zh": when_words(found.since, "zh"),
        "since_en": when_words(found.since, "en"),
        "simulated": found.simulated,
        "example": found.example,
        **words,
    }


def period_code(when: When) -> str:
    """Write a period for programs: 2026-10 for months and quarters, 2026 for years, 2026-11-23 for days."""
    from data.gathering import period_text

    text = period_text(when.frequency, when.period)
    return text if when.frequency == Frequency.DAILY or when.accumulation != "Y" else f"{text}/Y"


def acknowledge(warehouse: Warehouse, warning_id: int, author: str, reason: str, now: datetime) -> None:
    """Note that somebody knows of an open warning. Raises ``UnknownWarningError`` if there is none of this number."""
    with warehouse.changing() as (connection, _):
        row = connection.execute(
            select(schema.warning).where(WARNING.warning_id == warning_id, WARNING.ended_at.is_(None))
        ).first()
        if row is None:
            raise UnknownWarningError(
                f"no open warning has the number {warning_id} / 没有编号为 {warning_id} 的未结束预警"
            )
        known = {
            "acknowledged_at": now, "acknowledged_by": author, "acknowledged_because": reason,
            "acknowledged_level": row.level,
        }  # fmt: skip
        connection.execute(update(schema.warning).where(WARNING.warning_id == warning_id).values(known))
        event = {"warning_id": warning_id, "event": "acknowledged", "at": now, "level": row.level}
        connection.execute(insert(schema.warning_event).values(event | {"author": author, "reason": reason}))


@dataclass(frozen=True)
class Event:
    """One thing that happened to a warning."""

    warning_id: int
    event: str
    at: datetime
    level: int
    author: str
    reason: str


def events(reader: Reader) -> list[Event]:
    """Return everything that happened, in order."""
    names = ("warning_id", "event", "at", "level", "author", "reason")
    statement = select(*(EVENT[name] for name in names)).order_by(EVENT.event_id)
    return [Event(row[0], row[1], to_shanghai(row[2]), *row[3:]) for row in reader.read(statement)]
