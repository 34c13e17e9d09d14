"""From the records of a message to facts, the same for every protocol.

A record is what stands together in a message: an SDMX observation with its key and attributes, one object of a JSON
list, one line of a CSV, one row of a query. Which series it belongs to, its unit and its period are declared and
checked; nothing is guessed from a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from data.catalogue import Catalogue
from data.facts import Fact, Reject, SeriesKey
from data.loaders.numbers import NumberError, decimals_of, parse_number
from data.loaders.period_cells import PeriodError, PeriodForm
from data.loaders.placements import Place, name_codes, place_column
from data.loaders.record_mapping import (
    CONFIDENTIALITY,
    RECORD_FORMS,
    WITH_VALUE,
    WITHOUT_VALUE,
    RecordGroup,
    RecordMapping,
    Status,
)
from data.loaders.source import FileRefusedError, Parsed, Source, SourceError

RAW_CHARACTERS = 500
MAX_DIGITS = 40
EXPONENT = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?[eE][+-]?[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """What stands together in a message: texts, numbers as ``Decimal`` and ``None`` by name, and where it stands."""

    place: str
    fields: Mapping[str, object]


@dataclass
class _Prepared:
    group: RecordGroup
    form: PeriodForm
    columns: list[tuple[str, str, Place]]  # field, unit, where it goes
    keys: dict[tuple[int, tuple[str, ...]], SeriesKey]


class RecordReader:
    """Reads the records of one file as its ``[records]`` section declares."""

    def __init__(self, source: Source, file_name: str, catalogue: Catalogue, mapping: RecordMapping) -> None:
        self.source, self.file_name, self.mapping = source, file_name, mapping
        self.missing = frozenset(mapping.missing)
        self.when = tuple(mapping.group[0].when)
        self.lookups = [(each.part, each.header, name_codes(source, catalogue, each)) for each in mapping.lookup]
        self.excluded = [(rule.header, frozenset(rule.values)) for rule in mapping.excluded]
        self.groups = {tuple(group.when.values()): self._prepare(group, catalogue) for group in mapping.group}

    def _prepare(self, group: RecordGroup, catalogue: Catalogue) -> _Prepared:
        form = RECORD_FORMS[group.form or self.mapping.form]
        columns = [
            (
                column.header,
                column.unit or group.unit or "",
                place_column(self.source, catalogue, group, column, form.frequency),
            )
            for column in group.read_columns(catalogue.indicators)
        ]
        if self.mapping.unit and not all(unit for _, unit, _ in columns):
            raise SourceError(self.source.declared_in, "records.group.unit", "the unit the file states is not declared")
        return _Prepared(group, form, columns, {})

    def read(self, records: Iterable[Record]) -> Parsed:
        """Return the facts, rejects and counts; a record unlike the declaration raises ``FileRefusedError``."""
        parsed = Parsed()
        for record in records:
            parsed.rows_read += 1
            self._read_record(record, parsed)
        if not parsed.rows_read:
            raise FileRefusedError(self.file_name, "the message", "at least one record", "none")
        return parsed

    def _read_record(self, record: Record, parsed: Parsed) -> None:
        for name in self.mapping.needed:
            if name not in record.fields:
                raise FileRefusedError(self.file_name, record.place, f"field {name!r}", _names(record))
        if any(_text(record.fields.get(name)) in values for name, values in self.excluded):
            parsed.excluded += 1
            return
        prepared = self._group_of(record, parsed)
        if prepared is None:
            return
        self._check_musts(record, prepared.group)
        try:
            period = prepared.form.read(_text(record.fields[self.mapping.period]))
        except PeriodError as error:
            parsed.rejects.append(Reject(record.place, _raw(record), str(error)))
            return
        codes = self._codes(record, parsed)
        if codes is not None:
            for number, (name, unit, place) in enumerate(prepared.columns):
                key = prepared.keys.get((number, codes))
                if key is None:
                    parts: dict[str, str] = {part: code for (part, _, _), code in zip(self.lookups, codes, strict=True)}
                    key = prepared.keys[number, codes] = place.key(parts)
                self._check_unit(record, unit)
                self._read_value(record, name, place, key, period, parsed)

    def _group_of(self, record: Record, parsed: Parsed) -> _Prepared | None:
        found = tuple(_text(record.fields[name]) for name in self.when)
        prepared = self.groups.get(found)
        if prepared is not None:
            return prepared
        if self.mapping.unmatched == "refuse":
            known = " or ".join(", ".join(texts) for texts in self.groups)
            raise FileRefusedError(self.file_name, record.place, f"{', '.join(self.when)}: {known}", ", ".join(found))
        if self.mapping.unmatched == "exclude":
            parsed.excluded += 1
        else:
            reason = f"{', '.join(self.when)} is not declared: {', '.join(found)}"
            parsed.rejects.append(Reject(record.place, _raw(record), reason))
        return None

    def _check_musts(self, record: Record, group: RecordGroup) -> None:
        for name, text in group.must.items():
            found = _text(record.fields.get(name))
            if found != text:
                raise FileRefusedError(self.file_name, record.place, f"{name} {text!r}", repr(found))

    def _check_unit(self, record: Record, unit: str) -> None:
        name = self.mapping.unit
        if name and _text(record.fields.get(name)) != unit:
            found = repr(record.fields.get(name))
            raise FileRefusedError(self.file_name, record.place, f"{name} {unit!r}", found)

    def _codes(self, record: Record, parsed: Parsed) -> tuple[str, ...] | None:
        codes = []
        for part, name, known in self.lookups:
            code = known.get(_text(record.fields[name]))
            if code is None:
                reason = f"{part} {_text(record.fields[name])!r} is not in the code list"
                parsed.rejects.append(Reject(record.place, _raw(record), reason))
                return None
            codes.append(code)
        return tuple(codes)

    def _read_value(self, record: Record, name: str, place: Place, key: SeriesKey, period: int, parsed: Parsed) -> None:
        where = f"{record.place}, {name}"
        if name not in record.fields:
            raise FileRefusedError(self.file_name, record.place, f"field {name!r}", _names(record))
        cell = record.fields[name]
        try:
            obs_status = _status(record, self.mapping.status, "A", WITH_VALUE | WITHOUT_VALUE)
            conf_status = _status(record, self.mapping.confidentiality, "F", CONFIDENTIALITY)
            if cell is None or (isinstance(cell, str) and cell in self.missing):
                self._read_empty(key, period, place, where, obs_status, conf_status, cell, parsed)
                return
            number = number_of(cell, exponent=self.mapping.exponent)
            if obs_status in WITHOUT_VALUE:
                raise NumberError(f"a value stands beside status {obs_status}, which has none")
            value, decimals = place.stored(number)
            shown = self._decimals(record, place, decimals)
        except NumberError as error:
            parsed.rejects.append(Reject(where, _text(cell)[:RAW_CHARACTERS], str(error)))
            return
        fact = Fact(key, period, value, place.stored_unit, where, _text(cell), shown, obs_status, conf_status)
        parsed.facts.append(fact)

    def _read_empty(
        self, key: SeriesKey, period: int, place: Place, where: str, obs_status: str, conf_status: str,
        cell: str | None, parsed: Parsed,
    ) -> None:  # fmt: skip
        """Keep what the publisher says about an empty cell: suppressed, secret, cannot exist; else it is missing."""
        raw = "" if cell is None else cell
        if obs_status in WITHOUT_VALUE or conf_status != "F":
            status = obs_status if obs_status in WITHOUT_VALUE else "Q"
            fact = Fact(key, period, None, place.stored_unit, where, raw, None, status, conf_status)
            parsed.facts.append(fact)
        elif cell is not None or self.mapping.null == "missing":
            parsed.missing += 1
        else:
            parsed.rejects.append(Reject(where, "", "empty, and the declaration does not say that empty is missing"))

    def _decimals(self, record: Record, place: Place, written: int) -> int:
        """Return the published decimals in the stored unit, from the message where it tells them."""
        told = record.fields.get(self.mapping.decimals) if self.mapping.decimals else None
        if told is None or place.decimals is not None:
            return written
        text = _text(told)
        if not (text.isascii() and text.isdecimal() and len(text) == 1):
            raise NumberError(f"decimals are told as {text[:MAX_DIGITS]!r}")
        return decimals_of(Decimal(1).scaleb(-int(text)) * place.factor)


def number_of(cell: object, *, exponent: bool) -> Decimal:
    """Return the number of a field: a JSON number as written, a text by ``parse_number`` (and 1.5E3 if allowed)."""
    if isinstance(cell, str):
        if exponent and EXPONENT.fullmatch(cell.strip()):
            return _limited(Decimal(cell.strip()))
        return parse_number(cell)
    if not isinstance(cell, Decimal):
        raise NumberError(f"not a number but {type(cell).__name__}: {str(cell)[:MAX_DIGITS]!r}")
    return _limited(cell)


def _limited(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS:
        raise NumberError(f"not a number a statistic has: {str(number)[:MAX_DIGITS]}")
    return number


def _status(record: Record, declared: Status | None, absent: str, known: frozenset[str]) -> str:
    if declared is None:
        return absent
    found = record.fields.get(declared.field)
    text = "" if found is None else _text(found)
    code = declared.codes.get(text, text) if text else declared.absent
    if code not in known:
        raise NumberError(f"{declared.field} {text!r} is not declared")
    return code


def _text(field: object) -> str:
    """Return a field as text; a number without the zeros of an exponent, so that ``2010`` is ``2010``."""
    if field is None:
        return ""
    if isinstance(field, bool):
        return "true" if field else "false"
    return format(field, "f") if isinstance(field, Decimal) else str(field).strip()


def _raw(record: Record) -> str:
    return ", ".join(f"{name}={_text(field)}" for name, field in record.fields.items())[:RAW_CHARACTERS]


def _names(record: Record) -> str:
    return ", ".join(map(repr, record.fields))[:RAW_CHARACTERS] or "no field"
