"""SDMX-JSON data messages, 1.0 and 2.0, flat or in series: positions in the key are looked up in the structure.

The library ``sdmx1`` reads 1.0 alone, and in 2.0 the structures became a list; the format is small, so one reader
serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.loaders.json_paths import read_json, shown
from data.loaders.records import Record
from data.loaders.sdmx_xml import URN
from data.loaders.source import FileRefusedError

LEVELS = ("dataSet", "series", "observation")
DELETE = "delete"


def records(path: Path, structures: tuple[str, ...]) -> Iterator[Record]:
    """Yield the observations of a message that follows one of ``structures``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, "the file", "UTF-8", str(error)) from error
    message = read_json(text, path.name)
    try:
        data = message.get("data", message)
        listed = data["structures"] if "structures" in data else [data["structure"]]
        for number, data_set in enumerate(data["dataSets"]):
            structure = listed[int(data_set.get("structure", 0))]
            _check(path, structure, data_set, structures)
            yield from _DataSet(f"dataSets[{number}]", structure, data_set).records()
    except FileRefusedError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        told = f" in {shown(message)}" if isinstance(message, dict) and "errors" in message else ""
        found = f"{error!r:.300}{told}"
        raise FileRefusedError(path.name, "data", "an SDMX-JSON data message", found) from error


def _check(path: Path, structure: Mapping[str, Any], data_set: Mapping[str, Any], structures: Sequence[str]) -> None:
    urns = [URN.fullmatch(str(link.get("urn", ""))) for link in structure.get("links", [])]
    names = [f"{urn[1]}:{urn[2]}({urn[3]})" for urn in urns if urn]
    if not set(names) & set(structures):
        found = ", ".join(names) or "no link to a structure"
        raise FileRefusedError(path.name, "structures[].links", " or ".join(structures), found)
    if str(data_set.get("action", "")).lower() == DELETE:
        raise FileRefusedError(path.name, "dataSets[].action", "data to store", "Delete")


class _DataSet:
    """One data set: components in the order in which its keys count them."""

    def __init__(self, place: str, structure: Mapping[str, Any], data_set: Mapping[str, Any]) -> None:
        self.place, self.data_set = place, data_set
        self.dimensions = {level: structure["dimensions"].get(level) or [] for level in LEVELS}
        declared = structure.get("attributes", {})
        self.attributes = {level: declared.get(level) or [] for level in (*LEVELS, "dimensionGroup")}
        measures = (structure.get("measures") or {}).get("observation") or []
        self.measures = [each["id"] for each in measures] or ["OBS_VALUE"]
        self.fixed = {each["id"]: _code(each["values"][0]) for each in self.dimensions["dataSet"]}
        self.shared = _told(self.attributes["dataSet"], data_set.get("attributes") or [], complete=False)
        self.order = [each for level in LEVELS for each in self.dimensions[level]]

    def records(self) -> Iterator[Record]:
        """Yield the observations of the data set, those in series and those that stand alone."""
        yield from self._of("", {}, {}, self.data_set.get("observations") or {})
        for key, series in (self.data_set.get("series") or {}).items():
            found = self._looked_up(key, "series")
            told = _told(self.attributes["series"], series.get("attributes") or [], complete=False)
            yield from self._of(f".series[{key}]", found, told, series.get("observations") or {})

    def _of(
        self, place: str, key: Mapping[str, str], told: Mapping[str, object], observations: Mapping[str, list[Any]]
    ) -> Iterator[Record]:
        for position, cells in observations.items():
            own = {**self.fixed, **key, **self._looked_up(position, "observation")}
            values = dict(zip(self.measures, cells, strict=False))
            count = len(self.measures)
            if len(cells) < count:
                raise ValueError(f"observation {position} has {len(cells)} cells for {count} measures")
            own_told = _told(self.attributes["observation"], cells[count:], complete=True)
            fields = {**self.shared, **self._of_groups(own), **told, **own_told, **own, **values}
            yield Record(f"{self.place}{place}.observations[{position}]", fields)

    def _looked_up(self, key: str, level: str) -> dict[str, str]:
        dimensions = self.dimensions[level]
        positions = [int(text) for text in key.split(":")] if key else []
        if len(positions) != len(dimensions) or any(position < 0 for position in positions):
            raise ValueError(f"key {key!r} does not fit {len(dimensions)} dimensions")
        return {each["id"]: _code(each["values"][at]) for each, at in zip(dimensions, positions, strict=True)}

    def _of_groups(self, key: Mapping[str, str]) -> dict[str, object]:
        """Return the attributes of the dimension groups a key lies in; an empty part of their key fits anything."""
        found: dict[str, object] = {}
        for group, cells in (self.data_set.get("dimensionGroupAttributes") or {}).items():
            parts = group.split(":")
            if len(parts) != len(self.order):
                raise ValueError(f"group {group!r} does not fit {len(self.order)} dimensions")
            fits = all(
                not part or _code(each["values"][int(part)]) == key[each["id"]]
                for part, each in zip(parts, self.order, strict=True)
            )
            if fits:
                found.update(_told(self.attributes["dimensionGroup"], cells, complete=False))
        return found


def _told(attributes: Sequence[Mapping[str, Any]], cells: Sequence[Any], *, complete: bool) -> dict[str, object]:
    """Return attribute values: a position in the listed values, or the value itself; left out means the default.

    Cells beyond the attributes are positions of annotations; only observations (``complete``) have them.
    """
    if len(cells) > len(attributes) and not complete:
        raise ValueError(f"{len(cells)} attribute values for {len(attributes)} attributes")
    found: dict[str, object] = {}
    for number, attribute in enumerate(attributes):
        cell = cells[number] if number < len(cells) else None
        value = attribute.get("default") if cell is None else _value(attribute, cell)
        if value is not None:
            found[attribute["id"]] = value
    return found


def _value(attribute: Mapping[str, Any], cell: object) -> object:
    listed = attribute.get("values")
    if listed and isinstance(cell, Decimal):
        if cell < 0 or cell != int(cell):
            raise ValueError(f"{cell} is not a position")
        return _code(listed[int(cell)])
    return cell if isinstance(cell, str | Decimal) else str(cell)


def _code(entry: Mapping[str, Any]) -> str:
    """Return the code of a listed value, or its text where it has no code."""
    return str(entry["id"] if "id" in entry else entry["value"])
